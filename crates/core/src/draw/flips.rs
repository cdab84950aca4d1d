//! Where a condition holds along keys: a bar for each over the values that were asked, filled where it holds, with the key's own
//! value and the nearest at which the answer is another.

use super::Look;
use super::axis::significant;
use super::canvas::{Canvas, stroke};
use super::colour::{INK, Pen, SOFT};
use super::svg::document;
use super::text::{escape, literal, number, width, wrap};
use crate::compare::Comparison;
use crate::flip;
use crate::flip::First;
use crate::numbers::short_to;
use crate::probe::Answer;
use crate::scenario::people::People;

/// Bars on a picture where every number was asked.
pub const BARS: usize = 14;
/// Pictures narrower than this have the names of keys above the bars.
const NARROW: f64 = 520.0;
/// How to read it.
const READING: &str = "Diamond: the value now. Orange: the nearest value at which the answer is another.";

/// A key on such a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its dotted path, or the policy or shock that it is about.
    pub key: String,
    /// What it is called, with its unit.
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
    /// The key at a dotted path: where the condition holds, and the nearest value at which the answer is another, with how far that is
    /// in words.
    pub fn new(
        key: &str,
        people: &People,
        range: [f64; 2],
        holds: Vec<[f64; 2]>,
        now: Option<f64>,
        flip: Option<(f64, String)>,
    ) -> Self {
        let note = match &flip {
            Some((_, change)) => change.replace('-', "\u{2212}"),
            None if holds.is_empty() => "nowhere".to_owned(),
            None => String::new(),
        };
        let label = people.key_with_unit(key);
        Self { key: key.to_owned(), label, range, holds, now, flip: flip.map(|(value, _)| value), note }
    }

    fn of(flips: &flip::Flips, people: &People) -> Self {
        let holds = flips.found.intervals.iter();
        let holds = holds.map(|interval| [interval.from.inside.value, interval.until.inside.value]).collect();
        let nearest = flips.nearest.as_ref().map(|nearest| (nearest.seen.value, nearest.change(&flips.axis)));
        Self::new(&flips.axis.key, people, flips.axis.range, holds, flips.axis.now, nearest)
    }
}

impl Flips {
    /// A picture of `bars` in which something holds as `claim` says; of no more than the first `most`. `steps` are policies
    /// and shocks left out in turn, and words tried: they have no bars.
    pub fn new(title: &str, claim: &str, mut bars: Vec<Bar>, most: usize, steps: usize) -> Self {
        let left = bars.split_off(most.min(bars.len()));
        let mut notes = vec![READING.to_owned()];
        if !left.is_empty() {
            let all = bars.len() + left.len();
            let turn = match left.iter().filter(|bar| bar.flip.is_some()).count() {
                0 => "it turns along none of the others".to_owned(),
                turn => format!("it turns along {turn} of the others"),
            };
            notes.push(format!("The first {} of {all} keys, those with the nearest flips above; {turn}.", bars.len()));
        }
        if steps > 0 {
            let what = "what comes of leaving policies and shocks out, and of words in place of others";
            notes.push(format!("Not drawn: {what} ({steps} tried)."));
        }
        Self { title: title.to_owned(), subtitle: format!("Filled where {claim}"), bars, notes }
    }
}

/// The picture of an account; `claim` is its condition in words.
pub fn of_account(account: &flip::Account, claim: &str) -> Flips {
    let keys = &account.scenario.keys;
    let people = account.scenario.people();
    let bars = account.keys.iter().map(|flips| Bar::of(flips, &people)).collect();
    let title = keys.title.as_ref().unwrap_or(&keys.name);
    // Keys that were named are all drawn.
    let most = if account.all { BARS } else { usize::MAX };
    Flips::new(title, claim, bars, most, account.alternatives.len())
}

/// The picture of what the first place of a comparison hangs on, by no more than `most` keys.
pub fn of_first(comparison: &Comparison, first: &First, most: usize) -> Flips {
    let people = comparison.members[first.leader].scenario.people();
    // Where a run fails, nobody else is first.
    let bar = |flips: &flip::Flips| {
        let bar = Bar::of(flips, &people);
        let fails = flips.nearest.as_ref().is_some_and(|nearest| nearest.seen.look.answer == Answer::Failed);
        if fails { Bar { flip: None, note: "a run fails".to_owned(), ..bar } } else { bar }
    };
    let bars: Vec<Bar> = first.keys.iter().map(bar).collect();
    let unmarked = |bar: &Bar| bar.flip.is_none() && bar.holds[..] != [bar.range];
    let any = bars.iter().take(most).any(unmarked);
    let claim = format!("“{}” is first", comparison.labels()[first.leader]);
    let mut drawn = Flips::new("What the first place hangs on", &claim, bars, most, first.steps.len());
    if any {
        drawn
            .notes
            .insert(1, "Grey along a key without orange: a run fails there, or there is no valid scenario.".to_owned());
    }
    drawn
}

/// The picture as an SVG document.
pub fn render(flips: &Flips, look: &Look) -> String {
    let (edge, text) = (look.edge(), look.text());
    let mut body = Canvas::new(look);
    let mut y = body.heading(&literal(&flips.title), &literal(&flips.subtitle)) + 0.8 * text;
    let widest = |texts: &mut dyn Iterator<Item = &String>, most: f64| {
        texts.map(|said| width(&literal(said), text, false)).fold(0.0, f64::max).min(most)
    };
    let label = widest(&mut flips.bars.iter().map(|bar| &bar.label), 0.34 * look.width);
    let note = widest(&mut flips.bars.iter().map(|bar| &bar.note), 0.2 * look.width);
    let left = if look.width < NARROW { edge } else { edge + label + 10.0 };
    let right = look.width - edge - if note > 0.0 { note + 10.0 } else { 0.0 };
    for bar in &flips.bars {
        body.open(&format!(" class=\"key\" data-key=\"{}\"", escape(&bar.key)));
        let above = look.width < NARROW;
        let room = if above { look.width - 2.0 * edge } else { label + 1.0 };
        let lines = wrap(&literal(&bar.label), room, text, false, 3);
        let tall = 1.15 * text * lines.len() as f64;
        for (i, line) in lines.iter().enumerate() {
            body.text("label", [edge, y + 0.85 * text + 1.15 * text * i as f64], text, "", line);
        }
        let top = if above { y + tall + 0.15 * text } else { y };
        let says = wrap(&literal(&bar.note), note + 1.0, text, false, 1).concat();
        body.text("note", [right + 10.0, top + 0.85 * text], text, "", &says);
        let below = draw_bar(&mut body, bar, [left, right], top);
        body.close();
        y = below.max(y + tall) + 0.75 * text;
    }
    y = body.notes(&flips.notes.iter().map(|note| literal(note)).collect::<Vec<_>>(), y - 0.3 * text);
    document(&body, [&literal(&flips.title), &literal(&flips.subtitle)], y + edge, "")
}

/// The bar of a key, with its numbers below; returns where these end.
fn draw_bar(canvas: &mut Canvas<'_>, bar: &Bar, [left, right]: [f64; 2], top: f64) -> f64 {
    let (look, text, small) = (canvas.look, canvas.look.text(), canvas.look.small());
    let [low, last] = bar.range;
    let span = if last > low { last - low } else { 1.0 };
    let at = |value: f64| left + ((value - low) / span).clamp(0.0, 1.0) * (right - left);
    let high = 1.15 * text;
    let middle = top + 0.5 * high;
    let colour = look.palette().line(Pen::Run(0)).colour;
    canvas.rect("asked", [left, top, right - left, high], "fill=\"#EEEEEE\"");
    for [from, until] in &bar.holds {
        // What is narrower than a line is still seen.
        let (from, until) = (at(*from), at(*until));
        let fill = format!("fill=\"{colour}\" fill-opacity=\"0.55\"");
        canvas.rect("holds", [from, top, (until - from).max(1.0), high], &fill);
    }
    if let Some(flip) = bar.flip {
        let x = at(flip);
        canvas.line("flip", [x, top - 2.0, x, top + high + 2.0], &stroke("#D55E00", 2.2, ""));
    }
    if let Some(now) = bar.now.filter(|now| (low..=last).contains(now)) {
        let (x, half) = (at(now), 0.32 * high);
        let corners = [[x, middle - half], [x + half, middle], [x, middle + half], [x - half, middle]];
        let points = corners.map(|[x, y]| format!("{},{}", number(x), number(y))).join(" ");
        canvas.tag(&format!(
            "<polygon class=\"now\" points=\"{points}\" fill=\"{INK}\" stroke=\"#FFFFFF\" stroke-width=\"0.8\"/>"
        ));
    }
    // The flip's number stands below its line; an end of the range that would touch it goes one line further down.
    let flip = bar.flip.map(|flip| {
        let says = bar.now.map_or_else(|| significant(flip), |now| short_to(flip, flip > now));
        ("flip-value", flip, says, "#A34700")
    });
    let ends = [low, last].map(|end| ("end", end, significant(end), SOFT));
    let mut taken: Option<[f64; 2]> = None;
    let mut bottom = top + high + small;
    for (class, value, says, ink) in flip.into_iter().chain(ends) {
        let half = width(&says, small, false) / 2.0;
        let x = at(value).clamp(left + half, (right - half).max(left + half));
        let touches = taken.is_some_and(|[from, until]| x - half - 4.0 < until && from < x + half + 4.0);
        let base = top + high + small * if touches { 2.15 } else { 1.0 };
        canvas.text(class, [x, base], small, &format!(" fill=\"{ink}\" text-anchor=\"middle\""), &says);
        taken = taken.or(Some([x - half, x + half]).filter(|_| class == "flip-value"));
        bottom = bottom.max(base);
    }
    bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(key: &str, flip: Option<f64>) -> Bar {
        let label = format!("{key} by a name of some forty letters, per year");
        let note = flip.map_or_else(String::new, |_| "\u{2212}63 %".to_owned());
        Bar { key: key.to_owned(), label, range: [0.0001, 0.3], holds: vec![[0.02, 0.3]], now: Some(0.03), flip, note }
    }

    /// Left, right and base of the texts of a class in the bar of `key`.
    fn spans(svg: &str, key: &str, class: &str) -> Vec<[f64; 3]> {
        let start = svg.find(&format!("data-key=\"{key}\"")).expect("a bar");
        let bar = &svg[start..start + svg[start..].find("</g>").expect("its end")];
        let lines = bar.lines().filter(|line| line.starts_with(&format!("<text class=\"{class}\"")));
        let of = |line: &str, name: &str| -> f64 {
            line.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()?.parse().ok()).expect(name)
        };
        let says = |line: &str| line[line.find('>').expect("a tag") + 1..line.find("</").expect("an end")].to_owned();
        let span = |line: &str| {
            let half = width(&says(line), of(line, "font-size"), false) / 2.0;
            [of(line, "x") - half, of(line, "x") + half, of(line, "y")]
        };
        lines.map(span).collect()
    }

    #[test]
    fn numbers_stand_below_their_places_and_touch_no_other() {
        for look in [Look::default(), Look { width: 362.0, ..Look::default() }] {
            for flip in [0.0001, 0.005, 0.0112, 0.1, 0.29, 0.3] {
                let mut flips = Flips::new("", "so", vec![bar("a", Some(flip))], BARS, 0);
                flips.bars.push(bar("b", None));
                let svg = render(&flips, &look);
                let (own, ends) = (spans(&svg, "a", "flip-value")[0], spans(&svg, "a", "end"));
                assert_eq!(ends.len(), 2, "{svg}");
                for [from, until, base] in ends {
                    assert!(base != own[2] || until < own[0] || from > own[1], "{flip}: {own:?} {from} {until}");
                }
                let line = svg.lines().find(|line| line.contains("class=\"flip\"")).expect("a line");
                let x: f64 =
                    line.split("x1=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok()).expect("x1");
                assert!(own[0] - 0.01 <= x && x <= own[1] + 0.01, "{flip}: {x} {own:?}");
            }
        }
    }

    #[test]
    fn what_is_left_out_is_said() {
        let many = |flips: usize| (0..20).map(|i| bar(&format!("k{i}"), (i < flips).then_some(0.1))).collect();
        let all = Flips::new("", "so", many(3), BARS, 2);
        assert_eq!(all.bars.len(), 14);
        assert!(
            all.notes[1].contains("14 of 20 keys") && all.notes[1].contains("along none of the others"),
            "{:?}",
            all.notes
        );
        assert!(all.notes[2].contains("2 tried"), "{:?}", all.notes);
        assert!(Flips::new("", "so", many(17), BARS, 0).notes[1].contains("turns along 3 of the others"));
        let some = Flips::new("", "so", many(3), usize::MAX, 0);
        assert_eq!((some.bars.len(), some.notes.len()), (20, 1), "what was asked for is drawn");
    }
}
