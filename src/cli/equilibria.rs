//! `catchup equilibria SCENARIO`: the paper's tables for the user's own numbers.

use super::table::aligned;
use super::{Exit, Scenarios, Terminal};
use crate::control::Control;
use crate::equilibria::{Answer, columns};
use crate::error::Error;
use crate::model::equilibria::{assumption_6_holds, ordering_holds};
use crate::record::csv;
use crate::simulate::simulate;
use crate::table::Object;
use clap::ValueEnum;
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

    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Markdown,
    Latex,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
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
    let answer = Answer::new(scenario, &trajectory, k, args.long_run);
    let format = if terminal.json { Format::Json } else { args.format };
    terminal.print(&match format {
        Format::Table => table(&answer),
        Format::Csv => csv(&columns(), &answer, answer.candidates.len()),
        Format::Json => format!("{}\n", json(&answer)),
        Format::Markdown => markdown(&answer),
        Format::Latex => latex(&answer),
    });
    Ok(Exit::Done)
}

fn table(answer: &Answer<'_>) -> String {
    let closed = if answer.closed { "  Trade is closed at this date; were it open:\n" } else { "" };
    let [ordering, assumption] = answer.assumptions();
    format!(
        "{}  {}\n{closed}{}  {ordering}\n  {assumption}\n",
        answer.scenario.keys.name,
        answer.when(),
        aligned(&answer.lines())
    )
}

fn markdown(answer: &Answer<'_>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('_', "\\_"));
    let lines: Vec<String> = answer.lines().iter().map(|cells| line(cells)).collect();
    let rule = format!("|{}\n", "---|".repeat(answer.lines()[0].len()));
    let text = format!("{}{rule}{}", lines[0], lines[1..].concat());
    let [ordering, assumption] = answer.assumptions().map(|text| text.replace('_', "\\_"));
    format!("{}, {}\n\n{text}\nHere {ordering}; {assumption}.\n", answer.scenario.keys.name, answer.when())
}

/// A booktabs table, ready to paste.
fn latex(answer: &Answer<'_>) -> String {
    let escape = |text: &str| {
        let text = text.replace('%', "\\%").replace('_', "\\_");
        text.replace('≤', "$\\le$").replace('>', "$>$")
    };
    let line =
        |cells: &[String]| format!("{} \\\\\n", cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" & "));
    let mut text = String::from("% needs \\usepackage{booktabs}\n\\begin{tabular}{llrrrrllllr}\n\\toprule\n");
    let lines: Vec<String> = answer.lines().iter().map(|cells| line(cells)).collect();
    text += &format!("{}\\midrule\n{}", lines[0], lines[1..].concat());
    text += "\\bottomrule\n\\end{tabular}\n";
    let [ordering, assumption] = answer.assumptions();
    format!("% {}, {}\n% {ordering}; {assumption}\n{text}", answer.scenario.keys.name, answer.when())
}

fn json(answer: &Answer<'_>) -> Value {
    let columns = columns();
    let row = |row| Object { columns: &columns, rows: answer, row };
    json!({
        "name": answer.scenario.keys.name,
        "t": answer.t,
        "long_run": answer.long_run,
        "ordering": ordering_holds(answer.params),
        "assumption_6": assumption_6_holds(answer.params),
        "equilibria": (0..answer.candidates.len()).map(row).collect::<Vec<_>>(),
    })
}
