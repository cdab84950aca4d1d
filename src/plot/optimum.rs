//! Pictures of a search for the best policy: what it is worth to begin and end when, and what money buys.

use super::sweep::{Cell, HeatMap, Legend, Map, Side, Slots, bin, render};
use crate::compare::ROUNDING;
use crate::draw::axis::{Scale, significant};
use crate::draw::colour::{Pen, Ramp};
use crate::draw::figure::{Figure, Jump, Level, LevelKind, Line, Panel};
use crate::draw::text::literal;
use crate::draw::{Look, svg};
use crate::model::grid::Grid;
use crate::optimise::{Candidate, Criterion, Objective, Optimum, Robust};
use crate::quantity::Quantity;
use crate::scenario::people::People;

/// Cells across and up, at most.
const BINS: usize = 40;

/// A policy on a map of dates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// What it is.
    pub candidate: Candidate,
    /// Whether it is shown.
    pub shown: bool,
    /// The objective under it; `None` where it has none, or cannot be chosen.
    pub value: Option<f64>,
}

/// A map of dates: what it is worth to promote each sector from when to when.
#[derive(Debug)]
pub(super) struct Dates<'a> {
    pub title: &'a str,
    /// Stands behind the objective in the line below the title.
    pub counted: &'static str,
    pub people: &'a People,
    pub grid: Grid,
    pub objective: Objective,
    /// The policies, all of a sector together.
    pub seen: Vec<Seen>,
    /// The best of all; `None` where that is to do nothing.
    pub best: Option<Candidate>,
    /// What a cell shows, what one without anything in it is called, and what is said of the best and of none.
    pub cell: &'static str,
    pub empty: &'static str,
    pub ring: [&'static str; 2],
}

/// What money buys: the least that a policy costs which is worth so much.
#[derive(Debug)]
pub(super) struct Front<'a> {
    pub title: &'a str,
    pub people: &'a People,
    /// Cost and equivalent variation of the policies that no other one beats, the cheapest first.
    pub points: Vec<(f64, f64)>,
    /// The same of the best policy.
    pub best: Option<(f64, f64)>,
}

impl<'a> Dates<'a> {
    /// Policies that were looked at in one state of the world.
    pub fn new(title: &'a str, people: &'a People, grid: Grid, objective: Objective) -> Self {
        Self {
            title,
            counted: "",
            people,
            grid,
            objective,
            seen: Vec::new(),
            best: None,
            cell: "A cell shows the best of its policies under which the cluster stands at some date, sustained or as long as it is an \
                   equilibrium.",
            empty: "no policy under which the cluster stands",
            ring: ["Ring: the best of all.", "Best of all is no policy."],
        }
    }

    fn of_optimum(optimum: &Optimum, people: &'a People, title: &'a str) -> Self {
        let seen = |index: usize| {
            let value = optimum.value(index).filter(|_| optimum.affordable(index));
            Some(Seen { candidate: optimum.candidate(index)?, shown: optimum.formed(index), value })
        };
        Self {
            seen: (1..optimum.looked.len()).filter_map(seen).collect(),
            best: optimum.candidate(optimum.best),
            ..Self::new(title, people, optimum.grid, optimum.objective)
        }
    }

    fn of_robust(robust: &Robust, people: &'a People, title: &'a str) -> Self {
        let survey = &robust.survey;
        let seen = |index: usize| {
            Some(Seen { candidate: survey.space.candidate(index)?, shown: true, value: survey.expected(index) })
        };
        Self {
            seen: (1..survey.space.len()).filter_map(seen).collect(),
            best: robust.pick(Criterion::Expected).and_then(|index| survey.space.candidate(index)),
            ..Self::on_average(title, people, survey.grid, survey.objective)
        }
    }

    /// Policies by what they come to on average over states of the world.
    pub fn on_average(title: &'a str, people: &'a People, grid: Grid, objective: Objective) -> Self {
        Self {
            counted: " on average over all states of the world",
            cell: "A cell shows the best on average of its policies, sustained or as long as the cluster is an equilibrium.",
            empty: "no policy",
            ring: ["Ring: the best of all on average.", "Best of all on average is no policy."],
            ..Self::new(title, people, grid, objective)
        }
    }
}

/// The pictures of a search, by name of file, under `title`.
pub fn of_optimum(optimum: &Optimum, people: &People, title: &str) -> Vec<(String, String)> {
    let look = Look::default();
    let mut pictures = Vec::new();
    if !optimum.space.is_empty() {
        pictures.push(("optimum.svg".to_owned(), render(&dates(&Dates::of_optimum(optimum, people, title)), &look)));
    }
    // One point is a sentence, no curve.
    if optimum.front.len() > 1 {
        let point = |index: usize| Some((optimum.looked[index].subsidy_pv()?, optimum.equivalent_variation(index)?));
        let points = optimum.front.iter().filter_map(|&index| point(index)).collect();
        let drawn = front(&Front { title, people, points, best: point(optimum.best) });
        pictures.push(("front.svg".to_owned(), svg::render(&drawn, &look)));
    }
    pictures
}

/// The picture of a search over states of the world, by name of file, under `title`.
pub fn of_robust(robust: &Robust, people: &People, title: &str) -> Vec<(String, String)> {
    if robust.survey.space.is_empty() {
        return Vec::new();
    }
    let map = dates(&Dates::of_robust(robust, people, title));
    vec![("robust.svg".to_owned(), render(&map, &Look::default()))]
}

/// A map per sector.
pub(super) fn dates(of: &Dates<'_>) -> HeatMap {
    let Dates { title, people, grid, objective, seen, best, .. } = of;
    let year = |k: usize| grid.start + grid.t(k);
    // A cell holds whole dates.
    let axis = |(first, last): (usize, usize)| {
        let count = last + 1 - first;
        let each = count.div_ceil(BINS);
        let bins = count.div_ceil(each);
        (bins, Scale { lo: year(first), hi: grid.start + grid.t(first + bins * each), log: false })
    };
    let ends = |dates: &mut dyn Iterator<Item = usize>| {
        dates.fold(None, |ends: Option<(usize, usize)>, k| {
            Some(ends.map_or((k, k), |(first, last)| (first.min(k), last.max(k))))
        })
    };
    let no_scale = (0, Scale { lo: 0.0, hi: 1.0, log: false });
    let (across, x) = ends(&mut seen.iter().map(|seen| seen.candidate.from)).map_or(no_scale, axis);
    let (up, y) = ends(&mut seen.iter().filter_map(|seen| seen.candidate.until)).map_or(no_scale, axis);
    let for_ever = seen.iter().any(|seen| seen.candidate.until.is_none());
    let rows = up + usize::from(for_ever);
    // What is as good as doing nothing, to rounding, is as good.
    let sound = |value: f64| if objective.measure().about().difference.is_some() { or_nothing(value) } else { value };
    let place = |candidate: &Candidate| {
        let i = bin(&x, across, year(candidate.from));
        let j = candidate.until.map_or(up, |until| bin(&y, up, year(until)));
        (i, j)
    };
    let sectors: Vec<&[Seen]> = seen.chunk_by(|one, other| one.candidate.sector == other.candidate.sector).collect();
    let map = |own: &&[Seen]| {
        let sector = own[0].candidate.sector;
        let mut cells = vec![Cell::Empty; across * rows];
        for seen in own.iter().filter(|seen| seen.shown) {
            let (i, j) = place(&seen.candidate);
            let cell = &mut cells[j * across + i];
            match (*cell, seen.value.filter(|value| value.is_finite()).map(sound)) {
                (Cell::Value(known), Some(value)) if !objective.prefers(value, known) => {}
                (_, Some(value)) => *cell = Cell::Value(value),
                (Cell::Empty, None) => *cell = Cell::NoValue,
                (_, None) => {}
            }
        }
        let mark = best.filter(|best| best.sector == sector).map(|best| {
            let (i, j) = place(&best);
            [(i as f64 + 0.5) / across as f64, (j as f64 + 0.5) / rows as f64]
        });
        let name = if sectors.len() > 1 { literal(&people.sectors()[sector]) } else { String::new() };
        Map { name, cells, mark }
    };
    let maps: Vec<Map> = sectors.iter().map(map).collect();
    let measure = objective.measure();
    let about = measure.about();
    let mut notes = vec![of.cell.to_owned()];
    let mut legend = Legend::numbers(Quantity::Measure(measure), &maps, false, "");
    notes.extend(cut(&mut legend, &maps));
    let negative = |cell: &Cell| matches!(cell, Cell::Value(value) if *value < 0.0);
    if about.difference.is_some() && maps.iter().any(|map| map.cells.iter().any(negative)) {
        let poor = literal(&people.poor);
        notes.push(format!("Hatched: negative, worse than leaving {poor} alone. Black lines: where the sign changes."));
    }
    let [ring, none] = of.ring;
    notes.push(if best.is_some() { ring } else { none }.to_owned());
    let y_slots = if for_ever { Slots::BinsAndMore(up, "never".to_owned()) } else { Slots::Bins(up) };
    HeatMap {
        title: literal(title),
        subtitle: literal(&format!(
            "{}: {}{}, by when promotion begins and ends",
            people.poor, about.phrase, of.counted
        )),
        x: Side { title: "Promotion begins, year".to_owned(), scale: x, slots: Slots::Bins(across) },
        y: Side { title: "Promotion ends, year".to_owned(), scale: y, slots: y_slots },
        legend,
        pivot: about.difference.and(about.pivot),
        maps,
        empty: of.empty,
        notes,
    }
}

/// A gain, or none at all where it is rounding.
fn or_nothing(gain: f64) -> f64 {
    if gain.abs() < ROUNDING { 0.0 } else { gain }
}

/// Gains have all their colours, however great the losses; says so.
fn cut(legend: &mut Legend, maps: &[Map]) -> Option<String> {
    let Legend::Numbers { scale, ramp: Ramp::BetterAbove, .. } = legend else { return None };
    let values = maps.iter().flat_map(|map| &map.cells);
    let values = values.map(|cell| if let Cell::Value(value) = cell { *value } else { 0.0 });
    let far = values.fold(0.0, f64::max);
    (far > 0.0 && far < scale.hi).then(|| {
        *scale = Scale { lo: -far, hi: far, log: false };
        format!("All that is below {} has the same colour.", significant(-far).replace('-', "\u{2212}"))
    })
}

/// What money buys.
pub(super) fn front(of: &Front<'_>) -> Figure {
    let Front { title, people, .. } = of;
    let percent = |(cost, worth): (f64, f64)| (cost, 100.0 * or_nothing(worth));
    let points: Vec<(f64, f64)> = of.points.iter().copied().map(percent).collect();
    let best = of.best.map(percent);
    let costs = points.iter().map(|(cost, _)| *cost).chain(best.map(|(cost, _)| cost));
    // Nothing costs less than nothing; and what is worth nothing has room above it.
    let from_nothing = |low: f64, high: f64| {
        let high = if high > 0.0 { 1.04 * high } else { 1.0 };
        Scale { lo: if low < 0.0 { 1.04 * low } else { 0.0 }, hi: high, log: false }
    };
    let x = from_nothing(0.0, costs.fold(0.0, f64::max));
    let values = points.iter().map(|(_, worth)| *worth).chain(best.map(|(_, worth)| worth));
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), worth| (low.min(worth), high.max(worth)));
    let mut panel = Panel::new("equivalent_variation", "Equivalent variation, %", from_nothing(low, high));
    panel.percent = true;
    // Money that does not reach the next policy buys the one before.
    let (label, pieces) = (String::new(), vec![points]);
    panel.lines.push(Line { label, pen: Pen::Run(0), pieces, stepped: true, before: None, limit: None, run: 0 });
    if panel.y.holds(0.0) {
        panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: String::new() });
    }
    let mut notes = vec!["No other policy costs as little and is worth as much.".to_owned()];
    if let Some((x, y)) = best {
        panel.jumps.push(Jump { x, y, pen: Pen::Run(1), text: String::new(), run: 0 });
        notes.push("Ring: the best of all.".to_owned());
    }
    let poor = literal(&people.poor);
    Figure {
        title: literal(title),
        subtitle: format!("What a subsidy buys over leaving {poor} alone"),
        runs: vec![(*title).to_owned()],
        x_label: format!(
            "Present value of the subsidy, yearly wages of {} per worker of {poor}",
            literal(&people.rich)
        ),
        x,
        names: Vec::new(),
        multiples: false,
        acts: Vec::new(),
        strips: Vec::new(),
        panels: vec![panel],
        notes,
    }
}
