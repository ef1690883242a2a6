//! `float`: numbers within the range of an IEEE 754 binary32, as numbers or as texts.

use super::Edge;
use crate::value::{Decimal, Number};

pub(super) fn valid(text: &str) -> bool {
    let number = Number::parse(text).and_then(|number| number.decimal());
    let Some((min, max)) = range() else { return true };
    number.is_some_and(|number| (min..=max).contains(&number))
}

pub(super) fn range() -> Option<(Decimal, Decimal)> {
    Some((Decimal::parse("-3.40282347e38")?, Decimal::parse("3.40282347e38")?))
}

pub(super) const EDGES: &[Edge] = &[
    ("zero", "0.0"),
    ("negative zero", "-0.0"),
    ("a tenth", "0.1"),
    ("the least above zero", "1e-45"),
    ("the least with full precision", "1.17549435e-38"),
    ("the greatest", "3.4028234e38"),
    ("the least of all", "-3.4028234e38"),
    ("the first integer with a gap", "16777217"),
    ("more digits than it holds", "1.23456789"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("above the greatest", "3.5e38"),
    ("below the least", "-3.5e38"),
    ("the greatest of a double", "1.7976931348623157e308"),
    ("beyond all floats", "1e400"),
];
