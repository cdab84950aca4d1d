//! A parameter over time: values by years, and what holds between them.

pub mod read;

use crate::model::grid::{DATE_TOLERANCE, Grid};
use crate::names;
use crate::names::Named;
use toml::{Table, Value};

names! {
    /// What holds between two years of a series.
    #[derive(Default)]
    pub enum Interpolation {
        #[default]
        Step = "step": "Each value holds until the next one",
        Linear = "linear": "Every date has the value on the straight line between the two years around it",
    }
}

/// The values of a key over time. The last one holds for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Years, ascending; at least one.
    pub years: Vec<f64>,
    /// The value of each; 1 and 0 of what is true or false.
    pub values: Vec<f64>,
    /// What holds between them.
    pub interpolation: Interpolation,
    /// Whether they are truths.
    pub flags: bool,
    /// Name of the file, without its folder, and of the column that they come from; `None` where they stand in the scenario.
    pub origin: Option<[String; 2]>,
}

impl Series {
    /// The value at t = 0, in year `start`; `None` where the series begins later.
    pub fn at_start(&self, start: f64, period: f64) -> Option<f64> {
        let reached = self.years.partition_point(|year| year - start <= DATE_TOLERANCE * period);
        let last = reached.checked_sub(1)?;
        Some(match self.interpolation {
            Interpolation::Step => self.values[last],
            Interpolation::Linear => self.between(last, start),
        })
    }

    /// The value of a year from year number `before` on, on the line to the next one.
    fn between(&self, before: usize, year: f64) -> f64 {
        let (from, low) = (self.years[before], self.values[before]);
        match (self.years.get(before + 1), self.values.get(before + 1)) {
            (Some(until), Some(high)) if year > from => low + (high - low) * ((year - from) / (until - from)),
            _ => low,
        }
    }

    /// The periods after t = 0 at which it is given anew, and the value of each: those of the shocks that it stands for.
    pub fn changes(&self, grid: &Grid) -> Vec<(usize, f64)> {
        let due = |year: f64| grid.first_period(year - grid.start);
        let mut changes: Vec<(usize, f64)> = Vec::new();
        match self.interpolation {
            Interpolation::Step => {
                for (&year, &value) in self.years.iter().zip(&self.values) {
                    let k = due(year);
                    match changes.last_mut() {
                        _ if k == 0 => {}
                        Some(last) if last.0 == k => last.1 = value,
                        _ => changes.push((k, value)),
                    }
                }
            }
            Interpolation::Linear => {
                let (Some(&last), Some(&value)) = (self.years.last(), self.values.last()) else { return changes };
                let mut before = 0;
                for k in 1..due(last) {
                    let year = grid.start + grid.t(k);
                    while self.years.get(before + 1).is_some_and(|next| *next <= year) {
                        before += 1;
                    }
                    changes.push((k, self.between(before, year)));
                }
                changes.extend(Some((due(last), value)).filter(|(k, _)| *k > 0));
            }
        }
        changes
    }

    /// The value that holds at period k; `None` before the series begins.
    pub fn at(&self, k: usize, grid: &Grid) -> Option<f64> {
        let changes = self.changes(grid);
        match changes.partition_point(|(change, _)| *change <= k).checked_sub(1) {
            Some(last) => Some(changes[last].1),
            None => self.at_start(grid.start, grid.period),
        }
    }

    /// Years from `start` on between which values lack: those further apart than most, in order.
    pub fn gaps(&self, start: f64) -> Vec<[f64; 2]> {
        let steps = || self.years.windows(2).map(|pair| pair[1] - pair[0]);
        let mut sorted: Vec<f64> = steps().collect();
        sorted.sort_by(f64::total_cmp);
        let Some(usual) = sorted.get(sorted.len().saturating_sub(1) / 2) else { return Vec::new() };
        let wide = |pair: &[f64]| pair[1] > start && pair[1] - pair[0] > 1.5 * usual;
        self.years.windows(2).filter(|pair| wide(pair)).map(|pair| [pair[0], pair[1]]).collect()
    }

    /// A value as it is written.
    pub fn written(&self, value: f64) -> Value {
        if self.flags { Value::Boolean(value != 0.0) } else { Value::Float(value) }
    }

    /// As it stands in a scenario.
    pub fn toml(&self) -> Value {
        let mut table = Table::new();
        table.insert("years".to_owned(), Value::Array(self.years.iter().map(|year| Value::Float(*year)).collect()));
        table.insert("values".to_owned(), Value::Array(self.values.iter().map(|value| self.written(*value)).collect()));
        table.insert("interpolation".to_owned(), Value::String(self.interpolation.spelling().to_owned()));
        Value::Table(table)
    }

    /// In words: the first year and the last with their values, and how many there are.
    pub fn words(&self) -> String {
        let value = |value: f64| self.written(value).to_string();
        let last = self.years.len() - 1;
        match last {
            0 => format!("{} from {} on", value(self.values[0]), self.years[0]),
            _ => format!(
                "{} in {} to {} in {}, {} values, {}",
                value(self.values[0]),
                self.years[0],
                value(self.values[last]),
                self.years[last],
                self.years.len(),
                self.interpolation.spelling()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(f64, f64)], interpolation: Interpolation) -> Series {
        let (years, values) = points.iter().copied().unzip();
        Series { years, values, interpolation, flags: false, origin: None }
    }

    const GRID: Grid = Grid { start: 2020.0, period: 2.0, periods: 5 };

    #[test]
    fn a_step_is_due_at_the_first_date_that_reaches_its_year() {
        let steps = series(&[(2018.0, 1.0), (2021.0, 2.0), (2022.0, 3.0), (2040.0, 4.0)], Interpolation::Step);
        assert_eq!(steps.at_start(2020.0, 2.0), Some(1.0));
        // Of two that fall due together the later counts; dates go on after the horizon.
        assert_eq!(steps.changes(&GRID), [(1, 3.0), (10, 4.0)]);
        assert_eq!([0, 1, 9, 10, 99].map(|k| steps.at(k, &GRID)), [1.0, 3.0, 3.0, 4.0, 4.0].map(Some));
        assert_eq!(steps.at_start(2017.0, 1.0), None);
    }

    #[test]
    fn a_line_has_a_value_at_every_date() {
        let line = series(&[(2019.0, 1.0), (2021.0, 3.0), (2025.0, 1.0)], Interpolation::Linear);
        assert_eq!(line.at_start(2020.0, 2.0), Some(2.0));
        assert_eq!(line.changes(&GRID), [(1, 2.5), (2, 1.5), (3, 1.0)]);
        assert_eq!(line.at(50, &GRID), Some(1.0));
    }

    #[test]
    fn gaps_are_steps_wider_than_the_usual_one() {
        let years =
            |years: &[f64]| series(&years.iter().map(|year| (*year, 1.0)).collect::<Vec<_>>(), Interpolation::Step);
        assert_eq!(years(&[1.0, 2.0, 3.0, 6.0, 7.0]).gaps(0.0), [[3.0, 6.0]]);
        assert_eq!(years(&[1.0, 2.0, 3.0, 6.0, 7.0]).gaps(6.0), Vec::<[f64; 2]>::new(), "before the run");
        assert_eq!(years(&[0.0, 10.0, 20.0]).gaps(0.0), Vec::<[f64; 2]>::new(), "every ten years");
    }
}
