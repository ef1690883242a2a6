//! `deepObject`: `x[a]=1&x[b]=2`, the brackets percent-encoded; queries. It has a form for objects of
//! scalars only: scalars go as in `form`, arrays as in exploded `form`. What lies deeper goes as JSON
//! text, or, where that is asked for, in further brackets.

use super::Loss;
use super::form;
use super::pen::Pen;
use crate::value::Value;

pub(super) fn write(pen: &mut Pen, name: &str, value: &Value, nested: bool) {
    let Value::Object(object) = value else {
        if matches!(value, Value::Array(_)) {
            pen.lose(Loss::Style);
        }
        return form::write(pen, name, value, true);
    };
    if object.is_empty() {
        pen.lose(Loss::Empty);
    }
    let mut keys: Vec<&[u8]> = Vec::new();
    let mut first = true;
    for (key, value) in object {
        keys.push(key.as_bytes());
        member(pen, name, &mut keys, value, nested, &mut first);
        keys.pop();
    }
}

/// One member, under the keys that lead to it.
fn member<'v>(
    pen: &mut Pen,
    name: &str,
    keys: &mut Vec<&'v [u8]>,
    value: &'v Value,
    nested: bool,
    first: &mut bool,
) {
    match value {
        Value::Object(object) if nested && !object.is_empty() => {
            pen.lose(Loss::Nested);
            for (key, value) in object {
                keys.push(key.as_bytes());
                member(pen, name, keys, value, nested, first);
                keys.pop();
            }
        }
        Value::Array(items) if nested && !items.is_empty() => {
            pen.lose(Loss::Nested);
            let indices: Vec<String> = (0..items.len()).map(|index| index.to_string()).collect();
            for (index, item) in indices.iter().zip(items) {
                let mut keys: Vec<&[u8]> = keys.clone();
                keys.push(index.as_bytes());
                member(pen, name, &mut keys, item, nested, first);
            }
        }
        value => {
            if !std::mem::take(first) {
                pen.mark("&");
            }
            pen.name(name.as_bytes());
            for key in keys {
                if key.iter().any(|octet| matches!(octet, b'[' | b']')) {
                    pen.lose(Loss::Delimiter);
                }
                pen.mark("%5B");
                pen.name(key);
                pen.mark("%5D");
            }
            pen.mark("=");
            pen.scalar(value, &[]);
        }
    }
}
