//! What the policies come to that were looked at: the best, and what stands beside it.

use super::search::modesty;
use super::worth::Worths;
use super::{Candidate, Edge, Looked, Objective, Space};
use crate::compare::beats;
use crate::math::ln;
use crate::measure::Outcome;
use crate::model::grid::Grid;
use crate::model::policy::Sustain;

/// How far the beginning is moved to see what that costs, years.
pub const SHIFT: f64 = 10.0;

/// Why there is no best policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecided {
    /// The scenario left alone does not reach its horizon.
    LeftAloneFails,
    /// Left alone it has no such measure: present values do not converge.
    NoMeasure(Objective),
    /// Every policy costs more than the budget.
    NoneWithinBudget,
}

/// Whether an objective can be what policies are ranked by: the scenario left `alone` has it, `weight` being PV(1).
///
/// # Errors
/// Why it cannot.
pub fn decides(objective: Objective, alone: &Looked, weight: Option<f64>) -> Result<Objective, Undecided> {
    if alone.failed() {
        return Err(Undecided::LeftAloneFails);
    }
    let there = match objective {
        Objective::EquivalentVariation => alone.welfare().zip(weight).is_some(),
        Objective::LongRunGap => alone.long_run_gap().is_some(),
        Objective::NetGainPv => alone.income().is_some(),
    };
    if there { Ok(objective) } else { Err(Undecided::NoMeasure(objective)) }
}

/// All policies that were looked at, and which are best. Places are numbers of policies in the space.
#[derive(Debug)]
pub struct Optimum {
    /// Which policies were looked at.
    pub space: Space,
    /// The scenario's dates.
    pub grid: Grid,
    /// What the best is best at.
    pub objective: Objective,
    /// The most that a policy may cost, R-wages per worker of P in present value.
    pub budget: Option<f64>,
    /// What came of each.
    pub looked: Vec<Looked>,
    /// PV(1).
    weight: Option<f64>,
    /// The best.
    pub best: usize,
    /// Of each sector that was looked at, the best policy under which its cluster stands at some date; `None` where none does, or none
    /// within the budget.
    pub by_sector: Vec<(usize, Option<usize>)>,
    /// The shortest that leads to the best long run.
    pub shortest: Option<usize>,
    /// The best for the same sector that begins ten years earlier, and ten years later.
    pub shifted: [Option<usize>; 2],
    /// Those of which no other costs as little and is worth as much: by what they cost, the least first.
    pub front: Vec<usize>,
    /// I of every sector of the scenario at the first date at which promotion may begin (M11); empty where it is not known.
    pub indices: Vec<f64>,
}

impl Optimum {
    /// The best of `looked`, one per policy of `space`, `weight` being PV(1).
    ///
    /// # Errors
    /// Why there is no best.
    pub fn new(
        space: Space,
        grid: Grid,
        objective: Objective,
        budget: Option<f64>,
        looked: Vec<Looked>,
        weight: Option<f64>,
    ) -> Result<Self, Undecided> {
        let mut found = Self {
            space,
            grid,
            objective,
            budget,
            looked,
            weight,
            best: 0,
            by_sector: Vec::new(),
            shortest: None,
            shifted: [None; 2],
            front: Vec::new(),
            indices: Vec::new(),
        };
        decides(objective, &found.looked[0], weight)?;
        let all = 0..found.looked.len();
        found.best = found.best_of(all.clone()).ok_or(Undecided::NoneWithinBudget)?;
        let formed = |&sector: &usize| {
            let formed = found.of_sector(sector).filter(|&index| found.formed(index));
            (sector, found.best_of(formed))
        };
        found.by_sector = found.space.sectors().iter().map(formed).collect();
        found.shortest = found.shortest_of(all);
        found.shifted = found.shifted();
        found.front = found.front();
        Ok(found)
    }

    /// The policy of a number; `None` for none at all.
    pub fn candidate(&self, index: usize) -> Option<Candidate> {
        self.space.candidate(index)
    }

    fn worths(&self) -> Worths<'_> {
        Worths { looked: &self.looked, weight: self.weight, objective: self.objective, budget: self.budget }
    }

    /// What a policy is worth over none: the share by which P's income would have to rise at every moment.
    pub fn equivalent_variation(&self, index: usize) -> Option<f64> {
        self.worths().equivalent_variation(index)
    }

    /// What P gains over no policy in present value, R-wages per worker.
    pub fn net_gain_pv(&self, index: usize) -> Option<f64> {
        self.worths().net_gain_pv(index)
    }

    /// The objective at a policy, in its own unit.
    pub fn value(&self, index: usize) -> Option<f64> {
        self.worths().value(index)
    }

    /// How much of the objective is lost where a policy takes the place of the best; infinite where its gap has no bound.
    pub fn loss(&self, index: usize) -> Option<f64> {
        let (best, own) = (self.value(self.best)?, self.value(index)?);
        // No loss is written as minus zero.
        Some(if self.objective == Objective::LongRunGap { own - best } else { best - own } + 0.0)
    }

    /// How many policies besides the best can be chosen and come to the same, rounding aside.
    pub fn others_as_good(&self) -> usize {
        let worths = self.worths();
        let Some(top) = worths.score(self.best) else { return 0 };
        let as_good = |&index: &usize| {
            index != self.best && self.affordable(index) && worths.score(index).is_some_and(|own| !beats(top, own))
        };
        (0..self.looked.len()).filter(as_good).count()
    }

    /// Whether a policy can be chosen: it can be paid for, and within the budget.
    pub fn affordable(&self, index: usize) -> bool {
        self.worths().affordable(index)
    }

    /// The policy that holds a sector's cluster from the first date looked at on, whatever it costs; `None` where it was not looked
    /// at, or is not within the budget.
    pub fn for_ever(&self, sector: usize) -> Option<usize> {
        let from = *self.space.from().start();
        let mut held = self.space.kind(sector, Sustain::Always).filter(|&index| self.affordable(index));
        held.find(|&index| self.candidate(index).is_some_and(|own| own.from == from && own.until.is_none()))
    }

    /// Of the sectors looked at the one whose index is largest; `None` where there is no index.
    pub fn first_by_index(&self) -> Option<usize> {
        let known = self.space.sectors().iter().filter_map(|&sector| Some((sector, *self.indices.get(sector)?)));
        known.reduce(|best, other| if beats(other.1, best.1) { other } else { best }).map(|(sector, _)| sector)
    }

    /// Of the sectors looked at the one whose cluster is the best to hold for ever from the first date on; `None` where that was not
    /// looked at.
    pub fn first_for_ever(&self) -> Option<usize> {
        let held =
            self.space.sectors().iter().map(|&sector| Some((sector, self.worths().score(self.for_ever(sector)?)?)));
        let held = held.collect::<Option<Vec<_>>>()?;
        held.into_iter()
            .reduce(|best, other| if beats(other.1, best.1) { other } else { best })
            .map(|(sector, _)| sector)
    }

    /// Whether the promoted cluster stands at some date at which it is promoted.
    pub fn formed(&self, index: usize) -> bool {
        self.looked[index].outcome().is_some_and(|outcome| outcome != Outcome::NeverFormed)
    }

    /// The numbers of all policies for a sector.
    pub fn of_sector(&self, sector: usize) -> impl Iterator<Item = usize> + Clone + use<> {
        let kinds = [Sustain::IfEquilibrium, Sustain::Always].map(|sustain| self.space.kind(sector, sustain));
        kinds.into_iter().flatten()
    }

    /// The best of some policies. Of those worth the same the one that costs least; then the most modest.
    fn best_of(&self, among: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        let worths = self.worths();
        worths.first(&self.space, among, |index| worths.score(index))
    }

    /// The shortest that leads to the best long run; of several as short the best.
    fn shortest_of(&self, all: std::ops::Range<usize>) -> Option<usize> {
        let end = |index: usize| self.looked[index].long_run_gap().map(|gap| -ln(gap));
        let within = all.filter(|&index| self.affordable(index));
        let top = within.clone().filter_map(end).max_by(f64::total_cmp)?;
        let tied: Vec<usize> = within.filter(|&index| end(index).is_some_and(|end| !beats(top, end))).collect();
        let periods = |index: usize| self.candidate(index).map_or(0, |candidate| candidate.periods());
        let least = tied.iter().map(|&index| periods(index)).min()?;
        self.best_of(tied.into_iter().filter(|&index| periods(index) == least))
    }

    /// The best policies for the sector of the best that begin [`SHIFT`] years earlier, and as much later.
    fn shifted(&self) -> [Option<usize>; 2] {
        let Some(best) = self.candidate(self.best) else { return [None; 2] };
        let years = self.grid.t(best.from);
        [years - SHIFT, years + SHIFT].map(|years| {
            let from = (years >= 0.0).then(|| self.grid.first_period(years))?;
            let begins = |&index: &usize| self.candidate(index).is_some_and(|candidate| candidate.from == from);
            self.best_of(self.of_sector(best.sector).filter(begins))
        })
    }

    /// The policies that no other one dominates: of those that cost as little, none is worth as much, rounding aside. What
    /// exceeds the budget is part of it: it shows what more would buy.
    fn front(&self) -> Vec<usize> {
        let valued = |index: usize| Some((index, self.looked[index].subsidy_pv()?, self.equivalent_variation(index)?));
        let mut points: Vec<(usize, f64, f64)> =
            (0..self.looked.len()).filter(|&index| !self.looked[index].failed()).filter_map(valued).collect();
        points.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
        let mut front: Vec<(usize, f64, f64)> = Vec::new();
        for point in points {
            match front.last().copied() {
                Some((last, cost, worth)) => {
                    if beats(point.2, worth) {
                        // As cheap but for rounding: it takes the other's place.
                        if !beats(point.1, cost) {
                            front.pop();
                        }
                        front.push(point);
                    } else if !beats(worth, point.2) && !beats(point.1, cost) {
                        let modest = |index: usize| modesty(self.candidate(index), index);
                        if modest(point.0) < modest(last)
                            && let Some(same) = front.last_mut()
                        {
                            same.0 = point.0;
                        }
                    }
                }
                None => front.push(point),
            }
        }
        front.into_iter().map(|(index, _, _)| index).collect()
    }

    /// On which ends of the dates looked at the best policy lies.
    pub fn edges(&self) -> Vec<Edge> {
        self.space.edges(self.best)
    }

    /// How many policies P cannot pay for, or whose path leaves every bound.
    pub fn failed(&self) -> usize {
        self.looked.iter().filter(|looked| looked.failed()).count()
    }

    /// How many cost more than the budget.
    pub fn over_budget(&self) -> usize {
        let budget = self.budget.unwrap_or(f64::INFINITY);
        (0..self.looked.len())
            .filter(|&index| !self.looked[index].failed() && self.worths().cost(index) > budget)
            .count()
    }
}
