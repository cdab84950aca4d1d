//! Kinds of a sweep's runs: what cells are coloured by and shares are counted of.

use crate::draw::colour::Tint;
use crate::measure::{Outcome, Status, Verdict};
use crate::quantity::Quantity;
use crate::table::Cells;
use std::borrow::Cow;

/// At most so many kinds are told apart.
pub(super) const MOST: usize = 7;

/// By what runs are told apart. A run is of the kind at some place: verdicts or outcomes as ranked, then runs without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plot) enum Kinds {
    /// Where P ends up.
    Verdict,
    /// What became of the sector promoted last.
    Outcome,
}

impl Kinds {
    /// Column of the table, and spelling after `--by`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Outcome => "outcome",
        }
    }

    /// In a sentence.
    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Verdict => "a verdict",
            Self::Outcome => "an outcome",
        }
    }

    /// The kinds of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Verdict, Self::Outcome].into_iter().find(|kinds| kinds.name() == name)
    }

    /// The kind of a row, by its cell of the column of this name, in which texts have the places of [`Self::tint`], and that of
    /// its status.
    pub(super) fn of(self, cells: &Cells, status: &Cells, row: usize) -> usize {
        match (self, cells.place(row)) {
            (Self::Verdict, Some(place)) => (place as usize).min(Verdict::RANKED.len()),
            (Self::Verdict, None) => Verdict::RANKED.len(),
            (Self::Outcome, Some(place)) => (place as usize).min(Outcome::RANKED.len()),
            (Self::Outcome, None) if status.place(row) == Some(Status::Failed as u32) => NONE_PROMOTED + 1,
            (Self::Outcome, None) => NONE_PROMOTED,
        }
    }

    /// What stands for the kind at a place.
    pub(super) fn tint(self, at: usize) -> Tint {
        match self {
            Self::Verdict => Verdict::RANKED.get(at).map_or(Tint::Failed, |verdict| Tint::Verdict(*verdict)),
            Self::Outcome if at == NONE_PROMOTED => Tint::NonePromoted,
            Self::Outcome => Outcome::RANKED.get(at).map_or(Tint::Failed, |outcome| Tint::Outcome(*outcome)),
        }
    }

    /// What the kind at a place is called.
    pub(super) fn called(self, at: usize) -> &'static str {
        match self.tint(at) {
            Tint::Verdict(verdict) => verdict.name(),
            Tint::Outcome(outcome) => outcome.name(),
            Tint::NonePromoted => "none promoted",
            Tint::Failed | Tint::Part(_) => "failed",
        }
    }

    /// Whether some run of these counts is of a kind of its own, rather than without one.
    pub(super) fn any(self, counts: &[u64; MOST]) -> bool {
        let ranked = match self {
            Self::Verdict => Verdict::RANKED.len(),
            Self::Outcome => Outcome::RANKED.len(),
        };
        counts[..ranked].iter().any(|count| *count > 0)
    }

    /// Whether runs of these counts are all without one, and none failed: of a variant that promotes nothing.
    pub(super) fn none(self, counts: &[u64; MOST]) -> bool {
        self == Self::Outcome && counts.iter().enumerate().all(|(at, count)| at == NONE_PROMOTED || *count == 0)
    }
}

const NONE_PROMOTED: usize = Outcome::RANKED.len();

/// What is drawn over keys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum By {
    /// How many runs are of which kind.
    Kinds(Kinds),
    /// The values of a measure, or at a date.
    Measure(Quantity),
}

impl By {
    /// Column of the table.
    pub(super) fn name(self) -> Cow<'static, str> {
        match self {
            Self::Kinds(kinds) => Cow::Borrowed(kinds.name()),
            Self::Measure(measure) => measure.name(),
        }
    }

    /// The measure, where it is one.
    pub(super) fn measure(self) -> Option<Quantity> {
        if let Self::Measure(measure) = self { Some(measure) } else { None }
    }
}
