//! How a measure spreads over the draws of each variant: its cumulative shares, or a histogram.

use super::Asked;
use super::heat::WIDE;
use super::side::{bin, with_log};
use super::survey::{Span, Survey};
use crate::draw::axis::Scale;
use crate::draw::colour::{Pen, pens};
use crate::draw::figure::{Act, Bar, Figure, Level, LevelKind, Line, Panel};
use crate::draw::text::{literal, wrap};
use crate::error::Error;
use crate::math::{cbrt, exp, ln, powf};
use crate::numbers::{counted, percent};
use crate::quantity::Quantity;
use crate::read::Runs;
use crate::table::ColumnType;

/// Steps of a cumulative curve: finer than a pixel.
const FINE: usize = 900;
/// Bars of a histogram, at least and at most.
const BARS: [f64; 2] = [5.0, 60.0];
/// Room for the name of a variant above its histogram.
const NAME: f64 = 420.0;

/// The measure over the variants that are drawn.
struct Spread {
    by: Quantity,
    /// Places among the survey's variants.
    shown: Vec<usize>,
    /// The axis, exactly over the values.
    scale: Scale,
    /// Rows per variant and bin.
    counts: Vec<Vec<u64>>,
    notes: Vec<String>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Ecdf,
    Histogram,
}

/// The picture of a measure's spread.
pub(super) fn figure(
    table: &mut Runs,
    survey: &Survey,
    by: Quantity,
    shape: Shape,
    asked: &Asked<'_>,
) -> Result<Figure, Error> {
    let spread = read(table, survey, by, shape, asked)?;
    let several = survey.variants.len() > 1;
    let panels = match shape {
        Shape::Ecdf => vec![ecdf(&spread, survey, several)],
        Shape::Histogram => histograms(&spread, survey, several),
    };
    let Scale { lo, hi, log } = spread.scale;
    let x = if log {
        let air = powf(hi / lo, 0.02);
        Scale { lo: lo / air, hi: hi * air, log }
    } else {
        let air = 0.02 * (hi - lo);
        Scale { lo: lo - air, hi: hi + air, log }
    };
    // Where the sign changes, or parity.
    let about = by.about();
    let mark = about.pivot.map(|at| (at, if about.difference.is_some() { "as the baseline" } else { "parity" }));
    let empty = panels.iter().any(|panel| !panel.empty.is_empty());
    let acts = mark.filter(|(at, _)| x.holds(*at) && !empty).map(|(at, text)| Act {
        from: at,
        until: at,
        text: text.to_owned(),
        runs: Vec::new(),
    });
    Ok(Figure {
        title: literal(asked.title),
        subtitle: literal(&asked.subtitle(&match shape {
            Shape::Ecdf => format!("cumulative distribution of the {}", by.phrase()),
            Shape::Histogram => format!("distribution of the {}", by.phrase()),
        })),
        runs: survey.variants.iter().map(|variant| variant.name.clone()).collect(),
        x_label: with_log(by.title().into_owned(), log),
        x,
        names: Vec::new(),
        multiples: false,
        acts: acts.into_iter().collect(),
        strips: Vec::new(),
        panels,
        notes: spread.notes,
    })
}

fn read(table: &mut Runs, survey: &Survey, by: Quantity, shape: Shape, asked: &Asked<'_>) -> Result<Spread, Error> {
    let spans = survey.spans(by);
    let (shown, baseline) = survey.telling(by, &asked.variants);
    let left_out = |place: usize| format!("{}, the baseline, is left out.", survey.variants[place].label);
    let mut notes: Vec<String> = baseline.map(left_out).into_iter().collect();
    let range = Span::of(shown.iter().map(|place| spans[*place]));
    let most = shown.iter().map(|place| spans[*place].count).max().unwrap_or(0);
    let (scale, bars) = axis(by, range, most);
    let bins = if shape == Shape::Ecdf { FINE } else { bars };
    let mut counts = vec![vec![0; bins]; shown.len()];
    let places: Vec<(u32, usize)> =
        shown.iter().enumerate().map(|(k, place)| (survey.variants[*place].id, k)).collect();
    if range.count > 0 {
        table.scan(&[table.place("variant"), table.place(&by.name())], |cells, rows| {
            for row in 0..rows {
                let id = cells[0].place(row).unwrap_or(u32::MAX);
                let place = places.iter().find(|(variant, _)| *variant == id);
                if let (Some((_, place)), Some(value)) = (place, cells[1].number(row)) {
                    counts[*place][bin(&scale, bins, value)] += 1;
                }
            }
        })?;
    }
    notes.extend(asked.left_over.clone());
    notes.extend(missing(survey, spans, &shown));
    notes.push(how_many(survey, &shown));
    Ok(Spread { by, shown, scale, counts, notes })
}

/// The axis of the values and its number of bars.
pub(super) fn axis(by: Quantity, range: Span, most: u64) -> (Scale, usize) {
    if range.count == 0 {
        return (Scale::spanning(0.0, 1.0), 1);
    }
    let Span { lo, hi, .. } = range;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 60")]
    let bars = (2.0 * cbrt(most as f64)).ceil().clamp(BARS[0], BARS[1]) as usize;
    if by.about().kind == ColumnType::Integer {
        // Every bar holds the same number of whole numbers.
        let step = ((hi - lo + 1.0) / BARS[1]).ceil();
        let bars = ((hi - lo + 1.0) / step).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 60")]
        let count = bars as usize;
        return (Scale { lo: lo - 0.5, hi: lo - 0.5 + bars * step, log: false }, count);
    }
    if by.about().ratio && lo > 0.0 && hi / lo > WIDE {
        return (Scale { lo, hi, log: true }, bars);
    }
    if hi - lo <= 1e-9 * hi.abs().max(lo.abs()).max(1e-12) {
        let half = if hi == 0.0 { 0.5 } else { 0.1 * hi.abs() };
        return (Scale { lo: lo - half, hi: hi + half, log: false }, 5);
    }
    (Scale { lo, hi, log: false }, bars)
}

/// The value at a share of the axis.
pub(super) fn value_at(scale: &Scale, share: f64) -> f64 {
    if scale.log {
        exp(ln(scale.lo) + share * (ln(scale.hi) - ln(scale.lo)))
    } else {
        scale.lo + share * (scale.hi - scale.lo)
    }
}

/// A variant has the look of its place among all variants; the first, if there are others, is the baseline.
pub(super) fn pen(survey: &Survey, place: usize) -> Pen {
    let variants = survey.variants.len();
    pens(variants, (variants > 1).then_some(0))[place]
}

fn ecdf(spread: &Spread, survey: &Survey, several: bool) -> Panel {
    let mut panel = Panel::new("share", "Share of draws at or below the value", Scale::spanning(0.0, 1.0));
    for (counts, place) in spread.counts.iter().zip(&spread.shown) {
        let total: u64 = counts.iter().sum();
        if total == 0 {
            continue;
        }
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut below = 0;
        for (k, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let edges = [k, k + 1].map(|edge| value_at(&spread.scale, edge as f64 / counts.len() as f64));
            let before = (edges[0], below as f64 / total as f64);
            if points.last() != Some(&before) {
                points.push(before);
            }
            below += count;
            points.push((edges[1], below as f64 / total as f64));
        }
        if let Some((last, _)) = points.last().copied()
            && last < spread.scale.hi
        {
            points.push((spread.scale.hi, 1.0));
        }
        let label = if several { survey.variants[*place].label.clone() } else { String::new() };
        panel.lines.push(Line {
            label,
            pen: pen(survey, *place),
            pieces: vec![points],
            stepped: false,
            before: None,
            limit: None,
            run: *place,
        });
    }
    panel.levels.push(Level { y: 0.5, kind: LevelKind::Reference, label: "half".to_owned() });
    if panel.lines.is_empty() {
        panel.levels.clear();
        panel.empty = nothing(spread);
    }
    panel
}

fn histograms(spread: &Spread, survey: &Survey, several: bool) -> Vec<Panel> {
    let share = |counts: &[u64], k: usize| 100.0 * counts[k] as f64 / counts.iter().sum::<u64>().max(1) as f64;
    let highest = spread.counts.iter().flat_map(|counts| (0..counts.len()).map(|k| share(counts, k)));
    let highest = highest.fold(0.0, f64::max);
    let y = Scale { lo: 0.0, hi: if highest > 0.0 { 1.05 * highest } else { 1.0 }, log: false };
    let panel = |(counts, place): (&Vec<u64>, &usize)| {
        let label = if several {
            let name = wrap(&survey.variants[*place].label, NAME, 11.5, false, 1).concat();
            format!("{name}: share of draws, %")
        } else {
            "Share of draws, %".to_owned()
        };
        let mut panel = Panel::new("share", &label, y);
        let edge = |k: usize| value_at(&spread.scale, k as f64 / counts.len() as f64);
        panel.bars = (0..counts.len())
            .filter(|k| counts[*k] > 0)
            .map(|k| Bar {
                from: edge(k),
                until: edge(k + 1),
                height: share(counts, k),
                pen: pen(survey, *place),
                run: *place,
            })
            .collect();
        if panel.bars.is_empty() {
            panel.empty = nothing(spread);
        }
        panel
    };
    spread.counts.iter().zip(&spread.shown).map(panel).collect()
}

fn nothing(spread: &Spread) -> String {
    format!("no run has a value of the {}", spread.by.phrase())
}

/// How many runs are drawn.
pub(super) fn how_many(survey: &Survey, shown: &[usize]) -> String {
    let runs: u64 = shown.iter().map(|place| survey.variants[*place].rows).max().unwrap_or(0);
    let each = if shown.len() > 1 { " under each variant" } else { "" };
    format!("{} {}{each}.", counted(runs), if runs == 1 { "run" } else { "runs" })
}

/// What is missing under which variant.
pub(super) fn missing(survey: &Survey, spans: &[Span], shown: &[usize]) -> Option<String> {
    let of = |place: &usize| {
        let variant = &survey.variants[*place];
        let missing = variant.rows - spans[*place].count;
        let failed = match variant.failed {
            0 => String::new(),
            failed if failed == missing => ", failed".to_owned(),
            failed => format!(", {} failed", percent(failed as f64 / variant.rows as f64)),
        };
        let name = if survey.variants.len() > 1 { format!("{} ", variant.label) } else { String::new() };
        (missing > 0).then(|| format!("{name}{}{failed}", percent(missing as f64 / variant.rows as f64)))
    };
    let told: Vec<String> = shown.iter().filter_map(of).collect();
    (!told.is_empty()).then(|| format!("Runs without a value are no part of it: {}.", told.join("; ")))
}
