//! `cookie`: `x=a; y=b` without percent-encoding (OpenAPI 3.2.0, section 4.12.2.2, and RFC 6265,
//! section 4.2.1).

use super::Loss;
use super::form;
use super::pen::{Pen, Separator};
use crate::value::Value;

const COMMA: Separator = Separator { octet: b',', mark: "," };

pub(super) fn write(pen: &mut Pen, name: &str, value: &Value, explode: bool) {
    if explode {
        form::exploded(pen, name, value, "; ");
    } else {
        form::joined(pen, name, value, COMMA);
    }
    if holds_forbidden(value) {
        pen.lose(Loss::Delimiter);
    }
}

/// Whether a text in it holds what a `cookie-octet` must not be (RFC 6265, section 4.1.1).
fn holds_forbidden(value: &Value) -> bool {
    let forbidden = |octets: &[u8]| octets.iter().any(|octet| b" \t\",;\\".contains(octet));
    match value {
        Value::Array(items) => items.iter().any(holds_forbidden),
        Value::Object(object) => {
            object.iter().any(|(name, value)| forbidden(name.as_bytes()) || holds_forbidden(value))
        }
        scalar => forbidden(&super::scalar_text(scalar)),
    }
}
