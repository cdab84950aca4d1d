//! Chunks → tables, streaming: rows are cut into row groups counted from row 0, encoded on all threads and written in
//! their order while the next ones are being encoded.

use super::super::stage::{Draft, Stage, Staged};
use super::super::{RecordError, json, package, tables};
use super::chunk::{self, Block, Damage};
use super::columnar::{Encoded, Layout, failed, splice, splice_file};
use super::manifest::Manifest;
use super::rows::{self, Csv, Slice};
use super::statistics::Statistics;
use super::{Outcome, trajectories};
use crate::control::Control;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows in a row group.
const GROUP: usize = 1 << 16;

/// Row groups encoded together: bounds the memory, whatever the number of threads.
const TOGETHER: usize = 2;

/// Rows whose CSV text one thread makes at a time.
const PIECE: usize = 1 << 13;

/// Where the chunks of a sweep stand.
pub(super) struct Chunks<'a> {
    pub manifest: &'a Manifest,
    /// The file of a chunk.
    pub path: &'a (dyn Fn(u64) -> PathBuf + Sync),
}

/// Where things go wrong while a folder is being put together.
enum Trouble {
    Stopped,
    /// A chunk that is not whole.
    Chunk(u64, Damage),
    /// A file that could not be written.
    Write(&'static str, io::Error),
}

/// A way to read a chunk.
type Read = fn(&Path, u64, &Manifest) -> Result<Block, Damage>;

/// Row groups ready to be written.
#[derive(Default)]
struct Batch {
    groups: Vec<Vec<Encoded>>,
    text: Vec<Vec<u8>>,
}

/// What the first pass over the chunks finds.
struct Pass {
    failed: u64,
    first_error: Option<(u64, String, String)>,
    statistics: Statistics,
}

impl Chunks<'_> {
    /// The blocks of as many chunks from `next` on as hold `rows` rows.
    fn read(&self, next: &mut u64, rows: usize, how: Read) -> Result<Vec<Block>, Trouble> {
        let plan = &self.manifest.plan;
        let per_chunk = plan.draws_per_chunk.saturating_mul(plan.variants.len() as u64).max(1);
        let until = next.saturating_add((rows as u64).div_ceil(per_chunk)).min(plan.chunks());
        let read =
            |index| how(&(self.path)(index), index, self.manifest).map_err(|damage| Trouble::Chunk(index, damage));
        let blocks = (*next..until).into_par_iter().map(read).collect();
        *next = until;
        blocks
    }

    fn tables(&self, parquet: Draft, csv: Option<Draft>, control: &Control) -> Result<(Pass, Vec<Staged>), Trouble> {
        let plan = &self.manifest.plan;
        let wrong = |error| Trouble::Write("runs.parquet", error);
        let layout = Layout::new(&rows::fields(plan)).map_err(wrong)?;
        let spare = Arc::new(Mutex::new(Vec::new()));
        let mut out = Out { parquet: layout.file(parquet).map_err(wrong)?, csv, spare: Arc::clone(&spare) };
        let lines = Csv::new(plan);
        out.text(Csv::header(plan).as_bytes())?;
        let mut pass = Pass { failed: 0, first_error: None, statistics: Statistics::new(plan) };
        let mut queue = Queue { with_csv: out.csv.is_some(), layout, lines, spare, blocks: VecDeque::new(), begun: 0 };
        let mut next = 0;
        let mut ready = Batch::default();
        loop {
            control.step().map_err(|_| Trouble::Stopped)?;
            let (made, written) =
                rayon::join(|| self.batch(&mut next, &mut queue, &mut pass), || out.write(std::mem::take(&mut ready)));
            written?;
            match made? {
                Some(batch) => ready = batch,
                None => break,
            }
        }
        Ok((pass, out.finish()?))
    }

    /// The next row groups; `None` after the last.
    fn batch(&self, next: &mut u64, queue: &mut Queue, pass: &mut Pass) -> Result<Option<Batch>, Trouble> {
        let plan = &self.manifest.plan;
        let wanted = GROUP * TOGETHER;
        let waiting = queue.rows();
        if waiting < wanted {
            let blocks = self.read(next, wanted - waiting, chunk::read)?;
            pass.statistics.see(&blocks);
            for block in blocks {
                pass.failed += block.errors.len() as u64;
                if let (None, Some((row, why))) = (&pass.first_error, block.errors.first()) {
                    let variants = plan.variants.len();
                    let run = block.first + (row / variants) as u64;
                    pass.first_error = Some((run, plan.variants[row % variants].clone(), why.clone()));
                }
                queue.blocks.push_back(block);
            }
        }
        queue.cut(wanted, plan).map_err(|error| Trouble::Write("runs.parquet", error))
    }

    fn more_passes(&self, statistics: &mut Statistics, control: &Control) -> Result<(), Trouble> {
        while statistics.narrow() {
            let mut next = 0;
            while next < self.manifest.plan.chunks() {
                control.step().map_err(|_| Trouble::Stopped)?;
                statistics.see(&self.read(&mut next, GROUP * TOGETHER, chunk::read_numbers)?);
            }
        }
        Ok(())
    }

    fn trajectories(&self, draft: Draft, control: &Control) -> Result<Staged, Trouble> {
        const FILE: &str = "trajectories.parquet";
        let wrong = |error| Trouble::Write(FILE, error);
        let mut file = trajectories::layout().and_then(|layout| layout.file(draft)).map_err(wrong)?;
        let plan = &self.manifest.plan;
        for index in 0..plan.keep.min(plan.draws).div_ceil(plan.draws_per_chunk) {
            control.step().map_err(|_| Trouble::Stopped)?;
            let bytes = chunk::read_trajectories(&(self.path)(index), index, self.manifest)
                .map_err(|damage| Trouble::Chunk(index, damage))?;
            if !bytes.is_empty() {
                splice_file(&mut file, bytes).map_err(wrong)?;
            }
        }
        file.into_inner().map_err(failed).and_then(Draft::finish).map_err(wrong)
    }
}

/// Blocks on their way into row groups.
struct Queue {
    with_csv: bool,
    layout: Layout,
    lines: Csv,
    /// Memory of texts that are written.
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
    blocks: VecDeque<Block>,
    /// Rows of the first block that are written already.
    begun: usize,
}

impl Queue {
    fn rows(&self) -> usize {
        self.blocks.iter().map(|block| block.rows).sum::<usize>() - self.begun
    }

    /// Encodes the next rows, `wanted` of them or all that are left; `None` where nothing is.
    fn cut(&mut self, wanted: usize, plan: &super::Plan) -> io::Result<Option<Batch>> {
        let mut slices: Vec<Vec<Slice<'_>>> = Vec::new();
        let (mut taken, mut spent, mut begun) = (0, 0, self.begun);
        for block in &self.blocks {
            while begun < block.rows && taken < wanted {
                if taken % GROUP == 0 {
                    slices.push(Vec::new());
                }
                let part = (block.rows - begun).min(GROUP - taken % GROUP);
                if let Some(group) = slices.last_mut() {
                    group.push((block, begun..begun + part));
                }
                begun += part;
                taken += part;
            }
            if begun < block.rows {
                break;
            }
            begun = 0;
            spent += 1;
        }
        if taken == 0 {
            return Ok(None);
        }
        let pieces: Vec<Slice<'_>> = slices
            .iter()
            .flatten()
            .filter(|_| self.with_csv)
            .flat_map(|(block, rows)| {
                let starts = rows.clone().step_by(PIECE);
                starts.map(|start| (*block, start..(start + PIECE).min(rows.end)))
            })
            .collect();
        let (groups, text) = rayon::join(
            || slices.par_iter().map(|group| self.layout.encode(rows::cells(group, plan))).collect::<io::Result<_>>(),
            || {
                let spare = &self.spare;
                let take = || spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
                pieces.into_par_iter().map(|(block, rows)| self.lines.lines(block, rows, take())).collect()
            },
        );
        let batch = Batch { groups: groups?, text };
        self.blocks.drain(..spent);
        self.begun = begun;
        Ok(Some(batch))
    }
}

/// The tables of runs being written.
struct Out {
    parquet: SerializedFileWriter<Draft>,
    csv: Option<Draft>,
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Out {
    fn text(&mut self, text: &[u8]) -> Result<(), Trouble> {
        let written = self.csv.as_mut().map_or(Ok(()), |csv| csv.write_all(text));
        written.map_err(|error| Trouble::Write("runs.csv", error))
    }

    fn write(&mut self, batch: Batch) -> Result<(), Trouble> {
        for columns in batch.groups {
            splice(&mut self.parquet, columns).map_err(|error| Trouble::Write("runs.parquet", error))?;
        }
        batch.text.iter().try_for_each(|text| self.text(text))?;
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).extend(batch.text);
        Ok(())
    }

    fn finish(self) -> Result<Vec<Staged>, Trouble> {
        let parquet = self.parquet.into_inner().map_err(failed).and_then(Draft::finish);
        let mut files = vec![parquet.map_err(|error| Trouble::Write("runs.parquet", error))?];
        if let Some(csv) = self.csv {
            files.push(csv.finish().map_err(|error| Trouble::Write("runs.csv", error))?);
        }
        Ok(files)
    }
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
) -> Result<Outcome, RecordError> {
    let trouble = |trouble| match trouble {
        Trouble::Stopped => RecordError::Stopped,
        Trouble::Chunk(_, Damage::Io(error)) => {
            RecordError::Io { action: "read a chunk".to_owned(), error, kept: KEPT.to_owned() }
        }
        Trouble::Chunk(index, damage) => {
            let state = if matches!(damage, Damage::Missing) { "missing" } else { "damaged" };
            RecordError::Parts {
                problems: vec![format!("{} is {state}", (chunks.path)(index).display())],
                hint: "run the sweep, or the shard that holds it, again: it computes what is not whole".to_owned(),
                foreign: false,
            }
        }
        Trouble::Write(name, error) => unwritten(folder, name, error),
    };
    let draft =
        |stage: &mut Stage, name: &'static str| stage.draft(name).map_err(|error| unwritten(folder, name, error));
    let manifest = chunks.manifest;
    let plan = &manifest.plan;
    let parquet = draft(&mut stage, "runs.parquet")?;
    let text = if csv { Some(draft(&mut stage, "runs.csv")?) } else { None };
    let (mut pass, files) = chunks.tables(parquet, text, control).map_err(trouble)?;
    files.into_iter().for_each(|file| stage.keep(file));
    if plan.keep > 0 {
        let draft = draft(&mut stage, "trajectories.parquet")?;
        stage.keep(chunks.trajectories(draft, control).map_err(trouble)?);
    }
    chunks.more_passes(&mut pass.statistics, control).map_err(trouble)?;
    let summary = pass.statistics.rows(plan);
    let outcome = Outcome {
        folder: folder.to_owned(),
        runs: manifest.runs(),
        failed: pass.failed,
        first_error: pass.first_error,
        summary,
    };
    let last = |error| match error {
        RecordError::Io { action, error, .. } => RecordError::Io { action, error, kept: KEPT.to_owned() },
        other => other,
    };
    stage.file("summary.csv", control, |out| tables::statistics(out, &outcome.summary)).map_err(last)?;
    stage.file("sweep.toml", control, |out| out.write_all(plan.resolved.as_bytes())).map_err(last)?;
    let package = package::of_sweep(manifest, &outcome, stage.files());
    stage.file(package::FILE, control, |out| json(out, &package)).map_err(last)?;
    stage.commit().map_err(last)?;
    Ok(outcome)
}

const KEPT: &str = "the finished chunks are kept: the same command goes on where this one stopped";

fn unwritten(folder: &Path, name: &str, error: io::Error) -> RecordError {
    let action = format!("write {}", folder.join(name).display());
    RecordError::Io { action, error, kept: KEPT.to_owned() }
}
