//! Runs and comparisons → pictures as SVG. Nothing is read or simulated here.
//!
//! [`data`] is what a picture is drawn from, `pictures` chooses its lines and marks, [`mod@figure`] is the picture in the data's own
//! units, [`svg`] gives it coordinates. The program's pictures of sweeps are made of the same parts. What an analysis of a sweep finds is
//! drawn by [`tornado`], [`boxes`] and [`regret`], each from a small structure of its own.
//!
//! # What a script finds in a picture
//!
//! What belongs to a run (its lines, strips, marks, labels) is in groups `class="run"` with `data-i`, its place, the same in
//! every picture of a comparison, and `data-run`, its name. A pair of axes is a group `class="panel"` that says which column it
//! shows (`data-y`), the values at its ends (`data-x0`, `data-x1`, `data-y0`, `data-y1`), where in the picture these are
//! (`data-left`, `data-right`, `data-top`, `data-bottom`) whether y is logarithmic (`data-log`) and in per cent (`data-percent`). What moves when another span
//! of time is shown is in groups `class="content"`, clipped to the axes. Identifiers begin with [`Look::ids`], so that several
//! pictures can stand on one page.

mod above;
pub mod axis;
pub mod boxes;
pub mod canvas;
pub mod colour;
pub mod data;
mod decomposition;
pub mod figure;
pub mod findings;
pub mod flips;
mod history;
mod labels;
mod layout;
mod look;
mod panel;
mod pictures;
pub mod plane;
pub mod regret;
mod rooms;
mod shown;
pub mod svg;
pub mod text;
pub mod tornado;

pub use data::{Comparison, Run, Source};
pub use look::Look;
pub use pictures::{OF_A_COMPARISON, What};

use crate::scenario::Scenario;
use crate::summary::Summary;
use crate::trajectory::Trajectory;
use figure::Figure;

/// The picture of `what`, in the data's units.
pub fn figure(source: &Source, what: What) -> Figure {
    pictures::figure(source, what)
}

/// `gap.svg` of a run in memory.
pub fn gap(scenario: &Scenario, trajectory: &Trajectory, summary: &Summary) -> String {
    let run = Source::Run(Box::new(Run::of(scenario, trajectory, summary)));
    svg::render(&figure(&run, What::Gap), &Look::default())
}

/// The pictures that a comparison comes with, by name of file.
pub fn of_comparison(comparison: Comparison) -> Vec<(String, String)> {
    let source = Source::Comparison(comparison);
    let draw = |what: What| (format!("{}.svg", what.name()), svg::render(&figure(&source, what), &Look::default()));
    OF_A_COMPARISON.into_iter().map(draw).collect()
}
