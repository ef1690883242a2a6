//! `simple`: `a,b`; paths and headers (RFC 6570, section 3.2.2).

use super::pen::{COMMA, EQUALS, Pen};
use crate::value::Value;

pub(super) fn write(pen: &mut Pen, value: &Value, explode: bool) {
    pen.present();
    match value {
        Value::Array(items) => pen.list(items, COMMA),
        Value::Object(object) => pen.members(object, if explode { EQUALS } else { COMMA }, COMMA),
        scalar => pen.scalar(scalar, &[]),
    }
}
