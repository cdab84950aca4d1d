//! A picture before it is drawn: what is shown, in the data's own units. Nothing here knows a coordinate.

use super::axis::Scale;
use super::colour::{Pen, Tint};
use std::borrow::Cow;

/// Points joined by a line; breaks where data are missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Shown at its right end.
    pub label: String,
    /// What it is.
    pub pen: Pen,
    /// Unbroken pieces.
    pub pieces: Vec<Vec<(f64, f64)>>,
    /// Whether the value of a point holds up to the next one; each point is marked.
    pub stepped: bool,
    /// Where it stood just before its first date, at which it jumps; marked there.
    pub before: Option<f64>,
    /// Where it tends to, drawn dashed beyond the last date.
    pub limit: Option<f64>,
    /// Place of its run among [`Figure::runs`].
    pub run: usize,
}

/// The area of one term of a sum, or of one kind of several that make up the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Shown at its right end.
    pub label: String,
    /// Which it is.
    pub tint: Tint,
    /// x, bottom, top above zero.
    pub above: Vec<(f64, f64, f64)>,
    /// x, bottom, top below zero.
    pub below: Vec<(f64, f64, f64)>,
}

/// A bar of a histogram, from 0 up.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its left end.
    pub from: f64,
    /// Its right end.
    pub until: f64,
    /// How high it is.
    pub height: f64,
    /// That of its variant.
    pub pen: Pen,
    /// Place of its variant among [`Figure::runs`].
    pub run: usize,
}

/// The area between two lines: between quantiles, say.
#[derive(Debug, Clone, PartialEq)]
pub struct Ribbon {
    /// That of its variant.
    pub pen: Pen,
    /// How much of it is seen, from 0 to 1: ribbons inside others add up.
    pub opacity: f64,
    /// x, bottom, top; unbroken pieces.
    pub pieces: Vec<Vec<(f64, f64, f64)>>,
    /// Place of its variant among [`Figure::runs`].
    pub run: usize,
}

/// Draws behind lines: each a point, or of many how dense they are in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cloud {
    /// A point for each.
    Points(Vec<(f64, f64)>),
    /// Cells by their ends, x then y, and the share of the densest cell's draws that each has.
    Cells(Vec<([f64; 2], [f64; 2], f64)>),
}

/// Kinds of horizontal reference lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelKind {
    /// The limit of a run's gap: dashed.
    LongRun,
    /// Where nothing is lost or gained: parity, zero.
    Reference,
}

/// A horizontal line.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Its value.
    pub y: f64,
    /// What it is.
    pub kind: LevelKind,
    /// Shown at its right end; may be empty.
    pub label: String,
}

/// A change over one date that is no part of the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Jump {
    /// Date.
    pub x: f64,
    /// Value, which may lie outside the axis.
    pub y: f64,
    /// That of its line.
    pub pen: Pen,
    /// Its size in words.
    pub text: String,
    /// Place of its run among [`Figure::runs`].
    pub run: usize,
}

/// One pair of axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Column of the table that the y axis shows.
    pub column: Cow<'static, str>,
    /// Whether the axis shows it in per cent.
    pub percent: bool,
    /// Place of the run among [`Figure::runs`] that all of it is about, where there is one.
    pub run: Option<usize>,
    /// What the y axis shows, with its unit. Marked up.
    pub y_label: String,
    /// The y axis.
    pub y: Scale,
    /// Lines, later ones above.
    pub lines: Vec<Line>,
    /// Areas below the lines.
    pub areas: Vec<Area>,
    /// Bars below the lines.
    pub bars: Vec<Bar>,
    /// Draws behind everything else.
    pub cloud: Option<Cloud>,
    /// Areas between quantiles, below the lines, later ones above.
    pub ribbons: Vec<Ribbon>,
    /// Reference lines.
    pub levels: Vec<Level>,
    /// Changes apart from the lines.
    pub jumps: Vec<Jump>,
    /// Said in the middle where there is nothing to draw.
    pub empty: String,
}

impl Panel {
    /// A panel without content.
    pub fn new(column: impl Into<Cow<'static, str>>, y_label: &str, y: Scale) -> Self {
        Self {
            column: column.into(),
            percent: false,
            run: None,
            y_label: y_label.to_owned(),
            y,
            lines: Vec::new(),
            areas: Vec::new(),
            bars: Vec::new(),
            cloud: None,
            ribbons: Vec::new(),
            levels: Vec::new(),
            jumps: Vec::new(),
            empty: String::new(),
        }
    }
}

/// Consecutive dates under one regime.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// First date.
    pub from: f64,
    /// Last date, or the first of the next band.
    pub until: f64,
    /// `cluster`, `isolation`, `diversified` or `closed`.
    pub regime: String,
    /// Sector; empty where there is none.
    pub sector: String,
    /// Counts sectors.
    pub tint: usize,
}

/// The regimes of one run in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Of the run that it is about, where there are several.
    pub pen: Option<Pen>,
    /// Place of its run among [`Figure::runs`].
    pub run: usize,
    /// What its run is called, where there are several.
    pub label: String,
    /// In order of time.
    pub bands: Vec<Band>,
    /// Spans in which a subsidy is paid.
    pub subsidised: Vec<(f64, f64)>,
}

/// A policy, a shock, an opening: what somebody did, above the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Date.
    pub from: f64,
    /// End; equal to `from` for what happens at once.
    pub until: f64,
    /// In words.
    pub text: String,
    /// Places of the runs it happens in among [`Figure::runs`], with their pens; empty where it happens in all of them.
    pub runs: Vec<(usize, Pen)>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Heading.
    pub title: String,
    /// Below the heading.
    pub subtitle: String,
    /// Names of the runs (of a sweep, the variants) that lines, strips and marks belong to: the same place in every picture.
    pub runs: Vec<String>,
    /// What the x axis shows.
    pub x_label: String,
    /// The x axis.
    pub x: Scale,
    /// Names along the x axis in place of numbers; empty for numbers.
    pub names: Vec<(f64, String)>,
    /// Whether the panels show the same of different variants: lower ones, their labels said once, below them.
    pub multiples: bool,
    /// Policies and shocks.
    pub acts: Vec<Act>,
    /// Regimes above the panels.
    pub strips: Vec<Strip>,
    /// One above the other, with the same x axis.
    pub panels: Vec<Panel>,
    /// Said below the picture.
    pub notes: Vec<String>,
}
