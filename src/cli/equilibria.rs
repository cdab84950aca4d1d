//! `catchup equilibria SCENARIO`: the paper's tables for the user's own numbers.

use super::format::{self, Format, Printing};
use super::{Exit, Scenarios, Terminal};
use crate::advice::warnings;
use crate::control::Control;
use crate::equilibria::{Answer, columns, for_people};
use crate::error::Error;
use crate::model::equilibria::{assumption_6_holds, ordering_holds};
use crate::simulate::simulate;
use crate::table::Object;
use anstyle::Style;
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scenario: Scenarios,

    /// At this date of the scenario's path, years after t = 0
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
    let Some(k) = Some(grid.first_period(args.at)).filter(|&k| args.at >= 0.0 && grid.has_row(k)) else {
        let title = format!("--at {} is not on the path of {}", args.at, scenario.keys.name);
        let allowed = format!("allowed: 0 to {}, in years after t = 0", grid.t(grid.periods));
        return Err(Error::invalid(title).note(allowed));
    };
    let Ok(trajectory) = simulate(&scenario.problem, scenario.solver, &Control::default()) else {
        return Err(Error::stopped());
    };
    if k >= trajectory.rows.len() {
        let failure = trajectory.failure.as_ref().map_or("", |failure| failure.reason.as_str());
        let last = grid.t(trajectory.rows.len().saturating_sub(1));
        let title = format!("{} fails before t = {}: {failure}", scenario.keys.name, args.at);
        return Err(Error::failed(title).hint(format!("--at {last} is the last date it reaches")));
    }
    terminal.warn(&scenario.keys.name, &warnings(scenario, &trajectory));
    let answer = Answer::new(scenario, &trajectory, k, args.long_run);
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
        below: answer.assumptions().to_vec(),
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
