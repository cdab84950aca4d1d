//! What a sweep's finished table says to whoever asked it: which key matters for what, where a condition holds, which variant to
//! choose, and how sure all of this is. The numbers are [`crate::explain`]'s; here they are of keys, variants and measures.

mod tables;
mod telling;

pub use tables::{Rows, chosen, compared, importance, information, limits, peeling, thresholds};
pub use telling::{Asked, Keys, Laid, choose, matter, places};

use crate::design::Kind;
use crate::explain::choice::{Choice, Dominances};
use crate::explain::prim::Found;
use crate::explain::threshold::Rule;
use crate::explain::{Basis, Estimate, Untold};
use crate::measure::Measure;
use crate::names;
use crate::quantity::Quantity;
use crate::scenario::people::People;

/// Measures by which variants are spoken of, the first that there is.
pub const MAIN: [Measure; 4] =
    [Measure::EquivalentVariation, Measure::LongRunGap, Measure::FinalGap, Measure::HalfLife];

/// A key that explains a smaller share is not worth a word.
pub const LITTLE: f64 = 0.01;

names! {
    /// What a number says of a key.
    pub enum Index {
        FirstOrder = "first-order": "Share of the variance that the key explains alone",
        TotalOrder = "total-order": "Share of the variance that is left while all other keys are known",
        SecondOrder = "second-order": "Share of the variance that two keys explain together beyond what each does alone",
        Shapley = "shapley": "The key's part of the variance, what keys do together shared out among them; all parts sum to 1",
        Delta = "delta": "How far the distribution moves where the key is known: 0 not at all, 1 to somewhere else",
        PawnMedian = "pawn-median": "Distance between the distribution where the key is known and without, median over the key's range",
        PawnMax = "pawn-max": "The same, its largest over the key's range",
        Mu = "mu": "Mean effect of the whole range of the key, in the measure's unit",
        MuStar = "mu-star": "Mean size of that effect",
        Sigma = "sigma": "Standard deviation of that effect: what depends on the other keys, or bends",
    }
}

/// A varied key as the table has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Its column.
    pub name: String,
    /// What people call it.
    pub called: String,
    /// What a sentence calls it.
    pub phrase: String,
    /// The dotted key that it is.
    pub path: String,
    /// Its unit, where it has one.
    pub unit: Option<&'static str>,
    /// The texts that its levels stand for; none where it is a number.
    pub levels: Vec<String>,
    /// The lowest and the highest number drawn.
    pub range: [f64; 2],
}

/// A variant as the table has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// The one that it is measured against; its own place, of the first.
    pub baseline: usize,
    /// Runs that failed.
    pub failed: u64,
}

/// What the numbers are of.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Name of the sweep.
    pub name: String,
    /// Its title, or its name.
    pub title: String,
    /// How its draws are laid out; `None` of a table of which nothing is known.
    pub kind: Option<Kind>,
    /// Draws in the table.
    pub draws: u64,
    /// Draws that the sweep is to have; more where it is under way.
    pub planned: u64,
    /// The varied keys, in the order of their columns.
    pub keys: Vec<Key>,
    /// Whether some of them are drawn together.
    pub together: bool,
    /// The variants, in the order of the table.
    pub variants: Vec<Variant>,
    /// What people call the parts of its scenario.
    pub people: People,
}

impl Subject {
    /// The levels of a key that `inside` names, as people call them.
    pub fn levels(&self, key: usize, inside: &[bool]) -> Vec<String> {
        let Key { path, levels, .. } = &self.keys[key];
        let inside = levels.iter().zip(inside).filter(|(_, inside)| **inside);
        inside.map(|(level, _)| self.people.value(path, level)).collect()
    }
}

/// A condition whose place is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// As files have it.
    pub condition: String,
    /// What it says.
    pub says: Says,
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    /// The variant is worth more than its baseline.
    Better,
    /// The variant is the best of all.
    Best,
    /// Something of the run, in words.
    OfRun(String),
}

/// What a key means to a measure, or to the share of an answer, under a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// The variant.
    pub variant: usize,
    /// The one that the measure is a difference from.
    pub against: Option<usize>,
    /// The measure's column, or a condition such as `outcome=self-sustaining` whose share is meant.
    pub of: String,
    /// The key.
    pub key: usize,
    /// The other key, of a second-order index.
    pub with: Option<usize>,
    /// What the number says.
    pub index: Index,
    /// Values or ranks.
    pub basis: Basis,
    /// Draws without the measure, or without a key: left out.
    pub missing: u64,
    /// The number.
    pub told: Result<Estimate, Untold>,
    /// What a key without influence would show, where that is not 0.
    pub idle: Option<f64>,
}

/// Where a condition holds under a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The condition.
    pub claim: Claim,
    /// The variant; of the best of all, that one.
    pub variant: usize,
    /// Boxes in which it holds.
    pub boxes: Result<Found, Untold>,
    /// The threshold of each key that separates best, the best key first.
    pub one: Vec<(usize, Result<Rule, Untold>)>,
    /// The keys that were looked along: the limits of boxes are theirs, in this order.
    pub keys: Vec<usize>,
    /// The two keys that separate best, and their rule.
    pub two: Option<([usize; 2], Rule)>,
}

/// Which variant to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// What it comes to.
    pub choice: Choice,
    /// The 90th percentile of each variant's regret.
    pub regret_p90: Vec<Result<Estimate, Untold>>,
    /// Which variants dominate which.
    pub dominances: Dominances,
    /// The keys whose knowledge is valued, in the order of [`Choice::keys`].
    pub keys: Vec<usize>,
}

/// All that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// What it is of.
    pub subject: Subject,
    /// Which key matters for what.
    pub importance: Vec<Importance>,
    /// Where conditions hold.
    pub places: Vec<Place>,
    /// Which variant to choose; `None` where there is one only, or none can be compared.
    pub chosen: Option<Chosen>,
}

impl Findings {
    /// The measure by which a variant is spoken of: what it is worth over its baseline, else its own gap in the long run; where
    /// neither was looked at, the first number that was.
    pub fn main(&self, variant: usize) -> Option<String> {
        let told = |measure: &Measure| self.importance.iter().any(|row| Self::of_main(row, variant, measure.name()));
        let main = MAIN.into_iter().find(told).map(|measure| measure.name().to_owned());
        let number = |row: &&Importance| Quantity::from_name(&row.of).is_some() && Self::of_main(row, variant, &row.of);
        main.or_else(|| self.importance.iter().find(number).map(|row| row.of.clone()))
    }

    /// Whether a row is on this measure of the variant itself, or on a measure that is a difference by its nature.
    fn of_main(row: &Importance, variant: usize, of: &str) -> bool {
        let difference = Measure::from_name(of).is_some_and(|measure| measure.about().difference.is_some());
        row.variant == variant && row.of == of && row.against.is_some() == difference && row.told.is_ok()
    }

    /// What `index` says of each key for a measure of a variant, the most important first; keys that it does not tell are left out.
    pub fn ranked(&self, variant: usize, of: &str, index: Index) -> Vec<(&Importance, Estimate)> {
        let wanted = |row: &&Importance| Self::of_main(row, variant, of) && row.index == index && row.with.is_none();
        let mut rows: Vec<(&Importance, Estimate)> =
            self.importance.iter().filter(wanted).filter_map(|row| Some((row, row.told.ok()?))).collect();
        rows.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
        rows
    }

    /// The keys to show for a measure of a variant, no more than `most`, the most important first; and how many are left out: those
    /// that explain less than [`LITTLE`] by every number that is a share, and those for which there is no room.
    pub fn shown(&self, variant: usize, of: &str, most: usize) -> (Vec<usize>, usize) {
        const ORDER: [Index; 4] = [Index::MuStar, Index::TotalOrder, Index::Shapley, Index::FirstOrder];
        let told = ORDER.map(|index| self.ranked(variant, of, index));
        let mut keys: Vec<usize> = Vec::new();
        for (row, _) in told.iter().flatten() {
            if !keys.contains(&row.key) {
                keys.push(row.key);
            }
        }
        let all = keys.len();
        let [effects, shares @ ..] = &told;
        if effects.is_empty() {
            keys.retain(|key| shares.iter().flatten().any(|(row, told)| row.key == *key && told.value >= LITTLE));
        }
        keys.truncate(most);
        let left_out = all - keys.len();
        (keys, left_out)
    }
}
