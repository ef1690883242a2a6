//! Edges by the identity of components: a request that holds the very schema that an answer is of.

use super::survey::Survey;
use super::tally::Tally;
use super::{Edge, Given, Why};

/// Belief in an identity of the same component, in an object, and in one out of a list.
const IDENTITY: f64 = 0.6;
const OBJECT: f64 = 0.5;
const LISTED: f64 = 0.42;

pub(super) fn find(survey: &Survey<'_>, tally: &mut Tally<'_, '_>) {
    for taken in &survey.taken {
        if let Some(component) = &taken.component {
            tally.offer(taken, component, &Why::Reference, IDENTITY);
        }
    }
    for whole in &survey.wholes {
        let known = survey.whole_by_component.get(&whole.component);
        for (from, pointer, listed) in known.map(Vec::as_slice).unwrap_or_default() {
            tally.add(Edge {
                from: *from,
                given: Given::body(pointer),
                to: whole.operation,
                place: whole.place.clone(),
                why: Why::Reference,
                belief: if *listed { LISTED } else { OBJECT },
            });
        }
    }
}
