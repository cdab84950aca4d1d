//! A finished sweep's table → what it says, by several threads: each takes a measure, or a condition, and reads its column.

mod read;

pub use read::{Layout, layout};

use crate::control::Control;
use crate::error::Error;
use crate::explain::{Analysis, Key};
use crate::findings::{self, Asked, Claim, Findings, Importance, Keys, Laid, Place, Says, Subject};
use crate::measure::Measure;
use crate::probe::{Condition, Test};
use crate::read::{Draws, Words};
use rayon::prelude::*;
use read::{Column, Table, column, keys, laid};

/// Columns of words whose shares are asked for.
const WORDS: [&str; 3] = ["outcome", "verdict", "direction"];

/// What is asked of a table.
#[derive(Debug)]
pub struct Question {
    /// What it is of.
    pub subject: Subject,
    /// How its draws are laid out.
    pub layout: Layout,
    /// Measures to look at; all where there are none.
    pub measures: Vec<String>,
    /// Analyses that are wanted, which the design fits; all that it fits where there are none.
    pub analyses: Vec<Analysis>,
    /// Conditions whose place is looked for, and what each says.
    pub conditions: Vec<(Condition, Says)>,
    /// Names of sectors, as the conditions count them.
    pub sectors: Vec<String>,
}

/// Answers a question, step by step on `control`.
///
/// # Errors
/// Where a column cannot be read, or the call was stopped.
pub fn find(draws: &Draws, question: Question, control: &Control) -> Result<Findings, Error> {
    let Question { mut subject, layout, measures, analyses, conditions, sectors } = question;
    let names = draws.keys();
    let mut columns: Vec<Column> = Vec::new();
    let read: Result<Vec<_>, Error> = names.par_iter().map(|(name, numbers)| column(draws, name, *numbers)).collect();
    for (key, (column, levels)) in subject.keys.iter_mut().zip(read?) {
        key.levels = levels;
        let numbers = column.values.iter().flatten().copied().filter(|value| value.is_finite());
        key.range =
            numbers.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)]);
        columns.push(column);
    }
    let baselines: Vec<usize> = subject.variants.iter().map(|variant| variant.baseline).collect();
    let variants = 0..baselines.len();
    let laid: Vec<Laid> = variants.clone().map(|variant| laid(layout, &columns, variant)).collect::<Result<_, _>>()?;
    let mut single = columns;
    for column in &mut single {
        for (variant, laid) in laid.iter().enumerate() {
            column.values[variant] = laid.single(std::mem::take(&mut column.values[variant]));
        }
    }
    let keys: Vec<Keys> = variants.into_par_iter().map(|variant| keys(&single, variant)).collect();
    let table = Table { draws, baselines: &baselines, sectors: &sectors, laid: &laid };
    let look = Look { table, analyses: &analyses, control };

    // The keys' numbers are needed for places alone, and take more memory than all else.
    let places: Result<Vec<_>, Error> =
        conditions.iter().map(|(condition, says)| look.places(condition, says, &single, &keys)).collect();
    drop(single);
    let mut importance = look.measures(&measures, &keys)?;
    for column in WORDS.iter().filter(|column| draws.has(column)) {
        importance.extend(look.shares(&draws.words(column)?, column, &keys)?);
    }
    let order = |row: &Importance| (row.variant, measures_first(&row.of));
    importance.sort_by_key(order);
    let places = places?;
    let chosen = if baselines.len() > 1 && draws.has(Measure::EquivalentVariation.name()) {
        // What no variant but some has a place for is not known before one is chosen.
        findings::choose(&baselines, &keys[0], &look.table.gains()?).ok()
    } else {
        None
    };
    Ok(Findings { subject, importance, places: places.into_iter().flatten().collect(), chosen })
}

/// Measures stand before shares.
fn measures_first(of: &str) -> bool {
    of.contains('=')
}

/// What all questions need.
struct Look<'a> {
    table: Table<'a>,
    analyses: &'a [Analysis],
    control: &'a Control,
}

impl Look<'_> {
    fn step(&self) -> Result<(), Error> {
        self.control.step().map_err(|_| Error::stopped())
    }

    fn matter(
        &self,
        keys: &Keys,
        variant: usize,
        against: Option<usize>,
        of: &str,
        values: Vec<f64>,
    ) -> Result<Vec<Importance>, Error> {
        self.step()?;
        let difference = |measure: Measure| measure.about().difference.is_some();
        let of_interest = match Measure::from_name(of) {
            Some(measure) => findings::MAIN.contains(&measure) && against.is_some() == difference(measure),
            None => of.starts_with("outcome="),
        };
        let asked = Asked { variant, against, of, of_interest, analyses: self.analyses };
        Ok(findings::matter(asked, &self.table.laid[variant], keys, values))
    }

    /// What the keys mean to the measures, and to their differences from the baselines.
    fn measures(&self, wanted: &[String], keys: &[Keys]) -> Result<Vec<Importance>, Error> {
        let all = self.table.draws.measures();
        let all: Vec<&String> = all.iter().filter(|name| wanted.is_empty() || wanted.contains(name)).collect();
        let of = |name: &&String| {
            let values = self.table.draws.numbers(name)?;
            let difference = Measure::from_name(name).is_some_and(|measure| measure.about().difference.is_some());
            let mut rows = Vec::new();
            for (variant, &baseline) in self.table.baselines.iter().enumerate() {
                if !difference {
                    rows.extend(self.matter(&keys[variant], variant, None, name, values[variant].clone())?);
                }
                if baseline != variant {
                    if difference {
                        rows.extend(self.matter(
                            &keys[variant],
                            variant,
                            Some(baseline),
                            name,
                            values[variant].clone(),
                        )?);
                    } else {
                        let pairs = values[variant].iter().zip(&values[baseline]);
                        let apart: Vec<f64> = pairs.map(|(own, base)| own - base).collect();
                        rows.extend(self.matter(&keys[variant], variant, Some(baseline), name, apart)?);
                    }
                }
            }
            Ok(rows)
        };
        let found: Result<Vec<Vec<Importance>>, Error> = all.par_iter().map(of).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// What the keys mean to the share of each word of a column.
    fn shares(&self, words: &Words, column: &str, keys: &[Keys]) -> Result<Vec<Importance>, Error> {
        let failed = self.table.failed()?;
        let mut asked: Vec<(usize, u32)> = Vec::new();
        for (variant, places) in words.places.iter().enumerate() {
            asked.extend(
                (0u32..)
                    .zip(&words.known)
                    .filter(|(place, _)| places.contains(place))
                    .map(|(place, _)| (variant, place)),
            );
        }
        let of = |&(variant, place): &(usize, u32)| {
            let rows = words.places[variant].iter().zip(&failed[variant]);
            let holds: Vec<f64> = rows
                .map(|(word, failed)| if *failed { f64::NAN } else { f64::from(u8::from(*word == place)) })
                .collect();
            self.matter(&keys[variant], variant, None, &format!("{column}={}", words.known[place as usize]), holds)
        };
        let found: Result<Vec<Vec<Importance>>, Error> = asked.par_iter().map(of).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// Where a condition holds, under each variant.
    fn places(
        &self,
        condition: &Condition,
        says: &Says,
        columns: &[Column],
        keys: &[Keys],
    ) -> Result<Vec<Place>, Error> {
        let holds = self.table.holds(condition)?;
        let of = |(variant, holds): (usize, Vec<f64>)| {
            self.step()?;
            let keys: Vec<(usize, Key<'_>)> =
                keys[variant].places.iter().map(|key| (*key, columns[*key].key(variant))).collect();
            let claim = Claim { condition: condition.to_string(), says: says.clone() };
            Ok(findings::places(claim, variant, &keys, &self.table.laid[variant].single(holds)))
        };
        // Which variant is best is the same under each: it is told under that one.
        let told = |(variant, _): &(usize, Vec<f64>)| match condition.test {
            Test::Best(wanted) => *variant == wanted,
            _ => true,
        };
        holds.into_par_iter().enumerate().filter(told).map(of).collect()
    }
}

/// Steps that an answer takes: a column of a measure, or a condition, under a variant.
pub fn steps(draws: &Draws, question: &Question) -> u64 {
    let measures = if question.measures.is_empty() { draws.measures().len() } else { question.measures.len() };
    ((measures + WORDS.len() + question.conditions.len()) * draws.variants.len()) as u64
}
