//! Ranges of numbers that a parameter may take, as a test and in words.

use std::fmt::{Display, Formatter, Result};

/// The largest whole number up to which a double holds every one.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// There is none.
    Open,
    /// This number and beyond are outside.
    Excluded(f64),
    /// This number is the last one inside.
    Included(f64),
}

/// A range of finite numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Its lower end.
    pub low: End,
    /// Its upper end.
    pub high: End,
    /// Whether it holds whole numbers only.
    pub whole: bool,
}

impl Range {
    /// Any finite number.
    pub const ANY: Self = Self { low: End::Open, high: End::Open, whole: false };
    /// Above zero.
    pub const POSITIVE: Self = Self { low: End::Excluded(0.0), ..Self::ANY };
    /// Zero or above.
    pub const NOT_NEGATIVE: Self = Self { low: End::Included(0.0), ..Self::ANY };
    /// One or above.
    pub const AT_LEAST_ONE: Self = Self { low: End::Included(1.0), ..Self::ANY };
    /// Strictly between zero and one.
    pub const UNIT_OPEN: Self = Self { low: End::Excluded(0.0), high: End::Excluded(1.0), whole: false };

    /// Both numbers and all between them.
    pub const fn between(low: f64, high: f64) -> Self {
        Self { low: End::Included(low), high: End::Included(high), whole: false }
    }

    /// The whole numbers from `low` on, as far as a double tells them apart.
    pub const fn whole_from(low: f64) -> Self {
        Self { whole: true, ..Self::between(low, WHOLE_MAX) }
    }

    /// The whole numbers from `low` to `high`.
    pub const fn whole_between(low: f64, high: f64) -> Self {
        Self { whole: true, ..Self::between(low, high) }
    }

    /// Whether a number lies in the range; nothing infinite, and nothing that is no number, does.
    pub fn contains(&self, value: f64) -> bool {
        let above = match self.low {
            End::Open => true,
            End::Excluded(low) => value > low,
            End::Included(low) => value >= low,
        };
        let below = match self.high {
            End::Open => true,
            End::Excluded(high) => value < high,
            End::Included(high) => value <= high,
        };
        value.is_finite() && above && below && (!self.whole || value.fract() == 0.0)
    }
}

/// The range in words, such as "a number ≥ 0".
impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let what = if self.whole { "a whole number" } else { "a number" };
        match (self.low, self.high) {
            (End::Open, End::Open) => write!(f, "a finite number"),
            (End::Included(low), End::Included(high)) if low == high => {
                write!(f, "the {} {}", what.trim_start_matches("a "), plain(low))
            }
            (End::Included(low), End::Included(WHOLE_MAX)) => {
                write!(f, "{what} ≥ {}, at most {WHOLE_MAX}", plain(low))
            }
            (End::Included(low), End::Included(high)) => write!(f, "{what} from {} to {}", plain(low), plain(high)),
            (End::Excluded(low), End::Excluded(high)) => {
                write!(f, "{what} between {} and {}, both excluded", plain(low), plain(high))
            }
            (low, high) => {
                let ends = [low, high].into_iter().zip([["≥", ">"], ["≤", "<"]]);
                let ends = ends.filter_map(|(end, [with, without])| match end {
                    End::Open => None,
                    End::Included(number) => Some(format!("{with} {}", plain(number))),
                    End::Excluded(number) => Some(format!("{without} {}", plain(number))),
                });
                write!(f, "{what} {}", ends.collect::<Vec<_>>().join(" and "))
            }
        }
    }
}

/// A number as people write it in a range: 0.1, but 1e-2 and 1e-14.
fn plain(number: f64) -> String {
    if number != 0.0 && number.abs() < 0.1 { format!("{number:e}") } else { format!("{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_the_test_holds() {
        let cases = [
            (Range::ANY, "a finite number", [-1e300, 0.0], [f64::NAN, f64::INFINITY]),
            (Range::POSITIVE, "a number > 0", [5e-324, 3.0], [0.0, -1.0]),
            (Range::NOT_NEGATIVE, "a number ≥ 0", [0.0, 3.0], [-5e-324, f64::INFINITY]),
            (Range::AT_LEAST_ONE, "a number ≥ 1", [1.0, 3.5], [0.999, f64::NAN]),
            (Range::UNIT_OPEN, "a number between 0 and 1, both excluded", [1e-9, 0.9], [0.0, 1.0]),
            (Range::between(1e-14, 1e-2), "a number from 1e-14 to 1e-2", [1e-14, 1e-2], [9e-15, 0.011]),
            (Range::between(-1.0, 1.0), "a number from -1 to 1", [-1.0, 1.0], [-1.1, 1.1]),
            (Range::whole_between(2.0, 1e6), "a whole number from 2 to 1000000", [2.0, 1e6], [2.5, 1e6 + 1.0]),
            (
                Range::whole_from(1.0),
                "a whole number ≥ 1, at most 9007199254740992",
                [1.0, WHOLE_MAX],
                [0.0, WHOLE_MAX + 2.0],
            ),
            (Range::whole_between(1.0, 1.0), "the whole number 1", [1.0, 1.0], [0.0, 2.0]),
            (Range { high: End::Excluded(9.0), ..Range::AT_LEAST_ONE }, "a number ≥ 1 and < 9", [1.0, 8.9], [0.9, 9.0]),
        ];
        for (range, words, inside, outside) in cases {
            assert_eq!(range.to_string(), words);
            assert!(inside.into_iter().all(|value| range.contains(value)), "{words}");
            assert!(!outside.into_iter().any(|value| range.contains(value)), "{words}");
        }
    }
}
