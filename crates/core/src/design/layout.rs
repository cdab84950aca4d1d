//! How draws are laid out.

use crate::names;

names! {
    /// How draws are laid out.
    pub enum Kind {
        Grid = "grid": "Every combination of values, the last key fastest; `values` and `linspace` only",
        LatinHypercube = "latin-hypercube": "One draw in each of `samples` equal slices of every key",
        Sobol = "sobol": "Scrambled Sobol sequence: fills the space evenly",
        Random = "random": "Independent draws",
        Table = "table": "The rows of a CSV file",
        Saltelli = "saltelli": "Pairs of Sobol points and their crossings, `samples` blocks of k + 2 draws for k keys: for Sobol indices",
        Morris = "morris": "`samples` trajectories of k + 1 draws for k keys, each moving one key at a time: for elementary effects",
    }
}

/// Levels of a Morris design that says no number of its own.
pub const LEVELS: u32 = 4;

/// How draws are laid out, to the last choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The kind.
    pub kind: Kind,
    /// Of a Saltelli design: whether it has the points that second-order indices take.
    pub second_order: bool,
    /// Of a Morris design: p, even, at least 2.
    pub levels: u32,
}

impl From<Kind> for Layout {
    fn from(kind: Kind) -> Self {
        Self { kind, second_order: false, levels: LEVELS }
    }
}

impl Layout {
    /// Draws that belong together, for so many axes: those of a block or trajectory, else 1.
    pub fn block(self, axes: usize) -> u64 {
        let axes = axes as u64;
        match self.kind {
            Kind::Saltelli if self.second_order => 2 * axes + 2,
            Kind::Saltelli => axes + 2,
            Kind::Morris => axes + 1,
            Kind::Grid | Kind::LatinHypercube | Kind::Sobol | Kind::Random | Kind::Table => 1,
        }
    }
}
