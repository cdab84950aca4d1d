//! A heat map as SVG. Same map, same bytes.

use super::heat::{Cell, HeatMap, Legend, Map, side_of};
use super::side::{Side, Slots};
use crate::draw::Look;
use crate::draw::axis::{Scale, significant};
use crate::draw::canvas::{Canvas, stroke};
use crate::draw::colour::{EMPTY, INK, NO_VALUE, Ramp, SOFT, WORSE};
use crate::draw::svg::document;
use crate::draw::text::{escape, number, width, wrap};
use std::fmt::Write;

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
    fn height(&self, look: &Look) -> f64 {
        let longest = self.ticks.iter().map(|(_, text)| width(text, look.text(), false)).fold(0.0, f64::max);
        if self.upright { longest + 8.0 } else { 1.57 * look.text() }
    }
}

/// The map as an SVG document.
pub(crate) fn render(heat: &HeatMap, look: &Look) -> String {
    let (edge, text) = (look.edge(), look.text());
    let most = match heat.maps.len() {
        0..=3 => heat.maps.len().max(1),
        4 => 2,
        _ => 3,
    };
    let gap = 2.26 * text;
    let left_of = |height: f64| {
        let ticks = upward(&heat.y, height, look);
        let longest = ticks.iter().map(|(_, tick)| width(tick, text, false)).fold(0.0, f64::max);
        (ticks, edge + longest + 9.0)
    };
    let room_of =
        |left: f64, columns: usize| (look.width - edge - 6.0 - left - gap * (columns as f64 - 1.0)) / columns as f64;
    // Fewer maps beside each other where the picture is narrow.
    let (_, left) = left_of(220.0);
    let columns = (1..=most).rev().find(|columns| room_of(left, *columns) >= 12.0 * text).unwrap_or(1);
    let height = (room_of(left, columns) * [0.55, 0.85, 1.0][columns - 1]).clamp(150.0, 380.0 * look.scale());
    let (left_ticks, left) = left_of(height);
    let room = room_of(left, columns);
    let below = across(&heat.x, room, look);

    let mut body = Canvas::new(look);
    let mut y = body.heading(&heat.title, &heat.subtitle);
    let has = |wanted: Cell| heat.maps.iter().flat_map(|map| &map.cells).any(|cell| *cell == wanted);
    let others = [(Cell::NoValue, NO_VALUE, "no value"), (Cell::Empty, EMPTY, heat.empty)];
    let others = others.into_iter().filter(|(cell, ..)| has(*cell)).map(|(_, fill, name)| (fill, name));
    y = match &heat.legend {
        Legend::Kinds(kinds, shown) => {
            let shown = (0..shown.len()).filter(|at| shown[*at]);
            let samples = shown.map(|at| (look.palette().fill(kinds.tint(at)), kinds.called(at)));
            body.samples(samples.chain(others), y + 8.0) + 6.0
        }
        Legend::Numbers { title, scale, ramp } => {
            let bottom = numbers(&mut body, title, *scale, *ramp, y + 8.0);
            body.samples(others, bottom + 8.0)
        }
    };
    y += 0.6 * text;
    for line in wrap(&heat.y.title, look.width - 2.0 * edge, text, false, 2) {
        y += 1.3 * text;
        body.text("y-label", [edge, y], text, &format!(" fill=\"{INK}\""), &line);
    }
    // The topmost tick keeps clear of the title.
    y += 0.9 * text;
    for row in heat.maps.chunks(columns) {
        let names: Vec<String> = row.iter().map(|map| heat.name(map)).collect();
        if names.iter().any(|name| !name.is_empty()) {
            let names: Vec<Vec<String>> = names.iter().map(|name| wrap(name, room, text, true, 2)).collect();
            let lines = names.iter().map(Vec::len).max().unwrap_or(1);
            y += 1.4 * text + 1.15 * text * (lines as f64 - 1.0);
            for (i, name) in names.iter().enumerate() {
                for (line, says) in name.iter().rev().enumerate() {
                    let at = [left + (room + gap) * i as f64, y - 5.0 - 1.15 * text * line as f64];
                    let class = if line + 1 == name.len() { "map-name" } else { "map-name-more" };
                    body.text(class, at, text, " font-weight=\"bold\"", says);
                }
            }
        }
        for (i, map) in row.iter().enumerate() {
            let place = [left + (room + gap) * i as f64, y, room, height];
            draw(&mut body, heat, map, place);
            axes(&mut body, place, (i == 0).then_some(&left_ticks[..]), &below, columns > 1);
        }
        y += height + below.height(look) + 6.0;
    }
    let middle = left + (look.width - edge - 6.0 - left) / 2.0;
    y = body.axis_title("x-label", &heat.x.title, middle, y);
    y = body.notes(&heat.notes, y + 4.0);
    let about = format!("{}; {}; {}", heat.subtitle, heat.x.title, heat.y.title);
    document(&body, [&heat.title, &about], y + edge, &patterns(heat, look))
}

/// Patterns and gradients that the map uses.
fn patterns(heat: &HeatMap, look: &Look) -> String {
    let mut defs = String::new();
    NO_VALUE.define(&look.ids, &mut defs);
    EMPTY.define(&look.ids, &mut defs);
    match &heat.legend {
        Legend::Kinds(kinds, shown) => {
            for at in (0..shown.len()).filter(|at| shown[*at]) {
                look.palette().fill(kinds.tint(at)).define(&look.ids, &mut defs);
            }
        }
        Legend::Numbers { ramp, .. } => {
            WORSE.define(&look.ids, &mut defs);
            let _ = write!(defs, "<linearGradient id=\"{}scale\">", look.ids);
            let stops = look.palette().stops(*ramp);
            for (i, stop) in stops.iter().enumerate() {
                let share = number(i as f64 / (stops.len() - 1) as f64);
                let _ = write!(defs, "<stop offset=\"{share}\" stop-color=\"{stop}\"/>");
            }
            defs += "</linearGradient>\n";
        }
    }
    defs
}

/// The scale of colours; returns where it ends.
fn numbers(canvas: &mut Canvas<'_>, title: &str, scale: Scale, ramp: Ramp, mut top: f64) -> f64 {
    let (look, text) = (canvas.look, canvas.look.text());
    let (edge, extent) = (look.edge(), |shown: &str| width(shown, text, false));
    for line in wrap(title, look.width - 2.0 * edge, text, false, 3) {
        top += 1.2 * text;
        canvas.text("scale-label", [edge, top], text, "", &line);
    }
    let ends = match ramp {
        Ramp::Size => None,
        Ramp::BetterAbove => Some(["worse", "better"]),
        Ramp::BetterBelow => Some(["better", "worse"]),
    };
    let beside = ends.map_or([10.0, 10.0], |ends| ends.map(|end| extent(end) + 8.0));
    let (y, left) = (top + 0.6 * text, edge + beside[0]);
    let wide = f64::min(330.0 * look.scale(), look.width - 2.0 * edge - beside[0] - beside[1]);
    if let Some([low, high]) = ends {
        canvas.text("scale-end", [edge, y + 10.0], text, "", low);
        canvas.text("scale-end", [left + wide + 8.0, y + 10.0], text, "", high);
    }
    let paint = format!("fill=\"url(#{}scale)\" stroke=\"#444444\" stroke-width=\"0.6\"", look.ids);
    canvas.rect("scale", [left, y, wide, 12.0], &paint);
    if ramp != Ramp::Size {
        let from = if ramp == Ramp::BetterAbove { left } else { left + wide / 2.0 };
        canvas.rect("scale-worse", [from, y, wide / 2.0, 12.0], &format!("fill=\"{}\"", WORSE.paint(&look.ids)));
    }
    for (share, tick) in sparse(&scaled(&scale, 6), wide, look, &extent) {
        let x = left + share * wide;
        canvas.line("scale-mark", [x, y + 12.0, x, y + 16.0], &stroke("#444444", 1.0, ""));
        canvas.text("tick-scale", [x, y + 16.5 + text], text, " text-anchor=\"middle\"", &tick);
    }
    y + 16.5 + text
}

/// Cells, hatching of what is worse, and boundaries.
fn draw(canvas: &mut Canvas<'_>, heat: &HeatMap, map: &Map, [left, top, wide, high]: [f64; 4]) {
    let look = canvas.look;
    // Cells that touch share the very same number.
    let round = |value: f64| (value * 100.0).round() / 100.0;
    let xs: Vec<f64> = heat.x.edges().into_iter().map(|share| round(left + share * wide)).collect();
    let ys: Vec<f64> = heat.y.edges().into_iter().map(|share| round(top + (1.0 - share) * high)).collect();
    let nx = heat.x.len();
    let name = escape(&map.name);
    canvas.tag(&format!("<g class=\"map\" data-name=\"{name}\" shape-rendering=\"crispEdges\">"));
    let (mut worse, mut empty) = (String::new(), String::new());
    for (at, cell) in map.cells.iter().enumerate() {
        let (i, j) = (at % nx, at / nx);
        let place = [xs[i], ys[j + 1], xs[i + 1] - xs[i], ys[j] - ys[j + 1]];
        let look = match (*cell, &heat.legend) {
            (Cell::Empty, _) => {
                let [x, y, w, h] = place.map(number);
                let _ = write!(empty, "M{x} {y}h{w}v{h}h-{w}Z");
                continue;
            }
            (Cell::NoValue, _) => format!("fill=\"{}\"", NO_VALUE.paint(&look.ids)),
            (Cell::Kind(at, share), Legend::Kinds(kinds, _)) => {
                let paint = look.palette().fill(kinds.tint(at)).paint(&look.ids);
                let pale = if share >= 1.0 {
                    String::new()
                } else {
                    format!(" fill-opacity=\"{}\"", number(PALEST + (1.0 - PALEST) * share))
                };
                format!("fill=\"{paint}\"{pale}")
            }
            (Cell::Value(value), Legend::Numbers { scale, ramp, .. }) => {
                let is_worse = match ramp {
                    Ramp::BetterAbove => value < -1e-12,
                    Ramp::BetterBelow => value > 1e-12,
                    Ramp::Size => false,
                };
                if is_worse {
                    let [x, y, w, h] = place.map(number);
                    let _ = write!(worse, "M{x} {y}h{w}v{h}h-{w}Z");
                }
                format!("fill=\"{}\"", look.palette().number(*ramp, scale.place(value)))
            }
            (Cell::Kind(..), Legend::Numbers { .. }) | (Cell::Value(_), Legend::Kinds(..)) => continue,
        };
        canvas.rect("cell", place, &look);
    }
    if !empty.is_empty() {
        canvas.tag(&format!("<path class=\"nothing\" d=\"{empty}\" fill=\"{}\"/>", EMPTY.paint(&look.ids)));
    }
    canvas.tag("</g>");
    if !worse.is_empty() {
        canvas.tag(&format!("<path class=\"worse\" d=\"{worse}\" fill=\"{}\"/>", WORSE.paint(&look.ids)));
    }
    let lines = boundaries(map, heat.pivot, &xs, &ys);
    if !lines.is_empty() {
        let ink = stroke("#000000", 1.3, "");
        canvas.tag(&format!("<path class=\"boundary\" d=\"{lines}\" fill=\"none\" {ink} stroke-linecap=\"square\"/>"));
    }
    if let Some([x, y]) = map.mark {
        let [x, y] = [left + x * wide, top + (1.0 - y) * high].map(number);
        for (ink, thick) in [("#FFFFFF", "4"), ("#000000", "1.6")] {
            canvas.tag(&format!(
                "<circle class=\"mark\" cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{thick}\"/>"
            ));
        }
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
    canvas.text("empty", at, 1.13 * look.text(), &format!(" text-anchor=\"middle\" fill=\"{SOFT}\" {halo}"), nothing);
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
fn axes(canvas: &mut Canvas<'_>, [left, top, wide, high]: [f64; 4], up: Option<&[Tick]>, below: &Below, beside: bool) {
    let (look, text_size) = (canvas.look, canvas.look.text());
    let ink = stroke("#444444", 1.0, "");
    canvas.rect("frame", [left, top, wide, high], &format!("fill=\"none\" {ink}"));
    for (share, text) in up.into_iter().flatten() {
        let y = top + (1.0 - share) * high;
        canvas.line("tick", [left - 4.0, y, left, y], &ink);
        canvas.text("tick-y", [left - 7.0, y + 0.36 * text_size], text_size, " text-anchor=\"end\"", text);
    }
    for (share, text) in &below.ticks {
        let (x, bottom) = (left + share * wide, top + high);
        canvas.line("tick", [x, bottom, x, bottom + 4.0], &ink);
        if below.upright {
            let (x, y) = (x + 0.36 * text_size, bottom + 7.0);
            let turn = format!(" text-anchor=\"end\" transform=\"rotate(-90 {} {})\"", number(x), number(y));
            canvas.text("tick-x", [x, y], text_size, &turn, text);
            continue;
        }
        let half = width(text, text_size, false) / 2.0;
        let reach = 1.13 * text_size - AIR / 2.0;
        if beside && (x - half < left - reach || x + half > left + wide + reach) {
            continue;
        }
        let x = x.min(look.width - 3.0 - half);
        canvas.text("tick-x", [x, bottom + 5.5 + text_size], text_size, " text-anchor=\"middle\"", text);
    }
}

/// Round numbers of a scale.
fn scaled(scale: &Scale, target: usize) -> Vec<Tick> {
    scale.ticks(target).into_iter().map(|(value, text)| (scale.place(value), text)).collect()
}

/// A tick at each level or name; none for bins.
fn own(side: &Side, look: &Look) -> Vec<Tick> {
    match &side.slots {
        Slots::Levels(levels) => levels.iter().map(|level| (side.scale.place(*level), significant(*level))).collect(),
        Slots::Names(names) => {
            let text = |name: &str| wrap(name, LONGEST * look.scale(), look.text(), false, 1).concat();
            let middle = |i: usize| side.scale.place(i as f64 + 0.5);
            names.iter().enumerate().map(|(i, (_, name))| (middle(i), text(name))).collect()
        }
        Slots::Bins(_) | Slots::BinsAndMore(..) => Vec::new(),
    }
}

/// Whether texts of that extent along an axis of `room` leave air between them.
fn fit(ticks: &[Tick], room: f64, look: &Look, extent: &dyn Fn(&str) -> f64) -> bool {
    ticks.windows(2).all(|pair| {
        let apart = (pair[1].0 - pair[0].0) * room;
        apart >= (extent(&pair[0].1) + extent(&pair[1].1)) / 2.0 + AIR * look.scale()
    })
}

/// Every second, third… tick, until they fit.
fn sparse(ticks: &[Tick], room: f64, look: &Look, extent: &dyn Fn(&str) -> f64) -> Vec<Tick> {
    let every = |step: usize| ticks.iter().step_by(step).cloned().collect::<Vec<_>>();
    (1..=ticks.len().max(1)).map(every).find(|some| fit(some, room, look, extent)).unwrap_or_default()
}

/// Ticks of the vertical side.
fn upward(side: &Side, room: f64, look: &Look) -> Vec<Tick> {
    let extent = |_: &str| look.text() - 3.0;
    let own = own(side, look);
    if !own.is_empty() && (fit(&own, room, look, &extent) || matches!(side.slots, Slots::Names(_))) {
        return sparse(&own, room, look, &extent);
    }
    if let Slots::BinsAndMore(bins, beyond) = &side.slots {
        let (within, more) = (*bins as f64, *bins as f64 + 1.0);
        let last = ((within + 0.5) / more, beyond.clone());
        let ticks = scaled(&side.scale, 6).into_iter().map(|(share, text)| (share * within / more, text));
        let mut ticks = sparse(&ticks.collect::<Vec<_>>(), room, look, &extent);
        ticks.retain(|tick| fit(&[tick.clone(), last.clone()], room, look, &extent));
        ticks.push(last);
        return ticks;
    }
    sparse(&scaled(&side.scale, 6), room, look, &extent)
}

/// Ticks of the horizontal side.
fn across(side: &Side, room: f64, look: &Look) -> Below {
    let extent = |text: &str| width(text, look.text(), false);
    let own = own(side, look);
    if !own.is_empty() && fit(&own, room, look, &extent) {
        return Below { ticks: own, upright: false };
    }
    if matches!(side.slots, Slots::Names(_)) {
        return Below { ticks: sparse(&own, room, look, &|_| look.text() - 3.0), upright: true };
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let target = (room / (60.0 * look.scale())).clamp(4.0, 9.0) as usize;
    Below { ticks: sparse(&scaled(&side.scale, target), room, look, &extent), upright: false }
}
