//! Protects what a sweep says of its runs at chosen dates: it is what the run's own row says, to the last bit, in every
//! kind of world, and looking changes nothing else.

use crate::common::random::Spec;
use crate::common::{Bench, column};
use catchup::batch::Worker;
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::scenario::parse;
use catchup::scenario::sweep::Sweep;
use catchup::simulate::{Engine, simulate};
use fastrand::Rng;

#[test]
fn what_is_seen_is_what_the_row_says() {
    let control = Control::default();
    let (mut looks, mut leaps) = (0, 0);
    for seed in 0..600 {
        let mut random = Rng::with_seed(seed);
        let spec = Spec::random(&mut random);
        let Ok(scenario) = parse(&spec.toml(), &[]) else { continue };
        let (problem, solver) = (&scenario.problem, scenario.solver);
        let grid = problem.grid;
        let year = |k: usize| grid.start + grid.t(k);
        let rows: Vec<usize> = (0..random.usize(1..6)).map(|_| random.usize(0..=grid.periods)).collect();
        let mut dates: Vec<f64> = rows.iter().map(|&k| year(k)).collect();
        // Between two rows, before the first and after the last there is none.
        dates.extend([year(0) + 0.5 * grid.period, year(0) - 1.0, year(grid.periods + 1)]);
        let mut watching = Engine::watching(dates);
        let measured = watching.measure(problem, solver, &control).expect("not stopped").clone();
        let path = simulate(problem, solver, &control).expect("not stopped");
        let unwatched = Engine::default().measure(problem, solver, &control).expect("not stopped").clone();
        assert_eq!(
            format!("{measured:?}"),
            format!("{unwatched:?}"),
            "seed {seed}: looking changes what is seen\n{}",
            spec.toml()
        );
        let (seen, none) = watching.seen().split_at(rows.len());
        assert_eq!(none, [None; 3], "seed {seed}");
        for (&k, seen) in rows.iter().zip(seen) {
            let expected = path.rows.get(k).filter(|_| path.failure.is_none());
            let bits = |wage: f64, regime| (wage.to_bits(), regime);
            assert_eq!(
                seen.map(|seen| bits(seen.w_P, seen.regime)),
                expected.map(|row| bits(row.w_P, row.regime)),
                "seed {seed}, period {k}\n{}",
                spec.toml()
            );
            looks += usize::from(seen.is_some());
        }
        leaps += usize::from(measured[Measure::RegimeChanges] == Some(0.0));
    }
    assert!(looks > 1_000 && leaps > 100, "{looks} looks, {leaps} runs without a change");
}

const SCENARIO: &str = "schema_version = 1\nname = \"region\"\n[time]\nstart = 2020\nhorizon = 60\n[growth]\nx = 0.02\n\
                        [catch_up]\nbeta = 0.05\n[sector.textiles]\nlambda = 1.2\ny_R = 1\ny_P = 0.9\nZ_P = 0.5\n\
                        [sector.electronics]\nlambda = 1.5\ny_R = 1\ny_P = 0.7\nZ_P = 0.4\n";

fn done(bench: &Bench, args: &[&str]) {
    let ran = bench.run(args);
    assert_eq!(ran.code, Some(0), "{args:?}\n{}", ran.err);
}

fn sweep(bench: &Bench, name: &str, more: &str) -> String {
    bench.write("region.toml", SCENARIO);
    let file = format!("{name}.toml");
    bench.write(
        &file,
        format!(
            "schema_version = 1\nname = \"{name}\"\nscenario = \"region.toml\"\n[design]\nkind = \"random\"\nsamples = 40\n\
             [vary]\n\"catch_up.beta\" = {{ uniform = [0.001, 0.06] }}\n{more}"
        ),
    );
    file
}

#[test]
fn columns_of_dates_stand_in_the_tables_and_in_the_summary() {
    let bench = Bench::new();
    let file = sweep(
        &bench,
        "dated",
        "[variants.alone]\n[variants.helped]\npolicy = [{ from = 5, until = 20, promote = \"electronics\", sustain = \"always\" }]\n\
         [keep]\ntrajectories = [7, 31, 7]\ndates = [2030, 2050]\n",
    );
    done(&bench, &["sweep", &file]);
    let table = bench.read("output/dated/runs.csv");
    let mut seen = 0;
    for draw in [7, 31] {
        for (variant, name) in ["alone", "helped"].into_iter().enumerate() {
            // The same run, alone.
            let sweep = Sweep::load(&bench.path().join(&file).to_string_lossy()).expect("a sweep");
            let chunk = Worker::new(&sweep).chunk(draw..draw + 1, &Control::default()).expect("a chunk");
            let drawn = [chunk.drawn[0][0]];
            let mut args =
                vec!["run".to_owned(), "region.toml".to_owned(), "--out".to_owned(), format!("alone-{name}")];
            args.extend(sweep.sets(variant, &drawn).into_iter().flat_map(|set| ["--set".to_owned(), set]));
            done(&bench, &args.iter().map(String::as_str).collect::<Vec<_>>());
            let alone = bench.read(&format!("alone-{name}/region/trajectory.csv"));
            let row = 2 * usize::try_from(draw).expect("small") + variant;
            for (year, k) in [("2030", 10), ("2050", 30)] {
                for what in ["w_P", "income_gap", "regime", "sector"] {
                    assert_eq!(
                        column(&table, &format!("{what}_{year}"))[row],
                        column(&alone, what)[k],
                        "{what} {year}"
                    );
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 32);
    // The summary's mean is that of the column.
    let gaps: Vec<f64> = column(&table, "income_gap_2050")
        .iter()
        .skip(1)
        .step_by(2)
        .map(|cell| cell.parse().expect("a number"))
        .collect();
    let summary = bench.read("output/dated/summary.csv");
    let value = |statistic: &str| -> f64 {
        let begin = format!("helped,income_gap_2050,{statistic},");
        let line = summary.lines().find_map(|line| line.strip_prefix(&begin)).expect("a row of the summary");
        line.parse().expect("a number")
    };
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    assert!((value("mean") - mean).abs() < 1e-12 * mean && value("count") == 40.0);
    let mut sorted = gaps;
    sorted.sort_by(f64::total_cmp);
    assert!((value("p50") - 0.5 * (sorted[19] + sorted[20])).abs() < 1e-14);
    // It is drawn, and said what it hangs on, like a measure.
    done(&bench, &["plot", "output/dated", "--what", "profile,histogram", "--by", "income_gap_2050"]);
    assert!(bench.read("output/dated/profile-income_gap_2050.svg").contains("Income gap in 2050, w"));
    assert!(bench.read("output/dated/histogram-income_gap_2050.svg").contains("istribution of the income gap in 2050"));
    let ran = bench.run(&["explain", "output/dated", "--measure", "income_gap_2050"]);
    assert!(ran.code == Some(0) && ran.out.contains("income gap in 2050"), "{ran:?}");
    let ran = bench.run(&["plot", "output/dated", "--by", "income_gap_2051"]);
    assert!(ran.code == Some(2) && ran.err.contains("[keep] dates"), "{ran:?}");
    // Other dates are another sweep.
    let text = bench.read(&file);
    bench.write(&file, text.replace("2050]", "2051]"));
    let ran = bench.run(&["sweep", &file]);
    let refused = ran.err;
    assert_eq!(ran.code, Some(5), "{refused}");
    assert!(refused.contains("`dates = [2030.0, 2050.0]` there, `dates = [2030.0, 2051.0]` now"), "{refused}");
}

#[test]
fn a_run_without_a_row_at_a_date_has_empty_cells() {
    let bench = Bench::new();
    let file = sweep(&bench, "paced", "\"time.period\" = { values = [1, 3] }\n[keep]\ndates = [2031, 2032, 2090]\n");
    done(&bench, &["sweep", &file]);
    let table = bench.read("output/paced/runs.csv");
    let [period, gap, other, never] =
        ["time.period", "income_gap_2031", "regime_2032", "w_P_2090"].map(|name| column(&table, name));
    let (mut every, mut third) = (0, 0);
    for row in 0..period.len() {
        let whole = period[row] == "1.0";
        (every, third) = (every + usize::from(whole), third + usize::from(!whole));
        assert_eq!((gap[row].is_empty(), never[row].is_empty()), (!whole, true));
        // 2032 is a date of both.
        assert!(!other[row].is_empty());
    }
    assert!(every > 5 && third > 5);
}
