//! A chunk's file: a header, columns of little-endian numbers, the errors' texts, the kept trajectories as Parquet,
//! and the SHA-256 of all that. A missing number is NaN here, and only here.

use super::manifest::Manifest;
use crate::batch::{Chunk, Row};
use crate::scenario::sweep::Level;
use crate::trajectory::ColumnType;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

const MAGIC: &[u8; 16] = b"catchup chunk  1";
const HEADER: usize = 16 + 32 + 8 * 8;
const HASH: usize = 32;

/// Bytes read at a time, whole numbers.
const BUFFER: usize = 1 << 16;

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

/// Stands where there is no verdict.
const NO_VERDICT: u8 = u8::MAX;

/// The rows of a chunk by columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Block {
    /// Number of its first draw.
    pub first: u64,
    /// Rows: draws × variants.
    pub rows: usize,
    /// One column per varied key, one entry per draw.
    pub drawn: Vec<Vec<f64>>,
    /// [`NUMBERS`] columns, one entry per row; NaN where missing.
    pub numbers: Vec<Vec<f64>>,
    /// Index into [`Verdict::ALL`], its length where there is none; one per row.
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

/// Makes `bytes` those of a chunk's file; `trajectories`: the kept ones as Parquet.
///
/// # Errors
/// Where the chunk is none of this sweep.
pub(super) fn encode(
    chunk: &Chunk,
    trajectories: &[u8],
    manifest: &Manifest,
    bytes: &mut Vec<u8>,
) -> Result<(), &'static str> {
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
    let size = HEADER + 8 * chunk.drawn.iter().map(Vec::len).sum::<usize>() + rows * (8 * NUMBERS + 1) + errors.len();
    bytes.clear();
    bytes.reserve(size + trajectories.len() + HASH);
    bytes.extend(MAGIC);
    bytes.extend(manifest.fingerprint);
    bytes.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(chunk.drawn.iter().flatten().flat_map(|value| value.to_le_bytes()));
    let columns = bytes.len();
    bytes.resize(columns + 8 * NUMBERS * rows, 0);
    for (i, row) in chunk.rows.iter().enumerate() {
        for (column, value) in measures(row).into_iter().enumerate() {
            let value = value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
            bytes[columns + 8 * (column * rows + i)..][..8].copy_from_slice(&value.to_le_bytes());
        }
    }
    let verdict = |row: &Row| row.verdict.map_or(NO_VERDICT, |verdict| verdict as u8);
    bytes.extend(chunk.rows.iter().map(verdict));
    bytes.extend(errors);
    bytes.extend(trajectories);
    let hash = Sha256::digest(&*bytes);
    bytes.extend(hash);
    Ok(())
}

/// A chunk's file, its header read and found to be of this sweep, this place and this length.
struct Reading {
    file: File,
    hash: Sha256,
    draws: usize,
    failed: u64,
    /// Lengths of columns, of errors, and of trajectories.
    lengths: [u64; 3],
    /// What was read last, a little at a time: it is still near when it is hashed and used.
    buffer: Vec<u8>,
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
        let buffer = vec![0; BUFFER];
        Ok(Self { file, hash, draws, failed, lengths: [columns, errors, trajectories], buffer })
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

    /// Shows `see` the next `length` bytes, in parts of whole numbers where they are numbers.
    fn each(&mut self, mut length: u64, mut see: impl FnMut(&[u8])) -> Result<(), Damage> {
        while length > 0 {
            let part = length.min(BUFFER as u64);
            #[expect(clippy::cast_possible_truncation, reason = "no more than the buffer")]
            let part_of = &mut self.buffer[..part as usize];
            self.file.read_exact(part_of)?;
            self.hash.update(&*part_of);
            see(part_of);
            length -= part;
        }
        Ok(())
    }

    fn skip(&mut self, length: u64) -> Result<(), Damage> {
        self.each(length, |_| ())
    }

    /// Makes `column` the next `entries` numbers.
    fn numbers(&mut self, entries: usize, column: &mut Vec<f64>) -> Result<(), Damage> {
        column.clear();
        column.reserve_exact(entries);
        self.each(8 * entries as u64, |bytes| extend(column, bytes))
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

/// Makes `block` the rows of a chunk's file, checked to the last bit; where that fails, it is good for nothing but to be
/// filled again.
pub(super) fn read(path: &Path, index: u64, manifest: &Manifest, block: &mut Block) -> Result<(), Damage> {
    let mut reading = Reading::open(path, index, manifest)?;
    let [_, errors, trajectories] = reading.lengths;
    let draws = reading.draws;
    block.first = manifest.draws(index).0;
    block.rows = draws * manifest.plan.variants.len();
    block.drawn.resize_with(manifest.plan.vary.len(), Vec::new);
    block.drawn.iter_mut().try_for_each(|column| reading.numbers(draws, column))?;
    block.numbers.resize_with(NUMBERS, Vec::new);
    block.numbers.iter_mut().try_for_each(|column| reading.numbers(block.rows, column))?;
    block.verdicts.clear();
    block.verdicts.reserve_exact(block.rows);
    reading.each(block.rows as u64, |bytes| block.verdicts.extend(bytes))?;
    let errors = reading.take(errors)?;
    reading.skip(trajectories)?;
    reading.check()?;
    block.errors = texts(&errors, block.rows).ok_or(Damage::Damaged)?;
    Ok(())
}

/// Makes `block` the number columns `wanted` of a chunk's file, all that quantiles need. Whoever calls has [`read`] the
/// file before, under the same lock: it is not hashed once more.
pub(super) fn read_numbers(
    path: &Path,
    index: u64,
    manifest: &Manifest,
    wanted: &[bool; NUMBERS],
    block: &mut Block,
) -> Result<(), Damage> {
    let Reading { mut file, draws, mut buffer, .. } = Reading::open(path, index, manifest)?;
    block.rows = draws * manifest.plan.variants.len();
    let first = HEADER + 8 * draws * manifest.plan.vary.len();
    block.numbers.resize_with(NUMBERS, Vec::new);
    for (i, column) in block.numbers.iter_mut().enumerate().filter(|(i, _)| wanted[*i]) {
        // As long as the whole file was seen to be.
        file.seek(SeekFrom::Start((first + 8 * i * block.rows) as u64))?;
        column.clear();
        column.reserve_exact(block.rows);
        while column.len() < block.rows {
            let part = &mut buffer[..BUFFER.min(8 * (block.rows - column.len()))];
            file.read_exact(part)?;
            extend(column, part);
        }
    }
    Ok(())
}

fn extend(column: &mut Vec<f64>, bytes: &[u8]) {
    column.extend(bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap_or_default())));
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
