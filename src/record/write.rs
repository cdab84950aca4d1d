//! Columns → CSV: RFC 4180 quoting, `\n`, UTF-8, one header line, shortest floats that read back the same, empty for
//! missing. Rows are read some at a time, column by column, and written row by row.

use crate::control::Control;
use crate::table::{Cells, Column, ColumnType, Field};
use std::io::{self, Write};
use std::ops::Range;

/// Rows read and written at a time.
const BATCH: usize = 1 << 10;

/// Writes numbers as text.
pub struct Digits {
    shortest: zmij::Buffer,
    large: String,
}

impl Digits {
    /// Ready to write.
    pub fn new() -> Self {
        Self { shortest: zmij::Buffer::new(), large: String::new() }
    }

    /// Shortest text that reads back as the same number, an exponent without a plus. A whole number has its `.0`: readers
    /// that guess types from the first rows then guess right. What is not finite is empty.
    pub fn text(&mut self, value: f64) -> &str {
        if !value.is_finite() {
            return "";
        }
        let text = self.shortest.format_finite(value);
        if value.abs() < 1e16 {
            return text;
        }
        self.large = text.replace('+', "");
        &self.large
    }
}

/// Makes lines of the columns of one table. What it has quoted once it does not quote again.
#[derive(Default)]
pub(super) struct Lines {
    cells: Vec<Cells>,
    /// Per column of text its different texts, quoted where they must be.
    quoted: Vec<Vec<String>>,
}

impl Lines {
    /// Puts the lines of ranges of rows after what is in `out`.
    pub fn add<R: ?Sized>(&mut self, columns: &[Column<'_, R>], parts: &[(&R, Range<usize>)], out: &mut Vec<u8>) {
        self.cells.resize_with(columns.len(), || Cells::new(ColumnType::Number));
        self.quoted.resize_with(columns.len(), Vec::new);
        for ((column, cells), quoted) in columns.iter().zip(&mut self.cells).zip(&mut self.quoted) {
            cells.begin(column.field.kind);
            parts.iter().for_each(|(rows, range)| column.read(rows, range.clone(), cells));
            if let Cells::Texts(texts) = cells {
                quoted.extend(texts.different[quoted.len()..].iter().map(|text| cell(text)));
            }
        }
        let rows = self.cells.first().map_or(0, Cells::len);
        let (mut integers, mut floats) = (itoa::Buffer::new(), Digits::new());
        for row in 0..rows {
            for (i, cells) in self.cells.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                let text = match cells {
                    Cells::Numbers(cells) => match cells[row] {
                        value if value == f64::INFINITY && columns[i].field.unbounded => "inf",
                        value => floats.text(value),
                    },
                    Cells::Integers(cells) => cells[row].map_or("", |value| integers.format(value)),
                    Cells::Truths(cells) => match cells[row] {
                        Some(true) => "true",
                        Some(false) => "false",
                        None => "",
                    },
                    Cells::Texts(texts) => self.quoted[i].get(texts.places[row] as usize).map_or("", String::as_str),
                };
                out.extend_from_slice(text.as_bytes());
            }
            out.push(b'\n');
        }
    }
}

/// The line above the rows.
pub(super) fn header<'a>(fields: impl IntoIterator<Item = &'a Field>) -> String {
    let names: Vec<String> = fields.into_iter().map(|field| cell(&field.name)).collect();
    names.join(",") + "\n"
}

/// Writes a table, whose rows are found in `parts`: what they are read from, and how many there are. So many rows as a
/// date has count as a step.
pub(super) fn table<R>(
    out: &mut dyn Write,
    columns: &[Column<'_, R>],
    parts: impl IntoIterator<Item = (R, usize)>,
    rows_per_date: usize,
    control: &Control,
) -> io::Result<()> {
    out.write_all(header(columns.iter().map(|column| &column.field)).as_bytes())?;
    let (mut lines, mut text) = (Lines::default(), Vec::new());
    let batch = BATCH.next_multiple_of(rows_per_date);
    for (rows, count) in parts {
        for start in (0..count).step_by(batch) {
            let range = start..count.min(start + batch);
            control.steps(range.len() / rows_per_date).map_err(|_| io::Error::from(io::ErrorKind::Interrupted))?;
            text.clear();
            lines.add(columns, &[(&rows, range)], &mut text);
            out.write_all(&text)?;
        }
    }
    Ok(())
}

/// A table of the rows found in `rows` as text.
pub fn csv<R: ?Sized>(columns: &[Column<'_, R>], rows: &R, count: usize) -> String {
    let mut text = header(columns.iter().map(|column| &column.field)).into_bytes();
    Lines::default().add(columns, &[(rows, 0..count)], &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// `text` as a cell of a CSV table: in quotes where it must be.
fn cell(text: &str) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    // A lone empty cell would be quoted, to tell the row from none.
    if text.is_empty() || writer.write_record([text]).is_err() {
        return String::new();
    }
    let written = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
    written.trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::Digits;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let (mut digits, mut random) = (Digits::new(), fastrand::Rng::with_seed(9));
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e16"),
            (-1.5e300, "-1.5e300"),
            (1e-5, "0.00001"),
            (1e-7, "1e-7"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(digits.text(value), text);
        }
        for _ in 0..100_000 {
            let value = f64::from_bits(random.u64(..));
            let text = ryu::Buffer::new().format(value).to_owned();
            let expected = if value.is_finite() { text.as_str() } else { "" };
            assert_eq!(digits.text(value), expected);
        }
    }
}
