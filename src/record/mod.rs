//! Trajectories → folders: CSV, summary, resolved scenario, data package; whole or not at all.

mod package;
mod stage;
mod tables;

pub use stage::{Stage, replace};

use crate::control::Control;
use crate::scenario::Scenario;
use crate::summary::Summary;
use crate::trajectory::Trajectory;
use std::path::{Path, PathBuf};

/// Why a folder could not be written.
#[derive(Debug)]
pub enum RecordError {
    /// Another process is writing there.
    Busy {
        /// The folder.
        folder: PathBuf,
        /// The other process, where it left its number.
        process: Option<u32>,
    },
    /// What stands there is not ours to replace.
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// Why it is not.
        found: String,
    },
    /// Input or output failed.
    Io {
        /// What was being done to which path.
        action: String,
        /// What the operating system said.
        error: std::io::Error,
        /// What stands there now.
        kept: String,
    },
    /// Told to stop; the folder is as it was.
    Stopped,
}

/// The folder of one run, locked for writing: `out/name`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open(out: &Path, name: &str) -> Result<Stage, RecordError> {
    Stage::open(out, name, package::RUN)
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
) -> Result<PathBuf, RecordError> {
    let name = scenario.keys.name.as_str();
    stage.file("trajectory.csv", control, |out| tables::trajectory(out, name, trajectory, control))?;
    stage.file("sectors.csv", control, |out| tables::sectors(out, name, trajectory, control))?;
    stage.file("events.csv", control, |out| tables::events(out, name, trajectory))?;
    stage.file("summary.json", control, |out| {
        serde_json::to_writer_pretty(&mut *out, summary)?;
        out.write_all(b"\n")
    })?;
    stage.file("scenario.toml", control, |out| out.write_all(scenario.resolved().as_bytes()))?;
    for (name, picture) in pictures {
        stage.file(name, control, |out| out.write_all(picture.as_bytes()))?;
    }
    let package = package::of_run(scenario, stage.files());
    stage.file(package::FILE, control, |out| {
        serde_json::to_writer_pretty(&mut *out, &package)?;
        out.write_all(b"\n")
    })?;
    stage.commit()
}
