//! Kept trajectories → Parquet. Each chunk's are encoded when the chunk is written; assembly only joins them.

#![expect(non_snake_case, reason = "the symbols of the columns: growth_R")]

use super::columnar::{Cells, Field, Layout, failed, splice};
use crate::math::exp;
use crate::model::trade::RegimeKind;
use crate::trajectory::{Column, RUN_KEY, TRAJECTORY, Trajectory};
use parquet::data_type::ByteArray;
use std::io;

/// Dates after which a row group is closed.
const GROUP: usize = 1 << 17;

/// Columns of `trajectories.parquet`: which run, and those of `trajectory.csv` without the scenario's name.
pub(in crate::record) fn columns() -> Vec<Column> {
    RUN_KEY.into_iter().chain(TRAJECTORY.into_iter().skip(1)).collect()
}

/// How `trajectories.parquet` is written.
pub(super) fn layout() -> io::Result<Layout> {
    let field = |column: Column| -> Field { (column.name.to_owned(), column.kind, column.required) };
    Layout::new(&columns().into_iter().map(field).collect::<Vec<_>>())
}

/// The trajectories (draw, variant, trajectory) as a Parquet file; empty where there are none.
pub(super) fn encode(kept: &[(u64, usize, Trajectory)], variants: &[String], layout: &Layout) -> io::Result<Vec<u8>> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let mut file = layout.file(Vec::new())?;
    let mut group: Vec<&(u64, usize, Trajectory)> = Vec::new();
    let mut encoded = Vec::new();
    let mut dates = 0;
    for (i, one) in kept.iter().enumerate() {
        group.push(one);
        dates += one.2.rows.len();
        if dates >= GROUP || i + 1 == kept.len() {
            if dates > 0 {
                let cells = cells(&group, variants);
                layout.encode(&mut encoded, |i| std::iter::once(&cells[i]))?;
                splice(&mut file, &mut encoded)?;
            }
            group.clear();
            dates = 0;
        }
    }
    file.into_inner().map_err(failed)
}

fn cells(kept: &[&(u64, usize, Trajectory)], variants: &[String]) -> Vec<Cells> {
    /// The value of a column at date k.
    type Value = fn(&Trajectory, usize) -> f64;
    let numbers = |value: Value| -> Vec<f64> {
        kept.iter().flat_map(|(_, _, path)| (0..path.rows.len()).map(move |k| value(path, k))).collect()
    };
    let optional = |value: Option<f64>| value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
    let growth: [Value; 3] = [
        |path, k| path.rows[k].growth_R.unwrap_or(f64::NAN),
        |path, k| path.rows[k].growth_P.unwrap_or(f64::NAN),
        |path, k| path.rows[k].margin.unwrap_or(f64::NAN),
    ];
    let [growth_R, growth_P, margin] =
        growth.map(|value| Cells::Optional(numbers(value).into_iter().map(|value| optional(Some(value))).collect()));
    let whole = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    #[expect(clippy::cast_possible_wrap, reason = "draws are below 2^32")]
    let runs = kept.iter().flat_map(|(run, _, path)| path.rows.iter().map(move |_| *run as i64));
    let periods = kept.iter().flat_map(|(_, _, path)| (0..path.rows.len()).map(whole));
    let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let variant = kept.iter().flat_map(|(_, variant, path)| path.rows.iter().map(move |_| index(*variant)));
    let regimes = kept.iter().flat_map(|(_, _, path)| path.rows.iter()).map(|row| index(row.regime.kind() as usize));
    // The sectors of a sweep are the same in all its runs, but nothing here has to rely on it.
    let mut names: Vec<&str> = Vec::new();
    let mut sectors = Vec::new();
    for (path, row) in kept.iter().flat_map(|(_, _, path)| path.rows.iter().map(move |row| (path, row))) {
        sectors.push(row.regime.sector().map_or(u32::MAX, |i| {
            let name = path.sector_names[i].as_str();
            let known = names.iter().position(|known| *known == name);
            index(known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }))
        }));
    }
    let texts = |names: &[&str]| -> Vec<ByteArray> { names.iter().map(|name| ByteArray::from(*name)).collect() };
    let variants: Vec<&str> = variants.iter().map(String::as_str).collect();
    vec![
        Cells::Integers(runs.collect()),
        Cells::Texts(variant.collect(), texts(&variants)),
        Cells::Integers(periods.collect()),
        Cells::Numbers(numbers(|path, k| path.grid.t(k))),
        Cells::Numbers(numbers(|path, k| path.grid.start + path.grid.t(k))),
        Cells::Texts(regimes.collect(), texts(&RegimeKind::ALL.map(RegimeKind::name))),
        Cells::Texts(sectors, texts(&names)),
        Cells::Numbers(numbers(|path, k| path.rows[k].w_P)),
        Cells::Numbers(numbers(|path, k| path.rows[k].income_gap())),
        Cells::Numbers(numbers(|path, k| exp(path.rows[k].ln_real_income_R))),
        Cells::Numbers(numbers(|path, k| exp(path.rows[k].ln_real_income_P))),
        growth_R,
        growth_P,
        margin,
        Cells::Numbers(numbers(|path, k| path.rows[k].subsidy)),
    ]
}
