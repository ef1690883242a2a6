//! `double`: numbers within the range of an IEEE 754 binary64, as numbers or as texts.

use super::Edge;
use crate::value::{Decimal, Number};

pub(super) fn valid(text: &str) -> bool {
    let number = Number::parse(text).and_then(|number| number.decimal());
    let Some((min, max)) = range() else { return true };
    number.is_some_and(|number| (min..=max).contains(&number))
}

pub(super) fn range() -> Option<(Decimal, Decimal)> {
    Some((Decimal::parse("-1.7976931348623157e308")?, Decimal::parse("1.7976931348623157e308")?))
}

pub(super) const EDGES: &[Edge] = &[
    ("zero", "0.0"),
    ("negative zero", "-0.0"),
    ("a tenth and a fifth", "0.30000000000000004"),
    ("a third", "0.3333333333333333"),
    ("the least above zero", "5e-324"),
    ("the least with full precision", "2.2250738585072014e-308"),
    ("the greatest", "1.7976931348623157e308"),
    ("the least of all", "-1.7976931348623157e308"),
    ("the first integer with a gap", "9007199254740993"),
    ("more digits than it holds", "123456789.12345678901234567890"),
    ("an exponent", "1e16"),
    ("an exponent with a sign", "1E+2"),
    ("next below one", "0.9999999999999999"),
    ("next above one", "1.0000000000000002"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("above the greatest", "1.8e308"),
    ("below the least", "-1.8e308"),
    ("beyond all floats", "1e400"),
];
