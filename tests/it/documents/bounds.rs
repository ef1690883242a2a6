//! The bounds that the schemas of an operation's input declare, and whether a call reaches them.

use phi_fuzz::case::Call;
use std::sync::Arc;

use phi_fuzz::generate::input;
use phi_fuzz::generate::pattern::Texts;
use phi_fuzz::schema::Schema;
use phi_fuzz::schema::pattern::Pattern;
use phi_fuzz::spec::Operation;
use phi_fuzz::value::{Decimal, Number, Object, Pointer, Value};

/// Keywords that bound something, and whether they bound it from above.
const KEYWORDS: [(&str, bool); 10] = [
    ("minimum", false),
    ("exclusiveMinimum", false),
    ("maximum", true),
    ("exclusiveMaximum", true),
    ("minLength", false),
    ("maxLength", true),
    ("minItems", false),
    ("maxItems", true),
    ("minProperties", false),
    ("maxProperties", true),
];

/// A bound at a place of a schema.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    slot: String,
    place: String,
    keyword: &'static str,
    limit: Decimal,
    pub(super) reached: bool,
}

impl Bound {
    pub(super) fn told(&self) -> String {
        format!("{} {} {} {}", self.slot, self.place, self.keyword, self.limit.to_number())
    }
}

fn schemas(operation: &Operation) -> Vec<(String, &Schema)> {
    let parameters = input::parameters(operation).map(|p| (input::place_of(p), &p.schema));
    let contents = operation.body.iter().flat_map(|body| &body.contents);
    let bodies = contents.filter_map(|c| Some((c.media_type.clone(), c.schema.as_ref()?)));
    parameters.chain(bodies).collect()
}

/// All bounds of an operation's input.
pub(super) fn declared(operation: &Operation) -> Vec<Bound> {
    let mut bounds = Vec::new();
    for (slot, schema) in schemas(operation) {
        let Ok(bundle) = schema.bundle() else { continue };
        collect(bundle, &slot, &mut Pointer::root(), &mut bounds);
    }
    bounds
}

fn collect(schema: &Value, slot: &str, at: &mut Pointer, bounds: &mut Vec<Bound>) {
    let Value::Object(object) = schema else { return };
    for (keyword, _) in KEYWORDS {
        if let Some(limit) =
            object.get(keyword).and_then(Value::as_number).and_then(Number::decimal)
        {
            let trivial = keyword.starts_with("min") && limit.is_zero() && keyword != "minimum";
            if !trivial && applies(object, keyword) && is_possible(object, keyword, &limit) {
                let (slot, place) = (slot.to_owned(), at.to_string());
                bounds.push(Bound { slot, place, keyword, limit, reached: false });
            }
        }
    }
    let read_only: Vec<&Value> =
        object.get("x-read-only").and_then(Value::as_array).unwrap_or_default().iter().collect();
    for (key, value) in object {
        let key = key.lossy();
        match (&*key, value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(named)) => {
                for (name, schema) in named {
                    if read_only.iter().any(|own| own.as_text() == Some(name)) {
                        continue;
                    }
                    at.push(key.as_ref());
                    at.push(name.clone());
                    collect(schema, slot, at, bounds);
                    at.pop();
                    at.pop();
                }
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter().enumerate() {
                    at.push(key.as_ref());
                    at.push(index.to_string());
                    collect(schema, slot, at, bounds);
                    at.pop();
                    at.pop();
                }
            }
            ("items" | "additionalProperties", schema) => {
                at.push(key.as_ref());
                collect(schema, slot, at, bounds);
                at.pop();
            }
            _ => {}
        }
    }
}

/// Whether the schema takes values of the kind that a keyword bounds.
fn applies(schema: &Object, keyword: &str) -> bool {
    let kinds: &[&str] = match keyword {
        "minLength" | "maxLength" => &["string"],
        "minItems" | "maxItems" => &["array"],
        "minProperties" | "maxProperties" => &["object"],
        _ => &["number", "integer"],
    };
    match schema.get("type") {
        Some(Value::Array(types)) => {
            types.iter().any(|kind| kind.as_str().is_some_and(|kind| kinds.contains(&kind)))
        }
        Some(kind) => kind.as_str().is_some_and(|kind| kinds.contains(&kind)),
        None => true,
    }
}

/// Whether any value can be at a bound: a pattern, a format or an enumeration may have no such text.
fn is_possible(schema: &Object, keyword: &str, limit: &Decimal) -> bool {
    let Some(length) = limit.as_i128().and_then(|int| usize::try_from(int).ok()) else {
        return true;
    };
    if !keyword.ends_with("Length") {
        return true;
    }
    if let Some(arms) = schema.get("enum").and_then(Value::as_array) {
        return arms.iter().any(|arm| arm.as_text().is_some_and(|text| text.len() == length));
    }
    let pattern = schema.get("pattern").and_then(Value::as_str).and_then(|p| Pattern::new(p).ok());
    if let Some(pattern) = pattern {
        return Texts::new(&[Arc::new(pattern)], length, length).is_some();
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => length == 10,
        Some("uuid") => length == 36,
        Some("date-time") => length >= 20,
        Some("email") => (3..=254).contains(&length),
        Some("uri") => length >= 2,
        _ => true,
    }
}

/// Notes which bounds a call reaches.
pub(super) fn reach(operation: &Operation, call: &Call, bounds: &mut [Bound]) {
    for parameter in input::parameters(operation) {
        if let Some(value) = input::given(call, parameter) {
            reach_in(&input::place_of(parameter), &parameter.schema, value, bounds);
        }
    }
    if let Some(content) = input::content_of(operation, call)
        && let (Some(schema), Some(value)) =
            (&content.schema, call.body.as_ref().and_then(|body| body.value()))
    {
        reach_in(&content.media_type, schema, value, bounds);
    }
}

fn reach_in(slot: &str, schema: &Schema, value: &Value, bounds: &mut [Bound]) {
    let mut own: Vec<&mut Bound> =
        bounds.iter_mut().filter(|bound| bound.slot == slot && !bound.reached).collect();
    if let (false, Ok(bundle)) = (own.is_empty(), schema.bundle()) {
        descend(bundle, bundle, value, &mut Pointer::root(), &mut own, 40);
    }
}

fn descend(
    bundle: &Value,
    schema: &Value,
    value: &Value,
    at: &mut Pointer,
    bounds: &mut [&mut Bound],
    left: usize,
) {
    let Value::Object(object) = schema else { return };
    let Some(left) = left.checked_sub(1) else { return };
    if KEYWORDS.iter().any(|(keyword, _)| object.contains(keyword)) {
        let place = at.to_string();
        let integer = object.get("type").and_then(Value::as_str) == Some("integer");
        let step = object.get("multipleOf").and_then(Value::as_number).and_then(Number::decimal);
        for bound in bounds.iter_mut().filter(|bound| bound.place == place) {
            bound.reached |= is_at(bound, value, integer, step.as_ref());
        }
    }
    let reference = object.get("$ref").and_then(Value::as_str);
    let pointer = reference.and_then(|text| Pointer::parse(text.strip_prefix('#')?).ok());
    if let Some(mut pointer) = pointer
        && let Some(schema) = pointer.find(bundle)
    {
        descend(bundle, schema, value, &mut pointer, bounds, left);
    }
    let mut into = |tokens: &[&str], schema: &Value, value: &Value| {
        for token in tokens {
            at.push(*token);
        }
        descend(bundle, schema, value, at, bounds, left);
        for _ in tokens {
            at.pop();
        }
    };
    for (keyword, inner) in object {
        let keyword = keyword.lossy();
        match (&*keyword, inner, value) {
            ("allOf" | "anyOf" | "oneOf", Value::Array(schemas), _) => {
                for (index, schema) in schemas.iter().enumerate() {
                    into(&[&keyword, &index.to_string()], schema, value);
                }
            }
            ("properties", Value::Object(named), Value::Object(members)) => {
                for (name, schema) in named {
                    if let Some(value) = members.get(&name.lossy()) {
                        into(&[&keyword, &name.lossy()], schema, value);
                    }
                }
            }
            ("patternProperties", Value::Object(named), Value::Object(members)) => {
                for (name, schema) in named {
                    members
                        .iter()
                        .for_each(|(_, value)| into(&[&keyword, &name.lossy()], schema, value));
                }
            }
            ("additionalProperties", schema, Value::Object(members)) => {
                for (_, value) in members {
                    into(&[&keyword], schema, value);
                }
            }
            ("items", schema, Value::Array(items)) => {
                for value in items {
                    into(&[&keyword], schema, value);
                }
            }
            ("prefixItems", Value::Array(schemas), Value::Array(items)) => {
                for (index, (schema, value)) in schemas.iter().zip(items).enumerate() {
                    into(&[&keyword, &index.to_string()], schema, value);
                }
            }
            _ => {}
        }
    }
}

fn is_at(bound: &Bound, value: &Value, integer: bool, step: Option<&Decimal>) -> bool {
    let one = Decimal::from(1);
    let size = |size: usize| Decimal::from(size as i128) == bound.limit;
    match (bound.keyword, value) {
        ("minLength" | "maxLength", Value::String(text)) => size(text.len()),
        ("minLength" | "maxLength", Value::Bytes(octets)) => size(octets.len()),
        ("minItems" | "maxItems", Value::Array(items)) => size(items.len()),
        ("minProperties" | "maxProperties", Value::Object(object)) => size(object.len()),
        (keyword, Value::Number(number)) => {
            let Some(decimal) = number.decimal() else { return false };
            let distance = if keyword.contains("ax") {
                bound.limit.minus(&decimal)
            } else {
                decimal.minus(&bound.limit)
            };
            if distance.is_negative() {
                return false;
            }
            let exclusive = keyword.starts_with("exclusive");
            match step {
                Some(step) => distance < *step || exclusive && distance == *step,
                None if integer => distance < one || exclusive && distance == one,
                // The next float will do where the bound itself is excluded or is none.
                None => {
                    distance.is_zero()
                        || (exclusive || !float(&bound.limit)) && near(&distance, &bound.limit)
                }
            }
        }
        _ => false,
    }
}

fn float(limit: &Decimal) -> bool {
    let near = Number::from_f64(limit.to_number().as_f64());
    near.and_then(|near| near.decimal()).as_ref() == Some(limit)
}

fn near(distance: &Decimal, limit: &Decimal) -> bool {
    distance.to_number().as_f64() <= limit.to_number().as_f64().abs().max(1.0) * 1e-12
}
