//! What the first place of a comparison hangs on: each number of its scenarios by itself, and each shock and policy left out.

use super::search::{Line, search};
use super::{Axis, Change, Flips, nearest, nearest_first};
use crate::compare::{Comparison, Worth, ranks};
use crate::control::{Control, Stopped};
use crate::math::ln;
use crate::measure::{Baseline, Measure, Measures};
use crate::probe::{Answer, Look, World, lead};
use crate::scenario::Scenario;
use crate::simulate::Engine;

/// Parts into which the range of a key is cut by the first look, at most and at least.
const PARTS: [usize; 2] = [16, 4];
/// Looks that a flip takes beyond these.
const LOOKS_MORE: usize = 16;
/// Dates times sectors that all runs of an account may have: a second's work, or less.
const MOST: usize = 12_000_000;

/// What the first place of a comparison hangs on.
#[derive(Debug, Clone)]
pub struct First {
    /// Index of the run that is first now.
    pub leader: usize,
    /// Key by key, those whose nearest flip is nearest first. Where the condition holds, the leader is first, alone or with others.
    pub keys: Vec<Flips>,
    /// Shocks and policies left out.
    pub steps: Vec<Step>,
}

/// What comes of leaving something out.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is left out, in the leader's list.
    pub change: Change,
    /// Indices of the runs that are first then, those that cannot be told apart; none where there is no such comparison.
    pub first: Vec<usize>,
    /// Whether the leader is first no more.
    pub turns: bool,
}

/// The runs of a comparison, asked at other values.
#[derive(Debug)]
struct Contest<'a> {
    scenarios: Vec<&'a Scenario>,
    baseline: usize,
    leader: usize,
    /// Runs that share the first place now.
    tied: Vec<bool>,
}

impl First {
    /// What the first place hangs on; `None` where so many runs would take long. Every key is moved in all runs that have it at
    /// the same value.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn of(comparison: &Comparison, control: &Control) -> Result<Option<Self>, Stopped> {
        let leader = comparison.ranked().first().copied().unwrap_or(comparison.baseline);
        let contest = Contest {
            scenarios: comparison.members.iter().map(|member| &member.scenario).collect(),
            baseline: comparison.baseline,
            leader,
            tied: comparison.gains.iter().map(|gains| gains.rank == 1).collect(),
        };
        let axes = contest.axes(&comparison.ranked());
        let work = |scenario: &&Scenario| (scenario.problem.grid.periods + 1) * scenario.problem.sectors.len();
        let each = axes.len() * contest.scenarios.iter().map(work).sum::<usize>();
        let parts = (MOST / each.max(1)).saturating_sub(LOOKS_MORE).min(PARTS[0]);
        if parts < PARTS[1] {
            return Ok(None);
        }
        let mut keys = Vec::with_capacity(axes.len());
        for axis in axes {
            keys.push(contest.along(axis, parts, control)?);
        }
        nearest_first(&mut keys);
        let steps = contest.steps(control)?;
        Ok(Some(Self { leader, keys, steps }))
    }

    /// The shocks without which another run is first.
    pub fn shocks(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.steps.iter().filter(|step| step.turns).filter_map(|step| match step.change {
            Change::NoShock(index) => Some((index, step)),
            Change::NoPolicy(_) | Change::Word(..) => None,
        })
    }
}

impl Contest<'_> {
    /// Every number of the runs, that of the better-placed run where they differ.
    fn axes(&self, order: &[usize]) -> Vec<Axis> {
        let mut axes: Vec<Axis> = Vec::new();
        for &index in order {
            for axis in Axis::every(self.scenarios[index]) {
                if axes.iter().all(|known| known.key != axis.key) {
                    axes.push(axis);
                }
            }
        }
        axes
    }

    fn along(&self, axis: Axis, parts: usize, control: &Control) -> Result<Flips, Stopped> {
        let moved = |scenario: &&Scenario| {
            let same = axis.now.is_some() && scenario.number(&axis.key) == axis.now;
            let keys = if same { vec![axis.key.clone()] } else { Vec::new() };
            (World::new(scenario, &keys), same)
        };
        let mut worlds: Vec<(World, bool)> = self.scenarios.iter().map(moved).collect();
        // What does not move need not be computed again.
        let mut still: Vec<Option<Measures>> = vec![None; worlds.len()];
        for ((world, moved), still) in worlds.iter_mut().zip(&mut still) {
            if !*moved {
                *still = world.measures(&[], control)?;
            }
        }
        let mut runs = 0;
        let line = Line { lattice: axis.lattice, range: axis.range, parts, apart: true };
        let mut look = |value: f64| {
            let mut measures = Vec::with_capacity(worlds.len());
            for ((world, moved), still) in worlds.iter_mut().zip(&still) {
                let found = if *moved { world.measures(&[value], control)? } else { still.clone() };
                let Some(found) = found else { return Ok(Look::default()) };
                runs += u64::from(*moved);
                measures.push(found);
            }
            Ok(self.judge(measures))
        };
        let found = search(&line, axis.now, &mut look)?;
        let nearest = nearest(&axis, &found);
        Ok(Flips { axis, found, nearest, on_tolerance: Vec::new(), runs })
    }

    /// What each run is worth; `None` where one fails.
    fn worths(&self, mut measures: Vec<Measures>) -> Option<Vec<Worth>> {
        if measures.iter().any(|run| run.error.is_some()) {
            return None;
        }
        let baseline = Baseline::of(&measures[self.baseline]);
        for run in &mut measures {
            baseline.set_against(run);
        }
        let worth = |run: &Measures| Worth {
            equivalent_variation: run[Measure::EquivalentVariation],
            long_run_ln_gap: run[Measure::LongRunGap].map_or(f64::INFINITY, ln),
        };
        Some(measures.iter().map(worth).collect())
    }

    /// Who is first, given what each run comes to.
    fn judge(&self, measures: Vec<Measures>) -> Look {
        let Some(worths) = self.worths(measures) else {
            return Look { answer: Answer::Failed, holds: Some(false), signal: None };
        };
        let ranks = ranks(&worths);
        let first = ranks.iter().position(|rank| *rank == 1).unwrap_or(self.leader);
        let holds = ranks[self.leader] == 1;
        let answer = Answer::Best(if holds { self.leader } else { first });
        Look { answer, holds: Some(holds), signal: lead(&worths, |i| self.tied[i]) }
    }

    /// Each shock and each policy of the leader, left out of every run that has the same one in the same place.
    fn steps(&self, control: &Control) -> Result<Vec<Step>, Stopped> {
        let leader = &self.scenarios[self.leader].keys;
        let mut steps = Vec::new();
        for index in 0..leader.shock.len() {
            let same = |scenario: &Scenario| scenario.keys.shock.get(index) == leader.shock.get(index);
            steps.extend(self.step(
                Change::NoShock(index),
                same,
                |scenario| scenario.without_shock(index).ok(),
                control,
            )?);
        }
        for index in 0..leader.policy.len() {
            let same = |scenario: &Scenario| scenario.keys.policy.get(index) == leader.policy.get(index);
            steps.extend(self.step(
                Change::NoPolicy(index),
                same,
                |scenario| scenario.without_policy(index).ok(),
                control,
            )?);
        }
        Ok(steps)
    }

    /// `None` where the leader becomes what another run is: the table says already what that is worth.
    fn step(
        &self,
        change: Change,
        same: impl Fn(&Scenario) -> bool,
        without: impl Fn(&Scenario) -> Option<Scenario>,
        control: &Control,
    ) -> Result<Option<Step>, Stopped> {
        let changed = |scenario: &&Scenario| if same(scenario) { without(scenario) } else { Some((*scenario).clone()) };
        let Some(changed) = self.scenarios.iter().map(changed).collect::<Option<Vec<Scenario>>>() else {
            return Ok(Some(Step { change, first: Vec::new(), turns: false }));
        };
        let own = &changed[self.leader].problem;
        if self.scenarios.iter().any(|scenario| scenario.problem == *own) {
            return Ok(None);
        }
        let mut engine = Engine::default();
        let mut measures = Vec::with_capacity(changed.len());
        for scenario in &changed {
            measures.push(engine.measure(&scenario.problem, scenario.solver, control)?.clone());
        }
        let ranks = self.worths(measures).map_or_else(Vec::new, |worths| ranks(&worths));
        let first: Vec<usize> = (0..ranks.len()).filter(|index| ranks[*index] == 1).collect();
        let turns = !first.is_empty() && !first.contains(&self.leader);
        Ok(Some(Step { change, first, turns }))
    }
}
