//! What stands above the axes: policies and shocks in rows, and the regimes of every run on a strip.

use super::canvas::{Across, Canvas, stroke};
use super::colour::{INK, SOFT, band, shade};
use super::figure::{Act, Band, Strip};
use super::labels::{Label, Sample};
use super::layout::pack;
use super::panel::of_run;
use super::text::{number, width, wrap};

/// Rows of policies and shocks at most.
const ROWS: usize = 12;
/// Longest text of a policy or a shock, in sizes of its letters: some sixty of them.
const TEXT: f64 = 32.0;
/// Runs whose lines are shown before a policy's text.
const SAMPLES: usize = 4;
/// Spells that a note lists at most.
const LISTED: usize = 8;
/// Stroke of a date.
const DATE: (&str, f64, &str) = ("#777777", 0.8, "1.2 2.4");

/// The date of an act, in pixels, and the runs it is of; none for all.
pub(super) struct Date {
    x: f64,
    runs: Vec<usize>,
}

/// What could not be said where it is.
#[derive(Default)]
pub(super) struct Left {
    /// Bands with a number on the strip instead.
    numbered: Vec<(String, Label)>,
    short: bool,
    subsidised: bool,
    spells: Vec<String>,
    acts: Vec<String>,
}

impl Left {
    /// Entries of the legend.
    pub(super) fn labels(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = self.numbered.iter().map(|(_, label)| label.clone()).collect();
        if self.short {
            labels.push(Label::entry("Cl: cluster, Is: isolation".to_owned(), Sample::None));
        }
        if self.subsidised {
            labels.push(Label::entry("subsidy paid".to_owned(), Sample::Subsidy));
        }
        labels
    }

    /// Notes.
    pub(super) fn notes(&self) -> Vec<String> {
        let list = |what: &str, items: &[String]| {
            let more = items.len().saturating_sub(LISTED);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            let shown = items.iter().take(LISTED).cloned().collect::<Vec<_>>().join("; ");
            (!items.is_empty()).then(|| format!("{what}: {shown}{more}."))
        };
        let spells = list("Too short to be named on the strip", &self.spells);
        let acts = list("In full", &self.acts);
        spells.into_iter().chain(acts).collect()
    }
}

/// Attributes of a group that belongs to some runs.
fn of_runs(names: &[String], runs: &[usize]) -> String {
    match runs {
        [] => String::new(),
        [run] => of_run(names, *run),
        several => {
            let places: Vec<String> = several.iter().map(ToString::to_string).collect();
            format!(" class=\"run\" data-i=\"{}\"", places.join(" "))
        }
    }
}

/// Policies and shocks in rows. Returns where the rows end, and the dates for the panels.
pub(super) fn draw_acts(
    canvas: &mut Canvas<'_>,
    acts: &[Act],
    names: &[String],
    across: &Across,
    top: f64,
    left: &mut Left,
) -> (f64, Vec<Date>) {
    let look = canvas.look;
    let (small, row_height) = (look.small(), 1.9 * look.small());
    let sample = look.swatch() + 4.0;
    let room = (TEXT * small).min(0.9 * (across.right - across.left));
    let mut texts = Vec::new();
    let mut spans = Vec::new();
    for act in acts {
        let samples = act.runs.len().min(SAMPLES);
        let full =
            if act.runs.len() > SAMPLES { format!("{} ({} runs)", act.text, act.runs.len()) } else { act.text.clone() };
        let text = wrap(&full, room - sample * samples as f64, small, false, 1).concat();
        if text != full {
            left.acts.push(format!("{}: {full}", across.date(act.from)));
        }
        let (from, until) = (across.at(act.from), across.at(act.until));
        let wide = width(&text, small, false) + sample * samples as f64 + 8.0;
        // A label that would leave the axes begins further left.
        let start = from.min(across.right - wide).max(across.left);
        spans.push((start, (start + wide).max(until + 6.0)));
        texts.push(text);
    }
    let rows = pack(&spans, ROWS);
    let end = top + row_height * rows.iter().flatten().max().map_or(0.0, |row| *row as f64 + 1.0);
    let mut dates = Vec::new();
    for (((act, text), (start, _)), row) in acts.iter().zip(&texts).zip(&spans).zip(&rows) {
        let (from, until) = (across.at(act.from), across.at(act.until));
        let runs: Vec<usize> = act.runs.iter().map(|(run, _)| *run).collect();
        let ends = [from, until].into_iter().filter(|x| *x < across.end - 0.01 || *x == from);
        let ends: Vec<f64> = ends.take(if until > from { 2 } else { 1 }).collect();
        dates.extend(ends.iter().map(|x| Date { x: *x, runs: runs.clone() }));
        let Some(row) = row else {
            left.acts.push(format!("{}: {}", across.date(act.from), act.text));
            continue;
        };
        let below = |x: f64| {
            let covers = |(span, at): (&(f64, f64), &Option<usize>)| {
                at.is_some_and(|at| at > *row) && span.0 - 2.0 < x && x < span.1
            };
            !spans.iter().zip(&rows).any(covers)
        };
        canvas.open(&of_runs(names, &runs));
        let base = top + row_height * (*row as f64 + 1.0) - 3.0;
        let mut x = start + 3.0;
        for (_, pen) in act.runs.iter().take(SAMPLES) {
            let style = look.palette().line(*pen);
            let y = base - 5.5 - 0.35 * small;
            let ink = stroke(style.colour, style.width, style.dash);
            canvas.line("act-of", [x, y, x + sample - 4.0, y], &ink);
            x += sample;
        }
        canvas.text("act", [x, base - 5.5], small, &format!(" data-at=\"{}\" fill=\"{SOFT}\"", number(from)), text);
        let ink = stroke(SOFT, 1.4, "");
        if until > from {
            canvas.line("act-span", [from, base, until, base], &ink);
        }
        canvas.line("act-start", [from, base - 3.0, from, base + 3.0], &ink);
        if until < across.end - 0.01 {
            canvas.line("act-end", [until, base - 3.0, until, base + 3.0], &ink);
        }
        for x in ends.into_iter().filter(|x| below(*x)) {
            canvas.line("act-date", [x, base + 3.0, x, end], &stroke(DATE.0, DATE.1, DATE.2));
        }
        canvas.close();
    }
    (end, dates)
}

/// Dates of acts across a panel; of one that is about a run, those of that run.
pub(super) fn draw_dates(
    canvas: &mut Canvas<'_>,
    dates: &[Date],
    names: &[String],
    only: Option<usize>,
    across: &Across,
    [top, bottom]: [f64; 2],
) {
    let inside = |date: &&Date| date.x >= across.left - 0.01 && date.x <= across.end + 0.01;
    let wanted = |date: &&Date| only.is_none_or(|run| date.runs.is_empty() || date.runs.contains(&run));
    let mut drawn: Vec<(String, &[usize])> = Vec::new();
    for date in dates.iter().filter(inside).filter(wanted) {
        let x = number(date.x);
        if drawn.iter().any(|(known, runs)| *known == x && (runs.is_empty() || *runs == date.runs)) {
            continue;
        }
        canvas.open(&of_runs(names, &date.runs));
        canvas.line("act-date", [date.x, top, date.x, bottom], &stroke(DATE.0, DATE.1, DATE.2));
        canvas.close();
        drawn.push((x, &date.runs));
    }
}

fn full_name(band: &Band) -> String {
    if band.sector.is_empty() { band.regime.clone() } else { format!("{}: {}", band.regime, band.sector) }
}

/// A strip; returns where it ends.
pub(super) fn draw_strip(
    canvas: &mut Canvas<'_>,
    strip: &Strip,
    names: &[String],
    across: &Across,
    top: f64,
    left: &mut Left,
) -> f64 {
    let look = canvas.look;
    let (small, height) = (look.small(), look.strip());
    canvas.open(&of_run(names, strip.run));
    for each in &strip.bands {
        let (from, until) = (across.at(each.from), across.at(each.until));
        let fill = band(&each.regime, each.tint);
        let more = format!("fill=\"{}\" stroke=\"#FFFFFF\" stroke-width=\"1\"", fill.paint(&look.ids));
        canvas.rect("band", [from, top, until - from, height], &more);
        let full = full_name(each);
        let short = match each.regime.as_str() {
            "cluster" => format!("Cl {}", each.sector),
            "isolation" => format!("Is {}", each.sector),
            other => other.to_owned(),
        };
        let fits = |text: &str, air: f64| width(text, small, false) + air <= until - from;
        let at = [from + 4.0, top + height - 0.4 * small];
        let soft = format!(" fill=\"{INK}\"");
        if let Some(label) = [&full, &short].into_iter().find(|text| fits(text, 8.0)) {
            canvas.text("band-label", at, small, &soft, label);
            left.short |= *label != full;
            continue;
        }
        let known = left.numbered.iter().position(|(known, _)| *known == full);
        let number = (known.unwrap_or(left.numbered.len()) + 1).to_string();
        if fits(&number, 3.0) {
            if known.is_none() {
                let label = Label::entry(format!("{number}: {full}"), Sample::Fill(fill));
                left.numbered.push((full, label));
            }
            canvas.text("band-label", [from + 2.0, at[1]], small, &soft, &number);
        } else {
            let whose = if strip.pen.is_some() { format!(" ({})", strip.label) } else { String::new() };
            left.spells.push(format!("{full} from {} to {}{whose}", across.date(each.from), across.date(each.until)));
        }
    }
    for (from, until) in &strip.subsidised {
        let (from, until) = (across.at(*from), across.at(*until));
        canvas.rect("subsidised", [from, top + height - 2.2, until - from, 2.2], &format!("fill=\"{INK}\""));
        left.subsidised = true;
    }
    canvas.close();
    top + height + if strip.pen.is_some() { 1.0 } else { 0.0 }
}

/// Whose regimes the strips are, where there are several: a sample of a line at the left.
pub(super) fn draw_strips_of(
    canvas: &mut Canvas<'_>,
    strips: &[Strip],
    names: &[String],
    across: &Across,
    mut top: f64,
) {
    let look = canvas.look;
    for strip in strips {
        let Some(pen) = strip.pen else { continue };
        let style = look.palette().line(pen);
        let (until, y) = (across.left - 5.0, top + look.strip() / 2.0);
        canvas.open(&of_run(names, strip.run));
        let from = (until - look.swatch()).max(look.edge() / 2.0);
        canvas.line("strip-of", [from, y, until, y], &stroke(style.colour, style.width, style.dash));
        canvas.close();
        top += look.strip() + 1.0;
    }
}

/// The ground of the axes under the regimes of a single run.
pub(super) fn draw_shade(canvas: &mut Canvas<'_>, strip: &Strip, across: &Across, [top, bottom]: [f64; 2]) {
    for band in &strip.bands {
        let (from, until) = (across.at(band.from), across.at(band.until));
        let fill = format!("fill=\"{}\"", shade(&band.regime, band.tint));
        canvas.rect("shade", [from, top, until - from, bottom - top], &fill);
    }
}
