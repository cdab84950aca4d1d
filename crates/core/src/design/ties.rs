//! What holds axes together: shares of a sum, and ranks that go together.

use super::normal::low_quantile;
use super::stream::TINY;
use crate::math::{erfc, sin};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Axes whose values sum to a constant: Dirichlet where each is drawn from a gamma distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The axes.
    pub axes: Vec<usize>,
    /// What their values sum to, > 0.
    pub sum: f64,
}

impl Group {
    /// Values of any size become shares of the sum.
    pub(super) fn apply(&self, columns: &mut [Vec<f64>]) {
        let Some(draws) = self.axes.first().and_then(|axis| columns.get(*axis)).map(Vec::len) else { return };
        let mut totals = vec![0.0; draws];
        for axis in &self.axes {
            totals.iter_mut().zip(&columns[*axis]).for_each(|(total, value)| *total += value);
        }
        for axis in &self.axes {
            columns[*axis].iter_mut().zip(&totals).for_each(|(value, total)| *value *= self.sum / total);
        }
    }
}

/// A Gaussian copula: axes keep their distributions, and their ranks are correlated (Nelsen 2006, An Introduction to Copulas, 2.3;
/// the correlation of ranks ρ of two normals with correlation r is 6/π asin(r/2): Kruskal 1958).
#[derive(Debug, Clone, PartialEq)]
pub struct Copula {
    axes: Vec<usize>,
    /// Cholesky's factor of the normals' correlations, row by row up to the diagonal.
    lower: Vec<Vec<f64>>,
}

/// Rank correlations that no distribution has together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indefinite {
    /// All of them times this, two digits, would be possible.
    pub possible: f64,
}

/// The least that a pivot may be: correlations nearer to impossible than this are taken for it.
const PIVOT: f64 = 1e-10;

impl Copula {
    /// `pairs` are (place, place, rank correlation) with places in `axes`; pairs that are not named are uncorrelated.
    ///
    /// # Errors
    /// Where the correlations contradict one another.
    pub fn new(axes: Vec<usize>, pairs: &[(usize, usize, f64)]) -> Result<Self, Indefinite> {
        if let Some(lower) = factor(axes.len(), pairs, 1.0) {
            return Ok(Self { axes, lower });
        }
        let hundredths = (0..100).rev().map(|percent| f64::from(percent) / 100.0);
        let possible = hundredths.into_iter().find(|share| factor(axes.len(), pairs, *share).is_some());
        Err(Indefinite { possible: possible.unwrap_or(0.0) })
    }

    /// Numbers in (0, 1), axis by axis independent, become ones that go together.
    pub(super) fn apply(&self, units: &mut [Vec<f64>]) {
        let normal = |u: f64| if u < 0.5 { low_quantile(u) } else { -low_quantile(1.0 - u) };
        let normals: Vec<Vec<f64>> =
            self.axes.iter().map(|axis| units[*axis].iter().map(|u| normal(*u)).collect()).collect();
        for (row, axis) in self.lower.iter().zip(&self.axes) {
            // The first axis, and those that go together with none before, stay as they are.
            if row[..row.len() - 1].iter().all(|entry| *entry == 0.0) {
                continue;
            }
            for (draw, u) in units[*axis].iter_mut().enumerate() {
                let z: f64 = row.iter().zip(&normals).map(|(entry, normals)| entry * normals[draw]).sum();
                *u = (0.5 * erfc(-z * FRAC_1_SQRT_2)).clamp(TINY, 1.0 - TINY);
            }
        }
    }
}

/// Cholesky's factor of the correlations of the normals, the ranks' times `share`; `None` where there is none.
fn factor(count: usize, pairs: &[(usize, usize, f64)], share: f64) -> Option<Vec<Vec<f64>>> {
    let mut matrix: Vec<Vec<f64>> =
        (0..count).map(|i| (0..=i).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for &(a, b, rank) in pairs {
        matrix[a.max(b)][a.min(b)] = 2.0 * sin(PI * rank * share / 6.0);
    }
    for i in 0..count {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|m| matrix[i][m] * matrix[j][m]).sum();
            let left = matrix[i][j] - inner;
            matrix[i][j] = if i == j {
                if left < PIVOT {
                    return None;
                }
                left.sqrt()
            } else {
                left / matrix[j][j]
            };
        }
    }
    Some(matrix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_that_contradict_one_another_are_none() {
        let pairs = [(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)];
        let refused = Copula::new(vec![0, 1, 2], &pairs).expect_err("impossible");
        assert!(refused.possible > 0.4 && refused.possible < 0.6, "{refused:?}");
        let fewer: Vec<(usize, usize, f64)> =
            pairs.iter().map(|&(a, b, rank)| (a, b, rank * refused.possible)).collect();
        assert!(Copula::new(vec![0, 1, 2], &fewer).is_ok());
    }

    #[test]
    fn shares_keep_their_proportions() {
        let mut columns = vec![vec![1.0, 2.0], vec![9.0], vec![3.0, 2.0]];
        Group { axes: vec![0, 2], sum: 2.0 }.apply(&mut columns);
        assert_eq!(columns, [vec![0.5, 1.0], vec![9.0], vec![1.5, 1.0]]);
    }
}
