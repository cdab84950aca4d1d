//! The JSON Schema of scenario and sweep files, made from the lists of their keys: editors complete and check by it.
//!
//! It declares draft 2020-12 and keeps to what draft-07 knows too, because the TOML plugins of editors read that. What spans
//! several keys is said where a schema can say it; the rest (dates in order, shares that sum to 1, sectors that exist) is
//! for `catchup check`.

mod inputs;

use crate::design::Kind;
use crate::integrate::Method;
use crate::model::catch_up::{Form, Pace};
use crate::model::range::{End, Range};
use crate::model::rule::Rule;
use crate::scenario::key::{Count, Key, Otherwise, Section, Takes};
use crate::scenario::keys::{self, SECTOR_NAME, SECTORS};
use crate::scenario::sweep::keys::{self as sweep_keys, MAX_POINTS, Manner};
use inputs::{SERIES, groups, of_scenario, series};
use serde_json::{Map, Value, json};

/// What a policy or shock is addressed by.
const INDEX: &str = "^(0|[1-9][0-9]*)$";
/// Keys of a scenario's root that no variant of a sweep can set.
const NOT_A_VARIANTS: [&str; 3] = ["schema_version", "name", "extends"];

/// The schema of a scenario file.
pub fn scenario() -> Value {
    let mut schema = table(root_properties(&[], true));
    // What a file lacks that extends another, the other may have.
    schema["if"] = json!({ "not": { "required": ["extends"] } });
    schema["then"] = complete(&["schema_version"]);
    headed(schema, "A scenario of catchup", definitions())
}

/// The schema of a sweep file.
pub fn sweep() -> Value {
    let mut properties = Map::new();
    for key in sweep_keys::all().iter().filter(|key| key.section == Section::Root) {
        let value = match key.takes {
            Takes::Scenario => json!({ "anyOf": [
                { "type": "string", "pattern": "." },
                { "allOf": [table(root_properties(&["extends"], false)), complete(&[])] },
            ] }),
            Takes::Specifications => Tree::of(varied(), |key| reference(VARY, key)).schema(),
            Takes::Layers => variants(),
            Takes::Groups => groups(),
            Takes::Correlations => json!({ "type": "object" }),
            Takes::Carried => json!({
                "type": "object",
                "additionalProperties": { "anyOf": [
                    { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                    { "type": "array", "items": { "type": "integer", "minimum": 0 }, "minItems": 1 },
                ] },
            }),
            _ => value(key),
        };
        properties.insert(key.name.to_owned(), described(value, key));
    }
    for section in [Section::Design, Section::Keep] {
        let own = sweep_keys::all().iter().filter(|key| key.section == section);
        let inner = own.map(|key| (key.name.to_owned(), described(value(key), key))).collect();
        properties.insert(section.name().to_owned(), table(inner));
    }
    properties["keep"]["properties"]["trajectories"] = {
        let number = properties["keep"]["properties"]["trajectories"].take();
        let draws = json!({ "type": "array", "items": { "type": "integer", "minimum": 0 } });
        json!({ "anyOf": [number, { "const": "all" }, draws] })
    };
    properties["design"]["required"] = json!(["kind"]);
    properties["design"]["allOf"] = Kind::ALL.iter().map(|kind| design(*kind)).collect();
    let mut schema = table(properties);
    schema["required"] = required(sweep_keys::all().iter().filter(|key| key.section == Section::Root), &["design"]);
    // What varies is said by [vary], or by the columns of a table.
    schema["if"] = json!({ "properties": { "design": { "required": ["file"] } } });
    schema["then"] = json!({ "properties": { "vary": { "maxProperties": 0 } } });
    schema["else"] = json!({ "anyOf": [
        { "required": ["vary"], "properties": { "vary": { "minProperties": 1 } } },
        { "required": ["group"], "properties": { "group": { "minProperties": 1 } } },
    ] });
    let mut definitions = definitions();
    definitions.extend(varied().map(|key| (definition(VARY, key), specification(key))));
    headed(schema, "A sweep of catchup", definitions)
}

/// Before the name of a definition: the value of a key, and what values it takes in turn.
const SET: &str = "";
const VARY: &str = "vary.";

fn definition(what: &str, key: &Key) -> String {
    format!("{what}{}.{}", key.section.name(), key.name)
}

fn reference(what: &str, key: &Key) -> Value {
    json!({ "$ref": format!("#/definitions/{}", definition(what, key)) })
}

/// The keys that draws can vary.
fn varied() -> impl Iterator<Item = &'static Key> {
    keys::all().iter().filter(|key| key.varies())
}

/// The keys below the root.
fn inner() -> impl Iterator<Item = &'static Key> {
    keys::all().iter().filter(|key| key.section != Section::Root)
}

/// What is referred to from several places: keys and tables.
fn definitions() -> Map<String, Value> {
    let keys = inner().map(|key| (definition(SET, key), described(value(key), key)));
    let tables = Section::TABLES.into_iter().map(|section| {
        let own = keys::of_section(section).map(|key| (key.name.to_owned(), of_scenario(key)));
        (section.name().to_owned(), with_rules(table(own.collect()), section))
    });
    keys.chain(tables).chain([(SERIES.to_owned(), series())]).collect()
}

fn headed(mut schema: Value, title: &str, definitions: Map<String, Value>) -> Value {
    schema["definitions"] = definitions.into();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = title.into();
    schema
}

/// An object of these keys and no others.
fn table(properties: Map<String, Value>) -> Value {
    let mut schema = json!({ "type": "object", "additionalProperties": false });
    schema["properties"] = properties.into();
    schema
}

/// Names of the keys that must be given.
fn required<'a>(keys: impl Iterator<Item = &'a Key>, more: &[&str]) -> Value {
    let required = keys.filter(|key| matches!(key.otherwise, Otherwise::Required)).map(|key| key.name);
    required.chain(more.iter().copied()).collect::<Vec<_>>().into()
}

/// The keys and tables of a scenario but for some; `indexed`: policies and shocks may be addressed one by one.
fn root_properties(without: &[&str], indexed: bool) -> Map<String, Value> {
    let root = keys::of_section(Section::Root).filter(|key| !without.contains(&key.name));
    let mut properties: Map<String, Value> =
        root.map(|key| (key.name.to_owned(), described(value(key), key))).collect();
    for section in Section::TABLES {
        let one = json!({ "$ref": format!("#/definitions/{}", section.name()) });
        let all = match section.count() {
            Count::One => one,
            Count::Named => json!({
                "type": "object",
                "patternProperties": { SECTOR_NAME: one },
                "additionalProperties": false,
                "maxProperties": SECTORS.end(),
            }),
            Count::Listed if indexed => json!({ "anyOf": [
                { "type": "array", "items": whole(&one, section) },
                { "type": "object", "patternProperties": { INDEX: one }, "additionalProperties": false },
            ] }),
            Count::Listed => json!({ "type": "array", "items": whole(&one, section) }),
            Count::Inside(_) => continue,
        };
        properties.insert(section.name().to_owned(), all);
    }
    let note = json!({ "type": "string" });
    let mut sources = Tree::of(inner(), |_| note.clone());
    for key in keys::all().iter().filter(|key| key.shocked) {
        let mut path = vec![Step::Word("shock"), Step::Any(INDEX), Step::Word("set")];
        path.extend(steps(key));
        sources.add(&path, note.clone());
    }
    properties.insert("sources".to_owned(), sources.schema());
    properties
}

/// What the keys of one table say together, wherever it stands.
fn with_rules(mut one: Value, section: Section) -> Value {
    if section != Section::CatchUp {
        return one;
    }
    let own = Form::parameter_keys();
    let rules = Form::ALL.iter().map(|form| {
        let unused = own.iter().filter(|key| !form.uses(key)).map(|key| ((*key).to_owned(), false.into()));
        let unused: Map<String, Value> = unused.collect();
        json!({ "if": is_form(*form), "then": { "properties": unused } })
    });
    one["allOf"] = rules.collect();
    let given = |a: usize, b: usize| json!({ "required": [Pace::ALL[a].name(), Pace::ALL[b].name()] });
    let pairs = (0..Pace::ALL.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    one["not"] = json!({ "anyOf": pairs.map(|(a, b)| given(a, b)).collect::<Vec<_>>() });
    one
}

fn is_form(form: Form) -> Value {
    json!({ "required": ["form"], "properties": { "form": { "const": form.name() } } })
}

/// A policy or a shock that is given whole.
fn whole(one: &Value, section: Section) -> Value {
    let mut one = json!({ "allOf": [one], "required": required(keys::of_section(section), &[]) });
    if section == Section::Policy {
        one["anyOf"] = json!([{ "required": ["promote"] }, { "required": ["trade"] }]);
        one["if"] = json!({ "anyOf": [{ "required": ["sustain"] }, { "required": ["funded_by"] }] });
        one["then"] = json!({ "required": ["promote"] });
    }
    one
}

/// What a scenario must have that extends no other.
fn complete(more: &[&str]) -> Value {
    let sector: Vec<&str> = keys::of_section(Section::Sector)
        .filter(|key| matches!(key.otherwise, Otherwise::Required))
        .map(|key| key.name)
        .collect();
    let each_has = |names: &[&str]| json!({ "additionalProperties": { "required": names } });
    let parameters = Form::ALL.iter().map(|form| {
        let form_is_given = is_form(*form);
        // Without a form it is the default one.
        let holds = if *form == Form::default() {
            json!({ "anyOf": [form_is_given, { "not": { "required": ["form"] } }] })
        } else {
            form_is_given
        };
        let accepted = Pace::ALL.into_iter().filter(|pace| form.accepts(*pace));
        let speed = match form.default_beta() {
            Some(_) => json!(true),
            None => json!({ "anyOf": accepted.map(|pace| json!({ "required": [pace.name()] })).collect::<Vec<_>>() }),
        };
        let shape: Vec<&str> = form.shape().iter().map(|shape| shape.key).collect();
        json!({ "if": holds, "then": { "required": shape, "allOf": [speed] } })
    });
    let no_closed_form: Vec<&str> =
        Form::ALL.iter().filter(|form| !form.has_closed_form()).map(|form| form.name()).collect();
    let tables = [more, &["time", "catch_up", "sector"]].concat();
    json!({
        "required": tables,
        "properties": {
            "time": { "required": required(keys::of_section(Section::Time), &[]) },
            "catch_up": { "allOf": parameters.collect::<Vec<_>>() },
            "sector": { "minProperties": SECTORS.start(), "allOf": [
                each_has(&sector),
                { "anyOf": [each_has(&["alpha"]), { "additionalProperties": { "properties": { "alpha": false } } }] },
            ] },
            "policy": { "type": "array" },
            "shock": { "type": "array" },
        },
        "anyOf": [
            { "required": ["growth"], "properties": { "growth": { "required": ["x"] } } },
            { "properties": { "sector": each_has(&["x"]) } },
        ],
        "not": {
            "required": ["catch_up", "solver"],
            "properties": {
                "catch_up": { "required": ["form"], "properties": { "form": { "enum": no_closed_form } } },
                "solver": { "required": ["method"], "properties": { "method": { "const": Method::Exact.name() } } },
            },
        },
    })
}

/// The schema of a key's value with all that is known of the key.
fn described(mut value: Value, key: &Key) -> Value {
    let unit = key.unit_shown().map_or_else(String::new, |unit| format!(", {unit}"));
    let users = keys::forms_using(key).map(|forms| {
        let names: Vec<&str> = forms.iter().map(|form| form.name()).collect();
        format!("only with form {}", names.join(", "))
    });
    let rule = Some(key.rule.to_owned()).filter(|rule| !rule.is_empty());
    let otherwise = match key.otherwise {
        Otherwise::Said(words) => Some(format!("without it: {words}")),
        Otherwise::Required | Otherwise::Number(_) | Otherwise::Flag(_) | Otherwise::Text(_) | Otherwise::Nothing => {
            None
        }
    };
    let more: String = [rule, users, otherwise].into_iter().flatten().map(|more| format!("; {more}")).collect();
    value["description"] = format!("{}{unit}{more}.", key.meaning).into();
    if !key.unit.is_empty() {
        value["x-unit"] = key.unit.into();
    }
    match key.otherwise {
        Otherwise::Number(number) => value["default"] = number.into(),
        Otherwise::Flag(flag) => value["default"] = flag.into(),
        Otherwise::Text(text) => value["default"] = text().into(),
        Otherwise::Nothing => value["default"] = json!([]),
        Otherwise::Required | Otherwise::Said(_) => {}
    }
    value
}

/// The schema of a key's value.
fn value(key: &Key) -> Value {
    match key.takes {
        Takes::Number(range) => number(range),
        Takes::Numbers(range) => json!({ "type": "array", "items": number(range), "minItems": 1 }),
        Takes::Values => json!({ "type": "array", "minItems": 1 }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Word(words) => {
            let words = words();
            let (names, meanings): (Vec<&str>, Vec<&str>) = words
                .iter()
                .flat_map(|word| std::iter::once(&word.name).chain(word.aliases).map(|name| (*name, word.meaning)))
                .unzip();
            // Where the editors' TOML plugins look for what a word means.
            json!({ "enum": names, "x-taplo": { "docs": { "enumValues": meanings } } })
        }
        Takes::Text("") | Takes::Specifications | Takes::Layers | Takes::Scenario => {
            json!({ "type": "string" })
        }
        Takes::Carried | Takes::Groups | Takes::Correlations => json!({ "type": "object" }),
        Takes::Text(pattern) => json!({ "type": "string", "pattern": pattern }),
        Takes::Promotion => json!({ "anyOf": [{ "type": "string", "pattern": SECTOR_NAME }, by_rule()] }),
        Takes::Beliefs => below("perceived", |key| key.section == Section::Perceived),
        Takes::Start => {
            let sector = SECTOR_NAME.trim_start_matches('^');
            json!({ "type": "string", "pattern": format!("^isolation$|^cluster:{sector}") })
        }
        Takes::Sectors => {
            json!({ "type": "array", "items": { "type": "string", "pattern": SECTOR_NAME }, "uniqueItems": true })
        }
        Takes::Settings => {
            let mut settings =
                Tree::of(keys::all().iter().filter(|key| key.shocked), |key| reference(SET, key)).schema();
            settings["minProperties"] = 1.into();
            settings
        }
    }
}

/// A rule that names a sector.
fn by_rule() -> Value {
    let own = keys::of_section(Section::Rule).map(|key| (key.name.to_owned(), described(value(key), key))).collect();
    let mut schema = table(own);
    schema["required"] = json!(["rule"]);
    let blind: Vec<&str> = Rule::ALL.into_iter().filter(|rule| !rule.may_err()).map(Rule::name).collect();
    schema["if"] = json!({ "required": ["rule"], "properties": { "rule": { "enum": blind } } });
    schema["then"] = json!({ "properties": { "perceived": { "maxProperties": 0 } } });
    schema
}

/// The object of the keys whose path goes through a table of this name, from there on.
fn below(table: &str, wanted: impl Fn(&Key) -> bool) -> Value {
    let mut tree = Tree::default();
    for key in inner().filter(|key| wanted(key)) {
        let path = steps(key);
        let start = path.iter().position(|step| step.pattern() == table).map_or(0, |place| place + 1);
        tree.add(&path[start..], reference(SET, key));
    }
    tree.schema()
}

fn number(range: Range) -> Value {
    let mut schema = json!({ "type": if range.whole { "integer" } else { "number" } });
    match range.low {
        End::Open => {}
        End::Excluded(low) => schema["exclusiveMinimum"] = low.into(),
        End::Included(low) => schema["minimum"] = low.into(),
    }
    match range.high {
        End::Open => {}
        End::Excluded(high) => schema["exclusiveMaximum"] = high.into(),
        End::Included(high) => schema["maximum"] = high.into(),
    }
    schema
}

/// How a key can vary.
fn specification(key: &Key) -> Value {
    let item = reference(SET, key);
    let numbers = matches!(key.takes, Takes::Number(_));
    let manners = Manner::ALL.iter().filter(|manner| match manner {
        Manner::Values | Manner::Column | Manner::SameAs => true,
        Manner::Uniform
        | Manner::LogUniform
        | Manner::Normal
        | Manner::Triangular
        | Manner::Empirical
        | Manner::Linspace => numbers,
    });
    let mut properties = Map::new();
    let name = json!({
        "type": "string",
        "pattern": sweep_keys::COLUMN_NAME,
        "description": "Name of the key's column.",
        "not": { "enum": sweep_keys::taken().collect::<Vec<_>>() },
    });
    properties.insert(sweep_keys::AS.to_owned(), name);
    let mut ways = Vec::new();
    for manner in manners {
        // The forms of a list in draft-07 and in 2020-12 differ: what all entries have in common serves both.
        let list = |item: &Value, count: usize| json!({ "type": "array", "items": item, "minItems": count, "maxItems": count });
        let any = json!({ "type": "number" });
        let own = match manner {
            Manner::Uniform => list(&item, 2),
            Manner::LogUniform => {
                json!({ "allOf": [list(&item, 2), list(&number(Range::POSITIVE), 2)] })
            }
            Manner::Normal => list(&any, 2),
            Manner::Triangular => list(&item, 3),
            Manner::Values => json!({ "type": "array", "items": item, "minItems": 1, "uniqueItems": true }),
            Manner::Column => json!({ "type": "array", "items": item, "minItems": 1 }),
            Manner::Empirical => json!({ "anyOf": [
                { "type": "array", "items": item, "minItems": 1 },
                {
                    "type": "object",
                    "properties": {
                        "file": { "type": "string" },
                        "column": { "type": "string" },
                        "weights": { "type": "string" },
                    },
                    "required": ["file", "column"],
                    "additionalProperties": false,
                },
            ] }),
            Manner::SameAs => json!({ "type": "string", "pattern": "." }),
            Manner::Linspace => {
                json!({ "allOf": [list(&any, 3), { "contains": number(Range::whole_between(2.0, MAX_POINTS)) }] })
            }
        };
        let mut own = own;
        own["description"] = format!("{}: {}.", manner.example(), manner.meaning()).into();
        properties.insert(manner.name().to_owned(), own);
        for beside in manner.beside() {
            let value = match *beside {
                "weights" => json!({ "type": "array", "items": number(Range::NOT_NEGATIVE), "minItems": 1 }),
                "times" => any.clone(),
                _ => item.clone(),
            };
            properties.insert((*beside).to_owned(), value);
        }
        let others = Manner::ALL.iter().flat_map(|other| other.beside()).filter(|name| !manner.beside().contains(name));
        let others: Map<String, Value> = others.map(|name| ((*name).to_owned(), false.into())).collect();
        ways.push(json!({ "required": [manner.name()], "properties": others }));
    }
    let mut schema = table(properties);
    schema["oneOf"] = ways.into();
    described(schema, &Key { otherwise: Otherwise::Required, ..*key })
}

/// The layers over a scenario.
fn variants() -> Value {
    let mut one = table(root_properties(&NOT_A_VARIANTS, true));
    one["properties"]["baseline"] = json!({
        "type": "string",
        "description": "The variant above this one that it is measured against; without it: the first.",
    });
    // A dotted key of a variant may be quoted.
    let dotted = Tree::of(inner(), of_scenario);
    one["patternProperties"] = dotted.joined().into();
    let name = keys::of_section(Section::Root).find_map(|key| match key.takes {
        Takes::Text(pattern) if key.name == "name" => Some(pattern),
        _ => None,
    });
    json!({ "type": "object", "patternProperties": { name.unwrap_or("^"): one }, "additionalProperties": false })
}

/// What `[design]` must and must not have besides its kind.
fn design(kind: Kind) -> Value {
    let mut then = match kind {
        Kind::Grid => json!({ "properties": { "samples": false, "file": false, "sha256": false } }),
        Kind::Table => json!({ "properties": { "samples": false } }),
        Kind::LatinHypercube | Kind::Sobol | Kind::Random | Kind::Saltelli | Kind::Morris => {
            json!({ "required": ["samples"], "properties": { "file": false, "sha256": false } })
        }
    };
    if kind != Kind::Saltelli {
        then["properties"]["second_order"] = false.into();
    }
    then["properties"]["levels"] = if kind == Kind::Morris { json!({ "multipleOf": 2 }) } else { false.into() };
    json!({ "if": { "required": ["kind"], "properties": { "kind": { "const": kind.name() } } }, "then": then })
}

/// A part of a dotted path.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// This word.
    Word(&'static str),
    /// What matches this regular expression.
    Any(&'static str),
}

impl Step {
    /// The regular expression that it matches, without its anchors.
    fn pattern(self) -> &'static str {
        match self {
            Self::Word(word) => word,
            Self::Any(pattern) => pattern.trim_start_matches('^').trim_end_matches('$'),
        }
    }
}

/// The path of a key.
fn steps(key: &Key) -> Vec<Step> {
    let section = Step::Word(key.section.name());
    let last = Step::Word(key.name);
    match (key.section, key.section.count()) {
        (Section::Root, _) => vec![last],
        (_, Count::One) => vec![section, last],
        (_, Count::Named) => vec![section, Step::Any(SECTOR_NAME), last],
        (_, Count::Listed) => vec![section, Step::Any(INDEX), last],
        (_, Count::Inside(path)) => {
            let mut steps: Vec<Step> = Vec::new();
            for word in path.split('.') {
                // `*` is an index behind `policy`, and a name behind `sector`.
                steps.push(match (word, steps.last()) {
                    ("*", Some(Step::Word("sector"))) => Step::Any(SECTOR_NAME),
                    ("*", _) => Step::Any(INDEX),
                    _ => Step::Word(word),
                });
            }
            steps.push(last);
            steps
        }
    }
}

/// Dotted paths and the schema of what each holds. TOML reads `a.b.c` as tables and `"a.b.c"` as one key; both, and what lies
/// between, are accepted.
#[derive(Debug, Default)]
struct Tree {
    leaves: Vec<(Vec<Step>, Value)>,
}

impl Tree {
    fn of<'a>(keys: impl Iterator<Item = &'a Key>, schema: impl Fn(&Key) -> Value) -> Self {
        Self { leaves: keys.map(|key| (steps(key), schema(key))).collect() }
    }

    fn add(&mut self, path: &[Step], schema: Value) {
        self.leaves.push((path.to_vec(), schema));
    }

    /// The object of all paths.
    fn schema(&self) -> Value {
        let mut properties = Map::new();
        for (name, inside) in self.below(1) {
            if let Step::Word(word) = name[0] {
                properties.insert(word.to_owned(), inside);
            }
        }
        let mut schema = table(properties);
        let mut patterns = self.joined();
        for (name, inside) in self.below(1) {
            if let Step::Any(pattern) = name[0] {
                patterns.insert(pattern.to_owned(), inside);
            }
        }
        schema["patternProperties"] = patterns.into();
        schema
    }

    /// Two and more parts of a path as one quoted key, by regular expression.
    fn joined(&self) -> Map<String, Value> {
        let longest = self.leaves.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
        let name = |path: Vec<Step>| {
            let parts: Vec<&str> = path.into_iter().map(Step::pattern).collect();
            format!("^{}$", parts.join("\\."))
        };
        (2..=longest).flat_map(|parts| self.below(parts)).map(|(path, inside)| (name(path), inside)).collect()
    }

    /// For every beginning of so many parts, the schema of what comes after.
    fn below(&self, parts: usize) -> Vec<(Vec<Step>, Value)> {
        let mut beginnings: Vec<(Vec<Step>, Tree)> = Vec::new();
        for (path, schema) in self.leaves.iter().filter(|(path, _)| path.len() >= parts) {
            let (first, rest) = path.split_at(parts);
            let same = |known: &[Step]| known.iter().zip(first).all(|(a, b)| a.pattern() == b.pattern());
            let leaf = (rest.to_vec(), schema.clone());
            match beginnings.iter_mut().find(|(known, _)| same(known)) {
                Some((_, tree)) => tree.leaves.push(leaf),
                None => beginnings.push((first.to_vec(), Self { leaves: vec![leaf] })),
            }
        }
        let inside = |mut tree: Self| {
            let ends = tree.leaves.extract_if(.., |(path, _)| path.is_empty()).map(|(_, schema)| schema);
            let mut ways: Vec<Value> = ends.collect();
            if !tree.leaves.is_empty() {
                ways.push(tree.schema());
            }
            if ways.len() == 1 { ways.remove(0) } else { json!({ "anyOf": ways }) }
        };
        beginnings.into_iter().map(|(path, tree)| (path, inside(tree))).collect()
    }
}
