//! Whether a call is what its label says: judged from the contract and the values alone, the same
//! for a drawn call, a shrunk one and one that a person wrote.
//!
//! A deviation whose rule the wire knows is an operation on the rendered request; every other one
//! annotates what the values hold already, and must be seen in them.

mod carried;
mod departure;
mod judgement;
mod moved;
mod symbolic;

use std::borrow::Cow;

use super::malformed;
use crate::case::{Call, Deviation, Label};
use crate::spec::Operation;
use crate::wire::deviation::{Rule, find};
use departure::Departure;
use judgement::judgement;
pub(super) use judgement::may_be_lawful;

/// A call that breaks more rules than this says nothing about any of them.
const MOST_NAMED: usize = 3;

/// Whether `call` is what its label says.
///
/// What cannot be told is refused: it is not sent under that label.
pub fn confirms(operation: &Operation, call: &Call) -> bool {
    settled(operation, call).is_some()
}

/// `call` as it is where it is what its label says; with the places of its deviations set right
/// where elements before them are gone. `None` where it is not what its label says.
pub fn settled<'c>(operation: &Operation, call: &'c Call) -> Option<Cow<'c, Call>> {
    let mut of_wire: Option<Label> = None;
    let mut of_values = false;
    for deviation in &call.deviations {
        match rule_of(deviation) {
            Some(rule) => {
                of_wire = of_wire.max(Some(malformed::label(operation, rule, deviation)?));
            }
            None => of_values = true,
        }
    }
    let (departures, sure) = examined(operation, call)?;
    let holds = match call.label {
        // What every receiver has to take is as valid, however it is written.
        Label::Valid => {
            !of_values
                && of_wire.is_none_or(|label| label == Label::Valid)
                && departures.is_empty()
                && sure
        }
        // What is done on the wire is done to something valid.
        Label::Unspecified => !of_values && departures.is_empty(),
        Label::Malformed => {
            !of_values && departures.is_empty() && of_wire == Some(Label::Malformed)
        }
        Label::Invalid if of_values && sure => return annotated(operation, call, &departures),
        Label::Invalid => {
            !of_values && departures.is_empty() && sure && of_wire >= Some(Label::Invalid)
        }
    };
    holds.then_some(Cow::Borrowed(call))
}

/// What is wrong with a call, and whether that can be relied on: its values can be read back from the
/// wire, and the contract can be judged by. `None` where it cannot be sent at all.
fn examined(operation: &Operation, call: &Call) -> Option<(Vec<Departure>, bool)> {
    let concrete = symbolic::filled(operation, call)?;
    let judgement = judgement(operation, &concrete);
    let losses = carried::losses(operation, &concrete, judgement.departures.is_empty())?;
    Some((judgement.departures, losses == 0 && !judgement.doubt))
}

/// How much speaks against calling a call valid: what the contract forbids in it, what of it cannot be
/// read back from the wire, what cannot be told.
pub(super) fn faults(operation: &Operation, call: &Call) -> usize {
    let Some(concrete) = symbolic::filled(operation, call) else { return usize::MAX };
    let judgement = judgement(operation, &concrete);
    let is_lawful = judgement.departures.is_empty();
    let Some(losses) = carried::losses(operation, &concrete, is_lawful) else { return usize::MAX };
    judgement.departures.len() + losses + usize::from(judgement.doubt)
}

/// The call, where the contract allows it, with the label it then has: `least`, or unspecified where
/// a value of it cannot be read back from the wire, or what the contract says cannot be relied on.
pub fn lawful(operation: &Operation, call: Call, least: Label) -> Option<Call> {
    let (departures, sure) = examined(operation, &call)?;
    let label = if sure { least } else { least.max(Label::Unspecified) };
    departures.is_empty().then_some(Call { label, ..call })
}

/// The call labelled as invalid by a rule that is broken at a place, and by whatever else breaks with
/// it; by what is broken instead, where that rule is not. `None` where nothing is, or more than can be
/// named.
pub fn breaking(operation: &Operation, call: Call, rule: &str, at: String) -> Option<Call> {
    let examined = examined(operation, &call)?;
    let deviation = Deviation::schema(rule, at);
    if !is_shown(operation, &call, &deviation, &examined.0) {
        return labelled(call, Vec::new(), examined);
    }
    labelled(call, vec![deviation], examined)
}

/// The call labelled as invalid, with a deviation for everything in it that the contract forbids;
/// `None` where it forbids nothing, or more than can be named.
pub fn named(operation: &Operation, call: Call) -> Option<Call> {
    let examined = examined(operation, &call)?;
    labelled(call, Vec::new(), examined)
}

/// The call labelled as invalid by these deviations, and by those departures that come of none.
fn labelled(
    call: Call,
    mut deviations: Vec<Deviation>,
    (departures, sure): (Vec<Departure>, bool),
) -> Option<Call> {
    for departure in departures {
        if !deviations.iter().any(|deviation| departure.follows(deviation)) {
            deviations.push(Deviation::schema(&departure.keyword, departure.place()));
        }
    }
    let fits = sure && (1..=MOST_NAMED).contains(&deviations.len());
    fits.then_some(Call { label: Label::Invalid, deviations, ..call })
}

/// The call, where its annotations name exactly what is broken.
fn annotated<'c>(
    operation: &Operation,
    call: &'c Call,
    departures: &[Departure],
) -> Option<Cow<'c, Call>> {
    let mut call = Cow::Borrowed(call);
    for index in 0..call.deviations.len() {
        let deviation = &call.deviations[index];
        if rule_of(deviation).is_some() {
            continue;
        }
        if deviation.rule == "readOnly" {
            is_shown(operation, &call, deviation, departures).then_some(())?;
            continue;
        }
        let at = moved::place(&call, deviation, departures)?;
        if let Cow::Owned(moved) = at {
            call.to_mut().deviations[index].at = Some(moved);
        }
    }
    let explained = |departure: &Departure| {
        let mut annotations = call.deviations.iter().filter(|d| rule_of(d).is_none());
        annotations.any(|deviation| departure.follows(deviation))
    };
    departures.iter().all(explained).then_some(call)
}

fn rule_of(deviation: &Deviation) -> Option<&'static Rule> {
    deviation.rule.as_str().and_then(find)
}

fn is_shown(
    operation: &Operation,
    call: &Call,
    deviation: &Deviation,
    departures: &[Departure],
) -> bool {
    if deviation.rule == "readOnly" {
        // The schema binds nothing; the server owns it all the same.
        return deviation.at.as_deref().is_some_and(|at| moved::is_read_only(operation, call, at));
    }
    departures.iter().any(|departure| departure.breaks(deviation))
}

#[cfg(test)]
mod tests;
