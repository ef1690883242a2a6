//! What one request may weigh: no value is made larger for its own sake.
//!
//! Large values are held by what they are made of ([`super::edit::Leaf`]) and written out only when
//! they are sent.

use crate::value::Value;

/// Octets of a body, about; servers take a megabyte or a few unless someone has changed their limit.
pub(super) const OCTETS: usize = 1 << 21;

/// Code points of a text.
pub(super) const TEXT: usize = 1 << 20;

/// Elements or members. A case of many more could not be made smaller: each is several choices.
pub(super) const COUNT: usize = 1 << 17;

/// Code points of a text by a pattern that is written out when it is planned.
pub(super) const SHORT: usize = 256;

/// Elements or members that are written out when they are planned.
pub(super) const FEW: usize = 16;

/// How many copies of a value stay within a body, each with a separator and so many octets besides.
pub(super) fn copies(value: &Value, besides: usize) -> usize {
    (OCTETS / (value.to_string().len() + 1 + besides)).min(COUNT)
}
