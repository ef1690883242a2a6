//! Objects: which members are there, how many, under which names, how deep.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::Shapes;
use crate::schema::shape::{Branch, ObjectShape};
use crate::value::{Object, Value};

/// Names that programs take for something else.
const ODD_NAMES: [(&str, &str); 8] = [
    ("member named by nothing", ""),
    ("member __proto__", "__proto__"),
    ("member constructor", "constructor"),
    ("member $ref", "$ref"),
    ("member with a dot", "a.b"),
    ("member with a space", "a b"),
    ("member with an accent", "é"),
    ("member of 256 characters", ""),
];

/// What to try where an object may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::Object(shape) = branch else { continue };
        presence(spot, shape, emit);
        further(spot, shape, emit);
    }
}

fn presence(spot: &Spot<'_>, shape: &ObjectShape, emit: &mut Emit<'_>) {
    let with = |wanted: &dyn Fn(usize) -> bool| -> Option<Value> {
        let members = shape
            .members
            .iter()
            .enumerate()
            .filter(|(index, member)| member.required || !member.read_only && wanted(*index));
        members
            .map(|(_, member)| Some((member.name.clone(), spot.simplest(member.node)?)))
            .collect::<Option<Object>>()
            .map(Value::Object)
    };
    let optional: Vec<usize> = shape
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| !member.required && !member.read_only)
        .map(|(index, _)| index)
        .collect();
    let mut valid = |class, value: Option<Value>| {
        if let Some(value) = value {
            emit.valid(class, value);
        }
    };
    valid("required members only", with(&|_| false));
    if optional.is_empty() {
        return;
    }
    valid("all members", with(&|_| true));
    for only in &optional {
        valid("one optional member", with(&|index| index == *only));
    }
    if optional.len() > 2 {
        for left_out in &optional {
            valid("all members but one", with(&|index| index != *left_out));
        }
    }
    for (first, second) in optional.iter().zip(optional.iter().skip(1)) {
        if optional.len() > 2 {
            valid("two optional members", with(&|index| index == *first || index == *second));
        }
    }
}

fn further(spot: &Spot<'_>, shape: &ObjectShape, emit: &mut Emit<'_>) {
    let Some(Value::Object(usual)) = spot.usual_of_object() else { return };
    let Some(node) = shape.additional.filter(|_| shape.patterns.is_empty()) else { return };
    let Some(value) = spot.simplest(node) else { return };
    let with = |names: &mut dyn Iterator<Item = String>| {
        let mut object = usual.clone();
        for name in names {
            if !object.contains(&name) {
                object.push(name, value.clone());
            }
        }
        Value::Object(object)
    };
    if shape.open && shape.names.is_none() {
        for (class, name) in ODD_NAMES {
            let long = class.contains("256");
            let name = if long { "a".repeat(256) } else { name.to_owned() };
            emit.unspecified(class, with(&mut std::iter::once(name)));
        }
        for (class, count) in [("one more member", 1), ("two more members", 2)] {
            emit.valid(class, with(&mut (0..count).map(|index| format!("k{index}"))));
        }
        for (class, bound) in [("minProperties", Some(shape.min)), ("maxProperties", shape.max)] {
            let lacking = bound.unwrap_or(0).saturating_sub(usual.len());
            if lacking > 0 && lacking <= 1000 {
                emit.valid(class, with(&mut (0..lacking).map(|index| format!("k{index}"))));
            }
        }
        if node == Shapes::ANY {
            for (class, depth) in [("nested 64 deep", 64), ("nested 128 deep", 128)] {
                let nested = (0..depth).fold(Value::Null, |inner, _| Value::object([("a", inner)]));
                emit.unspecified(class, Value::object([("a", nested)]));
            }
        }
    }
}
