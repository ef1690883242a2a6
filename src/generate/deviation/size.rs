//! Lengths of texts, counts of elements and members, uniqueness.

use super::{Emit, with};
use crate::generate::walk::Spot;
use crate::schema::shape::{ArrayShape, Branch, ObjectShape, StringShape};
use crate::value::{Number, Object, Value};

/// Longer texts are not made only to be refused.
const LONGEST: usize = 1 << 20;

/// More elements are not made only to be refused.
const MOST: usize = 1_000;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "one too short",
        "empty",
        "long enough in octets",
        "one too long",
        "far too long",
        "a million too long",
        "one too long of astral characters",
        "one too few",
        "none",
        "one too many",
        "ten times too many",
        "one after the last",
        "two equal",
        "two equal, members turned",
        "two equal, written differently",
        "one member too many",
        "too few members",
        "another name",
    ]
}

/// Breaks each rule of size.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        match branch {
            Branch::String(shape) => text(shape, emit),
            Branch::Array(shape) => array(spot, shape, emit),
            Branch::Object(shape) => object(spot, branch, shape, emit),
            _ => {}
        }
    }
}

fn text(shape: &StringShape, emit: &mut Emit<'_>) {
    if !shape.is_free() {
        return;
    }
    if shape.min > 0 && shape.min <= LONGEST {
        emit.repeat("minLength", "one too short", "0", shape.min - 1);
        emit.value("minLength", "empty", Value::text(""));
        // As many octets as asked for, but fewer code points.
        emit.repeat("minLength", "long enough in octets", "é", shape.min - 1);
    }
    if let Some(max) = shape.max.filter(|max| *max < LONGEST) {
        emit.repeat("maxLength", "one too long", "0", max + 1);
        emit.repeat("maxLength", "far too long", "0", (max + 1) * 10);
        emit.repeat("maxLength", "a million too long", "0", max + 1_000_000);
        emit.repeat("maxLength", "one too long of astral characters", "😀", max + 1);
    }
}

fn array(spot: &Spot<'_>, shape: &ArrayShape, emit: &mut Emit<'_>) {
    let list = |count: usize| -> Option<Value> {
        let rest = if shape.unique { spot.several(shape.rest?, count) } else { Vec::new() };
        (0..count)
            .map(|index| match shape.prefix.get(index) {
                Some(node) => spot.simplest(*node),
                None if shape.unique => rest.get(index).cloned(),
                None => spot.simplest(shape.rest?),
            })
            .collect::<Option<Vec<Value>>>()
            .map(Value::Array)
    };
    let mut count = |rule, class, count: usize| {
        if count <= MOST + 1
            && let Some(list) = list(count)
        {
            emit.value(rule, class, list);
        }
    };
    if shape.min > 0 {
        count("minItems", "one too few", shape.min - 1);
        count("minItems", "none", 0);
    }
    if let Some(max) = shape.max {
        count("maxItems", "one too many", max + 1);
        count("maxItems", "ten times too many", (max + 1).saturating_mul(10));
        if shape.rest.is_none()
            && let Some(Value::Array(mut full)) = list(max.min(MOST))
        {
            full.push(Value::Null);
            emit.value("items", "one after the last", Value::Array(full));
        }
    }
    if shape.unique
        && let Some(rest) = shape.rest
    {
        let values = spot.several(rest, 2);
        if let Some(first) = values.first() {
            let fill = |mut list: Vec<Value>| {
                let more = spot.several(rest, shape.min);
                list.extend(more.into_iter().skip(1).take(shape.min.saturating_sub(2)));
                Value::Array(list)
            };
            emit.value("uniqueItems", "two equal", fill(vec![first.clone(), first.clone()]));
            if let Some(number) = first.as_number().filter(|number| number.as_i128().is_some()) {
                let twin = Number::parse(&format!("{number}.0")).map(Value::Number);
                if let Some(twin) = twin {
                    let pair = fill(vec![first.clone(), twin]);
                    emit.value("uniqueItems", "two equal, written differently", pair);
                }
            }
            if let Some(turned) = turned(first) {
                emit.value(
                    "uniqueItems",
                    "two equal, members turned",
                    fill(vec![first.clone(), turned]),
                );
            }
        }
    }
}

/// The same object with its members in another order.
fn turned(value: &Value) -> Option<Value> {
    let object = value.as_object().filter(|object| object.len() > 1)?;
    let mut members: Vec<_> = object.iter().cloned().collect();
    members.reverse();
    Some(Value::Object(members.into_iter().collect::<Object>()))
}

fn object(spot: &Spot<'_>, branch: &Branch, shape: &ObjectShape, emit: &mut Emit<'_>) {
    let Some(Value::Object(usual)) = spot.simplest_of(branch) else { return };
    if let Some(max) = shape.max.filter(|max| *max < MOST) {
        let mut full = usual.clone();
        for member in shape.members.iter().filter(|member| !member.read_only) {
            if full.len() <= max && !full.contains(&member.name.lossy()) {
                full.extend_with(&member.name, spot.simplest(member.node));
            }
        }
        let extra = shape.additional.and_then(|node| spot.simplest(node));
        let mut number = 0;
        while let Some(value) = extra.as_ref().filter(|_| full.len() <= max) {
            full.set(format!("k{number}"), value.clone());
            number += 1;
        }
        emit.value("maxProperties", "one member too many", Value::Object(full));
    }
    if shape.min > 0 {
        let mut few = Object::new();
        for member in shape.members.iter().filter(|member| member.required) {
            few.extend_with(&member.name, spot.simplest(member.node));
        }
        emit.value("minProperties", "too few members", Value::Object(few));
    }
    if let Some(names) = shape.names
        && let Some(value) = shape.additional.and_then(|node| spot.simplest(node))
    {
        for name in ["", " ", "0", "a", "A", "é", "a b"] {
            let fits = spot
                .place
                .shapes
                .node(names)
                .is_some_and(|node| spot.place.shapes.confirms(node, &Value::text(name)));
            if !fits || name.is_empty() {
                emit.value("propertyNames", "another name", with(&usual, name, value.clone()));
            }
        }
    }
}
