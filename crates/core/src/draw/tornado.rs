//! What matters for a measure: a bar for each key, the most important above, with the interval of its estimate. Several estimates
//! of one key (its effect alone, its effect with all others) stand below one another.

use super::Look;
use super::axis::{Scale, rounded, significant};
use super::canvas::{Across, Canvas, stroke};
use super::colour::{INK, SOFT};
use super::svg::document;
use super::text::{literal, width, wrap};
use crate::math::log10;

/// Share of the picture's width that the names of keys take at most.
const NAMES: f64 = 0.36;
/// Pictures at least as wide as this have room for intervals in numbers.
const WIDE: f64 = 520.0;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate itself, in the unit of the axis; of a bias-corrected index it may lie below 0.
    pub value: f64,
    /// Its 95 % interval, low end first; `None` where it is not known.
    pub interval: Option<[f64; 2]>,
}

/// A key.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What people call it.
    pub label: String,
    /// One estimate for each of [`Tornado::series`]; `None` where there is none.
    pub estimates: Vec<Option<Estimate>>,
}

impl Row {
    /// What keys are ordered by: the last estimate that there is, which takes in most.
    fn weight(&self) -> f64 {
        self.estimates.iter().rev().flatten().next().map_or(f64::NEG_INFINITY, |estimate| estimate.value)
    }
}

/// The keys of one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What they matter for; empty where the picture's title says so.
    pub title: String,
    /// In any order: the picture puts the most important first, by the last of their estimates.
    pub rows: Vec<Row>,
}

/// Such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// Heading.
    pub title: String,
    /// Below the heading.
    pub subtitle: String,
    /// What the estimates of a row are: `first order`, `total`. The last is what keys are ordered by.
    pub series: Vec<String>,
    /// What the axis shows, with its unit.
    pub x_label: String,
    /// From top to bottom, all on one axis.
    pub blocks: Vec<Block>,
    /// Said below the picture.
    pub notes: Vec<String>,
}

/// The axis of all estimates and intervals, 0 included.
fn scale(tornado: &Tornado) -> Scale {
    let estimates = tornado.blocks.iter().flat_map(|block| &block.rows).flat_map(|row| &row.estimates).flatten();
    let ends = estimates.flat_map(|estimate| {
        let [low, high] = estimate.interval.unwrap_or([estimate.value; 2]);
        [low, high, estimate.value]
    });
    let (lo, hi) =
        ends.filter(|end| end.is_finite()).fold((0.0_f64, 0.0_f64), |(lo, hi), end| (lo.min(end), hi.max(end)));
    if lo == hi { Scale::spanning(0.0, 1.0) } else { Scale { lo, hi, log: false } }
}

/// An estimate in numbers: 0.442 (0.422 to 0.462). No more digits than its error leaves to it: two of the interval's half width.
fn words(estimate: Estimate, interval: bool) -> String {
    let Some([low, high]) = estimate.interval else { return rounded(estimate.value) };
    let told = |value: f64| told_to(value, (high - low) / 2.0);
    if interval { format!("{} ({} to {})", told(estimate.value), told(low), told(high)) } else { told(estimate.value) }
}

/// A value to the second digit of its error, three digits at most.
fn told_to(value: f64, error: f64) -> String {
    if !(error > 0.0 && error.is_finite()) || value == 0.0 {
        return rounded(value);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a double is small")]
    let second = log10(error).floor() as i32 - 1;
    if second >= 0 {
        return rounded(value);
    }
    let decimals = usize::try_from(-second).unwrap_or(0);
    let cut = |digits: usize| format!("{value:.digits$}").parse::<f64>().unwrap_or(value);
    let kept = cut(decimals.min(300)) + 0.0;
    // What is large beside its error has three digits all the same.
    if rounded(value).len() < significant(kept).len() { rounded(value) } else { significant(kept) }
}

/// The picture as an SVG document.
pub fn render(tornado: &Tornado, look: &Look) -> String {
    let (edge, text, small) = (look.edge(), look.text(), look.small());
    let intervals = look.width >= WIDE;
    let rows = || tornado.blocks.iter().flat_map(|block| &block.rows);
    let label = rows().map(|row| width(&literal(&row.label), text, false)).fold(0.0, f64::max).min(NAMES * look.width);
    let estimates = rows().flat_map(|row| &row.estimates).flatten();
    let numbers = estimates.map(|estimate| width(&words(*estimate, intervals), small, false)).fold(0.0, f64::max);
    let right = look.width - edge - numbers - 8.0;
    let across = Across { left: edge + label + 9.0, end: right, right, x: scale(tornado) };

    let mut body = Canvas::new(look);
    let mut defs = String::new();
    let series = tornado.series.len().max(1);
    (0..series).for_each(|i| look.palette().region(i).define(&look.ids, &mut defs));
    let mut y = body.heading(&literal(&tornado.title), &literal(&tornado.subtitle));
    if series > 1 {
        let samples = tornado.series.iter().enumerate().map(|(i, name)| (look.palette().region(i), name.as_str()));
        y = body.samples(samples, y + 0.6 * text);
    }
    let (bar, air) = (1.15 * small, 0.45 * text);
    for block in &tornado.blocks {
        if !block.title.is_empty() {
            y += 0.5 * text;
            for line in wrap(&literal(&block.title), look.width - 2.0 * edge, text, true, 2) {
                y += 1.3 * text;
                body.text("block", [edge, y], text, " font-weight=\"bold\"", &line);
            }
        }
        let top = y + 0.7 * text;
        let lines = |row: &Row| wrap(&literal(&row.label), label + 1.0, text, false, 5);
        let height = |row: &Row| (bar * series as f64).max(1.15 * text * lines(row).len() as f64) + air;
        let bottom = top + block.rows.iter().map(height).sum::<f64>();
        body.ticks_below(&across, [top, bottom]);
        let mut rows: Vec<&Row> = block.rows.iter().collect();
        rows.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
        y = top;
        for row in rows {
            let (names, high) = (lines(row), height(row));
            body.open(" class=\"key\"");
            let middle = y + high / 2.0;
            let first = middle + 0.36 * text - 0.575 * text * (names.len() as f64 - 1.0);
            for (i, line) in names.iter().enumerate() {
                body.text("label", [edge, first + 1.15 * text * i as f64], text, "", line);
            }
            let start = middle - bar * series as f64 / 2.0;
            for i in 0..series {
                let estimate = row.estimates.get(i).copied().flatten();
                draw_bar(&mut body, estimate, i, &across, [start + bar * i as f64, bar]);
            }
            body.close();
            y += high;
        }
        let zero = across.at(0.0);
        body.line("zero", [zero, top, zero, bottom], &stroke("#444444", 1.0, ""));
        y = bottom + 5.5 + text;
    }
    y = body.axis_title("x-label", &literal(&tornado.x_label), f64::midpoint(across.left, across.end), y);
    y = body.notes(&tornado.notes.iter().map(|note| literal(note)).collect::<Vec<_>>(), y);
    document(&body, [&literal(&tornado.title), &literal(&tornado.subtitle)], y + edge, &defs)
}

/// The bar of the i-th estimate from 0, its interval, and its number.
fn draw_bar(canvas: &mut Canvas<'_>, estimate: Option<Estimate>, i: usize, across: &Across, [top, high]: [f64; 2]) {
    let (look, small) = (canvas.look, canvas.look.small());
    let base = top + high / 2.0 + 0.36 * small;
    let Some(estimate) = estimate.filter(|estimate| estimate.value.is_finite()) else {
        canvas.text("no-value", [across.at(0.0) + 4.0, base], small, &format!(" fill=\"{SOFT}\""), "no value");
        return;
    };
    let (zero, end) = (across.at(0.0), across.at(estimate.value));
    let fill = look.palette().region(i).paint(&look.ids);
    let paint = format!("fill=\"{fill}\" stroke=\"#444444\" stroke-width=\"0.6\"");
    canvas.rect("bar", [zero.min(end), top + 0.5, (end - zero).abs(), high - 1.0], &paint);
    if let Some([low, high_end]) = estimate.interval {
        let (from, until, middle) = (across.at(low), across.at(high_end), top + high / 2.0);
        let ink = stroke(INK, 1.2, "");
        canvas.line("interval", [from, middle, until, middle], &ink);
        for x in [from, until] {
            canvas.line("interval-end", [x, middle - 0.25 * high, x, middle + 0.25 * high], &ink);
        }
    }
    canvas.text("number", [across.right + 8.0, base], small, "", &words(estimate, look.width >= WIDE));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, first: f64, total: Option<f64>) -> Row {
        let of = |value: f64| Estimate { value, interval: Some([value - 0.01, value + 0.01]) };
        Row { label: label.to_owned(), estimates: vec![Some(of(first)), total.map(of)] }
    }

    #[test]
    fn the_most_important_key_is_above_and_bars_are_as_long_as_numbers() {
        // Ishigami's function: by its total effect the first key comes before the second, which alone explains more.
        let rows =
            vec![row("x_3", 0.0, Some(0.2437)), row("x_2", 0.4424, Some(0.4424)), row("x_1", 0.3139, Some(0.5576))];
        let tornado = Tornado {
            title: "Ishigami".to_owned(),
            subtitle: String::new(),
            series: vec!["first order".to_owned(), "total".to_owned()],
            x_label: "Share of the variance".to_owned(),
            blocks: vec![Block { title: String::new(), rows }],
            notes: Vec::new(),
        };
        let svg = render(&tornado, &Look::default());
        let place = |label: &str| svg.find(&format!(">{label}</text>")).expect("a label");
        assert!(place("x_1") < place("x_2") && place("x_2") < place("x_3"));
        let widths: Vec<f64> = svg
            .lines()
            .filter(|line| line.contains("class=\"bar\""))
            .filter_map(|line| line.split("width=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(widths.len(), 6);
        for (own, value) in widths.iter().zip([0.3139, 0.5576, 0.4424, 0.4424, 0.0, 0.2437]) {
            assert!((own / widths[1] - value / 0.5576).abs() < 1e-3, "{widths:?}");
        }
        assert!(svg.contains("0.558 (0.548 to 0.568)"), "{svg}");
    }

    #[test]
    fn a_number_has_the_digits_that_its_error_leaves() {
        let of = |value: f64, half: f64| {
            words(Estimate { value, interval: Some([value - half, value + half]) }, true).replace('\u{2212}', "-")
        };
        assert_eq!(of(0.000_123, 0.0021), "0.0001 (-0.002 to 0.0022)");
        assert_eq!(of(0.000_012, 0.0021), "0 (-0.0021 to 0.0021)");
        assert_eq!(of(0.0104, 0.0049), "0.0104 (0.0055 to 0.0153)");
        assert_eq!(of(0.53, 0.024), "0.53 (0.506 to 0.554)");
        assert_eq!(of(0.123_456, 1e-9), "0.123 (0.123 to 0.123)");
        assert_eq!(of(1234.0, 55.0), "1230 (1180 to 1290)");
        assert_eq!(words(Estimate { value: 0.000_123, interval: None }, true), "0.000123");
    }
}
