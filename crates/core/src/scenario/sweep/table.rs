//! A design that comes as a CSV file: a header of keys, a row per draw.

use super::Level;
use super::catalogue::{Kind, kind};
use super::spec::Spec;
use crate::scenario::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean};
use crate::scenario::layers::os_message;
use crate::scenario::syntax::says_missing;
use csv::{ReaderBuilder, StringRecord, Trim};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// The largest table, in bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Mistakes after which the rest is not read.
const ENOUGH: usize = 100;

/// A table's columns.
#[derive(Debug)]
pub struct Columns {
    /// Keys and what varies, in the table's order.
    pub columns: Vec<(String, Spec)>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// A mistake in the text of a table.
struct Fault {
    span: Range<usize>,
    title: String,
    allowed: String,
    hint: Option<String>,
}

/// Reads the table at `path`, named at `named` in the sweep file; `known` are the keys that can be varied.
///
/// # Errors
/// All mistakes, each with its line and column.
pub fn read(path: &Path, named: &At, known: &[String], sources: &mut Sources) -> Result<Columns, Vec<Diagnostic>> {
    let shown = path.to_string_lossy().into_owned();
    let cannot = |why: String| {
        let title = format!("design.file: {why}");
        let found = Diagnostic::new(named.clone(), title, "allowed: the path of a CSV file, relative to this file");
        vec![found.hint("its first line names the varied keys, each further line is a draw")]
    };
    let mut bytes = Vec::new();
    let outcome = std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    outcome.map_err(|error| cannot(format!("cannot read {shown}: {}", os_message(&error))))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(cannot(format!("{shown} is larger than 1 GiB")));
    }
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = String::from_utf8(bytes).map_err(|_| cannot(format!("{shown} is not a text file in UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    columns(text, known).map(|columns| Columns { columns, sha256 }).map_err(|faults| {
        let source = sources.add(shown, text);
        let located = |fault: Fault| Diagnostic {
            hint: fault.hint,
            ..Diagnostic::new(At { source, span: fault.span }, fault.title, fault.allowed)
        };
        faults.into_iter().map(located).collect()
    })
}

fn columns(text: &str, known: &[String]) -> Result<Vec<(String, Spec)>, Vec<Fault>> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut faults = Vec::new();
    let mut next = |record: &mut StringRecord| reader.read_record(record).unwrap_or(false);
    if !next(&mut record) {
        return Err(vec![fault(0..0, "the table is empty", "allowed: a line of keys, then a line for each draw")]);
    }
    let header: Vec<String> = record.iter().map(str::to_owned).collect();
    let kinds = head(text, &record, known, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut values: Vec<Vec<Level>> = vec![Vec::new(); header.len()];
    let mut draws = 0;
    while faults.len() < ENOUGH && next(&mut record) {
        draws += 1;
        if record.len() != header.len() {
            let short = if record.len() < header.len() { "short" } else { "long" };
            let title = format!("the row of draw {} is too {short}: {} values", draws - 1, record.len());
            faults.push(fault(line(text, &record), &title, &format!("allowed: {}, as the first line", header.len())));
            continue;
        }
        for (index, (cell, kind)) in record.iter().zip(&kinds).enumerate() {
            match read_cell(cell, *kind) {
                Ok(level) => values[index].push(level),
                Err(what) => {
                    let title = format!("draw {}: {} = {} {what}", draws - 1, header[index], clip(cell));
                    faults.push(fault(field(text, &record, index), &title, &format!("allowed: {}", kind.words())));
                }
            }
        }
    }
    if draws == 0 {
        faults.push(fault(
            0..text.len().min(1),
            "the table has no row",
            "allowed: a line for each draw below the keys",
        ));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(header.into_iter().zip(values.into_iter().map(Spec::column)).collect())
}

/// Checks the first line.
fn head(text: &str, record: &StringRecord, known: &[String], faults: &mut Vec<Fault>) -> Vec<Kind> {
    const ALLOWED: &str = "allowed: the dotted path of a parameter, such as catch_up.beta";
    let mut kinds = Vec::new();
    for (index, key) in record.iter().enumerate() {
        let at = field(text, record, index);
        let of_column = |title: String, hint: Option<String>| Fault { hint, ..fault(at.clone(), &title, ALLOWED) };
        if key.is_empty() {
            faults.push(of_column(format!("column {} has no key", index + 1), None));
        } else if key.parse::<f64>().is_ok() {
            let hint = "the first line names the varied keys".to_owned();
            faults.push(of_column(format!("{key} is no key: the table has no line of keys"), Some(hint)));
            break;
        } else if record.iter().take(index).any(|other| other == key) {
            faults.push(of_column(format!("the column {} is there twice", clip(key)), None));
        } else if let (true, Some(kind)) = (known.iter().any(|other| other == key), kind(key)) {
            kinds.push(kind);
        } else {
            let near = did_you_mean(key, known.iter().map(String::as_str));
            let split = key.contains([';', '\t']).then(|| "columns are separated by commas".to_owned());
            faults.push(of_column(
                format!("the column {} is no parameter that can be varied", clip(key)),
                split.or(near),
            ));
        }
    }
    kinds
}

fn read_cell(cell: &str, kind: Kind) -> Result<Level, &'static str> {
    match kind {
        Kind::Number(_) | Kind::Flag if says_missing(cell) => Err("is missing"),
        _ if cell.is_empty() => Err("is missing"),
        Kind::Text => Ok(Level::Text(cell.to_owned())),
        Kind::Flag => cell.to_lowercase().parse().map(Level::Flag).map_err(|_| "is neither true nor false"),
        Kind::Number(range) => match cell.parse::<f64>() {
            Err(_) => Err("is no number"),
            Ok(number) if !number.is_finite() => Err("is not a finite number"),
            Ok(number) if !range.contains(number) => Err("is out of range"),
            Ok(number) => Ok(Level::Number(number)),
        },
    }
}

fn fault(span: Range<usize>, title: &str, allowed: &str) -> Fault {
    Fault { span, title: title.to_owned(), allowed: allowed.to_owned(), hint: None }
}

/// The line on which a record begins.
fn line(text: &str, record: &StringRecord) -> Range<usize> {
    let start = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0)).min(text.len());
    // Empty lines before a record count as part of it.
    let start = start + text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
    let end = text[start..].find(['\r', '\n']).map_or(text.len(), |length| start + length);
    start..end
}

/// A field of a record; the line where quotes make it hard to tell.
fn field(text: &str, record: &StringRecord, index: usize) -> Range<usize> {
    let whole = line(text, record);
    let written = &text[whole.clone()];
    if written.contains('"') {
        return whole;
    }
    let mut start = whole.start;
    for (n, cell) in written.split(',').enumerate() {
        if n == index {
            let blank = cell.len() - cell.trim_start().len();
            return start + blank..start + blank + cell.trim().len();
        }
        start += cell.len() + 1;
    }
    whole
}
