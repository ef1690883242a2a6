//! Texts, arrays and objects of a size, otherwise as a shape asks for.

use super::edit::Leaf;
use super::value::{Setting, matches};
use super::walk::Spot;
use super::{budget, format};
use crate::schema::shape::{ArrayShape, ObjectShape, StringShape};
use crate::value::{Object, Text, Value};

/// A text of so many code points that keeps to the shape's patterns and format; `None` where none is
/// found.
pub(super) fn text(shape: &StringShape, setting: Setting, length: usize) -> Option<Leaf> {
    let texts = matches(shape, setting);
    let Some(format) = shape.textual_format() else {
        return match texts {
            Some(texts) => Leaf::matching(texts, length),
            None => shape.patterns.is_empty().then(|| Leaf::repeat("0", length)),
        };
    };
    let of_format = format::of_length(format, length).map(Text::from);
    let of_format = of_format.filter(|text| shape.patterns.iter().all(|p| p.matches(text)));
    if let Some(text) = of_format {
        return Some(Leaf::Value(Value::String(text)));
    }
    let both = |leaf: &Leaf| match leaf {
        Leaf::Value(Value::String(text)) => format.accepts_text(text),
        _ => false,
    };
    Leaf::matching(texts?, length).filter(both)
}

/// An array of so many elements, different ones where they must be; `None` where there is none, or no
/// body holds it.
pub(super) fn array(spot: &Spot<'_>, shape: &ArrayShape, count: usize) -> Option<Leaf> {
    let later = count.saturating_sub(shape.prefix.len());
    let first = shape.prefix.iter().take(count).map(|node| spot.simplest(*node));
    let mut first: Vec<Value> = first.collect::<Option<_>>()?;
    if later == 0 {
        return Some(Leaf::Value(Value::Array(first)));
    }
    let node = shape.contains.first().map(|(node, _, _)| *node).or(shape.rest)?;
    let usual = spot.simplest(node)?;
    if !shape.unique || later == 1 {
        return Leaf::elements(first, usual, later);
    }
    if later > budget::copies(&usual, 0).min(MOST_DISTINCT) {
        return None;
    }
    first.extend(spot.several(shape.rest?, later).into_iter().take(later));
    (first.len() == count).then_some(Leaf::Value(Value::Array(first)))
}

/// More different values are not searched for.
const MOST_DISTINCT: usize = 10_000;

/// An object of so many members: those that are there usually, named ones, then further ones of one
/// value; `None` where there are not so many, or no body holds them.
pub(super) fn object(
    spot: &Spot<'_>,
    shape: &ObjectShape,
    usual: &Object,
    further: Option<&Value>,
    count: usize,
) -> Option<Leaf> {
    let mut object = usual.clone();
    for member in shape.members.iter().filter(|member| !member.read_only) {
        if object.len() < count && !object.keys().any(|key| *key == member.name) {
            object.extend_with(&member.name, spot.simplest(member.node));
        }
    }
    // Members stand in the schema's order, so that the value can be lifted.
    let place =
        |name: &Text| shape.members.iter().position(|m| m.name == *name).unwrap_or(usize::MAX);
    let mut members: Vec<_> = object.into_iter().collect();
    members.sort_by_key(|(name, _)| place(name));
    let object: Object = members.into_iter().collect();
    match count.checked_sub(object.len())? {
        0 => Some(Leaf::Value(Value::Object(object))),
        lacking => Leaf::members(object, further?.clone(), lacking),
    }
}
