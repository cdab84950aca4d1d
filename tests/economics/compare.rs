//! Protects `catchup compare`: gains recomputed from the CSV files alone, a decomposition that adds up, and refusals.

use crate::common::random::Spec;
use crate::common::{Bench, column, root};
use catchup::compare::{Parts, decompose, labels, stem, without_stem};
use catchup::control::Control;
use catchup::scenario::parse;
use catchup::simulate::simulate;
use fastrand::Rng;
use std::collections::BTreeMap;

fn numbers(csv: &str, name: &str) -> Vec<f64> {
    column(csv, name).iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
}

/// A shipped comparison; its folder.
fn compared(args: &[&str], scenario: &str) -> (Bench, String) {
    let bench = Bench::new();
    let file = root().join(format!("scenarios/{scenario}.toml"));
    let mut all = vec!["compare", file.to_str().expect("UTF-8")];
    all.extend(args);
    let ran = bench.run(&all);
    assert!(ran.code == Some(0) && !ran.err.contains("error"), "{ran:?}");
    let name = scenario.rsplit('/').next().expect("a name");
    (bench, format!("output/compare-{name}"))
}

/// Rows of one scenario, by column.
fn path(comparison: &str, scenario: &str, name: &str) -> Vec<f64> {
    let names = column(comparison, "scenario");
    numbers(comparison, name).into_iter().zip(names).filter(|(_, of)| of == scenario).map(|(value, _)| value).collect()
}

/// Runs are called by what sets their titles apart, also where that which they share has a colon of its own.
#[test]
fn what_all_titles_begin_with_is_left_out() {
    let of = |titles: &[&'static str]| (stem(titles), without_stem(titles));
    let (own, alone) = ("Vigo: fish or chips?: own", "Vigo: fish or chips?: left alone");
    assert_eq!(of(&[own, alone]), (Some("Vigo: fish or chips?"), vec!["own", "left alone"]));
    let itself = "Vigo: fish or chips?";
    assert_eq!(of(&[alone, itself]), (Some(itself), vec!["left alone", itself]));
    assert_eq!(of(&["Vigo: fish", "Vigo: chips"]), (Some("Vigo"), vec!["fish", "chips"]));
    assert_eq!(of(&["Vigo: fish", "Porto: fish"]), (None, vec!["Vigo: fish", "Porto: fish"]));
    assert_eq!(of(&["Vigo", "Vigo and more"]), (None, vec!["Vigo", "Vigo and more"]));
    assert_eq!(of(&["Vigo: fish"]), (None, vec!["Vigo: fish"]));
    // Nothing would be left of both.
    assert_eq!(of(&[alone, itself, itself]).0, Some("Vigo"));
}

/// Titles that do not tell runs apart give way to names.
#[test]
fn runs_of_one_title_are_called_by_their_names() {
    let title = Some("A garment exporter");
    assert_eq!(labels(&[(title, "m5"), (title, "m39")]), ["m5", "m39"]);
    assert_eq!(labels(&[(title, "m5"), (Some("Another"), "m39")]), ["A garment exporter", "Another"]);
    assert_eq!(labels(&[(title, "m5"), (title, "m39"), (Some("Another"), "other")]), ["m5", "m39", "Another"]);
    assert_eq!(labels(&[(title, "m5"), (None, "m39")]), ["A garment exporter", "m39"]);
    // A title may be another one's name.
    assert_eq!(labels(&[(title, "a"), (title, "b"), (Some("a"), "c")]), ["a", "b", "c"]);
    assert_eq!(labels(&[(Some("Vigo: fish"), "a"), (Some("Vigo: chips"), "b")]), ["fish", "chips"]);
}

/// A cluster or a rule is promoted at the cost of who pays for the scenario's own promotion, unless told otherwise: one policy is worth
/// the same to every command.
#[test]
fn who_pays_for_a_scenarios_promotion_pays_for_every_cluster() {
    let bench = Bench::new();
    let world = "schema_version = 1\nname = 'w'\ntime = { horizon = 60 }\ngrowth.x = 0.02\ncatch_up.beta = 0.04\n\
                 sector.a = { lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.5 }\nsector.b = { lambda = 1.5, y_R = 1, y_P = 0.6, Z_P = 0.5 }\n\
                 [[policy]]\npromote = 'a'\nfunded_by = 'R'\n";
    bench.write("w.toml", world);
    bench.write("p.toml", world.replace("funded_by = 'R'", "").replace("'w'", "'p'"));
    let worth = |file: &str, how: &[&str], of: &str| {
        let mut all = vec!["compare", file, "--no-flips", "--no-plot", "--format", "csv"];
        all.extend(how);
        let ran = bench.run(&all);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let names = column(&ran.out, "scenario");
        let row = names.iter().position(|name| name == of).expect("a run of that name");
        column(&ran.out, "equivalent_variation")[row].parse::<f64>().expect("a number")
    };
    let best = |file: &str, how: &[&str]| {
        let name = file.trim_end_matches(".toml");
        let mut all = vec!["optimise", file, "--from", "0", "--until", "never", "--sectors", "b", "--quiet"];
        all.extend(how);
        let ran = bench.run(&all);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let table = bench.read(&format!("output/optimise-{name}/optimum.csv"));
        let held = column(&table, "sustain").iter().position(|how| how == "always").expect("a row");
        column(&table, "equivalent_variation")[held].parse::<f64>().expect("a number")
    };
    for way in [&["--each-cluster"][..], &["--each-rule"]] {
        let of = if way == ["--each-cluster"] { "cluster-b" } else { "rule-strongest-externality" };
        let with = |who: &'static str| way.iter().copied().chain(["--funded-by", who]).collect::<Vec<_>>();
        let (by_rich, by_poor) = (worth("w.toml", way, of), worth("p.toml", way, of));
        assert!(by_rich > by_poor + 0.02, "{by_rich} {by_poor}");
        assert_eq!((worth("w.toml", &with("P"), of), worth("p.toml", &with("R"), of)), (by_poor, by_rich));
        // In closed form there.
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "the same policy in optimise: {a} {b}");
        near(best("w.toml", &[]), by_rich);
        near(best("p.toml", &[]), by_poor);
    }
}

#[test]
fn gains_follow_from_the_tables_alone() {
    for (scenario, rho) in [("garments-electronics", 0.03), ("paper/infant-cluster", 0.03), ("cluster-collapse", 0.03)]
    {
        let (bench, folder) = compared(&["--each-cluster", "--from", "2"], scenario);
        let comparison = bench.read(&format!("{folder}/comparison.csv"));
        let summary = bench.read(&format!("{folder}/summary.csv"));
        let of = |name: &str, row: usize| column(&summary, name)[row].clone();
        let (income_base, gap_base) =
            (path(&comparison, "no-policy", "real_income_P"), path(&comparison, "no-policy", "income_gap"));
        let scenarios = column(&summary, "scenario");
        assert_eq!(scenarios[0], "no-policy");
        let mut variations = BTreeMap::new();
        for (row, name) in scenarios.iter().enumerate() {
            let column_of = |column: &str| path(&comparison, name, column);
            let (income, gap, year, t, subsidy, wage) = (
                column_of("real_income_P"),
                column_of("income_gap"),
                column_of("year"),
                column_of("t"),
                column_of("subsidy"),
                column_of("w_P"),
            );
            let last = t.len() - 1;
            let welfare = |row: usize| of("welfare", row).parse::<f64>().expect("a number");
            let variation = (rho * (welfare(row) - welfare(0))).exp() - 1.0;
            let close = |got: String, expected: f64, what: &str| {
                let got: f64 = got.parse().expect("a number");
                assert!(
                    (got - expected).abs() < 1e-9 * (1.0 + expected.abs()),
                    "{name}: {what} {got}, should be {expected}"
                );
            };
            close(of("equivalent_variation", row), variation, "equivalent variation");
            if row > 0 && subsidy.iter().any(|paid| *paid > 0.0) {
                let number = |column: &str| of(column, row).parse::<f64>().expect("a number");
                let ratio = 1.0 + number("net_gain_pv") / number("subsidy_pv");
                close(of("benefit_cost", row), ratio, "benefit-cost ratio");
            }
            let peak = (0..=last).map(|k| subsidy[k] / wage[k]).fold(0.0, f64::max);
            close(of("peak_subsidy_share", row), peak, "peak subsidy");
            // The first year from which on income is above the baseline's in every year.
            let above = |k: usize| income[k] > income_base[k] * (1.0 + 1e-9);
            let passes =
                (0..=last).find(|&k| (k..=last).all(above)).map_or(String::new(), |k| format!("{:?}", year[k]));
            assert_eq!(of("passes_baseline_year", row), passes, "{name}: passes the baseline");
            let regimes: Vec<(String, String)> = {
                let all = column(&comparison, "scenario").into_iter().zip(column(&comparison, "regime"));
                let all = all.zip(column(&comparison, "sector"));
                all.filter(|((of, _), _)| of == name).map(|((_, regime), sector)| (regime, sector)).collect()
            };
            let stands = |k: usize| regimes[k].0 == "cluster" && regimes[k] == regimes[last] && subsidy[k] == 0.0;
            let alone =
                (0..=last).find(|&k| (k..=last).all(stands)).map_or(String::new(), |k| format!("{:?}", year[k]));
            assert_eq!(of("self_sustaining_year", row), alone, "{name}: stands on its own");
            for k in 0..=last {
                let differs = (path(&comparison, name, "d_income_gap")[k] - (gap[k] - gap_base[k])).abs();
                assert!(differs < 1e-12 * gap[k].max(1.0));
                let ln = path(&comparison, name, "d_ln_real_income_P")[k];
                assert!((ln - (income[k] / income_base[k]).ln()).abs() < 1e-12);
                if k == 20 {
                    break;
                }
            }
            variations.insert(row, variation);
        }
        for (row, variation) in &variations {
            let rank = 1 + variations.values().filter(|other| *other > &(variation + 1e-11)).count();
            assert_eq!(of("rank", *row), rank.to_string(), "{scenario}: {}", scenarios[*row]);
        }
    }
}

#[test]
fn the_decomposition_adds_up_in_every_scenario() {
    let mut rng = Rng::with_seed(41);
    let mut seen = Parts::default();
    for _ in 0..1_500 {
        let spec = Spec::random(&mut rng);
        let scenario = parse(&spec.toml(), &[]).expect("valid");
        let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        let parts = decompose(&scenario.problem, &trajectory);
        assert_eq!(parts.len(), trajectory.rows.len());
        assert_eq!(parts[0], Parts::default(), "the first row has nothing before it");
        for (k, part) in parts.iter().enumerate().skip(1) {
            let [change, causes @ ..] = part.columns();
            let gap = |k: usize| trajectory.rows[k].income_gap().ln();
            assert!((change - (gap(k) - gap(k - 1))).abs() < 1e-12, "k = {k}");
            assert!((causes.iter().sum::<f64>() - change).abs() < 1e-12, "k = {k}: {part:?}\n{}", spec.toml());
            // A cause that was not there moved nothing.
            let shocked = scenario.problem.epochs.iter().any(|epoch| epoch.k == k);
            assert!(shocked || part.shock.abs() < 1e-13, "k = {k}: {part:?}");
            let closed = |k: usize| trajectory.rows[k].regime.name() == "closed";
            assert!(closed(k) != closed(k - 1) || part.trade.abs() < 1e-13, "k = {k}: {part:?}");
            let ahead = |k: usize| trajectory.sectors_at(k).iter().any(|row| row.z > 1.0 - 1e-9);
            assert!(part.catch_up < 1e-9 || ahead(k) || ahead(k - 1), "spillovers widen no gap in z: {part:?}");
            assert!(!closed(k - 1) || part.catch_up == 0.0, "no trade, no spillovers");
            let add = |a: f64, b: f64| a + b.abs();
            seen = Parts {
                d_ln_gap: 0.0,
                stat: add(seen.stat, part.stat),
                respecialisation: add(seen.respecialisation, part.respecialisation),
                catch_up: add(seen.catch_up, part.catch_up),
                learning: add(seen.learning, part.learning),
                shock: add(seen.shock, part.shock),
                trade: add(seen.trade, part.trade),
            };
        }
    }
    assert!(seen.columns()[1..].iter().all(|total| *total > 10.0), "every cause was at work: {seen:?}");
}

#[test]
fn the_decomposition_names_the_right_cause() {
    // Isolation in good 1 at ẑ = 0.5 until year 50, then a cluster there: income jumps by λ_1 = 1.3, z goes to 1.
    let (bench, folder) = compared(&["--each-cluster", "--from", "50"], "paper/proposition-d-entry");
    let csv = bench.read(&format!("{folder}/decomposition.csv"));
    let part = |name: &str| path(&csv, "cluster-good_1", name);
    assert!((part("static")[50] + 1.3_f64.ln()).abs() < 1e-9, "{}", part("static")[50]);
    assert!(part("static").iter().enumerate().all(|(k, value)| k == 50 || value.abs() < 1e-12));
    let last = part("t").len() - 1;
    assert!((part("learning")[30] - 0.02).abs() < 1e-12, "R's cluster learns, P has none");
    assert!(part("learning")[60].abs() < 1e-12, "both learn");
    assert!(
        (part("cum_catch_up")[last] - (0.5_f64.ln() - 50.0 * 0.02)).abs() < 1e-6,
        "from ẑ to 1, against 50 years of learning"
    );
    for name in ["respecialisation", "shock", "trade"] {
        assert!(part(name).iter().all(|value| value.abs() < 1e-12), "{name}");
    }
}

#[test]
fn runs_in_a_comparison_are_the_runs_themselves() {
    let bench = Bench::new();
    let files = ["paper/table3-isolation-1", "paper/table3-cluster-1"]
        .map(|name| root().join(format!("scenarios/{name}.toml")));
    let files = files.each_ref().map(|path| path.to_str().expect("UTF-8"));
    for args in
        [["run", files[0], files[1], "--out", "alone"], ["compare", files[0], files[1], "--name", "both"].map(|a| a)]
    {
        let ran = bench.run(&args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    for name in ["table3-isolation-1", "table3-cluster-1"] {
        for file in [
            "trajectory.csv",
            "sectors.csv",
            "events.csv",
            "summary.json",
            "scenario.toml",
            "gap.svg",
            "datapackage.json",
        ] {
            let (alone, inside) =
                (bench.read(&format!("alone/{name}/{file}")), bench.read(&format!("output/both/{name}/{file}")));
            assert!(alone == inside, "{name}/{file} differs");
        }
    }
    // The first is the baseline unless another is named; again, with the other order: stale folders go.
    let summary = bench.read("output/both/summary.csv");
    assert_eq!(column(&summary, "baseline"), ["true", "false"]);
    let ran = bench.run(&["compare", files[0], files[1], "--name", "both", "--baseline", "table3-cluster-1"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(column(&bench.read("output/both/summary.csv"), "baseline"), ["false", "true"]);
    // A scenario may say that it is the baseline; --baseline wins over it, and two that say so are one too many.
    let bench_of = |baselines: [&str; 2], more: &[&str]| {
        let bench = Bench::new();
        for (name, line) in ["a.toml", "b.toml"].iter().zip(baselines) {
            bench.write(name, format!("{line}{}", catchup::scenario::STARTER));
        }
        let ran = bench.run(&[&["compare", "a.toml", "b.toml", "--format", "csv"], more].concat());
        (ran.code, if ran.code == Some(0) { column(&ran.out, "baseline") } else { vec![ran.err] })
    };
    let second = vec!["false".to_owned(), "true".to_owned()];
    assert_eq!(bench_of(["", "baseline = true\n"], &[]), (Some(0), second.clone()));
    assert_eq!(bench_of(["baseline = true\n", ""], &["--baseline", "b"]), (Some(0), second.clone()));
    assert_eq!(bench_of(["baseline = true\n"; 2], &["--baseline", "b"]), (Some(0), second));
    let (code, refused) = bench_of(["baseline = true\n"; 2], &[]);
    assert!(code == Some(2) && refused[0].contains("a and b both say baseline = true"), "{refused:?}");
    let other = root().join("scenarios/paper/table3-cluster-2.toml");
    let ran = bench.run(&["compare", files[0], other.to_str().expect("UTF-8"), "--name", "both"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!bench.exists("output/both/table3-cluster-1"), "the folder of a run that is gone goes too");
}

#[test]
fn own_promotions_are_left_out_of_counterfactuals() {
    let (bench, folder) = compared(&["--each-cluster", "--from", "5", "--until", "40"], "garments-electronics");
    let left_alone = bench.read(&format!("{folder}/no-policy/scenario.toml"));
    assert!(!left_alone.contains("promote = "), "{left_alone}");
    let names = ["no-policy", "cluster-electronics", "cluster-garments", "no-cluster"];
    assert_eq!(column(&bench.read(&format!("{folder}/summary.csv")), "scenario"), names);
    // P starts in a cluster, which it keeps where it is left alone.
    let gaps = column(&bench.read(&format!("{folder}/summary.csv")), "long_run_gap");
    assert_eq!(gaps[0], "1.25");
    let without = bench.read(&format!("{folder}/no-cluster/scenario.toml"));
    for line in ["start = \"isolation\"", "selection = \"isolation\""] {
        assert!(without.contains(line) && !left_alone.contains(line), "{line}\n{without}");
    }
    assert!(!bench.read(&format!("{folder}/no-cluster/trajectory.csv")).contains(",cluster,"), "it has none");
    let one = bench.read(&format!("{folder}/cluster-electronics/scenario.toml"));
    for line in
        ["from = 5", "until = 40", "promote = \"electronics\"", "sustain = \"always\"", "start = \"cluster:garments\""]
    {
        assert!(one.contains(line), "{line}\n{one}");
    }
    let (bench, folder) = compared(&["--each-cluster", "--sustain", "if-equilibrium"], "lagging-region");
    let one = bench.read(&format!("{folder}/cluster-manufacturing/scenario.toml"));
    assert!(one.contains("sustain = \"if-equilibrium\""), "{one}");
    assert!(!bench.exists(&format!("{folder}/no-cluster")), "it starts in isolation");
}

#[test]
fn a_scenario_alone_is_compared_with_itself_without_its_promotions() {
    let bench = Bench::new();
    let trade = "[[policy]]\nfrom = 30\nuntil = 40\npromote = \"textiles\"\ntrade = \"closed\"\n";
    bench.write("a.toml", catchup::scenario::STARTER.replace("[welfare]", &format!("{trade}[welfare]")));
    let ran = bench.run(&["compare", "a.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let summary = bench.read("output/compare-a/summary.csv");
    assert_eq!(column(&summary, "scenario"), ["no-policy", "a"]);
    assert_eq!(column(&summary, "baseline"), ["true", "false"]);
    // Its policies on trade stay.
    let without = bench.read("output/compare-a/no-policy/scenario.toml");
    assert!(without.contains("trade = \"closed\"") && !without.contains("promote"), "{without}");
    assert_eq!(bench.read("output/compare-a/a/trajectory.csv"), {
        assert_eq!(bench.run(&["run", "a.toml"]).code, Some(0));
        bench.read("output/a/trajectory.csv")
    });
    // Of what promotes nothing there is nothing to leave out; of what is called so it cannot be told apart.
    let ran = bench.run(&["compare", "a.toml", "--set", "policy=[]"]);
    assert!(
        ran.code == Some(2) && ran.err.contains("a promotes nothing") && ran.err.contains("--each-cluster"),
        "{ran:?}"
    );
    let ran = bench.run(&["compare", "a.toml", "--set", "name=no-policy"]);
    assert!(ran.code == Some(2) && ran.err.contains("--set name="), "{ran:?}");
}

#[test]
fn the_rules_of_selection_are_compared() {
    // Two clusters are equilibria from the start, and P is in the worse: history stays in it, the best wage leaves it.
    let bench = Bench::new();
    let file = root().join("scenarios/garments-electronics.toml");
    let set = ["poor.selection=isolation", "policy=[]"];
    let ran =
        bench.run(&["compare", file.to_str().expect("UTF-8"), "--each-selection", "--set", set[0], "--set", set[1]]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let summary = bench.read("output/compare-garments-electronics/summary.csv");
    let rules = catchup::model::policy::Selection::ALL;
    assert_eq!(column(&summary, "scenario"), rules.map(|rule| format!("selection-{}", rule.name())));
    assert_eq!(column(&summary, "baseline"), ["false", "false", "true"], "its own rule");
    let gaps = column(&summary, "long_run_gap");
    assert!(gaps[0] == "1.25" && gaps[2] != gaps[0], "{gaps:?}");
    let own = bench.read("output/compare-garments-electronics/selection-history/scenario.toml");
    assert!(own.contains("selection = \"history\"") && own.contains("start = \"cluster:garments\""), "{own}");
}

#[test]
fn a_comparison_is_printed_in_every_form_with_all_columns_for_programs() {
    let bench = Bench::new();
    let file = root().join("scenarios/garments-electronics.toml");
    let printed = |more: &[&str]| {
        let mut args = vec!["compare", file.to_str().expect("UTF-8"), "--name", "c"];
        args.extend(more);
        let ran = bench.run(&args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.out
    };
    let csv = printed(&["--format", "csv", "--quiet"]);
    assert_eq!(csv, bench.read("output/c/summary.csv"), "the table that is written");
    let header: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
    let json = printed(&["--json"]);
    assert_eq!(json, printed(&["--format", "json"]));
    let lines: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for (row, line) in lines.iter().enumerate() {
        let keys: Vec<&str> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert!(header.iter().all(|column| keys.contains(column)) && keys.len() == header.len(), "{keys:?}");
        assert_eq!(line["scenario"].as_str().map(str::to_owned), Some(column(&csv, "scenario")[row].clone()));
        let gap: f64 = column(&csv, "long_run_gap")[row].parse().expect("a number");
        assert_eq!(line["long_run_gap"].as_f64(), Some(gap));
    }
    let latex = printed(&["--format", "latex"]);
    let widths = latex.lines().filter(|line| line.ends_with("\\\\")).map(|line| line.matches(" & ").count() + 1);
    assert!(widths.clone().count() == 3 && widths.clone().all(|width| width == 6), "{latex}");
    assert!(printed(&["--format", "markdown"]).contains("(baseline) |"));
    let table = printed(&["--columns", "scenario,long-run_gap"]);
    assert!(
        table.lines().any(|line| line.trim().starts_with("scenario ") && line.ends_with(" long-run gap")),
        "{table}"
    );
    assert!(printed(&["--quiet"]).is_empty());
    let ran = bench.run(&["compare", file.to_str().expect("UTF-8"), "--columns", "gap", "--name", "never"]);
    assert!(ran.code == Some(2) && ran.err.contains("allowed: rank, scenario"), "{ran:?}");
    assert!(!bench.exists("output/never"), "refused before anything runs");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let bench = Bench::new();
    let starter = catchup::scenario::STARTER;
    bench.write("a.toml", starter);
    bench.write("b.toml", starter.replace("beta = 0.03", "beta = 0.05"));
    bench.write("short.toml", starter.replace("horizon = 150", "horizon = 100"));
    bench.write("patient.toml", starter.replace("discount_rate = 0.03", "discount_rate = 0.01"));
    bench.write(
        "shares.toml",
        starter.replace("y_P = 0.9", "y_P = 0.9\nalpha = 0.4").replace("y_P = 0.8", "y_P = 0.8\nalpha = 0.6"),
    );
    bench.write(
        "named.toml",
        starter.replace("[sector.textiles]", "[sector.cars]").replace("sector.textiles", "sector.cars"),
    );
    let cases: [(&[&str], &str); 14] = [
        (&["a.toml", "b.toml", "--each-selection"], "--each-selection takes one scenario"),
        (&["a.toml", "--each-cluster", "--each-selection"], "cannot be used with"),
        (&["a.toml", "a.toml"], "two scenarios are called a"),
        (&["a.toml", "b.toml", "--baseline", "c"], "--baseline c: no scenario of this call has that name"),
        (&["a.toml", "b.toml", "--each-cluster"], "--each-cluster takes one scenario"),
        (&["a.toml", "--each-cluster", "--from", "500"], "--from 500 is not on the path of a"),
        (
            &["a.toml", "--each-cluster", "--from", "5", "--until", "3"],
            "--until 3 is not on the path of a after --from 5",
        ),
        (&["a.toml", "--each-cluster", "--until", "500"], "--until 500 is not on the path"),
        (&["a.toml", "b.toml", "--from", "5"], "--each-cluster"),
        (&["a.toml", "short.toml"], "time.horizon is 150 in a and 100 in short"),
        (&["a.toml", "patient.toml"], "welfare.discount_rate is 0.03 in a and 0.01 in patient"),
        (&["a.toml", "shares.toml"], "sector.textiles.alpha at t = 0 is 0.5 in a and 0.4 in shares"),
        (&["a.toml", "named.toml"], "the list of sectors is electronics, textiles in a and cars, electronics in named"),
        (&["a.toml", "b.toml", "--name", "../b"], "cannot name a folder"),
    ];
    for (args, fragment) in cases {
        let mut all = vec!["compare"];
        all.extend(args);
        let ran = bench.run(&all);
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(ran.err.contains(fragment), "{fragment}\n{}", ran.err);
        assert!(!bench.exists("output"), "nothing is written");
    }
    // A run that fails is left out and named; the others are complete.
    bench.write(
        "bad.toml",
        starter.replace("form = \"logistic\"", "form = \"literal\"").replace("beta = 0.03", "beta = 1"),
    );
    let ran = bench.run(&["compare", "a.toml", "bad.toml", "b.toml"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("bad failed in textiles in ") && ran.err.contains("left out"), "{}", ran.err);
    assert_eq!(column(&bench.read("output/compare-a/summary.csv"), "scenario"), ["a", "b"]);
    let ran = bench.run(&["compare", "bad.toml", "a.toml", "--name", "x"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!bench.exists("output/x"), "nothing is written");
}
