//! The columns of the tables of findings.

use super::{Chosen, Findings, Importance, Index, Place};
use crate::explain::choice::{Order, noise};
use crate::explain::prim::{Course, Limit, Step};
use crate::explain::threshold::{Half, Joint, Rule, Side};
use crate::explain::{Basis, Estimate, Untold};
use crate::table::Column;

/// Rows of a table, and what they are read from.
#[derive(Debug)]
pub struct Rows<'a, T> {
    /// All that was found.
    pub findings: &'a Findings,
    /// What each row is about.
    pub rows: Vec<T>,
}

impl<T> Rows<'_, T> {
    fn variant(&self, place: usize) -> &str {
        &self.findings.subject.variants[place].name
    }

    fn key(&self, place: usize) -> &str {
        &self.findings.subject.keys[place].name
    }

    /// The levels that `inside` names, as text.
    fn levels(&self, key: usize, inside: &[bool]) -> String {
        let levels = self.findings.subject.keys[key].levels.iter().zip(inside);
        levels.filter(|(_, inside)| **inside).map(|(level, _)| level.as_str()).collect::<Vec<_>>().join("; ")
    }
}

/// What is finite; a limit that is none is missing.
fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

/// An estimate in four columns: the number, its interval of 95 %, its standard error.
fn estimate<'c, R: 'c>(
    name: &'static str,
    unit: &'static str,
    about: &str,
    of: impl Fn(&R, usize) -> Option<Estimate> + Clone + Send + Sync + 'c,
) -> Vec<Column<'c, R>> {
    type Part = (&'static str, &'static str, fn(Estimate) -> f64);
    const PARTS: [Part; 4] = [
        ("", "", |estimate| estimate.value),
        ("_low", ": where its interval of 95 % begins", |estimate| estimate.low),
        ("_high", ": where its interval of 95 % ends", |estimate| estimate.high),
        ("_error", ": its standard error", |estimate| estimate.error),
    ];
    let column = |(end, says, part): Part| {
        let of = of.clone();
        let value = move |rows: &R, row: usize| of(rows, row).map(part).and_then(finite);
        Column::number(format!("{name}{end}"), unit, format!("{about}{says}"), value)
    };
    PARTS.map(column).into_iter().collect()
}

impl Findings {
    /// The rows of `importance.csv`.
    pub fn importances(&self) -> Rows<'_, &Importance> {
        Rows { findings: self, rows: self.importance.iter().collect() }
    }

    /// The rows of `boxes.csv`: every box that is picked, and each of the keys that it restricts.
    pub fn limits(&self) -> Rows<'_, Bounded<'_>> {
        let mut rows = Vec::new();
        for (number, place, course) in self.courses() {
            let step = course.step();
            let restricted = step.limits.iter().enumerate().filter(|(_, limit)| limit.restricts());
            rows.extend(restricted.map(|(at, limit)| Bounded { number, place, step, at, limit }));
        }
        Rows { findings: self, rows }
    }

    /// The rows of `peeling.csv`: every box on the way.
    pub fn steps(&self) -> Rows<'_, Stepped<'_>> {
        let courses = self.courses();
        let steps = courses.flat_map(|(number, place, course)| {
            (0..course.steps.len()).map(move |step| Stepped { number, place, course, step })
        });
        Rows { findings: self, rows: steps.collect() }
    }

    fn courses(&self) -> impl Iterator<Item = (usize, &Place, &Course)> {
        self.places.iter().flat_map(|place| {
            let courses = place.boxes.as_ref().map_or(&[][..], |found| &found.courses);
            courses.iter().enumerate().map(move |(box_, course)| (box_ + 1, place, course))
        })
    }

    /// The rows of `thresholds.csv`: each key's own rule, and a row for each half of the rule of two.
    pub fn rules(&self) -> Rows<'_, Ruled<'_>> {
        let mut rows = Vec::new();
        for place in &self.places {
            for (key, rule) in &place.one {
                let told = rule.as_ref().map_err(|why| *why);
                rows.push(Ruled { place, key: *key, half: 0, keys: 1, told });
            }
            if let Some((keys, rule)) = &place.two {
                rows.extend((0..2).map(|half| Ruled { place, key: keys[half], half, keys: 2, told: Ok(rule) }));
            }
        }
        Rows { findings: self, rows }
    }

    /// The rows of `variants.csv`, `pairs.csv` and `information.csv` over so many rows.
    fn over(&self, count: usize) -> Rows<'_, usize> {
        Rows { findings: self, rows: (0..count).collect() }
    }

    /// The rows of `variants.csv`.
    pub fn standings(&self) -> Rows<'_, usize> {
        self.over(self.chosen.as_ref().map_or(0, |chosen| chosen.choice.variants.len()))
    }

    /// The rows of `pairs.csv`.
    pub fn pairs(&self) -> Rows<'_, usize> {
        self.over(self.chosen.as_ref().map_or(0, |chosen| chosen.choice.pairs.len()))
    }

    /// The rows of `information.csv`: all keys at once first, then each.
    pub fn informations(&self) -> Rows<'_, usize> {
        self.over(self.chosen.as_ref().map_or(0, |chosen| chosen.choice.keys.len() + 1))
    }
}

/// A key of a box.
#[derive(Debug, Clone, Copy)]
pub struct Bounded<'a> {
    number: usize,
    place: &'a Place,
    step: &'a Step,
    at: usize,
    limit: &'a Limit,
}

/// A box on the way.
#[derive(Debug, Clone, Copy)]
pub struct Stepped<'a> {
    number: usize,
    place: &'a Place,
    course: &'a Course,
    step: usize,
}

impl Stepped<'_> {
    fn found(&self) -> &Step {
        &self.course.steps[self.step]
    }
}

/// A half of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Ruled<'a> {
    place: &'a Place,
    key: usize,
    half: usize,
    keys: u64,
    told: Result<&'a Rule, Untold>,
}

impl Ruled<'_> {
    fn half(&self) -> Option<&Half> {
        self.told.ok().map(|rule| &rule.halves[self.half])
    }
}

/// Columns of `importance.csv`.
pub fn importance<'a>() -> Vec<Column<'a, Rows<'a, &'a Importance>>> {
    type R<'a> = Rows<'a, &'a Importance>;
    let mut columns = vec![
        Column::text("variant", "name of the variant", |rows: &R<'a>, row| rows.variant(rows.rows[row].variant)),
        Column::optional_text("against", "the variant that the measure is a difference from", |rows: &R<'a>, row| {
            rows.rows[row].against.map(|place| rows.variant(place))
        }),
        Column::text(
            "of",
            "column of runs.csv, or a condition whose share of the draws is meant",
            |rows: &R<'a>, row| rows.rows[row].of.as_str(),
        ),
        Column::text("key", "the varied key", |rows: &R<'a>, row| rows.key(rows.rows[row].key)),
        Column::optional_text("with", "the other key, of a second-order index", |rows: &R<'a>, row| {
            rows.rows[row].with.map(|place| rows.key(place))
        }),
        Column::named::<Index, _>("index", "what the number says of the key", |rows: &R<'a>, row| rows.rows[row].index),
    ];
    columns.extend(estimate("value", "", "the number", |rows: &R<'a>, row| rows.rows[row].told.ok()));
    columns.extend([
        Column::number(
            "idle",
            "",
            "what a key without influence would show; empty where that is 0",
            |rows: &R<'a>, row| rows.rows[row].idle,
        ),
        Column::integer("draws", "1", "draws, or blocks of a design, that it rests on", |rows: &R<'a>, row| {
            rows.rows[row].told.ok().map(|told| told.count)
        }),
        Column::integer("missing", "1", "draws left out because the measure is missing", |rows: &R<'a>, row| {
            rows.rows[row].missing
        }),
        Column::named::<Basis, _>(
            "basis",
            "whether values were used, or ranks because some are infinite",
            |rows: &R<'a>, row| rows.rows[row].basis,
        ),
        Column::named::<Untold, _>("reason", "why there is no number", |rows: &R<'a>, row| rows.rows[row].told.err()),
    ]);
    columns
}

/// Columns of `boxes.csv`.
pub fn limits<'a>() -> Vec<Column<'a, Rows<'a, Bounded<'a>>>> {
    type R<'a> = Rows<'a, Bounded<'a>>;
    let bound = |rows: &R<'a>, row: usize, end: usize| match rows.rows[row].limit {
        Limit::Range(ends) => ends[end],
        Limit::Levels(_) => None,
    };
    let key = |rows: &R<'a>, row: usize| rows.rows[row].place.keys[rows.rows[row].at];
    vec![
        Column::text("condition", "what holds in the box", |rows: &R<'a>, row| {
            rows.rows[row].place.claim.condition.as_str()
        }),
        Column::text("variant", "name of the variant", |rows: &R<'a>, row| rows.variant(rows.rows[row].place.variant)),
        Column::integer(
            "box",
            "1",
            "number of the box; a later one is among the draws outside those before",
            |rows: &R<'a>, row| rows.rows[row].number as u64,
        ),
        Column::text("key", "a key that it restricts", move |rows: &R<'a>, row| rows.key(key(rows, row))),
        Column::number(
            "low",
            "",
            "where it begins, in the key's unit; empty where it begins with the draws",
            move |rows: &R<'a>, row| bound(rows, row, 0),
        ),
        Column::number("high", "", "where it ends; empty where it ends with the draws", move |rows: &R<'a>, row| {
            bound(rows, row, 1)
        }),
        Column::made_text("levels", "the texts that lie in it, of a key that takes texts", move |rows: &R<'a>, row| {
            match rows.rows[row].limit {
                Limit::Levels(inside) => Some(rows.levels(key(rows, row), inside)),
                Limit::Range(_) => None,
            }
        }),
        Column::number(
            "quasi_p_low",
            "1",
            "chance of as many hits without the lower limit, or the list of texts",
            |rows: &R<'a>, row| rows.rows[row].step.quasi_p[rows.rows[row].at][0],
        ),
        Column::number("quasi_p_high", "1", "chance of as many hits without the upper limit", |rows: &R<'a>, row| {
            rows.rows[row].step.quasi_p[rows.rows[row].at][1]
        }),
        Column::integer("cases", "1", "draws in the box", |rows: &R<'a>, row| rows.rows[row].step.cases.all),
        Column::integer("hits", "1", "draws in the box in which the condition holds", |rows: &R<'a>, row| {
            rows.rows[row].step.cases.hits
        }),
        Column::number(
            "coverage",
            "1",
            "share of all draws with the condition that lie in the box",
            |rows: &R<'a>, row| rows.rows[row].step.coverage,
        ),
        Column::number("density", "1", "share of the box's draws in which the condition holds", |rows: &R<'a>, row| {
            rows.rows[row].step.density
        }),
        Column::number("mass", "1", "share of all draws that lie in the box", |rows: &R<'a>, row| {
            rows.rows[row].step.mass
        }),
    ]
}

/// Columns of `peeling.csv`.
pub fn peeling<'a>() -> Vec<Column<'a, Rows<'a, Stepped<'a>>>> {
    type R<'a> = Rows<'a, Stepped<'a>>;
    vec![
        Column::text("condition", "what is looked for", |rows: &R<'a>, row| {
            rows.rows[row].place.claim.condition.as_str()
        }),
        Column::text("variant", "name of the variant", |rows: &R<'a>, row| rows.variant(rows.rows[row].place.variant)),
        Column::integer("box", "1", "number of the box", |rows: &R<'a>, row| rows.rows[row].number as u64),
        Column::integer("step", "1", "number of the step, from 0, where nothing is restricted", |rows: &R<'a>, row| {
            rows.rows[row].step as u64
        }),
        Column::integer("cases", "1", "draws in the box", |rows: &R<'a>, row| rows.rows[row].found().cases.all),
        Column::integer("hits", "1", "draws in it in which the condition holds", |rows: &R<'a>, row| {
            rows.rows[row].found().cases.hits
        }),
        Column::number("coverage", "1", "share of all draws with the condition that lie in it", |rows: &R<'a>, row| {
            rows.rows[row].found().coverage
        }),
        Column::number("density", "1", "share of its draws in which the condition holds", |rows: &R<'a>, row| {
            rows.rows[row].found().density
        }),
        Column::number("mass", "1", "share of all draws that lie in it", |rows: &R<'a>, row| {
            rows.rows[row].found().mass
        }),
        Column::integer("restricted", "1", "keys that it restricts", |rows: &R<'a>, row| {
            rows.rows[row].found().restricted as u64
        }),
        Column::truth(
            "pasted",
            "whether the step pasted a layer on rather than peeled one off",
            |rows: &R<'a>, row| rows.rows[row].step >= rows.rows[row].course.pasted,
        ),
        Column::truth("picked", "whether it is the box of boxes.csv", |rows: &R<'a>, row| {
            rows.rows[row].step == rows.rows[row].course.picked
        }),
    ]
}

/// Columns of `thresholds.csv`.
pub fn thresholds<'a>() -> Vec<Column<'a, Rows<'a, Ruled<'a>>>> {
    type R<'a> = Rows<'a, Ruled<'a>>;
    let numbers = |rows: &R<'a>, row: usize| match rows.rows[row].half() {
        Some(Half::Numbers { side, at, low, high }) => Some((*side, *at, *low, *high)),
        _ => None,
    };
    let rule = |rows: &R<'a>, row: usize| rows.rows[row].told.ok();
    let mut columns = vec![
        Column::text("condition", "what is to be told apart", |rows: &R<'a>, row| {
            rows.rows[row].place.claim.condition.as_str()
        }),
        Column::text("variant", "name of the variant", |rows: &R<'a>, row| rows.variant(rows.rows[row].place.variant)),
        Column::integer("keys", "1", "keys of the rule, 1 or 2; a rule of 2 has two rows", |rows: &R<'a>, row| {
            rows.rows[row].keys
        }),
        Column::named::<Joint, _>(
            "joint",
            "of two keys: whether both halves must be met or either",
            move |rows: &R<'a>, row| rule(rows, row).filter(|_| rows.rows[row].keys == 2).map(|rule| rule.joint),
        ),
        Column::text("key", "the key", |rows: &R<'a>, row| rows.key(rows.rows[row].key)),
        Column::named::<Side, _>(
            "side",
            "on which side of the threshold the condition is expected",
            move |rows: &R<'a>, row| numbers(rows, row).map(|half| half.0),
        ),
        Column::number("at", "", "the threshold, in the key's unit", move |rows: &R<'a>, row| {
            numbers(rows, row).map(|half| half.1)
        }),
        Column::number(
            "at_low",
            "",
            "where its interval of 95 % begins; empty where it has no end",
            move |rows: &R<'a>, row| numbers(rows, row).and_then(|half| finite(half.2)),
        ),
        Column::number("at_high", "", "where its interval of 95 % ends", move |rows: &R<'a>, row| {
            numbers(rows, row).and_then(|half| finite(half.3))
        }),
        Column::made_text("levels", "the texts under which the condition is expected", |rows: &R<'a>, row| match rows
            .rows[row]
            .half()
        {
            Some(Half::Levels(inside)) => Some(rows.levels(rows.rows[row].key, inside)),
            _ => None,
        }),
    ];
    columns.extend(estimate(
        "accuracy",
        "1",
        "mean of the shares told rightly of draws with and without the condition",
        move |rows: &R<'a>, row| rule(rows, row).map(|rule| rule.accuracy),
    ));
    columns.extend([
        Column::number(
            "coverage",
            "1",
            "share of all draws with the condition that the rule catches",
            move |rows: &R<'a>, row| {
                rule(rows, row).map(|rule| rule.inside.hits as f64 / rule.cases.hits as f64).and_then(finite)
            },
        ),
        Column::number(
            "density",
            "1",
            "share of the draws that it catches in which the condition holds",
            move |rows: &R<'a>, row| {
                rule(rows, row).map(|rule| rule.inside.hits as f64 / rule.inside.all as f64).and_then(finite)
            },
        ),
        Column::integer(
            "left_out",
            "1",
            "draws left out: the condition or a key is missing",
            move |rows: &R<'a>, row| rule(rows, row).map(|rule| rule.left_out),
        ),
        Column::named::<Untold, _>("reason", "why there is no rule", |rows: &R<'a>, row| rows.rows[row].told.err()),
    ]);
    columns
}

/// What was chosen; rows stand only where something was.
fn of<'a>(rows: &Rows<'a, usize>) -> Option<&'a Chosen> {
    rows.findings.chosen.as_ref()
}

/// Columns of `variants.csv`.
pub fn chosen<'a>() -> Vec<Column<'a, Rows<'a, usize>>> {
    type R<'a> = Rows<'a, usize>;
    let standing = |rows: &R<'a>, row: usize| of(rows).map(|chosen| chosen.choice.variants[row]);
    let mut columns = vec![
        Column::text("variant", "name of the variant", |rows: &R<'a>, row| rows.variant(row)),
        Column::text("baseline", "the variant that it is measured against", |rows: &R<'a>, row| {
            rows.variant(rows.findings.subject.variants[row].baseline)
        }),
    ];
    columns.extend(estimate(
        "better",
        "1",
        "share of draws in which it is worth more than its baseline",
        move |rows: &R<'a>, row| standing(rows, row)?.better,
    ));
    columns.extend(estimate(
        "best",
        "1",
        "share of draws in which no variant is worth more",
        move |rows: &R<'a>, row| Some(standing(rows, row)?.best),
    ));
    columns.extend(estimate(
        "expected",
        "1",
        "the certain gain, as a share of income under the first variant, that is as good as its gamble",
        move |rows: &R<'a>, row| Some(standing(rows, row)?.expected),
    ));
    columns.push(Column::number(
        "worst",
        "1",
        "least gain over the first variant in any draw",
        move |rows: &R<'a>, row| standing(rows, row).map(|standing| standing.worst),
    ));
    columns.extend(estimate(
        "regret",
        "1",
        "mean share by which income would have to rise to be as good as under the best variant of the draw",
        move |rows: &R<'a>, row| Some(standing(rows, row)?.regret),
    ));
    columns.extend(estimate("regret_p90", "1", "90th percentile of the same", |rows: &R<'a>, row| {
        of(rows)?.regret_p90[row].ok()
    }));
    columns.extend([
        Column::number("regret_max", "1", "largest of the same in any draw", move |rows: &R<'a>, row| {
            standing(rows, row).map(|standing| standing.worst_regret)
        }),
        Column::truth(
            "needed",
            "whether it is one of the fewest variants of which one is best in every draw",
            |rows: &R<'a>, row| of(rows).map(|chosen| chosen.choice.smallest.variants.contains(&row)),
        ),
        Column::truth("undominated_first", "whether no variant dominates it to first order", |rows: &R<'a>, row| {
            of(rows).map(|chosen| chosen.dominances.undominated(Order::First).contains(&row))
        }),
        Column::truth("undominated_second", "whether no variant dominates it to second order", |rows: &R<'a>, row| {
            of(rows).map(|chosen| chosen.dominances.undominated(Order::Second).contains(&row))
        }),
        Column::integer("draws", "1", "draws in which all variants can be compared", |rows: &R<'a>, _| {
            of(rows).map(|chosen| chosen.choice.draws - chosen.choice.left_out)
        }),
    ]);
    columns
}

/// Columns of `pairs.csv`.
pub fn compared<'a>() -> Vec<Column<'a, Rows<'a, usize>>> {
    type R<'a> = Rows<'a, usize>;
    let pair = |rows: &R<'a>, row: usize| of(rows).map(|chosen| chosen.choice.pairs[row]);
    let over = |rows: &R<'a>, row: usize, turned: bool| {
        let chosen = of(rows)?;
        let [one, other] = chosen.choice.pairs[row].of;
        let (one, other) = if turned { (other, one) } else { (one, other) };
        chosen.dominances.over(one, other)
    };
    let name = |rows: &R<'a>, row: usize, which: usize| of(rows).map_or(0, |chosen| chosen.choice.pairs[row].of[which]);
    let dominant = move |rows: &R<'a>, row: usize, order: Order| {
        let holds = |turned: bool| {
            over(rows, row, turned).is_some_and(|found| match order {
                Order::First => found.first,
                Order::Second => found.second,
            })
        };
        match (holds(false), holds(true)) {
            (true, _) => Some(rows.variant(name(rows, row, 0)).to_owned()),
            (_, true) => Some(rows.variant(name(rows, row, 1)).to_owned()),
            _ => None,
        }
    };
    let mut columns = vec![
        Column::text("variant", "the one", move |rows: &R<'a>, row| rows.variant(name(rows, row, 0))),
        Column::text("other", "the other", move |rows: &R<'a>, row| rows.variant(name(rows, row, 1))),
    ];
    columns.extend(estimate(
        "better",
        "1",
        "share of draws in which the one is worth more",
        move |rows: &R<'a>, row| Some(pair(rows, row)?.better),
    ));
    columns.extend(estimate(
        "worse",
        "1",
        "share of draws in which the other is worth more",
        move |rows: &R<'a>, row| Some(pair(rows, row)?.worse),
    ));
    columns.extend(estimate(
        "ahead",
        "1",
        "certain gain, as a share of income, of the one over the other",
        move |rows: &R<'a>, row| Some(pair(rows, row)?.ahead),
    ));
    columns.extend([
        Column::made_text("first_order", "the one of them that dominates to first order", move |rows: &R<'a>, row| {
            dominant(rows, row, Order::First)
        }),
        Column::made_text("second_order", "the one of them that dominates to second order", move |rows: &R<'a>, row| {
            dominant(rows, row, Order::Second)
        }),
        Column::number("excess", "1", "what the one misses first-order dominance by: the most by which its share of draws below a worth exceeds the other's", move |rows: &R<'a>, row| {
            over(rows, row, false).map(|found| found.excess)
        }),
        Column::number("excess_other", "1", "what the other misses it by", move |rows: &R<'a>, row| {
            over(rows, row, true).map(|found| found.excess)
        }),
        Column::number("noise", "1", "excess that chance alone gives in 5 % of cases at most", |rows: &R<'a>, _| {
            of(rows).and_then(|chosen| noise(chosen.choice.draws - chosen.choice.left_out))
        }),
    ]);
    columns
}

/// Columns of `information.csv`.
pub fn information<'a>() -> Vec<Column<'a, Rows<'a, usize>>> {
    type R<'a> = Rows<'a, usize>;
    let told = |rows: &R<'a>, row: usize| of(rows)?.choice.keys.get(row.checked_sub(1)?).copied();
    let mut columns = vec![Column::optional_text(
        "key",
        "the key that would be known before choosing; empty: all of them",
        |rows: &R<'a>, row| row.checked_sub(1).map(|key| rows.key(of(rows).map_or(key, |chosen| chosen.keys[key]))),
    )];
    columns.extend(estimate(
        "value",
        "1",
        "what knowing it is worth, as a share of income",
        move |rows: &R<'a>, row| {
            if row == 0 { of(rows).map(|chosen| chosen.choice.perfect) } else { Some(told(rows, row)?.ok()?.value) }
        },
    ));
    columns.extend([
        Column::number(
            "cautious",
            "1",
            "the same where the choice is made by other draws than value it",
            move |rows: &R<'a>, row| Some(told(rows, row)?.ok()?.cautious),
        ),
        Column::integer("classes", "1", "classes that the key is known by", move |rows: &R<'a>, row| {
            Some(told(rows, row)?.ok()?.classes as u64)
        }),
        Column::integer(
            "missing",
            "1",
            "draws left out because they have no value of the key",
            move |rows: &R<'a>, row| Some(told(rows, row)?.ok()?.missing),
        ),
        Column::named::<Untold, _>("reason", "why there is no number", move |rows: &R<'a>, row| told(rows, row)?.err()),
    ]);
    columns
}
