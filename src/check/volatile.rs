//! Comparing answers less what changes by itself.

use std::collections::BTreeSet;

use crate::value::{Pointer, Value};

/// The places where two answers to the same call differ: what changes by itself. An array of another
/// length is volatile as a whole.
pub(super) fn places(a: &Value, b: &Value) -> BTreeSet<Pointer> {
    let mut places = BTreeSet::new();
    compare(a, b, &mut Pointer::root(), &mut |at| {
        places.insert(at.clone());
    });
    places
}

/// Whether two answers are equal but for volatile places.
pub(super) fn equal(a: &Value, b: &Value, volatile: &BTreeSet<Pointer>) -> bool {
    let mut equal = true;
    compare(a, b, &mut Pointer::root(), &mut |at| equal &= covers(volatile, at));
    equal
}

/// How many texts and numbers of an answer stand outside of its volatile places.
pub(super) fn substance(value: &Value, volatile: &BTreeSet<Pointer>) -> usize {
    fn count(value: &Value, at: &mut Pointer, volatile: &BTreeSet<Pointer>) -> usize {
        if volatile.contains(at) {
            return 0;
        }
        match value {
            Value::String(text) => usize::from(!text.is_empty()),
            Value::Number(_) | Value::Bytes(_) => 1,
            Value::Null | Value::Bool(_) | Value::Symbol(_) => 0,
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    deeper(at, index.to_string().into(), |at| count(item, at, volatile))
                })
                .sum(),
            Value::Object(object) => object
                .iter()
                .map(|(key, value)| deeper(at, key.clone(), |at| count(value, at, volatile)))
                .sum(),
        }
    }
    count(value, &mut Pointer::root(), volatile)
}

/// Whether two answers have the same members at their top, of the same kinds.
pub(super) fn same_shape(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, _)| b.keys().any(|other| other == key))
        }
        (a, b) => a.kind() == b.kind(),
    }
}

/// Whether a place is volatile, or stands in one that is.
pub(super) fn covers(volatile: &BTreeSet<Pointer>, at: &Pointer) -> bool {
    volatile.iter().any(|place| place.contains(at))
}

fn deeper<T>(
    at: &mut Pointer,
    token: crate::value::Text,
    then: impl FnOnce(&mut Pointer) -> T,
) -> T {
    at.push(token);
    let result = then(at);
    at.pop();
    result
}

fn compare(a: &Value, b: &Value, at: &mut Pointer, differ: &mut dyn FnMut(&Pointer)) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                let twin = b.iter().find(|(other, _)| other == key).map(|(_, twin)| twin);
                deeper(at, key.clone(), |at| match twin {
                    Some(twin) => compare(value, twin, at, differ),
                    None => differ(at),
                });
            }
            for (key, _) in b {
                if !a.keys().any(|other| other == key) {
                    deeper(at, key.clone(), |at| differ(at));
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                deeper(at, index.to_string().into(), |at| compare(a, b, at, differ));
            }
        }
        (a, b) if a.same(b) => {}
        _ => differ(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn value(text: &str) -> Value {
        read::json(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_changes_by_itself_is_left_out() {
        let first = value(r#"{"id":1,"at":"10:00","name":"x","list":[1]}"#);
        let again = value(r#"{"id":2,"at":"10:01","name":"x","list":[1,2]}"#);
        let volatile = places(&first, &again);
        assert_eq!(volatile.len(), 3);
        assert!(equal(&first, &value(r#"{"id":9,"at":"-","name":"x","list":[]}"#), &volatile));
        assert!(!equal(&first, &value(r#"{"id":9,"at":"-","name":"y","list":[]}"#), &volatile));
        assert_eq!(substance(&first, &volatile), 1);
    }

    #[test]
    fn a_member_more_or_less_is_a_difference() {
        let none = BTreeSet::new();
        assert!(!equal(&value(r#"{"a":1}"#), &value(r#"{"a":1,"b":2}"#), &none));
        assert!(!equal(&value(r#"{"a":1,"b":2}"#), &value(r#"{"a":1}"#), &none));
        assert!(equal(&value(r#"{"a":1,"b":2.0}"#), &value(r#"{"b":2,"a":1}"#), &none));
    }
}
