//! Every policy in every state of the world: what it comes to on average and at worst, how much of what could be had it may miss,
//! and how often nothing is better.

use super::optimum::{Undecided, decides};
use super::worth::{Worths, first};
use super::{Looked, Objective, Space};
use crate::compare::beats;
use crate::model::grid::Grid;
use crate::names;

names! {
    /// What a policy is to be good at, where the state of the world is not known.
    pub enum Criterion {
        Expected = "expected": "The best on average",
        Maximin = "maximin": "The best in its own worst state",
        MinimaxRegret = "minimax-regret": "The one whose largest regret is smallest",
    }
}

names! {
    /// Whether a state of the world is counted.
    pub enum Standing {
        Ok = "ok": "Every policy was looked at",
        NoScenario = "no-scenario": "The draw makes no valid scenario",
        Failed = "failed": "Left alone, the scenario does not reach its horizon",
        NoMeasure = "no-measure": "Left alone, the scenario has no such objective: present values do not converge",
    }
}

impl Objective {
    /// How much is missed where a policy comes to `own` and the best to `best`: of equivalent variations the share by which income
    /// would have to rise at every moment to be as good, of what else the difference.
    pub fn regret(self, best: f64, own: f64) -> f64 {
        let missed = match self {
            Self::EquivalentVariation => (1.0 + best) / (1.0 + own) - 1.0,
            // Two gaps without bound are as bad as each other.
            Self::LongRunGap if own == best => 0.0,
            Self::LongRunGap => own - best,
            Self::NetGainPv => best - own,
        };
        missed.max(0.0)
    }
}

/// What is counted of one policy, state by state in their order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    /// States in which it cannot be chosen: its run fails, it costs more than the budget, or it has no such measure.
    pub barred: u64,
    /// States whose best policy it is.
    pub best: u64,
    /// States in which it is better than no policy.
    pub better: u64,
    /// The objective, summed.
    pub sum: f64,
    /// The objective where it is worst.
    pub worst: f64,
    /// The first state in which that is so.
    pub worst_state: u64,
    /// Regrets, summed.
    pub regrets: f64,
    /// The largest regret.
    pub regret: f64,
    /// The first state with that.
    pub regret_state: u64,
    /// What it costs, summed.
    pub cost: f64,
}

impl Tally {
    /// Words of 64 bits that hold one.
    pub const WORDS: usize = 10;

    const NONE: Self = Self {
        barred: 0,
        best: 0,
        better: 0,
        sum: 0.0,
        worst: f64::NAN,
        worst_state: 0,
        regrets: 0.0,
        regret: f64::NAN,
        regret_state: 0,
        cost: 0.0,
    };

    fn words(&self) -> [u64; Self::WORDS] {
        let Self { barred, best, better, sum, worst, worst_state, regrets, regret, regret_state, cost } = *self;
        let [sum, worst, regrets, regret, cost] = [sum, worst, regrets, regret, cost].map(f64::to_bits);
        [barred, best, better, sum, worst, worst_state, regrets, regret, regret_state, cost]
    }

    fn of_words(words: [u64; Self::WORDS]) -> Self {
        let [barred, best, better, sum, worst, worst_state, regrets, regret, regret_state, cost] = words;
        let [sum, worst, regrets, regret, cost] = [sum, worst, regrets, regret, cost].map(f64::from_bits);
        Self { barred, best, better, sum, worst, worst_state, regrets, regret, regret_state, cost }
    }
}

/// What is kept of a state of the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// Whether it is counted.
    pub standing: Standing,
    /// Number of its best policy; 0 where it is not counted.
    pub best: usize,
    /// The most that the objective comes to under any policy; NaN where it is not counted.
    pub value: f64,
}

/// All policies of a space over states of the world, the first of which have been looked at.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Which policies are looked at.
    pub space: Space,
    /// The dates, the same in all states.
    pub grid: Grid,
    /// What the best is best at.
    pub objective: Objective,
    /// The most that a policy may cost in any state, R-wages per worker of P in present value.
    pub budget: Option<f64>,
    /// One per policy.
    pub tallies: Vec<Tally>,
    /// The states looked at so far.
    pub states: Vec<State>,
    /// How many of them are counted.
    counted: u64,
}

impl Survey {
    /// No state has been looked at.
    pub fn new(space: Space, grid: Grid, objective: Objective, budget: Option<f64>) -> Self {
        let tallies = vec![Tally::NONE; space.len()];
        Self { space, grid, objective, budget, tallies, states: Vec::new(), counted: 0 }
    }

    /// Takes in the next state, of which nothing can be said.
    pub fn pass_over(&mut self, standing: Standing) {
        self.states.push(State { standing, best: 0, value: f64::NAN });
    }

    /// Takes in the next state: what came of each policy in it, and PV(1).
    pub fn take_in(&mut self, looked: &[Looked], weight: Option<f64>) {
        let worths = Worths { looked, weight, objective: self.objective, budget: self.budget };
        match decides(self.objective, &looked[0], weight) {
            Ok(_) => {}
            Err(Undecided::LeftAloneFails) => return self.pass_over(Standing::Failed),
            Err(_) => return self.pass_over(Standing::NoMeasure),
        }
        let best = worths.first(&self.space, 0..looked.len(), |index| worths.score(index));
        let (state, objective) = (self.states.len() as u64, self.objective);
        let values =
            (0..looked.len()).filter(|&index| worths.affordable(index)).filter_map(|index| worths.value(index));
        // Of those as good as the best but for rounding, the cheapest is chosen; what could be had is what the best comes to.
        let most = values.reduce(|most, value| if objective.prefers(value, most) { value } else { most });
        let Some((best, value)) = best.zip(most) else { return self.pass_over(Standing::NoMeasure) };
        let nothing = worths.score(0).unwrap_or(f64::NEG_INFINITY);
        for (index, tally) in self.tallies.iter_mut().enumerate() {
            let Some(own) = worths.value(index).filter(|_| worths.affordable(index)) else {
                tally.barred += 1;
                continue;
            };
            tally.sum += own;
            tally.cost += worths.cost(index);
            tally.better += u64::from(beats(objective.score(own), nothing));
            if tally.worst.is_nan() || objective.prefers(tally.worst, own) {
                (tally.worst, tally.worst_state) = (own, state);
            }
            let regret = objective.regret(value, own);
            tally.regrets += regret;
            if tally.regret.is_nan() || regret > tally.regret {
                (tally.regret, tally.regret_state) = (regret, state);
            }
        }
        self.tallies[best].best += 1;
        self.states.push(State { standing: Standing::Ok, best, value });
        self.counted += 1;
    }

    /// How many states are counted.
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// Whether a policy can be chosen in every state.
    pub fn open(&self, index: usize) -> bool {
        self.tallies[index].barred == 0
    }

    /// A sum over states as a mean; `None` where a policy cannot be chosen in all of them, or none is counted.
    fn mean(&self, index: usize, sum: f64) -> Option<f64> {
        let counted = self.counted();
        (self.open(index) && counted > 0).then(|| sum / counted as f64)
    }

    /// The objective on average; `None` where a policy cannot be chosen in every state.
    pub fn expected(&self, index: usize) -> Option<f64> {
        self.mean(index, self.tallies[index].sum)
    }

    /// Regret on average.
    pub fn expected_regret(&self, index: usize) -> Option<f64> {
        self.mean(index, self.tallies[index].regrets)
    }

    /// What a policy costs on average, in present value; infinite where that does not converge.
    pub fn expected_cost(&self, index: usize) -> Option<f64> {
        self.mean(index, self.tallies[index].cost)
    }

    /// How much less is had on average under a policy than would be if the state were known before one is chosen: its expected value of
    /// perfect information.
    pub fn value_of_knowing(&self, index: usize) -> Option<f64> {
        let known = self.states.iter().filter(|state| state.standing == Standing::Ok).map(|state| state.value);
        let known = known.sum::<f64>() / self.counted() as f64;
        let own = self.expected(index)?;
        let more = if self.objective == Objective::LongRunGap { own - known } else { known - own };
        Some(more).filter(|more| more.is_finite())
    }

    /// What a policy is good for by a criterion: the higher the better.
    fn score(&self, criterion: Criterion, index: usize) -> Option<f64> {
        let tally = &self.tallies[index];
        match criterion {
            Criterion::Expected => self.expected(index).map(|value| self.objective.score(value)),
            Criterion::Maximin => self.open(index).then(|| self.objective.score(tally.worst)),
            Criterion::MinimaxRegret => self.open(index).then_some(-tally.regret),
        }
        .filter(|score| !score.is_nan())
    }

    /// The best policy by a criterion, of those that can be chosen in every state. Of those as good the one that is better on average;
    /// then the one that costs least on average; then the most modest. `None` where no state is counted.
    pub fn pick(&self, criterion: Criterion) -> Option<usize> {
        let scored = (0..self.space.len()).filter_map(|index| Some((index, self.score(criterion, index)?)));
        let top = scored.clone().map(|(_, score)| score).max_by(f64::total_cmp)?;
        let tied: Vec<usize> = scored.filter(|(_, score)| !beats(top, *score)).map(|(index, _)| index).collect();
        let cost = |index: usize| self.expected_cost(index).unwrap_or(f64::INFINITY);
        first(&self.space, tied.into_iter(), |index| self.score(Criterion::Expected, index), cost)
    }

    /// The policies worth a row: none at all, the best by each criterion, those of which no other is as good by all three criteria, and
    /// those that are the best in at least one state of a hundred. In the order of their numbers.
    pub fn listed(&self) -> Vec<usize> {
        let counted = self.counted();
        let often = (0..self.space.len()).filter(|&index| {
            let best = self.tallies[index].best;
            best > 0 && 100 * best >= counted
        });
        let mut listed: Vec<usize> = std::iter::once(0).chain(often).chain(self.unbeaten()).collect();
        listed.extend(Criterion::ALL.into_iter().filter_map(|criterion| self.pick(criterion)));
        listed.sort_unstable();
        listed.dedup();
        listed
    }

    /// The policies of which no other is as good by all criteria, rounding aside; of those as good as each other the cheapest.
    fn unbeaten(&self) -> Vec<usize> {
        let scored = |index: usize| -> Option<(usize, [f64; 3])> {
            let [mean, worst, regret] = Criterion::ALL.map(|criterion| self.score(criterion, index));
            Some((index, [mean?, worst?, regret?]))
        };
        let cost = |index: usize| self.expected_cost(index).unwrap_or(f64::INFINITY);
        let mut points: Vec<_> = (0..self.space.len()).filter_map(scored).collect();
        points.sort_unstable_by(|(i, a), (j, b)| {
            let by_score = a.iter().zip(b).map(|(a, b)| b.total_cmp(a)).find(|order| order.is_ne());
            by_score.unwrap_or(std::cmp::Ordering::Equal).then(cost(*i).total_cmp(&cost(*j))).then(i.cmp(j))
        });
        let mut unbeaten: Vec<(usize, [f64; 3])> = Vec::new();
        for (index, own) in points {
            let as_good =
                |(_, other): &(usize, [f64; 3])| own.iter().zip(other).all(|(own, other)| !beats(*own, *other));
            if !unbeaten.iter().any(as_good) {
                unbeaten.push((index, own));
            }
        }
        unbeaten.into_iter().map(|(index, _)| index).collect()
    }

    /// What has been seen so far, as words of 64 bits, for [`Survey::restore`].
    pub fn words(&self) -> impl Iterator<Item = u64> + '_ {
        let states =
            self.states.iter().flat_map(|state| [state.standing as u64, state.best as u64, state.value.to_bits()]);
        std::iter::once(self.states.len() as u64).chain(states).chain(self.tallies.iter().flat_map(Tally::words))
    }

    /// Takes up what another survey of the same policies over the same states had seen; whether `words` are that.
    pub fn restore(&mut self, mut words: impl Iterator<Item = u64>) -> bool {
        let mut read = || -> Option<(Vec<State>, Vec<Tally>)> {
            let count = words.next()?;
            let mut states = Vec::new();
            for _ in 0..count {
                let standing = Standing::ALL.into_iter().nth(usize::try_from(words.next()?).ok()?)?;
                let best = usize::try_from(words.next()?).ok().filter(|best| *best < self.space.len())?;
                states.push(State { standing, best, value: f64::from_bits(words.next()?) });
            }
            let mut tallies = Vec::with_capacity(self.space.len());
            for _ in 0..self.space.len() {
                let mut own = [0; Tally::WORDS];
                for word in &mut own {
                    *word = words.next()?;
                }
                tallies.push(Tally::of_words(own));
            }
            words.next().is_none().then_some((states, tallies))
        };
        let Some((states, tallies)) = read() else { return false };
        self.counted = states.iter().filter(|state| state.standing == Standing::Ok).count() as u64;
        (self.states, self.tallies) = (states, tallies);
        true
    }
}
