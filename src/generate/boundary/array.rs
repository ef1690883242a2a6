//! Arrays: counts, equal elements, order, parts of tuples, elements that hold separators.

use super::Emit;
use crate::case::Label;
use crate::generate::size;
use crate::generate::walk::Spot;
use crate::schema::shape::{ArrayShape, Branch};
use crate::value::Value;

/// Longer arrays are for implementations to refuse where the schema sets no bound.
const USUAL: usize = 20;

/// No array that is written out grows beyond this, unless the schema declares the count.
const LONGEST: usize = 1100;

/// Declared counts, and what lies next to them.
const DECLARED: [&str; 4] = ["minItems", "minItems + 1", "maxItems", "maxItems - 1"];

/// Counts at which programs change their way.
const COUNTS: [(&str, usize); 5] = [
    ("no elements", 0),
    ("one element", 1),
    ("two elements", 2),
    ("three elements", 3),
    ("1000 elements", 1000),
];

/// Elements that hold what lists are separated by.
const SEPARATORS: [(&str, &str); 6] = [
    ("element with a comma", "a,b"),
    ("element with a blank", "a b"),
    ("element with a bar", "a|b"),
    ("element with a semicolon", "a;b"),
    ("element with an ampersand", "a&b=c"),
    ("empty element", ""),
];

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let counts = COUNTS.iter().map(|(class, _)| *class);
    let separators = SEPARATORS.iter().map(|(class, _)| *class);
    let others = [
        "rising",
        "falling",
        "two equal",
        "two equal simplest",
        "equal apart",
        "all equal",
        "tuple cut short",
        "tuple and one more",
    ];
    DECLARED.into_iter().chain(counts).chain(others).chain(separators).collect()
}

/// What to try where an array may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::Array(shape) = branch else { continue };
        let max = shape.max.unwrap_or(usize::MAX);
        let max = if shape.rest.is_some() { max } else { max.min(shape.prefix.len()) };
        let declared = [shape.min, shape.min + 1, max, max.saturating_sub(1)];
        let known = if shape.max.is_some() { 4 } else { 2 };
        let declared = DECLARED.into_iter().zip(declared).take(known);
        for (class, count) in declared.chain(COUNTS) {
            let fitting =
                (shape.min..=max).contains(&count).then(|| size::array(spot, shape, count));
            if let Some(leaf) = fitting.flatten() {
                let usual = count <= USUAL || shape.max.is_some();
                let label = if usual { Label::Valid } else { Label::Unspecified };
                emit.leaf(class, leaf, label);
            }
        }
        tuple(spot, shape, max, emit);
        orders(spot, shape, max, emit);
        separators(spot, shape, max, emit);
    }
}

/// The first places of a tuple, and one beyond its last.
fn tuple(spot: &Spot<'_>, shape: &ArrayShape, max: usize, emit: &mut Emit<'_>) {
    let length = shape.prefix.len();
    for count in 1..length {
        let short = (count >= shape.min).then(|| size::array(spot, shape, count)).flatten();
        if let Some(leaf) = short {
            emit.leaf("tuple cut short", leaf, Label::Valid);
        }
    }
    let more = length > 0 && length < max && shape.rest.is_some();
    if let Some(leaf) = more.then(|| size::array(spot, shape, length + 1)).flatten() {
        emit.leaf("tuple and one more", leaf, Label::Valid);
    }
}

/// Equal elements, and different ones rising and falling.
fn orders(spot: &Spot<'_>, shape: &ArrayShape, max: usize, emit: &mut Emit<'_>) {
    let Some(rest) = shape.rest.filter(|_| shape.prefix.is_empty() && max >= 2) else { return };
    let values = spot.several(rest, 3);
    let [first, second, ..] = &*values else { return };
    let mut rising = vec![first.clone(), second.clone()];
    rising.extend(values.get(2).cloned().filter(|_| max >= 3));
    let filled = |mut list: Vec<Value>| {
        while list.len() < shape.min.min(LONGEST) && !shape.unique {
            list.push(first.clone());
        }
        Value::Array(list)
    };
    let falling: Vec<Value> = rising.iter().rev().cloned().collect();
    emit.valid("rising", filled(rising.clone()));
    emit.valid("falling", filled(falling));
    if !shape.unique {
        emit.valid("two equal", filled(vec![second.clone(), second.clone()]));
        emit.valid("two equal simplest", filled(vec![first.clone(), first.clone()]));
        if max >= 3 {
            let apart = vec![second.clone(), first.clone(), second.clone()];
            emit.valid("equal apart", filled(apart));
            emit.valid("all equal", filled(vec![second.clone(); 3]));
        }
    }
}

fn separators(spot: &Spot<'_>, shape: &ArrayShape, max: usize, emit: &mut Emit<'_>) {
    let Some(rest) = shape.rest.filter(|_| shape.prefix.is_empty() && max >= 2) else { return };
    let node = spot.place.shapes.node_or_any(rest);
    let free = |branch: &Branch| matches!(branch, Branch::String(text) if text.is_free());
    if !node.branches.iter().any(free) || shape.min > 2 {
        return;
    }
    for (class, text) in SEPARATORS {
        emit.valid(class, Value::Array(vec![Value::text(text), Value::text("a")]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;
    use crate::case::Label;

    #[test]
    fn declared_counts_are_reached_as_far_as_a_body_holds_them() {
        let counts = |schema: &str| -> Vec<(usize, Label)> {
            let tried = tried(schema).into_iter();
            tried.filter_map(|(_, value, label)| Some((value.as_array()?.len(), label))).collect()
        };
        let long = r#"{"type":"array","items":{"type":"integer"},"maxItems":5000}"#;
        assert!(counts(long).contains(&(5000, Label::Valid)));
        assert!(counts(long).contains(&(4999, Label::Valid)));
        let unique =
            r#"{"type":"array","items":{"type":"integer"},"maxItems":5000,"uniqueItems":true}"#;
        assert!(counts(unique).contains(&(5000, Label::Valid)));
        let heavy =
            r#"{"type":"array","items":{"type":"string","minLength":4000},"maxItems":5000}"#;
        assert!(counts(heavy).iter().all(|(count, _)| *count < 300));
        let open = counts(r#"{"type":"array","items":{"type":"integer"}}"#);
        assert!(open.contains(&(1000, Label::Unspecified)));
    }
}
