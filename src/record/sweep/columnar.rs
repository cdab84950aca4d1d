//! Columns → Parquet: every row group is encoded in memory, on any thread, and spliced into the file in its order, so
//! that the bytes depend on the rows alone.

use crate::table::{Cells, Column, ColumnType, Field, Texts};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescriptor, ColumnPath, SchemaDescPtr, SchemaDescriptor, Type, TypePtr};
use rayon::prelude::*;
use std::borrow::Borrow;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows that the writer takes at a time. Handed over in pieces of so many, a column has the same bytes as in one.
pub(super) const PART: usize = 1 << 14;

/// An encoded column of one row group; once it is written, its memory.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    bytes: Vec<u8>,
    close: Option<ColumnCloseResult>,
}

/// How a table is written.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    schema: TypePtr,
    columns: SchemaDescPtr,
    properties: WriterPropertiesPtr,
}

pub(super) fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other.to_string()),
        },
        other => io::Error::other(other.to_string()),
    }
}

impl Layout {
    pub fn new(fields: &[Field]) -> io::Result<Self> {
        let mut types = Vec::new();
        let level = ZstdLevel::try_new(1).map_err(failed)?;
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("catchup version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_write_batch_size(PART)
            .set_data_page_row_count_limit(1 << 17);
        for Field { name, kind, required, .. } in fields {
            let physical = match kind {
                ColumnType::Number => Physical::DOUBLE,
                ColumnType::Integer => Physical::INT64,
                ColumnType::Boolean => Physical::BOOLEAN,
                ColumnType::String => Physical::BYTE_ARRAY,
            };
            let logical = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
            let repetition = if *required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
            let field = Type::primitive_type_builder(name, physical)
                .with_repetition(repetition)
                .with_logical_type(logical)
                .build()
                .map_err(failed)?;
            types.push(Arc::new(field));
            // One part: dots belong to the name.
            let path = ColumnPath::new(vec![name.to_string()]);
            properties = match kind {
                ColumnType::Number => properties.set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT),
                ColumnType::Integer => properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
                ColumnType::Boolean => properties,
                ColumnType::String => properties.set_column_dictionary_enabled(path, true),
            };
        }
        let schema = Arc::new(Type::group_type_builder("schema").with_fields(types).build().map_err(failed)?);
        let columns = Arc::new(SchemaDescriptor::new(Arc::clone(&schema)));
        Ok(Self { schema, columns, properties: Arc::new(properties.build()) })
    }

    /// Encodes the columns of a row group, on as many threads as there are, in the memory of `group`. `parts`: the values
    /// of column i, piece by piece; the bytes follow the pieces.
    pub fn encode<P>(&self, group: &mut Vec<Encoded>, parts: impl Fn(usize) -> P + Sync) -> io::Result<()>
    where
        P: Iterator<Item: Borrow<Cells>>,
    {
        group.resize_with(self.columns.num_columns(), Encoded::default);
        group.par_iter_mut().enumerate().try_for_each(|(i, column)| self.column(i, parts(i), column).map_err(failed))
    }

    fn column<P>(&self, i: usize, parts: P, column: &mut Encoded) -> parquet::errors::Result<()>
    where
        P: Iterator<Item: Borrow<Cells>>,
    {
        column.bytes.clear();
        let mut sink = TrackedWrite::new(std::mem::take(&mut column.bytes));
        let pages = Box::new(SerializedPageWriter::new(&mut sink));
        let mut writer = get_column_writer(self.columns.column(i), Arc::clone(&self.properties), pages);
        for cells in parts {
            fill(&mut writer, cells.borrow())?;
        }
        column.close = Some(writer.close()?);
        column.bytes = sink.into_inner()?;
        Ok(())
    }

    /// A file that row groups are spliced into.
    pub fn file<W: Write + Send>(&self, out: W) -> io::Result<SerializedFileWriter<W>> {
        SerializedFileWriter::new(out, Arc::clone(&self.schema), Arc::clone(&self.properties)).map_err(failed)
    }
}

fn fill(writer: &mut ColumnWriter<'_>, cells: &Cells) -> parquet::errors::Result<()> {
    let written = match (writer, cells) {
        (ColumnWriter::DoubleColumnWriter(writer), Cells::Numbers(values)) => {
            if writer.get_descriptor().max_def_level() == 0 {
                writer.write_batch(values, None, None)
            } else {
                // What has no bound is missing here, as in every table.
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_finite())).collect();
                let present: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
                writer.write_batch(&present, Some(&levels), None)
            }
        }
        (ColumnWriter::Int64ColumnWriter(writer), Cells::Integers(values)) => {
            let whole = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
            let (present, levels) = split(values, |value| whole(*value));
            writer.write_batch(&present, levels_of(writer.get_descriptor(), &levels), None)
        }
        (ColumnWriter::BoolColumnWriter(writer), Cells::Truths(values)) => {
            let (present, levels) = split(values, |value| *value);
            writer.write_batch(&present, levels_of(writer.get_descriptor(), &levels), None)
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), Cells::Texts(Texts { places, different, .. })) => {
            let different: Vec<ByteArray> = different.iter().map(|text| ByteArray::from(text.as_str())).collect();
            let rows: Vec<Option<&ByteArray>> = places.iter().map(|place| different.get(*place as usize)).collect();
            let (present, levels) = split(&rows, |text| ByteArray::clone(text));
            writer.write_batch(&present, levels_of(writer.get_descriptor(), &levels), None)
        }
        _ => return Err(ParquetError::General("a column's values are not of its type".to_owned())),
    };
    written.map(|_| ())
}

/// The values that are there, and which rows have one.
fn split<T, V>(values: &[Option<T>], present: impl Fn(&T) -> V) -> (Vec<V>, Vec<i16>) {
    let levels = values.iter().map(|value| i16::from(value.is_some())).collect();
    (values.iter().flatten().map(present).collect(), levels)
}

/// A required column has no levels.
fn levels_of<'a>(column: &ColumnDescriptor, levels: &'a [i16]) -> Option<&'a [i16]> {
    (column.max_def_level() > 0).then_some(levels)
}

/// Appends an encoded row group to a file; its memory stays.
pub(super) fn splice<W: Write + Send>(file: &mut SerializedFileWriter<W>, columns: &mut [Encoded]) -> io::Result<()> {
    let mut group = file.next_row_group().map_err(failed)?;
    for column in columns {
        let close = column.close.take().ok_or_else(|| io::Error::other("a column has not been encoded"))?;
        let bytes = Bytes::from(std::mem::take(&mut column.bytes));
        group.append_column(&bytes, close).map_err(failed)?;
        column.bytes = Vec::from(bytes);
    }
    group.close().map_err(failed)?;
    Ok(())
}

/// Bytes that the first rows of a table take as a Parquet file.
///
/// # Errors
/// Where the table is larger than memory, or than the format takes.
pub fn parquet_bytes<R: ?Sized + Sync>(columns: &[Column<'_, R>], rows: &R, count: usize) -> io::Result<usize> {
    let layout = Layout::new(&crate::table::fields(columns))?;
    let mut group = Vec::new();
    layout.encode(&mut group, |i| {
        let mut cells = columns[i].cells();
        columns[i].read(rows, 0..count, &mut cells);
        std::iter::once(cells)
    })?;
    let mut file = layout.file(Vec::new())?;
    splice(&mut file, &mut group)?;
    Ok(file.into_inner().map_err(failed)?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_in_parts_has_the_bytes_of_one_in_a_piece() {
        const ROWS: usize = 3 * PART + 777;
        let number = |row: usize| (row as f64 * 0.37).sin();
        let text = |row: usize| ["one", "two", "three"].get(row % 4).copied();
        let columns: [Column<'_, ()>; 6] = [
            Column::number("number", "1", "", move |&(), row| number(row)),
            Column::number("optional number", "1", "", move |&(), row| Some(number(row)).filter(|_| row % 7 != 3)),
            Column::integer("whole", "1", "", |&(), row| row as u64 * 3),
            Column::integer("optional whole", "1", "", |&(), row| Some(row as u64 % 5).filter(|_| row % 7 != 3)),
            Column::truth("truth", "", |&(), row| row % 3 == 0),
            Column::optional_text("text", "", move |&(), row| text(row)),
        ];
        let cells = |i: usize, rows: std::ops::Range<usize>| {
            let mut cells = columns[i].cells();
            columns[i].read(&(), rows, &mut cells);
            cells
        };
        let fields = crate::table::fields(&columns);
        let layout = Layout::new(&fields).expect("a layout");
        let file = |part: usize| {
            let parts = |i| (0..ROWS).step_by(part).map(move |from| cells(i, from..(from + part).min(ROWS)));
            let mut group = Vec::new();
            layout.encode(&mut group, parts).expect("encoded");
            let mut file = layout.file(Vec::new()).expect("a file");
            splice(&mut file, &mut group).expect("written");
            file.into_inner().expect("closed")
        };
        let whole = file(ROWS);
        assert!(whole.len() > 8 * ROWS && whole == file(PART));
    }
}
