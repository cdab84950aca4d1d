//! The tables of an account.

use super::{Account, Alternative, Change, Flips, Interval, Joint};
use crate::numbers::{short, short_to};
use crate::probe::Answer;
use crate::table::{Column, Role, Shown};

/// A row: an interval of a key, a key without one, or a step.
enum Row<'a> {
    Key(&'a Flips, Option<&'a Interval>),
    Step(&'a Alternative),
}

impl Account {
    /// How many rows its table has.
    pub fn rows(&self) -> usize {
        let intervals = |flips: &Flips| flips.found.intervals.len().max(1);
        self.keys.iter().map(intervals).sum::<usize>() + self.alternatives.len()
    }

    /// The rows of the table for people: the first of each key, then the steps.
    pub fn lines(&self) -> Vec<usize> {
        let mut lines = Vec::with_capacity(self.keys.len() + self.alternatives.len());
        let mut next = 0;
        for flips in &self.keys {
            lines.push(next);
            next += flips.found.intervals.len().max(1);
        }
        lines.extend(next..next + self.alternatives.len());
        lines
    }

    fn row(&self, row: usize) -> Row<'_> {
        let mut left = row;
        for flips in &self.keys {
            let intervals = flips.found.intervals.len().max(1);
            if left < intervals {
                return Row::Key(flips, flips.found.intervals.get(left));
            }
            left -= intervals;
        }
        Row::Step(&self.alternatives[left.min(self.alternatives.len() - 1)])
    }

    fn flips(&self, row: usize) -> Option<&Flips> {
        if let Row::Key(flips, _) = self.row(row) { Some(flips) } else { None }
    }

    fn interval(&self, row: usize) -> Option<&Interval> {
        if let Row::Key(_, interval) = self.row(row) { interval } else { None }
    }
}

impl Change {
    /// The key, policy or shock, as files address it.
    pub fn path(&self) -> String {
        match self {
            Self::Word(key, _) => key.clone(),
            Self::NoPolicy(index) => format!("policy.{index}"),
            Self::NoShock(index) => format!("shock.{index}"),
        }
    }

    /// What becomes of it.
    pub fn value(&self) -> String {
        match self {
            Self::Word(_, value) => value.toml().trim_matches('"').to_owned(),
            Self::NoPolicy(_) | Self::NoShock(_) => "left out".to_owned(),
        }
    }
}

/// Columns of `flip.csv`: one row per interval of a key in which the condition holds, one per key that has none, and one per policy
/// or shock left out or word tried.
pub fn columns() -> Vec<Column<'static, Account>> {
    let number =
        |name, description, value: fn(&Account, usize) -> Option<f64>| Column::number(name, "", description, value);
    vec![
        Column::made_text("key", "dotted key, or the policy or shock that is left out", |all: &Account, row| {
            Some(match all.row(row) {
                Row::Key(flips, _) => flips.axis.key.clone(),
                Row::Step(step) => step.change.path(),
            })
        }),
        Column::made_text("value", "the word tried, or `left out`; empty for numbers", |all: &Account, row| {
            if let Row::Step(step) = all.row(row) { Some(step.change.value()) } else { None }
        }),
        Column::made_text("unit", "unit of the key's numbers", |all: &Account, row| {
            all.flips(row).map(|flips| flips.axis.unit.to_owned())
        }),
        number("now", "the key's value in the scenario", |all, row| all.flips(row)?.axis.now),
        Column::truth("holds_now", "whether the condition holds as the scenario stands", |all: &Account, _| {
            all.holds()
        }),
        number("low", "first value of the range that was asked", |all, row| Some(all.flips(row)?.axis.range[0])),
        number("high", "last value of the range that was asked", |all, row| Some(all.flips(row)?.axis.range[1])),
        number(
            "resolution",
            "longest stretch between two values of the first look; a narrower interval may have been missed",
            |all, row| Some(all.flips(row)?.found.resolution),
        ),
        Column::truth(
            "holds",
            "whether the condition holds: somewhere along the key, or after the step",
            |all: &Account, row| match all.row(row) {
                Row::Key(_, interval) => Some(interval.is_some()),
                Row::Step(step) => step.look.holds,
            },
        ),
        number("from", "lower end of an interval in which the condition holds", |all, row| {
            Some(all.interval(row)?.from.inside.value)
        }),
        number(
            "from_outside",
            "its neighbour, at which the condition does not hold; empty at the end of the range",
            |all, row| Some(all.interval(row)?.from.outside.as_ref()?.value),
        ),
        number("until", "upper end of the interval", |all, row| Some(all.interval(row)?.until.inside.value)),
        number(
            "until_outside",
            "its neighbour, at which the condition does not hold; empty at the end of the range",
            |all, row| Some(all.interval(row)?.until.outside.as_ref()?.value),
        ),
        number("flip", "value nearest to the key's own at which the answer is another", |all, row| {
            Some(all.flips(row)?.nearest.as_ref()?.seen.value)
        }),
        number("distance", "how far it is from the key's own value, in the key's unit", |all, row| {
            Some(all.flips(row)?.nearest.as_ref()?.distance)
        }),
        Column::number(
            "relative",
            "1",
            "the distance as a share of the key's own value; empty for dates and where that value is 0",
            |all: &Account, row| all.flips(row)?.nearest.as_ref()?.relative,
        ),
        Column::made_text("answer", "what the scenario answers there, or after the step", |all: &Account, row| {
            let answer = match all.row(row) {
                Row::Key(flips, _) => &flips.nearest.as_ref()?.seen.look.answer,
                Row::Step(step) => &step.look.answer,
            };
            Some(answer.spelling(&all.scenario.problem.sectors)).filter(|text| !text.is_empty())
        }),
        Column::integer("runs", "1", "runs that the key took", |all: &Account, row| {
            if let Row::Key(flips, _) = all.row(row) { Some(flips.runs) } else { Some(1) }
        }),
    ]
}

/// Columns of `joint.csv`: the smallest joint change of all keys that turns the answer, one row per key.
pub fn joint_columns() -> Vec<Column<'static, Joint>> {
    vec![
        Column::text("key", "dotted key", |joint: &Joint, i| &joint.axes[i].key),
        Column::number("now", "", "its value in the scenario", |joint: &Joint, i| joint.axes[i].now),
        Column::number("value", "", "its value where the answer turns", |joint: &Joint, i| joint.values[i]),
        Column::number("ratio", "1", "the one over the other", |joint: &Joint, i| {
            joint.axes[i].now.map(|now| joint.values[i] / now)
        }),
    ]
}

/// Where the condition holds, in words: "from 27 on", "from 0.5 to 0.7".
pub fn where_it_holds(flips: &Flips) -> String {
    let dated = flips.axis.is_dated();
    // Ends are rounded inwards: where it is said to hold, it holds.
    let say = |value: f64, up: bool| if dated { format!("{value}") } else { short_to(value, up) };
    let part = |interval: &Interval| {
        let (from, until) = (say(interval.from.inside.value, true), say(interval.until.inside.value, false));
        match (&interval.from.outside, &interval.until.outside) {
            (None, None) => format!("throughout, {from} to {until}"),
            (Some(_), None) => format!("from {from} up"),
            (None, Some(_)) => format!("up to {until}"),
            (Some(_), Some(_)) if interval.from.inside.value == interval.until.inside.value => format!("at {from}"),
            (Some(_), Some(_)) => format!("from {from} to {until}"),
        }
    };
    match &flips.found.intervals[..] {
        [] => "nowhere".to_owned(),
        intervals => intervals.iter().map(part).collect::<Vec<_>>().join(", "),
    }
}

/// The table for people, one line per row.
pub const SHOWN: [Shown<Account>; 6] = [
    Shown {
        heading: "key",
        role: Role::Name,
        cell: |all, row| match all.row(row) {
            Row::Key(flips, _) => flips.axis.key.clone(),
            Row::Step(step) => format!("{} {}", step.change.path(), step.change.value()),
        },
    },
    Shown {
        heading: "now",
        role: Role::Usual,
        cell: |all, row| all.flips(row).and_then(|flips| flips.axis.now).map_or_else(String::new, short),
    },
    Shown {
        heading: "asked",
        role: Role::Spare,
        cell: |all, row| {
            all.flips(row).map_or_else(String::new, |flips| {
                format!("{} to {}", short(flips.axis.range[0]), short(flips.axis.range[1]))
            })
        },
    },
    Shown {
        heading: "it holds",
        role: Role::Usual,
        cell: |all, row| match all.row(row) {
            Row::Key(flips, _) => where_it_holds(flips),
            Row::Step(step) => match step.look.holds {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => "no such scenario".to_owned(),
            },
        },
    },
    Shown {
        heading: "turns at",
        role: Role::Usual,
        cell: |all, row| match all.row(row) {
            Row::Key(flips, _) => flips.nearest.as_ref().map_or_else(String::new, |nearest| {
                let at = if flips.axis.is_dated() { format!("{}", nearest.seen.value) } else { nearest.shown() };
                if nearest.seen.look.answer == Answer::Failed { format!("{at}, the run fails") } else { at }
            }),
            Row::Step(_) => String::new(),
        },
    },
    Shown {
        heading: "change",
        role: Role::Usual,
        cell: |all, row| match all.row(row) {
            Row::Key(flips, _) => {
                flips.nearest.as_ref().map_or_else(String::new, |nearest| nearest.change(&flips.axis))
            }
            Row::Step(step) if step.turns => "turns".to_owned(),
            Row::Step(_) => String::new(),
        },
    },
];
