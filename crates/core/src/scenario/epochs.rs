//! The parameters over time: after each shock, read and checked like a file, and at each date of a series.

use super::diagnostics::{At, Diagnostic, Sources, brief};
use super::document::{Node, Table, Value};
use super::implied::{check_implied, place};
use super::key::{Goes, SHARES, is_share, join};
use super::keys::{self, Keys};
use super::reader::Reader;
use super::series::{Interpolation, Series};
use crate::model::catch_up::Pace;
use crate::model::params::Params;
use crate::model::problem::Epoch;
use indexmap::IndexMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The most dates at which a series may have a value of its own.
const MOST_DATES: f64 = 1_000_000.0;

/// The root as it is at t = 0, and the series by dotted path.
type Today<'n> = (Cow<'n, Node>, IndexMap<String, Series>);

/// The root with every series replaced by its value at t = 0, and the series by dotted path.
///
/// # Errors
/// Series that have no value at t = 0, or dates too many.
pub(super) fn today(root: &Node) -> Result<Today<'_>, Vec<Diagnostic>> {
    let mut series = IndexMap::new();
    let mut errors = Vec::new();
    let number = |key: &str, default: f64| match inside(root, &["time", key]).map(|node| &node.value) {
        Some(Value::Integer(number) | Value::Float(number)) => *number,
        _ => default,
    };
    let (start, period) = (number("start", 0.0), number("period", 1.0));
    each_series("", root, &mut |path, found, at| {
        let (first, last) = (found.years[0], found.years[found.years.len() - 1]);
        if found.at_start(start, period).is_none() {
            let title = format!("{path}: the series begins in {first}, after {start}, the year of t = 0");
            let allowed = format!("allowed: a value for {start} or before");
            let hint = format!("give a value for {start}, or begin there: time.start = {first}");
            errors.push(Diagnostic::new(at.clone(), title, allowed).hint(hint));
        }
        if found.interpolation == Interpolation::Linear && (last - start) / period > MOST_DATES {
            let title = format!("{path}: the series goes on until {last}, and has a value at every date till then");
            errors.push(Diagnostic::new(at.clone(), title, "allowed: at most 1,000,000 dates"));
        }
        series.insert(path.to_owned(), found.clone());
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    if series.is_empty() {
        return Ok((Cow::Borrowed(root), series));
    }
    let mut now = root.clone();
    for (path, series) in &series {
        write(&mut now, path, series, series.at_start(start, period).unwrap_or(f64::NAN));
    }
    Ok((Cow::Owned(now), series))
}

/// Shows `see` every series below a table, with its dotted path and its place.
fn each_series(path: &str, node: &Node, see: &mut impl FnMut(&str, &Series, &At)) {
    match &node.value {
        Value::Series(series) => see(path, series, &node.at),
        Value::Table(table) => table.iter().for_each(|(key, inner)| each_series(&join(path, key), inner, see)),
        _ => {}
    }
}

/// The node at a path.
fn inside<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Node> {
    path.iter().try_fold(root, |node, key| match &node.value {
        Value::Table(table) => table.get(*key),
        _ => None,
    })
}

/// Writes a value of a series where the series stands.
fn write(root: &mut Node, path: &str, series: &Series, value: f64) {
    let node = path.split('.').try_fold(root, |node, key| match &mut node.value {
        Value::Table(table) => table.get_mut(key),
        _ => None,
    });
    if let Some(node) = node {
        node.value = if series.flags { Value::Boolean(value != 0.0) } else { Value::Float(value) };
    }
}

/// What changes at one date.
#[derive(Default)]
struct Turn<'a> {
    /// Shocks that fall due: the date that each gives, and its index.
    shocks: Vec<(f64, usize)>,
    /// New values of series.
    values: Vec<(&'a str, f64)>,
}

/// The parameters at the start and after each date at which shocks fall due or a series has a value.
pub(super) fn epochs(keys: &Keys, root: &Node, stem: &str, sources: &Sources) -> Result<Vec<Epoch>, Vec<Diagnostic>> {
    let turns = turns(keys, root)?;
    let mut epochs = vec![Epoch { k: 0, params: keys.params(), shocks: Vec::new() }];
    if turns.is_empty() {
        return Ok(epochs);
    }
    let original = root;
    let (mut root, mut now, mut params) = (Cow::Borrowed(root), Cow::Borrowed(keys), keys.params());
    // What a series says is written into the root for the dates at which it is read like a file.
    let read_anew = !keys.shock.is_empty() || !keys.series.keys().all(|path| is_plain(path, keys));
    let mut errors = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for (k, turn) in turns {
        if read_anew {
            for (path, value) in &turn.values {
                write(root.to_mut(), path, &keys.series[*path], *value);
            }
        }
        if turn.shocks.is_empty() && turn.values.iter().all(|(path, _)| is_plain(path, keys)) {
            for (path, value) in &turn.values {
                put_plain(&mut params, &now, path, *value);
            }
            errors.extend(shares(&params, &turn, keys, &root, k));
        } else {
            let settings: Vec<&Node> =
                turn.shocks.iter().filter_map(|&(_, index)| settings_of(original, index)).collect();
            settings.iter().for_each(|set| apply(root.to_mut(), set));
            let mut reader = Reader::new(sources);
            let after = reader.keys(&root, stem);
            if reader.errors.is_empty() {
                check_implied(&after, &root, &mut reader);
            }
            for error in reader.errors {
                // A mistake of an earlier date lasts, and is told once.
                let own = error.at.as_ref().is_some_and(|at| is_setting(at, &settings));
                if own || !known.contains(&error.title) {
                    known.push(error.title.clone());
                    errors.push(match turn.shocks.last() {
                        Some((date, _)) => at_shock(error, &settings, *date),
                        None => of_series(error, keys, k),
                    });
                }
            }
            params = after.params();
            now = Cow::Owned(after);
        }
        if !errors.is_empty() {
            continue;
        }
        let shocks = turn.shocks.iter().map(|&(_, index)| keys.shock[index].describe()).collect();
        let epoch = Epoch { k, params: params.clone(), shocks };
        // A shock at t = 0 changes the first row.
        if k == 0 {
            epochs[0] = epoch;
        } else {
            epochs.push(epoch);
        }
    }
    if errors.is_empty() { Ok(epochs) } else { Err(errors) }
}

/// What changes, by period.
fn turns<'a>(keys: &'a Keys, root: &Node) -> Result<BTreeMap<usize, Turn<'a>>, Vec<Diagnostic>> {
    let grid = keys.grid();
    let mut turns: BTreeMap<usize, Turn<'a>> = BTreeMap::new();
    let mut errors = Vec::new();
    for (index, shock) in keys.shock.iter().enumerate() {
        turns.entry(grid.first_period(shock.at)).or_default().shocks.push((shock.at, index));
        let Some(Value::Table(set)) = settings_of(root, index).map(|set| &set.value) else { continue };
        for (path, node) in set.iter().filter(|(path, _)| keys.series.contains_key(*path)) {
            let title = format!("shock.{index}.set.{path}: the key is a series, whose values follow one another");
            let hint = "say it in the series, or give all its values by shocks";
            errors.push(Diagnostic::new(node.key_at.clone(), title, "allowed: a key that is no series").hint(hint));
        }
    }
    for turn in turns.values_mut() {
        turn.shocks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    for (path, series) in &keys.series {
        for (k, value) in series.changes(&grid) {
            turns.entry(k).or_default().values.push((path, value));
        }
    }
    if errors.is_empty() { Ok(turns) } else { Err(errors) }
}

/// Whether the value of a key goes into parameters as it is, and nothing else follows from it.
fn is_plain(path: &str, keys: &Keys) -> bool {
    let by_beta = keys.catch_up.pace().is_none_or(|(pace, _)| pace == Pace::Beta);
    keys::find(path).is_some_and(|key| match key.goes {
        Goes::Sector(_) | Goes::Params(_) => true,
        Goes::Learning | Goes::CatchUp(_) => by_beta,
        _ => false,
    })
}

/// Writes the value of such a key into parameters.
fn put_plain(params: &mut Params, keys: &Keys, path: &str, value: f64) {
    let Some((key, which)) = keys::locate(path) else { return };
    let sector = which.and_then(|name| keys.sector.get_index_of(name));
    match (key.goes, sector) {
        (Goes::Sector(field), Some(i)) => *field(&mut params.sectors[i]) = value,
        (Goes::Learning, Some(i)) => params.sectors[i].x = value,
        (Goes::Learning, None) => {
            let own = keys.sector.values().map(|sector| sector.x.is_some());
            params.sectors.iter_mut().zip(own).filter(|(_, own)| !own).for_each(|(sector, _)| sector.x = value);
        }
        (Goes::CatchUp(field), _) => {
            params.sectors.iter_mut().for_each(|sector| *field(&mut sector.catch_up) = value);
        }
        (Goes::Params(field), _) => *field(params) = value,
        _ => {}
    }
}

/// The mistake of shares that do not sum to 1 at a date of their series.
fn shares(params: &Params, turn: &Turn<'_>, keys: &Keys, root: &Node, k: usize) -> Option<Diagnostic> {
    let (path, _) = turn.values.iter().find(|(path, _)| is_share(path))?;
    let total: f64 = params.sectors.iter().map(|sector| sector.alpha).sum();
    let parts: Vec<&str> = path.split('.').collect();
    let title = format!("sector.*.alpha: the expenditure shares sum to {}", brief(total, 12));
    let error = Diagnostic::new(place(root, &parts), title, "allowed: shares that sum to 1 (within 1e-9)");
    ((total - 1.0).abs() > SHARES).then(|| of_series(error, keys, k))
}

/// A mistake that shows only at a date of a series.
fn of_series(error: Diagnostic, keys: &Keys, k: usize) -> Diagnostic {
    let grid = keys.grid();
    let year = brief(grid.start + grid.t(k), 12);
    Diagnostic { title: format!("in {year} a series makes the scenario invalid: {}", error.title), ..error }
}

/// The `set` table of the shock at `index`.
pub(super) fn settings_of(root: &Node, index: usize) -> Option<&Node> {
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

pub(super) fn after_shock(error: Diagnostic, date: f64) -> Diagnostic {
    Diagnostic { title: format!("the shock at {date} makes the scenario invalid: {}", error.title), ..error }
}
