//! The parameters of all runs side by side: key, meaning, values, and where they come from.

use super::html::{escape, names};
use crate::compare::Comparison;
use crate::scenario::keys::Shown;
use std::collections::BTreeMap;

/// Different values, or sources, of one key that are told one by one.
const MOST_TOLD: usize = 8;
/// Names told for one value.
const MOST_NAMES: usize = 6;

/// One key of the scenarios.
struct Row {
    key: String,
    meaning: String,
    /// One per run; `None` where the run does not have the key.
    values: Vec<Option<String>>,
}

/// What [`cells`] holds.
pub(super) const HEADER: [&str; 4] = ["key", "meaning", "value", "source"];

/// A line of HTML cells for each key; first those in which the runs differ.
pub(super) fn cells(comparison: &Comparison) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let members = &comparison.members;
    let mut rows: Vec<Row> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        for Shown { path, key, value } in member.scenario.keys.shown() {
            let place = *places.entry(path.clone()).or_insert_with(|| {
                let unit = key.unit_shown().map_or_else(String::new, |unit| format!(", {unit}"));
                let meaning = format!("{}{unit}", key.meaning);
                rows.push(Row { key: path, meaning, values: vec![None; members.len()] });
                rows.len() - 1
            });
            rows[place].values[index] = Some(value);
        }
    }
    let name = |index: usize| members[index].summary.name.as_str();
    let cells = |row: &Row| {
        let source = |index: usize| members[index].scenario.notes().get(&row.key).cloned();
        let holders: Vec<usize> = (0..members.len()).filter(|&index| row.values[index].is_some()).collect();
        let value = |index: usize| row.values[index].clone();
        let all: Vec<usize> = (0..members.len()).collect();
        vec![
            format!("<code>{}</code>", escape(&row.key)),
            escape(&row.meaning),
            grouped(&all, value, name, "not set"),
            grouped(&holders, source, name, ""),
        ]
    };
    let differs = |row: &&Row| row.values.iter().any(|value| value != &row.values[0]);
    let (different, same): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(differs);
    (different.into_iter().map(cells).collect(), same.into_iter().map(cells).collect())
}

/// One text where all runs have the same, else each text with the names of its runs.
fn grouped<'a>(
    runs: &[usize],
    text: impl Fn(usize) -> Option<String>,
    name: impl Fn(usize) -> &'a str + Copy,
    missing: &str,
) -> String {
    let mut groups: Vec<(Option<String>, Vec<usize>)> = Vec::new();
    for &index in runs {
        let text = text(index);
        match groups.iter_mut().find(|(other, _)| *other == text) {
            Some((_, members)) => members.push(index),
            None => groups.push((text, vec![index])),
        }
    }
    let show = |text: &Option<String>| text.as_deref().map_or_else(|| missing.to_owned(), escape);
    if missing.is_empty() {
        groups.retain(|(text, _)| text.is_some());
    }
    if let [(text, _)] = &groups[..] {
        return show(text);
    }
    let told = groups.iter().take(MOST_TOLD).map(|(text, runs)| {
        let of = names(runs.iter().copied().map(name), MOST_NAMES);
        format!("<div>{} <span class=\"of\">{of}</span></div>", show(text))
    });
    let mut html: String = told.collect();
    if groups.len() > MOST_TOLD {
        html += &format!("<div>and {} more</div>", groups.len() - MOST_TOLD);
    }
    html
}
