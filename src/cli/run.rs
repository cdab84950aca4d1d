//! `catchup run SCENARIO…`

use super::progress::Progress;
use super::signals::Signals;
use super::{Exit, Scenarios, Terminal, account};
use crate::advice::dates;
use crate::control::Control;
use crate::draw;
use crate::record::{self, RecordError};
use crate::scenario::{Scenario, os_message};
use crate::simulate::simulate;
use crate::summary::{Status, Summary, summarise};
use crate::trajectory::Trajectory;
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenarios: Scenarios,

    /// Folder in which each scenario gets a folder of its name
    #[arg(long, value_name = "DIR", default_value = "output")]
    out: PathBuf,

    /// Do not draw the income gap (gap.svg)
    #[arg(long)]
    no_plot: bool,
}

/// A run that was carried out and recorded.
struct Finished {
    folder: PathBuf,
    trajectory: Trajectory,
    summary: Summary,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Exit {
    let scenarios = match args.scenarios.load(terminal) {
        Ok(scenarios) => scenarios,
        Err(exit) => return exit,
    };
    for scenario in &scenarios {
        for warning in dates(scenario) {
            terminal.warning(&format!("{}: {}: {}", scenario.keys.name, warning.key, warning.what), &warning.hint);
        }
    }
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    // Each date is simulated once and written to two tables.
    let dates: usize = scenarios.iter().map(|scenario| scenario.problem.grid.periods + 1).sum();
    let progress = Progress::start(&control, 3 * dates as u64, "steps", terminal);
    let outcomes: Vec<Result<Finished, RecordError>> =
        scenarios.par_iter().map(|scenario| one(scenario, args, &control)).collect();
    drop(progress);
    let exits = scenarios.iter().zip(&outcomes).map(|(scenario, outcome)| tell(scenario, outcome, terminal));
    let exits: Vec<Exit> = exits.collect();
    if let Some(signal) = signals.received() {
        terminal.note("interrupted: runs that had finished are complete, the others left nothing");
        return Exit::Signal(signal);
    }
    match (exits.contains(&Exit::Done), exits.iter().find(|exit| **exit != Exit::Done)) {
        (_, None) => Exit::Done,
        (true, Some(_)) => Exit::SomeFailed,
        (false, Some(first)) if exits.iter().all(|exit| exit == first) => *first,
        (false, Some(_)) => Exit::Failed,
    }
}

/// Simulates, draws and records one scenario. What goes wrong stays within it.
fn one(scenario: &Scenario, args: &Args, control: &Control) -> Result<Finished, RecordError> {
    let stage = record::open(&args.out, &scenario.keys.name)?;
    let trajectory = simulate(&scenario.problem, scenario.solver, control).map_err(|_| RecordError::Stopped)?;
    let keys = &scenario.keys;
    let summary = summarise(&keys.name, keys.title.as_deref(), &trajectory);
    let pictures = if args.no_plot { vec![] } else { vec![("gap.svg", draw::gap(&trajectory, &summary))] };
    let folder = record::write_run(stage, scenario, &trajectory, &summary, &pictures, control)?;
    Ok(Finished { folder, trajectory, summary })
}

/// Prints the account of one run, or why there is none.
fn tell(scenario: &Scenario, outcome: &Result<Finished, RecordError>, terminal: &Terminal) -> Exit {
    let name = &scenario.keys.name;
    match outcome {
        Ok(Finished { folder, trajectory, summary }) => {
            if terminal.json {
                let line = serde_json::to_string(summary).unwrap_or_default();
                terminal.print(&format!("{line}\n"));
            } else if !terminal.quiet {
                terminal.print(&account::of_run(trajectory, summary, folder));
            }
            if summary.status == Status::Ok {
                return Exit::Done;
            }
            let title = format!("{name} failed: {}", summary.error.as_deref().unwrap_or("unknown"));
            let explanation = account::why_failed(scenario);
            let rows = trajectory.rows.len();
            let rows =
                if rows == 1 { "the first row is".to_owned() } else { format!("the {rows} rows up to there are") };
            let kept = format!("{rows} in {}", folder.display());
            terminal.error(&title, explanation, &kept);
            Exit::Failed
        }
        Err(error) => tell_record_error(name, error, terminal),
    }
}

/// Says why the folder of `name` was not written.
pub(super) fn tell_record_error(name: &str, error: &RecordError, terminal: &Terminal) -> Exit {
    match error {
        RecordError::Busy { folder, process } => {
            let who = process.map_or_else(|| "another process".to_owned(), |id| format!("process {id}"));
            let title = format!("{} is in use: {who} is writing there", folder.display());
            terminal.error(&title, None, "wait for it, or choose another folder with --out DIR");
            Exit::Busy
        }
        RecordError::Foreign { folder, found } => {
            let title = format!("{} is not ours to replace: {found}", folder.display());
            terminal.error(
                &title,
                Some("it was left as it is"),
                "move it, choose another --out DIR, or give the scenario another name",
            );
            Exit::Foreign
        }
        RecordError::Changed { folder, differences, hint } => {
            let title = format!("{} holds another sweep: {}", folder.display(), differences.join("; "));
            terminal.error(&title, Some("it was left as it is"), hint);
            Exit::Foreign
        }
        RecordError::Parts { problems, hint, foreign } => {
            let title = format!("the parts of the sweep do not fit together: {}", problems.join("; "));
            terminal.error(&title, Some("they were left as they are"), hint);
            if *foreign { Exit::Foreign } else { Exit::Failed }
        }
        RecordError::Io { action, error, kept } => {
            terminal.error(&format!("{name}: cannot {action}: {}", os_message(error)), Some(kept), "");
            Exit::Failed
        }
        RecordError::Stopped => Exit::Failed,
    }
}
