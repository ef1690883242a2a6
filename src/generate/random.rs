//! Random calls: those a contract allows, and those that break one rule of it.

use std::sync::Arc;

use super::planned::{Planned, Slot};
use super::value::Place;
use super::walk::{Edit, Leaf, Site, Spot};
use super::{catalogue, confirm, deviation, input};
use crate::case::{Call, Label};
use crate::choice::{Draw, Overrun, Rng, Source};
use crate::spec::Operation;
use crate::value::{Pointer, Value};

/// So many broken values are worked out for one that breaks just what it says.
const ATTEMPTS: usize = 60;

/// A random call that the contract allows, confirmed: unspecified where a value cannot be read back
/// from the wire, else valid.
///
/// # Errors
/// A required part of the input can have no value, or what was drawn is not allowed after all.
pub fn random(operation: &Operation, rng: Rng) -> Draw<Call> {
    let drawn = Source::random(rng).run(|source| input::draw(operation, "s1", source));
    confirm::lawful(operation, drawn?.0, Label::Valid).ok_or(Overrun)
}

/// A random call that breaks one rule: a random valid one, broken at one of its places; where nothing
/// is valid, any values at all. `None` where none was found.
pub fn random_invalid(operation: &Operation, mut rng: Rng) -> Option<Call> {
    let drawn = (0..4).find_map(|_| random(operation, Rng::new(rng.next_u64())).ok());
    let Some(base) = drawn else {
        let drawn = Source::random(rng).run(|source| input::draw_any(operation, "s1", source));
        return confirm::named(operation, drawn.ok()?.0);
    };
    let base = Arc::new(base);
    let mut given: Vec<(Slot, Place<'_>, Value)> = Vec::new();
    for (slot, place) in catalogue::slots(operation) {
        given.extend(catalogue::given(operation, &base, slot).map(|value| (slot, place, value)));
    }
    for _ in 0..ATTEMPTS {
        let (slot, place, root) = rng.pick(&given)?;
        let spot = somewhere(*place, root, &mut rng);
        let mut broken: Vec<(Option<&'static str>, &'static str, Leaf)> = Vec::new();
        let family = rng.pick(&deviation::FAMILIES)?;
        family.breaks_at(&spot, &mut |rule, class, leaf| broken.push((rule, class, leaf)));
        let index = rng.index(broken.len());
        let Some((rule, class, leaf)) = (index < broken.len()).then(|| broken.swap_remove(index))
        else {
            continue;
        };
        let edit = Edit { class, site: Arc::clone(&spot.site), leaf };
        let call = Planned::breaking(&base, *slot, rule, edit).call(operation);
        if call.is_some() {
            return call;
        }
    }
    None
}

/// A random place of a value, by a walk that may end anywhere.
fn somewhere<'s>(mut place: Place<'s>, root: &Value, rng: &mut Rng) -> Spot<'s> {
    let mut pointer = Pointer::root();
    let mut current = root;
    let (mut optional, mut required) = (false, false);
    while rng.chance(0.8) {
        match current {
            Value::Object(object) => {
                let members: Vec<_> = object.iter().collect();
                let Some((name, value)) = rng.pick(&members) else { break };
                let Some(below) = place.member(name) else { break };
                required = place.shapes.node_or_any(place.node).branches.iter().any(|branch| {
                    let object = branch.as_object();
                    object.is_some_and(|o| o.members.iter().any(|m| m.required && m.name == *name))
                });
                optional = !required;
                pointer.push(name.clone());
                (place, current) = (below, value);
            }
            Value::Array(items) if !items.is_empty() => {
                let index = rng.index(items.len());
                let Some(below) = place.element(index) else { break };
                (optional, required) = (false, false);
                pointer.push(index.to_string());
                (place, current) = (below, &items[index]);
            }
            _ => break,
        }
    }
    let node = place.shapes.node_or_any(place.node);
    let site = Arc::new(Site { pointer, root: root.clone() });
    Spot { place, node, site, optional, required, outer: None }
}
