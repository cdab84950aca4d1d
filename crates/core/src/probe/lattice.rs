//! The values that a key can take, one after the other: floating-point numbers, or dates.

use crate::model::grid::Grid;
use crate::scenario::key::{Key, Reach};

/// The values of a key as whole numbers in their order, so that between two of them one can count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lattice {
    /// Every floating-point number.
    Floats,
    /// The dates t_k: what falls due between two of them falls due at the later one.
    Dates(Grid),
}

impl Lattice {
    /// The values of a key where dates are those of `grid`.
    pub fn of(key: &Key, grid: Grid) -> Self {
        if key.reach == Reach::Dates { Self::Dates(grid) } else { Self::Floats }
    }

    /// The value at a place.
    pub fn value(self, place: i64) -> f64 {
        match self {
            Self::Floats if place >= 0 => f64::from_bits(place as u64),
            Self::Floats => f64::from_bits(i64::MIN.wrapping_sub(place) as u64),
            Self::Dates(grid) => grid.t(usize::try_from(place).unwrap_or(0)),
        }
    }

    /// The place of a value; of a date, that of the first t_k at which it counts as reached.
    pub fn place(self, value: f64) -> i64 {
        match self {
            Self::Floats => {
                let bits = value.to_bits() as i64;
                // Both zeros share a place.
                if bits >= 0 { bits } else { i64::MIN.wrapping_sub(bits) }
            }
            Self::Dates(grid) => i64::try_from(grid.first_period(value)).unwrap_or(i64::MAX),
        }
    }

    /// The value that stands for `value`: of a date, the t_k at which it falls due.
    pub fn nearest(self, value: f64) -> f64 {
        self.value(self.place(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_counted_in_their_order() {
        let values = [f64::MIN, -1.0, -5e-324, 0.0, 5e-324, 1.0, f64::MAX];
        for pair in values.windows(2) {
            assert!(Lattice::Floats.place(pair[0]) < Lattice::Floats.place(pair[1]), "{pair:?}");
        }
        for value in values {
            assert_eq!(Lattice::Floats.value(Lattice::Floats.place(value)), value);
            let next = Lattice::Floats.value(Lattice::Floats.place(value).saturating_add(1));
            assert!(value == f64::MAX || next == value.next_up(), "{value}");
        }
        assert_eq!(Lattice::Floats.place(-0.0), Lattice::Floats.place(0.0));
    }

    #[test]
    fn dates_fall_due_at_the_next_one() {
        let dates = Lattice::Dates(Grid { start: 2000.0, period: 0.5, periods: 10 });
        assert_eq!([0.0, 0.2, 0.5, 4.9, 9.0].map(|date| dates.nearest(date)), [0.0, 0.5, 0.5, 5.0, 9.0]);
    }
}
