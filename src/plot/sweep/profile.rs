//! A measure against one varied key: the draws, their mean, and the band that holds the middle eight of ten, per variant.

use super::Asked;
use super::along::Along;
use super::heat::WIDE;
use super::kinds::By;
use super::side::{Slots, bin, with_log};
use super::spread::{axis, how_many, missing, pen, value_at};
use super::survey::{Span, Survey};
use crate::draw::axis::Scale;
use crate::draw::figure::{Cloud, Figure, Level, LevelKind, Line, Panel, Ribbon};
use crate::error::Error;
use crate::math::{exp, ln, powf};
use crate::quantity::Quantity;
use crate::read::Runs;

/// Steps of the measure between which quantiles are told apart: finer than a pixel.
const FINE: usize = 900;
/// Cells of a cloud from bottom to top: the first of these that leaves a cell draws enough, else the last.
const CELLS: [usize; 5] = [60, 45, 30, 18, 12];
/// Draws that a cell should hold on average.
const IN_A_CELL: usize = 4;
/// Draws of a variant up to which each is a point.
const POINTS: u64 = 400;
/// Fewest draws that a mean rests on.
const FEWEST: u64 = 20;
/// Ends of the band.
const BAND: [f64; 2] = [0.1, 0.9];
/// How much of the band is seen.
const OPACITY: f64 = 0.25;

/// The draws of a part of the key's range.
#[derive(Clone)]
struct Part {
    count: u64,
    /// Sums of the key and of the measure, or of its logarithm.
    sums: [f64; 2],
    /// Draws by steps of the measure.
    steps: Vec<u32>,
}

impl Part {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
        self.steps.iter_mut().zip(&other.steps).for_each(|(count, more)| *count += more);
    }

    /// The value below which a share of the draws lies.
    fn quantile(&self, share: f64, y: &Scale) -> f64 {
        quantile(&self.steps, self.count, share, y)
    }
}

/// The value below which a share of `count` draws lies, from how many are in each of equal steps of an axis.
pub(super) fn quantile(steps: &[u32], count: u64, share: f64, y: &Scale) -> f64 {
    let wanted = share * count as f64;
    let mut below = 0.0;
    for (k, here) in steps.iter().enumerate().filter(|(_, here)| **here > 0) {
        let here = f64::from(*here);
        if below + here >= wanted {
            return value_at(y, (k as f64 + (wanted - below) / here) / steps.len() as f64);
        }
        below += here;
    }
    y.hi
}

/// The picture of a measure along a key.
pub(super) fn figure(table: &mut Runs, survey: &Survey, by: Quantity, asked: &Asked<'_>) -> Result<Figure, Error> {
    let along = Along::of(table, survey, By::Measure(by), asked)?;
    let spans = survey.spans(by);
    let (shown, baseline) = survey.telling(by, &asked.variants);
    let range = Span::of(shown.iter().map(|place| spans[*place]));
    let most = shown.iter().map(|place| spans[*place].count).max().unwrap_or(0);
    let (inner, _) = axis(by, range, most);
    let log = inner.log && range.hi / range.lo > WIDE;
    let none = Part { count: 0, sums: [0.0; 2], steps: vec![0; FINE] };
    let mut parts = vec![vec![none; along.side.len().max(1)]; shown.len()];
    let mut points: Vec<Vec<(f64, f64)>> = vec![Vec::new(); shown.len()];
    let places: Vec<(u32, usize)> = shown.iter().enumerate().map(|(k, i)| (survey.variants[*i].id, k)).collect();
    table.scan(&[table.place("variant"), along.column, table.place(&by.name())], |cells, rows| {
        for row in 0..rows {
            let id = cells[0].place(row).unwrap_or(u32::MAX);
            let place = places.iter().find(|(variant, _)| *variant == id);
            let (Some((_, place)), Some(slot)) = (place, along.side.slot(&cells[1], row)) else { continue };
            let Some(value) = cells[2].number(row) else { continue };
            let key = cells[1].number(row).unwrap_or(slot as f64 + 0.5);
            let part = &mut parts[*place][slot];
            part.count += 1;
            part.sums[0] += key;
            part.sums[1] += if log { ln(value) } else { value };
            part.steps[bin(&inner, FINE, value)] += 1;
            if spans[shown[*place]].count <= POINTS {
                points[*place].push((key, value));
            }
        }
    })?;

    let mut figure = along.figure(survey, asked, &format!("{} along one key", by.phrase()));
    figure.multiples = shown.len() > 1;
    let label = with_log(by.title().into_owned(), log);
    let y = aired(inner);
    let binned = matches!(along.side.slots, Slots::Bins(_));
    for ((parts, points), place) in parts.into_iter().zip(points).zip(&shown) {
        let label = if survey.variants.len() > 1 {
            format!("{}: {label}", survey.variants[*place].label)
        } else {
            label.clone()
        };
        let mut panel = Panel::new(by.name(), &label, y);
        panel.run = Some(*place);
        if parts.iter().all(|part| part.count == 0) {
            panel.empty = format!("no run has a value of the {}", by.phrase());
            figure.panels.push(panel);
            continue;
        }
        panel.cloud = Some(if points.is_empty() { cloud(&along, &parts, &inner) } else { Cloud::Points(points) });
        let parts = if binned { joined(parts) } else { parts.into_iter().enumerate().collect() };
        let (mut means, mut bands) = (vec![Vec::new()], vec![Vec::new()]);
        for (k, part) in &parts {
            if part.count == 0 || along.named() {
                means.push(Vec::new());
                bands.push(Vec::new());
            }
            if part.count == 0 {
                continue;
            }
            let [key, mean] = part.sums.map(|sum| sum / part.count as f64);
            let mean = if log { exp(mean) } else { mean };
            let [low, high] = BAND.map(|share| part.quantile(share, &inner));
            let at = if along.named() { along.ends(*k).to_vec() } else { vec![key] };
            if let (Some(means), Some(bands)) = (means.last_mut(), bands.last_mut()) {
                means.extend(at.iter().map(|x| (*x, mean)));
                bands.extend(at.iter().map(|x| (*x, low, high)));
            }
        }
        means.retain(|piece| !piece.is_empty());
        bands.retain(|piece| !piece.is_empty());
        let pen = pen(survey, *place);
        panel.ribbons.push(Ribbon { pen, opacity: OPACITY, pieces: bands, run: *place });
        panel.lines.push(Line {
            label: String::new(),
            pen,
            pieces: means,
            stepped: false,
            before: None,
            limit: None,
            run: *place,
        });
        let mark = by.about().pivot.filter(|at| y.holds(*at));
        panel.levels.extend(mark.map(|at| {
            let label = if by.about().difference.is_some() { "as the baseline" } else { "parity" };
            Level { y: at, kind: LevelKind::Reference, label: label.to_owned() }
        }));
        figure.panels.push(panel);
    }
    let mean = if log { "geometric mean" } else { "mean" };
    let rests = if binned { format!(" A point of the line rests on {FEWEST} draws at least.") } else { String::new() };
    figure.notes.push(format!("Line: {mean} of the draws; band: from the lowest tenth to the highest.{rests}"));
    figure.notes.extend(others(survey, along.column));
    figure.notes.extend(baseline.map(|place| format!("{}, the baseline, is left out.", survey.variants[place].label)));
    figure.notes.extend(asked.left_over.clone());
    figure.notes.extend(missing(survey, spans, &shown));
    figure.notes.push(how_many(survey, &shown));
    Ok(figure)
}

/// An axis with some air at both ends.
pub(super) fn aired(Scale { lo, hi, log }: Scale) -> Scale {
    if log {
        let air = powf(hi / lo, 0.04);
        return Scale { lo: lo / air, hi: hi * air, log };
    }
    let air = 0.04 * (hi - lo);
    Scale { lo: lo - air, hi: hi + air, log }
}

/// Says that a picture along the key of a column counts the draws of all others.
pub(super) fn others(survey: &Survey, column: usize) -> Option<String> {
    survey.others(&[column]).map(|others| format!("All draws counted, over {others}."))
}

/// Neighbours put together until each has draws enough, with the first part of each.
fn joined(parts: Vec<Part>) -> Vec<(usize, Part)> {
    let mut joined: Vec<(usize, Part)> = Vec::new();
    for (k, part) in parts.into_iter().enumerate().filter(|(_, part)| part.count > 0) {
        match joined.last_mut() {
            Some((_, last)) if last.count < FEWEST => last.add(&part),
            _ => joined.push((k, part)),
        }
    }
    if let [.., (_, before), (_, last)] = &mut joined[..]
        && last.count < FEWEST
    {
        before.add(last);
        joined.pop();
    }
    joined
}

/// How dense draws are, in cells.
fn cloud(along: &Along, parts: &[Part], y: &Scale) -> Cloud {
    let draws = parts.iter().map(|part| part.count).sum::<u64>();
    let enough = |rows: &&usize| draws >= (**rows * IN_A_CELL * parts.len()) as u64;
    let rows = CELLS.iter().find(enough).copied().unwrap_or(CELLS[CELLS.len() - 1]);
    let each = FINE / rows;
    let densest = parts.iter().flat_map(|part| part.steps.chunks(each)).map(|steps| steps.iter().sum::<u32>()).max();
    let densest = f64::from(densest.unwrap_or(1).max(1));
    let mut cells = Vec::new();
    for (k, part) in parts.iter().enumerate() {
        for (row, steps) in part.steps.chunks(each).enumerate() {
            let count = steps.iter().sum::<u32>();
            if count > 0 {
                let ends = [row, row + 1].map(|row| value_at(y, row as f64 / rows as f64));
                cells.push((along.ends(k), ends, f64::from(count) / densest));
            }
        }
    }
    Cloud::Cells(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_steps_that_hold_them() {
        let y = Scale { lo: 0.0, hi: 10.0, log: false };
        let steps = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        for (share, wanted) in [(0.1, 1.0), (0.5, 5.0), (0.95, 9.5), (1.0, 10.0)] {
            assert!((quantile(&steps, 10, share, &y) - wanted).abs() < 1e-12, "{share}");
        }
        assert!((quantile(&[0, 0, 4, 0], 4, 0.5, &y) - 6.25).abs() < 1e-12);
    }

    #[test]
    fn parts_with_few_draws_join_their_neighbours_and_none_is_lost() {
        let part = |count: u64| Part { count, sums: [count as f64, 0.0], steps: vec![0; 4] };
        let counts = |counts: &[u64]| -> Vec<u64> {
            joined(counts.iter().map(|count| part(*count)).collect()).iter().map(|(_, part)| part.count).collect()
        };
        assert_eq!(counts(&[3, 30, 25, 0, 40, 5]), [33, 25, 45]);
        assert_eq!(counts(&[4, 5]), [9]);
        assert_eq!(counts(&[0, 0]), [0; 0]);
    }
}
