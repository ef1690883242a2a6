//! Edges by the nesting of paths: what makes or shows the things of a collection fills the parameter
//! of everything below.

use super::resource::Resource;
use super::survey::{Part, Survey, Taken};
use super::tally::Tally;
use super::{Edge, Given, Why};
use crate::value::Pointer;

/// Belief in what makes, and in what shows.
const MAKES: f64 = 0.8;
const SHOWS: f64 = 0.65;

pub(super) fn find(survey: &Survey<'_>, tally: &mut Tally<'_, '_>) {
    for resource in &survey.resources {
        let below: Vec<&Taken<'_>> = survey.under(resource).collect();
        let told = |given: &Option<Given>| {
            given.clone().filter(|given| match given {
                Given::Answer { matching, .. } => matching.is_none(),
                Given::Input(_) => true,
            })
        };
        if let (Some(from), Some(given)) = (resource.create, told(&resource.id)) {
            fill(resource, &below, (from, given, MAKES), tally);
        }
        if let (Some(from), Some(given)) = (resource.list, told(&resource.listed_id)) {
            fill(resource, &below, (from, given, SHOWS), tally);
        }
        if resource.id.is_some() {
            parents(survey, resource, &below, tally);
        }
    }
}

/// The parameter at the end of a resource's path, wherever it stands.
fn fill(
    resource: &Resource,
    below: &[&Taken<'_>],
    (from, given, belief): (usize, Given, f64),
    tally: &mut Tally<'_, '_>,
) {
    for taken in below.iter().filter(|taken| taken.part == Part::Path(resource.depth - 1)) {
        let (to, place) = (taken.operation, taken.place.clone());
        tally.add(Edge { from, given: given.clone(), to, place, why: Why::Nesting, belief });
    }
}

/// What stands in the same parent as what was created has to be asked for in that parent.
fn parents(
    survey: &Survey<'_>,
    resource: &Resource,
    below: &[&Taken<'_>],
    tally: &mut Tally<'_, '_>,
) {
    let Some(from) = resource.create else { return };
    for taken in below {
        let Part::Path(at) = taken.part else { continue };
        let name = survey.routes[from].parameter(at).filter(|_| at + 1 < resource.depth);
        let Some(name) = name else { continue };
        let given = Given::Input(format!("path{}", Pointer::root().child(name)));
        let (to, place) = (taken.operation, taken.place.clone());
        tally.add(Edge { from, given, to, place, why: Why::Nesting, belief: MAKES });
    }
}
