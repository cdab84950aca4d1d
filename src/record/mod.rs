//! Trajectories → folders: CSV, summary, resolved scenario, data package; whole or not at all.

#![expect(non_snake_case, reason = "the symbol of the contract: real_income_R")]

mod lock;
mod package;
mod stage;
pub mod sweep;
mod tables;

pub use stage::{Stage, Staged, replace};
pub use sweep::{Outcome, Plan, Shard, Statistic, Sweeping, merge, open as open_sweep};

pub(crate) use tables::Digits;

use crate::compare::{Comparison, Member};
use crate::control::Control;
use crate::error::Error;
use crate::model::equilibria::Candidate;
use crate::scenario::Scenario;
use crate::summary::Summary;
use crate::trajectory::Trajectory;
use std::path::{Path, PathBuf};

/// The table of `equilibria --format csv` as text; R's real income per worker is `real_income_R`.
pub fn equilibria_csv(names: &[String], candidates: &[Candidate], real_income_R: f64) -> String {
    let mut bytes = Vec::new();
    // Memory does not fail to be written.
    let _ = tables::equilibria(&mut bytes, names, candidates, real_income_R);
    String::from_utf8(bytes).unwrap_or_default()
}

/// The folder of one run, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, package::RUN)
}

/// The folder of a comparison, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open_comparison(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, package::COMPARISON)
}

/// Writes a run's files into its folder, `pictures` (name, content) among them; the data package last.
///
/// # Errors
/// Where a file cannot be written whole: the folder is then as it was.
pub fn write_run(
    mut stage: Stage,
    scenario: &Scenario,
    trajectory: &Trajectory,
    summary: &Summary,
    pictures: &[(&str, String)],
    control: &Control,
) -> Result<PathBuf, Error> {
    run_files(&mut stage, "", scenario, trajectory, summary, pictures, control)?;
    stage.commit()
}

/// Writes the folder of each run with its own `gap.svg` (`gaps`, one per run, or none), a comparison's tables, and
/// further files: name and content of the report and of pictures, which `more` makes from what stands by then.
///
/// # Errors
/// Where a file cannot be written whole: the folder is then as it was.
pub fn write_comparison(
    mut stage: Stage,
    comparison: &Comparison,
    more: impl FnOnce(&[Staged]) -> Vec<(String, String)>,
    gaps: &[String],
    control: &Control,
) -> Result<PathBuf, Error> {
    for (index, Member { scenario, trajectory, summary }) in comparison.members.iter().enumerate() {
        let picture: Vec<(&str, String)> = gaps.get(index).map(|gap| ("gap.svg", gap.clone())).into_iter().collect();
        run_files(&mut stage, &format!("{}/", summary.name), scenario, trajectory, summary, &picture, control)?;
    }
    stage.file("comparison.csv", control, |out| tables::comparison(out, comparison, control))?;
    stage.file("summary.csv", control, |out| tables::gains(out, comparison))?;
    stage.file("decomposition.csv", control, |out| tables::decomposition(out, comparison, control))?;
    for (name, content) in more(stage.files()) {
        stage.file(&name, control, |out| out.write_all(content.as_bytes()))?;
    }
    let package = package::of_comparison(comparison, stage.files());
    stage.file(package::FILE, control, |out| json(out, &package))?;
    stage.commit()
}

/// The files of one run under `prefix` (empty, or a folder and a slash); its data package last.
fn run_files(
    stage: &mut Stage,
    prefix: &str,
    scenario: &Scenario,
    trajectory: &Trajectory,
    summary: &Summary,
    pictures: &[(&str, String)],
    control: &Control,
) -> Result<(), Error> {
    let name = scenario.keys.name.as_str();
    let first = stage.files().len();
    let path = |file: &str| format!("{prefix}{file}");
    stage.file(&path("trajectory.csv"), control, |out| tables::trajectory(out, name, trajectory, control))?;
    stage.file(&path("sectors.csv"), control, |out| tables::sectors(out, name, trajectory, control))?;
    stage.file(&path("events.csv"), control, |out| tables::events(out, name, trajectory))?;
    stage.file(&path("summary.json"), control, |out| json(out, summary))?;
    stage.file(&path("scenario.toml"), control, |out| out.write_all(scenario.resolved().as_bytes()))?;
    for (name, picture) in pictures {
        stage.file(&path(name), control, |out| out.write_all(picture.as_bytes()))?;
    }
    let package = package::of_run(scenario, &stage.files()[first..]);
    stage.file(&path(package::FILE), control, |out| json(out, &package))
}

fn json(out: &mut dyn std::io::Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
