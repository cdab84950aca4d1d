//! A sweep's runs column by column, each column parted by variant: what an analysis of them takes.

use super::Runs;
use crate::error::Error;
use crate::measure::{Measure, Status, Verdict};
use crate::table::Texts;
use std::path::Path;

/// The draws of a finished sweep, or of a table like one.
#[derive(Debug, Clone)]
pub struct Draws {
    runs: Runs,
    /// Names of the variants, in the order in which every draw has them.
    pub variants: Vec<String>,
    /// Number of draws.
    pub count: usize,
    /// By variant, runs that failed.
    pub failed: Vec<u64>,
    /// Columns that are neither keys nor measures.
    hidden: Vec<String>,
}

/// A column of texts, by variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// The different texts.
    pub known: Vec<String>,
    /// By variant and draw, the place of its text; [`Texts::MISSING`] where there is none.
    pub places: Vec<Vec<u32>>,
}

impl Draws {
    /// Opens a table of runs; `None` where it is another table.
    ///
    /// # Errors
    /// Where it cannot be read, is not whole, or its rows do not go draw by draw through the variants.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let Some(mut runs) = Runs::open(path)? else { return Ok(None) };
        let mut order: Vec<u32> = Vec::new();
        let (mut rows, mut failed, mut astray) = (0usize, Vec::new(), false);
        let mut first_draw = true;
        let columns = [runs.place("variant"), runs.place("status")];
        runs.scan(&columns, |cells, count| {
            for row in 0..count {
                let variant = cells[0].place(row).unwrap_or(Texts::MISSING);
                if first_draw && order.contains(&variant) {
                    first_draw = false;
                }
                if first_draw {
                    order.push(variant);
                    failed.push(0);
                }
                let place = rows % order.len();
                astray |= order[place] != variant;
                failed[place] += u64::from(cells[1].place(row) == Some(Status::Failed as u32));
                rows += 1;
            }
        })?;
        if rows == 0 {
            return Err(Error::invalid(format!("{} has no rows", path.display())).hint("sweep again"));
        }
        if astray || rows % order.len() != 0 {
            return Err(Error::invalid(format!("{}: its rows are not in the order of a sweep's", path.display()))
                .note("every draw has a row for each variant, in the same order")
                .hint("sort it by run, and leave no variant out of some draws"));
        }
        let variants: Vec<String> = order.iter().map(|&place| runs.text(columns[0], place).to_owned()).collect();
        Ok(Some(Self { runs, count: rows / variants.len(), variants, failed, hidden: Vec::new() }))
    }

    /// The same without some columns: those that only follow a key, or are carried through.
    #[must_use]
    pub fn without(self, hidden: Vec<String>) -> Self {
        Self { hidden, ..self }
    }

    fn shows(&self, column: usize) -> bool {
        !self.hidden.iter().any(|name| name == self.runs.name(column))
    }

    /// The varied keys: their columns, and whether these hold numbers.
    pub fn keys(&self) -> Vec<(String, bool)> {
        self.runs
            .keys()
            .filter(|&column| self.shows(column))
            .map(|column| (self.runs.name(column).to_owned(), self.runs.numbers(column)))
            .collect()
    }

    /// Columns of numbers that say what came of a run.
    pub fn measures(&self) -> Vec<String> {
        self.runs
            .measured()
            .filter(|&column| self.runs.numbers(column) && self.shows(column))
            .map(|c| self.runs.name(c).to_owned())
            .collect()
    }

    /// Whether it has a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.runs.has(name)
    }

    /// A column of numbers by variant, NaN where missing. A gap that grows without bound, which the table leaves empty, is ∞.
    ///
    /// # Errors
    /// Where a row is not whole.
    pub fn numbers(&self, name: &str) -> Result<Vec<Vec<f64>>, Error> {
        let mut runs = self.runs.clone();
        let mut columns = vec![runs.place(name)];
        let unbounded = name == Measure::LongRunGap.name();
        if unbounded {
            columns.push(runs.place("verdict"));
        }
        let behind = Verdict::RANKED.iter().position(|verdict| *verdict == Verdict::FallingBehind);
        let (mut found, mut at) = (self.empty(), 0);
        runs.scan(&columns, |cells, count| {
            for row in 0..count {
                let without = || match unbounded && cells[1].place(row).map(|place| place as usize) == behind {
                    true => f64::INFINITY,
                    false => f64::NAN,
                };
                found[at].push(cells[0].number(row).unwrap_or_else(without));
                at = (at + 1) % found.len();
            }
        })?;
        Ok(found)
    }

    /// A column of texts, or of truths, by variant.
    ///
    /// # Errors
    /// Where a row is not whole.
    pub fn words(&self, name: &str) -> Result<Words, Error> {
        let mut runs = self.runs.clone();
        let column = runs.place(name);
        let (mut places, mut at) = (self.empty(), 0);
        runs.scan(&[column], |cells, count| {
            for row in 0..count {
                places[at].push(cells[0].place(row).unwrap_or(Texts::MISSING));
                at = (at + 1) % places.len();
            }
        })?;
        Ok(Words { known: runs.texts(column).to_vec(), places })
    }

    /// Equivalent variations as they come: all variants of a draw, then the next draw; NaN where missing.
    ///
    /// # Errors
    /// Where a row is not whole.
    pub fn gains(&self) -> Result<Vec<f64>, Error> {
        let mut runs = self.runs.clone();
        let column = runs.place(Measure::EquivalentVariation.name());
        let mut found = Vec::with_capacity(self.count * self.variants.len());
        runs.scan(&[column], |cells, count| {
            found.extend((0..count).map(|row| cells[0].number(row).unwrap_or(f64::NAN)));
        })?;
        Ok(found)
    }

    fn empty<T>(&self) -> Vec<Vec<T>> {
        self.variants.iter().map(|_| Vec::with_capacity(self.count)).collect()
    }
}
