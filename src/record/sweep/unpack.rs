//! The tables of a finished sweep → chunks, where the sweep goes on: nothing is computed that stands.

use super::columnar::Layout;
use super::pieces::divided;
use super::trajectories::{Feed, Groups};
use super::{Draws, Manifest, chunk, files};
use crate::batch::Chunk;
use crate::read::groups::{self, Rows};
use crate::table::{Cells, Column};
use std::fs::File;
use std::io;
use std::path::Path;

/// Rows passed over at a time.
const BATCH: usize = 1 << 13;

/// Puts chunks of the `wanted` draws into `folder`, from its tables. Ends early, without a word, where they are not what the
/// sweep's tables are: the rest is then computed.
pub(super) fn unpack(folder: &Path, manifest: &Manifest, layout: Option<&Layout>, wanted: &[Draws]) -> io::Result<()> {
    let plan = &manifest.plan;
    let path = folder.join("runs.parquet");
    let Some(mut table) = Table::open(&path, manifest)? else { return Ok(()) };
    let mut kept = match layout {
        Some(_) => File::open(folder.join("trajectories.parquet")).ok(),
        None => None,
    }
    .and_then(|file| Feed::open(file, &plan.variants));
    let (mut chunk, mut bytes) = (Chunk::default(), Vec::new());
    for draws in divided(wanted, plan.draws_per_chunk) {
        if table.draws(&draws, manifest, &mut chunk).is_none() {
            return Ok(());
        }
        let trajectories = match (layout, &mut kept) {
            (Some(layout), Some(feed)) if manifest.kept(&draws) > 0 => {
                let mut groups = Groups::new(layout, Vec::new(), &plan.variants)?;
                match feed.pass(&draws, &mut groups) {
                    Ok(()) if groups.is_empty() => Vec::new(),
                    Ok(()) => groups.finish()?,
                    Err(_) => return Ok(()),
                }
            }
            _ if manifest.kept(&draws) > 0 => return Ok(()),
            _ => Vec::new(),
        };
        if chunk::encode(&chunk, &trajectories, manifest, &mut bytes).is_err() {
            return Ok(());
        }
        files::put(&files::temporary(folder, &draws), &files::chunk(folder, &draws), &bytes)?;
    }
    files::sync(&files::chunks(folder))
}

/// The table of runs, read from its first row on.
struct Table {
    rows: Rows<File>,
    cells: Vec<Cells>,
    /// The draw whose rows come next.
    next: u64,
}

impl Table {
    /// `None` where it has other columns.
    fn open(path: &Path, manifest: &Manifest) -> io::Result<Option<Self>> {
        let plan = &manifest.plan;
        let columns = plan.meaning().columns();
        let there = groups::columns(File::open(path)?).unwrap_or_default();
        let same = there.len() == columns.len()
            && there.iter().zip(&columns).all(|((_, kind), column)| *kind == column.field.kind);
        let wanted: Vec<usize> = (0..columns.len()).collect();
        let rows = Rows::open(File::open(path)?, &wanted).ok().filter(|_| same);
        Ok(rows.map(|rows| Self { rows, cells: columns.iter().map(Column::cells).collect(), next: 0 }))
    }

    /// Makes `chunk` these draws; those before them are passed over. `None` where they are not there as they should be.
    fn draws(&mut self, draws: &Draws, manifest: &Manifest, chunk: &mut Chunk) -> Option<()> {
        let plan = &manifest.plan;
        let rows = |draws: u64| usize::try_from(draws).ok()?.checked_mul(plan.variants.len());
        self.cells.iter_mut().for_each(Cells::clear);
        let mut over = rows(draws.start.checked_sub(self.next)?)?;
        while over > 0 {
            over -= self.read(over.min(BATCH))?;
            self.cells.iter_mut().for_each(Cells::clear);
        }
        let mut missing = rows(draws.end - draws.start)?;
        while missing > 0 {
            missing -= self.read(missing)?;
        }
        self.next = draws.end;
        plan.meaning().read(&self.cells, draws.start, chunk)
    }

    fn read(&mut self, most: usize) -> Option<usize> {
        self.rows.next(most, &mut self.cells).ok().filter(|rows| *rows > 0)
    }
}
