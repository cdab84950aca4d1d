//! A chunk's file: a header, columns of little-endian numbers, the errors' texts, the kept trajectories as Parquet,
//! and the SHA-256 of all that. A missing number is NaN here, and only here.

use super::manifest::Manifest;
use crate::batch::{Chunk, Row};
use crate::scenario::sweep::Level;
use crate::summary::Verdict;
use crate::trajectory::ColumnType;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

const MAGIC: &[u8; 16] = b"catchup chunk  1";
const HEADER: usize = 16 + 32 + 8 * 8;
const HASH: usize = 32;

/// Number columns of a row: those of [`MEASURES`], then the externality.
pub(super) const NUMBERS: usize = 10;

/// Names of the measures, in the order of their columns.
pub(super) const MEASURES: [&str; NUMBERS - 1] = [
    "initial_gap",
    "final_gap",
    "long_run_gap",
    "half_life",
    "regime_changes",
    "welfare",
    "subsidy_pv",
    "d_final_gap",
    "equivalent_variation",
];

/// Index of the equivalent variation.
pub(super) const EQUIVALENT_VARIATION: usize = 8;

/// Index of the externality.
pub(super) const EXTERNALITY: usize = 9;

/// Verdicts by their number in a chunk.
pub(super) const VERDICTS: [Verdict; 5] =
    [Verdict::FallingBehind, Verdict::Ahead, Verdict::Converged, Verdict::Converging, Verdict::PersistentGap];

/// Stands where there is no verdict.
const NO_VERDICT: u8 = 5;

/// The rows of a chunk by columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// Number of its first draw.
    pub first: u64,
    /// Rows: draws × variants.
    pub rows: usize,
    /// One column per varied key, one entry per draw.
    pub drawn: Vec<Vec<f64>>,
    /// [`NUMBERS`] columns, one entry per row; NaN where missing.
    pub numbers: Vec<Vec<f64>>,
    /// Index into [`VERDICTS`], its length where there is none; one per row.
    pub verdicts: Vec<u8>,
    /// Rows that failed, ascending, and why.
    pub errors: Vec<(usize, String)>,
}

/// Why a chunk is not there.
#[derive(Debug)]
pub(super) enum Damage {
    /// There is no file.
    Missing,
    /// It is cut, changed, or of another sweep.
    Damaged,
    /// It could not be read.
    Io(io::Error),
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            // Shorter than when its length was asked.
            io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Io(error),
        }
    }
}

fn measures(row: &Row) -> [Option<f64>; NUMBERS] {
    [
        row.initial_gap,
        row.final_gap,
        row.long_run_gap,
        row.half_life,
        row.regime_changes.map(f64::from),
        row.welfare,
        row.subsidy_pv,
        row.d_final_gap,
        row.equivalent_variation,
        row.externality,
    ]
}

/// Whether `chunk` is the one that the sweep has at its place; why not, in words.
fn fits(chunk: &Chunk, manifest: &Manifest) -> Result<(), &'static str> {
    let (first, draws) = manifest.draws(chunk.index);
    let plan = &manifest.plan;
    if draws == 0 || chunk.first != first || chunk.drawn.len() != plan.vary.len() {
        return Err("the chunk has no place in the sweep");
    }
    if chunk.drawn.iter().any(|column| column.len() as u64 != draws)
        || chunk.rows.len() as u64 != draws * plan.variants.len() as u64
    {
        return Err("the chunk has rows too many or too few");
    }
    let typed = |kind: ColumnType, level: &Level| match level {
        Level::Number(value) => value.is_finite() && matches!(kind, ColumnType::Number | ColumnType::Integer),
        Level::Flag(_) => kind == ColumnType::Boolean,
        Level::Text(_) => kind == ColumnType::String,
    };
    let columns = || plan.vary.iter().zip(&chunk.drawn);
    if columns().any(|(varied, column)| {
        column.iter().any(|&drawn| !drawn.is_finite() || !typed(varied.kind, &varied.value(drawn)))
    }) {
        return Err("the chunk holds a draw that is no value of its key");
    }
    Ok(())
}

/// The bytes of a chunk's file; `trajectories`: the kept ones as Parquet.
///
/// # Errors
/// Where the chunk is none of this sweep.
pub(super) fn encode(chunk: &Chunk, trajectories: &[u8], manifest: &Manifest) -> Result<Vec<u8>, &'static str> {
    fits(chunk, manifest)?;
    let mut errors = Vec::new();
    let mut failed = 0u64;
    for (row, error) in chunk.rows.iter().enumerate().filter_map(|(i, row)| Some((i, row.error.as_deref()?))) {
        errors.extend((row as u64).to_le_bytes());
        errors.extend((error.len() as u64).to_le_bytes());
        errors.extend(error.as_bytes());
        failed += 1;
    }
    let (first, draws) = manifest.draws(chunk.index);
    let plan = &manifest.plan;
    let head = [
        chunk.index,
        first,
        draws,
        plan.variants.len() as u64,
        plan.vary.len() as u64,
        failed,
        errors.len() as u64,
        trajectories.len() as u64,
    ];
    let rows = chunk.rows.len();
    let size = HEADER + 8 * chunk.drawn.len() * (rows + 1) + rows * (8 * NUMBERS + 1) + errors.len();
    let mut bytes = Vec::with_capacity(size + trajectories.len() + HASH);
    bytes.extend(MAGIC);
    bytes.extend(manifest.fingerprint);
    bytes.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(chunk.drawn.iter().flatten().flat_map(|value| value.to_le_bytes()));
    for column in 0..NUMBERS {
        let missing = f64::NAN;
        let value = |row: &Row| measures(row)[column].filter(|value| value.is_finite()).unwrap_or(missing);
        bytes.extend(chunk.rows.iter().flat_map(|row| value(row).to_le_bytes()));
    }
    #[expect(clippy::cast_possible_truncation, reason = "an index below 5")]
    let verdict = |row: &Row| VERDICTS.iter().position(|&v| Some(v) == row.verdict).map_or(NO_VERDICT, |i| i as u8);
    bytes.extend(chunk.rows.iter().map(verdict));
    bytes.extend(errors);
    bytes.extend(trajectories);
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    Ok(bytes)
}

/// A chunk's file, its header read and found to be of this sweep, this place and this length.
struct Reading {
    file: File,
    hash: Sha256,
    draws: usize,
    failed: u64,
    /// Lengths of columns, of errors, and of trajectories.
    lengths: [u64; 3],
}

impl Reading {
    fn open(path: &Path, index: u64, manifest: &Manifest) -> Result<Self, Damage> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut header = [0; HEADER];
        file.read_exact(&mut header)?;
        let mut number =
            header[48..].chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()));
        let mut next = || number.next().unwrap_or_default();
        let (first, draws) = manifest.draws(index);
        let (variants, varied) = (manifest.plan.variants.len() as u64, manifest.plan.vary.len() as u64);
        let place = [next(), next(), next(), next(), next()] == [index, first, draws, variants, varied];
        let (failed, errors, trajectories) = (next(), next(), next());
        if header[..16] != MAGIC[..] || header[16..48] != manifest.fingerprint || !place {
            return Err(Damage::Damaged);
        }
        // Of this sweep's own numbers, so no overflow; those of the file may be anything.
        let columns = 8 * draws * varied + draws * variants * (8 * NUMBERS as u64 + 1);
        let total =
            [columns, errors, trajectories, (HEADER + HASH) as u64].iter().try_fold(0u64, |a, &b| a.checked_add(b));
        if total != Some(length) {
            return Err(Damage::Damaged);
        }
        let hash = Sha256::new_with_prefix(header);
        let draws = usize::try_from(draws).map_err(|_| Damage::Damaged)?;
        Ok(Self { file, hash, draws, failed, lengths: [columns, errors, trajectories] })
    }

    /// The next `length` bytes, no more than the file was seen to have.
    fn take(&mut self, length: u64) -> Result<Vec<u8>, Damage> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(length).map_err(|_| Damage::Damaged)?).map_err(|_| Damage::Damaged)?;
        if (&mut self.file).take(length).read_to_end(&mut bytes)? as u64 != length {
            return Err(Damage::Damaged);
        }
        self.hash.update(&bytes);
        Ok(bytes)
    }

    fn skip(&mut self, mut length: u64) -> Result<(), Damage> {
        let mut buffer = vec![0; 1 << 17];
        while length > 0 {
            let part = length.min(buffer.len() as u64);
            #[expect(clippy::cast_possible_truncation, reason = "no more than the buffer")]
            let part_of = &mut buffer[..part as usize];
            self.file.read_exact(part_of)?;
            self.hash.update(part_of);
            length -= part;
        }
        Ok(())
    }

    /// Whether what was read is what was written.
    fn check(mut self) -> Result<(), Damage> {
        let mut hash = [0; HASH];
        self.file.read_exact(&mut hash)?;
        if self.hash.finalize()[..] == hash { Ok(()) } else { Err(Damage::Damaged) }
    }
}

/// Checks a chunk's file to the last bit; returns how many of its runs failed.
pub(super) fn verify(path: &Path, index: u64, manifest: &Manifest) -> Result<u64, Damage> {
    let mut reading = Reading::open(path, index, manifest)?;
    let failed = reading.failed;
    reading.skip(reading.lengths.iter().sum())?;
    reading.check().map(|()| failed)
}

/// The rows of a chunk's file, checked to the last bit.
pub(super) fn read(path: &Path, index: u64, manifest: &Manifest) -> Result<Block, Damage> {
    let mut reading = Reading::open(path, index, manifest)?;
    let [columns, errors, trajectories] = reading.lengths;
    let columns = reading.take(columns)?;
    let errors = reading.take(errors)?;
    reading.skip(trajectories)?;
    let draws = reading.draws;
    reading.check()?;
    let rows = draws * manifest.plan.variants.len();
    let mut left = &columns[..];
    let mut column = |entries: usize| -> Vec<f64> {
        let (now, later) = left.split_at(8 * entries);
        left = later;
        now.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap_or_default())).collect()
    };
    let drawn = manifest.plan.vary.iter().map(|_| column(draws)).collect();
    let numbers = (0..NUMBERS).map(|_| column(rows)).collect();
    let verdicts = left.to_vec();
    let errors = texts(&errors, rows).ok_or(Damage::Damaged)?;
    Ok(Block { first: manifest.draws(index).0, rows, drawn, numbers, verdicts, errors })
}

/// The number columns alone of a chunk's file, all that quantiles need. Whoever calls has [`read`] the file before,
/// under the same lock: it is not hashed once more.
pub(super) fn read_numbers(path: &Path, index: u64, manifest: &Manifest) -> Result<Block, Damage> {
    let Reading { mut file, draws, .. } = Reading::open(path, index, manifest)?;
    let (varied, rows) = (manifest.plan.vary.len(), draws * manifest.plan.variants.len());
    file.seek_relative(i64::try_from(8 * draws * varied).map_err(|_| Damage::Damaged)?)?;
    // As long as the whole file was seen to be.
    let mut bytes = vec![0; 8 * rows];
    let mut numbers = Vec::with_capacity(NUMBERS);
    for _ in 0..NUMBERS {
        file.read_exact(&mut bytes)?;
        numbers.push(
            bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap_or_default())).collect(),
        );
    }
    let (drawn, verdicts, errors) = (Vec::new(), Vec::new(), Vec::new());
    Ok(Block { first: manifest.draws(index).0, rows, drawn, numbers, verdicts, errors })
}

/// The kept trajectories of a chunk's file as Parquet, checked to the last bit; empty where it keeps none.
pub(super) fn read_trajectories(path: &Path, index: u64, manifest: &Manifest) -> Result<Vec<u8>, Damage> {
    let mut reading = Reading::open(path, index, manifest)?;
    let [columns, errors, trajectories] = reading.lengths;
    reading.skip(columns + errors)?;
    let bytes = reading.take(trajectories)?;
    reading.check().map(|()| bytes)
}

fn texts(mut bytes: &[u8], rows: usize) -> Option<Vec<(usize, String)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (row, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (row, length) = (usize::try_from(u64::from_le_bytes(*row)).ok()?, u64::from_le_bytes(*length));
        let (text, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        found.push((Some(row).filter(|&row| row < rows)?, String::from_utf8(text.to_vec()).ok()?));
        bytes = rest;
    }
    Some(found)
}
