//! Where a condition holds along keys: a bar for each over the values that were asked, filled where it holds, with the key's own
//! value and the nearest at which the answer is another.

use super::Look;
use super::axis::significant;
use super::canvas::{Canvas, stroke};
use super::colour::{INK, Pen, SOFT};
use super::svg::document;
use super::text::{literal, number, width, wrap};
use crate::compare::Comparison;
use crate::flip;
use crate::flip::First;
use crate::numbers::short_to;

/// Bars on a picture where every number was asked.
const BARS: usize = 14;
/// How to read it.
const READING: &str =
    "Diamond: the value now. Orange: the nearest value at which the answer is another. Dates in years after t = 0.";

/// A key on such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it is called.
    pub label: String,
    /// The first and the last value that were asked.
    pub range: [f64; 2],
    /// Where the condition holds.
    pub holds: Vec<[f64; 2]>,
    /// The key's own value.
    pub now: Option<f64>,
    /// The nearest value at which the answer is another.
    pub flip: Option<f64>,
    /// Said at its right end.
    pub note: String,
}

/// Such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Flips {
    /// Heading.
    pub title: String,
    /// Below the heading.
    pub subtitle: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
    /// Said below the picture.
    pub notes: Vec<String>,
}

impl Bar {
    /// A key of this label: where the condition holds, and the nearest value at which the answer is another, with how far that is
    /// in words.
    pub fn new(
        label: &str,
        range: [f64; 2],
        holds: Vec<[f64; 2]>,
        now: Option<f64>,
        flip: Option<(f64, String)>,
    ) -> Self {
        let note = match &flip {
            Some((_, change)) => change.clone(),
            None if holds.is_empty() => "nowhere".to_owned(),
            None => String::new(),
        };
        Self { label: label.to_owned(), range, holds, now, flip: flip.map(|(value, _)| value), note }
    }

    fn of(flips: &flip::Flips) -> Self {
        let holds = flips.found.intervals.iter();
        let holds = holds.map(|interval| [interval.from.inside.value, interval.until.inside.value]).collect();
        let nearest = flips.nearest.as_ref().map(|nearest| (nearest.seen.value, nearest.change(&flips.axis)));
        Self::new(&flips.axis.key, flips.axis.range, holds, flips.axis.now, nearest)
    }
}

impl Flips {
    /// A picture of `bars` in which something holds as `claim` says; where `every` number was asked, of the nearest.
    pub fn new(title: &str, claim: &str, mut bars: Vec<Bar>, every: bool) -> Self {
        bars.truncate(if every { BARS } else { usize::MAX });
        let subtitle = format!("Filled where {claim}");
        Self { title: title.to_owned(), subtitle, bars, notes: vec![READING.to_owned()] }
    }
}

/// The picture of an account; `claim` is its condition in words.
pub fn of_account(account: &flip::Account, claim: &str) -> Flips {
    let keys = &account.scenario.keys;
    let bars = account.keys.iter().map(Bar::of).collect();
    Flips::new(keys.title.as_ref().unwrap_or(&keys.name), claim, bars, account.all)
}

/// The picture of what the first place of a comparison hangs on.
pub fn of_first(comparison: &Comparison, first: &First) -> Flips {
    Flips {
        title: "What the first place hangs on".to_owned(),
        subtitle: format!("Filled where “{}” is first", comparison.labels()[first.leader]),
        bars: first.keys.iter().take(BARS).map(Bar::of).collect(),
        notes: vec![READING.to_owned()],
    }
}

/// The picture as an SVG document.
pub fn render(flips: &Flips, look: &Look) -> String {
    let (edge, text, small) = (look.edge(), look.text(), look.small());
    let mut body = Canvas::new(look);
    let mut y = body.heading(&literal(&flips.title), &literal(&flips.subtitle)) + 0.8 * text;
    let widest = |texts: &mut dyn Iterator<Item = &String>, size: f64, most: f64| {
        texts.map(|text| width(&literal(text), size, false)).fold(0.0, f64::max).min(most)
    };
    let label = widest(&mut flips.bars.iter().map(|bar| &bar.label), text, 0.34 * look.width);
    let note = widest(&mut flips.bars.iter().map(|bar| &bar.note), text, 0.2 * look.width);
    let (left, right) = (edge + label + 10.0, look.width - edge - note - 10.0);
    let style = look.palette().line(Pen::Run(0));
    for bar in &flips.bars {
        let (top, high) = (y, 1.15 * text);
        let [low, last] = bar.range;
        let at = |value: f64| left + ((value - low) / (last - low)).clamp(0.0, 1.0) * (right - left);
        let (base, middle) = (top + 0.85 * text, top + 0.5 * high);
        let name = wrap(&literal(&bar.label), label + 1.0, text, false, 1).concat();
        body.open(" class=\"key\"");
        body.text("label", [edge, base], text, "", &name);
        body.rect("asked", [left, top, right - left, high], "fill=\"#EEEEEE\"");
        for [from, until] in &bar.holds {
            // What is narrower than a line is still seen.
            let (from, until) = (at(*from), at(*until));
            let fill = format!("fill=\"{}\" fill-opacity=\"0.55\"", style.colour);
            body.rect("holds", [from, top, (until - from).max(1.0), high], &fill);
        }
        if let Some(flip) = bar.flip {
            let x = at(flip);
            body.line("flip", [x, top - 2.0, x, top + high + 2.0], &stroke("#D55E00", 2.2, ""));
        }
        if let Some(now) = bar.now.filter(|now| (low..=last).contains(now)) {
            let (x, half) = (at(now), 0.32 * high);
            let corners = [[x, middle - half], [x + half, middle], [x, middle + half], [x - half, middle]];
            let points = corners.map(|[x, y]| format!("{},{}", number(x), number(y))).join(" ");
            body.tag(&format!(
                "<polygon class=\"now\" points=\"{points}\" fill=\"{INK}\" stroke=\"#FFFFFF\" stroke-width=\"0.8\"/>"
            ));
        }
        body.text(
            "note",
            [right + 10.0, base],
            text,
            "",
            &wrap(&literal(&bar.note), note + 1.0, text, false, 1).concat(),
        );
        let below = top + high + small;
        let soft = |anchor: &str| format!(" fill=\"{SOFT}\" text-anchor=\"{anchor}\"");
        body.text("end", [left, below], small, &soft("start"), &significant(low));
        if let Some(flip) = bar.flip {
            let says = bar.now.map_or_else(|| significant(flip), |now| short_to(flip, flip > now));
            let half = width(&says, small, false) / 2.0;
            // It keeps clear of the ends.
            let room = [low, last].map(|end| width(&significant(end), small, false) + 8.0 + half);
            let x = at(flip).clamp(left + room[0], (right - room[1]).max(left + room[0]));
            let ink = " fill=\"#A34700\" text-anchor=\"middle\"";
            body.text("flip-value", [x, below], small, ink, &says);
        }
        body.text("end", [right, below], small, &soft("end"), &significant(last));
        body.close();
        y = below + 0.75 * text;
    }
    y = body.notes(&flips.notes.iter().map(|note| literal(note)).collect::<Vec<_>>(), y - 0.3 * text);
    document(&body, [&literal(&flips.title), &literal(&flips.subtitle)], y + edge, "")
}
