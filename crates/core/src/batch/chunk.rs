//! The runs of consecutive draws, as columns from the first run on.

#![expect(non_snake_case, reason = "the field's symbol: w_P")]

use crate::measure::{Measure, Measures, Verdict};
use crate::model::trade::Regime;
use crate::names;
use crate::scenario::keys::SECTORS;
use crate::simulate::Seen;
use crate::trajectory::Trajectory;
use std::ops::Range;

/// The runs of consecutive draws under every variant: all variants of a draw, in their order, then the next draw.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Number of its first draw.
    pub first: u64,
    /// What was drawn: one column per varied key, one entry per draw.
    pub drawn: Vec<Vec<f64>>,
    /// One column per measure, one entry per run; NaN where missing, here and in a chunk's file only; infinite where it has
    /// no bound.
    pub measures: [Vec<f64>; Measure::COUNT],
    /// [`Measures::externality`], one per run; NaN where the run failed.
    pub externality: Vec<f64>,
    /// What kind of run it is, one column per [`Kind`] and one entry per run.
    pub kinds: [Vec<u8>; Kind::COUNT],
    /// What is kept of every run at chosen dates, one entry per date.
    pub dates: Vec<AtDate>,
    /// Runs that failed, ascending, and why.
    pub errors: Vec<(usize, String)>,
    /// Kept trajectories, of the draws among these that keep theirs: (draw, variant, trajectory), in order.
    pub trajectories: Vec<(u64, usize, Trajectory)>,
}

/// The runs of a chunk at one date, as columns.
#[derive(Debug, Clone, Default)]
pub struct AtDate {
    /// w_P, R-wages; NaN where a run has no row at the date.
    pub w_P: Vec<f64>,
    /// Its regime, as in [`Chunk::kinds`].
    pub regimes: Vec<u8>,
}

impl AtDate {
    fn push(&mut self, seen: Option<&Seen>) {
        self.w_P.push(seen.map_or(f64::NAN, |seen| seen.w_P));
        self.regimes.push(seen.map_or(NO_KIND, |seen| code_of(seen.regime)));
    }
}

impl Chunk {
    /// Number of runs: draws × variants.
    pub fn runs(&self) -> usize {
        self.externality.len()
    }

    /// Forgets all runs; their memory stays.
    pub fn clear(&mut self) {
        self.measures.iter_mut().for_each(Vec::clear);
        self.externality.clear();
        self.kinds.iter_mut().for_each(Vec::clear);
        for date in &mut self.dates {
            date.w_P.clear();
            date.regimes.clear();
        }
        self.errors.clear();
        self.trajectories.clear();
    }

    /// Adds the next run; `seen`: what there was of it at each of the chosen dates.
    pub fn push(&mut self, run: Measures, seen: &[Option<Seen>]) {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        for (measure, column) in Measure::ALL.into_iter().zip(&mut self.measures) {
            column.push(number(run[measure]));
        }
        let row = self.runs();
        self.externality.push(number(Some(run.externality).filter(|_| run.error.is_none())));
        for (kind, column) in Kind::ALL.into_iter().zip(&mut self.kinds) {
            column.push(kind.code(&run));
        }
        // What a failed run was before it failed is no result.
        let seen = |i: usize| seen.get(i).and_then(Option::as_ref).filter(|_| run.error.is_none());
        self.dates.iter_mut().enumerate().for_each(|(i, date)| date.push(seen(i)));
        self.errors.extend(run.error.map(|error| (row, error)));
    }

    /// Forgets all draws but some of them, counted from its first, each under so many variants; trajectories stay.
    pub fn keep(&mut self, draws: Range<usize>, variants: usize) {
        fn cut<T>(column: &mut Vec<T>, range: &Range<usize>) {
            column.truncate(range.end);
            column.drain(..range.start.min(column.len()));
        }
        let rows = draws.start * variants..draws.end * variants;
        self.first += draws.start as u64;
        self.drawn.iter_mut().for_each(|column| cut(column, &draws));
        self.measures.iter_mut().for_each(|column| cut(column, &rows));
        cut(&mut self.externality, &rows);
        self.kinds.iter_mut().for_each(|column| cut(column, &rows));
        for date in &mut self.dates {
            cut(&mut date.w_P, &rows);
            cut(&mut date.regimes, &rows);
        }
        self.errors.retain_mut(|(row, _)| {
            let inside = rows.contains(row);
            *row = row.saturating_sub(rows.start);
            inside
        });
    }

    /// Adds the runs of `other` as if their draws came next; trajectories stay behind.
    pub fn append(&mut self, other: &Self) {
        let runs = self.runs();
        self.drawn.resize_with(other.drawn.len(), Vec::new);
        self.drawn.iter_mut().zip(&other.drawn).for_each(|(column, more)| column.extend_from_slice(more));
        self.measures.iter_mut().zip(&other.measures).for_each(|(column, more)| column.extend_from_slice(more));
        self.externality.extend_from_slice(&other.externality);
        self.kinds.iter_mut().zip(&other.kinds).for_each(|(column, more)| column.extend_from_slice(more));
        self.dates.resize_with(other.dates.len(), AtDate::default);
        for (date, more) in self.dates.iter_mut().zip(&other.dates) {
            date.w_P.extend_from_slice(&more.w_P);
            date.regimes.extend_from_slice(&more.regimes);
        }
        self.errors.extend(other.errors.iter().map(|(row, error)| (runs + row, error.clone())));
    }

    /// A measure of a run.
    pub fn measure(&self, measure: Measure, row: usize) -> Option<f64> {
        self.measures[measure as usize].get(row).copied().filter(|value| !value.is_nan())
    }

    /// Where P ends up in a run.
    pub fn verdict(&self, row: usize) -> Option<Verdict> {
        self.kinds[Kind::Verdict as usize].get(row).and_then(|code| Verdict::ALL.get(usize::from(*code)).copied())
    }

    /// Why a run failed.
    pub fn error(&self, row: usize) -> Option<&str> {
        let place = self.errors.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        Some(&self.errors[place].1)
    }

    pub(super) fn errors_in(&self, rows: &Range<usize>) -> &[(usize, String)] {
        let place = |row: usize| self.errors.partition_point(|(failed, _)| *failed < row);
        &self.errors[place(rows.start)..place(rows.end)]
    }
}

names! {
    /// What kind of run it is, in some respect. In the order of tables.
    pub enum Kind {
        Verdict = "verdict": "where P ends up; empty if the run failed",
        Direction = "direction": "which way the gap goes, from the first row to the long run",
        Outcome = "outcome": "what became of the sector promoted last; empty where none was",
        Last = "last_regime": "regime of the last row",
        LongRun = "long_run_regime": "regime that holds in the end",
    }
}

/// Stands where a run is of no kind.
pub(super) const NO_KIND: u8 = u8::MAX;

impl Kind {
    /// Number of kinds.
    pub const COUNT: usize = Self::ALL.len();

    /// What a chunk holds of a run: the place of a named variant, or the code of a regime ([`Regime::code`]) with as many
    /// sectors as a scenario may have.
    fn code(self, run: &Measures) -> u8 {
        match self {
            Self::Verdict => run.verdict.map(|verdict| verdict as u8),
            Self::Direction => run.direction.map(|direction| direction as u8),
            Self::Outcome => run.outcome.map(|outcome| outcome as u8),
            Self::Last => run.last.map(code_of),
            Self::LongRun => run.long_run.map(code_of),
        }
        .unwrap_or(NO_KIND)
    }
}

/// What a chunk holds of a regime.
pub(super) fn code_of(regime: Regime) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    let code = regime.code(*SECTORS.end()) as u8;
    code
}

/// The regime behind a code; `None` where there is none.
pub(super) fn regime_of(code: u8) -> Option<Regime> {
    (code != NO_KIND).then(|| Regime::of_code(f64::from(code), *SECTORS.end()))
}
