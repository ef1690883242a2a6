//! What the catalogues give for one operation: calls that are planned, in the order they are tried.

use std::sync::Arc;

use super::planned::{Planned, Slot};
use super::value::Place;
use super::walk::{Edit, Leaf, Site, Spot, walk};
use super::{boundary, confirm, deviation, input, malformed};
use crate::case::{Call, Label};
use crate::choice::{Draw, Rng, Source};
use crate::spec::{Location, Operation, Service};
use crate::value::{Pointer, Value};

/// So many planned calls are worked out for one that is what its label says.
const ATTEMPTS: usize = 20;

/// The usual call of an operation: what the catalogues change one thing of.
///
/// The document's examples where it has any, else the simplest call. Optional parts are left out.
///
/// # Errors
/// A required part of the input can have no value.
pub fn baseline(operation: &Operation) -> Draw<Call> {
    let simplest = Source::replay(&[]).run(|source| input::draw(operation, "s1", source));
    let (mut call, _) = simplest.or_else(|_| {
        Source::random(Rng::new(0)).run(|source| input::draw(operation, "s1", source))
    })?;
    for parameter in input::parameters(operation).filter(|parameter| parameter.required) {
        let example = parameter.examples.iter().chain(examples(input::parameter_place(parameter)));
        let valid = example.into_iter().find(|value| parameter.schema.accepts(value)).cloned();
        let list = input::list(&mut call, parameter.location);
        if let Some(value) = valid
            && let Some(given) = list.iter_mut().find(|(name, _)| *name == parameter.name)
        {
            given.1 = value;
        }
    }
    Ok(call)
}

/// Calls made of the document's own examples.
pub fn examples_of(operation: &Operation) -> Vec<Planned> {
    let Ok(base) = baseline(operation) else { return Vec::new() };
    let base = Arc::new(base);
    let mut planned = vec![Planned::whole("usual", &base)];
    for (slot, place) in slots(operation) {
        let listed: Vec<Value> = match slot {
            Slot::Parameter(index) => operation.parameters[index].examples.clone(),
            Slot::Body(index) => {
                let content = operation.body.as_ref().and_then(|body| body.contents.get(index));
                content.map(|content| content.examples.clone()).unwrap_or_default()
            }
        };
        for value in listed.into_iter().chain(examples(place).cloned()) {
            let edit = Edit {
                class: "example",
                site: Arc::new(Site { pointer: Pointer::root(), root: Value::Null }),
                leaf: Leaf::Value(value),
            };
            planned.push(Planned::boundary(&base, slot, edit, Label::Valid));
        }
    }
    for seed in 0..6 {
        let drawn =
            Source::random(Rng::new(seed)).run(|source| input::draw(operation, "s1", source));
        if let Ok((call, _)) = drawn {
            planned.push(Planned::whole("usual", &Arc::new(call)));
        }
    }
    planned
}

fn examples(place: Place<'_>) -> std::slice::Iter<'_, Value> {
    place.shapes.node(place.node).map_or([].iter(), |node| node.examples.iter())
}

/// The parts of an operation's input, each with its place.
fn slots(operation: &Operation) -> Vec<(Slot, Place<'_>)> {
    let parameters = operation.parameters.iter().enumerate().filter(|(_, parameter)| {
        input::parameters(operation).any(|known| std::ptr::eq(known, *parameter))
    });
    let parameters = parameters
        .map(|(index, parameter)| (Slot::Parameter(index), input::parameter_place(parameter)));
    let contents = operation.body.iter().flat_map(|body| body.contents.iter().enumerate());
    let bodies = contents
        .filter_map(|(index, content)| Some((Slot::Body(index), input::body_place(content)?)));
    parameters.chain(bodies).collect()
}

/// The value that a call has in a slot.
fn given(operation: &Operation, call: &Call, slot: Slot) -> Option<Value> {
    match slot {
        Slot::Parameter(index) => input::given(call, operation.parameters.get(index)?).cloned(),
        Slot::Body(index) => {
            let content = operation.body.as_ref()?.contents.get(index)?;
            let own = input::content_of(operation, call)?;
            call.body.as_ref().filter(|_| std::ptr::eq(own, content))?.value().cloned()
        }
    }
}

/// One value at a boundary, all else as in `base`; the first class of every place first.
pub fn boundary(operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    each_spot(operation, base, &mut |slot, spot| {
        let mut ordinal = 0;
        boundary::edges(spot, &mut |class, leaf, label| {
            planned.push((ordinal, Planned::boundary(base, slot, edit(spot, class, leaf), label)));
            ordinal += 1;
        });
    });
    planned.sort_by_key(|(ordinal, _)| *ordinal);
    planned.into_iter().map(|(_, planned)| planned).collect()
}

/// One broken rule, all else as in `base`; the first rule of every place first.
pub fn invalid(operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if parameter.required && parameter.location != Location::Path {
            planned.push((0, Planned::missing(base, Slot::Parameter(index))));
        }
    }
    if operation.body.as_ref().is_some_and(|body| body.required && !body.contents.is_empty()) {
        planned.push((0, Planned::missing(base, Slot::Body(0))));
    }
    each_spot(operation, base, &mut |slot, spot| {
        let mut ordinal = 0;
        deviation::breaks(spot, &mut |rule, class, leaf| {
            planned.push((ordinal, Planned::breaking(base, slot, rule, edit(spot, class, leaf))));
            ordinal += 1;
        });
    });
    planned.sort_by_key(|(ordinal, _)| *ordinal);
    planned.into_iter().map(|(_, planned)| planned).collect()
}

fn edit(spot: &Spot<'_>, class: &'static str, leaf: Leaf) -> Edit {
    Edit { class, site: Arc::clone(&spot.site), leaf }
}

fn each_spot<'o>(operation: &'o Operation, base: &Call, visit: &mut dyn FnMut(Slot, &Spot<'o>)) {
    for (slot, place) in slots(operation) {
        let usual = given(operation, base, slot);
        walk(place, usual.as_ref(), &mut |spot| visit(slot, spot));
    }
}

/// Calls that are damaged on the wire.
pub fn malformed(service: &Service, operation: &Operation, base: &Arc<Call>) -> Vec<Planned> {
    malformed::planned(service, operation, base)
}

/// A random call that the contract allows: unspecified where a value cannot be read back from the
/// wire, else valid.
///
/// # Errors
/// A required part of the input can have no value.
pub fn random(operation: &Operation, rng: Rng) -> Draw<Call> {
    let drawn = Source::random(rng).run(|source| input::draw(operation, "s1", source));
    let (mut call, _) = drawn?;
    call.label = confirm::lawful(operation, &call);
    Ok(call)
}

/// A random call that breaks one rule: a random valid one with a value that is broken at one of its
/// places, or with a whole value that its schema forbids.
pub fn random_invalid(operation: &Operation, mut rng: Rng) -> Option<Call> {
    let Ok(base) = random(operation, Rng::new(rng.next_u64())) else {
        // Nothing is valid for some part, so anything is invalid.
        let drawn = Source::random(rng).run(|source| input::draw_any(operation, "s1", source));
        return confirm::named(operation, drawn.ok()?.0);
    };
    let base = Arc::new(base);
    let mut planned = invalid(operation, &base);
    for _ in 0..ATTEMPTS {
        if planned.is_empty() {
            return None;
        }
        let index = rng.index(planned.len());
        if let Some(call) = planned.swap_remove(index).call(operation) {
            return Some(call);
        }
    }
    None
}
