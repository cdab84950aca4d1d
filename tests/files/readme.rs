//! Protects the README and docs/data.md: every command of their `console` blocks is run, in order, in a folder with the
//! shipped scenarios, and must print what the page shows.
//!
//! After a change that is meant to show: `CATCHUP_RENEW_README=1 cargo test --test files readme`, and read the diff.

use crate::common::{Bench, root};
use std::process::Command;

/// A folder with the shipped scenarios.
fn clone() -> Bench {
    let bench = Bench::new();
    for folder in ["scenarios", "scenarios/paper", "scenarios/comparisons", "scenarios/sweeps"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("scenarios") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy());
                bench.write(&name, std::fs::read(&path).expect("a scenario"));
            }
        }
    }
    bench
}

/// What a command prints on standard output and error together, as on a terminal.
fn printed(bench: &Bench, command: &str) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_catchup"));
    let folder = program.parent().expect("a folder").to_string_lossy();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let script = format!("{{ {command}; }} 2>&1");
    let output = Command::new("sh").args(["-c", &script]).current_dir(bench.path()).env("PATH", path).output();
    let text = String::from_utf8(output.expect("a shell").stdout).expect("UTF-8");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// The page with what its commands print now, and how many commands there were.
fn rewritten(bench: &Bench, page: &str) -> (String, usize) {
    let (mut text, mut commands) = (String::new(), 0);
    for (index, part) in page.split("```console\n").enumerate() {
        if index == 0 {
            text += part;
            continue;
        }
        let (block, rest) = part.split_once("```").expect("a block ends");
        text += "```console\n";
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            commands += 1;
            let output = printed(bench, command);
            text += &format!("$ {command}\n");
            if !output.is_empty() {
                text += &format!("{output}\n");
            }
        }
        text += "```";
        text += rest;
    }
    (text, commands)
}

/// Holds a page against what its commands print, or renews it. Of so many commands at least.
fn check(bench: &Bench, name: &str, at_least: usize) {
    let path = root().join(name);
    let (now, commands) = rewritten(bench, &std::fs::read_to_string(&path).expect(name));
    assert!(commands >= at_least, "{name}: {commands} commands");
    if std::env::var_os("CATCHUP_RENEW_README").is_some() {
        std::fs::write(&path, &now).expect(name);
    }
    let shown = std::fs::read_to_string(&path).expect(name);
    for (shown, now) in shown.lines().zip(now.lines()) {
        assert_eq!(shown, now, "{name} shows the first, the program prints the second");
    }
    assert_eq!(shown.lines().count(), now.lines().count(), "{name}");
}

#[cfg(unix)]
#[test]
fn the_tour_shows_what_happens() {
    let bench = clone();
    check(&bench, "README.md", 6);
    // The pictures are those that the tour draws.
    for (drawn, kept) in [
        ("output/compare-garments-electronics/gap.svg", "docs/gap.svg"),
        ("output/optimise-garments-electronics/optimum.svg", "docs/optimum.svg"),
        ("output/optimise-garments-electronics-states/robust.svg", "docs/robust.svg"),
        ("output/flip-garments-electronics/flip.svg", "docs/flip.svg"),
        ("output/map-garments-electronics/map.svg", "docs/map.svg"),
        ("output/lagging-region-study/ecdf.svg", "docs/study.svg"),
        ("output/lagging-region-study/profile.svg", "docs/profile.svg"),
        ("output/lagging-region-study/shares.svg", "docs/shares.svg"),
        ("output/lagging-region-study/explained/importance.svg", "docs/importance.svg"),
        ("output/lagging-region-study/explained/boxes.svg", "docs/boxes.svg"),
        ("output/lagging-region-study/explained/regret.svg", "docs/regret.svg"),
    ] {
        let drawn = bench.read(drawn);
        if std::env::var_os("CATCHUP_RENEW_README").is_some() {
            std::fs::write(root().join(kept), &drawn).expect("a picture");
        }
        assert!(std::fs::read_to_string(root().join(kept)).expect(kept) == drawn, "{kept} is not what the tour draws");
    }
}

#[cfg(unix)]
#[test]
fn the_page_on_data_shows_what_check_prints() {
    check(&clone(), "docs/data.md", 1);
}
