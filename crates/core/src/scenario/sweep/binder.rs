//! Draws → problems: the very problems that `catchup run SCENARIO --set KEY=VALUE …` solves.

use super::wires::{Template, patchable};
use super::{Level, Sweep, Tie, Varied};
use crate::integrate::Solver;
use crate::model::problem::Problem;
use crate::scenario::diagnostics::{At, Diagnostic, Sources};
use crate::scenario::document::{Node, Table, Value, flatten_dotted};
use crate::scenario::keys::Keys;
use crate::scenario::layers::{Merged, SET};
use crate::scenario::{Scenario, build};
use crate::table::ColumnType;
use std::collections::HashMap;

/// The most templates that are kept: as many combinations of words, flags and the like are met again and again.
const TEMPLATES: usize = 4096;

/// Turns draws into problems: the very problem that `catchup run --set …` would solve.
///
/// Numbers that enter parameters alone are written into a problem that stands; whatever changes more (a form, a rule, the
/// dates, the shares) is merged as a layer and read like a file, once for each combination of such values.
#[derive(Debug)]
pub struct Binder {
    /// The variant before any draw.
    merged: Merged,
    stem: String,
    varied: Vec<Varied>,
    /// Columns that are no keys, and beliefs that no rule of this variant holds: they change nothing in it.
    placeless: Vec<bool>,
    sources: Sources,
    /// Number of texts before those of a draw.
    texts: usize,
    /// The varied keys that decide which template holds.
    deciding: Vec<usize>,
    templates: Vec<Template>,
    by_values: HashMap<Vec<u64>, usize>,
    /// The deciding values of the draw at hand, as bits.
    values: Vec<u64>,
    /// The template of these values, where there is one.
    last: Option<usize>,
    /// The problem of a draw that fits no template.
    single: Option<(Problem, Solver)>,
}

impl Binder {
    fn new(scenario: &Scenario, stem: String, varied: Vec<Varied>, placeless: Vec<bool>, sources: Sources) -> Self {
        let merged = scenario.merged.clone();
        let texts = sources.count();
        let decides = |slot: &usize| varied[*slot].is_key() && !patchable(&varied[*slot].key);
        let deciding = (0..varied.len()).filter(decides).collect();
        Self {
            merged,
            stem,
            varied,
            placeless,
            sources,
            texts,
            deciding,
            templates: Vec::new(),
            by_values: HashMap::new(),
            values: Vec::new(),
            last: None,
            single: None,
        }
    }

    /// The problem of a draw (one number per varied key).
    ///
    /// # Errors
    /// Why the draw makes no valid scenario, in words, naming the key.
    pub fn bind(&mut self, draw: &[f64]) -> Result<(&Problem, Solver), String> {
        self.checked(draw).map_err(|errors| {
            let line = |error: &Diagnostic| match error.allowed.as_str() {
                "" => error.title.clone(),
                allowed => format!("{}; {allowed}", error.title),
            };
            errors.iter().map(line).collect::<Vec<_>>().join("; ")
        })
    }

    /// As [`Binder::bind`], with the mistakes as a file's would be.
    pub(super) fn checked(&mut self, draw: &[f64]) -> Result<(&Problem, Solver), Vec<Diagnostic>> {
        let same = self.deciding.iter().zip(&self.values).all(|(&slot, bits)| draw[slot].to_bits() == *bits);
        if !same || self.last.is_none() {
            self.values.clear();
            self.values.extend(self.deciding.iter().map(|&slot| draw[slot].to_bits()));
            self.last = self.by_values.get(self.values.as_slice()).copied();
        }
        if let Some(index) = self.last {
            let varied = &self.varied;
            if self.templates[index].patch(|slot| varied[slot].number(draw[slot])) {
                let template = &self.templates[index];
                return Ok((&template.problem, template.solver));
            }
            let (_, problem, solver) = self.built(draw)?;
            let (problem, solver) = self.single.insert((problem, solver));
            return Ok((problem, *solver));
        }
        let (keys, problem, solver) = self.built(draw)?;
        let varied: Vec<&str> = self.varied.iter().map(|varied| varied.key.as_str()).collect();
        if let Some(template) = Template::new(&keys, problem.clone(), solver, &varied) {
            if self.templates.len() == TEMPLATES {
                self.templates.clear();
                self.by_values.clear();
            }
            self.last = Some(self.templates.len());
            self.by_values.insert(self.values.clone(), self.templates.len());
            self.templates.push(template);
        }
        let (problem, solver) = self.single.insert((problem, solver));
        Ok((problem, *solver))
    }

    /// Whether every draw is sure to be valid, if each varied number stays within its bounds and `draw` is.
    pub(super) fn holds(&mut self, draw: &[f64], bounds: &[(f64, f64)]) -> bool {
        let _ = self.checked(draw);
        self.deciding.is_empty() && self.templates.first().is_some_and(|template| template.holds(bounds))
    }

    /// The varied key that a mistake points to.
    pub(super) fn slot(&self, at: &At) -> Option<usize> {
        at.source.checked_sub(self.texts)
    }

    /// The draw's values as layers, read like a file.
    fn built(&mut self, draw: &[f64]) -> Result<(Keys, Problem, Solver), Vec<Diagnostic>> {
        self.sources.truncate(self.texts);
        let mut merged = self.merged.clone();
        let mut errors = Vec::new();
        for ((varied, drawn), placeless) in self.varied.iter().zip(draw).zip(&self.placeless) {
            let value = varied.value(*drawn);
            let text = setting(&varied.key, &value);
            let (key, all) = (varied.key.len(), text.len());
            let source = self.sources.add(SET, text);
            let place = |span| At { source, span };
            if *placeless {
                continue;
            }
            errors.extend(merged.apply(layer(&varied.key, &value, &place(0..key), &place(key + 1..all))).err());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        build::scenario(&merged, &self.stem, &self.sources)
    }
}

/// `KEY=VALUE`, as `--set` takes it.
pub fn setting(key: &str, value: &Level) -> String {
    format!("{key}={}", value.toml())
}

/// A layer that sets one dotted key.
pub fn layer(key: &str, value: &Level, key_at: &At, at: &At) -> Node {
    let value = match value {
        Level::Number(number) => Value::Float(*number),
        Level::Flag(flag) => Value::Boolean(*flag),
        Level::Text(text) => Value::String(text.clone()),
    };
    let leaf = Node { at: at.clone(), key_at: key_at.clone(), value };
    let around = |inner: Node, key: &str| {
        let table = Table::from_iter([(key.to_owned(), inner)]);
        Node { at: key_at.clone(), key_at: key_at.clone(), value: Value::Table(table) }
    };
    let mut root = key.rsplit('.').fold(leaf, around);
    flatten_dotted(&mut root);
    root
}

impl Sweep {
    /// What turns draws into problems of variant number `variant`; one per thread.
    pub fn binder(&self, variant: usize) -> Binder {
        let variant = &self.variants[variant];
        let keys = &variant.scenario.keys;
        let placeless = |varied: &Varied| !varied.is_key() || keys.perceives(&varied.key) == Some(false);
        let placeless = self.vary.iter().map(placeless).collect();
        Binder::new(&variant.scenario, self.stem.clone(), self.vary.clone(), placeless, self.sources.clone())
    }
}

impl Scenario {
    /// What turns values of `keys`, all of them keys that take numbers, into problems: those that `--set KEY=VALUE …` makes of
    /// this scenario.
    pub fn binder(&self, keys: &[String]) -> Binder {
        let varied = |key: &String| Varied {
            key: key.clone(),
            name: key.clone(),
            kind: ColumnType::Number,
            levels: Vec::new(),
            tie: Tie::Independent,
        };
        let varied: Vec<Varied> = keys.iter().map(varied).collect();
        let placeless = vec![false; varied.len()];
        Binder::new(self, self.keys.name.clone(), varied, placeless, self.sources.clone())
    }
}
