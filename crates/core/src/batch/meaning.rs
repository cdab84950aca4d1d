//! The table of runs, column by column: which run, what was drawn, what came of it.

use super::chunk::regime_of;
use super::{Chunk, Kind};
use crate::measure::{Direction, Measure, Outcome, Status, Verdict};
use crate::model::trade::{Regime, RegimeKind};
use crate::names::Named;
use crate::scenario::sweep::{Level, Varied, kept};
use crate::table::{Cells, Column, ColumnType, Field, field};
use std::borrow::Cow;

/// What the rows of a table of runs mean.
#[derive(Debug, Clone, Copy, Default)]
pub struct Meaning<'a> {
    /// The varied keys.
    pub vary: &'a [Varied],
    /// Names of the variants.
    pub variants: &'a [String],
    /// Names of the sectors under each variant.
    pub sectors: &'a [Vec<String>],
    /// Dates, years, at which every run is looked at.
    pub dates: &'a [f64],
}

impl Kind {
    /// Its columns: what it is, and of a regime the sector too, by the names that the sectors have under each variant.
    fn columns(self, sectors: &[Vec<String>]) -> Vec<Column<'static, Chunk>> {
        fn named<E: Named>(kind: Kind) -> Column<'static, Chunk> {
            Column::named::<E, _>(kind.name(), kind.meaning(), move |chunk: &Chunk, row| {
                E::VARIANTS.get(usize::from(chunk.kinds[kind as usize][row])).copied()
            })
        }
        let sector = match self {
            Self::Verdict => return vec![named::<Verdict>(self)],
            Self::Direction => return vec![named::<Direction>(self)],
            Self::Outcome => return vec![named::<Outcome>(self)],
            Self::Last => ("last_sector", "sector of the last row; empty when diversified or closed"),
            Self::LongRun => ("long_run_sector", "sector in which P specialises in the end"),
        };
        let code = move |chunk: &Chunk, row: usize| chunk.kinds[self as usize][row];
        regime_and_sector([self.name(), sector.0], [self.meaning(), sector.1], sectors, code).into()
    }
}

/// Two columns, called so and meaning that: the kind of a regime, and its sector by the names under each variant.
fn regime_and_sector(
    [kind, sector]: [impl Into<Cow<'static, str>>; 2],
    meanings: [&'static str; 2],
    sectors: &[Vec<String>],
    code: impl Fn(&Chunk, usize) -> u8 + Copy + Send + Sync + 'static,
) -> [Column<'static, Chunk>; 2] {
    let sectors = sectors.to_vec();
    [
        Column::named::<RegimeKind, _>(kind, meanings[0], move |chunk: &Chunk, row| {
            regime_of(code(chunk, row)).map(Regime::kind)
        }),
        Column::made_text(sector, meanings[1], move |chunk: &Chunk, row| {
            let names = sectors.get(row % sectors.len().max(1))?;
            regime_of(code(chunk, row))?.sector().and_then(|i| names.get(i).cloned())
        }),
    ]
}

impl Meaning<'_> {
    /// Columns of `runs.csv` and `runs.parquet`, one row per draw and variant: which run, what was drawn, what came of it.
    pub fn columns(self) -> Vec<Column<'static, Chunk>> {
        let Self { vary, variants, sectors, dates } = self;
        let count = variants.len().max(1);
        let mut columns =
            Vec::from(run_key(variants, move |chunk: &Chunk, row| (chunk.first + (row / count) as u64, row % count)));
        let of = |keys: bool| vary.iter().enumerate().filter(move |(_, varied)| varied.is_key() == keys);
        columns.extend(
            of(true).map(|(key, varied)| varied.column(move |chunk: &Chunk, row| chunk.drawn[key][row / count])),
        );
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
        let about =
            "λ of the sector in which P ends with a cluster, 1 where it ends with none; empty if the run failed";
        columns.push(Column::number("externality", "1", about, |chunk: &Chunk, row| {
            Some(chunk.externality[row]).filter(|value| value.is_finite())
        }));
        columns.extend(dates.iter().enumerate().flat_map(|(i, &date)| at_date(i, date, sectors)));
        columns.extend(of(false).map(|(slot, varied)| carried(slot, varied.clone(), count)));
        columns
    }
}

/// The columns of what every run is at the date in this place: those of `trajectory.csv`, called after the date.
fn at_date(i: usize, date: f64, sectors: &[Vec<String>]) -> [Column<'static, Chunk>; 4] {
    let [wage, gap, regime, sector] = kept::columns(date);
    let of = move |chunk: &Chunk, row: usize| Some(chunk.dates[i].w_P[row]).filter(|wage| !wage.is_nan());
    let told =
        ["what P does at this date", "sector in which P specialises at this date; empty when diversified or closed"];
    let [regime, sector] =
        regime_and_sector([regime, sector], told, sectors, move |chunk: &Chunk, row| chunk.dates[i].regimes[row]);
    [
        Column::number(wage, "R-wages", "w_P at this date; empty where a run has no row at it", of),
        Column::number(gap, "1", "w_R / w_P at this date", move |chunk: &Chunk, row| {
            of(chunk, row).map(|wage| 1.0 / wage)
        }),
        regime,
        sector,
    ]
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
