//! The tools that the sections of a scenario are read with: numbers in a range, words of a closed set, tables with
//! known keys. Every mistake is noted and reading goes on.

use super::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean, nearest};
use super::document::{Node, Table, Value};
use super::key::{Count, Key, Section, join};
use super::syntax::says_missing;
use crate::model::range::Range;
use crate::names::Named;

/// The longest name, in characters.
pub const MAX_NAME: usize = 100;
/// The most names that a message lists.
const LISTED: usize = 16;

const FLAG: &str = "true or false";

/// Reads merged tables, collecting mistakes.
pub struct Reader<'a> {
    /// The texts that places point into.
    pub sources: &'a Sources,
    /// Mistakes so far.
    pub errors: Vec<Diagnostic>,
    /// Names of the sectors, once they are known.
    pub sectors: Vec<String>,
    /// Keys and tables whose absence a mistake already noted explains.
    excused: Vec<String>,
}

impl<'a> Reader<'a> {
    /// A reader over texts.
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, errors: Vec::new(), sectors: Vec::new(), excused: Vec::new() }
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
            Value::Table(table) if table.contains_key("file") || table.contains_key("values") => {
                Some("a series can stand where a shock may set the key")
            }
            Value::String(text) if number && says_missing(text) => {
                Some("what is not known is left out, and the default holds where there is one")
            }
            // `--set` takes a word for text: `.05` has no quotes to leave out.
            Value::String(_) if number && !self.sources.excerpt(&node.at).starts_with(['"', '\'']) => {
                Some("a number has a digit on both sides of its point, and no unit: 0.05")
            }
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
        let listed = |section: &Section| section.count() == Count::Listed && table.starts_with(section.name());
        let place = match Section::TABLES.into_iter().find(listed) {
            Some(section) => format!("to this {}", section.header()),
            None if table.is_empty() => "at the top of the file".to_owned(),
            None => format!("under [{table}]"),
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

    /// Notes the keys of `table` that are not `known`; where a key that is near no known one belongs, `home` says.
    pub fn unknown(&mut self, table: &Table, path: &str, known: &[&str], home: impl Fn(&str, &str) -> Option<String>) {
        for (key, node) in table.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let near = nearest(key, known.iter().copied());
            self.excused.extend(near.map(|near| join(path, near)));
            let hint = near.map(|near| format!("did you mean `{near}`?")).or_else(|| home(path, key));
            let title = format!("unknown key {}", join(path, &clip(key)));
            self.error(&node.key_at, title, format!("allowed here: {}", known.join(", "))).hint = hint;
        }
    }

    /// A number in its range, or `None` with a mistake noted.
    pub fn number(&mut self, node: &Node, path: &str, range: Range) -> Option<f64> {
        self.number_or_else(node, path, range, "")
    }

    /// As [`Reader::number`], where something else is allowed besides, as `or_else` says.
    pub fn number_or_else(&mut self, node: &Node, path: &str, range: Range, or_else: &str) -> Option<f64> {
        let allowed = format!("{range}{or_else}");
        let (Value::Integer(value) | Value::Float(value)) = node.value else {
            self.wrong_type(node, path, &allowed);
            return None;
        };
        if range.contains(value) {
            return Some(value);
        }
        let written = self.sources.excerpt(&node.at);
        let mantissa = written.split(['e', 'E']).next().unwrap_or("");
        let vanished = value == 0.0 && mantissa.contains(|c: char| ('1'..='9').contains(&c));
        let fault = if value.is_finite() { "is out of range" } else { "is not a finite number" };
        let title = format!("{path} = {} {fault}", clip(written));
        let error = self.error(&node.at, title, format!("allowed: {allowed}"));
        if value.is_infinite() {
            error.hint = Some("numbers go up to 1.8e308".to_owned());
        } else if vanished {
            error.hint = Some("numbers go down to 5e-324; what is smaller counts as 0".to_owned());
        }
        None
    }

    /// A number of `table`, or `None` where it is absent or wrong.
    pub fn optional(&mut self, table: &Table, path: &str, key: &str, range: Range) -> Option<f64> {
        let node = table.get(key)?;
        self.number(node, &join(path, key), range)
    }

    /// A number of `table` or its default, or NaN (with a mistake noted) where it is wrong.
    pub fn number_or(&mut self, table: &Table, path: &str, key: &str, range: Range, default: f64) -> f64 {
        match table.get(key) {
            Some(node) => self.number(node, &join(path, key), range).unwrap_or(f64::NAN),
            None => default,
        }
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

    /// The text of a key; a label is one line and not blank.
    pub fn text_of(&mut self, table: &Table, path: &str, key: &Key) -> Option<String> {
        let (text, at) = self.text(table, path, key.name, &key.takes.words())?;
        let blank = text.starts_with(char::is_whitespace) || text.is_empty();
        if key.is_label() && (blank || text.chars().any(char::is_control) || text.chars().count() > MAX_NAME) {
            let title = format!("{} = \"{}\" cannot be shown as a name", join(path, key.name), clip(&text));
            let allowed = format!("allowed: one line of 1 to {MAX_NAME} characters that begins with no blank");
            self.error(&at, title, allowed);
        }
        Some(text)
    }

    /// One of a closed set of words.
    pub fn choice<T: Named>(&mut self, table: &Table, path: &str, key: &str) -> Option<T> {
        let names: Vec<&str> = T::VARIANTS.iter().map(|&choice| choice.spelling()).collect();
        let (text, at) = self.text(table, path, key, &names.join(", "))?;
        let found = T::from_name(&text);
        if found.is_none() {
            self.not_among(&at, &join(path, key), &text, &names);
            let aliases = T::VARIANTS.iter().flat_map(|&choice| choice.aliases()).copied();
            if let (Some(hint), Some(error)) = (did_you_mean(&text, aliases), self.errors.last_mut()) {
                error.hint.get_or_insert(hint);
            }
        }
        found
    }

    /// The name of a sector.
    pub fn sector_of(&mut self, table: &Table, path: &str, key: &str) -> Option<String> {
        let names: Vec<&str> = self.sectors.iter().map(String::as_str).collect();
        let allowed = format!("a sector ({})", list(&names));
        let (name, at) = self.text(table, path, key, &allowed)?;
        self.is_sector(&name, &at, &join(path, key)).then_some(name)
    }

    /// A list of sectors, each once.
    pub fn sectors_of(&mut self, table: &Table, path: &str, key: &Key) -> Vec<String> {
        let path = join(path, key.name);
        let mut sectors = Vec::new();
        let Some(node) = table.get(key.name) else { return sectors };
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, &path, &key.takes.words());
            return sectors;
        };
        for item in items {
            match &item.value {
                Value::String(name) if sectors.contains(name) => {
                    self.error(&item.at, format!("{path} names {name} twice"), "allowed: each sector once");
                }
                Value::String(name) => {
                    if self.is_sector(name, &item.at, &path) {
                        sectors.push(name.clone());
                    }
                }
                _ => self.wrong_type(item, &format!("{path}: an entry"), "the name of a sector in quotes"),
            }
        }
        sectors
    }

    /// Whether there is a sector `name`; if not, that is noted.
    pub fn is_sector(&mut self, name: &str, at: &At, path: &str) -> bool {
        let known = self.sectors.iter().any(|sector| sector == name);
        if !known {
            let names: Vec<&str> = self.sectors.iter().map(String::as_str).collect();
            let hint = did_you_mean(name, names.iter().copied());
            let (title, allowed) =
                (format!("{path}: there is no sector \"{}\"", clip(name)), format!("allowed: {}", list(&names)));
            self.error(at, title, allowed).hint = hint;
        }
        known
    }

    /// Notes a word that is none of `names`.
    pub fn not_among(&mut self, at: &At, path: &str, text: &str, names: &[&str]) {
        let title = format!("{path} = \"{}\" is not known", clip(text));
        let hint = did_you_mean(text, names.iter().copied());
        self.error(at, title, format!("allowed: {}", list(names))).hint = hint;
    }
}

/// Names in a row; of very many, the first.
pub fn list(names: &[&str]) -> String {
    let shown = names[..names.len().min(LISTED)].join(", ");
    if names.len() > LISTED { format!("{shown}, …") } else { shown }
}
