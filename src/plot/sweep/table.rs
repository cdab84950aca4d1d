//! `runs.parquet` or `runs.csv`, read in batches: only the columns asked for, and never the whole table at once.

use crate::error::Error;
use crate::measure::{Measure, Status, Verdict};
use crate::plot::{unfit, unreadable};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArrayType, DataType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Rows of a batch.
const BATCH: usize = 8192;

/// Id of the status `failed`.
pub(super) const FAILED: u32 = Status::Failed as u32;

/// A column of a batch; `None` is missing.
#[derive(Debug)]
pub(super) enum Cells {
    Numbers(Vec<Option<f64>>),
    /// Places among the column's names; of verdicts, in [`Verdict::RANKED`]. Truths are text.
    Texts(Vec<Option<u32>>),
}

impl Cells {
    pub(super) fn number(&self, row: usize) -> Option<f64> {
        if let Self::Numbers(values) = self { values[row] } else { None }
    }

    pub(super) fn text(&self, row: usize) -> Option<u32> {
        if let Self::Texts(ids) = self { ids[row] } else { None }
    }

    fn clear(&mut self) {
        match self {
            Self::Numbers(values) => values.clear(),
            Self::Texts(ids) => ids.clear(),
        }
    }
}

/// The different texts of a column, in order of first appearance.
#[derive(Debug, Default)]
struct Names {
    list: Vec<String>,
    ids: HashMap<String, u32>,
    /// Nothing but these may appear.
    closed: bool,
}

impl Names {
    fn closed<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut these = Self::default();
        for name in names {
            these.id(name);
        }
        these.closed = true;
        these
    }

    fn id(&mut self, text: &str) -> Option<u32> {
        if let Some(id) = self.ids.get(text) {
            return Some(*id);
        }
        let id = u32::try_from(self.list.len()).ok().filter(|_| !self.closed)?;
        self.list.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        Some(id)
    }
}

/// A column of the table.
#[derive(Debug)]
struct Column {
    name: String,
    numbers: bool,
    names: Names,
}

/// The table of a sweep's runs, open for reading.
#[derive(Debug)]
pub(super) struct Table {
    path: PathBuf,
    parquet: bool,
    columns: Vec<Column>,
}

/// Whether these are the columns of a sweep's runs.
pub(super) fn is_runs(headers: &[String]) -> bool {
    ["run", "variant", "status", "error", "verdict"].iter().all(|name| headers.iter().any(|header| header == name))
}

impl Table {
    /// Opens `path`; `None` where it is a table, but none of runs.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, Error> {
        let mut file = File::open(path).map_err(|error| unreadable(path, error))?;
        let mut start = [0; 4];
        let read = file.read(&mut start).map_err(|error| unreadable(path, error))?;
        let parquet = start[..read] == *b"PAR1";
        let mut table = Self { path: path.to_owned(), parquet, columns: Vec::new() };
        table.columns = if parquet { table.parquet_columns()? } else { table.csv_columns()? };
        let headers: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        if !is_runs(&headers) {
            return Ok(None);
        }
        if !parquet {
            table.csv_is_whole(&mut file)?;
            table.type_csv_keys()?;
        }
        let verdict = table.place("verdict");
        let status = table.place("status");
        table.columns[status].names = Names::closed(Status::ALL.map(Status::name));
        table.columns[verdict].names = Names::closed(Verdict::RANKED.map(Verdict::name));
        Ok(Some(table))
    }

    /// Where a column is that the table has.
    pub(super) fn place(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).unwrap_or(0)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Places of the varied keys.
    pub(super) fn keys(&self) -> Range<usize> {
        let first = self.place("variant") + 1;
        first..self.place("status").max(first)
    }

    pub(super) fn name(&self, column: usize) -> &str {
        &self.columns[column].name
    }

    /// Whether a column holds numbers rather than text.
    pub(super) fn numbers(&self, column: usize) -> bool {
        self.columns[column].numbers
    }

    /// The text of an id that the column has held so far.
    pub(super) fn text(&self, column: usize, id: u32) -> &str {
        self.columns[column].names.list.get(id as usize).map_or("", String::as_str)
    }

    /// Calls `visit` with the `wanted` columns and the number of rows of each batch, in the order of the table.
    pub(super) fn scan(&mut self, wanted: &[usize], mut visit: impl FnMut(&[Cells], usize)) -> Result<(), Error> {
        let mut cells: Vec<Cells> = wanted
            .iter()
            .map(|column| {
                let numbers = self.columns[*column].numbers;
                if numbers { Cells::Numbers(Vec::new()) } else { Cells::Texts(Vec::new()) }
            })
            .collect();
        if self.parquet {
            self.scan_parquet(wanted, &mut cells, &mut visit)
        } else {
            self.scan_csv(wanted, &mut cells, &mut visit)
        }
    }

    fn damaged(&self, found: &str) -> Error {
        unfit(
            format!("{}: {found}", self.path.display()),
            "the file was cut short, edited or damaged".to_owned(),
            "sweep again",
        )
    }

    fn wrong(&self, line: Option<u64>, column: usize, cell: &str, expected: &str) -> Error {
        let line = line.map_or_else(String::new, |line| format!("line {line}: "));
        let cell: String = cell.chars().take(60).collect();
        self.damaged(&format!("{line}{} = \"{cell}\" is no {expected}", self.columns[column].name))
    }

    fn expected(&self, column: usize) -> &'static str {
        match self.columns[column].name.as_str() {
            "verdict" => "verdict",
            "status" => "status (ok or failed)",
            _ => "text",
        }
    }
}

/// Parquet.
impl Table {
    fn parquet_error(&self, error: &ParquetError) -> Error {
        self.damaged(&error.to_string())
    }

    fn parquet_reader(&self) -> Result<SerializedFileReader<File>, Error> {
        let file = File::open(&self.path).map_err(|error| unreadable(&self.path, error))?;
        SerializedFileReader::new(file).map_err(|error| self.parquet_error(&error))
    }

    fn parquet_columns(&self) -> Result<Vec<Column>, Error> {
        use parquet::basic::Type;
        let reader = self.parquet_reader()?;
        let mut columns = Vec::new();
        for column in reader.metadata().file_metadata().schema_descr().columns() {
            let numbers = match column.physical_type() {
                Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE => true,
                Type::BOOLEAN | Type::BYTE_ARRAY => false,
                Type::INT96 | Type::FIXED_LEN_BYTE_ARRAY => {
                    return Err(self.damaged(&format!("column {} is of a type that no run has", column.name())));
                }
            };
            if column.max_rep_level() > 0 || column.max_def_level() > 1 {
                return Err(self.damaged(&format!("column {} is nested", column.path())));
            }
            columns.push(Column { name: column.path().string(), numbers, names: Names::default() });
        }
        Ok(columns)
    }

    fn scan_parquet(
        &mut self,
        wanted: &[usize],
        cells: &mut [Cells],
        visit: &mut impl FnMut(&[Cells], usize),
    ) -> Result<(), Error> {
        let reader = self.parquet_reader()?;
        let optional: Vec<bool> = {
            let schema = reader.metadata().file_metadata().schema_descr();
            wanted.iter().map(|column| schema.column(*column).max_def_level() > 0).collect()
        };
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(|error| self.parquet_error(&error))?;
            let mut readers = Vec::with_capacity(wanted.len());
            for column in wanted {
                readers.push(group.get_column_reader(*column).map_err(|error| self.parquet_error(&error))?);
            }
            let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            while left > 0 {
                let rows = left.min(BATCH);
                for (k, reader) in readers.iter_mut().enumerate() {
                    self.parquet_cells(reader, wanted[k], optional[k], rows, &mut cells[k])?;
                }
                visit(cells, rows);
                left -= rows;
            }
        }
        Ok(())
    }

    /// The next `rows` cells of one column.
    fn parquet_cells(
        &mut self,
        reader: &mut ColumnReader,
        column: usize,
        optional: bool,
        rows: usize,
        cells: &mut Cells,
    ) -> Result<(), Error> {
        cells.clear();
        match (reader, cells) {
            (ColumnReader::DoubleColumnReader(reader), Cells::Numbers(into)) => {
                self.fill(reader, optional, rows, into, |table, value: f64| {
                    let text = || table.wrong(None, column, &value.to_string(), "number");
                    if value.is_finite() { Ok(value) } else { Err(text()) }
                })?;
            }
            (ColumnReader::FloatColumnReader(reader), Cells::Numbers(into)) => {
                self.fill::<FloatType, _>(reader, optional, rows, into, |_, value| Ok(f64::from(value)))?;
            }
            (ColumnReader::Int32ColumnReader(reader), Cells::Numbers(into)) => {
                self.fill::<Int32Type, _>(reader, optional, rows, into, |_, value| Ok(f64::from(value)))?;
            }
            (ColumnReader::Int64ColumnReader(reader), Cells::Numbers(into)) => {
                self.fill::<Int64Type, _>(reader, optional, rows, into, |_, value| Ok(value as f64))?;
            }
            (ColumnReader::BoolColumnReader(reader), Cells::Texts(into)) => {
                self.fill::<BoolType, _>(reader, optional, rows, into, |table, value| {
                    let text = if value { "true" } else { "false" };
                    table.columns[column].names.id(text).ok_or_else(|| table.wrong(None, column, text, "text"))
                })?;
            }
            (ColumnReader::ByteArrayColumnReader(reader), Cells::Texts(into)) => {
                self.fill::<ByteArrayType, _>(reader, optional, rows, into, |table, value| {
                    let text =
                        std::str::from_utf8(value.data()).map_err(|_| table.damaged("text that is not UTF-8"))?;
                    let id = table.columns[column].names.id(text);
                    id.ok_or_else(|| table.wrong(None, column, text, table.expected(column)))
                })?;
            }
            _ => return Err(self.damaged("a column changes its type")),
        }
        Ok(())
    }

    fn fill<T: DataType, V>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        optional: bool,
        rows: usize,
        into: &mut Vec<Option<V>>,
        mut convert: impl FnMut(&mut Self, T::T) -> Result<V, Error>,
    ) -> Result<(), Error> {
        let (mut values, mut levels): (Vec<T::T>, Vec<i16>) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let read = reader
            .read_records(rows, Some(&mut levels), None, &mut values)
            .map_err(|error| self.parquet_error(&error))?;
        if read.0 != rows {
            return Err(self.damaged("a column ends before its row group"));
        }
        let mut values = values.into_iter();
        for row in 0..rows {
            let present = !optional || levels.get(row).is_some_and(|level| *level > 0);
            let value = if present { values.next() } else { None };
            into.push(value.map(|value| convert(self, value)).transpose()?);
        }
        Ok(())
    }
}

/// CSV.
impl Table {
    fn csv_reader(&self) -> Result<csv::Reader<BufReader<File>>, Error> {
        let file = File::open(&self.path).map_err(|error| unreadable(&self.path, error))?;
        Ok(csv::Reader::from_reader(BufReader::new(file)))
    }

    fn csv_columns(&self) -> Result<Vec<Column>, Error> {
        let mut reader = self.csv_reader()?;
        let Ok(headers) = reader.headers() else { return Ok(Vec::new()) };
        let column = |name: &str| Column {
            name: name.to_owned(),
            numbers: name == "run" || Measure::from_name(name).is_some(),
            names: Names::default(),
        };
        Ok(headers.iter().map(column).collect())
    }

    /// Every line ends, the last one too.
    fn csv_is_whole(&self, file: &mut File) -> Result<(), Error> {
        let mut last = [0];
        let whole = file.seek(SeekFrom::End(-1)).is_ok() && file.read(&mut last).is_ok_and(|read| read == 1);
        if whole && last == *b"\n" {
            return Ok(());
        }
        Err(self.damaged("its last line does not end"))
    }

    /// A varied key holds numbers where all of its cells do.
    fn type_csv_keys(&mut self) -> Result<(), Error> {
        let mut numbers = vec![true; self.columns.len()];
        let keys = self.keys();
        let mut reader = self.csv_reader()?;
        let mut record = csv::StringRecord::new();
        while self.csv_record(&mut reader, &mut record)? {
            for column in keys.clone().filter(|column| numbers[*column]).collect::<Vec<_>>() {
                let cell = &record[column];
                numbers[column] = cell.is_empty() || cell.parse::<f64>().is_ok_and(f64::is_finite);
            }
            if keys.clone().all(|column| !numbers[column]) {
                break;
            }
        }
        for column in keys {
            self.columns[column].numbers = numbers[column];
        }
        Ok(())
    }

    fn csv_record(
        &self,
        reader: &mut csv::Reader<BufReader<File>>,
        record: &mut csv::StringRecord,
    ) -> Result<bool, Error> {
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

    fn scan_csv(
        &mut self,
        wanted: &[usize],
        cells: &mut [Cells],
        visit: &mut impl FnMut(&[Cells], usize),
    ) -> Result<(), Error> {
        let mut reader = self.csv_reader()?;
        let mut record = csv::StringRecord::new();
        let mut rows = 0;
        loop {
            let more = self.csv_record(&mut reader, &mut record)?;
            let line = record.position().map_or(0, csv::Position::line);
            if rows == BATCH || (!more && rows > 0) {
                visit(cells, rows);
                cells.iter_mut().for_each(Cells::clear);
                rows = 0;
            }
            if !more {
                return Ok(());
            }
            for (cells, &column) in cells.iter_mut().zip(wanted) {
                let cell = &record[column];
                match cells {
                    Cells::Numbers(values) if cell.is_empty() => values.push(None),
                    Cells::Texts(ids) if cell.is_empty() => ids.push(None),
                    Cells::Numbers(values) => {
                        let value = cell.parse::<f64>().ok().filter(|value| value.is_finite());
                        values.push(Some(value.ok_or_else(|| self.wrong(Some(line), column, cell, "number"))?));
                    }
                    Cells::Texts(ids) => {
                        let id = self.columns[column].names.id(cell);
                        let expected = self.expected(column);
                        ids.push(Some(id.ok_or_else(|| self.wrong(Some(line), column, cell, expected))?));
                    }
                }
            }
            rows += 1;
        }
    }
}
