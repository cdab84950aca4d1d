//! Reads a sweep file. Every mistake is noted, in the sweep file, in its scenario and in its table.

use super::kept::{self, Kept};
use super::keys::{self, MORRIS_LEVELS, SAMPLES, SEED};
use super::spec::{self, Entry, Spec};
use super::{Level, Over, Sweep, Tie, Varied, catalogue, check, table, ties, variants};
use crate::design::{Design, Kind, LEVELS, Layout, MAX_DIMENSIONS};
use crate::scenario::build;
use crate::scenario::diagnostics::{At, Diagnostic, Sources, clip};
use crate::scenario::document::{self, Node, Table, Value, flatten_dotted};
use crate::scenario::key::Section;
use crate::scenario::keys::{Keys, SCHEMA_VERSION};
use crate::scenario::layers::{self, Merged, STDIN};
use crate::scenario::paths;
use crate::scenario::read::TEXT;
use crate::scenario::reader::Reader;
use crate::scenario::resolved;
use crate::scenario::series::read::resolve;
use crate::table::ColumnType;
use std::path::Path;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, from 0 to 2^53")]
fn count(number: f64) -> u64 {
    number as u64
}

/// What `[design]` says.
struct Plan {
    kind: Kind,
    layout: Layout,
    samples: Option<f64>,
    file: Option<(String, At)>,
    sha256: Option<(String, At)>,
    at: At,
}

/// The scenario under all variants.
struct Base {
    merged: Merged,
    keys: Keys,
    stem: String,
    /// Its file, relative to the working directory.
    file: Option<String>,
}

/// Reads the sweep file `path` (or takes its text as `given`); what it names is relative to `folder`. `over` comes on top.
///
/// # Errors
/// All mistakes.
pub fn read(
    path: &str,
    mut given: Option<String>,
    folder: &Path,
    over: &Over<'_>,
    sources: &mut Sources,
) -> Result<Sweep, Vec<Diagnostic>> {
    let source = layers::read(path, &mut given, sources).map_err(|error| vec![error])?;
    sources.place(source, folder);
    let node = document::parse(source, sources.text(source))?;
    let root_at = node.at;
    let Value::Table(mut root) = node.value else { return Err(Vec::new()) };
    if root.is_empty() {
        let needed = "needs schema_version, scenario, [design] and [vary]";
        return Err(vec![Diagnostic::new(root_at, "the sweep is empty", needed)]);
    }
    let stem = match Path::new(path).file_stem() {
        _ if path == STDIN || path == "<text>" => "stdin".to_owned(),
        stem => stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
    };

    let unread = ties::read_files(&mut root, sources);
    let (mut sets, mut unset) = (Vec::new(), Vec::new());
    for set in over.sets {
        match layers::setting(set, sources) {
            Ok(layer) => match of_design(layer, &mut root) {
                Ok(set) => sets.extend(set),
                Err(wrong) => unset.push(wrong),
            },
            Err(found) => unset.extend(found),
        }
    }
    let mut reader = Reader::new(sources);
    if reader.schema_version(&root, &root_at) {
        return Err(reader.errors);
    }
    reader.unknown(&root, "", &keys::names(Section::Root), elsewhere);
    let name = reader.name(&root, &root_at, &stem);
    let title = reader.title(&root);
    let description = reader.text(&root, "", "description", TEXT).map(|(text, _)| text);
    let seed = reader.number_or(&root, "", "seed", SEED, 0.0);
    let plan = plan(&mut reader, &root, &root_at);
    if let (Some(seed), Some(kind)) = (over.seed, plan.as_ref().map(|plan| plan.kind))
        && !kind.is_seeded()
    {
        let title = format!("--seed {seed}: a {} draws no random numbers", kind.name());
        reader.errors.push(Diagnostic::bare(title).hint("remove --seed, or choose another design.kind"));
    }
    let seed = over.seed.unwrap_or(count(seed));
    let mut entries = vary(&mut reader, &root, &root_at, plan.as_ref());
    let kind = plan.as_ref().map(|plan| plan.kind);
    let groups = ties::groups(&mut reader, &root, kind, &mut entries);
    ties::followers(&mut reader, kind, &mut entries);
    let pairs = ties::correlations(&mut reader, &root, kind, &mut entries);
    entries.extend(carried(&mut reader, &root, plan.as_ref(), &entries));
    let layers = variants::read(&mut reader, &root, &root_at);
    let keep = kept::keep(&mut reader, &root);
    let mut errors = reader.errors;
    errors.extend(unread);
    errors.extend(unset);

    let scenario = root.shift_remove("scenario");
    let base = match base(scenario, &root_at, &name, folder, &sets, sources) {
        Ok(base) => base,
        Err(found) => {
            errors.extend(found);
            return Err(errors);
        }
    };
    let scenario_path = base.file.as_deref().unwrap_or(path);
    let variants = match variants::build(&base.merged, layers, &base.stem, scenario_path, sources) {
        Ok(variants) => variants,
        Err(found) => {
            errors.extend(found);
            return Err(errors);
        }
    };

    let known = catalogue::all(std::iter::once(&base.keys).chain(variants.iter().map(|v| &v.scenario.keys)));
    let mut from_file = None;
    if let Some((file, at)) = plan.as_ref().and_then(|plan| plan.file.as_ref()) {
        match table::read(&folder.join(file), at, &known, |key| own(&base.keys, key), sources) {
            Ok(read) => {
                let column = |tie| move |(key, spec)| entry_of_column(key, spec, at, tie);
                entries = read.columns.into_iter().map(column(Tie::Independent)).collect();
                entries.extend(read.carried.into_iter().map(column(Tie::Carried)));
                from_file = Some((file.clone(), read.sha256));
            }
            Err(found) => errors.extend(found),
        }
    }
    let mut reader = Reader::new(sources);
    if let (Some(expected), Some((_, found))) = (plan.as_ref().and_then(|p| p.sha256.as_ref()), &from_file)
        && expected.0 != *found
    {
        let title = "design.file is not the table that design.sha256 speaks of";
        reader.error(&expected.1, title, format!("the file's is {found}")).hint =
            Some("name the table that it was, or remove sha256".to_owned());
    }
    check::keys(&mut reader, &entries, &known, &variants);
    check::sets(&mut reader, &entries, &sets);
    for entry in entries.iter().filter(|entry| entry.tie == Tie::Carried) {
        if let Some((title, hint)) = table::not_carried(&entry.name, &known) {
            reader.error(&entry.at, title, "allowed: a name that no key and no column of runs.csv has").hint = hint;
        }
    }
    let keys = entries.iter().filter(|entry| entry.tie != Tie::Carried);
    let names: Vec<&str> = keys.map(|entry| entry.key.as_str()).collect();
    variants::overrides(&mut reader, &variants, &names);
    variants::compare(&mut reader, &variants);
    errors.extend(reader.errors);
    let Some(plan) = plan.filter(|_| errors.is_empty()) else { return Err(errors) };

    let draws = draws(&plan, &entries, variants.len()).map_err(|error| vec![error])?;
    let mut reader = Reader::new(sources);
    keep.check(&mut reader, draws, &entries, &variants);
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let copula = ties::copula(&pairs, &root).map_err(|error| vec![error])?;
    let axes = entries.iter().map(|entry| entry.spec.axis(&entries)).collect();
    let varied = |entry: &Entry| Varied {
        key: entry.key.clone(),
        name: entry.name.clone(),
        kind: match entry.tie {
            Tie::Carried if entry.spec.levels(&entries).is_empty() => ColumnType::Integer,
            Tie::Carried => ColumnType::String,
            _ => catalogue::kind(&entry.key).map_or(ColumnType::Number, catalogue::Kind::column),
        },
        levels: entry.spec.levels(&entries),
        tie: entry.tie,
    };
    let sweep = Sweep {
        path: path.to_owned(),
        name,
        title,
        description,
        seed,
        scenario: base.file,
        design: Design::new(plan.layout, seed, draws, axes).tied(copula, ties::of_design(&groups)),
        vary: entries.iter().map(varied).collect(),
        variants,
        keep: keep.trajectories.map_or(Kept::First(draws), |keep| keep.below(draws)),
        dates: keep.dates,
        sources: sources.clone(),
        kind: plan.kind,
        specs: entries.iter().map(|entry| entry.spec.clone()).collect(),
        groups,
        pairs,
        table: from_file,
        base: base.merged,
        base_keys: base.keys,
        stem: base.stem,
    };
    check::draws(&sweep, &entries)?;
    Ok(sweep)
}

/// Puts keys of the design that `--set` gives where the file has its own; a key of the scenario comes back.
fn of_design(mut set: Node, root: &mut Table) -> Result<Option<Node>, Diagnostic> {
    let Value::Table(layer) = &mut set.value else { return Ok(Some(set)) };
    let of_a_scenario = paths::names(Section::Root);
    let own = keys::names(Section::Root);
    let own = layer.iter().find(|(key, _)| own.contains(&key.as_str()) && !of_a_scenario.contains(&key.as_str()));
    let Some((key, node)) = own else { return Ok(Some(set)) };
    if key != "design" {
        let hint = if key == "seed" { "give another seed with --seed" } else { "change it in the file" };
        let title = format!("`{key}` is set in the sweep's file alone");
        return Err(
            Diagnostic::new(node.key_at.clone(), title, "allowed: keys of the scenario and of [design]").hint(hint)
        );
    }
    let Some(given) = layer.shift_remove("design") else { return Ok(Some(set)) };
    match (given.value, root.get_mut("design").map(|own| &mut own.value)) {
        (Value::Table(keys), Some(Value::Table(own))) => own.extend(keys),
        (value, _) => drop(root.insert("design".to_owned(), Node { value, ..given })),
    }
    Ok(None)
}

/// Where a key that a sweep file does not have belongs.
fn elsewhere(path: &str, key: &str) -> Option<String> {
    let of_a_scenario = paths::names(Section::Root).contains(&key) || paths::home(path, key).is_some();
    of_a_scenario.then(|| format!("`{key}` belongs in the scenario, in [variants.NAME], or below [vary]"))
}

/// The scenario, from its file or from the sweep file itself.
fn base(
    node: Option<Node>,
    root_at: &At,
    name: &str,
    folder: &Path,
    sets: &[Node],
    sources: &mut Sources,
) -> Result<Base, Vec<Diagnostic>> {
    const ALLOWED: &str = "allowed: the path of a scenario file in quotes, relative to this file";
    let Some(mut node) = node else {
        let found = Diagnostic::new(root_at.clone(), "scenario is missing", ALLOWED);
        return Err(vec![found.hint("add `scenario = \"FILE.toml\"` at the top of the file")]);
    };
    flatten_dotted(&mut node);
    let (mut merged, stem, file) = match &mut node.value {
        Value::String(path) if !path.is_empty() && path != STDIN => {
            let file = folder.join(path.as_str()).to_string_lossy().into_owned();
            let merged = layers::load(&file, None, &[], sources).map_err(|mut errors| {
                for error in errors.iter_mut().filter(|error| error.at.is_none()) {
                    let hint = "a relative path starts from the folder of this file".to_owned();
                    let title = format!("scenario: {}", error.title);
                    *error = Diagnostic::new(node.at.clone(), title, ALLOWED).hint(hint);
                }
                errors
            })?;
            let stem =
                Path::new(&file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            (merged, stem, Some(file))
        }
        Value::Table(table) => {
            if let Some(extends) = table.get("extends") {
                let title = "scenario.extends: a scenario in a sweep file extends no other";
                let found = Diagnostic::new(extends.key_at.clone(), title, "allowed: the scenario's own keys");
                return Err(vec![found.hint("name the file instead: scenario = \"FILE.toml\"")]);
            }
            // The sweep file has said it.
            let version = Value::Integer(f64::from(SCHEMA_VERSION));
            table.entry("schema_version".to_owned()).or_insert_with(|| Node {
                at: root_at.clone(),
                key_at: root_at.clone(),
                value: version,
            });
            node.at = node.key_at.clone();
            let errors = resolve(&mut node, sources);
            if !errors.is_empty() {
                return Err(errors);
            }
            (Merged::of(node), name.to_owned(), None)
        }
        value => {
            let what = if let Value::String(text) = value {
                if text.is_empty() { "empty" } else { "standard input" }
            } else {
                value.kind()
            };
            return Err(vec![Diagnostic::new(node.at, format!("scenario is {what}"), ALLOWED)]);
        }
    };
    let errors: Vec<Diagnostic> = sets.iter().filter_map(|set| merged.set(set.clone()).err()).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let (keys, _, _) = build::scenario(&merged, &stem, sources)?;
    Ok(Base { keys, merged, stem, file })
}

/// `[design]`.
fn plan(reader: &mut Reader<'_>, root: &Table, root_at: &At) -> Option<Plan> {
    let kinds = Kind::ALL.map(Kind::name).join(", ");
    let Some(node) = root.get("design") else {
        reader.missing_with(root_at, "design.kind", &kinds, "add [design] with `kind = …` and `samples = …`");
        return None;
    };
    let Value::Table(table) = &node.value else {
        reader.wrong_type(node, "design", "a table [design]");
        return None;
    };
    let at = node.key_at.clone();
    reader.unknown(table, "design", &keys::names(Section::Design), |_, _| None);
    if !table.contains_key("kind") {
        reader.missing(&at, "design.kind", &kinds);
    }
    let kind = reader.choice::<Kind>(table, "design", "kind");
    let samples = reader.optional(table, "design", "samples", SAMPLES);
    let second_order = reader.boolean(table, "design", "second_order", false);
    let levels = reader.number_or(table, "design", "levels", MORRIS_LEVELS, f64::from(LEVELS));
    let file = reader.text(table, "design", "file", "the path of a CSV file in quotes, relative to this file");
    let sha256 = reader.text(table, "design", "sha256", TEXT);
    let kind = kind?;
    let refused = |reader: &mut Reader<'_>, key: &str, hint: &str| {
        if let Some(node) = table.get(key) {
            let title = format!("design.{key} means nothing with kind = \"{}\"", kind.name());
            reader.hinted(&node.key_at, title, format!("allowed: a design without {key}"), hint);
        }
    };
    match kind {
        Kind::Grid => refused(reader, "samples", "a grid has every combination of its values: remove it"),
        Kind::Table => refused(reader, "samples", "a table has as many draws as rows: remove it"),
        _ if !table.contains_key("samples") => reader.missing(&at, "design.samples", &SAMPLES.to_string()),
        _ => {}
    }
    if kind != Kind::Table {
        refused(reader, "file", "remove it, or choose kind = \"table\"");
        refused(reader, "sha256", "remove it");
    }
    if kind != Kind::Saltelli {
        refused(reader, "second_order", "remove it, or choose kind = \"saltelli\"");
    }
    if kind != Kind::Morris {
        refused(reader, "levels", "remove it, or choose kind = \"morris\"");
    } else if let Some(node) = table.get("levels").filter(|_| levels % 2.0 == 1.0) {
        let title = format!("design.levels = {levels} is odd");
        let hint = "a key moves half of its levels, up or down: so many must be even, 4 as a rule";
        reader.hinted(&node.at, title, "allowed: an even number from 2 to 1000", hint);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, from 2 to 1000")]
    let layout = Layout { kind, second_order, levels: levels as u32 };
    Some(Plan { kind, layout, samples, file: file.filter(|_| kind == Kind::Table), sha256, at })
}

/// `[vary]`: dotted keys, quoted or not, in the file's order.
fn vary(reader: &mut Reader<'_>, root: &Table, root_at: &At, plan: Option<&Plan>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut nodes: Vec<(String, &Node)> = Vec::new();
    match root.get("vary") {
        None => {}
        Some(Node { value: Value::Table(table), .. }) => flatten(reader, "", table, &mut nodes),
        Some(node) => {
            reader.wrong_type(node, "vary", "a table [vary] of keys and what values they take");
            return entries;
        }
    }
    let kind = plan.map(|plan| plan.kind);
    let at = root.get("vary").map_or(root_at, |node| &node.key_at);
    let has_file = plan.is_some_and(|plan| plan.file.is_some());
    match kind {
        Some(Kind::Table) if has_file => {
            if !nodes.is_empty() {
                let title = "vary names keys, and design.file does so too";
                reader.hinted(
                    at,
                    title,
                    "allowed: one of the two",
                    "the table's columns are the varied keys: remove [vary]",
                );
            }
            return entries;
        }
        Some(Kind::Table) if nodes.is_empty() => {
            let hint = "add `file = \"FILE.csv\"` under [design]";
            reader.missing_with(plan.map_or(at, |plan| &plan.at), "design.file", "the path of a CSV file", hint);
        }
        _ if nodes.is_empty() && root.get("group").is_some() => {}
        _ if nodes.is_empty() && root.get("vary").is_none_or(|node| matches!(node.value, Value::Table(_))) => {
            let hint = "add [vary] with a line such as \"catch_up.beta\" = { uniform = [0.03, 0.08] }";
            reader.hinted(at, "vary: nothing varies", "allowed: one key or more", hint);
        }
        _ => {}
    }
    for (key, node) in nodes {
        if entries.iter().any(|other| other.key == key) {
            reader.error(&node.key_at, format!("vary: {} is given twice", clip(&key)), "allowed: each key once");
            continue;
        }
        let Some((spec, places)) = spec::read(reader, &key, node) else { continue };
        let fits = match (kind, &spec) {
            (Some(Kind::Table), Spec::Column { .. }) | (None, _) | (Some(_), Spec::SameAs { .. }) => true,
            (Some(Kind::Table), _) | (Some(_), Spec::Column { .. }) => false,
            (Some(Kind::Grid), Spec::Distribution(_) | Spec::Empirical { .. }) => false,
            _ => true,
        };
        if !fits {
            let (title, allowed, hint) = match (kind, &spec) {
                (Some(Kind::Grid), Spec::Distribution(_) | Spec::Empirical { .. }) => (
                    format!("vary: {key} is drawn from a distribution, and a grid has fixed values"),
                    "allowed: values or linspace".to_owned(),
                    "for so many equally spaced values: { linspace = [a, b, n] }",
                ),
                (Some(Kind::Table), _) => (
                    format!("vary: {key} is not a column, and the design is a table"),
                    "allowed: { column = [ … ] }, or design.file without [vary]".to_owned(),
                    "choose another design.kind, or give the rows",
                ),
                _ => (
                    format!("vary: {key} is a column, and the design is no table"),
                    format!("allowed: {}", spec::allowed()),
                    "choose design.kind = \"table\"",
                ),
            };
            reader.hinted(&node.at, title, allowed, hint);
        }
        let name = spec::name(reader, &key, node);
        if let Some(other) = entries.iter().find(|other| other.name == name) {
            let title = format!("vary: {key} and {} have columns of one name, {name}", other.key);
            reader.error(&node.key_at, title, "allowed: a name of its own for each");
        }
        entries.push(Entry { key, name, at: node.key_at.clone(), spec, tie: Tie::Independent, places });
    }
    entries
}

/// The specifications in nested tables, each under its dotted key.
fn flatten<'t>(reader: &mut Reader<'_>, path: &str, table: &'t Table, into: &mut Vec<(String, &'t Node)>) {
    for (key, node) in table {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match &node.value {
            Value::Table(inner) if !spec::is_spec(inner) => flatten(reader, &path, inner, into),
            Value::Table(_) => into.push((path, node)),
            _ => spec::no_spec(reader, &clip(&path), node),
        }
    }
}

/// The value that the scenario has for a key, where it is a single one.
fn own(keys: &Keys, key: &str) -> Option<Level> {
    match resolved::value(keys, key)? {
        toml::Value::Float(number) => Some(Level::Number(number)),
        toml::Value::Boolean(flag) => Some(Level::Flag(flag)),
        toml::Value::String(text) => Some(Level::Text(text)),
        _ => None,
    }
}

/// A column of a file: its values have been checked, one by one.
fn entry_of_column(key: String, spec: Spec, at: &At, tie: Tie) -> Entry {
    Entry { name: key.clone(), key, at: at.clone(), spec, tie, places: Vec::new() }
}

/// `[carry]`: columns that are no keys.
fn carried(reader: &mut Reader<'_>, root: &Table, plan: Option<&Plan>, keys: &[Entry]) -> Vec<Entry> {
    let Some(node) = root.get("carry") else { return Vec::new() };
    let Value::Table(table) = &node.value else {
        reader.wrong_type(node, "carry", "a table [carry] of lists");
        return Vec::new();
    };
    if plan.is_none_or(|plan| plan.kind != Kind::Table || plan.file.is_some()) {
        let hint = "the columns of design.file are carried through as they are";
        reader.hinted(&node.key_at, "carry means nothing here", "allowed: [carry] beside columns in [vary]", hint);
        return Vec::new();
    }
    let mut entries = Vec::new();
    for (name, node) in table {
        if let Some(other) = keys.iter().find(|key| key.name == *name) {
            let title = format!("carry: {} has a column of this name, {name}", other.key);
            reader.error(&node.key_at, title, "allowed: a name of its own for each");
        }
        let Some(places) = spec::items(reader, &format!("carry: {name}"), node) else { continue };
        let whole = |level: &Level| match level {
            Level::Number(number) => *number >= 0.0 && number.fract() == 0.0,
            Level::Text(_) => true,
            Level::Flag(_) => false,
        };
        if let Some(place) = places.iter().find(|place| !whole(&place.level)) {
            let title = format!("carry: {name} holds {}", place.level.toml());
            let hint = "in quotes it is carried through as it is".to_owned();
            reader.error(&place.at, title, "allowed: texts in quotes, or whole numbers").hint = Some(hint);
        }
        let spec = Spec::column(places.into_iter().map(|place| place.level).collect());
        entries.push(entry_of_column(name.clone(), spec, &node.key_at, Tie::Carried));
    }
    entries
}

/// How many draws the design has; not more than can be paid.
fn draws(plan: &Plan, entries: &[Entry], variants: usize) -> Result<u64, Diagnostic> {
    let rows = |entry: &Entry| match &entry.spec {
        Spec::Column { drawn, .. } => drawn.len(),
        Spec::SameAs { .. } => 1,
        spec => spec.levels(entries).len(),
    };
    let number = match plan.kind {
        Kind::Grid => entries.iter().map(|entry| rows(entry) as f64).product(),
        Kind::Table => {
            let columns: Vec<&Entry> =
                entries.iter().filter(|entry| matches!(entry.spec, Spec::Column { .. })).collect();
            let rows: Vec<usize> = columns.iter().map(|entry| rows(entry)).collect();
            if let Some(index) = rows.iter().position(|count| *count != rows[0]) {
                let (first, other) = (columns[0], columns[index]);
                let title = format!("vary: {} has {} rows, and {} has {}", first.key, rows[0], other.key, rows[index]);
                return Err(Diagnostic::new(other.at.clone(), title, "allowed: columns of one length"));
            }
            rows.first().copied().unwrap_or(0) as f64
        }
        _ => plan.samples.unwrap_or(f64::NAN) * plan.layout.block(entries.len()) as f64,
    };
    // A Saltelli design takes two points at a time.
    let (most, instead) = match plan.kind {
        Kind::Sobol => (MAX_DIMENSIONS, "kind = \"latin-hypercube\" has no limit"),
        Kind::Saltelli => (MAX_DIMENSIONS / 2, "kind = \"morris\" has no limit and says which keys are worth it"),
        _ => (usize::MAX, ""),
    };
    if entries.len() > most {
        let title = format!("vary names {} keys, more than a Sobol sequence is known for here", entries.len());
        let allowed = format!("allowed: at most {most} keys under design.kind = \"{}\"", plan.kind.name());
        return Err(Diagnostic::new(plan.at.clone(), title, allowed).hint(instead));
    }
    check::cost(number, variants, &plan.at)?;
    Ok(count(number))
}
