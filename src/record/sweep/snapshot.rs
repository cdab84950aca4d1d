//! The runs of a sweep under way, as a table like that of a finished one: of the chunks that stand, in the order of draws. No lock
//! is taken: chunks appear whole, and whoever computes them never notices.

use super::super::stage::{Pending, SWEEP};
use super::assemble::{Chunks, Rows, Trouble};
use super::chunk::Damage;
use super::files;
use super::pieces::standing as standing_in;
use super::there::{failed, finished, is_of, refuse_changed};
use super::{Manifest, Plan};
use crate::control::Control;
use crate::error::Error;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How often the chunks are looked for anew where some were gone before they were read.
const ATTEMPTS: usize = 4;

/// A table of the runs of a sweep under way that stand.
#[derive(Debug)]
pub struct Standing {
    /// The sweep's name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Content of its `sweep.toml`.
    pub resolved: String,
    /// Rows of the table.
    pub runs: u64,
    /// Those of the whole sweep.
    pub of: u64,
    /// Rows of runs that failed.
    pub failed: u64,
    path: PathBuf,
    /// Where the table goes with this.
    _passing: Option<Pending>,
}

impl Standing {
    /// The table: Parquet, with the columns of `runs.parquet`.
    pub fn table(&self) -> &Path {
        &self.path
    }
}

/// The runs that stand in the folder of a sweep under way, in a table that goes when it is dropped. `None` where the folder holds no
/// sweep under way, or its finished tables hold as many runs.
///
/// # Errors
/// Where what stands is of another version of the program, or cannot be read; where the table cannot be written.
pub fn standing(folder: &Path, control: &Control) -> Result<Option<Standing>, Error> {
    static TABLES: AtomicU64 = AtomicU64::new(0);
    let Some(manifest) = under_way(folder)? else { return Ok(None) };
    let number = TABLES.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("catchup-{}-{number}.parquet", std::process::id()));
    let Some((table, rows)) = write(folder, &manifest, &path, control)? else { return Ok(None) };
    if rows.rows == 0 {
        let title = format!("{} is a sweep under way of which no run stands yet", folder.display());
        return Err(Error::invalid(title).hint("catchup sweep FILE --status says how far it is"));
    }
    Ok(Some(standing_table(&manifest, &rows, table.waiting().to_owned(), Some(table))))
}

/// Writes `out/name/snapshot.parquet`, whole or not at all, of the runs that stand there. `None` where the sweep is finished, or
/// not begun.
///
/// # Errors
/// Where another sweep stands there; those of [`standing`].
pub fn snapshot(out: &Path, plan: Plan, control: &Control) -> Result<Option<Standing>, Error> {
    let folder = out.join(&plan.name);
    refuse_changed(&folder, &Manifest::new(plan), "name the folder of this sweep with --out DIR")?;
    let Some(manifest) = under_way(&folder)? else { return Ok(None) };
    let path = folder.join(files::SNAPSHOT);
    let Some((table, rows)) = write(&folder, &manifest, &path, control)? else { return Ok(None) };
    table.keep()?;
    // The sweep may have been finished, and tidied up, meanwhile.
    if under_way(&folder)?.is_none() {
        let _ = files::remove(&path);
        return Ok(None);
    }
    Ok(Some(standing_table(&manifest, &rows, path, None)))
}

fn standing_table(manifest: &Manifest, rows: &Rows, path: PathBuf, passing: Option<Pending>) -> Standing {
    let plan = &manifest.plan;
    Standing {
        name: plan.name.clone(),
        title: plan.title.clone(),
        resolved: plan.resolved.clone(),
        runs: rows.rows,
        of: manifest.runs(),
        failed: rows.failed,
        path,
        _passing: passing,
    }
}

/// The sweep under way in a folder.
fn under_way(folder: &Path) -> Result<Option<Manifest>, Error> {
    let path = folder.join(SWEEP);
    let manifest = match files::manifest(folder) {
        Ok(None) => return Ok(None),
        Ok(Some(Some(manifest))) => manifest,
        Ok(Some(None)) => {
            let title = format!("{} is damaged or of another version of catchup", path.display());
            return Err(Error::invalid(title).hint("sweep again with this version"));
        }
        Err(error) => return Err(failed("read", &path, error)),
    };
    // Tables of all runs, or of as many as stand in chunks, say more.
    let Some(package) = finished(folder) else { return Ok(Some(manifest)) };
    let pieces = standing_in(folder, &manifest.part(None)).map_err(|error| failed("read", folder, error))?;
    let draws: u64 = pieces.iter().map(super::pieces::Piece::len).sum();
    let fewer = package["catchup"]["draws"].as_u64().is_some_and(|there| draws <= there);
    Ok(Some(manifest).filter(|manifest| !fewer && !is_of(&package, manifest)))
}

/// Writes the table; `None` where the sweep was finished while it was written.
fn write(folder: &Path, manifest: &Manifest, path: &Path, control: &Control) -> Result<Option<(Pending, Rows)>, Error> {
    for attempt in 1.. {
        let pieces = standing_in(folder, &manifest.part(None)).map_err(|error| failed("read", folder, error))?;
        let chunks = Chunks { manifest, pieces };
        let mut rows = Rows::default();
        let table = Pending::write(path, |file| {
            rows = chunks.rows(BufWriter::with_capacity(1 << 16, file), control).map_err(|trouble| match trouble {
                Trouble::Stopped => Error::stopped(),
                Trouble::Chunk(path, Damage::Io(error)) => failed("read", &path, error),
                Trouble::Chunk(path, _) => failed("read", &path, std::io::ErrorKind::InvalidData.into()),
                Trouble::Write(_, error) => {
                    Error::io(format_args!("write {}", path.display()), error, "the sweep is not touched by that")
                }
            })?;
            Ok(())
        })?;
        if rows.gone == 0 {
            return Ok(Some((table, rows)));
        }
        if attempt == ATTEMPTS || under_way(folder)?.is_none() {
            break;
        }
    }
    Ok(None)
}
