//! A varied key as this room takes it: one entry a draw.

use crate::math::sortable;

/// What a key was in each draw; NaN where it is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Key<'a> {
    /// Numbers, which have an order.
    Numbers(&'a [f64]),
    /// The indices, from 0, of levels without an order (texts, true and false), and how many levels there are.
    Levels(&'a [f64], usize),
}

impl Key<'_> {
    /// Number of draws.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(column) | Self::Levels(column, _) => column.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether draw `row` has a value of it.
    pub(super) fn has(&self, row: usize) -> bool {
        match self {
            Self::Numbers(column) => column.get(row).is_some_and(|value| value.is_finite()),
            Self::Levels(_, count) => self.level(row).is_some_and(|level| level < *count),
        }
    }

    /// The level in draw `row`; `None` of a number.
    pub(super) fn level(&self, row: usize) -> Option<usize> {
        let Self::Levels(column, _) = self else { return None };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index, checked")]
        column.get(row).filter(|value| **value >= 0.0).map(|value| *value as usize)
    }
}

/// The rows `among`, in the order of the column's values, rows of one value as they come.
pub(super) fn ascending(column: &[f64], among: impl Iterator<Item = u32>) -> Vec<u32> {
    // Beside each other, keys and rows are sorted several times as fast as rows that look their keys up.
    let mut pairs: Vec<(u64, u32)> = among.map(|row| (sortable(column[row as usize]), row)).collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(_, row)| row).collect()
}
