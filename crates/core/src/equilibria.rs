//! The paper's tables for one date of a path: every candidate with what decides, in cells for people to read.

#![expect(non_snake_case, reason = "the symbol of the contract: real_income_R")]

use crate::math::exp;
use crate::model::equilibria::{Candidate, assumption_6_holds, in_the_long_run, now, ordering_holds};
use crate::model::params::Params;
use crate::model::trade::Regime;
use crate::scenario::Scenario;
use crate::trajectory::Trajectory;
use crate::words::short;

/// The candidates of one scenario at one date, and what goes with them.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its parameters at the date.
    pub params: &'a Params,
    /// The date, years after t = 0.
    pub t: f64,
    /// Whether each candidate stands in the steady state that it would itself lead to.
    pub long_run: bool,
    /// Every Cl(i), then Is.
    pub candidates: Vec<Candidate>,
    /// v_R at the date.
    pub real_income_R: f64,
    /// Whether trade is closed at the date; the candidates are then what world prices would give.
    pub closed: bool,
}

/// What [`Answer::cells`] holds.
pub const HEADER: [&str; 11] = [
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

impl<'a> Answer<'a> {
    /// The candidates in row k of a path.
    pub fn new(scenario: &'a Scenario, trajectory: &Trajectory, k: usize, long_run: bool) -> Self {
        let problem = &scenario.problem;
        let params = problem.params_at(k);
        let z: Vec<f64> = trajectory.sectors_at(k).iter().map(|row| row.z).collect();
        let candidates = if long_run { in_the_long_run(params, &z) } else { now(params, &z, &trajectory.offers_at(k)) };
        Self {
            scenario,
            params,
            t: problem.grid.t(k),
            long_run,
            candidates,
            real_income_R: exp(trajectory.rows[k].ln_real_income_R),
            closed: trajectory.rows[k].regime == Regime::Closed,
        }
    }

    fn name(&self, regime: Regime) -> String {
        let sectors = &self.scenario.problem.sectors;
        match regime {
            Regime::Cluster(i) => format!("Cl({})", sectors[i]),
            Regime::Isolation(i) => format!("Is({})", sectors[i]),
            Regime::Diversified | Regime::Closed => "Is (diversified)".to_owned(),
        }
    }

    /// The date in words.
    pub fn when(&self) -> String {
        let date = if self.t == 0.0 {
            "at t = 0".to_owned()
        } else {
            format!("at t = {} ({})", short(self.t), self.scenario.problem.grid.start + self.t)
        };
        if self.long_run { format!("in the long run of each, from where P is {date}") } else { date }
    }

    /// Which of the assumptions of the paper hold.
    pub fn assumptions(&self) -> [String; 2] {
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
    pub fn cells(&self) -> Vec<Vec<String>> {
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
}
