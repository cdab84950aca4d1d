//! The table of a sweep's runs: one row per draw and variant, the varied keys between `variant` and `status`.

use super::Table;
use crate::error::Error;
use crate::measure::{Measure, Outcome, Status, Verdict};
use crate::table::{Cells, ColumnType, Texts};
use std::ops::Range;
use std::path::Path;

/// What became of the sector promoted last.
const OUTCOME: &str = "outcome";

/// The table of a sweep's runs, open for reading.
#[derive(Debug, Clone)]
pub struct Runs {
    table: Table,
    /// Of each column the texts known, in the order of their places.
    known: Vec<Texts>,
    /// Columns that hold no texts but those known from the start.
    closed: Vec<usize>,
}

/// Whether these are the columns of a sweep's runs.
pub fn is_runs<'a>(headers: impl Iterator<Item = &'a str>) -> bool {
    let mut wanted = vec!["run", "variant", "status", "error", "verdict"];
    headers.for_each(|header| wanted.retain(|name| *name != header));
    wanted.is_empty()
}

impl Runs {
    /// Opens the table at `path`; `None` where it is a table, but none of runs.
    ///
    /// # Errors
    /// Where it cannot be read, or is not whole.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let kind = |name: &str| match Measure::from_name(name) {
            Some(_) => ColumnType::Number,
            None if name == "run" => ColumnType::Integer,
            None => ColumnType::String,
        };
        let table = Table::open(path, kind)?;
        if !is_runs(table.columns.iter().map(|(name, _)| name.as_str())) {
            return Ok(None);
        }
        let known = table.columns.iter().map(|(_, kind)| match kind {
            ColumnType::Boolean => texts(&["false", "true"]),
            _ => Texts::default(),
        });
        let mut runs = Self { known: known.collect(), table, closed: Vec::new() };
        if !runs.table.parquet {
            for key in runs.table.numbers(runs.keys())? {
                runs.table.columns[key].1 = ColumnType::Number;
            }
        }
        let (status, verdict) = (runs.place("status"), runs.place("verdict"));
        runs.known[status] = texts(&Status::ALL.map(Status::name));
        runs.known[verdict] = texts(&Verdict::RANKED.map(Verdict::name));
        runs.closed = vec![status, verdict];
        if runs.has(OUTCOME) {
            let outcome = runs.place(OUTCOME);
            runs.known[outcome] = texts(&Outcome::RANKED.map(Outcome::name));
            runs.closed.push(outcome);
        }
        Ok(Some(runs))
    }

    /// Where a column is that the table has.
    pub fn place(&self, name: &str) -> usize {
        self.table.columns.iter().position(|(known, _)| known == name).unwrap_or(0)
    }

    /// Whether it has a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.table.columns.iter().any(|(known, _)| known == name)
    }

    /// Places of the varied keys.
    pub fn keys(&self) -> Range<usize> {
        let first = self.place("variant") + 1;
        first..self.place("status").max(first)
    }

    /// Places of the columns that say what came of a run.
    pub fn measured(&self) -> Range<usize> {
        self.place("verdict") + 1..self.table.columns.len()
    }

    /// Name of a column.
    pub fn name(&self, column: usize) -> &str {
        &self.table.columns[column].0
    }

    /// Whether a column holds numbers rather than texts or truths.
    pub fn numbers(&self, column: usize) -> bool {
        matches!(self.table.columns[column].1, ColumnType::Number | ColumnType::Integer)
    }

    /// The text at one of a column's places ([`Cells::place`]): of verdicts and outcomes in the order of [`Verdict::RANKED`] and
    /// [`Outcome::RANKED`], of others in that of their first appearance in what has been read so far.
    pub fn text(&self, column: usize, place: u32) -> &str {
        self.known[column].different.get(place as usize).map_or("", String::as_str)
    }

    /// The different texts of a column that have been read so far.
    pub fn texts(&self, column: usize) -> &[String] {
        &self.known[column].different
    }

    /// Calls `visit` with the `wanted` columns and the number of rows of each batch, in the order of the table.
    ///
    /// # Errors
    /// Where a row is not whole, or a cell is not what its column holds.
    pub fn scan(&mut self, wanted: &[usize], mut visit: impl FnMut(&[Cells], usize)) -> Result<(), Error> {
        let (table, known) = (&self.table, &self.known);
        let empty = |&column: &usize| match table.columns[column].1 {
            ColumnType::String => Cells::Texts(known[column].clone()),
            kind => Cells::new(kind),
        };
        let mut cells: Vec<Cells> = wanted.iter().map(empty).collect();
        let mut before = 0;
        table.scan_into(wanted, &mut cells, |cells| {
            for (cells, column) in cells.iter().zip(wanted).filter(|(_, column)| self.closed.contains(column)) {
                let among = &known[*column].different;
                if let Cells::Texts(texts) = cells
                    && let Some(other) = texts.different.get(among.len())
                {
                    let row =
                        before + texts.places.iter().position(|&place| place as usize == among.len()).unwrap_or(0);
                    let place = if table.parquet { format!("row {row}") } else { format!("line {}", row + 2) };
                    let name = &table.columns[*column].0;
                    let found = format!("{place}: {name} = \"{other}\" is none of {}", among.join(", "));
                    return Err(table.damaged(&found));
                }
            }
            let rows = cells.first().map_or(0, Cells::len);
            before += rows;
            visit(cells, rows);
            Ok(())
        })?;
        for (cells, &column) in cells.into_iter().zip(wanted) {
            if let Cells::Texts(mut texts) = cells {
                texts.places.clear();
                self.known[column] = texts;
            }
        }
        Ok(())
    }
}

/// These texts, and no rows.
fn texts(known: &[&str]) -> Texts {
    let mut texts = Texts::default();
    for text in known {
        texts.place(text);
    }
    texts
}
