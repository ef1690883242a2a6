//! The places of an answer that hold nothing further.

use crate::value::{Pointer, Value};

/// The scalars of a value, and its empty lists and objects, each with its place.
pub(super) fn leaves(value: &Value) -> Vec<(Pointer, &Value)> {
    fn collect<'v>(value: &'v Value, at: &mut Pointer, out: &mut Vec<(Pointer, &'v Value)>) {
        match value {
            Value::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    at.push(index.to_string());
                    collect(item, at, out);
                    at.pop();
                }
            }
            Value::Object(members) if !members.is_empty() => {
                for (key, value) in members {
                    at.push(key.clone());
                    collect(value, at, out);
                    at.pop();
                }
            }
            leaf => out.push((at.clone(), leaf)),
        }
    }
    let mut out = Vec::new();
    collect(value, &mut Pointer::root(), &mut out);
    out
}
