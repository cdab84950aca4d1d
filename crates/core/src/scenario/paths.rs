//! The names of a scenario's keys in messages: which there are in a table, which a shock may set, and where a misplaced one
//! belongs.

use super::key::{Key, Section};
use super::keys;

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
    let homes: Vec<Section> = keys::all().iter().filter(|known| known.name == key).map(|known| known.section).collect();
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
    keys::Extent { sectors, policies: 0, shocks: &[] }.paths(|key: &Key| key.shocked)
}
