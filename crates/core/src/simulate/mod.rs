//! The period loop: Problem → Trajectory, or only its measures. `Run::date` reads as the list of steps in
//! `docs/model.md` §3, and decides at every date at which something may change. The dates after it, up to the first at
//! which the trade step would choose otherwise, are taken in columns by `Run::quiet`: the same trade step, for several
//! dates at once. Rows go to a sink; a sweep has none.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, ln_w_P")]

mod beyond;
mod engine;
mod finish;
mod leap;
mod level;
mod meter;
mod quiet;
mod rows;
mod rules;
mod settled;
mod spell;

pub use engine::{Engine, Seen};
pub use level::Level;

use crate::column::{Col, Number};
use crate::control::{Control, Stopped};
use crate::integrate::{Failure, Path, Solver};
use crate::math::{exp, ln};
use crate::measure::Measures;
use crate::model::choice::choose;
use crate::model::long_run::Scratch;
use crate::model::params::{Params, Sector};
use crate::model::policy::{NEVER, Payer, Stance, Support, Sustain, Trade};
use crate::model::problem::Problem;
use crate::model::trade::{Market, Offers, Regime, closed_ln_wage};
use crate::spells::Spells;
use crate::trajectory::{Cause, EventKind, RuleChoice, RunFailure, Trajectory};
use meter::Meter;
use spell::{Holding, IncomeR};
use std::ops::Range;

/// The path of `problem` from t_0 to t_N. A failure of the integration is part of the result: the rows up to it
/// stand, and [`Trajectory::failure`] says why there are no more.
///
/// # Errors
/// [`Stopped`] once `control` says so.
pub fn simulate(problem: &Problem, solver: Solver, control: &Control) -> Result<Trajectory, Stopped> {
    let (mut memory, mut meter) = (Memory::default(), Meter::default());
    let mut rows = rows::Rows::new(problem);
    let mut run = Run { problem, memory: &mut memory, meter: &mut meter, params: &problem.epochs[0].params };
    run.whole(solver, &mut rows, |dates| control.steps(dates))?;
    let (outlook, tail_share) = (run.outlook(), run.tail_share());
    Ok(Trajectory { tail_share, outlook, ..rows.finish(memory, &meter) })
}

/// Where a run's rows and events go.
trait Sink {
    /// Whether rows are of any use: where they are not, dates at which nothing is decided can be passed over.
    const WANTS_ROWS: bool = true;
    /// Something happens at period k.
    fn event(&mut self, period: usize, kind: EventKind, sector: Option<usize>, detail: impl FnOnce() -> String);
    /// All events of the dates before `period`, and those of `period` so far, are in: puts the latter in their order.
    fn sort_events(&mut self, period: usize);
    /// The run ends before `period`.
    fn cut(&mut self, period: usize);
    /// The rows of `count` dates from period k on, under the regime that holds.
    fn rows<M: Market<T: Lanes>>(
        &mut self,
        run: &Run<'_>,
        k: usize,
        count: usize,
        market: &M,
        z_and_age: impl Fn(usize) -> (M::T, Option<M::T>),
    );
    /// Regime, sector, parameters or the policy in force differ from those of the row before.
    fn jump(&mut self, k: usize);
}

/// A number whose entries can be looked at.
trait Lanes: Number {
    fn lane(&self, lane: usize) -> f64;
}

impl Lanes for f64 {
    fn lane(&self, _: usize) -> f64 {
        *self
    }
}

impl<const B: usize> Lanes for Col<B> {
    fn lane(&self, lane: usize) -> f64 {
        self.0[lane]
    }
}

/// No rows are wanted.
struct Nowhere;

impl Sink for Nowhere {
    const WANTS_ROWS: bool = false;

    #[inline(always)]
    fn event(&mut self, _: usize, _: EventKind, _: Option<usize>, _: impl FnOnce() -> String) {}
    #[inline(always)]
    fn sort_events(&mut self, _: usize) {}
    #[inline(always)]
    fn cut(&mut self, _: usize) {}
    #[inline(always)]
    fn rows<M: Market<T: Lanes>>(
        &mut self,
        _: &Run<'_>,
        _: usize,
        _: usize,
        _: &M,
        _: impl Fn(usize) -> (M::T, Option<M::T>),
    ) {
    }
    #[inline(always)]
    fn jump(&mut self, _: usize) {}
}

/// When a standing cluster formed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Formed {
    /// Before t = 0: mature.
    Before,
    /// At this period.
    At(usize),
}

impl Formed {
    /// Age in years at period `k`.
    fn age(self, k: usize, period: f64) -> f64 {
        match self {
            Self::Before => f64::INFINITY,
            Self::At(since) => (k - since) as f64 * period,
        }
    }
}

/// State of the loop, and the memory that one run after the other uses.
#[derive(Debug, Default)]
struct Memory {
    /// Periods at which each policy is active, and at which any of them turns, ascending.
    policy_periods: Vec<Range<usize>>,
    turns: Vec<usize>,
    /// Periods that are looked at; `None` where there is no row.
    watched: Vec<Option<usize>>,
    /// The sector that each policy promotes, whether any goes by a rule, and what rules have chosen so far.
    named: Vec<Option<usize>>,
    by_rule: bool,
    choices: Vec<RuleChoice>,
    /// The epoch that holds.
    epoch: usize,
    /// Whether parameters changed at the date at hand.
    shocked: bool,
    z: Vec<f64>,
    paths: Vec<Path>,
    /// ln Z_R at the start of each path.
    ln_Z_R: Vec<f64>,
    income_R: IncomeR,
    /// P's clusters, and whether there is one.
    clusters: Vec<Option<Formed>>,
    standing: Vec<bool>,
    ages: Vec<Option<f64>>,
    offers: Offers,
    stance: Option<Stance>,
    trade: Trade,
    regime: Option<Regime>,
    /// The first of the sectors that a diversified region makes; the sector that P is in otherwise.
    made: usize,
    holding: Option<Holding>,
    /// Whether it is plain that no date decides anything, since the last turn or the beginning of the spell and under what is
    /// asked for.
    plain: (Option<Stance>, bool),
    /// How many rows there are.
    rows: usize,
    spells: Spells,
    solver: Solver,
    /// What a worker of P earns in isolation at z = 1, by sector, R-wages.
    earnings: Vec<f64>,
    scratch: Scratch,
    failure: Option<RunFailure>,
    measures: Measures,
}

/// s, R-wages per worker, of a cluster that is held: what it lacks, or what is paid in any case if that is more.
#[inline(always)]
fn subsidy<M: Market>(params: &Params, market: &M, i: usize, support: Support) -> M::T {
    let lacks = market.subsidy(i);
    if support.pigou { lacks.larger(market.v_Cl(i) * support.share(params.sectors[i].lambda)) } else { lacks }
}

/// One run.
struct Run<'a> {
    problem: &'a Problem,
    memory: &'a mut Memory,
    meter: &'a mut Meter,
    params: &'a Params,
}

impl Run<'_> {
    #[inline(always)]
    fn whole<S: Sink>(
        &mut self,
        solver: Solver,
        sink: &mut S,
        go_on: impl Fn(usize) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        self.begin(solver);
        let end = self.problem.grid.periods;
        let mut k = 0;
        while k <= end && self.memory.failure.is_none() {
            go_on(1)?;
            self.date(k, sink);
            k += 1;
            let until = self.next_turn(k).min(self.next_choice(k));
            if !S::WANTS_ROWS && k < until && self.memory.failure.is_none() {
                let there = self.next_watched(k).min(until);
                if k == there || self.leaps_to(there, until) {
                    k = there;
                    continue;
                }
            }
            if k < until && self.memory.failure.is_none() {
                let taken = self.quiet(k, until, sink);
                go_on(taken)?;
                k += taken;
            }
        }
        if self.memory.failure.is_none() {
            self.beyond(&go_on)?;
        }
        self.finish();
        Ok(())
    }

    fn n(&self) -> usize {
        self.problem.sectors.len()
    }

    fn begin(&mut self, solver: Solver) {
        let (problem, n) = (self.problem, self.n());
        let end = problem.grid.periods;
        let memory = &mut *self.memory;
        memory.policy_periods.clear();
        memory.policy_periods.extend(problem.policies.iter().map(|policy| policy.periods(&problem.grid)));
        memory.turns.clear();
        memory.turns.extend(memory.policy_periods.iter().flat_map(|periods| [periods.start, periods.end]));
        memory.turns.extend(problem.epochs.iter().map(|epoch| epoch.k));
        memory.turns.retain(|&turn| turn != NEVER);
        if !memory.turns.is_sorted() {
            memory.turns.sort_unstable();
        }
        (memory.epoch, memory.shocked, memory.failure) = (0, false, None);
        memory.z.clear();
        memory.z.extend(problem.Z_P.iter().zip(&problem.Z_R).map(|(P, R)| P / R));
        memory.paths.resize_with(n, Path::default);
        for path in &mut memory.paths {
            path.renew(solver, problem.grid.period, end);
        }
        memory.ln_Z_R.clear();
        memory.ln_Z_R.extend(problem.Z_R.iter().map(|&Z_R| if Z_R == 1.0 { 0.0 } else { ln(Z_R) }));
        memory.income_R = IncomeR::default();
        memory.clusters.clear();
        memory.clusters.extend((0..n).map(|i| (problem.start == Some(i)).then_some(Formed::Before)));
        memory.standing.clear();
        memory.standing.extend(memory.clusters.iter().map(Option::is_some));
        memory.ages.clear();
        memory.ages.resize(n, None);
        memory.trade = problem.trade;
        memory.regime = problem.start.map(Regime::Cluster);
        (memory.made, memory.holding, memory.solver, memory.rows) = (0, None, solver, 0);
        memory.spells.begin(n, problem.grid, solver);
        let pays = problem.policies.iter().any(|p| p.promote.is_some() && p.sustain != Sustain::IfEquilibrium);
        (memory.stance, memory.plain) = (None, (None, false));
        self.meter.start(problem.grid, problem.discount_rate, pays, n);
        self.begin_rules();
    }

    /// The first period from `k` on at which a policy turns or parameters change; N + 1 where there is none.
    fn next_turn(&self, k: usize) -> usize {
        let end = self.problem.grid.periods + 1;
        self.turn_from(k).map_or(end, |turn| turn.min(end))
    }

    /// The first period from `k` on that is looked at: no date is passed over that somebody asks for.
    #[inline(always)]
    fn next_watched(&self, k: usize) -> usize {
        self.memory.watched.iter().copied().flatten().filter(|&watched| watched >= k).min().unwrap_or(NEVER)
    }

    /// The first period from `k`, the one after the date at hand, at which a rule might choose otherwise.
    fn next_choice(&self, k: usize) -> usize {
        if !self.memory.by_rule {
            return NEVER;
        }
        let quiet = (self.rules_quiet_for(k - 1) / self.problem.grid.period).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a saturating cast of a number ≥ 0"
        )]
        (k - 1).saturating_add((quiet as usize).max(1))
    }

    /// The same, beyond the last row too.
    fn turn_from(&self, k: usize) -> Option<usize> {
        self.memory.turns.iter().copied().find(|&turn| turn >= k)
    }

    /// One date, step by step.
    fn date(&mut self, k: usize, sink: &mut impl Sink) {
        self.advance(k, sink);
        self.afford(k, sink);
        if self.memory.failure.is_some() {
            return;
        }
        self.decide(k, sink);
        let Memory { spells, turns, plain, stance, .. } = &*self.memory;
        let turns_now = turns.contains(&k) || spells.list().last().is_some_and(|spell| spell.from == k);
        if turns_now || plain.0 != *stance {
            self.memory.plain = (*stance, self.decides_nothing(k));
        }
        self.record(k, sink);
        self.set_in_motion(k);
    }

    /// Steps 1 to 5.
    fn decide(&mut self, k: usize, sink: &mut impl Sink) {
        self.apply_shocks(k, sink);
        self.price(k, self.problem.trade_at(k, &self.memory.policy_periods));
        if self.memory.by_rule {
            self.follow_rules(k, sink);
        }
        let stance = self.stance(k, sink);
        self.specialise(k, &stance, sink);
        self.note_spell(k, &stance);
    }

    /// z at t_k: M3.
    fn advance(&mut self, k: usize, sink: &mut impl Sink) {
        if k == 0 {
            return;
        }
        let until = self.next_turn(k);
        Path::prepare(&mut self.memory.paths, k, until);
        for i in 0..self.n() {
            let path = &mut self.memory.paths[i];
            let was = path.z(k - 1, until).unwrap_or(f64::NAN);
            match path.z(k, until) {
                Ok(z) => self.memory.z[i] = z,
                Err(failure) => {
                    let t = failure.period * self.problem.grid.period;
                    if self.memory.failure.as_ref().is_none_or(|first| t < first.t) {
                        self.memory.failure = Some(self.failure(i, failure));
                    }
                    continue;
                }
            }
            if path.parity_period() == Some(k) {
                let z = self.memory.z[i];
                let from = if was < z || was < 1.0 { "below" } else { "above" };
                sink.event(k, EventKind::ParityReached, Some(i), || format!("z met 1 from {from}"));
            }
        }
        if self.memory.failure.is_some() {
            // What was noted for a date that the run does not reach is no part of it.
            sink.cut(k);
        }
    }

    fn failure(&self, sector: usize, failure: Failure) -> RunFailure {
        RunFailure {
            cause: Cause::Motion,
            sector,
            t: failure.period * self.problem.grid.period,
            reason: failure.reason.describe(self.params.sectors[sector].catch_up.form).to_owned(),
        }
    }

    /// Whether P could pay for the subsidy up to t_k, under what has held so far: M10.
    fn afford(&mut self, k: usize, sink: &mut impl Sink) {
        let Memory { holding, clusters, z, .. } = &*self.memory;
        let Some(Holding { regime: Regime::Cluster(i), support: Some(support), .. }) = *holding else { return };
        if support.payer == Payer::R || self.problem.cost_of_funds == 1.0 || self.memory.failure.is_some() {
            return;
        }
        let mut offers = Offers::default();
        let ages: Vec<_> = clusters.iter().map(|formed| formed.map(|f| f.age(k, self.problem.grid.period))).collect();
        offers.fill(self.params, z, &ages);
        if self.disposable(offers.v_Cl(i), subsidy(self.params, &offers, i, support), Some(support)) <= 0.0 {
            self.ruin(i, k, sink);
        }
    }

    /// m: what is left of the wage w once the subsidy s is paid, R-wages; M10.
    #[inline(always)]
    fn disposable(&self, w_P: f64, subsidy: f64, support: Option<Support>) -> f64 {
        match support.map(|support| support.payer) {
            Some(Payer::P) => w_P - (self.problem.cost_of_funds - 1.0) * subsidy,
            Some(Payer::R) => w_P + subsidy,
            None => w_P,
        }
    }

    /// P cannot pay for the subsidy at t_k, or shortly before: the run ends there.
    #[cold]
    fn ruin(&mut self, sector: usize, k: usize, sink: &mut impl Sink) {
        let reason = "the subsidy takes all that P makes (m ≤ 0): a region cannot pay more".to_owned();
        self.memory.failure = Some(RunFailure { cause: Cause::Ruin, sector, t: self.problem.grid.t(k), reason });
        sink.cut(k);
    }

    /// Step 1.
    fn apply_shocks(&mut self, k: usize, sink: &mut impl Sink) {
        let epochs = &self.problem.epochs;
        self.memory.shocked = false;
        let next = if k == 0 { 0 } else { self.memory.epoch + 1 };
        let Some(epoch) = epochs.get(next).filter(|epoch| epoch.k == k) else { return };
        for shock in &epoch.shocks {
            sink.event(k, EventKind::Shock, None, || shock.clone());
        }
        self.memory.shocked = k > 0 && *self.params != epoch.params;
        self.memory.epoch = next;
        self.params = &epoch.params;
        self.memory.earnings.clear();
        self.memory.earnings.extend(self.params.sectors.iter().map(Sector::earnings));
    }

    /// What the policies active at t_k ask for; notes those that begin or end.
    fn stance(&mut self, k: usize, sink: &mut impl Sink) -> Stance {
        let policies = self.problem.policies.iter().zip(&self.memory.policy_periods);
        for ((policy, periods), &named) in policies.zip(&self.memory.named) {
            let turns = [(periods.end, EventKind::PolicyOff), (periods.start, EventKind::PolicyOn)];
            for (_, kind) in turns.into_iter().filter(|(turn, _)| !periods.is_empty() && *turn == k) {
                let sector = if policy.rule().is_none() { named } else { None };
                sink.event(k, kind, sector, || policy.retell(&self.problem.sectors, named));
            }
        }
        let stance = self.problem.stance(k, &self.memory.policy_periods, &self.memory.named);
        if self.memory.stance.is_some_and(|before| before.promoting != stance.promoting) && k > 0 {
            sink.jump(k);
        }
        self.memory.stance = Some(stance);
        stance
    }

    /// Steps 2 to 4: offers, with P's clusters as old as they are before the choice.
    fn price(&mut self, k: usize, trade: Trade) {
        let period = self.problem.grid.period;
        let Memory { clusters, standing, ages, offers, z, .. } = &mut *self.memory;
        if k == 0 && trade == Trade::Closed {
            // Closed from t = 0: the listed clusters have stood before.
            for (i, _) in self.problem.closed_clusters.iter().enumerate().filter(|(_, listed)| **listed) {
                (clusters[i], standing[i]) = (Some(Formed::Before), true);
            }
        }
        for (age, formed) in ages.iter_mut().zip(clusters) {
            *age = formed.map(|formed| formed.age(k, period));
        }
        offers.fill(self.params, z, ages);
    }

    /// Step 5: which equilibrium holds, and what that does to P's clusters.
    fn specialise(&mut self, k: usize, stance: &Stance, sink: &mut impl Sink) {
        let before = self.memory.regime;
        if stance.trade != self.memory.trade {
            let opens = stance.trade == Trade::Open;
            let kind = if opens { EventKind::TradeOpened } else { EventKind::TradeClosed };
            sink.event(k, kind, None, String::new);
        }
        self.memory.trade = stance.trade;
        let regime = match stance.trade {
            Trade::Closed => Regime::Closed,
            Trade::Open => {
                let stays = match before {
                    Some(Regime::Isolation(i)) if k > 0 && !self.memory.shocked => Some(i),
                    _ => None,
                };
                let Memory { offers, standing, .. } = &*self.memory;
                choose(offers, stance, self.problem.selection, standing, stays).regime(self.n())
            }
        };
        self.memory.regime = Some(regime);
        self.memory.made = regime.sector().unwrap_or_else(|| self.memory.offers.first_isolated());
        if let (Some((i, _)), Trade::Open) = (stance.promote, stance.trade) {
            self.meter.promoted = Some(i);
            self.meter.stood_before[i].get_or_insert(self.memory.standing[i]);
            self.meter.stood[i] |= regime == Regime::Cluster(i);
        }
        for i in 0..self.n() {
            let stays = match regime {
                Regime::Closed => self.problem.closed_clusters[i],
                regime => regime == Regime::Cluster(i),
            };
            match (self.memory.clusters[i], stays) {
                (None, true) => self.memory.clusters[i] = Some(Formed::At(k)),
                (Some(_), false) => self.memory.clusters[i] = None,
                _ => continue,
            }
            self.memory.standing[i] = stays;
            let kind = match (stays, self.memory.offers.cluster_holds(i)) {
                (true, _) => EventKind::ClusterFormed,
                (false, false) if regime != Regime::Closed => EventKind::ClusterCollapsed,
                (false, _) => EventKind::ClusterEnded,
            };
            sink.event(k, kind, Some(i), || self.describe_cluster(i, kind, stance, regime));
        }
        let changed = k > 0 && before != Some(regime);
        if let Some(before) = before.filter(|_| changed) {
            let open = |regime| regime != Regime::Closed;
            if open(before) && open(regime) && before.sector() != regime.sector() {
                let name = |regime: Regime| regime.sector().map_or("diversified", |i| &self.problem.sectors[i]);
                sink.event(k, EventKind::SpecialisationChanged, regime.sector(), || {
                    format!("from {} to {}", name(before), name(regime))
                });
            }
        }
        if changed {
            self.meter.settled = Some(k);
        }
        if changed || self.memory.shocked {
            self.meter.last_change = k;
            sink.jump(k);
        }
        sink.sort_events(k);
    }

    /// Steps 6 and 7: the row of t_k.
    fn record(&mut self, k: usize, sink: &mut impl Sink) {
        let Memory { offers, z, standing, regime, made, holding, .. } = &mut *self.memory;
        let meter = &mut *self.meter;
        let regime = regime.unwrap_or(Regime::Closed);
        let closed = || exp(closed_ln_wage(self.params, |i| z[i], |i| offers.ell[i], standing));
        let w_P = offers.wage(regime, *made).unwrap_or_else(closed);
        meter.w_P(k)[0] = w_P;
        let support = holding.and_then(|holding| holding.support);
        if let (Regime::Cluster(i), Some(paid), Some(room)) = (regime, support, meter.subsidy(k)) {
            let subsidy = subsidy(self.params, offers, i, paid);
            room[0] = subsidy;
            if self.disposable(w_P, subsidy, support) <= 0.0 {
                return self.ruin(i, k, sink);
            }
        }
        self.memory.rows = k + 1;
        self.meter.regime_changes += usize::from(k > 0 && self.meter.settled == Some(k));
        let Memory { offers, z, ages, .. } = &*self.memory;
        sink.rows(self, k, 1, offers, |i| (z[i], ages[i]));
    }

    /// The regime of t_k holds on [t_k, t_{k+1}): sectors whose motion it changes start a new path.
    fn set_in_motion(&mut self, k: usize) {
        if k == self.problem.grid.periods {
            return;
        }
        for (i, sector) in self.params.sectors.iter().enumerate() {
            let motion = sector.motion(self.memory.standing[i], self.memory.trade);
            if *self.memory.paths[i].motion() == motion {
                continue;
            }
            let z = self.memory.z[i];
            self.memory.ln_Z_R[i] = self.ln_Z_R(i, k);
            if let Err(failure) = self.memory.paths[i].start(motion, k, z) {
                self.memory.failure = Some(self.failure(i, failure));
                return;
            }
        }
    }
}
