//! `[keep]`: of which draws trajectories are kept, and the dates whose states are columns of `runs.csv`.

use super::Variant;
use super::keys::{self, TRAJECTORIES};
use crate::model::grid::{DATE_TOLERANCE, Grid};
use crate::model::range::Range;
use crate::scenario::diagnostics::{At, brief};
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::key::Section;
use crate::scenario::reader::Reader;

/// The draws whose trajectories are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// So many, the first ones.
    First(u64),
    /// These, ascending.
    Chosen(Vec<u64>),
}

impl Kept {
    /// Whether that of a draw is kept.
    pub fn has(&self, draw: u64) -> bool {
        match self {
            Self::First(count) => draw < *count,
            Self::Chosen(draws) => draws.binary_search(&draw).is_ok(),
        }
    }

    /// How many are kept.
    pub fn count(&self) -> u64 {
        match self {
            Self::First(count) => *count,
            Self::Chosen(draws) => draws.len() as u64,
        }
    }

    /// Whether one of the `count` draws from `first` on is kept.
    pub fn any(&self, first: u64, count: u64) -> bool {
        match self {
            Self::First(kept) => first < *kept && count > 0,
            Self::Chosen(draws) => draws.iter().any(|draw| (first..first.saturating_add(count)).contains(draw)),
        }
    }

    /// As it stands in a sweep file.
    pub fn toml(&self) -> String {
        match self {
            Self::First(count) => count.to_string(),
            Self::Chosen(draws) => {
                let draws: Vec<String> = draws.iter().map(u64::to_string).collect();
                format!("[{}]", draws.join(", "))
            }
        }
    }
}

/// What `[keep]` says, before it is known how many draws there are.
pub struct Asked {
    /// `None`: all.
    trajectories: Option<Kept>,
    trajectories_at: Option<At>,
    dates: Vec<(f64, At)>,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, from 0 to 2^53")]
fn count(number: f64) -> u64 {
    number as u64
}

/// Reads `[keep]`.
pub fn read(reader: &mut Reader<'_>, root: &Table) -> Asked {
    let mut asked = Asked { trajectories: Some(Kept::First(0)), trajectories_at: None, dates: Vec::new() };
    let Some(node) = root.get("keep") else { return asked };
    let Value::Table(table) = &node.value else {
        reader.wrong_type(node, "keep", "a table [keep]");
        return asked;
    };
    reader.unknown(table, "keep", &keys::names(Section::Keep), |_, _| None);
    asked.trajectories_at = table.get("trajectories").map(|node| node.at.clone());
    match table.get("trajectories") {
        Some(Node { value: Value::String(text), .. }) if text == "all" => asked.trajectories = None,
        Some(Node { value: Value::Array(items), .. }) => {
            let path = "keep.trajectories";
            let mut draws: Vec<u64> =
                items.iter().filter_map(|item| reader.number(item, path, TRAJECTORIES)).map(count).collect();
            draws.sort_unstable();
            draws.dedup();
            asked.trajectories = Some(Kept::Chosen(draws));
        }
        Some(node) => {
            let number =
                reader.number_or_else(node, "keep.trajectories", TRAJECTORIES, ", a list of draws, or \"all\"");
            asked.trajectories = Some(Kept::First(number.map_or(0, count)));
        }
        None => {}
    }
    match table.get("dates") {
        Some(Node { value: Value::Array(items), .. }) => {
            for item in items {
                let Some(year) = reader.number(item, "keep.dates", Range::ANY) else { continue };
                if asked.dates.iter().any(|(other, _)| *other == year) {
                    reader.error(&item.at, format!("keep.dates names {year} twice"), "allowed: each year once");
                }
                asked.dates.push((year, item.at.clone()));
            }
        }
        Some(node) => reader.wrong_type(node, "keep.dates", "a list of years, such as [2030, 2050]"),
        None => {}
    }
    asked
}

impl Asked {
    /// The draws, of `draws` in all.
    pub fn kept(&self, reader: &mut Reader<'_>, draws: u64) -> Kept {
        match (&self.trajectories, &self.trajectories_at) {
            (None, _) => Kept::First(draws),
            (Some(Kept::First(count)), _) => Kept::First((*count).min(draws)),
            (Some(Kept::Chosen(chosen)), at) => {
                if let (Some(beyond), Some(at)) = (chosen.iter().find(|draw| **draw >= draws), at) {
                    let title = format!("keep.trajectories: there is no draw {beyond}");
                    reader.error(at, title, format!("allowed: draws from 0 to {}", draws.saturating_sub(1)));
                }
                Kept::Chosen(chosen.clone())
            }
        }
    }

    /// The years, and under each variant the period of each.
    pub fn dates(&self, reader: &mut Reader<'_>, variants: &[Variant], varied: &[&str]) -> (Vec<f64>, Vec<Vec<usize>>) {
        let moved = varied.iter().find(|key| key.starts_with("time."));
        if let (Some(key), Some((_, at))) = (moved, self.dates.first()) {
            let title = format!("keep.dates: {key} varies, and so do the dates");
            reader.hinted(at, title, "allowed: dates that every run has", "keep.trajectories keeps whole paths");
        }
        let mut periods = Vec::new();
        for variant in variants {
            let grid = variant.scenario.problem.grid;
            let mut own = Vec::new();
            for (year, at) in &self.dates {
                match period(*year, &grid) {
                    Ok(k) => own.push(k),
                    Err(nearest) => {
                        let under = if variants.len() > 1 { format!(" under {}", variant.name) } else { String::new() };
                        let title = format!("keep.dates: {} is no date of the run{under}", brief(*year, 12));
                        let near: Vec<String> = nearest.iter().map(|year| brief(*year, 12)).collect();
                        let last = brief(grid.start + grid.t(grid.periods), 12);
                        let allowed = format!("allowed: dates from {} to {last}", brief(grid.start, 12));
                        reader.hinted(at, title, allowed, format!("the nearest: {}", near.join(" and ")));
                    }
                }
            }
            periods.push(own);
        }
        (self.dates.iter().map(|(year, _)| *year).collect(), periods)
    }
}

/// The period of a year, or the years around it that have one.
fn period(year: f64, grid: &Grid) -> Result<usize, Vec<f64>> {
    let place = (year - grid.start) / grid.period;
    let last = grid.periods as f64;
    let near = place.round();
    if (place - near).abs() <= DATE_TOLERANCE && (0.0..=last).contains(&near) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to the number of periods"
        )]
        return Ok(near as usize);
    }
    let mut around = vec![place.floor().clamp(0.0, last), place.ceil().clamp(0.0, last)];
    around.dedup();
    Err(around.into_iter().map(|k| grid.start + k * grid.period).collect())
}
