//! Where a deviation stands once elements before it are gone, or what it stood in.

use std::borrow::Cow;

use super::departure::Departure;
use crate::case::{Call, Deviation, value_at};
use crate::generate::input;
use crate::generate::value::Place;
use crate::schema::shape::{Branch, ObjectShape};
use crate::spec::Operation;
use crate::value::{Pointer, Text, Value};

/// Rules that name a member which is not there.
const OF_ABSENT: [&str; 3] = ["required", "dependentRequired", "minProperties"];

/// The place of a deviation by what is seen in the values: its own, where that is right. `None` where
/// nothing shows it, or several places may be meant.
pub(super) fn place<'c>(
    operation: &Operation,
    call: &'c Call,
    deviation: &'c Deviation,
    departures: &[Departure],
) -> Option<Cow<'c, str>> {
    let at = deviation.at.as_deref()?;
    let stands = |departure: &&Departure| stands(call, deviation, at, departure);
    let mut shown = departures.iter().filter(|departure| departure.shows(deviation));
    if shown.clone().any(|departure| stands(&departure)) {
        return Some(at.into());
    }
    let departure = match shown.find(|departure| departure.is_by(deviation)) {
        Some(own) => own,
        None => only(call, deviation, departures)?,
    };
    Some(named(operation, call, deviation, departure).into())
}

/// Whether the place of a deviation is what a departure is about.
fn stands(call: &Call, deviation: &Deviation, at: &str, departure: &Departure) -> bool {
    if is_of_absent(deviation) && departure.is_by(deviation) {
        let parent = at.rsplit_once('/').map(|(parent, _)| parent);
        let member_is_there = value_at(call, at).is_some();
        return departure.at == at || parent == Some(&*departure.at) && !member_is_there;
    }
    departure.at == at || value_at(call, at).is_some()
}

/// The one departure by the rule of a deviation that no other deviation explains.
fn only<'d>(
    call: &Call,
    deviation: &Deviation,
    departures: &'d [Departure],
) -> Option<&'d Departure> {
    let unexplained = |departure: &&Departure| {
        let mut others = call.deviations.iter().filter(|other| *other != deviation);
        !others.any(|other| departure.shows(other))
    };
    let mut own = departures.iter().filter(|departure| departure.is_by(deviation));
    let only = own.by_ref().find(unexplained)?;
    own.find(unexplained).is_none().then_some(only)
}

/// The place of what a departure is about: a member, where it reports at the object that lacks it or
/// has it.
fn named(
    operation: &Operation,
    call: &Call,
    deviation: &Deviation,
    departure: &Departure,
) -> String {
    let member = |name: &Text| {
        let pointer = Pointer::root().child(name.clone());
        format!("{}{pointer}", departure.at)
    };
    let object = value_at(call, &departure.at).and_then(Value::as_object);
    let Some(object) = object else { return departure.at.clone() };
    let has = |name: &Text| object.keys().any(|key| key == name);
    let shapes = shapes_at(operation, call, &departure.at);
    if is_of_absent(deviation) {
        // The same name is missing from another object, unless only others are.
        let own =
            deviation.at.as_deref().and_then(|at| Pointer::parse(&format!("/{at}")).ok()?.pop());
        let known = |name: &Text| shapes.iter().any(|s| s.members.iter().any(|m| m.name == *name));
        let own = own.filter(|name| known(name) && !has(name));
        let mut required =
            shapes.iter().flat_map(|shape| &shape.members).filter(|m| m.required && !has(&m.name));
        let name = own.or_else(|| required.next().map(|missing| missing.name.clone()));
        return name.map_or_else(|| departure.at.clone(), |name| member(&name));
    }
    if deviation.rule == "additionalProperties" {
        let further = object.keys().find(|key| shapes.iter().all(|s| s.node_of(key).is_none()));
        return further.map_or_else(|| departure.at.clone(), member);
    }
    departure.at.clone()
}

fn is_of_absent(deviation: &Deviation) -> bool {
    deviation.rule.as_str().is_some_and(|rule| OF_ABSENT.contains(&rule))
}

/// What objects at a place of a call look like.
fn shapes_at<'o>(operation: &'o Operation, call: &Call, at: &str) -> Vec<&'o ObjectShape> {
    let place = place_at(operation, call, at);
    let node = place.and_then(|place| place.shapes.node(place.node));
    node.into_iter().flat_map(|node| &node.branches).filter_map(Branch::as_object).collect()
}

/// The place in the contract of a place in a call.
fn place_at<'o>(operation: &'o Operation, call: &Call, at: &str) -> Option<Place<'o>> {
    let pointer = Pointer::parse(&format!("/{at}")).ok()?;
    let (part, below) = pointer.tokens().split_first()?;
    let (root, below) = if call.body.as_ref().is_some_and(|body| part.as_str() == Some(body.part()))
    {
        (input::content_of(operation, call).and_then(input::body_place)?, below)
    } else {
        let (name, below) = below.split_first()?;
        let mut own = input::parameters(operation)
            .filter(|parameter| name.as_str() == Some(&*parameter.name));
        let own = own.find(|parameter| part.as_str() == Some(parameter.location.part()))?;
        (input::parameter_place(own), below)
    };
    root.find(&below.iter().cloned().collect())
}

/// Whether a member of a body that the server owns stands at a place of a call.
pub(super) fn is_read_only(operation: &Operation, call: &Call, at: &str) -> bool {
    let Some((above, _)) = at.rsplit_once('/').filter(|_| value_at(call, at).is_some()) else {
        return false;
    };
    let name = Pointer::parse(&format!("/{at}")).ok().and_then(|mut pointer| pointer.pop());
    let node = place_at(operation, call, above).and_then(|place| place.shapes.node(place.node));
    let mut objects =
        node.into_iter().flat_map(|node| &node.branches).filter_map(Branch::as_object);
    objects
        .any(|object| object.members.iter().any(|m| m.read_only && Some(&m.name) == name.as_ref()))
}
