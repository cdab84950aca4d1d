//! The numbers behind the pictures, as the page's script looks them up: the texts of the CSV files' cells.

use crate::compare::{Comparison, Parts};
use crate::draw::data::TERMS;
use crate::record::Digits;
use crate::trajectory::Row;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the numbers may weigh, bytes.
const BYTES: usize = 1_000_000;
/// A cell with its comma, bytes.
const CELL: usize = 20;

/// A column of `trajectory.csv` that pictures show, its value, and whether they show it in per cent.
type Shown = (&'static str, fn(&Row) -> Option<f64>, bool);
const SHOWN: [Shown; 4] = [
    ("income_gap", |row| Some(row.income_gap()), false),
    ("w_P", |row| Some(row.w_P), false),
    ("growth_P", |row| row.growth_P, true),
    ("margin", |row| row.margin, true),
];
/// The sum of the parts of a decomposition.
const SUM: (&str, &str) = ("d_ln_gap", "all together");

#[derive(Serialize)]
struct Numbers<'a> {
    runs: Vec<&'a str>,
    /// Cells of a column with a comma between them; so are all others.
    year: String,
    /// For each column the cells of each run.
    columns: BTreeMap<String, Vec<String>>,
    percent: Vec<&'static str>,
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

/// JSON that can stand in a script; and a note where there is no room for every date.
pub(super) fn json(comparison: &Comparison, happenings: &[Happening]) -> (String, String) {
    let grid = comparison.members[comparison.baseline].trajectory.grid;
    let series = (SHOWN.len() + TERMS.len() + 1) * comparison.members.len();
    let step = (grid.periods + 1).div_ceil((BYTES / CELL / series).max(2));
    let dates: Vec<usize> = (0..=grid.periods).filter(|k| k % step == 0 || *k == grid.periods).collect();
    let mut digits = Digits::new();
    let mut texts = |values: &mut dyn Iterator<Item = Option<f64>>| {
        let cells = values.map(|value| value.map_or_else(String::new, |value| digits.text(value).to_owned()));
        cells.collect::<Vec<_>>().join(",")
    };
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for member in &comparison.members {
        for (name, value, _) in SHOWN {
            let cells = texts(&mut dates.iter().map(|&k| value(&member.trajectory.rows[k])));
            columns.entry(name.to_owned()).or_default().push(cells);
        }
    }
    let parts: Vec<(String, &str)> =
        [SUM].into_iter().chain(TERMS).map(|(name, words)| (format!("cum_{name}"), words)).collect();
    for changes in &comparison.decompositions {
        let sums = changes.iter().scan(Parts::default(), |sum, change| {
            *sum = sum.plus(*change);
            Some(sum.columns())
        });
        let sums: Vec<[f64; 7]> = sums.collect();
        for (i, (name, _)) in parts.iter().enumerate() {
            let cells = texts(&mut dates.iter().map(|&k| Some(sums[k][i])));
            columns.entry(name.clone()).or_default().push(cells);
        }
    }
    let numbers = Numbers {
        runs: comparison.members.iter().map(|member| member.summary.name.as_str()).collect(),
        year: texts(&mut dates.iter().map(|&k| Some(grid.start + grid.t(k)))),
        columns,
        percent: SHOWN.iter().filter(|(.., percent)| *percent).map(|(name, ..)| *name).collect(),
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
