//! What ties the parts of a case together: ids and what names them.

use super::place::{Read, Wrong};
use crate::case::{Body, Call, Case, Finding, Message, Perturbation, Step, Together};
use crate::value::{Pointer, Symbol, Value, nearest};

/// Verifies that every id stands once, and that whatever names one names what it may.
pub(super) fn verify(finding: &Finding) -> Read<()> {
    let known = Known::of(&finding.case)?;
    for (index, step) in finding.case.steps.iter().enumerate() {
        let at = Pointer::root().child("steps").index(index);
        match step {
            Step::Call(call) => known.call(call, index, &at)?,
            Step::Together(group) => {
                let at = at.child("together");
                for (member, call) in group.calls.iter().enumerate() {
                    let at = at.index(member);
                    same(group, call, &at)?;
                    known.call(call, index, &at)?;
                }
            }
        }
    }
    known.id(&finding.at, &Pointer::root().child("at"))?;
    let place =
        |place: &str, at: &Pointer| known.id(place.split('/').next().unwrap_or_default(), at);
    if let Some(boundary) = &finding.boundary {
        let at = Pointer::root().child("boundary");
        place(&boundary.at, &at.child("at"))?;
        known.value(&boundary.passes, usize::MAX, &at.child("passes"))?;
        known.value(&boundary.fails, usize::MAX, &at.child("fails"))?;
    }
    for (index, irrelevant) in finding.irrelevant.iter().enumerate() {
        place(irrelevant, &Pointer::root().child("irrelevant").index(index))?;
    }
    Ok(())
}

/// A call repeats one of its group that stands before it and repeats none itself.
fn same(group: &Together, call: &Call, at: &Pointer) -> Read<()> {
    let Some(same) = &call.same else { return Ok(()) };
    let before = group.calls.iter().take_while(|other| other.id != call.id);
    let names: Vec<&str> =
        before.filter(|other| other.same.is_none()).map(|other| other.id.as_str()).collect();
    if names.contains(&same.as_str()) {
        return Ok(());
    }
    wrong(
        &at.child("same"),
        format!(
            "`{same}` is no call with an operation of its own before this one in its group; {}",
            nearest::advice(same, &names)
        ),
    )
}

fn wrong<T>(at: &Pointer, message: String) -> Read<T> {
    Err(Wrong { at: at.clone(), message })
}

/// The ids of a case.
struct Known<'c> {
    /// Each with the number of its step, and whether it names a group.
    ids: Vec<(&'c str, usize, bool)>,
    connections: Vec<&'c str>,
}

impl<'c> Known<'c> {
    fn of(case: &'c Case) -> Read<Self> {
        let mut ids: Vec<(&str, usize, bool)> = Vec::new();
        let mut add = |id: &'c str, step: usize, group: bool, at: Pointer| {
            if ids.iter().any(|(other, ..)| *other == id) {
                let message =
                    format!("the id `{id}` stands twice; every call and group has its own");
                return wrong(&at.child("id"), message);
            }
            ids.push((id, step, group));
            Ok(())
        };
        for (index, step) in case.steps.iter().enumerate() {
            let at = Pointer::root().child("steps").index(index);
            add(step.id(), index, matches!(step, Step::Together(_)), at.clone())?;
            if let Step::Together(group) = step {
                let at = at.child("together");
                for (member, call) in group.calls.iter().enumerate() {
                    add(&call.id, index, false, at.index(member))?;
                }
            }
        }
        let connections = case.connections.iter().map(|(name, _)| name.as_str()).collect();
        Ok(Self { ids, connections })
    }

    /// A call, in the step of this number.
    fn call(&self, call: &Call, step: usize, at: &Pointer) -> Read<()> {
        if let Some(on) = &call.on
            && !self.connections.contains(&on.as_str())
        {
            let advice = nearest::advice(on, &self.connections);
            let message = format!("no connection `{on}` stands under `connections`; {advice}");
            return wrong(&at.child("on"), message);
        }
        for (part, list) in [
            ("path", &call.path),
            ("query", &call.query),
            ("headers", &call.headers),
            ("cookies", &call.cookies),
        ] {
            for (name, value) in list {
                self.value(value, step, &at.child(part).child(name.as_str()))?;
            }
        }
        self.body(call, step, at)?;
        for (index, deviation) in call.deviations.iter().enumerate() {
            for (name, value) in &deviation.with {
                let at = at.child("deviations").index(index).child(name.as_str());
                self.value(value, step, &at)?;
            }
        }
        for (index, perturbation) in call.perturb.iter().enumerate() {
            if let Perturbation::Hold { until, .. } = perturbation {
                let at = at.child("perturb").index(index).child("hold").child("until");
                self.id(until, &at)?;
                let own = |(id, of, group): &(&str, usize, bool)| {
                    *id == until && (*id == call.id || *group && *of == step)
                };
                if self.ids.iter().any(own) {
                    return wrong(&at, format!("`{until}` would wait for itself"));
                }
            }
        }
        match call.saw.as_ref().and_then(|saw| saw.value.as_ref()) {
            Some(value) => self.value(value, step, &at.child("saw").child("value")),
            None => Ok(()),
        }
    }

    fn body(&self, call: &Call, step: usize, at: &Pointer) -> Read<()> {
        let Some(body) = &call.body else { return Ok(()) };
        let at = at.child(body.part());
        if let Some(value) = body.value() {
            return self.value(value, step, &at);
        }
        let Body::Messages(messages) = body else { return Ok(()) };
        messages.iter().enumerate().try_for_each(|(index, message)| match message {
            Message::Proto(value) => self.value(value, step, &at.index(index).child("proto")),
            _ => Ok(()),
        })
    }

    /// The references in a value that is needed in the step of this number.
    fn value(&self, value: &Value, step: usize, at: &Pointer) -> Read<()> {
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self.value(item, step, &at.index(index))),
            Value::Object(object) => {
                object.iter().try_for_each(|(key, value)| self.value(value, step, &at.child(key)))
            }
            Value::Symbol(symbol) => match &**symbol {
                Symbol::From(from) => self.reference(&from.call, step, &at.child("$from")),
                Symbol::Join(parts) => {
                    let at = at.child("$join");
                    parts
                        .iter()
                        .enumerate()
                        .try_for_each(|(index, part)| self.value(part, step, &at.index(index)))
                }
                Symbol::Fresh(fresh) => fresh
                    .like
                    .iter()
                    .try_for_each(|like| self.value(like, step, &at.child("$fresh").child("like"))),
                Symbol::Var(_) | Symbol::Secret(_) | Symbol::Now(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn reference(&self, id: &str, step: usize, at: &Pointer) -> Read<()> {
        match self.ids.iter().find(|(known, ..)| *known == id) {
            Some((_, _, true)) => {
                wrong(at, format!("`{id}` is a group; name one of its calls, which have answers"))
            }
            Some((_, earlier, _)) if *earlier < step => Ok(()),
            Some(_) => wrong(at, format!("the answer of `{id}` comes too late to be used here")),
            None => self.unknown(id, at),
        }
    }

    /// That there is a call or group of this id.
    fn id(&self, id: &str, at: &Pointer) -> Read<()> {
        if self.ids.iter().any(|(known, ..)| *known == id) { Ok(()) } else { self.unknown(id, at) }
    }

    fn unknown(&self, id: &str, at: &Pointer) -> Read<()> {
        let names: Vec<&str> = self.ids.iter().map(|(known, ..)| *known).collect();
        wrong(at, format!("no call has the id `{id}`; {}", nearest::advice(id, &names)))
    }
}
