//! Where a condition holds, as a box in the space of the keys: how much of it each box on the way holds and how purely, which of
//! them is chosen, and what that one demands of each key that it restricts.

use super::Look;
use super::axis::{Scale, significant};
use super::canvas::{Across, Canvas, Down, path, stroke};
use super::colour::{INK, Pen, SOFT};
use super::svg::document;
use super::text::{literal, number, width, wrap};
use crate::numbers::percent;

/// A box on the way from the whole space to the smallest one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Share of the draws where the condition holds that lie in it, 0 to 1.
    pub coverage: f64,
    /// Share of its draws where the condition holds, 0 to 1.
    pub density: f64,
    /// Share of all draws that lie in it, 0 to 1.
    pub mass: f64,
}

/// What the box demands of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Side {
    /// A number between two ends.
    Within {
        /// The lowest and the highest number drawn.
        range: [f64; 2],
        /// The lower end, where the box has one of its own.
        from: Option<f64>,
        /// The upper end, where the box has one of its own.
        until: Option<f64>,
    },
    /// One of several values: each, and whether it is in the box.
    Among(Vec<(String, bool)>),
}

/// A key that the box restricts.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// What people call it, with its unit.
    pub label: String,
    /// What is demanded of it.
    pub side: Side,
    /// Said at its right end, such as how easily chance would have restricted it as much; may be empty.
    pub note: String,
}

/// Such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Boxes {
    /// Heading.
    pub title: String,
    /// Below the heading: the condition in words.
    pub subtitle: String,
    /// Every box, the whole space first.
    pub steps: Vec<Step>,
    /// Which of them is drawn below.
    pub chosen: usize,
    /// The keys that it restricts, the most telling first.
    pub limits: Vec<Limit>,
    /// Said below the picture.
    pub notes: Vec<String>,
}

/// The picture as an SVG document.
pub fn render(boxes: &Boxes, look: &Look) -> String {
    let (edge, text) = (look.edge(), look.text());
    let mut body = Canvas::new(look);
    let mut y = body.heading(&literal(&boxes.title), &literal(&boxes.subtitle));
    y = draw_way(&mut body, boxes, y + 0.5 * text);
    if let Some(chosen) = boxes.steps.get(boxes.chosen) {
        y += 0.5 * text;
        let says = format!(
            "Box {}: {} of the draws where it holds, {} pure, {} of all draws",
            boxes.chosen,
            percent(chosen.coverage),
            percent(chosen.density),
            percent(chosen.mass)
        );
        for line in wrap(&says, look.width - 2.0 * edge, text, true, 3) {
            y += 1.3 * text;
            body.text("chosen-label", [edge, y], text, " font-weight=\"bold\"", &line);
        }
        y += 0.7 * text;
    }
    if boxes.limits.is_empty() {
        y += 1.3 * text;
        body.text("empty", [edge, y], text, &format!(" fill=\"{SOFT}\""), "It restricts no key.");
    }
    y = draw_limits(&mut body, &boxes.limits, y);
    y = body.notes(&boxes.notes.iter().map(|note| literal(note)).collect::<Vec<_>>(), y);
    document(&body, [&literal(&boxes.title), &literal(&boxes.subtitle)], y + edge, "")
}

/// The tens, in per cent, between which shares lie.
fn tens(shares: impl Iterator<Item = f64>) -> Scale {
    let (low, high) = shares.fold((1.0, 0.0), |(low, high): (f64, f64), share| (low.min(share), high.max(share)));
    let (lo, hi) = ((10.0 * low + 1e-9).floor() * 10.0, (10.0 * high - 1e-9).ceil() * 10.0);
    // At least a tenth, and no share is beyond all or nothing.
    let lo = lo.clamp(0.0, 90.0);
    Scale { lo, hi: hi.clamp(lo + 10.0, 100.0), log: false }
}

/// Coverage across, density up: a point for each box, joined in their order. Returns where it ends.
fn draw_way(canvas: &mut Canvas<'_>, boxes: &Boxes, mut y: f64) -> f64 {
    let (look, text) = (canvas.look, canvas.look.text());
    let edge = look.edge();
    for line in wrap("Density: share of the box’s draws where it holds, %", look.width - 2.0 * edge, text, false, 2) {
        y += 1.3 * text;
        canvas.text("y-label", [edge, y], text, &format!(" fill=\"{INK}\""), &line);
    }
    let left = edge + width("100", text, false) + 9.0;
    let right = look.width - edge - width("100", text, false) / 2.0;
    let across = Across { left, end: right, right, x: tens(boxes.steps.iter().map(|step| step.coverage)) };
    let top = y + 0.9 * text;
    let density = tens(boxes.steps.iter().map(|step| step.density));
    let down = Down { top, bottom: top + 0.42 * (right - left), y: density };
    for (value, says) in density.ticks(5) {
        let at = down.at(value);
        canvas.line("grid", [left, at, right, at], "stroke=\"#000000\" stroke-opacity=\"0.1\" stroke-width=\"0.8\"");
        canvas.text("tick-y", [left - 7.0, at + 0.36 * text], text, " text-anchor=\"end\"", &says);
    }
    canvas.line("axis", [left, top, left, down.bottom], &stroke("#444444", 1.0, ""));
    canvas.ticks_below(&across, [top, down.bottom]);
    let points: Vec<[f64; 2]> =
        boxes.steps.iter().map(|step| [across.at(100.0 * step.coverage), down.at(100.0 * step.density)]).collect();
    let style = look.palette().line(Pen::Run(0));
    let ink = stroke(style.colour, 1.4, "");
    canvas.tag(&format!("<path class=\"way\" d=\"{}\" fill=\"none\" {ink} stroke-linejoin=\"round\"/>", path(&points)));
    for (i, [x, y]) in points.iter().enumerate() {
        let [x, y] = [*x, *y].map(number);
        canvas.tag(&format!(
            "<circle class=\"step\" data-i=\"{i}\" cx=\"{x}\" cy=\"{y}\" r=\"2.6\" fill=\"{}\"/>",
            style.colour
        ));
    }
    if let Some([x, y]) = points.get(boxes.chosen).copied() {
        let ring = stroke("#D55E00", 2.2, "");
        let [cx, cy] = [x, y].map(number);
        canvas.tag(&format!("<circle class=\"chosen\" cx=\"{cx}\" cy=\"{cy}\" r=\"6\" fill=\"none\" {ring}/>"));
        let says = format!("box {}", boxes.chosen);
        // On the way density rises as coverage falls: to the upper right of a point, and to its lower left, nothing is drawn.
        let is_right = x + 10.0 + width(&says, text, false) <= right;
        let (at, end) = match is_right {
            true => ([x + 10.0, (y - 0.6 * text).max(top + 0.9 * text)], "start"),
            false => ([x - 10.0, y + 1.4 * text], "end"),
        };
        let more = format!(" text-anchor=\"{end}\" stroke=\"#FFFFFF\" stroke-width=\"3\" paint-order=\"stroke\"");
        canvas.text("chosen-name", at, text, &more, &says);
    }
    let middle = f64::midpoint(left, right);
    let title = "Coverage: share of the draws where it holds that the box has, %";
    canvas.axis_title("x-label", title, middle, down.bottom + 6.0 + 1.4 * text)
}

/// A bar for each key over all that was drawn, filled where the box is. Returns where they end.
fn draw_limits(canvas: &mut Canvas<'_>, limits: &[Limit], mut y: f64) -> f64 {
    let (look, text, small) = (canvas.look, canvas.look.text(), canvas.look.small());
    let edge = look.edge();
    let widest = |texts: &mut dyn Iterator<Item = &String>, most: f64| {
        texts.map(|says| width(&literal(says), text, false)).fold(0.0, f64::max).min(most)
    };
    let label = widest(&mut limits.iter().map(|limit| &limit.label), 0.36 * look.width);
    let note = widest(&mut limits.iter().map(|limit| &limit.note), 0.2 * look.width);
    let left = edge + label + 10.0;
    let right = look.width - edge - if note > 0.0 { note + 10.0 } else { 4.0 };
    let fill = format!("fill=\"{}\" fill-opacity=\"0.55\"", look.palette().line(Pen::Run(0)).colour);
    for limit in limits {
        let (top, high) = (y, 1.15 * text);
        canvas.open(" class=\"key\"");
        let lines = wrap(&literal(&limit.label), label + 1.0, text, false, 3);
        for (i, line) in lines.iter().enumerate() {
            canvas.text("label", [edge, top + 0.85 * text + 1.15 * text * i as f64], text, "", line);
        }
        canvas.rect("drawn", [left, top, right - left, high], "fill=\"#EEEEEE\"");
        let below = top + high + small;
        match &limit.side {
            Side::Within { range: [low, last], from, until } => {
                let span = if last > low { last - low } else { 1.0 };
                let at = |value: f64| left + ((value - low) / span).clamp(0.0, 1.0) * (right - left);
                let (start, end) = (at(from.unwrap_or(*low)), at(until.unwrap_or(*last)));
                canvas.rect("inside", [start, top, (end - start).max(1.0), high], &fill);
                // An end that the box has of its own stands where it is, those of the range where there is room left.
                let mut taken: Vec<[f64; 2]> = Vec::new();
                let own = [from, until].into_iter().flatten().map(|value| ("limit", *value, " fill=\"#A34700\""));
                let ends = [low, last].into_iter().map(|value| ("end", *value, " fill=\"#555555\""));
                for (class, value, ink) in own.chain(ends) {
                    let (x, says) = (at(value), significant(value));
                    let half = width(&says, small, false) / 2.0;
                    let middle = x.clamp(left + half, (right - half).max(left + half));
                    let span = [middle - half - 4.0, middle + half + 4.0];
                    let clear = taken.iter().all(|[from, until]| span[1] <= *from || span[0] >= *until);
                    if class == "limit" {
                        canvas.line("edge", [x, top - 2.0, x, top + high + 2.0], &stroke("#D55E00", 2.2, ""));
                    }
                    if clear {
                        canvas.text(class, [middle, below], small, &format!(" text-anchor=\"middle\"{ink}"), &says);
                        taken.push(span);
                    }
                }
            }
            Side::Among(values) => {
                let each = (right - left) / values.len().max(1) as f64;
                for (i, (name, inside)) in values.iter().enumerate() {
                    let x = left + each * i as f64;
                    if *inside {
                        canvas.rect("inside", [x, top, each, high], &fill);
                    }
                    if i > 0 {
                        canvas.line("between", [x, top, x, top + high], &stroke("#FFFFFF", 1.5, ""));
                    }
                    let says = wrap(&literal(name), each - 4.0, small, false, 1).concat();
                    let ink = if *inside { "#A34700" } else { SOFT };
                    let more = format!(" text-anchor=\"middle\" fill=\"{ink}\"");
                    canvas.text(if *inside { "limit" } else { "end" }, [x + each / 2.0, below], small, &more, &says);
                }
            }
        }
        if note > 0.0 {
            let says = wrap(&literal(&limit.note), note + 1.0, text, false, 1).concat();
            canvas.text("note-of-key", [right + 10.0, top + 0.85 * text], text, "", &says);
        }
        canvas.close();
        y = below.max(top + 1.15 * text * lines.len() as f64) + 0.75 * text;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_box_is_ringed_and_its_limits_lie_within_the_range() {
        let steps = [(1.0, 0.1009, 1.0), (1.0, 0.1124, 0.8980), (0.752_809, 0.770_115, 0.098_639_5)];
        let steps = steps.map(|(coverage, density, mass)| Step { coverage, density, mass });
        let within = Side::Within { range: [0.0, 200.0], from: Some(150.0), until: None };
        let among = Side::Among(vec![("low".to_owned(), false), ("high".to_owned(), true)]);
        let limit = |label: &str, side| Limit { label: label.to_owned(), side, note: "p 0.002".to_owned() };
        let boxes = Boxes {
            title: "Where it costs too much".to_owned(),
            subtitle: String::new(),
            steps: steps.to_vec(),
            chosen: 2,
            limits: vec![limit("Oil supply", within), limit("Cost", among)],
            notes: Vec::new(),
        };
        let svg = render(&boxes, &Look::default());
        let of = |class: &str, name: &str| -> Vec<f64> {
            let lines = svg.lines().filter(|line| line.contains(&format!("class=\"{class}\"")));
            lines
                .filter_map(|line| line.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok())
                .collect()
        };
        assert_eq!((of("chosen", "cx"), of("chosen", "cy")), (vec![of("step", "cx")[2]], vec![of("step", "cy")[2]]));
        let (x, whole) = (of("drawn", "x")[0], of("drawn", "width")[0]);
        assert!(
            (of("inside", "x")[0] - x - 0.75 * whole).abs() < 0.02
                && (of("inside", "width")[0] - 0.25 * whole).abs() < 0.02
        );
        assert!((of("inside", "x")[1] - x - 0.5 * whole).abs() < 0.02, "the second of two");
        // The axes hold the points and little else: coverage 70 to 100, density 10 to 80.
        let (xs, ys) = (of("step", "cx"), of("step", "cy"));
        let ends = |name: &str| of("axis", name)[0];
        let (left, height) = (ends("x1"), ends("y2") - ends("y1"));
        assert!((xs[2] - left - (75.2809 - 70.0) / 30.0 * (xs[0] - left)).abs() < 0.05, "{xs:?}");
        assert!((ends("y2") - ys[0] - (10.09 - 10.0) / 70.0 * height).abs() < 0.05, "{ys:?}");
        // The name stands to the upper right of its point, off the way.
        assert!(of("chosen-name", "x")[0] > xs[2] + 6.0 && of("chosen-name", "y")[0] < ys[2], "{svg}");
        assert!(svg.contains("Box 2: 75 % of the draws where it holds, 77 % pure, 9.9 % of all draws"), "{svg}");
    }
}
