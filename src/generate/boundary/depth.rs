//! Depth: what may stand inside itself, again and again.

use std::collections::HashSet;

use super::Emit;
use crate::case::Label;
use crate::generate::edit::Leaf;
use crate::generate::value::Place;
use crate::generate::walk::{Spot, simplest_branch};
use crate::schema::shape::{Branch, NodeId, ObjectShape};
use crate::value::{Object, Text, Value};

/// How often the same stands inside itself, the outermost counted: a few deep is for everyone to
/// take, unless the schema says otherwise.
const DEPTHS: [(&str, usize, Label); 13] = [
    ("nested 2 deep", 2, Label::Valid),
    ("nested 3 deep", 3, Label::Valid),
    ("nested 4 deep", 4, Label::Valid),
    ("nested 5 deep", 5, Label::Valid),
    ("nested 6 deep", 6, Label::Valid),
    ("nested 7 deep", 7, Label::Valid),
    ("nested 8 deep", 8, Label::Valid),
    ("nested 12 deep", 12, Label::Valid),
    ("nested 16 deep", 16, Label::Valid),
    ("nested 32 deep", 32, Label::Unspecified),
    ("nested 64 deep", 64, Label::Unspecified),
    ("nested 128 deep", 128, Label::Unspecified),
    ("nested 1000 deep", 1000, Label::Unspecified),
];

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    DEPTHS.iter().map(|(class, _, _)| *class).collect()
}

/// More nodes than this are not looked at for a way back to where it began.
const MOST_NODES: usize = 200;

/// One step from a value to one inside it.
#[derive(Clone, Copy, Debug)]
enum Step<'s> {
    Member(&'s ObjectShape, &'s Text),
    Element,
}

/// A step with the node and the branch it is made from.
type Way<'s> = Vec<(NodeId, &'s Branch, Step<'s>)>;

/// What to try where something may stand inside itself.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    let Some(way) = way_back(spot.place) else { return };
    let Some(innermost) = spot.simplest(spot.place.node) else { return };
    let mut value = innermost;
    let mut depth = 1;
    for (class, wanted, label) in DEPTHS {
        while depth < wanted {
            let Some(deeper) = inside(spot.place, &way, value) else { return };
            value = deeper;
            depth += 1;
        }
        emit.leaf(class, Leaf::Value(value.clone()), label);
    }
}

/// The shortest way from a node to itself.
fn way_back(place: Place<'_>) -> Option<Way<'_>> {
    let mut seen = HashSet::new();
    let mut ways: Vec<(NodeId, Way<'_>)> = vec![(place.node, Vec::new())];
    let mut next = 0;
    while next < ways.len() && next < MOST_NODES {
        let (node, way) = ways[next].clone();
        next += 1;
        for branch in &place.shapes.node(node)?.branches {
            for (step, inner) in steps(branch) {
                let longer = || way.iter().copied().chain([(node, branch, step)]).collect();
                if inner == place.node {
                    return Some(longer());
                }
                if seen.insert(inner) {
                    ways.push((inner, longer()));
                }
            }
        }
    }
    None
}

fn steps(branch: &Branch) -> Vec<(Step<'_>, NodeId)> {
    match branch {
        Branch::Object(shape) => {
            let members = shape.members.iter().filter(|member| !member.read_only);
            members.map(|member| (Step::Member(shape, &member.name), member.node)).collect()
        }
        Branch::Array(shape) => {
            let first = shape.prefix.first().copied().or(shape.rest);
            first.map(|node| (Step::Element, node)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The simplest value that has `value` at the end of the way.
fn inside(place: Place<'_>, way: &Way<'_>, value: Value) -> Option<Value> {
    way.iter().rev().try_fold(value, |value, (node, branch, step)| {
        let usual = simplest_branch(place.at(*node), branch)?;
        Some(match (step, usual) {
            (Step::Member(shape, name), Value::Object(usual)) => {
                Value::Object(with_member(shape, &usual, name, value))
            }
            (Step::Element, Value::Array(mut list)) => {
                if list.is_empty() {
                    list.push(value);
                } else {
                    list[0] = value;
                }
                Value::Array(list)
            }
            _ => return None,
        })
    })
}

/// An object with one member more, or another; members stand in the schema's order, so that the
/// value can be lifted.
fn with_member(shape: &ObjectShape, usual: &Object, name: &Text, value: Value) -> Object {
    let mut value = Some(value);
    let mut object = Object::new();
    for member in &shape.members {
        let known = usual.get(&member.name.lossy()).cloned();
        let taken = if member.name == *name { value.take() } else { known };
        if let Some(taken) = taken {
            object.push(member.name.clone(), taken);
        }
    }
    let others = usual.iter().filter(|(key, _)| shape.members.iter().all(|m| m.name != *key));
    others.for_each(|(key, value)| object.push(key.clone(), value.clone()));
    object
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;

    fn depths(schema: &str) -> Vec<String> {
        let tried = tried(schema).into_iter();
        let nested = tried.filter(|(class, ..)| class.starts_with("nested"));
        nested.map(|(_, value, _)| value.to_string()).collect()
    }

    #[test]
    fn what_may_stand_inside_itself_is_nested() {
        let nested = depths(
            r##"{"$ref":"#/$defs/t","$defs":{"t":{"type":"object","properties":{
                "name":{"type":"string"},"below":{"type":"array","items":{"$ref":"#/$defs/t"}}}}}}"##,
        );
        assert!(nested.contains(&r#"{"below":[{}]}"#.to_owned()), "{nested:?}");
        assert!(nested.contains(&r#"{"below":[{"below":[{"below":[{}]}]}]}"#.to_owned()));
        assert!(nested.iter().any(|value| value.matches("below").count() == 999));
    }

    #[test]
    fn what_may_not_is_left_alone() {
        let flat = r#"{"type":"array","items":{"type":"array","items":{"type":"integer"}}}"#;
        assert!(depths(flat).is_empty());
    }
}
