//! Dates passed over: where it is plain that nothing is decided at any of them, and all that is measured on them has a
//! closed form, a run without rows goes straight to the next date at which something may change.

use super::Run;
use crate::integrate::Method;
use crate::model::policy::{Sustain, Trade};
use crate::model::trade::{Market, Regime, TIE};
use crate::present::Paid;

impl Run<'_> {
    /// Goes from the date at hand to `stop`, or to the last row where that comes first; whether it could. Something may change
    /// at `until`, and not before.
    #[inline(always)]
    pub(super) fn leaps_to(&mut self, stop: usize, until: usize) -> bool {
        if !self.may_leap() {
            return false;
        }
        let end = self.problem.grid.periods;
        let memory = &mut *self.memory;
        let there = stop.min(end);
        for path in &mut memory.paths {
            if !path.pass_to(there, until) {
                return false;
            }
        }
        for (path, z) in memory.paths.iter().zip(&mut memory.z) {
            *z = path.dates(there)[0];
        }
        if stop > end {
            // The last row, as it would have been recorded.
            let period = self.problem.grid.period;
            for (age, formed) in memory.ages.iter_mut().zip(&memory.clusters) {
                *age = formed.map(|formed| formed.age(end, period));
            }
            memory.offers.fill(self.params, &memory.z, &memory.ages);
            let w_P = memory.regime.and_then(|regime| memory.offers.wage(regime, memory.made));
            self.meter.w_P(end)[0] = w_P.unwrap_or(f64::NAN);
        }
        memory.rows = stop;
        true
    }

    /// Whether no date up to the next turn decides anything, and none of their wages is asked for later.
    #[inline(always)]
    fn may_leap(&self) -> bool {
        let memory = &*self.memory;
        let last = memory.spells.list().len() - 1;
        let paid = Paid { problem: self.problem, spells: &memory.spells, w_P: &[] };
        memory.solver.method == Method::Exact
            && memory.plain.1
            && paid.formula(last, self.problem.discount_rate).is_some()
            && self.straight_since(self.meter.last_change).is_some()
    }

    /// Whether from t_k, the date at hand, on no date decides anything as long as policies and parameters stay: seen at a
    /// glance, where one sees it. False says nothing.
    #[inline(always)]
    pub(super) fn decides_nothing(&self, k: usize) -> bool {
        let memory = &*self.memory;
        let z = &memory.z;
        let (Some(holding), Some(stance)) = (memory.holding, memory.stance) else { return false };
        let sectors = &self.params.sectors;
        // ℓ of a cluster only grows; that of a new one is what it begins with.
        let ell = |i: usize| match self.params.tau > 0.0 {
            true => self.params.ell(i, || memory.clusters[i].map(|formed| formed.age(k, self.problem.grid.period))),
            false => sectors[i].lambda,
        };
        // Which sector earns the wage, and at least how much at z = 1.
        let (made, earned) = match holding.regime {
            Regime::Cluster(i) => (i, ell(i) * memory.earnings[i]),
            Regime::Isolation(i) => (i, memory.earnings[i]),
            Regime::Diversified | Regime::Closed => return false,
        };
        if holding.support.is_some()
            || self.problem.selection.compares_clusters()
            || sectors.iter().any(|sector| sector.catch_up.form.runs_away())
        {
            return false;
        }
        let motion = |i: usize| sectors[i].motion(memory.standing[i], Trade::Open);
        let (own, z_own) = (motion(made), z[made]);
        let least = || z_own.min(own.limit(z_own));
        // Whether sector i, which earns `rival` at z = 1, never pays more than the sector made, which earns `earned` there.
        let stays_below = |i: usize, rival: f64, earned: f64| {
            let (other, z) = (motion(i), z[i]);
            // One law: the leader in z stays the leader, and a laggard catches up.
            let one_law = own.catch_up == other.catch_up
                && own.d() <= other.d()
                && own.catch_up.is_none_or(|catch_up| catch_up.form.evens_out());
            (one_law && (z_own / z).min(1.0) * earned >= rival) || z.max(other.limit(z)) * rival <= least() * earned
        };
        let refused = match stance.promote {
            None => true,
            Some((_, Sustain::Always | Sustain::Pigou)) => false,
            Some((i, Sustain::IfEquilibrium)) => {
                let cluster = memory.earnings[i] * ell(i) * (1.0 + 4.0 * TIE);
                // The outside option is at least what the sector made pays in isolation.
                holding.regime == Regime::Cluster(i) || (i != made && stays_below(i, cluster, memory.earnings[made]))
            }
        };
        refused && (0..sectors.len()).all(|i| i == made || stays_below(i, memory.earnings[i], earned))
    }
}
