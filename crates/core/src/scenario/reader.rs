//! The tools that the sections of a scenario are read with: numbers in a range, words of a closed set, tables with
//! known keys. Every mistake is noted and reading goes on.

use super::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean, nearest};
use super::document::{Node, Table, Value};
use super::paths::{home, join};
use std::borrow::Cow;

/// The most names that a message lists.
const LISTED: usize = 16;

/// A range of numbers, in words and as a test. Nothing infinite, nothing that is no number.
#[derive(Debug, Clone, Copy)]
pub struct Allowed(pub &'static str, pub fn(f64) -> bool);

/// Any number.
pub const ANY: Allowed = Allowed("a finite number", |_| true);
/// Above zero.
pub const POSITIVE: Allowed = Allowed("a number > 0", |v| v > 0.0);
/// Zero or above.
pub const NOT_NEGATIVE: Allowed = Allowed("a number ≥ 0", |v| v >= 0.0);
/// One or above.
pub const AT_LEAST_ONE: Allowed = Allowed("a number ≥ 1", |v| v >= 1.0);
/// Strictly between zero and one.
pub const UNIT_OPEN: Allowed = Allowed("a number between 0 and 1, both excluded", |v| v > 0.0 && v < 1.0);
/// The integrator's relative tolerance.
pub const RTOL: Allowed = Allowed("a number from 1e-14 to 1e-2", |v| (1e-14..=1e-2).contains(&v));

/// The range of a parameter that a shock can set, other than s and delta, whose forms know theirs.
pub fn range(parameter: &str) -> Allowed {
    match parameter {
        "lambda" => AT_LEAST_ONE,
        "x" | "tau" => NOT_NEGATIVE,
        "z_hat" => UNIT_OPEN,
        _ => POSITIVE,
    }
}

const FLAG: &str = "true or false";

/// Reads merged tables, collecting mistakes.
pub struct Reader<'a> {
    /// The texts that places point into.
    pub sources: &'a Sources,
    /// Mistakes so far.
    pub errors: Vec<Diagnostic>,
    /// Keys and tables whose absence a mistake already noted explains.
    excused: Vec<String>,
}

impl<'a> Reader<'a> {
    /// A reader over texts.
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, errors: Vec::new(), excused: Vec::new() }
    }

    /// Notes a mistake.
    pub fn error(&mut self, at: &At, title: impl Into<String>, allowed: impl Into<String>) -> &mut Diagnostic {
        self.errors.push(Diagnostic::new(at.clone(), title, allowed));
        self.errors.last_mut().expect("just pushed")
    }

    /// Notes a mistake with its remedy.
    pub fn hinted(&mut self, at: &At, title: impl Into<String>, allowed: impl Into<String>, hint: impl Into<String>) {
        self.error(at, title, allowed).hint = Some(hint.into());
    }

    /// Notes a value of the wrong type.
    pub fn wrong_type(&mut self, node: &Node, path: &str, allowed: &str) {
        let number = ["a number", "a finite number", "a whole number"].iter().any(|number| allowed.starts_with(number));
        let hint = match &node.value {
            Value::String(text) if number && text.parse::<f64>().is_ok() => Some("without the quotes"),
            Value::String(text) if allowed == FLAG && ["true", "false"].contains(&text.as_str()) => {
                Some("without the quotes")
            }
            _ => None,
        };
        let title = format!("{path} is {}", node.value.kind());
        self.error(&node.at, title, format!("allowed: {allowed}")).hint = hint.map(str::to_owned);
        self.excused.push(path.to_owned());
    }

    /// Notes that `path` is missing, unless a mistake already noted explains it.
    pub fn missing(&mut self, at: &At, path: &str, allowed: &str) {
        let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
        let place = match table.split_once('.') {
            Some((array @ ("policy" | "shock"), _)) => format!("to this [[{array}]]"),
            _ if table.is_empty() => "at the top of the file".to_owned(),
            _ => format!("under [{table}]"),
        };
        self.missing_with(at, path, allowed, &format!("add `{key} = …` {place}"));
    }

    /// As [`Reader::missing`], with a remedy of its own.
    pub fn missing_with(&mut self, at: &At, path: &str, allowed: &str, hint: &str) {
        let explained = |excuse: &String| path == excuse || path.starts_with(&format!("{excuse}."));
        if !self.excused.iter().any(explained) {
            self.hinted(at, format!("{path} is missing"), format!("allowed: {allowed}"), hint);
        }
    }

    /// Notes the keys of `table` that are not `known`.
    pub fn unknown(&mut self, table: &Table, path: &str, known: &[&str]) {
        self.unknown_unless(table, path, known, home);
    }

    /// As [`Reader::unknown`]; where a key that is near no known one belongs, `home` says.
    pub fn unknown_unless(
        &mut self,
        table: &Table,
        path: &str,
        known: &[&str],
        home: impl Fn(&str, &str) -> Option<String>,
    ) {
        for (key, node) in table.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let near = nearest(key, known.iter().copied());
            self.excused.extend(near.map(|near| join(path, near)));
            let hint = near.map(|near| format!("did you mean `{near}`?")).or_else(|| home(path, key));
            let title = format!("unknown key {}", join(path, &clip(key)));
            self.error(&node.key_at, title, format!("allowed here: {}", known.join(", "))).hint = hint;
        }
    }

    /// A number in its range, or `None` with a mistake noted.
    pub fn number(&mut self, node: &Node, path: &str, allowed: Allowed) -> Option<f64> {
        let (Value::Integer(value) | Value::Float(value)) = node.value else {
            self.wrong_type(node, path, allowed.0);
            return None;
        };
        if value.is_finite() && (allowed.1)(value) {
            return Some(value);
        }
        let written = self.sources.excerpt(&node.at);
        let mantissa = written.split(['e', 'E']).next().unwrap_or("");
        let vanished = value == 0.0 && mantissa.contains(|c: char| ('1'..='9').contains(&c));
        let fault = if value.is_finite() { "is out of range" } else { "is not a finite number" };
        let title = format!("{path} = {} {fault}", clip(written));
        let error = self.error(&node.at, title, format!("allowed: {}", allowed.0));
        if value.is_infinite() {
            error.hint = Some("numbers go up to 1.8e308".to_owned());
        } else if vanished {
            error.hint = Some("numbers go down to 5e-324; what is smaller counts as 0".to_owned());
        }
        None
    }

    /// A number of `table`, or `None` where it is absent or wrong.
    pub fn optional(&mut self, table: &Table, path: &str, key: &str, allowed: Allowed) -> Option<f64> {
        let node = table.get(key)?;
        self.number(node, &join(path, key), allowed)
    }

    /// A number of `table` or its default, or NaN (with a mistake noted) where it is wrong.
    pub fn number_or(&mut self, table: &Table, path: &str, key: &str, allowed: Allowed, default: f64) -> f64 {
        match table.get(key) {
            Some(node) => self.number(node, &join(path, key), allowed).unwrap_or(f64::NAN),
            None => default,
        }
    }

    /// A number of the table at `at`, or NaN (with a mistake noted) where it is wrong or absent.
    pub fn required(&mut self, table: &Table, at: &At, path: &str, key: &str, allowed: Allowed) -> f64 {
        if !table.contains_key(key) {
            self.missing(at, &join(path, key), allowed.0);
        }
        self.number_or(table, path, key, allowed, f64::NAN)
    }

    /// true, false, or `default` where it is absent or wrong.
    pub fn boolean(&mut self, table: &Table, path: &str, key: &str, default: bool) -> bool {
        let Some(node) = table.get(key) else { return default };
        if let Value::Boolean(value) = node.value {
            return value;
        }
        self.wrong_type(node, &join(path, key), FLAG);
        default
    }

    /// A text and its place.
    pub fn text(&mut self, table: &Table, path: &str, key: &str, allowed: &str) -> Option<(String, At)> {
        let node = table.get(key)?;
        let Value::String(text) = &node.value else {
            self.wrong_type(node, &join(path, key), allowed);
            let written = self.sources.excerpt(&node.at).to_owned();
            let plain = matches!(node.value, Value::Integer(_) | Value::Float(_) | Value::Boolean(_));
            if let (true, Some(error)) = (plain, self.errors.last_mut()) {
                error.hint.get_or_insert(format!(
                    "text needs quotes: \"{written}\"; with --set: --set '{key}=\"{written}\"'"
                ));
            }
            return None;
        };
        Some((text.clone(), node.at.clone()))
    }

    /// One of a closed set of words.
    pub fn choice<T: Copy>(
        &mut self,
        table: &Table,
        path: &str,
        key: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let names: Vec<&str> = all.iter().map(|&choice| name(choice)).collect();
        let (text, at) = self.text(table, path, key, &names.join(", "))?;
        let found = all.iter().copied().find(|&choice| name(choice) == text);
        if found.is_none() {
            self.not_among(&at, &join(path, key), &text, &names);
        }
        found
    }

    /// Notes a word that is none of `names`.
    pub fn not_among(&mut self, at: &At, path: &str, text: &str, names: &[&str]) {
        let title = format!("{path} = \"{}\" is not known", clip(text));
        let hint = did_you_mean(text, names.iter().copied());
        self.error(at, title, format!("allowed: {}", list(names))).hint = hint;
    }

    /// A table of the root and its place; empty, and the root's, where it is absent.
    pub fn table<'t>(&mut self, root: &'t Table, root_at: &At, key: &str, known: &[&str]) -> (Cow<'t, Table>, At) {
        let Some(node) = root.get(key) else { return (Cow::Owned(Table::new()), root_at.clone()) };
        if let Value::Table(table) = &node.value {
            self.unknown(table, key, known);
            return (Cow::Borrowed(table), node.key_at.clone());
        }
        self.wrong_type(node, key, &format!("a table [{key}]"));
        (Cow::Owned(Table::new()), node.at.clone())
    }

    /// The elements of `[[key]]` with their paths and places.
    pub fn tables<'t>(&mut self, root: &'t Table, key: &str, known: &[&str]) -> Vec<(String, &'t Table, At)> {
        let Some(node) = root.get(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, key, &format!("entries that each begin with [[{key}]]"));
            if let (Value::Table(_), Some(error)) = (&node.value, self.errors.last_mut()) {
                error.hint = Some(format!("write [[{key}]], with two brackets"));
            }
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{key}.{index}");
            if let Value::Table(table) = &item.value {
                self.unknown(table, &path, known);
                tables.push((path, table, item.at.clone()));
            } else {
                self.wrong_type(item, &path, &format!("a table [[{key}]]"));
            }
        }
        tables
    }
}

/// Names in a row; of very many, the first.
pub fn list(names: &[&str]) -> String {
    let shown = names[..names.len().min(LISTED)].join(", ");
    if names.len() > LISTED { format!("{shown}, …") } else { shown }
}
