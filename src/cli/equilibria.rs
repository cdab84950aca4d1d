//! `catchup equilibria SCENARIO`: the paper's tables for the user's own numbers.

use super::table::aligned;
use super::{Exit, Scenarios, Terminal};
use crate::control::Control;
use crate::equilibria::{Answer, HEADER};
use crate::error::Error;
use crate::model::equilibria::{Candidate, assumption_6_holds, ordering_holds};
use crate::record::equilibria_csv;
use crate::simulate::simulate;
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
    let Some(k) = grid.first_period(args.at).filter(|_| args.at >= 0.0) else {
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
        Format::Csv => equilibria_csv(&scenario.problem.sectors, &answer.candidates, answer.real_income_R),
        Format::Json => format!("{}\n", json(&answer)),
        Format::Markdown => markdown(&answer),
        Format::Latex => latex(&answer),
    });
    Ok(Exit::Done)
}

fn table(answer: &Answer<'_>) -> String {
    let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
    rows.extend(answer.cells());
    let closed = if answer.closed { "  Trade is closed at this date; were it open:\n" } else { "" };
    let [ordering, assumption] = answer.assumptions();
    format!(
        "{}  {}\n{closed}{}  {ordering}\n  {assumption}\n",
        answer.scenario.keys.name,
        answer.when(),
        aligned(&rows)
    )
}

fn markdown(answer: &Answer<'_>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('_', "\\_"));
    let mut text = line(&HEADER.map(str::to_owned));
    text += &format!("|{}\n", "---|".repeat(HEADER.len()));
    text += &answer.cells().iter().map(|cells| line(cells)).collect::<String>();
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
    text += &line(&HEADER.map(str::to_owned));
    text += "\\midrule\n";
    text += &answer.cells().iter().map(|cells| line(cells)).collect::<String>();
    text += "\\bottomrule\n\\end{tabular}\n";
    let [ordering, assumption] = answer.assumptions();
    format!("% {}, {}\n% {ordering}; {assumption}\n{text}", answer.scenario.keys.name, answer.when())
}

fn json(answer: &Answer<'_>) -> Value {
    let sectors = &answer.scenario.problem.sectors;
    let finite = |value: f64| value.is_finite().then_some(value);
    let row = |candidate: &Candidate| {
        json!({
            "regime": candidate.regime.name(),
            "sector": candidate.regime.sector().map(|i| &sectors[i]),
            "equilibrium": candidate.equilibrium,
            "w_P": finite(candidate.w_P),
            "income_gap": finite(1.0 / candidate.w_P),
            "real_income_P": finite(candidate.w_P * answer.real_income_R),
            "margin": candidate.margin.and_then(finite),
            "subsidy": finite(candidate.subsidy),
            "inequality": candidate.inequality.map(|inequality| inequality.to_string()),
            "rejected_by": candidate.rejected_by().map(|k| &sectors[k]),
            "rank": candidate.rank,
        })
    };
    json!({
        "name": answer.scenario.keys.name,
        "t": answer.t,
        "long_run": answer.long_run,
        "ordering": ordering_holds(answer.params),
        "assumption_6": assumption_6_holds(answer.params),
        "equilibria": answer.candidates.iter().map(row).collect::<Vec<_>>(),
    })
}
