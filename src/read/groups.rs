//! Parquet → columns, some rows at a time.

use crate::table::{Cells, ColumnType};
use parquet::basic::Type;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

/// Name and type of each column; what is wrong where it is no table of ours.
pub fn columns(file: impl ChunkReader + 'static) -> Result<Vec<(String, ColumnType)>, String> {
    let reader = SerializedFileReader::new(file).map_err(message)?;
    let mut columns = Vec::new();
    for column in reader.metadata().file_metadata().schema_descr().columns() {
        let kind = match column.physical_type() {
            Type::DOUBLE | Type::FLOAT | Type::INT32 => ColumnType::Number,
            Type::INT64 => ColumnType::Integer,
            Type::BOOLEAN => ColumnType::Boolean,
            Type::BYTE_ARRAY => ColumnType::String,
            Type::INT96 | Type::FIXED_LEN_BYTE_ARRAY => {
                return Err(format!("column {} is of a type that no table has", column.name()));
            }
        };
        if column.max_rep_level() > 0 || column.max_def_level() > 1 {
            return Err(format!("column {} is nested", column.path()));
        }
        columns.push((column.path().string(), kind));
    }
    Ok(columns)
}

/// The rows of some columns, from the first on.
pub struct Rows<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
    wanted: Vec<usize>,
    /// The row group after the one at hand.
    next: usize,
    /// Columns of the one at hand, and how many of its rows are left.
    columns: Vec<ColumnReader>,
    left: usize,
}

impl<R: ChunkReader + 'static> Rows<R> {
    /// Begins before the first row.
    pub fn open(file: R, wanted: &[usize]) -> Result<Self, String> {
        let reader = SerializedFileReader::new(file).map_err(message)?;
        Ok(Self { reader, wanted: wanted.to_vec(), next: 0, columns: Vec::new(), left: 0 })
    }

    /// Puts the next rows after those in `cells`, `most` of them at most; how many, none at the end only.
    pub fn next(&mut self, most: usize, cells: &mut [Cells]) -> Result<usize, String> {
        while self.left == 0 {
            if self.next == self.reader.num_row_groups() {
                return Ok(0);
            }
            let group = self.reader.get_row_group(self.next).map_err(message)?;
            let columns = self.wanted.iter().map(|&place| group.get_column_reader(place).map_err(message));
            self.columns = columns.collect::<Result<_, _>>()?;
            self.left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            self.next += 1;
        }
        let rows = self.left.min(most);
        for (column, cells) in self.columns.iter_mut().zip(cells) {
            read(column, rows, cells)?;
        }
        self.left -= rows;
        Ok(rows)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn message(error: ParquetError) -> String {
    error.to_string()
}

/// The next `rows` cells of one column.
fn read(column: &mut ColumnReader, rows: usize, cells: &mut Cells) -> Result<(), String> {
    match (column, cells) {
        (ColumnReader::DoubleColumnReader(column), Cells::Numbers(cells)) => {
            cells.extend(values(column, rows)?.into_iter().map(|value| value.unwrap_or(f64::NAN)));
        }
        (ColumnReader::FloatColumnReader(column), Cells::Numbers(cells)) => {
            cells.extend(values(column, rows)?.into_iter().map(|value| value.map_or(f64::NAN, f64::from)));
        }
        (ColumnReader::Int32ColumnReader(column), Cells::Numbers(cells)) => {
            cells.extend(values(column, rows)?.into_iter().map(|value| value.map_or(f64::NAN, f64::from)));
        }
        (ColumnReader::Int64ColumnReader(column), Cells::Integers(cells)) => {
            for value in values(column, rows)? {
                let whole = |value: i64| u64::try_from(value).map_err(|_| format!("{value} is no count"));
                cells.push(value.map(whole).transpose()?);
            }
        }
        (ColumnReader::BoolColumnReader(column), Cells::Truths(cells)) => cells.extend(values(column, rows)?),
        (ColumnReader::ByteArrayColumnReader(column), Cells::Texts(cells)) => {
            for value in values(column, rows)? {
                let text = value.as_ref().map(|value| std::str::from_utf8(value.data())).transpose();
                cells.push(text.map_err(|_| "text that is not UTF-8".to_owned())?);
            }
        }
        _ => return Err("a column changes its type".to_owned()),
    }
    Ok(())
}

fn values<T: DataType>(column: &mut ColumnReaderImpl<T>, rows: usize) -> Result<Vec<Option<T::T>>, String> {
    let (mut values, mut levels): (Vec<T::T>, Vec<i16>) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (read, ..) = column.read_records(rows, Some(&mut levels), None, &mut values).map_err(message)?;
    if read != rows {
        return Err("a column ends before its row group".to_owned());
    }
    let mut values = values.into_iter();
    // A column that is required has no levels.
    let there = |row: usize| levels.get(row).is_none_or(|level| *level > 0);
    Ok((0..rows).map(|row| if there(row) { values.next() } else { None }).collect())
}
