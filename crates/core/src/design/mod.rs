//! Designs of a parameter study: which values the varied keys take in draw number i. A draw is a pure function of the
//! design, its seed and its index, never of what was drawn before, so that draws can be computed in any order, on any
//! machine.
//!
//! Every sampled design gives each axis a number u in the open interval (0, 1), which becomes a value by the inverse of
//! the distribution function, or one of n levels as ⌊u n⌋. An axis is drawn from the seed and its own number: one more
//! axis at the end leaves the others' draws as they were.
//!
//! | kind | draw i | reference |
//! |---|---|---|
//! | [`Kind::Grid`] | i in the mixed radix of the levels, the last axis the fastest digit | |
//! | [`Kind::Random`] | words number i of a counter-based generator (ChaCha with 8 rounds), a stream per axis | Salmon et al. 2011; Bernstein 2008 |
//! | [`Kind::LatinHypercube`] | (π(i) + v)/N, π a permutation of 0 … N − 1 keyed by seed and axis, v uniform on (0, 1) | McKay, Beckman and Conover 1979 |
//! | [`Kind::Sobol`] | point i, from 0, of the Sobol sequence in Gray-code order, with nested uniform scrambling | Sobol 1967; Joe and Kuo 2008; Owen 1995; Laine and Karras 2011 |
//! | [`Kind::Table`] | row i | |
//! | [`Kind::Saltelli`] | in blocks of k + 2 for k axes: a base point A, A with each axis in turn from a second point B, and B; with second order 2k + 2: B with each axis in turn from A stands before B. A and B are axes 1 … k and k + 1 … 2k of a Sobol design | Saltelli 2002; Saltelli et al. 2010 |
//! | [`Kind::Morris`] | in trajectories of k + 1: from a point of p levels, each at the middle of its p-th of (0, 1), each axis in turn, in random order, moves p/2 levels, the one way that there is | Morris 1991 |
//!
//! Axes can be held together, in designs that give every axis numbers of its own. A [`Copula`] makes the numbers u of some axes go
//! together, each by itself still uniform, before they become values; a [`Group`]'s values are shares of a sum; an axis can follow
//! another. A copula keeps the first of its axes as evenly spread as the design had it; the others are mixtures, as uniform but not
//! sliced.
//!
//! The first N draws of a larger random, Sobol, Saltelli or Morris design are those of the smaller one; a Latin hypercube is laid
//! out for its N. Saltelli and Morris designs are laid out for their axes. A Sobol design is most even where N is a power of two; its first draw is as good as any other, scrambled as it
//! is. It has at most [`MAX_DIMENSIONS`] axes and 2^64 points of 52 bits.
//!
//! Nested uniform scrambling flips each binary digit of a coordinate by chance, depending on the digits before it: every
//! point by itself is uniform, while together they stay a digital net, whose integration error falls almost as N^(−3/2)
//! for smooth functions (Owen 1997). Here the chance is a hash of the digits before, in the manner of Laine and Karras,
//! on words of 64 bits and with five keyed rounds.
//!
//! - D. J. Bernstein, "ChaCha, a variant of Salsa20", 2008.
//! - S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM Journal on
//!   Scientific Computing 30 (2008), 2635–2654.
//! - S. Laine and T. Karras, "Stratified sampling for stochastic transparency", Computer Graphics Forum 30 (2011),
//!   1197–1204.
//! - M. D. McKay, R. J. Beckman and W. J. Conover, "A comparison of three methods for selecting values of input variables
//!   in the analysis of output from a computer code", Technometrics 21 (1979), 239–245.
//! - A. B. Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", in Monte Carlo and Quasi-Monte Carlo Methods in
//!   Scientific Computing, Springer 1995, 299–317; "Scrambled net variance for integrals of smooth functions", Annals of
//!   Statistics 25 (1997), 1541–1562.
//! - M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991), 161–174.
//! - J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//! - A. Saltelli, "Making best use of model evaluations to compute sensitivity indices", Computer Physics Communications 145
//!   (2002), 280–297; A. Saltelli et al., "Variance based sensitivity analysis of model output. Design and estimator for the
//!   total sensitivity index", Computer Physics Communications 181 (2010), 259–270.
//! - I. M. Sobol, "On the distribution of points in a cube and the approximate evaluation of integrals", USSR
//!   Computational Mathematics and Mathematical Physics 7 (1967), 86–112.

mod distribution;
mod empirical;
mod gamma;
mod joe_kuo;
mod latin;
mod layout;
mod morris;
mod normal;
mod saltelli;
mod sobol;
mod stream;
mod ties;

pub use distribution::Distribution;
pub use empirical::Empirical;
pub use gamma::{LEAST as LEAST_SHAPE, MOST_SHAPE};
pub use layout::{Kind, LEVELS, Layout};
pub(crate) use normal::low_quantile;
pub use sobol::MAX_DIMENSIONS;
pub use ties::{Copula, Group, Indefinite};

pub(crate) use stream::{Purpose, Stream, unit};

use distribution::Quantile;
use gamma::Gamma;
use latin::Slices;

impl Kind {
    /// Whether the draws of a larger design begin with those of a smaller one.
    pub fn goes_on(self) -> bool {
        match self {
            Self::Random | Self::Sobol => true,
            Self::Grid | Self::LatinHypercube | Self::Table | Self::Saltelli | Self::Morris => false,
        }
    }
}

impl Kind {
    /// Whether draws depend on a seed.
    pub fn is_seeded(self) -> bool {
        match self {
            Self::Grid | Self::Table => false,
            Self::LatinHypercube | Self::Sobol | Self::Random | Self::Saltelli | Self::Morris => true,
        }
    }

    /// Whether it moves one axis at a time: what is told from that is about axes that are independent.
    pub fn moves_axes_alone(self) -> bool {
        match self {
            Self::Saltelli | Self::Morris => true,
            Self::Grid | Self::Table | Self::LatinHypercube | Self::Sobol | Self::Random => false,
        }
    }

    /// Whether its axes can be held together: every draw has numbers of its own for all of them, and nothing is told from moving
    /// one axis alone.
    pub fn ties_axes(self) -> bool {
        match self {
            Self::Grid | Self::Table | Self::Saltelli | Self::Morris => false,
            Self::LatinHypercube | Self::Sobol | Self::Random => true,
        }
    }
}

/// What one varied key can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Axis {
    /// A number from a distribution. A grid, which has levels only, stands still at its median.
    Distribution(Distribution),
    /// One of the values that were found.
    Empirical(Empirical),
    /// A share of the sum of its [`Group`], by its concentration, > 0.
    Share(f64),
    /// Another axis' draw, so many times.
    Follows {
        /// The axis that it follows, which follows none.
        axis: usize,
        /// By what its draw is multiplied.
        times: f64,
    },
    /// One of this many levels, at least 1, each as likely as the others; the draw holds the level's index.
    Levels(usize),
    /// The draw holds the numbers of a table's column: draw i its row i (in a grid, each row is a level). NaN past its
    /// end.
    Column(Vec<f64>),
}

/// A design: N draws over its axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    layout: Layout,
    seed: u64,
    draws: u64,
    axes: Vec<Axis>,
    /// One per axis.
    sources: Vec<Source>,
    /// What makes ranks go together.
    copula: Option<Copula>,
    groups: Vec<Group>,
}

/// Where an axis takes its draws from.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// The draw's own index.
    Index,
    /// A digit of the index: it goes up after each `stride` draws, modulo `count`.
    Digit { stride: u64, count: u64 },
    /// Numbers in (0, 1), then a value.
    Units(Units, Value),
    /// Another axis, and by what it is multiplied.
    Axis(usize, f64),
}

#[derive(Debug, Clone, PartialEq)]
enum Units {
    Random(Stream),
    LatinHypercube(Box<Slices>),
    Sobol(Box<sobol::Coordinate>),
    Saltelli(Box<saltelli::Mixed>),
    Morris(morris::Moved),
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Quantile(Quantile),
    Empirical(Empirical),
    Gamma(Gamma),
    Level { count: f64 },
}

impl Design {
    /// A design of `draws` draws (for a grid, the product of its levels; for a table, its rows; for a Saltelli or Morris
    /// design, whole blocks or trajectories: [`Layout::block`]).
    ///
    /// A Sobol design should have at most [`MAX_DIMENSIONS`] axes, a Saltelli design half as many; axes past them are drawn
    /// at random. An axis of a table that is no column is drawn at random too.
    pub fn new(layout: impl Into<Layout>, seed: u64, draws: u64, axes: Vec<Axis>) -> Self {
        let layout = layout.into();
        let kind = layout.kind;
        // Draws that pass before each axis of a grid takes its next level.
        let mut stride = 1u64;
        let mut sources: Vec<Source> = (axes.iter().enumerate().rev())
            .map(|(j, axis)| {
                let value = match axis {
                    Axis::Follows { axis, times } => return Source::Axis(*axis, *times),
                    _ if kind == Kind::Grid => {
                        let count = levels(axis);
                        let digit = Source::Digit { stride, count };
                        stride = stride.saturating_mul(count);
                        return digit;
                    }
                    Axis::Column(_) => return Source::Index,
                    Axis::Distribution(distribution) => Value::Quantile(Quantile::new(*distribution)),
                    Axis::Empirical(empirical) => Value::Empirical(empirical.clone()),
                    Axis::Share(concentration) => Value::Gamma(Gamma::new(*concentration)),
                    Axis::Levels(_) => Value::Level { count: levels(axis) as f64 },
                };
                Source::Units(Units::new(layout, seed, draws, j, axes.len()), value)
            })
            .collect();
        sources.reverse();
        Self { layout, seed, draws, axes, sources, copula: None, groups: Vec::new() }
    }

    /// The same with axes held together: those of `copula` by their ranks, those of each group by their sum.
    #[must_use]
    pub fn tied(self, copula: Option<Copula>, groups: Vec<Group>) -> Self {
        Self { copula, groups, ..self }
    }

    /// How its draws are laid out.
    pub fn kind(&self) -> Kind {
        self.layout.kind
    }

    /// The same, with all that its kind leaves open.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Its seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of draws.
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// Number of draws that [`Layout::block`] counts as one: base points of a Saltelli design, trajectories of a Morris
    /// design, else draws.
    pub fn samples(&self) -> u64 {
        self.draws / self.layout.block(self.axes.len())
    }

    /// Number of axes.
    pub fn dimensions(&self) -> usize {
        self.axes.len()
    }

    /// Its axes.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Draws `first`, `first + 1`, … as columns, one per axis: `columns[j][i]` is axis j of draw `first + i`. Each
    /// column's length says how many. Blocks of some hundred draws cost least.
    pub fn fill(&self, first: u64, columns: &mut [Vec<f64>]) {
        for ((axis, source), column) in self.axes.iter().zip(&self.sources).zip(&mut *columns) {
            match source {
                Source::Index => {
                    for (index, drawn) in (first..).zip(column) {
                        *drawn = at(axis, index);
                    }
                }
                Source::Digit { stride, count } => {
                    for (index, drawn) in (first..).zip(column) {
                        *drawn = at(axis, index / stride % count);
                    }
                }
                Source::Units(units, _) => units.fill(first, column),
                Source::Axis(..) => {}
            }
        }
        if let Some(copula) = &self.copula {
            copula.apply(columns);
        }
        for (source, column) in self.sources.iter().zip(&mut *columns) {
            if let Source::Units(_, value) = source {
                value.make(column);
            }
        }
        self.groups.iter().for_each(|group| group.apply(columns));
        for (slot, source) in self.sources.iter().enumerate() {
            if let Source::Axis(axis, times) = source {
                let followed = std::mem::take(&mut columns[*axis]);
                columns[slot].iter_mut().zip(&followed).for_each(|(drawn, other)| *drawn = other * times);
                columns[*axis] = followed;
            }
        }
    }
}

impl Value {
    /// Numbers in (0, 1) become values.
    fn make(&self, column: &mut [f64]) {
        match self {
            Self::Quantile(quantile) => column.iter_mut().for_each(|u| *u = quantile.at(*u)),
            Self::Empirical(empirical) => column.iter_mut().for_each(|u| *u = empirical.quantile(*u)),
            Self::Gamma(gamma) => column.iter_mut().for_each(|u| *u = gamma.quantile(*u)),
            Self::Level { count } => column.iter_mut().for_each(|u| *u = (*u * count).floor()),
        }
    }
}

impl Units {
    fn new(layout: Layout, seed: u64, draws: u64, axis: usize, axes: usize) -> Self {
        let random = || Self::Random(Stream::new(seed, Purpose::Random, axis));
        match layout.kind {
            Kind::LatinHypercube => Self::LatinHypercube(Box::new(Slices::new(seed, axis, draws))),
            Kind::Sobol => sobol::Coordinate::new(seed, axis).map_or_else(random, |c| Self::Sobol(Box::new(c))),
            Kind::Saltelli => {
                let sobol = |axis| Self::new(Kind::Sobol.into(), seed, draws, axis, 2 * axes);
                Self::Saltelli(Box::new(saltelli::Mixed::new([sobol(axis), sobol(axes + axis)], axis, axes, layout)))
            }
            Kind::Morris => Self::Morris(morris::Moved::new(seed, axis, axes, layout.levels)),
            Kind::Random | Kind::Grid | Kind::Table => random(),
        }
    }

    /// The numbers of draws `first`, `first + 1`, …
    fn fill(&self, first: u64, units: &mut [f64]) {
        match self {
            Self::Random(stream) => {
                for (u, word) in units.iter_mut().zip(stream.from(first)) {
                    *u = stream::unit(word);
                }
            }
            Self::LatinHypercube(slices) => slices.fill(first, units),
            Self::Sobol(coordinate) => coordinate.fill(first, units),
            Self::Saltelli(mixed) => mixed.fill(first, units),
            Self::Morris(moved) => moved.fill(first, units),
        }
    }
}

/// Levels of an axis in a grid.
fn levels(axis: &Axis) -> u64 {
    let count = match axis {
        Axis::Distribution(_) | Axis::Empirical(_) | Axis::Share(_) | Axis::Follows { .. } => 1,
        Axis::Levels(count) => *count,
        Axis::Column(values) => values.len(),
    };
    count.max(1) as u64
}

/// What stands at a row or level of an axis.
fn at(axis: &Axis, index: u64) -> f64 {
    match axis {
        Axis::Distribution(distribution) => distribution.quantile(0.5),
        Axis::Empirical(empirical) => empirical.quantile(0.5),
        // No grid has these.
        Axis::Share(_) | Axis::Follows { .. } => f64::NAN,
        Axis::Levels(_) => index as f64,
        Axis::Column(values) => {
            usize::try_from(index).ok().and_then(|row| values.get(row)).copied().unwrap_or(f64::NAN)
        }
    }
}
