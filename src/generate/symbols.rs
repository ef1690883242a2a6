//! Symbols in a case that is made smaller: what may take their place.
//!
//! A case whose values come from its own answers runs on a fresh service. One that names by a literal
//! what an earlier execution happened to make does not, however short it is.

use crate::case::{Call, Case};
use crate::value::{Reference, Symbol, Value};

/// Whether the symbols of a case still mean what they did in the case that it was made of: each is one of
/// its, every reference is to an earlier call, and no literal stands where a path referred to an answer
/// or where a value was to be new in each execution.
pub(super) fn hold(case: &Case, like: &Case) -> bool {
    if case.calls().chain(like.calls()).flat_map(Call::values).all(Value::is_concrete) {
        return true;
    }
    // A part of a name, or of a place in an answer, is another one.
    let known = meant(like);
    if !meant(case).iter().all(|symbol| known.contains(symbol)) {
        return false;
    }
    let mut earlier: Vec<&str> = Vec::new();
    for step in &case.steps {
        for call in step.calls() {
            let known = call.references().iter().all(|of| earlier.contains(of));
            let twin = like.call(&call.id);
            if !known || twin.is_some_and(|twin| !keeps(call, twin)) {
                return false;
            }
        }
        earlier.extend(step.calls().iter().map(|call| call.id.as_str()));
    }
    true
}

/// The symbols of a case, whichever call they refer to; compound ones are known by their parts.
fn meant(case: &Case) -> Vec<Symbol> {
    let mut all = Vec::new();
    for value in case.calls().flat_map(Call::values) {
        value.symbols(&mut |symbol| match symbol {
            Symbol::Join(_) => {}
            Symbol::From(reference) => {
                let call = String::new();
                all.push(Symbol::From(Reference { call, ..reference.clone() }));
            }
            other => all.push(other.clone()),
        });
    }
    all
}

fn keeps(call: &Call, twin: &Call) -> bool {
    let given = |call: &Call, name: &str| {
        call.path.iter().find(|(own, _)| own == name).map(|(_, value)| value.is_concrete())
    };
    let path = twin
        .path
        .iter()
        .filter(|(_, value)| !value.is_concrete())
        .all(|(name, _)| given(call, name) != Some(true));
    let lists = [
        (&call.query, &twin.query),
        (&call.headers, &twin.headers),
        (&call.cookies, &twin.cookies),
    ];
    let lists = lists.into_iter().all(|(ours, theirs)| {
        theirs.iter().all(|(name, theirs)| {
            let ours = ours.iter().find(|(own, _)| own == name);
            ours.is_none_or(|(_, ours)| stays_new(ours, theirs))
        })
    });
    let bodies = call.body.as_ref().zip(twin.body.as_ref());
    let values = bodies.and_then(|(ours, theirs)| ours.value().zip(theirs.value()));
    path && lists && values.is_none_or(|(ours, theirs)| stays_new(ours, theirs))
}

/// Whether what was new in each execution still is, where it is at all.
fn stays_new(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (_, Value::Symbol(theirs)) if matches!(**theirs, Symbol::Fresh(_)) => {
            matches!(ours, Value::Symbol(ours) if matches!(**ours, Symbol::Fresh(_)))
        }
        (Value::Object(ours), Value::Object(theirs)) => theirs
            .iter()
            .all(|(key, theirs)| ours.get(&key.lossy()).is_none_or(|ours| stays_new(ours, theirs))),
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            ours.iter().zip(theirs).all(|(ours, theirs)| stays_new(ours, theirs))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    /// A case of two calls, the second of which has this body.
    fn case(body: &str) -> Case {
        let value = Value::from_file(&read::json(body.as_bytes()).unwrap()).unwrap();
        let call = |id: &str, body| {
            crate::case::Step::Call(Call { id: id.to_owned(), body, ..Call::default() })
        };
        let body = Some(crate::case::Body::Json(value));
        Case { steps: vec![call("s1", None), call("s2", body)], ..Case::default() }
    }

    #[test]
    fn a_part_of_a_place_or_of_a_name_is_another_one() {
        let like = case(r#"{"a":{"$from":"s1/body/id"},"b":{"$fresh":"n1"}}"#);
        for (body, holds) in [
            (r#"{"a":{"$from":"s1/body/id"}}"#, true),
            (r#"{"a":{"$from":"s1/body/i"}}"#, false),
            (r#"{"b":{"$fresh":"n1"}}"#, true),
            (r#"{"b":{"$fresh":""}}"#, false),
            (r#"{"b":7}"#, false),
            (r#"{"a":7}"#, true),
        ] {
            assert_eq!(hold(&case(body), &like), holds, "{body}");
        }
    }
}
