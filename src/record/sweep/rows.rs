//! Rows of `runs.parquet` and `runs.csv`, from the blocks of chunks.

use super::super::tables::{cell, digits};
use super::Plan;
use super::chunk::{Block, MEASURES, VERDICTS};
use super::columnar::{Cells, Field};
use crate::scenario::sweep::{Level, Varied};
use crate::summary::Verdict;
use crate::trajectory::{ColumnType, OUTCOME, RUN_KEY};
use parquet::data_type::ByteArray;
use std::ops::Range;

/// Index of the measure that is a whole number.
const WHOLE: usize = 4;

/// Consecutive rows of one block.
pub(super) type Slice<'a> = (&'a Block, Range<usize>);

/// Type of a varied key's column: numbers are all reals.
pub(in crate::record) fn kind(varied: &Varied) -> ColumnType {
    if varied.kind == ColumnType::Integer { ColumnType::Number } else { varied.kind }
}

/// The columns of `runs.parquet`.
pub(super) fn fields(plan: &Plan) -> Vec<Field> {
    let run = RUN_KEY.iter().map(|column| (column.name.to_owned(), column.kind, column.required));
    let drawn = plan.vary.iter().map(|varied| (varied.key.clone(), kind(varied), true));
    run.chain(drawn)
        .chain(OUTCOME.iter().map(|column| (column.name.to_owned(), column.kind, column.required)))
        .collect()
}

fn number(varied: &Varied, drawn: f64) -> f64 {
    if varied.levels.is_empty() {
        return drawn;
    }
    if let Level::Number(value) = varied.value(drawn) { value } else { f64::NAN }
}

/// The values of all columns in the rows of `slices`.
pub(super) fn cells(slices: &[Slice<'_>], plan: &Plan) -> Vec<Cells> {
    let variants = plan.variants.len();
    let texts = |names: &[&str]| -> Vec<ByteArray> { names.iter().map(|name| ByteArray::from(*name)).collect() };
    let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let rows = || slices.iter().flat_map(|(block, rows)| rows.clone().map(move |row| (*block, row)));
    #[expect(clippy::cast_possible_wrap, reason = "draws are below 2^32")]
    let runs = rows().map(|(block, row)| (block.first + (row / variants) as u64) as i64).collect();
    let names: Vec<&str> = plan.variants.iter().map(String::as_str).collect();
    let mut columns = vec![
        Cells::Integers(runs),
        Cells::Texts(rows().map(|(_, row)| index(row % variants)).collect(), texts(&names)),
    ];
    for (i, varied) in plan.vary.iter().enumerate() {
        let drawn = rows().map(|(block, row)| block.drawn[i][row / variants]);
        columns.push(match kind(varied) {
            ColumnType::Boolean => Cells::Flags(drawn.map(|value| varied.value(value) == Level::Flag(true)).collect()),
            ColumnType::String => {
                let level = |level: &Level| {
                    if let Level::Text(text) = level { ByteArray::from(text.as_str()) } else { ByteArray::from("") }
                };
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a level")]
                Cells::Texts(drawn.map(|value| value as u32).collect(), varied.levels.iter().map(level).collect())
            }
            ColumnType::Number | ColumnType::Integer => {
                Cells::Numbers(drawn.map(|value| number(varied, value)).collect())
            }
        });
    }
    let count = slices.iter().map(|(_, rows)| rows.len()).sum();
    let (mut status, mut error, mut errors) = (vec![0; count], vec![u32::MAX; count], Vec::new());
    let mut before = 0;
    for (block, rows) in slices {
        for (row, text) in block.errors.iter().filter(|(row, _)| rows.contains(row)) {
            let place = before + row - rows.start;
            status[place] = 1;
            error[place] = index(errors.len());
            errors.push(ByteArray::from(text.as_str()));
        }
        before += rows.len();
    }
    columns.push(Cells::Texts(status, texts(&["ok", "failed"])));
    columns.push(Cells::Texts(error, errors));
    let verdicts = slices.iter().flat_map(|(block, rows)| &block.verdicts[rows.clone()]);
    columns
        .push(Cells::Texts(verdicts.map(|&verdict| u32::from(verdict)).collect(), texts(&VERDICTS.map(Verdict::name))));
    for i in 0..MEASURES.len() {
        let mut values = Vec::with_capacity(count);
        for (block, rows) in slices {
            values.extend_from_slice(&block.numbers[i][rows.clone()]);
        }
        columns.push(if i == WHOLE { Cells::OptionalIntegers(values) } else { Cells::Optional(values) });
    }
    columns
}

/// What every row of `runs.csv` is made of: the texts that come again and again, as cells.
#[derive(Debug)]
pub(super) struct Csv {
    variants: Vec<String>,
    /// Per varied key its levels; empty for one that is drawn as a number.
    levels: Vec<Vec<String>>,
}

impl Csv {
    pub fn new(plan: &Plan) -> Self {
        let level = |level: &Level| match level {
            Level::Number(value) => digits(&mut ryu::Buffer::new(), *value).to_owned(),
            Level::Flag(value) => value.to_string(),
            Level::Text(text) => cell(text),
        };
        Self {
            variants: plan.variants.iter().map(|name| cell(name)).collect(),
            levels: plan.vary.iter().map(|varied| varied.levels.iter().map(level).collect()).collect(),
        }
    }

    /// The line above the rows.
    pub fn header(plan: &Plan) -> String {
        let names: Vec<String> = fields(plan).iter().map(|(name, _, _)| cell(name)).collect();
        names.join(",") + "\n"
    }

    /// The lines of `rows` of a block, in the memory of `out`.
    pub fn lines(&self, block: &Block, rows: Range<usize>, mut out: Vec<u8>) -> Vec<u8> {
        let variants = self.variants.len();
        out.clear();
        out.reserve(rows.len() * (18 * (MEASURES.len() + self.levels.len()) + 48));
        let (mut integer, mut float) = (itoa::Buffer::new(), ryu::Buffer::new());
        let start = rows.start;
        let mut errors = block.errors.iter().skip_while(|(row, _)| *row < start).peekable();
        for row in rows {
            let draw = row / variants;
            out.extend(integer.format(block.first + draw as u64).as_bytes());
            out.push(b',');
            out.extend(self.variants[row % variants].as_bytes());
            for (drawn, levels) in block.drawn.iter().zip(&self.levels) {
                out.push(b',');
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a level")]
                let text = levels.get(drawn[draw] as usize).map(String::as_str);
                out.extend(text.unwrap_or_else(|| digits(&mut float, drawn[draw])).as_bytes());
            }
            match errors.next_if(|(failed, _)| *failed == row) {
                Some((_, why)) => {
                    out.extend(b",failed,");
                    out.extend(cell(why).as_bytes());
                }
                None => out.extend(b",ok,"),
            }
            out.push(b',');
            if let Some(verdict) = VERDICTS.get(usize::from(block.verdicts[row])) {
                out.extend(verdict.name().as_bytes());
            }
            for column in &block.numbers[..MEASURES.len()] {
                out.push(b',');
                out.extend(digits(&mut float, column[row]).as_bytes());
            }
            out.push(b'\n');
        }
        out
    }
}
