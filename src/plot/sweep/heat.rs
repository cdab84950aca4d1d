//! A heat map of two varied keys: the most frequent verdict or outcome of each cell, or the mean of a measure.

use super::Asked;
use super::kinds::{By, Kinds, MOST};
use super::side::{Side, shared, with_log};
use super::survey::{Key, Span, Survey};
use super::telling::most_telling;
use super::words::ramp;
use crate::draw::axis::{Scale, significant};
use crate::draw::colour::Ramp;
use crate::draw::text::literal;
use crate::error::Error;
use crate::math::{exp, ln};
use crate::measure::Better;
use crate::numbers::{counted, percent};
use crate::plot::unfit;
use crate::quantity::Quantity;
use crate::read::Runs;

/// Bins across and up, at most.
const BINS: [usize; 2] = [40, 30];
/// Draws that a bin should hold on average.
const IN_A_BIN: f64 = 5.0;
/// Cells of a picture beyond which levels are put into bins.
const MOST_CELLS: usize = 60_000;
/// Numbers that differ by no more than this, as a share of the larger of them and 1, are the same.
const SAME: f64 = 1e-12;
/// Positive values whose ratios matter and that range over more than this have a log scale of colours.
pub(super) const WIDE: f64 = 10.0;

/// What a cell shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plot) enum Cell {
    /// No draw.
    Empty,
    /// Draws, but none with a value.
    NoValue,
    /// The most frequent kind of run, by its place (see [`Kinds`]), and its share of the cell's draws.
    Kind(usize, f64),
    /// The mean.
    Value(f64),
}

/// The map of one variant.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plot) struct Map {
    /// Name of the variant; empty where there is one only.
    pub(in crate::plot) name: String,
    /// Row by row from the bottom.
    pub(in crate::plot) cells: Vec<Cell>,
    /// A place that is marked, as shares of the axes.
    pub(in crate::plot) mark: Option<[f64; 2]>,
}

/// What colours mean.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plot) enum Legend {
    /// Which kinds are there.
    Kinds(Kinds, [bool; MOST]),
    /// A scale of numbers.
    Numbers { title: String, scale: Scale, ramp: Ramp },
}

/// A heat map, in the data's units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeatMap {
    pub(in crate::plot) title: String,
    pub(in crate::plot) subtitle: String,
    pub(in crate::plot) x: Side,
    pub(in crate::plot) y: Side,
    pub(in crate::plot) maps: Vec<Map>,
    pub(in crate::plot) legend: Legend,
    /// Where a line is drawn between cells: below, at or above this value; between verdicts where there is none.
    pub(in crate::plot) pivot: Option<f64>,
    /// What a cell without anything in it is called.
    pub(in crate::plot) empty: &'static str,
    pub(in crate::plot) notes: Vec<String>,
}

impl HeatMap {
    /// What a map is called: the number in its name where that is the same in all cells.
    pub(super) fn name(&self, map: &Map) -> String {
        let value = |cell: &Cell| if let Cell::Value(value) = cell { Some(*value) } else { None };
        let mut values = map.cells.iter().filter_map(value);
        let (true, Some(first)) = (matches!(self.legend, Legend::Numbers { .. }), values.next()) else {
            return map.name.clone();
        };
        if map.cells.contains(&Cell::NoValue) || values.any(|value| (value - first).abs() > SAME * first.abs().max(1.0))
        {
            return map.name.clone();
        }
        let first = if first.abs() <= SAME { 0.0 } else { first };
        let before = if map.name.is_empty() { String::new() } else { format!("{}: ", map.name) };
        format!("{before}{} throughout", significant(first))
    }
}

/// What is counted in a cell.
#[derive(Clone, Copy)]
enum Counted {
    Kinds([u64; MOST]),
    Sum { sum: f64, values: u64, rows: u64 },
}

/// The heat map of a sweep.
pub(super) fn heat(table: &mut Runs, survey: &Survey, by: By, asked: &Asked<'_>) -> Result<HeatMap, Error> {
    let [x_key, y_key] = sides(table, survey, by, asked)?;
    // What says nothing is not worth a map.
    let (chosen, left_out) = match by {
        By::Measure(by) => survey.telling(by, &asked.variants),
        By::Kinds(kinds) => {
            let some = survey.of_kinds(kinds, &asked.variants);
            (if some.is_empty() { asked.variants.clone() } else { some }, None)
        }
    };
    let draws = chosen.iter().map(|place| survey.variants[*place].rows).max().unwrap_or(0);
    let [x, y] = sides_of(x_key, y_key, draws, chosen.len());
    let width = x.len().max(1);
    let log = by.measure().is_some_and(|by| {
        let range = Span::of(chosen.iter().map(|place| survey.spans(by)[*place]));
        by.about().ratio && range.lo > 0.0 && range.hi / range.lo > WIDE
    });

    let none = match by {
        By::Kinds(_) => Counted::Kinds([0; MOST]),
        By::Measure(_) => Counted::Sum { sum: 0.0, values: 0, rows: 0 },
    };
    let mut counted = vec![vec![none; width * y.len().max(1)]; chosen.len()];
    let places: Vec<(u32, usize)> = chosen.iter().enumerate().map(|(k, i)| (survey.variants[*i].id, k)).collect();
    let [measured, status] = [&by.name(), "status"].map(|name| table.place(name));
    let mut outside = 0;
    table.scan(&[table.place("variant"), x_key.column, y_key.column, measured, status], |cells, rows| {
        for row in 0..rows {
            let id = cells[0].place(row).unwrap_or(u32::MAX);
            let Some((_, map)) = places.iter().find(|(variant, _)| *variant == id) else { continue };
            let (Some(i), Some(j)) = (x.slot(&cells[1], row), y.slot(&cells[2], row)) else {
                outside += 1;
                continue;
            };
            match (&mut counted[*map][j * width + i], by) {
                (Counted::Kinds(counts), By::Kinds(kinds)) => counts[kinds.of(&cells[3], &cells[4], row)] += 1,
                (Counted::Kinds(_), By::Measure(_)) => {}
                (Counted::Sum { sum, values, rows }, _) => {
                    *rows += 1;
                    if let Some(value) = cells[3].number(row) {
                        *sum += if log { ln(value) } else { value };
                        *values += 1;
                    }
                }
            }
        }
    })?;

    let mut mixed = false;
    let mut several = false;
    let mut maps = Vec::new();
    for (cells, place) in counted.iter().zip(&chosen) {
        let cells = cells.iter().map(|counted| match counted {
            Counted::Kinds(counts) => {
                let rows: u64 = counts.iter().sum();
                several |= rows > 1;
                // Of two as frequent, the first.
                let Some((kind, most)) = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count) else {
                    return Cell::Empty;
                };
                if rows == 0 {
                    return Cell::Empty;
                }
                mixed |= *most < rows;
                Cell::Kind(kind, *most as f64 / rows as f64)
            }
            Counted::Sum { rows: 0, .. } => Cell::Empty,
            Counted::Sum { values: 0, .. } => Cell::NoValue,
            Counted::Sum { sum, values, .. } => {
                several |= *values > 1;
                let mean = sum / *values as f64;
                Cell::Value(if log { exp(mean) } else { mean })
            }
        });
        let name = if survey.variants.len() > 1 { survey.variants[*place].label.clone() } else { String::new() };
        maps.push(Map { name, cells: cells.collect(), mark: None });
    }
    let (legend, shown) = match by {
        By::Kinds(kinds) => (kinds_of(kinds, &maps), format!("most frequent {}", kinds.name())),
        By::Measure(by) => (numbers(by, &maps, log, several), by.phrase().into_owned()),
    };
    let pivot = by.measure().and_then(|by| by.about().pivot);
    let mut map = HeatMap {
        title: literal(asked.title),
        subtitle: literal(&asked.subtitle(&shown)),
        x,
        y,
        maps,
        legend,
        pivot,
        empty: "no draw",
        notes: Vec::new(),
    };
    map.notes = notes(&map, survey, [x_key, y_key], &chosen, Facts { by, mixed, several, left_out, outside });
    map.notes.extend(asked.left_over.clone());
    Ok(map)
}

/// What the kinds are where every map has one only: a picture that says no more than these words.
pub(super) fn one_kind_each(heat: &HeatMap) -> Option<String> {
    let Legend::Kinds(kinds, _) = heat.legend else { return None };
    let kind = |map: &Map| {
        let mut found =
            map.cells.iter().filter_map(|cell| if let Cell::Kind(kind, _) = cell { Some(*kind) } else { None });
        let first = found.next()?;
        found.all(|kind| kind == first).then(|| kinds.called(first))
    };
    let called: Vec<&str> = heat.maps.iter().map(kind).collect::<Option<_>>()?;
    let (first, what) = (called.first()?, kinds.name());
    if called.iter().all(|kind| kind == first) {
        return Some(format!("The most frequent {what} is the same everywhere: {first}."));
    }
    let each = heat.maps.iter().zip(&called).map(|(map, kind)| format!("{kind} under {}", map.name));
    Some(format!("The most frequent {what} is {}.", each.collect::<Vec<_>>().join(", ")))
}

/// The two keys to draw: those named, else those that matter most.
fn sides<'a>(table: &mut Runs, survey: &'a Survey, by: By, asked: &Asked<'_>) -> Result<[&'a Key; 2], Error> {
    let (x, y) = (survey.named("--x", asked.x)?, survey.named("--y", asked.y)?);
    // Keys that vary come first, the others only where nothing else is left.
    let varying =
        if x.is_some() && y.is_some() { Vec::new() } else { most_telling(table, survey, by, &asked.variants)? };
    let fixed = survey.keys.iter().filter(|key| !key.varies());
    let mut others = varying.into_iter().chain(fixed).filter(|key| [x, y].iter().flatten().all(|taken| taken != key));
    let both = match (x, y) {
        (Some(x), Some(y)) => Some([x, y]),
        (Some(x), None) => others.next().map(|y| [x, y]),
        (None, Some(y)) => others.next().map(|x| [x, y]),
        (None, None) => others.next().zip(others.next()).map(|(x, y)| [x, y]),
    };
    match both {
        Some([x, y]) if x.column == y.column => {
            Err(unfit(format!("--x and --y are both {}", x.name), "a heat map has two different keys".to_owned(), ""))
        }
        Some(both) => Ok(both),
        None => Err(unfit(
            format!("the sweep varies {} only: a heat map needs two keys", survey.names().join(", ")),
            "with one, draw --what profile or --what shares".to_owned(),
            "",
        )),
    }
}

/// Sides with levels where draws share them, else in as many bins as the draws can fill.
fn sides_of(x: &Key, y: &Key, draws: u64, maps: usize) -> [Side; 2] {
    let cells = draws as f64 / IN_A_BIN;
    let [across, up] = BINS.map(|most| most as f64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the most bins")]
    let bins = |share: f64, most: f64| (cells * share).sqrt().round().clamp(1.0, most) as usize;
    let (nx, ny) = (bins(across / up, across), bins(up / across, up));
    let sides = [Side::of(x, shared(x, draws), nx), Side::of(y, shared(y, draws), ny)];
    if sides[0].len() * sides[1].len() * maps <= MOST_CELLS {
        return sides;
    }
    [Side::of(x, false, BINS[0]), Side::of(y, false, BINS[1])]
}

fn kinds_of(kinds: Kinds, maps: &[Map]) -> Legend {
    let mut shown = [false; MOST];
    for cell in maps.iter().flat_map(|map| &map.cells) {
        if let Cell::Kind(kind, _) = cell {
            shown[*kind] = true;
        }
    }
    Legend::Kinds(kinds, shown)
}

/// Twice as much is still a number.
const FARTHEST: f64 = 1e300;

fn numbers(by: Quantity, maps: &[Map], log: bool, several: bool) -> Legend {
    let mean = match (several, log) {
        (false, _) => "",
        (true, false) => "Mean: ",
        (true, true) => "Geometric mean: ",
    };
    Legend::numbers(by, maps, log, mean)
}

impl Legend {
    /// A scale of a measure's values in `maps`, of which `before` says what they are.
    pub(in crate::plot) fn numbers(by: Quantity, maps: &[Map], log: bool, before: &str) -> Self {
        let values = maps.iter().flat_map(|map| &map.cells);
        let values = values.filter_map(|cell| if let Cell::Value(value) = cell { Some(*value) } else { None });
        let (lo, hi) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let scale = if lo > hi {
            Scale::spanning(0.0, 1.0)
        } else if by.about().difference.is_some() {
            let far = lo.abs().max(hi.abs());
            let far = if far > 0.0 { far.min(FARTHEST) } else { 1.0 };
            Scale { lo: -far, hi: far, log: false }
        } else if log && hi > lo {
            Scale { lo, hi, log }
        } else {
            Scale::spanning(lo, hi)
        };
        let title = with_log(format!("{before}{}", by.title()), scale.log);
        Self::Numbers { title, scale, ramp: ramp(by.about().difference) }
    }
}

/// What the notes depend on.
#[derive(Clone, Copy)]
struct Facts {
    by: By,
    mixed: bool,
    several: bool,
    left_out: Option<usize>,
    outside: u64,
}

fn notes(map: &HeatMap, survey: &Survey, sides: [&Key; 2], chosen: &[usize], facts: Facts) -> Vec<String> {
    let mut notes = Vec::new();
    match facts.by {
        By::Kinds(kinds) if facts.mixed => {
            let what = kinds.name();
            notes.push(format!(
                "A cell has the colour of the most frequent {what} of its draws, the paler the smaller its share. Black lines: \
                 where another {what} becomes the most frequent."
            ));
        }
        By::Kinds(kinds) => notes.push(format!("Black lines: where another {} holds.", kinds.name())),
        By::Measure(by) => {
            if facts.several {
                notes.push("A cell shows the mean of its draws that have a value.".to_owned());
            }
            if let Some(better) = by.about().difference {
                let worse = if better == Better::Above { "negative" } else { "positive" };
                notes.push(format!("Hatched: {worse}, worse than the baseline. Black lines: where the sign changes."));
            } else if map.pivot.is_some() && parted(map) {
                notes.push("Black lines: where the gap is 1, parity.".to_owned());
            }
        }
    }
    if let Some(others) = survey.others(&sides.map(|side| side.column)).filter(|_| facts.several) {
        let word = if facts.by.measure().is_some() { "Averaged over" } else { "All draws counted, over" };
        notes.push(format!("{word} {others}."));
    }
    if let Some(place) = facts.left_out {
        notes.push(format!("{}, the baseline, is left out.", survey.variants[place].label));
    }
    let rows: u64 = chosen.iter().map(|place| survey.variants[*place].rows).sum();
    let failed: u64 = chosen.iter().map(|place| survey.variants[*place].failed).sum();
    let mut told = format!("{} {}", counted(rows), if rows == 1 { "run" } else { "runs" });
    if chosen.len() > 1 {
        told += &format!(" under {} variants", chosen.len());
    }
    if failed > 0 {
        told += &format!("; {} failed ({})", counted(failed), percent(failed as f64 / rows as f64));
    }
    if facts.outside > 0 {
        told += &format!("; {} without a value of a key are not shown", counted(facts.outside));
    }
    notes.push(told + ".");
    notes
}

/// Whether cells lie on both sides of the pivot.
fn parted(map: &HeatMap) -> bool {
    let pivot = map.pivot.unwrap_or(0.0);
    let cells = || map.maps.iter().flat_map(|map| &map.cells);
    let any = |side: &dyn Fn(f64) -> bool| cells().any(|cell| matches!(cell, Cell::Value(value) if side(*value)));
    any(&|value| value < pivot) && any(&|value| value >= pivot)
}

/// Which side of a boundary a cell is on; `None` where it has no side.
pub(super) fn side_of(cell: Cell, pivot: Option<f64>) -> Option<usize> {
    match (cell, pivot) {
        (Cell::Kind(kind, _), _) => Some(kind),
        (Cell::Value(value), Some(pivot)) => Some(match value - pivot {
            // No difference at all is a side of its own; parity is on the upper one.
            d if pivot == 0.0 && d.abs() <= 1e-12 => 1,
            d if d < 0.0 => 0,
            _ => 2,
        }),
        _ => None,
    }
}
