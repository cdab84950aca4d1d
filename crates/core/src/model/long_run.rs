//! Where a path goes as t → ∞ if the last regime holds for ever (docs/model.md §5).

use super::motion::Motion;
use super::params::Params;
use super::policy::Trade;
use super::trade::{Regime, TIE, closed_ln_wage};
use crate::math::{exp, ln};

/// The long-run gap and what it consists of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongRun {
    /// lim 1/w_P: 0 where P pulls away for ever, infinite where it falls behind for ever.
    pub gap: f64,
    /// Whether the last cluster would stand on its own there (M9 at z*); `None` where the last regime is no cluster.
    pub self_sustaining: Option<bool>,
    /// The gap as a product; `None` where the gap is 0 or infinite.
    pub factors: Option<Factors>,
}

/// Ricardian × static × technology = income gap, of the sector P specialises in; for a closed region the
/// α-weighted geometric means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// y_R / y_P.
    pub ricardian: f64,
    /// Λ / ℓ, with ℓ = 1 where P has no cluster.
    pub stat: f64,
    /// 1 / z*.
    pub technology: f64,
}

/// Where a sector's z goes, and how: ln z* (infinite where z* is 0 or has no bound), the rate of ln z there, and where the
/// rates are the same what decides between two sectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Far {
    /// ln z*.
    pub ln_z: f64,
    /// lim d ln z/dt, per year; 0 where z* is a number.
    pub rate: f64,
    /// lim (ln z − rate · t).
    pub level: f64,
}

/// Years after which a path that goes to 0 or infinity does so at a constant rate, to rounding.
const FAR: f64 = 1e6;

impl Far {
    /// Where z goes from `z` under `motion`.
    pub fn new(motion: &Motion, z: f64) -> Self {
        let limit = motion.limit(z);
        if limit > 0.0 && limit.is_finite() {
            return Self { ln_z: ln(limit), rate: 0.0, level: ln(limit) };
        }
        let rate = motion.limit_rate(z);
        // Of those that pass every bound (`literal`) the one that does so sooner is the higher.
        if let Some(years) = motion.branch(motion.side(z)).blow_up_after(ln(z)) {
            return Self { ln_z: ln(limit), rate: f64::INFINITY, level: -years };
        }
        let far = motion.ln_z_after(z, FAR).ok().filter(|ln_z| ln_z.is_finite());
        let level = far.map(|ln_z| ln_z - rate * FAR);
        Self { ln_z: ln(limit), rate, level: level.unwrap_or(ln(z)) }
    }

    /// lim ln(z / z of the other): infinite where one leaves the other behind for ever.
    pub fn over(&self, other: &Self) -> f64 {
        if self.ln_z.is_finite() || other.ln_z.is_finite() || self.ln_z != other.ln_z {
            return self.ln_z - other.ln_z;
        }
        match self.rate - other.rate {
            apart if apart.is_nan() && self.level == other.level => 0.0,
            apart if apart.is_nan() => (self.level - other.level) * f64::INFINITY,
            apart if apart.abs() <= f64::EPSILON * self.rate.abs() => self.level - other.level,
            apart => apart * f64::INFINITY,
        }
    }
}

/// Memory that [`long_run`] works in, so that it need not ask for any.
pub type Scratch = Vec<Far>;

/// Where a path goes whose last spell holds `regime` for ever, `made` being the sector of its wage: ℓ → λ.
#[inline(always)]
pub fn long_run(
    params: &Params,
    z: &[f64],
    regime: Regime,
    made: usize,
    clusters: &[bool],
    scratch: &mut Scratch,
) -> LongRun {
    if regime == Regime::Closed {
        return closed(params, z, clusters);
    }
    let motion = |i: usize| params.sectors[i].motion(clusters[i], Trade::Open);
    let limit = motion(made).limit(z[made]);
    let sector = &params.sectors[made];
    let ell = if clusters[made] { sector.lambda } else { 1.0 };
    let gap = 1.0 / (ell * limit * sector.earnings());
    let factors = (gap > 0.0 && gap.is_finite()).then(|| Factors {
        ricardian: sector.y_R / sector.y_P,
        stat: sector.Lambda() / ell,
        technology: 1.0 / limit,
    });
    let self_sustaining = match regime {
        Regime::Cluster(i) => {
            // Where all limits are numbers, levels will do.
            let limits = |k: usize| motion(k).limit(z[k]);
            let (own, numbers) = (ell * limit * sector.earnings(), |k| limits(k) > 0.0 && limits(k).is_finite());
            if (0..z.len()).all(numbers) {
                let pays = |k: usize| own + own * TIE >= limits(k) * params.sectors[k].earnings();
                return LongRun { gap, self_sustaining: Some((0..z.len()).all(pays)), factors };
            }
            scratch.clear();
            scratch.extend((0..z.len()).map(|i| Far::new(&motion(i), z[i])));
            Some((0..z.len()).all(|k| lead(params, scratch, i, k) >= -TIE))
        }
        _ => None,
    };
    LongRun { gap, self_sustaining, factors }
}

/// lim ln(v_i^Cl / v_k^Is).
pub fn lead(params: &Params, far: &[Far], i: usize, k: usize) -> f64 {
    let earned = params.sectors[i].lambda * params.sectors[i].earnings() / params.sectors[k].earnings();
    ln(earned) + if i == k { 0.0 } else { far[i].over(&far[k]) }
}

fn closed(params: &Params, z: &[f64], clusters: &[bool]) -> LongRun {
    let d = |i: usize| params.sectors[i].motion(clusters[i], Trade::Closed).d();
    let weighted = |term: &dyn Fn(usize) -> f64| -> f64 {
        params.sectors.iter().enumerate().map(|(i, s)| s.alpha * term(i)).sum()
    };
    let drift = weighted(&d);
    // Opposite drifts that cancel leave only rounding behind.
    let rounding = 1e-12 * weighted(&|i| d(i).abs());
    if drift.abs() > rounding {
        let gap = if drift > 0.0 { f64::INFINITY } else { 0.0 };
        return LongRun { gap, self_sustaining: None, factors: None };
    }
    let ell = |i: usize| params.sectors[i].lambda;
    let gap = exp(-closed_ln_wage(params, |i| z[i], ell, clusters));
    let mean = |term: &dyn Fn(usize) -> f64| exp(weighted(&|i| ln(term(i))));
    let factors = Factors {
        ricardian: mean(&|i| params.sectors[i].y_R / params.sectors[i].y_P),
        stat: mean(&|i| params.sectors[i].Lambda() / if clusters[i] { ell(i) } else { 1.0 }),
        technology: mean(&|i| 1.0 / z[i]),
    };
    LongRun { gap, self_sustaining: None, factors: Some(factors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_sectors_without_limits_the_rate_decides_and_of_equal_rates_the_level() {
        let far = |rate: f64, level: f64| Far { ln_z: f64::NEG_INFINITY, rate, level };
        let (slow, fast) = (far(-0.05, -1.0), far(-0.06, 3.0));
        assert_eq!([slow.over(&fast), fast.over(&slow)], [f64::INFINITY, f64::NEG_INFINITY]);
        // However little the one is slower, but not by rounding alone.
        assert_eq!(slow.over(&far(-0.05 - 2e-15, 3.0)), f64::INFINITY);
        for same in [-0.05, -0.05 * (1.0 - 0.5 * f64::EPSILON)] {
            assert_eq!([slow.over(&far(same, 3.0)), far(same, 3.0).over(&slow)], [-4.0, 4.0]);
        }
        // Of two that pass every bound the sooner is the higher.
        let blows_up = |years: f64| Far { ln_z: f64::INFINITY, rate: f64::INFINITY, level: -years };
        let (soon, late) = (blows_up(3.0), blows_up(7.0));
        assert_eq!([soon.over(&late), late.over(&soon), soon.over(&soon)], [f64::INFINITY, f64::NEG_INFINITY, 0.0]);
        // A limit is above what vanishes, and below what has no bound.
        let rests = Far { ln_z: -0.7, rate: 0.0, level: -0.7 };
        assert_eq!([rests.over(&slow), rests.over(&soon)], [f64::INFINITY, f64::NEG_INFINITY]);
        assert_eq!(rests.over(&Far { ln_z: -0.9, rate: 0.0, level: -0.9 }), -0.7 - -0.9);
    }
}
