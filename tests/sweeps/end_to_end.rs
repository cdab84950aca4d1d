//! Protects `catchup sweep` from end to end: its runs are those of `catchup run`, its files the same bytes however they
//! came about, and what goes wrong is said, kept and gone on from.

use crate::common::{Bench, Ran, column};
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::scenario;
use catchup::scenario::sweep::{Level, Sweep};
use catchup::simulate::simulate;
use catchup::summary::{Summary, summarise};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BASE: &str = "schema_version = 1
[time]
start = 2000
horizon = 60
[growth]
x = 0.02
[catch_up]
beta = 0.05
[sector.textiles]
lambda = 1.2
y_R = 1
y_P = 0.9
Z_P = 0.5
[sector.electronics]
lambda = 1.5
y_R = 1
y_P = 0.7
Z_P = 0.4
[[policy]]
from = 5
until = 40
promote = \"electronics\"
[[shock]]
at = 30
set = { \"sector.textiles.lambda\" = 1.4, \"growth.x\" = 0.015 }
[solver]
method = \"exact\"
";

/// Every kind of key and distribution, two variants.
const STUDY: &str = "schema_version = 1
name = \"study\"
scenario = \"base.toml\"
seed = 7
[design]
kind = \"random\"
samples = 1000
[vary]
\"catch_up.beta\" = { uniform = [0.03, 0.12] }
\"growth.x\" = { log_uniform = [0.01, 0.03] }
\"sector.textiles.lambda\" = { triangular = [1, 1.2, 2] }
\"sector.electronics.y_P\" = { normal = [0.7, 0.2], min = 0.3, max = 1.2 }
\"sector.electronics.cluster_R\" = { values = [true, false] }
\"policy.0.until\" = { values = [20, 40, 60] }
\"poor.start\" = { values = [\"isolation\", \"cluster:textiles\"] }
\"shock.0.at\" = { uniform = [0, 50] }
\"poor.tau\" = { linspace = [0, 10, 3] }
\"poor.selection\" = { values = [\"history\", \"best\", \"isolation\"] }
\"solver.method\" = { values = [\"exact\", \"dopri5\"] }
[variants.as-it-is]
[variants.held]
policy = [{ from = 10, promote = \"textiles\", sustain = \"always\" }, { from = 0, until = 8, trade = \"closed\" }]
";

/// What a variant of the study sets, as `run --set` takes it.
const HELD: &str =
    "policy=[{ from = 10, promote = \"textiles\", sustain = \"always\" }, { from = 0, until = 8, trade = \"closed\" }]";

/// One varied key, quick runs.
const SMALL: &str = "schema_version = 1
name = \"small\"
scenario = \"base.toml\"
seed = 1
[design]
kind = \"sobol\"
samples = 256
[vary]
\"catch_up.beta\" = { uniform = [0.03, 0.12] }
[variants.none]
policy = []
[variants.promoted]
[keep]
trajectories = 3
";

/// Long enough to be interrupted: every run takes many steps.
fn long() -> String {
    SMALL
        .replace("\"small\"", "\"long\"")
        .replace("samples = 256", "samples = 4000")
        .replace("trajectories = 3", "trajectories = 50")
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("base.toml", BASE);
    bench.write(
        "slow.toml",
        BASE.replace("horizon = 60", "horizon = 1000").replace("method = \"exact\"", "rtol = 1e-13"),
    );
    bench.write("study.toml", STUDY);
    bench.write("small.toml", SMALL);
    bench.write("long.toml", long().replace("base.toml", "slow.toml"));
    // To the letter of the paper, spillovers blow up where they are strong.
    bench.write("literal.toml", BASE.replace("beta = 0.05", "form = \"literal\"\nbeta = 0.05"));
    bench.write(
        "blow-up.toml",
        SMALL
            .replace("base.toml", "literal.toml")
            .replace("\"small\"", "\"blow-up\"")
            .replace("[0.03, 0.12]", "[0.0001, 0.06]"),
    );
    bench
}

/// All files of a folder, by path.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn gather(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
            if path.is_dir() {
                gather(&path, &format!("{name}/"), found);
            } else {
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    let mut found = BTreeMap::new();
    gather(folder, "", &mut found);
    found
}

/// The same files with the same bytes; says which differ, not how.
fn assert_same(bench: &Bench, one: &str, other: &str) {
    let (one_files, other_files) = (contents(&bench.path().join(one)), contents(&bench.path().join(other)));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one_files), names(&other_files), "{one} and {other}");
    let differing: Vec<_> =
        one_files.iter().filter(|(name, bytes)| other_files[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differing.is_empty(), "{one} and {other} differ in {differing:?}");
}

fn done(ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

fn sets_of(sweep: &Sweep, draw: &[f64]) -> Vec<String> {
    let value = |level: Level| match level {
        Level::Number(number) => format!("{number}"),
        Level::Flag(flag) => flag.to_string(),
        Level::Text(text) => text,
    };
    sweep
        .vary
        .iter()
        .zip(draw)
        .map(|(varied, &drawn)| format!("{}={}", varied.key, value(varied.value(drawn))))
        .collect()
}

/// One draw of a sweep.
fn drawn(sweep: &Sweep, index: u64) -> Vec<f64> {
    let mut columns = vec![vec![0.0]; sweep.vary.len()];
    sweep.design.fill(index, &mut columns);
    columns.iter().map(|column| column[0]).collect()
}

/// A row of runs.csv by column.
type Cells = BTreeMap<String, String>;

fn rows(csv_text: &str) -> Vec<Cells> {
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let cells =
        |record: csv::StringRecord| headers.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| cells(record.expect("a row"))).collect()
}

/// The measures as bits, so that nothing but the very same number is equal.
fn bits(number: Option<f64>) -> Option<u64> {
    number.map(f64::to_bits)
}

fn cell(row: &Cells, name: &str) -> Option<u64> {
    let text = &row[name];
    (!text.is_empty()).then(|| text.parse::<f64>().unwrap_or_else(|_| panic!("{name}: {text}")).to_bits())
}

fn assert_is(row: &Cells, summary: &Summary) {
    for measure in Measure::of_a_run() {
        let (name, number) = (measure.name(), summary[measure]);
        assert_eq!(cell(row, name), bits(number), "{name} of {row:?} is {number:?} when run alone");
    }
    assert_eq!(row["verdict"], summary.measures.verdict.map_or("", catchup::summary::Verdict::name), "{row:?}");
    assert_eq!(row["error"], summary.measures.error.as_deref().unwrap_or(""), "{row:?}");
    assert_eq!(row["status"], if summary.measures.error.is_some() { "failed" } else { "ok" }, "{row:?}");
}

#[test]
fn every_run_is_the_one_that_run_gives_to_the_last_bit() {
    let bench = bench();
    done(&bench.run(&["sweep", "study.toml"]));
    let rows = rows(&bench.read("output/study/runs.csv"));
    assert_eq!(rows.len(), 2000);
    let path = |name: &str| bench.path().join(name).to_string_lossy().into_owned();
    let sweep = Sweep::load(&path("study.toml")).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let (mut verdicts, mut methods) = (BTreeMap::<String, u32>::new(), BTreeMap::<String, u32>::new());
    for (index, pair) in rows.chunks(2).enumerate() {
        let sets = sets_of(&sweep, &drawn(&sweep, index as u64));
        for (row, variant) in pair.iter().zip([vec![], vec![HELD.to_owned()]]) {
            assert_eq!(row["run"], index.to_string());
            let sets = [variant, sets.clone()].concat();
            let scenario = scenario::load(&path("base.toml"), &sets)
                .unwrap_or_else(|report| panic!("{sets:?}: {}", report.render(false)));
            let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
            let summary = summarise("", None, &trajectory);
            assert_is(row, &summary);
            *verdicts.entry(row["verdict"].clone()).or_default() += 1;
            *methods.entry(row["solver.method"].clone()).or_default() += 1;
        }
    }
    assert!(verdicts.len() >= 3, "the study reaches {verdicts:?} only");
    assert!(methods.values().all(|&count| count > 300), "{methods:?}");
}

#[test]
fn a_row_can_be_run_again_from_its_own_cells() {
    let bench = bench();
    done(&bench.run(&["sweep", "study.toml", "--no-csv", "--out", "no-csv"]));
    assert!(bench.exists("no-csv/study/runs.parquet") && !bench.exists("no-csv/study/runs.csv"));
    done(&bench.run(&["sweep", "study.toml"]));
    let rows = rows(&bench.read("output/study/runs.csv"));
    let sweep = Sweep::load(&bench.path().join("study.toml").to_string_lossy()).expect("valid");
    for row in rows.iter().step_by(rows.len() / 20 + 1) {
        let mut args = vec!["run".to_owned(), "base.toml".to_owned(), "--json".to_owned()];
        let held = (row["variant"] == "held").then(|| HELD.to_owned());
        let keys = sweep.vary.iter().map(|varied| format!("{}={}", varied.key, row[&varied.key]));
        args.extend(held.into_iter().chain(keys).flat_map(|set| ["--set".to_owned(), set]));
        let ran = bench.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        done(&ran);
        let summary: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        for name in ["initial_gap", "final_gap", "long_run_gap", "half_life", "regime_changes", "welfare", "subsidy_pv"]
        {
            assert_eq!(cell(row, name), bits(summary[name].as_f64()), "{name} of {row:?}: {summary}");
        }
        assert_eq!(row["verdict"], summary["verdict"].as_str().unwrap_or(""));
    }
}

#[test]
fn the_first_variant_is_what_differences_are_taken_from() {
    let bench = bench();
    done(&bench.run(&["sweep", "small.toml"]));
    let rows = rows(&bench.read("output/small/runs.csv"));
    let number = |row: &Cells, name: &str| row[name].parse::<f64>().expect(name);
    let rho: f64 = 0.03;
    for pair in rows.chunks(2) {
        assert_eq!((pair[0]["variant"].as_str(), pair[1]["variant"].as_str()), ("none", "promoted"));
        for difference in ["d_final_gap", "equivalent_variation", "net_gain_pv"] {
            assert_eq!(number(&pair[0], difference), 0.0, "{difference}");
        }
        let gap = number(&pair[1], "final_gap") - number(&pair[0], "final_gap");
        assert_eq!(number(&pair[1], "d_final_gap"), gap);
        // A share of all income for ever is worth ln(1 + share) / rho.
        let worth = (rho * (number(&pair[1], "welfare") - number(&pair[0], "welfare"))).exp_m1();
        assert!((number(&pair[1], "equivalent_variation") - worth).abs() < 1e-12, "{pair:?}");
    }
    let policy = BASE.find("[[policy]]").expect("a policy")..BASE.find("[[shock]]").expect("a shock");
    bench.write("none.toml", BASE.replace(&BASE[policy], ""));
    let mut differing = 0;
    for pair in rows.chunks(2).step_by(50) {
        let beta = format!("catch_up.beta={}", pair[1]["catch_up.beta"]);
        let ran = bench.run(&["compare", "none.toml", "base.toml", "--set", &beta, "--format", "csv"]);
        done(&ran);
        for difference in ["equivalent_variation", "net_gain_pv"] {
            let [none, promoted] = [0, 1].map(|run| column(&ran.out, difference)[run].parse::<f64>());
            assert_eq!([none, promoted], [Ok(0.0), Ok(number(&pair[1], difference))], "{difference} of {pair:?}");
            differing += u32::from(number(&pair[1], difference) != 0.0);
        }
    }
    assert!(differing >= 4, "promotion makes a difference in {differing} of those looked at");
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let bench = bench();
    for threads in ["1", "2", "7"] {
        for file in ["small.toml", "study.toml"] {
            done(&bench.run(&["sweep", file, "--threads", threads, "--out", threads]));
        }
    }
    for other in ["2", "7"] {
        assert_same(&bench, "1/small", &format!("{other}/small"));
        assert_same(&bench, "1/study", &format!("{other}/study"));
    }
}

/// The study and what it comes to in every design that goes by blocks.
#[test]
fn designs_of_blocks_are_divided_like_any_other() {
    let bench = bench();
    for (name, samples, draws) in [
        ("crossed", "kind = \"saltelli\"\nsamples = 64", 64 * 13),
        ("crossed-twice", "kind = \"saltelli\"\nsamples = 32\nsecond_order = true", 32 * 24),
        ("moved", "kind = \"morris\"\nsamples = 50\nlevels = 6", 50 * 12),
    ] {
        let file = format!("{name}.toml");
        let text =
            STUDY.replace("\"study\"", &format!("\"{name}\"")).replace("kind = \"random\"\nsamples = 1000", samples);
        bench.write(&file, &text);
        done(&bench.run(&["sweep", &file, "--threads", "1"]));
        done(&bench.run(&["sweep", &file, "--threads", "3", "--out", "3"]));
        assert_same(&bench, &format!("output/{name}"), &format!("3/{name}"));
        for part in ["2/2", "1/2"] {
            done(&bench.run(&["sweep", &file, "--shard", part, "--out", &part.replace('/', "-of-")]));
        }
        done(&bench.run(&["merge", &format!("2-of-2/{name}"), &format!("1-of-2/{name}"), "--out", "merged"]));
        assert_same(&bench, &format!("output/{name}"), &format!("merged/{name}"));
        // The folder's own record says what design it is of.
        let kept = Sweep::load(&bench.path().join("output").join(name).join("sweep.toml").to_string_lossy());
        let kept = kept.unwrap_or_else(|report| panic!("{}", report.render(false)));
        let written = Sweep::load(&bench.path().join(&file).to_string_lossy()).expect("a sweep");
        assert_eq!((&kept.design, kept.design.draws()), (&written.design, draws));
        assert_eq!(rows(&bench.read(&format!("output/{name}/runs.csv"))).len() as u64, 2 * draws);
    }
    let ran = bench.run(&["check", "crossed-twice.toml"]);
    assert!(ran.out.contains("saltelli, seed 7: 768 draws of 32 base points with second order"), "{ran:?}");
    let ran = bench.run(&["check", "moved.toml"]);
    assert!(ran.out.contains("morris, seed 7: 600 draws of 50 trajectories on 6 levels"), "{ran:?}");
}

#[test]
fn shards_merged_are_the_whole() {
    let bench = bench();
    done(&bench.run(&["sweep", "small.toml"]));
    for part in ["3/3", "1/3", "2/3"] {
        let out = part.replace('/', "-of-");
        let ran = bench.run(&["sweep", "small.toml", "--shard", part, "--out", &out]);
        done(&ran);
        assert!(ran.out.contains(&format!("part {}", part.replace('/', " of "))), "{}", ran.out);
    }
    let ran = bench.run(&["merge", "2-of-3/small", "3-of-3/small", "1-of-3/small", "--out", "merged"]);
    done(&ran);
    assert!(ran.out.contains("512 runs") && ran.out.contains("merged/small"), "{}", ran.out);
    assert_same(&bench, "output/small", "merged/small");
    let ran = bench.run(&["merge", "2-of-3/small", "1-of-3/small", "--out", "torn"]);
    assert!(ran.code == Some(1) && ran.err.contains('3'), "{ran:?}");
    assert!(!bench.exists("torn"));
}

#[test]
fn a_shard_or_number_of_threads_that_cannot_be_is_refused() {
    let bench = bench();
    for shard in ["0/4", "5/4", "x/y", "1/0", "4", "1/100001", "-1/4"] {
        let ran = bench.run(&["sweep", "small.toml", &format!("--shard={shard}")]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(&format!("'{shard}'")) && ran.err.contains("1 <= K <= N <= 100000"), "{}", ran.err);
    }
    for (option, value) in [("--threads", "0"), ("--threads", "1025"), ("--threads", "x"), ("--max-failures", "0")] {
        let ran = bench.run(&["sweep", "small.toml", option, value]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(option), "{}", ran.err);
    }
    assert!(!bench.exists("output"));
}

#[test]
fn a_failed_run_is_a_row_with_its_reason() {
    let bench = bench();
    let ran = bench.run(&["sweep", "blow-up.toml"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let rows = rows(&bench.read("output/blow-up/runs.csv"));
    assert_eq!(rows.len(), 512);
    let failed: Vec<&Cells> = rows.iter().filter(|row| row["status"] == "failed").collect();
    assert!(failed.len() > 20 && failed.len() < 500, "{} failed", failed.len());
    for row in &failed {
        assert!(row["error"].starts_with("sector "), "{row:?}");
        for empty in ["verdict", "final_gap", "welfare", "d_final_gap", "equivalent_variation"] {
            assert_eq!(row[empty], "", "{empty} of {row:?}");
        }
    }
    assert!(ran.err.contains(&format!("{} of 512 runs failed", failed.len())), "{}", ran.err);
    let first = failed[0];
    assert!(
        ran.err.contains(&format!("run {} ({}): {}", first["run"], first["variant"], first["error"])),
        "{}",
        ran.err
    );
    let again = bench.run(&["sweep", "blow-up.toml"]);
    assert_eq!(again.code, Some(3), "a complete sweep with failures says so again: {again:?}");
}

#[test]
fn a_sweep_that_fails_throughout_is_a_failure() {
    let bench = bench();
    let all = bench.read("blow-up.toml").replace("[0.0001, 0.06]", "[1, 2]");
    bench.write("all.toml", all.replace("\"blow-up\"", "\"all\""));
    let ran = bench.run(&["sweep", "all.toml"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(rows(&bench.read("output/all/runs.csv")).len(), 512, "its rows stand all the same");

    // A part of it is complete and wanted by the merge, which says how it ended as the single call did.
    for again in ["first", "again"] {
        for part in ["1", "2"] {
            let ran =
                bench.run(&["sweep", "all.toml", "--shard", &format!("{part}/2"), "--out", &format!("parts/{part}")]);
            assert_eq!(ran.code, Some(3), "{again}: {ran:?}");
        }
    }
    let ran = bench.run(&["merge", "parts/1/all", "parts/2/all", "--out", "merged"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_same(&bench, "merged/all", "output/all");
}

#[test]
fn too_many_failures_stop_the_sweep_and_a_higher_limit_goes_on() {
    let bench = bench();
    let ran = bench.run(&["sweep", "blow-up.toml", "--max-failures", "5", "--threads", "1"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.err.contains("failed") && ran.err.contains("sector ") && ran.err.contains("--max-failures"),
        "{}",
        ran.err
    );
    assert!(!bench.exists("output/blow-up/runs.csv"));
    let ran = bench.run(&["sweep", "blow-up.toml", "--max-failures", "5", "--threads", "1"]);
    assert_eq!(ran.code, Some(3), "the same limit is still reached: {ran:?}");
    assert!(!bench.exists("output/blow-up/runs.csv"));
    let ran = bench.run(&["sweep", "blow-up.toml", "--max-failures", "100000"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("stood already"), "what was done was kept: {}", ran.out);
    bench.run(&["sweep", "blow-up.toml", "--out", "whole"]);
    assert_same(&bench, "output/blow-up", "whole/blow-up");
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_lies_ahead() {
    let bench = bench();
    let ran = bench.run(&["sweep", "study.toml", "--dry-run", "--threads", "2"]);
    done(&ran);
    assert!(!bench.exists("output"));
    for said in ["2,000: 1,000 draws × 2 variants", "2 threads", "about", "runs.parquet", "runs.csv", "catch_up.beta"]
    {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let ran = bench.run(&["sweep", "study.toml", "--dry-run", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&told["runs"], &told["draws"]), (&2000.into(), &1000.into()));
    assert!(told["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{told}");
    assert_eq!(told["trial"]["failed"], 0);
    // The size is an estimate, but one to plan a disk with.
    done(&bench.run(&["sweep", "study.toml"]));
    for file in ["runs.csv", "runs.parquet"] {
        let estimate = told["bytes"][file].as_f64().expect("bytes");
        let truth = std::fs::metadata(bench.path().join("output/study").join(file)).expect("a file").len() as f64;
        assert!(estimate > 0.9 * truth && estimate < 1.1 * truth, "{file}: {estimate} of {truth}");
    }
    // The first draws are those of the sweep.
    let beta = column(&bench.read("output/study/runs.csv"), "catch_up.beta");
    for (index, draw) in told["design"].as_array().expect("draws").iter().enumerate() {
        assert_eq!(draw["catch_up.beta"].as_f64(), beta[2 * index].parse().ok());
    }
}

#[test]
fn a_dry_run_tells_how_large_kept_trajectories_get() {
    let bench = bench();
    bench.write("kept.toml", SMALL.replace("trajectories = 3", "trajectories = 200"));
    let ran = bench.run(&["sweep", "kept.toml", "--dry-run", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let estimate = told["bytes"]["trajectories.parquet"].as_f64().expect("bytes");
    done(&bench.run(&["sweep", "kept.toml"]));
    let file = bench.path().join("output/small/trajectories.parquet");
    let truth = std::fs::metadata(file).expect("a file").len() as f64;
    assert!(estimate > 0.9 * truth && estimate < 1.1 * truth, "{estimate} of {truth}");
}

#[test]
fn a_complete_sweep_is_left_alone() {
    let bench = bench();
    let ran = bench.run(&["sweep", "small.toml", "--json"]);
    done(&ran);
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("one JSON object");
    assert_eq!((&told["name"], &told["runs"], &told["computed"]), (&"small".into(), &512.into(), &512.into()));
    let path = bench.path().join("output/small/runs.parquet");
    let written = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).expect("a file");
    let (before, files) = (written(&path), contents(&bench.path().join("output/small")));
    let ran = bench.run(&["sweep", "small.toml"]);
    done(&ran);
    assert!(ran.out.contains("complete already"), "{}", ran.out);
    assert_eq!((written(&path), contents(&bench.path().join("output/small"))), (before, files));
}

#[test]
fn another_sweep_in_the_folder_is_named_and_fresh_starts_over() {
    let bench = bench();
    done(&bench.run(&["sweep", "small.toml"]));
    let before = contents(&bench.path().join("output/small"));
    for (file, changed, said) in [
        ("small.toml", SMALL.replace("seed = 1", "seed = 2"), "seed"),
        ("small.toml", SMALL.replace("0.12", "0.13"), "catch_up.beta"),
        ("base.toml", BASE.replace("lambda = 1.5", "lambda = 1.6"), "lambda"),
    ] {
        let old = bench.read(file);
        bench.write(file, changed);
        let ran = bench.run(&["sweep", "small.toml"]);
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(ran.err.contains(said) && ran.err.contains("--fresh"), "{said}: {}", ran.err);
        assert_eq!(contents(&bench.path().join("output/small")), before);
        bench.write(file, old);
    }
    bench.write("small.toml", SMALL.replace("seed = 1", "seed = 2"));
    done(&bench.run(&["sweep", "small.toml", "--fresh"]));
    done(&bench.run(&["sweep", "small.toml", "--out", "elsewhere"]));
    assert_same(&bench, "output/small", "elsewhere/small");
    assert_ne!(contents(&bench.path().join("output/small"))["runs.parquet"], before["runs.parquet"]);
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let bench = bench();
    bench.write("output/small/thesis.docx", "mine");
    for fresh in [&[][..], &["--fresh"]] {
        let ran = bench.run(&[&["sweep", "small.toml"], fresh].concat());
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert_eq!(contents(&bench.path().join("output")).len(), 1, "{fresh:?}: untouched");
    }
    bench.write("taken", "a file");
    let ran = bench.run(&["sweep", "small.toml", "--out", "taken"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("taken"), "{}", ran.err);
    let ran = bench.run(&["sweep", "missing.toml"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("missing.toml"), "{}", ran.err);
    let ran = bench.run(&["merge", "nowhere/small", "--out", "merged"]);
    assert!(ran.code.is_some_and(|code| code != 0) && ran.err.contains("nowhere/small"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench();
    bench.write("locked/keep", "");
    let folder = bench.path().join("locked");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).expect("chmod");
    // Whoever may write anywhere (root) is given a folder that nobody can write to.
    let writable = std::fs::write(folder.join("probe"), "").is_ok();
    let out = if writable { "/proc/self" } else { "locked" };
    let ran = bench.run(&["sweep", "small.toml", "--out", out]);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("chmod");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("small") && ran.err.contains("cannot"), "{}", ran.err);
}

#[test]
fn scenarios_and_sweeps_are_told_apart() {
    let bench = bench();
    let ran = bench.run(&["sweep", "base.toml"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("catchup run"), "{}", ran.err);
    let ran = bench.run(&["run", "small.toml"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("catchup sweep"), "{}", ran.err);
    let ran = bench.run(&["check", "base.toml", "small.toml", "study.toml"]);
    done(&ran);
    for said in [
        "512, each draw under 2 variants",
        "sobol, seed 1: 256 draws",
        "variant promoted",
        "log-uniform",
        "isolation, cluster:textiles",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let ran = bench.run(&["check", "small.toml", "--set", "growth.x=0.03"]);
    done(&ran);
    let ran = bench.run(&["check", "small.toml", "--set", "catch_up.beta=0.03"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("--set catch_up.beta: catch_up.beta varies, and each draw replaces it"), "{}", ran.err);
    let told: serde_json::Value =
        serde_json::from_str(&bench.run(&["check", "small.toml", "--json"]).out).expect("JSON");
    assert_eq!((&told["draws"], &told["vary"][0]["key"]), (&256.into(), &"catch_up.beta".into()));
}

#[test]
fn check_warns_of_what_was_probably_not_meant() {
    let bench = bench();
    let warns = |sweep: String, said: &str| {
        bench.write("w.toml", sweep);
        let ran = bench.run(&["check", "w.toml"]);
        done(&ran);
        ran.err.contains(said)
    };
    for (changed, said) in [
        (SMALL.replace("samples = 256", "samples = 250"), "balanced at powers of two"),
        (SMALL.replace("uniform = [0.03, 0.12]", "values = [0.05]"), "one value only"),
        (SMALL.replace("samples = 256", "samples = 8192").replace("= 3", "= \"all\""), "16,384 trajectories"),
        (SMALL.replace("policy = []", "policy = [{ from = 100, trade = \"closed\" }]"), "beyond the horizon"),
    ] {
        assert!(warns(changed, said), "{said}");
        assert!(!warns(SMALL.to_owned(), said), "the twin: {said}");
    }
}

#[cfg(unix)]
fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Chunks of the long sweep that stand.
#[cfg(unix)]
fn chunks(bench: &Bench) -> usize {
    let folder = bench.path().join("output/long/chunks");
    std::fs::read_dir(folder).map_or(0, |entries| {
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.map(|entry| entry.file_name());
        let whole = |name: &std::ffi::OsString| !name.to_string_lossy().starts_with('.');
        entries.filter_map(|entry| name(entry).ok()).filter(whole).count()
    })
}

#[cfg(unix)]
#[test]
fn a_signal_keeps_what_is_done_and_the_same_command_goes_on() {
    let bench = bench();
    done(&bench.run(&["sweep", "long.toml", "--out", "undisturbed"]));
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let before = chunks(&bench);
        let mut child = bench.command().args(["sweep", "long.toml"]).stderr(Stdio::piped()).spawn().expect("starts");
        wait_until("a chunk", || chunks(&bench) > before);
        let sent = Instant::now();
        Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        assert_eq!(child.wait().expect("ends").code(), Some(code), "{signal}");
        assert!(sent.elapsed() < Duration::from_secs(5), "{signal}: {:?}", sent.elapsed());
        assert!(!bench.exists("output/long/runs.parquet"), "{signal} came too late");
    }
    let ran = bench.run(&["sweep", "long.toml"]);
    done(&ran);
    assert!(ran.out.contains("stood already"), "{}", ran.out);
    assert_same(&bench, "output/long", "undisturbed/long");
}

#[cfg(unix)]
#[test]
fn a_second_process_is_turned_away_by_name() {
    let bench = bench();
    let mut first = bench.command().args(["sweep", "long.toml"]).stdout(Stdio::null()).spawn().expect("starts");
    wait_until("a chunk", || chunks(&bench) > 0);
    let ran = bench.run(&["sweep", "long.toml"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains(&format!("process {}", first.id())), "{}", ran.err);
    first.kill().expect("SIGKILL");
    first.wait().expect("ends");
}

#[cfg(unix)]
#[test]
fn a_full_disk_keeps_what_is_done_and_the_same_command_goes_on() {
    let bench = bench();
    done(&bench.run(&["sweep", "study.toml", "--out", "undisturbed"]));
    // A limit on file sizes (in units of 512 or 1,024 bytes) stands for a disk that fills up: chunks fit, tables do not.
    let limited = "ulimit -f 40; exec \"$0\" sweep study.toml";
    let program = env!("CARGO_BIN_EXE_catchup");
    let output = Command::new("sh").args(["-c", limited, program]).current_dir(bench.path()).output();
    let ran = Ran::from(output.expect("a shell"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("cannot write"), "{}", ran.err);
    assert!(!bench.exists("output/study/runs.csv"), "no table is cut");
    let ran = bench.run(&["sweep", "study.toml"]);
    done(&ran);
    assert!(ran.out.contains("stood already"), "{}", ran.out);
    assert_same(&bench, "output/study", "undisturbed/study");
}
