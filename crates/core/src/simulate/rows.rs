//! Rows and events of a run, kept: the sink that makes a [`Trajectory`].

use super::meter::Meter;
use super::{Lanes, Memory, Run, Sink, subsidy};
use crate::math::{exp, ln};
use crate::model::grid::Grid;
use crate::model::policy::Stance;
use crate::model::problem::Problem;
use crate::model::trade::{Market, Regime};
use crate::numbers::precise;
use crate::trajectory::{Event, EventKind, Row, RunFailure, SectorRow, Trajectory};

/// What has been kept so far.
pub(super) struct Rows {
    sector_names: Vec<String>,
    grid: Grid,
    rows: Vec<Row>,
    sectors: Vec<SectorRow>,
    events: Vec<Event>,
    jumps: Vec<usize>,
}

impl Rows {
    pub(super) fn new(problem: &Problem) -> Self {
        let rows = problem.grid.periods + 1;
        Self {
            sector_names: problem.sectors.clone(),
            grid: problem.grid,
            rows: Vec::with_capacity(rows),
            sectors: Vec::with_capacity(rows * problem.sectors.len()),
            events: Vec::new(),
            jumps: Vec::new(),
        }
    }

    pub(super) fn finish(self, memory: Memory, meter: &Meter) -> Trajectory {
        Trajectory {
            sector_names: self.sector_names,
            grid: self.grid,
            rows: self.rows,
            sectors: self.sectors,
            events: self.events,
            last_change: meter.last_change,
            jumps: self.jumps,
            spells: memory.spells,
            choices: memory.choices,
            outlook: None,
            tail_share: 0.0,
            measures: memory.measures,
            failure: memory.failure,
        }
    }
}

impl Sink for Rows {
    fn event(&mut self, period: usize, kind: EventKind, sector: Option<usize>, detail: impl FnOnce() -> String) {
        self.events.push(Event { period, kind, sector, detail: detail() });
    }

    fn sort_events(&mut self, period: usize) {
        let first = self.events.partition_point(|event| event.period < period);
        self.events[first..].sort_by_key(|event| event.kind);
    }

    fn cut(&mut self, period: usize) {
        self.events.retain(|event| event.period < period);
    }

    fn rows<M: Market<T: Lanes>>(
        &mut self,
        run: &Run<'_>,
        k: usize,
        count: usize,
        market: &M,
        z_and_age: impl Fn(usize) -> (M::T, Option<M::T>),
    ) {
        let regime = run.memory.regime.unwrap_or(Regime::Closed);
        let support = run.memory.holding.and_then(|holding| holding.support);
        let cluster = if let Regime::Cluster(i) = regime {
            Some((market.margin(i), support.map(|support| subsidy(run.params, market, i, support))))
        } else {
            None
        };
        let sectors: Vec<_> = (0..market.sectors()).map(|i| (z_and_age(i), market.v_Is(i), market.v_Cl(i))).collect();
        for lane in 0..count {
            let k = k + lane;
            let w_P = run.meter.w_P[k];
            let subsidy = match &cluster {
                Some((_, Some(subsidy))) => subsidy.lane(lane),
                _ => 0.0,
            };
            let income_P = run.disposable(w_P, subsidy, support);
            let ln_real_income_R = run.ln_real_income_R(k, |i| sectors[i].0.0.lane(lane));
            let ln_real_income_P = ln_real_income_R + ln(income_P);
            let before = self.rows.last();
            let growth = |now: f64, then: fn(&Row) -> f64| Some((now - then(before?)) / self.grid.period);
            self.rows.push(Row {
                regime,
                w_P,
                income_P,
                ln_real_income_R,
                ln_real_income_P,
                growth_R: growth(ln_real_income_R, |row| row.ln_real_income_R),
                growth_P: growth(ln_real_income_P, |row| row.ln_real_income_P),
                margin: cluster.map(|(margin, _)| margin.lane(lane)),
                subsidy,
            });
            for (i, sector) in run.params.sectors.iter().enumerate() {
                let ((z, age), v_Is, v_Cl) = &sectors[i];
                let z = z.lane(lane);
                let Z_R = exp(run.ln_Z_R_at(i, k, z));
                let cluster_P = run.memory.standing[i];
                let motion = sector.motion(cluster_P, run.memory.trade);
                self.sectors.push(SectorRow {
                    Z_R,
                    Z_P: z * Z_R,
                    z,
                    g: motion.g(z),
                    g_R: motion.g_R(z),
                    p: sector.price(Z_R),
                    v_Is: v_Is.lane(lane),
                    v_Cl: v_Cl.lane(lane),
                    cluster_P,
                    age: age.map(|age| age.lane(lane)),
                });
            }
        }
    }

    fn jump(&mut self, k: usize) {
        if self.jumps.last() != Some(&k) {
            self.jumps.push(k);
        }
    }
}

impl Run<'_> {
    /// The numbers behind a change of a cluster.
    pub(super) fn describe_cluster(&self, i: usize, kind: EventKind, stance: &Stance, regime: Regime) -> String {
        let offers = &self.memory.offers;
        let inequality = |sign: &str| {
            let best = offers.v_Is.iter().position(|&v| v == offers.outside).unwrap_or(i);
            let rival = &self.problem.sectors[best];
            format!("v_Cl {} {sign} {} = v_Is of {rival}", precise(offers.v_Cl[i]), precise(offers.outside))
        };
        match kind {
            _ if regime == Regime::Closed => "trade is closed".to_owned(),
            EventKind::ClusterCollapsed => inequality("<"),
            EventKind::ClusterFormed => match stance.promote {
                Some((promoted, _)) if promoted == i && !offers.cluster_holds(i) => {
                    format!("promoted and subsidised: {}", inequality("<"))
                }
                Some((promoted, _)) if promoted == i => format!("promoted: {}", inequality(">=")),
                _ => format!("chosen: {}", inequality(">=")),
            },
            _ => match regime {
                Regime::Cluster(other) => format!("the cluster in {} holds", self.problem.sectors[other]),
                _ => "isolation holds".to_owned(),
            },
        }
    }
}

impl RunFailure {
    /// In one line: sector, date, reason.
    pub(super) fn describe(&self, sector_names: &[String]) -> String {
        format!("sector {}, t = {:.6}: {}", sector_names[self.sector], self.t, self.reason)
    }
}
