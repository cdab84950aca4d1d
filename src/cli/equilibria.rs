//! `catchup equilibria SCENARIO`: the paper's tables for the user's own numbers.

use super::dates::{in_years, years_after_start};
use super::format::{self, Format, Printing};
use super::{Exit, Scenarios, Terminal};
use crate::advice::{warnings, without_effect};
use crate::control::Control;
use crate::equilibria::{Answer, columns, for_people};
use crate::error::Error;
use crate::model::equilibria::{assumption_6_holds, ordering_holds};
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::table::Object;
use anstyle::Style;
use serde_json::{Value, json};

/// The latest date asked for, years after t = 0: a path goes on for ever, but its numbers do not.
const LATEST: f64 = 10_000.0;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenario: Scenarios,

    /// At this date of the scenario's path, years after t = 0 (which may lie beyond the last row) or a calendar year of it
    #[arg(long, value_name = "T", default_value_t = 0.0)]
    at: f64,

    /// In the steady state that each candidate would itself lead to (the paper's Table 3)
    #[arg(long)]
    long_run: bool,

    #[command(flatten)]
    printing: Printing,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let printer = args.printing.printer(terminal.json, for_people().into())?;
    let scenarios = args.scenario.load()?;
    let [scenario] = &scenarios[..] else {
        return Err(Error::invalid("equilibria takes one scenario").hint("run it once for each"));
    };
    let grid = scenario.problem.grid;
    let at = years_after_start(&grid, args.at);
    if !(0.0..=LATEST).contains(&at) {
        let title = format!("--at {} is not on the path of {}", args.at, scenario.keys.name);
        return Err(Error::invalid(title).note(format!("allowed: 0 to {LATEST}, {}", in_years(&grid))));
    }
    let k = grid.first_period(at);
    let Ok(trajectory) = simulate(&scenario.problem, scenario.solver, &Control::default()) else {
        return Err(Error::stopped());
    };
    let Some(answer) = Answer::new(scenario, &trajectory, k, args.long_run) else {
        let failure = trajectory.failure.as_ref().map_or("it has no long run", |failure| failure.reason.as_str());
        let last = grid.t(trajectory.rows.len().saturating_sub(1));
        let title = format!("{} fails before t = {at}: {failure}", scenario.keys.name);
        return Err(Error::failed(title).hint(format!("--at {last} is its last row")));
    };
    let mut warned = warnings(scenario, &trajectory);
    let said = |given: &Scenario| {
        let trajectory = simulate(&given.problem, given.solver, &Control::default()).ok()?;
        let answer = Answer::new(given, &trajectory, given.problem.grid.first_period(at), args.long_run)?;
        Some((json(&answer), answer.lines(), answer.to_come()))
    };
    warned.extend(without_effect(
        scenario,
        said,
        "no number of this table depends on it: remove it, or run the scenario",
    ));
    terminal.warn(&scenario.keys.name, &warned);
    terminal.print(&match printer.format {
        Format::Json => format!("{}\n", json(&answer)),
        _ => printer.print(&table(&answer)),
    });
    Ok(Exit::Done)
}

fn table<'a>(answer: &'a Answer<'a>) -> format::Answer<'a, Answer<'a>> {
    let closed = answer.closed.then(|| "Trade is closed at this date; were it open:".to_owned());
    format::Answer {
        title: format!("{}  {}", answer.scenario.keys.name, answer.when()),
        above: closed.into_iter().collect(),
        below: answer.assumptions().into_iter().chain(answer.to_come()).collect(),
        columns: columns(),
        rows: answer,
        count: answer.candidates.len(),
        order: (0..answer.candidates.len()).collect(),
        voice: Style::new(),
        inks: Vec::new(),
    }
}

fn json(answer: &Answer<'_>) -> Value {
    let columns = columns();
    let row = |row| Object { columns: &columns, rows: answer, row };
    json!({
        "name": answer.scenario.keys.name,
        "t": answer.t,
        "year": answer.scenario.problem.grid.start + answer.t,
        "long_run": answer.long_run,
        "ordering": ordering_holds(answer.params),
        "assumption_6": assumption_6_holds(answer.params),
        "equilibria": (0..answer.candidates.len()).map(row).collect::<Vec<_>>(),
    })
}
