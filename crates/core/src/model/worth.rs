//! What a smooth approach that goes on for ever is worth, in closed form or as good (docs/model.md §5).
//!
//! On a branch where F = d ln z/dt has F' = −k F + s F² (every form but `verspagen`; also ln ℓ, with k = 1/τ and s = −1),
//! 1 + c q, q = e^(−kt), c = sF_0/(k − sF_0), carries the whole path: ln z(t) = ln z_0 + [ln(1 + c) − ln(1 + c q)]/s. Far out
//! both this and z itself are power series in q. Before, where c q is not small, Gauss–Legendre nodes at fixed kt, the
//! same for every path.

use super::branch::Approach;
use crate::column::{Col, Number};
use crate::math::exp;
use std::sync::LazyLock;

/// |c q| up to which the series converge fast enough.
const NEAR: f64 = 0.6;
/// |c| up to which they are faster than panels.
const SMALL: f64 = 0.04;
/// Share of a series below which its terms no longer count.
const NEGLIGIBLE: f64 = 1e-16;
/// More terms than |c q| ≤ 0.6 needs.
const TERMS: usize = 120;

/// Ends of the panels, in units of 1/k: so wide that eight nodes resolve them although ln(1 + c q) has poles π off the real
/// axis, as long as ρ/k is no larger than [`STEEP`].
const PANELS: [f64; 5] = [0.0, 1.2, 2.6, 4.5, 7.0];
/// q where they end.
const LAST: f64 = 9.118_819_655_545_162e-4;
/// ρ/k beyond which the discounting is the faster of the two: panels in units of 1/ρ, to where nothing counts any more.
const STEEP: f64 = 2.0;
const DISCOUNTED: [f64; 7] = [0.0, 1.5, 4.0, 8.0, 14.0, 24.0, 38.0];
/// |rate/k| up to which the series of e^(rate/k (1 − q)) loses no digits to terms of both signs.
const EXPONENTS: f64 = 3.0;

/// Nodes of a panel and their weights.
fn nodes<const N: usize>(ends: &[f64]) -> [[Col<8>; 2]; N] {
    const HALF: [(f64, f64); 4] = [
        (0.183_434_642_495_649_8, 0.362_683_783_378_362),
        (0.525_532_409_916_329, 0.313_706_645_877_887_3),
        (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
        (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
    ];
    std::array::from_fn(|panel| {
        let (from, to) = (ends[panel], ends[panel + 1]);
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let nodes = std::array::from_fn(|j| middle + half * if j < 4 { -HALF[j].0 } else { HALF[j - 4].0 });
        [Col(nodes), Col(std::array::from_fn(|j| half * HALF[j % 4].1))]
    })
}

/// kt, its weight, and q = e^(−kt).
static NODES: LazyLock<[[Col<8>; 3]; 4]> =
    LazyLock::new(|| nodes(&PANELS).map(|[kt, weight]| [kt, weight, (kt * -1.0).exponential()]));
/// ρt, and its weight times e^(−ρt).
static DISCOUNTED_NODES: LazyLock<[[Col<8>; 2]; 6]> =
    LazyLock::new(|| nodes(&DISCOUNTED).map(|[years, weight]| [years, weight * (years * -1.0).exponential()]));

impl Approach {
    /// Whether [`Approach::for_ever`] has a formula at the discount rate ρ: then also for the same approach from any later
    /// moment on.
    #[inline(always)]
    pub fn has_formula(self, rho: f64) -> bool {
        let Self { rate, k, s } = self;
        let c = self.c();
        if rho <= 0.0 {
            false
        } else if rate == 0.0 || (k == 0.0 && s == 0.0) {
            true
        } else if s == 0.0 {
            k > 0.0 && rate.abs() <= EXPONENTS * k
        } else {
            k > 0.0 && c >= -NEAR && (c * LAST <= NEAR || rho > STEEP * k)
        }
    }

    /// ∫_0^∞ e^(−ρt) (u(t) − u(0)) dt of the logarithm u itself, and ∫_0^∞ e^(−ρt) e^(u(t) − u(0)) dt, `None` where that does
    /// not converge; `None` where there is no formula.
    #[inline(always)]
    pub fn for_ever(self, rho: f64) -> Option<(f64, Option<f64>)> {
        if !self.has_formula(rho) {
            return None;
        }
        let Self { rate, k, s } = self;
        if rate == 0.0 || k == 0.0 {
            return Some((rate / (rho * rho), (rho > rate).then(|| 1.0 / (rho - rate))));
        }
        if s == 0.0 {
            return Some((rate / (rho * (rho + k)), Some(of_exponential(rate / k, k, rho))));
        }
        let c = self.c();
        let power = -1.0 / s;
        let (mut log, mut level, mut rest, mut away) = (0.0, 0.0, c, 1.0);
        let far = rho / k;
        if c.abs() > SMALL {
            let (mut logs, mut levels) = (Col::all(0.0), Col::all(0.0));
            if far > STEEP {
                for [years, weight] in DISCOUNTED_NODES.iter() {
                    let [log, level] = at_nodes((*years * (-1.0 / far)).exponential(), c, s);
                    (logs, levels) = (logs + log * *weight, levels + level * *weight);
                }
                (log, level, away) = (logs.sum() / rho, levels.sum() / rho, 0.0);
            } else if c > 0.0 {
                for [kt, weight, q] in NODES.iter() {
                    let weight = (*kt * -far).exponential() * *weight;
                    let [log, level] = at_nodes(*q, c, s);
                    (logs, levels) = (logs + log * weight, levels + level * weight);
                }
                (log, level) = (logs.sum() / k, levels.sum() / k);
                (rest, away) = (c * LAST, Col([-far * PANELS[4]]).exponential().0[0]);
            }
        }
        // Σ (−1)^(n+1) rest^n/n ∫ e^(−(ρ+nk)t) dt, and the binomial series beside it.
        let (mut of_log, mut of_level, mut term_log, mut term_level) = (0.0, 1.0 / rho, -1.0, 1.0);
        for n in 1..if away > 0.0 { TERMS } else { 1 } {
            let n = n as f64;
            let weight = 1.0 / (rho + n * k);
            let inverse = 1.0 / n;
            term_log *= -rest;
            term_level *= rest * (power - n + 1.0) * inverse;
            of_log += term_log * (weight * inverse);
            of_level += term_level * weight;
            if term_log.abs() + term_level.abs() <= NEGLIGIBLE {
                break;
            }
        }
        log += away * of_log;
        level += away * of_level;
        let ln_sum = Col([c]).log_of_1_plus();
        let front = match s {
            1.0 => 1.0 + c,
            -1.0 => 1.0 / (1.0 + c),
            _ => (ln_sum / s).exponential().0[0],
        };
        Some(((ln_sum.0[0] / rho - log) / s, Some(front * level)))
    }
}

/// ln(1 + c q), and (1 + c q)^(−1/s).
#[inline(always)]
fn at_nodes(q: Col<8>, c: f64, s: f64) -> [Col<8>; 2] {
    let sum = q * c + 1.0;
    let log = sum.natural_log();
    let level = match s {
        1.0 => Col::all(1.0) / sum,
        -1.0 => sum,
        _ => (log / -s).exponential(),
    };
    [log, level]
}

/// ∫_0^∞ e^(−ρt) e^(a (1 − q)) dt.
fn of_exponential(a: f64, k: f64, rho: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0 / rho);
    for n in 1..TERMS {
        let n = n as f64;
        term *= -a / n;
        sum += term / (rho + n * k);
        if term.abs() <= NEGLIGIBLE {
            break;
        }
    }
    exp(a) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By small steps, the far end in closed form.
    fn by_steps(approach: Approach, rho: f64) -> (f64, f64) {
        let Approach { rate, k, s } = approach;
        let u = |t: f64| {
            let q = (-k * t).exp();
            if s == 0.0 {
                rate * (1.0 - q) / k
            } else {
                let c = s * rate / (k - s * rate);
                ((1.0 + c).ln() - (1.0 + c * q).ln()) / s
            }
        };
        let end = 45.0 / rho.min(k);
        let n = 400_000;
        let h = end / f64::from(n);
        // Simpson.
        let mut sums = (0.0, 0.0);
        for j in 0..=n {
            let weight = if j == 0 || j == n {
                1.0
            } else if j % 2 == 1 {
                4.0
            } else {
                2.0
            };
            let t = f64::from(j) * h;
            let discounted = weight * h / 3.0 * (-rho * t).exp();
            sums.0 += discounted * u(t);
            sums.1 += discounted * u(t).exp();
        }
        sums
    }

    #[test]
    fn what_goes_on_for_ever_is_worth_what_small_steps_add_up_to() {
        for s in [1.0, -1.0, 0.0, 0.4, -0.6] {
            for (k, rho) in [(0.05, 0.03), (0.02, 0.06), (0.3, 0.1)] {
                // From far below, from near, from above.
                for start in [0.02, 0.3, 0.8, 1.2] {
                    let rate = match s {
                        0.0 => -k * f64::ln(start),
                        _ => k / s * (1.0 - f64::powf(start, s)),
                    };
                    let approach = Approach { rate, k, s };
                    assert_eq!(approach.for_ever(rho).is_some(), approach.has_formula(rho));
                    let Some((log, level)) = approach.for_ever(rho) else {
                        // Near the pole of the series on the real axis, or where its terms would cancel.
                        assert!(s <= 0.0 && start < 0.5, "{approach:?}");
                        continue;
                    };
                    let expected = by_steps(approach, rho);
                    let near = |a: f64, b: f64| (a - b).abs() < 3e-10 * (1.0 + a.abs());
                    assert!(near(log, expected.0), "{approach:?} {rho}: {log} {expected:?}");
                    assert!(
                        near(level.expect("it converges"), expected.1),
                        "{approach:?} {rho}: {level:?} {expected:?}"
                    );
                }
            }
        }
    }
}
