//! Judging what a node gives, where its branches are not exact.

use std::sync::{Arc, OnceLock};

use crate::schema::validate::Validator;
use crate::value::{Object, Text, Value};

/// The schemas a node was made of, ready to judge what it gives.
#[derive(Clone, Debug)]
pub struct Guard {
    schemas: Arc<[Value]>,
    validator: Arc<OnceLock<Validator>>,
}

impl Guard {
    pub(super) fn new(schemas: Vec<Value>) -> Self {
        Self { schemas: schemas.into(), validator: Arc::default() }
    }

    /// Whether a value is what all schemas ask for, formats among it. `bundle` holds what they refer
    /// to.
    pub(super) fn accepts(&self, value: &Value, bundle: &Value) -> bool {
        let validator = self.validator.get_or_init(|| {
            let all = Value::object([("allOf", Value::Array(self.schemas.to_vec()))]);
            Validator::of(Ok(Arc::new(with_definitions(all, bundle))))
        });
        validator.accepts_formats(value)
    }

    /// A schema for what they forbid.
    pub(super) fn negated(&self, bundle: &Value) -> Value {
        negated(&self.schemas, bundle)
    }
}

/// A schema for what schemas forbid together.
pub(super) fn negated(schemas: &[Value], bundle: &Value) -> Value {
    let denied = Value::object([("allOf", Value::Array(schemas.to_vec()))]);
    with_definitions(Value::object([("not", denied)]), bundle)
}

/// The name by which the whole bundle is referred to.
const WHOLE: &str = "phi:whole";

/// A schema with all that it refers to, at any remove, and nothing else.
fn with_definitions(schema: Value, bundle: &Value) -> Value {
    let known = bundle.get("$defs").and_then(Value::as_object);
    let mut wanted: Vec<Text> = Vec::new();
    references(&schema, &mut wanted);
    let mut definitions = Object::new();
    let mut next = 0;
    while let Some(name) = wanted.get(next).cloned() {
        next += 1;
        let target = match bundle {
            Value::Object(whole) if name == WHOLE => Some(Value::Object(
                whole.iter().filter(|(key, _)| key != "$defs").cloned().collect(),
            )),
            whole if name == WHOLE => Some(whole.clone()),
            _ => {
                let target = known.and_then(|known| known.iter().find(|(key, _)| *key == name));
                target.map(|(_, target)| target.clone())
            }
        };
        if let Some(target) = target {
            references(&target, &mut wanted);
            definitions.push(name, target);
        }
    }
    match schema {
        Value::Object(mut schema) if !definitions.is_empty() => {
            schema.push("$defs", Value::Object(definitions));
            Value::Object(schema)
        }
        schema => schema,
    }
}

/// Adds the names of the definitions that a schema refers to.
fn references(schema: &Value, wanted: &mut Vec<Text>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| references(item, wanted)),
        Value::Object(object) => {
            for (key, value) in object {
                let reference = value.as_str().filter(|_| key == "$ref");
                if let Some(name) = reference.and_then(|text| text.strip_prefix("#/$defs/")) {
                    let name = name.split('/').next().unwrap_or(name);
                    let name = Text::from(name.replace("~1", "/").replace("~0", "~"));
                    if !wanted.contains(&name) {
                        wanted.push(name);
                    }
                }
                references(value, wanted);
            }
        }
        _ => {}
    }
}
