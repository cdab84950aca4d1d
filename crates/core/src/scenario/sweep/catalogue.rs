//! The keys that a sweep can vary: which there are in its scenarios, and what values each takes.

use crate::model::range::Range;
use crate::scenario::key::{Key, Takes};
use crate::scenario::keys::{self, Keys};
use crate::table::ColumnType;

/// What values a key takes, as far as a draw is concerned.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Numbers in a range.
    Number(Range),
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
    pub fn words(self) -> String {
        match self {
            Self::Number(range) => range.to_string(),
            Self::Flag => "true or false".to_owned(),
            Self::Text => "text in quotes".to_owned(),
        }
    }
}

/// What values the scenario key `key` takes; `None` for tables and lists, of which there is no single value.
pub fn kind(key: &str) -> Option<Kind> {
    let key = keys::find(key).filter(|key| key.varies())?;
    Some(match key.takes {
        Takes::Number(range) => Kind::Number(range),
        Takes::Flag => Kind::Flag,
        Takes::Word(_) | Takes::Promotion | Takes::Start => Kind::Text,
        Takes::Text(_)
        | Takes::Numbers(_)
        | Takes::Values
        | Takes::Sectors
        | Takes::Beliefs
        | Takes::Settings
        | Takes::Scenario
        | Takes::Specifications
        | Takes::Carried
        | Takes::Groups
        | Takes::Correlations
        | Takes::Layers => return None,
    })
}

/// Every key that can be varied in one of the scenarios.
pub fn all<'a>(scenarios: impl Iterator<Item = &'a Keys>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for keys in scenarios {
        for path in keys.extent().paths(Key::varies) {
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}
