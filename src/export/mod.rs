//! A folder's tables for a spreadsheet: a workbook with a sheet per table, or CSV as Excel reads it where decimals have a
//! comma. The columns' types, units and meanings are those that the folder's data package lists.

mod csv2;
mod xlsx;

use crate::error::Error;
use crate::names;
use crate::read::Table;
use crate::record::{Pending, note, packaged};
use crate::table::{Cell, Cells, ColumnType};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

names! {
    /// What the tables are exported as.
    pub enum Format {
        Xlsx = "xlsx": "A workbook with a sheet per table",
        Csv2 = "csv2": "CSV per table with semicolons, decimal commas and a byte-order mark",
    }
}

/// A column as the data package lists it.
#[derive(Debug)]
struct Listed {
    name: String,
    kind: ColumnType,
    unit: String,
    description: String,
}

/// A table as the data package lists it.
#[derive(Debug)]
struct Sheet {
    name: String,
    path: PathBuf,
    columns: Vec<Listed>,
}

impl Sheet {
    /// The table, and the places of its columns in the order of the data package.
    fn open(&self) -> Result<(Table, Vec<usize>), Error> {
        let listed = |name: &str| self.columns.iter().find(|column| column.name == name);
        let table = Table::open(&self.path, |name| listed(name).map_or(ColumnType::String, |column| column.kind))?;
        let place = |column: &Listed| {
            table.columns().iter().position(|(name, kind)| *name == column.name && *kind == column.kind).ok_or_else(
                || {
                    Error::invalid(format!(
                        "{} has no column {} of type {}",
                        self.path.display(),
                        column.name,
                        column.kind.name()
                    ))
                    .note("its data package lists one")
                    .hint("run the command that wrote it again")
                },
            )
        };
        let places = self.columns.iter().map(place).collect::<Result<_, _>>()?;
        Ok((table, places))
    }
}

/// Exports the tables of `folder` and returns the files written. `out`: the workbook, or the folder for the CSV files;
/// without it they stand beside the tables.
///
/// # Errors
/// Where the folder is none of ours, a table is damaged or too long for a sheet, or a file cannot be written: none is then
/// left.
pub fn export(folder: &Path, format: Format, out: Option<&Path>) -> Result<Vec<PathBuf>, Error> {
    let sheets = sheets(folder)?;
    let mut pending = Vec::new();
    match format {
        Format::Xlsx => {
            let path = out.map_or_else(|| folder.join(format!("{}.xlsx", name_of(folder))), Path::to_owned);
            pending.push(Pending::write(&path, |out| xlsx::write(&sheets, out))?);
        }
        Format::Csv2 => {
            let into = out.unwrap_or(folder);
            fs::create_dir_all(into).map_err(|error| {
                Error::io(format_args!("make the folder {}", into.display()), error, "nothing was written")
            })?;
            for sheet in &sheets {
                let path = into.join(format!("{}.csv2.csv", sheet.name));
                pending.push(Pending::write(&path, |out| csv2::write(sheet, out))?);
            }
        }
    }
    let written: Vec<PathBuf> = pending.into_iter().map(Pending::keep).collect::<Result<_, _>>()?;
    let beside = written.iter().filter(|path| path.parent() == Some(folder)).filter_map(|path| path.file_name());
    note(folder, &beside.map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>())?;
    Ok(written)
}

/// What a row says in a column. A quantile without bound is `inf`, as it is in the table: an empty cell would say that there
/// is none.
fn cell(cells: &Cells, row: usize) -> Cell<'_> {
    match cells {
        Cells::Numbers(numbers) if numbers.get(row) == Some(&f64::INFINITY) => Cell::Text("inf"),
        _ => cells.get(row),
    }
}

/// What a folder is called, wherever it is named from.
fn name_of(folder: &Path) -> String {
    let name = fs::canonicalize(folder).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| "tables".to_owned())
}

/// The tables that the folder's data package lists as its own, those in folders of runs left out; of a table in two
/// forms, Parquet.
fn sheets(folder: &Path) -> Result<Vec<Sheet>, Error> {
    let package = packaged(folder)?;
    let resources = package["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut sheets: Vec<Sheet> = resources.iter().filter_map(|resource| sheet(folder, resource)).collect();
    let parquet = |sheet: &Sheet| sheet.path.extension().is_some_and(|extension| extension == "parquet");
    let twice: Vec<String> = sheets.iter().filter(|sheet| parquet(sheet)).map(|sheet| sheet.name.clone()).collect();
    sheets.retain(|sheet| parquet(sheet) || !twice.contains(&sheet.name));
    Ok(sheets)
}

fn sheet(folder: &Path, resource: &Value) -> Option<Sheet> {
    let path = resource["path"].as_str().filter(|path| !path.contains(['/', '\\']))?;
    let column = |field: &Value| {
        let text = |key: &str| field[key].as_str().unwrap_or("").to_owned();
        let kind = ColumnType::from_name(field["type"].as_str()?)?;
        Some(Listed { name: text("name"), kind, unit: text("unit"), description: text("description") })
    };
    let columns = resource["schema"]["fields"].as_array()?.iter().map(column).collect::<Option<Vec<_>>>()?;
    let name = path.rsplit_once('.').map_or(path, |(stem, _)| stem).to_owned();
    Some(Sheet { name, path: folder.join(path), columns })
}
