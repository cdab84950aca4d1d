//! Tells the program which commit it was built from, for the data packages it writes; empty outside a repository.

use std::path::Path;
use std::process::Command;

fn main() {
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
}
