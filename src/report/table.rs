//! Tables of the page: cells that the template knows how to show.

use crate::numbers::unbroken;

/// What stands in a cell.
pub(super) enum Cell {
    /// Text.
    Text(String),
    /// A key, a name of a file, a checksum.
    Code(String),
    /// Runs with their looks.
    Paths(Vec<Path>),
    /// A run with what files call it, where that is something else, and whether it is the baseline.
    Titled(Path, String, bool),
    /// Texts that hold for some runs each, with their names.
    Each(Vec<(String, String)>),
}

/// A run in a cell.
pub(super) struct Path {
    /// Its place.
    pub place: usize,
    /// A short piece of its line, as SVG.
    pub swatch: String,
    /// What people call it.
    pub name: String,
}

impl Cell {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Code(text) => text.is_empty(),
            Self::Paths(_) | Self::Titled(..) => false,
            Self::Each(texts) => texts.is_empty(),
        }
    }

    /// The same, its numbers kept together with their units.
    fn unbroken(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(unbroken(&text)),
            other => other,
        }
    }
}

/// A line of a table.
pub(super) struct Row {
    /// Places of the runs that it is about, a space between them; it goes where all of them are switched off.
    pub runs: String,
    /// As many as the table has columns.
    pub cells: Vec<Cell>,
}

/// A table.
pub(super) struct Table {
    /// Above it; may be empty.
    pub caption: String,
    /// On a narrow screen each row becomes a block: `cards` has each cell beside the name of its column, `lines` on a line
    /// of its own.
    pub class: &'static str,
    /// Names of its columns.
    pub header: Vec<&'static str>,
    /// Its lines.
    pub rows: Vec<Row>,
}

impl Table {
    /// A table without the columns in which no row says anything.
    pub fn new(caption: String, class: &'static str, header: &[&'static str], rows: Vec<Row>) -> Self {
        let used: Vec<bool> = (0..header.len())
            .map(|i| rows.iter().any(|row| row.cells.get(i).is_some_and(|cell| !cell.is_empty())))
            .collect();
        let kept = |i: usize| used.get(i).copied().unwrap_or(false);
        let header = header.iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, name)| *name).collect();
        let thinner = |row: Row| {
            let cells = row.cells.into_iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, cell)| cell.unbroken());
            Row { cells: cells.collect(), ..row }
        };
        Self { caption, class, header, rows: rows.into_iter().map(thinner).collect() }
    }
}

/// Rows of texts.
pub(super) fn texts(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<Row> {
    let row = |cells: Vec<String>| Row { runs: String::new(), cells: cells.into_iter().map(Cell::Text).collect() };
    rows.into_iter().map(row).collect()
}

/// A list of names that ends in `and`, for a sentence.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] if names.len() <= 6 => format!("{} and {last}", most.join(", ")),
        _ => format!("{} sectors", names.len()),
    }
}

/// A list of names, the rest counted.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(most)].join(", ");
    let rest = names.len().saturating_sub(most);
    if rest == 0 { shown } else { format!("{shown} and {rest} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(names(["a", "b"].into_iter(), 2), "a, b");
        assert_eq!(names(["a", "b", "c", "d"].into_iter(), 3), "a, b, c and 1 more");
        assert_eq!(listed(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
    }

    #[test]
    fn columns_that_say_nothing_are_left_out() {
        let cells = |third: &str| ["a", "", third].map(|text| Cell::Text(text.to_owned())).into();
        let rows = vec![Row { runs: String::new(), cells: cells("") }, Row { runs: "1".to_owned(), cells: cells("c") }];
        let table = Table::new(String::new(), "cards", &["x", "y", "z"], rows);
        assert_eq!(table.header, ["x", "z"]);
        assert!(table.rows.iter().all(|row| row.cells.len() == 2));
    }
}
