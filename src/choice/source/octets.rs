//! What is drawn from octets; the simplest where none are left.

use arbitrary::{Arbitrary, Unstructured};

use crate::choice::{Alphabet, rank};
use crate::value::Text;

/// A value of the octets that are left; `None` where none are. `Unstructured` itself goes on with
/// zeros, which would say yes for ever.
pub(super) fn given<'a, T: Arbitrary<'a>>(bytes: &mut Unstructured<'a>) -> Option<T> {
    if bytes.is_empty() { None } else { bytes.arbitrary().ok() }
}

pub(super) fn int_of_bytes(
    bytes: &mut Unstructured<'_>,
    min: i128,
    max: i128,
    simplest: i128,
) -> i128 {
    if bytes.is_empty() {
        return simplest;
    }
    bytes.int_in_range(min..=max.max(min)).unwrap_or(simplest)
}

pub(super) fn length_of_bytes(bytes: &mut Unstructured<'_>, min: usize, max: usize) -> usize {
    int_of_bytes(bytes, min as i128, max as i128, min as i128) as usize
}

pub(super) fn text_of_bytes(
    bytes: &mut Unstructured<'_>,
    min: usize,
    max: usize,
    alphabet: Alphabet,
) -> Text {
    let length = length_of_bytes(bytes, min, max.min(min + 64));
    Text::from_code_points((0..length).map(|_| {
        let point = given::<char>(bytes).map_or(0x30, u32::from);
        if alphabet == Alphabet::Any || rank(point) < 94 { point } else { 0x30 + point % 10 }
    }))
}
