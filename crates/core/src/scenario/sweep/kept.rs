//! `[keep]`: what a sweep keeps of its runs besides their measures.

use super::Variant;
use super::keys::{self, DATES, TRAJECTORIES};
use super::spec::Entry;
use super::spec::list_of;
use crate::quantity::Quantity;
use crate::scenario::diagnostics::At;
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::key::Section;
use crate::scenario::reader::Reader;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The most dates at which runs are looked at.
const MOST_DATES: usize = 100;

/// Draws whose trajectories are kept; in JSON how many, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Kept {
    /// The first ones, so many.
    First(u64),
    /// These, ascending, each once; not the first ones.
    Chosen(Vec<u64>),
}

impl Kept {
    /// These draws, in any order.
    pub fn of(mut draws: Vec<u64>) -> Self {
        draws.sort_unstable();
        draws.dedup();
        let first = (0..).zip(&draws).all(|(place, draw)| place == *draw);
        if first { Self::First(draws.len() as u64) } else { Self::Chosen(draws) }
    }

    /// Whether a draw's are kept.
    pub fn has(&self, draw: u64) -> bool {
        match self {
            Self::First(count) => draw < *count,
            Self::Chosen(draws) => draws.binary_search(&draw).is_ok(),
        }
    }

    /// Of how many of these draws.
    pub fn among(&self, draws: &Range<u64>) -> u64 {
        match self {
            Self::First(count) => (*count).clamp(draws.start, draws.end.max(draws.start)) - draws.start,
            Self::Chosen(chosen) => chosen.iter().filter(|draw| draws.contains(draw)).count() as u64,
        }
    }

    /// Whether none are kept.
    pub fn is_none(&self) -> bool {
        *self == Self::First(0)
    }

    /// Those below `draws`.
    #[must_use]
    pub fn below(&self, draws: u64) -> Self {
        match self {
            Self::First(count) => Self::First(*count.min(&draws)),
            Self::Chosen(chosen) => Self::of(chosen.iter().copied().filter(|&draw| draw < draws).collect()),
        }
    }

    /// Each of them, ascending.
    pub fn iter(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Self::First(count) => Box::new(0..*count),
            Self::Chosen(chosen) => Box::new(chosen.iter().copied()),
        }
    }

    /// As a value in TOML, which is JSON too.
    pub fn toml(&self) -> String {
        match self {
            Self::First(count) => count.to_string(),
            Self::Chosen(chosen) => format!("{chosen:?}"),
        }
    }
}

/// Names of the columns of `runs.csv` that say what a run is at a date: those of `trajectory.csv`, and the year.
pub fn columns(date: f64) -> [String; 4] {
    let [wage, gap] = [Quantity::Wage(date), Quantity::Gap(date)].map(|quantity| quantity.name().into_owned());
    [wage, gap, format!("regime_{date}"), format!("sector_{date}")]
}

/// What `[keep]` says.
#[derive(Debug)]
pub(super) struct Keep {
    /// `None` where the trajectories of all draws are kept.
    pub trajectories: Option<Kept>,
    pub dates: Vec<f64>,
    /// Where trajectories, and dates, are asked for.
    trajectories_at: Option<At>,
    dates_at: Vec<At>,
}

/// Reads `[keep]`.
pub(super) fn keep(reader: &mut Reader<'_>, root: &Table) -> Keep {
    let mut keep =
        Keep { trajectories: Some(Kept::First(0)), dates: Vec::new(), trajectories_at: None, dates_at: Vec::new() };
    let Some(node) = root.get("keep") else { return keep };
    let Value::Table(table) = &node.value else {
        reader.wrong_type(node, "keep", "a table [keep]");
        return keep;
    };
    reader.unknown(table, "keep", &keys::names(Section::Keep), |_, _| None);
    if let Some(node) = table.get("trajectories") {
        const PATH: &str = "keep.trajectories";
        keep.trajectories_at = Some(node.at.clone());
        keep.trajectories = match &node.value {
            Value::String(text) if text == "all" => None,
            Value::Array(items) if items.is_empty() => Some(Kept::First(0)),
            Value::Array(_) => {
                list_of(reader, PATH, node, TRAJECTORIES).map(|draws| Kept::of(draws.into_iter().map(whole).collect()))
            }
            _ => {
                let or_else = ", or \"all\", or a list of draws, counted from 0";
                reader.number_or_else(node, PATH, TRAJECTORIES, or_else).map(|count| Kept::First(whole(count)))
            }
        };
    }
    if let Some(node) = table.get("dates") {
        dates(reader, node, &mut keep);
    }
    keep
}

fn dates(reader: &mut Reader<'_>, node: &Node, keep: &mut Keep) {
    const PATH: &str = "keep.dates";
    let Value::Array(items) = &node.value else {
        return reader.wrong_type(node, PATH, "a list of years, such as [2030, 2050]");
    };
    if items.is_empty() {
        return;
    }
    keep.dates = list_of(reader, PATH, node, DATES).unwrap_or_default();
    keep.dates_at = items.iter().map(|item| item.at.clone()).collect();
    if items.len() > MOST_DATES {
        let title = format!("{PATH} has {} dates", items.len());
        let hint = "keep.trajectories keeps whole paths";
        reader.hinted(&node.at, title, format!("allowed: at most {MOST_DATES}"), hint);
    }
    for (i, (date, at)) in keep.dates.iter().zip(&keep.dates_at).enumerate() {
        if keep.dates[..i].contains(date) {
            reader.error(at, format!("{PATH} has {date} twice"), "allowed: each date once");
        }
    }
}

impl Keep {
    /// Whether there are such draws, such rows, and no other columns of these names.
    pub(super) fn check(&self, reader: &mut Reader<'_>, draws: u64, entries: &[Entry], variants: &[Variant]) {
        if let (Some(Kept::Chosen(chosen)), Some(at)) = (&self.trajectories, &self.trajectories_at)
            && let Some(draw) = chosen.last().filter(|draw| **draw >= draws)
        {
            let title = format!("keep.trajectories: there is no draw {draw}");
            reader.error(at, title, format!("allowed: draws from 0 to {}", draws.saturating_sub(1)));
        }
        // Where the dates of rows vary, a run without a row at a date has empty cells.
        let dated = !entries.iter().any(|entry| entry.key.starts_with("time."));
        for (&date, at) in self.dates.iter().zip(&self.dates_at) {
            let lacks = |variant: &&Variant| variant.scenario.problem.grid.row_at(date).is_none();
            if let Some(variant) = variants.iter().find(lacks).filter(|_| dated) {
                let grid = variant.scenario.problem.grid;
                let under = if variants.len() > 1 { format!(" under {}", variant.name) } else { String::new() };
                let (first, last) = (grid.start, grid.start + grid.t(grid.periods));
                let title = format!("keep.dates: no row has the year {date}{under}");
                let allowed = format!("allowed: years of rows, from {first} to {last} in steps of {}", grid.period);
                let hint = if date < first && grid.row_at(first + date).is_some() {
                    format!("years are those of the column `year`: t = {date} is {}", first + date)
                } else if date > last && grid.start == 0.0 {
                    "a year is counted from t = 0 where time.start gives no other; or lengthen time.horizon".to_owned()
                } else if date > last {
                    "lengthen time.horizon".to_owned()
                } else {
                    "take the year of a row; or shorten time.period".to_owned()
                };
                reader.hinted(at, title, allowed, hint);
            }
            let taken = columns(date);
            if let Some(entry) = entries.iter().find(|entry| taken.contains(&entry.name)) {
                let title = format!("keep.dates: {date} gives another column called {}", entry.name);
                reader.hinted(
                    at,
                    title,
                    "allowed: a date whose columns have names of their own",
                    "rename the other one",
                );
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, and not negative")]
fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_draws_are_counted_wherever_they_stand() {
        let kept = Kept::of(vec![7, 3, 90, 7]);
        assert_eq!(kept, Kept::Chosen(vec![3, 7, 90]));
        assert_eq!([0..3, 3..8, 4..90, 4..91, 91..200].map(|draws| kept.among(&draws)), [0, 2, 1, 2, 0]);
        assert_eq!(kept.below(8), Kept::Chosen(vec![3, 7]));
        assert!(kept.below(3).is_none() && kept.has(7) && !kept.has(8));
        // The first ones are the first ones, however they are written.
        assert_eq!(Kept::of(vec![1, 0, 2]), Kept::First(3));
        assert_eq!(Kept::First(5).among(&(3..9)), 2);
    }
}
