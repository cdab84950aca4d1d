//! Runs and comparisons → pictures as SVG. Nothing is read or simulated here.
//!
//! [`data`] is what a picture is drawn from, `pictures` chooses its lines and marks, [`figure`] is the picture in the data's own
//! units, [`svg`] gives it coordinates. The program's pictures of sweeps are made of the same parts.
//!
//! # What a script finds in a picture
//!
//! What belongs to a run (its lines, strips, marks, labels) is in groups `class="run"` with `data-i`, its place, the same in
//! every picture of a comparison, and `data-run`, its name. A pair of axes is a group `class="panel"` that says which column it
//! shows (`data-y`), the values at its ends (`data-x0`, `data-x1`, `data-y0`, `data-y1`), where in the picture these are
//! (`data-left`, `data-right`, `data-top`, `data-bottom`) and whether y is logarithmic (`data-log`). What moves when another span
//! of time is shown is in groups `class="content"`, clipped to the axes. Identifiers begin with [`Look::ids`], so that several
//! pictures can stand on one page.

pub mod axis;
pub mod canvas;
pub mod data;
pub mod figure;
mod layout;
mod panel;
mod pictures;
pub mod svg;
pub mod text;

pub use data::{Comparison, Run};
pub use svg::WIDTH;

use crate::summary::Summary;
use crate::trajectory::Trajectory;
use figure::Figure;

/// What a picture of a run or a comparison shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The income gap.
    Gap,
    /// The wage in P against what leaving the cluster would pay.
    Wage,
    /// Relative productivity of every sector.
    Z,
    /// Growth of real incomes.
    Growth,
    /// How far the cluster is from collapse.
    Margin,
    /// What moved the gap, stacked.
    Decomposition,
}

impl What {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Gap, Self::Wage, Self::Z, Self::Growth, Self::Margin, Self::Decomposition];

    /// Spelling on the command line and of the file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Wage => "wage",
            Self::Z => "z",
            Self::Growth => "growth",
            Self::Margin => "margin",
            Self::Decomposition => "decomposition",
        }
    }

    /// What it shows, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Gap => "the income gap, with its long run",
            Self::Wage => "the wage in P against what leaving the cluster would pay",
            Self::Z => "relative productivity of every sector",
            Self::Growth => "growth of real incomes",
            Self::Margin => "how far the cluster is from collapse",
            Self::Decomposition => "what moved the gap (of a comparison)",
        }
    }
}

/// What a picture is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One run.
    Run(Box<Run>),
    /// Runs side by side.
    Comparison(Comparison),
}

/// How a picture looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// Put before identifiers.
    pub ids: String,
}

/// The picture of `what`, in the data's units.
pub fn figure(source: &Source, what: What) -> Figure {
    pictures::figure(source, what)
}

/// `gap.svg` of a run in memory.
pub fn gap(trajectory: &Trajectory, summary: &Summary) -> String {
    let run = Source::Run(Box::new(Run::of(trajectory, summary)));
    svg::render(&figure(&run, What::Gap), &Look::default())
}

/// The pictures of a comparison in memory, by name of file.
pub fn of_comparison(comparison: Comparison) -> Vec<(String, String)> {
    let source = Source::Comparison(comparison);
    let kinds = What::ALL.into_iter().filter(|what| *what != What::Z);
    let draw = |what: What| (format!("{}.svg", what.name()), svg::render(&figure(&source, what), &Look::default()));
    kinds.map(draw).collect()
}
