//! Combinations: what no branch admits, what two admit, what is denied, a discriminator that lies.

use super::{Emit, overlap};
use crate::choice::{Rng, Source};
use crate::generate::value::{Place, draw};
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::{Object, Value};

/// So many values are drawn from the negation of a guarded place.
const DRAWN: u64 = 8;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "drawn from the negation",
        "two branches at once",
        "the name of another branch",
        "the name of no branch",
    ]
}

/// Breaks rules that combine schemas.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    if let Some(denied) = spot.place.shapes.negation(spot.place.node) {
        let place = Place::root(&denied, spot.place.setting);
        let mut seen: Vec<Value> = Vec::new();
        for seed in 0..DRAWN {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(place, source));
            let Ok((value, _)) = drawn else { continue };
            let forbidden =
                spot.node.guard.is_none() || !spot.place.shapes.confirms(spot.node, &value);
            if forbidden && !seen.contains(&value) {
                seen.push(value.clone());
                emit.found("drawn from the negation", value);
            }
        }
    }
    for both in overlap::values(spot) {
        emit.value("oneOf", "two branches at once", both);
    }
    tags(spot, emit);
}

/// Objects of one branch under a name that is another's, or no one's.
fn tags(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    let objects = spot.node.branches.iter().filter(|branch| matches!(branch, Branch::Object(_)));
    let simplest = objects.filter_map(|branch| match spot.simplest_of(branch)? {
        Value::Object(object) => Some(object),
        _ => None,
    });
    let simplest: Vec<Object> = simplest.collect();
    if simplest.len() < 2 {
        return;
    }
    for (index, first) in simplest.iter().enumerate() {
        for second in simplest.iter().skip(index + 1).take(3) {
            for (name, value) in second {
                if first
                    .get(&name.lossy())
                    .is_some_and(|own| own != value && own.as_str().is_some())
                {
                    let mut lie = first.clone();
                    lie.set(name.clone(), value.clone());
                    emit.value("discriminator", "the name of another branch", Value::Object(lie));
                }
            }
        }
    }
    if let Some(object) = simplest.first() {
        for (name, value) in object {
            if value.as_str().is_some() {
                let mut lie = object.clone();
                lie.set(name.clone(), Value::text("phi-none"));
                emit.value("discriminator", "the name of no branch", Value::Object(lie));
            }
        }
    }
}
