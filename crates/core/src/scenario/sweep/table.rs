//! A design that comes as a CSV file: a first line that names columns, a row per draw. Columns called like keys of the scenario
//! are what varies; the others are carried through.

use super::Level;
use super::catalogue::{Kind, kind};
use super::keys::taken;
use super::spec::Spec;
use crate::scenario::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean};
use crate::scenario::reader::MAX_NAME;
use crate::scenario::sheet::{Fault, Numbers, Row, Sheet, is_missing};
use std::path::Path;

/// What a first column without a name is called: programs write the numbers of rows so.
pub const INDEX: &str = "index";

/// A table's columns.
#[derive(Debug)]
pub struct Columns {
    /// Keys and what varies, in the table's order.
    pub columns: Vec<(String, Spec)>,
    /// What is carried through: names, and a cell for each draw.
    pub carried: Vec<(String, Spec)>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// What a column is for.
enum Use {
    /// Values of a key.
    Key(Kind),
    /// Carried through under this name.
    Carried(String),
    /// No name and no values.
    Nothing,
}

/// Reads the table at `path`, named at `named` in the sweep file; `known` are the keys that can be varied, and `own` gives the
/// value that the scenario has for one: it stands where a cell is empty.
///
/// # Errors
/// All mistakes, each with its line and column.
pub fn read(
    path: &Path,
    named: &At,
    known: &[String],
    own: impl Fn(&str) -> Option<Level>,
    sources: &mut Sources,
) -> Result<Columns, Vec<Diagnostic>> {
    let hint = "its first line names the varied keys, each further line is a draw";
    let sheet = Sheet::open(path, "design.file", named, hint).map_err(|error| vec![error])?;
    let sha256 = sheet.sha256.clone();
    let mut faults = Vec::new();
    let uses = head(&sheet, known, &mut faults);
    if !faults.is_empty() {
        return Err(sheet.diagnostics(faults, sources));
    }
    let own: Vec<Option<Level>> = sheet.header.iter().map(|key| own(key)).collect();
    let mut values: Vec<Vec<Level>> = vec![Vec::new(); uses.len()];
    let mut numbers = sheet.numbers();
    let rows = sheet.rows(&mut faults, |row, faults| {
        for (column, used) in uses.iter().enumerate() {
            let read = match used {
                Use::Key(kind) => cell(row, column, *kind, own[column].as_ref(), &sheet.header[column], &mut numbers),
                Use::Carried(_) => Ok(Level::Text(row.cell(column).to_owned())),
                Use::Nothing => {
                    if !row.cell(column).is_empty() {
                        let title = format!("column {} has values and no name", column + 1);
                        faults.push(Fault::new(row.place(column), title, "allowed: a name in the first line"));
                    }
                    continue;
                }
            };
            match read {
                Ok(level) => values[column].push(level),
                Err(fault) => faults.push(fault),
            }
        }
    });
    if rows == 0 && faults.is_empty() {
        faults.push(Fault::new(sheet.head(0), "the table has no row", "allowed: a line for each draw below the keys"));
    }
    if !faults.is_empty() {
        return Err(sheet.diagnostics(faults, sources));
    }
    let (mut columns, mut carried) = (Vec::new(), Vec::new());
    for ((used, values), key) in uses.into_iter().zip(values).zip(&sheet.header) {
        match used {
            Use::Key(_) => columns.push((key.clone(), Spec::column(values))),
            Use::Carried(name) => carried.push((name, Spec::column(whole_numbers(values)))),
            Use::Nothing => {}
        }
    }
    Ok(Columns { columns, carried, sha256 })
}

/// Cells as numbers where all of them are whole ones, as they would be written: numbers of rows, codes of statistics.
fn whole_numbers(cells: Vec<Level>) -> Vec<Level> {
    let whole = |cell: &Level| match cell {
        Level::Text(text) => text.parse::<u32>().ok().filter(|number| number.to_string() == *text),
        Level::Number(_) | Level::Flag(_) => None,
    };
    let numbers: Option<Vec<Level>> =
        cells.iter().map(|cell| whole(cell).map(|number| Level::Number(f64::from(number)))).collect();
    numbers.unwrap_or(cells)
}

/// What each column is for. A name with points in it is meant as a key.
fn head(sheet: &Sheet, known: &[String], faults: &mut Vec<Fault>) -> Vec<Use> {
    const ALLOWED: &str = "allowed: the dotted path of a parameter, such as catch_up.beta";
    if sheet.header.is_empty() {
        let allowed = "allowed: a line of keys, then a line for each draw";
        faults.push(Fault::new(0..0, "the table is empty", allowed));
        return Vec::new();
    }
    let mut uses: Vec<Use> = Vec::new();
    for (column, name) in sheet.header.iter().enumerate() {
        let fault = |title: String, allowed: &str| Fault::new(sheet.head(column), title, allowed);
        let name = if name.is_empty() && column == 0 { INDEX } else { name.as_str() };
        if name.parse::<f64>().is_ok() {
            let hint = "the first line names the varied keys".to_owned();
            let title = format!("{name} is no key: the table has no line of keys");
            faults.push(fault(title, ALLOWED).hint(Some(hint)));
            break;
        }
        let earlier = !name.is_empty() && sheet.header.iter().take(column).any(|other| other == name);
        if earlier {
            faults.push(fault(format!("the column {} is there twice", clip(name)), "allowed: each column once"));
        }
        uses.push(match kind(name).filter(|_| known.iter().any(|other| other == name)) {
            _ if name.is_empty() => Use::Nothing,
            Some(kind) => Use::Key(kind),
            None => {
                if let Some((title, hint)) = not_carried(name, known) {
                    faults.push(fault(title, ALLOWED).hint(hint));
                }
                Use::Carried(name.to_owned())
            }
        });
    }
    if faults.is_empty() && !uses.iter().any(|used| matches!(used, Use::Key(_))) {
        let title = "no column of the table is a parameter that can be varied";
        faults.push(Fault::new(sheet.head(0), title, ALLOWED));
    }
    uses
}

/// Why a column that is no key cannot be carried through either.
pub fn not_carried(name: &str, known: &[String]) -> Option<(String, Option<String>)> {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let key = name.contains('.') && name.split('.').all(part);
    if key {
        let near = did_you_mean(name, known.iter().map(String::as_str));
        let rename = || "what is carried through has a name without points".to_owned();
        return Some((
            format!("the column {} is no parameter that can be varied", clip(name)),
            near.or_else(|| Some(rename())),
        ));
    }
    if taken().any(|taken| taken == name) {
        return Some((
            format!("the column {name} would stand beside another of this name in runs.csv"),
            Some("give it another name".to_owned()),
        ));
    }
    if name.chars().any(char::is_control) || name.chars().count() > MAX_NAME {
        return Some((
            format!("the column {} cannot be carried through", clip(name)),
            Some("a name is one line of at most 100 characters".to_owned()),
        ));
    }
    None
}

/// The value of a key in a row; the scenario's where there is none.
fn cell(
    row: &Row<'_>,
    column: usize,
    kind: Kind,
    own: Option<&Level>,
    key: &str,
    numbers: &mut Numbers,
) -> Result<Level, Fault> {
    let text = row.cell(column);
    let wrong = |what: &str, hint: Option<&str>| {
        let title = format!("draw {}: {key} = {} {what}", row.index, clip(text));
        Fault::new(row.place(column), title, format!("allowed: {}", kind.words())).hint(hint.map(str::to_owned))
    };
    let missing = match kind {
        Kind::Number(_) | Kind::Flag => is_missing(text),
        Kind::Text => text.is_empty(),
    };
    if missing {
        let hint = "an empty cell stands for the scenario's value: give it there, or here";
        return own.cloned().ok_or_else(|| wrong("is missing, and the scenario has no value", Some(hint)));
    }
    match kind {
        Kind::Text => Ok(Level::Text(text.to_owned())),
        Kind::Flag => match text.to_lowercase().as_str() {
            "true" | "1" => Ok(Level::Flag(true)),
            "false" | "0" => Ok(Level::Flag(false)),
            _ => Err(wrong("is neither true nor false", None)),
        },
        Kind::Number(range) => match numbers.read(text) {
            Err(what) => Err(wrong(what, None)),
            Ok(number) if !range.contains(number) => Err(wrong("is out of range", None)),
            Ok(number) => Ok(Level::Number(number)),
        },
    }
}
