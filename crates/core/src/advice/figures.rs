//! Numbers that look as if they were given in another unit.

use super::{Warning, warning};
use crate::model::grid::Grid;
use crate::numbers::short;
use crate::scenario::keys::{self, Setting};
use crate::scenario::{Keys, Scenario};

/// Rates per year from which on per cent were probably meant.
const RATE: f64 = 0.5;
/// A static benefit from which on per cent were probably meant.
const BENEFIT: f64 = 5.0;
/// A steady state up to which something else was probably meant.
const STEADY: f64 = 1e-3;
/// Years that are calendar years rather than numbers of years.
const CALENDAR: std::ops::RangeInclusive<f64> = 1500.0..=2500.0;

/// What a value of this key looks like, if it looks odd.
pub(super) fn odd(path: &str, value: f64) -> Option<Warning> {
    let said = short(value);
    let (what, hint) = match keys::find(path)?.name {
        "x" | "beta" | "speed" | "discount_rate" if value >= RATE => (
            format!("{said} is {} % a year", short(100.0 * value)),
            format!("rates are shares per year: {said} % is {}", short(value / 100.0)),
        ),
        "lambda" if value >= BENEFIT => (
            format!("with {said} a cluster makes {said} times as much as isolation"),
            format!("lambda is a factor: a gain of {said} % is {}", short(1.0 + value / 100.0)),
        ),
        "z_hat" if value <= STEADY => (
            format!("at {said} P settles at {} % of R's technology", short(100.0 * value)),
            "z_hat is where Z_P/Z_R settles without a cluster: half of R's is 0.5".to_owned(),
        ),
        _ => return None,
    };
    Some(warning(path, what, hint))
}

/// The numbers of a scenario that look odd.
pub(super) fn figures(scenario: &Scenario) -> Vec<Warning> {
    // The letter of the paper has no rate: β multiplies z, and is 1.
    let literal = scenario.keys.catch_up.form.runs_away();
    let meant =
        |(path, value): (String, f64)| odd(&path, value).filter(|_| !(literal && path.ends_with("catch_up.beta")));
    numbers(&scenario.keys).into_iter().filter_map(meant).collect()
}

fn numbers(keys: &Keys) -> Vec<(String, f64)> {
    let speeds = [("beta", keys.catch_up.beta), ("z_hat", keys.catch_up.z_hat), ("speed", keys.catch_up.speed)];
    let mut numbers = vec![("growth.x".to_owned(), keys.growth.x)];
    numbers.extend(speeds.map(|(key, value)| (format!("catch_up.{key}"), value)));
    for (name, sector) in &keys.sector {
        numbers.push((format!("sector.{name}.lambda"), Some(sector.lambda)));
        numbers.push((format!("sector.{name}.x"), sector.x));
    }
    numbers.push(("welfare.discount_rate".to_owned(), Some(keys.welfare.discount_rate)));
    for (index, shock) in keys.shock.iter().enumerate() {
        let number = |setting: &Setting| if let Setting::Number(number) = setting { Some(*number) } else { None };
        numbers.extend(shock.set.iter().map(|(key, setting)| (format!("shock.{index}.set.{key}"), number(setting))));
    }
    numbers.into_iter().filter_map(|(path, value)| Some((path, value?))).collect()
}

/// The date, in years after t = 0, of a number that looks like a calendar year: the label of a date of the path.
pub fn calendar_year(grid: &Grid, date: f64) -> Option<f64> {
    let end = grid.t(grid.periods);
    let label = CALENDAR.contains(&grid.start) && (grid.start..=grid.start + end).contains(&date);
    label.then_some(date - grid.start)
}
