//! Protects the shipped scenarios: each is valid, says where its values come from, and shows what it claims. The
//! paper's are held against the formulas of its tables.

mod common;

use catchup::control::Control;
use catchup::scenario::load;
use catchup::simulate::simulate;
use catchup::summary::{Status, Summary, Verdict, present_value, summarise};
use catchup::trajectory::{EventKind, Trajectory};
use common::root;
use std::path::PathBuf;

fn shipped() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["scenarios", "scenarios/paper", "scenarios/comparisons"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("scenarios") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn run(name: &str, sets: &[&str]) -> (Trajectory, Summary) {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let path = root().join("scenarios").join(format!("{name}.toml"));
    let scenario = load(&path.to_string_lossy(), &sets).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let summary = summarise(name, None, &trajectory);
    (trajectory, summary)
}

#[test]
fn every_scenario_is_valid_described_and_sourced() {
    let files = shipped();
    assert!(files.len() >= 31, "{}", files.len());
    for file in files {
        let scenario = load(&file.to_string_lossy(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let keys = &scenario.keys;
        assert!(keys.title.is_some() && keys.description.is_some(), "{}: a title and a description", file.display());
        assert!(!keys.sources.is_empty(), "{}: sources", file.display());
        for (key, source) in &keys.sources {
            assert!(!source.trim().is_empty(), "{}: {key} has an empty source", file.display());
        }
        let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        let fails = file.ends_with("literal.toml");
        assert_eq!(trajectory.failure.is_some(), fails, "{}: {:?}", file.display(), trajectory.failure);
    }
}

#[test]
fn realistic_scenarios_source_every_value_that_matters() {
    for name in ["lagging-region", "garments-electronics", "cluster-collapse"] {
        let path = root().join("scenarios").join(format!("{name}.toml"));
        let keys = load(&path.to_string_lossy(), &[]).expect("valid").keys;
        let mut wanted = vec!["growth.x".to_owned(), "catch_up.beta".to_owned()];
        for sector in keys.sector.keys() {
            wanted.extend(["lambda", "y_P"].map(|key| format!("sector.{sector}.{key}")));
        }
        for key in &wanted {
            assert!(keys.sources.contains_key(key), "{name}: no source for {key}");
        }
        for (sector, values) in &keys.sector {
            let source = &keys.sources[&format!("sector.{sector}.lambda")];
            let published = (1.03..=1.15).contains(&values.lambda);
            assert!(published || source.contains("illustrative"), "{name}: λ of {sector} = {}", values.lambda);
        }
    }
}

/// The paper's numbers with y_1R/y_1P = 1.25, y_2R/y_2P = 1.5, λ_1 = 1.3, ẑ = 0.5; Table 2 at Z_P = Z_R, Table 3 from
/// z(0) = 0.8. Scenario, gap at t = 0, gap in the limit.
#[rustfmt::skip]
const TABLES: [(&str, f64, f64); 12] = [
    ("table2-no-advantage-cluster",  1.0,          1.0),
    ("table2-no-advantage-none",     1.3,          1.3),
    ("table2-cluster-1",             1.25,         1.25),
    ("table2-isolation-1",           1.3 * 1.25,   1.3 * 1.25),
    ("table2-cluster-2",             1.5,          1.5),
    ("table2-cluster-2-rejected",    1.3 * 1.25,   1.3 * 1.25),
    ("table3-no-advantage-cluster",  1.0 / 0.8,    1.0),
    ("table3-no-advantage-none",     1.3 / 0.8,    1.3 / 0.5),
    ("table3-cluster-1",             1.25 / 0.8,   1.25),
    ("table3-isolation-1",           1.625 / 0.8,  1.3 / 0.5 * 1.25),
    ("table3-cluster-2",             1.5 / 0.8,    1.5),
    ("table3-cluster-2-rejected",    4.0,          1.3 / 0.5 * 1.25),
];

#[test]
fn the_papers_tables_row_by_row() {
    for (name, initial, limit) in TABLES {
        let (_, summary) = run(&format!("paper/{name}"), &[]);
        let near = |got: Option<f64>, expected: f64, tolerance: f64, what: &str| {
            let got = got.expect("a number");
            assert!((got / expected - 1.0).abs() <= tolerance, "{name}: {what} {got}, the paper has {expected}");
        };
        near(summary.initial_gap, initial, 1e-9, "gap at t = 0");
        near(summary.long_run_gap, limit, 1e-9, "gap in the limit");
        near(summary.final_gap, limit, 1e-6, "gap at the horizon");
    }
}

#[test]
fn an_infant_cluster_that_4_rejects_grows_up() {
    let (trajectory, summary) = run("paper/infant-cluster", &[]);
    assert!(trajectory.rows[0].subsidy > 0.0 && trajectory.rows[0].margin.expect("a cluster") < 0.0);
    assert_eq!(summary.last_regime, Some("cluster"));
    assert_eq!(summary.last_regime_subsidised, Some(false));
    let (_, without) = run("paper/infant-cluster", &["policy=[]"]);
    assert_eq!(without.last_regime, Some("isolation"));
    assert!(without.long_run_gap > summary.long_run_gap);
}

#[test]
fn a_subsidised_cluster_is_worse_than_none() {
    let (clustered, _) = run("paper/proposition-c-subsidised-for-ever", &[]);
    let (never, _) = run("paper/proposition-c-never-clustered", &[]);
    for (with, without) in clustered.rows.iter().zip(&never.rows) {
        assert!(with.subsidy > 0.0 && with.w_P < without.w_P);
    }
}

#[test]
fn the_realistic_stories_happen() {
    let (trajectory, summary) = run("cluster-collapse", &[]);
    assert!(trajectory.events.iter().any(|event| event.kind == EventKind::ClusterCollapsed));
    assert_eq!(summary.verdict, Some(Verdict::PersistentGap));
    let (_, summary) = run("garments-electronics", &[]);
    assert_eq!((summary.verdict, summary.last_sector.as_deref()), (Some(Verdict::Converging), Some("electronics")));
    let (_, summary) = run("lagging-region", &[]);
    assert_eq!(summary.verdict, Some(Verdict::Converging));
    let (_, without) = run("lagging-region", &["policy=[]"]);
    assert_eq!((without.status, without.verdict), (Status::Ok, Some(Verdict::PersistentGap)));
}

/// Equivalent variation of `name` over `baseline`.
fn worth(name: &str, baseline: &str) -> f64 {
    let rate = 0.03;
    let sum = |trajectory: &Trajectory| present_value(trajectory, rate, |row| row.ln_real_income_P);
    let (own, base) = (run(name, &[]).0, run(baseline, &[]).0);
    ((sum(&own) - sum(&base)) / present_value(&own, rate, |_| 1.0)).exp_m1()
}

#[test]
fn a_temporary_policy_can_have_a_permanent_effect_or_none() {
    let gap = |name: &str| run(&format!("comparisons/hysteresis-{name}"), &[]).1.long_run_gap.expect("a limit");
    let (none, brief, lasting) = (gap("none"), gap("brief"), gap("lasting"));
    // λ_1/ẑ · 1.25 without a cluster in good 2, y_2R/y_2P with it.
    assert!((none - 2.75).abs() < 1e-9 && (brief - none).abs() < 1e-9 && (lasting - 1.5).abs() < 1e-9);
    assert!(worth("comparisons/hysteresis-brief", "comparisons/hysteresis-none") < 0.0);
    assert!(worth("comparisons/hysteresis-lasting", "comparisons/hysteresis-none") > 0.0);
}

#[test]
fn an_infant_cluster_repays_its_help_or_never_does() {
    for (name, repays) in [("comparisons/infant-repays", true), ("comparisons/infant-never-repays", false)] {
        let (trajectory, summary) = run(name, &[]);
        assert!(trajectory.rows[0].subsidy > 0.0, "{name}: it needs help at first");
        assert_eq!(summary.last_regime_subsidised, Some(false), "{name}: and later none");
        assert_eq!(worth(name, "comparisons/infant-none") > 0.0, repays, "{name}");
        // With its benefit at once (τ = 0) the first would have needed none.
        let (at_once, _) = run(name, &["poor.tau=0"]);
        assert_eq!(at_once.rows[0].subsidy == 0.0, repays, "{name}");
    }
}
