//! Values that have to be new: where a service refuses what it took before.

use crate::case::Call;
use crate::generate::input;
use crate::generate::planned::{Slot, set};
use crate::generate::walk::simplest;
use crate::spec::{Operation, idempotency_key};
use crate::value::{Fresh, Symbol, Text, Value};

/// A text that is new in each execution is told apart from others by so many characters.
const TELLING: usize = 8;

/// The call with its name, where its path ends with one, and the texts of its body new in each execution.
/// `names` counts those of the case.
pub fn renewed(operation: &Operation, call: &Call, names: &mut usize) -> Call {
    let mut renewed = call.clone();
    renew_name(operation, &mut renewed, names);
    renew(operation, &mut renewed, names);
    renewed
}

/// Makes what names a thing in the path of a call new in each execution. `names` counts those of the
/// case.
pub(super) fn renew_name(operation: &Operation, call: &mut Call, names: &mut usize) {
    if let Some((name, value)) = call.path.last_mut() {
        let schema = operation
            .parameters
            .iter()
            .find(|parameter| parameter.name == *name)
            .map(|parameter| &parameter.schema);
        let accepts = |text: &Value| schema.is_none_or(|schema| schema.accepts(text));
        renew_value(value, &accepts, names);
    }
}

/// Makes the texts of a call new in each execution: members of its body that are any text or have a
/// format.
pub(super) fn renew(operation: &Operation, call: &mut Call, names: &mut usize) {
    let schema = input::content_of(operation, call).and_then(|content| content.schema.clone());
    let Some(whole) = call.body.as_mut().and_then(|body| body.value_mut()) else { return };
    let Value::Object(members) = whole.clone() else { return };
    for (key, _) in &members {
        let accepts = |text: &Value| {
            let mut tried = members.clone();
            if let Some(value) = tried.get_mut(&key.lossy()) {
                *value = text.clone();
            }
            schema.as_ref().is_none_or(|schema| schema.accepts(&Value::Object(tried)))
        };
        if let Value::Object(members) = &mut *whole
            && let Some(value) = members.get_mut(&key.lossy())
        {
            renew_value(value, &accepts, names);
        }
    }
}

/// A call with an idempotency key that is new in each execution; `None` where none can be given.
pub fn named(operation: &Operation, call: &Call, names: &mut usize) -> Option<Call> {
    let parameter = idempotency_key(operation)?;
    let index = operation.parameters.iter().position(|own| std::ptr::eq(own, parameter))?;
    let schema = &parameter.schema;
    let mut key = input::given(call, parameter)
        .cloned()
        .or_else(|| simplest(input::parameter_place(parameter)))?;
    renew_value(&mut key, &|text: &Value| schema.accepts(text), names);
    let mut named = call.clone();
    set(operation, &mut named, Slot::Parameter(index), Some(key))?;
    Some(named)
}

fn renew_value(value: &mut Value, accepts: &dyn Fn(&Value) -> bool, names: &mut usize) {
    let Value::String(text) = &*value else { return };
    // What takes no other text is no name.
    let long = Value::String(Text::from("q".repeat(TELLING)));
    let like = if accepts(&long) {
        None
    } else if text.len() >= TELLING {
        Some(value.clone())
    } else {
        return;
    };
    *names += 1;
    *value = Value::Symbol(Box::new(Symbol::Fresh(Fresh { name: format!("n{names}"), like })));
}

/// Gives what is new in a call new names: what is sent once more is another thing.
pub(super) fn again(call: &mut Call, names: &mut usize) {
    let body = call.body.as_mut().and_then(|body| body.value_mut());
    for value in call.path.iter_mut().map(|(_, value)| value).chain(body) {
        rename(value, names);
    }
}

fn rename(value: &mut Value, names: &mut usize) {
    match value {
        Value::Symbol(symbol) => {
            if let Symbol::Fresh(fresh) = &mut **symbol {
                *names += 1;
                fresh.name = format!("n{names}");
            }
        }
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| rename(value, names)),
        Value::Array(items) => items.iter_mut().for_each(|value| rename(value, names)),
        _ => {}
    }
}
