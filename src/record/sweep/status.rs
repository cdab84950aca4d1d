//! What stands of a sweep, without touching it: whoever computes it never notices.

use super::super::lock::holder;
use super::super::stage::LOCK;
use super::pieces::{Piece, gaps, standing};
use super::there::{draws_in, failed, finished, is_of, refuse_changed};
use super::{Draws, Manifest, Plan, Shard, chunk, files};
use crate::error::Error;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Chunks, the newest ones, of which the speed is taken.
const LOOKED_AT: usize = 256;
/// Where nothing was done for so long, somebody broke off.
const PAUSE: Duration = Duration::from_secs(60);

/// How far a sweep is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing stands.
    NotBegun,
    /// Something stands, and nobody is computing.
    Stopped,
    /// A process is computing.
    Computing,
    /// All of it stands.
    Finished,
}

impl State {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotBegun => "not-begun",
            Self::Stopped => "stopped",
            Self::Computing => "computing",
            Self::Finished => "finished",
        }
    }
}

/// What stands of a sweep, or of a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Its folder.
    pub folder: PathBuf,
    /// How far it is.
    pub state: State,
    /// Number of runs: draws × variants.
    pub runs: u64,
    /// Those that stand.
    pub standing: u64,
    /// Those among them that failed.
    pub failed: u64,
    /// The process that is computing, where it left its number.
    pub process: Option<u32>,
    /// Runs a second, as the newest chunks were written; `None` where too few tell.
    pub rate: Option<f64>,
}

/// What stands of a sweep in `out/name`, or of a part of it. Chunks are told by their heads: damage inside is found by who goes on.
///
/// # Errors
/// Where another sweep stands there, or what stands cannot be read.
pub fn status(out: &Path, plan: Plan, shard: Option<Shard>) -> Result<Status, Error> {
    let folder = out.join(&plan.name);
    let manifest = Manifest::new(plan);
    refuse_changed(&folder, &manifest, "name the folder of this sweep with --out DIR")?;
    let part = manifest.part(shard);
    let variants = manifest.plan.variants.len() as u64;
    let runs = (part.end - part.start) * variants;
    let mut status = Status { folder, state: State::NotBegun, runs, standing: 0, failed: 0, process: None, rate: None };
    let package = finished(&status.folder);
    let failures = |package: &serde_json::Value| package["catchup"]["failed"].as_u64().unwrap_or(0);
    if let Some(package) = package.as_ref().filter(|package| is_of(package, &manifest)) {
        (status.state, status.standing, status.failed) = (State::Finished, runs, failures(package));
        return Ok(status);
    }
    let wrong = |error| failed("read", &status.folder, error);
    let mut pieces: Vec<(Piece, u64)> = standing(&status.folder, &part)
        .map_err(wrong)?
        .into_par_iter()
        .filter_map(|piece| chunk::peek(&piece, &manifest).ok().map(|failed| (piece, failed)))
        .collect();
    status.rate = rate(&pieces, variants);
    // What stands in the tables of a smaller sweep, and in no chunk yet.
    if let Some(package) = package
        && let Some(draws) = draws_in(&package, &manifest)
    {
        let tables = part.start..draws.clamp(part.start, part.end);
        let within = |draws: &Draws| draws.end <= tables.end;
        let in_chunks: u64 = pieces.iter().filter(|(piece, _)| within(&piece.used)).map(|(piece, _)| piece.len()).sum();
        if in_chunks < tables.end - tables.start {
            pieces.retain(|(piece, _)| !within(&piece.used));
            status.standing += (tables.end - tables.start) * variants;
            status.failed += if shard.is_none() { failures(&package) } else { 0 };
        }
    }
    status.standing += pieces.iter().map(|(piece, _)| piece.len()).sum::<u64>() * variants;
    status.failed += pieces.iter().map(|(_, failed)| failed).sum::<u64>();
    let path = status.folder.join(LOCK);
    let own = shard.map(|shard| files::lock(&status.folder, shard));
    let others = || {
        let locks = files::of_shards(&status.folder, ".catchup-lock-", "").unwrap_or_default();
        locks.iter().find_map(|(_, path)| holder(path)).filter(|_| shard.is_none())
    };
    status.process = holder(&path).or_else(|| own.and_then(|own| holder(&own))).or_else(others);
    let part_is_done = shard.is_some_and(|shard| {
        files::Mark::read(&files::mark(&status.folder, shard)).is_some_and(|mark| mark.fingerprint == manifest.mark())
    }) && gaps(pieces.iter().map(|(piece, _)| piece), &part).is_empty();
    status.state = match status.process {
        Some(_) => State::Computing,
        None if part_is_done => State::Finished,
        None if status.standing > 0 => State::Stopped,
        None => State::NotBegun,
    };
    Ok(status)
}

/// Runs a second, from when the newest chunks were written, back to the last pause.
fn rate(pieces: &[(Piece, u64)], variants: u64) -> Option<f64> {
    let written = |(piece, _): &(Piece, u64)| Some((piece.path.metadata().ok()?.modified().ok()?, piece.len()));
    let mut times: Vec<(SystemTime, u64)> = pieces.iter().filter_map(written).collect();
    times.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    times.truncate(LOOKED_AT);
    let apart = |pair: &[(SystemTime, u64)]| pair[0].0.duration_since(pair[1].0).unwrap_or_default();
    let together = times.windows(2).take_while(|pair| apart(pair) < PAUSE).count();
    let elapsed = times.first()?.0.duration_since(times.get(together)?.0).ok()?.as_secs_f64();
    let runs: u64 = times[..together].iter().map(|(_, draws)| draws * variants).sum();
    (together >= 4 && elapsed >= 0.5).then(|| runs as f64 / elapsed)
}
