//! Calls that are planned: worked out only when their turn comes.

use std::sync::Arc;

use super::walk::Edit;
use super::{confirm, input};
use crate::case::{self, Call, Deviation, Label};
use crate::spec::Operation;
use crate::value::{Pointer, Value};

/// Which part of an input an edit is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A parameter, by its number in the operation.
    Parameter(usize),
    /// The body in a media type, by its number in the operation.
    Body(usize),
}

/// A call that is planned.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it tries: the boundary class, the broken rule, the operation on the wire.
    pub class: &'static str,
    /// What it starts from.
    base: Arc<Call>,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    /// A value at a place that the schema admits.
    Boundary { slot: Slot, edit: Edit, label: Label },
    /// A value at a place that breaks a rule.
    Break { slot: Slot, edit: Edit, rule: &'static str },
    /// A parameter or the body left out.
    Missing { slot: Slot },
    /// The whole call as it is.
    Whole,
    /// An operation on the wire.
    Wire { deviation: Deviation, label: Label },
}

impl Planned {
    /// A call with one value at a boundary.
    pub fn boundary(base: &Arc<Call>, slot: Slot, edit: Edit, label: Label) -> Self {
        Self {
            class: edit.class,
            base: Arc::clone(base),
            change: Change::Boundary { slot, edit, label },
        }
    }

    /// A call that breaks one rule.
    pub fn breaking(base: &Arc<Call>, slot: Slot, rule: &'static str, edit: Edit) -> Self {
        Self {
            class: edit.class,
            base: Arc::clone(base),
            change: Change::Break { slot, edit, rule },
        }
    }

    /// A call without a part that it needs.
    pub fn missing(base: &Arc<Call>, slot: Slot) -> Self {
        Self { class: "required", base: Arc::clone(base), change: Change::Missing { slot } }
    }

    /// A call as it is.
    pub fn whole(class: &'static str, base: &Arc<Call>) -> Self {
        Self { class, base: Arc::clone(base), change: Change::Whole }
    }

    /// A call that is damaged on the wire.
    pub fn damaged(
        base: &Arc<Call>,
        class: &'static str,
        deviation: Deviation,
        label: Label,
    ) -> Self {
        Self { class, base: Arc::clone(base), change: Change::Wire { deviation, label } }
    }

    /// The call, where it is what its label says.
    pub fn call(&self, operation: &Operation) -> Option<Call> {
        let mut call = (*self.base).clone();
        match &self.change {
            Change::Boundary { slot, edit, label } => {
                set(operation, &mut call, *slot, Some(edit.apply()))?;
                call.label = *label;
            }
            Change::Break { slot, edit, rule } => {
                set(operation, &mut call, *slot, Some(edit.apply()))?;
                call.label = Label::Invalid;
                call.deviations =
                    vec![Deviation::schema(rule, place(operation, *slot, &edit.pointer)?)];
            }
            Change::Missing { slot } => {
                set(operation, &mut call, *slot, None)?;
                call.label = Label::Invalid;
                call.deviations =
                    vec![Deviation::schema("required", place(operation, *slot, &Pointer::root())?)];
            }
            Change::Whole => {}
            Change::Wire { deviation, label } => {
                call.label = *label;
                call.deviations = vec![deviation.clone()];
            }
        }
        confirm::confirms(operation, &call).then_some(call)
    }
}

/// The place of a pointer into a slot.
fn place(operation: &Operation, slot: Slot, pointer: &Pointer) -> Option<String> {
    Some(match slot {
        Slot::Parameter(index) => {
            let parameter = operation.parameters.get(index)?;
            let name = Pointer::root().child(parameter.name.as_str());
            case::place(parameter.location.part(), &name.join(pointer))
        }
        Slot::Body(index) => {
            let content = operation.body.as_ref()?.contents.get(index)?;
            case::place(content.kind.part(), pointer)
        }
    })
}

/// Puts a value into a slot, or empties it; parameters keep the operation's order.
fn set(operation: &Operation, call: &mut Call, slot: Slot, value: Option<Value>) -> Option<()> {
    match slot {
        Slot::Parameter(index) => {
            let parameter = operation.parameters.get(index)?;
            let list = input::list(call, parameter.location);
            let old = std::mem::take(list);
            let mut named: Vec<(String, Value)> = Vec::new();
            for known in input::parameters(operation).filter(|p| p.location == parameter.location) {
                if known.name == parameter.name {
                    named.extend(value.clone().map(|value| (known.name.clone(), value)));
                } else {
                    named.extend(old.iter().filter(|(name, _)| *name == known.name).cloned());
                }
            }
            let unknown = |name: &str| operation.parameter(parameter.location, name).is_none();
            named.extend(old.into_iter().filter(|(name, _)| unknown(name)));
            *input::list(call, parameter.location) = named;
        }
        Slot::Body(index) => {
            let content = operation.body.as_ref()?.contents.get(index)?;
            call.body = value.map(|value| input::body(content.kind, value));
        }
    }
    Some(())
}
