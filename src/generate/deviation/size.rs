//! Counts of elements and members, uniqueness.

use super::{Emit, with};
use crate::choice::{Rng, Source};
use crate::generate::size;
use crate::generate::value::{Place, draw};
use crate::generate::walk::Spot;
use crate::schema::shape::{ArrayShape, Branch, NodeId, ObjectShape};
use crate::value::{Number, Object, Value};

/// How far beyond a bound, where it is far. A million, as of numbers and lengths, would be several
/// million choices, and no case that could be made smaller in any time.
const FAR: usize = 10_000;

/// So many full elements are drawn for one whose members can be turned.
const DRAWN: u64 = 8;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "one too few",
        "none",
        "one too many",
        "ten times too many",
        "ten thousand too many",
        "one after the last",
        "two equal",
        "two equal, members turned",
        "two equal, written differently",
        "one member too many",
        "ten times too many members",
        "ten thousand members too many",
        "too few members",
        "another name",
    ]
}

/// Breaks each rule of size.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        match branch {
            Branch::Array(shape) => {
                array(spot, shape, emit);
                unique(spot, shape, emit);
            }
            Branch::Object(shape) => object(spot, branch, shape, emit),
            _ => {}
        }
    }
}

fn array(spot: &Spot<'_>, shape: &ArrayShape, emit: &mut Emit<'_>) {
    let mut count = |rule, class, count: usize| {
        emit.leaf(rule, class, size::array(spot, shape, count));
    };
    if shape.min > 0 {
        count("minItems", "one too few", shape.min - 1);
        count("minItems", "none", 0);
    }
    if let Some(max) = shape.max {
        count("maxItems", "one too many", max.saturating_add(1));
        count("maxItems", "ten times too many", max.saturating_add(1).saturating_mul(10));
        count("maxItems", "ten thousand too many", max.saturating_add(FAR));
        if shape.rest.is_none() && shape.prefix.len() == max {
            let full: Option<Vec<Value>> =
                shape.prefix.iter().map(|node| spot.simplest(*node)).collect();
            if let Some(mut full) = full {
                full.push(Value::Null);
                emit.value("items", "one after the last", Value::Array(full));
            }
        }
    }
}

/// Equal elements where all must differ.
fn unique(spot: &Spot<'_>, shape: &ArrayShape, emit: &mut Emit<'_>) {
    let Some(rest) = shape.rest.filter(|_| shape.unique) else { return };
    let Some(first) = spot.simplest(rest) else { return };
    let mut pair = |class, one: &Value, other: Value| {
        let mut list = vec![one.clone(), other];
        let more = spot.several(rest, shape.min.min(MOST_FILLED)).into_iter();
        list.extend(more.filter(|value| value != one).take(shape.min.saturating_sub(2)));
        emit.value("uniqueItems", class, Value::Array(list));
    };
    pair("two equal", &first, first.clone());
    if let Some(number) = first.as_number().filter(|number| number.as_i128().is_some())
        && let Some(twin) = Number::parse(&format!("{number}.0"))
    {
        pair("two equal, written differently", &first, Value::Number(twin));
    }
    let mut candidates = std::iter::once(first.clone()).chain(full(spot, rest));
    if let Some((turned, one)) = candidates.find_map(|one| Some((turned(&one)?, one))) {
        pair("two equal, members turned", &one, turned);
    }
}

/// More elements are not added to reach a least count.
const MOST_FILLED: usize = 1_000;

/// Values of a node with all that they may have.
fn full<'s>(spot: &'s Spot<'_>, node: NodeId) -> impl Iterator<Item = Value> + 's {
    let place = Place { fullness: 1.0, ..spot.place.at(node) };
    let drawn = (0..DRAWN).filter_map(move |seed| {
        Source::random(Rng::new(seed)).run(|source| draw(place, source)).ok()
    });
    let fits = move |value: &Value| {
        let node = place.shapes.node(place.node);
        node.is_none_or(|node| place.shapes.confirms(node, value))
    };
    drawn.map(|(value, _)| value).filter(fits)
}

/// The same value with the members of all its objects in another order; `None` where none has several.
fn turned(value: &Value) -> Option<Value> {
    fn turn(value: &Value) -> Value {
        match value {
            Value::Array(items) => Value::Array(items.iter().map(turn).collect()),
            Value::Object(object) => {
                let members = object.iter().map(|(name, value)| (name.clone(), turn(value)));
                let mut members: Vec<_> = members.collect();
                members.reverse();
                Value::Object(members.into_iter().collect())
            }
            value => value.clone(),
        }
    }
    Some(turn(value)).filter(|turned| turned != value)
}

fn object(spot: &Spot<'_>, branch: &Branch, shape: &ObjectShape, emit: &mut Emit<'_>) {
    let Some(Value::Object(usual)) = spot.simplest_of(branch) else { return };
    if let Some(max) = shape.max {
        let further = shape.additional.and_then(|node| spot.simplest(node));
        for (class, count) in [
            ("one member too many", max.saturating_add(1)),
            ("ten times too many members", max.saturating_add(1).saturating_mul(10)),
            ("ten thousand members too many", max.saturating_add(FAR)),
        ] {
            let leaf = size::object(spot, shape, &usual, further.as_ref(), count);
            emit.leaf("maxProperties", class, leaf);
        }
    }
    if shape.min > 0 {
        let mut few = Object::new();
        for member in shape.members.iter().filter(|member| member.required) {
            few.extend_with(&member.name, spot.simplest(member.node));
        }
        emit.value("minProperties", "too few members", Value::Object(few));
    }
    if let Some(names) = shape.names
        && let Some(value) = shape.additional.and_then(|node| spot.simplest(node))
    {
        for name in ["", " ", "0", "a", "A", "é", "a b"] {
            let fits = spot
                .place
                .shapes
                .node(names)
                .is_some_and(|node| spot.place.shapes.confirms(node, &Value::text(name)));
            if !fits || name.is_empty() {
                emit.value("propertyNames", "another name", with(&usual, name, value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::broken;
    use super::*;

    /// The sizes of the arrays and objects that break a rule.
    fn sizes(schema: &str, rule: &str) -> Vec<usize> {
        let broken = broken(schema);
        let values = broken.iter().filter(|(known, _)| *known == rule);
        let read = |json: &String| crate::value::read::json(json.as_bytes()).unwrap();
        let size = |value: Value| match value {
            Value::Array(items) => items.len(),
            Value::Object(object) => object.len(),
            _ => 0,
        };
        values.map(|(_, json)| size(read(json))).collect()
    }

    #[test]
    fn counts_are_missed_by_one_and_by_much() {
        let array = r#"{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":5000}"#;
        assert_eq!(sizes(array, "minItems"), [1, 0]);
        assert_eq!(sizes(array, "maxItems"), [5001, 50_010, 15_000]);
        let object = r#"{"type":"object","additionalProperties":{"type":"integer"},
            "maxProperties":2000}"#;
        assert_eq!(sizes(object, "maxProperties"), [2001, 20_010, 12_000]);
    }

    #[test]
    fn equal_elements_are_turned_however_deep_their_members_lie() {
        let inner = r#"{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}}}"#;
        let schema = format!(
            r#"{{"type":"array","uniqueItems":true,
                "items":{{"type":"object","properties":{{"x":{inner}}}}}}}"#
        );
        let turned = r#"[{"x":{"a":null,"b":null}},{"x":{"b":null,"a":null}}]"#;
        let broken = broken(&schema);
        assert!(broken.contains(&("uniqueItems", turned.to_owned())), "{broken:?}");
    }
}
