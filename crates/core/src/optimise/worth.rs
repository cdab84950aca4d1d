//! What policies are worth in one state of the world, and which comes first.

use super::search::modesty;
use super::{Looked, Objective, Space};
use crate::compare::beats;
use crate::math::ln;
use crate::measure::equivalent_variation;

/// What came of the policies that were looked at, and what they are measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worths<'a> {
    /// What came of each; of none at all first.
    pub looked: &'a [Looked],
    /// PV(1).
    pub weight: Option<f64>,
    /// What the best is best at.
    pub objective: Objective,
    /// The most that a policy may cost.
    pub budget: Option<f64>,
}

impl Worths<'_> {
    /// What a policy is worth over none: the share by which P's income would have to rise at every moment.
    pub fn equivalent_variation(&self, index: usize) -> Option<f64> {
        let (own, alone) = (self.looked[index].welfare()?, self.looked[0].welfare()?);
        Some(equivalent_variation(own, alone, self.weight?))
    }

    /// What P gains over no policy in present value, R-wages per worker.
    pub fn net_gain_pv(&self, index: usize) -> Option<f64> {
        Some(self.looked[index].income()? - self.looked[0].income()?)
    }

    /// The objective at a policy, in its own unit.
    pub fn value(&self, index: usize) -> Option<f64> {
        match self.objective {
            Objective::EquivalentVariation => self.equivalent_variation(index),
            Objective::LongRunGap => self.looked[index].long_run_gap(),
            Objective::NetGainPv => self.net_gain_pv(index),
        }
    }

    /// How good a policy is: the higher the better.
    pub fn score(&self, index: usize) -> Option<f64> {
        self.value(index).map(|value| self.objective.score(value))
    }

    /// What a policy costs in present value; infinite where that does not converge.
    pub fn cost(&self, index: usize) -> f64 {
        match self.looked[index].subsidy_pv() {
            Some(cost) => cost,
            // Where no present value converges, what is never paid still costs nothing.
            None if self.looked[index].peak_subsidy_share() == Some(0.0) => 0.0,
            None => f64::INFINITY,
        }
    }

    /// Whether a policy can be chosen: it can be paid for, and within the budget.
    pub fn affordable(&self, index: usize) -> bool {
        !self.looked[index].failed() && self.budget.is_none_or(|budget| self.cost(index) <= budget)
    }

    /// The one among some policies that `score` puts first, of those that can be chosen.
    pub fn first(
        &self,
        space: &Space,
        among: impl Iterator<Item = usize> + Clone,
        score: impl Fn(usize) -> Option<f64>,
    ) -> Option<usize> {
        first(space, among.filter(|&index| self.affordable(index)), score, |index| self.cost(index))
    }
}

impl Objective {
    /// How good a value of it is: the higher the better.
    pub(super) fn score(self, value: f64) -> f64 {
        if self == Self::LongRunGap { -ln(value) } else { value }
    }
}

/// The policy that `score` puts first: highest, then least `cost`, then the most modest. Scores and costs that differ by rounding
/// are the same.
pub(super) fn first(
    space: &Space,
    among: impl Iterator<Item = usize> + Clone,
    score: impl Fn(usize) -> Option<f64>,
    cost: impl Fn(usize) -> f64,
) -> Option<usize> {
    let scored = among.filter_map(|index| Some((index, score(index)?)));
    let top = scored.clone().map(|(_, score)| score).max_by(f64::total_cmp)?;
    let tied: Vec<usize> = scored.filter(|(_, score)| !beats(top, *score)).map(|(index, _)| index).collect();
    let least = tied.iter().map(|&index| cost(index)).min_by(f64::total_cmp)?;
    let cheap = tied.into_iter().filter(|&index| !beats(cost(index), least));
    cheap.min_by_key(|&index| modesty(space.candidate(index), index))
}
