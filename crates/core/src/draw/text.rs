//! Text on a picture: how wide it is in the font that a picture names first, and how it is written in SVG.
//!
//! Markup: `w_{P}` sets P below the line, `10^{3}` sets 3 above it.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Fonts that a picture asks for, the one that ships with the program first.
pub const FAMILY: &str = "'Noto Sans', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

/// Size of what stands below or above the line, relative to the text.
const SCRIPT: f64 = 0.72;
/// How far below the line, relative to the text's size.
const DOWN: f64 = 0.22;
/// How far above the line, relative to the text's size.
const UP: f64 = 0.38;

/// Width of a text without markup, relative to its size.
fn plain_width(text: &str, bold: bool) -> f64 {
    let bytes = if bold { notosans::BOLD_TTF } else { notosans::REGULAR_TTF };
    let Ok(font) = FontRef::new(bytes) else { return 0.6 * text.chars().count() as f64 };
    let metrics = font.metrics(Size::unscaled(), LocationRef::default());
    let glyphs = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let charmap = font.charmap();
    let em = f64::from(metrics.units_per_em);
    let advance = |c: char| charmap.map(c).and_then(|glyph| glyphs.advance_width(glyph));
    // What the font does not have comes from another one, in which it is hardly wider than a square.
    text.chars().map(|c| advance(c).map_or(1.0, |width| f64::from(width) / em)).sum()
}

/// A piece of marked-up text.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Line(&'a str),
    Below(&'a str),
    Above(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = [rest.find("_{"), rest.find("^{")].into_iter().flatten().min() {
        let Some(length) = rest[at..].find('}') else { break };
        found.push(Piece::Line(&rest[..at]));
        let inside = &rest[at + 2..at + length];
        found.push(if rest[at..].starts_with('_') { Piece::Below(inside) } else { Piece::Above(inside) });
        rest = &rest[at + length + 1..];
    }
    found.push(Piece::Line(rest));
    found.retain(|piece| !matches!(piece, Piece::Line("")));
    found
}

/// Width of marked-up text at `size`.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let of = |piece: Piece<'_>| match piece {
        Piece::Line(text) => plain_width(text, bold),
        Piece::Below(text) | Piece::Above(text) => SCRIPT * plain_width(text, bold),
    };
    size * pieces(text).into_iter().map(of).sum::<f64>()
}

/// Marked-up text as content of an SVG `text` element of `size`.
pub fn content(text: &str, size: f64) -> String {
    let mut svg = String::new();
    // Offset of the line that the text before has left.
    let mut offset = 0.0;
    for piece in pieces(text) {
        let (text, wanted, script) = match piece {
            Piece::Line(text) => (text, 0.0, false),
            Piece::Below(text) => (text, DOWN * size, true),
            Piece::Above(text) => (text, -UP * size, true),
        };
        let (shift, text) = (wanted - offset, escape(text));
        offset = wanted;
        if shift == 0.0 && !script {
            svg += &text;
        } else {
            let font = if script { format!(" font-size=\"{}\"", number(SCRIPT * size)) } else { String::new() };
            svg += &format!("<tspan dy=\"{}\"{font}>{text}</tspan>", number(shift));
        }
    }
    svg
}

/// Text as XML. Characters that XML cannot hold are replaced.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\x1f' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A text of the user's, in which markup means nothing.
pub fn literal(text: &str) -> String {
    // A zero-width joiner between the signs keeps them apart and does not show.
    text.replace("_{", "_\u{200d}{").replace("^{", "^\u{200d}{")
}

/// A coordinate: two decimals, no more zeros than needed. What is far outside every picture is no further than that.
pub fn number(value: f64) -> String {
    let text = format!("{:.2}", value.clamp(-1e6, 1e6));
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Whether the sign at `at` belongs to what stands around it: between a number and its unit, beside an equals sign, before digits.
fn binds(text: &str, at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    match text.as_bytes()[at] {
        b' ' => after.starts_with(['%', '=', '<', '>', '≤', '≥']) || before.ends_with(['=', '<', '>', '≤', '≥']),
        b'-' => after.starts_with(|next: char| next.is_ascii_digit()),
        _ => false,
    }
}

/// Breaks a plain text into at most `lines` lines of at most `room`; what does not fit ends in "…".
pub fn wrap(text: &str, room: f64, size: f64, bold: bool, lines: usize) -> Vec<String> {
    let fits = |text: &str| width(text, size, bold) <= room;
    let mut done: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if fits(rest) {
            done.push(rest.to_owned());
            break;
        }
        // The longest start that fits, with room for the sign that more would follow on the last line.
        let last = done.len() + 1 == lines;
        let end = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|end| fits(&format!("{}{}", &rest[..*end], if last { "…" } else { "" })))
            .last()
            .unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8));
        if last {
            done.push(format!("{}…", rest[..end].trim_end_matches([' ', '.', ',', ';', ':'])));
            break;
        }
        // Better after a space or a hyphen.
        let at = rest[..end].rmatch_indices([' ', '-', '_', ':']).find(|(at, _)| !binds(rest, *at));
        let at = at.map_or(end, |(at, _)| at + 1);
        let at = if at * 3 < end { end } else { at };
        done.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_shifted_spans_and_everything_is_escaped() {
        assert_eq!(content("a < b & \"c\"", 10.0), "a &lt; b &amp; &quot;c&quot;");
        assert_eq!(
            content("w_{P} up", 10.0),
            "w<tspan dy=\"2.2\" font-size=\"7.2\">P</tspan><tspan dy=\"-2.2\"> up</tspan>"
        );
        assert_eq!(content(&literal("a_{b}"), 10.0), "a_\u{200d}{b}");
        assert_eq!(content("open _{brace", 10.0), "open _{brace");
        assert!(!escape("a\0b\x08").contains(['\0', '\x08']));
    }

    #[test]
    fn widths_are_those_of_the_font() {
        assert!(width("iiii", 10.0, false) < width("mmmm", 10.0, false));
        assert!(width("gap", 10.0, true) > width("gap", 10.0, false));
        assert!((width("gapgap", 10.0, false) / width("gap", 20.0, false) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn wrapping_keeps_what_fits_and_shows_what_is_left_out() {
        let lines = wrap("a-long-name-of-a-scenario-that-nobody-would-choose", 120.0, 11.0, false, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 11.0, false) <= 120.0), "{lines:?}");
        assert!(lines[1].ends_with('…'));
        assert_eq!(wrap("short", 120.0, 11.0, false, 2), ["short"]);
    }

    #[test]
    fn a_number_keeps_its_unit() {
        let text = "Keys that explain under 1 % at t = 0 are left out, as are -0.5 and more";
        for room in 30..200 {
            let lines = wrap(text, f64::from(room), 10.0, false, 99);
            let torn = |line: &String| line.starts_with(['%', '=', '0']) || line.ends_with(['=', '-']);
            // What has no room at all is torn all the same.
            assert!(room < 80 || !lines.iter().any(torn), "{room}: {lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
