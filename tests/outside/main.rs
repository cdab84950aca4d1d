//! What needs the world outside: other readers of our tables, a browser, a Slurm, kills and disks that fill up.
//!
//! A test that lacks a program or a right is shown as ignored, with the reason; with `CATCHUP_REQUIRE_OUTSIDE=1` it fails instead.

#![expect(clippy::print_stderr, reason = "says why a test is ignored")]

#[path = "../common/mod.rs"]
mod common;

mod explain;
mod indices;
mod inputs;
mod interruptions;
mod read_back;
mod report;
mod schema;
mod shell;
mod slurm;

use libtest_mimic::{Arguments, Failed, Trial};
use std::process::{Command, ExitCode};

/// A test; where something is missing that it needs, one that says so.
fn trial(name: &str, missing: Option<String>, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let required = std::env::var_os("CATCHUP_REQUIRE_OUTSIDE").is_some();
    if let Some(missing) = &missing {
        eprintln!("{name}: ignored, {missing}");
    }
    let ignored = missing.is_some() && !required;
    Trial::test(name, move || missing.map_or_else(run, |why| Err(why.into()))).with_ignored_flag(ignored)
}

/// The Python that has the packages the tests need.
fn python() -> String {
    std::env::var("CATCHUP_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Which of these Python packages are missing, if any.
fn missing_packages(packages: &[&str]) -> Option<String> {
    let has = |package: &&&str| {
        let import = Command::new(python()).args(["-c", &format!("import {package}")]).output();
        import.is_ok_and(|output| output.status.success())
    };
    let missing = packages.iter().filter(|package| !has(package)).copied().collect::<Vec<_>>().join(" ");
    (!missing.is_empty()).then(|| format!("Python packages are missing: pip install {missing}"))
}

/// Fails with what was seen, unless it holds.
fn ensure(holds: bool, seen: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(seen().into()) }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = [
        indices::trials(),
        read_back::trials(),
        report::trials(),
        schema::trials(),
        shell::trials(),
        interruptions::trials(),
        explain::trials(),
        inputs::trials(),
    ];
    let trials = trials.into_iter().flatten().collect();
    let first = libtest_mimic::run(&arguments, trials);
    // One after the other: jobs on a Slurm have a sense of time.
    let alone = Arguments { test_threads: Some(1), ..arguments };
    let second = libtest_mimic::run(&alone, slurm::trials());
    if first.has_failed() { first.exit_code() } else { second.exit_code() }
}
