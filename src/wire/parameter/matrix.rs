//! `matrix`: `;x=a,b`, exploded `;x=a;x=b`; paths (RFC 6570, section 3.2.7).

use super::Loss;
use super::pen::{COMMA, Pen};
use crate::value::Value;

pub(super) fn write(pen: &mut Pen, name: &str, value: &Value, explode: bool) {
    match value {
        Value::Array(items) if items.is_empty() => pen.lose(Loss::Empty),
        Value::Object(object) if object.is_empty() => pen.lose(Loss::Empty),
        Value::Array(items) if explode => {
            for item in items {
                pair(pen, name.as_bytes(), item);
            }
        }
        Value::Object(object) if explode => {
            for (name, value) in object {
                pair(pen, name.as_bytes(), value);
            }
        }
        Value::Array(items) => {
            begin(pen, name);
            pen.list(items, COMMA);
        }
        Value::Object(object) => {
            begin(pen, name);
            pen.members(object, COMMA, COMMA);
        }
        scalar => pair(pen, name.as_bytes(), scalar),
    }
}

fn begin(pen: &mut Pen, name: &str) {
    pen.mark(";");
    pen.name(name.as_bytes());
    pen.mark("=");
}

/// An empty value goes without `=`.
fn pair(pen: &mut Pen, name: &[u8], value: &Value) {
    pen.mark(";");
    pen.name(name);
    if !matches!(value, Value::String(text) if text.is_empty()) {
        pen.mark("=");
        pen.scalar(value, &[]);
    }
}
