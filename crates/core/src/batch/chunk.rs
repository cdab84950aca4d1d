//! The runs of consecutive draws, as columns from the first run on; and the columns of the table that they make.

use crate::measure::{Direction, Measure, Measures, Outcome, Status, Verdict};
use crate::model::trade::{Regime, RegimeKind};
use crate::names;
use crate::names::Named;
use crate::scenario::keys::SECTORS;
use crate::scenario::sweep::{Level, Varied};
use crate::table::{Cells, Column, ColumnType, Field, field};
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
    /// Runs that failed, ascending, and why.
    pub errors: Vec<(usize, String)>,
    /// Kept trajectories, of the draws among these that keep theirs: (draw, variant, trajectory), in order.
    pub trajectories: Vec<(u64, usize, Trajectory)>,
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
        self.errors.clear();
        self.trajectories.clear();
    }

    /// Adds the next run.
    pub fn push(&mut self, run: Measures) {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        for (measure, column) in Measure::ALL.into_iter().zip(&mut self.measures) {
            column.push(number(run[measure]));
        }
        let row = self.runs();
        self.externality.push(number(Some(run.externality).filter(|_| run.error.is_none())));
        for (kind, column) in Kind::ALL.into_iter().zip(&mut self.kinds) {
            column.push(kind.code(&run));
        }
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

    fn errors_in(&self, rows: &Range<usize>) -> &[(usize, String)] {
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
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
        let regime = |regime: Regime| regime.code(*SECTORS.end()) as u8;
        match self {
            Self::Verdict => run.verdict.map(|verdict| verdict as u8),
            Self::Direction => run.direction.map(|direction| direction as u8),
            Self::Outcome => run.outcome.map(|outcome| outcome as u8),
            Self::Last => run.last.map(regime),
            Self::LongRun => run.long_run.map(regime),
        }
        .unwrap_or(NO_KIND)
    }

    /// Its columns: what it is, and of a regime the sector too, by the names that the sectors have under each variant.
    fn columns(self, sectors: &[Vec<String>]) -> Vec<Column<'static, Chunk>> {
        fn named<E: Named>(kind: Kind) -> Column<'static, Chunk> {
            Column::named::<E, _>(kind.name(), kind.meaning(), move |chunk: &Chunk, row| {
                E::VARIANTS.get(usize::from(chunk.kinds[kind as usize][row])).copied()
            })
        }
        let regime = move |chunk: &Chunk, row: usize| {
            let code = chunk.kinds[self as usize][row];
            (code != NO_KIND).then(|| Regime::of_code(f64::from(code), *SECTORS.end()))
        };
        let sector = match self {
            Self::Verdict => return vec![named::<Verdict>(self)],
            Self::Direction => return vec![named::<Direction>(self)],
            Self::Outcome => return vec![named::<Outcome>(self)],
            Self::Last => ("last_sector", "sector of the last row; empty when diversified or closed"),
            Self::LongRun => ("long_run_sector", "sector in which P specialises in the end"),
        };
        let sectors = sectors.to_vec();
        vec![
            Column::named::<RegimeKind, _>(self.name(), self.meaning(), move |chunk: &Chunk, row| {
                regime(chunk, row).map(Regime::kind)
            }),
            Column::made_text(sector.0, sector.1, move |chunk: &Chunk, row| {
                let names = sectors.get(row % sectors.len().max(1))?;
                regime(chunk, row)?.sector().and_then(|i| names.get(i).cloned())
            }),
        ]
    }
}

/// Columns of `runs.csv` and `runs.parquet`, one row per draw and variant: which run, what was drawn, what came of it.
/// `sectors` names the sectors of each variant.
pub fn columns(vary: &[Varied], variants: &[String], sectors: &[Vec<String>]) -> Vec<Column<'static, Chunk>> {
    let count = variants.len().max(1);
    let mut columns =
        Vec::from(run_key(variants, move |chunk: &Chunk, row| (chunk.first + (row / count) as u64, row % count)));
    let of = |keys: bool| vary.iter().enumerate().filter(move |(_, varied)| varied.is_key() == keys);
    columns
        .extend(of(true).map(|(key, varied)| varied.column(move |chunk: &Chunk, row| chunk.drawn[key][row / count])));
    columns.push(Column::new(
        Field {
            among: Status::ALL.map(Status::name).to_vec(),
            ..field("status", ColumnType::String, "", "ok, or failed", true)
        },
        |chunk: &Chunk, rows, cells| {
            let Cells::Texts(cells) = cells else { return };
            let begin = cells.places.len();
            cells.push_named(rows.clone().map(|_| Some(Status::Ok)));
            let failed = cells.place(Status::Failed.name());
            chunk.errors_in(&rows).iter().for_each(|(row, _)| cells.places[begin + row - rows.start] = failed);
        },
    ));
    columns.push(Column::new(
        field("error", ColumnType::String, "", "why the run failed", false),
        |chunk: &Chunk, rows, cells| {
            let Cells::Texts(cells) = cells else { return };
            let mut next = rows.start;
            for (row, why) in chunk.errors_in(&rows) {
                (next..*row).for_each(|_| cells.push(None));
                cells.push(Some(why));
                next = row + 1;
            }
            (next..rows.end).for_each(|_| cells.push(None));
        },
    ));
    columns.extend(Kind::ALL.into_iter().flat_map(|kind| kind.columns(sectors)));
    columns.extend(Measure::ALL.map(|measure| {
        let column = measure.column(move |chunk: &Chunk, row| chunk.measure(measure, row));
        if column.field.kind != ColumnType::Number {
            return column;
        }
        // Columns of numbers are taken over as they are.
        Column::new(column.field, move |chunk: &Chunk, rows, cells| {
            if let Cells::Numbers(cells) = cells {
                cells.extend_from_slice(&chunk.measures[measure as usize][rows]);
            }
        })
    }));
    let about = "λ of the sector in which P ends with a cluster, 1 where it ends with none; empty if the run failed";
    columns.push(Column::number("externality", "1", about, |chunk: &Chunk, row| {
        Some(chunk.externality[row]).filter(|value| value.is_finite())
    }));
    columns.extend(of(false).map(|(slot, varied)| carried(slot, varied.clone(), count)));
    columns
}

/// The columns that name a run of a sweep, in a table in whose rows `run` finds draw and variant.
pub fn run_key<R: ?Sized>(
    variants: &[String],
    run: impl Fn(&R, usize) -> (u64, usize) + Copy + Send + Sync + 'static,
) -> [Column<'static, R>; 2] {
    let variants = variants.to_vec();
    [
        Column::integer(
            "run",
            "1",
            "number of the draw, counted from 0; the same for every variant",
            move |rows: &R, row| run(rows, row).0,
        ),
        Column::new(
            field("variant", ColumnType::String, "", "name of the variant", true),
            move |rows: &R, range, cells| {
                let Cells::Texts(cells) = cells else { return };
                let places: Vec<u32> = variants.iter().map(|name| cells.place(name)).collect();
                cells.places.extend(range.map(|row| places[run(rows, row).1]));
            },
        ),
    ]
}

/// A column of the table of draws that is no key.
fn carried(slot: usize, varied: Varied, variants: usize) -> Column<'static, Chunk> {
    let meaning = "a column of the table of draws, as it stands there";
    let drawn = move |chunk: &Chunk, row: usize| chunk.drawn[slot][row / variants];
    match varied.kind {
        ColumnType::String => Column::made_text(varied.name.clone(), meaning, move |chunk: &Chunk, row| {
            match varied.value(drawn(chunk, row)) {
                Level::Text(text) => Some(text).filter(|text| !text.is_empty()),
                Level::Number(_) | Level::Flag(_) => None,
            }
        }),
        ColumnType::Number | ColumnType::Integer | ColumnType::Boolean =>
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 on")]
            Column::integer(varied.name.clone(), "", meaning, move |chunk: &Chunk, row| drawn(chunk, row) as u64)
        }
    }
}
