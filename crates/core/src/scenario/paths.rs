//! A scenario's tables and the names of their keys: which there are, which a shock may set, and where a misplaced one
//! belongs.

use super::diagnostics::At;
use super::document::{Table, Value};
use super::extent::Extent;
use super::key::{Key, Section};
use super::keys;
use super::reader::Reader;
use std::borrow::Cow;

/// The table of notes on sources: dotted keys of the others.
pub const SOURCES: &str = "sources";

/// Names of the keys of a table; of the root, its tables' too.
pub fn names(section: Section) -> Vec<&'static str> {
    let mut names: Vec<&str> = keys::of_section(section).map(|key| key.name).collect();
    if section == Section::Root {
        names.extend(Section::TABLES.map(Section::name));
        names.push(SOURCES);
    }
    names
}

/// Where a key that is unknown in the table at `path` belongs, as a hint.
pub fn home(path: &str, key: &str) -> Option<String> {
    // What a rule may believe has its home in the sector.
    let named = keys::all().iter().filter(|known| known.name == key && known.section != Section::Perceived);
    let homes: Vec<Section> = named.map(|known| known.section).collect();
    if homes.contains(&Section::Root) {
        return Some(format!("`{key}` belongs at the top of the file, above the first [table]"));
    }
    if let ("" | "time" | "catch_up", [Section::Growth, Section::Sector]) = (path, homes.as_slice()) {
        return Some(format!("`{key}` belongs in [growth], or in [sector.NAME]"));
    }
    // [growth] holds what every sector may have for itself.
    let homes = homes.into_iter().filter(|section| *section != Section::Growth).map(Section::header);
    let homes: Vec<String> = homes.collect();
    (!homes.is_empty()).then(|| format!("`{key}` belongs in {}", homes.join(" or ")))
}

impl Reader<'_> {
    /// A table of the root and its place; empty, and the root's, where it is absent.
    pub fn table<'t>(&mut self, root: &'t Table, root_at: &At, section: Section) -> (Cow<'t, Table>, At) {
        let key = section.name();
        let Some(node) = root.get(key) else { return (Cow::Owned(Table::new()), root_at.clone()) };
        if let Value::Table(table) = &node.value {
            self.unknown(table, key, &names(section), home);
            return (Cow::Borrowed(table), node.key_at.clone());
        }
        self.wrong_type(node, key, &format!("a table {}", section.header()));
        (Cow::Owned(Table::new()), node.at.clone())
    }

    /// The tables of a list in the root, with their paths and places.
    pub fn tables<'t>(&mut self, root: &'t Table, section: Section) -> Vec<(String, &'t Table, At)> {
        let (key, header) = (section.name(), section.header());
        let Some(node) = root.get(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, key, &format!("entries that each begin with {header}"));
            if let (Value::Table(_), Some(error)) = (&node.value, self.errors.last_mut()) {
                error.hint = Some(format!("write {header}, with two brackets"));
            }
            return Vec::new();
        };
        let known = names(section);
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{key}.{index}");
            if let Value::Table(table) = &item.value {
                self.unknown(table, &path, &known, home);
                tables.push((path, table, item.at.clone()));
            } else {
                self.wrong_type(item, &path, &format!("a table {header}"));
            }
        }
        tables
    }
}

/// The keys that a shock may set, in words.
pub fn settable_in_words() -> String {
    let in_table = |section: &Section| {
        let names: Vec<&str> = keys::of_section(*section).filter(|key| key.shocked).map(|key| key.name).collect();
        let header = section.header();
        (!names.is_empty()).then(|| format!("{}.{}", header.trim_matches(['[', ']']), names.join("|")))
    };
    let tables: Vec<String> = Section::TABLES.iter().filter_map(in_table).collect();
    tables.join(", ")
}

/// Every dotted path of a scenario that a shock may set.
pub fn settable(sectors: &[String]) -> Vec<String> {
    let sectors = sectors.iter().map(String::as_str).collect();
    Extent { sectors, policies: &[], shocks: &[] }.paths(|key: &Key| key.shocked)
}
