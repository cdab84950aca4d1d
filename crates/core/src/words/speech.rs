//! Keys, dates and shocks of a scenario as sentences speak of them.

use crate::model::grid::Grid;
use crate::model::policy::Sustain;
use crate::model::problem::Problem;
use crate::numbers::{date, date_of_key, short};
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

    /// A number that it takes: of a date, when it falls due.
    pub(super) fn value(&self, path: &str, value: f64) -> String {
        if is_dated(path) { self.due(value) } else { short(value) }
    }

    /// The date at which something falls due that is set for `t`, years after t = 0: its year, and the years.
    pub(super) fn due(&self, t: f64) -> String {
        date_of_key(self.grid.start, self.grid.t(self.grid.first_period(t)))
    }

    /// A year.
    pub(super) fn year(&self, value: f64) -> String {
        date(self.grid.start, value)
    }

    /// The date t.
    pub(super) fn date(&self, t: f64) -> String {
        self.year(self.grid.start + t)
    }

    /// From a year to the last one in which it still holds, or in that alone; without one, on and on.
    pub(super) fn span(&self, from: f64, last: Option<f64>) -> String {
        match last {
            Some(last) if last <= from => format!("in {}", self.year(from)),
            Some(last) => format!("from {} to {}", self.year(from), self.year(last)),
            None => format!("from {} on", self.year(from)),
        }
    }

    /// How each cluster is promoted of which the one worth most is asked for.
    pub(super) fn programme(&self, problem: &Problem) -> String {
        let policy = programme(problem);
        let (first, last) = policy.years(&self.grid);
        let span = self.span(first, last);
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

/// Whether the key at a dotted path counts years after t = 0.
pub(super) fn is_dated(path: &str) -> bool {
    keys::find(path).is_some_and(|key| key.reach == Reach::Dates)
}
