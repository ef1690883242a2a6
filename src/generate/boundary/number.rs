//! Numbers with a fraction: bounds and their neighbours, floats that programs get wrong.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::{Branch, Grid};
use crate::value::{Number, Value};

/// Numbers whose value or spelling has broken programs; in range of a 64-bit float.
const FLOATS: [(&str, &str); 23] = [
    ("zero", "0"),
    ("zero .0", "0.0"),
    ("minus zero", "-0.0"),
    ("one", "1"),
    ("minus one", "-1"),
    ("half", "0.5"),
    ("0.1", "0.1"),
    ("0.1 + 0.2", "0.30000000000000004"),
    ("one third", "0.3333333333333333"),
    ("two decimals", "0.01"),
    ("three decimals", "0.005"),
    ("float32 exact max + 1", "16777217"),
    ("float32 max", "3.4028235e38"),
    ("float64 exact max + 2", "9007199254740993"),
    ("ten digits and nine", "123456789.123456789"),
    ("exponent form", "1e16"),
    ("small exponent form", "1e-7"),
    ("capital exponent with a sign", "1E+2"),
    ("trailing zero", "1.10"),
    ("large", "1e300"),
    ("float64 max", "1.7976931348623157e308"),
    ("least normal", "2.2250738585072014e-308"),
    ("least subnormal", "5e-324"),
];

/// Numbers that a 64-bit float cannot hold.
const BEYOND: [(&str, &str); 5] = [
    ("just beyond float64", "1.8e308"),
    ("beyond float32", "3.5e38"),
    ("beyond float64", "1e400"),
    ("below float64", "1e-400"),
    ("thirty digits", "0.123456789012345678901234567891"),
];

/// Declared bounds and what lies next to them.
const BOUNDS: [&str; 7] = [
    "minimum",
    "maximum",
    "minimum + ulp",
    "minimum + 1",
    "maximum - ulp",
    "maximum - 1",
    "simplest + 1",
];

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let listed = FLOATS.iter().chain(&BEYOND).map(|(class, _)| *class);
    BOUNDS.into_iter().chain(listed).collect()
}

/// What to try where a number may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::Number(shape) = branch else { continue };
        let Some(Grid::Floats { min, max, toward }) = shape.grid() else { continue };
        let mut bounds = vec![("minimum", *min), ("maximum", *max)];
        if shape.min.is_some() {
            bounds.push(("minimum + ulp", min.next_up()));
            bounds.push(("minimum + 1", min + 1.0));
        }
        if shape.max.is_some() {
            bounds.push(("maximum - ulp", max.next_down()));
            bounds.push(("maximum - 1", max - 1.0));
        }
        bounds.push(("simplest + 1", toward + 1.0));
        for (class, float) in bounds {
            if let Some(number) = Number::from_f64(float) {
                let far = float.abs() > 1e300 && shape.min.is_none() && shape.max.is_none();
                let value = Value::Number(number);
                if far { emit.unspecified(class, value) } else { emit.valid(class, value) }
            }
        }
        for (class, text) in FLOATS {
            if let Some(number) = Number::parse(text) {
                let usual = number.as_f64().abs() < 1e15 && text.len() < 20;
                let value = Value::Number(number);
                if usual { emit.valid(class, value) } else { emit.unspecified(class, value) }
            }
        }
        for (class, text) in BEYOND {
            if let Some(number) = Number::parse(text) {
                emit.unspecified(class, Value::Number(number));
            }
        }
    }
}
