//! Where a deviation stands once elements before it are gone, or what it stood in.

use std::borrow::Cow;

use super::departure::Departure;
use crate::case::{Call, Deviation, value_at};
use crate::generate::input;
use crate::generate::value::Place;
use crate::schema::shape::Branch;
use crate::spec::Operation;
use crate::value::Pointer;

/// The place of a deviation by what is seen in the values: its own, where that is right. `None` where
/// nothing shows it, or several places may be meant.
pub(super) fn place<'c>(
    call: &Call,
    deviation: &'c Deviation,
    departures: &[Departure],
) -> Option<Cow<'c, str>> {
    let at = deviation.at.as_deref()?;
    if departures.iter().any(|departure| departure.breaks(deviation)) {
        return Some(at.into());
    }
    let certain: Vec<&Departure> = departures.iter().flat_map(Departure::certain).collect();
    let own = || certain.iter().copied().filter(|certain| certain.is_by(deviation));
    let near = own().find(|departure| departure.is_near(at));
    let departure = near.or_else(|| {
        // The one that no other deviation explains.
        let unexplained = |departure: &&Departure| {
            let mut others = call.deviations.iter().filter(|other| *other != deviation);
            !others.any(|other| departure.follows(other))
        };
        let mut left = own().filter(unexplained);
        left.next().filter(|_| left.next().is_none())
    });
    Some(named(deviation, departure?).into())
}

/// The place of what a departure is about: a member, where it reports at the object that lacks it or
/// has it. The same name is missing from another object, unless only others are.
fn named(deviation: &Deviation, departure: &Departure) -> String {
    let own = deviation.at.as_deref().and_then(|at| Pointer::parse(&format!("/{at}")).ok()?.pop());
    let same = departure.members.iter().find(|name| own.as_ref() == Some(name));
    same.map_or_else(|| departure.place(), |name| departure.member(name))
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
