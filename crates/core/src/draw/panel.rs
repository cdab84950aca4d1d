//! What is inside a pair of axes.

use super::canvas::{Across, Canvas, Down, MANY, bends, path, stroke, thinned};
use super::colour::{INK, SOFT};
use super::figure::{Area, Cloud, Jump, LevelKind, Line, Panel, Ribbon};
use super::layout::pack;
use super::look::Look;
use super::text::{escape, number, width};

/// Lines with fewer points show them.
const FEW: usize = 8;
/// Opacity of the densest cell of a cloud.
const DENSEST: f64 = 0.35;
/// Marks of jumps above each other at most.
const ROWS: usize = 12;

/// Attributes of a group that belongs to a run.
pub(super) fn of_run(runs: &[String], i: usize) -> String {
    let name = runs.get(i).map_or("", String::as_str);
    format!(" class=\"run\" data-i=\"{i}\" data-run=\"{}\"", escape(name))
}

/// Where the marks of jumps go that lie outside the axis: in rows above or below the lines.
pub(super) struct Lanes {
    /// For each jump: whether it is above, its row, and on which side of the mark its text stands.
    places: Vec<Option<(bool, usize, Anchor)>>,
    /// Rows above and below.
    rows: [usize; 2],
    /// Jumps without a place.
    pub(super) left_out: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Anchor {
    Start,
    End,
}

impl Lanes {
    /// Gives every jump of a panel a row of its own where it would touch another.
    pub(super) fn of(panel: &Panel, look: &Look, across: &Across) -> Self {
        let mut lanes = Self { places: vec![None; panel.jumps.len()], rows: [0, 0], left_out: 0 };
        for (side, above) in [(0, true), (1, false)] {
            let outside = |jump: &Jump| if above { jump.y > panel.y.hi } else { jump.y < panel.y.lo };
            let some: Vec<usize> = (0..panel.jumps.len())
                .filter(|i| !panel.y.holds(panel.jumps[*i].y) && outside(&panel.jumps[*i]))
                .collect();
            let spans: Vec<((f64, f64), Anchor)> = some
                .iter()
                .map(|i| {
                    let (x, wide) =
                        (across.at(panel.jumps[*i].x), width(&panel.jumps[*i].text, look.small(), false) + 12.0);
                    if x + wide <= across.end {
                        ((x - 6.0, x + wide), Anchor::Start)
                    } else {
                        ((x - wide, x + 6.0), Anchor::End)
                    }
                })
                .collect();
            let rows = pack(&spans.iter().map(|(span, _)| *span).collect::<Vec<_>>(), ROWS);
            lanes.rows[side] = rows.iter().flatten().max().map_or(0, |row| row + 1);
            for ((i, row), (_, anchor)) in some.iter().zip(&rows).zip(&spans) {
                lanes.places[*i] = row.map(|row| (above, row, *anchor));
                lanes.left_out += usize::from(row.is_none());
            }
        }
        lanes
    }

    /// Room above and below the lines.
    pub(super) fn room(&self, look: &Look) -> [f64; 2] {
        self.rows.map(|rows| if rows == 0 { 0.0 } else { 1.25 * look.small() * rows as f64 + 4.0 })
    }
}

/// Draws the reference lines.
pub(super) fn draw_levels(canvas: &mut Canvas<'_>, panel: &Panel, across: &Across, down: Down) {
    for level in &panel.levels {
        let y = down.at(level.y);
        let (class, ink) = match level.kind {
            LevelKind::LongRun => ("long-run", stroke("#333333", 1.3, "6 4")),
            LevelKind::Reference => ("reference", stroke("#777777", 1.0, "")),
        };
        canvas.line(class, [across.left, y, across.right, y], &ink);
    }
}

/// Draws what lies below the reference lines.
pub(super) fn draw_ground(canvas: &mut Canvas<'_>, panel: &Panel, runs: &[String], across: &Across, down: Down) {
    if let Some(cloud) = &panel.cloud {
        draw_cloud(canvas, cloud, across, down);
    }
    for ribbon in &panel.ribbons {
        canvas.open(&of_run(runs, ribbon.run));
        draw_ribbon(canvas, ribbon, across, down);
        canvas.close();
    }
    for area in &panel.areas {
        draw_area(canvas, area, across, down);
    }
    for bars in panel.bars.chunk_by(|a, b| a.run == b.run) {
        canvas.open(&of_run(runs, bars[0].run));
        for bar in bars {
            let (from, until, top) = (across.at(bar.from), across.at(bar.until), down.at(bar.height));
            let colour = canvas.look.palette().line(bar.pen).colour;
            let paint = format!("fill=\"{colour}\" stroke=\"#FFFFFF\" stroke-width=\"0.5\"");
            canvas.rect("bar", [from, top, until - from, down.bottom - top], &paint);
        }
        canvas.close();
    }
}

/// Draws lines and marks; `frame` is the upper and the lower end of the axes, lanes included.
pub(super) fn draw_lines(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    runs: &[String],
    lanes: &Lanes,
    across: &Across,
    down: Down,
    frame: [f64; 2],
) {
    for line in &panel.lines {
        canvas.open(&of_run(runs, line.run));
        draw_line(canvas, line, !panel.areas.is_empty(), across, down);
        draw_before(canvas, line, across, down);
        canvas.close();
    }
    // Marks at one place are rings around each other.
    let mut rings: Vec<[f64; 2]> = Vec::new();
    for (jump, place) in panel.jumps.iter().zip(&lanes.places) {
        canvas.open(&of_run(runs, jump.run));
        if panel.y.holds(jump.y) {
            let at = [across.at(jump.x), down.at(jump.y)];
            let near = |ring: &&[f64; 2]| (ring[0] - at[0]).abs() < 3.0 && (ring[1] - at[1]).abs() < 3.0;
            let inside = rings.iter().filter(near).count();
            rings.push(at);
            draw_ring(canvas, jump, at, 3.2 + 2.4 * inside as f64);
        } else if let Some(place) = place {
            draw_jump(canvas, jump, *place, across, frame);
        }
        canvas.close();
    }
}

/// Draws what the lines tend to, beyond the last date; or what is said instead of lines.
pub(super) fn draw_rest(canvas: &mut Canvas<'_>, panel: &Panel, runs: &[String], across: &Across, down: Down) {
    for line in &panel.lines {
        let Some(limit) = line.limit else { continue };
        let (y, style) = (down.at(limit), canvas.look.palette().line(line.pen));
        canvas.open(&of_run(runs, line.run));
        canvas.line("long-run", [across.end + 4.0, y, across.right, y], &stroke(style.colour, 1.4, "4 3"));
        canvas.close();
    }
    if !panel.empty.is_empty() {
        let middle = [f64::midpoint(across.left, across.end), down.top + (down.bottom - down.top) / 3.0];
        let more = format!(" text-anchor=\"middle\" fill=\"{SOFT}\"");
        canvas.text("empty", middle, 1.13 * canvas.look.text(), &more, &panel.empty);
    }
}

fn draw_line(canvas: &mut Canvas<'_>, line: &Line, cased: bool, across: &Across, down: Down) {
    let style = canvas.look.palette().line(line.pen);
    let colour = style.colour;
    let count: usize = line.pieces.iter().map(Vec::len).sum();
    let label = escape(&line.label);
    for piece in &line.pieces {
        let points: Vec<[f64; 2]> = piece.iter().map(|(x, y)| [across.at(*x), down.at(*y)]).collect();
        if points.len() > 1 {
            let course = if line.stepped { steps(&points) } else { points.clone() };
            let ink = stroke(colour, style.width, style.dash);
            let shown = thinned(&course);
            let d = path(&shown);
            if cased {
                let d = path(&bends(&shown));
                let casing = stroke("#FFFFFF", style.width + 2.4, "");
                canvas.tag(&format!(
                    "<path class=\"casing\" d=\"{d}\" fill=\"none\" {casing} stroke-linejoin=\"round\"/>"
                ));
            }
            canvas.tag(&format!(
                "<path class=\"line\" data-name=\"{label}\" d=\"{d}\" fill=\"none\" {ink} stroke-linejoin=\"round\"/>"
            ));
        }
        if line.stepped || count < FEW || points.len() == 1 {
            for [x, y] in points {
                let (x, y) = (number(x), number(y));
                canvas.tag(&format!("<circle class=\"point\" cx=\"{x}\" cy=\"{y}\" r=\"2.8\" fill=\"{colour}\"/>"));
            }
        }
    }
}

/// Marks where a line stood before it jumped at its first date: half of the mark lies outside the axes.
fn draw_before(canvas: &mut Canvas<'_>, line: &Line, across: &Across, down: Down) {
    let Some((before, (x, _))) = line.before.zip(line.pieces.first().and_then(|piece| piece.first())) else { return };
    let colour = canvas.look.palette().line(line.pen).colour;
    let [x, y] = [across.at(*x), down.at(before)].map(number);
    canvas.tag(&format!("<circle class=\"before\" cx=\"{x}\" cy=\"{y}\" r=\"4.5\" fill=\"{colour}\"/>"));
}

/// A line through points each of which holds up to the next one.
fn steps(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let corners = points.windows(2).flat_map(|pair| [pair[0], [pair[1][0], pair[0][1]]]);
    corners.chain(points.last().copied()).collect()
}

fn draw_area(canvas: &mut Canvas<'_>, area: &Area, across: &Across, down: Down) {
    let fill = canvas.look.palette().fill(area.tint).paint(&canvas.look.ids);
    for side in [&area.above, &area.below] {
        if side.iter().all(|(_, bottom, top)| bottom == top) {
            continue;
        }
        let step = side.len() / MANY + 1;
        let shown: Vec<_> = side.iter().enumerate().filter(|(i, _)| i % step == 0 || i + 1 == side.len()).collect();
        let top: Vec<_> = shown.iter().map(|(_, (x, _, top))| [across.at(*x), down.at(*top)]).collect();
        let bottom: Vec<_> = shown.iter().map(|(_, (x, bottom, _))| [across.at(*x), down.at(*bottom)]).collect();
        // Both from the left, so that two areas have one border.
        let outline: Vec<[f64; 2]> = bends(&top).into_iter().chain(bends(&bottom).into_iter().rev()).collect();
        let (d, label) = (path(&outline), escape(&area.label));
        canvas.tag(&format!(
            "<path class=\"area\" data-name=\"{label}\" d=\"{d}Z\" fill=\"{fill}\" stroke=\"#FFFFFF\" stroke-width=\"0.6\"/>"
        ));
    }
}

fn draw_cloud(canvas: &mut Canvas<'_>, cloud: &Cloud, across: &Across, down: Down) {
    match cloud {
        Cloud::Points(points) => {
            for (x, y) in points {
                let [x, y] = [across.at(*x), down.at(*y)].map(number);
                let paint = format!("r=\"1.6\" fill=\"{INK}\" fill-opacity=\"0.3\"");
                canvas.tag(&format!("<circle class=\"draw\" cx=\"{x}\" cy=\"{y}\" {paint}/>"));
            }
        }
        Cloud::Cells(cells) => {
            canvas.tag("<g class=\"cloud\" shape-rendering=\"crispEdges\">");
            for ([left, right], [low, high], share) in cells {
                let [left, right] = [left, right].map(|x| across.at(*x));
                let [top, bottom] = [high, low].map(|y| down.at(*y));
                let paint = format!("fill=\"{INK}\" fill-opacity=\"{}\"", number(DENSEST * share.sqrt()));
                canvas.rect("density", [left, top, right - left, bottom - top], &paint);
            }
            canvas.tag("</g>");
        }
    }
}

fn draw_ribbon(canvas: &mut Canvas<'_>, ribbon: &Ribbon, across: &Across, down: Down) {
    let colour = canvas.look.palette().line(ribbon.pen).colour;
    let opacity = number(ribbon.opacity);
    for piece in &ribbon.pieces {
        let top: Vec<_> = piece.iter().map(|(x, _, top)| [across.at(*x), down.at(*top)]).collect();
        let bottom: Vec<_> = piece.iter().map(|(x, bottom, _)| [across.at(*x), down.at(*bottom)]).collect();
        let outline: Vec<[f64; 2]> = top.into_iter().chain(bottom.into_iter().rev()).collect();
        let d = path(&outline);
        canvas.tag(&format!("<path class=\"ribbon\" d=\"{d}Z\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>"));
    }
}

fn draw_ring(canvas: &mut Canvas<'_>, jump: &Jump, [x, y]: [f64; 2], radius: f64) {
    let colour = canvas.look.palette().line(jump.pen).colour;
    let ground = if radius > 4.0 { "none" } else { "#FFFFFF" };
    let more = format!("fill=\"{ground}\" stroke=\"{colour}\" stroke-width=\"1.4\"");
    let [x, y, radius] = [x, y, radius].map(number);
    canvas.tag(&format!("<circle class=\"jump\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {more}/>"));
}

fn draw_jump(
    canvas: &mut Canvas<'_>,
    jump: &Jump,
    (above, row, anchor): (bool, usize, Anchor),
    across: &Across,
    [top, bottom]: [f64; 2],
) {
    let small = canvas.look.small();
    let (x, far) = (across.at(jump.x), 2.0 + 1.25 * small * row as f64);
    let (tip, base) = if above { (top + far, top + far + 8.0) } else { (bottom - far, bottom - far - 8.0) };
    let d = path(&[[x, tip], [x - 5.0, base], [x + 5.0, base]]);
    let colour = canvas.look.palette().line(jump.pen).colour;
    canvas.tag(&format!("<path class=\"jump\" d=\"{d}Z\" fill=\"{colour}\"/>"));
    let (at, anchor) = if anchor == Anchor::Start { (x + 8.0, "start") } else { (x - 8.0, "end") };
    let more = format!(" data-at=\"{}\" text-anchor=\"{anchor}\" fill=\"{SOFT}\"", number(x));
    let y = f64::midpoint(tip, base) + 0.36 * small;
    canvas.text("jump-label", [at, y], small, &more, &jump.text);
}
