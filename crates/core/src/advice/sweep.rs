//! What is legal in a sweep but probably not meant. A few draws are run, in memory.

use super::figures::{calendar_year, odd};
use super::{IN_PLACE, Warning, essence, idle, of_keys, of_path, twins, warning, window};
use crate::control::Control;
use crate::design::{Axis, Kind};
use crate::integrate::Method;
use crate::model::catch_up::Form;
use crate::model::problem::Problem;
use crate::numbers::{counted, short, year};
use crate::scenario::Scenario;
use crate::scenario::sweep::{Sweep, Varied};
use crate::simulate::simulate;

/// Kept trajectories from which on somebody should know what they ask for.
const MANY_KEPT: u64 = 10_000;
/// Draws, and levels of a key, that are looked at to see whether it has an effect.
const LOOKED_AT: usize = 64;
/// Draws that are run under each variant, and rows of all of them together, at most.
const RUN: usize = 16;
const ROWS: usize = 400_000;

/// Warnings about a sweep.
pub fn of_sweep(sweep: &Sweep) -> Vec<Warning> {
    of(sweep, Problem::clone, "another key overrides it, or nothing uses it: vary that one, or leave it out")
}

/// Warnings about a sweep whose draws are states of the world, in which policies of a command's own are looked at, in closed form
/// whatever its method.
pub fn of_states(sweep: &Sweep) -> Vec<Warning> {
    let found = of(sweep, |problem| problem.promoting(None), IN_PLACE);
    found.into_iter().filter(|warning| !warning.key.starts_with("solver.")).collect()
}

/// Warnings about a sweep of which a command runs what `made` of each problem; `idle_hint` says why a key may have no effect.
fn of(sweep: &Sweep, made: impl Fn(&Problem) -> Problem, idle_hint: &str) -> Vec<Warning> {
    let mut found = design(sweep);
    found.extend(idle(sweep.idle(), &sweep.sources));
    for (slot, varied) in sweep.vary.iter().enumerate().filter(|(_, varied)| varied.is_key()) {
        found.extend(of_varied(sweep, slot, varied, &made, idle_hint));
    }
    found.extend(of_variants(sweep));
    found.extend(twins(sweep.variants.iter().map(|variant| (variant.name.as_str(), &variant.scenario))));
    found.extend(method(sweep));
    found
}

fn design(sweep: &Sweep) -> Vec<Warning> {
    let mut found = Vec::new();
    let (draws, variants) = (sweep.design.draws(), sweep.variants.len() as u64);
    let samples = sweep.design.samples();
    if let (kind @ (Kind::Sobol | Kind::Saltelli), false) = (sweep.design.kind(), samples.is_power_of_two()) {
        let (below, above) = (samples.next_power_of_two() / 2, samples.checked_next_power_of_two().unwrap_or(samples));
        let name = if kind == Kind::Sobol { "Sobol" } else { "Saltelli" };
        let what = format!("a {name} design is balanced at powers of two only, and {} is none", counted(samples));
        found.push(warning("design.samples", what, format!("take {} or {}", counted(below), counted(above))));
    }
    let kept = sweep.keep.among(&(0..draws)) * variants;
    if kept > MANY_KEPT {
        let dates = sweep.variants.iter().map(|variant| variant.scenario.problem.grid.periods + 1).max().unwrap_or(0);
        let what = format!("{} trajectories of {dates} dates are kept", counted(kept));
        let hint = "--dry-run says how large they get; a few hundred are enough for pictures";
        found.push(warning("keep.trajectories", what, hint));
    }
    found
}

/// A varied key that does not vary, has no effect, or takes odd values.
fn of_varied(
    sweep: &Sweep,
    slot: usize,
    varied: &Varied,
    made: &impl Fn(&Problem) -> Problem,
    idle_hint: &str,
) -> Vec<Warning> {
    let key = format!("vary.{}", varied.key);
    if varied.levels.len() == 1 {
        let what = "it has one value only, so it does not vary";
        return vec![warning(key, what, "give it more values, or set it in the scenario")];
    }
    let mut found = Vec::new();
    if !has_effect(sweep, slot, made) {
        found.push(warning(key.clone(), "no number of any run depends on it", idle_hint));
    }
    let (low, high) = sweep.range(slot);
    let odd = [low, high].into_iter().flatten().find_map(|value| odd(&varied.key, value));
    found.extend(odd.map(|odd| Warning { key: key.clone(), ..odd }));
    let date = [".from", ".until", ".at"].iter().any(|end| varied.key.ends_with(end));
    if let (true, Some(low), Some(variant)) = (date, low, sweep.variants.first()) {
        let grid = variant.scenario.problem.grid;
        let end = grid.t(grid.periods);
        if let Some(years) = calendar_year(&grid, low) {
            let what = format!("{} looks like a calendar year, and dates count years from t = 0", year(low));
            found.push(warning(key, what, format!("{} is t = {}", year(low), short(years))));
        } else if !grid.has_row(grid.first_period(low)) {
            let what = format!(
                "all its dates lie beyond the horizon of {end}: no row shows them, and the long run counts them"
            );
            found.push(warning(key, what, "dates count years from t = 0; or lengthen time.horizon"));
        }
    }
    found
}

/// Whether some value of a varied key makes another problem than the first draw's, in any variant.
fn has_effect(sweep: &Sweep, slot: usize, made: &impl Fn(&Problem) -> Problem) -> bool {
    let looked_at = usize::try_from(sweep.design.draws()).map_or(LOOKED_AT, |draws| draws.min(LOOKED_AT));
    let mut draws = vec![vec![0.0; looked_at]; sweep.vary.len()];
    sweep.design.fill(0, &mut draws);
    let first: Vec<f64> = draws.iter().map(|column| column[0]).collect();
    let others: Vec<f64> = match &sweep.design.axes()[slot] {
        Axis::Levels(count) => (0..(*count).min(LOOKED_AT)).map(|level| level as f64).collect(),
        Axis::Distribution(_) | Axis::Empirical(_) | Axis::Share(_) | Axis::Follows { .. } | Axis::Column(_) => {
            draws[slot].clone()
        }
    };
    (0..sweep.variants.len()).any(|variant| {
        let mut binder = sweep.binder(variant);
        let mut bound = |value: f64| {
            let mut draw = first.clone();
            draw[slot] = value;
            binder.bind(&draw).ok().map(|(problem, solver)| essence(&made(problem), solver))
        };
        // What makes no valid scenario has an effect, too.
        let own = bound(first[slot]);
        own.is_none() || others.iter().any(|&value| bound(value) != own)
    })
}

/// What the keys of the variants show, each thing once, where no draw changes it.
fn of_variants(sweep: &Sweep) -> Vec<Warning> {
    let varies = |key: &str| sweep.vary.iter().any(|varied| varied.key == key);
    let settled = |warning: &Warning| {
        let own = |end: &str| varies(&format!("{}{end}", warning.key));
        let grid = varies("time.horizon") || varies("time.period") || varies("time.start");
        !(own("") || own(".from") || own(".until") || own(".at") || grid)
    };
    let mut found: Vec<(Warning, Vec<&str>)> = Vec::new();
    for (place, variant) in sweep.variants.iter().enumerate() {
        let mut own = of_keys(&variant.scenario);
        let (rate, varied) = lowest_rate(sweep, &variant.scenario);
        window(&variant.scenario.problem, rate, varied, &mut own);
        own.retain(&settled);
        own.extend(of_draws(sweep, place));
        for warning in own {
            match found.iter_mut().find(|(known, _)| *known == warning) {
                Some((_, names)) => names.push(&variant.name),
                None => found.push((warning, vec![&variant.name])),
            }
        }
    }
    let all = sweep.variants.len();
    let placed = |(warning, names): (Warning, Vec<&str>)| match names[..] {
        [name] if all > 1 => Warning { key: format!("variants.{name}.{}", warning.key), ..warning },
        _ if names.len() < all => Warning { key: format!("{} ({})", warning.key, names.join(", ")), ..warning },
        _ => warning,
    };
    found.into_iter().map(placed).collect()
}

/// The lowest discount rate of a variant, and whether others are drawn.
fn lowest_rate(sweep: &Sweep, scenario: &Scenario) -> (f64, bool) {
    let slot = sweep.vary.iter().position(|varied| varied.key == "welfare.discount_rate");
    let low = slot.map(|slot| sweep.range(slot).0.unwrap_or(0.0).max(0.0));
    (low.unwrap_or(scenario.problem.discount_rate), low.is_some())
}

/// What the paths of a variant show in every draw that is run of it: the first draws, as they will be run.
fn of_draws(sweep: &Sweep, variant: usize) -> Vec<Warning> {
    let scenario = &sweep.variants[variant].scenario;
    let rows = (scenario.problem.grid.periods + 1) * sweep.variants.len();
    let draws = usize::try_from(sweep.design.draws()).map_or(RUN, |draws| draws.min(RUN)).min(ROWS / rows);
    let mut drawn = vec![vec![0.0; draws]; sweep.vary.len()];
    sweep.design.fill(0, &mut drawn);
    let mut binder = sweep.binder(variant);
    let mut found: Option<Vec<(Warning, bool)>> = None;
    for at in 0..draws {
        let draw: Vec<f64> = drawn.iter().map(|column| column[at]).collect();
        let Ok((problem, solver)) = binder.bind(&draw) else { return Vec::new() };
        let scenario = scenario.solving(problem, solver);
        let Ok(trajectory) = simulate(&scenario.problem, solver, &Control::default()) else { return Vec::new() };
        // What makes a draw fail is told when it does.
        let own = if trajectory.failure.is_some() { Vec::new() } else { of_path(&scenario, &trajectory) };
        found = Some(match found {
            None => own.into_iter().map(|warning| (warning, true)).collect(),
            Some(known) => known
                .into_iter()
                .filter_map(|(warning, alike)| {
                    let again = own.iter().find(|again| again.key == warning.key)?;
                    Some((warning.clone(), alike && *again == warning))
                })
                .collect(),
        });
    }
    let tell = |(warning, alike): (Warning, bool)| match alike {
        true => warning,
        false => {
            Warning { what: format!("in each of the first {draws} draws; in the first, {}", warning.what), ..warning }
        }
    };
    found.unwrap_or_default().into_iter().map(tell).collect()
}

/// The adaptive method where the closed forms give the same in half the time.
fn method(sweep: &Sweep) -> Option<Warning> {
    let varies = |key: &str| sweep.vary.iter().any(|varied| varied.key == key);
    let slow = |scenario: &crate::scenario::Scenario| {
        scenario.solver.method == Method::Dopri5 && scenario.keys.catch_up.form != Form::Verspagen
    };
    let all = sweep.variants.iter().all(|variant| slow(&variant.scenario));
    (all && !varies("solver.method") && !varies("catch_up.form")).then(|| {
        let what = "dopri5 solves step by step what a closed form gives in less than half the time";
        warning("solver.method", what, "solver.method = \"exact\" in the scenario, or in each variant")
    })
}
