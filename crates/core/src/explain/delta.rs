//! Borgonovo's δ, from any design.
//!
//! δ = ½ E_X ∫ |f(y|X) − f(y)| dy (Borgonovo 2007): by how much knowing the key moves the measure's density, 0 to 1. It
//! does not change when the measure is put on another scale, and so the draws are counted in equally filled cells of the
//! measure and of the key: with d_xy = p_xy − p_x p_y, δ = ½ Σ |d_xy|. (Plischke, Borgonovo and Smith 2013 smooth densities
//! over the measure's own scale instead, which smears bounds and single values such as 0, and knows no infinite ones.)
//!
//! Noise makes |d| too large wherever d is nearly 0. As Plischke et al. do by a bootstrap, what noise of the same size would
//! add once more is taken off; that is a known mean, E|d + sZ| with Z normal and s the error of d, and takes no draws. More than
//! half of the noise is left for a key without influence: what it would show stands beside each number (`idle`).
//!
//! Error: by the influence of a draw on Σ s_xy d_xy, s the signs of d.

use super::columns::{Classed, MOST_CELLS, Measured, NO_CLASS};
use super::estimate::{Estimate, Untold};
use crate::math::{erfc, exp};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI, SQRT_2};

/// Draws that a cell of key and measure should hold.
const PER_CELL: usize = 8;

/// A measure's draws in cells.
#[derive(Debug, Clone)]
pub struct Cells {
    code: Vec<u8>,
    count: usize,
}

/// δ of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delta {
    /// δ.
    pub index: Estimate,
    /// What a key without influence would show, of so many independent draws in so many cells.
    pub idle: f64,
}

impl Cells {
    /// The cells of a measure; they serve every key.
    pub fn new(measured: &Measured) -> Self {
        let (code, count) = measured.cells(most_cells(measured.rows()));
        Self { code, count }
    }
}

fn most_cells(rows: usize) -> usize {
    (rows / PER_CELL).isqrt().clamp(2, MOST_CELLS)
}

/// δ of a key, for the measure that `cells` are of.
///
/// # Errors
/// [`Untold::OneValue`] where the key does not vary; [`Untold::OneAnswer`] where all cells are one.
pub fn delta(key: &Classed, cells: &Cells) -> Result<Delta, Untold> {
    let table = Table::new(key, cells);
    let (columns, rows) = (table.of_key.len(), table.of_measure.len());
    if table.count == 0.0 {
        return Err(Untold::NoDraws);
    }
    let several = |shares: &[f64]| shares.iter().filter(|share| **share > 0.0).count() > 1;
    if !several(&table.of_key) {
        return Err(Untold::OneValue);
    }
    if !several(&table.of_measure) {
        return Err(Untold::OneAnswer);
    }
    let (mut value, mut idle) = (0.0, 0.0);
    // Sums over rows and columns of the sign of d, by which a draw moves the shares of its row and its column.
    let (mut in_column, mut in_row) = (vec![0.0; columns], vec![0.0; rows]);
    for (x, of_key) in table.of_key.iter().enumerate() {
        for (y, of_measure) in table.of_measure.iter().enumerate() {
            let apart = table.apart(x, y);
            let error = (of_key * (1.0 - of_key) * of_measure * (1.0 - of_measure) / table.count).sqrt();
            value += 0.5 * (2.0 * apart.abs() - folded(apart, error));
            // The mean of |sZ| is s √(2/π), and noise of the same size once more makes √2 of it.
            idle += 0.5 * (2.0 - SQRT_2) * error * FRAC_2_PI.sqrt();
            in_column[x] += sign(apart) * of_measure;
            in_row[y] += sign(apart) * of_key;
        }
    }
    let (mut mean, mut squares) = (0.0, 0.0);
    for (x, in_column) in in_column.iter().enumerate() {
        for (y, in_row) in in_row.iter().enumerate() {
            let influence = 0.5 * (sign(table.apart(x, y)) - in_column - in_row);
            mean += table.share(x, y) * influence;
            squares += table.share(x, y) * influence * influence;
        }
    }
    let error = ((squares - mean * mean).max(0.0) / table.count).sqrt();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of draws")]
    // Evenly spread draws have less noise than is taken off.
    Ok(Delta { index: Estimate::normal(value.max(0.0), error, table.count as usize), idle })
}

fn sign(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number.signum() }
}

/// E|d + error·Z|, Z standard normal.
fn folded(d: f64, error: f64) -> f64 {
    if error == 0.0 {
        return d.abs();
    }
    let z = d / error;
    error * FRAC_2_PI.sqrt() * exp(-0.5 * z * z) + d * (1.0 - erfc(z * FRAC_1_SQRT_2))
}

/// Draws counted by cells of key and measure.
struct Table {
    /// [key << 8 | measure].
    counts: Vec<u32>,
    count: f64,
    of_key: Vec<f64>,
    of_measure: Vec<f64>,
}

impl Table {
    fn new(key: &Classed, cells: &Cells) -> Self {
        let draws = cells.code.iter().filter(|code| **code != NO_CLASS).count();
        // Neighbouring classes of an ordered key go together until there are no more than the measure may have.
        let most = most_cells(draws);
        let columns = if key.ordered { key.fine.count.min(most) } else { key.fine.count };
        let mut column = [columns; NO_CLASS as usize + 1];
        for (class, column) in column.iter_mut().enumerate().take(key.fine.count) {
            *column = class * columns / key.fine.count;
        }
        let mut counts = vec![0u32; (columns + 1) << 8];
        for (class, cell) in key.fine.code.iter().zip(&cells.code) {
            counts[column[usize::from(*class)] << 8 | usize::from(*cell)] += 1;
        }
        let at = |x: usize, y: usize| f64::from(counts[x << 8 | y]);
        let of_key: Vec<f64> = (0..columns).map(|x| (0..cells.count).map(|y| at(x, y)).sum()).collect();
        let of_measure: Vec<f64> = (0..cells.count).map(|y| (0..columns).map(|x| at(x, y)).sum()).collect();
        let count: f64 = of_key.iter().sum();
        let share = |counts: Vec<f64>| counts.into_iter().map(|part| part / count).collect();
        Self { count, of_key: share(of_key), of_measure: share(of_measure), counts }
    }

    fn share(&self, x: usize, y: usize) -> f64 {
        f64::from(self.counts[x << 8 | y]) / self.count
    }

    fn apart(&self, x: usize, y: usize) -> f64 {
        self.share(x, y) - self.of_key[x] * self.of_measure[y]
    }
}
