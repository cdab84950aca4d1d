//! A chunk's file: a header, columns of little-endian numbers, the errors' texts, the kept trajectories as Parquet,
//! and the SHA-256 of all that. A missing number is NaN here, and only here.

use super::Draws;
use super::manifest::Manifest;
use super::pieces::Piece;
use crate::batch::{AtDate, Chunk, Kind};
use crate::measure::Measure;
use crate::scenario::sweep::Level;
use crate::table::ColumnType;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

const MAGIC: &[u8; 16] = b"catchup chunk  5";
const HEADER: usize = 16 + 32 + 8 * 8;
const HASH: usize = 32;

/// Bytes read at a time, whole numbers.
const BUFFER: usize = 1 << 16;

/// Columns of numbers of every run: the measures, then the externality. After them w_P at each date.
pub(super) const NUMBERS: usize = Measure::COUNT + 1;

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
    chunk.measures.iter().chain([&chunk.externality]).chain(chunk.dates.iter().map(|date| &date.w_P))
}

/// The columns of codes, in the order of the file.
fn codes(chunk: &Chunk) -> impl Iterator<Item = &Vec<u8>> {
    chunk.kinds.iter().chain(chunk.dates.iter().map(|date| &date.regimes))
}

/// Bytes of a run that is looked at on so many dates.
fn bytes_of_run(dates: usize) -> usize {
    8 * (NUMBERS + dates) + Kind::COUNT + dates
}

fn put(bytes: &mut Vec<u8>, numbers: &[f64]) {
    let begin = bytes.len();
    bytes.resize(begin + 8 * numbers.len(), 0);
    for (bytes, number) in bytes[begin..].chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
}

/// The draws of a chunk.
pub(super) fn draws_of(chunk: &Chunk, manifest: &Manifest) -> Draws {
    chunk.first..chunk.first + (chunk.runs() / manifest.plan.variants.len().max(1)) as u64
}

/// Whether `chunk` is one of the sweep; why not, in words.
fn fits(chunk: &Chunk, manifest: &Manifest) -> Result<(), &'static str> {
    let plan = &manifest.plan;
    let all = draws_of(chunk, manifest);
    if all.is_empty() || all.end > plan.draws || chunk.drawn.len() != plan.vary.len() {
        return Err("the chunk has no place in the sweep");
    }
    let draws = all.end - all.start;
    if chunk.drawn.iter().any(|column| column.len() as u64 != draws)
        || chunk.runs() as u64 != draws * plan.variants.len() as u64
        || numbers(chunk).any(|column| column.len() != chunk.runs())
        || chunk.dates.len() != plan.dates.len()
        || codes(chunk).any(|column| column.len() != chunk.runs())
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
    let draws = draws_of(chunk, manifest);
    let plan = &manifest.plan;
    let head = [
        draws.start,
        draws.end - draws.start,
        manifest.kept(&draws),
        plan.variants.len() as u64,
        plan.vary.len() as u64,
        chunk.errors.len() as u64,
        errors.len() as u64,
        trajectories.len() as u64,
    ];
    let rows = chunk.runs();
    let size = HEADER
        + 8 * chunk.drawn.iter().map(Vec::len).sum::<usize>()
        + rows * bytes_of_run(chunk.dates.len())
        + errors.len();
    bytes.clear();
    bytes.reserve(size + trajectories.len() + HASH);
    bytes.extend(MAGIC);
    bytes.extend(manifest.series);
    bytes.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    chunk.drawn.iter().chain(numbers(chunk)).for_each(|column| put(bytes, column));
    codes(chunk).for_each(|column| bytes.extend(column));
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
    /// Draws, and of these the ones that are wanted.
    draws: usize,
    used: Range<usize>,
    failed: u64,
    /// Lengths of columns, of errors, and of trajectories.
    lengths: [u64; 3],
    /// What was read last, a little at a time: it is still near when it is hashed and used.
    buffer: Vec<u8>,
}

impl Reading {
    fn open(piece: &Piece, manifest: &Manifest) -> Result<Self, Damage> {
        let mut file = File::open(&piece.path)?;
        let length = file.metadata()?.len();
        let mut header = [0; HEADER];
        file.read_exact(&mut header)?;
        let mut number =
            header[48..].chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()));
        let mut next = || number.next().unwrap_or_default();
        let draws = piece.draws.end - piece.draws.start;
        let (variants, varied) = (manifest.plan.variants.len() as u64, manifest.plan.vary.len() as u64);
        let kept = manifest.kept(&piece.draws);
        let place = [next(), next(), next(), next(), next()] == [piece.draws.start, draws, kept, variants, varied];
        let (failed, errors, trajectories) = (next(), next(), next());
        if header[..16] != MAGIC[..] || header[16..48] != manifest.series || !place {
            return Err(Damage::Damaged);
        }
        // The numbers of the file may be anything.
        let each = 8 * varied + variants * bytes_of_run(manifest.plan.dates.len()) as u64;
        let columns = draws.checked_mul(each).ok_or(Damage::Damaged)?;
        let total =
            [columns, errors, trajectories, (HEADER + HASH) as u64].iter().try_fold(0u64, |a, &b| a.checked_add(b));
        if total != Some(length) {
            return Err(Damage::Damaged);
        }
        let hash = Sha256::new_with_prefix(header);
        let draws = usize::try_from(draws).map_err(|_| Damage::Damaged)?;
        let begin = piece.skipped();
        let used = begin..begin + usize::try_from(piece.len()).map_err(|_| Damage::Damaged)?;
        let buffer = vec![0; BUFFER];
        Ok(Self { file, hash, draws, used, failed, lengths: [columns, errors, trajectories], buffer })
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

/// Checks a chunk's file to the last bit; returns how many of the runs that are wanted of it failed.
pub(super) fn verify(piece: &Piece, manifest: &Manifest) -> Result<u64, Damage> {
    let mut reading = Reading::open(piece, manifest)?;
    let variants = manifest.plan.variants.len();
    let [columns, errors, trajectories] = reading.lengths;
    reading.skip(columns)?;
    let rows = reading.draws * variants;
    let failed = if piece.used == piece.draws {
        reading.skip(errors)?;
        reading.failed
    } else {
        let errors = texts(&reading.take(errors)?, rows).ok_or(Damage::Damaged)?;
        errors.iter().filter(|(row, _)| reading.used.contains(&(row / variants))).count() as u64
    };
    reading.skip(trajectories)?;
    reading.check().map(|()| failed)
}

/// What the head of a chunk's file says of how many of its runs failed; its content is not looked at.
pub(super) fn peek(piece: &Piece, manifest: &Manifest) -> Result<u64, Damage> {
    Reading::open(piece, manifest).map(|reading| reading.failed)
}

/// Makes `chunk` what is wanted of a file but for its trajectories, checked to the last bit; where that fails, it is good
/// for nothing but to be filled again.
pub(super) fn read(piece: &Piece, manifest: &Manifest, chunk: &mut Chunk) -> Result<(), Damage> {
    let mut reading = Reading::open(piece, manifest)?;
    let [_, errors, trajectories] = reading.lengths;
    let (draws, used) = (reading.draws, reading.used.clone());
    let runs = draws * manifest.plan.variants.len();
    chunk.clear();
    chunk.first = piece.draws.start;
    chunk.drawn.resize_with(manifest.plan.vary.len(), Vec::new);
    chunk.drawn.iter_mut().try_for_each(|column| reading.numbers(draws, column))?;
    chunk.measures.iter_mut().try_for_each(|column| reading.numbers(runs, column))?;
    reading.numbers(runs, &mut chunk.externality)?;
    chunk.dates.resize_with(manifest.plan.dates.len(), AtDate::default);
    chunk.dates.iter_mut().try_for_each(|date| reading.numbers(runs, &mut date.w_P))?;
    for column in chunk.kinds.iter_mut().chain(chunk.dates.iter_mut().map(|date| &mut date.regimes)) {
        column.reserve_exact(runs);
        reading.each(runs as u64, |bytes| column.extend(bytes))?;
    }
    let errors = reading.take(errors)?;
    reading.skip(trajectories)?;
    reading.check()?;
    chunk.errors = texts(&errors, runs).ok_or(Damage::Damaged)?;
    if used != (0..draws) {
        chunk.keep(used, manifest.plan.variants.len());
    }
    Ok(())
}

/// Makes `chunk` the columns of numbers `wanted` of what is wanted of a file, all that quantiles need. Whoever calls has [`read`] the
/// file before, under the same lock: it is not hashed once more.
pub(super) fn read_numbers(
    piece: &Piece,
    manifest: &Manifest,
    wanted: &[bool],
    chunk: &mut Chunk,
) -> Result<(), Damage> {
    let Reading { mut file, draws, used, mut buffer, .. } = Reading::open(piece, manifest)?;
    let variants = manifest.plan.variants.len();
    let (all, runs) = (draws * variants, used.len() * variants);
    let first = HEADER + 8 * draws * manifest.plan.vary.len() + 8 * used.start * variants;
    chunk.clear();
    chunk.dates.resize_with(manifest.plan.dates.len(), AtDate::default);
    let dates = chunk.dates.iter_mut().map(|date| &mut date.w_P);
    let columns = chunk.measures.iter_mut().chain([&mut chunk.externality]).chain(dates);
    for (i, column) in columns.enumerate().filter(|(i, _)| wanted.get(*i) == Some(&true)) {
        // As long as the whole file was seen to be.
        file.seek(SeekFrom::Start((first + 8 * i * all) as u64))?;
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
pub(super) fn read_trajectories(piece: &Piece, manifest: &Manifest) -> Result<Vec<u8>, Damage> {
    let mut reading = Reading::open(piece, manifest)?;
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
