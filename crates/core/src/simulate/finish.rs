//! The measures of a run, once its path is known to its end (`docs/model.md` §5).

#![expect(non_snake_case, reason = "the field's symbols: P, R")]

use super::{Memory, Run};
use crate::column::{Col, Number};
use crate::math::{exp, ln};
use crate::measure::{Direction, Measure, Measures, Outcome, Verdict};
use crate::model::curve::Curve;
use crate::model::long_run::{LongRun, long_run};
use crate::model::params::Params;
use crate::model::policy::Payer;
use crate::model::problem::Window;
use crate::model::trade::{Regime, TIE};
use crate::present::{Paid, weight};
use crate::spells::{Ending, Spell, State};
use crate::trajectory::{Outlook, Way};

/// Log distance to the long run below which a half-life means nothing.
const SETTLED: f64 = 1e-9;
/// Years looked at one after another for the half-life, as a share of those that have passed since the last change: what
/// moves a gap moves it the slower, the longer it has.
const STEP: f64 = 0.01;
/// Steps after which no half-life is found.
const STEPS: u32 = 100_000;
/// The moments at which it is looked whether a gap goes one way: the first and the last, in half-lives, and each over the one before.
const FIRST_LOOK: f64 = 1e-4;
const LAST_LOOK: f64 = 100.0;
const LOOK_STEP: f64 = 1.1;
/// Log change of a gap that is rounding.
const SLACK: f64 = 1e-11;

/// Whether a subsidy is paid for the cluster of the last spell for ever.
fn is_paid_for_ever(spell: Spell, params: &Params, self_sustaining: Option<bool>) -> bool {
    spell.support.is_some() && (spell.share_paid(params) > 0.0 || self_sustaining == Some(false))
}

impl Run<'_> {
    #[inline(always)]
    pub(super) fn finish(&mut self) {
        if let Some(failure) = &self.memory.failure {
            self.memory.measures = self.failed(failure.describe(&self.problem.sectors));
            return;
        }
        let long_run = self.long_run();
        let grid = self.problem.grid;
        let (n, rate) = (grid.periods, self.problem.discount_rate);
        let spells = &self.memory.spells;
        let last = spells.list().len() - 1;
        let spell = spells.list()[last];
        let params = &self.problem.epochs[spell.epoch].params;
        let LongRun { gap, self_sustaining, .. } = long_run;
        let (initial, last_gap) = (1.0 / self.meter.w_P[0], 1.0 / self.meter.w_P[n]);
        let year = |k: usize| grid.start + grid.t(k);
        let row_regime = spells.list()[spells.at(n)].regime;
        let mut measures = Measures {
            verdict: Some(Verdict::new(last_gap, gap)),
            direction: Some(Direction::new(initial, gap)),
            outcome: self.outcome(spell.regime, is_paid_for_ever(spell, params, self_sustaining)),
            last: Some(row_regime),
            long_run: Some(spell.regime),
            weight: weight(rate, grid, self.problem.window),
            externality: if let Regime::Cluster(i) = spell.regime { params.sectors[i].lambda } else { 1.0 },
            ..Measures::default()
        };
        let some = |value: f64| Some(value).filter(|value| value.is_finite());
        measures.promoted = self.meter.promoted;
        measures[Measure::SettledYear] = self.meter.settled.map(year);
        measures[Measure::InitialGap] = some(initial);
        measures[Measure::FinalGap] = some(last_gap);
        measures[Measure::LongRunGap] = Some(gap);
        measures[Measure::HalfLife] = self.half_life(gap);
        measures[Measure::RegimeChanges] = Some(self.meter.regime_changes as f64);
        measures[Measure::PeakSubsidyShare] = Some(self.peak_subsidy_share(n));
        measures[Measure::SelfSustainingYear] = self.self_sustaining_from().map(year);
        let paid = Paid { problem: self.problem, spells, w_P: &self.meter.w_P };
        let values = paid.values(&self.meter.weights, rate);
        measures[Measure::Welfare] = values.welfare;
        measures[Measure::SubsidyPv] = values.subsidy.map(|[P, R]| P + R);
        measures.income = values.income;
        self.memory.measures = measures;
    }

    /// Where the last spell leads; a gap of 0 where z passes every bound before.
    #[inline(always)]
    fn long_run(&mut self) -> LongRun {
        let Memory { spells, standing, scratch, .. } = &mut *self.memory;
        let last = spells.list().len() - 1;
        let Spell { epoch, regime, made, .. } = spells.list()[last];
        let found = long_run(&self.problem.epochs[epoch].params, spells.z(last), regime, made, standing, scratch);
        match (spells.ending, regime) {
            (Ending::Never, _) | (_, Regime::Closed) => found,
            (Ending::BlowsUp, _) => LongRun { gap: 0.0, factors: None, ..found },
        }
    }

    /// The measures of a run that failed: those of its rows alone.
    fn failed(&self, error: String) -> Measures {
        let mut measures = Measures { error: Some(error), externality: 1.0, ..Measures::default() };
        if let Some(last) = self.memory.rows.checked_sub(1) {
            measures[Measure::InitialGap] = Some(1.0 / self.meter.w_P[0]).filter(|gap| gap.is_finite());
            measures[Measure::RegimeChanges] = Some(self.meter.regime_changes as f64);
            measures[Measure::PeakSubsidyShare] = Some(self.peak_subsidy_share(last));
        }
        measures
    }

    fn outcome(&self, regime: Regime, subsidised: bool) -> Option<Outcome> {
        let promoted = self.meter.promoted?;
        if !self.meter.stood[promoted] {
            return Some(Outcome::NeverFormed);
        }
        Some(match regime {
            Regime::Cluster(i) if i != promoted => Outcome::Replaced,
            Regime::Cluster(_) if subsidised => Outcome::Subsidised,
            Regime::Cluster(_) => Outcome::SelfSustaining,
            Regime::Closed if self.problem.closed_clusters[promoted] => Outcome::SelfSustaining,
            Regime::Closed if self.problem.closed_clusters.contains(&true) => Outcome::Replaced,
            _ => Outcome::Collapsed,
        })
    }

    fn peak_subsidy_share(&self, last: usize) -> f64 {
        let rows = self.meter.subsidy.iter().zip(&self.meter.w_P).take(last + 1);
        rows.map(|(subsidy, w_P)| subsidy / w_P).fold(0.0, f64::max)
    }

    /// The first period from which on the cluster that holds in the end stands without a subsidy at every date.
    fn self_sustaining_from(&self) -> Option<usize> {
        let list = self.memory.spells.list();
        let Regime::Cluster(cluster) = list.last()?.regime else { return None };
        let end = self.problem.grid.periods;
        let mut since = None;
        for (index, spell) in list.iter().enumerate().rev() {
            // A listed cluster of closed trade stands, too.
            if !spell.clustered(self.problem, cluster) {
                break;
            }
            let to = list.get(index + 1).map_or(end + 1, |next| next.from);
            let paid = if spell.from >= end {
                spell.paid.then_some(to.saturating_sub(1))
            } else if spell.support.is_some() {
                (spell.from..to).rev().find(|&k| self.meter.subsidy[k] > 0.0)
            } else {
                None
            };
            match paid {
                None => since = Some(spell.from),
                Some(k) => return if index + 1 == list.len() && spell.from >= end { None } else { Some(k + 1) },
            }
        }
        since
    }

    /// Years from the last change until |ln gap − ln long-run gap| is half of what it was.
    #[inline(always)]
    fn half_life(&self, gap: f64) -> Option<f64> {
        if gap == 0.0 || gap.is_infinite() {
            return None;
        }
        let since = self.meter.last_change;
        if let Some(wage) = self.straight_since(since) {
            return self.half_life_on(wage, Col([1.0 / gap]).natural_log().0[0]);
        }
        self.half_life_by_search(since, gap)
    }

    /// P's wage from t_k on, where a spell begins and it goes straight to its limit.
    #[inline(always)]
    pub(super) fn straight_since(&self, k: usize) -> Option<&Curve> {
        let spells = &self.memory.spells;
        let index = spells.at(k);
        spells.wage(index).filter(|_| spells.list()[index].from == k)
    }

    /// Years until ln w_P has gone half of its way to what it is in the long run.
    #[inline(always)]
    fn half_life_on(&self, wage: &Curve, ln_limit: f64) -> Option<f64> {
        let start = wage.ln_now();
        if (ln_limit - start).abs() < SETTLED {
            return None;
        }
        // 1 + c e^(−kt), docs/model.md M4, is solved for t.
        if let Some(approach) = wage.mature() {
            return Some(Col([(1.0 + approach.c()).sqrt()]).log_of_1_plus().0[0] / approach.k);
        }
        let half = Curve::constant(0.5 * (start + ln_limit));
        let end = wage.still_after();
        let found = match start < ln_limit {
            true => half.overtaken_by(wage, 0.0, end, f64::EPSILON),
            false => wage.overtaken_by(&half, 0.0, end, f64::EPSILON),
        };
        found.unwrap_or(None)
    }

    #[inline(never)]
    fn half_life_by_search(&self, since: usize, gap: f64) -> Option<f64> {
        let grid = self.problem.grid;
        let state = self.memory.spells.state_at(self.problem, since)?;
        // Signed: what has passed the long-run gap has been half-way before.
        let begin = state.ln_wage_in(0.0) + ln(gap);
        let distance = |state: &State<'_>, years: f64| begin.signum() * (state.ln_wage_in(years) + ln(gap));
        let goal = 0.5 * begin.abs();
        if 2.0 * goal < SETTLED {
            return None;
        }
        let mut below = 0.0;
        if since < grid.periods {
            match self.meter.half_way(since, grid.periods, gap) {
                Some(k) if k > since => below = grid.t(k - 1) - grid.t(since),
                Some(_) => return Some(0.0),
                None => below = grid.t(grid.periods) - grid.t(since),
            }
        }
        let mut above = below + grid.period;
        for count in 0.. {
            let left = distance(&state, above);
            if left <= goal {
                break;
            }
            if left.is_nan() || count > STEPS {
                return None;
            }
            (below, above) = (above, above + grid.period.max(STEP * above));
        }
        // Bisection to adjacent numbers.
        loop {
            let middle = 0.5 * (below + above);
            if middle <= below || middle >= above {
                return Some(above);
            }
            if distance(&state, middle) <= goal { above = middle } else { below = middle }
        }
    }

    /// Which way the gap goes from the last change on. In a spell ln z and ln ℓ go one way each, but not both the same: whether their
    /// sum does is looked at, at moments that lie the nearer to one another the earlier they are.
    fn way(&self, gap: f64) -> Option<Way> {
        let half_life = self.memory.measures[Measure::HalfLife].filter(|years| *years > 0.0)?;
        let state = self.memory.spells.state_at(self.problem, self.meter.last_change)?;
        let begin = state.ln_wage_in(0.0) + ln(gap);
        let slack = SLACK * (1.0 + begin.abs());
        let mut left = begin.abs();
        let mut years = FIRST_LOOK * half_life;
        while years < LAST_LOOK * half_life {
            let now = begin.signum() * (state.ln_wage_in(years) + ln(gap));
            if now.is_nan() || now > left + slack || now < -slack {
                return None;
            }
            (left, years) = (now, years * LOOK_STEP);
        }
        Some(if begin < 0.0 { Way::Falls } else { Way::Rises })
    }

    /// Whether the cluster in a promoted sector did not stand when it was first promoted, and is held at a date, on the rows or
    /// after, at which it is no equilibrium: what is paid in any case alone makes no infant.
    fn is_infant(&self, promoted: usize) -> bool {
        let (spells, end) = (&self.memory.spells, self.problem.grid.periods);
        let list = spells.list();
        let held = |(index, spell): (usize, &Spell)| {
            if spell.support.is_none() || spell.regime != Regime::Cluster(promoted) {
                return false;
            }
            let dates = spell.from..list.get(index + 1).map_or(end, |next| next.from - 1).min(end) + 1;
            // What is paid for need alone is paid where it is no equilibrium.
            if spell.share_paid(&self.problem.epochs[spell.epoch].params) == 0.0 {
                return if dates.is_empty() {
                    spell.paid
                } else {
                    dates.into_iter().any(|k| self.meter.subsidy[k] > 0.0)
                };
            }
            let (state, grid) = (spells.state(self.problem, index), self.problem.grid);
            let lacks = |k: usize| {
                let years = grid.t(k) - grid.t(spell.from);
                state.ln_outside_in(years) > state.ln_wage_in(years) + TIE
            };
            if dates.is_empty() { lacks(spell.from) } else { dates.into_iter().any(lacks) }
        };
        self.meter.stood_before[promoted] == Some(false) && list.iter().enumerate().any(held)
    }

    /// The first date after t_k, the last row, at which what P makes does not pay for its cluster: M10. A spell after the rows
    /// is looked at date by date at first, then further and further apart.
    fn ruin_after(&self, end: usize) -> Option<usize> {
        let (problem, spells) = (self.problem, &self.memory.spells);
        let (grid, list) = (problem.grid, spells.list());
        if problem.cost_of_funds == 1.0 {
            return None;
        }
        let far = grid.far();
        for (index, spell) in list.iter().enumerate().skip(spells.at(end)) {
            if spell.support.is_none_or(|support| support.payer == Payer::R) {
                continue;
            }
            let state = spells.state(problem, index);
            let broke = |k: usize| {
                let years = grid.t(k) - grid.t(spell.from);
                state.income_in(years, state.ln_wage_in(years)) <= 0.0
            };
            let mut pays = spell.from.max(end);
            let last = list.get(index + 1).map_or(pays + far, |next| next.from);
            if pays > end && broke(pays) {
                return Some(pays);
            }
            while pays < last {
                let mut k = (pays + 1 + (pays - end) / 40).min(last);
                if !broke(k) {
                    pays = k;
                    continue;
                }
                while k - pays > 1 {
                    let middle = pays + (k - pays) / 2;
                    if broke(middle) { k = middle } else { pays = middle }
                }
                return Some(k);
            }
        }
        None
    }

    /// e^(−ρ t_N), the weight of what lies after the horizon; 0 where nothing after it counts.
    pub(super) fn tail_share(&self) -> f64 {
        let grid = self.problem.grid;
        match self.problem.window {
            Window::Infinite => exp(-self.problem.discount_rate * grid.t(grid.periods)),
            Window::Horizon => 0.0,
        }
    }

    /// Where the path leads; `None` if the run failed.
    pub(super) fn outlook(&mut self) -> Option<Outlook> {
        if self.memory.failure.is_some() {
            return None;
        }
        let found = self.long_run();
        let (problem, spells) = (self.problem, &self.memory.spells);
        let grid = problem.grid;
        let last = spells.list().len() - 1;
        let spell = spells.list()[last];
        let params = &problem.epochs[spell.epoch].params;
        let standing = &self.memory.standing;
        let at_end = spells.at(grid.periods);
        let next_change = spells.list()[at_end..]
            .iter()
            .find(|spell| spell.regime != spells.list()[at_end].regime)
            .map(|spell| (grid.start + grid.t(spell.from), spell.regime));
        let stood = |sector: usize| spells.list().iter().rposition(|spell| spell.clustered(problem, sector));
        let after = self.meter.promoted.and_then(stood).and_then(|last| spells.list().get(last + 1));
        Some(Outlook {
            self_sustaining: found.self_sustaining,
            subsidised: is_paid_for_ever(spell, params, found.self_sustaining),
            infant: self.meter.promoted.is_some_and(|promoted| self.is_infant(promoted)),
            ended: after.map(|spell| grid.start + grid.t(spell.from)),
            ruin: self.ruin_after(grid.periods).map(|k| grid.start + grid.t(k)),
            factors: found.factors,
            next_change,
            growth_R: (0..self.n())
                .map(|i| {
                    let motion = params.sectors[i].motion(standing[i], spell.trade);
                    params.sectors[i].alpha * motion.limit_growth_R(spells.z(last)[i])
                })
                .sum(),
            half_life_from: grid.start + grid.t(self.meter.last_change),
            way: self.way(found.gap),
        })
    }
}
