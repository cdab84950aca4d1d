//! Chunks → tables, streaming: rows are cut into row groups counted from row 0, each encoded on all threads while the
//! one before it is written. Blocks, encoded columns and texts keep their memory for those that follow, so that it does
//! not grow with the number of rows.

use super::super::stage::{Draft, Stage, Staged};
use super::super::write::{self, Lines, header};
use super::super::{json, mark, package};
use super::chunk::{self, Damage};
use super::columnar::{Encoded, Layout, PART, failed, splice};
use super::manifest::Manifest;
use super::pieces::Piece;
use super::statistics::{self, Statistics};
use super::trajectories::{Feed, Groups};
use super::{Outcome, trajectories};
use crate::batch::Chunk;
use crate::control::Control;
use crate::error::{Error, Kind};
use crate::table::{Cells, Column, fields};
use bytes::Bytes;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows in a row group.
const GROUP: usize = 1 << 16;

/// Rows whose CSV text one thread makes at a time.
const PIECE: usize = 1 << 12;

/// Consecutive runs of one chunk.
type Slice<'a> = (&'a Chunk, Range<usize>);

/// Where the chunks of a sweep stand.
pub(super) struct Chunks<'a> {
    pub manifest: &'a Manifest,
    /// Their draws, in order: all of them where the tables are those of a finished sweep.
    pub pieces: Vec<Piece>,
}

/// Where things go wrong while a folder is being put together.
pub(super) enum Trouble {
    Stopped,
    /// A chunk that is not whole.
    Chunk(PathBuf, Damage),
    /// A file that could not be written.
    Write(&'static str, io::Error),
}

/// The table of runs: its columns, and how it is written.
struct Table {
    columns: Vec<Column<'static, Chunk>>,
    layout: Layout,
    csv: bool,
}

impl Table {
    /// The values of column `i` in the runs of `slices`.
    fn cells(&self, i: usize, slices: &[Slice<'_>]) -> Cells {
        let mut cells = self.columns[i].cells();
        slices.iter().for_each(|(chunk, runs)| self.columns[i].read(chunk, runs.clone(), &mut cells));
        cells
    }
}

/// A row group as it is written.
#[derive(Default)]
struct Group {
    columns: Vec<Encoded>,
    texts: Vec<(Lines, Vec<u8>)>,
    /// How many of the texts are this group's; the others are memory.
    pieces: usize,
}

/// What a table of chunks that stand holds.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub rows: u64,
    /// Rows of runs that failed.
    pub failed: u64,
    /// Chunks that were there and are no more.
    pub gone: u64,
}

/// What the first pass over the chunks finds.
struct Pass {
    failed: u64,
    first_error: Option<(u64, String, String)>,
    statistics: Statistics,
}

/// Blocks on their way into row groups.
#[derive(Default)]
struct Queue {
    /// Place of the chunk after them.
    next: usize,
    blocks: Vec<Chunk>,
    /// Rows of the first block that are in a row group already.
    begun: usize,
    /// Blocks that are done: memory for others.
    spare: Vec<Chunk>,
}

impl Queue {
    fn rows(&self) -> usize {
        self.blocks.iter().map(Chunk::runs).sum::<usize>() - self.begun
    }

    /// The next rows, `wanted` of them or all that are left, in pieces of `piece`.
    fn cut(&self, wanted: usize, piece: usize) -> Vec<Vec<Slice<'_>>> {
        let mut pieces: Vec<Vec<Slice<'_>>> = Vec::new();
        let (mut taken, mut begun) = (0, self.begun);
        for block in &self.blocks {
            while begun < block.runs() && taken < wanted {
                if taken % piece == 0 {
                    pieces.push(Vec::new());
                }
                let part = (block.runs() - begun).min(piece - taken % piece).min(wanted - taken);
                if let Some(piece) = pieces.last_mut() {
                    piece.push((block, begun..begun + part));
                }
                begun += part;
                taken += part;
            }
            begun = 0;
        }
        pieces
    }

    /// Is done with the next `rows` rows.
    fn advance(&mut self, rows: usize) {
        self.begun += rows;
        while let Some(first) = self.blocks.first().filter(|first| first.runs() <= self.begun) {
            self.begun -= first.runs();
            self.spare.push(self.blocks.remove(0));
        }
    }
}

impl Chunks<'_> {
    /// Takes as many chunks into the queue as hold `rows` rows.
    fn read(
        &self,
        queue: &mut Queue,
        rows: usize,
        how: impl Fn(&Piece, &Manifest, &mut Chunk) -> Result<(), Damage> + Sync,
    ) -> Result<(), Trouble> {
        let variants = self.manifest.plan.variants.len() as u64;
        let next = queue.next;
        let mut missing = rows as u64;
        while let Some(piece) = self.pieces.get(queue.next).filter(|_| missing > 0) {
            missing = missing.saturating_sub(piece.len() * variants);
            queue.next += 1;
        }
        let begin = queue.blocks.len();
        queue.blocks.extend((next..queue.next).map(|_| queue.spare.pop().unwrap_or_default()));
        queue.blocks[begin..].par_iter_mut().zip(&self.pieces[next..queue.next]).try_for_each(|(block, piece)| {
            how(piece, self.manifest, block).map_err(|damage| Trouble::Chunk(piece.path.clone(), damage))
        })
    }

    /// Writes the tables of runs but for their last sync.
    fn tables(&self, parquet: Draft, csv: Option<Draft>, control: &Control) -> Result<(Pass, Out), Trouble> {
        let plan = &self.manifest.plan;
        let wrong = |error| Trouble::Write("runs.parquet", error);
        let columns = plan.meaning().columns();
        let fields = fields(&columns);
        let table = Table { columns, layout: Layout::new(&fields).map_err(wrong)?, csv: csv.is_some() };
        let mut out = Out { parquet: table.layout.file(parquet).map_err(wrong)?, csv };
        append(out.csv.as_mut(), [header(&fields).as_bytes()]).map_err(|error| Trouble::Write("runs.csv", error))?;
        let mut pass = Pass { failed: 0, first_error: None, statistics: Statistics::new(plan) };
        let mut queue = Queue::default();
        let (mut making, mut ready) = (Group::default(), None);
        loop {
            control.step().map_err(|_| Trouble::Stopped)?;
            let made = || self.group(&mut queue, &mut pass, &table, &mut making);
            let (made, written) = rayon::join(made, || ready.as_mut().map_or(Ok(()), |ready| out.write(ready)));
            written?;
            if !made? {
                return Ok((pass, out));
            }
            making = ready.replace(making).unwrap_or_default();
        }
    }

    /// Makes `group` the next row group; whether there is one.
    fn group(&self, queue: &mut Queue, pass: &mut Pass, table: &Table, group: &mut Group) -> Result<bool, Trouble> {
        let seen = queue.blocks.len();
        let missing = GROUP.saturating_sub(queue.rows());
        self.read(queue, missing, chunk::read)?;
        for block in &queue.blocks[seen..] {
            pass.failed += block.errors.len() as u64;
            if let (None, Some((row, why))) = (&pass.first_error, block.errors.first()) {
                let names = &self.manifest.plan.variants;
                let run = block.first + (row / names.len()) as u64;
                pass.first_error = Some((run, names[row % names.len()].clone(), why.clone()));
            }
        }
        let rows = queue.rows().min(GROUP);
        if rows == 0 {
            return Ok(false);
        }
        let parts = queue.cut(GROUP, PART);
        let pieces = if table.csv { queue.cut(GROUP, PIECE) } else { Vec::new() };
        let Group { columns, texts, pieces: count } = group;
        let (encoded, ()) = rayon::join(
            || table.layout.encode(columns, |i| parts.iter().map(move |part| table.cells(i, part))),
            || {
                rayon::join(
                    || pass.statistics.take_in(&queue.blocks[seen..]),
                    || {
                        *count = pieces.len();
                        texts.resize_with(texts.len().max(*count), Default::default);
                        pieces.par_iter().zip(texts).for_each(|(piece, (lines, text))| {
                            text.clear();
                            lines.add(&table.columns, piece, text);
                        });
                    },
                );
            },
        );
        encoded.map_err(|error| Trouble::Write("runs.parquet", error))?;
        queue.advance(rows);
        Ok(true)
    }

    /// Writes the rows of the chunks that stand; those that do not stand whole are left out. Returns how many rows there are,
    /// how many of them failed, and how many chunks were gone.
    pub fn rows<W: Write + Send>(&self, out: W, control: &Control) -> Result<Rows, Trouble> {
        let plan = &self.manifest.plan;
        let wrong = |error| Trouble::Write("the table", error);
        let columns = plan.meaning().columns();
        let layout = Layout::new(&fields(&columns)).map_err(wrong)?;
        let table = &Table { columns, layout, csv: false };
        let mut file = table.layout.file(out).map_err(wrong)?;
        let (mut queue, mut group, mut told) = (Queue::default(), Vec::new(), Rows::default());
        let gone = AtomicU64::new(0);
        loop {
            control.step().map_err(|_| Trouble::Stopped)?;
            while queue.rows() < GROUP && queue.next < self.pieces.len() {
                let seen = queue.blocks.len();
                let missing = GROUP - queue.rows();
                self.read(&mut queue, missing, |piece, manifest, block| match chunk::read(piece, manifest, block) {
                    Err(Damage::Io(error)) => Err(Damage::Io(error)),
                    Err(damage) => {
                        gone.fetch_add(u64::from(matches!(damage, Damage::Missing)), Ordering::Relaxed);
                        block.clear();
                        Ok(())
                    }
                    Ok(()) => Ok(()),
                })?;
                told.failed += queue.blocks[seen..].iter().map(|block| block.errors.len() as u64).sum::<u64>();
            }
            let rows = queue.rows().min(GROUP);
            if rows == 0 {
                break;
            }
            let parts = queue.cut(GROUP, PART);
            let cells = |i| parts.iter().map(move |part| table.cells(i, part));
            table.layout.encode(&mut group, cells).map_err(wrong)?;
            splice(&mut file, &mut group).map_err(wrong)?;
            queue.advance(rows);
            told.rows += rows as u64;
        }
        told.gone = gone.into_inner();
        file.into_inner().map_err(failed).and_then(|mut out| out.flush()).map_err(wrong)?;
        Ok(told)
    }

    fn more_passes(&self, statistics: &mut Statistics, control: &Control) -> Result<(), Trouble> {
        let mut queue = Queue::default();
        while statistics.narrow() {
            let wanted = statistics.wanted();
            queue.next = 0;
            while queue.next < self.pieces.len() {
                control.step().map_err(|_| Trouble::Stopped)?;
                self.read(&mut queue, GROUP, |piece, manifest, block| {
                    chunk::read_numbers(piece, manifest, &wanted, block)
                })?;
                statistics.take_in(&queue.blocks);
                queue.advance(queue.rows());
            }
        }
        Ok(())
    }

    fn trajectories(&self, draft: Draft, control: &Control) -> Result<Staged, Trouble> {
        const FILE: &str = "trajectories.parquet";
        let wrong = |error| Trouble::Write(FILE, error);
        let variants = &self.manifest.plan.variants;
        let layout = trajectories::layout(variants).map_err(wrong)?;
        let mut groups = Groups::new(&layout, draft, variants).map_err(wrong)?;
        for piece in self.pieces.iter().filter(|piece| self.manifest.kept(&piece.used) > 0) {
            control.step().map_err(|_| Trouble::Stopped)?;
            let damaged = |damage| Trouble::Chunk(piece.path.clone(), damage);
            let bytes = chunk::read_trajectories(piece, self.manifest).map_err(damaged)?;
            if !bytes.is_empty() {
                let feed = Feed::open(Bytes::from(bytes), variants);
                let mut feed = feed.ok_or_else(|| damaged(Damage::Damaged))?;
                feed.pass(&piece.used, &mut groups).map_err(wrong)?;
            }
        }
        groups.finish().and_then(Draft::finish).map_err(wrong)
    }
}

/// The tables of runs being written.
struct Out {
    parquet: SerializedFileWriter<Draft>,
    csv: Option<Draft>,
}

impl Out {
    fn write(&mut self, group: &mut Group) -> Result<(), Trouble> {
        let Self { parquet, csv } = self;
        let (columns, texts) = (&mut group.columns, &group.texts[..group.pieces]);
        let texts = texts.iter().map(|(_, text)| text.as_slice());
        let (parquet, csv) = rayon::join(|| splice(parquet, columns), || append(csv.as_mut(), texts));
        parquet.map_err(|error| Trouble::Write("runs.parquet", error))?;
        csv.map_err(|error| Trouble::Write("runs.csv", error))
    }

    /// Syncs the files, each as it went.
    fn finish(self) -> Vec<Result<Staged, Trouble>> {
        let (parquet, csv) = rayon::join(
            || self.parquet.into_inner().map_err(failed).and_then(Draft::finish),
            || self.csv.map(Draft::finish),
        );
        let parquet = parquet.map_err(|error| Trouble::Write("runs.parquet", error));
        let csv = csv.map(|csv| csv.map_err(|error| Trouble::Write("runs.csv", error)));
        std::iter::once(parquet).chain(csv).collect()
    }
}

fn append<'a>(csv: Option<&mut Draft>, texts: impl IntoIterator<Item = &'a [u8]>) -> io::Result<()> {
    csv.map_or(Ok(()), |csv| texts.into_iter().try_for_each(|text| csv.write_all(text)))
}

/// Makes the files of a finished sweep in `stage`, of chunks that all stand.
///
/// # Errors
/// Where a chunk is not whole or a file cannot be written: the folder is then as it was, and so are the chunks.
pub(super) fn assemble(
    chunks: &Chunks<'_>,
    folder: &Path,
    mut stage: Stage,
    csv: bool,
    control: &Control,
) -> Result<Outcome, Error> {
    let trouble = |trouble| match trouble {
        Trouble::Stopped => Error::stopped(),
        Trouble::Chunk(_, Damage::Io(error)) => Error::io("read a chunk", error, KEPT),
        Trouble::Chunk(path, damage) => {
            let state = if matches!(damage, Damage::Missing) { "missing" } else { "damaged" };
            parts_do_not_fit(&[format!("{} is {state}", path.display())], NOT_WHOLE, false)
        }
        Trouble::Write(name, error) => unwritten(folder, name, error),
    };
    let draft =
        |stage: &mut Stage, name: &'static str| stage.draft(name).map_err(|error| unwritten(folder, name, error));
    let manifest = chunks.manifest;
    let plan = &manifest.plan;
    let parquet = draft(&mut stage, "runs.parquet")?;
    let text = if csv { Some(draft(&mut stage, "runs.csv")?) } else { None };
    let (mut pass, out) = chunks.tables(parquet, text, control).map_err(trouble)?;
    let kept = if !plan.keep.is_none() { Some(draft(&mut stage, "trajectories.parquet")?) } else { None };
    // Disks take their time: what is left to read is read meanwhile.
    let (files, (kept, passed)) = rayon::join(
        || out.finish(),
        || {
            let kept = kept.map(|draft| chunks.trajectories(draft, control));
            (kept, chunks.more_passes(&mut pass.statistics, control))
        },
    );
    // Those that stand are the stage's, to keep or to remove, whatever happened to others.
    let stands = |all: Result<(), Trouble>, file: Result<_, _>| all.and(file.map(|file| stage.keep(file)));
    files.into_iter().chain(kept).fold(Ok(()), stands).and(passed).map_err(trouble)?;
    let summary = pass.statistics.rows(plan);
    let outcome = Outcome {
        folder: folder.to_owned(),
        runs: manifest.runs(),
        failed: pass.failed,
        first_error: pass.first_error,
        summary,
    };
    let last = |error: Error| if error.kind == Kind::Io { error.note(KEPT) } else { error };
    stage
        .file("summary.csv", control, |out| {
            out.write_all(write::csv(&statistics::columns(), &*outcome.summary, outcome.summary.len()).as_bytes())
        })
        .map_err(last)?;
    stage.file("sweep.toml", control, |out| out.write_all(plan.resolved.as_bytes())).map_err(last)?;
    let package = package::of_sweep(manifest, &outcome, stage.files());
    stage.file(mark::FILE, control, |out| json(out, &package)).map_err(last)?;
    stage.commit().map_err(last)?;
    Ok(outcome)
}

/// What stands where a sweep could not be finished.
pub(super) const KEPT: &str = "the finished chunks are kept: the same command goes on where this one stopped";

/// What to do where a chunk is not whole.
pub(super) const NOT_WHOLE: &str = "run the sweep, or the shard that holds it, again: it computes what is not whole";

/// The parts of a sweep are not all there, once, whole and of one sweep (`foreign`: some are of another).
pub(super) fn parts_do_not_fit(problems: &[String], hint: &str, foreign: bool) -> Error {
    let kind = if foreign { Kind::Foreign } else { Kind::Failed };
    Error::new(kind, format!("the parts of the sweep do not fit together: {}", problems.join("; ")))
        .note("they were left as they are")
        .hint(hint)
}

fn unwritten(folder: &Path, name: &str, error: io::Error) -> Error {
    Error::io(format_args!("write {}", folder.join(name).display()), error, KEPT)
}
