//! The quantile function of gamma distributions of scale 1, from which shares are made that sum to 1: X_i / ΣX follow a Dirichlet
//! distribution where X_i are independent gammas (Devroye 1986, Non-Uniform Random Variate Generation, XI.4).

use super::normal::low_quantile;
use crate::math::{exp, ln, ln_gamma};

/// A shape, with what does not depend on u worked out beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gamma {
    shape: f64,
    ln_gamma: f64,
}

/// Steps of an iteration that needs a handful.
const MOST: usize = 200;
/// Terms of a series, or of a continued fraction, that ends long before.
const TERMS: usize = 100_000;

impl Gamma {
    /// `shape` > 0.
    pub fn new(shape: f64) -> Self {
        Self { shape, ln_gamma: ln_gamma(shape) }
    }

    /// The value below which the share `u` ∈ (0, 1) lies.
    pub fn quantile(&self, u: f64) -> f64 {
        let a = self.shape;
        // In y = ln x the distribution function is smooth and its inverse finite, however small the shape.
        let first = if a > 1.0 {
            // Wilson and Hilferty (1931).
            let z = if u < 0.5 { low_quantile(u) } else { -low_quantile(1.0 - u) };
            let root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
            ln(a) + 3.0 * ln(root.max(0.05))
        } else {
            // P = x^a / Γ(a + 1) for small x.
            ((ln(u) + self.ln_gamma + ln(a)) / a).min(ln(a + 40.0))
        };
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut y = first;
        for _ in 0..MOST {
            let (below, above) = self.shares(exp(y));
            // The smaller of both is the one that is known to its last digits.
            let missing = if u < 0.5 { below - u } else { (1.0 - u) - above };
            if missing == 0.0 {
                break;
            }
            if missing > 0.0 {
                high = y;
            } else {
                low = y;
            }
            let slope = exp(a * y - exp(y) - self.ln_gamma);
            // Far from the goal the slope says little: no more than a factor of e² at a time.
            let step = (missing / slope).clamp(-2.0, 2.0);
            let mut next = y - step;
            if !(next > low && next < high && step.is_finite()) {
                next = match (low.is_finite(), high.is_finite()) {
                    (true, true) => 0.5 * (low + high),
                    (true, false) => y + 1.0,
                    _ => y - 1.0,
                };
            }
            if (next - y).abs() <= 4.0 * f64::EPSILON * y.abs().max(1e-3) {
                y = next;
                break;
            }
            y = next;
        }
        exp(y)
    }

    /// What lies below x, and what above it. Series and continued fraction: Abramowitz and Stegun 6.5.29, 6.5.31.
    fn shares(&self, x: f64) -> (f64, f64) {
        let a = self.shape;
        if x <= 0.0 {
            return (0.0, 1.0);
        }
        let factor = exp(a * ln(x) - x - self.ln_gamma);
        if x < a + 1.0 {
            let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
            for _ in 0..TERMS {
                n += 1.0;
                term *= x / n;
                sum += term;
                if term <= sum * (0.25 * f64::EPSILON) {
                    break;
                }
            }
            let below = (sum * factor).min(1.0);
            return (below, 1.0 - below);
        }
        // Lentz's way through the continued fraction.
        const TINY: f64 = 1e-300;
        let mut b = x + 1.0 - a;
        let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
        let mut value = d;
        let mut i = 0.0;
        for _ in 0..TERMS {
            i += 1.0;
            let an = -i * (i - a);
            b += 2.0;
            let near = |x: f64| if x.abs() < TINY { TINY } else { x };
            d = 1.0 / near(an * d + b);
            c = near(b + an / c);
            let change = c * d;
            value *= change;
            if (change - 1.0).abs() <= f64::EPSILON {
                break;
            }
        }
        let above = (value * factor).min(1.0);
        (1.0 - above, above)
    }
}

/// The smallest shape that shares are made with: below it, one in 10^15 draws would be smaller than a double holds.
pub const LEAST: f64 = 0.1;
/// The largest: from here on shares hardly vary.
pub const MOST_SHAPE: f64 = 10_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{erfc, ln_1p};

    #[test]
    fn shapes_with_a_closed_form_are_theirs() {
        for i in 1..2000 {
            let u = f64::from(i) / 2000.0;
            let one = Gamma::new(1.0).quantile(u);
            assert!((one / -ln_1p(-u) - 1.0).abs() < 1e-13, "{u}: {one}");
            // Half a squared normal: P = erf(√x).
            let half = Gamma::new(0.5).quantile(u);
            assert!((1.0 - erfc(half.sqrt()) - u).abs() < 1e-13, "{u}: {half}");
            // P = 1 − (1 + x) e^(−x).
            let two = Gamma::new(2.0).quantile(u);
            assert!((1.0 - (1.0 + two) * exp(-two) - u).abs() < 1e-13, "{u}: {two}");
        }
    }

    #[test]
    fn quantiles_ascend_and_are_finite_from_end_to_end() {
        let ends = [f64::EPSILON / 2.0, 1e-12, 1e-6];
        for shape in [LEAST, 0.3, 1.0, 1.5, 7.0, 90.0, 1000.0, MOST_SHAPE] {
            let gamma = Gamma::new(shape);
            let middle = (1..100).map(|i| f64::from(i) / 100.0);
            let all = ends.into_iter().chain(middle).chain(ends.into_iter().rev().map(|u| 1.0 - u));
            let found: Vec<f64> = all.map(|u| gamma.quantile(u)).collect();
            assert!(found.iter().all(|x| *x > 0.0 && x.is_finite()), "{shape}: {found:?}");
            assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "{shape}: {found:?}");
        }
    }
}
