//! Depth: a schema that refers to itself, nested again and again.

use super::Emit;
use crate::case::Label;
use crate::generate::walk::{Leaf, Spot};
use crate::value::{Pointer, Value};

/// How often the value is put into itself, and whether any program has to take it.
const DEPTHS: [(&str, usize, Label); 4] = [
    ("nested in itself 4 times", 4, Label::Valid),
    ("nested in itself 16 times", 16, Label::Valid),
    ("nested in itself 64 times", 64, Label::Unspecified),
    ("nested in itself 128 times", 128, Label::Unspecified),
];

/// Larger values, by all they hold, are not put into themselves.
const LARGEST: usize = 100;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    DEPTHS.iter().map(|(class, _, _)| *class).collect()
}

/// What to try where a value stands in another one of the same schema.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    let Some(outer) = &spot.outer else { return };
    let Some(around) = outer.find(&spot.site.root) else { return };
    let below: Pointer =
        spot.site.pointer.tokens().iter().skip(outer.tokens().len()).cloned().collect();
    if below.find(around).is_none() || size(around) > LARGEST {
        return;
    }
    for (class, times, label) in DEPTHS {
        let nested = (0..times).fold(spot.current().clone(), |inner, _| {
            let mut whole = around.clone();
            if let Some(place) = below.find_mut(&mut whole) {
                *place = inner;
            }
            whole
        });
        emit.leaf(class, Leaf::Value(nested), label);
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(object) => 1 + object.iter().map(|(_, value)| size(value)).sum::<usize>(),
        _ => 1,
    }
}
