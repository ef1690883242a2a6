//! `form`: `x=a,b`, exploded `x=a&x=b`; queries and cookies (RFC 6570, section 3.2.8).

use super::Loss;
use super::pen::{COMMA, Pen, Separator};
use crate::value::Value;

pub(super) fn write(pen: &mut Pen, name: &str, value: &Value, explode: bool) {
    if explode {
        exploded(pen, name, value, "&");
    } else {
        joined(pen, name, value, COMMA);
    }
}

/// Each element or member as a pair of its own.
pub(super) fn exploded(pen: &mut Pen, name: &str, value: &Value, between: &str) {
    let several = match value {
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        scalar => return pen.pair(name.as_bytes(), scalar),
    };
    if several == 0 {
        pen.lose(Loss::Empty);
    }
    // A cookie ends at `;`, so the pairs would all be read as the first one's value.
    if several > 1 && pen.in_cookie() && between == "&" {
        pen.lose(Loss::Style);
    }
    match value {
        Value::Object(object) => {
            for (index, (name, value)) in object.iter().enumerate() {
                if index > 0 {
                    pen.mark(between);
                }
                pen.pair(name.as_bytes(), value);
            }
        }
        value => {
            for (index, item) in value.as_array().unwrap_or_default().iter().enumerate() {
                if index > 0 {
                    pen.mark(between);
                }
                pen.pair(name.as_bytes(), item);
            }
        }
    }
}

/// All elements or members in one pair.
pub(super) fn joined(pen: &mut Pen, name: &str, value: &Value, separator: Separator) {
    match value {
        Value::Array(items) if items.is_empty() => pen.lose(Loss::Empty),
        Value::Object(object) if object.is_empty() => pen.lose(Loss::Empty),
        Value::Array(items) => {
            pen.name(name.as_bytes());
            pen.mark("=");
            pen.list(items, separator);
        }
        Value::Object(object) => {
            pen.name(name.as_bytes());
            pen.mark("=");
            pen.members(object, separator, separator);
        }
        scalar => pen.pair(name.as_bytes(), scalar),
    }
}
