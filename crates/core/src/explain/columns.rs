//! Columns as the estimators see them: a measure with its order, a key as classes.

use super::estimate::Untold;
use super::key::Key;
use crate::math::sortable;
use crate::names;

/// Marks a row that belongs to no class.
pub(super) const NO_CLASS: u8 = u8::MAX;

/// Most classes of a key. More would only sharpen what the correction for the classes' width already gives.
const MOST_CLASSES: usize = 128;

/// Classes whose conditional distributions PAWN compares with the unconditional one (Pianosi and Wagener 2018).
const SLIDES: usize = 10;

/// Most cells of the measure, and of a key, between which δ looks for differences.
pub(super) const MOST_CELLS: usize = 64;

/// A spread of less than this share of the largest value is rounding.
const ROUNDING: f64 = 1e-12;

names! {
    /// What numbers an analysis used.
    pub enum Basis {
        Values = "values": "The measure's values",
        Ranks = "ranks": "The measure's ranks, because some of its values are infinite",
    }
}

/// The rows of a column that hold a number, in the order of the numbers.
fn sorted(column: &[f64]) -> Vec<(u64, u32)> {
    let numbered = (0u32..).zip(column).filter(|(_, number)| !number.is_nan());
    let mut rows: Vec<(u64, u32)> = numbered.map(|(row, number)| (sortable(*number), row)).collect();
    rows.sort_unstable();
    rows
}

/// The runs of equal numbers in what [`sorted`] gives, as ranges of places.
fn equals(rows: &[(u64, u32)]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut end = 0;
    rows.chunk_by(|a, b| a.0 == b.0).map(move |run| {
        end += run.len();
        end - run.len()..end
    })
}

/// A column in classes: `code[row]` < `count`, or the mark of no class.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    pub(super) code: Vec<u8>,
    pub(super) count: usize,
    /// Each value is a class of its own.
    pub(super) levels: bool,
}

impl Classes {
    /// Classes given by their numbers, below 255; `None` for a row that belongs to no class.
    pub fn given(codes: impl IntoIterator<Item = Option<u8>>) -> Self {
        let code: Vec<u8> = codes.into_iter().map(|code| code.unwrap_or(NO_CLASS)).collect();
        let count = code.iter().filter(|code| **code != NO_CLASS).max().map_or(0, |most| usize::from(*most) + 1);
        Self { code, count, levels: true }
    }

    /// Equally filled classes, at most `most` of them; equal numbers are never parted.
    fn filled(rows: &[(u64, u32)], length: usize, most: usize) -> Self {
        let mut code = vec![NO_CLASS; length];
        let (mut last, mut count) = (usize::MAX, 0u8);
        for run in equals(rows) {
            let class = (run.start + run.end - 1) * most / (2 * rows.len());
            if class != last {
                (last, count) = (class, count + 1);
            }
            rows[run].iter().for_each(|(_, row)| code[*row as usize] = count - 1);
        }
        Self { code, count: usize::from(count), levels: false }
    }

    /// A class for each number. At most 254 of them; the last holds what is beyond.
    fn levels(rows: &[(u64, u32)], length: usize) -> Self {
        let mut code = vec![NO_CLASS; length];
        let mut count = 0u8;
        for run in equals(rows) {
            count = (count + 1).min(NO_CLASS - 1);
            rows[run].iter().for_each(|(_, row)| code[*row as usize] = count - 1);
        }
        Self { code, count: usize::from(count), levels: true }
    }
}

/// A varied key in classes. Two bytes a draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Classed {
    /// Whether its values stand in an order.
    pub(super) ordered: bool,
    /// Fine classes, for means.
    pub(super) fine: Classes,
    /// Few classes, for distributions.
    pub(super) slides: Classes,
}

impl Classed {
    /// Parts a key's draws into classes.
    pub fn new(key: Key<'_>) -> Self {
        let (column, ordered) = match key {
            Key::Numbers(column) => (column, true),
            Key::Levels(column, _) => (column, false),
        };
        let rows = sorted(column);
        let distinct = equals(&rows).take(usize::from(NO_CLASS)).count();
        let most = fine_classes(rows.len());
        // Levels that many draws share need not be thrown together.
        let shared = distinct <= MOST_CLASSES && rows.len() >= 16 * distinct;
        let classes = |most: usize, shared: bool| match !ordered || distinct <= most || shared {
            true => Classes::levels(&rows, column.len()),
            false => Classes::filled(&rows, column.len(), most),
        };
        Self { ordered, fine: classes(most, shared), slides: classes(SLIDES, false) }
    }
}

/// √N/2: with the correction for the classes' width both their bias and their noise then vanish faster than 1/√N.
fn fine_classes(rows: usize) -> usize {
    (rows.isqrt() / 2).clamp(4, MOST_CLASSES)
}

/// A measure's column, ready for the estimators.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Values or ranks.
    pub basis: Basis,
    /// Draws in which the measure is missing: left out of everything.
    pub missing: u64,
    /// By row: value or rank, less the mean, over the standard deviation; NaN where it is missing.
    pub(super) values: Vec<f64>,
    /// What one unit of `values` is, and what 0 is, on the measure's own scale (or that of the ranks).
    pub(super) unit: f64,
    pub(super) zero: f64,
    /// The rows that hold a value, in its order.
    pub(super) order: Vec<u32>,
    /// Of each place in `order`, whether the next one holds more.
    pub(super) last: Vec<bool>,
}

impl Measured {
    /// Takes in a measure's column, NaN where it is missing.
    ///
    /// # Errors
    /// [`Untold::NoDraws`], [`Untold::OneAnswer`].
    pub fn new(column: &[f64]) -> Result<Self, Untold> {
        let rows = sorted(column);
        let missing = (column.len() - rows.len()) as u64;
        let number = |place: Option<&(u64, u32)>| place.map(|(_, row)| column[*row as usize]).ok_or(Untold::NoDraws);
        let (low, high) = (number(rows.first())?, number(rows.last())?);
        let mut values = vec![f64::NAN; column.len()];
        let infinite = low.is_infinite() || high.is_infinite();
        let largest = low.abs().max(high.abs());
        if low == high || (!infinite && high / largest - low / largest <= ROUNDING) {
            return Err(Untold::OneAnswer);
        }
        let scale = if infinite { 1.0 } else { largest };
        if infinite {
            for run in equals(&rows) {
                // Equal values share the mean of their ranks, as a share of all.
                let rank = (run.start + run.end) as f64 / (2 * rows.len()) as f64;
                rows[run].iter().for_each(|(_, row)| values[*row as usize] = rank);
            }
        } else {
            values.iter_mut().zip(column).for_each(|(value, given)| *value = given / scale);
        }
        let known = || values.iter().filter(|value| !value.is_nan());
        let count = rows.len() as f64;
        let mean = known().sum::<f64>() / count;
        let deviation = (known().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
        values.iter_mut().for_each(|value| *value = (*value - mean) / deviation);
        let mut last: Vec<bool> = rows.windows(2).map(|pair| pair[0].0 != pair[1].0).collect();
        last.push(true);
        Ok(Self {
            basis: if infinite { Basis::Ranks } else { Basis::Values },
            missing,
            values,
            unit: deviation * scale,
            zero: mean * scale,
            order: rows.into_iter().map(|(_, row)| row).collect(),
            last,
        })
    }

    /// Draws that hold a value.
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    /// Equally filled cells of the values, at most `most` of them, and their number; equal values are never parted.
    pub(super) fn cells(&self, most: usize) -> (Vec<u8>, usize) {
        let mut code = vec![NO_CLASS; self.values.len()];
        let (mut start, mut last, mut count) = (0, usize::MAX, 0u8);
        for (end, _) in self.last.iter().enumerate().filter(|(_, last)| **last) {
            let class = (start + end) * most / (2 * self.order.len());
            if class != last {
                (last, count) = (class, count + 1);
            }
            self.order[start..=end].iter().for_each(|row| code[*row as usize] = count - 1);
            start = end + 1;
        }
        (code, usize::from(count))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_possible_truncation, reason = "small numbers")]

    use super::*;

    #[test]
    fn numbers_are_sorted_whatever_their_sign() {
        let column = [f64::INFINITY, 0.0, -1.0, f64::NAN, -0.0, f64::NEG_INFINITY, 1e-300];
        let order: Vec<u32> = sorted(&column).iter().map(|(_, row)| *row).collect();
        assert_eq!(order, [5, 2, 1, 4, 6, 0]);
        let runs: Vec<_> = equals(&sorted(&column)).collect();
        assert_eq!(runs, [0..1, 1..2, 2..4, 4..5, 5..6]);
    }

    #[test]
    fn classes_are_equally_filled_and_never_part_what_is_equal() {
        let column: Vec<f64> = (0..1000).map(|row| f64::from(row * 7 % 1000)).collect();
        let classes = Classes::filled(&sorted(&column), 1000, 10);
        for (number, code) in column.iter().zip(&classes.code) {
            assert_eq!(u32::from(*code), *number as u32 / 100);
        }
        let column = [3.0, 1.0, 3.0, 3.0, 3.0, f64::NAN, 2.0, 3.0];
        let classes = Classes::filled(&sorted(&column), 8, 4);
        assert_eq!((classes.count, classes.code), (2, vec![1, 0, 1, 1, 1, NO_CLASS, 0, 1]));
    }

    #[test]
    fn a_key_of_few_values_has_them_as_classes() {
        let column: Vec<f64> = (0..100).map(|row| f64::from(row % 3) * 0.1).collect();
        let key = Classed::new(Key::Numbers(&column));
        assert!(key.fine.levels && key.slides.levels);
        assert_eq!((key.fine.count, key.slides.count), (3, 3));
        assert!(column.iter().zip(&key.fine.code).all(|(value, code)| (value * 10.0).round() as u8 == *code));
        let every: Vec<f64> = (0..100).map(f64::from).collect();
        assert!(!Classed::new(Key::Numbers(&every)).fine.levels, "a hundred values of a hundred draws are no levels");
    }

    #[test]
    fn an_infinite_value_makes_ranks_of_all() {
        let measured = Measured::new(&[2.0, f64::INFINITY, f64::NAN, 1.0, 1.0]).expect("it varies");
        assert_eq!((measured.basis, measured.missing, measured.rows()), (Basis::Ranks, 1, 4));
        let of = |row: usize| measured.values[row] * measured.unit + measured.zero;
        for (row, rank) in [(0, 5.0 / 8.0), (1, 7.0 / 8.0), (3, 0.25), (4, 0.25)] {
            assert!((of(row) - rank).abs() < 1e-15, "row {row}: {}", of(row));
        }
        assert!(measured.values[2].is_nan());
    }

    #[test]
    fn what_does_not_vary_has_no_analysis() {
        assert_eq!(Measured::new(&[f64::NAN, f64::NAN]).err(), Some(Untold::NoDraws));
        assert_eq!(Measured::new(&[]).err(), Some(Untold::NoDraws));
        assert_eq!(Measured::new(&[3.0, f64::NAN, 3.0]).err(), Some(Untold::OneAnswer));
        assert_eq!(Measured::new(&[0.3, 0.1 + 0.2]).err(), Some(Untold::OneAnswer), "rounding is no variation");
        assert_eq!(Measured::new(&[f64::INFINITY, f64::INFINITY]).err(), Some(Untold::OneAnswer));
        assert!(Measured::new(&[1e300, -1e300]).is_ok());
    }
}
