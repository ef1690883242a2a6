//! `int8` to `int64` and `uint8` to `uint64`: integers of a width, as numbers or as texts.

use super::{Edge, Format};
use crate::value::Number;

/// The least and the greatest one.
pub(super) fn range(format: Format) -> Option<(i128, i128)> {
    Some(match format {
        Format::Int8 => (i8::MIN.into(), i8::MAX.into()),
        Format::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Format::Int32 => (i32::MIN.into(), i32::MAX.into()),
        Format::Int64 => (i64::MIN.into(), i64::MAX.into()),
        Format::Uint8 => (0, u8::MAX.into()),
        Format::Uint16 => (0, u16::MAX.into()),
        Format::Uint32 => (0, u32::MAX.into()),
        Format::Uint64 => (0, u64::MAX.into()),
        _ => return None,
    })
}

/// Whether a text spells an integer of the width in plain digits.
pub(super) fn valid(format: Format, text: &str) -> bool {
    let int = Number::parse(text).and_then(|number| number.as_i128());
    range(format).is_none_or(|(min, max)| int.is_some_and(|int| (min..=max).contains(&int)))
}

pub(super) fn edges(format: Format) -> &'static [Edge] {
    match format {
        Format::Int8 => INT8,
        Format::Int16 => INT16,
        Format::Int32 => INT32,
        Format::Int64 => INT64,
        Format::Uint8 => UINT8,
        Format::Uint16 => UINT16,
        Format::Uint32 => UINT32,
        Format::Uint64 => UINT64,
        _ => &[],
    }
}

pub(super) fn near_misses(format: Format) -> &'static [Edge] {
    match format {
        Format::Int8 => &[("above the greatest", "128"), ("below the least", "-129")],
        Format::Int16 => &[("above the greatest", "32768"), ("below the least", "-32769")],
        Format::Int32 => &[
            ("above the greatest", "2147483648"),
            ("below the least", "-2147483649"),
            ("32 bits set", "4294967295"),
            ("a fraction", "0.5"),
            ("beyond all floats", "1e400"),
        ],
        Format::Int64 => &[
            ("above the greatest", "9223372036854775808"),
            ("below the least", "-9223372036854775809"),
            ("64 bits set", "18446744073709551615"),
            ("a fraction", "0.5"),
            ("beyond all floats", "1e400"),
        ],
        Format::Uint8 => &[("above the greatest", "256"), ("negative", "-1")],
        Format::Uint16 => &[("above the greatest", "65536"), ("negative", "-1")],
        Format::Uint32 => &[("above the greatest", "4294967296"), ("negative", "-1")],
        Format::Uint64 => &[("above the greatest", "18446744073709551616"), ("negative", "-1")],
        _ => &[],
    }
}

const INT8: &[Edge] =
    &[("the least", "-128"), ("minus one", "-1"), ("zero", "0"), ("the greatest", "127")];

const INT16: &[Edge] = &[
    ("the least", "-32768"),
    ("minus one", "-1"),
    ("zero", "0"),
    ("eight bits set", "255"),
    ("nine bits", "256"),
    ("the greatest", "32767"),
];

const INT32: &[Edge] = &[
    ("the least", "-2147483648"),
    ("minus one", "-1"),
    ("zero", "0"),
    ("one", "1"),
    ("the greatest of 15 bits", "32767"),
    ("16 bits", "32768"),
    ("17 bits", "65536"),
    ("just below the greatest", "2147483646"),
    ("the greatest", "2147483647"),
];

const INT64: &[Edge] = &[
    ("the least", "-9223372036854775808"),
    ("below 32 bits", "-2147483649"),
    ("minus one", "-1"),
    ("zero", "0"),
    ("one", "1"),
    ("above 31 bits", "2147483648"),
    ("above 32 bits", "4294967296"),
    ("the greatest that a float holds with all below it", "9007199254740991"),
    ("the power of two above it", "9007199254740992"),
    ("the first that a float does not hold", "9007199254740993"),
    ("just below the greatest", "9223372036854775806"),
    ("the greatest", "9223372036854775807"),
];

const UINT8: &[Edge] = &[("zero", "0"), ("the sign bit", "128"), ("the greatest", "255")];

const UINT16: &[Edge] = &[("zero", "0"), ("the sign bit", "32768"), ("the greatest", "65535")];

const UINT32: &[Edge] =
    &[("zero", "0"), ("the sign bit", "2147483648"), ("the greatest", "4294967295")];

const UINT64: &[Edge] = &[
    ("zero", "0"),
    ("the first that a float does not hold", "9007199254740993"),
    ("the sign bit", "9223372036854775808"),
    ("the greatest", "18446744073709551615"),
];
