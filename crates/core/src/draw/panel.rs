//! What is inside a pair of axes, and the labels at its right.

use super::Look;
use super::canvas::{Across, Canvas, Down, MANY, SMALL_SIZE, SOFT, TEXT_SIZE, path, stroke, thinned};
use super::figure::{Area, Jump, LevelKind, Line, Panel, Style};
use super::layout::spread;
use super::text::{escape, number, width, wrap};

/// Room for a label at the right.
const LABEL: f64 = 150.0;
/// Sample of a line before its label.
pub(super) const SWATCH: f64 = 20.0;
/// Lines with fewer points show them.
const FEW: usize = 8;

/// Colour and hatching of areas.
pub(super) const AREA: [(&str, Option<&str>); 6] = [
    ("#0072B2", None),
    ("#E69F00", Some("M0 8L8 0M-2 2L2 -2M6 10L10 6")),
    ("#009E73", None),
    ("#56B4E9", Some("M1 2H3M5 6H7")),
    ("#CC79A7", Some("M0 0L8 8M-2 6L2 10M6 -2L10 2")),
    ("#D55E00", Some("M4 0V8")),
];

/// What stands at the right of the axes.
pub(super) struct EndLabel {
    y: f64,
    lines: Vec<String>,
    sample: Sample,
    run: Option<usize>,
}

#[derive(Clone, Copy)]
enum Sample {
    None,
    Line(Style),
    Limit,
    Fill(usize),
}

impl EndLabel {
    fn new(y: f64, label: &str, sample: Sample, run: Option<usize>) -> Self {
        // Marked-up labels are ours, and short.
        let lines = if label.contains("_{") { vec![label.to_owned()] } else { wrap(label, LABEL, TEXT_SIZE, false, 3) };
        Self { y, lines, sample, run }
    }

    fn indent(&self) -> f64 {
        if matches!(self.sample, Sample::None) { 0.0 } else { SWATCH + 5.0 }
    }

    pub(super) fn width(&self) -> f64 {
        self.indent() + self.lines.iter().map(|line| width(line, TEXT_SIZE, false)).fold(0.0, f64::max)
    }

    fn height(&self) -> f64 {
        1.2 * TEXT_SIZE * self.lines.len() as f64
    }
}

/// Attributes of a group that belongs to a run.
pub(super) fn of_run(runs: &[String], i: usize) -> String {
    let name = runs.get(i).map_or("", String::as_str);
    format!(" class=\"run\" data-i=\"{i}\" data-run=\"{}\"", escape(name))
}

/// Draws the reference lines.
pub(super) fn draw_levels(canvas: &mut Canvas, panel: &Panel, across: &Across, down: Down) {
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
pub(super) fn draw_ground(
    canvas: &mut Canvas,
    panel: &Panel,
    runs: &[String],
    look: &Look,
    across: &Across,
    down: Down,
) {
    for area in &panel.areas {
        draw_area(canvas, area, look, across, down);
    }
    for bars in panel.bars.chunk_by(|a, b| a.run == b.run) {
        canvas.open(&of_run(runs, bars[0].run));
        for bar in bars {
            let (from, until, top) = (across.at(bar.from), across.at(bar.until), down.at(bar.height));
            let look = format!("fill=\"{}\" stroke=\"#FFFFFF\" stroke-width=\"0.5\"", bar.style.colour);
            canvas.rect("bar", [from, top, until - from, down.bottom - top], &look);
        }
        canvas.close();
    }
}

/// Draws lines and marks.
pub(super) fn draw_lines(canvas: &mut Canvas, panel: &Panel, runs: &[String], across: &Across, down: Down) {
    for line in &panel.lines {
        canvas.open(&of_run(runs, line.run));
        draw_line(canvas, line, !panel.areas.is_empty(), across, down);
        canvas.close();
    }
    for (i, jump) in panel.jumps.iter().enumerate() {
        canvas.open(&of_run(runs, jump.run));
        draw_jump(canvas, &panel.jumps, i, across, down);
        canvas.close();
    }
    if !panel.empty.is_empty() {
        let middle = [f64::midpoint(across.left, across.end), down.top + (down.bottom - down.top) / 3.0];
        canvas.text("empty", middle, 13.0, &format!(" text-anchor=\"middle\" fill=\"{SOFT}\""), &panel.empty);
    }
}

fn draw_line(canvas: &mut Canvas, line: &Line, cased: bool, across: &Across, down: Down) {
    let Style { colour, dash, width } = line.style;
    let count: usize = line.pieces.iter().map(Vec::len).sum();
    let label = escape(&line.label);
    for piece in &line.pieces {
        let points: Vec<[f64; 2]> = piece.iter().map(|(x, y)| [across.at(*x), down.at(*y)]).collect();
        if points.len() > 1 {
            let ink = stroke(colour, width, dash);
            let d = path(&thinned(&points));
            if cased {
                let casing = stroke("#FFFFFF", width + 2.4, "");
                canvas.tag(&format!(
                    "<path class=\"casing\" d=\"{d}\" fill=\"none\" {casing} stroke-linejoin=\"round\"/>"
                ));
            }
            canvas.tag(&format!(
                "<path class=\"line\" data-name=\"{label}\" d=\"{d}\" fill=\"none\" {ink} stroke-linejoin=\"round\"/>"
            ));
        }
        if count < FEW || points.len() == 1 {
            for [x, y] in points {
                let (x, y) = (number(x), number(y));
                canvas.tag(&format!("<circle class=\"point\" cx=\"{x}\" cy=\"{y}\" r=\"2.8\" fill=\"{colour}\"/>"));
            }
        }
    }
}

/// Draws what the lines tend to, beyond the last date.
pub(super) fn draw_limits(canvas: &mut Canvas, panel: &Panel, runs: &[String], across: &Across, down: Down) {
    for line in &panel.lines {
        let Some(limit) = line.limit else { continue };
        let y = down.at(limit);
        canvas.open(&of_run(runs, line.run));
        canvas.line("long-run", [across.end + 4.0, y, across.right, y], &stroke(line.style.colour, 1.4, "4 3"));
        canvas.close();
    }
}

/// What an area is filled with.
fn area_fill(i: usize, look: &Look) -> String {
    let i = i % AREA.len();
    let (colour, hatch) = AREA[i];
    if hatch.is_some() { format!("url(#{}area-{i})", look.ids) } else { colour.to_owned() }
}

fn draw_area(canvas: &mut Canvas, area: &Area, look: &Look, across: &Across, down: Down) {
    let fill = area_fill(area.fill, look);
    for side in [&area.above, &area.below] {
        if side.iter().all(|(_, bottom, top)| bottom == top) {
            continue;
        }
        let step = side.len() / MANY + 1;
        let shown: Vec<_> = side.iter().enumerate().filter(|(i, _)| i % step == 0 || i + 1 == side.len()).collect();
        let top = shown.iter().map(|(_, (x, _, top))| [across.at(*x), down.at(*top)]);
        let bottom = shown.iter().rev().map(|(_, (x, bottom, _))| [across.at(*x), down.at(*bottom)]);
        let outline: Vec<[f64; 2]> = top.chain(bottom).collect();
        let (d, label) = (path(&outline), escape(&area.label));
        canvas.tag(&format!(
            "<path class=\"area\" data-name=\"{label}\" d=\"{d}Z\" fill=\"{fill}\" stroke=\"#FFFFFF\" stroke-width=\"0.6\"/>"
        ));
    }
}

fn draw_jump(canvas: &mut Canvas, jumps: &[Jump], i: usize, across: &Across, down: Down) {
    let jump = &jumps[i];
    let (x, colour) = (across.at(jump.x), jump.style.colour);
    if down.y.holds(jump.y) {
        let (x, y) = (number(x), number(down.at(jump.y)));
        let more = format!("fill=\"#FFFFFF\" stroke=\"{colour}\" stroke-width=\"1.4\"");
        canvas.tag(&format!("<circle class=\"jump\" cx=\"{x}\" cy=\"{y}\" r=\"3.2\" {more}/>"));
        return;
    }
    let up = jump.y > down.y.hi;
    let (tip, base) = if up { (down.top + 3.0, down.top + 11.0) } else { (down.bottom - 3.0, down.bottom - 11.0) };
    let d = path(&[[x, tip], [x - 5.0, base], [x + 5.0, base]]);
    canvas.tag(&format!("<path class=\"jump\" d=\"{d}Z\" fill=\"{colour}\"/>"));
    // Said once, and only where it covers no other mark.
    let wide = width(&jump.text, SMALL_SIZE, false);
    let others: Vec<(usize, f64)> = jumps
        .iter()
        .enumerate()
        .filter(|(j, other)| *j != i && !down.y.holds(other.y) && (other.y > down.y.hi) == up)
        .map(|(j, other)| (j, across.at(other.x)))
        .collect();
    if others.iter().any(|(j, other)| (other - x).abs() < 1.0 && *j < i) {
        return;
    }
    // To the left of a mark may stand the label of the one before.
    let (right, left) = (wide + 14.0, 2.0 * wide + 24.0);
    let free = |near: f64, far: f64| {
        let taken = |other: f64| (other - x).abs() >= 1.0 && other > near.min(far) && other < near.max(far);
        !others.iter().any(|(_, other)| taken(*other))
    };
    let (at, anchor) = if x + 8.0 + wide <= across.end && free(x, x + right) {
        (x + 8.0, "start")
    } else if x - 8.0 - wide >= across.left && free(x - left, x) {
        (x - 8.0, "end")
    } else {
        return;
    };
    let more = format!(" text-anchor=\"{anchor}\" fill=\"{SOFT}\"");
    canvas.text("jump-label", [at, if up { base } else { base + 7.0 }], SMALL_SIZE, &more, &jump.text);
}

/// Labels of a panel's lines, areas and levels; y in the data's units.
pub(super) fn end_labels(panel: &Panel) -> Vec<EndLabel> {
    let mut labels = Vec::new();
    for area in &panel.areas {
        let last =
            |side: &[(f64, f64, f64)]| side.last().map(|(_, bottom, top)| (top - bottom, f64::midpoint(*bottom, *top)));
        let (above, below) = (last(&area.above).unwrap_or_default(), last(&area.below).unwrap_or_default());
        let y = if above.0 >= below.0 { above.1 } else { below.1 };
        labels.push(EndLabel::new(y, &area.label, Sample::Fill(area.fill), None));
    }
    for line in &panel.lines {
        let last = line.pieces.iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
        if let (Some((_, y)), false) = (last, line.label.is_empty()) {
            labels.push(EndLabel::new(line.limit.unwrap_or(*y), &line.label, Sample::Line(line.style), Some(line.run)));
        }
    }
    for level in panel.levels.iter().filter(|level| !level.label.is_empty()) {
        let sample = if level.kind == LevelKind::LongRun { Sample::Limit } else { Sample::None };
        labels.push(EndLabel::new(level.y, &level.label, sample, None));
    }
    labels
}

/// Draws the labels at the right of a panel.
pub(super) fn draw_ends(
    canvas: &mut Canvas,
    labels: &[EndLabel],
    runs: &[String],
    look: &Look,
    across: &Across,
    down: Down,
) {
    let wanted: Vec<f64> = labels.iter().map(|label| down.at(label.y)).collect();
    let heights: Vec<f64> = labels.iter().map(EndLabel::height).collect();
    let centres = spread(&wanted, &heights, down.top - 4.0, down.bottom + 4.0);
    for ((label, wanted), centre) in labels.iter().zip(&wanted).zip(&centres) {
        let x = across.right + 10.0;
        canvas.open(&label.run.map_or_else(String::new, |run| of_run(runs, run)));
        if (wanted - centre).abs() > 3.0 {
            let d = path(&[[across.right + 1.0, *wanted], [across.right + 4.0, *wanted], [x - 2.0, *centre]]);
            canvas.tag(&format!("<path class=\"leader\" d=\"{d}\" fill=\"none\" {}/>", stroke("#999999", 0.7, "")));
        }
        let sample = [x, *centre, x + SWATCH, *centre];
        match label.sample {
            Sample::None => {}
            Sample::Line(Style { colour, dash, width }) => canvas.line("sample", sample, &stroke(colour, width, dash)),
            Sample::Limit => canvas.line("sample", sample, &stroke("#333333", 1.3, "6 4")),
            Sample::Fill(i) => {
                let fill = format!("fill=\"{}\"", area_fill(i, look));
                canvas.rect("sample", [x, centre - 5.0, SWATCH, 10.0], &fill);
            }
        }
        let first = centre - label.height() / 2.0 + 0.93 * TEXT_SIZE;
        for (i, line) in label.lines.iter().enumerate() {
            let at = [x + label.indent(), first + 1.2 * TEXT_SIZE * i as f64];
            canvas.text(if i == 0 { "end-label" } else { "end-label-more" }, at, TEXT_SIZE, "", line);
        }
        canvas.close();
    }
}
