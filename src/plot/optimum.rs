//! Pictures of a search for the best policy: what it is worth to begin and end when, and what money buys.

use super::sweep::{Cell, HeatMap, Legend, Map, Side, Slots, bin, render};
use crate::draw::axis::{Scale, significant};
use crate::draw::colour::{Pen, Ramp};
use crate::draw::figure::{Figure, Jump, Level, LevelKind, Line, Panel};
use crate::draw::text::literal;
use crate::draw::{Look, svg};
use crate::optimise::{Candidate, Optimum};
use crate::scenario::people::People;

/// Cells across and up, at most.
const BINS: usize = 40;
/// How much further losses have colours of their own than gains go.
const LOSSES: f64 = 4.0;
/// Values within this share of the scale's width from 0 are 0.
const NO_VALUE: f64 = 1e-12;

/// The pictures of a search called `name`, by name of file.
pub fn of_optimum(optimum: &Optimum, people: &People, name: &str) -> Vec<(String, String)> {
    let look = Look::default();
    let mut pictures = Vec::new();
    if !optimum.space.is_empty() {
        pictures.push(("optimum.svg".to_owned(), render(&dates(optimum, people, name), &look)));
    }
    if !optimum.front.is_empty() {
        pictures.push(("front.svg".to_owned(), svg::render(&front(optimum, people, name), &look)));
    }
    pictures
}

/// What it is worth to promote each sector from when to when: a map per sector.
fn dates(optimum: &Optimum, people: &People, name: &str) -> HeatMap {
    let (grid, space) = (optimum.grid, &optimum.space);
    let year = |k: usize| grid.start + grid.t(k);
    // A cell holds whole dates.
    let axis = |first: usize, last: usize| {
        let count = last + 1 - first;
        let each = count.div_ceil(BINS);
        let bins = count.div_ceil(each);
        (bins, Scale { lo: year(first), hi: grid.start + grid.t(first + bins * each), log: false })
    };
    let (across, x) = axis(*space.from().start(), *space.from().end());
    let (up, y) = match space.until() {
        Some(until) => axis(*until.start(), *until.end()),
        None => (0, Scale { lo: 0.0, hi: 1.0, log: false }),
    };
    let rows = up + usize::from(space.for_ever());
    let place = |candidate: &Candidate| {
        let i = bin(&x, across, year(candidate.from));
        let j = candidate.until.map_or(up, |until| bin(&y, up, year(until)));
        (i, j)
    };
    let best = optimum.candidate(optimum.best);
    let map = |&sector: &usize| {
        let mut cells = vec![Cell::Empty; across * rows];
        for index in optimum.of_sector(sector) {
            let Some(candidate) = optimum.candidate(index).filter(|_| optimum.formed(index)) else { continue };
            let (i, j) = place(&candidate);
            let cell = &mut cells[j * across + i];
            match (*cell, optimum.value(index).filter(|value| value.is_finite() && optimum.affordable(index))) {
                (Cell::Value(known), Some(value)) if !optimum.objective.prefers(value, known) => {}
                (_, Some(value)) => *cell = Cell::Value(value),
                (Cell::Empty, None) => *cell = Cell::NoValue,
                (_, None) => {}
            }
        }
        let mark = best.filter(|best| best.sector == sector).map(|best| {
            let (i, j) = place(&best);
            [(i as f64 + 0.5) / across as f64, (j as f64 + 0.5) / rows as f64]
        });
        let name = if space.sectors().len() > 1 { literal(&people.sectors()[sector]) } else { String::new() };
        Map { name, cells, mark }
    };
    let maps: Vec<Map> = space.sectors().iter().map(map).collect();
    let measure = optimum.objective.measure();
    let about = measure.about();
    let mut notes = vec![
        "A cell shows the best of its policies under which the cluster stands at some date, sustained or as long as it is an \
         equilibrium."
            .to_owned(),
    ];
    let mut legend = Legend::numbers(measure, &maps, false, "");
    notes.extend(cut(&mut legend, &maps));
    if about.difference.is_some() {
        let poor = literal(&people.poor);
        notes.push(format!("Hatched: negative, worse than leaving {poor} alone. Black lines: where the sign changes."));
    }
    notes.push(match best {
        Some(_) => "Ring: the best of all.".to_owned(),
        None => "Best of all is no policy.".to_owned(),
    });
    let y_slots = if space.for_ever() { Slots::BinsAndMore(up, "never".to_owned()) } else { Slots::Bins(up) };
    HeatMap {
        title: literal(name),
        subtitle: literal(&format!("{}: {}, by when promotion begins and ends", people.poor, about.phrase)),
        x: Side { title: "Promotion begins, year".to_owned(), scale: x, slots: Slots::Bins(across) },
        y: Side { title: "Promotion ends, year".to_owned(), scale: y, slots: y_slots },
        legend,
        pivot: about.difference.and(about.pivot),
        maps,
        notes,
    }
}

/// Keeps great losses from leaving no colours for gains; says so.
fn cut(legend: &mut Legend, maps: &[Map]) -> Option<String> {
    let Legend::Numbers { scale, ramp: Ramp::BetterAbove, .. } = legend else { return None };
    let values = maps.iter().flat_map(|map| &map.cells);
    let values = values.map(|cell| if let Cell::Value(value) = cell { *value } else { 0.0 });
    let far = LOSSES * values.fold(0.0, f64::max);
    (far > 0.0 && far < scale.hi).then(|| {
        *scale = Scale { lo: -far, hi: far, log: false };
        format!("All that is below {} has the same colour.", significant(-far).replace('-', "\u{2212}"))
    })
}

/// What money buys: the least that a policy costs which is worth so much.
fn front(optimum: &Optimum, people: &People, name: &str) -> Figure {
    let point = |index: usize| {
        let percent = 100.0 * optimum.equivalent_variation(index)?;
        let percent = if percent.abs() < NO_VALUE { 0.0 } else { percent };
        Some((optimum.looked[index].subsidy_pv()?, percent))
    };
    let points: Vec<(f64, f64)> = optimum.front.iter().filter_map(|&index| point(index)).collect();
    let best = point(optimum.best);
    let costs = points.iter().map(|(cost, _)| *cost).chain(best.map(|(cost, _)| cost));
    let x = Scale::holding(costs, Some(0.0), false);
    let values = points.iter().map(|(_, worth)| *worth).chain(best.map(|(_, worth)| worth));
    let mut panel =
        Panel::new("equivalent_variation", "Equivalent variation, %", Scale::holding(values, Some(0.0), false));
    panel.percent = true;
    // Money that does not reach the next policy buys the one before.
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for (cost, worth) in points {
        if let Some((_, before)) = steps.last().copied() {
            steps.push((cost, before));
        }
        steps.push((cost, worth));
    }
    panel.lines.push(Line { label: String::new(), pen: Pen::Run(0), pieces: vec![steps], limit: None, run: 0 });
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
        title: literal(name),
        subtitle: format!("What a subsidy buys over leaving {poor} alone"),
        runs: vec![name.to_owned()],
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
