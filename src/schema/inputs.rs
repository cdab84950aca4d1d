//! Inputs over time, and inputs that belong together.

use super::{SET, Tree, described, number, reference, table, value, varied};
use crate::model::range::Range;
use crate::scenario::key::{Key, Takes};
use crate::scenario::series::read::KEYS as SERIES_KEYS;
use crate::scenario::sweep::CONCENTRATION;
use serde_json::{Map, Value, json};

/// The name of the definition of a series.
pub(super) const SERIES: &str = "series";

/// What a key of a scenario can be: a value, or one over time where a shock may set it.
pub(super) fn of_scenario(key: &Key) -> Value {
    if !key.shocked {
        return reference(SET, key);
    }
    let values = json!({ "properties": { "values": { "items": reference(SET, key) } } });
    json!({ "anyOf": [reference(SET, key), { "allOf": [{ "$ref": format!("#/definitions/{SERIES}") }, values] }] })
}

/// A value over time.
pub(super) fn series() -> Value {
    let mut schema = table(SERIES_KEYS.iter().map(|key| (key.name.to_owned(), described(value(key), key))).collect());
    schema["oneOf"] = json!([
        { "required": ["file", "column"], "properties": { "years": false, "values": false } },
        { "required": ["years", "values"], "properties": { "file": false, "column": false, "year": false } },
    ]);
    schema
}

/// Keys that sum to a constant.
pub(super) fn groups() -> Value {
    let numbers = varied().filter(|key| matches!(key.takes, Takes::Number(_)));
    let mut one = Map::new();
    one.insert("dirichlet".to_owned(), Tree::of(numbers, |_| number(CONCENTRATION)).schema());
    one.insert("sum".to_owned(), number(Range::POSITIVE));
    let mut one = table(one);
    one["required"] = json!(["dirichlet"]);
    json!({ "type": "object", "additionalProperties": one })
}
