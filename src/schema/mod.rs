//! The JSON Schema of scenario and sweep files, made from the lists of their keys: editors complete and check by it.
//!
//! It declares draft 2020-12 and keeps to what draft-07 knows too, because the TOML plugins of editors read that. What spans
//! several keys is said where a schema can say it; the rest (dates in order, shares that sum to 1, sectors that exist) is
//! for `catchup check`.

mod inputs;
mod sweep;
mod tree;

pub use sweep::sweep;

use crate::integrate::Method;
use crate::model::catch_up::{Form, Pace};
use crate::model::range::{End, Range};
use crate::model::rule::Rule;
use crate::scenario::key::{Count, Key, Otherwise, Section, Takes};
use crate::scenario::keys::{self, SECTOR_NAME, SECTORS};
use inputs::{SERIES, of_scenario, series};
use serde_json::{Map, Value, json};
use tree::{INDEX, Step, Tree, steps};

/// The schema of a scenario file.
pub fn scenario() -> Value {
    let mut schema = table(root_properties(&[], true));
    // What a file lacks that extends another, the other may have.
    schema["if"] = json!({ "not": { "required": ["extends"] } });
    schema["then"] = complete(&["schema_version"]);
    headed(schema, "A scenario of catchup", definitions())
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
