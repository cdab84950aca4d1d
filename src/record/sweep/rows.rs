//! Rows of `runs.parquet` and `runs.csv`, from the blocks of chunks.

use super::super::tables::{Digits, cell};
use super::Plan;
use super::chunk::{Block, MEASURES};
use super::columnar::{Cells, Field};
use crate::scenario::sweep::{Level, Varied};
use crate::summary::{Status, Verdict};
use crate::trajectory::{ColumnType, OUTCOME, RUN_KEY};
use parquet::data_type::ByteArray;
use std::ops::Range;

/// Index of the measure that is a whole number.
const WHOLE: usize = 4;

/// Rows whose CSV text one thread makes at a time.
pub(super) const PIECE: usize = 1 << 12;

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

/// What `of` makes of the slices, one after the other.
fn all<'a, T, I: Iterator<Item = T>>(slices: &'a [Slice<'a>], of: impl Fn(&'a Block, Range<usize>) -> I) -> Vec<T> {
    let mut values = Vec::with_capacity(slices.iter().map(|(_, rows)| rows.len()).sum());
    slices.iter().for_each(|(block, rows)| values.extend(of(block, rows.clone())));
    values
}

/// The values of column `i` of [`fields`] in the rows of `slices`.
pub(super) fn cells(i: usize, slices: &[Slice<'_>], plan: &Plan) -> Cells {
    let variants = plan.variants.len();
    let texts = |names: &[&str]| -> Vec<ByteArray> { names.iter().map(|name| ByteArray::from(*name)).collect() };
    let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let varied = i.checked_sub(RUN_KEY.len()).and_then(|i| Some((i, plan.vary.get(i)?)));
    if let Some((i, varied)) = varied {
        let drawn = |block: &'_ Block, row: usize| block.drawn[i][row / variants];
        return match kind(varied) {
            ColumnType::Boolean => {
                let flag = |value| varied.value(value) == Level::Flag(true);
                Cells::Flags(all(slices, |block, rows| rows.map(move |row| flag(drawn(block, row)))))
            }
            ColumnType::String => {
                let level = |level: &Level| {
                    if let Level::Text(text) = level { ByteArray::from(text.as_str()) } else { ByteArray::from("") }
                };
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a level")]
                let levels = all(slices, |block, rows| rows.map(move |row| drawn(block, row) as u32));
                Cells::Texts(levels, varied.levels.iter().map(level).collect())
            }
            ColumnType::Number | ColumnType::Integer => {
                Cells::Numbers(all(slices, |block, rows| rows.map(move |row| number(varied, drawn(block, row)))))
            }
        };
    }
    // Places as in a table without varied keys.
    match if i < RUN_KEY.len() { i } else { i - plan.vary.len() } {
        #[expect(clippy::cast_possible_wrap, reason = "draws are below 2^32")]
        0 => Cells::Integers(all(slices, |block, rows| {
            rows.map(move |row| (block.first + (row / variants) as u64) as i64)
        })),
        1 => {
            let names: Vec<&str> = plan.variants.iter().map(String::as_str).collect();
            Cells::Texts(all(slices, |_, rows| rows.map(|row| index(row % variants))), texts(&names))
        }
        place @ (2 | 3) => {
            let mut state = all(slices, |_, rows| rows.map(|_| u32::MAX));
            let mut errors = Vec::new();
            let mut before = 0;
            for (block, rows) in slices {
                for (row, text) in block.errors.iter().filter(|(row, _)| rows.contains(row)) {
                    state[before + row - rows.start] = index(errors.len());
                    errors.push(ByteArray::from(text.as_str()));
                }
                before += rows.len();
            }
            if place == 3 {
                return Cells::Texts(state, errors);
            }
            Cells::Texts(
                state.iter().map(|&error| u32::from(error < u32::MAX)).collect(),
                texts(&Status::ALL.map(Status::name)),
            )
        }
        4 => {
            let verdicts = all(slices, |block, rows| block.verdicts[rows].iter().map(|&verdict| u32::from(verdict)));
            Cells::Texts(verdicts, texts(&Verdict::ALL.map(Verdict::name)))
        }
        place => {
            let measure = place - 5;
            let values = all(slices, |block, rows| block.numbers[measure][rows].iter().copied());
            if measure == WHOLE { Cells::OptionalIntegers(values) } else { Cells::Optional(values) }
        }
    }
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
            Level::Number(value) => Digits::new().of(*value).to_owned(),
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

    /// Puts the lines of at most [`PIECE`] rows in the place of what is in `out`.
    pub fn lines(&self, slices: &[Slice<'_>], out: &mut Vec<u8>) {
        out.clear();
        // As much for a short piece as for a full one: the memory of one serves the other.
        out.reserve(PIECE * (18 * (MEASURES.len() + self.levels.len()) + 48));
        slices.iter().for_each(|(block, rows)| self.add(block, rows.clone(), out));
    }

    fn add(&self, block: &Block, rows: Range<usize>, out: &mut Vec<u8>) {
        let variants = self.variants.len();
        let (mut integer, mut float) = (itoa::Buffer::new(), Digits::new());
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
                out.extend(text.unwrap_or_else(|| float.of(drawn[draw])).as_bytes());
            }
            match errors.next_if(|(failed, _)| *failed == row) {
                Some((_, why)) => {
                    out.extend(b",failed,");
                    out.extend(cell(why).as_bytes());
                }
                None => out.extend(b",ok,"),
            }
            out.push(b',');
            if let Some(verdict) = Verdict::ALL.get(usize::from(block.verdicts[row])) {
                out.extend(verdict.name().as_bytes());
            }
            for column in &block.numbers[..MEASURES.len()] {
                out.push(b',');
                out.extend(float.of(column[row]).as_bytes());
            }
            out.push(b'\n');
        }
    }
}
