//! `label`: `.a,b`, exploded `.a.b`; paths (RFC 6570, section 3.2.5).

use super::pen::{COMMA, EQUALS, Pen, Separator};
use crate::value::Value;

const DOT: Separator = Separator { octet: b'.', mark: "." };

pub(super) fn write(pen: &mut Pen, value: &Value, explode: bool) {
    let separator = if explode { DOT } else { COMMA };
    let empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    if !empty {
        pen.mark(DOT.mark);
    }
    match value {
        Value::Array(items) => pen.list(items, separator),
        Value::Object(object) => {
            pen.members(object, if explode { EQUALS } else { COMMA }, separator);
        }
        scalar => pen.scalar(scalar, &[]),
    }
}
