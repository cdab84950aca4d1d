//! A finished sweep's table → what it says, by several threads: each takes a measure, or a condition, and reads its column.

use crate::control::Control;
use crate::design::Kind;
use crate::error::Error;
use crate::explain::choice::Worths;
use crate::explain::{Analysis, Classed, Key, Steps};
use crate::findings::{self, Asked, Claim, Findings, Importance, Keys, Laid, Place, Says, Subject};
use crate::measure::{Direction, Measure, Outcome, Status, Verdict};
use crate::model::trade::RegimeKind;
use crate::probe::{Condition, Test};
use crate::read::{Draws, Words};
use crate::scenario::sweep::Sweep;
use crate::table::Texts;
use rayon::prelude::*;

/// Columns of words whose shares are asked for.
const WORDS: [&str; 3] = ["outcome", "verdict", "direction"];

/// The share of a key's range by which a step of a Morris design moves it, however many levels it has.
const HALF: f64 = 0.5;

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

/// How draws are laid out, before the keys are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Layout {
    /// Each for itself.
    Single,
    /// In blocks of a Saltelli design; whether with the points of second order.
    Saltelli(bool),
    /// In trajectories of a Morris design, with steps of this share of a key's range.
    Morris(f64),
}

/// A varied key, by variant.
struct Column {
    values: Vec<Vec<f64>>,
    /// Number of levels, of a key without an order.
    levels: Option<usize>,
}

impl Column {
    /// Whether a variant has the key: some have no place for it.
    fn is_of(&self, variant: usize) -> bool {
        self.values[variant].iter().any(|value| !value.is_nan())
    }

    fn key(&self, variant: usize) -> Key<'_> {
        match self.levels {
            None => Key::Numbers(&self.values[variant]),
            Some(count) => Key::Levels(&self.values[variant], count),
        }
    }
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
    let look = Look { draws, baselines: &baselines, sectors: &sectors, laid: &laid, analyses: &analyses, control };

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
        findings::choose(&baselines, &keys[0], &look.gains()?).ok()
    } else {
        None
    };
    Ok(Findings { subject, importance, places: places.into_iter().flatten().collect(), chosen })
}

/// Measures stand before shares.
fn measures_first(of: &str) -> bool {
    of.contains('=')
}

/// A key's column, and the texts of its levels.
fn column(draws: &Draws, name: &str, numbers: bool) -> Result<(Column, Vec<String>), Error> {
    let (values, levels, texts) = if numbers {
        (draws.numbers(name)?, None, Vec::new())
    } else {
        let Words { known, places } = draws.words(name)?;
        let number = |place: u32| if place == Texts::MISSING { f64::NAN } else { f64::from(place) };
        let values = places.into_iter().map(|places| places.into_iter().map(number).collect()).collect();
        (values, Some(known.len()), known)
    };
    Ok((Column { values, levels }, texts))
}

/// The keys that a variant has.
fn keys(columns: &[Column], variant: usize) -> Keys {
    let places: Vec<usize> = (0..columns.len()).filter(|key| columns[*key].is_of(variant)).collect();
    let classed = places.iter().map(|key| Classed::new(columns[*key].key(variant))).collect();
    Keys { places, classed }
}

/// How the draws of a variant are laid out.
fn laid(layout: Layout, columns: &[Column], variant: usize) -> Result<Laid, Error> {
    Ok(match layout {
        Layout::Single => Laid::Single,
        Layout::Saltelli(second_order) => Laid::Saltelli { keys: columns.len(), second_order },
        Layout::Morris(step) => {
            let keys: Vec<Key<'_>> = columns.iter().map(|column| column.key(variant)).collect();
            let wrong = |draw| {
                Error::invalid(format!("draw {draw} differs from the one before in more than one key, or in none"))
                    .note("the draws of a Morris design are trajectories that move one key at a time")
                    .hint("sweep again")
            };
            Laid::Morris(Steps::found(&keys, step).map_err(wrong)?)
        }
    })
}

/// What all questions need.
struct Look<'a> {
    draws: &'a Draws,
    baselines: &'a [usize],
    sectors: &'a [String],
    /// By variant.
    laid: &'a [Laid],
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
        Ok(findings::matter(asked, &self.laid[variant], keys, values))
    }

    /// What the keys mean to the measures, and to their differences from the baselines.
    fn measures(&self, wanted: &[String], keys: &[Keys]) -> Result<Vec<Importance>, Error> {
        let all = self.draws.measures();
        let all: Vec<&String> = all.iter().filter(|name| wanted.is_empty() || wanted.contains(name)).collect();
        let of = |name: &&String| {
            let values = self.draws.numbers(name)?;
            let difference = Measure::from_name(name).is_some_and(|measure| measure.about().difference.is_some());
            let mut rows = Vec::new();
            for (variant, &baseline) in self.baselines.iter().enumerate() {
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
        let failed = self.failed()?;
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

    /// By variant and draw, whether the run failed.
    fn failed(&self) -> Result<Vec<Vec<bool>>, Error> {
        let status = self.draws.words("status")?;
        let failed = Status::Failed as u32;
        Ok(status.places.iter().map(|places| places.iter().map(|place| *place == failed).collect()).collect())
    }

    /// Where a condition holds, under each variant.
    fn places(
        &self,
        condition: &Condition,
        says: &Says,
        columns: &[Column],
        keys: &[Keys],
    ) -> Result<Vec<Place>, Error> {
        let holds = self.holds(condition)?;
        let of = |(variant, holds): (usize, Vec<f64>)| {
            self.step()?;
            let keys: Vec<(usize, Key<'_>)> =
                keys[variant].places.iter().map(|key| (*key, columns[*key].key(variant))).collect();
            let claim = Claim { condition: condition.to_string(), says: says.clone() };
            Ok(findings::places(claim, variant, &keys, &self.laid[variant].single(holds)))
        };
        // Which variant is best is the same under each: it is told under that one.
        let told = |(variant, _): &(usize, Vec<f64>)| match condition.test {
            Test::Best(wanted) => *variant == wanted,
            _ => true,
        };
        holds.into_par_iter().enumerate().filter(told).map(of).collect()
    }

    /// By variant and draw, whether a condition holds: 1, 0, or NaN where that cannot be told: the run failed, or another that it is measured against.
    fn holds(&self, condition: &Condition) -> Result<Vec<Vec<f64>>, Error> {
        let failed = self.failed()?;
        let word = |column: &str, wanted: &str| -> Result<Vec<Vec<bool>>, Error> {
            let words = self.draws.words(column)?;
            let place = words
                .known
                .iter()
                .position(|known| known == wanted)
                .map_or(Texts::MISSING, |place| u32::try_from(place).unwrap_or(Texts::MISSING));
            let is = |found: &u32| *found == place && place != Texts::MISSING;
            Ok(words.places.iter().map(|places| places.iter().map(is).collect()).collect())
        };
        let met: Vec<Vec<bool>> = match condition.test {
            Test::Verdict(wanted) => word("verdict", Verdict::name(wanted))?,
            Test::Direction(wanted) => word("direction", Direction::name(wanted))?,
            Test::Outcome(wanted) => word("outcome", Outcome::name(wanted))?,
            Test::LongRunRegime(wanted) => {
                let mut met = word("long_run_regime", RegimeKind::name(wanted.kind))?;
                if let Some(sector) = wanted.sector.and_then(|place| self.sectors.get(place)) {
                    let there = word("long_run_sector", sector)?;
                    met.iter_mut().zip(&there).for_each(|(met, there)| {
                        met.iter_mut().zip(there).for_each(|(met, there)| *met &= there);
                    });
                }
                met
            }
            Test::Best(wanted) => return self.best(wanted),
            Test::Number(number, relation, bound) => {
                let values = self.draws.numbers(number.name())?;
                // What is measured against a run that failed cannot be told, whether or not its own run did.
                if Measure::from_name(number.name()).is_some_and(|measure| measure.about().difference.is_some()) {
                    let holds = |value: &f64| match value.is_nan() {
                        true => f64::NAN,
                        false => f64::from(u8::from(relation.holds(*value, bound))),
                    };
                    return Ok(values.iter().map(|of| of.iter().map(holds).collect()).collect());
                }
                values.iter().map(|of| of.iter().map(|value| relation.holds(*value, bound)).collect()).collect()
            }
        };
        let told = |(met, failed): (&bool, &bool)| if *failed { f64::NAN } else { f64::from(u8::from(*met)) };
        Ok(met.iter().zip(&failed).map(|(met, failed)| met.iter().zip(failed).map(told).collect()).collect())
    }

    /// Equivalent variations of the draws that stand each for itself, all variants of one after another.
    fn gains(&self) -> Result<Vec<f64>, Error> {
        let all = self.draws.gains()?;
        if matches!(self.laid.first(), None | Some(Laid::Single)) {
            return Ok(all);
        }
        let variants = self.baselines.len();
        let of = |variant: usize| all.iter().skip(variant).step_by(variants).copied().collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = (0..variants).map(|variant| self.laid[variant].single(of(variant))).collect();
        Ok((0..columns[0].len()).flat_map(|draw| columns.iter().map(move |column| column[draw])).collect())
    }

    /// Whether no variant is worth more than `wanted`, NaN where one cannot be compared; the same under every variant.
    fn best(&self, wanted: usize) -> Result<Vec<Vec<f64>>, Error> {
        let gains = self.draws.gains()?;
        let mut worths = Worths::new(self.baselines);
        let best = gains.chunks_exact(self.baselines.len()).map(|draw| {
            let Some(worths) = worths.of(draw) else { return f64::NAN };
            let most = worths.iter().copied().fold(0.0, f64::max);
            f64::from(u8::from(most / worths[wanted] - 1.0 <= crate::explain::choice::TIE))
        });
        let best: Vec<f64> = best.collect();
        Ok(vec![best; self.baselines.len()])
    }
}

/// How the draws of a sweep are laid out; each for itself where nothing is known of them.
pub fn layout(sweep: Option<&Sweep>) -> Layout {
    let Some(layout) = sweep.map(|sweep| sweep.design.layout()) else { return Layout::Single };
    match layout.kind {
        Kind::Grid | Kind::LatinHypercube | Kind::Sobol | Kind::Random | Kind::Table => Layout::Single,
        Kind::Saltelli => Layout::Saltelli(layout.second_order),
        Kind::Morris => Layout::Morris(HALF),
    }
}

/// Steps that an answer takes: a column of a measure, or a condition, under a variant.
pub fn steps(draws: &Draws, question: &Question) -> u64 {
    let measures = if question.measures.is_empty() { draws.measures().len() } else { question.measures.len() };
    ((measures + WORDS.len() + question.conditions.len()) * draws.variants.len()) as u64
}
