//! What tells a folder of ours: its data package, which names the program and the kind of folder.

use serde_json::{Value, json};

/// Name of the data package's file.
pub(super) const FILE: &str = "datapackage.json";

/// What the data package of a run calls its folder.
pub(super) const RUN: &str = "run";

/// What the data package of a comparison calls its folder.
pub(super) const COMPARISON: &str = "comparison";

/// What the data package of a sweep calls its folder.
pub(super) const SWEEP: &str = "sweep";

/// The program, to the commit and to whether it was changed since.
pub(super) fn version() -> String {
    let dirty = if env!("CATCHUP_DIRTY") == "true" { ", changed since" } else { "" };
    match env!("CATCHUP_COMMIT") {
        "" => env!("CARGO_PKG_VERSION").to_owned(),
        commit => format!("{} (commit {commit}{dirty})", env!("CARGO_PKG_VERSION")),
    }
}

/// What wrote the folder.
pub(super) fn program(kind: &str) -> Value {
    let commit = Some(env!("CATCHUP_COMMIT")).filter(|commit| !commit.is_empty());
    let dirty = commit.map(|_| env!("CATCHUP_DIRTY") == "true");
    json!({ "kind": kind, "version": env!("CARGO_PKG_VERSION"), "commit": commit, "dirty": dirty })
}

/// What kind of folder a data package describes, if this program wrote it.
pub(super) fn kind_of(package: &[u8]) -> Option<String> {
    let package: Value = serde_json::from_slice(package).ok()?;
    Some(package.get("catchup")?.get("kind")?.as_str()?.to_owned())
}
