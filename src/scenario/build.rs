//! Typed keys → Problem: what no single key shows (β implied by ẑ, the range of floats), dates, and the parameters
//! after each shock, read and checked like a file.

use super::diagnostics::{At, Diagnostic, Sources};
use super::document::{Node, Table, Value};
use super::keys::{Keys, Shock};
use super::layers::Merged;
use super::read::Reader;
use crate::integrate::{Method, Solver};
use crate::model::catch_up::{BETA_PERIOD_MAX, CatchUp};
use crate::model::params::{Epoch, Params, Problem, Sector};
use crate::model::policy::{Policy, Selection, Sustain, Trade};

/// The most that logs of productivities may add up to along a path: a double holds e^709, and incomes multiply several.
const LOG_RANGE: f64 = 650.0;

/// Checks merged layers.
pub(super) fn scenario(
    merged: &Merged,
    stem: &str,
    sources: &Sources,
) -> Result<(Keys, Problem, Solver), Vec<Diagnostic>> {
    let mut reader = Reader::new(sources);
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
    let problem = problem(&keys, epochs);
    let solver = Solver {
        method: Method::ALL.into_iter().find(|method| method.name() == keys.solver.method).unwrap_or_default(),
        rtol: keys.solver.rtol,
        atol: keys.solver.atol,
    };
    Ok((keys, problem, solver))
}

/// x of each sector, per year.
fn learning(keys: &Keys) -> impl Iterator<Item = (&String, f64)> {
    keys.sector.iter().map(|(name, sector)| (name, sector.x.or(keys.growth.x).unwrap_or(0.0)))
}

fn shape(keys: &Keys) -> f64 {
    keys.catch_up.shape.values().next().copied().unwrap_or(0.0)
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

/// ẑ needs learning in every sector, and a β that the period can follow.
fn check_implied(keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let Some(z_hat) = keys.catch_up.z_hat else { return };
    let at = place(root, &["catch_up", "z_hat"]);
    for (name, x) in learning(keys) {
        if x == 0.0 {
            let title = format!("catch_up.z_hat needs learning in every sector, and x of {name} is 0");
            reader.error(&at, title, "allowed: z_hat where every x > 0; else beta").hint =
                Some("ẑ is where catch-up balances x: give beta instead".to_owned());
            continue;
        }
        let beta = CatchUp::beta_from_z_hat(keys.catch_up.form, shape(keys), z_hat, x).unwrap_or(f64::NAN);
        if beta * keys.time.period > BETA_PERIOD_MAX || !beta.is_finite() || beta <= 0.0 {
            let title = format!("catch_up.z_hat = {z_hat} implies beta = {beta:.3e} per year in {name}");
            let allowed = format!("allowed: z_hat whose beta times time.period is at most {BETA_PERIOD_MAX}");
            reader.error(&at, title, allowed).hint = Some("a z_hat further from 1".to_owned());
        }
    }
}

/// Productivities, prices and incomes must stay within what a double holds.
fn check_range(keys: &Keys, epochs: &[Epoch], root: &Node, reader: &mut Reader<'_>) {
    let grid = keys.time.grid();
    let end = |index: usize| epochs.get(index + 1).map_or(grid.periods, |next| next.k);
    for (i, (name, sector)) in keys.sector.iter().enumerate() {
        let growth: f64 = epochs
            .iter()
            .enumerate()
            .map(|(index, epoch)| epoch.params.sectors[i].x * (end(index) - epoch.k) as f64 * grid.period)
            .sum();
        let levels = |s: &Sector| s.y_R.ln().abs() + s.y_P.ln().abs() + s.lambda.ln();
        let highest = epochs.iter().map(|epoch| levels(&epoch.params.sectors[i])).fold(0.0, f64::max);
        let room = LOG_RANGE - sector.Z_R.ln().abs() - sector.Z_P.ln().abs() - highest;
        if growth <= room {
            continue;
        }
        if room > LOG_RANGE / 2.0 {
            let key =
                if sector.x.is_some() { place(root, &["sector", name, "x"]) } else { place(root, &["growth", "x"]) };
            let title = format!("x times horizon is {growth:.6} in {name}: productivity passes what a number holds");
            reader.error(&key, title, format!("allowed: x × time.horizon ≤ {:.0} here", room.floor())).hint =
                Some("a shorter horizon or a smaller x; x = 0.02 is 2 % a year".to_owned());
        } else {
            let title = format!("the levels of sector.{name} span more than numbers hold");
            let allowed =
                format!("allowed: |ln y_R| + |ln y_P| + |ln Z_R| + |ln Z_P| + ln lambda + x × horizon ≤ {LOG_RANGE}");
            reader.error(&place(root, &["sector", name]), title, allowed).hint =
                Some("choose units nearer to 1".to_owned());
        }
    }
}

/// Parameters from keys that have been checked.
fn params(keys: &Keys) -> Params {
    let form = keys.catch_up.form;
    let shape = shape(keys);
    let sector = |(sector, (_, x)): (&super::keys::Sector, (&String, f64))| {
        let implied = keys.catch_up.z_hat.and_then(|z_hat| CatchUp::beta_from_z_hat(form, shape, z_hat, x));
        let beta = keys.catch_up.beta.or(implied).unwrap_or(f64::NAN);
        Sector {
            lambda: sector.lambda,
            alpha: sector.alpha,
            y_R: sector.y_R,
            y_P: sector.y_P,
            x,
            cluster_R: sector.cluster_R,
            catch_up: CatchUp { form, beta, shape },
        }
    };
    Params { sectors: keys.sector.values().zip(learning(keys)).map(sector).collect(), tau: keys.poor.tau }
}

/// The parameters at the start and after each date at which shocks fall due.
fn epochs(keys: &Keys, merged: &Merged, stem: &str, sources: &Sources) -> Result<Vec<Epoch>, Vec<Diagnostic>> {
    let grid = keys.time.grid();
    let mut due: Vec<(usize, f64, usize)> = keys
        .shock
        .iter()
        .enumerate()
        .filter_map(|(index, shock)| grid.first_period(shock.at).map(|k| (k, shock.at, index)))
        .collect();
    due.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut epochs = vec![Epoch { k: 0, params: params(keys), shocks: Vec::new() }];
    let mut root = merged.root.clone();
    let mut errors = Vec::new();
    for together in due.chunk_by(|a, b| a.0 == b.0) {
        let settings: Vec<&Node> =
            together.iter().filter_map(|&(_, _, index)| settings_of(&merged.root, index)).collect();
        settings.iter().for_each(|set| apply(&mut root, set));
        let mut reader = Reader::new(sources);
        let after = reader.keys(&root, stem);
        if reader.errors.is_empty() {
            check_implied(&after, &root, &mut reader);
        }
        let dates: Vec<f64> = together.iter().map(|&(_, date, _)| date).collect();
        errors.extend(reader.errors.into_iter().map(|error| at_shock(error, &settings, dates[dates.len() - 1])));
        let shocks = together.iter().map(|&(_, _, index)| describe(&keys.shock[index])).collect();
        let k = together[0].0;
        let epoch = Epoch { k, params: params(&after), shocks };
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

/// A mistake that shows only after a shock is the shock's: it points there.
fn at_shock(error: Diagnostic, settings: &[&Node], date: f64) -> Diagnostic {
    let inside = |at: &At| {
        settings.iter().any(|set| {
            let Value::Table(values) = &set.value else { return false };
            values.values().any(|value| value.at == *at || value.key_at == *at)
        })
    };
    let at = match error.at {
        Some(at) if inside(&at) => Some(at),
        _ => settings.last().map(|set| set.at.clone()),
    };
    Diagnostic { title: format!("the shock at {date} makes the scenario invalid: {}", error.title), at, ..error }
}

fn describe(shock: &Shock) -> String {
    shock.set.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join("; ")
}

fn problem(keys: &Keys, epochs: Vec<Epoch>) -> Problem {
    let sectors: Vec<String> = keys.sector.keys().cloned().collect();
    let index = |name: &str| keys.sector.get_index_of(name);
    let trade = |name: &str| Trade::ALL.into_iter().find(|trade| trade.name() == name);
    let policy = |policy: &super::keys::Policy| Policy {
        from: policy.from,
        until: policy.until,
        promote: policy.promote.as_deref().and_then(index),
        sustain: Sustain::ALL.into_iter().find(|sustain| Some(sustain.name()) == policy.sustain).unwrap_or_default(),
        trade: policy.trade.and_then(trade),
    };
    Problem {
        closed_clusters: sectors.iter().map(|name| keys.poor.closed_clusters.contains(name)).collect(),
        sectors,
        grid: keys.time.grid(),
        Z_R: keys.sector.values().map(|sector| sector.Z_R).collect(),
        Z_P: keys.sector.values().map(|sector| sector.Z_P).collect(),
        epochs,
        start: keys.poor.start.strip_prefix("cluster:").and_then(index),
        selection: Selection::ALL.into_iter().find(|rule| rule.name() == keys.poor.selection).unwrap_or_default(),
        trade: trade(keys.poor.trade).unwrap_or_default(),
        policies: keys.policy.iter().map(policy).collect(),
        discount_rate: keys.welfare.discount_rate,
    }
}
