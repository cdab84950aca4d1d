//! Which policy: for each the regret that is expected, that of the worst tenth and the highest, and in which share of the draws it
//! is the best of all.

use super::Look;
use super::axis::{Scale, rounded};
use super::canvas::{Across, Canvas, stroke};
use super::colour::{INK, SOFT};
use super::svg::document;
use super::text::{literal, number, width, wrap};
use crate::numbers::percent;

/// Share of the picture's width that the names take at most.
const NAMES: f64 = 0.3;
/// Share of what is left of it that the regrets take.
const REGRETS: f64 = 0.66;
/// How to read it.
const READING: &str =
    "Bar: expected regret. Tick: exceeded in one draw of ten. Diamond: the highest. The numbers are these three.";

/// A variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What people call it.
    pub label: String,
    /// Expected regret, at least 0; `None` where it cannot be told, here and below.
    pub expected: Option<f64>,
    /// Regret that one draw of ten exceeds.
    pub ninetieth: Option<f64>,
    /// The highest regret.
    pub maximum: Option<f64>,
    /// Share of the draws in which no other variant is better, 0 to 1.
    pub best: Option<f64>,
}

/// Such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Regret {
    /// Heading.
    pub title: String,
    /// Below the heading.
    pub subtitle: String,
    /// What regret is measured in.
    pub x_label: String,
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// Said below the picture.
    pub notes: Vec<String>,
}

/// The picture as an SVG document.
pub fn render(regret: &Regret, look: &Look) -> String {
    let (edge, text, small) = (look.edge(), look.text(), look.small());
    let mut body = Canvas::new(look);
    let mut defs = String::new();
    (0..2).for_each(|i| look.palette().region(i).define(&look.ids, &mut defs));
    let names = regret.rows.iter().map(|row| width(&literal(&row.label), text, false));
    let label = names.fold(0.0, f64::max).min(NAMES * look.width);
    let share = width("100 %", small, false) + 6.0;
    let left = edge + label + 12.0;
    let room = look.width - edge - left;
    let end = left + REGRETS * room - 12.0;
    let values = regret.rows.iter().flat_map(|row| [row.expected, row.ninetieth, row.maximum]).flatten();
    let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let x = Scale { lo: 0.0, hi: if most > 0.0 { most } else { 1.0 }, log: false };
    let across = Across { left, end, right: end, x };
    let whole = Scale { lo: 0.0, hi: 100.0, log: false };
    let best = Across { left: left + REGRETS * room + 12.0, end: look.width - edge - share, right: 0.0, x: whole };
    let best = Across { right: best.end, ..best };

    let mut y = body.heading(&literal(&regret.title), &literal(&regret.subtitle)) + 0.4 * text;
    let mut head = [y, y];
    let titles = [
        (&across, "Regret".to_owned(), end - left),
        (&best, "Best of all in".to_owned(), look.width - edge - best.left),
    ];
    for ((axis, title, room), y) in titles.iter().zip(&mut head) {
        for line in wrap(title, *room, text, true, 2) {
            *y += 1.3 * text;
            body.text("head", [axis.left, *y], text, " font-weight=\"bold\"", &line);
        }
    }
    y = head[0].max(head[1]) + 0.6 * text;
    let lines = |row: &Row| wrap(&literal(&row.label), label + 1.0, text, false, 3);
    let height = |row: &Row| (1.15 * text * lines(row).len() as f64).max(1.15 * text + 1.3 * small) + 0.55 * text;
    let bottom = y + regret.rows.iter().map(height).sum::<f64>();
    body.ticks_below(&across, [y, bottom]);
    body.ticks_below(&best, [y, bottom]);
    for row in &regret.rows {
        body.open(" class=\"variant\"");
        for (i, line) in lines(row).iter().enumerate() {
            body.text("label", [edge, y + 0.9 * text + 1.15 * text * i as f64], text, "", line);
        }
        draw_regret(&mut body, row, &across, y);
        draw_best(&mut body, row.best, &best, y);
        body.close();
        y += height(row);
    }
    for axis in [&across, &best] {
        body.line(
            "zero",
            [axis.left, head[0].max(head[1]) + 0.4 * text, axis.left, bottom],
            &stroke("#444444", 1.0, ""),
        );
    }
    y = body.axis_title("x-label", &literal(&regret.x_label), f64::midpoint(left, end), bottom + 5.5 + text);
    let notes: Vec<String> =
        std::iter::once(READING.to_owned()).chain(regret.notes.iter().map(|note| literal(note))).collect();
    y = body.notes(&notes, y);
    document(&body, [&literal(&regret.title), &literal(&regret.subtitle)], y + edge, &defs)
}

fn draw_regret(canvas: &mut Canvas<'_>, row: &Row, across: &Across, top: f64) {
    let (look, text, small) = (canvas.look, canvas.look.text(), canvas.look.small());
    let (high, middle) = (1.15 * text, top + 0.575 * text);
    let below = top + high + small;
    let known = |value: Option<f64>| value.filter(|value| value.is_finite());
    let Some(expected) = known(row.expected) else {
        canvas.text("no-value", [across.left + 4.0, top + 0.9 * text], small, &format!(" fill=\"{SOFT}\""), "no value");
        return;
    };
    let until = across.at(expected);
    if let Some(maximum) = known(row.maximum) {
        canvas.line("reach", [until, middle, across.at(maximum), middle], &stroke("#777777", 1.2, ""));
    }
    let paint =
        format!("fill=\"{}\" stroke=\"#444444\" stroke-width=\"0.6\"", look.palette().region(0).paint(&look.ids));
    canvas.rect("expected", [across.left, top, until - across.left, high], &paint);
    if let Some(x) = known(row.ninetieth).map(|value| across.at(value)) {
        canvas.line("ninetieth", [x, top, x, top + high], &stroke(INK, 2.0, ""));
    }
    if let Some(x) = known(row.maximum).map(|value| across.at(value)) {
        let half = 0.36 * high;
        let corners = [[x, middle - half], [x + half, middle], [x, middle + half], [x - half, middle]];
        let points = corners.map(|[x, y]| format!("{},{}", number(x), number(y))).join(" ");
        canvas.tag(&format!("<polygon class=\"maximum\" points=\"{points}\" fill=\"{INK}\"/>"));
    }
    let three =
        [row.expected, row.ninetieth, row.maximum].map(|value| known(value).map_or_else(|| "–".to_owned(), rounded));
    canvas.text("numbers", [across.left + 3.0, below], small, &format!(" fill=\"{SOFT}\""), &three.join(" · "));
}

fn draw_best(canvas: &mut Canvas<'_>, best: Option<f64>, across: &Across, top: f64) {
    let (look, text, small) = (canvas.look, canvas.look.text(), canvas.look.small());
    let Some(best) = best else { return };
    let until = across.at(100.0 * best);
    let paint =
        format!("fill=\"{}\" stroke=\"#444444\" stroke-width=\"0.6\"", look.palette().region(1).paint(&look.ids));
    canvas.rect("best", [across.left, top, until - across.left, 1.15 * text], &paint);
    canvas.text("best-number", [until + 5.0, top + 0.9 * text], small, "", &percent(best));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_marks_are_where_the_numbers_are() {
        let row = |label: &str, expected, best| Row {
            label: label.to_owned(),
            expected: Some(expected),
            ninetieth: Some(2.0 * expected),
            maximum: Some(4.0 * expected),
            best,
        };
        let regret = Regret {
            title: "Which cluster?".to_owned(),
            subtitle: String::new(),
            x_label: "Equivalent variation".to_owned(),
            rows: vec![
                row("manufacturing", 0.01, Some(0.914)),
                row("high-tech", 0.1, Some(0.081)),
                row("none", 0.05, None),
            ],
            notes: Vec::new(),
        };
        let svg = render(&regret, &Look::default());
        let of = |class: &str, name: &str| -> Vec<f64> {
            let lines = svg.lines().filter(|line| line.contains(&format!("class=\"{class}\"")));
            lines
                .filter_map(|line| line.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok())
                .collect()
        };
        let (wide, left) = (of("expected", "width"), of("expected", "x")[0]);
        assert!((wide[0] / wide[1] - 0.1).abs() < 1e-3 && (wide[2] / wide[1] - 0.5).abs() < 1e-3, "{wide:?}");
        let ticks = of("ninetieth", "x1");
        assert!((ticks[1] - left - 2.0 * wide[1]).abs() < 0.05, "{ticks:?}");
        let best = of("best", "width");
        assert!(best.len() == 2 && (best[0] / best[1] - 0.914 / 0.081).abs() < 0.05, "{best:?}");
        assert!(svg.contains("0.1 · 0.2 · 0.4") && svg.contains("91.4 %"), "{svg}");
    }
}
