//! Protects that others can read what we write: the data package passes the Frictionless validator, and the tables
//! load in DuckDB with the types that it declares. A sweep's Parquet and CSV hold the same values, for DuckDB and for pandas.
//!
//! Needs Python with the packages `frictionless`, `duckdb`, `openpyxl`, `pandas` and `pyarrow`: `python3`, or the interpreter that `CATCHUP_PYTHON`
//! names. Without them the tests are shown as ignored; with `CATCHUP_REQUIRE_OUTSIDE=1` they fail instead.

use crate::common::{Bench, column, root};
use crate::{missing_packages, python, trial};
use libtest_mimic::{Failed, Trial};
use std::process::Command;

/// A folder with a run of everything: shocks, trade closing, a subsidised cluster, a title that needs quotes.
fn recorded() -> Bench {
    let bench = Bench::new();
    let scenario = catchup::scenario::STARTER;
    let more = "[[policy]]\nfrom = 60\nuntil = 70.5\ntrade = \"closed\"\n[[shock]]\nat = 40\nset = { \"sector.electronics.y_P\" = 0.7, \
                \"poor.tau\" = 5 }\n[[shock]]\nat = 40.2\nset = { \"growth.x\" = 0.01 }\n";
    bench.write("everything.toml", scenario.replace("title = \"", "title = \"“Quotes”, commas; \\\"both\\\": ") + more);
    let ran = bench.run(&["run", "everything.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = bench.run(&["compare", "everything.toml", "--each-cluster", "--name", "all"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    bench
}

/// A sweep of two variants, one of which is better in some draws, with what it says.
fn explained() -> Bench {
    let bench = Bench::new();
    bench.write("everything.toml", catchup::scenario::STARTER);
    let sweep = "schema_version = 1\nname = \"study\"\nscenario = \"everything.toml\"\n[design]\nkind = \"random\"\nsamples = 500\n\
                 [vary]\n\"sector.electronics.y_P\" = { uniform = [0.5, 1.0] }\ncatch_up.beta = { uniform = [0.02, 0.06] }\n\
                 poor.start = { values = [\"isolation\", \"cluster:textiles\"] }\n\
                 [variants.alone]\npolicy = []\n[variants.helped]\npolicy = [{ promote = \"electronics\", sustain = \"always\" }]\n";
    bench.write("sweep.toml", sweep);
    for args in [&["sweep", "sweep.toml"], &["explain", "output/study"]] {
        let ran = bench.run(args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    bench
}

/// What a variant of the sweep below sets; some of its runs fail.
const STEEP: [&str; 2] = ["catch_up.form=literal", "catch_up.beta=0.05"];

/// The folder of a sweep that varies keys of every type, and of each run alone whose trajectory it keeps.
fn swept() -> Result<Bench, Failed> {
    let bench = recorded();
    let sweep = "schema_version = 1\nname = \"swept\"\ntitle = \"“Quotes”, commas\"\nscenario = \"everything.toml\"\n\
                 [design]\nkind = \"random\"\nsamples = 60\n[keep]\ntrajectories = 2\n[vary]\n\
                 growth.x = { uniform = [0.001, 0.03] }\nsector.textiles.cluster_R = { values = [true, false] }\n\
                 poor.start = { values = [\"isolation\", \"cluster:textiles\"] }\n\
                 [variants.as-it-is]\n[variants.steep]\ncatch_up.form = \"literal\"\ncatch_up.beta = 0.05\n";
    bench.write("sweep.toml", sweep);
    let ran = bench.run(&["sweep", "sweep.toml"]);
    let runs = bench.read("output/swept/runs.csv");
    let failed = column(&runs, "status").iter().filter(|status| *status == "failed").count();
    if ran.code != Some(3) || !(1..120).contains(&failed) {
        return Err(format!("{failed} of 120 runs failed: {ran:?}").into());
    }
    for row in 0..4 {
        let (run, variant) = (&column(&runs, "run")[row], &column(&runs, "variant")[row]);
        let mut args = vec!["run".to_owned(), "everything.toml".to_owned(), format!("--set=name={variant}-{run}")];
        args.extend(STEEP.iter().filter(|_| variant == "steep").map(|set| format!("--set={set}")));
        for key in ["growth.x", "sector.textiles.cluster_R", "poor.start"] {
            args.push(format!("--set={key}={}", column(&runs, key)[row]));
        }
        bench.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    }
    Ok(bench)
}

fn read_back(verb: &str, bench: &Bench, folder: &str) -> (bool, String) {
    let script = root().join("tests/outside/read_back.py");
    let folder = bench.path().join(folder);
    let output = Command::new(python()).arg(script).arg(verb).arg(folder).output().expect("python runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn frictionless_accepts_the_data_package() -> Result<(), Failed> {
    let bench = recorded();
    // Six files of a run; three tables, six pictures and the page of a comparison, and seven files of each of its three runs.
    for (folder, resources) in [("output/everything", 6), ("output/all", 3 + 6 + 1 + 3 * 7)] {
        let (valid, said) = read_back("validate", &bench, folder);
        if !valid || said.matches(" valid").count() != resources {
            return Err(said.into());
        }
    }
    // Seven tables, the page and three pictures of what a sweep says.
    let bench = explained();
    let (valid, said) = read_back("validate", &bench, "output/study/explained");
    if !valid || said.matches(" valid").count() != 7 + 1 + 1 + 3 {
        return Err(said.into());
    }
    let (same, said) = read_back("duckdb", &bench, "output/study/explained");
    if !same {
        return Err(said.into());
    }
    let bench = recorded();
    // The hashes are real: a changed digit is found.
    let csv = bench.read("output/everything/trajectory.csv");
    bench.write("output/everything/trajectory.csv", csv.replacen("2026", "2027", 1));
    let (valid, said) = read_back("validate", &bench, "output/everything");
    if valid { Err(format!("a changed file passed: {said}").into()) } else { Ok(()) }
}

fn duckdb_reads_the_declared_types() -> Result<(), Failed> {
    let bench = swept()?;
    for (folder, tables) in [("output/everything", 3), ("output/all", 3 + 3 * 3), ("output/swept", 2)] {
        let (same, said) = read_back("duckdb", &bench, folder);
        if !same || said.matches(" rows").count() != tables {
            return Err(said.into());
        }
    }
    Ok(())
}

fn parquet_and_csv_hold_the_same_values() -> Result<(), Failed> {
    let bench = swept()?;
    let (same, said) = read_back("parquet", &bench, "output/swept");
    if !same || said.matches(" rows").count() != 5 {
        return Err(said.into());
    }
    // The comparison is real: a changed digit is found.
    let csv = bench.read("output/swept/runs.csv");
    let gap = &column(&csv, "initial_gap")[0];
    bench.write("output/swept/runs.csv", csv.replacen(gap.as_str(), &format!("1{gap}"), 1));
    let (same, said) = read_back("parquet", &bench, "output/swept");
    if same { Err(format!("a changed value passed: {said}").into()) } else { Ok(()) }
}

fn frictionless_accepts_a_sweep() -> Result<(), Failed> {
    let bench = swept()?;
    let (valid, said) = read_back("validate", &bench, "output/swept");
    if valid && said.matches(" valid").count() == 5 { Ok(()) } else { Err(said.into()) }
}

fn a_workbook_holds_every_cell_of_the_tables() -> Result<(), Failed> {
    let bench = swept()?;
    for (folder, tables) in [("output/everything", 3), ("output/all", 3), ("output/swept", 2)] {
        for format in ["xlsx", "csv2"] {
            let ran = bench.run(&["export", folder, "--format", format]);
            if ran.code != Some(0) {
                return Err(format!("{ran:?}").into());
            }
        }
        let (same, said) = read_back("export", &bench, folder);
        if !same || said.matches(" rows").count() != tables {
            return Err(said.into());
        }
    }
    Ok(())
}

pub fn trials() -> Vec<Trial> {
    let trial =
        |name: &str, packages: &[&str], run: fn() -> Result<(), Failed>| trial(name, missing_packages(packages), run);
    vec![
        trial("frictionless_accepts_the_data_package", &["frictionless"], frictionless_accepts_the_data_package),
        trial("duckdb_reads_the_declared_types", &["duckdb"], duckdb_reads_the_declared_types),
        trial(
            "parquet_and_csv_hold_the_same_values",
            &["duckdb", "pandas", "pyarrow"],
            parquet_and_csv_hold_the_same_values,
        ),
        trial("frictionless_accepts_a_sweep", &["frictionless"], frictionless_accepts_a_sweep),
        trial("a_workbook_holds_every_cell_of_the_tables", &["openpyxl"], a_workbook_holds_every_cell_of_the_tables),
    ]
}
