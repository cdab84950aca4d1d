//! Kept trajectories → Parquet. Each chunk's are encoded when the chunk is written; assembly only joins them.

use super::columnar::{Layout, failed, splice};
use crate::batch::run_key;
use crate::table::{Cells, Column, fields};
use crate::trajectory::{Run, Trajectory, states};
use std::io;

/// Dates after which a row group is closed.
const GROUP: usize = 1 << 17;

/// The trajectory that is kept of a run.
#[derive(Debug)]
pub(in crate::record) struct Kept<'a> {
    draw: u64,
    variant: usize,
    run: Run<'a>,
}

/// Columns of `trajectories.parquet`: which run, and those of `trajectory.csv` without the scenario's name.
pub(in crate::record) fn columns<'a>(variants: &[String]) -> Vec<Column<'a, Kept<'a>>> {
    let key = run_key(variants, |kept: &Kept<'a>, _| (kept.draw, kept.variant));
    let states = states().into_iter().filter(|column| column.field.name != "scenario");
    key.into_iter().chain(states.map(|column| column.within(|kept: &Kept<'a>| &kept.run))).collect()
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
        let one = Kept { draw: *draw, variant: *variant, run: Run { scenario: "", trajectory } };
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
