//! Reads series: tables that stand where a key takes one value become `Value::Series`, each by itself, before layers are
//! merged. So a series is one value: a layer that gives one replaces it whole, and its file is sought from the folder of the
//! file that names it.

use super::{Interpolation, Series};
use crate::model::range::Range;
use crate::scenario::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean};
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::key::{Count, Key, Otherwise, Section, Takes, join};
use crate::scenario::keys;
use crate::scenario::reader::Reader;
use crate::scenario::sheet::{Fault, Sheet, is_missing};
use std::path::Path;
use std::sync::Arc;

/// The column of years where nobody says.
const YEAR: &str = "year";

const fn of_series(name: &'static str, meaning: &'static str, key: Key) -> Key {
    Key { section: Section::Series, name, meaning, ..key }
}

/// The keys of a series.
pub const KEYS: &[Key] = &[
    of_series("file", "The table that holds the values", Key::taking(Takes::Text(".")))
        .or(Otherwise::Said("`years` and `values`"))
        .rule("the path of a CSV file, relative to this file"),
    of_series("column", "Name of the column of values", Key::taking(Takes::Text(".")))
        .or(Otherwise::Said("required with `file`")),
    of_series("year", "Name of the column of years", Key::taking(Takes::Text("."))).or(Otherwise::Text(|| YEAR)),
    of_series("years", "The years, instead of a file", Key::taking(Takes::Numbers(Range::ANY)))
        .or(Otherwise::Said("those of `file`")),
    of_series("values", "The value of each year, as many as `years`", Key::taking(Takes::Values))
        .or(Otherwise::Said("those of `file`"))
        .rule("what the key takes"),
    of_series("interpolation", "What holds between two years", Key::word::<Interpolation>())
        .or(Otherwise::Text(|| Interpolation::Step.name())),
];

/// A value of a series, with its year.
struct Point {
    year: f64,
    value: f64,
}

/// Reads every series of a layer; its mistakes.
pub fn resolve(layer: &mut Node, sources: &mut Sources) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let Value::Table(tables) = &mut layer.value else { return errors };
    for section in Section::TABLES {
        let Some(Node { value: Value::Table(table), .. }) = tables.get_mut(section.name()) else { continue };
        match section.count() {
            Count::One => of_table(section, section.name(), table, sources, &mut errors),
            Count::Named => {
                for (name, inner) in table {
                    if let Value::Table(inner) = &mut inner.value {
                        of_table(section, &format!("{}.{name}", section.name()), inner, sources, &mut errors);
                    }
                }
            }
            Count::Listed | Count::Inside(_) => {}
        }
    }
    errors
}

fn of_table(section: Section, path: &str, table: &mut Table, sources: &mut Sources, errors: &mut Vec<Diagnostic>) {
    for key in keys::of_section(section).filter(|key| key.shocked) {
        let Some(node) = table.get_mut(key.name) else { continue };
        let Value::Table(written) = &node.value else { continue };
        match read(&join(path, key.name), key, written, &node.key_at, sources) {
            Ok(series) => node.value = Value::Series(Arc::new(series)),
            Err(found) => errors.extend(found),
        }
    }
}

fn is_flag(key: &Key) -> bool {
    matches!(key.takes, Takes::Flag)
}

fn range_of(key: &Key) -> Range {
    if let Takes::Number(range) = key.takes { range } else { Range::ANY }
}

fn read(path: &str, key: &Key, table: &Table, at: &At, sources: &mut Sources) -> Result<Series, Vec<Diagnostic>> {
    let mut reader = Reader::new(sources);
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    reader.unknown(table, path, &names, |_, _| None);
    let interpolation = reader.choice::<Interpolation>(table, path, "interpolation").unwrap_or_default();
    if let (true, Interpolation::Linear, Some(node)) = (is_flag(key), interpolation, table.get("interpolation")) {
        let title = format!("{path}: there is no line between true and false");
        reader.error(&node.at, title, "allowed: step");
    }
    let file = reader.text(table, path, "file", "the path of a CSV file in quotes, relative to this file");
    let column = reader.text(table, path, "column", "the name of a column in quotes");
    let year = reader.text(table, path, "year", "the name of a column in quotes");
    let inline: Vec<&Node> = ["years", "values"].iter().filter_map(|name| table.get(*name)).collect();
    if let (Some(_), Some(node)) = (&file, inline.first()) {
        let title = format!("{path} has a file, and its values stand here, too");
        reader.hinted(&node.key_at, title, "allowed: one of the two", "remove what is not meant");
    }
    if file.is_none() && !table.contains_key("file") && inline.len() < 2 {
        let title = format!("{path} is a table, and no series");
        let allowed = "allowed: file and column, or years and values";
        let hint = "a series is given whole: { file = \"FILE.csv\", column = \"NAME\" }";
        reader.hinted(at, title, allowed, hint);
    } else if file.is_some() && !table.contains_key("column") {
        let hint = "say which column of the file holds the values: column = \"NAME\"";
        reader.missing_with(at, &join(path, "column"), "the name of a column in quotes", hint);
    }
    let points = match (&file, table.get("years"), table.get("values")) {
        (None, Some(years), Some(values)) => points(&mut reader, path, key, years, values),
        _ => Vec::new(),
    };
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let (points, origin) = match (file, column) {
        (Some((file, named)), Some((column, column_at))) => {
            let year = year.unwrap_or_else(|| (YEAR.to_owned(), at.clone()));
            let place = sources.folder(&named).join(&file);
            let points = of_file(path, key, &place, &named, [&year, &(column.clone(), column_at)], sources)?;
            let name = Path::new(&file).file_name().map_or(file.clone(), |name| name.to_string_lossy().into_owned());
            (points, Some([name, column]))
        }
        _ => (points, None),
    };
    let (years, values) = points.into_iter().map(|point| (point.year, point.value)).unzip();
    Ok(Series { years, values, interpolation, flags: is_flag(key), origin })
}

/// Values that stand in the scenario itself.
fn points(reader: &mut Reader<'_>, path: &str, key: &Key, years: &Node, values: &Node) -> Vec<Point> {
    let (years_path, values_path) = (join(path, "years"), join(path, "values"));
    let (Value::Array(dates), Value::Array(items)) = (&years.value, &values.value) else {
        for (node, path) in [(years, &years_path), (values, &values_path)] {
            if !matches!(node.value, Value::Array(_)) {
                reader.wrong_type(node, path, "a list, such as [2020, 2030]");
            }
        }
        return Vec::new();
    };
    if dates.len() != items.len() || dates.is_empty() {
        let title = format!("{path} has {} years and {} values", dates.len(), items.len());
        reader.error(&values.at, title, "allowed: a value for each year, one or more");
        return Vec::new();
    }
    let mut found: Vec<Point> = Vec::new();
    for (date, item) in dates.iter().zip(items) {
        let year = reader.number(date, &years_path, Range::ANY);
        let value = match (&item.value, is_flag(key)) {
            (Value::Boolean(flag), true) => Some(f64::from(u8::from(*flag))),
            (_, true) => {
                reader.wrong_type(item, &values_path, &key.takes.words());
                None
            }
            (_, false) => reader.number(item, &values_path, range_of(key)),
        };
        let (Some(year), Some(value)) = (year, value) else { continue };
        if found.last().is_some_and(|last| last.year >= year) {
            let title = format!("{years_path}: {year} does not follow the year before it");
            reader.error(&date.at, title, "allowed: years that ascend, each once");
        }
        found.push(Point { year, value });
    }
    found
}

/// Values that stand in the columns `[year, value]` of a file, in the order of the years.
fn of_file(
    path: &str,
    key: &Key,
    file: &Path,
    named: &At,
    columns: [&(String, At); 2],
    sources: &mut Sources,
) -> Result<Vec<Point>, Vec<Diagnostic>> {
    let hint = "its first line names the columns, each further line has a year and its values";
    let sheet = Sheet::open(file, &join(path, "file"), named, hint).map_err(|error| vec![error])?;
    let mut missing = Vec::new();
    let mut place = |(name, at): &(String, At)| {
        let column = sheet.column(name);
        column.unwrap_or_else(|why| {
            let names: Vec<&str> = sheet.header.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
            let found = Diagnostic::new(at.clone(), format!("{path}: {why}"), format!("allowed: {}", names.join(", ")));
            missing.push(Diagnostic { hint: did_you_mean(name, names), ..found });
            0
        })
    };
    let [year, value] = columns.map(&mut place);
    if !missing.is_empty() {
        return Err(missing);
    }
    let mut numbers = sheet.numbers();
    let mut faults = Vec::new();
    let mut points: Vec<(Point, std::ops::Range<usize>)> = Vec::new();
    let range = range_of(key);
    sheet.rows(&mut faults, |row, faults| {
        let (date, cell) = (row.cell(year), row.cell(value));
        // Rows below a table, notes for example, have no year; a year may have no value.
        if is_missing(date) && is_missing(cell) {
            return;
        }
        let wrong = |column: usize, what: String, allowed: String| Fault::new(row.place(column), what, allowed);
        let date = match numbers.read(date) {
            Ok(date) => date,
            Err(what) => {
                let title = format!("{path}: the year {} {what}", clip(date));
                let hint = "of a date give the year alone".to_owned();
                let hint = date.contains(['-', '/']).then_some(hint);
                faults.push(wrong(year, title, "allowed: a year, such as 2030".to_owned()).hint(hint));
                return;
            }
        };
        if is_missing(cell) {
            return;
        }
        let read = match is_flag(key) {
            true => match cell.to_lowercase().as_str() {
                "true" | "1" => Ok(1.0),
                "false" | "0" => Ok(0.0),
                _ => Err("is neither true nor false"),
            },
            false => numbers.read(cell).and_then(|number| match range.contains(number) {
                true => Ok(number),
                false => Err("is out of range"),
            }),
        };
        match read {
            Ok(number) => points.push((Point { year: date, value: number }, row.place(year))),
            Err(what) => {
                let title = format!("{path}: {} {what}", clip(cell));
                faults.push(wrong(value, title, format!("allowed: {}", key.takes.words())));
            }
        }
    });
    points.sort_by(|a, b| a.0.year.total_cmp(&b.0.year));
    for pair in points.windows(2).filter(|pair| pair[0].0.year == pair[1].0.year) {
        let title = format!("{path}: {} is there twice", pair[1].0.year);
        faults.push(Fault::new(pair[1].1.clone(), title, "allowed: one value for each year"));
    }
    if points.is_empty() && faults.is_empty() {
        let title = format!("{path}: the column {} holds no value", clip(&columns[1].0));
        faults.push(Fault::new(sheet.head(value), title, "allowed: a value for one year or more"));
    }
    if faults.is_empty() {
        Ok(points.into_iter().map(|(point, _)| point).collect())
    } else {
        Err(sheet.diagnostics(faults, sources))
    }
}
