//! A picture as SVG: coordinates, strokes, letters. Same figure and look, same bytes.

use super::above::{Date, Left, draw_acts, draw_dates, draw_shade, draw_strip, draw_strips_of};
use super::axis::Scale;
use super::canvas::{Across, Canvas, Down, stroke};
use super::colour::{INK, SOFT, bands};
use super::figure::{Figure, Panel};
use super::labels::{Label, draw_ends, draw_legend, labels};
use super::look::Look;
use super::panel::{Lanes, draw_ground, draw_levels, draw_lines, draw_rest};
use super::text::{FAMILY, escape, number, width, wrap};
use std::fmt::Write;

/// Height of a pair of axes that stands alone.
const ALONE: f64 = 310.0;
/// Height of each of several.
const SHARED: f64 = 200.0;
/// Height of each of several histograms.
const BARS: f64 = 110.0;
/// Height of each of several that show the same of different variants.
const MULTIPLE: f64 = 140.0;
/// Axes that stand alone grow by this at most to make room for labels.
const GROWN: f64 = 1.6;
/// Share of the width that the axes keep where labels stand beside them.
const AXES: f64 = 0.55;

/// Where the parts of a picture are.
struct Layout {
    across: Across,
    /// Height of a pair of axes.
    height: f64,
    ticks: Vec<Vec<(f64, String)>>,
    labels: Vec<Vec<Label>>,
    /// Whether labels stand in a legend below, for want of room beside the axes.
    below: bool,
    /// Room beyond the last date, where lines have limits.
    gutter: bool,
}

impl Layout {
    fn of(figure: &Figure, look: &Look) -> Self {
        let labels: Vec<Vec<Label>> = figure.panels.iter().map(|panel| labels(panel, look)).collect();
        let alone = figure.panels.len() < 2;
        let bars = figure.panels.iter().any(|panel| !panel.bars.is_empty());
        let usual = look.tall()
            * if alone {
                ALONE
            } else if bars {
                BARS
            } else if figure.multiples {
                MULTIPLE
            } else {
                SHARED
            };
        let stacked = |labels: &Vec<Label>| labels.iter().map(|label| label.height(look) + 2.0).sum::<f64>();
        let needed = labels.iter().map(stacked).fold(0.0, f64::max);
        let most = if alone { GROWN * usual } else { usual };
        let room = labels.iter().flatten().map(|label| label.width(look)).fold(0.0, f64::max);
        let left = 40.0 * look.scale();
        let gutter = figure.panels.iter().flat_map(|panel| &panel.lines).any(|line| line.limit.is_some());
        let long_run = if gutter { width(LONG_RUN, look.small(), false) + 25.0 * look.scale() } else { 0.0 };
        let axes = look.width - 2.0 * look.edge() - left - room - 12.0 - long_run;
        let below = room > 0.0 && (figure.multiples || axes < AXES * look.width || needed > most + 8.0);
        let height = if below { usual } else { usual.max(needed.min(most)) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
        let target = (height / (45.0 * look.scale())).round().clamp(3.0, 6.0) as usize;
        let ticks: Vec<Vec<(f64, String)>> = figure.panels.iter().map(|panel| panel.y.ticks(target)).collect();
        let widest = ticks.iter().flatten().map(|(_, text)| width(text, look.text(), false)).fold(0.0, f64::max);
        let left = look.edge() + widest + 9.0;
        let last = figure.x.ticks(4).last().map_or(0.0, |(_, text)| width(text, look.text(), false) / 2.0);
        let beside = if below || room == 0.0 { (last - 0.5 * look.edge()).max(4.0) } else { room + 12.0 };
        let right = look.width - look.edge() - beside;
        let end = if gutter { right - (width(LONG_RUN, look.small(), false) + last + 8.0) } else { right };
        let across = Across { left, end, right, x: figure.x };
        Self { across, height, ticks, labels, below, gutter }
    }
}

const LONG_RUN: &str = "long run";

/// The picture as an SVG document.
pub fn render(figure: &Figure, look: &Look) -> String {
    let layout = Layout::of(figure, look);
    let across = &layout.across;
    let mut body = Canvas::new(look);
    let mut defs = String::new();
    patterns(figure, look, &mut defs);
    let mut left = Left::default();
    let mut left_out = 0;
    let mut dates = Vec::new();
    let mut y = body.heading(&figure.title, &figure.subtitle);
    for (i, panel) in figure.panels.iter().enumerate() {
        let id = format!("{}panel-{i}", look.ids);
        // Of several panels, all are about what is done; of one, its title comes first.
        if i == 0 && figure.panels.len() > 1 {
            (y, dates) = draw_history(&mut body, figure, across, y + 0.5 * look.text(), &mut left, &mut defs);
        }
        y += 0.5 * look.text();
        for line in wrap(&panel.y_label, look.width - 2.0 * look.edge(), look.text(), false, 3) {
            y += 1.4 * look.text();
            body.text("y-label", [look.edge(), y - 5.0], look.text(), &format!(" fill=\"{INK}\""), &line);
        }
        if i == 0 && figure.panels.len() == 1 {
            (y, dates) = draw_history(&mut body, figure, across, y, &mut left, &mut defs);
        }
        if i > 0 || figure.strips.is_empty() {
            // The topmost tick keeps clear of the title.
            y += 0.7 * look.text();
        }
        let lanes = Lanes::of(panel, look, across);
        left_out += lanes.left_out;
        let [above, below] = lanes.room(look);
        let frame = [y, y + above + layout.height + below];
        let down = Down { top: y + above, bottom: y + above + layout.height, y: panel.y };
        defs +=
            &clip(&id, [across.left - 4.0, frame[0] - 4.0, across.end - across.left + 8.0, frame[1] - frame[0] + 8.0]);
        body.open(&about(panel, across, down));
        open_content(&mut body, &id);
        if let (0, [strip]) = (i, &figure.strips[..]) {
            draw_shade(&mut body, strip, across, frame);
        }
        draw_dates(&mut body, &dates, &figure.runs, panel.run, across, frame);
        draw_ground(&mut body, panel, &figure.runs, across, down);
        close_content(&mut body);
        draw_frame(&mut body, &layout, &figure.names, down, [frame[0], frame[1]], i);
        draw_levels(&mut body, panel, across, down);
        open_content(&mut body, &id);
        draw_lines(&mut body, panel, &figure.runs, &lanes, across, down, frame);
        close_content(&mut body);
        draw_rest(&mut body, panel, &figure.runs, across, down);
        if !layout.below {
            draw_ends(&mut body, &layout.labels[i], &figure.runs, across, down);
        }
        body.close();
        y = frame[1];
    }
    y = body.axis_title("x-label", &figure.x_label, f64::midpoint(across.left, across.end), y + 1.85 * look.text());
    let legend: Vec<Label> =
        layout.labels.into_iter().flatten().filter(|_| layout.below).chain(left.labels()).collect();
    y = draw_legend(&mut body, &legend, &figure.runs, y);
    let marks = (left_out > 0).then(|| format!("{left_out} more marks of jumps have no room."));
    let notes: Vec<String> = figure.notes.iter().cloned().chain(marks).chain(left.notes()).collect();
    y = body.notes(&notes, y);
    let y_labels: Vec<&str> = figure.panels.iter().map(|panel| panel.y_label.as_str()).collect();
    document(&body, [&figure.title, &y_labels.join("; ")], y + look.edge(), &defs)
}

/// Acts and strips; returns where they end, and the dates of the acts.
fn draw_history(
    canvas: &mut Canvas<'_>,
    figure: &Figure,
    across: &Across,
    top: f64,
    left: &mut Left,
    defs: &mut String,
) -> (f64, Vec<Date>) {
    if figure.acts.is_empty() && figure.strips.is_empty() {
        return (top, Vec::new());
    }
    let id = format!("{}history", canvas.look.ids);
    canvas.open(" class=\"history\"");
    open_content(canvas, &id);
    let (strips, dates) = draw_acts(canvas, &figure.acts, &figure.runs, across, top, left);
    let mut y = strips;
    for strip in &figure.strips {
        y = draw_strip(canvas, strip, &figure.runs, across, y, left);
    }
    close_content(canvas);
    draw_strips_of(canvas, &figure.strips, &figure.runs, across, strips);
    canvas.close();
    // A policy that begins with the first date has its mark whole.
    *defs += &clip(&id, [across.left - 1.0, top - 2.0, across.right - across.left + 2.0, y - top + 2.0]);
    (y + if figure.strips.len() > 1 { 5.0 } else { 0.0 }, dates)
}

/// Patterns that the figure may need.
fn patterns(figure: &Figure, look: &Look, defs: &mut String) {
    let mut defined: Vec<&str> = Vec::new();
    for area in figure.panels.iter().flat_map(|panel| &panel.areas) {
        let fill = look.palette().fill(area.tint);
        if !defined.contains(&fill.name) {
            defined.push(fill.name);
            fill.define(&look.ids, defs);
        }
    }
    let used = |name: &str| {
        let bands = figure.strips.iter().flat_map(|strip| &strip.bands);
        bands.into_iter().any(|band| super::colour::band(&band.regime, band.tint).name == name)
    };
    bands().filter(|fill| used(fill.name)).for_each(|fill| fill.define(&look.ids, defs));
}

/// What a script needs to know of a panel: its column, and which values and pixels its ends are.
fn about(panel: &Panel, across: &Across, down: Down) -> String {
    let Scale { lo: x0, hi: x1, .. } = across.x;
    let Scale { lo: y0, hi: y1, log } = down.y;
    let [left, right, top, bottom] = [across.left, across.end, down.top, down.bottom].map(number);
    let run = panel.run.map_or_else(String::new, |run| format!(" data-i=\"{run}\""));
    let percent = if panel.percent { " data-percent=\"true\"" } else { "" };
    format!(
        " class=\"panel\"{run}{percent} data-y=\"{}\" data-x0=\"{x0}\" data-x1=\"{x1}\" data-left=\"{left}\" data-right=\"{right}\" \
         data-y0=\"{y0}\" data-y1=\"{y1}\" data-top=\"{top}\" data-bottom=\"{bottom}\" data-log=\"{log}\"",
        panel.column
    )
}

/// Opens what moves where another span of time is shown, and is not shown outside the axes.
fn open_content(canvas: &mut Canvas<'_>, clip: &str) {
    canvas.open(&format!(" clip-path=\"url(#{clip})\""));
    canvas.open(" class=\"content\"");
}

fn close_content(canvas: &mut Canvas<'_>) {
    canvas.close();
    canvas.close();
}

/// A rectangle that others are clipped to.
fn clip(id: &str, [x, y, width, height]: [f64; 4]) -> String {
    let [x, y, width, height] = [x, y, width.max(0.0), height].map(number);
    format!("<clipPath id=\"{id}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/></clipPath>\n")
}

/// The whole document around what is drawn; title and what it is about are marked up.
pub fn document(canvas: &Canvas<'_>, [title, about]: [&str; 2], height: f64, defs: &str) -> String {
    let look = canvas.look;
    let (width, height) = (number(look.width), number(height.ceil()));
    let plain = |text: &str| escape(&text.replace(['{', '}'], ""));
    let (title, about) = (plain(title), plain(about));
    // On a page, a title element would be shown wherever the pointer rests.
    let (label, title) = if look.ids.is_empty() {
        (String::new(), format!("<title>{title}</title>\n<desc>{about}</desc>\n"))
    } else {
        (format!(" aria-label=\"{title}: {about}\""), String::new())
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\"{label} font-family=\"{FAMILY}\" fill=\"{INK}\">\n{title}"
    );
    if !defs.is_empty() {
        svg += "<defs>\n";
        svg += defs;
        svg += "</defs>\n";
    }
    let _ = writeln!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>");
    svg + &canvas.svg + "</svg>\n"
}

/// Names along the x axis, each cut to the room that it has.
fn named(names: &[(f64, String)], across: &Across, look: &Look) -> Vec<(f64, String)> {
    let apart = names.windows(2).map(|pair| across.at(pair[1].0) - across.at(pair[0].0));
    let room = apart.fold(across.end - across.left, f64::min) - 6.0;
    names.iter().map(|(at, name)| (*at, wrap(name, room, look.text(), false, 1).concat())).collect()
}

/// Grid, axes and ticks of the `i`-th panel.
fn draw_frame(
    canvas: &mut Canvas<'_>,
    layout: &Layout,
    names: &[(f64, String)],
    down: Down,
    [top, bottom]: [f64; 2],
    i: usize,
) {
    let (look, across) = (canvas.look, &layout.across);
    let text_size = look.text();
    for (value, text) in &layout.ticks[i] {
        let y = down.at(*value);
        let ink = "stroke=\"#000000\" stroke-opacity=\"0.1\" stroke-width=\"0.8\"";
        canvas.line("grid", [across.left, y, across.right, y], ink);
        let end = " text-anchor=\"end\"";
        canvas.text("tick-y", [across.left - 7.0, y + 0.36 * text_size], text_size, end, text);
    }
    let ink = stroke("#444444", 1.0, "");
    canvas.line("axis", [across.left, top, across.left, bottom], &ink);
    canvas.line("axis", [across.left, bottom, across.right, bottom], &ink);
    if layout.gutter {
        canvas.line("axis", [across.end, top, across.end, bottom], &stroke("#999999", 0.8, ""));
    }
    if i + 1 < layout.ticks.len() {
        return;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let target = ((across.end - across.left) / (75.0 * look.scale())).clamp(2.0, 9.0) as usize;
    let base = bottom + 5.5 + text_size;
    let ticks = if names.is_empty() { across.x.ticks(target) } else { named(names, across, look) };
    for (value, text) in ticks {
        let x = across.at(value);
        canvas.line("tick", [x, bottom, x, bottom + 4.0], &ink);
        canvas.text("tick-x", [x, base], text_size, " text-anchor=\"middle\"", &text);
    }
    if layout.gutter {
        let more = format!(" text-anchor=\"end\" fill=\"{SOFT}\"");
        canvas.text("gutter-label", [across.right, base], look.small(), &more, LONG_RUN);
    }
}
