//! Variants: layers over the scenario, each run under every draw.

use super::Variant;
use super::binder;
use crate::model::catch_up::Pace;
use crate::scenario::diagnostics::{At, Diagnostic, Sources, clip, did_you_mean};
use crate::scenario::document::{Node, Table, Value, flatten_dotted};
use crate::scenario::layers::Merged;
use crate::scenario::read::names_a_folder;
use crate::scenario::reader::{MAX_NAME, Reader, list};
use crate::scenario::resolved::{inline, key};
use crate::scenario::series::read::resolve;
use crate::scenario::{Scenario, build};

/// Keys that no variant can set: they are the scenario's as a file.
const NOT_ITS_OWN: [&str; 3] = ["schema_version", "name", "extends"];
/// The key by which a variant says which other one it is measured against.
pub const BASELINE: &str = "baseline";
/// What a sweep without variants calls its only one.
pub const ONLY: &str = "base";

/// A variant as it is declared.
pub struct Declared {
    name: String,
    /// Index of the variant that it is measured against.
    baseline: usize,
    layer: Node,
}

/// Reads `[variants]`, in the file's order. `root_at` stands for a variant that is not declared.
pub fn read(reader: &mut Reader<'_>, root: &Table, root_at: &At) -> Vec<Declared> {
    let declared = match root.get("variants") {
        None => Table::new(),
        Some(Node { value: Value::Table(table), .. }) => table.clone(),
        Some(node) => {
            reader.wrong_type(node, "variants", "tables [variants.NAME]");
            Table::new()
        }
    };
    let mut found: Vec<Declared> = Vec::new();
    for (name, mut node) in declared {
        if !names_a_folder(&name) || name.len() > MAX_NAME {
            let title = format!("variants: \"{}\" cannot name a variant", clip(&name));
            let allowed =
                "allowed: letters, digits, `.`, `_` and `-`, the first a letter or digit, at most 100 characters";
            reader.error(&node.key_at, title, allowed);
        }
        let Value::Table(keys) = &node.value else {
            reader.wrong_type(&node, &format!("variants.{name}"), &format!("a table [variants.{name}]"));
            continue;
        };
        for own in NOT_ITS_OWN {
            if let Some(node) = keys.get(own) {
                let hint = if own == "name" { "a variant is called by the name of its table" } else { "remove it" };
                let title = format!("variants.{name}: a variant cannot set {own}");
                reader.hinted(&node.key_at, title, "allowed: the other keys of a scenario", hint);
            }
        }
        let baseline = baseline(reader, &name, keys, &found);
        if let Value::Table(keys) = &mut node.value {
            keys.shift_remove(BASELINE);
        }
        found.push(Declared { name, baseline, layer: layer(node) });
    }
    if found.is_empty() {
        let nothing = Node { at: root_at.clone(), key_at: root_at.clone(), value: Value::Table(Table::new()) };
        found.push(Declared { name: ONLY.to_owned(), baseline: 0, layer: nothing });
    }
    found
}

/// Which of the variants `before` it a variant is measured against: the one that it names, or the first.
fn baseline(reader: &mut Reader<'_>, name: &str, keys: &Table, before: &[Declared]) -> usize {
    let path = format!("variants.{name}");
    let Some((wanted, at)) = reader.text(keys, &path, BASELINE, "the name of another variant in quotes") else {
        return 0;
    };
    let names: Vec<&str> = before.iter().map(|other| other.name.as_str()).collect();
    names.iter().position(|other| *other == wanted).unwrap_or_else(|| {
        let title = format!("{path}.{BASELINE} = \"{}\" is no variant above this one", clip(&wanted));
        let allowed = if names.is_empty() { "a variant that follows another".to_owned() } else { list(&names) };
        let hint = did_you_mean(&wanted, names.iter().copied());
        reader.error(&at, title, format!("allowed: {allowed}")).hint = hint;
        0
    })
}

/// A variant's table as a layer: `"catch_up.beta" = 1` and `catch_up.beta = 1` mean the same.
fn layer(mut node: Node) -> Node {
    if let Value::Table(table) = &mut node.value {
        let mut nested = Table::new();
        for (path, inner) in std::mem::take(table) {
            let mut keys = path.split('.');
            let first = keys.next().unwrap_or_default().to_owned();
            let whole = keys.rev().fold(inner, |inner, key| Node {
                at: inner.at.clone(),
                key_at: inner.key_at.clone(),
                value: Value::Table(Table::from_iter([(key.to_owned(), inner)])),
            });
            join(&mut nested, first, whole);
        }
        *table = nested;
    }
    flatten_dotted(&mut node);
    node
}

/// Puts what two spellings say of one table together.
fn join(table: &mut Table, key: String, node: Node) {
    match (table.get_mut(&key), node) {
        (Some(Node { value: Value::Table(old), .. }), Node { value: Value::Table(new), .. }) => {
            new.into_iter().for_each(|(key, node)| join(old, key, node));
        }
        (_, node) => {
            table.insert(key, node);
        }
    }
}

/// Merges and checks each variant; mistakes say whose they are.
pub fn build(
    base: &Merged,
    declared: Vec<Declared>,
    stem: &str,
    path: &str,
    sources: &mut Sources,
) -> Result<Vec<Variant>, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let mut variants = Vec::new();
    for Declared { name, baseline, mut layer } in declared {
        let found = resolve(&mut layer, sources);
        if !found.is_empty() {
            errors.extend(found.into_iter().map(|error| named(&name, error)));
            continue;
        }
        let mut merged = base.clone();
        let applied = merged.apply(layer.clone()).map_err(|error| vec![error]);
        match applied.and_then(|()| build::scenario(&merged, stem, sources)) {
            Ok((keys, problem, solver)) => {
                let scenario =
                    Scenario { path: path.to_owned(), keys, problem, solver, sources: sources.clone(), merged };
                variants.push(Variant { name, scenario, baseline, layer });
            }
            Err(found) => errors.extend(found.into_iter().map(|error| named(&name, error))),
        }
    }
    if errors.is_empty() { Ok(variants) } else { Err(errors) }
}

/// A mistake, said to be a variant's.
pub fn named(name: &str, error: Diagnostic) -> Diagnostic {
    Diagnostic { title: format!("variants.{name}: {}", error.title), ..error }
}

/// Variants whose rows could not stand beside one another: not comparable with their baseline, or the same as another.
pub fn compare(reader: &mut Reader<'_>, variants: &[Variant]) {
    for (index, variant) in variants.iter().enumerate().skip(1) {
        let (own, at) = (&variant.scenario, &variant.layer.key_at);
        let baseline = &variants[variant.baseline];
        if let Some((what, a, b)) = baseline.scenario.problem.incomparable(&own.problem) {
            let title = format!("variants.{}: {what} is {b}, and {a} in the baseline {}", variant.name, baseline.name);
            let allowed =
                "allowed: variants with the dates, discount rate, window, sectors and shares of their baseline";
            reader.hinted(
                at,
                title,
                allowed,
                "each row holds its difference from the baseline: name another baseline, or make two sweeps",
            );
        }
        let same = |other: &&Variant| other.scenario.problem == own.problem && other.scenario.solver == own.solver;
        if let Some(other) = variants[..index].iter().find(same) {
            let title = format!("variants.{} and variants.{} are the same scenario", other.name, variant.name);
            reader.hinted(at, title, "allowed: variants that differ", "remove one, or change what it sets");
        }
    }
}

/// Every leaf of a layer: its dotted path, elements of arrays by index, and its node.
pub fn leaves(layer: &Node) -> Vec<(String, &Node)> {
    fn walk<'n>(path: &str, node: &'n Node, into: &mut Vec<(String, &'n Node)>) {
        let inside = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match &node.value {
            Value::Table(table) => table.iter().for_each(|(key, node)| walk(&inside(key), node, into)),
            Value::Array(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
                items.iter().enumerate().for_each(|(index, item)| walk(&inside(&index.to_string()), item, into));
            }
            _ => into.push((path.to_owned(), node)),
        }
    }
    let mut found = Vec::new();
    walk("", layer, &mut found);
    found
}

/// `KEY=VALUE` for each key of a layer; arrays as a whole.
pub fn settings(layer: &Node) -> Vec<String> {
    fn walk(path: &str, node: &Node, into: &mut Vec<String>) {
        match &node.value {
            Value::Table(table) => {
                for (name, node) in table {
                    let name = key(name);
                    walk(&if path.is_empty() { name } else { format!("{path}.{name}") }, node, into);
                }
            }
            _ => into.push(format!("{path}={}", inline(&toml(node)))),
        }
    }
    let mut found = Vec::new();
    walk("", layer, &mut found);
    found
}

/// A tree as TOML values, whole numbers as floats but for the version of the format.
pub fn toml(node: &Node) -> toml::Value {
    match &node.value {
        Value::Table(table) => toml::Value::Table(table.iter().map(|(key, node)| (key.clone(), toml(node))).collect()),
        Value::Array(items) => toml::Value::Array(items.iter().map(toml).collect()),
        Value::String(text) => toml::Value::String(text.clone()),
        Value::Integer(number) | Value::Float(number) => toml::Value::Float(*number),
        Value::Boolean(flag) => toml::Value::Boolean(*flag),
        Value::Series(series) => series.toml(),
        // A scenario holds none: that has been checked.
        Value::Datetime => toml::Value::Boolean(false),
    }
}

/// Whether of two keys the one replaces the other: the same, or two ways of giving a speed.
pub fn rival(a: &str, b: &str) -> bool {
    let pace = |key: &str| Pace::from_name(key.strip_prefix("catch_up.")?);
    a == b || (pace(a).is_some() && pace(b).is_some())
}

/// Notes keys that both a variant sets and draws vary.
pub fn overrides(reader: &mut Reader<'_>, variants: &[Variant], varied: &[&str]) {
    for variant in variants {
        // What a rule perceives is set to have a place in this variant.
        for (path, node) in
            leaves(&variant.layer).into_iter().filter(|(path, _)| variant.scenario.keys.perceives(path).is_none())
        {
            if let Some(key) = varied.iter().find(|key| rival(key, &path)) {
                let title =
                    format!("variants.{}: {path} is set, but {key} varies: each draw replaces it", variant.name);
                let allowed = "allowed: keys that [vary] does not name";
                reader.hinted(&node.key_at, title, allowed, "remove it here or from [vary]");
            }
        }
    }
}

/// The layer of a draw's key, to see whether a variant has a place for it.
pub fn has_place(variant: &Variant, key: &str, key_at: &At, at: &At) -> Result<(), Diagnostic> {
    variant.scenario.merged.clone().apply(binder::layer(key, &super::Level::Number(0.0), key_at, at))
}
