//! What is read of a finished sweep's table for its analyses: keys, whether a condition holds in each draw, and what it is worth.

use crate::design::Kind;
use crate::error::Error;
use crate::explain::choice::{TIE, Worths};
use crate::explain::{Classed, Key, Steps};
use crate::findings::{Keys, Laid};
use crate::measure::{Direction, Measure, Outcome, Status, Verdict};
use crate::model::trade::RegimeKind;
use crate::probe::{Condition, Test};
use crate::read::{Draws, Words};
use crate::scenario::sweep::Sweep;
use crate::table::Texts;

/// The share of a key's range by which a step of a Morris design moves it, however many levels it has.
const HALF: f64 = 0.5;

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
pub(super) struct Column {
    pub values: Vec<Vec<f64>>,
    /// Number of levels, of a key without an order.
    levels: Option<usize>,
}

impl Column {
    /// Whether a variant has the key: some have no place for it.
    fn is_of(&self, variant: usize) -> bool {
        self.values[variant].iter().any(|value| !value.is_nan())
    }

    pub fn key(&self, variant: usize) -> Key<'_> {
        match self.levels {
            None => Key::Numbers(&self.values[variant]),
            Some(count) => Key::Levels(&self.values[variant], count),
        }
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

/// A key's column, and the texts of its levels.
pub(super) fn column(draws: &Draws, name: &str, numbers: bool) -> Result<(Column, Vec<String>), Error> {
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
pub(super) fn keys(columns: &[Column], variant: usize) -> Keys {
    let places: Vec<usize> = (0..columns.len()).filter(|key| columns[*key].is_of(variant)).collect();
    let classed = places.iter().map(|key| Classed::new(columns[*key].key(variant))).collect();
    Keys { places, classed }
}

/// How the draws of a variant are laid out.
pub(super) fn laid(layout: Layout, columns: &[Column], variant: usize) -> Result<Laid, Error> {
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

/// A table, its variants, and how its draws are laid out.
pub(super) struct Table<'a> {
    pub draws: &'a Draws,
    /// By variant.
    pub baselines: &'a [usize],
    /// Names of sectors, as conditions count them.
    pub sectors: &'a [String],
    /// By variant.
    pub laid: &'a [Laid],
}

impl Table<'_> {
    /// By variant and draw, whether the run failed.
    pub fn failed(&self) -> Result<Vec<Vec<bool>>, Error> {
        let status = self.draws.words("status")?;
        let failed = Status::Failed as u32;
        Ok(status.places.iter().map(|places| places.iter().map(|place| *place == failed).collect()).collect())
    }

    /// By variant and draw, whether a condition holds: 1, 0, or NaN where that cannot be told: the run failed, or another that it is measured against.
    pub fn holds(&self, condition: &Condition) -> Result<Vec<Vec<f64>>, Error> {
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
    pub fn gains(&self) -> Result<Vec<f64>, Error> {
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
            f64::from(u8::from(most / worths[wanted] - 1.0 <= TIE))
        });
        let best: Vec<f64> = best.collect();
        Ok(vec![best; self.baselines.len()])
    }
}
