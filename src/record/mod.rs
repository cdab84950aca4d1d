//! Trajectories → folders: CSV, summary, resolved scenario, data package; whole or not at all.

mod explained;
mod lock;
mod made;
mod mark;
mod note;
mod optimum;
mod package;
mod robust;
mod stage;
pub mod sweep;
pub mod tables;
mod write;

pub use explained::{open as open_explained, write as write_explained};
pub use note::note;
pub use optimum::{Found, open as open_optimum, write as write_optimum};
pub use robust::{Found as FoundRobust, Stands, Weighing, open as open_robust};
pub use stage::{Pending, Stage, Staged, replace};
pub use sweep::{
    Outcome, Plan, Shard, Statistic, Sweeping, merge, open as open_sweep, parquet_bytes, trajectory_bytes,
};
pub use write::csv;

pub(crate) use mark::packaged;
pub(crate) use write::Digits;

use crate::compare::{self, Comparison, Decomposed, Member, Versus};
use crate::control::Control;
use crate::error::Error;
use crate::flip::{self, Account};
use crate::map::{self, Map};
use crate::scenario::Scenario;
use crate::summary::Summary;
use crate::trajectory::{self, Run, Trajectory};
use std::path::{Path, PathBuf};

/// The folder of one run, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, mark::RUN)
}

/// The folder of a comparison, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open_comparison(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, mark::COMPARISON)
}

/// The folder of an answer on flips, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open_flip(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, mark::FLIP)
}

/// Writes the tables of an account of flips, its picture and its scenario; the data package last.
///
/// # Errors
/// Where a file cannot be written whole: the folder is then as it was.
pub fn write_flip(
    mut stage: Stage,
    name: &str,
    account: &Account,
    picture: Option<String>,
    control: &Control,
) -> Result<PathBuf, Error> {
    let mut file = |name: &str, text: String| stage.file(name, control, |out| out.write_all(text.as_bytes()));
    file("flip.csv", csv(&flip::columns(), account, account.rows()))?;
    if let Some(joint) = &account.joint {
        file("joint.csv", csv(&flip::joint_columns(), joint, joint.axes.len()))?;
    }
    file("scenario.toml", account.scenario.resolved())?;
    if let Some(picture) = picture {
        file("flip.svg", picture)?;
    }
    let package = package::of_flip(name, account, stage.files());
    stage.file(mark::FILE, control, |out| json(out, &package))?;
    stage.commit()
}

/// The folder of a map, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open_map(out: &Path, name: &str) -> Result<Stage, Error> {
    Stage::open(out, name, mark::MAP)
}

/// Writes the tables of a map into its folder, the scenario that it is of, what it comes to, and `pictures` (name, content); the
/// data package last.
///
/// # Errors
/// Where a file cannot be written whole: the folder is then as it was.
pub fn write_map(
    mut stage: Stage,
    name: &str,
    scenario: &Scenario,
    map: &Map,
    summary: &serde_json::Value,
    pictures: &[(String, Vec<u8>)],
    control: &Control,
) -> Result<PathBuf, Error> {
    stage.file("boundaries.csv", control, |out| {
        out.write_all(csv(&map::boundaries(), map, map.boundary_points()).as_bytes())
    })?;
    stage.file("regions.csv", control, |out| {
        out.write_all(csv(&map::regions(), map, map.plane.regions.len()).as_bytes())
    })?;
    stage.file("summary.json", control, |out| json(out, summary))?;
    stage.file("scenario.toml", control, |out| out.write_all(scenario.resolved().as_bytes()))?;
    for (name, picture) in pictures {
        stage.file(name, control, |out| out.write_all(picture))?;
    }
    let package = package::of_map(name, scenario, stage.files());
    stage.file(mark::FILE, control, |out| json(out, &package))?;
    stage.commit()
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
    let (members, baseline) = (&comparison.members, &comparison.members[comparison.baseline].trajectory);
    let versus = members.iter().map(|member| (Versus { run: member.run(), baseline }, member.trajectory.rows.len()));
    stage.file("comparison.csv", control, |out| write::table(out, &compare::versus(), versus, 1, control))?;
    stage.file("summary.csv", control, |out| {
        out.write_all(csv(&compare::gained(), comparison, members.len()).as_bytes())
    })?;
    let decomposed = (0..members.len()).map(|index| {
        let parts = Decomposed::new(comparison, index);
        let rows = parts.rows();
        (parts, rows)
    });
    stage
        .file("decomposition.csv", control, |out| write::table(out, &compare::decomposed(), decomposed, 1, control))?;
    for (name, content) in more(stage.files()) {
        stage.file(&name, control, |out| out.write_all(content.as_bytes()))?;
    }
    let package = package::of_comparison(comparison, stage.files());
    stage.file(mark::FILE, control, |out| json(out, &package))?;
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
    let run = Run { scenario: name, trajectory };
    let rows = |count: usize| [(run, count)];
    let (dates, sectors) = (trajectory.rows.len(), trajectory.sector_names.len());
    stage.file(&path("trajectory.csv"), control, |out| {
        write::table(out, &trajectory::states(), rows(dates), 1, control)
    })?;
    stage.file(&path("sectors.csv"), control, |out| {
        write::table(out, &trajectory::sector_states(), rows(dates * sectors), sectors, control)
    })?;
    stage.file(&path("events.csv"), control, |out| {
        out.write_all(csv(&trajectory::events(), &run, trajectory.events.len()).as_bytes())
    })?;
    stage.file(&path("summary.json"), control, |out| json(out, summary))?;
    stage.file(&path("scenario.toml"), control, |out| out.write_all(scenario.resolved().as_bytes()))?;
    for (name, picture) in pictures {
        stage.file(&path(name), control, |out| out.write_all(picture.as_bytes()))?;
    }
    let package = package::of_run(scenario, &stage.files()[first..]);
    stage.file(&path(mark::FILE), control, |out| json(out, &package))
}

fn json(out: &mut dyn std::io::Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
