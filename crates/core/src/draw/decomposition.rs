//! What moved the income gap: its terms, stacked.

use super::axis::Scale;
use super::colour::{Pen, Tint};
use super::data::{Comparison, Decomposition, Run, Spell, TERMS};
use super::figure::{Area, Figure, Level, LevelKind, Line, Panel};
use super::history::{acts, steps, without_jump};
use super::shown::{heading, labels, shown_of, x_label};
use super::text::literal;

const OF_ONE: &str = "change of ln (income gap) since the start";
const TERM: &str = "Change of ln (income gap) since the start";
/// Sums below this are rounding.
const NOTHING: f64 = 1e-12;

/// A panel for each run whose gap moves, all on one scale.
pub(super) fn decomposition(comparison: &Comparison) -> Figure {
    let moves = |decomposition: &Decomposition| decomposition.total.iter().flatten().any(|value| value.abs() > NOTHING);
    let all = &comparison.decompositions;
    let mut shown: Vec<usize> = (0..all.len()).filter(|i| moves(&all[*i])).collect();
    // A table that stands alone has no runs, and no titles to call them by.
    let named: Vec<(&str, &str)> =
        comparison.runs.iter().zip(labels(comparison)).map(|(run, label)| (run.name.as_str(), label)).collect();
    let called = |i: usize| {
        let name = all[i].name.as_str();
        named.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label)
    };
    let still: Vec<String> = (0..all.len()).filter(|i| !shown.contains(i)).map(|i| literal(called(i))).collect();
    let mut notes = Vec::new();
    if shown.is_empty() {
        shown = (0..all.len()).collect();
    } else if !still.is_empty() {
        notes.push(format!("The gap does not move, and is not drawn: {}.", still.join(", ")));
    }
    let run_of = |i: usize| comparison.runs.iter().find(|run| run.name == all[i].name);
    let at_once = |i: usize| run_of(i).is_some_and(|run| run.marks.iter().any(|mark| mark.period == 0 && mark.acts()));
    let moved: Vec<String> = (0..all.len()).filter(|i| at_once(*i)).map(|i| literal(called(i))).collect();
    if !moved.is_empty() {
        notes.push(format!(
            "Counted from the first date on, after what a policy moved at once there: {}.",
            moved.join(", ")
        ));
    }
    let start_of = |i: usize| run_of(i).or(comparison.runs.first()).and_then(|run| run.year.first().copied());
    let (mut start, mut end) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut reach = vec![0.0];
    let mut panels = Vec::new();
    for i in &shown {
        let decomposition = &all[*i];
        let from = start_of(*i).unwrap_or(0.0);
        let x: Vec<f64> = decomposition.t.iter().map(|t| from + t).collect();
        start = x.iter().copied().fold(start, f64::min);
        end = x.iter().copied().fold(end, f64::max);
        let jumps = jumps(decomposition, run_of(*i));
        let (areas, extent) = stack(&x, &decomposition.terms, &jumps);
        let mut total = Vec::new();
        for (k, x) in x.iter().enumerate() {
            let before = if jumps[k] { without_jump(&decomposition.total, &jumps, k) } else { None };
            total.extend([before, decomposition.total[k]].into_iter().flatten().map(|y| (*x, y)));
        }
        reach.extend(extent.into_iter().chain(total.iter().map(|(_, y)| *y)));
        let label = if shown.len() > 1 { format!("{}: {OF_ONE}", literal(called(*i))) } else { TERM.to_owned() };
        let mut panel = Panel::new("cum_d_ln_gap", &label, Scale::spanning(0.0, 1.0));
        panel.run = Some(*i);
        panel.areas = areas;
        panel.lines.push(Line {
            label: "total".to_owned(),
            pen: Pen::Total,
            pieces: vec![total],
            stepped: false,
            before: None,
            limit: None,
            run: *i,
        });
        panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: String::new() });
        panels.push(panel);
    }
    let y = Scale::holding(reach.into_iter(), Some(0.0), false);
    panels.iter_mut().for_each(|panel| panel.y = y);
    let (title, name) = heading(comparison);
    let of = match (&shown[..], all.len()) {
        ([only], 2..) => format!("what moved the income gap: {}", called(*only)),
        _ => "what moved the income gap".to_owned(),
    };
    let runs = shown_of(comparison);
    let known: Vec<(&Run, Pen)> = runs.iter().map(|shown| (shown.run, shown.pen)).collect();
    let same = known.len() == all.len() && known.iter().zip(all).all(|((run, _), one)| run.name == one.name);
    Figure {
        title: literal(&title),
        subtitle: literal(&format!("{name}: {of}")),
        runs: all.iter().map(|decomposition| decomposition.name.clone()).collect(),
        x_label: x_label(comparison.runs.iter().any(|run| run.calendar)),
        x: Scale::spanning(if start.is_finite() { start } else { 0.0 }, end),
        names: Vec::new(),
        multiples: false,
        acts: if same { acts(&known) } else { Vec::new() },
        strips: Vec::new(),
        panels,
        notes,
    }
}

/// Dates at which a term jumps. Without the run, what happens in it is guessed from the terms that only what happens can move.
fn jumps(decomposition: &Decomposition, run: Option<&Run>) -> Vec<bool> {
    let dates = decomposition.t.len();
    let guess = || {
        let mut run = Run::named("");
        let moved = |k: usize| {
            let changes = |term: &Vec<Option<f64>>| k > 0 && term.get(k) != term.get(k - 1);
            // All but catch-up and learning, which go on all the time.
            decomposition
                .terms
                .iter()
                .zip(&TERMS)
                .any(|(term, (name, _))| !["catch_up", "learning"].contains(name) && changes(term))
        };
        for k in (0..dates).filter(|k| moved(*k)) {
            run.spells.push(Spell { first: k, regime: String::new(), sector: String::new() });
        }
        // The first spell is no change.
        run.spells.insert(0, Spell { first: 0, regime: String::new(), sector: String::new() });
        run
    };
    let guessed = if run.is_none() { Some(guess()) } else { None };
    let mut all = vec![false; dates];
    if let Some(run) = run.or(guessed.as_ref()) {
        for values in decomposition.terms.iter().chain([&decomposition.total]) {
            all.iter_mut().zip(steps(run, values)).for_each(|(any, one)| *any |= one);
        }
    }
    all
}

/// Terms stacked away from zero, those above and those below apart; and how far they reach.
fn stack(x: &[f64], terms: &[Vec<Option<f64>>; TERMS.len()], jumps: &[bool]) -> (Vec<Area>, [f64; 2]) {
    let value = |i: usize, k: usize| terms[i][k].unwrap_or(0.0);
    // Where a term changes sign between two dates, both stacks have a corner; where it jumps, they have two at one date.
    let mut corners: Vec<(f64, [f64; TERMS.len()])> = Vec::new();
    for k in 0..x.len() {
        let here: [f64; TERMS.len()] = std::array::from_fn(|i| value(i, k));
        corners.push((x[k], here));
        if k + 1 == x.len() {
            break;
        }
        if jumps[k + 1] {
            corners.push((x[k + 1], std::array::from_fn(|i| without_jump(&terms[i], jumps, k + 1).unwrap_or(here[i]))));
            continue;
        }
        let next: [f64; TERMS.len()] = std::array::from_fn(|i| value(i, k + 1));
        let crossing = |i: usize| (here[i] * next[i] < 0.0).then(|| here[i] / (here[i] - next[i]));
        let mut shares: Vec<f64> = (0..TERMS.len()).filter_map(crossing).collect();
        shares.sort_by(f64::total_cmp);
        for share in shares {
            let between = std::array::from_fn(|i| here[i] + share * (next[i] - here[i]));
            corners.push((x[k] + share * (x[k + 1] - x[k]), between));
        }
    }
    let mut areas: Vec<Area> = TERMS
        .iter()
        .enumerate()
        .map(|(part, (_, label))| Area {
            label: (*label).to_owned(),
            tint: Tint::Part(part),
            above: Vec::new(),
            below: Vec::new(),
        })
        .collect();
    let mut extent = [0.0, 0.0];
    for (at, values) in corners {
        let (mut top, mut bottom) = (0.0, 0.0);
        for (area, term) in areas.iter_mut().zip(values) {
            area.above.push((at, top, top + term.max(0.0)));
            area.below.push((at, bottom + term.min(0.0), bottom));
            top += term.max(0.0);
            bottom += term.min(0.0);
        }
        extent = [f64::min(extent[0], bottom), f64::max(extent[1], top)];
    }
    let mut moving = terms.iter().map(|term| term.iter().flatten().any(|value| value.abs() > NOTHING));
    areas.retain(|_| moving.next().unwrap_or(false));
    (areas, extent)
}
