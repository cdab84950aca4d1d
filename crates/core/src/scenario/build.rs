//! Typed keys → Problem: what no single key shows (β implied by ẑ, the range of floats), dates, and the parameters
//! after each shock, read and checked like a file.

use super::diagnostics::{At, Diagnostic, Sources, brief};
use super::document::{Node, Table, Value};
use super::keys::Keys;
use super::layers::Merged;
use super::reader::{Reader, list};
use crate::integrate::Solver;
use crate::math::ln;
use crate::model::catch_up::{BETA_PERIOD_MAX, CatchUp, Pace};
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
    let keys = reader.keys(&merged.root, stem);
    // What is derived from a wrong key would only repeat the mistake.
    if reader.errors.is_empty() {
        check_implied(&keys, &merged.root, &mut reader);
    }
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let epochs = epochs(&keys, merged, stem, sources)?;
    check_range(&keys, &epochs, &merged.root, &mut reader);
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let (problem, solver) = (keys.problem(epochs), keys.integrator());
    Ok((keys, problem, solver))
}

/// The place of a value, or of the nearest table around it.
fn place(root: &Node, path: &[&str]) -> At {
    let mut at = root.key_at.clone();
    let mut node = root;
    for key in path {
        let Value::Table(table) = &node.value else { break };
        let Some(inner) = table.get(*key) else { break };
        at = if matches!(inner.value, Value::Table(_)) { inner.key_at.clone() } else { inner.at.clone() };
        node = inner;
    }
    at
}

/// ẑ needs learning in every sector, and a β that the period can follow; a speed of convergence, a β above 0.
fn check_implied(keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let Some((pace, given)) = keys.catch_up.pace() else { return };
    match pace {
        Pace::Beta => {}
        Pace::ZHat => check_z_hat(given, keys, root, reader),
        Pace::Speed => check_speed(given, keys, root, reader),
    }
}

fn check_speed(speed: f64, keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let implied = |x: f64| Pace::Speed.beta(keys.catch_up.form, keys.shape(), speed, x).unwrap_or(f64::NAN);
    let beta = keys.learning().map(|(name, x)| (name, x, implied(x)));
    let Some((name, x, beta)) = beta.min_by(|a, b| a.2.total_cmp(&b.2)) else { return };
    if !Pace::Speed.allows(beta, x, keys.time.period) {
        let title = format!("catch_up.speed = {speed} implies beta = {} per year in {name} (x = {x})", brief(beta, 4));
        let hint = "under this form the speed of convergence is beta plus a part of x: it cannot be that low";
        reader.hinted(&place(root, &["catch_up", "speed"]), title, "allowed: a speed whose beta is > 0", hint);
    }
}

fn check_z_hat(z_hat: f64, keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let at = place(root, &["catch_up", "z_hat"]);
    let idle: Vec<&str> = keys.learning().filter(|(_, x)| *x == 0.0).map(|(name, _)| name.as_str()).collect();
    if !idle.is_empty() {
        let title = format!("catch_up.z_hat needs x > 0 in every sector, and x is 0 in {}", list(&idle));
        let hint = "z_hat is where catch-up just balances x: give beta instead, or an x > 0";
        reader.error(&at, title, "allowed: z_hat where every x > 0").hint = Some(hint.to_owned());
        return;
    }
    let (form, shape, period) = (keys.catch_up.form, keys.shape(), keys.time.period);
    let implied = |x: f64| Pace::ZHat.beta(form, shape, z_hat, x).unwrap_or(f64::NAN);
    // β grows with x: where any sector's is too large, that of the largest x is.
    let Some((name, x)) = keys.learning().min_by(|a, b| b.1.total_cmp(&a.1)) else { return };
    let beta = implied(x);
    if keys.learning().all(|(_, x)| Pace::ZHat.allows(implied(x), x, period)) {
        return;
    }
    let title = format!("catch_up.z_hat = {z_hat} implies beta = {} per year in {name} (x = {x})", brief(beta, 4));
    let allowed =
        format!("allowed: z_hat whose beta is > 0 and, times time.period ({period}), at most {BETA_PERIOD_MAX}");
    let error = reader.error(&at, title, allowed);
    let largest = CatchUp { form, beta: BETA_PERIOD_MAX / period, shape }.z_hat(x);
    // Four digits, rounded down.
    let largest = largest.map(|z_hat| (z_hat * 1e4).floor() / 1e4).filter(|z_hat| (1e-4..1.0).contains(z_hat));
    error.hint = Some(match largest {
        Some(largest) => format!("z_hat can be at most {largest} here, or time.period shorter"),
        None => "a smaller z_hat or a shorter time.period".to_owned(),
    });
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

/// The parameters at the start and after each date at which shocks fall due.
fn epochs(keys: &Keys, merged: &Merged, stem: &str, sources: &Sources) -> Result<Vec<Epoch>, Vec<Diagnostic>> {
    let grid = keys.grid();
    let mut due: Vec<(usize, f64, usize)> =
        keys.shock.iter().enumerate().map(|(index, shock)| (grid.first_period(shock.at), shock.at, index)).collect();
    due.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut epochs = vec![Epoch { k: 0, params: keys.params(), shocks: Vec::new() }];
    let mut root = merged.root.clone();
    let mut errors = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for together in due.chunk_by(|a, b| a.0 == b.0) {
        let settings: Vec<&Node> =
            together.iter().filter_map(|&(_, _, index)| settings_of(&merged.root, index)).collect();
        settings.iter().for_each(|set| apply(&mut root, set));
        let mut reader = Reader::new(sources);
        let after = reader.keys(&root, stem);
        if reader.errors.is_empty() {
            check_implied(&after, &root, &mut reader);
        }
        let date = together[together.len() - 1].1;
        for error in reader.errors {
            // A mistake of an earlier shock lasts, and is told once.
            let own = error.at.as_ref().is_some_and(|at| is_setting(at, &settings));
            if own || !known.contains(&error.title) {
                known.push(error.title.clone());
                errors.push(at_shock(error, &settings, date));
            }
        }
        let shocks = together.iter().map(|&(_, _, index)| keys.shock[index].describe()).collect();
        let k = together[0].0;
        let epoch = Epoch { k, params: after.params(), shocks };
        // A shock at t = 0 changes the first row.
        if k == 0 {
            epochs[0] = epoch;
        } else {
            epochs.push(epoch);
        }
    }
    if errors.is_empty() { Ok(epochs) } else { Err(errors) }
}

/// The `set` table of the shock at `index`.
fn settings_of(root: &Node, index: usize) -> Option<&Node> {
    let Value::Table(table) = &root.value else { return None };
    let Value::Array(shocks) = &table.get("shock")?.value else { return None };
    let Value::Table(shock) = &shocks.get(index)?.value else { return None };
    shock.get("set")
}

/// Writes the settings of a shock over the root's own values.
fn apply(root: &mut Node, set: &Node) {
    let Value::Table(settings) = &set.value else { return };
    for (path, value) in settings {
        let keys: Vec<&str> = path.split('.').collect();
        put(root, &keys, value);
    }
}

fn put(node: &mut Node, keys: &[&str], value: &Node) {
    let Some((key, rest)) = keys.split_first() else {
        *node = value.clone();
        return;
    };
    if let Value::Table(table) = &mut node.value {
        let empty = || Node { value: Value::Table(Table::new()), ..value.clone() };
        put(table.entry((*key).to_owned()).or_insert_with(empty), rest, value);
    }
}

/// Whether a place is that of a value in one of `settings`.
fn is_setting(at: &At, settings: &[&Node]) -> bool {
    settings.iter().any(|set| match &set.value {
        Value::Table(values) => values.values().any(|value| value.at == *at || value.key_at == *at),
        _ => false,
    })
}

/// A mistake that shows only after a shock is the shock's: it points there.
fn at_shock(error: Diagnostic, settings: &[&Node], date: f64) -> Diagnostic {
    let at = error.at.clone().filter(|at| is_setting(at, settings));
    let at = at.or_else(|| settings.last().map(|set| set.at.clone()));
    after_shock(Diagnostic { at, ..error }, date)
}

fn after_shock(error: Diagnostic, date: f64) -> Diagnostic {
    Diagnostic { title: format!("the shock at {date} makes the scenario invalid: {}", error.title), ..error }
}
