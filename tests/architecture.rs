//! Protects the rooms: which may import which, and who alone may touch the solver, TOML, CSV and the terminal.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// For each room: the rooms and packages it may name.
const MAY_USE: [(&str, &[&str]); 22] = [
    ("names", &["serde"]),
    ("column", &[]),
    ("model", &["column", "names", "lambert_w", "serde", "nalgebra"]),
    ("integrate", &["column", "model", "names", "nalgebra", "ode_solvers"]),
    ("control", &[]),
    ("error", &["scenario"]),
    ("words", &[]),
    ("design", &["names", "libm", "rand_chacha", "statrs"]),
    ("batch", &["control", "design", "integrate", "measure", "model", "scenario", "simulate", "summary", "trajectory"]),
    ("trajectory", &["measure", "model", "names"]),
    ("simulate", &["column", "control", "integrate", "measure", "model", "trajectory", "pulp"]),
    ("measure", &["column", "model", "names"]),
    ("summary", &["measure", "model", "names", "trajectory", "serde"]),
    (
        "scenario",
        &[
            "design",
            "model",
            "names",
            "integrate",
            "trajectory",
            "csv",
            "toml",
            "serde",
            "indexmap",
            "annotate_snippets",
            // A sweep's table is known by its hash.
            "sha2",
            "strsim",
        ],
    ),
    ("compare", &["model", "scenario", "summary", "trajectory", "words"]),
    ("equilibria", &["model", "scenario", "trajectory", "words"]),
    ("report", &["compare", "equilibria", "model", "scenario", "summary", "trajectory", "words", "plotly"]),
    ("advice", &["model", "scenario", "summary", "trajectory"]),
    (
        "record",
        &[
            "batch",
            "compare",
            "design",
            "model",
            "scenario",
            "summary",
            "trajectory",
            "control",
            "error",
            "bytes",
            "csv",
            "parquet",
            "rayon",
            "itoa",
            "serde",
            "serde_json",
            "sha2",
            "zmij",
        ],
    ),
    ("draw", &["compare", "summary", "trajectory", "notosans", "skrifa"]),
    // `strsim`: of a sweep, the user names keys and measures that may be misspelt.
    ("plot", &["draw", "error", "scenario", "summary", "csv", "notosans", "parquet", "resvg", "serde_json", "strsim"]),
    (
        "cli",
        &[
            "advice",
            "batch",
            "compare",
            "control",
            "design",
            "draw",
            "equilibria",
            "error",
            "model",
            "plot",
            "record",
            "report",
            "scenario",
            "simulate",
            "summary",
            "trajectory",
            "words",
            "anstream",
            "anstyle",
            "clap",
            "indicatif",
            "rayon",
            "serde_json",
            "signal_hook",
        ],
    ),
];

const PACKAGES: [&str; 29] = [
    "annotate_snippets",
    "anstream",
    "anstyle",
    "bytes",
    "clap",
    "csv",
    "indexmap",
    "indicatif",
    "itoa",
    "lambert_w",
    "libm",
    "nalgebra",
    "notosans",
    "ode_solvers",
    "parquet",
    "plotly",
    "pulp",
    "rand_chacha",
    "rayon",
    "resvg",
    "serde",
    "serde_json",
    "sha2",
    "signal_hook",
    "skrifa",
    "statrs",
    "strsim",
    "toml",
    "zmij",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code without comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Where code lives: the program and its core.
fn crates() -> [PathBuf; 2] {
    ["src", "crates/core/src"].map(|folder| common::root().join(folder))
}

fn rooms() -> BTreeMap<String, Vec<PathBuf>> {
    let mut rooms: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for src in crates() {
        let mut files = Vec::new();
        sources(&src, &mut files);
        for file in files {
            let inside = file.strip_prefix(&src).expect("inside src");
            let room = inside.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned();
            rooms.entry(room).or_default().push(file);
        }
    }
    rooms
}

/// Whether `code` names `word::` as a path of its own.
fn names(code: &str, word: &str) -> bool {
    let boundary = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    let pattern = format!("{word}::");
    code.match_indices(&pattern).any(|(at, _)| code[..at].chars().next_back().is_none_or(boundary))
}

#[test]
fn arrows_point_down_only() {
    let rooms = rooms();
    let known: Vec<&str> = MAY_USE.iter().map(|(room, _)| *room).chain(["main", "lib"]).collect();
    for room in rooms.keys() {
        assert!(known.contains(&room.as_str()), "src/{room} has no line in the architecture");
    }
    for (room, allowed) in MAY_USE {
        for file in rooms.get(room).unwrap_or_else(|| panic!("no room {room}")) {
            let code = code(file);
            for (other, _) in MAY_USE.iter().filter(|(other, _)| *other != room && !allowed.contains(other)) {
                let used = code.contains(&format!("crate::{other}"));
                assert!(!used, "{}: {room} must not know {other}", file.display());
            }
            for package in PACKAGES.iter().filter(|package| !allowed.contains(package)) {
                assert!(!names(&code, package), "{}: {room} must not use {package}", file.display());
            }
        }
    }
}

#[test]
fn only_the_command_line_draws_on_a_terminal() {
    for (room, files) in rooms() {
        for file in files.iter().filter(|_| room != "cli" && room != "main") {
            for drawing in ["println!", "eprintln!", "stdout()", "stderr()"] {
                assert!(!code(file).contains(drawing), "{}: {drawing}", file.display());
            }
        }
    }
}

#[test]
fn the_model_is_pure() {
    for file in &rooms()["model"] {
        for impure in ["std::fs", "std::io", "std::time", "std::env", "std::thread", "HashMap", "println!"] {
            assert!(!code(file).contains(impure), "{}: {impure}", file.display());
        }
    }
}

#[test]
fn files_stay_readable() {
    let mut files = Vec::new();
    crates().iter().for_each(|src| sources(src, &mut files));
    for file in files {
        let lines = std::fs::read_to_string(&file).expect("a source file").lines().count();
        assert!(lines <= 600, "{} has {lines} lines: is it still one room?", file.display());
    }
}
