//! A picture as SVG: coordinates, strokes, letters. Same figure, same bytes.

use super::Look;
use super::axis::Scale;
use super::canvas::{Across, Canvas, Down, INK, SMALL_SIZE, SOFT, TEXT_SIZE, stroke};
use super::figure::{Act, Band, Figure, Panel, Strip};
use super::layout::pack;
use super::panel::{
    AREA, EndLabel, SWATCH, draw_ends, draw_ground, draw_levels, draw_limits, draw_lines, end_labels, of_run,
};
use super::text::{FAMILY, escape, number, width, wrap};
use std::fmt::Write;

/// Width of a picture, in CSS pixels (1/96 inch).
pub const WIDTH: f64 = 760.0;
/// Height of a pair of axes that stands alone.
const ALONE: f64 = 310.0;
/// Height of each of several.
const SHARED: f64 = 200.0;
/// Height of each of several histograms.
const BARS: f64 = 110.0;
/// Around everything.
pub const EDGE: f64 = 14.0;
/// Height of a strip of regimes.
const STRIP: f64 = 15.0;
/// Height of a row of policies.
const ROW: f64 = 19.0;
/// Rows of policies at most.
const ROWS: usize = 4;
/// Room beyond the last date for limits.
const GUTTER: f64 = 62.0;
/// Size of the heading.
pub const TITLE_SIZE: f64 = 15.0;
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
pub fn render(figure: &Figure, look: &Look) -> String {
    let ends: Vec<Vec<EndLabel>> = figure.panels.iter().map(end_labels).collect();
    let ticks: Vec<Vec<(f64, String)>> =
        figure.panels.iter().map(|panel| panel.y.ticks(if figure.panels.len() > 1 { 5 } else { 6 })).collect();
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let left = EDGE + widest(&mut ticks.iter().flatten().map(|(_, text)| width(text, TEXT_SIZE, false))) + 9.0;
    let room = widest(&mut ends.iter().flatten().map(EndLabel::width));
    let right = WIDTH - EDGE - if room > 0.0 { room + 12.0 } else { 4.0 };
    let gutter = figure.panels.iter().flat_map(|panel| &panel.lines).any(|line| line.limit.is_some());
    let end = if gutter { right - GUTTER } else { right };
    let across = Across { left, end, right, x: figure.x };

    let mut body = Canvas(String::new());
    let mut defs = if figure.panels.iter().any(|panel| !panel.areas.is_empty()) { areas(look) } else { String::new() };
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
    let height = match figure.panels.len() {
        0 | 1 => ALONE,
        _ if figure.panels.iter().any(|panel| !panel.bars.is_empty()) => BARS,
        _ => SHARED,
    };
    let mut bottom = y;
    for (i, panel) in figure.panels.iter().enumerate() {
        y += 22.0;
        let label = [EDGE, y - 5.0];
        body.text("y-label", label, TEXT_SIZE, &format!(" fill=\"{INK}\""), &panel.y_label);
        if i == 0 && !(figure.acts.is_empty() && figure.strips.is_empty()) {
            // Defined before it is known how high it is.
            let (top, id) = (y, format!("{}history", look.ids));
            body.open(" class=\"history\"");
            open_content(&mut body, &id);
            y = acts(&mut body, &figure.acts, &across, y, &mut marks);
            let strips = y;
            for strip in &figure.strips {
                y = draw_strip(&mut body, strip, &figure.runs, &across, y, &mut legend);
            }
            close_content(&mut body);
            strips_of(&mut body, figure, &across, strips);
            body.close();
            defs += &clip(&id, [across.left, top - 2.0, across.right - across.left, y - top + 2.0]);
            y += if figure.strips.len() > 1 { 5.0 } else { 0.0 };
            marks.retain(|mark: &f64| *mark >= across.left - 0.01 && *mark <= across.end + 0.01);
        }
        bottom = y + height;
        let down = Down { top: y, bottom, y: panel.y };
        let last = i + 1 == figure.panels.len();
        let id = format!("{}panel-{i}", look.ids);
        defs += &clip(&id, [across.left - 4.0, y - 4.0, across.end - across.left + 8.0, height + 8.0]);
        body.open(&about(panel, &across, down));
        open_content(&mut body, &id);
        if let (0, [strip]) = (i, &figure.strips[..]) {
            shade(&mut body, strip, &across, [y, bottom]);
        }
        for mark in &marks {
            body.line("act-date", [*mark, y, *mark, bottom], &stroke("#777777", 0.8, "1.2 2.4"));
        }
        draw_ground(&mut body, panel, &figure.runs, look, &across, down);
        close_content(&mut body);
        frame(&mut body, &across, down, &ticks[i], last, gutter);
        draw_levels(&mut body, panel, &across, down);
        open_content(&mut body, &id);
        draw_lines(&mut body, panel, &figure.runs, &across, down);
        close_content(&mut body);
        draw_limits(&mut body, panel, &figure.runs, &across, down);
        draw_ends(&mut body, &ends[i], &figure.runs, look, &across, down);
        body.close();
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
    let y_labels: Vec<&str> = figure.panels.iter().map(|panel| panel.y_label.as_str()).collect();
    document(&figure.title, &y_labels.join("; "), y + EDGE, &defs, &body.0)
}

/// What a script needs to know of a panel: its column, and which values and pixels its ends are.
fn about(panel: &Panel, across: &Across, down: Down) -> String {
    let Scale { lo: x0, hi: x1, .. } = across.x;
    let Scale { lo: y0, hi: y1, log } = down.y;
    let [left, right, top, bottom] = [across.left, across.end, down.top, down.bottom].map(number);
    let run = panel.run.map_or_else(String::new, |run| format!(" data-i=\"{run}\""));
    format!(
        " class=\"panel\"{run} data-y=\"{}\" data-x0=\"{x0}\" data-x1=\"{x1}\" data-left=\"{left}\" data-right=\"{right}\" \
         data-y0=\"{y0}\" data-y1=\"{y1}\" data-top=\"{top}\" data-bottom=\"{bottom}\" data-log=\"{log}\"",
        panel.column
    )
}

/// Opens what moves where another span of time is shown, and is not shown outside the axes.
fn open_content(canvas: &mut Canvas, clip: &str) {
    canvas.open(&format!(" clip-path=\"url(#{clip})\""));
    canvas.open(" class=\"content\"");
}

fn close_content(canvas: &mut Canvas) {
    canvas.close();
    canvas.close();
}

/// A rectangle that others are clipped to.
fn clip(id: &str, [x, y, width, height]: [f64; 4]) -> String {
    let [x, y, width, height] = [x, y, width.max(0.0), height].map(number);
    format!("<clipPath id=\"{id}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/></clipPath>\n")
}

/// Whose regimes the strips are, where there are several: a sample of a line at the right.
fn strips_of(canvas: &mut Canvas, figure: &Figure, across: &Across, mut top: f64) {
    for strip in &figure.strips {
        let Some(style) = strip.style else { continue };
        let (from, y) = (across.end + 6.0, top + STRIP / 2.0);
        canvas.open(&of_run(&figure.runs, strip.run));
        canvas.line("strip-of", [from, y, from + SWATCH, y], &stroke(style.colour, style.width, style.dash));
        canvas.close();
        top += STRIP + 1.0;
    }
}

/// Patterns of areas.
fn areas(look: &Look) -> String {
    let mut defs = String::new();
    for (i, (colour, hatch)) in AREA.iter().enumerate() {
        if let Some(hatch) = hatch {
            let _ = writeln!(
                defs,
                "<pattern id=\"{}area-{i}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" \
                 height=\"8\" fill=\"{colour}\"/><path d=\"{hatch}\" stroke=\"#FFFFFF\" stroke-width=\"1.5\"/></pattern>",
                look.ids
            );
        }
    }
    defs
}

/// The whole document; `title` and `about` are marked up.
pub fn document(title: &str, about: &str, height: f64, defs: &str, body: &str) -> String {
    let (width, height) = (number(WIDTH), number(height.ceil()));
    let plain = |text: &str| escape(&text.replace(['{', '}'], ""));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FAMILY}\" fill=\"{INK}\">\n<title>{}</title>\n<desc>{}</desc>\n",
        plain(title),
        plain(about)
    );
    if !defs.is_empty() {
        svg += "<defs>\n";
        svg += defs;
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
    let end = top + ROW * rows.iter().flatten().max().map_or(0.0, |row| *row as f64 + 1.0);
    for (((act, text), (start, _)), row) in acts.iter().zip(&texts).zip(&spans).zip(&rows) {
        let (from, until) = (across.at(act.from), across.at(act.until));
        marks.push(from);
        if until < across.end - 0.01 {
            marks.push(until);
        }
        let Some(row) = row else { continue };
        let below = |x: f64| {
            let covers = |(span, at): (&(f64, f64), &Option<usize>)| {
                at.is_some_and(|at| at > *row) && span.0 - 2.0 < x && x < span.1
            };
            !spans.iter().zip(&rows).any(covers)
        };
        let base = top + ROW * (*row as f64 + 1.0) - 3.0;
        canvas.text("act", [*start + 3.0, base - 5.5], SMALL_SIZE, &format!(" fill=\"{SOFT}\""), text);
        let ink = stroke(SOFT, 1.4, "");
        if until > from {
            canvas.line("act-span", [from, base, until, base], &ink);
        }
        canvas.line("act-start", [from, base - 3.0, from, base + 3.0], &ink);
        if until < across.end - 0.01 {
            canvas.line("act-end", [until, base - 3.0, until, base + 3.0], &ink);
        }
        for x in [from, until].into_iter().filter(|x| *x < across.end - 0.01 && below(*x)) {
            canvas.line("act-date", [x, base + 3.0, x, end], &stroke("#777777", 0.8, "1.2 2.4"));
        }
    }
    marks.sort_by(f64::total_cmp);
    marks.dedup_by(|a, b| (*a - *b).abs() < 0.01);
    end
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

fn draw_strip(
    canvas: &mut Canvas,
    strip: &Strip,
    runs: &[String],
    across: &Across,
    top: f64,
    legend: &mut Legend,
) -> f64 {
    canvas.open(&of_run(runs, strip.run));
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
    canvas.close();
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
