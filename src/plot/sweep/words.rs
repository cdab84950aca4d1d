//! What the columns of a sweep are called on a picture, and in which units.

use crate::draw::colour::Ramp;
use crate::error::Error;
use crate::plot::unfit;
use crate::scenario::key::Key;
use crate::scenario::keys;

/// Which side of zero is the better one, of a difference from the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    Below,
    Above,
}

/// The colours of a measure.
pub(super) fn ramp(better: Option<Better>) -> Ramp {
    match better {
        None => Ramp::Size,
        Some(Better::Below) => Ramp::BetterBelow,
        Some(Better::Above) => Ramp::BetterAbove,
    }
}

/// A measure of a run, as a column of `runs.parquet`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    /// Column.
    pub(super) name: &'static str,
    /// On axes, with its unit. Marked up.
    pub(super) title: &'static str,
    /// In a sentence.
    pub(super) short: &'static str,
    /// Of a difference from the baseline: its better side.
    pub(super) better: Option<Better>,
    /// Whether ratios of its values mean something: where they range widely, the scale is logarithmic.
    pub(super) ratio: bool,
    /// Whether it counts.
    pub(super) whole: bool,
}

const fn measure(name: &'static str, title: &'static str, short: &'static str) -> Measure {
    Measure { name, title, short, better: None, ratio: false, whole: false }
}

const fn ratio(measure: Measure) -> Measure {
    Measure { ratio: true, ..measure }
}

const fn difference(measure: Measure, better: Better) -> Measure {
    Measure { better: Some(better), ..measure }
}

/// Every measure, in the order of the table.
pub(super) const MEASURES: [Measure; 9] = [
    ratio(measure("initial_gap", "Income gap at the start, w_{R} / w_{P}", "income gap at the start")),
    ratio(measure("final_gap", "Income gap at the horizon, w_{R} / w_{P}", "income gap at the horizon")),
    ratio(measure("long_run_gap", "Income gap in the long run, w_{R} / w_{P}", "income gap in the long run")),
    ratio(measure("half_life", "Half-life of the distance to the long run, years", "half-life")),
    Measure { whole: true, ..measure("regime_changes", "Changes of regime", "number of changes of regime") },
    measure("welfare", "Welfare, discounted sum of ln v_{P}", "welfare"),
    measure("subsidy_pv", "Subsidy, present value, R-wages per worker", "present value of the subsidy"),
    difference(
        measure(
            "d_final_gap",
            "Income gap at the horizon, minus the baseline’s",
            "income gap at the horizon minus the baseline’s",
        ),
        Better::Below,
    ),
    difference(
        measure("equivalent_variation", "Equivalent variation, share of the baseline’s income", "equivalent variation"),
        Better::Above,
    ),
];

/// What `--by` calls the verdict.
pub(super) const VERDICT: &str = "verdict";

/// The measure of that name.
pub(super) fn by_name(name: &str) -> Option<Measure> {
    MEASURES.into_iter().find(|measure| measure.name == name)
}

/// A key as the title of its axis.
pub(super) fn key_title(key: &str) -> String {
    let title = crate::draw::text::literal(key);
    match keys::find(key).and_then(Key::unit_shown) {
        Some(unit) => format!("{title}, {unit}"),
        None => title,
    }
}

/// A share as people write it, in percent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    let text = match share {
        0.0 => "0".to_owned(),
        ..0.01 => "under 0.01".to_owned(),
        ..0.1 => format!("{share:.2}"),
        ..10.0 => format!("{share:.1}"),
        99.95..100.0 => "over 99.9".to_owned(),
        _ => format!("{share:.0}"),
    };
    format!("{text} %")
}

/// A count with its digits in groups of three.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Why `typed` names nothing, what does, and which of it was probably meant.
pub(super) fn unknown(option: &str, typed: &str, what: &str, known: &[&str]) -> Error {
    let lower = typed.to_lowercase();
    // The last part of a dotted key is what people remember.
    let distance = |name: &str| {
        let name = name.to_lowercase();
        let last = name.rsplit('.').next().unwrap_or(&name);
        strsim::damerau_levenshtein(&lower, &name).min(strsim::damerau_levenshtein(&lower, last))
    };
    let nearest = known.iter().map(|name| (distance(name), *name)).min_by_key(|(distance, _)| *distance);
    let near = nearest.filter(|(distance, _)| *distance <= (typed.chars().count() / 3).max(1));
    let hint = near.map_or_else(String::new, |(_, name)| format!("did you mean `{name}`?"));
    let typed: String = typed.chars().take(60).collect();
    unfit(format!("{option} {typed}: no {what} of that name"), format!("expected {}", known.join(", ")), &hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_carry_their_units() {
        assert_eq!(key_title("catch_up.beta"), "catch_up.beta, per year");
        assert_eq!(key_title("shock.0.set.growth.x"), "shock.0.set.growth.x, per year");
        assert_eq!(key_title("policy.0.until"), "policy.0.until, years after t = 0");
        assert_eq!(key_title("sector.textiles.lambda"), "sector.textiles.lambda");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(10_000_000), "10,000,000");
        assert_eq!(count(999), "999");
        assert_eq!(percent(1, 3), "33 %");
        assert_eq!(percent(1, 1_000_000), "under 0.01 %");
        assert_eq!(percent(999_999, 1_000_000), "over 99.9 %");
        assert_eq!(percent(5, 5), "100 %");
    }

    #[test]
    fn a_name_nearly_right_gets_a_suggestion() {
        let keys = ["catch_up.beta", "sector.textiles.lambda"];
        let error = unknown("--x", "lamda", "varied key", &keys);
        assert!(error.hint.contains("sector.textiles.lambda"), "{error:?}");
        assert!(error.note.contains("catch_up.beta"));
        assert_eq!(unknown("--x", "something else", "varied key", &keys).hint, "");
    }
}
