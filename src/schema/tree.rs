//! Dotted paths of keys as objects within objects.

use super::table;
use crate::scenario::key::{Count, Key, Section};
use crate::scenario::keys::SECTOR_NAME;
use serde_json::{Map, Value, json};

/// What a policy or shock is addressed by.
pub(super) const INDEX: &str = "^(0|[1-9][0-9]*)$";

/// A part of a dotted path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// This word.
    Word(&'static str),
    /// What matches this regular expression.
    Any(&'static str),
}

impl Step {
    /// The regular expression that it matches, without its anchors.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Word(word) => word,
            Self::Any(pattern) => pattern.trim_start_matches('^').trim_end_matches('$'),
        }
    }
}

/// The path of a key.
pub(super) fn steps(key: &Key) -> Vec<Step> {
    let section = Step::Word(key.section.name());
    let last = Step::Word(key.name);
    match (key.section, key.section.count()) {
        (Section::Root, _) => vec![last],
        (_, Count::One) => vec![section, last],
        (_, Count::Named) => vec![section, Step::Any(SECTOR_NAME), last],
        (_, Count::Listed) => vec![section, Step::Any(INDEX), last],
        (_, Count::Inside(path)) => {
            let mut steps: Vec<Step> = Vec::new();
            for word in path.split('.') {
                // `*` is an index behind `policy`, and a name behind `sector`.
                steps.push(match (word, steps.last()) {
                    ("*", Some(Step::Word("sector"))) => Step::Any(SECTOR_NAME),
                    ("*", _) => Step::Any(INDEX),
                    _ => Step::Word(word),
                });
            }
            steps.push(last);
            steps
        }
    }
}

/// Dotted paths and the schema of what each holds. TOML reads `a.b.c` as tables and `"a.b.c"` as one key; both, and what lies
/// between, are accepted.
#[derive(Debug, Default)]
pub(super) struct Tree {
    leaves: Vec<(Vec<Step>, Value)>,
}

impl Tree {
    pub fn of<'a>(keys: impl Iterator<Item = &'a Key>, schema: impl Fn(&Key) -> Value) -> Self {
        Self { leaves: keys.map(|key| (steps(key), schema(key))).collect() }
    }

    pub fn add(&mut self, path: &[Step], schema: Value) {
        self.leaves.push((path.to_vec(), schema));
    }

    /// The object of all paths.
    pub fn schema(&self) -> Value {
        let mut properties = Map::new();
        for (name, inside) in self.below(1) {
            if let Step::Word(word) = name[0] {
                properties.insert(word.to_owned(), inside);
            }
        }
        let mut schema = table(properties);
        let mut patterns = self.joined();
        for (name, inside) in self.below(1) {
            if let Step::Any(pattern) = name[0] {
                patterns.insert(pattern.to_owned(), inside);
            }
        }
        schema["patternProperties"] = patterns.into();
        schema
    }

    /// Two and more parts of a path as one quoted key, by regular expression.
    pub fn joined(&self) -> Map<String, Value> {
        let longest = self.leaves.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
        let name = |path: Vec<Step>| {
            let parts: Vec<&str> = path.into_iter().map(Step::pattern).collect();
            format!("^{}$", parts.join("\\."))
        };
        (2..=longest).flat_map(|parts| self.below(parts)).map(|(path, inside)| (name(path), inside)).collect()
    }

    /// For every beginning of so many parts, the schema of what comes after.
    fn below(&self, parts: usize) -> Vec<(Vec<Step>, Value)> {
        let mut beginnings: Vec<(Vec<Step>, Tree)> = Vec::new();
        for (path, schema) in self.leaves.iter().filter(|(path, _)| path.len() >= parts) {
            let (first, rest) = path.split_at(parts);
            let same = |known: &[Step]| known.iter().zip(first).all(|(a, b)| a.pattern() == b.pattern());
            let leaf = (rest.to_vec(), schema.clone());
            match beginnings.iter_mut().find(|(known, _)| same(known)) {
                Some((_, tree)) => tree.leaves.push(leaf),
                None => beginnings.push((first.to_vec(), Self { leaves: vec![leaf] })),
            }
        }
        let inside = |mut tree: Self| {
            let ends = tree.leaves.extract_if(.., |(path, _)| path.is_empty()).map(|(_, schema)| schema);
            let mut ways: Vec<Value> = ends.collect();
            if !tree.leaves.is_empty() {
                ways.push(tree.schema());
            }
            if ways.len() == 1 { ways.remove(0) } else { json!({ "anyOf": ways }) }
        };
        beginnings.into_iter().map(|(path, tree)| (path, inside(tree))).collect()
    }
}
