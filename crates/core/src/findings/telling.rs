//! Columns → what they say. Each of these functions is about one measure or one condition under one variant, so that several
//! threads can work at several of them.

use super::{Chosen, Claim, Importance, Index, Place};
use crate::explain::choice::{Ranked, Tally};
use crate::explain::prim::{self, Pick, Settings};
use crate::explain::threshold::{Rule, Separation};
use crate::explain::{
    self, Analysis, Basis, Classed, Effects, Estimate, Key, Measured, OfKey, Steps, Untold, base_points, morris, sobol,
};

/// Boxes that are looked for.
const BOXES: usize = 3;
/// Keys whose pairs are tried for a rule of two: the best ones alone.
const PAIRED: usize = 5;

/// A measure, or the share of an answer, under one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked<'a> {
    /// The variant.
    pub variant: usize,
    /// The one that it is a difference from.
    pub against: Option<usize>,
    /// The measure's column, or a condition.
    pub of: &'a str,
    /// Whether what keys do together is to be shared out, which takes long.
    pub of_interest: bool,
    /// Analyses that are wanted; all that the design fits where there are none.
    pub analyses: &'a [Analysis],
}

impl Asked<'_> {
    fn wants(&self, analysis: Analysis) -> bool {
        self.analyses.is_empty() || self.analyses.contains(&analysis)
    }
}

/// How the draws are laid out, as far as estimators must know.
#[derive(Debug, Clone, PartialEq)]
pub enum Laid {
    /// Draws each of which stands for itself.
    Single,
    /// Blocks of a Saltelli design of so many keys.
    Saltelli {
        /// Axes of the design.
        keys: usize,
        /// Whether it has the points of second-order indices.
        second_order: bool,
    },
    /// Trajectories of a Morris design.
    Morris(Steps),
}

impl Laid {
    /// The entries of a column that stand each for itself: of a Saltelli design its base points, of a Morris design the first
    /// draw of each trajectory.
    pub fn single(&self, column: Vec<f64>) -> Vec<f64> {
        match self {
            Self::Single => column,
            Self::Saltelli { keys, second_order } => base_points(&column, *keys, *second_order),
            Self::Morris(steps) => steps.single(&column),
        }
    }
}

/// The keys of a variant, by their places, and in classes of the draws that stand each for itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    /// Their places among all keys.
    pub places: Vec<usize>,
    /// Their classes.
    pub classed: Vec<Classed>,
}

/// What each of the `keys` means to what was `asked`, whose `values` have an entry for each draw, NaN where missing.
pub fn matter(asked: Asked<'_>, laid: &Laid, keys: &Keys, values: Vec<f64>) -> Vec<Importance> {
    let teller =
        Teller { asked, basis: Basis::Values, missing: values.iter().filter(|value| value.is_nan()).count() as u64 };
    match laid {
        Laid::Single => teller.given(keys, &values, true),
        Laid::Saltelli { keys: axes, second_order } => {
            let sobol = asked.wants(Analysis::Sobol);
            let mut rows = if sobol { teller.sobol(*axes, *second_order, &values) } else { Vec::new() };
            if asked.wants(Analysis::Given) {
                rows.extend(teller.given(keys, &laid.single(values), !sobol));
            }
            rows
        }
        Laid::Morris(steps) => teller.morris(keys, steps, &values),
    }
}

/// Makes rows on one measure.
#[derive(Clone, Copy)]
struct Teller<'a> {
    asked: Asked<'a>,
    basis: Basis,
    missing: u64,
}

impl Teller<'_> {
    fn row(&self, key: usize, index: Index, told: Result<Estimate, Untold>) -> Importance {
        Importance {
            variant: self.asked.variant,
            against: self.asked.against,
            of: self.asked.of.to_owned(),
            key,
            with: None,
            index,
            basis: self.basis,
            missing: self.missing,
            told,
            idle: None,
        }
    }

    /// Why nothing is told, once for each key.
    fn none(&self, keys: impl IntoIterator<Item = usize>, index: Index, why: Untold) -> Vec<Importance> {
        keys.into_iter().map(|key| self.row(key, index, Err(why))).collect()
    }

    /// Numbers that draws of any design give; `alone`: that of the key alone, too.
    fn given(self, keys: &Keys, values: &[f64], alone: bool) -> Vec<Importance> {
        let tell = if self.asked.of_interest { explain::importance } else { explain::importance_of_each };
        let found = match tell(&keys.classed, values) {
            Ok(found) => found,
            Err(why) => return self.none(keys.places.iter().copied(), Index::Delta, why),
        };
        let teller = Self { basis: found.basis, ..self };
        let of_key = |(key, told): (&usize, &OfKey)| {
            let (delta, pawn) = (told.delta, told.pawn);
            [
                (Index::FirstOrder, told.first, None),
                (Index::Shapley, told.shapley, None),
                (Index::Delta, delta.map(|delta| delta.index), delta.ok().map(|delta| delta.idle)),
                (Index::PawnMedian, pawn.map(|pawn| pawn.median), pawn.ok().map(|pawn| pawn.idle_median)),
                (Index::PawnMax, pawn.map(|pawn| pawn.maximum), pawn.ok().map(|pawn| pawn.idle_maximum)),
            ]
            .map(|(index, told, idle)| Importance { idle, ..teller.row(*key, index, told) })
        };
        let rows = keys.places.iter().zip(&found.keys).flat_map(of_key);
        rows.filter(|row| row.told != Err(Untold::NotAsked) && (alone || row.index != Index::FirstOrder)).collect()
    }

    fn sobol(self, axes: usize, second_order: bool, values: &[f64]) -> Vec<Importance> {
        let found =
            Measured::new(values).and_then(|measured| Ok((measured.basis, sobol(&measured, axes, second_order)?)));
        let (basis, found) = match found {
            Ok(found) => found,
            Err(why) => return self.none(0..axes, Index::TotalOrder, why),
        };
        let teller = Self { basis, ..self };
        let mut rows = Vec::new();
        for (key, (first, total)) in found.first.iter().zip(&found.total).enumerate() {
            rows.push(teller.row(key, Index::FirstOrder, Ok(*first)));
            rows.push(teller.row(key, Index::TotalOrder, Ok(*total)));
        }
        rows.extend(found.second.iter().map(|pair| Importance {
            with: Some(pair.keys.1),
            ..teller.row(pair.keys.0, Index::SecondOrder, Ok(pair.index))
        }));
        rows
    }

    fn morris(self, keys: &Keys, steps: &Steps, values: &[f64]) -> Vec<Importance> {
        let measured = match Measured::new(values) {
            Ok(measured) => measured,
            Err(why) => return self.none(keys.places.iter().copied(), Index::MuStar, why),
        };
        let teller = Self { basis: measured.basis, ..self };
        let of_key = |(key, effects): (usize, Result<Effects, Untold>)| match effects {
            Err(why) => vec![teller.row(key, Index::MuStar, Err(why))],
            Ok(effects) => vec![
                teller.row(key, Index::Mu, Ok(effects.mean)),
                teller.row(key, Index::MuStar, Ok(effects.size)),
                teller.row(key, Index::Sigma, Ok(effects.deviation)),
            ],
        };
        morris(&measured, steps).into_iter().enumerate().flat_map(of_key).collect()
    }
}

/// Where what a condition claims `holds` (1, 0, or NaN where it cannot be told; one entry a draw) under a variant, along these keys.
pub fn places(claim: Claim, variant: usize, keys: &[(usize, Key<'_>)], holds: &[f64]) -> Place {
    let columns: Vec<Key<'_>> = keys.iter().map(|(_, key)| *key).collect();
    let mut boxes = prim::search(&columns, holds, &Settings::default(), Pick::Balanced, BOXES);
    if let Ok(found) = &mut boxes {
        // Limits are those of all keys, in their order.
        found.courses.retain(|course| !course.steps.is_empty());
    }
    let separation = Separation::new(&columns, holds);
    let told =
        |of: &dyn Fn(&Separation<'_>) -> Result<Rule, Untold>| separation.as_ref().map_err(|why| *why).and_then(of);
    let mut one: Vec<(usize, Result<Rule, Untold>)> =
        (0..keys.len()).map(|place| (place, told(&|separation| separation.one(place)))).collect();
    let quality = |rule: &Result<Rule, Untold>| rule.as_ref().map_or(0.0, |rule| rule.accuracy.value);
    one.sort_by(|a, b| quality(&b.1).total_cmp(&quality(&a.1)));
    let best: Vec<usize> = one.iter().filter(|(_, rule)| rule.is_ok()).take(PAIRED).map(|(place, _)| *place).collect();
    let mut two: Option<([usize; 2], Rule)> = None;
    for (i, &a) in best.iter().enumerate() {
        for &b in &best[i + 1..] {
            let pair = [a.min(b), a.max(b)];
            if let Ok(rule) = told(&|separation| separation.two(pair))
                && two.as_ref().is_none_or(|(_, found)| rule.accuracy.value > found.accuracy.value)
            {
                two = Some((pair, rule));
            }
        }
    }
    let name = |place: usize| keys[place].0;
    Place {
        claim,
        variant,
        boxes,
        one: one.into_iter().map(|(place, rule)| (name(place), rule)).collect(),
        two: two.map(|(pair, rule)| (pair.map(name), rule)),
        keys: keys.iter().map(|(key, _)| *key).collect(),
    }
}

/// Which of the variants, whose equivalent variations come draw by draw in `gains`, to choose; `keys` are those whose knowledge
/// is to be valued.
///
/// # Errors
/// Where no draw, or a single one, can be compared, or there is one variant.
pub fn choose(baselines: &[usize], keys: &Keys, gains: &[f64]) -> Result<Chosen, Untold> {
    if baselines.len() < 2 {
        return Err(Untold::OneVariant);
    }
    let (mut tally, mut ranked) = (Tally::new(baselines, &keys.classed), Ranked::new(baselines));
    tally.add(gains);
    ranked.add(gains);
    let choice = tally.choice()?;
    Ok(Chosen { choice, regret_p90: ranked.regret(0.9), dominances: ranked.dominances(), keys: keys.places.clone() })
}
