//! The table of runs → chunks: the other way through the list of columns.

use super::chunk::{NO_KIND, code_of};
use super::{AtDate, Chunk, Kind, Meaning};
use crate::measure::{Direction, Measure, Outcome, Status, Verdict};
use crate::model::trade::{Regime, RegimeKind};
use crate::names::Named;
use crate::scenario::sweep::{Level, Varied};
use crate::table::{Cell, Cells};

impl Meaning<'_> {
    /// Makes `chunk` whole draws, the first of them `first`, of the `cells` that [`Meaning::columns`] made of them, in that order.
    /// What has no bound is missing in the table; the verdict tells it. `None` where they were not made so.
    pub fn read(&self, cells: &[Cells], first: u64, chunk: &mut Chunk) -> Option<()> {
        let variants = self.variants.len().max(1);
        let rows = cells.first()?.len();
        let draws = rows / variants;
        let mut columns = cells.iter();
        chunk.clear();
        chunk.first = first;
        let (run, variant) = (columns.next()?, columns.next()?);
        for row in 0..rows {
            let named = self.variants.get(row % variants)?;
            let here = run.get(row) == Cell::Integer(first + (row / variants) as u64);
            (here && variant.get(row) == Cell::Text(named)).then_some(())?;
        }
        chunk.drawn.resize_with(self.vary.len(), Vec::new);
        for (varied, drawn) in self.vary.iter().zip(&mut chunk.drawn) {
            let cells = columns.next()?;
            drawn.clear();
            for draw in 0..draws {
                drawn.push(drawn_as(varied, cells.get(draw * variants))?);
            }
        }
        let (status, error) = (columns.next()?, columns.next()?);
        for row in 0..rows {
            match (status.get(row), error.get(row)) {
                (Cell::Text(status), Cell::Missing) if status == Status::Ok.name() => {}
                (Cell::Text(status), why) if status == Status::Failed.name() => {
                    let why = if let Cell::Text(why) = why { why } else { "" };
                    chunk.errors.push((row, why.to_owned()));
                }
                _ => return None,
            }
        }
        for kind in Kind::ALL {
            let codes = &mut chunk.kinds[kind as usize];
            let cells = columns.next()?;
            match kind {
                Kind::Verdict => places::<Verdict>(cells, rows, codes)?,
                Kind::Direction => places::<Direction>(cells, rows, codes)?,
                Kind::Outcome => places::<Outcome>(cells, rows, codes)?,
                Kind::Last | Kind::LongRun => self.regimes(cells, columns.next()?, rows, codes)?,
            }
        }
        for column in chunk.measures.iter_mut().chain([&mut chunk.externality]) {
            match columns.next()? {
                Cells::Numbers(numbers) => column.extend_from_slice(numbers),
                Cells::Integers(counts) => column.extend(counts.iter().map(|c| c.map_or(f64::NAN, |c| c as f64))),
                Cells::Truths(_) | Cells::Texts(_) => return None,
            }
        }
        chunk.dates.resize_with(self.dates.len(), AtDate::default);
        for date in &mut chunk.dates {
            let Cells::Numbers(wages) = columns.next()? else { return None };
            date.w_P.extend_from_slice(wages);
            let _income_gap = columns.next()?;
            self.regimes(columns.next()?, columns.next()?, rows, &mut date.regimes)?;
        }
        let behind = Verdict::FallingBehind as u8;
        let gaps = chunk.measures[Measure::LongRunGap as usize].iter_mut();
        for (gap, verdict) in gaps.zip(&chunk.kinds[Kind::Verdict as usize]) {
            if *verdict == behind {
                *gap = f64::INFINITY;
            }
        }
        let whole = rows == draws * variants && cells.iter().all(|cells| cells.len() == rows);
        (whole && columns.next().is_none()).then_some(())
    }

    fn regimes(&self, kinds: &Cells, sectors: &Cells, rows: usize, codes: &mut Vec<u8>) -> Option<()> {
        for row in 0..rows {
            let sector = || {
                let Cell::Text(name) = sectors.get(row) else { return None };
                self.sectors.get(row % self.sectors.len().max(1))?.iter().position(|other| other == name)
            };
            let code = match kinds.get(row) {
                Cell::Missing => NO_KIND,
                Cell::Text(kind) => {
                    let regime = match RegimeKind::from_name(kind)? {
                        RegimeKind::Cluster => Regime::Cluster(sector()?),
                        RegimeKind::Isolation => Regime::Isolation(sector()?),
                        RegimeKind::Diversified => Regime::Diversified,
                        RegimeKind::Closed => Regime::Closed,
                    };
                    code_of(regime)
                }
                _ => return None,
            };
            codes.push(code);
        }
        Some(())
    }
}

/// The number that a draw of a varied key was, from its value.
fn drawn_as(varied: &Varied, cell: Cell<'_>) -> Option<f64> {
    let is = |level: &Level| match (level, cell) {
        (Level::Number(level), Cell::Number(value)) => level.to_bits() == value.to_bits(),
        (Level::Flag(level), Cell::Truth(value)) => *level == value,
        (Level::Text(level), Cell::Text(value)) => level == value,
        _ => false,
    };
    match cell {
        Cell::Number(value) if varied.levels.is_empty() => Some(value),
        _ => varied.levels.iter().position(is).map(|place| place as f64),
    }
}

/// The places of named variants.
fn places<E: Named>(cells: &Cells, rows: usize, codes: &mut Vec<u8>) -> Option<()> {
    for row in 0..rows {
        let place = match cells.get(row) {
            Cell::Missing => Some(NO_KIND),
            Cell::Text(text) => {
                let place = E::VARIANTS.iter().position(|variant| variant.spelling() == text)?;
                u8::try_from(place).ok()
            }
            _ => None,
        };
        codes.push(place?);
    }
    Some(())
}
