//! Our tables back, from CSV or Parquet: only the columns asked for, and never the whole table at once.

mod draws;
pub(crate) mod groups;
mod runs;

pub use draws::{Draws, Words};
pub use runs::{Runs, is_runs};

use crate::error::Error;
use crate::table::{Cell, Cells, ColumnType};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Rows of a batch.
const BATCH: usize = 8192;

/// A table, open for reading.
#[derive(Debug, Clone)]
pub struct Table {
    path: PathBuf,
    parquet: bool,
    /// Name and type of each column.
    columns: Vec<(String, ColumnType)>,
}

impl Table {
    /// Opens the table at `path`. Parquet knows its types; those of CSV are what `kind` makes of the columns' names.
    ///
    /// # Errors
    /// Where it cannot be read, or is not whole.
    pub fn open(path: &Path, kind: impl Fn(&str) -> ColumnType) -> Result<Self, Error> {
        let mut table = Self { path: path.to_owned(), parquet: false, columns: Vec::new() };
        let mut file = table.file()?;
        let mut start = [0; 4];
        table.parquet = file.read_exact(&mut start).is_ok() && start == *b"PAR1";
        if table.parquet {
            table.columns = groups::columns(file).map_err(|found| table.damaged(&found))?;
        } else {
            table.is_whole(&mut file)?;
            // What is no text is no table, and has no columns.
            if let Ok(header) = table.csv()?.headers() {
                table.columns = header.iter().map(|name| (name.to_owned(), kind(name))).collect();
            }
        }
        Ok(table)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Name and type of each column.
    pub fn columns(&self) -> &[(String, ColumnType)] {
        &self.columns
    }

    /// Where the columns of these names are.
    ///
    /// # Errors
    /// Where the table lacks some.
    pub fn places(&self, names: &[&str]) -> Result<Vec<usize>, Error> {
        let find = |name: &str| self.columns.iter().position(|(known, _)| known == name);
        let places: Vec<usize> = names.iter().filter_map(|name| find(name)).collect();
        if places.len() == names.len() {
            return Ok(places);
        }
        let missing: Vec<&str> = names.iter().copied().filter(|name| find(name).is_none()).collect();
        let has: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        Err(Error::invalid(format!("{} lacks columns: {}", self.path.display(), missing.join(", ")))
            .note(format!("it has {}", has.join(", ")))
            .hint("name a table that this version of the program wrote"))
    }

    /// Shows `visit` the columns in the places `wanted`, a batch of rows at a time.
    ///
    /// # Errors
    /// Where a row is not whole or a cell not of its column's type; those of `visit`.
    pub fn scan(&self, wanted: &[usize], visit: impl FnMut(&[Cells]) -> Result<(), Error>) -> Result<(), Error> {
        let mut cells: Vec<Cells> = wanted.iter().map(|&place| Cells::new(self.columns[place].1)).collect();
        self.scan_into(wanted, &mut cells, visit)
    }

    /// The same, by way of `cells` of the columns' types, which may know texts already.
    fn scan_into(
        &self,
        wanted: &[usize],
        cells: &mut [Cells],
        mut visit: impl FnMut(&[Cells]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        cells.iter_mut().for_each(Cells::clear);
        if self.parquet { self.scan_parquet(wanted, cells, visit) } else { self.scan_csv(wanted, cells, &mut visit) }
    }

    /// Shows `visit` the `wanted` columns of every row.
    ///
    /// # Errors
    /// Where the table lacks a column, a row is not whole or a cell not of its column's type; those of `visit`.
    pub fn rows(&self, wanted: &[&str], mut visit: impl FnMut(&Row<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let places = self.places(wanted)?;
        // No text of ours has lines: a row is a line, and the header is the first.
        let mut line = 1;
        self.scan(&places, |cells| {
            (0..cells.first().map_or(0, Cells::len)).try_for_each(|row| {
                line += 1;
                visit(&Row { path: &self.path, wanted, cells, row, line })
            })
        })
    }

    fn file(&self) -> Result<File, Error> {
        File::open(&self.path).map_err(|error| {
            Error::io(format_args!("read {}", self.path.display()), error, "it is a table that its folder should hold")
        })
    }

    fn damaged(&self, found: &str) -> Error {
        damaged(&self.path, found)
    }

    fn csv(&self) -> Result<csv::Reader<BufReader<File>>, Error> {
        Ok(csv::Reader::from_reader(BufReader::with_capacity(1 << 16, self.file()?)))
    }

    /// Of columns of a CSV table those whose cells are all numbers, or empty.
    fn numbers(&self, columns: std::ops::Range<usize>) -> Result<Vec<usize>, Error> {
        let mut numbers: Vec<usize> = columns.collect();
        let mut reader = self.csv()?;
        let mut record = csv::StringRecord::new();
        while !numbers.is_empty() && self.next(&mut reader, &mut record)? {
            let number = |cell: &str| cell.is_empty() || cell.parse::<f64>().is_ok_and(f64::is_finite);
            numbers.retain(|&column| number(&record[column]));
        }
        Ok(numbers)
    }

    /// The next record; whether there is one.
    fn next(&self, reader: &mut csv::Reader<BufReader<File>>, record: &mut csv::StringRecord) -> Result<bool, Error> {
        let line = reader.position().line();
        reader.read_record(record).map_err(|error| {
            let found = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("{len} cells where the header has {expected_len}")
                }
                csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
                _ => error.to_string(),
            };
            self.damaged(&format!("line {line}: {found}"))
        })
    }

    /// Every line ends, the last one too.
    fn is_whole(&self, file: &mut File) -> Result<(), Error> {
        if file.metadata().is_ok_and(|about| about.len() == 0) {
            return Ok(());
        }
        let mut last = [0];
        let read = file.seek(SeekFrom::End(-1)).is_ok() && file.read_exact(&mut last).is_ok();
        if read && last == *b"\n" { Ok(()) } else { Err(self.damaged("its last line does not end")) }
    }

    fn scan_csv(
        &self,
        wanted: &[usize],
        cells: &mut [Cells],
        visit: &mut impl FnMut(&[Cells]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut reader = self.csv()?;
        let mut record = csv::StringRecord::new();
        let mut rows = 0;
        // Lines are counted from below the header.
        reader.headers().map_err(|error| self.damaged(&error.to_string()))?;
        loop {
            let line = reader.position().line();
            let more = self.next(&mut reader, &mut record)?;
            if rows == BATCH || (!more && rows > 0) {
                visit(cells)?;
                cells.iter_mut().for_each(Cells::clear);
                rows = 0;
            }
            if !more {
                return Ok(());
            }
            for (cells, &place) in cells.iter_mut().zip(wanted) {
                let text = &record[place];
                if !cells.push_text(text) {
                    let (name, kind) = &self.columns[place];
                    let text: String = text.chars().take(60).collect();
                    return Err(self.damaged(&format!("line {line}: {name} = \"{text}\" is no {}", kind.name())));
                }
            }
            rows += 1;
        }
    }

    fn scan_parquet(
        &self,
        wanted: &[usize],
        cells: &mut [Cells],
        mut visit: impl FnMut(&[Cells]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut rows = groups::Rows::open(self.file()?, wanted).map_err(|found| self.damaged(&found))?;
        loop {
            cells.iter_mut().for_each(Cells::clear);
            match rows.next(BATCH, cells).map_err(|found| self.damaged(&found))? {
                0 => return Ok(()),
                _ => visit(cells)?,
            }
        }
    }
}

/// A row of a table: its cells by the names of their columns.
#[derive(Debug)]
pub struct Row<'a> {
    path: &'a Path,
    wanted: &'a [&'a str],
    cells: &'a [Cells],
    row: usize,
    /// Its line in the file.
    pub line: u64,
}

impl<'a> Row<'a> {
    /// The cell of a column that was asked for.
    pub fn cell(&self, column: &str) -> Cell<'a> {
        let place = self.wanted.iter().position(|name| *name == column);
        place.map_or(Cell::Missing, |place| self.cells[place].get(self.row))
    }

    /// A text; empty where there is none.
    pub fn text(&self, column: &str) -> &'a str {
        if let Cell::Text(text) = self.cell(column) { text } else { "" }
    }

    /// A real number, where there is one.
    pub fn number(&self, column: &str) -> Option<f64> {
        if let Cell::Number(number) = self.cell(column) { Some(number) } else { None }
    }

    /// A real number that must be there.
    ///
    /// # Errors
    /// Where it is not.
    pub fn required(&self, column: &str) -> Result<f64, Error> {
        self.number(column).ok_or_else(|| self.wrong(column, "number"))
    }

    /// A whole number that must be there.
    ///
    /// # Errors
    /// Where it is not.
    pub fn count(&self, column: &str) -> Result<usize, Error> {
        let Cell::Integer(count) = self.cell(column) else { return Err(self.wrong(column, "whole number")) };
        usize::try_from(count).map_err(|_| self.wrong(column, "whole number"))
    }

    /// What a cell says is not what the column needs.
    pub fn wrong(&self, column: &str, expected: &str) -> Error {
        let place = self.wanted.iter().position(|name| *name == column);
        let shown = match (place.map(|place| &self.cells[place]), self.cell(column)) {
            (Some(Cells::Numbers(numbers)), _) if !numbers[self.row].is_nan() => numbers[self.row].to_string(),
            (_, Cell::Text(text)) => text.to_owned(),
            (_, Cell::Integer(count)) => count.to_string(),
            (_, Cell::Truth(truth)) => truth.to_string(),
            (_, Cell::Missing | Cell::Number(_)) => String::new(),
        };
        damaged(self.path, &format!("line {}: {column} = \"{shown}\" is no {expected}", self.line))
    }
}

/// A table is not as it was written.
fn damaged(path: &Path, found: &str) -> Error {
    Error::invalid(format!("{}: {found}", path.display()))
        .note("the file was cut short, edited or damaged")
        .hint("run the command that wrote it again")
}
