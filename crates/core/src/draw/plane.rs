//! A plane of two keys as SVG: regions, boundaries, the paper's conditions, and where the scenario lies.

use super::axis::{Scale, significant};
use super::canvas::{Across, Canvas, Down, path, stroke};
use super::colour::{Fill, INK, NO_VALUE, Palette, Ramp, WORSE, ink_on};
use super::look::Look;
use super::rooms::Cells;
use super::svg::document;
use super::text::{escape, literal, number, width, wrap};
use crate::map::{Band, Condition, Label, Map, Side, measure, phrase};
use crate::measure::Better;
use crate::numbers::counted;
use crate::probe::Answer;
use crate::scenario::people::{People, capital, unit};
use std::fmt::Write;

/// Height of the plane, as a share of its width.
const SHAPE: f64 = 0.66;
/// Points of an outline nearer than this to the one before do not show, pixels.
const UNSEEN: f64 = 0.05;
/// About how wide and high the cells are in which room for names is sought, pixels.
const CELL: f64 = 4.0;
/// Room that a name has on each side, pixels.
const MARGIN: f64 = 2.0;
/// Entries of a legend beyond which a picture has none.
const ENTRIES: usize = 16;

/// Letters in `ink` on a rim of the colour that they lie on, which lines below them do not cross.
fn letters(ink: &str, ground: &str) -> String {
    format!("fill=\"{ink}\" stroke=\"{ground}\" stroke-width=\"3.5\" stroke-linejoin=\"round\" paint-order=\"stroke\"")
}

/// What a region is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ground {
    /// A fill of a palette.
    Fill(Fill),
    /// The colour of a number, as a share of its scale.
    Number(Ramp, f64),
}

impl Ground {
    fn paint(self, look: &Look) -> String {
        match self {
            Self::Fill(fill) => fill.paint(&look.ids),
            Self::Number(ramp, share) => look.palette().number(ramp, share),
        }
    }

    /// Whether lines have to say that it is worse than nothing: both sides of that have the same greys.
    fn is_hatched(self, look: &Look) -> bool {
        let worse = match self {
            Self::Fill(_) | Self::Number(Ramp::Size, _) => false,
            Self::Number(Ramp::BetterAbove, share) => share < 0.5,
            Self::Number(Ramp::BetterBelow, share) => share > 0.5,
        };
        worse && look.palette().grey
    }

    /// How names are written on it.
    fn letters(self, look: &Look) -> String {
        let colour = match self {
            Self::Fill(fill) => fill.ground.to_owned(),
            Self::Number(ramp, share) => look.palette().number(ramp, share),
        };
        letters(ink_on(&colour), &colour)
    }
}

/// The picture of a map, `title` above it.
pub fn render(map: &Map, title: &str, people: &People, look: &Look) -> String {
    let (edge, text) = (look.edge(), look.text());
    let [x, y] = map.asked.sides.each_ref().map(scale);
    let grounds = grounds(map, look.palette());
    let mut canvas = Canvas::new(look);
    let about = match measure(map.asked.question) {
        Some(measure) => measure.about().title.to_owned(),
        None => literal(&capital(phrase(map.asked.question))),
    };
    let mut top = canvas.heading(&literal(title), &about);
    top = legend(&mut canvas, map, people, &grounds, top + 8.0) + 6.0;
    let [x_title, y_title] = map.asked.sides.each_ref().map(|side| side_title(side, people));
    top += 0.4 * text;
    for line in wrap(&y_title, look.width - 2.0 * edge, text, false, 2) {
        top += 1.3 * text;
        canvas.text("y-label", [edge, top], text, &format!(" fill=\"{INK}\""), &line);
    }
    top += 0.9 * text;
    let widest = y.ticks(6).iter().map(|(_, tick)| width(tick, text, false)).fold(0.0, f64::max);
    let last = x.ticks(6).last().map_or(0.0, |(_, tick)| width(tick, text, false) / 2.0);
    let left = edge + widest + 9.0;
    let right = look.width - edge - last.max(4.0);
    let across = Across { left, end: right, right, x };
    let down = Down { top, bottom: top + SHAPE * (right - left), y };
    let mut defs = String::new();
    for ground in &grounds {
        if let Ground::Fill(fill) = ground
            && !defs.contains(&format!("{}{}\"", look.ids, fill.name))
        {
            fill.define(&look.ids, &mut defs);
        }
    }
    if grounds.iter().any(|ground| ground.is_hatched(look)) {
        WORSE.define(&look.ids, &mut defs);
    }
    draw_regions(&mut canvas, map, &grounds, &across, down);
    draw_boundaries(&mut canvas, map, &across, down);
    let taken = draw_frontiers(&mut canvas, map, people, &across, down);
    draw_names(&mut canvas, map, people, &grounds, (&across, down), &taken);
    axes(&mut canvas, &across, down);
    draw_here(&mut canvas, map, &across, down);
    let middle = f64::midpoint(left, right);
    let mut bottom = canvas.axis_title("x-label", &x_title, middle, down.bottom + 6.0 + 1.4 * text);
    bottom = canvas.notes(&notes(map), bottom + 4.0);
    let described = format!("{about}; {x_title}; {y_title}");
    document(&canvas, [&literal(title), &described], bottom + edge, &defs)
}

/// A side as an axis.
fn scale(side: &Side) -> Scale {
    Scale { lo: side.from, hi: side.until, log: side.log }
}

/// What a side shows, and the key that it is.
fn side_title(side: &Side, people: &People) -> String {
    let title = people.key(&side.key);
    if title == side.key {
        return literal(&side.key);
    }
    let unit = unit(&side.key).map_or_else(String::new, |unit| format!(", {unit}"));
    let log = if side.log { ", log scale" } else { "" };
    literal(&format!("{title}{unit} ({}{log})", side.key))
}

/// What each answer's regions are filled with.
fn grounds(map: &Map, palette: Palette) -> Vec<Ground> {
    let (ramp, ends) = number_scale(map);
    let levels = map.levels.as_ref().map_or(&[][..], |levels| levels.at());
    let mut several = 0;
    let ground = |label: &Label| match label {
        Label::Band(band) => Ground::Number(ramp, place(*band, levels, ramp, ends)),
        Label::Answers(answers) => Ground::Fill(match &answers[..] {
            [Answer::NoScenario | Answer::Nothing] => NO_VALUE,
            [Answer::Failed] => palette.verdict(None),
            [Answer::Verdict(verdict)] => palette.verdict(Some(*verdict)),
            _ => {
                several += 1;
                palette.region(several - 1)
            }
        }),
    };
    let mut grounds: Vec<Ground> = map.plane.answers.iter().map(ground).collect();
    // Of one band in which history decides, the pattern says so; of several, their names.
    let bands: Vec<usize> = (0..grounds.len()).filter(|at| map.plane.answers[*at].is_several()).collect();
    if let [only] = bands[..] {
        grounds[only] = Ground::Fill(palette.history());
    }
    grounds
}

/// The colours of numbers, and the numbers at the ends of their scale.
fn number_scale(map: &Map) -> (Ramp, [f64; 2]) {
    let levels = map.levels.as_ref().map_or(&[][..], |levels| levels.at());
    let (low, high) = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(0.0));
    // Half a step beyond the outer levels.
    let step = if levels.len() > 1 { (high - low) / (levels.len() - 1) as f64 } else { 1.0 };
    let (low, high) = (low - step / 2.0, high + step / 2.0);
    match measure(map.asked.question).and_then(|measure| measure.about().difference) {
        None => (Ramp::Size, [low, high]),
        Some(better) => {
            let far = low.abs().max(high.abs());
            (if better == Better::Above { Ramp::BetterAbove } else { Ramp::BetterBelow }, [-far, far])
        }
    }
}

/// Where a band lies on a scale of numbers: of sizes by its place among the bands, so that levels at even ratios are told apart like
/// levels at even steps; of differences by its middle, and of one without a bound by half a step beyond the outer level.
fn place(band: Band, levels: &[f64], ramp: Ramp, [low, high]: [f64; 2]) -> f64 {
    let half = match levels {
        [first, .., last] => (last - first) / (2 * (levels.len() - 1)) as f64,
        _ => 0.5,
    };
    let middle = match (band.from.is_finite(), band.until.is_finite()) {
        (false, false) => return if band.from > 0.0 { 1.0 } else { 0.5 },
        _ if ramp == Ramp::Size => {
            let below = levels.iter().filter(|level| **level <= band.from).count() as f64;
            // The level itself lies between the bands on both sides of it.
            let place = if band.from == band.until { below - 0.5 } else { below };
            return place / levels.len().max(1) as f64;
        }
        (true, true) => f64::midpoint(band.from, band.until),
        (true, false) => band.from + half,
        (false, true) => band.until - half,
    };
    ((middle - low) / (high - low)).clamp(0.0, 1.0)
}

/// Samples of what is on the plane; returns where they end.
fn legend(canvas: &mut Canvas<'_>, map: &Map, people: &People, grounds: &[Ground], top: f64) -> f64 {
    let (look, text) = (canvas.look, canvas.look.text());
    let mut shown: Vec<usize> = map.shares().into_iter().map(|(answer, ..)| answer).collect();
    shown.sort_unstable();
    if shown.len() > ENTRIES {
        return top;
    }
    let (mut x, mut y) = (look.edge(), top + text);
    let room = look.width - 2.0 * look.edge() - 27.0;
    let mut entry = |canvas: &mut Canvas<'_>, name: &str, sample: &dyn Fn(&mut Canvas<'_>, [f64; 2])| {
        let name = wrap(&literal(name), room, text, false, 1).concat();
        let wide = 27.0 + width(&name, text, false);
        if x > look.edge() && x + wide > look.width - look.edge() {
            (x, y) = (look.edge(), y + 1.6 * text);
        }
        sample(canvas, [x, y]);
        canvas.text("key-label", [x + 27.0, y], text, "", &name);
        x += wide + 18.0;
    };
    for answer in shown {
        let paint = grounds[answer].paint(look);
        entry(canvas, &told(&map.plane.answers[answer], people), &|canvas, [x, y]| {
            let more = format!("fill=\"{paint}\" stroke=\"#444444\" stroke-width=\"0.6\"");
            canvas.rect("key", [x, y - 10.0, 21.0, 12.0], &more);
            if grounds[answer].is_hatched(look) {
                let worse = format!("fill=\"{}\"", WORSE.paint(&look.ids));
                canvas.rect("key-worse", [x, y - 10.0, 21.0, 12.0], &worse);
            }
        });
    }
    for condition in Condition::ALL {
        if map.frontiers.iter().any(|frontier| frontier.condition == condition) {
            let name = format!("{} begins to hold: {}", condition.name(), condition.meaning());
            entry(canvas, &name, &|canvas, [x, y]| {
                canvas.line("key", [x, y - 4.0, x + 21.0, y - 4.0], &stroke(INK, 2.6, dash(condition)));
            });
        }
    }
    y
}

/// What holds, with true minus signs.
fn told(label: &Label, people: &People) -> String {
    let text = label.words(people);
    if matches!(label, Label::Band(_)) { text.replace('-', "\u{2212}") } else { text }
}

/// How a condition's line is broken.
fn dash(condition: Condition) -> &'static str {
    match condition {
        Condition::Today => "7 4",
        Condition::LongRun => "2 3",
    }
}

/// Points of the unit square on the picture, without those that do not show.
fn placed(points: &[[f64; 2]], across: &Across, down: Down) -> Vec<[f64; 2]> {
    let at =
        |[u, v]: [f64; 2]| [across.left + u * (across.end - across.left), down.bottom - v * (down.bottom - down.top)];
    let mut kept: Vec<[f64; 2]> = Vec::new();
    for (i, point) in points.iter().enumerate() {
        let here = at(*point);
        let near = |before: &[f64; 2]| (0..2).all(|d| (before[d] - here[d]).abs() < UNSEEN);
        if i + 1 == points.len() || !kept.last().is_some_and(near) {
            kept.push(here);
        }
    }
    kept
}

fn draw_regions(canvas: &mut Canvas<'_>, map: &Map, grounds: &[Ground], across: &Across, down: Down) {
    canvas.open(" class=\"regions\"");
    for region in &map.plane.regions {
        let outlines = region.outlines.iter().map(|outline| path(&placed(outline, across, down)) + "Z");
        let d: String = outlines.collect();
        let ground = grounds[region.answer];
        let (paint, name) = (ground.paint(canvas.look), escape(&map.spelt[region.answer]));
        canvas.tag(&format!(
            "<path class=\"region\" data-name=\"{name}\" d=\"{d}\" fill=\"{paint}\" fill-rule=\"evenodd\"/>"
        ));
        if ground.is_hatched(canvas.look) {
            let worse = WORSE.paint(&canvas.look.ids);
            canvas.tag(&format!("<path class=\"worse\" d=\"{d}\" fill=\"{worse}\" fill-rule=\"evenodd\"/>"));
        }
    }
    canvas.close();
}

fn draw_boundaries(canvas: &mut Canvas<'_>, map: &Map, across: &Across, down: Down) {
    let pivot = measure(map.asked.question).and_then(|measure| measure.about().pivot);
    for curve in &map.plane.curves {
        let [left, right] = [curve.left, curve.right].map(|answer| &map.plane.answers[answer]);
        // Contours are thin, but for the one that parts gain from loss.
        let contour =
            matches!((left, right), (Label::Band(a), Label::Band(b)) if a.until == b.from && Some(b.from) != pivot);
        let ink = stroke("#000000", if contour { 0.7 } else { 1.4 }, "");
        let d = path(&placed(&curve.line(), across, down));
        canvas.tag(&format!("<path class=\"boundary\" d=\"{d}\" fill=\"none\" {ink} stroke-linejoin=\"round\"/>"));
    }
}

/// Returns left, top, right and bottom of the names beside the lines.
fn draw_frontiers(canvas: &mut Canvas<'_>, map: &Map, people: &People, across: &Across, down: Down) -> Vec<[f64; 4]> {
    let small = canvas.look.small();
    let mut names = Vec::new();
    let several = map.frontiers.iter().any(|frontier| frontier.sector != map.frontiers[0].sector);
    for frontier in &map.frontiers {
        for line in &frontier.lines {
            let points = placed(line, across, down);
            let d = path(&points);
            let ink = stroke(INK, 2.6, dash(frontier.condition));
            canvas.tag(&format!("<path class=\"frontier\" d=\"{d}\" fill=\"none\" {ink}/>"));
            let Some([x, y]) = points.get(points.len() / 3).copied() else { continue };
            let mut name = frontier.condition.name().to_owned();
            if several {
                let _ = write!(name, " {}", people.sectors()[frontier.sector]);
            }
            canvas.text(
                "frontier-name",
                [x + 6.0, y - 4.0],
                small,
                &format!(" {}", letters(INK, "#FFFFFF")),
                &literal(&name),
            );
            names.push([
                x + 6.0,
                y - 4.0 - small,
                x + 6.0 + width(&literal(&name), small, false),
                y - 4.0 + 0.3 * small,
            ]);
        }
    }
    names
}

/// Names of regions, on each of their wide parts that has room; they keep clear of the scenario, of its name and of what is `taken`.
fn draw_names(
    canvas: &mut Canvas<'_>,
    map: &Map,
    people: &People,
    grounds: &[Ground],
    (across, down): (&Across, Down),
    taken: &[[f64; 4]],
) {
    let text = canvas.look.small();
    let [wide, high] = [across.end - across.left, down.bottom - down.top];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the picture is some hundred cells wide"
    )]
    let [columns, rows] = [wide, high].map(|side| (side / CELL).ceil().max(1.0) as usize);
    let cell = [wide / columns as f64, high / rows as f64];
    let mut cells = Cells::new(columns, rows, |[x, y]| map.plane.answer_at([x, 1.0 - y]));
    let here = here_at(map, across, down, text).map(|here| here.taken);
    for [left, top, right, bottom] in taken.iter().copied().chain(here) {
        let place = |x: f64, y: f64| [(x - across.left) / cell[0], (y - down.top) / cell[1]];
        let ([left, top], [right, bottom]) = (place(left, top), place(right, bottom));
        cells.take([left, top, right, bottom]);
    }
    for (answer, ground) in grounds.iter().enumerate() {
        let name = literal(&told(&map.plane.answers[answer], people));
        let longest = name.split(' ').map(|word| width(word, text, false)).fold(0.0, f64::max);
        // On one line or a few, and where that has no room, word by word, if that is not cut off.
        let mut forms = [0.3 * wide, longest].map(|room| wrap(&name, room + 0.1, text, false, 3)).to_vec();
        forms.truncate(if forms[1].iter().any(|line| line.ends_with('…')) { 1 } else { 2 });
        let size = |lines: &Vec<String>| {
            let wide = lines.iter().map(|line| width(line, text, false)).fold(0.0, f64::max);
            [(wide / 2.0 + MARGIN) / cell[0], (0.625 * text * lines.len() as f64 + MARGIN) / cell[1]]
        };
        let sizes: Vec<[f64; 2]> = forms.iter().map(size).collect();
        let ink = ground.letters(canvas.look);
        for ([x, y], form) in cells.places(answer, &sizes) {
            let [x, y] = [across.left + x * cell[0], down.top + y * cell[1]];
            let lines = &forms[form];
            for (i, line) in lines.iter().enumerate() {
                let below = (i as f64 - (lines.len() as f64 - 1.0) / 2.0) * 1.25 * text + 0.36 * text;
                canvas.text("region-name", [x, y + below], text, &format!(" text-anchor=\"middle\" {ink}"), line);
            }
        }
    }
}

/// What the scenario itself is called.
const HERE: &str = "the scenario";

/// Where the scenario itself is drawn.
struct HereAt {
    at: [f64; 2],
    /// Whether its name stands to the left.
    left: bool,
    /// What it and its name take up: left, top, right, bottom.
    taken: [f64; 4],
}

fn here_at(map: &Map, across: &Across, down: Down, text: f64) -> Option<HereAt> {
    let here = map.here.as_ref().filter(|here| here.on_the_plane())?;
    let [[x, y]] = placed(&[here.shares], across, down)[..] else { return None };
    let wide = 9.0 + width(HERE, text, false) + 2.0;
    let left = x + wide > across.end;
    let [from, until] = if left { [x - wide, x + 6.0] } else { [x - 6.0, x + wide] };
    let high = f64::max(6.0, 0.65 * text);
    Some(HereAt { at: [x, y], left, taken: [from, y - high, until, y + high] })
}

fn draw_here(canvas: &mut Canvas<'_>, map: &Map, across: &Across, down: Down) {
    let text = canvas.look.small();
    let Some(HereAt { at: [x, y], left, .. }) = here_at(map, across, down, text) else { return };
    let [cx, cy] = [x, y].map(number);
    canvas.tag(&format!(
        "<circle class=\"here\" cx=\"{cx}\" cy=\"{cy}\" r=\"4.5\" fill=\"{INK}\" stroke=\"#FFFFFF\" stroke-width=\"1.6\"/>"
    ));
    let (at, anchor) = if left { (x - 9.0, "end") } else { (x + 9.0, "start") };
    let ink = letters(INK, "#FFFFFF");
    canvas.text("here-name", [at, y + 0.36 * text], text, &format!(" text-anchor=\"{anchor}\" {ink}"), HERE);
}

/// Frame and ticks.
fn axes(canvas: &mut Canvas<'_>, across: &Across, down: Down) {
    let (look, text) = (canvas.look, canvas.look.text());
    let ink = stroke("#444444", 1.0, "");
    let [wide, high] = [across.end - across.left, down.bottom - down.top];
    canvas.rect("frame", [across.left, down.top, wide, high], &format!("fill=\"none\" {ink}"));
    for (value, tick) in down.y.ticks(6) {
        let y = down.at(value);
        canvas.line("tick", [across.left - 4.0, y, across.left, y], &ink);
        canvas.text("tick-y", [across.left - 7.0, y + 0.36 * text], text, " text-anchor=\"end\"", &tick);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let target = (wide / (60.0 * look.scale())).clamp(3.0, 9.0) as usize;
    let mut end = f64::NEG_INFINITY;
    for (value, tick) in across.x.ticks(target) {
        let (x, half) = (across.at(value), width(&tick, text, false) / 2.0);
        canvas.line("tick", [x, down.bottom, x, down.bottom + 4.0], &ink);
        if x - half > end {
            canvas.text("tick-x", [x, down.bottom + 5.5 + text], text, " text-anchor=\"middle\"", &tick);
            end = x + half + 6.0;
        }
    }
}

/// What the picture does not say itself.
fn notes(map: &Map) -> Vec<String> {
    let resolution = map.asked.resolution;
    let found = format!(
        "Regions as wide as 1/{resolution} of each side are found; every point of a boundary lies between two runs a billionth of a \
         side apart."
    );
    let asked = format!("{} points of the plane were asked.", counted(map.plane.asked));
    let mut notes = vec![format!("{found} {asked}")];
    if let Some(levels) = map.levels.as_ref().filter(|levels| !levels.at().is_empty()) {
        let at: Vec<String> = levels.at().iter().map(|level| significant(*level)).collect();
        notes.insert(0, format!("Contours at {}.", at.join(", ")));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(levels: &[f64]) -> Vec<Band> {
        let ends = [&[f64::NEG_INFINITY], levels, &[f64::INFINITY]].concat();
        ends.windows(2).map(|ends| Band { from: ends[0], until: ends[1] }).collect()
    }

    #[test]
    fn bands_at_even_ratios_are_told_apart_like_those_at_even_steps() {
        for levels in [[10.0, 20.0, 50.0, 100.0, 200.0], [1.0, 2.0, 3.0, 4.0, 5.0]] {
            let places = bands(&levels).into_iter().map(|band| place(band, &levels, Ramp::Size, [0.0, 1.0]));
            let even: Vec<f64> = (0..=5).map(|i| f64::from(i) / 5.0).collect();
            assert_eq!(places.collect::<Vec<_>>(), even, "{levels:?}");
        }
    }

    #[test]
    fn what_is_negative_everywhere_has_the_colours_of_losses() {
        let levels = [-0.8, -0.6, -0.4, -0.2];
        let of = |band| place(band, &levels, Ramp::BetterAbove, [-0.9, 0.9]);
        let places: Vec<f64> = bands(&levels).into_iter().map(of).collect();
        assert!(places.is_sorted() && places[0] == 0.0 && places[4] < 0.5, "{places:?}");
        // The twin: what is above the highest level of gains is one.
        let gain = Band { from: 0.2, until: f64::INFINITY };
        assert!(place(gain, &[-0.2, 0.2], Ramp::BetterAbove, [-0.4, 0.4]) > 0.5);
    }
}
