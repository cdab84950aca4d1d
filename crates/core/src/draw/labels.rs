//! What lines and areas are called: at their right ends, or where there is no room for that, in a legend below.

use super::canvas::{Across, Canvas, Down, path, stroke};
use super::colour::{Fill, INK, SOFT, Style};
use super::figure::{LevelKind, Panel};
use super::layout::spread;
use super::look::Look;
use super::panel::of_run;
use super::text::{width, wrap};

/// What stands before a label.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sample {
    None,
    Line(Style),
    Limit,
    Level,
    Fill(Fill),
    Subsidy,
}

/// A label of a line, an area, a level or a band.
#[derive(Clone, PartialEq)]
pub(super) struct Label {
    /// What it belongs to lies there at the end, in the data's units.
    y: f64,
    text: String,
    sample: Sample,
    run: Option<usize>,
}

impl Label {
    /// An entry of a legend.
    pub(super) fn entry(text: String, sample: Sample) -> Self {
        Self { y: 0.0, text, sample, run: None }
    }

    fn lines(&self, look: &Look) -> Vec<String> {
        // Marked-up labels are ours, and short.
        let plain = !self.text.contains("_{");
        if plain { wrap(&self.text, look.label(), look.text(), false, 3) } else { vec![self.text.clone()] }
    }

    fn indent(&self, look: &Look) -> f64 {
        // A level without a sample is known by its place.
        if matches!(self.sample, Sample::None | Sample::Level) { 0.0 } else { look.swatch() + 5.0 }
    }

    /// Room it takes at the end of the axes.
    pub(super) fn width(&self, look: &Look) -> f64 {
        let lines = self.lines(look);
        self.indent(look) + lines.iter().map(|line| width(line, look.text(), false)).fold(0.0, f64::max)
    }

    /// Height it takes there.
    pub(super) fn height(&self, look: &Look) -> f64 {
        1.2 * look.text() * self.lines(look).len() as f64
    }
}

/// Labels of a panel's lines, areas and levels.
pub(super) fn labels(panel: &Panel, look: &Look) -> Vec<Label> {
    let palette = look.palette();
    let mut labels = Vec::new();
    for area in &panel.areas {
        let last =
            |side: &[(f64, f64, f64)]| side.last().map(|(_, bottom, top)| (top - bottom, f64::midpoint(*bottom, *top)));
        let (above, below) = (last(&area.above).unwrap_or_default(), last(&area.below).unwrap_or_default());
        let y = if above.0 >= below.0 { above.1 } else { below.1 };
        labels.push(Label { y, text: area.label.clone(), sample: Sample::Fill(palette.fill(area.tint)), run: None });
    }
    for line in panel.lines.iter().filter(|line| !line.label.is_empty()) {
        if let Some((_, y)) = line.pieces.iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0)) {
            let sample = Sample::Line(palette.line(line.pen));
            labels.push(Label { y: line.limit.unwrap_or(*y), text: line.label.clone(), sample, run: Some(line.run) });
        }
    }
    for level in panel.levels.iter().filter(|level| !level.label.is_empty()) {
        let sample = if level.kind == LevelKind::LongRun { Sample::Limit } else { Sample::Level };
        labels.push(Label { y: level.y, text: level.label.clone(), sample, run: None });
    }
    labels
}

fn draw_sample(canvas: &mut Canvas<'_>, sample: Sample, x: f64, y: f64) {
    let wide = canvas.look.swatch();
    let ends = [x, y, x + wide, y];
    match sample {
        Sample::None => {}
        Sample::Line(Style { colour, dash, width }) => canvas.line("sample", ends, &stroke(colour, width, dash)),
        Sample::Limit => canvas.line("sample", ends, &stroke("#333333", 1.3, "6 4")),
        Sample::Level => canvas.line("sample", ends, &stroke("#777777", 1.0, "")),
        Sample::Subsidy => canvas.line("sample", ends, &stroke(INK, 3.0, "")),
        Sample::Fill(fill) => {
            let paint = format!("fill=\"{}\"", fill.paint(&canvas.look.ids));
            canvas.rect("sample", [x, y - 5.0, wide, 10.0], &paint);
        }
    }
}

/// Draws the labels at the right of a panel.
pub(super) fn draw_ends(canvas: &mut Canvas<'_>, labels: &[Label], runs: &[String], across: &Across, down: Down) {
    let look = canvas.look;
    let wanted: Vec<f64> = labels.iter().map(|label| down.at(label.y)).collect();
    let heights: Vec<f64> = labels.iter().map(|label| label.height(look)).collect();
    let centres = spread(&wanted, &heights, down.top - 4.0, down.bottom + 4.0);
    for ((label, wanted), centre) in labels.iter().zip(&wanted).zip(&centres) {
        let x = across.right + 10.0;
        canvas.open(&label.run.map_or_else(String::new, |run| of_run(runs, run)));
        if (wanted - centre).abs() > 3.0 {
            let d = path(&[[across.right + 1.0, *wanted], [across.right + 4.0, *wanted], [x - 2.0, *centre]]);
            canvas.tag(&format!("<path class=\"leader\" d=\"{d}\" fill=\"none\" {}/>", stroke("#999999", 0.7, "")));
        }
        if label.sample != Sample::Level {
            draw_sample(canvas, label.sample, x, *centre);
        }
        let first = centre - label.height(look) / 2.0 + 0.93 * look.text();
        for (i, line) in label.lines(look).iter().enumerate() {
            let at = [x + label.indent(look), first + 1.2 * look.text() * i as f64];
            canvas.text(if i == 0 { "end-label" } else { "end-label-more" }, at, look.text(), "", line);
        }
        canvas.close();
    }
}

/// Draws labels below the picture, each once, in rows; returns where they end.
pub(super) fn draw_legend(canvas: &mut Canvas<'_>, labels: &[Label], runs: &[String], mut y: f64) -> f64 {
    let look = canvas.look;
    let (edge, right) = (look.edge(), look.width - look.edge());
    let mut x = edge;
    let mut known: Vec<(&str, Sample)> = Vec::new();
    for label in labels {
        if known.contains(&(&label.text, label.sample)) {
            continue;
        }
        if known.is_empty() {
            y += 1.8 * look.small();
        }
        known.push((&label.text, label.sample));
        let indent = if label.sample == Sample::None { 0.0 } else { look.swatch() + 5.0 };
        let lines = if label.text.contains("_{") {
            vec![label.text.clone()]
        } else {
            wrap(&label.text, right - edge - indent, look.small(), false, 4)
        };
        let wide = indent + lines.iter().map(|line| width(line, look.small(), false)).fold(0.0, f64::max);
        if x > edge && x + wide > right {
            (x, y) = (edge, y + 1.5 * look.small());
        }
        canvas.open(&label.run.map_or_else(String::new, |run| of_run(runs, run)));
        draw_sample(canvas, label.sample, x, y - 0.35 * look.small());
        let class = if label.run.is_some() { "end-label" } else { "key-label" };
        for (i, line) in lines.iter().enumerate() {
            y += if i > 0 { 1.3 * look.small() } else { 0.0 };
            let class = if i == 0 { class } else { "key-label-more" };
            canvas.text(class, [x + indent, y], look.small(), &format!(" fill=\"{SOFT}\""), line);
        }
        canvas.close();
        x += wide + 16.0;
    }
    y
}
