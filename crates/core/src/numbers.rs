//! Numbers as people read them, the same on the terminal and on a page.

use crate::math::log10;

/// Four significant digits, no more zeros than needed.
pub fn short(value: f64) -> String {
    if value.is_infinite() {
        return "no bound".to_owned();
    }
    if value == 0.0 || value.is_nan() {
        return format!("{value}");
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a double is small")]
    let magnitude = log10(value.abs()).floor() as i32;
    if !(-4..=6).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let decimals = usize::try_from(3 - magnitude).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The same rounded up, or down: of a bound, to the side on which what is said of it is true.
pub fn short_to(value: f64, up: bool) -> String {
    if !value.is_finite() || value == 0.0 {
        return short(value);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a double is small")]
    let magnitude = log10(value.abs()).floor() as i32;
    if !(-4..=6).contains(&magnitude) {
        return short(value);
    }
    let scale = (0..3 - magnitude).fold(1.0, |scale, _| scale * 10.0);
    let scaled = value * scale;
    let near = scaled.round();
    // What has these digits anyway is left as it is.
    let rounded = match (scaled - near).abs() <= 1e-9 * scaled.abs() {
        true => near,
        false if up => scaled.ceil(),
        false => scaled.floor(),
    };
    short(rounded / scale)
}

/// Six decimals, to be set against another number; an exponent where these would say nothing, or too much.
pub fn precise(value: f64) -> String {
    match value.abs() {
        f64::INFINITY => "no bound".to_owned(),
        size if size == 0.0 || (1e-3..1e9).contains(&size) => format!("{value:.6}"),
        _ => format!("{value:.6e}"),
    }
}

/// A text in which a number and its unit, or both sides of an equals sign, stay on one line.
pub fn unbroken(text: &str) -> String {
    let mut joined = text.replace(" = ", "\u{a0}=\u{a0}");
    for digit in '0'..='9' {
        joined = joined.replace(&format!("{digit} %"), &format!("{digit}\u{a0}%"));
    }
    joined
}

/// A count, its thousands apart.
pub fn counted(count: u64) -> String {
    let digits = count.to_string();
    let mut said = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

/// A year to two decimals, without zeros that say nothing.
pub fn year(value: f64) -> String {
    if value.abs() > 1e9 {
        return format!("{value:e}");
    }
    let rounded = (value * 100.0).round() / 100.0;
    format!("{rounded}")
}

/// A time of so many seconds.
pub fn lasting(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    let (amount, unit) = match seconds {
        _ if seconds < 1.0 => return "under 1 s".to_owned(),
        _ if seconds < 2.0 * MINUTE => (seconds, "s"),
        _ if seconds < 2.0 * HOUR => (seconds / MINUTE, "min"),
        _ if seconds < 2.0 * DAY => (seconds / HOUR, "h"),
        _ => (seconds / DAY, "days"),
    };
    format!("{amount:.0} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_rounded_to_the_side_that_is_asked_for() {
        assert_eq!([short_to(0.754_36, true), short_to(0.754_36, false)], ["0.7544", "0.7543"]);
        assert_eq!([short_to(-2.182_9, true), short_to(-2.182_9, false)], ["-2.182", "-2.183"]);
        assert_eq!([short_to(1.06, true), short_to(1.06, false), short_to(0.0, true)], ["1.06", "1.06", "0"]);
        assert_eq!([short_to(12_345.6, true), short_to(12_345.6, false)], ["12346", "12345"]);
    }
}
