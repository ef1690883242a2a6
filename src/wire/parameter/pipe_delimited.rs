//! `pipeDelimited`: `x=a%7Cb`; queries. The bar is not allowed in a URL, so it is encoded like data.

use super::form;
use super::pen::{Pen, Separator};
use crate::value::Value;

const SEPARATOR: Separator = Separator { octet: b'|', mark: "%7C" };

/// Exploded it is the same as `form` (OpenAPI 3.0.3, section 4.7.12.2).
pub(super) fn write(pen: &mut Pen, name: &str, value: &Value, explode: bool) {
    if explode {
        form::write(pen, name, value, true);
    } else {
        form::joined(pen, name, value, SEPARATOR);
    }
}
