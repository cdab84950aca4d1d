//! The folder of a search for the best policy: what was looked at, the front, the best.

use super::mark::{FILE, OPTIMUM};
use super::stage::Stage;
use super::{csv, json, package, write};
use crate::control::Control;
use crate::error::Error;
use crate::optimise::{self, Best, Concluded, Optimum, Policies};
use crate::scenario::Scenario;
use crate::table::Object;
use std::path::{Path, PathBuf};

/// What was found, and what it was found for.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The scenario as it was given.
    pub scenario: &'a Scenario,
    /// The same under the best policy.
    pub best: &'a Scenario,
    /// What was looked at.
    pub optimum: &'a Optimum,
    /// Whether `optimum.csv` holds the front alone.
    pub front_only: bool,
}

/// The folder of a search, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, OPTIMUM)
}

/// Writes the files of a search called `name`, `pictures` (name, content) among them; the data package last.
///
/// # Errors
/// Where a file cannot be written whole: the folder is then as it was.
pub fn write(
    mut stage: Stage,
    name: &str,
    found: &Found<'_>,
    pictures: &[(String, String)],
    control: &Control,
) -> Result<PathBuf, Error> {
    let Found { scenario, best, optimum, front_only } = *found;
    let sectors = &scenario.problem.sectors[..];
    let front = Policies { optimum, sectors, some: Some(&optimum.front) };
    let all = if front_only { front } else { Policies { some: None, ..front } };
    for (file, rows) in [("optimum.csv", all), ("front.csv", front)] {
        stage.file(file, control, |out| write::table(out, &optimise::policies(), [(rows, rows.len())], 1, control))?;
    }
    let (picked, places) = optimise::picked(optimum);
    let rows = Best::new(optimum, sectors, picked, &places);
    stage.file("best.csv", control, |out| out.write_all(csv(&optimise::best(), &rows, rows.len()).as_bytes()))?;
    let (columns, rows) = (optimise::concluded(), Concluded::new(&scenario.keys.name, optimum, sectors));
    stage.file("summary.json", control, |out| json(out, &Object { columns: &columns, rows: &rows, row: 0 }))?;
    stage.file("scenario.toml", control, |out| out.write_all(scenario.resolved().as_bytes()))?;
    stage.file("best.toml", control, |out| out.write_all(best.resolved().as_bytes()))?;
    for (name, picture) in pictures {
        stage.file(name, control, |out| out.write_all(picture.as_bytes()))?;
    }
    let package = package::of_optimum(name, scenario, stage.files());
    stage.file(FILE, control, |out| json(out, &package))?;
    stage.commit()
}
