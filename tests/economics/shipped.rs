//! Protects the shipped scenarios: each is valid, says where its values come from, and shows what it claims. The
//! paper's are held against the formulas of its tables. Sweeps show in every draw what they are about.

use crate::common::root;
use catchup::batch::Worker;
use catchup::control::Control;
use catchup::measure::{Measure, Measures};
use catchup::model::trade::RegimeKind;
use catchup::scenario::load;
use catchup::scenario::sweep::{Level, Sweep};
use catchup::simulate::simulate;
use catchup::summary::{Status, Summary, Verdict, summarise};
use catchup::trajectory::{EventKind, Trajectory};
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
        near(summary[Measure::InitialGap], initial, 1e-9, "gap at t = 0");
        near(summary[Measure::LongRunGap], limit, 1e-9, "gap in the limit");
        near(summary[Measure::FinalGap], limit, 1e-6, "gap at the horizon");
    }
}

#[test]
fn an_infant_cluster_that_4_rejects_grows_up() {
    let (trajectory, summary) = run("paper/infant-cluster", &[]);
    assert!(trajectory.rows[0].subsidy > 0.0 && trajectory.rows[0].margin.expect("a cluster") < 0.0);
    assert_eq!(summary.last_regime(), Some(RegimeKind::Cluster));
    assert_eq!(summary.last_regime_subsidised, Some(false));
    let (_, without) = run("paper/infant-cluster", &["policy=[]"]);
    assert_eq!(without.last_regime(), Some(RegimeKind::Isolation));
    assert!(without[Measure::LongRunGap] > summary[Measure::LongRunGap]);
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
    assert_eq!(summary.measures.verdict, Some(Verdict::PersistentGap));
    let (_, summary) = run("garments-electronics", &[]);
    assert_eq!(
        (summary.measures.verdict, summary.last_sector.as_deref()),
        (Some(Verdict::Converging), Some("electronics"))
    );
    let (_, summary) = run("lagging-region", &[]);
    assert_eq!(summary.measures.verdict, Some(Verdict::Converging));
    let (_, without) = run("lagging-region", &["policy=[]"]);
    assert_eq!((without.measures.status(), without.measures.verdict), (Status::Ok, Some(Verdict::PersistentGap)));
}

/// Equivalent variation of `name` over `baseline`.
fn worth(name: &str, baseline: &str) -> f64 {
    let welfare = |name: &str| run(name, &[]).1[Measure::Welfare].expect("it converges");
    (0.03 * (welfare(name) - welfare(baseline))).exp_m1()
}

#[test]
fn a_temporary_policy_can_have_a_permanent_effect_or_none() {
    let gap = |name: &str| run(&format!("comparisons/hysteresis-{name}"), &[]).1[Measure::LongRunGap].expect("a limit");
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

/// All runs of a shipped sweep, a list per draw: its values in the file's order, and its rows in the variants' order.
fn swept(name: &str) -> Vec<(Vec<f64>, Vec<Measures>)> {
    let path = root().join("scenarios/sweeps").join(format!("{name}.toml"));
    let sweep = Sweep::load(&path.to_string_lossy()).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let chunk = Worker::new(&sweep).chunk(0..sweep.design.draws(), &Control::default()).expect("not stopped");
    let value = |key: usize, draw: usize| match sweep.vary[key].value(chunk.drawn[key][draw]) {
        Level::Number(number) => number,
        other => panic!("{other:?} is no number"),
    };
    let values = |draw| (0..sweep.vary.len()).map(|key| value(key, draw)).collect();
    let measures = |row: usize| {
        let mut measures = Measures { verdict: chunk.verdict(row), ..Measures::default() };
        Measure::ALL.into_iter().for_each(|measure| measures[measure] = chunk.measure(measure, row));
        measures
    };
    let variants = sweep.variants.len();
    let rows = |draw: usize| (draw * variants..(draw + 1) * variants).map(measures).collect();
    (0..chunk.runs() / variants).map(|draw| (values(draw), rows(draw))).collect()
}

#[test]
fn every_sweep_is_valid_described_and_tested_here() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("scenarios/sweeps")).expect("sweeps") {
        let path = entry.expect("an entry").path();
        let sweep = Sweep::load(&path.to_string_lossy()).unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert!(sweep.title.is_some() && sweep.description.is_some(), "{}: a title and a description", path.display());
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        // Of states of the world, every policy is looked at in each: they need no variants.
        let states = name == "garments-electronics";
        assert_eq!(sweep.variants.len() > 1, !states, "{}: something to compare", path.display());
        names.push(name);
    }
    names.sort();
    // That of the rules stands with what else is shown of them, in tests/sweeps, as robust policies do.
    let tested = ["equilibrium-map", "garments-electronics", "lagging-region", "proposition-a", "rules"];
    assert_eq!(names, tested, "a test for each");
}

/// Proposition (a): under a cluster in good 2, λ_2 touches neither the wage nor the gap. It touches the price of good 2, and
/// with it real incomes, by the same factor in both regions.
#[test]
fn a_sweep_shows_that_lambda_2_leaves_the_gap_alone() {
    let draws = swept("proposition-a");
    assert_eq!(draws.len(), 35 * 6);
    let gaps = |row: &Measures| {
        [Measure::InitialGap, Measure::FinalGap, Measure::LongRunGap].map(|gap| row[gap]).map(|gap| gap.expect("a gap"))
    };
    let same = |a: f64, b: f64, what: &str| assert!((a / b - 1.0).abs() <= 1e-12, "{what}: {a}, {b}");
    let (first, rows) = &draws[0];
    let discounted = 1.0 / 0.03;
    for (drawn, found) in &draws {
        let [lambda_2, lambda_1] = drawn[..] else { panic!("two keys") };
        // Under either cluster neither λ shows; y_R/y_P is 1.25 and 1.5, z goes from 0.8 to 1.
        for (variant, ricardian) in [(1, 1.25), (2, 1.5)] {
            let (now, before) = (gaps(&found[variant]), gaps(&rows[variant]));
            (0..3).for_each(|at| same(now[at], before[at], "a gap under a cluster"));
            same(now[0], ricardian / 0.8, "the initial gap");
            same(now[2], ricardian, "the long-run gap");
            assert_eq!(found[variant][Measure::RegimeChanges], Some(0.0));
        }
        // In isolation P makes good 1 and lacks λ_1.
        same(gaps(&found[0])[0], lambda_1 * 1.25 / 0.8, "the initial gap in isolation");
        same(gaps(&found[0])[2], lambda_1 / 0.5 * 1.25, "the long-run gap in isolation");
        // α = 1/2: real income is that of the first draw times (λ_2 / λ_2')^(1/2) (λ_1 / λ_1')^(1/2), for ever.
        let cheaper = 0.5 * ((lambda_2 / first[0]).ln() + (lambda_1 / first[1]).ln()) * discounted;
        let gained = found[2][Measure::Welfare].expect("ok") - rows[2][Measure::Welfare].expect("ok");
        assert!((gained - cheaper).abs() < 1e-9, "{gained} against {cheaper}");
    }
}

/// (4) and (8), cell by cell: (y_1P/y_1R) / (y_2P/y_2R) ≤ λ_1 today, ≤ λ_1/ẑ in the long run.
#[test]
fn a_map_shows_where_a_cluster_can_form_and_where_it_can_stay() {
    let draws = swept("equilibrium-map");
    assert_eq!(draws.len(), 41 * 41);
    let z_hat = 0.5;
    let mut kinds = [0; 3];
    for (drawn, rows) in &draws {
        let [y_2r, lambda_1] = drawn[..] else { panic!("two keys") };
        let advantage = (1.0 / 1.25) / (1.0 / y_2r);
        let (forms, stays) = (advantage <= lambda_1, advantage <= lambda_1 / z_hat);
        let (isolation, cluster) = (lambda_1 / z_hat * 1.25, y_2r);
        let expected =
            [isolation, if forms { cluster } else { isolation }, if stays { cluster } else { isolation }, cluster];
        for (row, expected) in rows.iter().zip(expected) {
            let found = row[Measure::LongRunGap].expect("a limit");
            assert!((found / expected - 1.0).abs() < 1e-9, "y_2R {y_2r}, λ_1 {lambda_1}: {found} is not {expected}");
        }
        let [_, unaided, helped, held] = &rows[..] else { panic!("four variants") };
        assert_eq!(
            (unaided[Measure::RegimeChanges], helped[Measure::RegimeChanges]),
            (Some(0.0), Some(f64::from(u8::from(!stays))))
        );
        // It needs help at first exactly where it cannot form, and that is no loss for ever exactly where (8) holds.
        assert_eq!(helped[Measure::SubsidyPv].expect("ok") > 0.0, !forms);
        assert_eq!(held[Measure::DFinalGap].expect("comparable") < 0.0, stays, "y_2R {y_2r}, λ_1 {lambda_1}");
        kinds[usize::from(forms) + usize::from(stays)] += 1;
    }
    assert!(kinds.iter().all(|&cells| cells > 100), "all three regions are on the map: {kinds:?}");
}

/// What must hold in every draw of the study of a realistic region, whatever its ranges say.
#[test]
fn a_study_of_a_lagging_region_keeps_to_the_propositions() {
    let draws = swept("lagging-region");
    assert_eq!(draws.len(), 4096);
    let [mut losses, mut collapses] = [[0; 4]; 2];
    for (draw, (drawn, rows)) in draws.iter().enumerate() {
        let [beta, x, manufacturing, high_tech, services, y_2, y_3] = drawn[..7] else { panic!("seven keys") };
        let z_hat = (-x / beta).exp();
        let lacking = [(manufacturing, 1.0), (high_tech, y_2), (services, y_3)].map(|(lambda, y)| lambda / (z_hat * y));
        let isolation = lacking.into_iter().fold(f64::INFINITY, f64::min);
        let limit = |variant: usize| rows[variant][Measure::LongRunGap].expect("a limit");
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
        assert!(near(limit(0), isolation), "draw {draw}: {} without a cluster, not {isolation}", limit(0));
        for (variant, y_p) in [(1, 1.0), (2, y_2), (3, y_3)] {
            // The cluster stands, and its λ does not show; or it has collapsed, and P is where it would have been.
            let (row, stands) = (&rows[variant], near(limit(variant), 1.0 / y_p));
            assert!(stands || near(limit(variant), isolation), "draw {draw}, variant {variant}: {}", limit(variant));
            // (c): P earns less than had it never clustered only while it needs a subsidy.
            let worth = row[Measure::EquivalentVariation].expect("comparable");
            assert!(row[Measure::SubsidyPv] > Some(0.0) || worth > 0.0, "draw {draw}, variant {variant}: {worth}");
            assert!(stands || worth < 0.0, "draw {draw}, variant {variant}: collapsed, and yet worth {worth}");
            losses[variant] += usize::from(worth < 0.0);
            collapses[variant] += usize::from(!stands);
            // (b): the cluster of the comparative advantage, which stands, is the best in the limit.
            assert!(limit(1) < limit(variant) || variant == 1, "draw {draw}, variant {variant}");
        }
    }
    assert_eq!((losses[1], collapses[1]), (0, 0), "manufacturing");
    assert!(0 < losses[2] && losses[2] < losses[3] && losses[3] < 4096, "the question is open: {losses:?}");
    assert!(0 < collapses[3] && collapses[3] <= losses[3], "collapses are losses: {collapses:?} {losses:?}");
}

/// The boom passes, and the cluster that it ended does not come back; without it, or held through it, the cluster stands.
#[test]
fn a_boom_ends_a_cluster_for_good() {
    let held = "policy=[{from=4, until=16, promote=\"assembly\", sustain=\"always\"}]";
    let (trajectory, summary) = run("copper-boom", &[]);
    let collapses: Vec<f64> = trajectory
        .events
        .iter()
        .filter(|event| event.kind == EventKind::ClusterCollapsed)
        .map(|event| 2000.0 + trajectory.grid.t(event.period))
        .collect();
    assert_eq!(collapses, [2004.0]);
    assert!(summary[Measure::LongRunGap].is_some_and(|gap| gap > 2.0), "{summary:?}");
    for sets in [["sector.copper.y_R=1"], [held]] {
        let (trajectory, summary) = run("copper-boom", &sets);
        assert!(trajectory.events.iter().all(|event| event.kind != EventKind::ClusterCollapsed), "{sets:?}");
        let gap = summary[Measure::LongRunGap].expect("a gap");
        assert!((gap - 1.0 / 0.88).abs() < 1e-9, "{sets:?}: {gap}");
    }
}
