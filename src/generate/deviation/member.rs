//! Members: left out, too many, sent though the server owns them, lacking those they need.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::{Branch, ObjectShape};
use crate::value::{Object, Text, Value};

/// Members that no schema names.
const STRANGERS: [(&str, &str); 3] = [
    ("one more member", "phiExtra"),
    ("a member named like a prototype", "__proto__"),
    ("a member named by nothing", ""),
];

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let strangers = STRANGERS.iter().map(|(class, _)| *class);
    let others = [
        "left out",
        "all left out",
        "a known member in capitals",
        "sent",
        "a forbidden member",
        "without those it needs",
    ];
    strangers.chain(others).collect()
}

/// Breaks each rule about members.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    left_out(spot, emit);
    for branch in &spot.node.branches {
        let Branch::Object(shape) = branch else { continue };
        let Some(Value::Object(usual)) = spot.simplest_of(branch) else { continue };
        if shape.members.iter().filter(|member| member.required).count() > 1 {
            emit.value("required", "all left out", Value::object::<&str>([]));
        }
        dependent(spot, shape, &usual, emit);
        if matches!(spot.current(), Value::Object(_)) {
            further(spot, shape, emit);
        }
    }
}

/// Members that must not be there.
fn further(spot: &Spot<'_>, shape: &ObjectShape, emit: &mut Emit<'_>) {
    if shape.additional.is_none() {
        for (class, name) in STRANGERS {
            emit.member("additionalProperties", class, name, Value::int(0));
        }
        if let Some(member) = shape.members.first() {
            let name: String = member.name.lossy().chars().flat_map(char::to_uppercase).collect();
            let value = spot.simplest(member.node).unwrap_or(Value::Null);
            emit.member("additionalProperties", "a known member in capitals", &name, value);
        }
    }
    for member in shape.members.iter().filter(|member| member.read_only) {
        // Not the simplest value: the server's own may be that.
        if let Some(value) = spot.several(member.node, 4).pop() {
            emit.member("readOnly", "sent", &member.name.lossy(), value);
        }
    }
    for name in &shape.forbidden {
        for value in [Value::Null, Value::int(0), Value::text("0")] {
            emit.member("not", "a forbidden member", &name.lossy(), value);
        }
    }
}

/// Leaves out a member that must be there.
pub(super) fn left_out(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    if spot.required {
        emit.absent("required", "left out");
    }
}

fn dependent(spot: &Spot<'_>, shape: &ObjectShape, usual: &Object, emit: &mut Emit<'_>) {
    let node_of = |name: &Text| shape.members.iter().find(|m| m.name == *name).map(|m| m.node);
    for (present, others) in &shape.dependent {
        let value = node_of(present).or(shape.additional).and_then(|node| spot.simplest(node));
        let Some(value) = value else { continue };
        for other in others {
            let mut object = usual.clone();
            object.remove(&other.lossy());
            object.set(present.clone(), value.clone());
            for more in others.iter().filter(|more| *more != other) {
                let node = node_of(more).or(shape.additional);
                object.extend_with(more, node.and_then(|node| spot.simplest(node)));
            }
            emit.value("dependentRequired", "without those it needs", Value::Object(object));
        }
    }
}
