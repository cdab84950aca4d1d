//! A scenario is made of layers: the file at the end of its `extends` chain, the files that extend it, then every
//! `--set`; a shock is a layer too. Tables merge key by key, everything else is replaced whole.

use super::diagnostics::{At, Diagnostic, Sources, clip, os_message};
use super::document::{self, Node, Table, Value};
use super::series::read::resolve;
use crate::model::catch_up::{Form, Pace};
use crate::model::rule::Rule;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Standard input, as a scenario.
pub const STDIN: &str = "-";
/// How a `--set` is named as a source.
pub const SET: &str = "--set";
/// The most bytes of a scenario file: far more than one needs, far less than memory holds.
const MAX_BYTES: u64 = 16 << 20;

/// Keys that a file says of itself alone.
const OF_ITSELF: [&str; 2] = ["name", "baseline"];

/// All layers merged.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The root table.
    pub root: Node,
    /// Keys that a layer sets to the value they had anyway.
    pub idle: Vec<(At, String)>,
    /// Each `--set`, and the root under them.
    sets: Vec<Node>,
    under_sets: Option<Box<Node>>,
}

/// Reads a file or standard input as text.
///
/// # Errors
/// Why it cannot be read, or where it stops being UTF-8.
pub fn read(path: &str, given: &mut Option<String>, sources: &mut Sources) -> Result<usize, Diagnostic> {
    if let Some(text) = given.take() {
        return Ok(sources.add(path, text));
    }
    let mut bytes = Vec::new();
    let outcome = if path == STDIN {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    if let Err(error) = outcome {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; `catchup init FILE` writes a starter scenario",
            std::io::ErrorKind::IsADirectory => "name the scenario file, not its folder",
            _ => "a scenario is a TOML file that you may read",
        };
        return Err(Diagnostic::bare(format!("cannot read {path}: {}", os_message(&error))).hint(hint));
    }
    if bytes.len() as u64 > MAX_BYTES {
        let title = format!("{path} is no scenario: it is larger than 16 MiB");
        return Err(Diagnostic::bare(title).hint("name the scenario file"));
    }
    let label = if path == STDIN { "<stdin>" } else { path };
    match String::from_utf8(bytes) {
        // The mark that some editors put first is no part of the text.
        Ok(text) => Ok(sources.add(label, text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = sources.add(label, text);
            let at = At { source, span: valid..valid + '\u{fffd}'.len_utf8() };
            Err(Diagnostic::new(at, "not a text file in UTF-8", "this byte is not valid UTF-8")
                .hint("save the file as UTF-8; TOML allows no other encoding"))
        }
    }
}

/// Reads `path` (or takes its text as `given`), reads what it extends, and applies `sets`.
///
/// # Errors
/// All that keeps the layers from being merged; what a merged scenario means is checked later.
pub fn load(
    path: &str,
    given: Option<String>,
    sets: &[String],
    sources: &mut Sources,
) -> Result<Merged, Vec<Diagnostic>> {
    let files = chain(path, given, sources)?;
    let empty = At { source: 0, span: 0..0 };
    let root = Node { at: empty.clone(), key_at: empty, value: Value::Table(Table::new()) };
    let mut merged = Merged::of(root);
    let mut errors = Vec::new();
    for mut file in files.into_iter().rev() {
        let at = file.at.clone();
        errors.extend(resolve(&mut file, sources));
        if let Value::Table(table) = &mut merged.root.value {
            // What a file says of itself: another that extends it does not inherit it.
            OF_ITSELF.iter().for_each(|key| drop(table.shift_remove(*key)));
        }
        errors.extend(merged.apply(file).err());
        // What a merged scenario lacks, the user's own file should say.
        (merged.root.at, merged.root.key_at) = (at.clone(), at);
    }
    merged.idle.retain(|(_, key)| key != "schema_version");
    for set in sets {
        errors.extend(
            setting(set, sources)
                .and_then(|layer| merged.set(layer).map_err(|error| vec![error]))
                .err()
                .into_iter()
                .flatten(),
        );
    }
    if errors.is_empty() { Ok(merged) } else { Err(errors) }
}

/// The files of an `extends` chain, the user's own first.
fn chain(path: &str, mut given: Option<String>, sources: &mut Sources) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let mut files: Vec<Node> = Vec::new();
    let mut seen: Vec<(PathBuf, String)> = Vec::new();
    let mut path = path.to_owned();
    let mut named_at: Option<At> = None;
    loop {
        let identity = std::fs::canonicalize(&path).unwrap_or_else(|_| PathBuf::from(&path));
        if let (Some(at), Some(start)) = (&named_at, seen.iter().position(|(file, _)| *file == identity)) {
            let circle: Vec<&str> = seen[start..].iter().chain([&seen[start]]).map(|(_, name)| name.as_str()).collect();
            let title = match circle.as_slice() {
                [alone, _] => format!("extends: {alone} extends itself"),
                _ => format!("extends runs in a circle: {}", circle.join(" → ")),
            };
            return Err(vec![
                Diagnostic::new(at.clone(), title, "allowed: a file that does not lead back here")
                    .hint("remove one `extends` of the circle"),
            ]);
        }
        seen.push((identity, path.clone()));
        let source = read(&path, &mut given, sources).map_err(|error| match &named_at {
            Some(at) if error.at.is_none() => {
                let title = format!("extends: {}", error.title);
                let found = Diagnostic::new(at.clone(), title, "allowed: the path of a scenario file");
                vec![found.hint("a relative path starts from the folder of this file")]
            }
            _ => vec![error],
        })?;
        let folder = if path == STDIN { Path::new("") } else { Path::new(&path).parent().unwrap_or(Path::new("")) };
        sources.place(source, folder);
        let text = sources.text(source).to_owned();
        let mut file = document::parse(source, &text)?;
        let extends = if let Value::Table(table) = &mut file.value { table.shift_remove("extends") } else { None };
        files.push(file);
        let Some(extends) = extends else { return Ok(files) };
        let parent = match &extends.value {
            Value::String(parent) if !parent.is_empty() => parent,
            value => {
                let what = if let Value::String(_) = value { "empty" } else { value.kind() };
                let allowed = "allowed: the path of a scenario file in quotes, relative to this one";
                return Err(vec![Diagnostic::new(extends.at, format!("extends is {what}"), allowed)]);
            }
        };
        path = folder.join(parent).to_string_lossy().into_owned();
        named_at = Some(extends.at);
    }
}

/// `KEY=VALUE` as a layer.
///
/// # Errors
/// What cannot be read of it.
pub fn setting(set: &str, sources: &mut Sources) -> Result<Node, Vec<Diagnostic>> {
    let mut layer = parse_set(set, sources).map_err(|error| vec![error])?;
    let errors = resolve(&mut layer, sources);
    if errors.is_empty() { Ok(layer) } else { Err(errors) }
}

/// `KEY=VALUE`: a dotted key and a TOML value; a bare word is a string.
fn parse_set(set: &str, sources: &mut Sources) -> Result<Node, Diagnostic> {
    const EXAMPLES: &str = "for example --set catch_up.beta=0.05, or --set poor.selection=highest-wage";
    const QUOTES: &str = "text that is no plain word needs quotes that reach the program: --set 'title=\"it is\"'";
    let source = sources.add(SET, set);
    let at = |span| At { source, span };
    let Some((key, value)) = set.split_once('=') else {
        let title = format!("--set {} gives no value", clip(set));
        return Err(Diagnostic::new(at(0..set.len()), title, "allowed: KEY=VALUE").hint(EXAMPLES));
    };
    let wrong = |span: Range<usize>| {
        let in_key = span.start <= key.len();
        let what = if in_key { "key" } else { "value" };
        let title = format!("--set {}: the {what} cannot be read", clip(set));
        let (allowed, hint) = if in_key {
            ("allowed: one dotted key", EXAMPLES)
        } else if value.trim().is_empty() {
            ("allowed: a TOML value or a plain word", EXAMPLES)
        } else {
            ("allowed: a TOML value or a plain word", QUOTES)
        };
        Diagnostic::new(at(span), title, allowed).hint(hint)
    };
    let root = document::parse(source, set).or_else(|errors| {
        let bare = |c: char| c.is_alphanumeric() || "_-.:/ ".contains(c);
        if value.trim().is_empty() || !value.chars().all(bare) {
            return Err(errors);
        }
        // The value is a word: put it in quotes and point at the word as typed.
        let mut root = document::parse(source, &format!("{key}=\"{}\"", value.trim()))?;
        place_leaf(&mut root, &at(key.len() + 1..set.len()));
        Ok(root)
    });
    match root {
        Ok(Node { value: Value::Table(table), .. }) if table.contains_key("extends") => {
            let title = "extends cannot be set from the command line";
            Err(Diagnostic::new(at(0..key.len()), title, "allowed: `extends` at the top of a scenario file"))
        }
        Ok(root) if matches!(&root.value, Value::Table(table) if table.len() == 1) => Ok(root),
        Ok(_) => {
            let title = format!("--set {} sets more than one key", clip(set));
            Err(Diagnostic::new(at(0..set.len()), title, "allowed: one KEY=VALUE").hint("repeat --set for each key"))
        }
        Err(errors) => {
            Err(wrong(errors.into_iter().next().and_then(|error| error.at).map_or(0..set.len(), |at| at.span)))
        }
    }
}

fn place_leaf(node: &mut Node, at: &At) {
    match &mut node.value {
        Value::Table(table) => table.values_mut().for_each(|inner| place_leaf(inner, at)),
        _ => node.at = at.clone(),
    }
}

impl Merged {
    /// One layer alone.
    pub fn of(root: Node) -> Self {
        Self { root, idle: Vec::new(), sets: Vec::new(), under_sets: None }
    }

    /// Puts a `--set` on top.
    ///
    /// # Errors
    /// As of [`Merged::apply`].
    pub fn set(&mut self, layer: Node) -> Result<(), Diagnostic> {
        if self.under_sets.is_none() {
            self.under_sets = Some(Box::new(self.root.clone()));
        }
        self.sets.push(layer.clone());
        self.apply(layer)
    }

    /// The dotted key of each `--set`, and where it stands.
    pub fn sets(&self) -> Vec<(At, String)> {
        let leaf = |layer: &Node| {
            let (mut path, mut node) = (Vec::new(), layer);
            while let Value::Table(table) = &node.value
                && let [(key, inner)] = table.iter().collect::<Vec<_>>()[..]
            {
                path.push(key.as_str());
                node = inner;
            }
            (node.key_at.clone(), path.join("."))
        };
        self.sets.iter().map(leaf).collect()
    }

    /// The same without one `--set`; `None` where the others make no sense without it.
    pub fn without_set(&self, index: usize) -> Option<Self> {
        let mut merged = Self::of(self.under_sets.as_deref()?.clone());
        let mut others = self.sets.iter().enumerate().filter(|(other, _)| *other != index);
        others.try_for_each(|(_, layer)| merged.set(layer.clone())).ok()?;
        Some(merged)
    }

    /// Puts a layer on top.
    ///
    /// # Errors
    /// Where it addresses an element of an array that does not exist.
    pub fn apply(&mut self, layer: Node) -> Result<(), Diagnostic> {
        let (Value::Table(root), Value::Table(layer)) = (&mut self.root.value, layer.value) else { return Ok(()) };
        drop_replaced_catch_up(root, &layer);
        let own_sources: Vec<String> = match layer.get("sources").map(|sources| &sources.value) {
            Some(Value::Table(sources)) => sources.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let mut changed = Vec::new();
        merge(root, layer, "", &mut changed, &mut self.idle)?;
        if let Some(Value::Table(sources)) = root.get_mut("sources").map(|sources| &mut sources.value) {
            let stale = |key: &str| changed.iter().any(|path| key == path || key.starts_with(&format!("{path}.")));
            sources.retain(|key, _| own_sources.contains(key) || !stale(key));
        }
        Ok(())
    }
}

/// The ways of giving a speed replace one another, and a form drops inherited keys that it does not use.
fn drop_replaced_catch_up(root: &mut Table, layer: &Table) {
    let Some(Value::Table(new)) = layer.get("catch_up").map(|node| &node.value) else { return };
    let mut dropped: Vec<&str> = Vec::new();
    for given in Pace::ALL.into_iter().filter(|pace| new.contains_key(pace.name())) {
        dropped.extend(Pace::ALL.into_iter().filter(|other| *other != given).map(Pace::name));
    }
    if let Some(Value::String(name)) = new.get("form").map(|node| &node.value)
        && let Some(form) = Form::from_name(name)
    {
        dropped.extend(Form::parameter_keys().into_iter().filter(|key| !form.uses(key)));
    }
    for key in dropped {
        if let Some(Value::Table(old)) = root.get_mut("catch_up").map(|node| &mut node.value) {
            old.shift_remove(key);
        }
        if let Some(Value::Table(sources)) = root.get_mut("sources").map(|node| &mut node.value) {
            sources.shift_remove(&format!("catch_up.{key}"));
        }
    }
}

/// A rule drops inherited beliefs if it goes by none.
fn drop_beliefs(old: &mut Table, new: &Table, path: &str) {
    let rule = match new.get("rule").map(|node| &node.value) {
        Some(Value::String(name)) if path.starts_with("policy.") => Rule::from_name(name),
        _ => None,
    };
    if rule.is_some_and(|rule| !rule.may_err()) {
        old.shift_remove("perceived");
    }
}

fn merge(
    base: &mut Table,
    layer: Table,
    prefix: &str,
    changed: &mut Vec<String>,
    idle: &mut Vec<(At, String)>,
) -> Result<(), Diagnostic> {
    for (key, node) in layer {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        // `policy.0.until` means an element that exists.
        let by_index = |table: &Table| !table.is_empty() && table.keys().all(|key| key.parse::<usize>().is_ok());
        match (base.get_mut(&key), node.value) {
            (None, Value::Table(new)) if matches!(path.as_str(), "policy" | "shock") && by_index(&new) => {
                merge_elements(&mut [], new, &path, changed, idle)?;
            }
            (Some(Node { value: Value::Table(old), .. }), Value::Table(new)) => {
                drop_beliefs(old, &new, &path);
                merge(old, new, &path, changed, idle)?;
            }
            (Some(Node { value: Value::Array(old), .. }), Value::Table(new)) => {
                merge_elements(old, new, &path, changed, idle)?;
            }
            (old, value) => {
                match old {
                    // Saying again where a value comes from is no override.
                    Some(old) if old.value.same(&value) && prefix == "sources" => {}
                    Some(old) if old.value.same(&value) => idle.push((node.key_at.clone(), path)),
                    // Where there was none, a default is overridden.
                    _ => changed.push(path),
                }
                base.insert(key, Node { value, ..node });
            }
        }
    }
    Ok(())
}

/// `policy.0.until`: the key of an array's element is its index.
fn merge_elements(
    base: &mut [Node],
    layer: Table,
    prefix: &str,
    changed: &mut Vec<String>,
    idle: &mut Vec<(At, String)>,
) -> Result<(), Diagnostic> {
    for (key, node) in layer {
        let count = base.len();
        let path = format!("{prefix}.{key}");
        let element = key.parse::<usize>().ok().and_then(|index| base.get_mut(index));
        let (title, allowed, hint) = match (element, node.value) {
            (Some(Node { value: Value::Table(old), .. }), Value::Table(new)) => {
                merge(old, new, &path, changed, idle)?;
                continue;
            }
            (Some(Node { value: Value::Table(_), .. }), value) => (
                format!("{path} is {}", value.kind()),
                format!("allowed: one key of this [[{prefix}]]"),
                format!("name the key: {path}.KEY=VALUE"),
            ),
            (Some(_), _) => (
                format!("{path} cannot be set by itself"),
                format!("allowed: {prefix} as a whole"),
                format!("give the whole list: {prefix}=[…]"),
            ),
            (None, _) => {
                let (there_are, allowed) = match count {
                    0 => (format!("there is no [[{prefix}]]"), format!("allowed: {prefix}.0, where there is one")),
                    1 => (format!("there is one [[{prefix}]]"), format!("allowed: {prefix}.0")),
                    _ => (
                        format!("there are {count} [[{prefix}]]"),
                        format!("allowed: {prefix}.0 to {prefix}.{}", count - 1),
                    ),
                };
                (format!("{path} does not exist: {there_are}"), allowed, "they count from 0, in file order".to_owned())
            }
        };
        return Err(Diagnostic::new(node.key_at, title, allowed).hint(hint));
    }
    Ok(())
}
