//! Present values of a smooth approach that goes on for ever, in closed form or as good.
//!
//! On a branch where F = d ln z/dt has F' = −k F + s F² (every form but `verspagen`; also ln ℓ, with k = 1/τ and s = −1),
//! 1 + c q, q = e^(−kt), c = sF_0/(k − sF_0), carries the whole path: ln z(t) = ln z_0 + [ln(1 + c) − ln(1 + c q)]/s. Far out
//! both this and z itself are power series in q. Before, where c q is not small, Gauss–Legendre nodes at fixed kt, the
//! same for every path.

use crate::column::{Col, Number};
use crate::math::{exp, ln_1p};
use crate::model::branch::Approach;
use std::sync::LazyLock;

/// |c q| up to which the series are used.
const NEAR: f64 = 0.6;
/// Share of a series below which its terms no longer count.
const NEGLIGIBLE: f64 = 1e-16;
/// More terms than |c q| ≤ 0.6 needs.
const TERMS: usize = 120;

/// Ends of the panels, in units of 1/k: so wide that eight nodes resolve them although ln(1 + c q) has poles π off the real
/// axis, and ρ/k ≤ 4.
const PANELS: [f64; 5] = [0.0, 1.2, 2.6, 4.5, 7.0];
const STEEPEST: f64 = 4.0;

/// kt, its weight, and q at the nodes of each panel.
static NODES: LazyLock<[[Col<8>; 3]; 4]> = LazyLock::new(|| {
    const HALF: [(f64, f64); 4] = [
        (0.183_434_642_495_649_8, 0.362_683_783_378_362),
        (0.525_532_409_916_329, 0.313_706_645_877_887_3),
        (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
        (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
    ];
    std::array::from_fn(|panel| {
        let (from, to) = (PANELS[panel], PANELS[panel + 1]);
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let node = |j: usize| {
            let (x, weight) = HALF[j % 4];
            (middle + half * if j < 4 { -x } else { x }, half * weight)
        };
        let column = |f: &dyn Fn((f64, f64)) -> f64| Col(std::array::from_fn(|j| f(node(j))));
        [column(&|(kt, _)| kt), column(&|(_, weight)| weight), column(&|(kt, _)| exp(-kt))]
    })
});

/// Present values of an endless approach.
pub(super) trait ForEver {
    /// ∫_0^∞ e^(−ρt) (u(t) − u(0)) dt of the logarithm u itself, and ∫_0^∞ e^(−ρt) e^(u(t) − u(0)) dt, `None` where that does
    /// not converge; `None` where there is no such formula.
    fn for_ever(self, rho: f64) -> Option<(f64, Option<f64>)>;
}

impl ForEver for Approach {
    #[inline(always)]
    fn for_ever(self, rho: f64) -> Option<(f64, Option<f64>)> {
        let Self { rate, k, s } = self;
        if rate == 0.0 || (k == 0.0 && s == 0.0) {
            return Some((rate / (rho * rho), (rho > rate).then(|| 1.0 / (rho - rate))));
        }
        if k <= 0.0 {
            return None;
        }
        if s == 0.0 {
            let level = of_exponential(rate / k, k, rho);
            return level.map(|level| (rate / (rho * (rho + k)), Some(level)));
        }
        let c = s * rate / (k - s * rate);
        let power = -1.0 / s;
        let (mut log, mut level, mut rest, mut away) = (0.0, 0.0, c, 1.0);
        if c.abs() > NEAR {
            let last = exp(-PANELS[4]);
            if !(c > 0.0 && c * last <= NEAR && rho <= STEEPEST * k) {
                return None;
            }
            let (mut logs, mut levels) = (Col::<8>::all(0.0), Col::<8>::all(0.0));
            for [kt, weight, q] in NODES.iter() {
                let weight = (*kt * (-rho / k)).exponential() * *weight;
                let sum = *q * c + 1.0;
                let ln_sum = sum.natural_log();
                logs = logs + ln_sum * weight;
                let raised = match s {
                    1.0 => Col::all(1.0) / sum,
                    -1.0 => sum,
                    _ => (ln_sum * power).exponential(),
                };
                levels = levels + raised * weight;
            }
            (log, level) = (logs.sum() / k, levels.sum() / k);
            (rest, away) = (c * last, exp(-rho * PANELS[4] / k));
        }
        // Σ (−1)^(n+1) rest^n/n ∫ e^(−(ρ+nk)t) dt, and the binomial series beside it.
        let (mut of_log, mut of_level, mut term_log, mut term_level) = (0.0, 1.0 / rho, -1.0, 1.0);
        for n in 1..TERMS {
            let n = n as f64;
            let weight = 1.0 / (rho + n * k);
            term_log *= -rest;
            term_level *= rest * (power - n + 1.0) / n;
            of_log += term_log * weight / n;
            of_level += term_level * weight;
            if term_log.abs() + term_level.abs() <= NEGLIGIBLE {
                break;
            }
        }
        log += away * of_log;
        level += away * of_level;
        let front = match s {
            1.0 => 1.0 + c,
            -1.0 => 1.0 / (1.0 + c),
            _ => exp(ln_1p(c) / s),
        };
        Some(((ln_1p(c) / rho - log) / s, Some(front * level)))
    }
}

/// ∫_0^∞ e^(−ρt) e^(a (1 − q)) dt.
fn of_exponential(a: f64, k: f64, rho: f64) -> Option<f64> {
    // Terms of both signs would lose digits beyond.
    if a.abs() > 3.0 {
        return None;
    }
    let (mut term, mut sum) = (1.0, 1.0 / rho);
    for n in 1..TERMS {
        let n = n as f64;
        term *= -a / n;
        sum += term / (rho + n * k);
        if term.abs() <= NEGLIGIBLE {
            break;
        }
    }
    Some(exp(a) * sum)
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
