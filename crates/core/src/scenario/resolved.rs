//! Writes a resolved scenario as TOML: floats in their shortest form, what belongs to an entry of an array inline.

use super::keys::Keys;
use std::fmt::Write;
use toml::{Table, Value};

/// A scenario's keys as TOML.
pub fn scenario(keys: &Keys) -> String {
    write(&table(keys))
}

/// A scenario's keys as a table, series among them.
pub fn table(keys: &Keys) -> Table {
    let mut root = Table::try_from(keys).expect("keys are plain tables");
    for (path, series) in &keys.series {
        let mut parts = path.split('.').peekable();
        let mut table = Some(&mut root);
        while let (Some(part), Some(inner)) = (parts.next(), table.take()) {
            if parts.peek().is_none() {
                inner.insert(part.to_owned(), series.toml());
            } else {
                table = inner.get_mut(part).and_then(Value::as_table_mut);
            }
        }
    }
    root
}

/// The number at a dotted path, defaults filled in; `None` where there is none.
pub fn number(keys: &Keys, path: &str) -> Option<f64> {
    value(keys, path)?.as_float()
}

/// The value at a dotted path, defaults filled in; `None` where there is none.
pub fn value(keys: &Keys, path: &str) -> Option<Value> {
    let mut value = Value::try_from(keys).ok()?;
    let mut rest = path;
    while !rest.is_empty() {
        let (name, more) = rest.split_once('.').unwrap_or((rest, ""));
        (value, rest) = match value {
            // What a shock sets stands under dotted keys.
            Value::Table(mut table) => match table.remove(rest) {
                Some(value) => (value, ""),
                None => (table.remove(name)?, more),
            },
            Value::Array(items) => (items.into_iter().nth(name.parse().ok()?)?, more),
            _ => return None,
        };
    }
    Some(value)
}

/// The root table as TOML. Read again, it gives the same table.
pub fn write(root: &Table) -> String {
    let mut text = String::new();
    section(&mut text, "", root);
    text
}

/// The plain keys of the table at `path`, then its tables and arrays of tables, each under its header.
fn section(text: &mut String, path: &str, table: &Table) {
    let is_table = |value: &Value| value.is_table();
    let entries = |value: &Value| value.as_array().is_some_and(|items| items.iter().any(is_table));
    for (name, value) in table.iter().filter(|(_, value)| !is_table(value) && !entries(value)) {
        let _ = writeln!(text, "{} = {}", key(name), inline(value));
    }
    for (name, value) in table {
        let path = if path.is_empty() { key(name) } else { format!("{path}.{}", key(name)) };
        match value {
            Value::Table(inner) => {
                // A table that holds nothing but tables needs no header.
                if inner.is_empty() || !inner.values().all(is_table) {
                    let _ = writeln!(text, "\n[{path}]");
                }
                section(text, &path, inner);
            }
            Value::Array(items) if entries(value) => {
                for inner in items.iter().filter_map(Value::as_table) {
                    let _ = writeln!(text, "\n[[{path}]]");
                    for (name, value) in inner {
                        let _ = writeln!(text, "{} = {}", key(name), inline(value));
                    }
                }
            }
            _ => {}
        }
    }
}

/// A key, in quotes where it needs them.
pub fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { inline(&Value::String(name.to_owned())) }
}

/// A value on one line.
pub fn inline(value: &Value) -> String {
    match value {
        // 1e-12, not 0.000000000001; always with a point or an exponent.
        Value::Float(number) if number.is_finite() => format!("{number:?}"),
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let pairs = table.iter().map(|(name, value)| format!("{} = {}", key(name), inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        _ => value.to_string(),
    }
}
