//! Members: left out, too many, sent though the server owns them, lacking those they need.

use super::{Emit, with};
use crate::generate::walk::Spot;
use crate::schema::shape::{Branch, ObjectShape};
use crate::value::{Object, Text, Value};

/// Breaks each rule about members.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    left_out(spot, emit);
    for branch in &spot.node.branches {
        let Branch::Object(shape) = branch else { continue };
        let Some(Value::Object(usual)) = spot.simplest_of(branch) else { continue };
        if shape.members.iter().filter(|member| member.required).count() > 1 {
            emit.value("required", "all left out", Value::object::<&str>([]));
        }
        for (class, name) in [
            ("one more member", "phiExtra"),
            ("a member named like a prototype", "__proto__"),
            ("a member named by nothing", ""),
        ] {
            if shape.additional.is_none() && !usual.contains(name) {
                emit.value("additionalProperties", class, with(&usual, name, Value::int(0)));
            }
        }
        if shape.additional.is_none()
            && let Some(member) = shape.members.first()
        {
            let name: String = member.name.lossy().chars().flat_map(char::to_uppercase).collect();
            let value = spot.simplest(member.node).unwrap_or(Value::Null);
            emit.value(
                "additionalProperties",
                "a known member in capitals",
                with(&usual, &name, value),
            );
        }
        for member in shape.members.iter().filter(|member| member.read_only) {
            if let Some(value) = spot.simplest(member.node) {
                emit.value("readOnly", "sent", with(&usual, &member.name.lossy(), value));
            }
        }
        for name in &shape.forbidden {
            for value in [Value::Null, Value::int(0), Value::text("0")] {
                emit.found("a forbidden member", with(&usual, &name.lossy(), value));
            }
        }
        dependent(spot, shape, &usual, emit);
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
            emit.value("dependentRequired", "left out", Value::Object(object));
        }
    }
}
