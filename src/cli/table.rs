//! Tables and words that several commands print.

use crate::numbers::short;
use crate::scenario::sweep::Level;
use anstyle::Style;
use serde_json::{Value, json};
use std::fmt::Write;

/// Columns as wide as their widest cell.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    aligned_in(rows, |_, _| Style::new())
}

/// The same, each cell (row, column) in an ink of its own.
pub(super) fn aligned_in(rows: &[Vec<String>], ink: impl Fn(usize, usize) -> Style) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        let last = row.iter().rposition(|cell| !cell.is_empty()).unwrap_or(0);
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate().take(last + 1) {
            let ink = ink(place, column);
            let padding = if column == last { 0 } else { width - cell.chars().count() };
            let _ = write!(text, "  {ink}{cell}{ink:#}{:padding$}", "");
        }
        text.push('\n');
    }
    text + "\n"
}

/// A value of a varied key for people.
pub(super) fn level_in_words(level: &Level) -> String {
    match level {
        Level::Number(number) => short(*number),
        Level::Flag(flag) => flag.to_string(),
        Level::Text(text) => text.clone(),
    }
}

/// The same for machines.
pub(super) fn level_as_json(level: &Level) -> Value {
    match level {
        Level::Number(number) => json!(number),
        Level::Flag(flag) => json!(flag),
        Level::Text(text) => json!(text),
    }
}

/// `word` for so many of it.
pub(super) fn plural(count: u64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
