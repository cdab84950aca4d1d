//! Protects docs/files.md: it shows every command with every option of its own, and lists its own chapters.

use crate::common::{Bench, root};
use std::collections::BTreeMap;

/// Options of every command, told once.
const EVERYWHERE: [&str; 5] = ["--color", "--help", "--json", "--quiet", "--version"];

fn page() -> String {
    std::fs::read_to_string(root().join("docs/files.md")).expect("the page")
}

/// The commands that the program lists.
fn commands(bench: &Bench) -> Vec<String> {
    let help = bench.run(&["--help"]).out;
    let (_, list) = help.split_once("Commands:\n").expect("a list of commands");
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The option that a line of help is about: six columns in, its letter before it if it has one. What is said of it stands further in.
fn option(line: &str) -> Option<&str> {
    let (before, option) = line.split_at_checked(6)?;
    let begins = option.starts_with("--") && (before.trim().is_empty() || before.trim_start().starts_with('-'));
    option.split([' ', '=', '.', '[']).next().filter(|_| begins)
}

#[test]
fn the_page_shows_every_command_and_option() {
    let (bench, page) = (Bench::new(), page());
    let synopsis = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a synopsis");
    let mut shown: BTreeMap<&str, String> = BTreeMap::new();
    let mut of = "";
    for line in synopsis.lines() {
        of = line.strip_prefix("catchup ").and_then(|line| line.split(' ').next()).unwrap_or(of);
        *shown.entry(of).or_default() += line;
    }
    let commands = commands(&bench);
    assert!(commands.len() >= 16, "{commands:?}");
    assert_eq!(shown.keys().filter(|name| !commands.iter().any(|known| known == *name)).count(), 0, "{shown:?}");
    for name in &commands {
        let text = shown.get(name.as_str()).unwrap_or_else(|| panic!("the synopsis does not show {name}"));
        assert!(page.contains(&format!("| `{name}` |")), "{name} stands in no table");
        let help = bench.run(&[name, "--help"]).out;
        for option in help.lines().filter_map(option) {
            let known = EVERYWHERE.contains(&option) || text.contains(option);
            assert!(known, "the synopsis of {name} does not show {option}");
        }
    }
}

#[test]
fn the_page_lists_its_chapters() {
    let page = page();
    let chapters: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert!(chapters.len() > 10);
    for chapter in chapters {
        assert!(page.contains(&format!("\n{chapter}\n")), "the contents do not list {chapter}");
    }
}
