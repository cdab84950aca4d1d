//! The schema of sweep files.

use super::inputs::{groups, of_scenario};
use super::tree::Tree;
use super::{
    SET, VARY, complete, definition, definitions, described, headed, inner, number, reference, required,
    root_properties, table, value, varied,
};
use crate::design::Kind;
use crate::model::range::Range;
use crate::scenario::key::{Key, Otherwise, Section, Takes};
use crate::scenario::keys;
use crate::scenario::sweep::keys::{self as sweep_keys, MAX_POINTS, Manner};
use serde_json::{Map, Value, json};

/// Keys of a scenario's root that no variant of a sweep can set.
const NOT_A_VARIANTS: [&str; 3] = ["schema_version", "name", "extends"];

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
