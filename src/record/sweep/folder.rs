//! The folder of a sweep in progress: whose it is, what stands in it, what is missing.

use super::super::lock::{Lock, Refused, holder};
use super::super::mark;
use super::super::stage::{LOCK, SWEEP, Stage, make_folders};
use super::assemble::{Chunks, assemble};
use super::chunk::{self, Damage};
use super::columnar::Layout;
use super::files::{self, Mark};
use super::manifest::Manifest;
use super::pieces::{Piece, divided, gaps, standing};
use super::there::{
    draws_in, failed, finished, has_csv, is_called_so, is_of, of_finished, refuse_changed, refuse_foreign, whole,
};
use super::unpack::unpack;
use super::{Draws, Outcome, Plan, Shard, trajectories};
use crate::batch::Chunk;
use crate::control::Control;
use crate::error::Error;
use rayon::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::io;
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
    missing: Vec<Draws>,
    damaged: usize,
    /// Runs and failed runs in the chunks found.
    found: (u64, u64),
    /// Chunks that stand, by their first draw, and how many of their runs failed.
    standing: Mutex<BTreeMap<u64, (Piece, u64)>>,
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
    let package =
        finished(&folder).filter(|package| draws_in(package, &manifest).is_some()).and_then(|_| whole(&folder));
    let complete = package.as_ref().is_some_and(|package| {
        let as_asked = || is_called_so(package, &manifest) && (!csv || has_csv(package));
        is_of(package, &manifest) && (shard.is_some() || as_asked())
    });
    let layout = if !manifest.plan.keep.is_none() {
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
        let bytes = sweeping.manifest.to_json().to_string();
        if fs::read(folder.join(SWEEP)).ok().is_none_or(|there| there != bytes.as_bytes()) {
            files::whole(&folder.join(SWEEP), bytes.as_bytes(), shard.map_or(0, |shard| shard.index)).map_err(wrong)?;
        }
        fs::create_dir_all(files::chunks(&folder)).map_err(wrong)?;
        sweeping.look()?;
        if let Some(draws) = package.as_ref().and_then(|package| draws_in(package, &sweeping.manifest)) {
            sweeping.unpack(draws)?;
        }
        if let Some(shard) = shard.filter(|_| !sweeping.missing.is_empty()) {
            files::remove(&files::mark(&folder, shard)).map_err(wrong)?;
        }
    }
    Ok(sweeping)
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
    let part = manifest.part(Some(shard));
    files::remove_chunks(folder, |draws, _| draws.start < part.end && draws.end > part.start)
}

impl Sweeping {
    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.held.folder
    }

    /// Draws of this part that do not stand yet, in chunks, ascending.
    pub fn missing(&self) -> &[Draws] {
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

    fn part(&self) -> Draws {
        self.manifest.part(self.shard)
    }

    fn wrong(&self, action: &str) -> impl Fn(io::Error) -> Error {
        let path = self.folder().to_owned();
        move |error| failed(action, &path, error)
    }

    /// Finds the chunks that stand, and removes what is left of those that do not.
    fn look(&mut self) -> Result<(), Error> {
        let folder = self.folder().to_owned();
        let part = self.part();
        files::remove_chunks(&folder, |draws, whole| !whole && part.contains(&draws.start))
            .map_err(self.wrong("tidy up"))?;
        let pieces = standing(&folder, &part).map_err(self.wrong("read"))?;
        let state = |piece: &Piece| match chunk::verify(piece, &self.manifest) {
            Ok(failed) => Ok(Some(failed)),
            Err(Damage::Missing) => Ok(None),
            Err(Damage::Damaged) => {
                files::remove(&piece.path).map(|()| None).map_err(|error| failed("remove", &piece.path, error))
            }
            Err(Damage::Io(error)) => Err(failed("read", &piece.path, error)),
        };
        let states: Vec<_> = pieces.par_iter().map(state).collect::<Result<_, _>>()?;
        let mut found = BTreeMap::new();
        for (piece, state) in pieces.into_iter().zip(states) {
            match state {
                Some(failed) => {
                    found.insert(piece.used.start, (piece, failed));
                }
                None => self.damaged += 1,
            }
        }
        let gaps = gaps(found.values().map(|(piece, _)| piece), &part);
        self.missing = divided(&gaps, self.manifest.plan.draws_per_chunk);
        self.found = self.counts(&found);
        self.standing = Mutex::new(found);
        Ok(())
    }

    /// Takes the runs of the first `draws` draws out of the tables that stand, as far as their chunks do not.
    fn unpack(&mut self, draws: u64) -> Result<(), Error> {
        let there = |missing: &Draws| missing.start..missing.end.min(draws);
        let wanted: Vec<Draws> = self.missing.iter().map(there).filter(|draws| !draws.is_empty()).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        unpack(self.folder(), &self.manifest, self.layout.as_ref(), &wanted).map_err(self.wrong("write into"))?;
        self.look()
    }

    fn counts(&self, standing: &BTreeMap<u64, (Piece, u64)>) -> (u64, u64) {
        let draws: u64 = standing.values().map(|(piece, _)| piece.len()).sum();
        (draws * self.manifest.plan.variants.len() as u64, standing.values().map(|(_, failed)| failed).sum())
    }

    /// Records a chunk, whole or not at all. From any thread.
    ///
    /// # Errors
    /// Where it is none of this sweep, or cannot be written.
    pub fn put(&self, chunk: &Chunk) -> Result<(), Error> {
        let folder = self.folder();
        let (draws, part) = (chunk::draws_of(chunk, &self.manifest), self.part());
        let path = files::chunk(folder, &draws);
        let wrong = |error| failed("write", &path, error);
        let invalid = |why: &str| wrong(io::Error::new(io::ErrorKind::InvalidData, why.to_owned()));
        if draws.start < part.start || draws.end > part.end {
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
        files::put(&files::temporary(folder, &draws), &path, &bytes).map_err(wrong)?;
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        let (piece, failed) =
            (Piece { path: path.clone(), draws: draws.clone(), used: draws }, chunk.errors.len() as u64);
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).insert(piece.used.start, (piece, failed));
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
        let pieces = self.pieces()?;
        let chunks = Chunks { manifest: &self.manifest, pieces };
        let outcome = assemble(&chunks, &folder, self.held.stage(), self.manifest.plan.csv, control)?;
        files::tidy(&folder).map_err(self.wrong("tidy up"))?;
        Ok(outcome)
    }

    /// The chunks of this part, all of which must stand.
    fn pieces(&self) -> Result<Vec<Piece>, Error> {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        match gaps(standing.values().map(|(piece, _)| piece), &self.part()).first() {
            None => Ok(standing.values().map(|(piece, _)| piece.clone()).collect()),
            Some(gap) => {
                let error = io::Error::new(io::ErrorKind::NotFound, "not all chunks stand");
                Err(failed("finish without", &files::chunk(self.folder(), gap), error))
            }
        }
    }

    /// What a finished part came to.
    fn of_part(&self) -> Result<Outcome, Error> {
        self.pieces()?;
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let (runs, failures) = self.counts(&standing);
        let mut first_error = None;
        if let Some((piece, _)) = standing.values().find(|(_, failed)| *failed > 0) {
            let mut block = Chunk::default();
            chunk::read(piece, &self.manifest, &mut block)
                .map_err(|_| failed("read", &piece.path, io::ErrorKind::InvalidData.into()))?;
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
