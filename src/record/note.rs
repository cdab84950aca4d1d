//! Adds to the list of what was made of a folder's tables ([`super::made`]).

use super::made::{LIST, hash, read};
use super::mark;
use super::stage::{SWEEP, replace};
use crate::error::Error;
use serde_json::{Value, json};
use std::path::Path;

/// Notes that the files called `names` below `folder` were made of the tables that stand there; nothing in a folder that is none of
/// ours.
///
/// # Errors
/// Where the list cannot be written.
pub fn note(folder: &Path, names: &[String]) -> Result<(), Error> {
    if !folder.join(mark::FILE).is_file() && !folder.join(SWEEP).is_file() {
        return Ok(());
    }
    let of = hash(&folder.join(mark::FILE)).unwrap_or_default();
    let mut list = read(folder);
    list.retain(|(name, ..)| !names.contains(name));
    let made = |name: &String| Some((name.clone(), hash(&folder.join(name))?, of.clone()));
    list.extend(names.iter().filter_map(made));
    let entry = |(name, hash, of): &(String, String, String)| json!({ "name": name, "sha256": hash, "of": of });
    let text = Value::Array(list.iter().map(entry).collect()).to_string();
    replace(&folder.join(LIST), text.as_bytes())
}
