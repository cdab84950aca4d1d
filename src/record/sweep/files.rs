//! Names inside a sweep's folder, and files that appear whole.

use super::super::stage::SWEEP;
use super::{Draws, Manifest, Shard};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Every file that a finished sweep may hold besides its data package.
pub(super) const FINAL: [&str; 5] = ["runs.parquet", "runs.csv", "trajectories.parquet", "summary.csv", "sweep.toml"];

/// A table of the runs that stand, while others are computed.
pub(super) const SNAPSHOT: &str = "snapshot.parquet";

/// The folder of the chunks.
pub(super) fn chunks(folder: &Path) -> PathBuf {
    folder.join("chunks")
}

/// The file of a chunk: its first and its last draw.
pub(super) fn chunk(folder: &Path, draws: &Draws) -> PathBuf {
    chunks(folder).join(name(draws))
}

/// The name under which a chunk is being written.
pub(super) fn temporary(folder: &Path, draws: &Draws) -> PathBuf {
    chunks(folder).join(format!(".{}.tmp", name(draws)))
}

fn name(draws: &Draws) -> String {
    format!("{:010}-{:010}.chunk", draws.start, draws.end.saturating_sub(1))
}

/// The draws of a chunk's file, and whether it is no temporary one.
fn draws_of(file: &str) -> Option<(Draws, bool)> {
    let (file, whole) =
        file.strip_prefix('.').and_then(|name| name.strip_suffix(".tmp")).map_or((file, true), |name| (name, false));
    let (first, last) = file.strip_suffix(".chunk")?.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let draws = first..last.checked_add(1)?;
    (first <= last && file == name(&draws)).then_some((draws, whole))
}

/// Files of chunks that stand in a folder, with their draws.
pub(super) fn chunk_files(folder: &Path) -> io::Result<Vec<(Draws, PathBuf)>> {
    let all = all_chunk_files(folder)?;
    Ok(all.into_iter().filter(|(_, whole, _)| *whole).map(|(draws, _, path)| (draws, path)).collect())
}

/// The same, temporary ones too: draws, and whether they stand whole.
fn all_chunk_files(folder: &Path) -> io::Result<Vec<(Draws, bool, PathBuf)>> {
    let entries = match fs::read_dir(chunks(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if let Some((draws, whole)) = path.file_name().and_then(|name| name.to_str()).and_then(draws_of) {
            found.push((draws, whole, path));
        }
    }
    Ok(found)
}

/// What says that a shard is finished.
pub(super) fn mark(folder: &Path, shard: Shard) -> PathBuf {
    folder.join(format!(".catchup-shard-{}-of-{}.json", shard.index, shard.of))
}

/// A shard's own lock.
pub(super) fn lock(folder: &Path, shard: Shard) -> PathBuf {
    folder.join(format!(".catchup-lock-{}-of-{}", shard.index, shard.of))
}

/// Files of a folder named after shards: `prefix`K-of-N`suffix`.
pub(super) fn of_shards(folder: &Path, prefix: &str, suffix: &str) -> io::Result<Vec<(Shard, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let numbers =
            name.strip_prefix(prefix).and_then(|name| name.strip_suffix(suffix)).and_then(|n| n.split_once("-of-"));
        if let Some((Ok(index), Ok(of))) = numbers.map(|(index, of)| (index.parse(), of.parse())) {
            found.push((Shard { index, of }, path));
        }
    }
    found.sort_by_key(|(shard, _)| (shard.of, shard.index));
    Ok(found)
}

/// What a shard's mark says.
#[derive(Debug)]
pub(super) struct Mark {
    /// The sweep's fingerprint.
    pub fingerprint: String,
    /// Whether it asked for `runs.csv`.
    pub csv: bool,
}

impl Mark {
    pub fn read(path: &Path) -> Option<Self> {
        let value: Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        Some(Self { fingerprint: value["fingerprint"].as_str()?.to_owned(), csv: value["csv"].as_bool()? })
    }

    pub fn write(folder: &Path, shard: Shard, manifest: &Manifest, csv: bool) -> io::Result<()> {
        let part = manifest.part(Some(shard));
        let value = json!({ "fingerprint": manifest.mark(), "draws": [part.start, part.end], "csv": csv });
        whole(&mark(folder, shard), value.to_string().as_bytes(), shard.index)
    }
}

/// The manifest that stands in `folder`: `None` where none does, an inner `None` where it is damaged.
pub(super) fn manifest(folder: &Path) -> io::Result<Option<Option<Manifest>>> {
    match fs::read(folder.join(SWEEP)) {
        Ok(bytes) => Ok(Some(Manifest::from_json(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file whole; `who` keeps those apart that may write it at the same time.
pub(super) fn whole(path: &Path, bytes: &[u8], who: u64) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{}.{who}.tmp", if name.starts_with('.') { name.into_owned() } else { format!(".{name}") });
    put(&path.with_file_name(name), path, bytes)?;
    sync(path.parent().unwrap_or(path))
}

/// Writes and syncs `temporary`, and gives it its name.
pub(super) fn put(temporary: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = File::create(temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_data()))
        .and_then(|()| fs::rename(temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(temporary);
    }
    written
}

/// Makes the names in a folder outlast a power cut.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the chunks that `which` names (draws, whether whole).
pub(super) fn remove_chunks(folder: &Path, which: impl Fn(&Draws, bool) -> bool) -> io::Result<()> {
    let mut named = all_chunk_files(folder)?;
    named.retain(|(draws, whole, _)| which(draws, *whole));
    named.iter().try_for_each(|(.., path)| remove(path))
}

/// Removes everything of a sweep in progress, the manifest last: until then the rest can be told from a stranger's.
pub(super) fn tidy(folder: &Path) -> io::Result<()> {
    remove_chunks(folder, |_, _| true)?;
    let _ = fs::remove_dir(chunks(folder));
    remove(&folder.join(SNAPSHOT))?;
    for (_, path) in of_shards(folder, ".catchup-shard-", ".json")? {
        remove(&path)?;
    }
    remove(&folder.join(SWEEP))
}
