//! Strokes and letters of an SVG, and where the data's units lie on it.

use super::axis::Scale;
use super::colour::{Fill, INK, SOFT};
use super::look::Look;
use super::text::{content, number, width, wrap};
use crate::numbers::date;
use std::fmt::Write;

/// Points of a line beyond which several share a place.
pub const MANY: usize = 2000;
/// What an outline may be off by, pixels.
const UNSEEN: f64 = 0.05;

/// The horizontal side of a picture.
pub struct Across {
    /// Where the first date is.
    pub left: f64,
    /// Where the last date is.
    pub end: f64,
    /// Where the axes end, the gutter included.
    pub right: f64,
    /// What the axis spans.
    pub x: Scale,
}

impl Across {
    /// Where `x` lies.
    pub fn at(&self, x: f64) -> f64 {
        self.left + self.x.place(x) * (self.end - self.left)
    }

    /// A year of an axis that begins at t = 0, as a note has it.
    pub fn date(&self, x: f64) -> String {
        date(self.x.lo, x)
    }
}

/// A panel's vertical side.
#[derive(Clone, Copy)]
pub struct Down {
    /// Upper end.
    pub top: f64,
    /// Lower end.
    pub bottom: f64,
    /// What the axis spans.
    pub y: Scale,
}

impl Down {
    /// Where `y` lies.
    pub fn at(&self, y: f64) -> f64 {
        self.bottom - self.y.place(y) * (self.bottom - self.top)
    }
}

/// SVG under construction.
pub struct Canvas<'a> {
    /// What is drawn so far.
    pub svg: String,
    /// How it looks.
    pub look: &'a Look,
}

impl<'a> Canvas<'a> {
    /// An empty one.
    pub fn new(look: &'a Look) -> Self {
        Self { svg: String::new(), look }
    }

    /// A tag, as it is.
    pub fn tag(&mut self, text: &str) {
        self.svg += text;
        self.svg.push('\n');
    }

    /// Opens a group with these attributes, each begun with a space.
    pub fn open(&mut self, attributes: &str) {
        self.tag(&format!("<g{attributes}>"));
    }

    /// Closes the group that was opened last.
    pub fn close(&mut self) {
        self.tag("</g>");
    }

    /// Text: class, place of its start on the base line, size, more attributes, what it says (marked up).
    pub fn text(&mut self, class: &str, [x, y]: [f64; 2], size: f64, more: &str, text: &str) {
        let (x, y, font, content) = (number(x), number(y), number(size), content(text, size));
        self.tag(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{font}\"{more}>{content}</text>"));
    }

    /// A line from one point to another.
    pub fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4], stroke: &str) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
        self.tag(&format!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {stroke}/>"));
    }

    /// A rectangle: its upper left corner, width and height.
    pub fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4], fill: &str) {
        let [x, y, width, height] = [x, y, width.max(0.0), height.max(0.0)].map(number);
        self.tag(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {fill}/>"
        ));
    }

    /// Title and what stands below it, if the look has them; returns where they end.
    pub fn heading(&mut self, title: &str, subtitle: &str) -> f64 {
        let (edge, look) = (self.look.edge(), self.look);
        let mut y = edge;
        if !look.title {
            return y - 0.4 * look.text();
        }
        for line in wrap(title, look.width - 2.0 * edge, look.heading(), true, 4) {
            y += 1.25 * look.heading();
            self.text("title", [edge, y - 4.0], look.heading(), " font-weight=\"bold\"", &line);
        }
        for line in wrap(subtitle, look.width - 2.0 * edge, look.text(), false, 4) {
            y += 1.35 * look.text();
            self.text("subtitle", [edge, y - 3.0], look.text(), &format!(" fill=\"{SOFT}\""), &line);
        }
        y
    }

    /// Notes below a picture; returns where they end.
    pub fn notes(&mut self, notes: &[String], mut y: f64) -> f64 {
        let look = self.look;
        for note in notes.iter().flat_map(|note| wrap(note, look.width - 2.0 * look.edge(), look.small(), false, 12)) {
            y += 1.5 * look.small();
            self.text("note", [look.edge(), y], look.small(), &format!(" fill=\"{SOFT}\""), &note);
        }
        y
    }

    /// The axis below what lies between `top` and `bottom`: its grid, and as many of its numbers as have room.
    pub fn ticks_below(&mut self, across: &Across, [top, bottom]: [f64; 2]) {
        let (look, text) = (self.look, self.look.text());
        let ink = stroke("#444444", 1.0, "");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
        let target = ((across.end - across.left) / (60.0 * look.scale())).clamp(2.0, 9.0) as usize;
        let mut end = f64::NEG_INFINITY;
        for (value, tick) in across.x.ticks(target) {
            let (x, half) = (across.at(value), width(&tick, text, false) / 2.0);
            self.line("grid", [x, top, x, bottom], "stroke=\"#000000\" stroke-opacity=\"0.1\" stroke-width=\"0.8\"");
            self.line("tick", [x, bottom, x, bottom + 4.0], &ink);
            if x - half > end {
                self.text("tick-x", [x, bottom + 5.5 + text], text, " text-anchor=\"middle\"", &tick);
                end = x + half + 6.0;
            }
        }
        self.line("axis", [across.left, bottom, across.end, bottom], &ink);
    }

    /// Samples of fills with what they stand for, in rows from `top` on; returns where they end.
    pub fn samples<'t>(&mut self, samples: impl Iterator<Item = (Fill, &'t str)>, top: f64) -> f64 {
        let (look, text) = (self.look, self.look.text());
        let (mut x, mut y) = (look.edge(), top);
        for (i, (fill, name)) in samples.enumerate() {
            y += if i == 0 { text } else { 0.0 };
            let wide = 27.0 + width(name, text, false);
            if x > look.edge() && x + wide > look.width - look.edge() {
                (x, y) = (look.edge(), y + 1.6 * text);
            }
            let more = format!("fill=\"{}\" stroke=\"#444444\" stroke-width=\"0.6\"", fill.paint(&look.ids));
            self.rect("key", [x, y - 10.0, 21.0, 12.0], &more);
            self.text("key-label", [x + 27.0, y], text, "", name);
            x += wide + 18.0;
        }
        y
    }

    /// The title of an axis of `room` from `middle` out to both sides, kept on the picture; returns where it ends.
    pub fn axis_title(&mut self, class: &str, text: &str, middle: f64, mut y: f64) -> f64 {
        let look = self.look;
        let more = format!(" text-anchor=\"middle\" fill=\"{INK}\"");
        for line in wrap(text, look.width - 2.0 * look.edge(), look.text(), false, 3) {
            y += 1.3 * look.text();
            let half = width(&line, look.text(), false) / 2.0;
            let right = (look.width - look.edge() - half).max(look.edge() + half);
            self.text(class, [middle.clamp(look.edge() + half, right), y - 3.0], look.text(), &more, &line);
        }
        y
    }
}

/// Attributes of a stroke.
pub fn stroke(colour: &str, width: f64, dash: &str) -> String {
    let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
    format!("stroke=\"{colour}\" stroke-width=\"{}\"{dash}", number(width))
}

/// Points to draw of a piece: all of them, or of very many those that show.
pub fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    if points.len() <= MANY {
        return points.to_vec();
    }
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let mut start = 0;
    while start < points.len() {
        let column = (2.0 * points[start][0]).floor();
        let length = points[start..].iter().take_while(|point| (2.0 * point[0]).floor() == column).count();
        let group = start..start + length;
        let by_y = |a: &usize, b: &usize| points[*a][1].total_cmp(&points[*b][1]);
        let low = group.clone().min_by(by_y).unwrap_or(start);
        let high = group.clone().max_by(by_y).unwrap_or(start);
        let mut wanted = [start, low, high, group.end - 1];
        wanted.sort_unstable();
        for (i, at) in wanted.iter().enumerate() {
            if i == 0 || wanted[i - 1] != *at {
                kept.push(points[*at]);
            }
        }
        start = group.end;
    }
    kept
}

/// Points to draw of an outline or a casing, of which nobody reads single points: those at which it bends by more than shows.
/// `points` go from left to right; upright steps stay.
pub fn bends(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = points.first().copied().into_iter().collect();
    // Slopes of the straight lines from the last kept point that pass by all points since, near enough.
    let any = f64::NEG_INFINITY..=f64::INFINITY;
    let mut slopes = any.clone();
    for pair in points.windows(2) {
        let ([last, here], [mut x, mut y]) = ([pair[0], pair[1]], kept[kept.len() - 1]);
        let upright = here[0] == last[0];
        if upright || !slopes.contains(&((here[1] - y) / (here[0] - x))) {
            if last != [x, y] {
                kept.push(last);
            }
            ([x, y], slopes) = (last, any.clone());
        }
        if upright {
            kept.push(here);
        } else {
            let slope = |y_here: f64| (y_here - y) / (here[0] - x);
            let (least, most) = (slope(here[1] - UNSEEN), slope(here[1] + UNSEEN));
            slopes = slopes.start().max(least)..=slopes.end().min(most);
        }
    }
    kept.extend(points.last().filter(|last| kept.last() != Some(*last)));
    kept
}

/// Points joined, as the `d` of a path.
pub fn path(points: &[[f64; 2]]) -> String {
    let mut d = String::with_capacity(12 * points.len());
    for (i, [x, y]) in points.iter().enumerate() {
        let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bends_keeps_its_shape_and_what_does_not_its_ends() {
        let straight: Vec<[f64; 2]> = (0..100).map(|i| [f64::from(i), 7.0 - 0.3 * f64::from(i)]).collect();
        assert_eq!(bends(&straight), [straight[0], straight[99]]);
        let step = [[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [2.0, 9.0], [3.0, 9.0], [4.0, 9.0]];
        assert_eq!(bends(&step), [step[0], step[2], step[3], step[5]]);
        // A curve, with a step in its middle.
        let curve = |i: u32| [f64::from(i), 100.0 * (0.02 * f64::from(i)).exp() + if i > 60 { 40.0 } else { 0.0 }];
        let mut points: Vec<[f64; 2]> = (0..120).map(curve).collect();
        points.insert(61, [61.0, curve(60)[1]]);
        let kept = bends(&points);
        assert!(kept.len() < points.len() && kept.contains(&points[61]) && kept.contains(&points[62]), "{kept:?}");
        for [x, y] in points {
            let at = |[a, b]: &[[f64; 2]; 2]| {
                (a[0] <= x && x <= b[0] && a[0] < b[0]).then(|| a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]))
            };
            let pairs: Vec<[[f64; 2]; 2]> = kept.windows(2).map(|pair| [pair[0], pair[1]]).collect();
            let off = pairs.iter().filter_map(at).map(|own| (own - y).abs()).fold(f64::INFINITY, f64::min);
            assert!(off <= UNSEEN + 1e-9, "{off} at {x}");
        }
        assert_eq!(bends(&[]), [[0.0; 2]; 0]);
    }
}
