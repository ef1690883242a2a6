//! Types: each other one, those first that a lenient reader would take for the right one.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::{Number, Value};

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "null",
        "true",
        "zero",
        "one",
        "text",
        "empty text",
        "empty array",
        "empty object",
        "in an array",
        "in an object",
        "as text",
        "as number",
        "as text with leading zeros",
        "NaN as text",
        "Infinity as text",
        "minus Infinity as text",
        "its first element",
        "with a fraction",
        "object",
        "a word for yes",
        "a word for no",
        "what a box that is ticked sends",
    ]
}

/// Breaks `type`.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    if spot.node.branches.is_empty() {
        return;
    }
    let current = spot.current();
    let mut others: Vec<(&'static str, Value)> = vec![
        ("null", Value::Null),
        ("true", Value::Bool(true)),
        ("zero", Value::int(0)),
        ("one", Value::int(1)),
        ("text", Value::text("0")),
        ("empty text", Value::text("")),
        ("empty array", Value::Array(Vec::new())),
        ("empty object", Value::object::<&str>([])),
        ("in an array", Value::Array(vec![current.clone()])),
        ("in an object", Value::object([("value", current.clone())])),
    ];
    match current {
        Value::Number(number) => {
            others.push(("as text", Value::text(number.lexeme().as_ref())));
            let zeros = format!("00{}", number.lexeme());
            others.push(("as text with leading zeros", Value::text(zeros)));
            others.push(("NaN as text", Value::text("NaN")));
            others.push(("Infinity as text", Value::text("Infinity")));
            others.push(("minus Infinity as text", Value::text("-Infinity")));
        }
        Value::Bool(bool) => {
            others.push(("as text", Value::text(if *bool { "true" } else { "false" })));
            others.push(("a word for yes", Value::text("yes")));
            others.push(("a word for no", Value::text("off")));
            // The value of a checkbox without one (HTML Living Standard, section 4.10.5.4).
            others.push(("what a box that is ticked sends", Value::text("on")));
        }
        Value::String(text) => {
            others.extend(
                text.as_str().and_then(Number::parse).map(|n| ("as number", Value::Number(n))),
            );
        }
        Value::Array(items) => {
            others.extend(items.first().map(|item| ("its first element", item.clone())));
        }
        _ => {}
    }
    let integer = spot.node.branches.iter().any(|b| matches!(b, Branch::Number(n) if n.integer));
    if integer {
        let half = current.as_i64().and_then(|int| Number::parse(&format!("{int}.5")));
        others.extend(half.map(|number| ("with a fraction", Value::Number(number))));
    }
    let text = spot.node.branches.iter().any(|b| matches!(b, Branch::String(_)));
    if text {
        others.push(("object", Value::object([("a", Value::int(1))])));
    }
    for (class, value) in others {
        emit.value("type", class, value);
    }
}
