//! What tells a folder of ours: its data package, which names the program and the kind of folder.

use crate::error::Error;
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Name of the data package's file.
pub(super) const FILE: &str = "datapackage.json";

/// What the data package of a run calls its folder.
pub(super) const RUN: &str = "run";

/// What the data package of a comparison calls its folder.
pub(super) const COMPARISON: &str = "comparison";

/// What the data package of an answer on flips calls its folder.
pub(super) const FLIP: &str = "flip";

/// What the data package of what a sweep's table says calls its folder.
pub(super) const EXPLAINED: &str = "explained";

/// What the data package of a map calls its folder.
pub(super) const MAP: &str = "map";

/// What the data package of a search for the best policy calls its folder.
pub(super) const OPTIMUM: &str = "optimum";

/// What the data package of a search over states of the world calls its folder.
pub(super) const ROBUST: &str = "robust-optimum";

/// What the data package of a sweep calls its folder.
pub(super) const SWEEP: &str = "sweep";

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

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

/// SHA-256 of what is left of a file, in hexadecimal.
pub(super) fn hash(file: &mut File) -> std::io::Result<String> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            length => hash.update(&buffer[..length]),
        }
    }
}

/// Whether every file that a data package lists stands in its folder to the last bit; none may be listed that is not `ours`.
pub(super) fn stands(folder: &Path, package: &Value, ours: impl Fn(&str) -> bool + Sync) -> bool {
    let whole = |resource: &Value| -> Option<bool> {
        let path = resource["path"].as_str().filter(|path| ours(path))?;
        let mut file = File::open(folder.join(path)).ok()?;
        if file.metadata().ok()?.len() != resource["bytes"].as_u64()? {
            return Some(false);
        }
        Some(resource["hash"].as_str()? == format!("sha256:{}", hash(&mut file).ok()?))
    };
    let resources = package["resources"].as_array();
    resources.is_some_and(|resources| resources.par_iter().all(|resource| whole(resource) == Some(true)))
}

/// The data package of a folder of ours.
///
/// # Errors
/// Where there is none.
pub(crate) fn packaged(folder: &Path) -> Result<Value, Error> {
    let path = folder.join(FILE);
    let none = || {
        Error::invalid(format!("{} holds no finished output of catchup", folder.display()))
            .hint("name a folder that catchup run, compare, flip, map, optimise, sweep or explain wrote, such as output/my-region")
    };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Err(none().note(format!("{} is missing", path.display())));
        }
        Err(error) => return Err(Error::io(format_args!("read {}", path.display()), error, "nothing was written")),
    };
    if kind_of(&bytes).is_none() {
        return Err(none().note(format!("{} was not written by it, or is damaged", path.display())));
    }
    serde_json::from_slice(&bytes).map_err(|_| none())
}
