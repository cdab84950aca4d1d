//! Where in the space of the keys a condition holds: the patient rule induction method. From a box around all draws, layer
//! after layer is peeled off, each time the one that raises the share of draws in which the condition holds most, until
//! little is left; then layers are pasted on again while that raises the share. Every box on the way is kept, for there is no
//! best one: **coverage** (the share of all draws with the condition that lie in the box) is traded for **density** (the share
//! of the box's draws that have it).
//!
//! | question | answer |
//! |---|---|
//! | where a layer ends | halfway between the draw at the quantile `peeling` of the box (1 − `peeling` from above) and the next that differs; of a key without an order, a layer is a level |
//! | which layer | the highest [`Objective`]; of equals the one that leaves more keys free, then the first, upper ends before lower ones |
//! | when peeling ends | where less than `least_mass` of all draws would be left, or no layer raises the share |
//! | where a pasted layer ends | the same way, `pasting` of the draws that lie beyond this limit alone |
//! | is a limit by chance | its **quasi-p value**: the chance of as many hits as the box has, or more, in as many draws, if the share were that of the box without this limit. It takes the limit as given, not as searched for: a large one damns, a small one does not prove |
//! | several boxes | the draws of the box that is picked are set aside, and the rest is searched; shares stay those of all draws |
//!
//! - B. P. Bryant and R. J. Lempert, "Thinking inside the box: a participatory, computer-assisted approach to scenario
//!   discovery", Technological Forecasting and Social Change 77 (2010), 34–49.
//! - J. H. Friedman and N. I. Fisher, "Bump hunting in high-dimensional data", Statistics and Computing 9 (1999), 123–143.
//! - J. H. Kwakkel and M. Jaxa-Rozen, "Improving scenario discovery for handling heterogeneous uncertainties and multinomial
//!   classified outcomes", Environmental Modelling & Software 79 (2016), 311–321 (the lenient objectives).

mod field;

use super::estimate::Untold;
use super::key::Key;
use crate::names;
use field::{Field, Move};

names! {
    /// By what the next layer is chosen. m: share of hits in the box, m' and n' after the layer, Δn the draws that it takes or adds.
    #[derive(Default)]
    pub enum Objective {
        #[default]
        Lenient = "lenient": "(m' − m) / Δn: what the share gains by each draw given up",
        Weighted = "weighted": "n' (m' − m) / Δn: the same, weighted by what is left (Friedman and Fisher 1999, section 14.6)",
        Share = "share": "m': the share itself, whatever it costs",
    }
}

impl Objective {
    /// What a layer is worth that leaves `to` of `from`, both as draws and hits.
    fn of(self, from: Cases, to: Cases) -> f64 {
        let (before, after) = (from.share(), to.share());
        let moved = from.all.abs_diff(to.all);
        match self {
            Self::Share if to.all == 0 => -1.0,
            Self::Share => after,
            _ if moved == 0 => 0.0,
            Self::Lenient => (after - before) / moved as f64,
            Self::Weighted => to.all as f64 * (after - before) / moved as f64,
        }
    }
}

/// How a search goes about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The share of a box's draws in a layer that is peeled, in (0, ½).
    pub peeling: f64,
    /// The share of the draws beyond a limit in a layer that is pasted, in (0, ½).
    pub pasting: f64,
    /// The least share of all draws in a box.
    pub least_mass: f64,
    /// Which layer is the next.
    pub objective: Objective,
}

impl Default for Settings {
    fn default() -> Self {
        Self { peeling: 0.05, pasting: 0.05, least_mass: 0.05, objective: Objective::default() }
    }
}

/// Which box of a trajectory is meant where one is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pick {
    /// The one with the highest harmonic mean of coverage and density; of equals the larger one.
    Balanced,
    /// Of those with at least this density the one with the highest coverage, and of these the densest; the densest where none is as dense.
    Dense(f64),
    /// The last one.
    Last,
}

impl Pick {
    fn of(self, steps: &[Step]) -> usize {
        let best = |of: &dyn Fn(&Step) -> [f64; 3]| {
            let mut place = 0;
            for (i, step) in steps.iter().enumerate() {
                if of(step) > of(&steps[place]) {
                    place = i;
                }
            }
            place
        };
        match self {
            Self::Last => steps.len().saturating_sub(1),
            // 2 hits / (draws + all hits), the hits of all being the same for each box.
            Self::Balanced => best(&|step| {
                let sum = step.coverage + step.density;
                [if sum > 0.0 { step.coverage * step.density / sum } else { 0.0 }, step.mass, 0.0]
            }),
            Self::Dense(least) => best(&|step| {
                let meets = step.density >= least;
                if meets { [1.0, step.coverage, step.density] } else { [0.0, step.density, step.coverage] }
            }),
        }
    }
}

/// Draws, and those of them in which the condition holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cases {
    /// Draws.
    pub all: u64,
    /// Those in which the condition holds.
    pub hits: u64,
}

impl Cases {
    /// The share of hits; 0 where there is no draw.
    pub fn share(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.hits as f64 / self.all as f64 }
    }
}

/// Where a box ends along one key.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// From here to there, both included; `None` where it ends no sooner than the draws do.
    Range([Option<f64>; 2]),
    /// Which levels lie in it.
    Levels(Vec<bool>),
}

impl Limit {
    /// Whether the key is restricted.
    pub fn restricts(&self) -> bool {
        match self {
            Self::Range(ends) => ends.iter().any(Option::is_some),
            Self::Levels(inside) => inside.contains(&false),
        }
    }
}

/// A box of a trajectory.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its limits, one per key.
    pub limits: Vec<Limit>,
    /// What lies in it.
    pub cases: Cases,
    /// The share of all draws with the condition that lie in it.
    pub coverage: f64,
    /// The share of its draws that have the condition: the mean of the condition in it, written as 0 and 1.
    pub density: f64,
    /// The share of all draws that lie in it.
    pub mass: f64,
    /// How many keys are restricted.
    pub restricted: usize,
    /// Per key the quasi-p values of the lower and the upper limit, of levels the first alone; `None` where nothing is restricted.
    pub quasi_p: Vec<[Option<f64>; 2]>,
}

/// One search: every box on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The boxes, from the one around all draws that are left.
    pub steps: Vec<Step>,
    /// The first of them that was made by pasting; the number of steps where none was.
    pub pasted: usize,
    /// The one that is picked.
    pub picked: usize,
}

impl Course {
    /// The box that is picked.
    pub fn step(&self) -> &Step {
        &self.steps[self.picked]
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// All draws that were looked at.
    pub cases: Cases,
    /// Draws left out: the condition or one of the keys is missing.
    pub left_out: u64,
    /// One search after another, each among the draws outside the boxes picked before it.
    pub courses: Vec<Course>,
}

/// Looks for up to `boxes` boxes in which the condition `holds` (1, 0, or NaN where it cannot be told; one entry a draw, below
/// 2^32 of them, as in each of the `keys`). Ends sooner where no draw with the condition is left or no box restricts anything.
///
/// Takes the columns whole: 4 bytes per draw and key of numbers, 7 more per draw, and 16 per draw while a key is sorted.
///
/// # Errors
/// Where no draw can be looked at, or the condition holds in all or in none.
pub fn search(keys: &[Key<'_>], holds: &[f64], settings: &Settings, pick: Pick, boxes: usize) -> Result<Found, Untold> {
    let mut field = Field::new(keys, holds);
    let total = field.inside();
    if total.all == 0 {
        return Err(Untold::NoDraws);
    }
    if total.hits == 0 || total.hits == total.all {
        return Err(Untold::OneAnswer);
    }
    let left_out = holds.len() as u64 - total.all;
    let mut courses = Vec::new();
    while courses.len() < boxes && field.inside().hits > 0 {
        let course = course(&mut field, total, settings, pick);
        let found = course.step().restricted > 0;
        // The first search is told whatever it finds.
        if !found && !courses.is_empty() {
            break;
        }
        field.set_aside(&course.step().limits);
        courses.push(course);
        if !found {
            break;
        }
    }
    Ok(Found { cases: total, left_out, courses })
}

fn course(field: &mut Field<'_>, total: Cases, settings: &Settings, pick: Pick) -> Course {
    let least = |cases: Cases| cases.all as f64 / total.all as f64 >= settings.least_mass;
    let mut steps = vec![step(field, total)];
    let mut layers = field.layers();
    while let Some((to, cases)) = best(field, settings.objective, field.peels(&layers, settings.peeling)) {
        let smaller = cases.all < field.inside().all;
        if !(least(cases) && smaller && settings.objective.of(field.inside(), cases) > 0.0) {
            break;
        }
        field.make(&to);
        layers.keep(field);
        steps.push(step(field, total));
    }
    let pasted = steps.len();
    while let Some((to, cases)) = best(field, settings.objective, field.pastes(settings.pasting)) {
        let before = field.inside();
        let larger = cases.all > before.all;
        let gains = cases.share() > before.share() && settings.objective.of(before, cases) > 0.0;
        if !(least(cases) && larger && gains) {
            break;
        }
        field.make(&to);
        steps.push(step(field, total));
    }
    let picked = pick.of(&steps);
    Course { steps, pasted, picked }
}

/// The best of some moves, and what the box would hold after it.
fn best(field: &Field<'_>, objective: Objective, moves: Vec<(Move, Cases)>) -> Option<(Move, Cases)> {
    let from = field.inside();
    let mut best: Option<(f64, usize, (Move, Cases))> = None;
    for (to, cases) in moves {
        let (worth, free) = (objective.of(from, cases), field.free_after(&to));
        if best.as_ref().is_none_or(|(highest, most, _)| worth > *highest || worth == *highest && free > *most) {
            best = Some((worth, free, (to, cases)));
        }
    }
    best.map(|(_, _, found)| found)
}

fn step(field: &Field<'_>, total: Cases) -> Step {
    let cases = field.inside();
    let limits = field.limits().to_vec();
    Step {
        restricted: limits.iter().filter(|limit| limit.restricts()).count(),
        quasi_p: field.quasi_p(),
        coverage: cases.hits as f64 / total.hits as f64,
        density: cases.share(),
        mass: cases.all as f64 / total.all as f64,
        limits,
        cases,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_possible_truncation, reason = "small numbers")]

    use super::*;
    use crate::explain::binomial;
    use crate::explain::chance::Chance;

    /// Columns of keys, some with ties, some without an order, some missing here and there, and whether the condition holds.
    fn table(chance: &mut Chance, draws: usize) -> (Vec<(Vec<f64>, usize)>, Vec<f64>) {
        let keys: Vec<(Vec<f64>, usize)> = (0..1 + chance.below(4))
            .map(|_| {
                let levels = [0, 0, 1, 3, 6][chance.below(5)];
                let grain = [1.0, 8.0, 1000.0][chance.below(3)];
                let gaps = chance.below(4) == 0;
                let mut value = || {
                    if gaps && chance.below(20) == 0 {
                        return f64::NAN;
                    }
                    let u = chance.unit();
                    if levels > 0 { (u * levels as f64).floor() } else { (u * grain).floor() / grain - 0.5 }
                };
                ((0..draws).map(|_| value()).collect(), levels)
            })
            .collect();
        let holds = (0..draws).map(|row| {
            let score: f64 = keys.iter().map(|(column, _)| column[row]).sum::<f64>() + chance.normal() * 0.2;
            match chance.below(30) {
                0 => f64::NAN,
                _ => f64::from(u8::from(score > 0.3)),
            }
        });
        let holds = holds.collect();
        (keys, holds)
    }

    fn given(columns: &[(Vec<f64>, usize)]) -> Vec<Key<'_>> {
        let key = |(column, levels): &'_ (Vec<f64>, usize)| -> bool { *levels > 0 && !column.is_empty() };
        columns.iter().map(|of| if key(of) { Key::Levels(&of.0, of.1) } else { Key::Numbers(&of.0) }).collect()
    }

    fn within(limit: &Limit, value: f64) -> bool {
        match limit {
            Limit::Range([low, high]) => low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high),
            Limit::Levels(inside) => inside[value as usize],
        }
    }

    /// Counts the rows within the limits one by one.
    fn counted(columns: &[(Vec<f64>, usize)], holds: &[f64], rows: &[usize], limits: &[Limit]) -> Cases {
        let mut cases = Cases::default();
        for &row in rows {
            if columns.iter().zip(limits).all(|((column, _), limit)| within(limit, column[row])) {
                cases.all += 1;
                cases.hits += u64::from(holds[row] == 1.0);
            }
        }
        cases
    }

    /// The best layer to peel off, looked for the plain way: every end of every key sorted anew.
    fn peeled(columns: &[(Vec<f64>, usize)], holds: &[f64], rows: &[usize], step: &Step, by: &Settings) -> Option<f64> {
        let inside =
            |row: &&usize| columns.iter().zip(&step.limits).all(|((column, _), limit)| within(limit, column[**row]));
        let rows: Vec<usize> = rows.iter().filter(inside).copied().collect();
        let mut best: Option<f64> = None;
        let mut see = |keep: &dyn Fn(usize) -> bool| {
            let mut cases = Cases::default();
            for &row in rows.iter().filter(|row| keep(**row)) {
                cases.all += 1;
                cases.hits += u64::from(holds[row] == 1.0);
            }
            let worth = by.objective.of(step.cases, cases);
            best = Some(best.map_or(worth, |best: f64| best.max(worth)));
        };
        for (column, levels) in columns {
            if *levels > 0 {
                for level in 0..*levels {
                    see(&|row| column[row] != level as f64);
                }
                continue;
            }
            let mut sorted: Vec<f64> = rows.iter().map(|&row| column[row]).collect();
            sorted.sort_by(f64::total_cmp);
            let place = (sorted.len() - 1) as f64 * by.peeling;
            let low = sorted[place.floor() as usize];
            let next = sorted.iter().copied().find(|value| *value > low && sorted[place.ceil() as usize] <= *value);
            let from = next.map_or(low, |next| {
                if sorted[place.ceil() as usize] > low { sorted[place.ceil() as usize] } else { next }
            });
            see(&|row| column[row] >= f64::midpoint(low, from));
            let place = (sorted.len() - 1) as f64 * (1.0 - by.peeling);
            let high = sorted[place.ceil() as usize];
            let below = sorted[place.floor() as usize];
            let to =
                if below < high { below } else { sorted.iter().copied().rfind(|value| *value < high).unwrap_or(high) };
            see(&|row| column[row] <= f64::midpoint(to, high));
        }
        best
    }

    #[test]
    fn every_box_holds_what_its_limits_hold_and_every_peel_is_the_best() {
        let mut chance = Chance(3);
        let (mut peels, mut pastes, mut courses) = (0, 0, 0);
        for case in 0..300 {
            let draws = 20 + chance.below(150);
            let (columns, holds) = table(&mut chance, draws);
            let keys = given(&columns);
            let peeling = [0.05, 0.1, 0.3][chance.below(3)];
            let objective = Objective::ALL[chance.below(3)];
            let by = Settings { peeling, pasting: peeling, least_mass: 0.05, objective };
            let pick = [Pick::Balanced, Pick::Last, Pick::Dense(0.8)][case % 3];
            let Ok(found) = search(&keys, &holds, &by, pick, 3) else { continue };
            let has = |row: &usize| !holds[*row].is_nan() && columns.iter().all(|(column, _)| !column[*row].is_nan());
            let mut rows: Vec<usize> = (0..draws).filter(has).collect();
            assert_eq!(found.left_out, (draws - rows.len()) as u64);
            assert_eq!(found.cases.all, rows.len() as u64);
            for course in &found.courses {
                courses += 1;
                for (i, step) in course.steps.iter().enumerate() {
                    let cases = counted(&columns, &holds, &rows, &step.limits);
                    assert_eq!(step.cases, cases, "case {case}, step {i}");
                    assert_eq!(step.coverage, cases.hits as f64 / found.cases.hits as f64);
                    assert_eq!(step.mass, cases.all as f64 / found.cases.all as f64);
                    for (key, limit) in step.limits.iter().enumerate() {
                        let without = |side: usize| {
                            let mut limits = step.limits.clone();
                            match &mut limits[key] {
                                Limit::Range(ends) => ends[side] = None,
                                Limit::Levels(inside) => inside.fill(true),
                            }
                            let other = counted(&columns, &holds, &rows, &limits);
                            binomial::at_least(cases.hits, cases.all, other.hits as f64 / other.all as f64)
                        };
                        let expected = match limit {
                            Limit::Range(ends) => [0, 1].map(|side| ends[side].map(|_| without(side))),
                            Limit::Levels(_) => [limit.restricts().then(|| without(0)), None],
                        };
                        assert_eq!(step.quasi_p[key], expected, "case {case}, step {i}, key {key}");
                    }
                    let Some(next) = course.steps.get(i + 1) else { continue };
                    if i + 1 < course.pasted {
                        peels += 1;
                        let best = peeled(&columns, &holds, &rows, step, &by).expect("a layer");
                        assert_eq!(objective.of(step.cases, next.cases), best, "case {case}, step {i}");
                    } else {
                        pastes += 1;
                        assert!(next.cases.all > step.cases.all && next.density > step.density);
                    }
                }
                let picked = &course.step().limits;
                rows.retain(|&row| !columns.iter().zip(picked).all(|((column, _), limit)| within(limit, column[row])));
            }
        }
        assert!(peels > 1000 && pastes > 5 && courses > 300, "{peels} peels, {pastes} pastes, {courses} courses");
    }

    #[test]
    fn the_box_that_is_meant_follows_from_the_rule() {
        let step = |coverage: f64, density: f64| Step {
            limits: Vec::new(),
            cases: Cases::default(),
            coverage,
            density,
            mass: coverage,
            restricted: 0,
            quasi_p: Vec::new(),
        };
        let steps = [step(1.0, 0.1), step(0.9, 0.7), step(0.8, 0.85), step(0.6, 0.95), step(0.2, 1.0)];
        assert_eq!(Pick::Last.of(&steps), 4);
        assert_eq!(Pick::Balanced.of(&steps), 2);
        assert_eq!(Pick::Dense(0.9).of(&steps), 3);
        assert_eq!(Pick::Dense(0.7).of(&steps), 1);
        assert_eq!(Pick::Dense(0.99).of(&steps[..4]), 3);
    }

    #[test]
    fn what_says_nothing_is_refused() {
        let column = [1.0, 2.0, 3.0];
        let keys = [Key::Numbers(&column)];
        let search = |holds: &[f64]| search(&keys, holds, &Settings::default(), Pick::Last, 1).map(|_| ());
        assert_eq!(search(&[f64::NAN; 3]), Err(Untold::NoDraws));
        assert_eq!(search(&[0.0, f64::NAN, 0.0]), Err(Untold::OneAnswer));
        assert_eq!(search(&[1.0; 3]), Err(Untold::OneAnswer));
        assert_eq!(search(&[1.0, 0.0, 0.0]), Ok(()));
    }
}
