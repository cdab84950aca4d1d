//! The binomial distribution, to the last digits: Loader's saddle-point form of its probabilities.
//!
//! - C. Loader, "Fast and accurate computation of binomial probabilities", 2000 (what R's `dbinom` computes).

use crate::math::{exp, ln, ln_1p};

/// The probability of `hits` or more in `cases` trials of chance `p`.
pub(super) fn at_least(hits: u64, cases: u64, p: f64) -> f64 {
    if hits == 0 || p >= 1.0 {
        return if hits <= cases { 1.0 } else { 0.0 };
    }
    if hits > cases || p <= 0.0 {
        return 0.0;
    }
    // From the edge outwards, away from the middle, terms fall at least geometrically.
    if hits as f64 >= cases as f64 * p {
        upwards(hits, cases, p)
    } else {
        1.0 - upwards(cases - hits + 1, cases, 1.0 - p)
    }
}

/// The sum of the probabilities from `hits`, at or above the mean, up.
fn upwards(hits: u64, cases: u64, p: f64) -> f64 {
    let odds = p / (1.0 - p);
    let (mut sum, mut term) = (1.0, 1.0);
    for k in hits..cases {
        term *= (cases - k) as f64 / (k + 1) as f64 * odds;
        let more = sum + term;
        if more == sum {
            break;
        }
        sum = more;
    }
    (probability(hits, cases, p) * sum).min(1.0)
}

/// The probability of just so many; `p` in (0, 1).
fn probability(hits: u64, cases: u64, p: f64) -> f64 {
    let (k, n) = (hits as f64, cases as f64);
    if hits == 0 {
        return exp(n * ln_1p(-p));
    }
    if hits == cases {
        return exp(n * ln(p));
    }
    let misses = cases - hits;
    let far = stirling(cases) - stirling(hits) - stirling(misses) - deviance(k, n * p) - deviance(n - k, n * (1.0 - p));
    exp(far) * (n / (std::f64::consts::TAU * k * (n - k))).sqrt()
}

/// ln n! less Stirling's formula for it.
fn stirling(n: u64) -> f64 {
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
    let x = n as f64;
    if n < 16 {
        let factorial: u64 = (1..=n).product();
        return ln(factorial as f64) - (x + 0.5) * ln(x) + x - HALF_LN_TAU;
    }
    let square = x * x;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / x
}

/// x ln(x/m) + m − x, without a loss of digits where the two are near each other.
fn deviance(x: f64, m: f64) -> f64 {
    let apart = x - m;
    if apart.abs() >= 0.1 * (x + m) {
        return x * ln(x / m) + m - x;
    }
    let v = apart / (x + m);
    let mut sum = apart * v;
    let mut power = 2.0 * x * v;
    for odd in 1..1000 {
        power *= v * v;
        let more = sum + power / f64::from(2 * odd + 1);
        if more == sum {
            break;
        }
        sum = more;
    }
    sum
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_possible_truncation, reason = "small numbers")]

    use super::*;

    #[test]
    fn tails_are_those_of_pascals_triangle() {
        for n in 1..=60u64 {
            for p in [0.01, 0.3, 0.5, 0.77, 0.999] {
                let (mut choose, mut masses) = (1.0, Vec::new());
                for k in 0..=n {
                    masses.push(choose * f64::powi(p, k as i32) * f64::powi(1.0 - p, (n - k) as i32));
                    choose = choose * (n - k) as f64 / (k + 1) as f64;
                }
                for k in 0..=n {
                    let tail: f64 = masses[k as usize..].iter().rev().sum();
                    let told = at_least(k, n, p);
                    assert!((told - tail).abs() <= 1e-13 * tail.max(1e-3), "{k} of {n} at {p}: {told:e}, {tail:e}");
                }
            }
        }
    }

    #[test]
    fn tails_are_those_that_are_known() {
        // scipy.stats.binom.sf(k − 1, n, p).
        for (k, n, p, known) in [
            (67, 87, 71.0 / 97.0, 0.250_789_470_196_991_9),
            (3, 1000, 0.001, 0.080_209_342_840_201),
            (600, 1000, 0.5, 1.364_232_078_032_973_5e-10),
            (251_414, 500_000, 0.5, 3.194_109_194_494_698e-5),
            (9_000_100, 10_000_000, 0.9, 0.458_289_788_325_744_24),
            (20, 87, 0.7, 1.0),
            (0, 10, 0.2, 1.0),
        ] {
            let told: f64 = at_least(k, n, p);
            assert!((told / known - 1.0).abs() < 1e-9, "{k} of {n}: {told}");
        }
        assert_eq!([at_least(11, 10, 0.2), at_least(10, 10, 1.0), at_least(1, 10, 0.0)], [0.0, 1.0, 0.0]);
    }
}
