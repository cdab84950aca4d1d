//! Protects the tables of a sweep: every run as it came, in both formats, the same bytes on any number of threads, and
//! a summary that is exact.

use crate::common::Bench;
use crate::common::column as column_of;
use crate::common::study::{csv_rows, plan, row, same, scenario, seen, trajectory, undisturbed};
use catchup::control::Control;
use catchup::measure::{Direction, Measure, Measures, Outcome, Verdict};
use catchup::model::trade::Regime;
use catchup::record;
use catchup::scenario::sweep::Kept;
use fastrand::Rng;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::fs;
use tempfile::TempDir;

/// The rows of a Parquet file as the cells of a CSV table.
fn parquet_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes.to_vec())).expect("parquet");
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Long(value) => value.to_string(),
        Field::Bool(value) => value.to_string(),
        Field::Str(value) => value.clone(),
        Field::Double(value) => {
            assert!(value.is_finite(), "{value} in a table");
            ryu::Buffer::new().format_finite(*value).to_owned()
        }
        other => panic!("{other:?} in a table"),
    };
    let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row"));
    rows.map(|row| row.get_column_iter().map(|(_, field)| cell(field)).collect()).collect()
}

#[test]
fn quantiles_rank_what_has_no_bound_above_every_number() {
    // Without policy the starter falls behind for ever where beta ≤ x = 0.015.
    for (highest, bounded) in [(0.03, true), (0.02, false)] {
        let bench = Bench::new();
        bench.write("a.toml", catchup::scenario::STARTER);
        let sweep = format!(
            "schema_version = 1\nscenario = \"a.toml\"\n[design]\nkind = \"sobol\"\nsamples = 1024\n\
             [vary]\ncatch_up.beta = {{ uniform = [0.005, {highest}] }}\n[variants.alone]\npolicy = []\nsolver.method = \"exact\"\n"
        );
        bench.write("study.toml", sweep);
        let ran = bench.run(&["sweep", "study.toml"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let runs = bench.read("output/study/runs.csv");
        let gaps =
            column_of(&runs, "long_run_gap").into_iter().zip(column_of(&runs, "verdict")).map(|(gap, verdict)| {
                assert_eq!(gap.is_empty(), verdict == "falling-behind", "{gap} {verdict}");
                gap.parse().unwrap_or(f64::INFINITY)
            });
        let mut gaps: Vec<f64> = gaps.collect();
        gaps.sort_by(f64::total_cmp);
        // By hand: in isolation P makes textiles, λ = 1.05 and y_P = 0.9, at ẑ = 1 − x/β; without ẑ there is no bound.
        let by_hand = |beta: String| {
            let z_hat = 1.0 - 0.015 / beta.parse::<f64>().expect("a number");
            if z_hat > 0.0 { 1.05 / (0.9 * z_hat) } else { f64::INFINITY }
        };
        let mut expected: Vec<f64> = column_of(&runs, "catch_up.beta").into_iter().map(by_hand).collect();
        expected.sort_by(f64::total_cmp);
        for (gap, expected) in gaps.iter().zip(&expected) {
            assert!(gap == expected || (gap / expected - 1.0).abs() < 1e-9, "{gap}, not {expected}");
        }
        let summary = bench.read("output/study/summary.csv");
        let rows = column_of(&summary, "measure")
            .into_iter()
            .zip(column_of(&summary, "statistic"))
            .zip(column_of(&summary, "value"));
        let of: std::collections::BTreeMap<_, _> = rows.collect();
        let value = |measure: &str, name: &str| of[&(measure.to_owned(), name.to_owned())].as_str();
        let gap = |name: &str| value("long_run_gap", name);
        assert_eq!((gap("count"), gap("max"), gap("mean")), ("1024.0", "inf", "inf"), "of all draws");
        assert_eq!(gap("missing"), "0.0");
        if bounded {
            let median = 0.5 * (gaps[511] + gaps[512]);
            assert!(
                (median - 8.149).abs() < 5e-4
                    && (gap("p50").parse::<f64>().expect("a number") - median).abs() < 1e-12 * median,
                "{median}"
            );
        } else {
            assert_eq!((gaps[511], gap("p50")), (f64::INFINITY, "inf"));
        }
        assert_eq!(gap("p95"), "inf");
        let behind = gaps.iter().filter(|gap| gap.is_infinite()).count() as f64 / 1024.0;
        assert_eq!(value("verdict", "falling-behind").parse(), Ok(behind));
    }
}

#[test]
fn both_tables_hold_every_run_as_it_came() {
    let plan = plan(701, 64);
    let files = undisturbed(&plan);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["datapackage.json", "runs.csv", "runs.parquet", "summary.csv", "sweep.toml"]);
    let rows = csv_rows(&files["runs.csv"]);
    assert_eq!(rows, parquet_rows(&files["runs.parquet"]));
    assert_eq!(rows.len(), 1402);
    let header = String::from_utf8(files["runs.csv"].clone()).expect("text");
    let expected = "run,variant,catch_up.beta,growth.x,poor.trade,sector.a.cluster_R,status,error,verdict,direction,\
                    outcome,last_regime,last_sector,long_run_regime,long_run_sector,settled_year,initial_gap,final_gap,\
                    long_run_gap,half_life,regime_changes,welfare,subsidy_pv,peak_subsidy_share,self_sustaining_year,\
                    d_final_gap,equivalent_variation,net_gain_pv,externality,w_P_2030,income_gap_2030,regime_2030,\
                    sector_2030,w_P_2050.5,income_gap_2050.5,regime_2050.5,sector_2050.5";
    assert_eq!(header.lines().next(), Some(expected));
    let number = |value: Option<f64>| value.filter(|value| value.is_finite());
    let regime = |regime: Option<Regime>| match regime {
        Some(Regime::Cluster(i)) => ["cluster", ["one", "two"][i]],
        Some(Regime::Isolation(i)) => ["isolation", ["one", "two"][i]],
        Some(Regime::Diversified) => ["diversified", ""],
        Some(Regime::Closed) => ["closed", ""],
        None => ["", ""],
    };
    for (i, cells) in rows.iter().enumerate() {
        let (run, variant) = (i as u64 / 2, i % 2);
        let row = row(run, variant);
        assert_eq!(cells[..2], [run.to_string(), plan.variants[variant].clone()]);
        let mut random = Rng::with_seed(run);
        assert_eq!(cells[2].parse(), Ok(random.f64()));
        assert_eq!(cells[3], ["0.5", "2.0"][usize::from(random.u8(0..2))]);
        assert_eq!(cells[4], ["open", "closed, \"quite\""][usize::from(random.u8(0..2))]);
        assert_eq!(cells[5], ["false", "true"][usize::from(random.u8(0..2))]);
        assert_eq!(cells[6], if row.error.is_some() { "failed" } else { "ok" });
        assert_eq!(cells[7], row.error.clone().unwrap_or_default());
        assert_eq!(cells[8], row.verdict.map_or("", Verdict::name));
        assert_eq!(cells[9], row.direction.map_or("", Direction::name));
        assert_eq!(cells[10], row.outcome.map_or("", Outcome::name));
        assert_eq!(cells[11..13], regime(row.last));
        assert_eq!(cells[13..15], regime(row.long_run));
        assert_eq!(cells[15..].len(), Measure::COUNT + 1 + 8);
        let externality = number(Some(row.externality)).filter(|_| row.error.is_none());
        assert_eq!(cells[15 + Measure::COUNT].parse().ok(), externality, "run {run}");
        for (seen, cells) in seen(run, variant).into_iter().zip(cells[16 + Measure::COUNT..].chunks(4)) {
            let seen = seen.filter(|_| row.error.is_none());
            assert_eq!(cells[0].parse().ok(), seen.map(|seen| seen.w_P), "run {run}");
            assert_eq!(cells[1].parse().ok(), seen.map(|seen| 1.0 / seen.w_P), "run {run}");
            assert_eq!(cells[2..], regime(seen.map(|seen| seen.regime)), "run {run}");
        }
        for (cell, measure) in cells[15..].iter().zip(Measure::ALL) {
            assert_eq!(cell.parse().ok(), number(row[measure]), "run {run}");
        }
    }
    let package: serde_json::Value = serde_json::from_slice(&files["datapackage.json"]).expect("JSON");
    assert_eq!(package["resources"].as_array().map(Vec::len), Some(4));
    assert_eq!(package["resources"][0]["schema"]["primaryKey"], serde_json::json!(["run", "variant"]));
}

#[test]
fn row_groups_are_counted_from_the_first_run_whatever_the_chunks() {
    let mut plans = [plan(70_000, 9_999), plan(70_000, 40_001)];
    plans.iter_mut().for_each(|plan| plan.vary.truncate(1));
    let [one, other] = plans.map(|plan| undisturbed(&plan));
    for name in ["runs.csv", "runs.parquet", "summary.csv"] {
        assert!(one[name] == other[name], "{name}");
    }
    let reader = SerializedFileReader::new(bytes::Bytes::from(one["runs.parquet"].clone())).expect("parquet");
    let rows: Vec<i64> = reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(rows, [65_536, 65_536, 8_928]);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let mut plan = plan(40_000, 1_000);
    plan.vary.truncate(2);
    let expected = undisturbed(&plan);
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let found = pool.install(|| undisturbed(&plan));
        same(&found, &expected, &format!("{threads} threads"));
    }
}

#[test]
fn kept_trajectories_are_those_of_the_runs_one_by_one() {
    let mut plan = plan(25, 10);
    plan.keep = Kept::of(vec![3, 9, 10, 24]);
    let found = parquet_rows(&undisturbed(&plan)["trajectories.parquet"]);
    let out = TempDir::new().expect("a folder");
    let mut expected = Vec::new();
    for draw in [3, 9, 10, 24] {
        for (variant, name) in plan.variants.iter().enumerate() {
            let (scenario, trajectory) = (scenario(draw, variant), trajectory(draw, variant));
            let summary = catchup::summary::summarise("one", None, &trajectory);
            let stage = record::open(out.path(), "one").expect("opened");
            let folder = record::write_run(stage, &scenario, &trajectory, &summary, &[], &Control::default());
            let table = csv_rows(&fs::read(folder.expect("written").join("trajectory.csv")).expect("a table"));
            expected.extend(table.into_iter().map(|mut row| {
                row.splice(0..1, [draw.to_string(), name.clone()]);
                row
            }));
        }
    }
    assert_eq!(found.len(), expected.len());
    found.iter().zip(&expected).for_each(|(found, expected)| assert_eq!(found, expected));
}

#[test]
fn the_summary_is_that_of_the_sorted_table() {
    let mut plan = plan(20_000, 700);
    plan.vary.clear();
    let files = undisturbed(&plan);
    let rows: Vec<Vec<Measures>> =
        (0..2).map(|variant| (0..plan.draws).map(|run| row(run, variant)).collect()).collect();
    let summary = csv_rows(&files["summary.csv"]);
    let value = |variant: usize, measure: &str, statistic: &str| -> Option<f64> {
        let key = [plan.variants[variant].as_str(), measure, statistic];
        let found: Vec<_> = summary.iter().filter(|row| row[..3] == key).collect();
        assert_eq!(found.len(), 1, "{key:?}");
        found[0][3].parse().ok()
    };
    for (variant, rows) in rows.iter().enumerate() {
        for measure in Measure::ALL {
            let name = measure.name();
            let mut sorted: Vec<f64> =
                rows.iter().filter_map(|row| row[measure]).filter(|value| !value.is_nan()).collect();
            let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
            sorted.sort_by(f64::total_cmp);
            let n = sorted.len();
            assert_eq!(value(variant, name, "count"), Some(n as f64));
            assert_eq!(value(variant, name, "missing"), Some((rows.len() - n) as f64));
            assert_eq!(value(variant, name, "min"), Some(sorted[0]));
            assert_eq!(value(variant, name, "max"), Some(sorted[n - 1]));
            let found = value(variant, name, "mean").expect("a mean");
            let near = found == mean || (found - mean).abs() <= 1e-9 * mean.abs().max(1.0);
            assert!(near, "{name}: {found} {mean}");
            for (label, p) in [("p5", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95)] {
                let place = p * (n - 1) as f64;
                #[expect(clippy::cast_possible_truncation, reason = "a rank")]
                let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
                // Nothing lies between two that have no bound.
                let expected = if above == below { below } else { below + place.fract() * (above - below) };
                assert_eq!(value(variant, name, label), Some(expected), "{name} {label}");
            }
        }
        assert_eq!(value(variant, "long_run_gap", "p95"), Some(f64::INFINITY));
        assert!(value(variant, "long_run_gap", "p75").is_some_and(f64::is_finite));
        let share = |count: usize, all: usize| Some(count as f64 / all as f64);
        let counted = |which: &dyn Fn(usize) -> bool| (0..rows.len()).filter(|&i| which(i)).count();
        let draws = rows.len();
        assert_eq!(value(variant, "status", "failed"), share(counted(&|i| rows[i].error.is_some()), draws));
        assert_eq!(value(variant, "verdict", "none"), share(counted(&|i| rows[i].verdict.is_none()), draws));
        let ahead = counted(&|i| rows[i].verdict == Some(Verdict::Ahead));
        assert_eq!(value(variant, "verdict", "ahead"), share(ahead, draws));
        let behind = counted(&|i| rows[i].verdict == Some(Verdict::FallingBehind));
        assert_eq!(value(variant, "verdict", "falling-behind"), share(behind, draws));
        let gain = |i: usize| rows[i][Measure::EquivalentVariation].filter(|value| !value.is_nan());
        let better = counted(&|i| gain(i).is_some_and(|gain| gain > 1e-9));
        assert_eq!(value(variant, "equivalent_variation", "better"), share(better, draws));
        let worse = counted(&|i| {
            let baseline = self::row(i as u64, 0);
            let stronger = rows[i].externality > baseline.externality;
            gain(i).is_some_and(|gain| gain < -1e-9) && stronger && rows[i].error.is_none() && baseline.error.is_none()
        });
        assert_eq!(value(variant, "externality", "stronger_yet_worse"), share(worse, draws));
        // Of two variants the one falls short of the other, where both can be compared.
        let worth = |i: usize, variant: usize| {
            self::row(i as u64, variant)[Measure::EquivalentVariation].map_or(f64::NAN, |gain| 1.0 + gain)
        };
        let short = |i: usize| f64::max(worth(i, 0), worth(i, 1)) / worth(i, variant) - 1.0;
        let counts = |i: usize| [0, 1].iter().all(|&variant| worth(i, variant).is_finite() && worth(i, variant) > 0.0);
        let all: Vec<f64> = (0..rows.len()).filter(|&i| counts(i)).map(short).collect();
        assert_eq!(value(variant, "regret", "count"), Some(all.len() as f64));
        let best = all.iter().filter(|&&short| short <= 1e-9).count();
        assert_eq!(value(variant, "regret", "best"), share(best, all.len()));
        assert_eq!(value(variant, "regret", "max"), all.iter().copied().reduce(f64::max));
        let (mean, expected) =
            (value(variant, "regret", "mean").expect("a mean"), all.iter().sum::<f64>() / all.len() as f64);
        assert!(mean == expected || (mean - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{mean} {expected}");
    }
    assert!(summary.iter().all(|row| row[3] != "NaN"));
}
