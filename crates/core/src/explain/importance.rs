//! All that any design tells of a measure, and which analysis fits which design.

use super::columns::{Basis, Classed, Measured};
use super::delta::{Cells, Delta, delta};
use super::estimate::{Estimate, Untold};
use super::first_order::first_order;
use super::pawn::{Pawn, pawn};
use super::shapley::shapley;
use super::sobol::block;
use crate::design::Kind;
use crate::names;
use std::fmt;

/// How much each key matters for a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// Values or ranks.
    pub basis: Basis,
    /// Draws that hold a value.
    pub count: u64,
    /// Draws in which the measure is missing: left out of everything.
    pub missing: u64,
    /// By key.
    pub keys: Vec<OfKey>,
}

/// How much a key matters for a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct OfKey {
    /// First-order index.
    pub first: Result<Estimate, Untold>,
    /// Shapley effect.
    pub shapley: Result<Estimate, Untold>,
    /// Borgonovo's δ.
    pub delta: Result<Delta, Untold>,
    /// PAWN.
    pub pawn: Result<Pawn, Untold>,
}

/// How much each of `keys` matters for the measure in `column` (NaN where it is missing). Of a design with blocks, the
/// draws that are independent: [`base_points`].
///
/// # Errors
/// [`Untold::NoDraws`] where the measure is missing everywhere, [`Untold::OneAnswer`] where it does not vary.
pub fn importance(keys: &[Classed], column: &[f64]) -> Result<Importance, Untold> {
    importance_with(keys, column, true)
}

/// The same without Shapley effects, which cost more than all else where keys are many.
///
/// # Errors
/// As [`importance`].
pub fn importance_of_each(keys: &[Classed], column: &[f64]) -> Result<Importance, Untold> {
    importance_with(keys, column, false)
}

fn importance_with(keys: &[Classed], column: &[f64], shared_out: bool) -> Result<Importance, Untold> {
    let measured = Measured::new(column)?;
    let cells = Cells::new(&measured);
    let effects = if shared_out { shapley(keys, &measured) } else { Err(Untold::NotAsked) };
    let of_key = |(place, key): (usize, &Classed)| OfKey {
        first: first_order(key, &measured),
        shapley: effects.as_ref().map_err(|why| *why).map(|effects| effects[place]),
        delta: delta(key, &cells),
        pawn: pawn(&key.slides, &measured),
    };
    Ok(Importance {
        basis: measured.basis,
        count: measured.rows() as u64,
        missing: measured.missing,
        keys: keys.iter().enumerate().map(of_key).collect(),
    })
}

/// The draws of a Saltelli design that are independent of one another, A and B of every block, of a column of all of them.
pub fn base_points(column: &[f64], keys: usize, second_order: bool) -> Vec<f64> {
    let blocks = column.chunks_exact(block(keys, second_order));
    blocks.flat_map(|block| [block.first(), block.last()]).flatten().copied().collect()
}

names! {
    /// What can be asked of a design.
    pub enum Analysis {
        Given = "given-data": "First-order indices, Shapley effects, Borgonovo's δ and PAWN",
        Sobol = "sobol": "Sobol indices of first, total and second order",
        Morris = "morris": "Elementary effects",
    }
}

/// An analysis that its design does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit {
    /// The analysis.
    pub analysis: Analysis,
    /// The design.
    pub kind: Kind,
}

impl Analysis {
    /// Whether a design of this kind has the draws that the analysis takes. Of a Saltelli design, given-data analysis takes
    /// the [`base_points`].
    ///
    /// # Errors
    /// [`Misfit`], which says what design would fit.
    pub fn fits(self, kind: Kind) -> Result<(), Misfit> {
        let fits = match self {
            Self::Given => kind != Kind::Morris,
            Self::Sobol => kind == Kind::Saltelli,
            Self::Morris => kind == Kind::Morris,
        };
        if fits { Ok(()) } else { Err(Misfit { analysis: self, kind }) }
    }
}

impl Misfit {
    /// What design would fit.
    pub fn hint(&self) -> String {
        match self.analysis {
            Analysis::Given => format!(
                "sweep again with kind = \"{}\" or \"{}\"; this design is made for elementary effects",
                Kind::Sobol.name(),
                Kind::Random.name()
            ),
            Analysis::Sobol => {
                format!(
                    "sweep again with kind = \"{}\"; first order alone is told from any draws",
                    Kind::Saltelli.name()
                )
            }
            Analysis::Morris => format!("sweep again with kind = \"{}\"", Kind::Morris.name()),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needs = match self.analysis {
            Analysis::Given => "take draws that are independent of one another",
            Analysis::Sobol => "take pairs of points and their crossings",
            Analysis::Morris => "take trajectories that move one key at a time",
        };
        write!(f, "{} {needs}, and a design of kind = \"{}\" has none", self.analysis.meaning(), self.kind.name())
    }
}

impl std::error::Error for Misfit {}
