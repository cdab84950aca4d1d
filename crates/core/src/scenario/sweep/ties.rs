//! Inputs that belong together: `[group]`, `[correlation]`, keys that follow others; and distributions that come as CSV files.

use super::catalogue::{Kind, kind};
use super::keys::Tie;
use super::spec::{Entry, Spec};
use crate::design::{Copula, Group, Kind as Layout, LEAST_SHAPE, MOST_SHAPE};
use crate::model::range::{End, Range};
use crate::scenario::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean};
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::key::join;
use crate::scenario::reader::Reader;
use crate::scenario::sheet::{Fault, Sheet, is_missing};
use std::mem::discriminant;

/// The concentration of a share.
pub const CONCENTRATION: Range = Range::between(LEAST_SHAPE, MOST_SHAPE);
/// A rank correlation.
pub const RANK: Range = Range { low: End::Excluded(-1.0), high: End::Excluded(1.0), whole: false };
/// The most values of an empirical distribution.
const MOST_VALUES: usize = 1_000_000;

/// A group as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    /// Its name.
    pub name: String,
    /// What its keys sum to.
    pub sum: f64,
    /// Its keys, by their places among all that vary.
    pub slots: Vec<usize>,
}

/// The rank correlation of two keys, by their places among all that vary.
pub type Pair = (usize, usize, f64);

/// Reads the files of empirical distributions in `[vary]`: their values then stand there as if they had been written.
pub fn read_files(root: &mut Table, sources: &mut Sources) -> Vec<Diagnostic> {
    fn walk(path: &str, table: &mut Table, sources: &mut Sources, errors: &mut Vec<Diagnostic>) {
        let named = table.get("empirical").filter(|node| matches!(node.value, Value::Table(_))).cloned();
        if let Some(node) = named {
            match read_file(path, &node, table, sources) {
                Ok((values, weights)) => {
                    let list = |numbers: Vec<f64>| {
                        let item = |number| Node { value: Value::Float(number), ..node.clone() };
                        Node { value: Value::Array(numbers.into_iter().map(item).collect()), ..node.clone() }
                    };
                    table.insert("empirical".to_owned(), list(values));
                    table.extend(weights.map(|weights| ("weights".to_owned(), list(weights))));
                }
                Err(found) => errors.extend(found),
            }
            return;
        }
        for (key, node) in table {
            if let Value::Table(inner) = &mut node.value {
                walk(&join(path, key), inner, sources, errors);
            }
        }
    }
    let mut errors = Vec::new();
    if let Some(Node { value: Value::Table(vary), .. }) = root.get_mut("vary") {
        walk("", vary, sources, &mut errors);
    }
    errors
}

type Found = (Vec<f64>, Option<Vec<f64>>);

fn read_file(path: &str, node: &Node, beside: &Table, sources: &mut Sources) -> Result<Found, Vec<Diagnostic>> {
    let Value::Table(table) = &node.value else { return Err(Vec::new()) };
    let path = format!("vary: {path}.empirical");
    let mut reader = Reader::new(sources);
    reader.unknown(table, &path, &["file", "column", "weights"], |_, _| None);
    let file = reader.text(table, &path, "file", "the path of a CSV file in quotes, relative to this file");
    let mut columns = Vec::new();
    for key in ["column", "weights"] {
        columns.push(reader.text(table, &path, key, "the name of a column in quotes"));
    }
    for key in ["file", "column"].into_iter().filter(|key| !table.contains_key(*key)) {
        let hint = "{ file = \"FILE.csv\", column = \"NAME\" }";
        reader.missing_with(&node.at, &join(&path, key), "text in quotes", hint);
    }
    if let (Some(weights), true) = (beside.get("weights"), table.contains_key("weights")) {
        reader.error(&weights.key_at, format!("{path} has weights twice"), "allowed: a column, or a list");
    }
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let (Some((file, named)), [Some(values), weights]) = (file, columns.as_slice()) else { return Err(Vec::new()) };
    let hint = "its first line names the columns, each further line has a value";
    let place = sources.folder(&named).join(&file);
    let sheet = Sheet::open(&place, &path, &named, hint).map_err(|error| vec![error])?;
    let column = |(name, at): &(String, At)| {
        let names: Vec<&str> = sheet.header.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        sheet.column(name).map_err(|why| {
            let found = Diagnostic::new(at.clone(), format!("{path}: {why}"), format!("allowed: {}", names.join(", ")));
            vec![Diagnostic { hint: did_you_mean(name, names), ..found }]
        })
    };
    let value = column(values)?;
    let weight = weights.as_ref().map(column).transpose()?;
    let mut numbers = sheet.numbers();
    let (mut found, mut weighed) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    sheet.rows(&mut faults, |row, faults| {
        // A line without a value is none.
        if is_missing(row.cell(value)) {
            return;
        }
        let mut read = |column: usize, allowed: Range| {
            let cell = row.cell(column);
            let number = match numbers.read(cell) {
                Ok(number) if allowed.contains(number) => return Some(number),
                Ok(_) => "is out of range",
                Err(_) if is_missing(cell) => "is missing",
                Err(what) => what,
            };
            let title = format!("{path}: {} {number}", clip(cell));
            faults.push(Fault::new(row.place(column), title, format!("allowed: {allowed}")));
            None
        };
        found.extend(read(value, Range::ANY));
        weighed.extend(weight.and_then(|weight| read(weight, Range::NOT_NEGATIVE)));
    });
    if faults.is_empty() && found.is_empty() {
        let title = format!("{path}: the column {} holds no value", clip(&values.0));
        faults.push(Fault::new(sheet.head(value), title, "allowed: one number or more"));
    } else if found.len() > MOST_VALUES {
        let title = format!("{path}: {} values", found.len());
        faults.push(Fault::new(sheet.head(value), title, "allowed: at most 1,000,000"));
    }
    if faults.is_empty() { Ok((found, weight.map(|_| weighed))) } else { Err(sheet.diagnostics(faults, sources)) }
}

/// Notes a table that a design has no use for.
fn refused(reader: &mut Reader<'_>, at: &At, what: &str, layout: Layout) {
    let names: Vec<&str> = Layout::ALL.into_iter().filter(|kind| kind.ties_axes()).map(Layout::name).collect();
    let hint = match layout {
        Layout::Table => "the rows of a table say themselves how its columns belong together",
        Layout::Grid => "a grid has every combination of values: what belongs together has not",
        _ => "it moves one key at a time, and what is told from that is about keys that are independent",
    };
    let title = format!("{what} means nothing with design.kind = \"{}\"", layout.name());
    reader.hinted(at, title, format!("allowed with: {}", names.join(", ")), hint);
}

/// Every leaf below a table, by its dotted path.
fn leaves<'t>(path: &str, table: &'t Table, into: &mut Vec<(String, &'t Node)>) {
    for (key, node) in table {
        match &node.value {
            Value::Table(inner) => leaves(&join(path, key), inner, into),
            _ => into.push((join(path, key), node)),
        }
    }
}

/// `[group]`: adds its keys to those that vary.
pub fn groups(reader: &mut Reader<'_>, root: &Table, layout: Option<Layout>, entries: &mut Vec<Entry>) -> Vec<Grouped> {
    let Some(node) = root.get("group") else { return Vec::new() };
    let Value::Table(tables) = &node.value else {
        reader.wrong_type(node, "group", "tables [group.NAME]");
        return Vec::new();
    };
    if let Some(layout) = layout.filter(|layout| !layout.ties_axes()) {
        refused(reader, &node.key_at, "group", layout);
        return Vec::new();
    }
    let mut groups = Vec::new();
    for (name, node) in tables {
        let path = join("group", name);
        let Value::Table(table) = &node.value else {
            reader.wrong_type(node, &path, &format!("a table [{path}]"));
            continue;
        };
        reader.unknown(table, &path, &["dirichlet", "sum"], |_, _| None);
        let sum = reader.number_or(table, &path, "sum", Range::POSITIVE, 1.0);
        let path = join(&path, "dirichlet");
        let mut keys = Vec::new();
        match table.get("dirichlet") {
            Some(Node { value: Value::Table(table), .. }) => leaves("", table, &mut keys),
            Some(node) => reader.wrong_type(node, &path, "a table of keys and their concentrations"),
            None => {
                let hint = "{ \"sector.a.alpha\" = 2, \"sector.b.alpha\" = 3 }: the larger, the less they scatter";
                reader.missing_with(&node.key_at, &path, "keys and their concentrations", hint);
            }
        }
        if keys.len() == 1 {
            let title = format!("{path} has one key, which would not vary");
            reader.error(&keys[0].1.key_at, title, "allowed: two keys or more");
        }
        let mut slots = Vec::new();
        for (key, node) in keys {
            let Some(concentration) = reader.number(node, &join(&path, &key), CONCENTRATION) else { continue };
            if entries.iter().any(|other| other.key == key || other.name == key) {
                let title = format!("{path}: {} varies already", clip(&key));
                reader.error(&node.key_at, title, "allowed: each key once, in [vary] or in one group");
                continue;
            }
            slots.push(entries.len());
            let spec = Spec::Share { concentration, sum };
            let at = node.key_at.clone();
            entries.push(Entry { name: key.clone(), key, at, spec, tie: Tie::Group, places: Vec::new() });
        }
        groups.push(Grouped { name: name.clone(), sum, slots });
    }
    groups
}

/// Keys that follow others: whether there is one to follow.
pub fn followers(reader: &mut Reader<'_>, layout: Option<Layout>, entries: &mut [Entry]) {
    let keys: Vec<(String, bool)> =
        entries.iter().map(|entry| (entry.key.clone(), matches!(entry.spec, Spec::SameAs { .. }))).collect();
    for entry in entries {
        let Spec::SameAs { key: other, at, times } = &entry.spec else { continue };
        entry.tie = Tie::Same;
        let key = &entry.key;
        if let Some(layout) = layout.filter(|layout| layout.moves_axes_alone()) {
            refused(reader, at, "same_as", layout);
            continue;
        }
        let (title, hint) = match keys.iter().find(|(known, _)| known == other) {
            _ if other == key => (format!("vary: {key} follows itself"), None),
            None => {
                let names = keys.iter().map(|(known, _)| known.as_str()).filter(|known| known != key);
                (format!("vary: {key} follows {}, which does not vary", clip(other)), did_you_mean(other, names))
            }
            Some((_, true)) => {
                (format!("vary: {key} follows {other}, which follows another"), Some("name that one".to_owned()))
            }
            Some((_, false)) => match (kind(key), kind(other)) {
                (Some(own), Some(its)) if discriminant(&own) != discriminant(&its) => {
                    (format!("vary: {key} takes {}, and {other} {}", own.words(), its.words()), None)
                }
                (Some(Kind::Flag | Kind::Text), _) if *times != 1.0 => (
                    format!("vary: {key} takes no numbers: there is no {times} times"),
                    Some("remove times".to_owned()),
                ),
                _ => continue,
            },
        };
        reader.error(at, title, "allowed: a key of [vary] that follows no other, and takes the same").hint = hint;
    }
}

/// `[correlation]`.
pub fn correlations(reader: &mut Reader<'_>, root: &Table, layout: Option<Layout>, entries: &mut [Entry]) -> Vec<Pair> {
    const ALLOWED: &str = "allowed: \"KEY\" = { \"OTHER\" = 0.5 }, both drawn from distributions";
    let Some(node) = root.get("correlation") else { return Vec::new() };
    let Value::Table(table) = &node.value else {
        reader.wrong_type(node, "correlation", "a table [correlation]");
        return Vec::new();
    };
    if let Some(layout) = layout.filter(|layout| !layout.ties_axes()) {
        refused(reader, &node.key_at, "correlation", layout);
        return Vec::new();
    }
    let mut found = Vec::new();
    leaves("", table, &mut found);
    let mut pairs: Vec<Pair> = Vec::new();
    for (path, node) in found {
        let slot = |key: &str| entries.iter().position(|entry| entry.key == key);
        let ends = path.match_indices('.').map(|(end, _)| (&path[..end], &path[end + 1..]));
        let Some([a, b]) = ends.clone().find_map(|(a, b)| Some([slot(a)?, slot(b)?])) else {
            let known = entries.iter().map(|entry| entry.key.as_str());
            let lost = ends.into_iter().find_map(|(a, b)| match (slot(a), slot(b)) {
                (Some(_), None) => Some(b),
                (None, Some(_)) => Some(a),
                _ => None,
            });
            let title = match lost {
                Some(lost) => format!("correlation: {} does not vary", clip(lost)),
                None => format!("correlation: {} names no two keys that vary", clip(&path)),
            };
            reader.error(&node.key_at, title, ALLOWED).hint = lost.and_then(|lost| did_you_mean(lost, known));
            continue;
        };
        let keys = format!("{} and {}", entries[a].key, entries[b].key);
        let title = if a == b {
            format!("correlation: {} with itself", entries[a].key)
        } else if pairs.iter().any(|(c, d, _)| (a.min(b), a.max(b)) == (*c.min(d), *c.max(d))) {
            format!("correlation: that of {keys} is given twice")
        } else if let Some(slot) = [a, b].into_iter().find(|slot| !entries[*slot].spec.has_ranks()) {
            let what = match entries[slot].tie {
                Tie::Same => "follows another key, with which it goes together anyhow",
                Tie::Group => "is a share of a sum, and goes together with the other shares",
                _ => "has a few values, whose ranks are tied",
            };
            format!("correlation: {} {what}", entries[slot].key)
        } else {
            pairs.extend(reader.number(node, &format!("correlation: {keys}"), RANK).map(|rank| (a, b, rank)));
            continue;
        };
        reader.error(&node.key_at, title, ALLOWED);
    }
    for &(a, b, _) in pairs.iter().filter(|(_, _, rank)| *rank != 0.0) {
        (entries[a].tie, entries[b].tie) = (Tie::Correlated, Tie::Correlated);
    }
    pairs
}

/// What makes the ranks of keys go together; `None` where nothing is asked for.
///
/// # Errors
/// Where the correlations contradict one another.
pub fn copula(pairs: &[Pair], root: &Table) -> Result<Option<Copula>, Diagnostic> {
    let mut axes: Vec<usize> = pairs.iter().flat_map(|&(a, b, _)| [a, b]).collect();
    axes.sort_unstable();
    axes.dedup();
    if axes.is_empty() {
        return Ok(None);
    }
    let place = |slot: usize| axes.binary_search(&slot).unwrap_or(0);
    let placed: Vec<Pair> = pairs.iter().map(|&(a, b, rank)| (place(a), place(b), rank)).collect();
    Copula::new(axes, &placed).map(Some).map_err(|refused| {
        let at = root.get("correlation").map_or(At { source: 0, span: 0..0 }, |node| node.key_at.clone());
        let title = "correlation: no keys have all of these rank correlations at once";
        let hint = format!("all of them times {} would be possible", refused.possible);
        Diagnostic::new(at, title, "allowed: correlations whose matrix is positive definite").hint(hint)
    })
}

/// The groups as a design has them.
pub fn of_design(groups: &[Grouped]) -> Vec<Group> {
    groups.iter().map(|group| Group { axes: group.slots.clone(), sum: group.sum }).collect()
}
