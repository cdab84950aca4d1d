//! `catchup run SCENARIO…`

use super::progress::Progress;
use super::signals::Signals;
use super::threads::Threads;
use super::{Exit, Scenarios, Terminal, account};
use crate::advice::warnings;
use crate::control::Control;
use crate::draw;
use crate::error::{Error, Kind};
use crate::record;
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::summary::{Status, Summary, summarise};
use crate::trajectory::Trajectory;
use crate::words;
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

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let scenarios = args.scenarios.load()?;
    terminal.warn_of_twins(&scenarios);
    let threads = Threads::new(None, terminal);
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    // Each date is simulated once and written to two tables.
    let dates: usize = scenarios.iter().map(|scenario| scenario.problem.grid.periods + 1).sum();
    let progress = Progress::start(&control, 3 * dates as u64, "steps", terminal);
    let outcomes: Vec<Result<Finished, Error>> =
        threads.run(|| scenarios.par_iter().map(|scenario| one(scenario, args, &control)).collect());
    drop(progress);
    let exits = scenarios.iter().zip(&outcomes).map(|(scenario, outcome)| print_outcome(scenario, outcome, terminal));
    let exits: Vec<Exit> = exits.collect();
    if let Some(signal) = signals.received() {
        terminal.note("interrupted: runs that had finished are complete, the others left nothing");
        return Ok(Exit::Signal(signal));
    }
    Ok(match (exits.contains(&Exit::Done), exits.iter().find(|exit| **exit != Exit::Done)) {
        (_, None) => Exit::Done,
        (true, Some(_)) => Exit::SomeFailed,
        (false, Some(first)) if exits.iter().all(|exit| exit == first) => *first,
        (false, Some(_)) => Exit::Failed,
    })
}

/// Simulates, draws and records one scenario. What goes wrong stays within it.
fn one(scenario: &Scenario, args: &Args, control: &Control) -> Result<Finished, Error> {
    let stage = record::open(&args.out, &scenario.keys.name).map_err(|error| error.about(&scenario.keys.name))?;
    let trajectory = simulate(&scenario.problem, scenario.solver, control).map_err(|_| Error::stopped())?;
    let keys = &scenario.keys;
    let summary = summarise(&keys.name, keys.title.as_deref(), &trajectory);
    let pictures = if args.no_plot { vec![] } else { vec![("gap.svg", draw::gap(scenario, &trajectory, &summary))] };
    let folder = record::write_run(stage, scenario, &trajectory, &summary, &pictures, control);
    let folder = folder.map_err(|error| error.about(&keys.name))?;
    Ok(Finished { folder, trajectory, summary })
}

/// Prints the account of one run, or why there is none.
fn print_outcome(scenario: &Scenario, outcome: &Result<Finished, Error>, terminal: &Terminal) -> Exit {
    let name = &scenario.keys.name;
    match outcome {
        Ok(Finished { folder, trajectory, summary }) => {
            if trajectory.failure.is_none() {
                terminal.warn(name, &warnings(scenario, trajectory));
            }
            if terminal.json {
                let line = serde_json::to_string(summary).unwrap_or_default();
                terminal.print(&format!("{line}\n"));
            } else if !terminal.quiet {
                terminal.print(&account::of_run(scenario, trajectory, summary, folder));
            }
            if summary.measures.status() == Status::Ok {
                return Exit::Done;
            }
            let why = words::run::failure(&words::Told::new(scenario, summary));
            let title = format!("{name} failed {}", why.unwrap_or_default());
            let explanation = account::why_failed(scenario);
            let rows = trajectory.rows.len();
            let rows =
                if rows == 1 { "the first row is".to_owned() } else { format!("the {rows} rows up to there are") };
            let kept = format!("{rows} in {}", folder.display());
            terminal.fail(&Error::failed(title).note(explanation.unwrap_or_default()).hint(kept))
        }
        // Whoever was told to stop hears of it once, not per run.
        Err(error) if error.kind == Kind::Stopped => Exit::Failed,
        Err(error) => terminal.fail(error),
    }
}
