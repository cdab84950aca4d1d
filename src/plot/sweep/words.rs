//! What the columns of a sweep are called on a picture, and in which units.

use crate::draw::colour::Ramp;
use crate::error::Error;
use crate::measure::Better;
use crate::plot::unfit;

/// The colours of a measure.
pub(super) fn ramp(difference: Option<Better>) -> Ramp {
    match difference {
        None => Ramp::Size,
        Some(Better::Below) => Ramp::BetterBelow,
        Some(Better::Above) => Ramp::BetterAbove,
    }
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
    fn a_name_nearly_right_gets_a_suggestion() {
        let keys = ["catch_up.beta", "sector.textiles.lambda"];
        let error = unknown("--x", "lamda", "varied key", &keys);
        assert!(error.hint.contains("sector.textiles.lambda"), "{error:?}");
        assert!(error.note.contains("catch_up.beta"));
        assert_eq!(unknown("--x", "something else", "varied key", &keys).hint, "");
    }
}
