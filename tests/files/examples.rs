//! Protects the examples that travel in the program: all that are shipped, byte by byte, each with what it builds on; and
//! nothing that stands already is touched.

use crate::common::{Bench, root};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The shipped files, as paths below `scenarios`.
fn shipped() -> BTreeSet<PathBuf> {
    fn below(folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                found.insert(path.strip_prefix(root().join("scenarios")).expect("below").to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    below(&root().join("scenarios"), &mut found);
    found
}

fn name(file: &Path) -> String {
    file.with_extension("").to_str().expect("UTF-8").to_owned()
}

#[test]
fn every_shipped_file_is_listed_with_what_it_shows() {
    let bench = Bench::new();
    let listed = bench.run(&["init", "--list", "--json"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let entries: Vec<serde_json::Value> =
        listed.out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry["name"].as_str().expect("a name")).collect();
    let expected: BTreeSet<String> = shipped().iter().map(|file| name(file)).collect();
    assert!(names.iter().copied().eq(expected.iter().map(String::as_str)), "{names:?}");
    for entry in &entries {
        let text = |key: &str| entry[key].as_str().expect("text");
        assert!(!text("title").is_empty() && !text("description").is_empty(), "{entry}");
        assert_eq!(text("kind") == "sweep", text("name").starts_with("sweeps/"), "{entry}");
    }
    let listed = bench.run(&["init", "--list"]);
    assert!(
        listed.out.contains("paper/base  The paper's two-good world, P in isolation\n    Two goods; "),
        "{listed:?}"
    );
}

#[test]
fn each_example_is_the_shipped_file_and_stands_alone() {
    for file in shipped() {
        let bench = Bench::new();
        let name = name(&file);
        let ran = bench.run(&["init", "--example", &name]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let path = Path::new("scenarios").join(&file);
        let path = path.to_str().expect("UTF-8");
        assert_eq!(bench.read(path), std::fs::read_to_string(root().join(path)).expect("shipped"));
        let command = if name.starts_with("sweeps/") { "sweep" } else { "run" };
        assert!(ran.err.ends_with(&format!("next: catchup {command} {path}\n")), "{}", ran.err);
        let checked = bench.run(&["check", path]);
        assert_eq!(checked.code, Some(0), "{name}: {checked:?}");
    }
}

#[test]
fn a_folder_of_examples_comes_whole() {
    let bench = Bench::new();
    let ran = bench.run(&["init", "--example", "comparisons", "mine"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let expected = shipped().iter().filter(|file| file.starts_with("comparisons")).count();
    assert_eq!(std::fs::read_dir(bench.path().join("mine/comparisons")).expect("a folder").count(), expected);
    let kept: Vec<_> = std::fs::read_dir(bench.path().join("mine")).expect("a folder").collect();
    assert_eq!(kept.len(), 1, "nothing else");
}

#[test]
fn an_example_that_stands_alone_can_be_a_file_of_any_name() {
    let bench = Bench::new();
    let ran = bench.run(&["init", "--example", "lagging-region", "mine.toml"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "wrote mine.toml; next: catchup run mine.toml\n"));
    let shipped = std::fs::read_to_string(root().join("scenarios/lagging-region.toml")).expect("shipped");
    assert_eq!(bench.read("mine.toml"), shipped);
    assert_eq!(bench.run(&["init", "--example", "lagging-region", "-"]).out, shipped);
    for (name, says) in [
        ("paper/literal", "paper/literal builds on paper/base"),
        ("paper", "paper is a folder of examples"),
        ("copper-boom", "copper-boom reads copper-boom.csv"),
        ("lagging-region", "mine.toml exists"),
    ] {
        let ran = bench.run(&["init", "--example", name, "mine.toml"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}

#[test]
fn what_stands_already_is_left_alone() {
    let bench = Bench::new();
    bench.write("scenarios/paper/base.toml", "mine");
    let ran = bench.run(&["init", "--example", "paper/table2-cluster-1"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("scenarios/paper/base.toml exists") && ran.err.contains("name another folder"), "{ran:?}");
    assert_eq!(bench.read("scenarios/paper/base.toml"), "mine");
    assert!(!bench.exists("scenarios/paper/table2-cluster-1.toml"), "all or nothing");
    // What is the same already is no obstacle.
    for name in ["paper/base", "paper/table2-cluster-1", "paper/table2-cluster-1"] {
        assert_eq!(bench.run(&["init", "--example", name, "mine"]).code, Some(0));
    }
}

#[test]
fn unknown_examples_are_refused_with_the_nearest() {
    let bench = Bench::new();
    for (name, hint) in [
        ("garment-electronics", "did you mean `garments-electronics`?"),
        ("literal", "did you mean `paper/literal`?"),
        ("zzzzzz", "catchup init --list names them"),
        ("", "catchup init --list names them"),
    ] {
        let ran = bench.run(&["init", "--example", name]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(hint), "{name}: {}", ran.err);
    }
    assert!(!bench.exists("scenarios"));
}
