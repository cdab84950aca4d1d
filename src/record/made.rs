//! What other commands have made of a folder's tables and left beside them: pictures, workbooks, what a sweep's table says. Once
//! the tables are others, these are of tables that are gone, and go too; what somebody has changed since is theirs, and stays.

use super::mark;
use serde_json::Value;
use std::fs;
use std::path::{Component, Path};

/// Keeps the list; [`super::note`] adds to it.
pub(super) const LIST: &str = ".catchup-made.json";

/// Removes what was made of other tables than those that the data package with this hash lists; `own` are files of the folder
/// itself.
pub(super) fn clear(folder: &Path, package: Option<&str>, own: impl Fn(&str) -> bool) {
    let (kept, gone): (Vec<_>, Vec<_>) = read(folder).into_iter().partition(|(.., of)| Some(of.as_str()) == package);
    for (name, known, _) in gone.iter().filter(|(name, ..)| !own(name)) {
        let path = folder.join(name);
        if hash(&path).as_ref() == Some(known) && fs::remove_file(&path).is_ok() {
            // The folder of what a table says; it stays if anything else is in it.
            if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
                let _ = fs::remove_dir(parent);
            }
        }
    }
    if kept.is_empty() {
        let _ = fs::remove_file(folder.join(LIST));
    }
}

/// The list: name, hash, and hash of the data package that stood there then. One that cannot be read names nothing.
pub(super) fn read(folder: &Path) -> Vec<(String, String, String)> {
    let list = fs::read(folder.join(LIST)).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let text = |entry: &Value, key: &str| entry[key].as_str().map(str::to_owned);
    let entry = |entry: &Value| Some((text(entry, "name")?, text(entry, "sha256")?, text(entry, "of")?));
    let inside = |(name, ..): &(String, String, String)| {
        Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
    };
    list.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(entry).filter(inside).collect()
}

/// SHA-256 of a file; `None` where there is none.
pub(super) fn hash(path: &Path) -> Option<String> {
    mark::hash(&mut fs::File::open(path).ok()?).ok()
}
