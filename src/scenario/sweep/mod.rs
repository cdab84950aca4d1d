//! Sweep files → checked sweeps, and draws → problems.

use super::Scenario;
use super::diagnostics::{Report, Sources};
use crate::design::Design;
use crate::integrate::Solver;
use crate::model::params::Problem;
use crate::trajectory::ColumnType;

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
    /// The draws, one axis per varied key.
    pub design: Design,
    /// The varied keys, in the file's order.
    pub vary: Vec<Varied>,
    /// The variants, the baseline first; one called `base` where none is declared.
    pub variants: Vec<Variant>,
    /// Of how many draws, the first ones, trajectories are kept.
    pub keep: u64,
    /// The texts that diagnostics point into.
    pub sources: Sources,
}

/// A varied key.
#[derive(Debug, Clone, PartialEq)]
pub struct Varied {
    /// Its dotted path.
    pub key: String,
    /// Type of its column.
    pub kind: ColumnType,
    /// The values that a draw's index stands for; empty where a draw is the number itself.
    pub levels: Vec<Level>,
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

impl Varied {
    /// The value that `drawn` stands for.
    pub fn value(&self, drawn: f64) -> Level {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a level")]
        self.levels.get(drawn as usize).cloned().unwrap_or(Level::Number(drawn))
    }
}

/// A variant: the scenario with the variant's keys on top, before any draw.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The scenario.
    pub scenario: Scenario,
}

impl Sweep {
    /// Reads a sweep file and the scenario it names.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn load(path: &str) -> Result<Self, Report> {
        let _ = path;
        Err(Report::new(Sources::default(), Vec::new()))
    }

    /// The resolved sweep as TOML: swept again, it gives the same bytes.
    pub fn resolved(&self) -> String {
        String::new()
    }

    /// What makes it this sweep and no other.
    pub fn identity(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether the file at `path` is a sweep file.
    pub fn is_sweep(path: &str) -> bool {
        let _ = path;
        false
    }

    /// Number of runs: draws × variants.
    pub fn runs(&self) -> u64 {
        self.design.draws() * self.variants.len() as u64
    }

    /// What turns draws into problems of variant number `variant`; one per thread.
    pub fn binder(&self, variant: usize) -> Binder {
        let scenario = &self.variants[variant].scenario;
        Binder { problem: scenario.problem.clone(), solver: scenario.solver }
    }
}

/// Turns draws into problems: the very problem that `catchup run --set …` would solve.
#[derive(Debug)]
pub struct Binder {
    problem: Problem,
    solver: Solver,
}

impl Binder {
    /// The problem of a draw (one number per varied key).
    ///
    /// # Errors
    /// Why the draw makes no valid scenario, in words, naming the key.
    pub fn bind(&mut self, draw: &[f64]) -> Result<(&Problem, Solver), String> {
        let _ = draw;
        Ok((&self.problem, self.solver))
    }
}
