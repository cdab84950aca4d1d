//! At which numbers contours are drawn, and between which of them a number lies.

use super::label::{Band, Label};
use crate::math::{exp10, log10};
use crate::probe::Answer;

/// About how many bands there are where nobody names levels.
const BANDS: f64 = 8.0;
/// A number this near to a level, as a share of it or of 1, lies on it: no further off than rounding takes a number that is the
/// same over a whole region.
const NEAR: f64 = 1e-11;
/// Numbers whose ratios matter and that range over more than this have levels at even ratios.
const DECADE: f64 = 10.0;

/// Numbers at which contours are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// From low to high.
    at: Vec<f64>,
    /// The number that means no difference, parity or nothing lost: where it holds over a region, that is one of its own.
    pivot: Option<f64>,
}

impl Levels {
    /// Round levels for such numbers; of `ratio`, those that matter by their ratios.
    pub fn round(numbers: impl Iterator<Item = f64>, pivot: Option<f64>, ratio: bool) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for number in numbers.filter(|number| number.is_finite()) {
            (low, high) = (low.min(number), high.max(number));
        }
        let span = high - low;
        let mut at = Vec::new();
        if ratio && low > 0.0 && high / low > DECADE {
            let decades = log10(high / low);
            let factors: &[f64] = if decades < 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            #[expect(clippy::cast_possible_truncation, reason = "exponents of doubles are small")]
            let [first, last] = [log10(low).floor() as i32, log10(high).ceil() as i32];
            let every = (last - first) / 12 + 1;
            let some = (first..=last).filter(|exponent| exponent.rem_euclid(every) == 0);
            at.extend(some.flat_map(|exponent| factors.iter().map(move |factor| factor * exp10(f64::from(exponent)))));
        } else if span > NEAR * low.abs().max(high.abs()) {
            let power = exp10(log10(span / BANDS).floor());
            let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
            let step = step.into_iter().find(|step| span / step <= BANDS).unwrap_or(span);
            let first = (low / step).ceil();
            at.extend((0..=20).map(|i| (first + f64::from(i)) * step).take_while(|level| *level <= high));
        }
        at.retain(|level| *level > low && *level <= high);
        Self::given(at, pivot.filter(|pivot| (low..=high).contains(pivot)))
    }

    /// These levels, and the pivot.
    pub fn given(mut at: Vec<f64>, pivot: Option<f64>) -> Self {
        at.extend(pivot);
        // 3 × 0.1 is written 0.3.
        let plain = |level: &mut f64| *level = format!("{level:.12e}").parse().unwrap_or(*level);
        at.iter_mut().for_each(plain);
        at.sort_by(f64::total_cmp);
        at.dedup();
        Self { at, pivot }
    }

    /// The levels, from low to high.
    pub fn at(&self) -> &[f64] {
        &self.at
    }

    /// Where an answer lies among them.
    pub fn label(&self, answer: Answer) -> Label {
        let Answer::Number(number) = answer else { return Label::of(vec![answer]) };
        let on = |level: f64| (number - level).abs() <= NEAR * level.abs().max(1.0);
        if let Some(pivot) = self.pivot.filter(|pivot| on(*pivot)) {
            return Label::Band(Band { from: pivot, until: pivot });
        }
        if number == f64::INFINITY {
            return Label::Band(Band { from: number, until: number });
        }
        let below = self.at.partition_point(|level| *level <= number || on(*level));
        let from = below.checked_sub(1).map_or(f64::NEG_INFINITY, |at| self.at[at]);
        Label::Band(Band { from, until: self.at.get(below).copied().unwrap_or(f64::INFINITY) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(levels: &Levels, number: f64) -> String {
        levels.label(Answer::Number(number)).spelling(&[])
    }

    #[test]
    fn levels_are_round_few_and_hold_the_pivot() {
        let at = |low: f64, high: f64, pivot, ratio| Levels::round([low, high].into_iter(), pivot, ratio).at;
        assert_eq!(at(0.12, 0.88, None, false), [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
        assert_eq!(at(-0.031, 0.012, Some(0.0), false), [-0.03, -0.02, -0.01, 0.0, 0.01]);
        assert_eq!(at(0.9, 130.0, Some(1.0), true), [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(at(1.5, 1.5, Some(1.0), true), [0.0; 0]);
        assert_eq!(at(1.1, 1.9, Some(1.0), true).first(), Some(&1.2), "parity is not among the numbers");
        assert!((3..14).contains(&at(1e-5, 1e30, None, true).len()));
    }

    #[test]
    fn a_number_is_between_two_levels_on_the_pivot_or_without_bound() {
        let levels = Levels::given(vec![1.0, 2.0], Some(0.0));
        let cases = [
            (-0.5, "..0"),
            (1e-12, "0"),
            (1e-10, "0..1"),
            (0.5, "0..1"),
            (1.0 - 1e-12, "1..2"),
            (1.0, "1..2"),
            (7.0, "2.."),
            (f64::INFINITY, "inf"),
        ];
        for (number, text) in cases {
            assert_eq!(spelt(&levels, number), text, "{number}");
        }
        assert_eq!(levels.label(Answer::Failed).spelling(&[]), "failed");
        assert_eq!(levels.label(Answer::Nothing).spelling(&[]), "none");
    }
}
