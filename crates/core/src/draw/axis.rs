//! Axes: ranges, round ticks, and numbers as people write them.

use crate::math::{exp10, ln, log10, powf};

/// More than this from bottom to top asks for a log axis.
const DECADE: f64 = 10.0;

/// Maps values to the unit interval, 0 at the bottom or left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Value at 0.
    pub lo: f64,
    /// Value at 1.
    pub hi: f64,
    /// Whether equal ratios take equal room.
    pub log: bool,
}

impl Scale {
    /// Exactly from `lo` to `hi`; a single value gets a span of 1, or more where that would be lost beside it.
    pub fn spanning(lo: f64, hi: f64) -> Self {
        let half = f64::max(0.5, 1e-9 * lo.abs());
        if hi > lo { Self { lo, hi, log: false } } else { Self { lo: lo - half, hi: lo + half, log: false } }
    }

    /// Holds all `values` with some air; logarithmic where they are positive and span over a decade. `anchor` (parity,
    /// zero) is included where that costs little room.
    pub fn holding(values: impl Iterator<Item = f64>, anchor: Option<f64>, may_log: bool) -> Self {
        let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
        // Beyond this, the distance or the ratio of two values is no number.
        let sound = |value: &f64| *value == 0.0 || (1e-150..1e150).contains(&value.abs());
        for value in values.filter(sound) {
            lo = lo.min(value);
            hi = hi.max(value);
        }
        if lo > hi {
            (lo, hi) = anchor.map_or((0.0, 1.0), |anchor| (anchor, anchor));
        }
        // Values are better seen without a far anchor, unless they hardly move.
        let flat = hi - lo <= 1e-6 * hi.abs().max(lo.abs());
        let near = anchor.filter(|anchor| flat || hi.max(*anchor) - lo.min(*anchor) <= 3.0 * (hi - lo));
        let (low, high) = near.map_or((lo, hi), |anchor| (lo.min(anchor), hi.max(anchor)));
        if may_log && low > 0.0 && high / low > DECADE {
            if let Some(anchor) = anchor.filter(|anchor| *anchor > 0.0) {
                let (low, high) = (lo.min(anchor), hi.max(anchor));
                if flat || ln(high) - ln(low) <= 1.8 * (ln(hi) - ln(lo)) {
                    (lo, hi) = (low, high);
                }
            }
            let air = powf(hi / lo, 0.04);
            return Self { lo: lo / air, hi: hi * air, log: true };
        }
        (lo, hi) = (low, high);
        if hi - lo <= 1e-9 * hi.abs().max(lo.abs()).max(1e-12) {
            let half = if hi == 0.0 { 0.5 } else { 0.1 * hi.abs() };
            (lo, hi) = (lo - half, hi + half);
        }
        let air = 0.05 * (hi - lo);
        Self { lo: lo - air, hi: hi + air, log: false }
    }

    /// Where `value` lies, 0 to 1 inside the axis.
    pub fn place(&self, value: f64) -> f64 {
        if self.log {
            (ln(value) - ln(self.lo)) / (ln(self.hi) - ln(self.lo))
        } else {
            (value - self.lo) / (self.hi - self.lo)
        }
    }

    /// Whether `value` lies on the axis.
    pub fn holds(&self, value: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.place(value))
    }

    /// About `target` round values on the axis, each with its text.
    pub fn ticks(&self, target: usize) -> Vec<(f64, String)> {
        if self.log {
            return self.log_ticks(target);
        }
        // One number alone does not say what the axis spans.
        let ticks = |target: usize| self.linear_ticks(target);
        (target..target + 4).map(ticks).find(|ticks| ticks.len() > 1).unwrap_or_else(|| ticks(target))
    }

    fn linear_ticks(&self, target: usize) -> Vec<(f64, String)> {
        let span = self.hi - self.lo;
        let raw = span / target.max(1) as f64;
        let power = exp10(log10(raw).floor());
        // Better a step that puts ticks on both ends of the axis.
        let at_ends = |step: f64| [self.lo, self.hi].iter().all(|end| (end / step - (end / step).round()).abs() < 1e-9);
        let badness = |step: f64| ln(step / raw).abs() - if at_ends(step) { 0.2 } else { 0.0 };
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .filter(|factor| *factor != 2.5 || power >= 10.0)
            .map(|factor| factor * power)
            .min_by(|a, b| badness(*a).total_cmp(&badness(*b)))
            .unwrap_or(power);
        let first = (self.lo / step - 1e-9).ceil();
        let count = ((self.hi / step + 1e-9).floor() - first).max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful, at least 0")]
        let count = count as usize;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 300")]
        let decimals = (-log10(step).floor()).clamp(0.0, 300.0) as usize;
        let largest = self.lo.abs().max(self.hi.abs());
        (0..=count)
            .map(|i| (first + i as f64) * step)
            .map(|value| if value.abs() < step * 1e-6 { 0.0 } else { value })
            .map(|value| {
                let plain = largest < 1e7 && decimals <= 8;
                (value, if plain { minus(&format!("{value:.decimals$}")) } else { power_of_ten(value) })
            })
            .collect()
    }

    fn log_ticks(&self, target: usize) -> Vec<(f64, String)> {
        let (low, high) = (log10(self.lo), log10(self.hi));
        #[expect(clippy::cast_possible_truncation, reason = "exponents of doubles are small")]
        let (first, last) = (low.floor() as i32, high.ceil() as i32);
        let decades = high - low;
        let factors: &[f64] = match decades {
            ..1.6 => &[1.0, 2.0, 3.0, 5.0],
            ..2.6 => &[1.0, 2.0, 5.0],
            ..3.6 => &[1.0, 3.0],
            _ => &[1.0],
        };
        #[expect(clippy::cast_possible_truncation, reason = "a few hundred decades at most")]
        let every = (decades / target.max(1) as f64).ceil().max(1.0) as i32;
        let at = |every: i32, factors: &[f64]| -> Vec<(f64, String)> {
            let exponents = (first..=last).filter(|exponent| exponent.rem_euclid(every) == 0);
            let values = exponents
                .flat_map(|exponent| factors.iter().map(move |factor| (exponent, factor * exp10(f64::from(exponent)))));
            let held = values.filter(|(_, value)| self.holds(*value));
            held.map(|(exponent, value)| {
                let text = if (-4..6).contains(&exponent) { significant(value) } else { power_of_ten(value) };
                (value, text)
            })
            .collect()
        };
        // One number alone does not say what the axis spans.
        let sparse = at(every, factors);
        if sparse.len() > 1 { sparse } else { at(1, &[1.0, 2.0, 5.0]) }
    }
}

/// With a true minus sign.
fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// m × 10^e, as markup of `text`.
fn power_of_ten(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{value:.3e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent = minus(exponent);
    match mantissa {
        "1" => format!("10^{{{exponent}}}"),
        _ => format!("{} × 10^{{{exponent}}}", minus(mantissa)),
    }
}

/// Four significant digits, no more zeros than needed; very large and very small numbers as powers of ten.
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a double is small")]
    let magnitude = log10(value.abs()).floor() as i32;
    if !(-4..=6).contains(&magnitude) {
        return power_of_ten(value);
    }
    let decimals = usize::try_from(3 - magnitude).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    minus(if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text })
}

/// Three significant digits: as much as an estimate says.
pub fn rounded(value: f64) -> String {
    significant(format!("{value:.2e}").parse().unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: Scale, target: usize) -> Vec<String> {
        scale.ticks(target).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(texts(Scale::spanning(2025.0, 2175.0), 7), ["2025", "2050", "2075", "2100", "2125", "2150", "2175"]);
        assert_eq!(texts(Scale::spanning(0.0, 1000.0), 6), ["0", "200", "400", "600", "800", "1000"]);
        assert_eq!(texts(Scale::spanning(-0.11, 0.22), 4), ["\u{2212}0.1", "0.0", "0.1", "0.2"]);
        assert_eq!(texts(Scale { lo: 0.9, hi: 40.0, log: true }, 6), ["1", "2", "5", "10", "20"]);
        for scale in [Scale { lo: 1e-3, hi: 1e200, log: true }, Scale::spanning(0.0, 1e-12), Scale::spanning(0.0, 1e12)]
        {
            assert!((2..=14).contains(&scale.ticks(6).len()), "{scale:?}: {:?}", texts(scale, 6));
        }
    }

    #[test]
    fn a_log_axis_has_two_ticks_at_least_and_spans_a_decade() {
        for lo in [0.011, 0.3, 0.99, 1.01, 4.0] {
            for decades in [1.0, 1.7, 2.9, 3.9, 5.2, 11.0] {
                let scale = Scale { lo, hi: lo * exp10(decades), log: true };
                for target in [2, 3, 6] {
                    assert!(scale.ticks(target).len() > 1, "{scale:?}, {target}");
                }
            }
        }
        assert!(!Scale::holding([1.0, 9.0].into_iter(), None, true).log);
    }

    #[test]
    fn ranges_hold_the_values_and_a_near_anchor() {
        let scale = Scale::holding([1.25, 3.25].into_iter(), Some(1.0), true);
        assert!(!scale.log && scale.holds(1.0) && scale.holds(3.25));
        let scale = Scale::holding([1.3, 140.0].into_iter(), Some(1.0), true);
        assert!(scale.log && scale.holds(1.0) && scale.holds(140.0));
        let scale = Scale::holding([2.0, 2.0].into_iter(), None, true);
        assert!(scale.lo < 2.0 && scale.hi > 2.0);
        // One value far from the anchor: both are on the axis.
        for value in [1e-140, 1e-9, 0.2, 1.0, 3e4, 7.1e10, 1e140] {
            let scale = Scale::holding([value, value].into_iter(), Some(1.0), true);
            assert!(scale.lo < scale.hi && scale.holds(1.0) && scale.holds(value), "{value}: {scale:?}");
        }
        let scale = Scale::spanning(8e223, 8e223);
        assert!(scale.place(8e223) == 0.5, "{scale:?}");
        let scale = Scale::holding(std::iter::empty(), None, true);
        assert!(scale.lo < scale.hi);
    }

    #[test]
    fn numbers_read_well() {
        let cases = [(1.0, "1"), (1.25, "1.25"), (-0.5, "\u{2212}0.5"), (1234.56, "1235"), (2e9, "2 × 10^{9}")];
        for (value, text) in cases {
            assert_eq!(significant(value), text);
        }
    }
}
