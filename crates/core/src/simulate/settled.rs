//! Proof that nothing changes any more, or for how long it cannot.
//!
//! Every decision of the trade step compares two earnings. In a spell ln z moves monotonically between its value now and
//! its limit, and so does its rate (under `verspagen` up to its peak): bounds on both bound how a comparison can move.

use super::Run;
use crate::math::ln;
use crate::model::policy::{Selection, Sustain, Trade};
use crate::model::trade::{Market, Regime, TIE, ties};

/// Earnings that are compared: in a sector's cluster, or isolated there.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Earned {
    Cluster(usize),
    Isolated(usize),
}

impl Earned {
    fn sector(self) -> usize {
        match self {
            Self::Cluster(i) | Self::Isolated(i) => i,
        }
    }
}

/// Between which values something moves from now on.
#[derive(Debug, Clone, Copy)]
struct Range {
    now: f64,
    low: f64,
    high: f64,
}

impl Range {
    fn between(now: f64, end: f64) -> Self {
        Self { now, low: now.min(end), high: now.max(end) }
    }

    fn plus(self, other: Self) -> Self {
        Self { now: self.now + other.now, low: self.low + other.low, high: self.high + other.high }
    }
}

impl Run<'_> {
    /// Years from t_k, the date at hand, for which no trade step can decide otherwise as long as policies and parameters stay;
    /// infinite where none ever will.
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
        // What a promoted cluster lacks, it may gain; what holds it, it may lose.
        if let Some((i, sustain)) = stance.promote {
            if !offers.cluster_holds(i) {
                let best = (0..n).filter(|&j| j != i).max_by(|&a, &b| offers.v_Is[a].total_cmp(&offers.v_Is[b]));
                best.into_iter().for_each(|j| keep(Earned::Isolated(j), Earned::Cluster(i), true));
            } else {
                (0..n).filter(|&j| j != i).for_each(|j| keep(Earned::Cluster(i), Earned::Isolated(j), false));
            }
            if sustain == Sustain::Always || offers.cluster_holds(i) {
                return years;
            }
        }
        match regime {
            Regime::Cluster(i) => {
                (0..n).filter(|&j| j != i).for_each(|j| keep(Earned::Cluster(i), Earned::Isolated(j), false));
                if self.problem.selection == Selection::HighestWage {
                    (0..n).for_each(|j| keep(Earned::Cluster(i), Earned::Cluster(j), false));
                }
            }
            Regime::Isolation(i) => {
                (0..n).filter(|&j| j != i).for_each(|j| keep(Earned::Isolated(i), Earned::Isolated(j), false));
            }
            Regime::Diversified => {
                let first = self.memory.made;
                for j in (0..n).filter(|&j| j != first) {
                    keep(Earned::Isolated(first), Earned::Isolated(j), false);
                    if ties(offers.v_Is[j], offers.outside) {
                        keep(Earned::Isolated(j), Earned::Isolated(first), false);
                    }
                }
            }
            Regime::Closed => {}
        }
        years
    }

    /// Years for which `above` pays no less than `below` (ties included; `strictly`: excluded).
    #[inline(always)]
    fn stays_above(&self, above: Earned, below: Earned, strictly: bool, k: usize) -> f64 {
        let tie = if strictly { -TIE } else { TIE };
        let (i, j) = (above.sector(), below.sector());
        let (a, b) = (self.range(above, k), self.range(below, k));
        let lead = a.now - b.now + tie;
        if lead < 0.0 {
            return 0.0;
        }
        let least = a.low - b.high + tie;
        let alike = |i: usize, j: usize| {
            let motion = |i: usize| self.params.sectors[i].motion(self.memory.standing[i], self.memory.trade);
            self.memory.z[i] == self.memory.z[j] && motion(i) == motion(j)
        };
        if least >= 0.0 || (alike(i, j) && self.is_mature(i) && self.is_mature(j)) {
            return f64::INFINITY;
        }
        let closing = self.rates(below, k).high - self.rates(above, k).low;
        if closing <= 0.0 { f64::INFINITY } else { lead / closing }
    }

    /// ln of earnings, now and ever after.
    #[inline(always)]
    fn range(&self, earned: Earned, k: usize) -> Range {
        let i = earned.sector();
        let z = self.memory.z[i];
        let motion = self.params.sectors[i].motion(self.memory.standing[i], self.memory.trade);
        let earnings = self.memory.earnings[i];
        let log = Range::between(ln(z * earnings), ln(motion.limit(z) * earnings));
        match earned {
            Earned::Isolated(_) => log,
            Earned::Cluster(_) => log.plus(self.build_up(i, k).0),
        }
    }

    /// Rates of ln of earnings, per year, now and ever after.
    fn rates(&self, earned: Earned, k: usize) -> Range {
        let i = earned.sector();
        let z = self.memory.z[i];
        let motion = self.params.sectors[i].motion(self.memory.standing[i], self.memory.trade);
        let [low, high] = motion.rates_from(z);
        let rates = Range { now: motion.rate(ln(z)), low, high };
        match earned {
            Earned::Isolated(_) => rates,
            Earned::Cluster(_) => rates.plus(self.build_up(i, k).1),
        }
    }

    /// ln ℓ and its rate: of the cluster that stands in sector i, or of a new one.
    fn build_up(&self, i: usize, k: usize) -> (Range, Range) {
        let constant = |value: f64| Range { now: value, low: value, high: value };
        let age = self.memory.clusters[i].map(|formed| formed.age(k, self.problem.grid.period));
        let ln_ell = ln(self.params.ell(i, || age));
        match self.params.build_up(i, age) {
            Some(approach) => {
                (Range::between(ln_ell, ln(self.params.sectors[i].lambda)), Range::between(approach.rate, 0.0))
            }
            None => (constant(ln_ell), constant(0.0)),
        }
    }
}
