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
    short(rounded_to(value, 4, up))
}

/// A number with so many significant digits.
pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}

/// A number with so many significant digits, rounded up or down; what has no more of them anyway is left as it is.
pub fn rounded_to(value: f64, digits: usize, up: bool) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    // In decimal, as it is read: a power of ten times a float would be rounded twice.
    let behind = digits.saturating_sub(1);
    let text = format!("{value:.behind$e}");
    let nearest = rounded(value, digits);
    let beyond = if up { nearest < value } else { nearest > value };
    if !beyond || (nearest - value).abs() <= 1e-13 * value.abs() {
        return nearest;
    }
    let Some((mantissa, exponent)) = text.split_once('e') else { return nearest };
    let step = (0..behind).fold(1.0, |step, _| step / 10.0);
    let Ok(mantissa) = mantissa.parse::<f64>() else { return nearest };
    let moved = if up { mantissa + step } else { mantissa - step };
    format!("{moved:.behind$}e{exponent}").parse().unwrap_or(nearest)
}

/// A number so that it reads as itself: with four digits where these are all, else with all that it has.
pub fn exactly(value: f64) -> String {
    let text = short(value);
    if text.parse() == Ok(value) { text } else { format!("{value}") }
}

/// A share in per cent, with [`percentage`]'s digits.
pub fn percent(share: f64) -> String {
    format!("{} %", percentage(share))
}

/// A share in per cent without its sign: whole ones, a digit more within ten of none and of all, two within one; what is not none or
/// all never reads so.
pub fn percentage(share: f64) -> String {
    let percent = 100.0 * share.abs();
    let sign = if share < 0.0 { "-" } else { "" };
    let near = percent.min((100.0 - percent).abs());
    let digits = match near {
        0.0 | 10.0.. => 0,
        1.0.. => 1,
        0.01.. => 2,
        _ if percent < 50.0 => return format!("{}0.01", if share < 0.0 { "over -" } else { "under " }),
        // Sums of shares end a rounding beside one.
        _ if near < 1e-9 => return format!("{sign}100"),
        _ if percent < 100.0 => return format!("{}99.99", if share < 0.0 { "under -" } else { "over " }),
        _ => 2,
    };
    let text = format!("{percent:.digits$}");
    let text = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{sign}{text}")
}

/// A change as a share, in per cent and with its sign: one digit behind the point below ten, and as many as it takes for what is no
/// change to be told from a small one.
pub fn change(share: f64) -> String {
    let percent = 100.0 * share;
    match percent.abs() {
        size if size >= 9.95 => format!("{percent:+.0} %"),
        size if size >= 0.05 || size == 0.0 => format!("{percent:+.1} %"),
        size if size >= 1e-6 => {
            let decimals =
                (2..=7).find(|&decimals| format!("{size:.decimals$}").contains(|c| ('1'..='9').contains(&c)));
            format!("{percent:+.*} %", decimals.unwrap_or(7))
        }
        _ => format!("{percent:+.0e} %"),
    }
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

/// A number of years.
pub fn years(value: f64) -> String {
    let text = short(value);
    if text == "1" { "1 year".to_owned() } else { format!("{text} years") }
}

/// A year to two decimals, without zeros that say nothing.
pub fn year(value: f64) -> String {
    if value.abs() > 1e9 {
        return format!("{value:e}");
    }
    let rounded = (value * 100.0).round() / 100.0;
    format!("{rounded}")
}

/// A year as a sentence has it, where t = 0 is the year `start`: a calendar year, its middle by that name, or a year of the run
/// where t = 0 has none.
pub fn date(start: f64, value: f64) -> String {
    if start == 0.0 {
        return format!("year {}", year(value));
    }
    let text = year(value);
    match text.strip_suffix(".5") {
        Some(whole) if value > 0.0 => format!("mid-{whole}"),
        _ => text,
    }
}

/// The date `t`, years after t = 0, as a sentence or a table has the value of a key that counts them: its year, and what is
/// written for it in a scenario.
pub fn date_of_key(start: f64, t: f64) -> String {
    let when = date(start, start + t);
    if start == 0.0 { when } else { format!("{when} (t = {})", year(t)) }
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
        assert_eq!([short_to(12_345.6, true), short_to(12_345.6, false)], ["12350", "12340"]);
        assert_eq!([short_to(2.345_67e-6, true), short_to(2.345_67e-6, false)], ["2.346e-6", "2.345e-6"]);
        assert_eq!([short_to(0.999_96, true), short_to(9.999_9e-7, true)], ["1", "1.000e-6"]);
        for value in [0.123_456, 3.999_99, 7.0, 1e-9 / 3.0, -2.5e7 / 3.0] {
            for digits in [4, 6, 9] {
                let [low, high] = [false, true].map(|up| rounded_to(value, digits, up));
                assert!(low <= value && value <= high && high - low <= 1.1e-3 * value.abs(), "{low} {value} {high}");
                assert_eq!(exactly(low).parse(), Ok(low));
            }
        }
    }

    #[test]
    fn a_date_is_a_year_its_middle_or_a_year_of_the_run() {
        assert_eq!(
            [2028.0, 2028.5, 2028.25, 1e10].map(|year| date(2000.0, year)),
            ["2028", "mid-2028", "2028.25", "1e10"]
        );
        assert_eq!([0.0, 28.5].map(|year| date(0.0, year)), ["year 0", "year 28.5"]);
        assert_eq!(date(-100.0, -0.5), "-0.5", "there is no year 0 to be in the middle of");
        assert_eq!([8.0, 8.5].map(|t| date_of_key(2000.0, t)), ["2008 (t = 8)", "mid-2008 (t = 8.5)"]);
        assert_eq!(date_of_key(0.0, 8.0), "year 8");
    }

    #[test]
    fn shares_are_none_or_all_only_where_they_are() {
        let said = [0.0, 1e-6, 0.004, 0.097, 0.1234, 0.93, 0.9712, 0.99972, 0.999_99, 1.0, 1.04].map(percent);
        let meant = [
            "0 %",
            "under 0.01 %",
            "0.4 %",
            "9.7 %",
            "12 %",
            "93 %",
            "97.1 %",
            "99.97 %",
            "over 99.99 %",
            "100 %",
            "104 %",
        ];
        assert_eq!(said, meant);
        assert_eq!([percentage(1.0 / 3.0), percentage(-0.0712)], ["33", "-7.1"]);
        assert_eq!([change(0.03), change(-0.3)], ["+3.0 %", "-30 %"]);
    }
}
