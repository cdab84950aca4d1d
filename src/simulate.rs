//! The period loop: Problem → Trajectory, in memory. Reads as the list of steps in `docs/model.md` §3.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, ln_w_P")]

use crate::control::{Control, Stopped};
use crate::integrate::{Failure, Path, Solver};
use crate::model::params::{Epoch, Params, Problem};
use crate::model::policy::{Stance, Sustain, Trade, choose};
use crate::model::trade::{Offers, Regime, closed_ln_wage, ln_real_income_R};
use crate::trajectory::{Event, EventKind, Row, RunFailure, SectorRow, Trajectory};
use std::ops::Range;

/// The path of `problem` from t_0 to t_N. A failure of the integration is part of the result: the rows up to it
/// stand, and [`Trajectory::failure`] says why there are no more.
///
/// # Errors
/// [`Stopped`] once `control` says so.
pub fn simulate(problem: &Problem, solver: Solver, control: &Control) -> Result<Trajectory, Stopped> {
    let mut run = Run::new(problem, solver);
    for k in 0..=problem.grid.periods {
        control.step()?;
        if let Err(failure) = run.advance(k) {
            run.out.failure = Some(failure);
            break;
        }
        run.apply_shocks(k);
        let stance = run.stance(k);
        run.price(k, stance.trade);
        run.specialise(k, &stance);
        run.record(k);
        if let Err(failure) = run.set_in_motion(k) {
            run.out.failure = Some(failure);
            break;
        }
    }
    run.out.last_params = run.params.clone();
    Ok(run.out)
}

/// When a standing cluster formed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Formed {
    /// Before t = 0: mature.
    Before,
    /// At this period.
    At(usize),
}

/// State of the loop.
struct Run<'a> {
    problem: &'a Problem,
    solver: Solver,
    /// Periods at which each policy is active.
    policy_periods: Vec<Range<usize>>,
    later_epochs: std::slice::Iter<'a, Epoch>,
    next_epoch: Option<&'a Epoch>,
    params: &'a Params,
    /// Whether parameters changed at the date at hand.
    shocked: bool,
    Z_R: Vec<f64>,
    ln_Z_R: Vec<f64>,
    z: Vec<f64>,
    paths: Vec<Path>,
    /// (k, Z_R at k, growth of Z_R per year) since R's growth in a sector last changed.
    learning_R: Vec<(usize, f64, f64)>,
    /// P's clusters.
    clusters: Vec<Option<Formed>>,
    ages: Vec<Option<f64>>,
    offers: Offers,
    trade: Trade,
    regime: Regime,
    out: Trajectory,
}

impl<'a> Run<'a> {
    fn new(problem: &'a Problem, solver: Solver) -> Self {
        let n = problem.sectors.len();
        let mut later_epochs = problem.epochs.iter();
        let params = later_epochs.next().map(|epoch| &epoch.params).expect("a problem has an epoch at k = 0");
        let next_epoch = later_epochs.next();
        let rows = problem.grid.periods + 1;
        Self {
            problem,
            solver,
            policy_periods: problem.policy_periods(),
            later_epochs,
            next_epoch,
            params,
            shocked: false,
            Z_R: problem.Z_R.clone(),
            ln_Z_R: problem.Z_R.iter().map(|Z| Z.ln()).collect(),
            z: problem.Z_P.iter().zip(&problem.Z_R).map(|(P, R)| P / R).collect(),
            paths: Vec::with_capacity(n),
            learning_R: Vec::with_capacity(n),
            clusters: (0..n).map(|i| (problem.start == Some(i)).then_some(Formed::Before)).collect(),
            ages: vec![None; n],
            offers: Offers::default(),
            trade: problem.trade,
            regime: problem.start.map_or(Regime::Closed, Regime::Cluster),
            out: Trajectory {
                sector_names: problem.sectors.clone(),
                grid: problem.grid,
                rows: Vec::with_capacity(rows),
                sectors: Vec::with_capacity(rows * n),
                events: Vec::new(),
                last_change: 0,
                jumps: Vec::new(),
                last_params: params.clone(),
                failure: None,
            },
        }
    }

    fn n(&self) -> usize {
        self.problem.sectors.len()
    }

    fn event(&mut self, period: usize, kind: EventKind, sector: Option<usize>, detail: String) {
        self.out.events.push(Event { period, kind, sector, detail });
    }

    /// Z at t_k: M1, M3.
    fn advance(&mut self, k: usize) -> Result<(), RunFailure> {
        if k == 0 {
            return Ok(());
        }
        let mut first_failure: Option<RunFailure> = None;
        for i in 0..self.n() {
            let (k_0, Z_R, growth) = self.learning_R[i];
            let grown = growth * (k - k_0) as f64 * self.problem.grid.period;
            self.Z_R[i] = Z_R * grown.exp();
            self.ln_Z_R[i] = Z_R.ln() + grown;
            let was = self.z[i];
            match self.paths[i].z(k) {
                Ok(z) => self.z[i] = z,
                Err(failure) => {
                    let failure = self.failure(i, failure);
                    if first_failure.as_ref().is_none_or(|first| failure.t < first.t) {
                        first_failure = Some(failure);
                    }
                    continue;
                }
            }
            if self.paths[i].parity_period() == Some(k) {
                let from = if was < self.z[i] || was < 1.0 { "below" } else { "above" };
                self.event(k, EventKind::ParityReached, Some(i), format!("z met 1 from {from}"));
            }
        }
        if let Some(failure) = first_failure {
            // What was noted for a date that the run does not reach is no part of it.
            self.out.events.retain(|event| event.period < k);
            return Err(failure);
        }
        Ok(())
    }

    fn failure(&self, sector: usize, failure: Failure) -> RunFailure {
        RunFailure {
            sector,
            t: failure.period * self.problem.grid.period,
            reason: failure.reason.describe().to_owned(),
        }
    }

    /// Step 1.
    fn apply_shocks(&mut self, k: usize) {
        self.shocked = false;
        if k == 0 {
            for shock in &self.problem.epochs[0].shocks {
                self.event(k, EventKind::Shock, None, shock.clone());
            }
        }
        let Some(epoch) = self.next_epoch.filter(|epoch| epoch.k == k) else { return };
        for shock in &epoch.shocks {
            self.event(k, EventKind::Shock, None, shock.clone());
        }
        self.shocked = *self.params != epoch.params;
        self.params = &epoch.params;
        self.next_epoch = self.later_epochs.next();
    }

    /// What the policies active at t_k ask for; notes those that begin or end.
    fn stance(&mut self, k: usize) -> Stance {
        for (index, policy) in self.problem.policies.iter().enumerate() {
            let periods = self.policy_periods[index].clone();
            let turns = [(periods.end, EventKind::PolicyOff), (periods.start, EventKind::PolicyOn)];
            for (_, kind) in turns.into_iter().filter(|(turn, _)| !periods.is_empty() && *turn == k) {
                self.event(k, kind, policy.promote, describe_policy(policy, &self.problem.sectors));
            }
        }
        self.problem.stance(k, &self.policy_periods)
    }

    /// Steps 2 to 4: prices and offers, with P's clusters as old as they are before the choice.
    fn price(&mut self, k: usize, trade: Trade) {
        let period = self.problem.grid.period;
        for (age, formed) in self.ages.iter_mut().zip(&self.clusters) {
            *age = formed.map(|formed| match formed {
                Formed::Before => f64::INFINITY,
                Formed::At(since) => (k - since) as f64 * period,
            });
        }
        if k == 0 && trade == Trade::Closed {
            // Closed from t = 0: the listed clusters have stood before.
            for (i, listed) in self.problem.closed_clusters.iter().enumerate() {
                if *listed {
                    self.clusters[i] = Some(Formed::Before);
                    self.ages[i] = Some(f64::INFINITY);
                }
            }
        }
        self.offers.fill(self.params, &self.Z_R, &self.z, &self.ages);
    }

    /// Step 5: which equilibrium holds, and what that does to P's clusters.
    fn specialise(&mut self, k: usize, stance: &Stance) {
        let before = self.regime;
        if stance.trade != self.trade {
            let kind = if stance.trade == Trade::Open { EventKind::TradeOpened } else { EventKind::TradeClosed };
            self.event(k, kind, None, String::new());
        }
        self.trade = stance.trade;
        self.regime = match stance.trade {
            Trade::Closed => Regime::Closed,
            Trade::Open => {
                let standing: Vec<bool> = self.clusters.iter().map(Option::is_some).collect();
                choose(&self.offers, stance, self.problem.selection, &standing)
            }
        };
        for i in 0..self.n() {
            let stays = match self.regime {
                Regime::Closed => self.problem.closed_clusters[i],
                regime => regime == Regime::Cluster(i),
            };
            match (self.clusters[i], stays) {
                (None, true) => self.clusters[i] = Some(Formed::At(k)),
                (Some(_), false) => self.clusters[i] = None,
                _ => continue,
            }
            let kind = match (stays, self.offers.cluster_holds(i)) {
                (true, _) => EventKind::ClusterFormed,
                (false, false) if self.regime != Regime::Closed => EventKind::ClusterCollapsed,
                (false, _) => EventKind::ClusterEnded,
            };
            let detail = self.describe_cluster(i, kind, stance);
            self.event(k, kind, Some(i), detail);
        }
        let open = |regime| regime != Regime::Closed;
        if k > 0 && open(before) && open(self.regime) && before.sector() != self.regime.sector() {
            let name = |regime: Regime| regime.sector().map_or("diversified", |i| self.problem.sectors[i].as_str());
            let detail = format!("from {} to {}", name(before), name(self.regime));
            self.event(k, EventKind::SpecialisationChanged, self.regime.sector(), detail);
        }
        if k > 0 && (self.shocked || before != self.regime) {
            self.out.last_change = k;
            self.out.jumps.push(k);
        }
        // Within a row, events come in the order of their kinds.
        let first = self.out.events.partition_point(|event| event.period < k);
        self.out.events[first..].sort_by_key(|event| event.kind);
    }

    /// The numbers behind a change of a cluster.
    fn describe_cluster(&self, i: usize, kind: EventKind, stance: &Stance) -> String {
        let offers = &self.offers;
        let inequality = |sign: &str| {
            let best = offers.v_Is.iter().position(|&v| v == offers.outside).unwrap_or(i);
            let rival = &self.problem.sectors[best];
            format!("v_Cl {:.6} {sign} {:.6} = v_Is of {rival}", offers.v_Cl[i], offers.outside)
        };
        match kind {
            _ if self.regime == Regime::Closed => "trade is closed".to_owned(),
            EventKind::ClusterCollapsed => inequality("<"),
            EventKind::ClusterFormed => match stance.promote {
                Some((promoted, _)) if promoted == i && !offers.cluster_holds(i) => {
                    format!("promoted and subsidised: {}", inequality("<"))
                }
                Some((promoted, _)) if promoted == i => format!("promoted: {}", inequality(">=")),
                _ => format!("chosen: {}", inequality(">=")),
            },
            _ => match self.regime {
                Regime::Cluster(other) => format!("the cluster in {} holds", self.problem.sectors[other]),
                _ => "isolation holds".to_owned(),
            },
        }
    }

    /// Steps 6 and 7: the row of t_k.
    fn record(&mut self, k: usize) {
        let clusters: Vec<bool> = self.clusters.iter().map(Option::is_some).collect();
        let ln_real_income_R = ln_real_income_R(self.params, self.ln_Z_R.iter().copied());
        let ln_w_P = match self.offers.wage(self.regime) {
            Some(w_P) => w_P.ln(),
            None => closed_ln_wage(self.params, &self.z, &self.offers.ell, &clusters),
        };
        let w_P = self.offers.wage(self.regime).unwrap_or_else(|| ln_w_P.exp());
        let ln_real_income_P = ln_real_income_R + ln_w_P;
        let before = k.checked_sub(1).map(|k| self.out.rows[k]);
        let growth = |now: f64, then: fn(&Row) -> f64| Some((now - then(before.as_ref()?)) / self.problem.grid.period);
        let cluster = if let Regime::Cluster(i) = self.regime { Some(i) } else { None };
        self.out.rows.push(Row {
            regime: self.regime,
            w_P,
            ln_real_income_R,
            ln_real_income_P,
            growth_R: growth(ln_real_income_R, |row| row.ln_real_income_R),
            growth_P: growth(ln_real_income_P, |row| row.ln_real_income_P),
            margin: cluster.map(|i| self.offers.margin(i)),
            subsidy: cluster.map_or(0.0, |i| self.offers.subsidy(i)),
        });
        for (i, sector) in self.params.sectors.iter().enumerate() {
            let motion = sector.motion(clusters[i], self.trade);
            self.out.sectors.push(SectorRow {
                Z_R: self.Z_R[i],
                Z_P: self.z[i] * self.Z_R[i],
                z: self.z[i],
                g: motion.g(self.z[i]),
                p: self.offers.p[i],
                v_Is: self.offers.v_Is[i],
                v_Cl: self.offers.v_Cl[i],
                cluster_P: clusters[i],
                age: self.ages[i],
            });
        }
    }

    /// The regime of t_k holds on [t_k, t_{k+1}): sectors whose motion it changes start a new path.
    fn set_in_motion(&mut self, k: usize) -> Result<(), RunFailure> {
        let grid = self.problem.grid;
        if k == grid.periods {
            return Ok(());
        }
        for (i, sector) in self.params.sectors.iter().enumerate() {
            let growth = sector.learning_R();
            match self.learning_R.get_mut(i) {
                None => self.learning_R.push((k, self.Z_R[i], growth)),
                Some(course) if course.2 != growth => *course = (k, self.Z_R[i], growth),
                Some(_) => {}
            }
            let motion = sector.motion(self.clusters[i].is_some(), self.trade);
            if self.paths.get(i).is_some_and(|path| path.motion() == motion) {
                continue;
            }
            let path = Path::start(self.solver, motion, grid.period, k, self.z[i], grid.periods)
                .map_err(|failure| self.failure(i, failure))?;
            match self.paths.get_mut(i) {
                Some(slot) => *slot = path,
                None => self.paths.push(path),
            }
        }
        Ok(())
    }
}

fn describe_policy(policy: &crate::model::policy::Policy, sectors: &[String]) -> String {
    let promote = policy.promote.map(|i| match policy.sustain {
        Sustain::Always => format!("promote {}, always", sectors[i]),
        Sustain::IfEquilibrium => format!("promote {}, if an equilibrium", sectors[i]),
    });
    let trade = policy.trade.map(|trade| format!("trade {}", trade.name()));
    [promote, trade].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
