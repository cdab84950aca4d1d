//! Keys, dates and shocks of a scenario as sentences speak of them.

use super::{date, span};
use crate::model::grid::Grid;
use crate::model::policy::Sustain;
use crate::model::problem::Problem;
use crate::numbers::short;
use crate::probe::programme;
use crate::scenario::Scenario;
use crate::scenario::key::Reach;
use crate::scenario::keys::{self, Shock};
use crate::scenario::people::People;

/// What people call the parts of a scenario, and the years that its dates are.
#[derive(Debug, Clone)]
pub(super) struct Speech {
    pub(super) people: People,
    pub(super) grid: Grid,
}

impl Speech {
    pub(super) fn of(scenario: &Scenario) -> Self {
        Self { people: scenario.people(), grid: scenario.problem.grid }
    }

    /// The key at a dotted path.
    pub(super) fn key(&self, path: &str) -> String {
        self.people.phrase(path)
    }

    /// A number that it takes: a date as its year.
    pub(super) fn value(&self, path: &str, value: f64) -> String {
        let dated = keys::find(path).is_some_and(|key| key.reach == Reach::Dates);
        if dated { self.date(value) } else { short(value) }
    }

    /// The date t.
    pub(super) fn date(&self, t: f64) -> String {
        date(self.grid, self.grid.start + t)
    }

    /// How each cluster is promoted of which the one worth most is asked for.
    pub(super) fn programme(&self, problem: &Problem) -> String {
        let policy = programme(problem);
        let (first, last) = policy.years(&self.grid);
        let span = span(self.grid, first, last);
        let how = match policy.sustain == Sustain::Always {
            true => format!("sustained at {}'s cost", self.people.payer(policy.funded_by)),
            false => "as long as it is an equilibrium".to_owned(),
        };
        format!("Each cluster in turn is promoted {span}, {how}.")
    }

    /// A shock by its date and what it is.
    pub(super) fn shock(&self, shock: &Shock) -> String {
        let when = self.grid.t(self.grid.first_period(shock.at));
        format!("the shock of {} ({})", self.date(when), self.people.retold(&shock.describe()))
    }
}
