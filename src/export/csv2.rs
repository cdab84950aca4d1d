//! CSV as spreadsheets read it where decimals have a comma: semicolons between cells, a byte-order mark, `\r\n`.

use super::{Sheet, cell};
use crate::error::Error;
use crate::record::Digits;
use crate::table::Cell;
use std::io::{self, Write};

/// Without it Excel takes UTF-8 for another encoding.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes a table, some rows at a time.
pub(super) fn write(sheet: &Sheet, out: &mut dyn Write) -> Result<(), Error> {
    let (table, places) = sheet.open()?;
    let unwritten = |error: io::Error| {
        Error::io(format_args!("write the export of {}", sheet.path.display()), error, "nothing was exported")
    };
    let mut text = Vec::from(BYTE_ORDER_MARK);
    for (i, column) in sheet.columns.iter().enumerate() {
        add(i, &column.name, &mut text);
    }
    text.extend(b"\r\n");
    out.write_all(&text).map_err(unwritten)?;
    let (mut integers, mut numbers) = (itoa::Buffer::new(), Digits::new());
    table.scan(&places, |cells| {
        text.clear();
        for row in 0..cells.first().map_or(0, crate::table::Cells::len) {
            for (i, cells) in cells.iter().enumerate() {
                match cell(cells, row) {
                    Cell::Missing => add(i, "", &mut text),
                    Cell::Text(value) => add(i, value, &mut text),
                    Cell::Integer(value) => add(i, integers.format(value), &mut text),
                    Cell::Number(value) => add(i, &numbers.text(value).replace('.', ","), &mut text),
                    Cell::Truth(value) => add(i, if value { "true" } else { "false" }, &mut text),
                }
            }
            text.extend(b"\r\n");
        }
        out.write_all(&text).map_err(unwritten)
    })
}

/// Adds a cell, in quotes where it must be.
fn add(place: usize, written: &str, text: &mut Vec<u8>) {
    if place > 0 {
        text.push(b';');
    }
    if written.contains([';', '"', '\n', '\r']) {
        text.push(b'"');
        text.extend(written.replace('"', "\"\"").as_bytes());
        text.push(b'"');
    } else {
        text.extend(written.as_bytes());
    }
}
