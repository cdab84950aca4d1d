//! The parameters of all runs side by side: key, meaning, values, and where they come from.

use super::table::{Cell, Row, Table, names};
use crate::compare::Comparison;
use crate::scenario::keys::Shown;
use std::collections::BTreeMap;

/// Different values, or sources, of one key that are shown one by one.
const MOST_VALUES: usize = 8;
/// Names shown for one value.
const MOST_NAMES: usize = 6;

/// One key of the scenarios.
struct Parameter {
    key: String,
    meaning: String,
    /// One per run; `None` where the run does not have the key.
    values: Vec<Option<String>>,
}

const HEADER: [&str; 4] = ["key", "meaning", "value", "source"];

/// A line for each key: in which the runs differ, and in which they do not.
pub(super) fn tables(comparison: &Comparison) -> [Table; 2] {
    let members = &comparison.members;
    let mut rows: Vec<Parameter> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        for Shown { path, key, value } in member.scenario.keys.shown().into_iter().filter(|shown| !shown.key.is_label())
        {
            let place = *places.entry(path.clone()).or_insert_with(|| {
                let unit = key.unit_shown().map_or_else(String::new, |unit| format!(", {unit}"));
                let meaning = format!("{}{unit}", key.meaning);
                rows.push(Parameter { key: path, meaning, values: vec![None; members.len()] });
                rows.len() - 1
            });
            rows[place].values[index] = Some(value);
        }
    }
    let labels = comparison.labels();
    let name = |index: usize| labels[index];
    let cells = |row: &Parameter| {
        let source = |index: usize| members[index].scenario.notes().get(&row.key).cloned();
        let holders: Vec<usize> = (0..members.len()).filter(|&index| row.values[index].is_some()).collect();
        let value = |index: usize| row.values[index].clone();
        let all: Vec<usize> = (0..members.len()).collect();
        let cells = vec![
            Cell::Code(row.key.clone()),
            Cell::Text(row.meaning.clone()),
            grouped(&all, value, name, "not set"),
            grouped(&holders, source, name, ""),
        ];
        Row { runs: String::new(), cells }
    };
    let differs = |row: &&Parameter| row.values.iter().any(|value| value != &row.values[0]);
    let (different, same): (Vec<&Parameter>, Vec<&Parameter>) = rows.iter().partition(differs);
    [("Where the paths differ", different), ("The same in all paths", same)].map(|(caption, rows)| {
        Table::new(caption.to_owned(), "lines keys", &HEADER, rows.into_iter().map(cells).collect())
    })
}

/// One text where all runs have the same, else each text with the names of its runs.
fn grouped<'a>(
    runs: &[usize],
    text: impl Fn(usize) -> Option<String>,
    name: impl Fn(usize) -> &'a str + Copy,
    missing: &str,
) -> Cell {
    let mut groups: Vec<(Option<String>, Vec<usize>)> = Vec::new();
    for &index in runs {
        let text = text(index);
        match groups.iter_mut().find(|(other, _)| *other == text) {
            Some((_, members)) => members.push(index),
            None => groups.push((text, vec![index])),
        }
    }
    if missing.is_empty() {
        groups.retain(|(text, _)| text.is_some());
    }
    let several = groups.len() > 1;
    let mut texts = groups.into_iter().map(|(text, runs)| {
        let paths = names(runs.into_iter().map(name), MOST_NAMES);
        (text.unwrap_or_else(|| missing.to_owned()), paths)
    });
    if !several {
        return Cell::Text(texts.next().map_or_else(String::new, |(text, _)| text));
    }
    let mut shown: Vec<(String, String)> = texts.by_ref().take(MOST_VALUES).collect();
    let rest = texts.count();
    if rest > 0 {
        shown.push((format!("and {rest} more"), String::new()));
    }
    Cell::Each(shown)
}
