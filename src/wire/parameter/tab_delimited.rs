//! Tab-separated: `x=a%09b`, the `tsv` of Swagger 2.0; queries.

use super::form;
use super::pen::{Pen, Separator};
use crate::value::Value;

const SEPARATOR: Separator = Separator { octet: b'\t', mark: "%09" };

/// Exploded it is the same as `form` (OpenAPI 3.0.3, section 4.7.12.2).
pub(super) fn write(pen: &mut Pen, name: &str, value: &Value, explode: bool) {
    if explode {
        form::write(pen, name, value, true);
    } else {
        form::joined(pen, name, value, SEPARATOR);
    }
}
