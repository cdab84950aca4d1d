//! Protects that `catchup schema` describes the files that the program reads: every shipped file is valid, what the program writes is,
//! and of the mistakes in other tests' tables all are found but those that no schema can see. Another program judges.
//!
//! Needs Python 3.11 or later with the package `jsonschema`.

use crate::common::{Bench, root};
use crate::{ensure, missing_packages, python, trial};
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;

const SCENARIOS: &str = include_str!("../files/bad_input.rs");
const SWEEPS: &str = include_str!("../sweeps/sweep_file.rs");

/// Mistakes that show only when several values are looked at together, or in other files.
const UNSEEN: &[&str] = &[
    "keep no draw",
    "no row",
    "between rows",
    "a date twice",
    "the name taken",
    "NaN",
    "infinity",
    "overflow",
    "another form's",
    "beta for z_hat",
    "speed for beta",
    "too slow",
    "z_hat for beta",
    "beyond numbers",
    "growth beyond numbers",
    "levels beyond numbers",
    "far too many",
    "fraction",
    "growth",
    "levels",
    "listed unknown",
    "no learning",
    "no rounding shows",
    "no such sector",
    "none in one",
    "one share",
    "per cent",
    "shares",
    "shorter than a period",
    "source of no shock",
    "start sector",
    "start, closed",
    "too many periods",
    "until as from",
    "until too early",
    "without a table",
    "porter subsidised",
    "paid otherwise",
    "paid a sector",
    "without an index",
    "x in per cent",
    "z_hat near 1",
    "a baseline below",
    "a grid of a distribution",
    "a grid too large",
    "alike",
    "given twice",
    "mode outside",
    "no spread",
    "no such baseline",
    "no such policy",
    "no such scenario",
    "not finite",
    "of another form",
    "one name for two",
    "one value only",
    "other dates",
    "other rate",
    "other shares",
    "points reversed",
    "replace each other",
    "reversed",
    "reversed logs",
    "too many",
    "too many crossings",
    "triangle reversed",
    "truncation leaves nothing",
    "truncation reversed",
    "unknown policy",
    "unknown sector",
    "until before from",
    "what draws replace",
    "what varies",
    "what varies, quoted",
];

/// The good file of a test's source, and each case of its tables: what it is called and the file that it spoils.
fn cases(source: &str) -> (String, Vec<(String, String)>) {
    let good = source.split("const GOOD: &str = r#\"").nth(1).and_then(|rest| rest.split("\"#;").next());
    let good = good.unwrap_or_default().to_owned();
    let place = |cell: &str| {
        let mut parts = cell.rsplit(':');
        parts.next().is_some_and(|column| column.parse::<u32>().is_ok()) && parts.next().is_some()
    };
    let edit = |text: Option<String>, edit: &str| {
        if let Some(more) = edit.strip_prefix("+ ") {
            return text.map(|text| format!("{text}\n{more}\n"));
        }
        let (old, new) = edit.split_once('→')?;
        let (old, new) = (old.trim_matches(' '), new.trim_matches(' '));
        text.filter(|text| text.contains(old)).map(|text| text.replacen(old, new, 1))
    };
    let case = |line: &str| {
        let cells: Vec<&str> = line.trim().split(" | ").map(str::trim).collect();
        let [name, edits, at, ..] = cells.as_slice() else { return None };
        let spoilt = edits.replace('⏎', "\n").split(" && ").fold(Some(good.clone()), edit);
        Some(((*name).to_owned(), spoilt.filter(|_| place(at))?))
    };
    let cases = source.lines().filter_map(case).collect();
    (good, cases)
}

/// What the validator says of files, a line each.
fn judged(bench: &Bench, kind: &str, files: &[PathBuf]) -> Result<Vec<String>, Failed> {
    let schema = format!("{kind}.schema.json");
    bench.write(&schema, bench.run(&["schema", kind]).out);
    let script = root().join("tests/outside/schema.py");
    let output = Command::new(python()).arg(script).arg(bench.path().join(schema)).args(files).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure(output.status.success(), || String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok(said.lines().map(str::to_owned).collect())
}

fn all_valid(bench: &Bench, kind: &str, files: &[PathBuf]) -> Result<(), Failed> {
    let said = judged(bench, kind, files)?;
    let wrong: Vec<_> = said.iter().filter(|line| !line.starts_with("valid ")).collect();
    ensure(wrong.is_empty() && said.len() == files.len() && !said.is_empty(), || format!("{kind}: {wrong:#?}"))
}

fn tomls(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            tomls(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

fn every_file_that_ships_or_is_written_is_valid() -> Result<(), Failed> {
    let bench = Bench::new();
    let mut files = Vec::new();
    tomls(&root().join("scenarios"), &mut files);
    tomls(&root().join("tests/golden"), &mut files);
    let (mut sweeps, mut scenarios): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|path| path.parent().is_some_and(|folder| folder.ends_with("sweeps")));
    bench.write("starter.toml", catchup::scenario::STARTER);
    bench.write("good.toml", cases(SCENARIOS).0);
    let dotted = "[[shock]]\nat = 5\nset = { catch_up.beta = 0.05, \"sector.textiles\".lambda = 1.1 }\n\
                  [sources]\n\"shock.0.set\".catch_up.beta = \"a\"\n\"shock.0.at\" = \"b\"\n";
    bench.write("dotted.toml", format!("{}{dotted}", cases(SCENARIOS).0));
    bench.write("child.toml", "extends = \"good.toml\"\n[policy.0]\nuntil = 9\n[catch_up]\nz_hat = 0.5\n");
    scenarios.extend(["starter.toml", "good.toml", "dotted.toml", "child.toml"].map(|name| bench.path().join(name)));
    all_valid(&bench, "scenario", &scenarios)?;
    bench.write("sweep.toml", cases(SWEEPS).0);
    sweeps.push(bench.path().join("sweep.toml"));
    // With its scenario inside.
    let resolved =
        catchup::scenario::sweep::Sweep::load(&root().join("scenarios/sweeps/lagging-region.toml").to_string_lossy());
    bench.write("resolved.toml", resolved.map(|sweep| sweep.resolved()).unwrap_or_default());
    sweeps.push(bench.path().join("resolved.toml"));
    all_valid(&bench, "sweep", &sweeps)
}

fn mistakes_are_found() -> Result<(), Failed> {
    let mut unseen = Vec::new();
    let mut found = 0;
    for (kind, source) in [("scenario", SCENARIOS), ("sweep", SWEEPS)] {
        let bench = Bench::new();
        let (_, cases) = cases(source);
        let files: Vec<PathBuf> = (0..cases.len()).map(|i| bench.path().join(format!("{i}.toml"))).collect();
        for (i, (_, text)) in cases.iter().enumerate() {
            bench.write(&format!("{i}.toml"), text);
        }
        for ((name, _), said) in cases.iter().zip(judged(&bench, kind, &files)?) {
            found += usize::from(said.starts_with("invalid "));
            if said.starts_with("valid ") {
                unseen.push(name.clone());
            }
        }
    }
    let missed: Vec<_> = unseen.iter().filter(|name| !UNSEEN.contains(&name.as_str())).collect();
    ensure(missed.is_empty() && found >= 80, || format!("{found} found; not seen: {missed:#?}"))
}

pub(crate) fn trials() -> Vec<Trial> {
    let missing = || missing_packages(&["tomllib", "jsonschema"]);
    vec![
        trial(
            "schema::every_file_that_ships_or_is_written_is_valid",
            missing(),
            every_file_that_ships_or_is_written_is_valid,
        ),
        trial("schema::mistakes_are_found", missing(), mistakes_are_found),
    ]
}
