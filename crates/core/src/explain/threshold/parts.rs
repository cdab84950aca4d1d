//! Keys in classes, and the classes of two keys in every combination.

use super::{Half, Side};
use crate::explain::key::{Key, ascending};

/// Of two keys, so many classes of each are looked at in every combination.
const CLASSES: usize = 1024;

/// Of two keys without an order, every set of levels of the one with fewer is tried up to so many.
const LEVELS: usize = 12;

/// A key's draws in their order, and in classes.
#[derive(Debug)]
pub(super) struct Parts {
    /// The draws that are looked at, in the order of a key of numbers.
    pub order: Vec<u32>,
    /// The class of each draw.
    pub of: Vec<u16>,
    /// How many classes there are.
    pub count: usize,
    /// The thresholds between classes of numbers.
    pub borders: Option<Vec<f64>>,
}

impl Parts {
    /// Of the draws `rows` of `length`.
    pub fn new(key: &Key<'_>, rows: &[u32], length: usize) -> Self {
        let mut of = vec![0u16; length];
        match *key {
            Key::Numbers(column) => {
                let order = ascending(column, rows.iter().copied());
                let runs = || order.chunk_by(|a, b| column[*a as usize] == column[*b as usize]);
                let distinct = runs().take(CLASSES + 1).count();
                let (mut borders, mut begin, mut last) = (Vec::new(), 0, usize::MAX);
                let mut top = f64::NAN;
                for (place, run) in runs().enumerate() {
                    // Each value a class, or as many draws in each as in another.
                    let middle = begin + run.len() / 2;
                    let class = if distinct <= CLASSES { place } else { middle * CLASSES / order.len() };
                    let value = column[run[0] as usize];
                    if class != last && last != usize::MAX {
                        borders.push(top + (value - top) / 2.0);
                    }
                    (last, top) = (class, value);
                    #[expect(clippy::cast_possible_truncation, reason = "1,024 at most")]
                    run.iter().for_each(|row| of[*row as usize] = borders.len() as u16);
                    begin += run.len();
                }
                Self { order, of, count: borders.len() + 1, borders: Some(borders) }
            }
            Key::Levels(_, count) => {
                for &row in rows {
                    let level = key.level(row as usize).and_then(|level| u16::try_from(level).ok());
                    of[row as usize] = level.unwrap_or(0);
                }
                Self { order: Vec::new(), of, count: count.min(usize::from(u16::MAX)), borders: None }
            }
        }
    }

    /// The half made of these classes.
    pub fn half(&self, inside: &[bool]) -> Half {
        let Some(borders) = &self.borders else { return Half::Levels(inside.to_vec()) };
        let (side, classes) = match inside.first() {
            Some(true) => (Side::Below, inside.iter().take_while(|inside| **inside).count()),
            _ => (Side::Above, inside.iter().take_while(|inside| !**inside).count()),
        };
        let at = borders.get(classes.max(1) - 1).copied().unwrap_or(f64::NAN);
        Half::Numbers { side, at, low: f64::NEG_INFINITY, high: f64::INFINITY }
    }
}

/// The corner of two keys with an order that sums to the most, as the classes of each that lie in it.
pub(super) fn quadrant(cells: &[i64], columns: usize) -> (i64, [Vec<bool>; 2]) {
    let rows = cells.len() / columns;
    let mut right = vec![0i64; columns];
    for of in cells.chunks_exact(columns) {
        right.iter_mut().zip(of).for_each(|(sum, cell)| *sum += cell);
    }
    let all: i64 = right.iter().sum();
    // By column, the sum of the rows so far.
    let mut so_far = vec![0i64; columns];
    let mut best: Option<(i64, [usize; 2], [bool; 2])> = None;
    for (row, of) in cells.chunks_exact(columns).enumerate().take(rows - 1) {
        so_far.iter_mut().zip(of).for_each(|(sum, cell)| *sum += cell);
        let lower: i64 = so_far.iter().sum();
        let (mut near, mut left) = (0, 0);
        for column in 0..columns - 1 {
            near += so_far[column];
            left += right[column];
            for (above, score) in [
                ([true, true], all - lower - left + near),
                ([true, false], left - near),
                ([false, true], lower - near),
                ([false, false], near),
            ] {
                if best.is_none_or(|(most, _, _)| score > most) {
                    best = Some((score, [row, column], above));
                }
            }
        }
    }
    let (score, at, above) = best.unwrap_or((i64::MIN, [0; 2], [false; 2]));
    let inside = |key: usize, count: usize| (0..count).map(|class| (class > at[key]) == above[key]).collect();
    (score, [inside(0, rows), inside(1, columns)])
}

/// Of halves of the key of rows (`ordered`: on a side of a threshold; else any of its classes), and of any classes of the key
/// of columns, those that sum to the most.
pub(super) fn by_rows(cells: &[i64], columns: usize, ordered: bool) -> (i64, [Vec<bool>; 2]) {
    let rows = cells.len() / columns;
    let halves: Vec<Vec<bool>> = if ordered {
        let half = |at: usize, above: bool| (0..rows).map(|row| (row >= at) == above).collect();
        (1..rows).flat_map(|at| [half(at, true), half(at, false)]).collect()
    } else if rows <= LEVELS {
        (1u32..1 << rows).map(|set| (0..rows).map(|row| set >> row & 1 == 1).collect()).collect()
    } else {
        (0..rows).map(|only| (0..rows).map(|row| row == only).collect()).collect()
    };
    let mut best = (i64::MIN, [Vec::new(), Vec::new()]);
    for half in halves {
        let mut sums = vec![0i64; columns];
        for (of, _) in cells.chunks_exact(columns).zip(&half).filter(|(_, inside)| **inside) {
            sums.iter_mut().zip(of).for_each(|(sum, cell)| *sum += cell);
        }
        let score = sums.iter().map(|sum| (*sum).max(0)).sum();
        if score > best.0 {
            best = (score, [half, sums.iter().map(|sum| *sum > 0).collect()]);
        }
    }
    best
}
