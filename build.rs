//! Tells the program which commit it was built from, for the data packages it writes; empty outside a repository. Lists the
//! shipped scenarios, which travel in the program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// Every TOML file below `folder`, and every CSV file that they read.
fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            scenarios(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
            found.push(path);
        }
    }
    Ok(())
}

/// Writes the list of (path, text) that `src/examples.rs` includes, by path.
fn list_examples() -> io::Result<()> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("scenarios");
    let mut files = Vec::new();
    scenarios(&folder, &mut files)?;
    let named = |file: &PathBuf| {
        let inside = file.strip_prefix(&folder).unwrap_or(file);
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        format!("({:?}, include_str!({:?})),\n", parts.join("/"), file)
    };
    let mut entries: Vec<String> = files.iter().map(named).collect();
    entries.sort();
    let out = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("examples.rs");
    fs::write(out, format!("&[\n{}]\n", entries.concat()))
}

fn main() -> io::Result<()> {
    list_examples()?;
    println!("cargo::rerun-if-changed=scenarios");
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
    };
    // A source archive unpacked inside another repository must not borrow that repository's commit.
    let own = Path::new(".git").exists();
    let commit = own.then(|| git(&["rev-parse", "HEAD"])).flatten().unwrap_or_default();
    let dirty = own
        && git(&["status", "--porcelain", "--", "src", "crates", "Cargo.toml", "Cargo.lock"])
            .is_some_and(|s| !s.is_empty());
    println!("cargo::rustc-env=CATCHUP_COMMIT={commit}");
    println!("cargo::rustc-env=CATCHUP_DIRTY={dirty}");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=crates");
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rerun-if-changed=Cargo.lock");
    if let (true, Some(directory)) = (own, git(&["rev-parse", "--absolute-git-dir"])) {
        println!("cargo::rerun-if-changed={directory}/HEAD");
        println!("cargo::rerun-if-changed={directory}/logs/HEAD");
    }
    Ok(())
}
