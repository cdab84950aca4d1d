//! The folder of a sweep in progress: whose it is, what stands in it, what is missing.

use super::super::lock::{Lock, Refused, holder};
use super::super::stage::{LOCK, SWEEP, Stage, hexadecimal, make_folders, not_ours};
use super::super::{mark, package};
use super::assemble::{Chunks, KEPT, assemble};
use super::chunk::{self, Damage};
use super::columnar::Layout;
use super::files::{self, Mark};
use super::manifest::{Manifest, lines};
use super::{Outcome, Plan, Shard, statistics, trajectories};
use crate::batch::Chunk;
use crate::control::Control;
use crate::error::Error;
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A name renamed at most this long ago may be lost in a power cut.
const SYNC: Duration = Duration::from_secs(1);

/// A sweep's folder, locked, with what stands in it.
#[derive(Debug)]
pub struct Sweeping {
    held: Held,
    manifest: Manifest,
    shard: Option<Shard>,
    layout: Option<Layout>,
    complete: bool,
    missing: Vec<u64>,
    damaged: usize,
    /// Runs and failed runs in the chunks found.
    found: (u64, u64),
    /// Failed runs of each chunk that stands.
    standing: Mutex<BTreeMap<u64, u64>>,
    synced: Mutex<Instant>,
    /// Memory of chunks that stand, for the next ones: as many as threads put them at a time.
    spare: Mutex<Vec<Vec<u8>>>,
}

/// Locks on a folder; when they go, so does the folder if nothing came of it.
#[derive(Debug)]
pub(super) struct Held {
    pub folder: PathBuf,
    made: Vec<PathBuf>,
    locks: Vec<Lock>,
}

impl Held {
    /// Makes `out/name`, checks that it is no stranger's, and locks it.
    pub fn new(out: &Path, name: &str, shard: Option<Shard>) -> Result<Self, Error> {
        let folder = out.join(name);
        let made = make_folders(&folder).map_err(|(path, error)| failed("make the folder", &path, error))?;
        let mut held = Self { folder, made, locks: Vec::new() };
        let folder = &held.folder;
        refuse_foreign(folder)?;
        let refused = |path: &Path, refused| match refused {
            Refused::Io(error) => failed("lock", path, error),
            Refused::Busy(process) => {
                // Shards leave their numbers in their own locks.
                let in_shard = || {
                    let locks = files::of_shards(folder, ".catchup-lock-", "").unwrap_or_default();
                    locks.iter().find_map(|(_, path)| holder(path))
                };
                Error::busy(folder, process.or_else(in_shard))
            }
        };
        let path = folder.join(LOCK);
        let mut locks = Vec::new();
        if let Some(shard) = shard {
            let own = files::lock(folder, shard);
            // Dropped in this order: its own lock first.
            let shared = Lock::shared(&path).map_err(|error| refused(&path, error))?;
            locks.push(Lock::exclusive(&own).map_err(|error| refused(&own, error))?);
            locks.push(shared);
        } else {
            locks.push(Lock::exclusive(&path).map_err(|error| refused(&path, error))?);
        }
        // Once more, now that nobody else can be replacing it.
        refuse_foreign(folder)?;
        held.locks = locks;
        Ok(held)
    }

    /// A stage for the final files.
    pub fn stage(&self) -> Stage {
        Stage::within(self.folder.clone(), files::FINAL.map(str::to_owned).to_vec())
    }

    /// Removes temporary files that an assembly left when it was killed.
    pub fn sweep_out(&self) {
        for name in files::FINAL.iter().chain([&mark::FILE]) {
            let _ = fs::remove_file(self.folder.join(format!(".{name}.tmp")));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.locks.clear();
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

pub(super) fn failed(action: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format_args!("{action} {}", path.display()), error, KEPT)
}

/// Refuses a folder that holds something else than a sweep.
fn refuse_foreign(folder: &Path) -> Result<(), Error> {
    let foreign = |found: &str| Err(not_ours(folder, found));
    if folder.join(SWEEP).exists() {
        return Ok(());
    }
    match fs::read(folder.join(mark::FILE)) {
        Ok(bytes) if mark::kind_of(&bytes).as_deref() == Some(mark::SWEEP) => return Ok(()),
        Ok(_) => return foreign("it holds something else than a sweep"),
        Err(_) => {}
    }
    let entries = fs::read_dir(folder).map_err(|error| failed("read", folder, error))?;
    let names: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    let ours = names.is_empty() || names.iter().any(|name| name.starts_with(LOCK));
    if ours { Ok(()) } else { foreign("it holds files but no sweep of catchup") }
}

/// The data package of the finished sweep that stands in a folder.
pub(super) fn finished(folder: &Path) -> Option<Value> {
    let bytes = fs::read(folder.join(mark::FILE)).ok()?;
    let ours = mark::kind_of(&bytes).as_deref() == Some(mark::SWEEP);
    serde_json::from_slice(&bytes).ok().filter(|_| ours)
}

/// Refuses a folder in which another sweep stands, finished or not.
pub(super) fn refuse_changed(folder: &Path, manifest: &Manifest, hint: &str) -> Result<(), Error> {
    let differences = match files::manifest(folder).map_err(|error| failed("read", &folder.join(SWEEP), error))? {
        Some(Some(there)) => there.differences(manifest),
        Some(None) => vec![format!("{SWEEP} there is damaged or of another version of catchup")],
        None => match finished(folder) {
            Some(package) if package["catchup"]["fingerprint"] != json!(manifest.mark()) => {
                let mut found = package::sweep_differences(&package, manifest);
                // Its texts are gone but for one.
                let text = fs::read_to_string(folder.join("sweep.toml")).unwrap_or_default();
                if text != manifest.plan.resolved {
                    found.push(format!("sweep.toml: {}", lines(&text, &manifest.plan.resolved)));
                }
                found
            }
            _ => Vec::new(),
        },
    };
    if differences.is_empty() {
        return Ok(());
    }
    let title = format!("{} holds another sweep: {}", folder.display(), differences.join("; "));
    Err(Error::foreign(title).hint(hint))
}

/// Whether the files of `manifest`'s finished sweep stand in the folder, to the last bit.
pub(super) fn is_complete(folder: &Path, manifest: &Manifest) -> Option<Value> {
    let package = finished(folder).filter(|package| package["catchup"]["fingerprint"] == json!(manifest.mark()))?;
    let resources = package["resources"].as_array()?;
    let whole = |resource: &Value| -> Option<bool> {
        let path = resource["path"].as_str().filter(|path| files::FINAL.contains(path))?;
        let mut file = File::open(folder.join(path)).ok()?;
        if file.metadata().ok()?.len() != resource["bytes"].as_u64()? {
            return Some(false);
        }
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
        loop {
            match file.read(&mut buffer).ok()? {
                0 => return Some(resource["hash"].as_str()? == format!("sha256:{}", hexadecimal(&hash.finalize()))),
                length => hash.update(&buffer[..length]),
            }
        }
    };
    resources.par_iter().all(|resource| whole(resource) == Some(true)).then_some(package)
}

/// Opens the folder `out/name` of a sweep, or of a part of it, and finds what stands there; `fresh`: starts over.
///
/// # Errors
/// Where the folder is in use, belongs to something else or to another sweep, or cannot be read or written.
pub fn open(out: &Path, plan: Plan, shard: Option<Shard>, fresh: bool) -> Result<Sweeping, Error> {
    let csv = plan.csv;
    if plan.draws_per_chunk == 0 || plan.variants.is_empty() || plan.draws > u64::from(u32::MAX) {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "no sweep of this size can be recorded");
        return Err(failed("make", &out.join(&plan.name), error));
    }
    let held = Held::new(out, &plan.name, shard)?;
    let folder = held.folder.clone();
    let manifest = Manifest::new(plan);
    let wrong = |error| failed("write into", &folder, error);
    if fresh {
        start_over(&folder, &manifest, shard).map_err(wrong)?;
    } else {
        refuse_changed(
            &folder,
            &manifest,
            "to start over, add --fresh; to keep what stands there, choose another --out DIR",
        )?;
    }
    if shard.is_none() {
        held.sweep_out();
    }
    let complete = is_complete(&folder, &manifest).is_some_and(|package| shard.is_some() || !csv || has_csv(&package));
    let layout = if manifest.plan.keep.count() > 0 {
        Some(trajectories::layout(&manifest.plan.variants).map_err(wrong)?)
    } else {
        None
    };
    let mut sweeping = Sweeping {
        held,
        manifest,
        shard,
        layout,
        complete,
        missing: Vec::new(),
        damaged: 0,
        found: (0, 0),
        standing: Mutex::default(),
        synced: Mutex::new(Instant::now()),
        spare: Mutex::default(),
    };
    if complete {
        let (runs, failed) =
            (sweeping.manifest.runs(), finished(&folder).and_then(|p| p["catchup"]["failed"].as_u64()));
        sweeping.found = (runs, failed.unwrap_or(0));
    } else {
        if files::manifest(&folder).map_err(wrong)?.flatten().is_none() {
            let bytes = sweeping.manifest.to_json().to_string();
            files::whole(&folder.join(SWEEP), bytes.as_bytes(), shard.map_or(0, |shard| shard.index)).map_err(wrong)?;
        }
        fs::create_dir_all(files::chunks(&folder)).map_err(wrong)?;
        sweeping.look()?;
        if let Some(shard) = shard.filter(|_| !sweeping.missing.is_empty()) {
            files::remove(&files::mark(&folder, shard)).map_err(wrong)?;
        }
    }
    Ok(sweeping)
}

fn has_csv(package: &Value) -> bool {
    package["resources"].as_array().is_some_and(|all| all.iter().any(|resource| resource["path"] == json!("runs.csv")))
}

/// Removes what a part holds; of a whole sweep everything but the tables, which stand until new ones replace them.
fn start_over(folder: &Path, manifest: &Manifest, shard: Option<Shard>) -> io::Result<()> {
    files::remove(&folder.join(mark::FILE))?;
    let Some(shard) = shard else { return files::tidy(folder) };
    // Other parts may be at work: their chunks of another sweep are for them to find.
    let same = files::manifest(folder)?.flatten().is_some_and(|there| there.fingerprint == manifest.fingerprint);
    if !same {
        files::whole(&folder.join(SWEEP), manifest.to_json().to_string().as_bytes(), shard.index)?;
    }
    files::remove(&files::mark(folder, shard))?;
    let part = shard.part(manifest.plan.chunks());
    files::remove_chunks(folder, |index, _| part.contains(&index))
}

impl Sweeping {
    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.held.folder
    }

    /// Chunks of this part that do not stand yet, ascending.
    pub fn missing(&self) -> &[u64] {
        &self.missing
    }

    /// How many chunks were found damaged, or of another sweep, and removed.
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// Runs, and failed ones among them, in the chunks that stood when the folder was opened.
    pub fn standing(&self) -> (u64, u64) {
        self.found
    }

    /// Whether the tables of this very sweep stand already, to the last bit.
    pub fn complete(&self) -> bool {
        self.complete
    }

    fn part(&self) -> std::ops::Range<u64> {
        let chunks = self.manifest.plan.chunks();
        self.shard.map_or(0..chunks, |shard| shard.part(chunks))
    }

    fn wrong(&self, action: &str) -> impl Fn(io::Error) -> Error {
        let path = self.folder().to_owned();
        move |error| failed(action, &path, error)
    }

    /// Finds the chunks that stand, and removes what is left of those that do not.
    fn look(&mut self) -> Result<(), Error> {
        let folder = self.folder().to_owned();
        let part = self.part();
        files::remove_chunks(&folder, |index, whole| !whole && part.contains(&index)).map_err(self.wrong("tidy up"))?;
        let state = |index: u64| {
            let path = files::chunk(&folder, index);
            match chunk::verify(&path, index, &self.manifest) {
                Ok(failed) => Ok((index, Some(failed), false)),
                Err(Damage::Missing) => Ok((index, None, false)),
                Err(Damage::Damaged) => {
                    fs::remove_file(&path).map(|()| (index, None, true)).map_err(|error| failed("remove", &path, error))
                }
                Err(Damage::Io(error)) => Err(failed("read", &path, error)),
            }
        };
        let states: Vec<_> = part.into_par_iter().map(state).collect::<Result<_, _>>()?;
        let mut standing = BTreeMap::new();
        for (index, failed, damaged) in states {
            self.damaged += usize::from(damaged);
            match failed {
                Some(failed) => {
                    standing.insert(index, failed);
                }
                None => self.missing.push(index),
            }
        }
        self.found = self.counts(&standing);
        self.standing = Mutex::new(standing);
        Ok(())
    }

    fn counts(&self, standing: &BTreeMap<u64, u64>) -> (u64, u64) {
        let draws: u64 = standing.keys().map(|&index| self.manifest.draws(index).1).sum();
        (draws * self.manifest.plan.variants.len() as u64, standing.values().sum())
    }

    /// Records a chunk, whole or not at all. From any thread.
    ///
    /// # Errors
    /// Where it is none of this sweep, or cannot be written.
    pub fn put(&self, chunk: &Chunk) -> Result<(), Error> {
        let folder = self.folder();
        let path = files::chunk(folder, chunk.index);
        let wrong = |error| failed("write", &path, error);
        let invalid = |why: &str| wrong(io::Error::new(io::ErrorKind::InvalidData, why.to_owned()));
        if !self.part().contains(&chunk.index) {
            return Err(invalid("the chunk belongs to another part"));
        }
        let kept = match &self.layout {
            Some(layout) => {
                trajectories::encode(&chunk.trajectories, &self.manifest.plan.variants, layout).map_err(wrong)?
            }
            None => Vec::new(),
        };
        let mut bytes = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        chunk::encode(chunk, &kept, &self.manifest, &mut bytes).map_err(invalid)?;
        files::put(&files::temporary(folder, chunk.index), &path, &bytes).map_err(wrong)?;
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        let failed = chunk.errors.len() as u64;
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).insert(chunk.index, failed);
        let due = {
            let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
            let due = synced.elapsed() >= SYNC;
            if due {
                *synced = Instant::now();
            }
            due
        };
        if due { files::sync(&files::chunks(folder)).map_err(wrong) } else { Ok(()) }
    }

    /// Makes the tables of the whole sweep, or notes that the part is finished.
    ///
    /// # Errors
    /// Where chunks are missing or a file cannot be written; the chunks are kept.
    pub fn finish(self, control: &Control) -> Result<Outcome, Error> {
        let folder = self.folder().to_owned();
        if self.complete {
            return self.again();
        }
        files::sync(&files::chunks(&folder)).map_err(self.wrong("sync"))?;
        if let Some(shard) = self.shard {
            let outcome = self.of_part()?;
            Mark::write(&folder, shard, &self.manifest, self.manifest.plan.csv).map_err(self.wrong("write into"))?;
            return Ok(outcome);
        }
        let path = |index| files::chunk(&folder, index);
        let chunks = Chunks { manifest: &self.manifest, path: &path };
        let outcome = assemble(&chunks, &folder, self.held.stage(), self.manifest.plan.csv, control)?;
        files::tidy(&folder).map_err(self.wrong("tidy up"))?;
        Ok(outcome)
    }

    /// What a finished part came to.
    fn of_part(&self) -> Result<Outcome, Error> {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = self.part().find(|index| !standing.contains_key(index)) {
            let error = io::Error::new(io::ErrorKind::NotFound, "not all chunks stand");
            return Err(failed("finish without", &files::chunk(self.folder(), index), error));
        }
        let (runs, failures) = self.counts(&standing);
        let mut first_error = None;
        if let Some((&index, _)) = standing.iter().find(|(_, failed)| **failed > 0) {
            let path = files::chunk(self.folder(), index);
            let mut block = Chunk::default();
            chunk::read(&path, index, &self.manifest, &mut block)
                .map_err(|_| failed("read", &path, io::ErrorKind::InvalidData.into()))?;
            let names = &self.manifest.plan.variants;
            first_error = block.errors.first().map(|(row, why)| {
                (block.first + (row / names.len()) as u64, names[row % names.len()].clone(), why.clone())
            });
        }
        Ok(Outcome { folder: self.folder().to_owned(), runs, failed: failures, first_error, summary: Vec::new() })
    }

    /// What a sweep that was finished before came to; tidies up after one that was killed while it did.
    fn again(&self) -> Result<Outcome, Error> {
        let folder = self.folder();
        let outcome = finished(folder).and_then(|package| of_finished(folder, &package));
        let outcome =
            outcome.ok_or_else(|| failed("read", &folder.join(mark::FILE), io::ErrorKind::InvalidData.into()))?;
        if self.shard.is_none() {
            if !self.manifest.plan.csv {
                without_csv(folder).map_err(self.wrong("write into"))?;
            }
            files::tidy(folder).map_err(self.wrong("tidy up"))?;
        }
        Ok(outcome)
    }
}

/// Takes `runs.csv` out of a finished sweep.
fn without_csv(folder: &Path) -> io::Result<()> {
    let Some(mut package) = finished(folder).filter(has_csv) else { return Ok(()) };
    if let Some(resources) = package["resources"].as_array_mut() {
        resources.retain(|resource| resource["path"] != json!("runs.csv"));
    }
    let mut bytes = Vec::new();
    super::super::json(&mut bytes, &package)?;
    files::whole(&folder.join(mark::FILE), &bytes, 0)?;
    files::remove(&folder.join("runs.csv"))
}

/// The outcome of the finished sweep in a folder, of its data package.
pub(super) fn of_finished(folder: &Path, package: &Value) -> Option<Outcome> {
    let note = &package["catchup"];
    let first = &note["first_error"];
    let text = |key: &str| first[key].as_str().map(str::to_owned);
    let first_error = first["run"].as_u64().and_then(|run| Some((run, text("variant")?, text("error")?)));
    let summary = statistics::read(&fs::read(folder.join("summary.csv")).ok()?)?;
    Some(Outcome {
        folder: folder.to_owned(),
        runs: note["runs"].as_u64()?,
        failed: note["failed"].as_u64()?,
        first_error,
        summary,
    })
}
