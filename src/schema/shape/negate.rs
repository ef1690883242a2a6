//! What a value that breaks a schema looks like, as schemas again.

use super::conjunction::resolve;
use crate::schema::measure::Bound;
use crate::value::{Object, Text, Value};

/// Schemas of which a value satisfies one if and, where the flag is set, only if it breaks
/// `schema`.
pub(super) fn negate(root: &Value, schema: &Value) -> (Vec<Value>, bool) {
    let object = match schema {
        Value::Bool(false) => return (vec![Value::Bool(true)], true),
        Value::Object(object) if !object.is_empty() => object,
        _ => return (Vec::new(), true),
    };
    let mut options = Vec::new();
    let mut exact = true;
    for (keyword, value) in object {
        let keyword = keyword.lossy();
        match keyword_negation(root, &keyword, value, object) {
            Negation::Annotation => {}
            Negation::Exact(ways) => options.extend(ways),
            Negation::Loose(ways) => {
                options.extend(ways);
                exact = false;
            }
        }
    }
    (options, exact)
}

enum Negation {
    /// The keyword forbids nothing.
    Annotation,
    /// A value satisfies one of these exactly if it breaks the keyword.
    Exact(Vec<Value>),
    /// Some values that satisfy one of these break the keyword: they have to be confirmed.
    Loose(Vec<Value>),
}

fn typed(kind: &str, members: Vec<(&str, Value)>) -> Value {
    let head = ("type", Value::text(kind));
    Value::object(std::iter::once(head).chain(members))
}

fn not(schema: &Value) -> Value {
    match schema {
        Value::Bool(bool) => Value::Bool(!bool),
        schema => Value::object([("not", schema.clone())]),
    }
}

fn keyword_negation(root: &Value, keyword: &str, value: &Value, object: &Object) -> Negation {
    use Negation::{Annotation, Exact, Loose};
    let int = |delta: i64| {
        value.as_number().and_then(crate::value::Number::decimal).map(|d| {
            Value::Number(d.plus(&crate::value::Decimal::from(i128::from(delta))).to_number())
        })
    };
    let bound = |kind: &str, opposite: &str, delta: i64| match int(delta) {
        Some(bound) => Exact(vec![typed(kind, vec![(opposite, bound)])]),
        None => Annotation,
    };
    // Below a least length of zero there is nothing.
    let shorter = |kind: &str, opposite: &str| match int(0).and_then(|n| n.as_i64()) {
        Some(..=0) | None => Exact(Vec::new()),
        Some(_) => bound(kind, opposite, -1),
    };
    match keyword {
        "$ref" => match value.as_str().and_then(|reference| resolve(root, reference)) {
            Some(target) => Exact(vec![not(target)]),
            None => Loose(vec![Value::Bool(true)]),
        },
        "type" => Exact(vec![typed_out(value)]),
        "const" => {
            Exact(vec![Value::object([("phi:excluded", Value::Array(vec![value.clone()]))])])
        }
        "enum" => Exact(vec![Value::object([("phi:excluded", value.clone())])]),
        "not" => Exact(vec![value.clone()]),
        "allOf" => Exact(value.as_array().unwrap_or_default().iter().map(not).collect()),
        "anyOf" => {
            let none = value.as_array().unwrap_or_default().iter().map(not).collect();
            Exact(vec![Value::object([("allOf", Value::Array(none))])])
        }
        "oneOf" => {
            let all = value.as_array().unwrap_or_default();
            let none = Value::Array(all.iter().map(not).collect());
            let mut ways = vec![Value::object([("allOf", none)])];
            for (index, first) in all.iter().enumerate() {
                for second in all.iter().skip(index + 1).take(4) {
                    let both = Value::Array(vec![first.clone(), second.clone()]);
                    ways.push(Value::object([("allOf", both)]));
                }
            }
            if all.len() > 6 { Loose(ways) } else { Exact(ways) }
        }
        "if" => {
            let branch = |name: &str| object.get(name).map(not);
            let mut ways = Vec::new();
            if let Some(then) = branch("then") {
                ways.push(Value::object([("allOf", Value::Array(vec![value.clone(), then]))]));
            }
            if let Some(other) = branch("else") {
                ways.push(Value::object([("allOf", Value::Array(vec![not(value), other]))]));
            }
            Exact(ways)
        }
        "minimum" => Exact(vec![typed("number", vec![("exclusiveMaximum", value.clone())])]),
        "maximum" => Exact(vec![typed("number", vec![("exclusiveMinimum", value.clone())])]),
        "exclusiveMinimum" => Exact(vec![typed("number", vec![("maximum", value.clone())])]),
        "exclusiveMaximum" => Exact(vec![typed("number", vec![("minimum", value.clone())])]),
        "multipleOf" => Loose(vec![typed("number", vec![])]),
        "minLength" => shorter("string", "maxLength"),
        "maxLength" => bound("string", "minLength", 1),
        "minItems" => shorter("array", "maxItems"),
        "maxItems" => bound("array", "minItems", 1),
        "minProperties" => shorter("object", "maxProperties"),
        "maxProperties" => bound("object", "minProperties", 1),
        "pattern" => Loose(vec![typed("string", vec![])]),
        "format" => Annotation,
        "uniqueItems" => match value {
            Value::Bool(true) => {
                Loose(vec![typed("array", vec![("phi:equal", Value::Bool(true))])])
            }
            _ => Exact(Vec::new()),
        },
        "required" => {
            let names = value.as_array().unwrap_or_default().iter();
            Exact(names.map(|name| typed("object", vec![("phi:absent", name.clone())])).collect())
        }
        "properties" => Exact(
            members(value)
                .filter(|(_, schema)| !matches!(schema, Value::Bool(true)))
                .map(|(name, schema)| member(name, not(schema)))
                .collect(),
        ),
        "dependentRequired" => Exact(
            members(value)
                .flat_map(|(name, others)| {
                    let present = Value::Array(vec![Value::String(name.clone())]);
                    others.as_array().unwrap_or_default().iter().map(move |other| {
                        typed(
                            "object",
                            vec![("required", present.clone()), ("phi:absent", other.clone())],
                        )
                    })
                })
                .collect(),
        ),
        "dependentSchemas" => Exact(
            members(value)
                .map(|(name, schema)| {
                    let present = Value::Array(vec![Value::String(name.clone())]);
                    let both = vec![typed("object", vec![("required", present)]), not(schema)];
                    Value::object([("allOf", Value::Array(both))])
                })
                .collect(),
        ),
        "patternProperties" => Loose(
            members(value)
                .map(|(pattern, schema)| {
                    let inner = Value::object([(pattern.clone(), not(schema))]);
                    typed(
                        "object",
                        vec![
                            ("minProperties", Value::int(1)),
                            ("patternProperties", inner),
                            ("additionalProperties", Value::Bool(false)),
                        ],
                    )
                })
                .collect(),
        ),
        "additionalProperties" | "unevaluatedProperties" => Loose(vec![typed(
            "object",
            vec![("minProperties", Value::int(1)), ("additionalProperties", not(value))],
        )]),
        "propertyNames" => Loose(vec![typed(
            "object",
            vec![("minProperties", Value::int(1)), ("propertyNames", not(value))],
        )]),
        "prefixItems" => Exact(
            value
                .as_array()
                .unwrap_or_default()
                .iter()
                .enumerate()
                .map(|(index, schema)| {
                    let mut prefix = vec![Value::Bool(true); index];
                    prefix.push(not(schema));
                    let least = Value::int(index as i128 + 1);
                    typed("array", vec![("prefixItems", Value::Array(prefix)), ("minItems", least)])
                })
                .collect(),
        ),
        "items" => {
            let prefix = object.get("prefixItems").and_then(Value::as_array).map_or(0, <[_]>::len);
            let least = Value::int(prefix as i128 + 1);
            let before = Value::Array(vec![Value::Bool(true); prefix + 1]);
            match value {
                Value::Bool(false) => Exact(vec![typed("array", vec![("minItems", least)])]),
                _ => {
                    let mut first = before.as_array().unwrap_or_default().to_vec();
                    if let Some(last) = first.last_mut() {
                        *last = not(value);
                    }
                    Loose(vec![typed(
                        "array",
                        vec![("prefixItems", Value::Array(first)), ("minItems", least)],
                    )])
                }
            }
        }
        "unevaluatedItems" => {
            let prefix = object.get("prefixItems").and_then(Value::as_array).map_or(0, <[_]>::len);
            let more = typed(
                "array",
                vec![("minItems", Value::int(prefix as i128 + 1)), ("items", not(value))],
            );
            Loose(vec![more, typed("array", vec![("minItems", Value::int(prefix as i128 + 1))])])
        }
        "contains" => {
            let most = object.get("maxContains").and_then(Value::as_i64);
            let least = object.get("minContains").and_then(Value::as_i64).unwrap_or(1);
            let mut ways = Vec::new();
            if least > 0 {
                ways.push(typed("array", vec![("items", not(value))]));
            }
            if least > 1 {
                ways.push(typed(
                    "array",
                    vec![
                        ("contains", value.clone()),
                        ("maxContains", Value::int(i128::from(least) - 1)),
                    ],
                ));
            }
            if let Some(most) = most {
                ways.push(typed(
                    "array",
                    vec![
                        ("contains", value.clone()),
                        ("minContains", Value::int(i128::from(most) + 1)),
                    ],
                ));
            }
            Exact(ways)
        }
        _ => match (Bound::named(keyword), object.get("format")) {
            // What has not the format is within all bounds.
            (Some(bound), Some(format)) => {
                let beyond = vec![("format", format.clone()), (bound.opposite, value.clone())];
                Loose(vec![typed("string", beyond)])
            }
            _ => Annotation,
        },
    }
}

/// Everything but these types.
fn typed_out(kinds: &Value) -> Value {
    let listed = |kind: &str| match kinds {
        Value::Array(items) => items.iter().any(|item| item.as_str() == Some(kind)),
        item => item.as_str() == Some(kind),
    };
    let mut others: Vec<Value> = ["null", "boolean", "string", "array", "object"]
        .into_iter()
        .filter(|kind| !listed(kind))
        .map(Value::text)
        .collect();
    if !listed("number") {
        others.push(Value::text(if listed("integer") { "phi:fraction" } else { "number" }));
    }
    Value::object([("type", Value::Array(others))])
}

fn member(name: &Text, schema: Value) -> Value {
    let required = Value::Array(vec![Value::String(name.clone())]);
    typed(
        "object",
        vec![("required", required), ("properties", Value::object([(name.clone(), schema)]))],
    )
}

fn members(value: &Value) -> impl Iterator<Item = (&Text, &Value)> {
    value
        .as_object()
        .into_iter()
        .flat_map(|object| object.iter().map(|(name, value)| (name, value)))
}
