//! Symbols: what only an execution will know is taken to be what the contract asks for.

use std::borrow::Cow;

use crate::case::Call;
use crate::generate::input;
use crate::generate::value::Place;
use crate::generate::walk::simplest;
use crate::spec::{Location, Operation};
use crate::value::Value;

/// The call with the simplest valid value for each symbol; as it is where there is none. `None`
/// where there is no such value.
pub(super) fn filled<'c>(operation: &Operation, call: &'c Call) -> Option<Cow<'c, Call>> {
    if call.values().all(Value::is_concrete) {
        return Some(Cow::Borrowed(call));
    }
    let mut call = call.clone();
    for location in [Location::Path, Location::Query, Location::Header, Location::Cookie] {
        for (name, value) in input::list(&mut call, location) {
            let parameter = operation.parameter(location, name);
            fill(parameter.map(input::parameter_place), value)?;
        }
    }
    let place = input::content_of(operation, &call).and_then(input::body_place);
    for value in call.body.iter_mut().flat_map(crate::case::Body::values_mut) {
        fill(place, value)?;
    }
    Some(Cow::Owned(call))
}

fn fill(place: Option<Place<'_>>, value: &mut Value) -> Option<()> {
    match value {
        Value::Symbol(_) => {
            // Where the contract says nothing, anything will do.
            *value = place.map_or(Some(Value::text("0")), simplest)?;
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                fill(place.and_then(|place| place.element(index)), item)?;
            }
        }
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                fill(place.and_then(|place| place.member(key)), value)?;
            }
        }
        _ => {}
    }
    Some(())
}
