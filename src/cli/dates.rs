//! Dates on the command line. They are given as in the scenario file, in years after t = 0; where the scenario begins in a calendar
//! year, a calendar year of its path is understood, too.

use crate::advice::calendar_year;
use crate::model::grid::Grid;
use crate::numbers::year;

/// The date that was given, years after t = 0.
pub(super) fn years_after_start(grid: &Grid, given: f64) -> f64 {
    calendar_year(grid, given).unwrap_or(given)
}

/// How dates are given, for messages.
pub(super) fn in_years(grid: &Grid) -> String {
    let [first, last] = [grid.start, grid.start + grid.t(grid.periods)];
    match calendar_year(grid, first) {
        Some(_) => format!("in years after t = 0, or a calendar year from {} to {}", year(first), year(last)),
        None => "in years after t = 0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_years_of_the_path_are_understood_and_nothing_else() {
        let grid = |start| Grid { start, period: 1.0, periods: 150 };
        let dates = |start: f64, given: f64| years_after_start(&grid(start), given);
        assert_eq!([dates(2025.0, 2025.0), dates(2025.0, 2040.0), dates(2025.0, 2175.0)], [0.0, 15.0, 150.0]);
        assert_eq!([dates(2025.0, 15.0), dates(2025.0, 150.0), dates(2025.0, 400.0)], [15.0, 150.0, 400.0]);
        // A year before the start, or after the last row, is none of its path; without a start there are none.
        assert_eq!([dates(2025.0, 2020.0), dates(2025.0, 2176.0), dates(0.0, 2040.0)], [2020.0, 2176.0, 2040.0]);
        assert!(in_years(&grid(2025.0)).contains("from 2025 to 2175") && !in_years(&grid(0.0)).contains("calendar"));
    }
}
