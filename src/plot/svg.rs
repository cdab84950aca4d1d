//! A picture as SVG: coordinates, strokes, letters. Same figure, same bytes.

use super::axis::Scale;
use super::figure::{Act, Area, Band, Figure, Jump, LevelKind, Line, Panel, Strip, Style};
use super::layout::{pack, spread};
use super::text::{FAMILY, content, escape, number, width, wrap};
use std::fmt::Write;

/// Width of a picture, in CSS pixels (1/96 inch).
pub const WIDTH: f64 = 760.0;
/// Height of a pair of axes that stands alone.
const ALONE: f64 = 310.0;
/// Height of each of several.
const SHARED: f64 = 200.0;
/// Around everything.
const EDGE: f64 = 14.0;
/// Height of a strip of regimes.
const STRIP: f64 = 15.0;
/// Height of a row of policies.
const ROW: f64 = 17.0;
/// Rows of policies at most.
const ROWS: usize = 4;
/// Room beyond the last date for limits.
const GUTTER: f64 = 62.0;
/// Room for a label at the right.
const LABEL: f64 = 150.0;
/// Sample of a line before its label.
const SWATCH: f64 = 20.0;
/// Points of a line beyond which several share a place.
const MANY: usize = 2000;
/// Lines with fewer points show them.
const FEW: usize = 8;

const TITLE_SIZE: f64 = 15.0;
const TEXT_SIZE: f64 = 11.5;
const SMALL_SIZE: f64 = 10.0;
const INK: &str = "#222222";
const SOFT: &str = "#555555";

/// Strip and shade of clusters, by sector; the hues of the lines.
const CLUSTER: [(&str, &str); 7] = [
    ("#B5D4EA", "#E6F0F8"),
    ("#F3C4A3", "#FCEEE4"),
    ("#A5D9C6", "#E3F4EE"),
    ("#E7C3D6", "#F9EFF4"),
    ("#BDBDBD", "#EBEBEB"),
    ("#F1D595", "#FCF4E0"),
    ("#BEE2F5", "#E9F5FC"),
];
const ISOLATION: (&str, &str) = ("#ECECEC", "#FAFAFA");
const DIVERSIFIED: (&str, &str) = ("#F7F3E3", "#FDFCF6");
const CLOSED: (&str, &str) = ("#CFCFCF", "#EDEDED");

/// Colour and hatching of areas.
const AREA: [(&str, Option<&str>); 6] = [
    ("#0072B2", None),
    ("#E69F00", Some("M0 8L8 0M-2 2L2 -2M6 10L10 6")),
    ("#009E73", None),
    ("#56B4E9", Some("M0 4H8")),
    ("#CC79A7", Some("M0 0L8 8M-2 6L2 10M6 -2L10 2")),
    ("#D55E00", Some("M4 0V8")),
];

/// What stands at the right of the axes.
struct EndLabel {
    y: f64,
    lines: Vec<String>,
    sample: Sample,
}

#[derive(Clone, Copy)]
enum Sample {
    None,
    Line(Style),
    Limit,
    Fill(usize),
}

impl EndLabel {
    fn new(y: f64, label: &str, sample: Sample) -> Self {
        // Marked-up labels are ours, and short.
        let lines = if label.contains("_{") { vec![label.to_owned()] } else { wrap(label, LABEL, TEXT_SIZE, false, 3) };
        Self { y, lines, sample }
    }

    fn indent(&self) -> f64 {
        if matches!(self.sample, Sample::None) { 0.0 } else { SWATCH + 5.0 }
    }

    fn width(&self) -> f64 {
        self.indent() + self.lines.iter().map(|line| width(line, TEXT_SIZE, false)).fold(0.0, f64::max)
    }

    fn height(&self) -> f64 {
        1.2 * TEXT_SIZE * self.lines.len() as f64
    }
}

/// The horizontal side of a picture.
struct Across {
    left: f64,
    /// Where the last date is.
    end: f64,
    /// Where the axes end, the gutter included.
    right: f64,
    x: Scale,
}

impl Across {
    fn at(&self, x: f64) -> f64 {
        self.left + self.x.place(x) * (self.end - self.left)
    }
}

/// A panel's vertical side.
#[derive(Clone, Copy)]
struct Down {
    top: f64,
    bottom: f64,
    y: Scale,
}

impl Down {
    fn at(&self, y: f64) -> f64 {
        self.bottom - self.y.place(y) * (self.bottom - self.top)
    }
}

/// SVG under construction.
struct Canvas(String);

impl Canvas {
    fn tag(&mut self, text: &str) {
        self.0 += text;
        self.0.push('\n');
    }

    fn text(&mut self, class: &str, [x, y]: [f64; 2], size: f64, more: &str, text: &str) {
        let (x, y, font, content) = (number(x), number(y), number(size), content(text, size));
        self.tag(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{font}\"{more}>{content}</text>"));
    }

    fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4], stroke: &str) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
        self.tag(&format!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {stroke}/>"));
    }

    fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4], fill: &str) {
        let [x, y, width, height] = [x, y, width.max(0.0), height].map(number);
        self.tag(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {fill}/>"
        ));
    }
}

fn stroke(colour: &str, width: f64, dash: &str) -> String {
    let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
    format!("stroke=\"{colour}\" stroke-width=\"{}\"{dash}", number(width))
}

fn fills(band: &Band) -> (&'static str, &'static str) {
    match band.regime.as_str() {
        "cluster" => CLUSTER[band.tint % CLUSTER.len()],
        "isolation" => ISOLATION,
        "closed" => CLOSED,
        _ => DIVERSIFIED,
    }
}

fn full_name(band: &Band) -> String {
    if band.sector.is_empty() { band.regime.clone() } else { format!("{}: {}", band.regime, band.sector) }
}

/// The picture as an SVG document.
pub fn render(figure: &Figure) -> String {
    let ends: Vec<Vec<EndLabel>> = figure.panels.iter().map(|panel| end_labels(panel, &figure.x)).collect();
    let ticks: Vec<Vec<(f64, String)>> =
        figure.panels.iter().map(|panel| panel.y.ticks(if figure.panels.len() > 1 { 4 } else { 6 })).collect();
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let left = EDGE + widest(&mut ticks.iter().flatten().map(|(_, text)| width(text, TEXT_SIZE, false))) + 9.0;
    let room = widest(&mut ends.iter().flatten().map(EndLabel::width));
    let right = WIDTH - EDGE - if room > 0.0 { room + 12.0 } else { 4.0 };
    let gutter = figure.panels.iter().flat_map(|panel| &panel.lines).any(|line| line.limit.is_some());
    let end = if gutter { right - GUTTER } else { right };
    let across = Across { left, end, right, x: figure.x };

    let mut body = Canvas(String::new());
    let mut y = EDGE;
    for line in wrap(&figure.title, WIDTH - 2.0 * EDGE, TITLE_SIZE, true, 2) {
        y += 1.25 * TITLE_SIZE;
        body.text("title", [EDGE, y - 4.0], TITLE_SIZE, " font-weight=\"bold\"", &line);
    }
    for line in wrap(&figure.subtitle, WIDTH - 2.0 * EDGE, TEXT_SIZE, false, 2) {
        y += 1.35 * TEXT_SIZE;
        body.text("subtitle", [EDGE, y - 3.0], TEXT_SIZE, &format!(" fill=\"{SOFT}\""), &line);
    }
    let mut marks = Vec::new();
    let mut legend = Legend::default();
    let height = if figure.panels.len() > 1 { SHARED } else { ALONE };
    let mut bottom = y;
    for (i, panel) in figure.panels.iter().enumerate() {
        y += 22.0;
        let label = [EDGE, y - 5.0];
        body.text("y-label", label, TEXT_SIZE, &format!(" fill=\"{INK}\""), &panel.y_label);
        if i == 0 {
            y = acts(&mut body, &figure.acts, &across, y, &mut marks);
            let from = y;
            for strip in &figure.strips {
                y = draw_strip(&mut body, strip, &across, y, &mut legend);
            }
            y += if figure.strips.len() > 1 { 5.0 } else { 0.0 };
            bottom = y + height;
            marks.retain(|mark: &f64| *mark >= across.left - 0.01 && *mark <= across.end + 0.01);
            if let [strip] = &figure.strips[..] {
                shade(&mut body, strip, &across, [y, bottom]);
            }
            for mark in &marks {
                body.line("act-date", [*mark, from, *mark, bottom], &stroke("#777777", 0.8, "1.2 2.4"));
            }
        }
        bottom = y + height;
        let down = Down { top: y, bottom, y: panel.y };
        let last = i + 1 == figure.panels.len();
        frame(&mut body, &across, down, &ticks[i], last, gutter);
        draw_panel(&mut body, panel, &across, down);
        draw_ends(&mut body, &ends[i], &across, down);
        y = bottom;
    }
    y = bottom + 34.0;
    let middle = f64::midpoint(across.left, across.end);
    let anchor = format!(" text-anchor=\"middle\" fill=\"{INK}\"");
    body.text("x-label", [middle, y], TEXT_SIZE, &anchor, &figure.x_label);
    y = legend.draw(&mut body, y);
    for note in figure.notes.iter().flat_map(|note| wrap(note, WIDTH - 2.0 * EDGE, SMALL_SIZE, false, 2)) {
        y += 15.0;
        body.text("note", [EDGE, y], SMALL_SIZE, &format!(" fill=\"{SOFT}\""), &note);
    }
    document(figure, y + EDGE, &body.0)
}

fn document(figure: &Figure, height: f64, body: &str) -> String {
    let (width, height) = (number(WIDTH), number(height.ceil()));
    let y_labels: Vec<&str> = figure.panels.iter().map(|panel| panel.y_label.as_str()).collect();
    let plain = |text: &str| escape(&text.replace(['{', '}'], ""));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FAMILY}\" fill=\"{INK}\">\n<title>{}</title>\n<desc>{}</desc>\n",
        plain(&figure.title),
        plain(&y_labels.join("; "))
    );
    if figure.panels.iter().any(|panel| !panel.areas.is_empty()) {
        svg += "<defs>\n";
        for (i, (colour, hatch)) in AREA.iter().enumerate() {
            if let Some(hatch) = hatch {
                let _ = writeln!(
                    svg,
                    "<pattern id=\"area-{i}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" \
                     height=\"8\" fill=\"{colour}\"/><path d=\"{hatch}\" stroke=\"#FFFFFF\" stroke-width=\"1.4\"/></pattern>"
                );
            }
        }
        svg += "</defs>\n";
    }
    let _ = writeln!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>");
    svg + body + "</svg>\n"
}

/// Policies and shocks in rows; leaves the places of their dates in `marks`. Returns where the rows end.
fn acts(canvas: &mut Canvas, acts: &[Act], across: &Across, top: f64, marks: &mut Vec<f64>) -> f64 {
    let texts: Vec<String> = acts.iter().map(|act| wrap(&act.text, 230.0, SMALL_SIZE, false, 1).concat()).collect();
    let spans: Vec<(f64, f64)> = acts
        .iter()
        .zip(&texts)
        .map(|(act, text)| {
            let (from, until) = (across.at(act.from), across.at(act.until));
            let wide = width(text, SMALL_SIZE, false) + 8.0;
            // A label that would leave the axes begins further left.
            let start = from.min(across.right - wide).max(across.left);
            (start, (start + wide).max(until + 6.0))
        })
        .collect();
    let rows = pack(&spans, ROWS);
    for (((act, text), (start, _)), row) in acts.iter().zip(&texts).zip(&spans).zip(&rows) {
        let (from, until) = (across.at(act.from), across.at(act.until));
        marks.push(from);
        if until < across.end - 0.01 {
            marks.push(until);
        }
        let Some(row) = row else { continue };
        let base = top + ROW * (*row as f64 + 1.0) - 3.0;
        canvas.text("act", [*start + 3.0, base - 4.0], SMALL_SIZE, &format!(" fill=\"{SOFT}\""), text);
        let ink = stroke(SOFT, 1.4, "");
        if until > from {
            canvas.line("act-span", [from, base, until, base], &ink);
        }
        canvas.line("act-start", [from, base - 3.0, from, base + 3.0], &ink);
        if until < across.end - 0.01 {
            canvas.line("act-end", [until, base - 3.0, until, base + 3.0], &ink);
        }
    }
    marks.sort_by(f64::total_cmp);
    marks.dedup_by(|a, b| (*a - *b).abs() < 0.01);
    top + ROW * rows.iter().flatten().max().map_or(0.0, |row| *row as f64 + 1.0)
}

/// What strips could not say where they are.
#[derive(Default)]
struct Legend {
    named: Vec<String>,
    unnamed: Vec<Band>,
    short: bool,
    subsidised: bool,
}

impl Legend {
    fn draw(&self, canvas: &mut Canvas, mut y: f64) -> f64 {
        let mut entries: Vec<(Option<&'static str>, String)> = Vec::new();
        for band in &self.unnamed {
            let name = full_name(band);
            if !self.named.contains(&name) && entries.iter().all(|(_, known)| *known != name) {
                entries.push((Some(fills(band).0), name));
            }
        }
        if self.short {
            entries.push((None, "Cl: cluster, Is: isolation".to_owned()));
        }
        if self.subsidised {
            entries.push((Some(INK), "subsidy paid".to_owned()));
        }
        let mut x = EDGE;
        if !entries.is_empty() {
            y += 18.0;
        }
        for (fill, name) in entries {
            let wide = width(&name, SMALL_SIZE, false) + if fill.is_some() { 18.0 } else { 0.0 };
            if x > EDGE && x + wide > WIDTH - EDGE {
                (x, y) = (EDGE, y + 15.0);
            }
            let mut at = x;
            if let Some(fill) = fill {
                let height = if fill == INK { 3.0 } else { 9.0 };
                canvas.rect("key", [x, y - 3.5 - height / 2.0, 13.0, height], &format!("fill=\"{fill}\""));
                at += 18.0;
            }
            canvas.text("key-label", [at, y], SMALL_SIZE, &format!(" fill=\"{SOFT}\""), &name);
            x += wide + 16.0;
        }
        y
    }
}

fn draw_strip(canvas: &mut Canvas, strip: &Strip, across: &Across, top: f64, legend: &mut Legend) -> f64 {
    let height = if strip.style.is_some() { STRIP + 1.0 } else { STRIP };
    for band in &strip.bands {
        let (from, until) = (across.at(band.from), across.at(band.until));
        let more = format!("fill=\"{}\" stroke=\"#FFFFFF\" stroke-width=\"1\"", fills(band).0);
        canvas.rect("band", [from, top, until - from, STRIP], &more);
        let short = match band.regime.as_str() {
            "cluster" => format!("Cl {}", band.sector),
            "isolation" => format!("Is {}", band.sector),
            other => other.to_owned(),
        };
        let fits = |text: &String| width(text, SMALL_SIZE, false) + 8.0 <= until - from;
        let full = full_name(band);
        let label = Some(&full).filter(|full| fits(full)).or(Some(&short).filter(|short| fits(short)));
        if let Some(label) = label {
            canvas.text("band-label", [from + 4.0, top + STRIP - 4.0], SMALL_SIZE, &format!(" fill=\"{INK}\""), label);
            legend.short |= *label != full;
            legend.named.push(full);
        } else {
            legend.unnamed.push(band.clone());
        }
    }
    for (from, until) in &strip.subsidised {
        let (from, until) = (across.at(*from), across.at(*until));
        canvas.rect("subsidised", [from, top + STRIP - 2.2, until - from, 2.2], &format!("fill=\"{INK}\""));
        legend.subsidised = true;
    }
    if let Some(style) = strip.style {
        // Whose regimes these are: a sample of its line at the right.
        let y = top + STRIP / 2.0;
        let from = across.end + 6.0;
        canvas.line("strip-of", [from, y, from + SWATCH, y], &stroke(style.colour, style.width, style.dash));
    }
    top + height
}

fn shade(canvas: &mut Canvas, strip: &Strip, across: &Across, [top, bottom]: [f64; 2]) {
    for band in &strip.bands {
        let (from, until) = (across.at(band.from), across.at(band.until));
        let fill = format!("fill=\"{}\"", fills(band).1);
        canvas.rect("shade", [from, top, until - from, bottom - top], &fill);
    }
}

fn frame(canvas: &mut Canvas, across: &Across, down: Down, ticks: &[(f64, String)], last: bool, gutter: bool) {
    for (value, text) in ticks {
        let y = down.at(*value);
        canvas.line(
            "grid",
            [across.left, y, across.right, y],
            "stroke=\"#000000\" stroke-opacity=\"0.1\" stroke-width=\"0.8\"",
        );
        let end = " text-anchor=\"end\"";
        canvas.text("tick-y", [across.left - 7.0, y + 0.36 * TEXT_SIZE], TEXT_SIZE, end, text);
    }
    let ink = stroke("#444444", 1.0, "");
    canvas.line("axis", [across.left, down.top, across.left, down.bottom], &ink);
    canvas.line("axis", [across.left, down.bottom, across.right, down.bottom], &ink);
    if gutter {
        canvas.line("axis", [across.end, down.top, across.end, down.bottom], &stroke("#999999", 0.8, ""));
    }
    if !last {
        return;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
    let target = ((across.end - across.left) / 75.0).clamp(2.0, 9.0) as usize;
    for (value, text) in across.x.ticks(target) {
        let x = across.at(value);
        canvas.line("tick", [x, down.bottom, x, down.bottom + 4.0], &ink);
        let middle = " text-anchor=\"middle\"";
        canvas.text("tick-x", [x, down.bottom + 17.0], TEXT_SIZE, middle, &text);
    }
    if gutter {
        let more = format!(" text-anchor=\"end\" fill=\"{SOFT}\"");
        canvas.text("gutter-label", [across.right, down.bottom + 17.0], SMALL_SIZE, &more, "long run");
    }
}

/// Points to draw of a piece: all of them, or of very many those that show.
fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
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

fn path(points: &[[f64; 2]]) -> String {
    let mut d = String::with_capacity(12 * points.len());
    for (i, [x, y]) in points.iter().enumerate() {
        let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
    }
    d
}

fn draw_panel(canvas: &mut Canvas, panel: &Panel, across: &Across, down: Down) {
    for area in &panel.areas {
        draw_area(canvas, area, across, down);
    }
    for level in &panel.levels {
        let y = down.at(level.y);
        let (class, ink) = match level.kind {
            LevelKind::LongRun => ("long-run", stroke("#333333", 1.3, "6 4")),
            LevelKind::Reference => ("reference", stroke("#777777", 1.0, "")),
        };
        canvas.line(class, [across.left, y, across.right, y], &ink);
    }
    for line in &panel.lines {
        draw_line(canvas, line, across, down);
    }
    let told = panel.jumps.len() <= 8;
    for jump in &panel.jumps {
        draw_jump(canvas, jump, across, down, told);
    }
    if !panel.empty.is_empty() {
        let middle = [f64::midpoint(across.left, across.end), down.top + (down.bottom - down.top) / 3.0];
        canvas.text("empty", middle, 13.0, &format!(" text-anchor=\"middle\" fill=\"{SOFT}\""), &panel.empty);
    }
}

fn draw_line(canvas: &mut Canvas, line: &Line, across: &Across, down: Down) {
    let Style { colour, dash, width } = line.style;
    let count: usize = line.pieces.iter().map(Vec::len).sum();
    let label = escape(&line.label);
    for piece in &line.pieces {
        let points: Vec<[f64; 2]> = piece.iter().map(|(x, y)| [across.at(*x), down.at(*y)]).collect();
        if points.len() > 1 {
            let ink = stroke(colour, width, dash);
            let d = path(&thinned(&points));
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
    if let Some(limit) = line.limit {
        let y = down.at(limit);
        canvas.line("long-run", [across.end + 4.0, y, across.right, y], &stroke(colour, 1.4, "4 3"));
    }
}

fn draw_area(canvas: &mut Canvas, area: &Area, across: &Across, down: Down) {
    let (colour, hatch) = AREA[area.fill % AREA.len()];
    let fill = if hatch.is_some() { format!("url(#area-{})", area.fill % AREA.len()) } else { colour.to_owned() };
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

fn draw_jump(canvas: &mut Canvas, jump: &Jump, across: &Across, down: Down, told: bool) {
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
    if told {
        let wide = width(&jump.text, SMALL_SIZE, false);
        let (at, anchor) = if x + 8.0 + wide > across.end { (x - 8.0, "end") } else { (x + 8.0, "start") };
        let more = format!(" text-anchor=\"{anchor}\" fill=\"{SOFT}\"");
        canvas.text("jump-label", [at, if up { base } else { base + 7.0 }], SMALL_SIZE, &more, &jump.text);
    }
}

/// Labels of a panel's lines, areas and levels; y in the data's units.
fn end_labels(panel: &Panel, x: &Scale) -> Vec<EndLabel> {
    let mut labels = Vec::new();
    for area in &panel.areas {
        let last =
            |side: &[(f64, f64, f64)]| side.last().map(|(_, bottom, top)| (top - bottom, f64::midpoint(*bottom, *top)));
        let (above, below) = (last(&area.above).unwrap_or_default(), last(&area.below).unwrap_or_default());
        let y = if above.0 >= below.0 { above.1 } else { below.1 };
        labels.push(EndLabel::new(y, &area.label, Sample::Fill(area.fill)));
    }
    for line in &panel.lines {
        let last = line.pieces.iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
        if let (Some((_, y)), false) = (last, line.label.is_empty()) {
            labels.push(EndLabel::new(line.limit.unwrap_or(*y), &line.label, Sample::Line(line.style)));
        }
    }
    for level in panel.levels.iter().filter(|level| !level.label.is_empty()) {
        let sample = if level.kind == LevelKind::LongRun { Sample::Limit } else { Sample::None };
        labels.push(EndLabel::new(level.y, &level.label, sample));
    }
    let _ = x;
    labels
}

fn draw_ends(canvas: &mut Canvas, labels: &[EndLabel], across: &Across, down: Down) {
    let wanted: Vec<f64> = labels.iter().map(|label| down.at(label.y)).collect();
    let heights: Vec<f64> = labels.iter().map(EndLabel::height).collect();
    let centres = spread(&wanted, &heights, down.top - 4.0, down.bottom + 4.0);
    for ((label, wanted), centre) in labels.iter().zip(&wanted).zip(&centres) {
        let x = across.right + 10.0;
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
                let (colour, hatch) = AREA[i % AREA.len()];
                let fill = if hatch.is_some() { format!("url(#area-{})", i % AREA.len()) } else { colour.to_owned() };
                canvas.rect("sample", [x, centre - 5.0, SWATCH, 10.0], &format!("fill=\"{fill}\""));
            }
        }
        let first = centre - label.height() / 2.0 + 0.93 * TEXT_SIZE;
        for (i, line) in label.lines.iter().enumerate() {
            let at = [x + label.indent(), first + 1.2 * TEXT_SIZE * i as f64];
            canvas.text(if i == 0 { "end-label" } else { "end-label-more" }, at, TEXT_SIZE, "", line);
        }
    }
}
