//! Lifting a call: the choices that draw it.

use super::{OPEN, body_place, content_index, list, parameter_place, parameters};
use crate::case::Call;
use crate::choice::{Choice, Item};
use crate::generate::value::{self, any};
use crate::schema::Shapes;
use crate::spec::{BodyKind, Operation};
use crate::value::{Text, Value};

/// Appends the choices that make [`draw`](super::draw) give exactly this input; `false` where its body is of a
/// media type that the operation does not have, or its parameters stand in an order that cannot be
/// drawn.
pub fn lift(operation: &Operation, call: &Call, items: &mut Vec<Item>) -> bool {
    let start = items.len();
    let mut left = call.clone();
    let mut known: Vec<Item> = Vec::new();
    for parameter in parameters(operation) {
        let values = list(&mut left, parameter.location);
        let at = values.iter().position(|(name, _)| *name == parameter.name);
        lift_given(parameter.required, at.is_some(), &mut known);
        if let Some(at) = at {
            value::lift(parameter_place(parameter), &values.remove(at).1, &mut known);
        }
    }
    let extra: Vec<(usize, (String, Value))> = OPEN
        .into_iter()
        .enumerate()
        .flat_map(|(index, location)| {
            std::mem::take(list(&mut left, location)).into_iter().map(move |member| (index, member))
        })
        .collect();
    if !left.path.is_empty() {
        return false;
    }
    if !extra.is_empty() {
        items.push(Item::Choice(Choice::Extra(Shapes::ANY.0)));
        for (location, (name, value)) in extra {
            items.push(Item::Choice(Choice::Bool(true)));
            items.push(Item::Choice(Choice::Branch(location as u32)));
            items.push(Item::Choice(Choice::Text(Text::from(name))));
            any::lift(&value, items);
        }
        items.push(Item::Choice(Choice::Bool(false)));
    }
    items.extend(known);
    let fits = lift_body(operation, call, items);
    if !fits {
        items.truncate(start);
    }
    fits
}

fn lift_body(operation: &Operation, call: &Call, items: &mut Vec<Item>) -> bool {
    let given = call.body.as_ref();
    let Some(promised) = operation.body.as_ref().filter(|body| !body.contents.is_empty()) else {
        return given.is_none();
    };
    lift_given(promised.required, given.is_some(), items);
    let Some(given) = given else { return true };
    let chosen = content_index(promised, call);
    let (Some(chosen), Some(value)) = (chosen, given.value()) else { return false };
    let content = &promised.contents[chosen];
    if promised.contents.len() > 1 {
        items.push(Item::Choice(Choice::Branch(chosen as u32)));
    }
    match (body_place(content), content.kind, value) {
        (Some(place), ..) => value::lift(place, value, items),
        (None, BodyKind::Text, Value::String(text)) => {
            items.push(Item::Choice(Choice::Text(text.clone())));
        }
        (None, BodyKind::Bytes, Value::Bytes(octets)) => {
            items.push(Item::Choice(Choice::Bytes(octets.clone())));
        }
        (None, BodyKind::Text | BodyKind::Bytes, _) => return false,
        (None, ..) => any::lift(value, items),
    }
    true
}

/// Appends the choice that says whether a part is there.
fn lift_given(required: bool, given: bool, items: &mut Vec<Item>) {
    match (required, given) {
        (true, true) => {}
        (true, false) => items.push(Item::Choice(Choice::Missing)),
        (false, _) => items.push(Item::Choice(Choice::Bool(given))),
    }
}
