//! Protects `catchup equilibria`: the paper's tables cell by cell, brute force over workers, and long simulations.

use crate::common::random::{Spec, between};
use crate::common::{Bench, column, root};
use catchup::control::Control;
use catchup::model::equilibria::{assumption_6_holds, in_the_long_run, now, ordering_holds};
use catchup::model::output::RelativeOutput;
use catchup::model::trade::{Offers, Regime};
use catchup::scenario::parse;
use catchup::simulate::simulate;
use fastrand::Rng;

/// The CSV of a shipped paper scenario.
fn table(name: &str, more: &[&str]) -> String {
    let bench = Bench::new();
    let file = root().join(format!("scenarios/paper/{name}.toml"));
    let mut args = vec!["equilibria", file.to_str().expect("UTF-8"), "--format", "csv"];
    args.extend(more);
    let ran = bench.run(&args);
    assert!(ran.code == Some(0) && !ran.err.contains("error"), "{ran:?}");
    ran.out
}

/// Rows: regime, sector, equilibrium, gap, rejected by, rank.
type Cells = [(&'static str, &'static str, &'static str, f64, &'static str, &'static str); 3];

#[test]
fn the_papers_tables_cell_by_cell() {
    let with_advantage: Cells = [
        ("cluster", "good_1", "true", 1.25, "", "1"),
        ("cluster", "good_2", "true", 1.5, "", "2"),
        ("isolation", "good_1", "true", 1.3 * 1.25, "", "3"),
    ];
    let mut rejected = with_advantage;
    rejected[1] = ("cluster", "good_2", "false", 1.75, "good_1", "3");
    rejected[2].5 = "2";
    let none: Cells = [
        ("cluster", "good_1", "true", 1.0, "", "1"),
        ("cluster", "good_2", "true", 1.0, "", "1"),
        ("diversified", "", "true", 1.3, "", "3"),
    ];
    let long_run: Cells = [
        ("cluster", "good_1", "true", 1.25, "", "1"),
        ("cluster", "good_2", "true", 1.5, "", "2"),
        ("isolation", "good_1", "true", 1.3 / 0.5 * 1.25, "", "3"),
    ];
    let mut none_long_run = none;
    none_long_run[2].3 = 1.3 / 0.5;
    let mut rejected_long_run = long_run;
    rejected_long_run[1] = ("cluster", "good_2", "false", 4.0, "good_1", "3");
    rejected_long_run[2].5 = "2";
    let cases: [(&str, &[&str], Cells); 6] = [
        ("table2-cluster-1", &[], with_advantage),
        ("table2-cluster-2-rejected", &[], rejected),
        ("table2-no-advantage-none", &[], none),
        ("table3-isolation-1", &["--long-run"], long_run),
        ("table3-no-advantage-none", &["--long-run"], none_long_run),
        ("table3-cluster-2-rejected", &["--long-run"], rejected_long_run),
    ];
    for (name, more, cells) in cases {
        let csv = table(name, more);
        for (row, (regime, sector, equilibrium, gap, rejected_by, rank)) in cells.into_iter().enumerate() {
            let got = |header: &str| column(&csv, header)[row].clone();
            assert_eq!(
                (got("regime").as_str(), got("sector").as_str(), got("equilibrium").as_str()),
                (regime, sector, equilibrium),
                "{name}\n{csv}"
            );
            let found: f64 = got("income_gap").parse().expect("a number");
            assert!((found / gap - 1.0).abs() < 1e-9, "{name}: gap {found}, the paper has {gap}\n{csv}");
            assert_eq!((got("rejected_by").as_str(), got("rank").as_str()), (rejected_by, rank), "{name}\n{csv}");
            let subsidised = got("subsidy").parse::<f64>().expect("a number") > 0.0;
            assert_eq!(subsidised, equilibrium == "false", "{name}: a subsidy is what a rejected cluster needs");
        }
    }
    // (4) and (8) in numbers: comparative advantage 1.5/1.25 against λ_1, and against λ_1/ẑ.
    assert_eq!(column(&table("table2-cluster-2", &[]), "inequality")[1], "1.200000 <= 1.300000");
    assert_eq!(column(&table("table3-cluster-2", &["--long-run"]), "inequality")[1], "1.200000 <= 2.600000");
}

#[test]
fn brute_force_over_workers_agrees() {
    let mut rng = Rng::with_seed(31);
    let (mut kept, mut left) = (0, 0);
    for _ in 0..3_000 {
        let spec = Spec { rest: String::new(), ..Spec::random(&mut rng) };
        let problem = parse(&spec.toml(), &[]).expect("valid").problem;
        let params = &problem.epochs[0].params;
        let n = spec.sectors.len();
        let z: Vec<f64> = (0..n).map(|i| problem.Z_P[i] / problem.Z_R[i]).collect();
        let mut offers = Offers::default();
        offers.fill(params, &z, &vec![Some(f64::INFINITY); n]);
        // What a worker earns: price times output, from the scenario's own numbers.
        let price = |i: usize| {
            let s = &spec.sectors[i];
            1.0 / (if s.cluster_r { s.lambda } else { 1.0 } * s.y_r * s.z_r)
        };
        let isolated = |i: usize| price(i) * spec.sectors[i].y_p * spec.sectors[i].z_p;
        for candidate in now(params, &z, &offers) {
            // Everybody starts where the candidate puts them and looks around; nobody can found a cluster alone.
            let earns = match candidate.regime {
                Regime::Cluster(i) => spec.sectors[i].lambda * isolated(i),
                _ => (0..n).map(isolated).fold(0.0, f64::max),
            };
            let somebody_leaves = (0..n).any(|k| isolated(k) > earns * (1.0 + 1e-9));
            assert_eq!(candidate.equilibrium, !somebody_leaves, "{:?}\n{}", candidate, spec.toml());
            assert!((candidate.w_P / earns - 1.0).abs() < 1e-12);
            if let Some(inequality) = candidate.inequality {
                let holds = inequality.left <= inequality.right * (1.0 + 1e-9);
                assert_eq!(holds, candidate.equilibrium, "the inequality decides: {inequality}\n{}", spec.toml());
            }
            *(if candidate.equilibrium { &mut kept } else { &mut left }) += 1;
        }
    }
    assert!(kept > 3_000 && left > 1_000, "{kept} {left}");
}

#[test]
fn the_long_run_is_where_a_long_simulation_ends() {
    let mut rng = Rng::with_seed(32);
    let (mut kept, mut left) = (0, 0);
    for _ in 0..200 {
        let mut spec = Spec::random(&mut rng);
        // Settled within the horizon: strong catch-up. P may be ahead, and R without a cluster.
        let form = ["logistic", "nelson-phelps", "gompertz"][rng.usize(0..3)];
        spec.catch_up = format!("form = \"{form}\"\nbeta = {:?}", between(&mut rng, 0.08, 0.15));
        spec.method = "exact";
        (spec.horizon, spec.period, spec.x) = (1000.0, 5.0, between(&mut rng, 0.005, 0.04));
        for sector in &mut spec.sectors {
            (sector.cluster_r, sector.x) = (rng.f64() < 0.7, None);
            let highest = if rng.bool() { 0.95 } else { 3.0 };
            sector.z_p = sector.z_r * between(&mut rng, 0.1, highest);
        }
        let n = spec.sectors.len();
        spec.poor = "trade = \"open\"".to_owned();
        for i in 0..=n {
            spec.rest =
                if i < n { format!("[[policy]]\npromote = \"s{i}\"\nsustain = \"always\"\n") } else { String::new() };
            let problem = parse(&spec.toml(), &[]).expect("valid").problem;
            let z: Vec<f64> = (0..n).map(|i| problem.Z_P[i] / problem.Z_R[i]).collect();
            let candidates = in_the_long_run(&problem.epochs[0].params, &z);
            let candidate = &candidates[i];
            let scenario = parse(&spec.toml(), &[]).expect("valid");
            let trajectory = simulate(&problem, scenario.solver, &Control::default()).expect("not stopped");
            let last = trajectory.rows.last().expect("rows");
            assert!((candidate.w_P / last.w_P - 1.0).abs() < 1e-6, "{} against {}", candidate.w_P, last.w_P);
            assert!((candidate.subsidy - last.subsidy).abs() < 1e-6);
            if let (Some(margin), Some(simulated)) = (candidate.margin, last.margin) {
                assert!((margin - simulated).abs() < 1e-6, "margin {margin} against {simulated}");
            }
            if let Some(inequality) = candidate.inequality {
                let holds = inequality.left <= inequality.right * (1.0 + 1e-9);
                assert_eq!(holds, candidate.equilibrium, "the inequality decides: {inequality}\n{}", spec.toml());
                *(if holds { &mut kept } else { &mut left }) += 1;
            }
            let above = candidates.iter().filter(|other| other.w_P > candidate.w_P * (1.0 + 1e-9)).count();
            assert_eq!(candidate.rank, 1 + above, "{}", spec.toml());
        }
    }
    assert!(kept > 100 && left > 100, "{kept} {left}");
}

/// What z settles at counts for which sectors pay the same: ẑ = 1/2 where R learns, 1 where it does not.
#[test]
fn sectors_that_come_to_pay_the_same_are_told_together() {
    let isolated = |output: f64| {
        let world = format!(
            "schema_version = 1\ntime.horizon = 10\ngrowth.x = 0.02\ncatch_up.z_hat = 0.5\n\
             sector.one = {{ lambda = 1, y_R = 1, y_P = 1, Z_P = 0.7 }}\n\
             sector.two = {{ lambda = 1, y_R = 1, y_P = {output}, Z_P = 0.2, cluster_R = false }}\n"
        );
        let problem = parse(&world, &[]).unwrap_or_else(|report| panic!("{}", report.render(false))).problem;
        let z: Vec<f64> = (0..2).map(|i| problem.Z_P[i] / problem.Z_R[i]).collect();
        let last = in_the_long_run(&problem.epochs[0].params, &z).pop().expect("isolation");
        assert!((last.w_P - f64::max(0.5, output)).abs() < 1e-12, "{output}: {}", last.w_P);
        last.regime
    };
    assert_eq!(isolated(0.5), Regime::Diversified);
    assert_eq!(isolated(0.5 - 1e-8), Regime::Isolation(0));
    assert_eq!(isolated(0.5 + 1e-8), Regime::Isolation(1));
}

/// The paper's ordering and its assumption 6, over sectors in any order, ties among them.
#[test]
fn what_the_paper_supposes_of_its_sectors_is_told_as_it_is() {
    let mut rng = Rng::with_seed(33);
    let mut told = [[0; 2]; 2];
    for _ in 0..2_000 {
        let mut spec = Spec { rest: String::new(), ..Spec::random(&mut rng) };
        spec.sectors.truncate(2 + rng.usize(0..2));
        let n = spec.sectors.len() as f64;
        for sector in &mut spec.sectors {
            sector.alpha = 1.0 / n;
            // Few values, all of them exact: ties are ties.
            (sector.y_r, sector.y_p) = (0.5 * f64::from(rng.u32(1..4)), 0.25 * f64::from(1 << rng.u32(0..3)));
            sector.lambda = [1.0, 1.5, 2.0][rng.usize(0..3)];
        }
        spec.poor = String::new();
        let problem = parse(&spec.toml(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false))).problem;
        let rises = |of: &dyn Fn(usize) -> f64| (1..spec.sectors.len()).all(|i| of(i - 1) <= of(i));
        let advantage = |i: usize| spec.sectors[i].y_r / spec.sectors[i].y_p;
        let expected = [rises(&advantage), rises(&|i| spec.sectors[i].lambda * advantage(i))];
        let params = &problem.epochs[0].params;
        assert_eq!([ordering_holds(params), assumption_6_holds(params)], expected, "{}", spec.toml());
        expected.iter().zip(&mut told).for_each(|(holds, told)| told[usize::from(*holds)] += 1);
    }
    assert!(told.as_flattened().iter().all(|count| *count > 300), "{told:?}");
}

/// Beyond the last row the path goes on as it does in the rows of a longer one, whatever the dates of its last shock and
/// policy, and its clusters grow older.
#[test]
fn a_date_beyond_the_last_row_is_one_of_the_same_path() {
    let bench = Bench::new();
    let later = "\n[[shock]]\nat = 70\nset = { \"growth.x\" = 0.01, \"sector.electronics.lambda\" = 1.6 }\n\
                 [[policy]]\nfrom = 65\nuntil = 80\npromote = \"electronics\"\nsustain = \"always\"\n";
    bench.write("long.toml", catchup::scenario::STARTER.to_owned() + later);
    for (tau, at) in [("0", "61"), ("0", "66"), ("10", "72"), ("10", "95"), ("10", "400")] {
        for long_run in [&[][..], &["--long-run"]] {
            let table = |horizon: &str| {
                let tau = format!("poor.tau={tau}");
                let horizon = format!("time.horizon={horizon}");
                let args = ["equilibria", "long.toml", "--format", "csv", "--at", at, "--set", &tau, "--set", &horizon];
                let ran = bench.run(&[&args, long_run].concat());
                assert_eq!(ran.code, Some(0), "{ran:?}");
                ran.out
            };
            let (short, long) = (table("60"), table("400"));
            assert!(short.lines().count() > 3);
            for name in ["regime", "sector", "equilibrium", "rejected_by", "rank"] {
                assert_eq!(column(&short, name), column(&long, name), "{name} at {at}");
            }
            for name in ["w_P", "income_gap", "real_income_P", "margin", "subsidy"] {
                for (short, long) in column(&short, name).iter().zip(column(&long, name)) {
                    let [a, b] = [short, &long].map(|cell| cell.parse::<f64>().unwrap_or(f64::MAX));
                    assert!((a - b).abs() <= 1e-7 * (1.0 + b.abs()), "{name} at {at}: {short} {long}");
                }
            }
        }
    }
}

#[test]
fn formats_and_dates() {
    let bench = Bench::new();
    let file = root().join("scenarios/garments-electronics.toml");
    let file = file.to_str().expect("UTF-8");
    let latex = bench.run(&["equilibria", file, "--format", "latex"]).out;
    for fragment in ["\\toprule", "\\bottomrule", "0.8 $>$ 0.42", "Cl(garments)", "{@{}llrrlr@{}}"] {
        assert!(latex.contains(fragment), "{fragment}\n{latex}");
    }
    let margin = bench.run(&["equilibria", file, "--format", "latex", "--columns", "regime,margin"]).out;
    assert!(margin.contains("Cl(electronics) & $-$47.5 \\% "), "{margin}");
    let markdown = bench.run(&["equilibria", file, "--format", "markdown"]).out;
    assert!(markdown.contains("| Cl(electronics) | no | 0.35 | 2.857 |"), "{markdown}");
    let json = bench.run(&["equilibria", file, "--json", "--at", "22"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((json["t"].as_f64(), json["assumption_6"].as_bool()), (Some(22.0), Some(true)));
    // From 2047 on the cluster in electronics stands on its own.
    assert_eq!(json["equilibria"][0]["equilibrium"], true);
    let before = bench.run(&["equilibria", file, "--format", "csv", "--at", "21"]).out;
    assert_eq!(column(&before, "equilibrium")[0], "false");
    for (args, fragment) in [
        (vec!["equilibria", file, "--at", "1e6"], "--at 1000000 is not on the path"),
        (vec!["equilibria", file, "--at", "nan"], "--at NaN is not on the path"),
        (vec!["equilibria", file, "--at=-1"], "--at -1 is not on the path"),
        (vec!["equilibria", file, file], "two scenarios are called"),
    ] {
        let ran = bench.run(&args);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(fragment), "{}", ran.err);
    }
}

/// What docs/data.md calls the identity behind every measured ratio, by hand: (y_P/y_R) (Z_P/Z_R) ℓ/Λ.
#[test]
fn measured_output_per_worker_is_split_into_what_the_model_tells_apart() {
    let scenario = |more: &str| {
        let text = format!(
            "schema_version = 1\ntime.horizon = 10\ngrowth.x = 0.02\ncatch_up.beta = 0.05\npoor.tau = 8\n{more}
             [sector.a]\nlambda = 1.12\ny_R = 2\ny_P = 1.7\nZ_R = 1.5\nZ_P = 0.855
             [sector.b]\nlambda = 1.3\ny_R = 1\ny_P = 0.5\nZ_P = 0.4\ncluster_R = false\n"
        );
        let scenario = parse(&text, &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
        RelativeOutput::today(&scenario.problem)
    };
    let near = |sector: &RelativeOutput, by_hand: f64| assert!((sector.ratio() - by_hand).abs() < 1e-12, "{sector:?}");
    // R has a cluster in a alone, P none.
    let [a, b] = &scenario("")[..] else { panic!("two sectors") };
    assert_eq!((a.cluster_P, a.cluster_R, b.cluster_P, b.cluster_R), (None, Some(1.12), None, None));
    assert_eq!((a.lasting, b.technology), (0.85, 0.4));
    near(a, 0.85 * 0.57 / 1.12);
    near(b, 0.5 * 0.4);
    // P's cluster that stands before t = 0 is mature, whatever τ.
    near(&scenario("poor.start = \"cluster:a\"")[0], 0.85 * 0.57);
    near(&scenario("poor.start = \"cluster:b\"")[1], 0.5 * 0.4 * 1.3);
    near(&scenario("poor.trade = \"closed\"\npoor.closed_clusters = [\"b\"]")[1], 0.5 * 0.4 * 1.3);
    near(&scenario("poor.closed_clusters = [\"b\"]")[1], 0.5 * 0.4);
    // A policy at t = 0 is no part of what was measured; a shock at t = 0 is.
    near(&scenario("policy = [{ promote = \"a\", sustain = \"always\" }]")[0], 0.85 * 0.57 / 1.12);
    near(&scenario("shock = [{ at = 0, set = { \"sector.a.y_P\" = 1 } }]")[0], 0.5 * 0.57 / 1.12);
}

const SHOCKED: &str = "schema_version = 1
time = { start = 2025, horizon = 60 }
growth.x = 0.02
catch_up.beta = 0.04
sector.cloth = { lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.5 }
sector.chips = { lambda = 1.5, y_R = 1, y_P = 0.6, Z_P = 0.5 }
[[shock]]
at = 12
set = { \"sector.cloth.y_P\" = 0.5 }
";

/// What a table says of one date holds until parameters change.
#[test]
fn a_shock_to_come_is_told_until_it_has_come() {
    let bench = Bench::new();
    bench.write("a.toml", SHOCKED);
    let table = |more: &[&str]| bench.run(&[&["equilibria", "a.toml"], more].concat()).out;
    assert!(table(&[]).contains("a shock is still to come, in 2037: from then on these are others"), "{}", table(&[]));
    let far = table(&["--long-run", "--at", "11"]);
    assert!(far.contains("a shock is still to come, in 2037: these are the steady states without it"), "{far}");
    for more in [["--at", "12"], ["--at", "40"], ["--set", "shock=[]"]] {
        assert!(!table(&more).contains("still to come"), "{more:?}");
    }
}

/// Dates count from t = 0; a calendar year of the path is the same date in every command.
#[test]
fn a_calendar_year_of_the_path_is_its_date() {
    let bench = Bench::new();
    bench.write("a.toml", SHOCKED);
    let run = |args: &[&str]| bench.run(args);
    let [year, date] = ["2037", "12"].map(|at| run(&["equilibria", "a.toml", "--format", "csv", "--at", at]));
    assert!(year.code == Some(0) && year.out == date.out && year.err == date.err, "{year:?} {date:?}");
    let [year, later] = ["2037", "20"].map(|at| run(&["equilibria", "a.toml", "--format", "csv", "--at", at]));
    assert_ne!(year.out, later.out);
    let compare = |from: &str, until: &str| {
        run(&["compare", "a.toml", "--each-cluster", "--from", from, "--until", until, "--format", "csv", "--no-plot"])
    };
    let [years, dates] = [compare("2030", "2040"), compare("5", "15")];
    assert!(years.code == Some(0) && years.out == dates.out, "{years:?} {dates:?}");
    assert_ne!(compare("2030", "2040").out, compare("5", "20").out);
    // No year of the path.
    let ran = compare("1040", "2040");
    assert!(ran.code == Some(2) && ran.err.contains("or a calendar year from 2025 to"), "{ran:?}");
    let optimise = |from: &str| {
        let span = ["optimise", "a.toml", "--from", from, "--until", "never", "--no-plot"];
        run(&span)
    };
    let [years, dates] = [optimise("2030:2032"), optimise("5:7")];
    assert!(years.code == Some(0) && years.out == dates.out, "{years:?} {dates:?}");
}
