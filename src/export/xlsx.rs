//! A workbook for spreadsheets: a sheet per table, its header frozen, the columns' units and meanings as notes.

use super::{Listed, Sheet, cell};
use crate::error::Error;
use crate::table::{Cell, Cells, ColumnType};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Note, Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// Rows of a sheet, the header's among them: what the format allows.
const ROWS: u32 = 1_048_576;

/// Characters of a sheet's name.
const NAME: usize = 31;

/// Writes the workbook; the same tables give the same bytes.
pub(super) fn write(sheets: &[Sheet], out: &mut (impl Write + Seek + Send)) -> Result<(), Error> {
    let failed =
        |error: XlsxError| Error::failed(format!("the workbook cannot be made: {error}")).note("nothing was exported");
    let mut workbook = Workbook::new();
    // A workbook holds the time at which it was made; here that is no time of day.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let header = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_background_color("#E8EDF2");
    for sheet in sheets {
        let worksheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        let name: String = sheet.name.chars().take(NAME).collect();
        worksheet.set_name(name).map_err(failed)?;
        head(worksheet, &sheet.columns, &header).map_err(failed)?;
        rows(worksheet, sheet)?;
    }
    workbook.save_to_writer(out).map_err(failed)
}

fn head(worksheet: &mut Worksheet, columns: &[Listed], format: &Format) -> Result<(), XlsxError> {
    worksheet.set_freeze_panes(1, 0)?;
    for (place, column) in (0..).zip(columns) {
        let least = if column.kind == ColumnType::Number { 12 } else { 8 };
        let width = column.name.chars().count().max(least) + 2;
        worksheet.set_column_width(place, u32::try_from(width).unwrap_or(u32::MAX))?;
        worksheet.write_string_with_format(0, place, &column.name, format)?;
        let unit = match column.unit.as_str() {
            "" => String::new(),
            "1" => "\nUnit: 1 (a ratio or a count)".to_owned(),
            unit => format!("\nUnit: {unit}"),
        };
        let note = Note::new(format!("{}{unit}", column.description)).add_author_prefix(false);
        worksheet.insert_note(0, place, &note.set_width(240))?;
    }
    Ok(())
}

fn rows(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), Error> {
    let (table, places) = sheet.open()?;
    let csv2 = "catchup export --format csv2 has no such limit";
    let mut line = 0;
    table.scan(&places, |cells| {
        for row in 0..cells.first().map_or(0, Cells::len) {
            line += 1;
            if line == ROWS {
                let title = format!("{} has too many rows for a sheet of a workbook", sheet.path.display());
                return Err(Error::invalid(title)
                    .note("a sheet ends at row 1,048,576, the header's included; nothing was exported")
                    .hint(csv2));
            }
            for (place, cells) in (0..).zip(cells) {
                let written = match cell(cells, row) {
                    Cell::Missing => Ok(&mut *worksheet),
                    Cell::Text(value) => worksheet.write_string(line, place, value),
                    #[expect(clippy::cast_precision_loss, reason = "a spreadsheet knows no other numbers")]
                    Cell::Integer(value) => worksheet.write_number(line, place, value as f64),
                    Cell::Number(value) => worksheet.write_number(line, place, value),
                    Cell::Truth(value) => worksheet.write_boolean(line, place, value),
                };
                written.map_err(|error| {
                    let name = &sheet.columns[usize::from(place)].name;
                    Error::invalid(format!(
                        "{}, row {line}: {name} does not fit into a cell: {error}",
                        sheet.path.display()
                    ))
                    .note("nothing was exported")
                    .hint(csv2)
                })?;
            }
        }
        Ok(())
    })
}
