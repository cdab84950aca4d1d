//! The keys that a sweep can vary: which there are in its scenarios, and what values each takes.

use crate::model::catch_up::Form;
use crate::scenario::keys::Keys;
use crate::scenario::paths;
use crate::scenario::reader::{ANY, Allowed, NOT_NEGATIVE, POSITIVE, RTOL, range};
use crate::trajectory::ColumnType;

/// What values a key takes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Numbers in a range.
    Number(Allowed),
    /// true or false.
    Flag,
    /// Text.
    Text,
}

impl Kind {
    /// Type of the key's column.
    pub fn column(self) -> ColumnType {
        match self {
            Self::Number(_) => ColumnType::Number,
            Self::Flag => ColumnType::Boolean,
            Self::Text => ColumnType::String,
        }
    }

    /// For messages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number(allowed) => allowed.0,
            Self::Flag => "true or false",
            Self::Text => "text in quotes",
        }
    }
}

/// What values the scenario key `key` takes; `None` for tables and lists, of which there is no single value.
pub fn kind(key: &str) -> Option<Kind> {
    let (table, last) = key.rsplit_once('.')?;
    let room = table.split('.').next().unwrap_or(table);
    let shape = Form::ALL.iter().filter_map(|form| form.shape()).find(|shape| shape.key == last);
    Some(match (room, last) {
        (_, "closed_clusters" | "set") => return None,
        (_, "cluster_R") => Kind::Flag,
        ("catch_up", "form") | ("poor", "start" | "selection" | "trade") | ("solver", "method") => Kind::Text,
        ("policy", "promote" | "sustain" | "trade") => Kind::Text,
        ("time", "start") | ("policy", "until") => Kind::Number(ANY),
        ("time", _) => Kind::Number(POSITIVE),
        ("policy", "from") | ("shock", "at") | ("welfare", _) => Kind::Number(NOT_NEGATIVE),
        ("solver", "rtol") => Kind::Number(RTOL),
        ("catch_up" | "shock", _) if let Some(own) = shape => Kind::Number(Allowed(own.allowed, own.contains)),
        _ => Kind::Number(range(last)),
    })
}

/// Every key that can be varied in one of the scenarios.
pub fn all<'a>(scenarios: impl Iterator<Item = &'a Keys>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for keys in scenarios {
        let paths = paths::all(keys.sector.keys().map(String::as_str), keys.policy.len(), &keys.shock);
        for path in paths {
            if kind(&path).is_some() && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}
