//! Sobol indices from a Saltelli design.
//!
//! A block of the design is a base point A, for each key i the point A with key i from a second point B (written AB_i), with
//! second-order points for each key i the point B with key i from A (BA_i), and B; in this order, as SALib has it. With y
//! measured from its mean, N blocks and V the variance of all y_A and y_B:
//!
//! | index | estimator | source |
//! |---|---|---|
//! | first order S_i | (1/N) Σ y_B (y_ABi − y_A) / V | Saltelli et al. 2010, table 2 (b) |
//! | total order ST_i | (1/2N) Σ (y_A − y_ABi)² / V | Jansen 1999 |
//! | second order S_ij | (1/N) Σ (y_BAi y_ABj − y_A y_B) / V − S_i − S_j | Saltelli 2002 |
//!
//! The error is that of a ratio of means over blocks, by the influence of a block on it; base points of a Sobol sequence do
//! better than it says.

use super::columns::Measured;
use super::estimate::{Estimate, Untold};

/// The indices of every key.
#[derive(Debug, Clone, PartialEq)]
pub struct Sobol {
    /// First order, by key.
    pub first: Vec<Estimate>,
    /// Total order, by key.
    pub total: Vec<Estimate>,
    /// Second order of keys i < j: (0, 1), (0, 2), … (1, 2), …; empty where the design has no such points.
    pub second: Vec<Pair>,
    /// Blocks in which a measure is missing: left out whole.
    pub incomplete: u64,
}

/// The second-order index of two keys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The keys, by their places.
    pub keys: (usize, usize),
    /// Their index.
    pub index: Estimate,
}

/// Points in a block of `keys` keys.
pub fn block(keys: usize, second_order: bool) -> usize {
    if second_order { 2 * keys + 2 } else { keys + 2 }
}

/// The indices of `keys` keys, of a measure whose rows are the draws of a Saltelli design, in their order. Rows past the last
/// whole block are left out.
///
/// # Errors
/// [`Untold::FewDraws`] with fewer than two whole blocks; [`Untold::OneAnswer`].
pub fn sobol(measured: &Measured, keys: usize, second_order: bool) -> Result<Sobol, Untold> {
    let width = block(keys, second_order);
    let blocks: Vec<&[f64]> = measured.values.chunks_exact(width).collect();
    let whole: Vec<&[f64]> = blocks.iter().copied().filter(|block| block.iter().all(|y| !y.is_nan())).collect();
    let incomplete = (blocks.len() - whole.len()) as u64;
    if whole.len() < 2 || keys == 0 {
        return Err(Untold::FewDraws);
    }
    let count = whole.len() as f64;
    let centre = whole.iter().flat_map(|block| block.iter()).sum::<f64>() / (count * width as f64);
    let a = |block: &[f64]| block[0] - centre;
    let b = |block: &[f64]| block[width - 1] - centre;
    let ab = |block: &[f64], key: usize| block[1 + key] - centre;
    let ba = |block: &[f64], key: usize| block[1 + keys + key] - centre;
    let mean = |of: &dyn Fn(&[f64]) -> f64| whole.iter().map(|block| of(block)).sum::<f64>() / count;
    let middle = mean(&|block| 0.5 * (a(block) + b(block)));
    // What a block adds to the variance.
    let spread = |block: &[f64]| {
        let (a, b) = (a(block) - middle, b(block) - middle);
        0.5 * (a * a + b * b)
    };
    let variance = mean(&spread);
    if variance <= 0.0 {
        return Err(Untold::OneAnswer);
    }
    let ratio = |of: &dyn Fn(&[f64]) -> f64| {
        let value = mean(of) / variance;
        let squared = mean(&|block| {
            let influence = of(block) - value * spread(block);
            influence * influence
        });
        Estimate::normal(value, (squared / (count - 1.0)).sqrt() / variance, whole.len())
    };
    let first_of = |block: &[f64], key: usize| b(block) * (ab(block, key) - a(block));
    let total_of = |block: &[f64], key: usize| {
        let moved = a(block) - ab(block, key);
        0.5 * moved * moved
    };
    let pairs = (0..keys).flat_map(|i| (i + 1..keys).map(move |j| (i, j))).filter(|_| second_order);
    let second = pairs.map(|(i, j)| Pair {
        keys: (i, j),
        index: ratio(&|block| {
            ba(block, i) * ab(block, j) - a(block) * b(block) - first_of(block, i) - first_of(block, j)
        }),
    });
    Ok(Sobol {
        first: (0..keys).map(|key| ratio(&|block| first_of(block, key))).collect(),
        total: (0..keys).map(|key| ratio(&|block| total_of(block, key))).collect(),
        second: second.collect(),
        incomplete,
    })
}
