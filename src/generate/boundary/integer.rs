//! Integers: declared bounds, the edges of machine words, powers of ten, textual twins.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::{Branch, Grid, NumberShape};
use crate::value::{Decimal, Number, Value};

/// Edges of machine words and of display columns, with their names; those that break most first.
const WORDS: [(&str, i128); 38] = [
    ("minus one", -1),
    ("int64 max + 1", 1 << 63),
    ("zero", 0),
    ("int64 max", (1 << 63) - 1),
    ("int32 max + 1", 1 << 31),
    ("float64 exact max + 2", (1 << 53) + 1),
    ("uint64 max + 1", 1 << 64),
    ("int64 min - 1", -(1 << 63) - 1),
    ("int32 max", (1 << 31) - 1),
    ("one", 1),
    ("two", 2),
    ("int8 max", (1 << 7) - 1),
    ("int8 max + 1", 1 << 7),
    ("int8 max + 2", (1 << 7) + 1),
    ("int8 min", -(1 << 7)),
    ("int8 min - 1", -(1 << 7) - 1),
    ("uint8 max", (1 << 8) - 1),
    ("uint8 max + 1", 1 << 8),
    ("uint8 max + 2", (1 << 8) + 1),
    ("int16 max", (1 << 15) - 1),
    ("int16 max + 1", 1 << 15),
    ("int16 max + 2", (1 << 15) + 1),
    ("int16 min", -(1 << 15)),
    ("int16 min - 1", -(1 << 15) - 1),
    ("uint16 max", (1 << 16) - 1),
    ("uint16 max + 1", 1 << 16),
    ("uint16 max + 2", (1 << 16) + 1),
    ("int32 min", -(1 << 31)),
    ("int32 min - 1", -(1 << 31) - 1),
    ("uint32 max", (1 << 32) - 1),
    ("uint32 max + 1", 1 << 32),
    ("float64 exact max", (1 << 53) - 1),
    ("float64 exact max + 1", 1 << 53),
    ("float64 exact min", -(1 << 53) + 1),
    ("float64 exact min - 1", -(1 << 53)),
    ("float64 exact min - 2", -(1 << 53) - 1),
    ("int64 min", -(1 << 63)),
    ("uint64 max", (1 << 64) - 1),
];

/// A power of ten, its neighbours, and their negatives, with the names of the classes.
macro_rules! ten {
    ($power:literal) => {{
        let ten = 10_i128.pow($power);
        [
            (concat!("10^", $power), ten),
            (concat!("10^", $power, " - 1"), ten - 1),
            (concat!("10^", $power, " + 1"), ten + 1),
            (concat!("-10^", $power), -ten),
            (concat!("-10^", $power, " - 1"), -ten - 1),
            (concat!("-10^", $power, " + 1"), -ten + 1),
        ]
    }};
}

/// Where the columns end that programs size by digits.
const TENS: [[(&str, i128); 6]; 18] = [
    ten!(1),
    ten!(2),
    ten!(3),
    ten!(4),
    ten!(5),
    ten!(6),
    ten!(7),
    ten!(8),
    ten!(9),
    ten!(10),
    ten!(11),
    ten!(12),
    ten!(13),
    ten!(14),
    ten!(15),
    ten!(16),
    ten!(17),
    ten!(18),
];

/// Declared bounds, and the neighbours of the simplest.
const BOUNDS: [&str; 6] =
    ["minimum", "maximum", "minimum + 1", "maximum - 1", "simplest + 1", "simplest - 1"];

/// Constants that the document names elsewhere, and their neighbours.
const CONSTANTS: [(&str, i128); 3] = [("constant", 0), ("constant + 1", 1), ("constant - 1", -1)];

/// So many constants are tried.
const MOST_CONSTANTS: usize = 8;

/// The same integers written in another way, and one that no word holds (RFC 8259, section 6 knows
/// one number, programs two).
const TWINS: [(&str, &str); 4] = [
    ("fraction .0", "1.0"),
    ("exponent e0", "1e0"),
    ("minus zero", "-0"),
    ("exponent E400", "1E400"),
];

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let words = WORDS.iter().map(|(class, _)| *class);
    let others = CONSTANTS.iter().map(|(class, _)| *class);
    let twins = TWINS.iter().map(|(class, _)| *class);
    BOUNDS
        .into_iter()
        .chain(words)
        .chain(TENS.into_iter().flatten().map(|(class, _)| class))
        .chain(others)
        .chain(twins)
        .collect()
}

/// What to try where an integer may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        if let Branch::Number(shape) = branch
            && let Some(Grid::Multiples { step, min, max, toward }) = shape.grid()
        {
            let mut one = |class, factor: i128| {
                if (min..=max).contains(&&factor) {
                    value(shape, emit, class, Grid::number(step.as_ref(), factor));
                }
            };
            let bounds = [*min, *max, min + 1, max - 1, toward + 1, toward - 1];
            BOUNDS.into_iter().zip(bounds).for_each(|(class, factor)| one(class, factor));
            words(shape, step.as_ref(), emit);
            for constant in spot.place.shapes.constants().ints.iter().take(MOST_CONSTANTS) {
                for (class, by) in CONSTANTS {
                    let decimal = Decimal::from(constant + by);
                    if within(shape, &decimal) && fits(step.as_ref(), &decimal) {
                        value(shape, emit, class, Number::from(constant + by));
                    }
                }
            }
        }
    }
}

fn words(shape: &NumberShape, step: Option<&Decimal>, emit: &mut Emit<'_>) {
    for (class, int) in WORDS.into_iter().chain(TENS.into_iter().flatten()) {
        let decimal = Decimal::from(int);
        if within(shape, &decimal) && fits(step, &decimal) {
            value(shape, emit, class, Number::from(int));
        } else if let Some(step) = step
            && let Some(factor) = decimal.quotient_floor(step)
            && within(shape, &step.times(factor))
        {
            // The multiple nearest below.
            value(shape, emit, class, Grid::number(Some(step), factor));
        }
    }
    for (class, text) in TWINS {
        if let Some(number) = Number::parse(text)
            && number.decimal().is_some_and(|decimal| within(shape, &decimal))
        {
            emit.unspecified(class, Value::Number(number));
        }
    }
}

fn fits(step: Option<&Decimal>, decimal: &Decimal) -> bool {
    step.is_none_or(|step| decimal.is_multiple_of(step))
}

/// Within what the schema declares, whatever the grid is cut to.
fn within(shape: &NumberShape, decimal: &Decimal) -> bool {
    let above =
        shape.min.as_ref().is_none_or(|(min, open)| decimal > min || !open && decimal == min);
    let below =
        shape.max.as_ref().is_none_or(|(max, open)| decimal < max || !open && decimal == max);
    above && below
}

/// Emits a number: what the format or 64 bits cannot hold is for implementations to refuse, unless
/// the schema's own bounds admit it by name.
fn value(shape: &NumberShape, emit: &mut Emit<'_>, class: &'static str, number: Number) {
    let (least, most) = shape.format_range().unwrap_or((-(1 << 63), (1 << 63) - 1));
    let held = number.as_i128().is_none_or(|int| (least..=most).contains(&int));
    let declared = |bound: &Option<(Decimal, bool)>, far: bool| bound.is_some() && far;
    let negative = number.as_i128().is_some_and(i128::is_negative);
    if held || declared(&shape.min, negative) || declared(&shape.max, !negative) {
        emit.valid(class, Value::Number(number));
    } else {
        emit.unspecified(class, Value::Number(number));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;
    use crate::value::Value;

    #[test]
    fn words_and_powers_of_ten_have_their_neighbours_each_a_class_of_its_own() {
        let tried = tried(r#"{"type":"integer"}"#);
        let class = |int: i128| -> Option<&str> {
            tried.iter().find(|(_, value, _)| *value == Value::int(int)).map(|(class, ..)| *class)
        };
        for (int, wanted) in [
            (129, "int8 max + 2"),
            (257, "uint8 max + 2"),
            (32_769, "int16 max + 2"),
            (65_537, "uint16 max + 2"),
            (999_999, "10^6 - 1"),
            (1_000_001, "10^6 + 1"),
            (-99, "-10^2 + 1"),
            (-1_000_000_000_000_001, "-10^15 - 1"),
        ] {
            assert_eq!(class(int), Some(wanted), "{int}");
        }
    }
}
