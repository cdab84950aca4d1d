//! CSV files as people have them, from a spreadsheet or a program: with commas, semicolons or tabs between the columns, with
//! decimal points or commas, with or without a byte-order mark, a line `sep=;`, empty lines, lines ended in one way or another.
//!
//! What separates columns is the character that tears every line into as many parts as the first. Decimal commas are read where
//! no comma separates columns, and no number of the file has a point: what could be meant in two ways is refused.

use super::diagnostics::{At, Diagnostic, Sources, clip, os_message};
use super::syntax::says_missing;
use csv::{ReaderBuilder, StringRecord, Trim};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// The largest file, in bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Mistakes after which the rest is not read.
const ENOUGH: usize = 100;
/// Lines by which a file is judged.
const JUDGED: usize = 50;
/// What may separate columns; of two that fit as well, the first is meant.
const DELIMITERS: [u8; 3] = [b'\t', b';', b','];

/// A mistake in the text of a sheet.
#[derive(Debug)]
pub struct Fault {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub title: String,
    /// What is allowed.
    pub allowed: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    /// A mistake at a place.
    pub fn new(span: Range<usize>, title: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { span, title: title.into(), allowed: allowed.into(), hint: None }
    }

    /// With a remedy.
    pub fn hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// A file, its first line read.
#[derive(Debug)]
pub struct Sheet {
    shown: String,
    text: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    delimiter: u8,
    /// Where the table begins: behind a line `sep=;`.
    start: usize,
    /// The names of its columns, without the blanks around them; empty where there is none.
    pub header: Vec<String>,
}

/// A line of a sheet below its first.
pub struct Row<'a> {
    sheet: &'a Sheet,
    record: &'a StringRecord,
    /// Its number, counted from 0; empty lines do not count.
    pub index: usize,
}

impl Row<'_> {
    /// A cell, without the blanks around it; empty where there is none.
    pub fn cell(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or("").trim()
    }

    /// Where a cell stands.
    pub fn place(&self, column: usize) -> Range<usize> {
        self.sheet.field(self.record, column)
    }
}

/// How the numbers of a sheet are written, as far as has been seen.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    commas_separate: bool,
    comma: bool,
    point: bool,
}

/// Whether a cell says that there is nothing.
pub fn is_missing(cell: &str) -> bool {
    cell.is_empty() || says_missing(cell) || ["nan", "#n/a", ".", ".."].contains(&cell.to_lowercase().as_str())
}

impl Numbers {
    /// The number of a cell.
    ///
    /// # Errors
    /// What is wrong with it, to stand behind it.
    pub fn read(&mut self, cell: &str) -> Result<f64, &'static str> {
        let commas = cell.matches(',').count();
        let point = cell.contains('.');
        if commas > 0 {
            match (commas, point) {
                _ if self.commas_separate => return Err("has a comma, as what separates columns"),
                (_, true) => return Err("has a comma and a point"),
                (2.., _) => return Err("has several commas"),
                _ if self.point => return Err("has a comma, where other numbers have a point"),
                _ => self.comma = true,
            }
        } else if point {
            if self.comma {
                return Err("has a point, where other numbers have a comma");
            }
            self.point = true;
        }
        match cell.replace(',', ".").replace('−', "-").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => Err("is not a finite number"),
            Err(_) => Err("is no number"),
        }
    }
}

impl Sheet {
    /// Opens a file that stands under `key`, which was written at `named`.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn open(path: &Path, key: &str, named: &At, hint: &str) -> Result<Self, Diagnostic> {
        let shown = path.to_string_lossy().into_owned();
        let cannot = |why: String, hint: &str| {
            let allowed = "allowed: the path of a CSV file, relative to this file";
            Diagnostic::new(named.clone(), format!("{key}: {why}"), allowed).hint(hint)
        };
        let utf_8 = "save it as UTF-8: in a spreadsheet “CSV UTF-8”";
        let mut bytes = Vec::new();
        let outcome = std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
        outcome.map_err(|error| cannot(format!("cannot read {shown}: {}", os_message(&error)), hint))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(cannot(format!("{shown} is larger than 1 GiB"), hint));
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(cannot(format!("{shown} is text in UTF-16"), utf_8));
        }
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let text =
            String::from_utf8(bytes).map_err(|_| cannot(format!("{shown} is not a text file in UTF-8"), utf_8))?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        Ok(Self::new(shown, text, sha256))
    }

    fn new(shown: String, text: String, sha256: String) -> Self {
        // Spreadsheets say so what separates columns.
        let declared = text.lines().next().and_then(|line| line.trim_end().strip_prefix("sep="));
        let declared =
            declared.and_then(|rest| if let [delimiter] = rest.as_bytes() { Some(*delimiter) } else { None });
        let start = if declared.is_some() { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
        let delimiter = declared.unwrap_or_else(|| delimiter(&text));
        let mut sheet = Self { shown, text, sha256, delimiter, start, header: Vec::new() };
        let mut record = StringRecord::new();
        if sheet.reader().read_record(&mut record).unwrap_or(false) {
            sheet.header = record.iter().map(|cell| cell.trim().to_owned()).collect();
        }
        sheet
    }

    /// How its numbers are written: nothing is known yet.
    pub fn numbers(&self) -> Numbers {
        Numbers { commas_separate: self.delimiter == b',', comma: false, point: false }
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        reader(&self.text[self.start..], self.delimiter)
    }

    /// Where the name of a column stands.
    pub fn head(&self, column: usize) -> Range<usize> {
        let mut record = StringRecord::new();
        let read = self.reader().read_record(&mut record).unwrap_or(false);
        if read { self.field(&record, column) } else { 0..0 }
    }

    /// The column of a name.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub fn column(&self, name: &str) -> Result<usize, String> {
        let mut found = (0..self.header.len()).filter(|&column| self.header[column] == name);
        match (found.next(), found.next()) {
            (Some(column), None) => Ok(column),
            (None, _) => Err(format!("{} has no column {}", self.shown, clip(name))),
            (Some(_), Some(_)) => Err(format!("{} has the column {} twice", self.shown, clip(name))),
        }
    }

    /// Shows `see` every line below the first that is not empty; returns how many there are. Those that have cells too few or
    /// too many are noted; reading ends when there are many mistakes.
    pub fn rows(&self, faults: &mut Vec<Fault>, mut see: impl FnMut(&Row<'_>, &mut Vec<Fault>)) -> usize {
        let mut reader = self.reader();
        let mut record = StringRecord::new();
        let mut next = |record: &mut StringRecord| reader.read_record(record).unwrap_or(false);
        let width = self.header.len();
        let mut index = 0;
        next(&mut record);
        while faults.len() < ENOUGH && next(&mut record) {
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let beyond = record.iter().skip(width).any(|cell| !cell.trim().is_empty());
            if record.len() < width || beyond {
                let short = if beyond { "long" } else { "short" };
                let title = format!("row {index} is too {short}: {} values", record.len());
                let allowed = format!("allowed: {width}, as the first line");
                faults.push(Fault::new(self.line(&record), title, allowed));
            } else {
                see(&Row { sheet: self, record: &record, index }, faults);
            }
            index += 1;
        }
        index
    }

    /// Mistakes as those of a file.
    pub fn diagnostics(self, faults: Vec<Fault>, sources: &mut Sources) -> Vec<Diagnostic> {
        let source = sources.add(self.shown, self.text);
        let located = |fault: Fault| Diagnostic {
            hint: fault.hint,
            ..Diagnostic::new(At { source, span: fault.span }, fault.title, fault.allowed)
        };
        faults.into_iter().map(located).collect()
    }

    /// The line on which a record begins.
    fn line(&self, record: &StringRecord) -> Range<usize> {
        let text = self.text.as_str();
        let start = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        let start = (self.start + start).min(text.len());
        // Empty lines before a record count as part of it.
        let start = start + text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
        let end = text[start..].find(['\r', '\n']).map_or(text.len(), |length| start + length);
        start..end
    }

    /// A field of a record; the line where quotes make it hard to tell.
    fn field(&self, record: &StringRecord, index: usize) -> Range<usize> {
        let whole = self.line(record);
        let written = &self.text[whole.clone()];
        if written.contains('"') {
            return whole;
        }
        let mut start = whole.start;
        for (n, cell) in written.split(char::from(self.delimiter)).enumerate() {
            if n == index {
                let blank = cell.len() - cell.trim_start().len();
                return start + blank..start + blank + cell.trim().len();
            }
            start += cell.len() + 1;
        }
        whole
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

/// What separates the columns: of the characters that stand in the first line, the one by which most of the next lines have as
/// many cells as it. Where none does there is one column, in which commas are decimal.
fn delimiter(text: &str) -> u8 {
    let fits = |delimiter: &u8| {
        let mut records = reader(text, *delimiter).into_records().map_while(Result::ok);
        let width = records.next()?.len();
        let rows: Vec<usize> = records.take(JUDGED).map(|record| record.len()).collect();
        let alike = rows.iter().filter(|cells| **cells == width).count();
        // Shares of the rows, whole numbers for an order.
        (width > 1).then(|| (1000 * alike / rows.len().max(1), *delimiter))
    };
    let found = DELIMITERS.iter().filter_map(fits);
    found.reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or(b';', |(_, delimiter)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet::new("a.csv".to_owned(), text.to_owned(), String::new())
    }

    /// The cells below the first line.
    fn cells(sheet: &Sheet) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        let mut faults = Vec::new();
        sheet.rows(&mut faults, |row, _| {
            found.push((0..sheet.header.len()).map(|column| row.cell(column).to_owned()).collect());
        });
        assert!(faults.is_empty(), "{faults:?}");
        found
    }

    #[test]
    fn columns_are_separated_as_the_file_says() {
        let wanted = vec![vec!["2020", "1,5"], vec!["2021", "2"]];
        for text in [
            "year;price\n2020;1,5\n2021;2\n",
            "sep=;\r\nyear;price\r\n2020;1,5\r\n2021;2\r\n",
            "year\tprice\n\n2020\t1,5\n2021\t2",
            "year,price\n2020,\"1,5\"\n2021,2\n",
            "year;price\n2020;1,5\n;\n2021;2\n;\n\n",
            " year ; price \n 2020 ; 1,5\n2021;2;\n",
        ] {
            let sheet = sheet(text);
            assert_eq!(sheet.header, ["year", "price"], "{text:?}");
            assert_eq!(cells(&sheet), wanted, "{text:?}");
        }
        // A name with a comma in it.
        assert_eq!(sheet("year;price, index\n2020;1,5\n2021;2\n").header, ["year", "price, index"]);
        assert_eq!(cells(&sheet("beta\n0,05\n0,06\n")), [["0,05"], ["0,06"]]);
    }

    #[test]
    fn numbers_are_written_in_one_way() {
        let read = |text: &str, cells: &[&str]| {
            let mut numbers = sheet(text).numbers();
            cells.iter().map(|cell| numbers.read(cell)).collect::<Vec<_>>()
        };
        assert_eq!(read("a;b\n", &["1,5", "2", "-1e3"]), [Ok(1.5), Ok(2.0), Ok(-1000.0)]);
        assert_eq!(read("a;b\n", &["1.5", "1,5"])[1], Err("has a comma, where other numbers have a point"));
        assert_eq!(read("a;b\n", &["1,5", "1.5"])[1], Err("has a point, where other numbers have a comma"));
        assert_eq!(read("a;b\n", &["1.234,5"]), [Err("has a comma and a point")]);
        assert_eq!(read("a;b\n", &["1,234,567"]), [Err("has several commas")]);
        assert_eq!(read("a,b\n", &["1,234"]), [Err("has a comma, as what separates columns")]);
        assert_eq!(read("a,b\n", &["inf", "x"]), [Err("is not a finite number"), Err("is no number")]);
    }
}
