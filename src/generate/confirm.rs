//! Whether a call is what its label says: judged from the contract and the values alone, the same
//! for a drawn call, a shrunk one and one that a person wrote.

use super::input;
use crate::case::{self, Body, Call, Deviation, Label};
use crate::schema::{Schema, Violation};
use crate::spec::{Location, Operation};
use crate::value::{Number, Pointer, Text, Value};

/// Whether `call` is what its label says.
///
/// What cannot be told is refused: it is not sent under that label.
pub fn confirms(operation: &Operation, call: &Call) -> bool {
    let schema_deviations: Vec<&Deviation> = call
        .deviations
        .iter()
        .filter(|deviation| deviation.with.is_empty() && deviation.at.is_some())
        .collect();
    match call.label {
        Label::Valid => call.deviations.is_empty() && departures(operation, call).is_empty(),
        Label::Invalid => {
            let departures = departures(operation, call);
            let only_wire = schema_deviations.is_empty();
            if call.deviations.is_empty() || departures.is_empty() && !only_wire {
                return false;
            }
            let explained = |departure: &Departure| {
                schema_deviations.iter().any(|deviation| departure.is_of(deviation))
            };
            let shown = |deviation: &&Deviation| {
                departures
                    .iter()
                    .any(|departure| departure.is_of(deviation) && departure.breaks(deviation))
            };
            departures.iter().all(explained) && schema_deviations.iter().all(shown)
        }
        // Broken on the wire, or where implementations may differ: what it is broken from is valid.
        Label::Malformed => !call.deviations.is_empty() && departures(operation, call).is_empty(),
        Label::Unspecified => departures(operation, call).is_empty(),
    }
}

/// Something in a call that the contract forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Departure {
    /// The place.
    at: String,
    /// The keyword that is broken.
    keyword: String,
}

impl Departure {
    /// Whether it lies where the deviation is: at its place, below it, or above it (a combinator
    /// reports where it stands, a missing member where its object stands).
    fn is_of(&self, deviation: &Deviation) -> bool {
        let Some(at) = &deviation.at else { return false };
        let inside = |outer: &str, inner: &str| {
            inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        inside(at, &self.at) || inside(&self.at, at)
    }

    /// Whether the keyword is the deviation's rule, or one that stands around it.
    fn breaks(&self, deviation: &Deviation) -> bool {
        const AROUND: [&str; 14] = [
            "anyOf",
            "oneOf",
            "allOf",
            "not",
            "if",
            "then",
            "else",
            "$ref",
            "const",
            "enum",
            "dependentSchemas",
            "unevaluatedProperties",
            "unevaluatedItems",
            "falseSchema",
        ];
        let rule = deviation.rule.lossy();
        let rule = if rule == "null" { "type" } else { &*rule };
        self.keyword == rule || AROUND.contains(&&*self.keyword) || rule == "discriminator"
    }
}

/// Everything in a call that the contract forbids.
fn departures(operation: &Operation, call: &Call) -> Vec<Departure> {
    let mut departures = Vec::new();
    let mut add = |at: String, keyword: &str| {
        departures.push(Departure { at, keyword: keyword.to_owned() });
    };
    for parameter in input::parameters(operation) {
        let part = parameter.location.part();
        let place = |pointer: &Pointer| {
            case::place(part, &Pointer::root().child(parameter.name.as_str()).join(pointer))
        };
        match given(call, parameter.location, &parameter.name) {
            None if parameter.required => add(place(&Pointer::root()), "required"),
            None => {}
            Some(value) => {
                for violation in on_wire(&parameter.schema, value, parameter.content.is_none()) {
                    add(place(&violation.instance), &violation.keyword);
                }
            }
        }
    }
    match (&operation.body, &call.body) {
        (Some(promised), None) if promised.required => {
            let part = promised.contents.first().map_or("json", |content| content.kind.part());
            add(part.to_owned(), "required");
        }
        (Some(promised), Some(body)) => {
            let content =
                promised.contents.iter().find(|content| content.kind.part() == body.part());
            let schema = content.and_then(|content| content.schema.as_ref());
            if let (Some(schema), Some(value)) = (schema, body.value()) {
                let textual = matches!(body, Body::Form(_) | Body::Multipart(_) | Body::Xml(_));
                let violations =
                    if textual { members_on_wire(schema, value) } else { judge(schema, value) };
                for violation in violations {
                    add(case::place(body.part(), &violation.instance), &violation.keyword);
                }
            }
        }
        _ => {}
    }
    departures
}

fn given<'c>(call: &'c Call, location: Location, name: &str) -> Option<&'c Value> {
    let list = match location {
        Location::Path => &call.path,
        Location::Query | Location::QueryString => &call.query,
        Location::Header => &call.headers,
        Location::Cookie => &call.cookies,
    };
    list.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn judge(schema: &Schema, value: &Value) -> Vec<Violation> {
    if schema.accepts_formats(value) {
        return Vec::new();
    }
    let mut violations = schema.violations(value);
    violations.extend(schema.format_violations(value));
    violations
}

/// What is wrong with a value that travels as text: nothing, where any reading of the text is valid.
fn on_wire(schema: &Schema, value: &Value, textual: bool) -> Vec<Violation> {
    let violations = judge(schema, value);
    if violations.is_empty() || !textual {
        return violations;
    }
    let readable = readings(value).iter().any(|reading| schema.accepts_formats(reading));
    if readable { Vec::new() } else { violations }
}

/// The same for an object whose members travel as text, one by one.
fn members_on_wire(schema: &Schema, value: &Value) -> Vec<Violation> {
    let violations = judge(schema, value);
    let Value::Object(object) = value else { return violations };
    if violations.is_empty() {
        return violations;
    }
    let readable = object.iter().any(|(key, member)| {
        readings(member).into_iter().any(|reading| {
            let mut other = object.clone();
            other.set(key, reading);
            schema.accepts_formats(&Value::Object(other))
        })
    });
    if readable { Vec::new() } else { violations }
}

/// Other values that the text of a value may be read as.
fn readings(value: &Value) -> Vec<Value> {
    let scalar = |text: &str| {
        let mut readings = vec![Value::text(text)];
        readings.extend(Number::parse(text.trim()).map(Value::Number));
        match &*text.to_ascii_lowercase() {
            "true" | "1" | "on" | "yes" => readings.push(Value::Bool(true)),
            "false" | "0" | "off" | "no" => readings.push(Value::Bool(false)),
            "" | "null" => readings.push(Value::Null),
            _ => {}
        }
        if let Some(plain) = text.trim().strip_prefix('+').and_then(Number::parse) {
            readings.push(Value::Number(plain));
        }
        readings
    };
    match value {
        Value::Bool(bool) => scalar(if *bool { "true" } else { "false" }),
        Value::Number(number) => scalar(&number.lexeme()),
        Value::Null => scalar(""),
        Value::String(text) => {
            let mut readings = text.as_str().map(scalar).unwrap_or_default();
            // One element may be read as a list of it, and a list written with commas as a list.
            readings.push(Value::Array(vec![value.clone()]));
            readings
        }
        // A list of one and the one look alike; an empty one looks like nothing at all.
        Value::Array(items) => {
            let mut lists = vec![Vec::new()];
            for item in items.iter().take(4) {
                let ways = match item {
                    Value::Array(_) | Value::Object(_) => vec![item.clone()],
                    scalar => readings(scalar),
                };
                lists = lists
                    .into_iter()
                    .flat_map(|list: Vec<Value>| {
                        ways.iter().map(move |way| {
                            let mut list = list.clone();
                            list.push(way.clone());
                            list
                        })
                    })
                    .take(64)
                    .collect();
            }
            let mut readings: Vec<Value> =
                items.first().filter(|_| items.len() == 1).cloned().into_iter().collect();
            readings.extend(lists.into_iter().map(|mut list| {
                list.extend(items.iter().skip(4).cloned());
                Value::Array(list)
            }));
            let joined: Vec<String> = items
                .iter()
                .map(|item| match item {
                    Value::String(text) => text.lossy().into_owned(),
                    other => other.to_string(),
                })
                .collect();
            readings.push(Value::String(Text::from(joined.join(","))));
            readings
        }
        _ => Vec::new(),
    }
}
