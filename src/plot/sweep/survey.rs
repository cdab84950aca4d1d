//! What a sweep's table holds, from one reading: its variants, the values of its keys, the ranges of its measures.

use super::called::Called;
use super::kinds::{Kinds, MOST};
use super::words::unknown;
use crate::error::Error;
use crate::math::sortable;
use crate::measure::Status;
use crate::quantity::Quantity;
use crate::read::Runs;
use std::collections::{BTreeMap, BTreeSet};

/// A key with more different numbers than this has no levels.
const MOST_LEVELS: usize = 128;

/// Other keys than so many are counted, not listed.
const LISTED: usize = 3;

/// A variant, in order of first appearance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variant {
    pub(super) id: u32,
    pub(super) name: String,
    /// What people call it. Marked up.
    pub(super) label: String,
    pub(super) rows: u64,
    pub(super) failed: u64,
    /// Rows of each verdict and of each outcome, by their places.
    pub(super) kinds: [[u64; MOST]; 2],
}

/// The values that a varied key takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    /// Numbers in [lo, hi] with their mean; each of them, ascending, where they are few.
    Numbers { lo: f64, hi: f64, mean: f64, levels: Option<Vec<f64>> },
    /// Ids of texts, and what people call them (marked up): false before true, else in order of first appearance.
    Texts(Vec<(u32, String)>),
}

/// A varied key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) column: usize,
    pub(super) name: String,
    /// What people call it, with its unit. Marked up.
    pub(super) title: String,
    pub(super) values: Values,
}

impl Key {
    /// Whether it has more than one value.
    pub(super) fn varies(&self) -> bool {
        match &self.values {
            Values::Numbers { lo, hi, .. } => lo < hi,
            Values::Texts(ids) => ids.len() > 1,
        }
    }
}

/// Values of a measure under one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) lo: f64,
    pub(super) hi: f64,
    /// Rows with a value.
    pub(super) count: u64,
}

impl Span {
    const NONE: Self = Self { lo: f64::INFINITY, hi: f64::NEG_INFINITY, count: 0 };

    fn add(&mut self, value: f64) {
        (self.lo, self.hi, self.count) = (self.lo.min(value), self.hi.max(value), self.count + 1);
    }

    /// Both together.
    pub(super) fn with(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi), count: self.count + other.count }
    }

    /// Of several together.
    pub(super) fn of(spans: impl Iterator<Item = Self>) -> Self {
        spans.fold(Self::NONE, Self::with)
    }
}

/// What the table holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Survey {
    pub(super) rows: u64,
    pub(super) variants: Vec<Variant>,
    pub(super) keys: Vec<Key>,
    /// For each measure asked for, one span per variant.
    pub(super) measures: Vec<(Quantity, Vec<Span>)>,
}

impl Survey {
    /// Places of those of some variants that a measure tells something about, and the one that it tells nothing: the baseline
    /// differs from itself by nothing.
    pub(super) fn telling(&self, by: Quantity, variants: &[usize]) -> (Vec<usize>, Option<usize>) {
        let zeros = |span: Span| span.count > 0 && span.lo == 0.0 && span.hi == 0.0;
        let baseline = variants.first().copied().filter(|first| {
            let differs = by.about().difference.is_some() && variants.len() > 1;
            differs && *first == 0 && zeros(self.spans(by)[0])
        });
        (variants.iter().copied().filter(|place| Some(*place) != baseline).collect(), baseline)
    }

    /// What varies besides the keys in some columns, in words; of many keys how many.
    pub(super) fn others(&self, columns: &[usize]) -> Option<String> {
        let others = self.keys.iter().filter(|key| key.varies() && !columns.contains(&key.column));
        let others: Vec<&str> = others.map(|key| key.title.as_str()).collect();
        match others.len() {
            0 => None,
            1..=LISTED => Some(format!("the other varied keys: {}", others.join("; "))),
            many => Some(format!("the {many} other varied keys")),
        }
    }

    /// Names of the varied keys.
    pub(super) fn names(&self) -> Vec<&str> {
        self.keys.iter().map(|key| key.name.as_str()).collect()
    }

    /// The key that an option names.
    pub(super) fn named(&self, option: &str, typed: Option<&String>) -> Result<Option<&Key>, Error> {
        let find = |typed: &String| {
            let found = self.keys.iter().find(|key| key.name == *typed);
            found.ok_or_else(|| unknown(option, typed, "varied key", &self.names()))
        };
        typed.map(find).transpose()
    }

    /// Spans of a measure that was asked for, one per variant.
    pub(super) fn spans(&self, by: Quantity) -> &[Span] {
        self.measures.iter().find(|(measure, _)| *measure == by).map_or(&[], |(_, spans)| spans)
    }

    /// Those of some variants whose runs have kinds: all of them, but of outcomes only those that promote something.
    pub(super) fn of_kinds(&self, kinds: Kinds, variants: &[usize]) -> Vec<usize> {
        let some = |place: &usize| !kinds.none(&self.variants[*place].kinds[kinds as usize]);
        variants.iter().copied().filter(some).collect()
    }

    /// Whether a cluster is promoted in some run of these variants.
    pub(super) fn has_outcomes(&self, variants: &[usize]) -> bool {
        variants.iter().any(|place| Kinds::Outcome.any(&self.variants[*place].kinds[Kinds::Outcome as usize]))
    }

    /// Whether the runs of some variants are of more than one kind under any of them.
    pub(super) fn mixed(&self, kinds: Kinds, variants: &[usize]) -> bool {
        let counts = |place: &usize| self.variants[*place].kinds[kinds as usize];
        variants.iter().any(|place| counts(place).iter().filter(|count| **count > 0).count() > 1)
    }

    /// Whether a measure has more than one value under these variants.
    pub(super) fn varies(&self, measure: Quantity, variants: &[usize]) -> bool {
        let spans = self.spans(measure);
        let all = Span::of(variants.iter().filter_map(|variant| spans.get(*variant).copied()));
        all.count > 0 && all.hi - all.lo > 1e-9 * all.hi.abs().max(all.lo.abs())
    }
}

#[derive(Default)]
struct Seen {
    lo: Option<f64>,
    hi: Option<f64>,
    sum: f64,
    count: u64,
    levels: BTreeMap<u64, f64>,
    many: bool,
    texts: BTreeSet<u32>,
}

impl Seen {
    fn number(&mut self, value: f64) {
        self.lo = Some(self.lo.map_or(value, |lo| lo.min(value)));
        self.hi = Some(self.hi.map_or(value, |hi| hi.max(value)));
        (self.sum, self.count) = (self.sum + value, self.count + 1);
        if !self.many {
            self.levels.insert(sortable(value), value + 0.0);
            self.many = self.levels.len() > MOST_LEVELS;
        }
    }
}

/// Reads the table once.
pub(super) fn survey(table: &mut Runs, measures: &[Quantity], called: &Called) -> Result<Survey, Error> {
    let keys = table.keys();
    // A table without outcomes has verdicts alone.
    let kinds: &[Kinds] =
        if table.has(Kinds::Outcome.name()) { &[Kinds::Verdict, Kinds::Outcome] } else { &[Kinds::Verdict] };
    let mut wanted = vec![table.place("variant"), table.place("status")];
    wanted.extend(kinds.iter().map(|kinds| table.place(kinds.name())));
    let first_key = wanted.len();
    wanted.extend(keys.clone());
    let first_measure = wanted.len();
    wanted.extend(measures.iter().map(|measure| table.place(&measure.name())));
    let (mut rows, mut variants): (u64, Vec<Variant>) = (0, Vec::new());
    let mut seen: Vec<Seen> = keys.clone().map(|_| Seen::default()).collect();
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); measures.len()];
    table.scan(&wanted, |cells, count| {
        rows += count as u64;
        for row in 0..count {
            // A row without a variant belongs to one without a name.
            let id = cells[0].place(row).unwrap_or(u32::MAX);
            let place = variants.iter().position(|variant| variant.id == id).unwrap_or_else(|| {
                variants.push(Variant {
                    id,
                    kinds: [[0; MOST]; 2],
                    rows: 0,
                    failed: 0,
                    name: String::new(),
                    label: String::new(),
                });
                spans.iter_mut().for_each(|spans| spans.push(Span::NONE));
                variants.len() - 1
            });
            variants[place].rows += 1;
            variants[place].failed += u64::from(cells[1].place(row) == Some(Status::Failed as u32));
            for (kinds, column) in kinds.iter().zip(&cells[2..]) {
                variants[place].kinds[*kinds as usize][kinds.of(column, &cells[1], row)] += 1;
            }
            for (seen, cells) in seen.iter_mut().zip(&cells[first_key..]) {
                if let Some(value) = cells.number(row) {
                    seen.number(value);
                } else if let Some(id) = cells.place(row) {
                    seen.texts.insert(id);
                }
            }
            for (spans, cells) in spans.iter_mut().zip(&cells[first_measure..]) {
                if let Some(value) = cells.number(row) {
                    spans[place].add(value);
                }
            }
        }
    })?;
    let variant = table.place("variant");
    for each in &mut variants {
        table.text(variant, each.id).clone_into(&mut each.name);
        each.label = called.variant(&each.name);
    }
    let keys = keys.zip(seen).map(|(column, seen)| Key {
        column,
        name: table.name(column).to_owned(),
        title: called.key(table.name(column)),
        values: if table.numbers(column) {
            let levels = (!seen.many).then(|| seen.levels.into_values().collect());
            let (lo, hi, mean) = (seen.lo.unwrap_or(0.0), seen.hi.unwrap_or(0.0), seen.sum / seen.count.max(1) as f64);
            Values::Numbers { lo, hi, mean, levels }
        } else {
            let mut ids: Vec<u32> = seen.texts.into_iter().collect();
            if ids.len() == 2 && ids.iter().all(|id| ["true", "false"].contains(&table.text(column, *id))) {
                ids.sort_by_key(|id| table.text(column, *id) == "true");
            }
            let named = |id: u32| (id, called.value(table.name(column), table.text(column, id)));
            Values::Texts(ids.into_iter().map(named).collect())
        },
    });
    let keys = keys.collect();
    Ok(Survey { rows, variants, keys, measures: measures.iter().copied().zip(spans).collect() })
}
