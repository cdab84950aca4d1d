//! A chunk's file: a header, columns of little-endian numbers, the errors' texts, the kept trajectories as Parquet,
//! and the SHA-256 of all that. A missing number is NaN here, and only here.

use super::manifest::Manifest;
use crate::batch::{Chunk, Kind};
use crate::measure::Measure;
use crate::scenario::sweep::Level;
use crate::table::ColumnType;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

const MAGIC: &[u8; 16] = b"catchup chunk  4";
const HEADER: usize = 16 + 32 + 8 * 8;
const HASH: usize = 32;

/// Bytes read at a time, whole numbers.
const BUFFER: usize = 1 << 16;

/// Columns of numbers of a run: the measures, the externality, then two for each date.
fn columns_of_numbers(manifest: &Manifest) -> usize {
    Measure::COUNT + 1 + 2 * manifest.plan.dates.len()
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

/// The columns of numbers, in the order of the file.
fn numbers(chunk: &Chunk) -> impl Iterator<Item = &Vec<f64>> {
    chunk.measures.iter().chain([&chunk.externality]).chain(&chunk.dated)
}

fn put(bytes: &mut Vec<u8>, numbers: &[f64]) {
    let begin = bytes.len();
    bytes.resize(begin + 8 * numbers.len(), 0);
    for (bytes, number) in bytes[begin..].chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
}

/// Whether `chunk` is the one that the sweep has at its place; why not, in words.
fn fits(chunk: &Chunk, manifest: &Manifest) -> Result<(), &'static str> {
    let (first, draws) = manifest.draws(chunk.index);
    let plan = &manifest.plan;
    if draws == 0 || chunk.first != first || chunk.drawn.len() != plan.vary.len() {
        return Err("the chunk has no place in the sweep");
    }
    if chunk.drawn.iter().any(|column| column.len() as u64 != draws)
        || chunk.runs() as u64 != draws * plan.variants.len() as u64
        || chunk.dated.len() != 2 * plan.dates.len()
        || numbers(chunk).any(|column| column.len() != chunk.runs())
        || chunk.kinds.iter().any(|column| column.len() != chunk.runs())
        || chunk.errors.last().is_some_and(|(row, _)| *row >= chunk.runs())
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
    for (row, error) in &chunk.errors {
        errors.extend((*row as u64).to_le_bytes());
        errors.extend((error.len() as u64).to_le_bytes());
        errors.extend(error.as_bytes());
    }
    let (first, draws) = manifest.draws(chunk.index);
    let plan = &manifest.plan;
    let head = [
        chunk.index,
        first,
        draws,
        plan.variants.len() as u64,
        plan.vary.len() as u64,
        chunk.errors.len() as u64,
        errors.len() as u64,
        trajectories.len() as u64,
    ];
    let rows = chunk.runs();
    let size = HEADER
        + 8 * chunk.drawn.iter().map(Vec::len).sum::<usize>()
        + rows * (8 * columns_of_numbers(manifest) + Kind::COUNT)
        + errors.len();
    bytes.clear();
    bytes.reserve(size + trajectories.len() + HASH);
    bytes.extend(MAGIC);
    bytes.extend(manifest.fingerprint);
    bytes.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    chunk.drawn.iter().chain(numbers(chunk)).for_each(|column| put(bytes, column));
    chunk.kinds.iter().for_each(|column| bytes.extend(column));
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
        let of_a_run = 8 * columns_of_numbers(manifest) + Kind::COUNT;
        let columns = 8 * draws * varied + draws * variants * of_a_run as u64;
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

/// Makes `chunk` the one of a file but for its trajectories, checked to the last bit; where that fails, it is good for
/// nothing but to be filled again.
pub(super) fn read(path: &Path, index: u64, manifest: &Manifest, chunk: &mut Chunk) -> Result<(), Damage> {
    let mut reading = Reading::open(path, index, manifest)?;
    let [_, errors, trajectories] = reading.lengths;
    let draws = reading.draws;
    let runs = draws * manifest.plan.variants.len();
    chunk.clear();
    (chunk.index, chunk.first) = (index, manifest.draws(index).0);
    chunk.drawn.resize_with(manifest.plan.vary.len(), Vec::new);
    chunk.drawn.iter_mut().try_for_each(|column| reading.numbers(draws, column))?;
    chunk.measures.iter_mut().try_for_each(|column| reading.numbers(runs, column))?;
    reading.numbers(runs, &mut chunk.externality)?;
    chunk.dated.resize_with(2 * manifest.plan.dates.len(), Vec::new);
    chunk.dated.iter_mut().try_for_each(|column| reading.numbers(runs, column))?;
    for column in &mut chunk.kinds {
        column.reserve_exact(runs);
        reading.each(runs as u64, |bytes| column.extend(bytes))?;
    }
    let errors = reading.take(errors)?;
    reading.skip(trajectories)?;
    reading.check()?;
    chunk.errors = texts(&errors, runs).ok_or(Damage::Damaged)?;
    Ok(())
}

/// Makes `chunk` the measures `wanted` of a chunk's file, all that quantiles need. Whoever calls has [`read`] the file
/// before, under the same lock: it is not hashed once more.
pub(super) fn read_measures(
    path: &Path,
    index: u64,
    manifest: &Manifest,
    wanted: &[bool; Measure::COUNT],
    chunk: &mut Chunk,
) -> Result<(), Damage> {
    let Reading { mut file, draws, mut buffer, .. } = Reading::open(path, index, manifest)?;
    let runs = draws * manifest.plan.variants.len();
    let first = HEADER + 8 * draws * manifest.plan.vary.len();
    chunk.clear();
    for (i, column) in chunk.measures.iter_mut().enumerate().filter(|(i, _)| wanted[*i]) {
        // As long as the whole file was seen to be.
        file.seek(SeekFrom::Start((first + 8 * i * runs) as u64))?;
        column.reserve_exact(runs);
        while column.len() < runs {
            let part = &mut buffer[..BUFFER.min(8 * (runs - column.len()))];
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
