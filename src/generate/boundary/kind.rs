//! Kinds: each branch of a union, each arm of an enumeration, both booleans, null, the examples.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec!["example", "null", "false", "true", "arm", "branch"]
}

/// What to try at any place.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for example in &spot.node.examples {
        emit.valid("example", example.clone());
    }
    for branch in &spot.node.branches {
        match branch {
            Branch::Null => emit.valid("null", Value::Null),
            Branch::Bool => {
                emit.valid("false", Value::Bool(false));
                emit.valid("true", Value::Bool(true));
            }
            Branch::Constants(values) => {
                for value in values {
                    emit.valid("arm", value.clone());
                }
            }
            _ if spot.node.branches.len() > 1 => {
                if let Some(value) = spot.simplest_of(branch) {
                    emit.valid("branch", value);
                }
            }
            _ => {}
        }
    }
}
