//! Scenario files → checked problems. The only room that reads scenario files.
//!
//! [`load`] merges the layers of a scenario (`layers`, over `document` and `syntax`), reads the typed keys and notes
//! every mistake with file, line, key and what is allowed (`read`, `sectors`, `poor`, with the tools of `reader` and
//! the list of keys in `keys`; `series` for values over time, `sheet` for what comes as CSV), and hands over a [`Problem`] in which nothing is left to check (`build`, `epochs` for the parameters over time, `implied` for β).

mod build;
mod counterfactual;
pub mod diagnostics;
mod document;
mod epochs;
pub mod extent;
mod field;
mod heading;
mod implied;
pub mod key;
pub mod keys;
mod layers;
mod paths;
pub mod people;
mod poor;
pub mod promotion;
mod read;
mod reader;
mod resolved;
mod sectors;
pub mod series;
mod sheet;
pub mod sweep;
mod syntax;

pub use diagnostics::os_message;
pub use heading::{Heading, heading};
pub use keys::{Keys, Policy};
pub use layers::STDIN;
pub use read::names_a_folder;

use crate::integrate::Solver;
use crate::model::problem::Problem;
use diagnostics::{At, Report, Sources};
use layers::Merged;

/// A commented scenario to start from: what `catchup init` writes.
pub const STARTER: &str = include_str!("starter.toml");

/// A checked scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file, as the user named it.
    pub path: String,
    /// Its keys, defaults filled in.
    pub keys: Keys,
    /// What the path depends on.
    pub problem: Problem,
    /// How it is integrated.
    pub solver: Solver,
    /// The texts that it was read from.
    pub sources: Sources,
    /// Its layers.
    merged: Merged,
}

impl Scenario {
    /// The resolved scenario as TOML: run again, it gives the same bytes.
    ///
    /// # Panics
    /// Never: the keys are plain tables.
    pub fn resolved(&self) -> String {
        resolved::scenario(&self.keys)
    }

    /// The same scenario where a draw makes another problem of it.
    pub(crate) fn solving(&self, problem: &Problem, solver: Solver) -> Self {
        Self { problem: problem.clone(), solver, ..self.clone() }
    }

    /// The number of the key at a dotted path, its default where it is not given; `None` where there is none. The growth of a
    /// sector without one of its own is that of all.
    pub fn number(&self, path: &str) -> Option<f64> {
        let of_all = || path.starts_with("sector.").then(|| path.strip_suffix(".x")).flatten().and(self.keys.growth.x);
        resolved::number(&self.keys, path).or_else(of_all)
    }

    /// Keys that a layer sets to the value they have anyway, be it that of a layer below or the default, and where.
    pub fn idle(&self) -> Vec<(At, String)> {
        build::idle(&self.merged, &self.keys.name, &self.sources)
    }

    /// The keys of which the path is made that a `--set` gives, where each stands, and the scenario without it; `None` where that
    /// makes no sense.
    pub fn sets(&self) -> Vec<(At, String, Option<Self>)> {
        let sets = self.merged.sets().into_iter().enumerate().filter(|(_, (_, key))| build::is_of_the_path(key));
        sets.map(|(index, (at, key))| (at, key, self.without_set(index))).collect()
    }

    fn without_set(&self, index: usize) -> Option<Self> {
        let merged = self.merged.without_set(index)?;
        let (keys, problem, solver) = build::scenario(&merged, &self.keys.name, &self.sources).ok()?;
        Some(Self { path: self.path.clone(), keys, problem, solver, sources: self.sources.clone(), merged })
    }

    /// Where each value comes from, by dotted key.
    pub fn notes(&self) -> &indexmap::IndexMap<String, String> {
        &self.keys.sources
    }
}

/// Reads the scenario `path` (or standard input, `-`) with every `sets` (`KEY=VALUE`) on top.
///
/// # Errors
/// All mistakes together.
pub fn load(path: &str, sets: &[String]) -> Result<Scenario, Report> {
    let stem = if path == STDIN {
        "stdin".to_owned()
    } else {
        std::path::Path::new(path).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    };
    layered(path, None, &stem, sets)
}

/// Reads a scenario from `text`; what it `extends` is relative to the working directory. Without a `name` of its own
/// it is called `stdin`, as one read from standard input is.
///
/// # Errors
/// All mistakes together.
pub fn parse(text: &str, sets: &[String]) -> Result<Scenario, Report> {
    layered("<text>", Some(text.to_owned()), "stdin", sets)
}

fn layered(path: &str, given: Option<String>, stem: &str, sets: &[String]) -> Result<Scenario, Report> {
    let mut sources = Sources::default();
    let merged = match layers::load(path, given, sets, &mut sources) {
        Ok(merged) => merged,
        Err(diagnostics) => return Err(Report::new(sources, diagnostics)),
    };
    match build::scenario(&merged, stem, &sources) {
        Ok((keys, problem, solver)) => Ok(Scenario { path: path.to_owned(), keys, problem, solver, sources, merged }),
        Err(diagnostics) => Err(Report::new(sources, diagnostics)),
    }
}
