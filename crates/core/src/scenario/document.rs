//! TOML as a tree whose every key and value remembers where it was written, whichever layer it came from.

use super::diagnostics::{At, Diagnostic};
use super::series::Series;
use super::syntax;
use indexmap::IndexMap;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table, in order of appearance.
pub type Table = IndexMap<String, Node>;

/// A value and where it and its key were written.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value's place.
    pub at: At,
    /// Its key's place; the value's own inside an array.
    pub key_at: At,
    /// The value.
    pub value: Value,
}

/// A TOML value.
#[derive(Debug, Clone)]
pub enum Value {
    /// A table.
    Table(Table),
    /// An array.
    Array(Vec<Node>),
    /// Text.
    String(String),
    /// A whole number, as a float too (none of ours passes 2^53).
    Integer(f64),
    /// A real number; infinite where the text is (or is too large).
    Float(f64),
    /// true or false.
    Boolean(bool),
    /// A date or time: nothing here is one.
    Datetime,
    /// A value over time: a table, once it has been read.
    Series(Arc<Series>),
}

impl Value {
    /// The value's type, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::Array(_) => "an array",
            Self::String(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Boolean(true) => "true",
            Self::Boolean(false) => "false",
            Self::Datetime => "a date",
            Self::Series(_) => "a series",
        }
    }

    /// Whether two values are the same, wherever they were written.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Table(a), Self::Table(b)) => {
                a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| v.value.same(&w.value)))
            }
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(v, w)| v.value.same(&w.value))
            }
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Integer(a) | Self::Float(a), Self::Integer(b) | Self::Float(b)) => a == b,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Series(a), Self::Series(b)) => a == b,
            _ => false,
        }
    }
}

/// Parses the text of source number `source`. Every syntax error is reported.
///
/// # Errors
/// The syntax errors.
pub fn parse(source: usize, text: &str) -> Result<Node, Vec<Diagnostic>> {
    if let Some((at, c)) = text.char_indices().find(|(_, c)| c.is_ascii_control() && !"\t\r\n".contains(*c)) {
        let title = format!("not valid TOML: it holds the control character U+{:04X}", u32::from(c));
        let found = Diagnostic::new(At { source, span: at..at + 1 }, title, "allowed: text, tabs and line ends");
        return Err(vec![found.hint("a scenario is plain text: is this file damaged, or something else?")]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(syntax::diagnostics(source, text, &errors));
    }
    let whole = At { source, span: 0..0 };
    let value = Value::Table(table_of(source, table.get_ref()));
    let mut root = Node { at: whole.clone(), key_at: whole, value };
    flatten_dotted(&mut root);
    Ok(root)
}

fn table_of(source: usize, table: &DeTable<'_>) -> Table {
    let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let key_at = At { source, span: key.span() };
        (key.get_ref().to_string(), node(source, key_at, value))
    };
    table.iter().map(entry).collect()
}

fn node(source: usize, key_at: At, value: &Spanned<DeValue<'_>>) -> Node {
    let at = At { source, span: value.span() };
    let value = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(digits) => {
            let parsed = i64::from_str_radix(digits.as_str(), digits.radix());
            // Beyond 64 bits a whole number is still a number.
            Value::Integer(parsed.map_or_else(|_| digits.as_str().parse().unwrap_or(f64::INFINITY), whole))
        }
        DeValue::Float(digits) => Value::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(_) => Value::Datetime,
        DeValue::Array(items) => {
            let item = |item: &Spanned<DeValue<'_>>| node(source, At { source, span: item.span() }, item);
            Value::Array(items.iter().map(item).collect())
        }
        DeValue::Table(table) => Value::Table(table_of(source, table)),
    };
    Node { at, key_at, value }
}

/// A whole number as a float. One that no float holds becomes the next larger in size: beyond 2^53, where none is allowed.
fn whole(number: i64) -> f64 {
    let near = number as f64;
    #[expect(clippy::cast_possible_truncation, reason = "at most 2^63")]
    let same = near as i128 == i128::from(number);
    if same { near } else { near.signum() * near.abs().next_up() }
}

/// `sources`, `shock.set` and what a rule perceives are keyed by dotted paths; `catch_up.beta = 1` and `"catch_up.beta" = 1` mean the same.
pub fn flatten_dotted(root: &mut Node) {
    let Value::Table(root) = &mut root.value else { return };
    if let Some(sources) = root.get_mut("sources") {
        flatten(sources);
    }
    for (list, path) in [("shock", &["set"][..]), ("policy", &["promote", "perceived"])] {
        let entries = match root.get_mut(list).map(|entries| &mut entries.value) {
            Some(Value::Array(entries)) => entries.iter_mut().collect(),
            Some(Value::Table(by_index)) => by_index.values_mut().collect(),
            _ => Vec::new(),
        };
        let inside = |entry| {
            path.iter().try_fold(entry, |node: &mut Node, key| match &mut node.value {
                Value::Table(table) => table.get_mut(*key),
                _ => None,
            })
        };
        entries.into_iter().filter_map(inside).for_each(flatten);
    }
}

fn flatten(node: &mut Node) {
    fn leaves(prefix: &str, table: Table, into: &mut Table) {
        for (key, node) in table {
            let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match node.value {
                Value::Table(inner) => leaves(&path, inner, into),
                _ => {
                    into.insert(path, node);
                }
            }
        }
    }
    if let Value::Table(table) = &mut node.value {
        let mut flat = Table::new();
        leaves("", std::mem::take(table), &mut flat);
        *table = flat;
    }
}
