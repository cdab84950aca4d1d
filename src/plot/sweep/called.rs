//! What people call the keys and variants of a sweep, from the `sweep.toml` beside its table; without one, from the names of the
//! table's columns.

use crate::draw::text::literal;
use crate::scenario::people::{People, unit};
use crate::scenario::sweep::Sweep;
use std::path::Path;

/// What people call the parts of a sweep.
#[derive(Default)]
pub(super) struct Called {
    sweep: Option<Sweep>,
    people: People,
}

impl Called {
    /// By the sweep file that stands in `folder`, if it can be read.
    pub(super) fn beside(folder: &Path) -> Self {
        let file = folder.join("sweep.toml");
        let sweep = Some(file.as_path()).filter(|file| file.is_file()).and_then(Path::to_str).map(Sweep::load);
        let sweep = sweep.and_then(Result::ok);
        let people = sweep.as_ref().and_then(|sweep| sweep.variants.first()).map(|first| first.scenario.people());
        Self { sweep, people: people.unwrap_or_default() }
    }

    /// The sweep, where its file was read.
    pub(super) fn sweep(&self) -> Option<&Sweep> {
        self.sweep.as_ref()
    }

    /// The varied key of a column, with its unit. Marked up.
    pub(super) fn key(&self, column: &str) -> String {
        let varied = self.sweep.iter().flat_map(|sweep| &sweep.vary).find(|varied| varied.name == column);
        let path = varied.map_or(column, |varied| varied.key.as_str());
        // A name that the sweep file gives it is what its author calls it.
        let words = if path == column { self.people.key(path) } else { column.to_owned() };
        literal(&unit(path).map_or_else(|| words.clone(), |unit| format!("{words}, {unit}")))
    }

    /// A text that the varied key of a column takes, sectors called by their labels. Marked up.
    pub(super) fn value(&self, column: &str, text: &str) -> String {
        let varied = self.sweep.iter().flat_map(|sweep| &sweep.vary).find(|varied| varied.name == column);
        literal(&self.people.value(varied.map_or(column, |varied| varied.key.as_str()), text))
    }

    /// A variant: its title, where it has one of its own, else its name. Marked up.
    pub(super) fn variant(&self, name: &str) -> String {
        let of = |sweep: &Sweep| {
            Some(sweep.variant_label(sweep.variants.iter().position(|own| own.name == name)?).to_owned())
        };
        literal(&self.sweep.as_ref().and_then(of).unwrap_or_else(|| name.to_owned()))
    }

    /// The regions P and R. Marked up.
    pub(super) fn regions(&self) -> [String; 2] {
        [&self.people.poor, &self.people.rich].map(|region| literal(region))
    }
}
