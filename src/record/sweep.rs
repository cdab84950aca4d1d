//! Stand-in.
#![allow(missing_docs, dead_code)]
use super::RecordError;
use crate::batch::Chunk;
use crate::control::Control;
use crate::scenario::sweep::Varied;
use std::path::{Path, PathBuf};
#[derive(Debug, Clone)]
pub struct Plan {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub resolved: String,
    pub identity: Vec<(String, String)>,
    pub vary: Vec<Varied>,
    pub variants: Vec<String>,
    pub draws: u64,
    pub draws_per_chunk: u64,
    pub keep: u64,
    pub csv: bool,
}
#[derive(Debug, Clone, Copy)]
pub struct Shard {
    pub index: u64,
    pub of: u64,
}
#[derive(Debug)]
pub struct Sweeping {
    missing: Vec<u64>,
}
#[derive(Debug)]
pub struct Outcome {
    pub folder: PathBuf,
    pub runs: u64,
    pub failed: u64,
    pub first_error: Option<(u64, String, String)>,
    pub summary: Vec<Statistic>,
}
#[derive(Debug)]
pub struct Statistic {
    pub variant: String,
    pub measure: String,
    pub statistic: String,
    pub value: Option<f64>,
}
impl Shard {
    pub fn part(&self, chunks: u64) -> std::ops::Range<u64> {
        (self.index - 1) * chunks / self.of..self.index * chunks / self.of
    }
}
impl Plan {
    pub fn chunks(&self) -> u64 {
        self.draws.div_ceil(self.draws_per_chunk)
    }
}
impl Sweeping {
    pub fn folder(&self) -> &Path {
        Path::new("")
    }
}
pub fn open(_out: &Path, _plan: Plan, _shard: Option<Shard>, _fresh: bool) -> Result<Sweeping, RecordError> {
    Err(RecordError::Stopped)
}
impl Sweeping {
    pub fn missing(&self) -> &[u64] {
        &self.missing
    }
    pub fn damaged(&self) -> usize {
        0
    }
    pub fn standing(&self) -> (u64, u64) {
        (0, 0)
    }
    pub fn complete(&self) -> bool {
        false
    }
    pub fn put(&self, _chunk: &Chunk) -> Result<(), RecordError> {
        Ok(())
    }
    pub fn finish(self, _control: &Control) -> Result<Outcome, RecordError> {
        Err(RecordError::Stopped)
    }
}
pub fn merge(_folders: &[PathBuf], _out: &Path, _control: &Control) -> Result<Outcome, RecordError> {
    Err(RecordError::Stopped)
}
