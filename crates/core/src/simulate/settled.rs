//! Proof that nothing changes any more, or for how long it cannot.
//!
//! Every decision of the trade step compares two earnings. In a spell ln z moves monotonically between its value now and
//! its limit, and so does its rate (under `verspagen` up to its peak): bounds on both bound how a comparison can move.

use super::Run;
use crate::math::ln;
use crate::model::params::Params;
use crate::model::policy::{Support, Sustain, Trade};
use crate::model::trade::{Regime, TIE, ties};

/// Earnings that are compared, times a constant: isolated in a sector, or in its cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Earned {
    i: usize,
    /// λ of the cluster, as it is or as somebody takes it to be; `None`: isolated.
    lambda: Option<f64>,
    ln_factor: f64,
}

impl Earned {
    pub(super) fn alone(i: usize) -> Self {
        Self { i, lambda: None, ln_factor: 0.0 }
    }

    pub(super) fn in_cluster(i: usize, params: &Params) -> Self {
        Self::in_cluster_with(i, params.sectors[i].lambda)
    }

    pub(super) fn in_cluster_with(i: usize, lambda: f64) -> Self {
        Self { i, lambda: Some(lambda), ln_factor: 0.0 }
    }

    pub(super) fn times(self, factor: f64) -> Self {
        self.raised(ln(factor))
    }

    /// Times e to this power.
    pub(super) fn raised(self, level: f64) -> Self {
        Self { ln_factor: self.ln_factor + level, ..self }
    }

    pub(super) fn sector(self) -> usize {
        self.i
    }
}

/// Between which values something moves from now on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) now: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Range {
    fn between(now: f64, end: f64) -> Self {
        Self { now, low: now.min(end), high: now.max(end) }
    }

    fn raised(self, level: f64) -> Self {
        Self { now: self.now + level, low: self.low + level, high: self.high + level }
    }

    fn plus(self, other: Self) -> Self {
        Self { now: self.now + other.now, low: self.low + other.low, high: self.high + other.high }
    }
}

impl Run<'_> {
    /// Years from t_k, the date at hand, for which no trade step can decide otherwise as long as policies and parameters stay;
    /// infinite where none ever will. Rules that choose anew are bounded apart ([`Run::rules_quiet_for`]).
    #[inline(always)]
    pub(super) fn quiet_for(&self, k: usize) -> f64 {
        let (Some(stance), Some(regime)) = (self.memory.stance, self.memory.regime) else { return 0.0 };
        if self.memory.trade == Trade::Closed {
            return f64::INFINITY;
        }
        let n = self.n();
        let offers = &self.memory.offers;
        let mut years = f64::INFINITY;
        let mut keep = |above: Earned, below: Earned, strictly: bool| {
            if years > 0.0 && above != below {
                years = years.min(self.stays_above(above, below, strictly, k));
            }
        };
        let cluster = |i: usize| Earned::in_cluster(i, self.params);
        // What a promoted cluster lacks, it may gain; what holds it, it may lose. What is paid in any case counts with its pay.
        if let Some((i, sustain)) = stance.promote {
            let paid = match sustain {
                Sustain::Pigou => {
                    1.0 + Support { payer: stance.funded_by, pigou: true }.share(self.params.sectors[i].lambda)
                }
                Sustain::Always | Sustain::IfEquilibrium => 1.0,
            };
            let held = if paid == 1.0 { cluster(i) } else { cluster(i).times(paid) };
            let lacks = self.lacks(i, paid);
            if lacks {
                let best = (0..n).filter(|&j| j != i).max_by(|&a, &b| offers.v_Is[a].total_cmp(&offers.v_Is[b]));
                best.into_iter().for_each(|j| keep(Earned::alone(j), held, true));
            } else {
                (0..n).filter(|&j| j != i).for_each(|j| keep(held, Earned::alone(j), false));
            }
            if sustain != Sustain::IfEquilibrium || !lacks {
                return years;
            }
        }
        match regime {
            Regime::Cluster(i) => {
                (0..n).filter(|&j| j != i).for_each(|j| keep(cluster(i), Earned::alone(j), false));
                if self.problem.selection.compares_clusters() {
                    (0..n).for_each(|j| keep(cluster(i), cluster(j), false));
                }
            }
            Regime::Isolation(i) => {
                (0..n).filter(|&j| j != i).for_each(|j| keep(Earned::alone(i), Earned::alone(j), false));
            }
            Regime::Diversified => {
                let first = self.memory.made;
                for j in (0..n).filter(|&j| j != first) {
                    keep(Earned::alone(first), Earned::alone(j), false);
                    if ties(offers.v_Is[j], offers.outside) {
                        keep(Earned::alone(j), Earned::alone(first), false);
                    }
                }
            }
            Regime::Closed => {}
        }
        years
    }

    /// Years for which `above` pays no less than `below` (ties included; `strictly`: excluded).
    #[inline(always)]
    pub(super) fn stays_above(&self, above: Earned, below: Earned, strictly: bool, k: usize) -> f64 {
        let tie = if strictly { -TIE } else { TIE };
        let (i, j) = (above.sector(), below.sector());
        let (a, b) = (self.range(above, k), self.range(below, k));
        let lead = a.now - b.now + tie;
        if lead < 0.0 {
            return 0.0;
        }
        let least = a.low - b.high + tie;
        if least >= 0.0 || (self.alike(i, j) && self.is_mature(i) && self.is_mature(j)) {
            return f64::INFINITY;
        }
        let closing = self.rates(below, k).high - self.rates(above, k).low;
        if closing <= 0.0 { f64::INFINITY } else { lead / closing }
    }

    /// Whether z of two sectors is the same and moves alike.
    pub(super) fn alike(&self, i: usize, j: usize) -> bool {
        let motion = |i: usize| self.params.sectors[i].motion(self.memory.standing[i], self.memory.trade);
        self.memory.z[i] == self.memory.z[j] && motion(i) == motion(j)
    }

    /// Whether A is more than `times` what the cluster in sector i pays, beyond a tie.
    pub(super) fn lacks(&self, i: usize, times: f64) -> bool {
        let offers = &self.memory.offers;
        offers.v_Cl[i] * times + offers.outside * TIE < offers.outside
    }

    /// ln of earnings, now and ever after.
    #[inline(always)]
    pub(super) fn range(&self, earned: Earned, k: usize) -> Range {
        let i = earned.sector();
        let z = self.memory.z[i];
        let motion = self.params.sectors[i].motion(self.memory.standing[i], self.memory.trade);
        let earnings = self.memory.earnings[i];
        let log = Range::between(ln(z * earnings), ln(motion.limit(z) * earnings));
        let log = if earned.ln_factor == 0.0 { log } else { log.raised(earned.ln_factor) };
        match earned.lambda {
            None => log,
            Some(lambda) => log.plus(self.build_up(i, lambda, k).0),
        }
    }

    /// Rates of ln of earnings, per year, now and ever after.
    fn rates(&self, earned: Earned, k: usize) -> Range {
        let i = earned.sector();
        let z = self.memory.z[i];
        let motion = self.params.sectors[i].motion(self.memory.standing[i], self.memory.trade);
        let [low, high] = motion.rates_from(z);
        let rates = Range { now: motion.rate(ln(z)), low, high };
        match earned.lambda {
            None => rates,
            Some(lambda) => rates.plus(self.build_up(i, lambda, k).1),
        }
    }

    /// ln ℓ and its rate: of the cluster that stands in sector i, or of a new one, with such a λ.
    fn build_up(&self, i: usize, lambda: f64, k: usize) -> (Range, Range) {
        let constant = |value: f64| Range { now: value, low: value, high: value };
        let age = self.memory.clusters[i].map(|formed| formed.age(k, self.problem.grid.period));
        let ln_ell = ln(self.params.ell_with(lambda, || age));
        match self.params.build_up_with(lambda, age) {
            Some(approach) => (Range::between(ln_ell, ln(lambda)), Range::between(approach.rate, 0.0)),
            None => (constant(ln_ell), constant(0.0)),
        }
    }
}
