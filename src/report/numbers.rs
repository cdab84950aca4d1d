//! The numbers behind the pictures, as the page's script looks them up: the texts of the CSV files' cells.

use crate::compare::{Comparison, Decomposed, decomposed};
use crate::draw::data::TERMS;
use crate::record::Digits;
use crate::table::{Cells, Column};
use crate::trajectory::states;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the numbers may weigh, bytes.
const BYTES: usize = 1_000_000;
/// A cell with its comma, bytes.
const CELL: usize = 20;
/// The sum of the parts of a decomposition.
const SUM: (&str, &str) = ("d_ln_gap", "total");

#[derive(Serialize)]
struct Numbers<'a> {
    runs: Vec<&'a str>,
    /// Cells of a column with a comma between them; so are all others.
    year: String,
    /// For each column the cells of each run.
    columns: BTreeMap<String, Vec<String>>,
    /// Columns of a decomposition with their names.
    parts: Vec<(String, &'static str)>,
    /// Year, runs, words.
    events: Vec<(f64, &'a [usize], &'a str)>,
}

/// What happens at a date.
pub(super) struct Happening {
    /// Its row.
    pub k: usize,
    /// Places of the runs in which it does.
    pub runs: Vec<usize>,
    /// What.
    pub words: String,
}

/// JSON that can stand in a script, of these columns of the trajectory and the parts of the decomposition; and a note where
/// there is no room for every date.
pub(super) fn json(comparison: &Comparison, shown: &[&str], happenings: &[Happening]) -> (String, String) {
    let parts: Vec<(String, &str)> =
        [SUM].into_iter().chain(TERMS).map(|(name, words)| (format!("cum_{name}"), words)).collect();
    let grid = comparison.members[comparison.baseline].trajectory.grid;
    let series = (shown.len() + parts.len()) * comparison.members.len();
    let step = (grid.periods + 1).div_ceil((BYTES / CELL / series).max(2));
    let dates: Vec<usize> = (0..=grid.periods).filter(|k| k % step == 0 || *k == grid.periods).collect();
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut year = String::new();
    for (index, member) in comparison.members.iter().enumerate() {
        for column in states() {
            let name = column.field.name.as_ref();
            if name == "year" {
                year = cells(&column, &member.run(), &dates);
            } else if shown.contains(&name) {
                columns.entry(name.to_owned()).or_default().push(cells(&column, &member.run(), &dates));
            }
        }
        let sums = Decomposed::new(comparison, index);
        for column in decomposed().iter().filter(|column| parts.iter().any(|(part, _)| *part == column.field.name)) {
            columns.entry(column.field.name.to_string()).or_default().push(cells(column, &sums, &dates));
        }
    }
    let numbers = Numbers {
        runs: comparison.labels(),
        year,
        columns,
        parts,
        events: happenings
            .iter()
            .map(|Happening { k, runs, words }| (grid.start + grid.t(*k), &runs[..], words.as_str()))
            .collect(),
    };
    // No `<` can end the script.
    let json = serde_json::to_string(&numbers).unwrap_or_default().replace('<', "\\u003c");
    let note = format!("Under the pointer are {} of {} dates; the CSV files have all.", dates.len(), grid.periods + 1);
    (json, if step == 1 { String::new() } else { note })
}

/// The cells of a column at some dates, a comma between them.
fn cells<R>(column: &Column<'_, R>, rows: &R, dates: &[usize]) -> String {
    let mut all = column.cells();
    let count = dates.last().map_or(0, |last| last + 1);
    column.read(rows, 0..count, &mut all);
    let Cells::Numbers(values) = all else { return String::new() };
    let mut digits = Digits::new();
    let texts: Vec<String> = dates.iter().map(|&k| digits.text(values[k]).to_owned()).collect();
    texts.join(",")
}
