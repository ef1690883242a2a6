//! What the validator's crate needs as `serde_json` values, and values made fit to judge.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::schema::pattern::{Pattern, stand_in};
use crate::value::{Number, Object, Text, Value};

/// Keywords whose value is one schema.
const ONE: [&str; 12] = [
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "additionalItems",
];

/// Keywords whose value is an array of schemas.
const MANY: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords whose value is an object of schemas.
const NAMED: [&str; 5] =
    ["properties", "patternProperties", "$defs", "dependentSchemas", "definitions"];

/// A schema for the crate: numbers as near as `serde_json` holds them (the keywords that compare
/// them are ours and read the schema itself), patterns of `patternProperties` in the spelling it
/// takes. Adds what cannot be judged to `unjudged`.
pub(super) fn schema(schema: &Value, unjudged: &mut Vec<String>) -> Json {
    let Value::Object(object) = schema else { return instance(schema) };
    let members = last_of_each(object).map(|(key, value)| {
        let key = stand_in(key);
        let lowered = match (&*key, value) {
            ("patternProperties", Value::Object(patterns)) => {
                Json::Object(pattern_properties(patterns, unjudged))
            }
            (name, Value::Object(schemas)) if NAMED.contains(&name) => {
                let each = last_of_each(schemas).map(|(name, value)| {
                    (stand_in(name).into_owned(), self::schema(value, unjudged))
                });
                Json::Object(each.collect())
            }
            (name, Value::Array(schemas)) if MANY.contains(&name) => {
                schemas.iter().map(|value| self::schema(value, unjudged)).collect()
            }
            (name, value) if ONE.contains(&name) => self::schema(value, unjudged),
            (_, value) => instance(value),
        };
        (key.into_owned(), lowered)
    });
    let mut lowered: Map<String, Json> = members.collect();
    if lowered.contains_key("maxContains") {
        // So that too few are told from too many.
        lowered.entry("minContains").or_insert_with(|| 1.into());
    }
    Json::Object(lowered)
}

fn pattern_properties(patterns: &Object, unjudged: &mut Vec<String>) -> Map<String, Json> {
    let mut lowered = Map::new();
    for (key, value) in last_of_each(patterns) {
        let source = stand_in(key);
        let value = schema(value, unjudged);
        let accepted = |pattern: &str| {
            jsonschema::draft202012::new(&serde_json::json!({ "pattern": pattern })).is_ok()
        };
        if accepted(&source) {
            lowered.insert(source.into_owned(), value);
            continue;
        }
        let spelt_out = Pattern::new(&source).ok().map(|pattern| pattern.spelt_out());
        match spelt_out.filter(|spelt_out| accepted(spelt_out)) {
            Some(spelt_out) => {
                lowered.insert(spelt_out, value);
            }
            None => unjudged.push(source.into_owned()),
        }
    }
    lowered
}

/// A value for the crate, as near as `serde_json` holds it.
pub(super) fn instance(value: &Value) -> Json {
    match value {
        Value::Null | Value::Symbol(_) => Json::Null,
        Value::Bool(bool) => Json::Bool(*bool),
        Value::Number(number) => Json::Number(self::number(number)),
        Value::String(text) => Json::String(stand_in(text).into_owned()),
        Value::Bytes(octets) => Json::String(octets.iter().copied().map(char::from).collect()),
        Value::Array(items) => items.iter().map(instance).collect(),
        Value::Object(object) => Json::Object(
            object
                .iter()
                .map(|(key, value)| (stand_in(key).into_owned(), instance(value)))
                .collect(),
        ),
    }
}

/// The nearest number of `serde_json`: exact for integers of 64 bits, finite.
pub(super) fn number(number: &Number) -> serde_json::Number {
    let int = number.as_i128().or_else(|| number.decimal()?.as_i128());
    if let Some(int) = int.and_then(serde_json::Number::from_i128) {
        return int;
    }
    let float = number.as_f64().clamp(f64::MIN, f64::MAX);
    let tiny = float == 0.0 && number.decimal().is_some_and(|decimal| !decimal.is_zero());
    // What is not zero must not become it: `multipleOf` would be refused.
    let float = if tiny { f64::MIN_POSITIVE.copysign(float) } else { float };
    serde_json::Number::from_f64(float).unwrap_or_else(|| 0.into())
}

/// The value with the last of each repeated key, and octets as text of as many characters;
/// borrowed where it is so already. `None` where a symbol stands in it.
pub(super) fn plain(value: &Value) -> Option<Cow<'_, Value>> {
    match state(value) {
        State::Plain => Some(Cow::Borrowed(value)),
        State::Symbolic => None,
        State::Odd => Some(Cow::Owned(made_plain(value))),
    }
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum State {
    Plain,
    Odd,
    Symbolic,
}

fn state(value: &Value) -> State {
    let worst = |a: State, b: State| if a >= b { a } else { b };
    match value {
        Value::Symbol(_) => State::Symbolic,
        Value::Bytes(_) => State::Odd,
        Value::Array(items) => items.iter().map(state).fold(State::Plain, worst),
        Value::Object(object) => {
            let own = if has_repeated_key(object) { State::Odd } else { State::Plain };
            object.iter().map(|(_, value)| state(value)).fold(own, worst)
        }
        _ => State::Plain,
    }
}

fn has_repeated_key(object: &Object) -> bool {
    if object.len() > 24 {
        let mut seen = std::collections::HashSet::with_capacity(object.len());
        return !object.keys().all(|key| seen.insert(key));
    }
    object
        .keys()
        .enumerate()
        .any(|(index, key)| object.keys().take(index).any(|other| other == key))
}

fn made_plain(value: &Value) -> Value {
    match value {
        Value::Bytes(octets) => {
            Value::String(Text::from_code_points(octets.iter().map(|octet| u32::from(*octet))))
        }
        Value::Array(items) => Value::Array(items.iter().map(made_plain).collect()),
        Value::Object(object) => Value::Object(
            last_of_each(object).map(|(key, value)| (key.clone(), made_plain(value))).collect(),
        ),
        other => other.clone(),
    }
}

/// The members that count: the last of each key, at the place of the first.
fn last_of_each(object: &Object) -> impl Iterator<Item = (&Text, &Value)> {
    let repeated = has_repeated_key(object);
    object.iter().enumerate().filter_map(move |(index, (key, value))| {
        if !repeated {
            return Some((key, value));
        }
        let first = object.keys().take(index).all(|other| other != key);
        let last = || object.iter().rev().find(|(other, _)| other == key);
        first.then(last).flatten().map(|(key, value)| (key, value))
    })
}
