//! Kept trajectories → Parquet: in the file of each chunk, and of all of them. Row groups of the latter are counted from row 0, so
//! that its bytes depend on the rows alone, not on the chunks in which they stood.

use super::Draws;
use super::columnar::{Encoded, Layout, failed, splice};
use crate::batch::run_key;
use crate::read::groups::Rows;
use crate::table::{Cells, Column, fields};
use crate::trajectory::{Run, Trajectory, states};
use parquet::file::reader::ChunkReader;
use parquet::file::writer::SerializedFileWriter;
use std::io::{self, Write};
use std::ops::Range;

/// Dates of a row group.
const GROUP: usize = 1 << 17;

/// Rows read at a time.
const BATCH: usize = 1 << 13;

/// The trajectory that is kept of a run.
#[derive(Debug)]
pub(in crate::record) struct KeptRun<'a> {
    draw: u64,
    variant: usize,
    run: Run<'a>,
}

/// Columns of `trajectories.parquet`: which run, and those of `trajectory.csv` without the scenario's name.
pub(in crate::record) fn columns<'a>(variants: &[String]) -> Vec<Column<'a, KeptRun<'a>>> {
    let key = run_key(variants, |kept: &KeptRun<'a>, _| (kept.draw, kept.variant));
    let states = states().into_iter().filter(|column| column.field.name != "scenario");
    key.into_iter().chain(states.map(|column| column.within(|kept: &KeptRun<'a>| &kept.run))).collect()
}

/// How `trajectories.parquet` is written.
pub(super) fn layout(variants: &[String]) -> io::Result<Layout> {
    Layout::new(&fields(&columns(variants)))
}

/// Bytes that trajectories (draw, variant, trajectory) take as a Parquet file.
///
/// # Errors
/// Where they are more than the format takes.
pub fn trajectory_bytes(kept: &[(u64, usize, Trajectory)], variants: &[String]) -> io::Result<usize> {
    Ok(encode(kept, variants, &layout(variants)?)?.len())
}

/// The trajectories (draw, variant, trajectory) as a Parquet file; empty where there are none.
pub(super) fn encode(kept: &[(u64, usize, Trajectory)], variants: &[String], layout: &Layout) -> io::Result<Vec<u8>> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let mut file = layout.file(Vec::new())?;
    let columns = columns(variants);
    let mut encoded = Vec::new();
    let mut group = columns.iter().map(Column::cells).collect::<Vec<Cells>>();
    for (i, (draw, variant, trajectory)) in kept.iter().enumerate() {
        let one = KeptRun { draw: *draw, variant: *variant, run: Run { scenario: "", trajectory } };
        for (column, cells) in columns.iter().zip(&mut group) {
            column.read(&one, 0..trajectory.rows.len(), cells);
        }
        let dates = group.first().map_or(0, Cells::len);
        if dates >= GROUP || (i + 1 == kept.len() && dates > 0) {
            layout.encode(&mut encoded, |i| std::iter::once(&group[i]))?;
            splice(&mut file, &mut encoded)?;
            group.iter_mut().for_each(Cells::clear);
        }
    }
    file.into_inner().map_err(failed)
}

/// Rows on their way into row groups, which are counted from the first row.
pub(super) struct Groups<'l, W: Write + Send> {
    layout: &'l Layout,
    file: SerializedFileWriter<W>,
    group: Vec<Cells>,
    encoded: Vec<Encoded>,
    rows: u64,
}

impl<'l, W: Write + Send> Groups<'l, W> {
    /// A table without rows yet.
    pub fn new(layout: &'l Layout, out: W, variants: &[String]) -> io::Result<Self> {
        let group = columns(variants).iter().map(Column::cells).collect();
        Ok(Self { layout, file: layout.file(out)?, group, encoded: Vec::new(), rows: 0 })
    }

    /// Adds rows of `cells`, one per column.
    fn push(&mut self, cells: &[Cells], mut rows: Range<usize>) -> io::Result<()> {
        while !rows.is_empty() {
            let begun = self.group.first().map_or(0, Cells::len);
            let part = rows.start..rows.end.min(rows.start + GROUP - begun);
            let whole = self.group.iter_mut().zip(cells).all(|(group, cells)| group.append(cells, part.clone()));
            if !whole {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a column changes its type"));
            }
            self.rows += part.len() as u64;
            rows.start = part.end;
            if begun + part.len() == GROUP {
                self.close()?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let Self { layout, file, group, encoded, .. } = self;
        layout.encode(encoded, |i| std::iter::once(&group[i]))?;
        splice(file, encoded)?;
        group.iter_mut().for_each(Cells::clear);
        Ok(())
    }

    /// What they were written into.
    pub fn finish(mut self) -> io::Result<W> {
        if self.group.first().is_some_and(|cells| !cells.is_empty()) {
            self.close()?;
        }
        self.file.into_inner().map_err(failed)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

/// Rows of kept trajectories, in the order of draws.
pub(super) struct Feed<R: ChunkReader + 'static> {
    rows: Rows<R>,
    cells: Vec<Cells>,
    /// Rows of `cells` that are done.
    done: usize,
}

impl<R: ChunkReader + 'static> Feed<R> {
    /// Begins before the first row; `None` where the table is none of kept trajectories of such variants.
    pub fn open(file: R, variants: &[String]) -> Option<Self> {
        let cells: Vec<Cells> = columns(variants).iter().map(Column::cells).collect();
        let wanted: Vec<usize> = (0..cells.len()).collect();
        Some(Self { rows: Rows::open(file, &wanted).ok()?, cells, done: 0 })
    }

    /// Adds the rows of `draws` to `groups`; those of draws before them are passed over.
    pub fn pass<W: Write + Send>(&mut self, draws: &Draws, groups: &mut Groups<'_, W>) -> io::Result<()> {
        let damaged = |found: String| io::Error::new(io::ErrorKind::InvalidData, found);
        loop {
            let Some(Cells::Integers(runs)) = self.cells.first() else { return Err(damaged("no runs".to_owned())) };
            let place =
                |draw: u64| self.done + runs[self.done..].partition_point(|run| run.is_some_and(|run| run < draw));
            let rows = place(draws.start)..place(draws.end);
            let all = rows.end == runs.len();
            groups.push(&self.cells, rows.clone())?;
            self.done = rows.end;
            if !all {
                return Ok(());
            }
            self.cells.iter_mut().for_each(Cells::clear);
            self.done = 0;
            if self.rows.next(BATCH, &mut self.cells).map_err(damaged)? == 0 {
                return Ok(());
            }
        }
    }
}
