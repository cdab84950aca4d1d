//! Distributions of a varied key: uniform numbers → its values.

use super::normal::low_quantile;
use crate::math::{erfc, exp_m1, ln, ln_1p, powf};
use std::f64::consts::SQRT_2;

/// A distribution. Bounds are finite, in order, and so is their distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Uniform on [low, high].
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Uniform in logs on [low, high].
    LogUniform {
        /// Lower bound, > 0.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Normal, truncated to [min, max] where given.
    Normal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation, > 0.
        sd: f64,
        /// Lower truncation point.
        min: Option<f64>,
        /// Upper truncation point.
        max: Option<f64>,
    },
    /// Triangular on [min, max] with its peak at mode.
    Triangular {
        /// Lower bound.
        min: f64,
        /// Peak.
        mode: f64,
        /// Upper bound.
        max: f64,
    },
}

impl Distribution {
    /// The value below which the share `u` ∈ (0, 1) lies: never outside the support, finite.
    pub fn quantile(&self, u: f64) -> f64 {
        Quantile::new(*self).at(u)
    }

    /// The lowest and the highest value that can be drawn; infinite where there is no bound.
    pub fn support(&self) -> (f64, f64) {
        match *self {
            Self::Uniform { low, high } | Self::LogUniform { low, high } => (low, high),
            Self::Normal { min, max, .. } => (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY)),
            Self::Triangular { min, max, .. } => (min, max),
        }
    }
}

/// A quantile function, with what does not depend on u worked out beforehand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantile {
    support: (f64, f64),
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// low + width u.
    Uniform { low: f64, width: f64 },
    /// low (root²)^u, root² = high/low: the ratio itself might overflow.
    LogUniform { low: f64, root: f64 },
    /// mean + sd z, z between the truncation points; the shares of the untruncated normal below them, and above them.
    Normal { mean: f64, sd: f64, below: (f64, f64), above: (f64, f64) },
    /// Normal, truncated so far out that those shares vanish. The nearer truncation point is `from`, `start` standard
    /// deviations from the mean, and `step` = ±sd leads away from the mean; `share` of what lies beyond is kept.
    Tail { from: f64, step: f64, start: f64, share: f64 },
    /// `peak`: shares of the width before and after the mode.
    Triangular { min: f64, max: f64, width: f64, peak: (f64, f64) },
}

/// From here on, in standard deviations, a truncated normal is computed relative to its truncation point.
const FAR: f64 = 30.0;

impl Quantile {
    pub fn new(distribution: Distribution) -> Self {
        let support = distribution.support();
        let shape = match distribution {
            Distribution::Uniform { low, high } => Shape::Uniform { low, width: high - low },
            Distribution::LogUniform { low, high } => Shape::LogUniform { low, root: high.sqrt() / low.sqrt() },
            Distribution::Normal { mean, sd, .. } => normal(mean, sd, support),
            Distribution::Triangular { min, mode, max } => {
                let width = max - min;
                // A width of 0 makes NaN of these; the clamp to the support then gives its one value.
                Shape::Triangular { min, max, width, peak: ((mode - min) / width, (max - mode) / width) }
            }
        };
        Self { support, shape }
    }

    /// The value below which the share `u` ∈ (0, 1) lies.
    pub fn at(&self, u: f64) -> f64 {
        let value = match self.shape {
            Shape::Uniform { low, width } => low + width * u,
            Shape::LogUniform { low, root } => {
                let half = powf(root, u);
                low * half * half
            }
            Shape::Normal { mean, sd, below, above } => {
                let p = below.0 * (1.0 - u) + below.1 * u;
                let q = above.0 * (1.0 - u) + above.1 * u;
                // The smaller of both is the one that is known to its last digits.
                let z = if p < q { low_quantile(p) } else { -low_quantile(q) };
                mean + sd * z
            }
            Shape::Tail { from, step, start, share } => {
                from + step * tail(start, share, if step > 0.0 { u } else { 1.0 - u })
            }
            Shape::Triangular { min, max, width, peak: (before, after) } => {
                if u < before {
                    min + width * (u * before).sqrt()
                } else {
                    max - width * ((1.0 - u) * after).sqrt()
                }
            }
        };
        // Rounding may pass a bound by a digit. (Not `clamp`: it panics where a bound is no number.)
        value.max(self.support.0).min(self.support.1)
    }
}

fn normal(mean: f64, sd: f64, (min, max): (f64, f64)) -> Shape {
    let (a, b) = ((min - mean) / sd, (max - mean) / sd);
    if a >= FAR {
        Shape::Tail { from: min, step: sd, start: a, share: -exp_m1(-hazard(a, (max - min) / sd)) }
    } else if b <= -FAR {
        Shape::Tail { from: max, step: -sd, start: -b, share: -exp_m1(-hazard(-b, (max - min) / sd)) }
    } else {
        let below = |z: f64| 0.5 * erfc(-z / SQRT_2);
        Shape::Normal { mean, sd, below: (below(a), below(b)), above: (below(-a), below(-b)) }
    }
}

/// How far past `start` the share `u` of the kept part of a normal tail lies, in standard deviations.
fn tail(start: f64, share: f64, u: f64) -> f64 {
    let target = -ln_1p(-u * share);
    // The tail is nearly exponential, with the rate `start`; Newton's steps from there double the digits, from three.
    (0..4).fold(target / start, |d, _| d + (target - hazard(start, d)) * mills(start + d))
}

/// ln Q(start) − ln Q(start + d), Q(z) the share of a standard normal above z ≥ 30.
fn hazard(start: f64, d: f64) -> f64 {
    start * d + 0.5 * d * d - ln(mills(start + d) / mills(start))
}

/// Mills' ratio Q(z)/φ(z) for z ≥ 30, by its continued fraction 1/(z + 1/(z + 2/(z + …))).
fn mills(z: f64) -> f64 {
    1.0 / (1..=12).rev().fold(z, |fraction, k| z + f64::from(k) / fraction)
}
