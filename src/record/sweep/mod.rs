//! Folders of sweeps: chunks that stand once they are computed, and the tables made of them at the end.
//!
//! While a sweep is in progress its folder holds `.catchup-sweep.json` (what is being computed) and `chunks/`; once
//! all chunks stand they are streamed into the tables, and go when the data package stands. Every chunk carries the
//! fingerprint of what its runs depend on and a checksum: nothing is believed before both fit. A chunk is known by its draws,
//! whatever the number of all: where a larger sweep begins with the draws of a smaller one, it goes on from its chunks, and,
//! where it was finished, from its tables, which are taken apart again (`unpack`).

mod assemble;
mod chunk;
mod columnar;
mod files;
mod folder;
mod manifest;
mod merge;
mod pieces;
mod quantiles;
mod snapshot;
pub(super) mod statistics;
mod status;
mod there;
pub(super) mod trajectories;
mod unpack;

pub use columnar::parquet_bytes;
pub use folder::{Sweeping, open};
pub use merge::merge;
pub use snapshot::{Standing, snapshot, standing};
pub use status::{State, Status, status};
pub use trajectories::trajectory_bytes;

pub(super) use manifest::Manifest;

use crate::batch::Meaning;
use crate::scenario::sweep::{Kept, Varied};
use std::ops::Range;
use std::path::PathBuf;

/// Consecutive draws.
pub type Draws = Range<u64>;

/// What defines a sweep's output, known before the first run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Name of the folder.
    pub name: String,
    /// Title, for the data package.
    pub title: Option<String>,
    /// Description, for the data package.
    pub description: Option<String>,
    /// Content of `sweep.toml`.
    pub resolved: String,
    /// Whether the draws of a larger sweep of this kind begin with those of a smaller one: chunks then stand for both.
    pub goes_on: bool,
    /// What the sweep is made of: what it is called, and its text. Where one of them changes, it is another sweep.
    pub identity: Vec<(String, String)>,
    /// The varied keys, in the order of their columns.
    pub vary: Vec<Varied>,
    /// Names of the variants, the baseline first.
    pub variants: Vec<String>,
    /// For each variant the one that it is measured against.
    pub baselines: Vec<usize>,
    /// Names of the sectors under each variant.
    pub sectors: Vec<Vec<String>>,
    /// Number of draws, below 2^32.
    pub draws: u64,
    /// Draws in a chunk, all but the last; at least 1.
    pub draws_per_chunk: u64,
    /// Of which draws trajectories are kept.
    pub keep: Kept,
    /// Years at which every run is looked at.
    pub dates: Vec<f64>,
    /// Whether `runs.csv` is written. No part of what the sweep is.
    pub csv: bool,
}

impl Plan {
    /// What the rows of its tables mean.
    pub fn meaning(&self) -> Meaning<'_> {
        Meaning { vary: &self.vary, variants: &self.variants, sectors: &self.sectors, dates: &self.dates }
    }

    /// Number of chunks.
    pub fn chunks(&self) -> u64 {
        self.draws.div_ceil(self.draws_per_chunk.max(1))
    }
}

/// One of several parts of a sweep, each computed on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1 to `of`.
    pub index: u64,
    /// How many there are.
    pub of: u64,
}

impl Shard {
    /// The chunks, of `chunks` in all, that this part holds; none where there are more parts than chunks.
    pub fn part(&self, chunks: u64) -> Range<u64> {
        let of = u128::from(self.of.max(1));
        // No more than `chunks`, so it fits.
        let edge =
            |index: u64| u64::try_from(u128::from(index) * u128::from(chunks) / of).unwrap_or(chunks).min(chunks);
        edge(self.index.saturating_sub(1))..edge(self.index)
    }
}

/// What a finished sweep, or a finished part of it, came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its folder.
    pub folder: PathBuf,
    /// Number of runs: draws × variants.
    pub runs: u64,
    /// Runs that failed.
    pub failed: u64,
    /// The first that did: its draw, its variant, and why.
    pub first_error: Option<(u64, String, String)>,
    /// The rows of `summary.csv`; empty for a part.
    pub summary: Vec<Statistic>,
}

/// A row of `summary.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// Name of the variant.
    pub variant: String,
    /// What is summed up: a column of `runs.csv`, `externality`, or `regret`.
    pub measure: String,
    /// How.
    pub statistic: String,
    /// Its value; `None` where nothing could be counted.
    pub value: Option<f64>,
}
