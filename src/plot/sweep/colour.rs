//! Colours of a heat map: of verdicts, with a hatching each, and of numbers, perceptually uniform.

use crate::measure::Better;

/// Kinds of cells by verdict: the verdicts in the order of their ids, then runs that failed.
pub(super) const KINDS: usize = 6;
/// The kind of runs that failed.
pub(super) const FAILED_KIND: usize = 5;

/// Name of the pattern, colour (the palette of Okabe and Ito), hatching.
pub(super) const VERDICT: [(&str, &str, &str); KINDS] = [
    ("falling-behind", "#D55E00", "M0 8L8 0M-2 2L2 -2M6 10L10 6"),
    ("persistent-gap", "#E69F00", ""),
    ("converging", "#56B4E9", "M3 4H5"),
    ("converged", "#0072B2", ""),
    ("ahead", "#009E73", "M4 0V8"),
    ("failed", "#8C8C8C", "M0 0L8 8M0 8L8 0"),
];

/// Viridis at equal steps.
const VIRIDIS: [&str; 11] = [
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26",
    "#fde725",
];
/// From worse over white to better.
const DIVERGING: [&str; 11] = [
    "#7f2704", "#b03b03", "#e05206", "#f68d3f", "#fdc994", "#f7f7f7", "#c6dcec", "#83b7d8", "#3f8ac0", "#1a5899",
    "#053061",
];

/// The colours along a scale, from its low end to its high one.
pub(super) fn stops(better: Option<Better>) -> [&'static str; 11] {
    let mut stops = if better.is_some() { DIVERGING } else { VIRIDIS };
    if better == Some(Better::Below) {
        stops.reverse();
    }
    stops
}

/// The colour at `share` of a scale.
pub(super) fn at(better: Option<Better>, share: f64) -> String {
    let stops = stops(better);
    let along = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 9")]
    let below = (along.floor() as usize).min(stops.len() - 2);
    let part = along - below as f64;
    let channel = |stop: &str, k: usize| u8::from_str_radix(&stop[1 + 2 * k..3 + 2 * k], 16).map_or(0.0, f64::from);
    let mut text = "#".to_owned();
    for k in 0..3 {
        let (low, high) = (channel(stops[below], k), channel(stops[below + 1], k));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let mixed = (low + part * (high - low)).round() as u8;
        text += &format!("{mixed:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance.
    fn light(colour: &str) -> f64 {
        let channel = |k: usize| {
            let value = f64::from(u8::from_str_radix(&colour[1 + 2 * k..3 + 2 * k], 16).expect("hex")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
    }

    #[test]
    fn numbers_get_lighter_with_size_and_differences_with_nearness_to_zero() {
        let lights: Vec<f64> = (0..=50).map(|i| light(&at(None, f64::from(i) / 50.0))).collect();
        assert!(lights.windows(2).all(|pair| pair[0] < pair[1]), "{lights:?}");
        for better in [Better::Above, Better::Below] {
            let lights: Vec<f64> = (0..=50).map(|i| light(&at(Some(better), f64::from(i) / 50.0))).collect();
            assert!(lights[..26].windows(2).all(|pair| pair[0] < pair[1]), "{lights:?}");
            assert!(lights[25..].windows(2).all(|pair| pair[0] > pair[1]), "{lights:?}");
        }
        assert_eq!(at(Some(Better::Below), 1.0), at(Some(Better::Above), 0.0));
    }

    #[test]
    fn verdicts_differ_in_grey_by_light_or_hatching() {
        for (i, (_, a, hatch_a)) in VERDICT.iter().enumerate() {
            for (_, b, hatch_b) in &VERDICT[i + 1..] {
                assert!(hatch_a != hatch_b || (light(a) - light(b)).abs() > 0.2, "{a} {b}");
            }
        }
    }
}
