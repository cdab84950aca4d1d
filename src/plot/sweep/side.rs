//! One side of a heat map: which cell of it a value falls into, and where cells end.

use super::survey::{Key, Values};
use crate::draw::axis::Scale;
use crate::math::{exp, ln};
use crate::table::Cells;

/// Positive values ranging over more than this ask for a log axis.
const TWO_DECADES: f64 = 100.0;

/// What the cells of a side are.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plot) enum Slots {
    /// One per number.
    Levels(Vec<f64>),
    /// So many of equal width on the axis.
    Bins(usize),
    /// The same, and one more beyond the end of the axis, with what it is called.
    BinsAndMore(usize, String),
    /// One per text: id and text.
    Names(Vec<(u32, String)>),
}

/// One side of a heat map.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plot) struct Side {
    /// The key, with its unit. Marked up.
    pub(in crate::plot) title: String,
    /// The axis; of names, from 0 to their number.
    pub(in crate::plot) scale: Scale,
    pub(in crate::plot) slots: Slots,
}

impl Side {
    /// The side of a key with levels, or in `bins` cells where `levels` is false or it has none.
    pub(super) fn of(key: &Key, levels: bool, bins: usize) -> Self {
        let title = key.title.clone();
        match &key.values {
            Values::Texts(names) => {
                let scale = Scale { lo: 0.0, hi: names.len().max(1) as f64, log: false };
                Self { title, scale, slots: Slots::Names(names.clone()) }
            }
            Values::Numbers { levels: Some(of), .. } if levels && !of.is_empty() => {
                let log = log_levels(of);
                let edges = edges(of, log);
                let scale = Scale { lo: edges[0], hi: edges[of.len()], log };
                Self { title: with_log(title, log), scale, slots: Slots::Levels(of.clone()) }
            }
            Values::Numbers { lo, hi, mean, .. } => {
                // A uniform draw from near 0 ranges as widely, but crowds at the top of a log axis.
                let crowded_low = (mean - lo) / (hi - lo) < 0.3;
                let log = *lo > 0.0 && hi / lo > TWO_DECADES && crowded_low;
                let scale = if log { Scale { lo: *lo, hi: *hi, log } } else { Scale::spanning(*lo, *hi) };
                Self { title: with_log(title, log), scale, slots: Slots::Bins(bins) }
            }
        }
    }

    /// Number of cells.
    pub(super) fn len(&self) -> usize {
        match &self.slots {
            Slots::Levels(levels) => levels.len(),
            Slots::Bins(bins) => *bins,
            Slots::BinsAndMore(bins, _) => bins + 1,
            Slots::Names(names) => names.len(),
        }
    }

    /// The cell that a row falls into.
    pub(super) fn slot(&self, cells: &Cells, row: usize) -> Option<usize> {
        match &self.slots {
            Slots::Levels(levels) => {
                let value = cells.number(row)? + 0.0;
                levels.binary_search_by(|level| level.total_cmp(&value)).ok()
            }
            Slots::Bins(bins) | Slots::BinsAndMore(bins, _) => Some(bin(&self.scale, *bins, cells.number(row)?)),
            Slots::Names(names) => {
                let id = cells.place(row)?;
                names.iter().position(|(name, _)| *name == id)
            }
        }
    }

    /// Ends of the cells as shares of the axis, one more than there are cells.
    pub(super) fn edges(&self) -> Vec<f64> {
        match &self.slots {
            Slots::Levels(levels) => {
                edges(levels, self.scale.log).into_iter().map(|edge| self.scale.place(edge)).collect()
            }
            Slots::Bins(_) | Slots::BinsAndMore(..) | Slots::Names(_) => {
                let count = self.len().max(1);
                (0..=count).map(|i| i as f64 / count as f64).collect()
            }
        }
    }
}

/// Whether a key is shown at each of its values: where `draws` share them.
pub(super) fn shared(key: &Key, draws: u64) -> bool {
    match &key.values {
        Values::Numbers { levels: Some(levels), .. } => levels.len() == 1 || draws >= 2 * levels.len() as u64,
        Values::Numbers { .. } => false,
        Values::Texts(_) => true,
    }
}

/// Which of `bins` equal parts of the axis holds `value`.
pub(in crate::plot) fn bin(scale: &Scale, bins: usize, value: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bins")]
    let at = (scale.place(value) * bins as f64).floor().clamp(0.0, bins as f64 - 1.0) as usize;
    at
}

/// Says that an axis is logarithmic.
pub(super) fn with_log(title: String, log: bool) -> String {
    if log { format!("{title}, log scale") } else { title }
}

/// Positive levels over a decade with equal ratios but unequal distances, or over two decades.
fn log_levels(levels: &[f64]) -> bool {
    let (lo, hi) = (levels[0], levels[levels.len() - 1]);
    let even = |of: &dyn Fn(f64) -> f64| {
        let step = (of(hi) - of(lo)) / (levels.len() as f64 - 1.0);
        levels.iter().enumerate().all(|(i, level)| (of(*level) - of(lo) - step * i as f64).abs() <= 1e-6 * step)
    };
    lo > 0.0 && (hi / lo > TWO_DECADES || (levels.len() > 2 && hi / lo >= 10.0 && even(&ln) && !even(&|level| level)))
}

/// Half way between levels; the outer ones as far outside.
fn edges(levels: &[f64], log: bool) -> Vec<f64> {
    let to = |x: f64| if log { ln(x) } else { x };
    let from = |x: f64| if log { exp(x) } else { x };
    let at: Vec<f64> = levels.iter().map(|level| to(*level)).collect();
    let n = at.len();
    if n == 1 {
        let half = if log || at[0] == 0.0 { 0.5 } else { 0.5 * at[0].abs() };
        return vec![from(at[0] - half), from(at[0] + half)];
    }
    let mut edges = vec![at[0] - (at[1] - at[0]) / 2.0];
    edges.extend(at.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])));
    edges.push(at[n - 1] + (at[n - 1] - at[n - 2]) / 2.0);
    edges.into_iter().map(from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_half_way_between_levels() {
        assert_eq!(edges(&[1.0, 2.0, 4.0], false), [0.5, 1.5, 3.0, 5.0]);
        let log = edges(&[1.0, 100.0], true);
        assert!((log[1] - 10.0).abs() < 1e-9 && (log[0] - 0.1).abs() < 1e-9, "{log:?}");
        assert_eq!(edges(&[0.0], false), [-0.5, 0.5]);
    }

    #[test]
    fn levels_with_equal_ratios_or_a_wide_range_are_logarithmic() {
        assert!(log_levels(&[1.0, 2.0, 4.0, 8.0, 16.0]) && !log_levels(&[1.0, 2.0, 4.0, 8.0]));
        assert!(!log_levels(&[1.0, 2.0, 3.0]) && !log_levels(&[1.0, 2.0]) && !log_levels(&[-1.0, 0.0, 900.0]));
        assert!(log_levels(&[1.0, 50.0, 101.0]));
    }
}
