//! The present value of the subsidy that holds a cluster, in closed form.
//!
//! s = max(A, q w_P) − w_P, A the best that isolation pays, q − 1 the share that is paid in any case (0, or a Pigouvian
//! subsidy's λ − 1): the highest of n curves less one. Between the moments at which another becomes the highest, that is the
//! difference of two curves.

use super::Paid;
use crate::math::exp;
use crate::model::curve::Curve;
use crate::model::trade::Regime;

/// Share of what is subtracted below which a difference has lost too many digits.
const DIGITS: f64 = 1e-4;
/// How near, as a share, a moment is found at which curves cross: where they cross, they do not differ.
const NEAR: f64 = 1e-10;
/// More than there can be.
const CROSSINGS: u32 = 1000;

impl Paid<'_> {
    /// ∫ e^(−ρt) s over a spell, t from its start; `None` where it has no closed form, or one that loses digits.
    pub(super) fn paid_by_formula(&self, index: usize, years: f64, rate: f64) -> Option<f64> {
        let spell = &self.spells.list()[index];
        let Regime::Cluster(cluster) = spell.regime else { return None };
        if !self.differs(rate) {
            return None;
        }
        let z = self.spells.z(index);
        let mut curves = Vec::with_capacity(z.len());
        for (i, &z) in z.iter().enumerate() {
            let curve = self.curve(index, i, z, 0.0).filter(|curve| curve.has_formula(rate))?;
            curves.push(curve);
        }
        let end = curves.iter().map(Curve::still_after).fold(0.0, f64::max).min(years);
        let wage = curves[cluster];
        let share = spell.share_paid(&self.problem.epochs[spell.epoch].params);
        curves[cluster] = wage.times(1.0 + share);
        let mut top = (0..curves.len()).fold(0, |top, i| if curves[i].is_above(&curves[top], 0.0) { i } else { top });
        let (mut from, mut sum, mut size) = (0.0, 0.0, 0.0);
        for _ in 0..CROSSINGS {
            let mut next: Option<(f64, usize)> = None;
            for i in (0..curves.len()).filter(|&i| i != top) {
                let found = curves[top].overtaken_by(&curves[i], from, end, NEAR).ok()?;
                next =
                    found.filter(|years| next.is_none_or(|(first, _)| *years < first)).map(|years| (years, i)).or(next);
            }
            let to = next.map_or(years, |(years, _)| years);
            if top != cluster || share > 0.0 {
                for (sign, years) in [(1.0, from), (-1.0, to)] {
                    if years.is_finite() {
                        let [own, wage] = [curves[top], wage].map(|curve| curve.from(years).worth(rate));
                        let away = exp(-rate * years);
                        let (own, wage) = (away * own?[1], away * wage?[1]);
                        sum += sign * (own - wage);
                        size += wage;
                    }
                }
            }
            match next {
                Some((years, rival)) => (from, top) = (years, rival),
                None => return (sum >= DIGITS * size).then_some(sum),
            }
        }
        None
    }
}
