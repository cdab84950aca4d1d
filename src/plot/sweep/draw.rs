//! A heat map as SVG. Same map, same bytes.

use super::colour::{self, VERDICT};
use super::heat::{Cell, HeatMap, Legend, Map, kind_name, side_of};
use super::side::{Side, Slots};
use crate::draw::axis::{Scale, significant};
use crate::draw::canvas::{Canvas, INK, SMALL_SIZE, SOFT, TEXT_SIZE, stroke};
use crate::draw::svg::{EDGE, TITLE_SIZE, WIDTH, document};
use crate::draw::text::{escape, literal, number, width, wrap};
use crate::measure::Better;
use std::fmt::Write;

/// Between maps side by side.
const GAP: f64 = 26.0;
/// Longest text of a tick at the left, and of an upright one below.
const LONGEST: f64 = 130.0;
/// Between the texts of two ticks.
const AIR: f64 = 8.0;
/// Opacity of a verdict with a share near 0.
const PALEST: f64 = 0.2;

/// A tick: share of the axis, and text.
type Tick = (f64, String);

/// Ticks of the horizontal side.
struct Below {
    ticks: Vec<Tick>,
    upright: bool,
}

impl Below {
    /// Room that the texts take below the axis.
    fn height(&self) -> f64 {
        let longest = self.ticks.iter().map(|(_, text)| width(text, TEXT_SIZE, false)).fold(0.0, f64::max);
        if self.upright { longest + 8.0 } else { 18.0 }
    }
}

/// The map as an SVG document.
pub(crate) fn render(heat: &HeatMap) -> String {
    let columns = match heat.maps.len() {
        0..=3 => heat.maps.len().max(1),
        4 => 2,
        _ => 3,
    };
    let height = [380.0, 280.0, 220.0][columns - 1];
    let left_ticks = upward(&heat.y, height);
    let longest = left_ticks.iter().map(|(_, text)| width(text, TEXT_SIZE, false)).fold(0.0, f64::max);
    let left = EDGE + longest + 9.0;
    let room = (WIDTH - EDGE - 6.0 - left - GAP * (columns as f64 - 1.0)) / columns as f64;
    let below = across(&heat.x, room);

    let mut body = Canvas(String::new());
    let mut y = EDGE;
    for line in wrap(&heat.title, WIDTH - 2.0 * EDGE, TITLE_SIZE, true, 2) {
        y += 1.25 * TITLE_SIZE;
        body.text("title", [EDGE, y - 4.0], TITLE_SIZE, " font-weight=\"bold\"", &line);
    }
    for line in wrap(&heat.subtitle, WIDTH - 2.0 * EDGE, TEXT_SIZE, false, 2) {
        y += 1.35 * TEXT_SIZE;
        body.text("subtitle", [EDGE, y - 3.0], TEXT_SIZE, &format!(" fill=\"{SOFT}\""), &line);
    }
    let no_value = heat.maps.iter().flat_map(|map| &map.cells).any(|cell| *cell == Cell::NoValue);
    y = match &heat.legend {
        Legend::Verdicts(shown) => verdicts(&mut body, shown, y + 8.0) + 6.0,
        Legend::Numbers { title, scale, better } => numbers(&mut body, title, *scale, *better, no_value, y + 8.0),
    };
    y += 22.0;
    for line in wrap(&heat.y.title, WIDTH - 2.0 * EDGE, TEXT_SIZE, false, 2) {
        body.text("y-label", [EDGE, y - 5.0], TEXT_SIZE, &format!(" fill=\"{INK}\""), &line);
        y += 1.3 * TEXT_SIZE;
    }
    y -= 1.3 * TEXT_SIZE;
    for row in heat.maps.chunks(columns) {
        if row.iter().any(|map| !map.name.is_empty()) {
            y += 17.0;
            for (i, map) in row.iter().enumerate() {
                let name = wrap(&literal(&map.name), room, TEXT_SIZE, true, 1).concat();
                let at = [left + (room + GAP) * i as f64, y - 5.0];
                body.text("map-name", at, TEXT_SIZE, " font-weight=\"bold\"", &name);
            }
        }
        for (i, map) in row.iter().enumerate() {
            let place = [left + (room + GAP) * i as f64, y, room, height];
            draw(&mut body, heat, map, place);
            axes(&mut body, place, (i == 0).then_some(&left_ticks[..]), &below, columns > 1);
        }
        y += height + below.height() + 6.0;
    }
    let middle = left + (WIDTH - EDGE - 6.0 - left) / 2.0;
    let anchor = format!(" text-anchor=\"middle\" fill=\"{INK}\"");
    for line in wrap(&heat.x.title, WIDTH - 2.0 * EDGE, TEXT_SIZE, false, 2) {
        y += 1.3 * TEXT_SIZE;
        let half = width(&line, TEXT_SIZE, false) / 2.0;
        let at = middle.clamp(EDGE + half, (WIDTH - EDGE - half).max(EDGE + half));
        body.text("x-label", [at, y - 3.0], TEXT_SIZE, &anchor, &line);
    }
    y += 4.0;
    for note in heat.notes.iter().flat_map(|note| wrap(note, WIDTH - 2.0 * EDGE, SMALL_SIZE, false, 3)) {
        y += 15.0;
        body.text("note", [EDGE, y], SMALL_SIZE, &format!(" fill=\"{SOFT}\""), &note);
    }
    let about = format!("{}; {}; {}", heat.subtitle, heat.x.title, heat.y.title);
    document(&heat.title, &about, y + EDGE, &patterns(heat), &body.0)
}

/// Patterns and gradients that the map uses.
fn patterns(heat: &HeatMap) -> String {
    let mut defs = String::new();
    let mut pattern = |id: &str, ground: &str, hatch: &str, ink: &str| {
        let _ = writeln!(
            defs,
            "<pattern id=\"{id}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" \
             fill=\"{ground}\"/><path d=\"{hatch}\" {ink}/></pattern>"
        );
    };
    pattern("no-value", "#F2F2F2", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "stroke=\"#B5B5B5\" stroke-width=\"0.9\"");
    match &heat.legend {
        Legend::Verdicts(_) => {
            for (name, colour, hatch) in VERDICT.iter().filter(|(_, _, hatch)| !hatch.is_empty()) {
                let ink = "stroke=\"#FFFFFF\" stroke-width=\"1.3\" stroke-opacity=\"0.75\"";
                pattern(&format!("verdict-{name}"), colour, hatch, ink);
            }
        }
        Legend::Numbers { better, .. } => {
            let ink = "stroke=\"#222222\" stroke-width=\"0.7\" stroke-opacity=\"0.5\"";
            pattern("worse", "none", "M0 8L8 0M-2 2L2 -2M6 10L10 6", ink);
            defs += "<linearGradient id=\"scale\">";
            let stops = colour::stops(*better);
            for (i, stop) in stops.iter().enumerate() {
                let share = number(i as f64 / (stops.len() - 1) as f64);
                let _ = write!(defs, "<stop offset=\"{share}\" stop-color=\"{stop}\"/>");
            }
            defs += "</linearGradient>\n";
        }
    }
    defs
}

fn fill(kind: usize) -> String {
    let (name, colour, hatch) = VERDICT[kind];
    if hatch.is_empty() { colour.to_owned() } else { format!("url(#verdict-{name})") }
}

/// Samples of verdicts; returns where they end.
fn verdicts(canvas: &mut Canvas, shown: &[bool], top: f64) -> f64 {
    let (mut x, mut y) = (EDGE, top + 12.0);
    for kind in (0..shown.len()).filter(|kind| shown[*kind]) {
        let name = kind_name(kind);
        let wide = 27.0 + width(name, TEXT_SIZE, false);
        if x + wide > WIDTH - EDGE {
            (x, y) = (EDGE, y + 18.0);
        }
        let more = format!("fill=\"{}\" stroke=\"#444444\" stroke-width=\"0.6\"", fill(kind));
        canvas.rect("key", [x, y - 10.0, 21.0, 12.0], &more);
        canvas.text("key-label", [x + 27.0, y], TEXT_SIZE, "", name);
        x += wide + 18.0;
    }
    y
}

/// The scale of colours; returns where it ends.
fn numbers(canvas: &mut Canvas, title: &str, scale: Scale, better: Option<Better>, no_value: bool, top: f64) -> f64 {
    canvas.text("scale-label", [EDGE, top + 12.0], TEXT_SIZE, "", title);
    let (y, wide) = (top + 19.0, 330.0);
    let mut left = EDGE + 10.0;
    let ends = better.map(|better| if better == Better::Above { ["worse", "better"] } else { ["better", "worse"] });
    if let Some([low, high]) = ends {
        canvas.text("scale-end", [EDGE, y + 10.0], TEXT_SIZE, "", low);
        left = EDGE + width(low, TEXT_SIZE, false) + 8.0;
        canvas.text("scale-end", [left + wide + 8.0, y + 10.0], TEXT_SIZE, "", high);
    }
    canvas.rect("scale", [left, y, wide, 12.0], "fill=\"url(#scale)\" stroke=\"#444444\" stroke-width=\"0.6\"");
    if let Some(better) = better {
        let from = if better == Better::Above { left } else { left + wide / 2.0 };
        canvas.rect("scale-worse", [from, y, wide / 2.0, 12.0], "fill=\"url(#worse)\"");
    }
    for (share, text) in sparse(&scaled(&scale, 6), wide, &|text| width(text, TEXT_SIZE, false)) {
        let x = left + share * wide;
        canvas.line("scale-mark", [x, y + 12.0, x, y + 16.0], &stroke("#444444", 1.0, ""));
        canvas.text("tick-scale", [x, y + 28.0], TEXT_SIZE, " text-anchor=\"middle\"", &text);
    }
    if no_value {
        let x = left + wide + if better.is_some() { 70.0 } else { 30.0 };
        canvas.rect("key", [x, y, 21.0, 12.0], "fill=\"url(#no-value)\" stroke=\"#444444\" stroke-width=\"0.6\"");
        canvas.text("key-label", [x + 27.0, y + 10.0], TEXT_SIZE, "", "no value");
    }
    y + 28.0
}

/// Cells, hatching of what is worse, and boundaries.
fn draw(canvas: &mut Canvas, heat: &HeatMap, map: &Map, [left, top, wide, high]: [f64; 4]) {
    // Cells that touch share the very same number.
    let round = |value: f64| (value * 100.0).round() / 100.0;
    let xs: Vec<f64> = heat.x.edges().into_iter().map(|share| round(left + share * wide)).collect();
    let ys: Vec<f64> = heat.y.edges().into_iter().map(|share| round(top + (1.0 - share) * high)).collect();
    let nx = heat.x.len();
    let name = escape(&map.name);
    canvas.tag(&format!("<g class=\"map\" data-name=\"{name}\" shape-rendering=\"crispEdges\">"));
    let mut worse = String::new();
    for (at, cell) in map.cells.iter().enumerate() {
        let (i, j) = (at % nx, at / nx);
        let place = [xs[i], ys[j + 1], xs[i + 1] - xs[i], ys[j] - ys[j + 1]];
        let look = match (*cell, &heat.legend) {
            (Cell::Empty, _) => continue,
            (Cell::NoValue, _) => "fill=\"url(#no-value)\"".to_owned(),
            (Cell::Verdict(kind, share), _) if share >= 1.0 => format!("fill=\"{}\"", fill(kind)),
            (Cell::Verdict(kind, share), _) => {
                format!("fill=\"{}\" fill-opacity=\"{}\"", fill(kind), number(PALEST + (1.0 - PALEST) * share))
            }
            (Cell::Value(value), Legend::Numbers { scale, better, .. }) => {
                let is_worse = match better {
                    Some(Better::Above) => value < -1e-12,
                    Some(Better::Below) => value > 1e-12,
                    None => false,
                };
                if is_worse {
                    let [x, y, w, h] = place.map(number);
                    let _ = write!(worse, "M{x} {y}h{w}v{h}h-{w}Z");
                }
                format!("fill=\"{}\"", colour::at(*better, scale.place(value)))
            }
            (Cell::Value(_), Legend::Verdicts(_)) => continue,
        };
        canvas.rect("cell", place, &look);
    }
    canvas.tag("</g>");
    if !worse.is_empty() {
        canvas.tag(&format!("<path class=\"worse\" d=\"{worse}\" fill=\"url(#worse)\"/>"));
    }
    let lines = boundaries(map, heat.pivot, &xs, &ys);
    if !lines.is_empty() {
        let ink = stroke("#000000", 1.3, "");
        canvas.tag(&format!("<path class=\"boundary\" d=\"{lines}\" fill=\"none\" {ink} stroke-linecap=\"square\"/>"));
    }
    let nothing = if map.cells.iter().all(|cell| *cell == Cell::Empty) {
        "no run to show"
    } else if map.cells.iter().all(|cell| matches!(cell, Cell::Empty | Cell::NoValue)) {
        "no run has a value"
    } else {
        return;
    };
    let at = [left + wide / 2.0, top + high / 2.0];
    let halo = "stroke=\"#FFFFFF\" stroke-width=\"4\" paint-order=\"stroke\"";
    canvas.text("empty", at, 13.0, &format!(" text-anchor=\"middle\" fill=\"{SOFT}\" {halo}"), nothing);
}

/// Lines between neighbours on different sides, as long as they go straight on.
fn boundaries(map: &Map, pivot: Option<f64>, xs: &[f64], ys: &[f64]) -> String {
    let (nx, ny) = (xs.len() - 1, ys.len() - 1);
    let differ = |a: usize, b: usize| {
        let (a, b) = (side_of(map.cells[a], pivot), side_of(map.cells[b], pivot));
        a.is_some() && b.is_some() && a != b
    };
    let mut d = String::new();
    for (i, x) in xs.iter().enumerate().take(nx).skip(1) {
        let mut j = 0;
        while j < ny {
            let start = j;
            while j < ny && differ(j * nx + i - 1, j * nx + i) {
                j += 1;
            }
            if j > start {
                let _ = write!(d, "M{} {}V{}", number(*x), number(ys[start]), number(ys[j]));
            }
            j += 1;
        }
    }
    for (j, y) in ys.iter().enumerate().take(ny).skip(1) {
        let mut i = 0;
        while i < nx {
            let start = i;
            while i < nx && differ((j - 1) * nx + i, j * nx + i) {
                i += 1;
            }
            if i > start {
                let _ = write!(d, "M{} {}H{}", number(xs[start]), number(*y), number(xs[i]));
            }
            i += 1;
        }
    }
    d
}

/// Frame and ticks of a map; `beside` others, its texts keep out of theirs.
fn axes(canvas: &mut Canvas, [left, top, wide, high]: [f64; 4], up: Option<&[Tick]>, below: &Below, beside: bool) {
    let ink = stroke("#444444", 1.0, "");
    canvas.rect("frame", [left, top, wide, high], &format!("fill=\"none\" {ink}"));
    for (share, text) in up.into_iter().flatten() {
        let y = top + (1.0 - share) * high;
        canvas.line("tick", [left - 4.0, y, left, y], &ink);
        canvas.text("tick-y", [left - 7.0, y + 0.36 * TEXT_SIZE], TEXT_SIZE, " text-anchor=\"end\"", text);
    }
    for (share, text) in &below.ticks {
        let (x, bottom) = (left + share * wide, top + high);
        canvas.line("tick", [x, bottom, x, bottom + 4.0], &ink);
        if below.upright {
            let (x, y) = (x + 0.36 * TEXT_SIZE, bottom + 7.0);
            let turn = format!(" text-anchor=\"end\" transform=\"rotate(-90 {} {})\"", number(x), number(y));
            canvas.text("tick-x", [x, y], TEXT_SIZE, &turn, text);
            continue;
        }
        let half = width(text, TEXT_SIZE, false) / 2.0;
        let reach = GAP / 2.0 - AIR / 2.0;
        if beside && (x - half < left - reach || x + half > left + wide + reach) {
            continue;
        }
        let x = x.min(WIDTH - 3.0 - half);
        canvas.text("tick-x", [x, bottom + 17.0], TEXT_SIZE, " text-anchor=\"middle\"", text);
    }
}

/// Round numbers of a scale.
fn scaled(scale: &Scale, target: usize) -> Vec<Tick> {
    scale.ticks(target).into_iter().map(|(value, text)| (scale.place(value), text)).collect()
}

/// A tick at each level or name; none for bins.
fn own(side: &Side) -> Vec<Tick> {
    match &side.slots {
        Slots::Levels(levels) => levels.iter().map(|level| (side.scale.place(*level), significant(*level))).collect(),
        Slots::Names(names) => {
            let text = |name: &str| wrap(name, LONGEST, TEXT_SIZE, false, 1).concat();
            let middle = |i: usize| side.scale.place(i as f64 + 0.5);
            names.iter().enumerate().map(|(i, (_, name))| (middle(i), text(name))).collect()
        }
        Slots::Bins(_) => Vec::new(),
    }
}

/// Whether texts of that extent along an axis of `room` leave air between them.
fn fit(ticks: &[Tick], room: f64, extent: &dyn Fn(&str) -> f64) -> bool {
    ticks.windows(2).all(|pair| {
        let apart = (pair[1].0 - pair[0].0) * room;
        apart >= (extent(&pair[0].1) + extent(&pair[1].1)) / 2.0 + AIR
    })
}

/// Every second, third… tick, until they fit.
fn sparse(ticks: &[Tick], room: f64, extent: &dyn Fn(&str) -> f64) -> Vec<Tick> {
    let every = |step: usize| ticks.iter().step_by(step).cloned().collect::<Vec<_>>();
    (1..=ticks.len().max(1)).map(every).find(|some| fit(some, room, extent)).unwrap_or_default()
}

/// Ticks of the vertical side.
fn upward(side: &Side, room: f64) -> Vec<Tick> {
    let extent = |_: &str| TEXT_SIZE - 3.0;
    let own = own(side);
    if !own.is_empty() && (fit(&own, room, &extent) || matches!(side.slots, Slots::Names(_))) {
        return sparse(&own, room, &extent);
    }
    sparse(&scaled(&side.scale, 6), room, &extent)
}

/// Ticks of the horizontal side.
fn across(side: &Side, room: f64) -> Below {
    let extent = |text: &str| width(text, TEXT_SIZE, false);
    let own = own(side);
    if !own.is_empty() && fit(&own, room, &extent) {
        return Below { ticks: own, upright: false };
    }
    if matches!(side.slots, Slots::Names(_)) {
        return Below { ticks: sparse(&own, room, &|_| TEXT_SIZE - 3.0), upright: true };
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let target = (room / 60.0).clamp(4.0, 9.0) as usize;
    Below { ticks: sparse(&scaled(&side.scale, target), room, &extent), upright: false }
}
