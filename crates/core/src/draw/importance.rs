//! What matters for what, at a glance: a table of keys and measures, the darker the more a key matters.

use super::Look;
use super::axis::{Scale, rounded};
use super::canvas::{Canvas, stroke};
use super::colour::{INK, NO_VALUE, Ramp};
use super::svg::document;
use super::text::{literal, number, width, wrap};

/// Share of the picture's width that the names of keys take at most.
const NAMES: f64 = 0.36;
/// From this share of the scale on, a cell is so dark that its number is white.
const DARK: f64 = 0.5;

/// Such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// Heading.
    pub title: String,
    /// Below the heading: what the numbers are.
    pub subtitle: String,
    /// What people call the keys, from top to bottom.
    pub keys: Vec<String>,
    /// What people call the measures, from left to right.
    pub measures: Vec<String>,
    /// For each key, one number per measure, as a rule from 0 to 1; `None` where it cannot be told.
    pub cells: Vec<Vec<Option<f64>>>,
    /// Said below the picture.
    pub notes: Vec<String>,
}

/// The picture as an SVG document.
pub fn render(importance: &Importance, look: &Look) -> String {
    let (edge, text, small) = (look.edge(), look.text(), look.small());
    let mut body = Canvas::new(look);
    let mut defs = String::new();
    NO_VALUE.define(&look.ids, &mut defs);
    let names = importance.keys.iter().map(|key| width(&literal(key), text, false));
    let label = names.fold(0.0, f64::max).min(NAMES * look.width);
    let left = edge + label + 9.0;
    let columns = importance.measures.len().max(1) as f64;
    let cell = ((look.width - edge - left) / columns).min(110.0 * look.scale());
    let values = importance.cells.iter().flatten().flatten().copied().filter(|value| value.is_finite());
    let scale = Scale { lo: 0.0, hi: values.fold(1.0, f64::max), log: false };

    let mut y = body.heading(&literal(&importance.title), &literal(&importance.subtitle)) + 0.7 * text;
    // Names of measures stand upright where some would not fit above their column.
    let lines = |name: &String| wrap(&literal(name), cell - 6.0, small, false, 3);
    let whole =
        |name: &String| !lines(name).iter().any(|line| line.ends_with('…')) && longest_word(name, small) <= cell - 6.0;
    let upright = !importance.measures.iter().all(whole);
    let highest = importance.measures.iter().map(|name| match upright {
        true => width(&literal(name), small, false).min(150.0 * look.scale()),
        false => 1.25 * small * lines(name).len() as f64,
    });
    y += highest.fold(0.0, f64::max);
    for (i, name) in importance.measures.iter().enumerate() {
        let middle = left + cell * (i as f64 + 0.5);
        if upright {
            let (x, base) = (middle + 0.36 * small, y - 4.0);
            let more = format!(" transform=\"rotate(-90 {} {})\"", number(x), number(base));
            let says = wrap(&literal(name), 150.0 * look.scale(), small, false, 1).concat();
            body.text("measure", [x, base], small, &more, &says);
            continue;
        }
        let lines = lines(name);
        for (k, line) in lines.iter().enumerate() {
            let base = y - 4.0 - 1.25 * small * (lines.len() - 1 - k) as f64;
            body.text("measure", [middle, base], small, " text-anchor=\"middle\"", line);
        }
    }
    for (key, cells) in importance.keys.iter().zip(&importance.cells) {
        let lines = wrap(&literal(key), label + 1.0, text, false, 3);
        let high = 1.15 * text * lines.len() as f64 + 0.5 * text;
        let middle = y + high / 2.0;
        body.open(" class=\"key\"");
        for (i, line) in lines.iter().enumerate() {
            let first = middle + 0.36 * text - 0.575 * text * (lines.len() as f64 - 1.0);
            body.text("label", [edge, first + 1.15 * text * i as f64], text, "", line);
        }
        for (i, value) in cells.iter().enumerate().take(importance.measures.len()) {
            let place = [left + cell * i as f64, y, cell, high];
            let Some(value) = value.filter(|value| value.is_finite()) else {
                let paint = format!("fill=\"{}\" {}", NO_VALUE.paint(&look.ids), stroke("#FFFFFF", 1.0, ""));
                body.rect("cell", place, &paint);
                continue;
            };
            let share = scale.place(value).clamp(0.0, 1.0);
            // The better half of the scale of differences: from white.
            let colour = look.palette().number(Ramp::BetterAbove, 0.5 + share / 2.0);
            body.rect("cell", place, &format!("fill=\"{colour}\" {}", stroke("#FFFFFF", 1.0, "")));
            let says = shown(value);
            if width(&says, small, false) <= cell - 2.0 {
                let ink = if share >= DARK { "#FFFFFF" } else { INK };
                let at = [left + cell * (i as f64 + 0.5), middle + 0.36 * small];
                body.text("number", at, small, &format!(" text-anchor=\"middle\" fill=\"{ink}\""), &says);
            }
        }
        body.close();
        y += high;
    }
    y = body.notes(&importance.notes.iter().map(|note| literal(note)).collect::<Vec<_>>(), y + 0.4 * text);
    document(&body, [&literal(&importance.title), &literal(&importance.subtitle)], y + edge, &defs)
}

/// Two decimals are as much as an eye compares.
fn shown(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.2}").replace('-', "\u{2212}") } else { rounded(value) }
}

fn longest_word(name: &str, size: f64) -> f64 {
    name.split([' ', '-']).map(|word| width(&literal(word), size, false)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_more_is_darker_and_what_is_not_known_is_hatched() {
        let importance = Importance {
            title: "What matters".to_owned(),
            subtitle: String::new(),
            keys: vec!["β".to_owned(), "λ".to_owned()],
            measures: vec!["final gap".to_owned(), "welfare".to_owned()],
            cells: vec![vec![Some(0.9), Some(0.2)], vec![Some(0.05), None]],
            notes: Vec::new(),
        };
        for grey in [false, true] {
            let svg = render(&importance, &Look { grey, ..Look::default() });
            let fills: Vec<&str> = svg
                .lines()
                .filter(|line| line.contains("class=\"cell\""))
                .filter_map(|line| line.split("fill=\"").nth(1)?.split('"').next())
                .collect();
            let light = |fill: &str| u32::from_str_radix(&fill[1..3], 16).expect("a colour");
            assert!(light(fills[0]) < light(fills[1]) && light(fills[1]) < light(fills[2]), "{fills:?}");
            assert_eq!(fills[3], "url(#no-value)");
            assert!(svg.contains(">0.90<") && svg.contains(">0.05<"));
        }
    }
}
