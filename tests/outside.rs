//! Protects that others can read what we write: the data package passes the Frictionless validator, and the tables
//! load in DuckDB with the types that it declares.
//!
//! Needs Python with the packages `frictionless` and `duckdb`: `python3`, or the interpreter that `CATCHUP_PYTHON`
//! names. Without them the tests are shown as ignored; with `CATCHUP_REQUIRE_OUTSIDE=1` they fail instead.

mod common;

use common::{Bench, root};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::{Command, ExitCode};

fn python() -> String {
    std::env::var("CATCHUP_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn has(package: &str) -> bool {
    Command::new(python()).args(["-c", &format!("import {package}")]).output().is_ok_and(|out| out.status.success())
}

/// A folder with a run of everything: shocks, trade closing, a subsidised cluster, a title that needs quotes.
fn recorded() -> Bench {
    let bench = Bench::new();
    let scenario = std::fs::read_to_string(root().join("src/scenario/starter.toml")).expect("the starter scenario");
    let more = "[[policy]]\nfrom = 60\nuntil = 70.5\ntrade = \"closed\"\n[[shock]]\nat = 40\nset = { \"sector.electronics.y_P\" = 0.7, \
                \"poor.tau\" = 5 }\n[[shock]]\nat = 40.2\nset = { \"growth.x\" = 0.01 }\n";
    bench.write("everything.toml", scenario.replace("title = \"", "title = \"“Quotes”, commas; \\\"both\\\": ") + more);
    let ran = bench.run(&["run", "everything.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = bench.run(&["compare", "everything.toml", "--each-cluster", "--name", "all"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    bench
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
    // Six files of a run; three tables and five pictures of a comparison, and seven files of each of its three runs.
    for (folder, resources) in [("output/everything", 6), ("output/all", 3 + 5 + 3 * 7)] {
        let (valid, said) = read_back("validate", &bench, folder);
        if !valid || said.matches(" valid").count() != resources {
            return Err(said.into());
        }
    }
    // The hashes are real: a changed digit is found.
    let csv = bench.read("output/everything/trajectory.csv");
    bench.write("output/everything/trajectory.csv", csv.replacen("2026", "2027", 1));
    let (valid, said) = read_back("validate", &bench, "output/everything");
    if valid { Err(format!("a changed file passed: {said}").into()) } else { Ok(()) }
}

fn duckdb_reads_the_declared_types() -> Result<(), Failed> {
    let bench = recorded();
    for (folder, tables) in [("output/everything", 3), ("output/all", 3 + 3 * 3)] {
        let (same, said) = read_back("duckdb", &bench, folder);
        if !same || said.matches(" rows").count() != tables {
            return Err(said.into());
        }
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a test program of its own, with its own main")]
fn main() -> ExitCode {
    let required = std::env::var_os("CATCHUP_REQUIRE_OUTSIDE").is_some();
    let trial = |name: &str, package: &'static str, run: fn() -> Result<(), Failed>| {
        let missing = !has(package);
        if missing {
            eprintln!("{name}: ignored, the Python package {package} is missing: pip install {package}");
        }
        let run = move || if missing { Err(format!("the Python package {package} is missing").into()) } else { run() };
        Trial::test(name, run).with_ignored_flag(missing && !required)
    };
    let trials = vec![
        trial("frictionless_accepts_the_data_package", "frictionless", frictionless_accepts_the_data_package),
        trial("duckdb_reads_the_declared_types", "duckdb", duckdb_reads_the_declared_types),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
