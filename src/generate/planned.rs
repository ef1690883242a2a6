//! Calls that are planned: worked out only when their turn comes.

use std::sync::Arc;

use super::edit::Edit;
use super::{confirm, facts, input};
use crate::case::{self, Call, Deviation, Label, Perturbation};
use crate::spec::{Location, Operation};
use crate::value::{Pointer, Value};
use crate::wire::deviation::{Danger, needs_http2};

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
    /// What it tries: the boundary class, the way a rule is broken, the rule on the wire.
    pub class: &'static str,
    /// Where it may be sent.
    pub danger: Danger,
    /// What it starts from.
    base: Arc<Call>,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    /// A value at a place that the schema admits.
    Boundary { slot: Slot, edit: Edit, label: Label },
    /// Values at two places that the schema admits.
    Pair { edits: Box<[(Slot, Edit); 2]> },
    /// A value at a place that breaks a rule; without one, whatever it is found to break.
    Break { slot: Slot, edit: Edit, rule: Option<&'static str> },
    /// A parameter or the body left out.
    Missing { slot: Slot },
    /// The whole call as it is.
    Whole,
    /// An operation on the wire.
    Wire { deviation: Box<Deviation>, label: Label },
    /// Bends of timing, of a call that may be written in another way.
    Bend { perturb: Vec<Perturbation>, deviation: Option<Deviation> },
    /// Another rendering fact at a place; the usual one where it is `None`.
    Style { place: String, fact: Option<String> },
}

impl Planned {
    fn new(class: &'static str, base: &Arc<Call>, change: Change) -> Self {
        Self { class, danger: Danger::Safe, base: Arc::clone(base), change }
    }

    /// A call with one value at a boundary.
    pub fn boundary(base: &Arc<Call>, slot: Slot, edit: Edit, label: Label) -> Self {
        Self::new(edit.class, base, Change::Boundary { slot, edit, label })
    }

    /// A call with two values at a boundary.
    pub fn pair(base: &Arc<Call>, edits: [(Slot, Edit); 2]) -> Self {
        Self::new("pair", base, Change::Pair { edits: Box::new(edits) })
    }

    /// A call that breaks a rule, or whatever rules it is found to break.
    pub fn breaking(base: &Arc<Call>, slot: Slot, rule: Option<&'static str>, edit: Edit) -> Self {
        Self::new(edit.class, base, Change::Break { slot, edit, rule })
    }

    /// A call without a part that it needs.
    pub fn missing(base: &Arc<Call>, slot: Slot) -> Self {
        Self::new("required", base, Change::Missing { slot })
    }

    /// A call as it is.
    pub fn whole(class: &'static str, base: &Arc<Call>) -> Self {
        Self::new(class, base, Change::Whole)
    }

    /// A call that is damaged on the wire.
    pub fn damaged(
        base: &Arc<Call>,
        class: &'static str,
        deviation: Deviation,
        label: Label,
        danger: Danger,
    ) -> Self {
        let deviation = Box::new(deviation);
        Self { danger, ..Self::new(class, base, Change::Wire { deviation, label }) }
    }

    /// A call whose timing is bent, and that may be written in another way.
    pub fn bent(
        base: &Arc<Call>,
        class: &'static str,
        perturb: Vec<Perturbation>,
        deviation: Option<Deviation>,
        danger: Danger,
    ) -> Self {
        Self { danger, ..Self::new(class, base, Change::Bend { perturb, deviation }) }
    }

    /// A call with a parameter written in another style.
    pub fn styled(base: &Arc<Call>, place: String, fact: Option<String>) -> Self {
        Self::new("another style", base, Change::Style { place, fact })
    }

    /// Whether it breaks a rule by something large, which takes its time to be written out.
    pub fn breaks_largely(&self) -> bool {
        matches!(&self.change, Change::Break { edit, .. } if edit.leaf.is_large())
    }

    /// Whether only HTTP/2 can carry it.
    pub fn needs_http2(&self) -> bool {
        matches!(&self.change, Change::Wire { deviation, .. } if needs_http2(deviation))
    }

    /// Whether what it changes stands in the path.
    pub fn is_in_path(&self, operation: &Operation) -> bool {
        let is_path = |slot: &Slot| match slot {
            Slot::Parameter(index) => {
                let parameter = operation.parameters.get(*index);
                parameter.is_some_and(|parameter| parameter.location == Location::Path)
            }
            Slot::Body(_) => false,
        };
        let is_place = |place: &str| operation.is_in_path(place);
        match &self.change {
            Change::Boundary { slot, .. }
            | Change::Break { slot, .. }
            | Change::Missing { slot } => is_path(slot),
            Change::Pair { edits } => edits.iter().any(|(slot, _)| is_path(slot)),
            Change::Wire { deviation, .. } => deviation.at.as_deref().is_some_and(is_place),
            Change::Style { place, .. } => is_place(place),
            Change::Whole | Change::Bend { .. } => false,
        }
    }

    /// The call, where it is what its label says, with the facts it is rendered by.
    ///
    /// What was to be valid and cannot be told from another value on the wire is unspecified.
    pub fn call(&self, operation: &Operation) -> Option<Call> {
        let mut call = (*self.base).clone();
        match &self.change {
            Change::Boundary { slot, edit, label } => {
                set(operation, &mut call, *slot, Some(edit.apply()?))?;
                return confirm::lawful(operation, call, *label);
            }
            Change::Pair { edits } => {
                for (slot, edit) in &**edits {
                    let given = super::catalogue::given(operation, &call, *slot);
                    let value = match given {
                        Some(value) => edit.apply_to(value),
                        None => edit.apply()?,
                    };
                    set(operation, &mut call, *slot, Some(value))?;
                }
                return confirm::lawful(operation, call, Label::Valid);
            }
            Change::Break { slot, edit, rule } => {
                set(operation, &mut call, *slot, Some(edit.apply()?))?;
                return match rule {
                    Some(rule) => {
                        let at = place(operation, *slot, &edit.place())?;
                        confirm::breaking(operation, call, rule, at)
                    }
                    None => confirm::named(operation, call),
                };
            }
            Change::Missing { slot } => {
                set(operation, &mut call, *slot, None)?;
                call.label = Label::Invalid;
                call.deviations =
                    vec![Deviation::schema("required", place(operation, *slot, &Pointer::root())?)];
            }
            Change::Whole => {}
            Change::Bend { perturb, deviation } => {
                call.perturb.clone_from(perturb);
                if let Some(deviation) = deviation {
                    // What is bent besides is judged for a crash or a hang alone.
                    call.label = Label::Unspecified;
                    call.deviations = vec![deviation.clone()];
                }
            }
            Change::Wire { deviation, label } => {
                call.label = *label;
                call.deviations = vec![(**deviation).clone()];
            }
            Change::Style { place, fact } => {
                call.label = Label::Unspecified;
                call.render.retain(|(key, _)| key != place);
                call.render.extend(fact.clone().map(|fact| (place.clone(), fact)));
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
pub(super) fn set(
    operation: &Operation,
    call: &mut Call,
    slot: Slot,
    mut value: Option<Value>,
) -> Option<()> {
    let content = match slot {
        Slot::Parameter(index) => {
            let parameter = operation.parameters.get(index)?;
            let content = input::content_of(operation, call);
            let list = input::list(call, parameter.location);
            let old = std::mem::take(list);
            let mut named: Vec<(String, Value)> = Vec::new();
            for known in input::parameters(operation).filter(|p| p.location == parameter.location) {
                if known.name == parameter.name {
                    named.extend(value.take().map(|value| (known.name.clone(), value)));
                } else {
                    named.extend(old.iter().filter(|(name, _)| *name == known.name).cloned());
                }
            }
            let unknown = |name: &str| operation.parameter(parameter.location, name).is_none();
            named.extend(old.into_iter().filter(|(name, _)| unknown(name)));
            *input::list(call, parameter.location) = named;
            content
        }
        Slot::Body(index) => {
            let content = operation.body.as_ref()?.contents.get(index)?;
            call.body = value.map(|value| input::body(content.kind, value));
            Some(content)
        }
    };
    call.render = facts::facts_with(operation, call, content);
    Some(())
}
