//! Objects: which members are there, how many, under which names, in which order, how deep.

use super::Emit;
use crate::case::Label;
use crate::generate::edit;
use crate::generate::size;
use crate::generate::walk::Spot;
use crate::schema::Shapes;
use crate::schema::shape::{Branch, ObjectShape};
use crate::value::{Object, Value};

/// Names that programs take for something else.
const ODD_NAMES: [(&str, &str); 9] = [
    ("member named by nothing", ""),
    ("member __proto__", "__proto__"),
    ("member constructor", "constructor"),
    ("member $ref", "$ref"),
    ("member with a dot", "a.b"),
    ("member with a space", "a b"),
    ("member with a slash", "a/b"),
    ("member with an accent", "é"),
    (LONG_NAME, ""),
];

const LONG_NAME: &str = "member of 256 characters";

/// Which of the members that the schema names are there.
const PRESENCE: [&str; 6] = [
    "required members only",
    "all members",
    "one optional member",
    "all members but one",
    "two optional members",
    "members in reverse",
];

/// Further members.
const FURTHER: [(&str, usize); 2] = [("one more member", 1), ("two more members", 2)];

/// Declared counts.
const DECLARED: [&str; 4] =
    ["minProperties", "minProperties + 1", "maxProperties", "maxProperties - 1"];

/// Kinds of values that a further member of any kind may have.
const KINDS: [&str; 6] = [
    "null member",
    "boolean member",
    "number member",
    "text member",
    "array member",
    "object member",
];

/// How deep any value is nested in a further member.
const DEPTHS: [(&str, usize); 3] = [
    ("member nested 64 deep", 64),
    ("member nested 128 deep", 128),
    ("member nested 1000 deep", 1000),
];

/// So many pairs of optional members are tried, neighbours first.
const MOST_PAIRS: usize = 100;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let odd = ODD_NAMES.iter().map(|(class, _)| *class);
    let further = FURTHER.iter().map(|(class, _)| *class);
    let depths = DEPTHS.iter().map(|(class, _)| *class);
    PRESENCE
        .into_iter()
        .chain(DECLARED)
        .chain(further)
        .chain(KINDS)
        .chain(odd)
        .chain(depths)
        .collect()
}

/// What to try where an object may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::Object(shape) = branch else { continue };
        presence(spot, shape, emit);
        further(spot, shape, emit);
    }
}

fn presence(spot: &Spot<'_>, shape: &ObjectShape, emit: &mut Emit<'_>) {
    let simplest: Vec<Option<Value>> = shape
        .members
        .iter()
        .map(|member| spot.simplest(member.node).filter(|_| member.required || !member.read_only))
        .collect();
    let with = |wanted: &dyn Fn(usize) -> bool| -> Option<Object> {
        let members = shape.members.iter().zip(&simplest).enumerate();
        members
            .filter(|(index, (member, value))| member.required || value.is_some() && wanted(*index))
            .map(|(_, (member, value))| Some((member.name.clone(), value.clone()?)))
            .collect()
    };
    let optional: Vec<usize> = shape
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| !member.required && !member.read_only)
        .map(|(index, _)| index)
        .collect();
    let mut valid = |class, object: Option<Object>| {
        if let Some(object) = object {
            emit.valid(class, Value::Object(object));
        }
    };
    valid(PRESENCE[0], with(&|_| false));
    let all = with(&|_| true);
    let reversed = all.clone().filter(|all| all.len() > 1).map(|all| {
        let mut members: Vec<_> = all.into_iter().collect();
        members.reverse();
        members.into_iter().collect()
    });
    if !optional.is_empty() {
        valid(PRESENCE[1], all);
    }
    valid(PRESENCE[5], reversed);
    for only in &optional {
        valid(PRESENCE[2], with(&|index| index == *only));
    }
    if optional.len() > 2 {
        for left_out in &optional {
            valid(PRESENCE[3], with(&|index| index != *left_out));
        }
        let count = optional.len();
        let pairs = (1..count).flat_map(|apart| (apart..count).map(move |at| (at - apart, at)));
        for (first, second) in pairs.take(MOST_PAIRS) {
            let pair = [optional[first], optional[second]];
            valid(PRESENCE[4], with(&|index| pair.contains(&index)));
        }
    }
}

fn further(spot: &Spot<'_>, shape: &ObjectShape, emit: &mut Emit<'_>) {
    let Some(Value::Object(usual)) = spot.usual_of_object() else { return };
    let Some(node) = shape.additional.filter(|_| shape.patterns.is_empty()) else {
        return sized(spot, shape, &usual, None, emit);
    };
    let Some(value) = spot.simplest(node) else { return };
    sized(spot, shape, &usual, Some(&value), emit);
    if !shape.open || shape.names.is_some() {
        return;
    }
    for (class, name) in ODD_NAMES {
        let name = if class == LONG_NAME { "a".repeat(256) } else { name.to_owned() };
        emit.unspecified(class, with(&usual, &value, [name]));
    }
    for (class, count) in FURTHER {
        emit.valid(class, with(&usual, &value, (0..count).map(edit::further)));
    }
    if node == Shapes::ANY {
        let kinds = [
            Value::Null,
            Value::Bool(true),
            Value::int(1),
            Value::text("a"),
            Value::Array(vec![Value::int(1)]),
            Value::object([("a", Value::int(1))]),
        ];
        for (class, value) in KINDS.into_iter().zip(kinds) {
            emit.valid(class, with(&usual, &value, [edit::further(0)]));
        }
        for (class, depth) in DEPTHS {
            let nested = (1..depth).fold(Value::Null, |inner, _| Value::object([("a", inner)]));
            emit.unspecified(class, with(&usual, &nested, [edit::further(0)]));
        }
    }
}

/// Objects of as many members as are declared: named ones first, then further ones.
fn sized(
    spot: &Spot<'_>,
    shape: &ObjectShape,
    usual: &Object,
    further: Option<&Value>,
    emit: &mut Emit<'_>,
) {
    let max = shape.max.unwrap_or(usize::MAX);
    let counts = [shape.min, shape.min + 1, max, max.saturating_sub(1)];
    for (class, count) in DECLARED.into_iter().zip(counts) {
        let declared = if class.starts_with("min") { shape.min > 0 } else { shape.max.is_some() };
        if declared && (shape.min..=max).contains(&count) {
            let further = further.filter(|_| shape.names.is_none());
            if let Some(leaf) = size::object(spot, shape, usual, further, count) {
                emit.leaf(class, leaf, Label::Valid);
            }
        }
    }
}

/// An object with further members of one value.
fn with(usual: &Object, value: &Value, names: impl IntoIterator<Item = String>) -> Value {
    let mut object = usual.clone();
    for name in names {
        if !object.contains(&name) {
            object.push(name, value.clone());
        }
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;
    use crate::case::Label;

    #[test]
    fn declared_counts_are_reached_as_far_as_a_body_holds_them() {
        let schema = r#"{"type":"object","additionalProperties":{"type":"integer"},
            "minProperties":1,"maxProperties":2000}"#;
        let tried = tried(schema);
        for count in [1, 2, 1999, 2000] {
            let there = |(_, value, label): &(_, crate::value::Value, Label)| {
                value.as_object().is_some_and(|o| o.len() == count) && *label == Label::Valid
            };
            assert!(tried.iter().any(there), "{count}");
        }
    }

    #[test]
    fn all_pairs_of_optional_members_are_tried() {
        let schema = r#"{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},
            "c":{"type":"null"},"d":{"type":"null"}}}"#;
        let tried = tried(schema);
        for pair in ["ab", "ac", "ad", "bc", "bd", "cd"] {
            let there = |(class, value, _): &(&str, crate::value::Value, _)| {
                let keys =
                    value.as_object().map(|o| o.keys().map(|k| k.lossy()).collect::<String>());
                *class == "two optional members" && keys.as_deref() == Some(pair)
            };
            assert!(tried.iter().any(there), "{pair}");
        }
    }
}
