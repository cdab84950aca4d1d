//! `catchup equilibria SCENARIO`: the paper's tables for the user's own numbers.

#![expect(non_snake_case, reason = "the symbol of the contract: real_income_R")]

use super::account::short;
use super::check::aligned;
use super::{Exit, Scenarios, Terminal};
use crate::control::Control;
use crate::model::equilibria::{Candidate, assumption_6_holds, in_the_long_run, now, ordering_holds};
use crate::model::params::Params;
use crate::model::trade::{Offers, Regime};
use crate::record::equilibria_csv;
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::trajectory::Trajectory;
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

/// The candidates of one scenario at one date, and what goes with them.
struct Answer<'a> {
    scenario: &'a Scenario,
    params: &'a Params,
    t: f64,
    long_run: bool,
    candidates: Vec<Candidate>,
    real_income_R: f64,
    closed: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Exit {
    let scenarios = match args.scenario.load(terminal) {
        Ok(scenarios) => scenarios,
        Err(exit) => return exit,
    };
    let [scenario] = &scenarios[..] else {
        terminal.error("equilibria takes one scenario", None, "run it once for each");
        return Exit::Invalid;
    };
    let grid = scenario.problem.grid;
    let Some(k) = grid.first_period(args.at).filter(|_| args.at >= 0.0) else {
        let title = format!("--at {} is not on the path of {}", args.at, scenario.keys.name);
        terminal.error(&title, Some(&format!("allowed: 0 to {}, in years after t = 0", grid.t(grid.periods))), "");
        return Exit::Invalid;
    };
    let Ok(trajectory) = simulate(&scenario.problem, scenario.solver, &Control::default()) else {
        return Exit::Failed;
    };
    if k >= trajectory.rows.len() {
        let failure = trajectory.failure.as_ref().map_or("", |failure| failure.reason.as_str());
        let last = grid.t(trajectory.rows.len().saturating_sub(1));
        let title = format!("{} fails before t = {}: {failure}", scenario.keys.name, args.at);
        terminal.error(&title, None, &format!("--at {last} is the last date it reaches"));
        return Exit::Failed;
    }
    let answer = answer(scenario, &trajectory, k, args.long_run);
    let format = if terminal.json { Format::Json } else { args.format };
    terminal.print(&match format {
        Format::Table => answer.table(),
        Format::Csv => equilibria_csv(&scenario.problem.sectors, &answer.candidates, answer.real_income_R),
        Format::Json => format!("{}\n", answer.json()),
        Format::Markdown => answer.markdown(),
        Format::Latex => answer.latex(),
    });
    Exit::Done
}

fn answer<'a>(scenario: &'a Scenario, trajectory: &Trajectory, k: usize, long_run: bool) -> Answer<'a> {
    let problem = &scenario.problem;
    let epoch = problem.epochs.iter().rev().find(|epoch| epoch.k <= k).unwrap_or(&problem.epochs[0]);
    let rows = trajectory.sectors_at(k);
    let z: Vec<f64> = rows.iter().map(|row| row.z).collect();
    let candidates = if long_run {
        in_the_long_run(&epoch.params, &z)
    } else {
        // The offers of the row, at the ages that P's clusters have there.
        let offers = Offers {
            p: rows.iter().map(|row| row.p).collect(),
            v_Is: rows.iter().map(|row| row.v_Is).collect(),
            v_Cl: rows.iter().map(|row| row.v_Cl).collect(),
            ell: rows.iter().map(|row| row.v_Cl / row.v_Is).collect(),
            outside: rows.iter().map(|row| row.v_Is).fold(0.0, f64::max),
        };
        now(&epoch.params, &z, &offers)
    };
    Answer {
        scenario,
        params: &epoch.params,
        t: problem.grid.t(k),
        long_run,
        candidates,
        real_income_R: trajectory.rows[k].ln_real_income_R.exp(),
        closed: trajectory.rows[k].regime == Regime::Closed,
    }
}

const HEADER: [&str; 11] = [
    "regime",
    "equilibrium",
    "wage",
    "income gap",
    "real income",
    "margin",
    "because",
    "inequality",
    "rejected by",
    "subsidy",
    "rank",
];

impl Answer<'_> {
    fn name(&self, regime: Regime) -> String {
        let sectors = &self.scenario.problem.sectors;
        match regime {
            Regime::Cluster(i) => format!("Cl({})", sectors[i]),
            Regime::Isolation(i) => format!("Is({})", sectors[i]),
            Regime::Diversified | Regime::Closed => "Is (diversified)".to_owned(),
        }
    }

    fn when(&self) -> String {
        let date = if self.t == 0.0 {
            "at t = 0".to_owned()
        } else {
            format!("at t = {} ({})", short(self.t), self.scenario.problem.grid.start + self.t)
        };
        if self.long_run { format!("in the long run of each, from where P is {date}") } else { date }
    }

    fn assumptions(&self) -> [String; 2] {
        let holds = |holds: bool| if holds { "holds" } else { "does not hold" };
        [
            format!(
                "the paper's ordering (y_R/y_P does not fall from sector to sector) {}",
                holds(ordering_holds(self.params))
            ),
            format!(
                "assumption 6 (lambda y_R/y_P does not fall from sector to sector) {}",
                holds(assumption_6_holds(self.params))
            ),
        ]
    }

    /// Cells as people read them; the paper's inequality beside the sectors it compares.
    fn cells(&self) -> Vec<Vec<String>> {
        let sectors = &self.scenario.problem.sectors;
        let row = |candidate: &Candidate| {
            let inequality = candidate.inequality.map(|q| {
                let sign = if candidate.rejected_by().is_some() { ">" } else { "≤" };
                format!("{} {sign} {}", short(q.left), short(q.right))
            });
            let against = candidate.inequality.map(|q| format!("against {}", sectors[q.rival]));
            vec![
                self.name(candidate.regime),
                if candidate.equilibrium { "yes" } else { "no" }.to_owned(),
                short(candidate.w_P),
                short(1.0 / candidate.w_P),
                short(candidate.w_P * self.real_income_R),
                candidate.margin.map_or_else(String::new, |margin| format!("{:+.1} %", 100.0 * margin)),
                against.unwrap_or_else(|| "always one".to_owned()),
                inequality.unwrap_or_default(),
                candidate.rejected_by().map_or_else(String::new, |k| sectors[k].clone()),
                if candidate.subsidy > 0.0 { short(candidate.subsidy) } else { String::new() },
                candidate.rank.to_string(),
            ]
        };
        self.candidates.iter().map(row).collect()
    }

    fn table(&self) -> String {
        let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
        rows.extend(self.cells());
        let closed = if self.closed { "  Trade is closed at this date; were it open:\n" } else { "" };
        let [ordering, assumption] = self.assumptions();
        format!(
            "{}  {}\n{closed}{}  {ordering}\n  {assumption}\n",
            self.scenario.keys.name,
            self.when(),
            aligned(&rows)
        )
    }

    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('_', "\\_"));
        let mut text = line(&HEADER.map(str::to_owned));
        text += &format!("|{}\n", "---|".repeat(HEADER.len()));
        text += &self.cells().iter().map(|cells| line(cells)).collect::<String>();
        let [ordering, assumption] = self.assumptions().map(|text| text.replace('_', "\\_"));
        format!("{}, {}\n\n{text}\nHere {ordering}; {assumption}.\n", self.scenario.keys.name, self.when())
    }

    /// A booktabs table, ready to paste.
    fn latex(&self) -> String {
        let escape = |text: &str| {
            let text = text.replace('%', "\\%").replace('_', "\\_");
            text.replace('≤', "$\\le$").replace('>', "$>$")
        };
        let line = |cells: &[String]| {
            format!("{} \\\\\n", cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" & "))
        };
        let mut text = String::from("% needs \\usepackage{booktabs}\n\\begin{tabular}{llrrrrllllr}\n\\toprule\n");
        text += &line(&HEADER.map(str::to_owned));
        text += "\\midrule\n";
        text += &self.cells().iter().map(|cells| line(cells)).collect::<String>();
        text += "\\bottomrule\n\\end{tabular}\n";
        let [ordering, assumption] = self.assumptions();
        format!("% {}, {}\n% {ordering}; {assumption}\n{text}", self.scenario.keys.name, self.when())
    }

    fn json(&self) -> Value {
        let sectors = &self.scenario.problem.sectors;
        let finite = |value: f64| value.is_finite().then_some(value);
        let row = |candidate: &Candidate| {
            json!({
                "regime": candidate.regime.name(),
                "sector": candidate.regime.sector().map(|i| &sectors[i]),
                "equilibrium": candidate.equilibrium,
                "w_P": finite(candidate.w_P),
                "income_gap": finite(1.0 / candidate.w_P),
                "real_income_P": finite(candidate.w_P * self.real_income_R),
                "margin": candidate.margin.and_then(finite),
                "subsidy": finite(candidate.subsidy),
                "inequality": candidate.inequality.map(|inequality| inequality.to_string()),
                "rejected_by": candidate.rejected_by().map(|k| &sectors[k]),
                "rank": candidate.rank,
            })
        };
        json!({
            "name": self.scenario.keys.name,
            "t": self.t,
            "long_run": self.long_run,
            "ordering": ordering_holds(self.params),
            "assumption_6": assumption_6_holds(self.params),
            "equilibria": self.candidates.iter().map(row).collect::<Vec<_>>(),
        })
    }
}
