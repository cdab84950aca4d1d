//! Reads `[sector.NAME]`.

use super::diagnostics::{At, brief, clip, did_you_mean};
use super::document::{Node, Table, Value};
use super::field::Place;
use super::key::{SHARES, Section};
use super::keys::{SECTORS, Sector};
use super::layers::SET;
use super::paths;
use super::people::label;
use super::reader::{MAX_NAME, Reader, list};
use crate::model::range::Range;
use indexmap::IndexMap;

impl Reader<'_> {
    /// The sectors in order of appearance.
    pub fn sectors(&mut self, root: &Table, root_at: &At) -> IndexMap<String, Sector> {
        let mut sectors = IndexMap::new();
        let Some(node) = root.get("sector") else {
            let hint = "add [sector.NAME] with lambda, y_R and y_P, one for each sector";
            self.missing_with(root_at, "sector", "2 to 64 tables [sector.NAME]", hint);
            return sectors;
        };
        let Value::Table(tables) = &node.value else {
            self.wrong_type(node, "sector", "2 to 64 tables [sector.NAME]");
            return sectors;
        };
        let count = tables.len();
        if count < *SECTORS.start() {
            let title = if count == 0 { "there is no sector" } else { "there is only one sector" };
            let hint = "trade needs at least two sectors to choose between";
            self.hinted(&node.key_at, title, "allowed: 2 to 64 tables [sector.NAME]", hint);
        } else if count > *SECTORS.end() {
            let title = format!("there are {count} sectors");
            self.error(&node.key_at, title, "allowed: 2 to 64 tables [sector.NAME]");
        }
        let has_alpha = |node: &Node| matches!(&node.value, Value::Table(table) if table.contains_key("alpha"));
        let some_alpha = tables.values().any(has_alpha);
        for (name, node) in tables {
            let path = format!("sector.{}", clip(name));
            self.sector_key(name, node);
            let Value::Table(table) = &node.value else {
                self.wrong_type(node, &path, &format!("a table [{path}]"));
                continue;
            };
            let found = self.errors.len();
            sectors.insert(name.clone(), self.sector(table, node, &path, some_alpha, count));
            if self.sources.label(&node.key_at) == SET {
                // Mostly a name mistyped: the keys that it lacks are not what is wrong.
                let others = tables.keys().filter(|other| *other != name).map(String::as_str);
                let names: Vec<&str> = others.clone().collect();
                let hint = did_you_mean(name, others).unwrap_or_else(|| format!("the sectors are: {}", list(&names)));
                let missing = |title: &str| title.ends_with(" is missing");
                self.errors[found..].iter_mut().filter(|e| missing(&e.title)).for_each(|e| e.hint = Some(hint.clone()));
            }
        }
        self.labels_differ(tables, &sectors);
        let total: f64 = sectors.values().map(|sector| sector.alpha).sum();
        if (total - 1.0).abs() > SHARES {
            let mut given = tables.values().filter(|node| has_alpha(node)).map(|node| value_at(node, "alpha"));
            let set = given.clone().find(|at| self.sources.label(at) == SET);
            let at = set.or_else(|| given.next()).unwrap_or_else(|| node.key_at.clone());
            let title = format!("sector.*.alpha: the expenditure shares sum to {}", brief(total, 12));
            let error = self.error(&at, title, "allowed: shares that sum to 1 (within 1e-9)");
            if (total - 100.0).abs() < 1e-6 {
                error.hint = Some("shares, not per cent: 0.5 is one half".to_owned());
            }
        }
        sectors
    }

    /// People can tell the sectors apart.
    fn labels_differ(&mut self, tables: &Table, sectors: &IndexMap<String, Sector>) {
        let shown = |(name, sector): (&String, &Sector)| (name.clone(), label(name, sector.label.as_deref()));
        let shown: Vec<(String, String)> = sectors.iter().map(shown).collect();
        for (index, (name, own)) in shown.iter().enumerate() {
            let other = shown[..index].iter().find(|(_, label)| label == own);
            if let (Some((other, _)), Some(node)) = (other, tables.get(name)) {
                let title = format!("sector.{name} and sector.{other} are both called {}", clip(own));
                self.error(&value_at(node, "label"), title, "allowed: a label of its own for each sector");
            }
        }
    }

    fn sector_key(&mut self, name: &str, node: &Node) {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
        if begins(name) && name.chars().all(legal) && name.len() <= MAX_NAME {
            return;
        }
        let allowed = "allowed: a lower-case letter, then lower-case letters, digits and `_`, at most 100 characters";
        let tidy: String = name.to_lowercase().chars().map(|c| if legal(c) { c } else { '_' }).collect();
        let error = self.error(&node.key_at, format!("sector.\"{}\" cannot name a sector", clip(name)), allowed);
        error.hint = (begins(&tidy) && tidy.len() <= MAX_NAME).then(|| format!("for example [sector.{tidy}]"));
    }

    fn sector(&mut self, table: &Table, node: &Node, path: &str, some_alpha: bool, count: usize) -> Sector {
        self.unknown(table, path, &paths::names(Section::Sector), paths::home);
        let at = &node.key_at;
        if some_alpha && !table.contains_key("alpha") {
            let hint = "give alpha for all sectors, or for none (then equal shares)";
            self.hinted(at, format!("{path}.alpha is missing"), "alpha is given for some sectors only", hint);
        }
        let sector = Sector::read(self, Place { table, at, path });
        if some_alpha { sector } else { Sector { alpha: 1.0 / count as f64, ..sector } }
    }

    /// Without `growth.x`, every sector needs an x of its own. `at` is the place of `[growth]`.
    pub fn learning_everywhere(&mut self, root: &Table, at: &At) {
        let sectors = match root.get("sector").map(|node| &node.value) {
            Some(Value::Table(tables)) => tables.clone(),
            _ => Table::new(),
        };
        let without = |node: &Node| !matches!(&node.value, Value::Table(table) if table.contains_key("x"));
        let lacking: Vec<&str> =
            sectors.iter().filter(|(_, node)| without(node)).map(|(name, _)| name.as_str()).collect();
        if lacking.is_empty() && !sectors.is_empty() {
            return;
        }
        let allowed = match lacking.as_slice() {
            [] => Range::NOT_NEGATIVE.to_string(),
            _ => format!("{}; or x in each sector (lacking in {})", Range::NOT_NEGATIVE, list(&lacking)),
        };
        self.missing(at, "growth.x", &allowed);
    }
}

/// The place of a value in the table `node`, or of the table's name.
fn value_at(node: &Node, key: &str) -> At {
    match &node.value {
        Value::Table(table) => table.get(key).map_or(&node.key_at, |value| &value.at).clone(),
        _ => node.key_at.clone(),
    }
}
