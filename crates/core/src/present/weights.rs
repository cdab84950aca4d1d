//! Weights of the dates in a present value, and what the ends of a stretch need besides.
//!
//! Euler–Maclaurin: the integral of h over a stretch is the trapezoid sum less [Δ ψ(ΔD) h] at its ends, ψ(x) =
//! coth(x/2)/2 − 1/x, D = d/dt. For h = e^(−ρt) u that is Δ e^(−ρt) ψ(Δ(D − ρ)) u: expanded around −ρΔ the discounting is
//! exact, whatever ρ, and only the derivatives of u count.

use crate::math::{exp, tanh};
use crate::model::grid::Grid;

/// Derivatives of u that the ends take into account, u itself among them.
pub const ORDERS: usize = 7;

/// What the last orders at an end may add, as a share of the sum: what comes after them is next to nothing.
const END: f64 = 1e-9;

/// Weights at one discount rate on one grid.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    of: Option<(f64, Grid)>,
    /// e^(−ρ t_k) Δ for k < N.
    pub dates: Vec<f64>,
    /// Of u, u', u'', … at an end, times e^(−ρt).
    pub ends: [f64; ORDERS],
}

impl Weights {
    /// Makes these the weights at `rate` on `grid`.
    pub fn prepare(&mut self, rate: f64, grid: Grid) {
        if self.of == Some((rate, grid)) {
            return;
        }
        self.of = Some((rate, grid));
        self.dates.clear();
        self.dates.extend((0..grid.periods).map(|k| exp(-rate * grid.t(k)) * grid.period));
        self.ends = end_weights(-rate * grid.period);
        let mut power = grid.period;
        for weight in &mut self.ends {
            *weight *= power;
            power *= grid.period;
        }
    }
}

/// The Taylor coefficients of ψ at x.
fn end_weights(x: f64) -> [f64; ORDERS] {
    // B_2n / (2n)!, n = 1, 2, …: those of ψ at 0.
    const SERIES: [f64; 14] = [
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30_240.0,
        -1.0 / 1_209_600.0,
        1.0 / 47_900_160.0,
        -691.0 / 1_307_674_368_000.0,
        1.0 / 74_724_249_600.0,
        -3.389_680_296_322_583e-13,
        8.586_062_056_277_845e-15,
        -2.174_868_698_558_062e-16,
        5.509_002_828_360_23e-18,
        -1.395_446_468_581_252_3e-19,
        3.534_707_039_629_467e-21,
        -8.953_517_427_037_546e-23,
    ];
    let mut weights = [0.0; ORDERS];
    if x.abs() < 1.5 {
        for (n, b) in SERIES.into_iter().enumerate().rev() {
            // b x^p, p = 2n + 1, around x.
            let p = 2 * n + 1;
            let mut binomial = 1.0;
            for (j, weight) in weights.iter_mut().enumerate().take(p + 1) {
                *weight += b * binomial * (0..p - j).fold(1.0, |power, _| power * x);
                binomial *= (p - j) as f64 / (j + 1) as f64;
            }
        }
        return weights;
    }
    // y = coth(x/2)/2 has y' = 1/4 − y².
    weights[0] = 0.5 / tanh(0.5 * x);
    for j in 0..ORDERS - 1 {
        let square: f64 = (0..=j).map(|i| weights[i] * weights[j - i]).sum();
        weights[j + 1] = (if j == 0 { 0.25 } else { 0.0 } - square) / (j + 1) as f64;
    }
    let mut term = 1.0 / x;
    for weight in &mut weights {
        *weight -= term;
        term /= -x;
    }
    weights
}

/// ln w_P and its derivatives at an end of a stretch.
pub type Logs = [f64; ORDERS];

/// The derivatives of e^u from those of u.
pub fn levels(u: &Logs) -> Logs {
    const BINOMIAL: [[f64; ORDERS]; ORDERS] = {
        let mut rows = [[0.0; ORDERS]; ORDERS];
        let mut n = 0;
        while n < ORDERS {
            rows[n][0] = 1.0;
            let mut j = 1;
            while j <= n {
                rows[n][j] = rows[n - 1][j - 1] + rows[n - 1][j];
                j += 1;
            }
            n += 1;
        }
        rows
    };
    let mut w = [0.0; ORDERS];
    w[0] = exp(u[0]);
    for n in 1..ORDERS {
        w[n] = (0..n).map(|j| BINOMIAL[n - 1][j] * w[j] * u[n - j]).sum();
    }
    w
}

/// What an end takes from the sum, and whether the orders left out could matter to a sum of such a size.
pub fn edge(weights: &Weights, u: &Logs, size: f64) -> (f64, bool) {
    let terms: [f64; ORDERS] = std::array::from_fn(|n| weights.ends[n] * u[n]);
    let last = terms[ORDERS - 2].abs() + terms[ORDERS - 1].abs();
    (terms.iter().sum(), last <= END * size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;

    #[test]
    fn a_power_has_the_derivatives_of_its_logarithm_s_exponential() {
        // u = ln 3 + p ln(1 + t) at t = 0, e^u = 3 (1 + t)^p.
        for p in [2.5, -1.0, 3.0] {
            let (mut u, mut expected) = ([ln(3.0); ORDERS], [3.0; ORDERS]);
            let mut falling = p;
            for n in 1..ORDERS {
                u[n] = falling;
                falling *= -(n as f64);
                expected[n] = expected[n - 1] * (p - (n as f64 - 1.0));
            }
            for (found, expected) in levels(&u).into_iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{p}: {found} {expected}");
            }
        }
    }

    #[test]
    fn an_end_takes_all_its_terms_and_is_doubted_for_each_of_the_last_two() {
        let weights = Weights { ends: [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6], ..Weights::default() };
        assert_eq!(edge(&weights, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], f64::INFINITY), (7_654_321.0, true));
        let doubted = |u: Logs, size: f64| !edge(&weights, &u, size).1;
        let (mut fifth, mut sixth, mut both) = ([0.0; ORDERS], [0.0; ORDERS], [0.0; ORDERS]);
        (fifth[5], sixth[6], both[5], both[6]) = (1e-5, -1e-6, 1e-5, -1e-6);
        // A term of 1 beside a sum of 1e8 and of 1e10; two of different signs do not make up for each other.
        for u in [fifth, sixth, both] {
            assert!(doubted(u, 1e8) && !doubted(u, 1e10));
        }
    }

    #[test]
    fn both_ways_to_the_weights_of_the_ends_agree() {
        for x in [-1.499_999_9, 1.499_999_9] {
            let (near, far) = (end_weights(x), end_weights(x + 2e-7 * x.signum()));
            for (a, b) in near.into_iter().zip(far) {
                assert!((a - b).abs() < 1e-6 * a.abs().max(1e-3), "{near:?} {far:?}");
            }
        }
        // ψ(x) = x/12 − x³/720 + …
        assert_eq!(end_weights(0.0)[..4], [0.0, 1.0 / 12.0, 0.0, -1.0 / 720.0]);
    }

    #[test]
    fn sums_with_ends_are_integrals_of_polynomials() {
        for (rate, period) in [(0.0, 1.0), (0.03, 1.0), (0.5, 1.0), (4.0, 1.0), (0.03, 0.25)] {
            let grid = Grid { start: 0.0, period, periods: 40 };
            let mut weights = Weights::default();
            weights.prepare(rate, grid);
            let end = grid.t(grid.periods);
            for power in 0..6 {
                let u = |t: f64, n: i32| {
                    let falling: f64 = (0..n).map(|j| f64::from(power - j)).product();
                    if n > power { 0.0 } else { falling * (t / end).powi(power - n) / end.powi(n) }
                };
                let sum: f64 = (0..grid.periods).map(|k| weights.dates[k] * u(grid.t(k), 0)).sum();
                let edge = |t: f64| {
                    let ends: f64 = weights.ends.iter().zip(0..).map(|(weight, n)| weight * u(t, n)).sum();
                    let weight = exp(-rate * t);
                    (weight * period * u(t, 0) / 2.0, weight * ends)
                };
                let (first, last) = (edge(0.0), edge(end));
                let found = sum - first.0 + last.0 - last.1 + first.1;
                let steps = 200_000;
                let h = end / f64::from(steps);
                let midpoints = (0..steps).map(|j| (f64::from(j) + 0.5) * h).map(|t| h * exp(-rate * t) * u(t, 0));
                let expected: f64 = midpoints.sum();
                assert!((found - expected).abs() < 3e-8 * expected.abs(), "{rate} {power}: {found} {expected}");
            }
        }
    }
}
