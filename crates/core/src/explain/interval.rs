//! Intervals of estimates that are sums over independent draws.

use super::estimate::{Estimate, Z};

impl Estimate {
    /// An estimate whose distribution is normal. Its interval is not cut to what is possible: an index that scatters about 0
    /// may be negative.
    pub(super) fn normal(value: f64, error: f64, count: usize) -> Self {
        Self { value, low: value - Z * error, high: value + Z * error, error, count: count as u64 }
    }

    /// A mean of `count` independent numbers, few of them perhaps: Student's t with one degree of freedom less.
    pub(super) fn student(value: f64, error: f64, count: usize) -> Self {
        let half = quantile(count.saturating_sub(1)) * error;
        Self { value, low: value - half, high: value + half, error, count: count as u64 }
    }
}

/// The quantile at 97.5 % of Student's t (from three degrees of freedom on: Abramowitz and Stegun 1964, 26.7.5).
fn quantile(freedom: usize) -> f64 {
    match freedom {
        0 => f64::INFINITY,
        1 => 12.706_204_736,
        2 => 4.302_652_730,
        _ => {
            let n = freedom as f64;
            let z = Z * Z;
            let terms = [
                (z + 1.0) / 4.0,
                ((5.0 * z + 16.0) * z + 3.0) / 96.0,
                (((3.0 * z + 19.0) * z + 17.0) * z - 15.0) / 384.0,
                ((((79.0 * z + 776.0) * z + 1482.0) * z - 1920.0) * z - 945.0) / 92_160.0,
            ];
            Z * (1.0 + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / n))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_students_t_are_those_of_the_tables() {
        for (freedom, known) in
            [(1, 12.7062), (2, 4.302_65), (3, 3.182_45), (4, 2.776_45), (9, 2.262_16), (29, 2.045_23), (1000, 1.962_34)]
        {
            let nearly = if freedom < 9 { 2e-3 } else { 1e-5 };
            assert!((quantile(freedom) / known - 1.0).abs() < nearly, "{freedom}: {}", quantile(freedom));
        }
    }
}
