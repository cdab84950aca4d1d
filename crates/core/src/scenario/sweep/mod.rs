//! Sweep files → checked sweeps, and draws → problems.
//!
//! [`Sweep::load`] reads a sweep file like a scenario (`file`, with `spec` for what varies, `table` for designs that come
//! as CSV, `ties` for inputs that belong together, `variants`, `kept`), checks it against its scenario (`catalogue`, `check`), and hands over a design and variants.
//! A [`Binder`] turns draws into problems (`binder`, and `wires` for the fast way); `resolved` writes it all down.

mod binder;
mod catalogue;
mod check;
mod file;
pub mod kept;
pub mod keys;
mod resolved;
mod spec;
mod table;
mod ties;
mod variants;
mod wires;

pub use binder::Binder;
pub(in crate::scenario) use binder::layer;
pub use kept::Kept;
pub use keys::Tie;
pub use ties::CONCENTRATION;

use super::Scenario;
use super::diagnostics::{At, Report, Sources};
use super::document::{self, Node, Value};
use super::keys::Keys;
use super::layers::{self, Merged};
use crate::design::{Axis, Design, Kind};
use crate::table::{Cells, Column, ColumnType, field};
use std::path::Path;

/// A checked sweep file.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The file, as the user named it.
    pub path: String,
    /// Name of its folder.
    pub name: String,
    /// Title, for pictures.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Seed of the draws.
    pub seed: u64,
    /// The scenario file, relative to the working directory; `None` where the sweep file holds the scenario itself.
    pub scenario: Option<String>,
    /// The draws, one axis per varied key.
    pub design: Design,
    /// The varied keys, in the file's order.
    pub vary: Vec<Varied>,
    /// The variants, the baseline first; one called `base` where none is declared.
    pub variants: Vec<Variant>,
    /// Of which draws trajectories are kept.
    pub keep: Kept,
    /// Years at which every run is looked at.
    pub dates: Vec<f64>,
    /// The texts that diagnostics point into.
    pub sources: Sources,
    /// How draws are laid out.
    kind: Kind,
    /// How each varied key varies, as written.
    specs: Vec<spec::Spec>,
    /// Keys that sum to a constant.
    groups: Vec<ties::Grouped>,
    /// Rank correlations.
    pairs: Vec<ties::Pair>,
    /// The table that a design was read from: its path as written, and its SHA-256.
    table: Option<(String, String)>,
    /// The scenario under every variant, its layers merged.
    base: Merged,
    /// Its keys.
    base_keys: Keys,
    /// What it is called where it says no name.
    stem: String,
}

/// What comes on top of a sweep file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Over<'a> {
    /// `KEY=VALUE` for the scenario under all variants.
    pub sets: &'a [String],
    /// Another seed.
    pub seed: Option<u64>,
}

/// A varied key.
#[derive(Debug, Clone, PartialEq)]
pub struct Varied {
    /// Its dotted path.
    pub key: String,
    /// Name of its column: the path, or a short name given for it.
    pub name: String,
    /// Type of its column.
    pub kind: ColumnType,
    /// The values that a draw's index stands for; empty where a draw is the number itself.
    pub levels: Vec<Level>,
    /// How it hangs together with others.
    pub tie: Tie,
}

/// A value of a varied key.
#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    /// A number.
    Number(f64),
    /// true or false.
    Flag(bool),
    /// Text.
    Text(String),
}

impl Level {
    /// The value as TOML.
    pub fn toml(&self) -> String {
        match self {
            Self::Number(number) if number.is_finite() => format!("{number:?}"),
            Self::Number(number) => format!("{number}").to_lowercase(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => super::resolved::inline(&toml::Value::String(text.clone())),
        }
    }
}

impl Varied {
    /// Whether it is a key of the scenario, and no column that is carried through.
    pub fn is_key(&self) -> bool {
        self.tie != Tie::Carried
    }

    /// The value that `drawn` stands for.
    pub fn value(&self, drawn: f64) -> Level {
        self.level(drawn).cloned().unwrap_or(Level::Number(drawn))
    }

    /// As [`Varied::value`], where it is a number; NaN where it is none.
    pub fn number(&self, drawn: f64) -> f64 {
        match self.level(drawn) {
            None => drawn,
            Some(Level::Number(number)) => *number,
            Some(_) => f64::NAN,
        }
    }

    /// Its column, in a table in whose rows `drawn` finds what was drawn of it; its numbers are all reals.
    pub fn column<'c, R: ?Sized + 'c>(
        &self,
        drawn: impl Fn(&R, usize) -> f64 + Copy + Send + Sync + 'c,
    ) -> Column<'c, R> {
        let (varied, name) = (self.clone(), self.name.clone());
        let meaning = match name == self.key {
            true => "varied key of the scenario".to_owned(),
            false => format!("{}, a varied key of the scenario", self.key),
        };
        match self.kind {
            ColumnType::Number | ColumnType::Integer => {
                Column::number(name, "", meaning, move |rows: &R, row| varied.number(drawn(rows, row)))
            }
            ColumnType::Boolean => {
                Column::truth(name, meaning, move |rows: &R, row| varied.value(drawn(rows, row)) == Level::Flag(true))
            }
            ColumnType::String => {
                Column::new(field(name, ColumnType::String, "", meaning, true), move |rows: &R, range, cells| {
                    let Cells::Texts(cells) = cells else { return };
                    let texts = varied.levels.iter().map(|level| match level {
                        Level::Text(text) => cells.place(text),
                        Level::Number(_) | Level::Flag(_) => cells.place(""),
                    });
                    let places: Vec<u32> = texts.collect();
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "the index of a level"
                    )]
                    cells.places.extend(range.map(|row| places[drawn(rows, row) as usize]));
                })
            }
        }
    }

    fn level(&self, drawn: f64) -> Option<&Level> {
        if self.levels.is_empty() {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a level")]
        self.levels.get(drawn as usize)
    }
}

/// A variant: the scenario with the variant's keys on top, before any draw.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The scenario.
    pub scenario: Scenario,
    /// Index of the variant that it is measured against; its own, of the first.
    pub baseline: usize,
    /// Its own keys.
    layer: Node,
}

impl Sweep {
    /// Reads a sweep file and the scenario it names.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn load(path: &str) -> Result<Self, Report> {
        Self::load_with(path, &Over::default())
    }

    /// Reads a sweep file and the scenario it names, with something on top.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn load_with(path: &str, over: &Over<'_>) -> Result<Self, Report> {
        let folder =
            if path == layers::STDIN { Path::new("") } else { Path::new(path).parent().unwrap_or(Path::new("")) };
        Self::read(path, None, folder, over)
    }

    /// Reads a sweep from `text`; what it names is relative to `folder`. Without a `name` of its own it is called `stdin`.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Report> {
        Self::read("<text>", Some(text.to_owned()), folder, &Over::default())
    }

    fn read(path: &str, given: Option<String>, folder: &Path, over: &Over<'_>) -> Result<Self, Report> {
        let mut sources = Sources::default();
        match file::read(path, given, folder, over, &mut sources) {
            Ok(sweep) => Ok(Self { sources, ..sweep }),
            Err(diagnostics) => Err(Report::new(sources, diagnostics)),
        }
    }

    /// Whether `path` is a sweep file rather than a scenario: it says what varies, by which design, or of which scenario.
    /// `false` where it cannot be read, and for standard input.
    pub fn is_sweep(path: &str) -> bool {
        if path == layers::STDIN {
            return false;
        }
        let mut sources = Sources::default();
        let Ok(source) = layers::read(path, &mut None, &mut sources) else { return false };
        let root = document::parse(source, sources.text(source));
        match root.map(|root| root.value) {
            Ok(Value::Table(root)) => ["design", "vary", "scenario"].iter().any(|key| root.contains_key(*key)),
            // What is no TOML may still be meant as one.
            _ => sources.text(source).lines().any(|line| ["[design]", "[vary]"].contains(&line.trim())),
        }
    }

    /// By what the draw of the key that this one follows is multiplied; 1 where it follows none.
    pub fn times(&self, varied: &Varied) -> f64 {
        let slot = self.vary.iter().position(|other| other == varied);
        match slot.and_then(|slot| self.specs.get(slot)) {
            Some(spec::Spec::SameAs { times, .. }) => *times,
            _ => 1.0,
        }
    }

    /// Number of runs: draws × variants.
    pub fn runs(&self) -> u64 {
        self.design.draws() * self.variants.len() as u64
    }

    /// The lowest and highest number that varied key `slot` can take; `None` where it takes other things, or has no bound.
    pub fn range(&self, slot: usize) -> (Option<f64>, Option<f64>) {
        let span = |numbers: &mut dyn Iterator<Item = f64>| {
            numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)))
        };
        let levels = &self.vary[slot].levels;
        let number = |level: &Level| if let Level::Number(number) = level { Some(*number) } else { None };
        let (low, high) = match &self.design.axes()[slot] {
            Axis::Distribution(distribution) => distribution.support(),
            Axis::Empirical(empirical) => empirical.support(),
            Axis::Share(_) => (f64::NEG_INFINITY, f64::INFINITY),
            Axis::Follows { axis, times } if levels.is_empty() => {
                let (low, high) = self.range(*axis);
                let ends = [low, high].map(|end| end.map(|end| end * times));
                return if *times < 0.0 { (ends[1], ends[0]) } else { (ends[0], ends[1]) };
            }
            Axis::Column(values) if levels.is_empty() => span(&mut values.iter().copied()),
            Axis::Levels(_) | Axis::Column(_) | Axis::Follows { .. } => span(&mut levels.iter().filter_map(number)),
        };
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        (finite(low), finite(high))
    }

    /// What people call a variant: its title, where it has one of its own, else its name.
    pub fn variant_label(&self, place: usize) -> &str {
        let title = |variant: &Variant| variant.scenario.keys.title.clone();
        let variant = &self.variants[place];
        let alike = self.variants.iter().filter(|other| title(other) == title(variant)).count();
        let own = variant.scenario.keys.title.as_deref().filter(|_| self.variants.len() > 1 && alike == 1);
        own.unwrap_or(&variant.name)
    }

    /// Keys of the scenario under all variants that a layer sets to the value they have anyway, and where.
    pub fn idle(&self) -> Vec<(At, String)> {
        super::build::idle(&self.base, &self.stem, &self.sources)
    }

    /// Names of the variants, the baseline first.
    pub fn variant_names(&self) -> Vec<String> {
        self.variants.iter().map(|variant| variant.name.clone()).collect()
    }

    /// Names of the sectors under each variant.
    pub fn sector_names(&self) -> Vec<Vec<String>> {
        self.variants.iter().map(|variant| variant.scenario.problem.sectors.clone()).collect()
    }

    /// What `catchup run SCENARIO` needs after `--set` to solve the very problem of a run: the variant's own keys, then the
    /// draw's.
    pub fn sets(&self, variant: usize, draw: &[f64]) -> Vec<String> {
        let mut sets = variants::settings(&self.variants[variant].layer);
        sets.extend(
            self.vary
                .iter()
                .zip(draw)
                .filter(|(varied, _)| varied.is_key())
                .map(|(varied, drawn)| binder::setting(&varied.key, &varied.value(*drawn))),
        );
        sets
    }
}
