//! Arrays: counts, equal elements, order.

use super::Emit;
use crate::case::Label;
use crate::generate::walk::{Leaf, Spot};
use crate::schema::shape::{ArrayShape, Branch};
use crate::value::Value;

/// Longer arrays are for implementations to refuse where the schema sets no bound.
const USUAL: usize = 20;

/// No array grows beyond this, whatever the schema admits.
const LONGEST: usize = 1100;

/// What to try where an array may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::Array(shape) = branch else { continue };
        let max = shape.max.unwrap_or(usize::MAX);
        let max = if shape.rest.is_some() { max } else { max.min(shape.prefix.len()) };
        let mut counts = vec![
            ("minItems", shape.min),
            ("minItems + 1", shape.min + 1),
            ("no elements", 0),
            ("one element", 1),
            ("two elements", 2),
            ("three elements", 3),
            ("1000 elements", 1000),
        ];
        if shape.max.is_some() {
            counts.push(("maxItems", max));
            counts.push(("maxItems - 1", max.saturating_sub(1)));
        }
        for (class, count) in counts {
            if !(shape.min..=max).contains(&count) || count > LONGEST {
                continue;
            }
            if let Some(list) = list(spot, shape, count) {
                let usual = count <= USUAL || shape.max.is_some();
                let label = if usual { Label::Valid } else { Label::Unspecified };
                emit.leaf(class, Leaf::Value(Value::Array(list)), label);
            }
        }
        orders(spot, shape, max, emit);
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
        while list.len() < shape.min && !shape.unique {
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
        }
    }
}

/// An array of so many elements, different ones where they must be.
fn list(spot: &Spot<'_>, shape: &ArrayShape, count: usize) -> Option<Vec<Value>> {
    let distinct = if shape.unique { spot.several(shape.rest?, count) } else { Vec::new() };
    (0..count)
        .map(|index| {
            if shape.unique && index >= shape.prefix.len() {
                return distinct.get(index).cloned();
            }
            let contains = shape.contains.first().map(|(node, _, _)| *node);
            let node = shape.prefix.get(index).copied().or(contains).or(shape.rest)?;
            spot.simplest(node)
        })
        .collect()
}
