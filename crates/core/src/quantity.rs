//! The numbers of a run that a sweep's table holds: its measures, and what it is at chosen dates.

use crate::measure::{About, Measure};
use crate::table::ColumnType;
use std::borrow::Cow;

/// A number of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// A measure of the whole of it.
    Measure(Measure),
    /// P's wage in this year, R-wages.
    Wage(f64),
    /// The income gap in this year.
    Gap(f64),
}

const WAGE: &str = "w_P_";
const GAP: &str = "income_gap_";

impl Quantity {
    /// The quantity whose column is called so.
    pub fn from_name(column: &str) -> Option<Self> {
        let dated = |prefix: &str| column.strip_prefix(prefix)?.parse().ok().filter(|year: &f64| year.is_finite());
        Measure::from_name(column)
            .map(Self::Measure)
            .or_else(|| dated(WAGE).map(Self::Wage))
            .or_else(|| dated(GAP).map(Self::Gap))
    }

    /// The name of its column: of a date, that of `trajectory.csv`, and the year.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Measure(measure) => Cow::Borrowed(measure.name()),
            Self::Wage(year) => Cow::Owned(format!("{WAGE}{year}")),
            Self::Gap(year) => Cow::Owned(format!("{GAP}{year}")),
        }
    }

    /// What is known of it: of a measure, all but its words.
    pub fn about(self) -> About {
        let dated = |unit, pivot| About {
            kind: ColumnType::Number,
            unit,
            title: "",
            phrase: "",
            ratio: true,
            pivot: Some(pivot),
            difference: None,
        };
        match self {
            Self::Measure(measure) => measure.about(),
            Self::Wage(_) => dated("R-wages", 1.0),
            Self::Gap(_) => dated("1", 1.0),
        }
    }

    /// On axes, with its unit; `_{…}` is a subscript.
    pub fn title(self) -> Cow<'static, str> {
        match self {
            Self::Measure(measure) => Cow::Borrowed(measure.about().title),
            Self::Wage(year) => Cow::Owned(format!("Wage in P in {year}, w_{{P}}, R-wages")),
            Self::Gap(year) => Cow::Owned(format!("Income gap in {year}, w_{{R}} / w_{{P}}")),
        }
    }

    /// What a column is called in a sentence; its name, where it is of no quantity.
    pub fn phrase_of(column: &str) -> String {
        Self::from_name(column).map_or_else(|| column.to_owned(), |quantity| quantity.phrase().into_owned())
    }

    /// In a sentence.
    pub fn phrase(self) -> Cow<'static, str> {
        match self {
            Self::Measure(measure) => Cow::Borrowed(measure.about().phrase),
            Self::Wage(year) => Cow::Owned(format!("wage in P in {year}")),
            Self::Gap(year) => Cow::Owned(format!("income gap in {year}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_quantity() {
        let dated =
            [2030.0, -12.5, 0.0, 2050.25].into_iter().flat_map(|year| [Quantity::Wage(year), Quantity::Gap(year)]);
        for quantity in Measure::ALL.map(Quantity::Measure).into_iter().chain(dated) {
            assert_eq!(Quantity::from_name(&quantity.name()), Some(quantity), "{}", quantity.name());
            assert!(!quantity.title().is_empty() && !quantity.phrase().is_empty());
        }
        for name in ["w_P_", "w_P_x", "income_gap", "income_gap_inf", "regime_2030", "run"] {
            assert_eq!(Quantity::from_name(name), None, "{name}");
        }
    }
}
