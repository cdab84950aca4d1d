//! Typed keys → Problem: what no single key shows (`implied`, and the range of floats). The parameters over time are those of
//! `epochs`.

use super::diagnostics::{At, Diagnostic, Sources, brief};
use super::document::{Node, Value};
use super::epochs::{after_shock, epochs, settings_of, today};
use super::implied::{check_implied, place};
use super::key::Section;
use super::keys::{self, Keys};
use super::layers::Merged;
use super::reader::Reader;
use crate::integrate::Solver;
use crate::math::ln;
use crate::model::problem::{Epoch, Problem};

/// The most that logs of productivities may add up to along a path: a double holds e^709, and incomes multiply several.
const LOG_RANGE: f64 = 650.0;

/// Checks merged layers.
pub(super) fn scenario(
    merged: &Merged,
    stem: &str,
    sources: &Sources,
) -> Result<(Keys, Problem, Solver), Vec<Diagnostic>> {
    let mut reader = Reader::new(sources);
    if matches!(&merged.root.value, Value::Table(table) if table.is_empty()) {
        let needed = "needs schema_version, time.horizon, growth.x, catch_up.beta, and lambda, y_R, y_P of two sectors";
        let hint = "`catchup init FILE` writes a starter scenario";
        return Err(vec![Diagnostic::new(merged.root.at.clone(), "the scenario is empty", needed).hint(hint)]);
    }
    let (root, series) = today(&merged.root)?;
    let mut keys = Keys { series, ..reader.keys(&root, stem) };
    // Where nobody says where a series comes from, its file does.
    for (path, [file, column]) in keys.series.iter().filter_map(|(path, series)| Some((path, series.origin.as_ref()?)))
    {
        keys.sources.entry(path.clone()).or_insert_with(|| format!("{file}, column {column}"));
    }
    // What is derived from a wrong key would only repeat the mistake.
    if reader.errors.is_empty() {
        check_implied(&keys, &root, &mut reader);
    }
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let epochs = epochs(&keys, &root, stem, sources)?;
    check_range(&keys, &epochs, &root, &mut reader);
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let (problem, solver) = (keys.problem(epochs), keys.integrator());
    Ok((keys, problem, solver))
}

/// Keys that a layer sets to the value they have anyway, be it that of a layer below or the default, and where.
pub(super) fn idle(merged: &Merged, stem: &str, sources: &Sources) -> Vec<(At, String)> {
    let mut idle = merged.idle.clone();
    let Ok((_, problem, solver)) = scenario(merged, stem, sources) else { return idle };
    for (index, set) in merged.sets().into_iter().enumerate() {
        if is_of_the_path(&set.1) && !idle.contains(&set) {
            let without = merged.without_set(index).and_then(|without| scenario(&without, stem, sources).ok());
            if without.is_some_and(|(_, other, by)| (other, by) == (problem.clone(), solver)) {
                idle.push(set);
            }
        }
    }
    idle
}

/// Whether a key is one of those of which the path is made: not what people call a scenario or a part of it, nor what is only
/// warned of.
pub(super) fn is_of_the_path(path: &str) -> bool {
    let words = [Section::Root, Section::Regions];
    keys::find(path).is_some_and(|key| !words.contains(&key.section) && !["label", "size"].contains(&key.name))
}

/// Productivities, prices and incomes must stay within what a double holds.
fn check_range(keys: &Keys, epochs: &[Epoch], root: &Node, reader: &mut Reader<'_>) {
    let grid = keys.grid();
    // What falls due after the last row makes no level that a table holds.
    let row = |k: usize| k.min(grid.periods);
    let end = |index: usize| epochs.get(index + 1).map_or(grid.periods, |next| row(next.k));
    let mut faults: Vec<(f64, Diagnostic)> = Vec::new();
    for (i, (name, sector)) in keys.sector.iter().enumerate() {
        let levels = |index: usize| {
            let now = &epochs[index].params.sectors[i];
            ln(now.y_R).abs() + ln(now.y_P).abs() + ln(now.lambda)
        };
        let grown =
            |index: usize| epochs[index].params.sectors[i].x * (end(index) - row(epochs[index].k)) as f64 * grid.period;
        let largest =
            |of: &dyn Fn(usize) -> f64| (0..epochs.len()).max_by(|&a, &b| of(a).total_cmp(&of(b))).unwrap_or(0);
        let growth: f64 = (0..epochs.len()).map(grown).sum();
        let highest = largest(&levels);
        let room = LOG_RANGE - ln(sector.Z_R).abs() - ln(sector.Z_P).abs() - levels(highest);
        if growth <= room {
            continue;
        }
        let own = format!("sector.{name}.x");
        let (shock, place, fault) = if room > LOG_RANGE / 2.0 {
            let k = epochs[largest(&grown)].k;
            let shock = last_setting(keys, root, k, |key| key == own)
                .or_else(|| last_setting(keys, root, k, |key| key == "growth.x" && sector.x.is_none()));
            let path: &[&str] = if sector.x.is_some() { &["sector", name, "x"] } else { &["growth", "x"] };
            let constant = (epochs.len() == 1).then(|| epochs[0].params.sectors[i].x);
            (shock, place(root, path), too_much_learning(name, growth, room, constant, grid.period))
        } else {
            let prefix = format!("sector.{name}.");
            let shock = last_setting(keys, root, epochs[highest].k, |key| key.starts_with(&prefix) && key != own);
            (shock, place(root, &["sector", name]), too_wide_levels(name))
        };
        let fault = match shock {
            Some((date, at)) => after_shock(Diagnostic { at: Some(at), ..fault }, date),
            None => Diagnostic { at: Some(place), ..fault },
        };
        faults.push((room, fault));
    }
    // One x may be the x of many sectors: the one with the least room speaks for all.
    faults.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, fault) in faults {
        if !reader.errors.iter().any(|error| error.at == fault.at) {
            reader.errors.push(fault);
        }
    }
}

/// `x` is the sector's, where no shock changes it.
fn too_much_learning(name: &str, growth: f64, room: f64, x: Option<f64>, period: f64) -> Diagnostic {
    let growth = brief(growth, 4);
    let title = format!("x times time.horizon is {growth} in {name}: productivity would pass what a number can hold");
    let hint = match x {
        Some(x) if x >= 0.5 => "x = 0.02 is 2 % a year".to_owned(),
        Some(x) => {
            let longest = (room / x / period).floor() * period;
            format!("at this x, time.horizon can be at most {}", brief(longest, 12))
        }
        None => "a smaller x or a shorter time.horizon".to_owned(),
    };
    Diagnostic::bare(title).allowed(format!("allowed: x times time.horizon ≤ {} here", room.floor())).hint(hint)
}

fn too_wide_levels(name: &str) -> Diagnostic {
    let title = format!("sector.{name}: y_R, y_P, Z_R, Z_P and lambda span more than numbers can hold");
    let allowed =
        format!("allowed: |ln y_R| + |ln y_P| + |ln Z_R| + |ln Z_P| + ln lambda + x × time.horizon ≤ {LOG_RANGE}");
    Diagnostic::bare(title).allowed(allowed).hint("choose units nearer to 1")
}

/// Date and place of what the last shock in force at period `k` says of a key.
fn last_setting(keys: &Keys, root: &Node, k: usize, wanted: impl Fn(&str) -> bool) -> Option<(f64, At)> {
    let grid = keys.grid();
    let due = |index: usize| Some(grid.first_period(keys.shock[index].at)).filter(|&due| due <= k);
    let node = |index: usize| match settings_of(root, index).map(|set| &set.value) {
        Some(Value::Table(set)) => set.iter().find(|(key, _)| wanted(key)).map(|(_, node)| node.at.clone()),
        _ => None,
    };
    let found = (0..keys.shock.len()).filter_map(|index| Some((due(index)?, index, node(index)?)));
    found.max_by_key(|(due, index, _)| (*due, *index)).map(|(_, index, at)| (keys.shock[index].at, at))
}
