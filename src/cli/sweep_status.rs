//! `catchup sweep FILE --status` and `--snapshot`: what stands of a sweep, while others compute it.

use super::table::plural;
use super::threads::available;
use super::{Exit, Terminal, trial};
use crate::control::Control;
use crate::error::Error;
use crate::numbers::lasting;
use crate::record::sweep::{self as record, Plan, Shard, State, Status};
use crate::scenario::sweep::Sweep;
use anstyle::Style;
use indicatif::HumanCount;
use serde_json::json;
use std::path::Path;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Says what stands. Ends with 0 where all of it does, with 4 where a process is computing, else with 1.
pub(super) fn status(
    sweep: &Sweep,
    out: &Path,
    plan: Plan,
    shard: Option<Shard>,
    threads: Option<u16>,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let status = record::status(out, plan, shard).map_err(|error| error.about(&sweep.name))?;
    let missing = status.runs - status.standing;
    let threads = threads.map_or_else(available, usize::from);
    // While others compute, a trial would tell of a machine that is busy, and disturb them.
    let rate = match (status.state, status.rate) {
        (State::Finished, _) => None,
        (State::Computing, rate) => rate,
        _ if missing == 0 => None,
        _ => Some(threads as f64 / trial::seconds_per_run(sweep)),
    };
    let seconds = rate.filter(|_| missing > 0).map(|rate| missing as f64 / rate);
    if terminal.json {
        let account = json!({
            "name": sweep.name,
            "folder": status.folder.display().to_string(),
            "state": status.state.name(),
            "runs": status.runs,
            "standing": status.standing,
            "failed": status.failed,
            "missing": missing,
            "process": status.process,
            "runs_per_second": rate,
            "seconds": seconds,
            "shard": shard.map(|shard| format!("{}/{}", shard.index, shard.of)),
        });
        terminal.print(&format!("{account}\n"));
    } else if !terminal.quiet {
        terminal.print(&account(&sweep.name, &status, shard, seconds, threads));
    }
    Ok(match status.state {
        State::Finished => Exit::Done,
        State::Computing => Exit::Busy,
        State::Stopped | State::NotBegun => Exit::Failed,
    })
}

fn account(name: &str, status: &Status, shard: Option<Shard>, seconds: Option<f64>, threads: usize) -> String {
    let Status { folder, state, runs, standing, failed, process, .. } = status;
    let all = format!("{} {}", HumanCount(*runs), plural(*runs, "run"));
    let about = seconds.map(|seconds| format!("about {}", lasting(seconds)));
    let on = format!("{threads} {}", plural(threads as u64, "thread"));
    let ahead = match (state, about) {
        (State::Finished, _) => String::new(),
        (State::Computing, about) => {
            let process = process.map_or_else(|| "a process".to_owned(), |process| format!("process {process}"));
            format!("; {process} is computing{}", about.map_or_else(String::new, |about| format!(", {about} left")))
        }
        (_, Some(about)) => format!("; the rest takes {about} on {on}, nobody is computing"),
        (_, None) => "; the tables are still to be written".to_owned(),
    };
    let stands = match state {
        State::Finished => format!("{all}: all stand"),
        State::NotBegun => format!("{all}: none stands"),
        _ => format!("{} of {all} stand", HumanCount(*standing)),
    };
    let failed = if *failed > 0 { format!(", {} of them failed", HumanCount(*failed)) } else { String::new() };
    let part = shard.map_or_else(String::new, |shard| format!("part {} of {}: ", shard.index, shard.of));
    let folder = folder.join("");
    format!("{BOLD}{name}{BOLD:#}\n  {part}{stands}{failed}{ahead}\n  {DIM}{}{DIM:#}\n", folder.display())
}

/// Writes a table of the runs that stand.
pub(super) fn snapshot(sweep: &Sweep, out: &Path, plan: Plan, terminal: &Terminal) -> Result<Exit, Error> {
    let folder = out.join(&plan.name);
    let found = record::snapshot(out, plan, &Control::default()).map_err(|error| error.about(&sweep.name))?;
    let (table, runs, of) = match &found {
        Some(standing) => (standing.table().to_owned(), Some(standing.runs), sweep.runs()),
        None if folder.join("runs.parquet").is_file() => (folder.join("runs.parquet"), None, sweep.runs()),
        None => {
            let title = format!("{}: nothing stands in {}", sweep.name, folder.display());
            return Err(Error::failed(title).hint("a snapshot is of a sweep that has begun"));
        }
    };
    if terminal.json {
        let account = json!({ "name": sweep.name, "file": table.display().to_string(), "standing": runs, "runs": of });
        terminal.print(&format!("{account}\n"));
    } else if !terminal.quiet {
        let what = match runs {
            Some(runs) => format!("{} of {} {}", HumanCount(runs), HumanCount(of), plural(of, "run")),
            None => "finished: its own table holds every run".to_owned(),
        };
        terminal.print(&format!("{BOLD}{}{BOLD:#}\n  {what}\n  {DIM}{}{DIM:#}\n", sweep.name, table.display()));
    }
    Ok(Exit::Done)
}
