//! Designs of a parameter study: which values the varied keys take in draw number i. A draw is a pure function of the
//! design and its index, never of what was drawn before.

mod distribution;

pub use distribution::Distribution;

/// How draws are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every combination of levels, the last axis fastest.
    Grid,
    /// One draw in each of N equal slices of every axis, by a keyed permutation of the index.
    LatinHypercube,
    /// Owen-scrambled Sobol sequence.
    Sobol,
    /// Independent draws.
    Random,
    /// Rows of a table.
    Table,
}

impl Kind {
    /// Every choice.
    pub const ALL: [Self; 5] = [Self::Grid, Self::LatinHypercube, Self::Sobol, Self::Random, Self::Table];

    /// Spelling in TOML.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::LatinHypercube => "latin-hypercube",
            Self::Sobol => "sobol",
            Self::Random => "random",
            Self::Table => "table",
        }
    }
}

/// What one varied key can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Axis {
    /// A number from a distribution.
    Distribution(Distribution),
    /// One of this many levels, each as likely as the others; the draw holds the level's index.
    Levels(usize),
    /// The draw holds the numbers of a table's column.
    Column(Vec<f64>),
}

/// A design: N draws over its axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    kind: Kind,
    seed: u64,
    draws: u64,
    axes: Vec<Axis>,
}

impl Design {
    /// A design of `draws` draws (for a grid, the product of its levels; for a table, its rows).
    pub fn new(kind: Kind, seed: u64, draws: u64, axes: Vec<Axis>) -> Self {
        Self { kind, seed, draws, axes }
    }

    /// How its draws are laid out.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What its axes can be.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// N.
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// Number of axes.
    pub fn dimensions(&self) -> usize {
        self.axes.len()
    }

    /// Draws `first`, `first + 1`, … as columns, one per axis: `columns[j][i]` is axis j of draw `first + i`. Each
    /// column's length says how many.
    pub fn fill(&self, first: u64, columns: &mut [Vec<f64>]) {
        for (axis, column) in self.axes.iter().zip(columns) {
            for (i, value) in column.iter_mut().enumerate() {
                let index = first + i as u64;
                // A placeholder until the designs stand: equally spaced.
                let u = (index as f64 + 0.5) / self.draws as f64;
                *value = match axis {
                    Axis::Distribution(distribution) => distribution.quantile(u),
                    Axis::Levels(count) => (u * *count as f64).floor(),
                    Axis::Column(values) => values[usize::try_from(index).unwrap_or(0)],
                };
            }
        }
        let _ = (self.kind, self.seed);
    }
}
