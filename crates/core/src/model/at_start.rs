//! What P earns at t = 0 before any policy acts: from where a policy of the first date moves the gap at once.

use super::choice::choose;
use super::policy::{Payer, Stance, Trade};
use super::problem::Problem;
use super::trade::{Market, Offers, closed_ln_wage};
use crate::math::exp;
use crate::numbers::short;

impl Problem {
    /// The income gap 1 / w_P at t = 0 with its policies left out: trade, start and selection are the region's own
    /// (docs/model.md §3).
    pub fn gap_before_policy(&self) -> f64 {
        let params = &self.epochs[0].params;
        let n = self.sectors.len();
        let z: Vec<f64> = self.Z_P.iter().zip(&self.Z_R).map(|(P, R)| P / R).collect();
        if self.trade == Trade::Closed {
            let ell = |i: usize| params.ell(i, || Some(f64::INFINITY));
            return exp(-closed_ln_wage(params, |i| z[i], ell, &self.closed_clusters));
        }
        let standing: Vec<bool> = (0..n).map(|i| self.start == Some(i)).collect();
        let ages: Vec<Option<f64>> = standing.iter().map(|stands| stands.then_some(f64::INFINITY)).collect();
        let mut offers = Offers::default();
        offers.fill(params, &z, &ages);
        let stance = Stance { promoting: None, promote: None, funded_by: Payer::default(), trade: Trade::Open };
        let regime = choose(&offers, &stance, self.selection, &standing, None).regime(n);
        offers.wage(regime, offers.first_isolated()).map_or(f64::NAN, |wage| 1.0 / wage)
    }

    /// The same where the policies of t = 0 move it at once to an `initial` gap that does not read the same; `None` where they do not, and
    /// without policies.
    pub fn gap_before_policy_moves_it(&self, initial: f64) -> Option<f64> {
        let before = Some(self.gap_before_policy()).filter(|before| before.is_finite());
        before.filter(|before| !self.policies.is_empty() && short(*before) != short(initial))
    }
}
