//! What the calls of a history did to which thing: what checks over histories are about.
//!
//! A thing is told by its path: `/orders/17`. What a call made gets its path from the answer.

use percent_encoding::percent_decode_str;

use super::{Seen, View, disguise};
use crate::case::{self, Answer, Call, Case, Step};
use crate::spec::graph::{Given, Resource};
use crate::spec::template::{is_parameter, segments};
use crate::value::{Reference, Value};

/// What is done to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Made.
    Create,
    /// Shown.
    Read,
    /// Another put in its place (`PUT`).
    Replace,
    /// Changed in part.
    Update,
    /// Taken away.
    Delete,
    /// Shown with all of its kind.
    List,
    /// Something else.
    Other,
}

impl Act {
    /// Whether it changes the thing it names, and leaves it there.
    pub(super) fn changes(self) -> bool {
        matches!(self, Self::Replace | Self::Update)
    }
}

/// The path of one thing, its segments decoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Thing(Vec<String>);

impl Thing {
    /// What it is called in its collection.
    pub(super) fn id(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// Whether it stands under another in the paths.
    pub(super) fn is_under(&self, other: &Self) -> bool {
        self.0.len() > other.0.len() && self.0.starts_with(&other.0)
    }

    /// Whether one of the two is the other, or is in it.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

/// One call of a history with what it did to which thing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'v, 'a> {
    /// Its place among the exchanges of the history.
    pub(super) index: usize,
    /// The exchange.
    pub(super) seen: &'v Seen<'a>,
    /// What was done.
    pub(super) act: Act,
    /// The kind of thing.
    pub(super) resource: &'a Resource,
}

/// The calls of a history that handle things of kinds that the document knows, in order. Those whose
/// answer may have come from elsewhere, and those that were not sent in whole, are left out; so is
/// everything from the first group on, or from the first call that is held, since what overlaps has no order.
pub(super) fn deeds<'v, 'a>(view: &'v View<'a>) -> Vec<Deed<'v, 'a>> {
    let steps = view.history.case.steps.iter();
    let ordered =
        steps.take_while(|step| matches!(step, Step::Call(call) if !call.is_held())).count();
    let all = view.seen().iter().enumerate().take(ordered);
    let whole = all.filter(|(_, seen)| !seen.is_disturbed());
    whole.filter_map(|(index, seen)| of(view, index, seen)).collect()
}

/// What a call of a history did, or was to do where it was broken off.
pub(super) fn of<'v, 'a>(
    view: &View<'a>,
    index: usize,
    seen: &'v Seen<'a>,
) -> Option<Deed<'v, 'a>> {
    let number = view.service.number(seen.name())?;
    let graph = view.service.graph();
    let resource = graph.resource(number)?;
    let routed = view.is_surely_routed(seen) && !view.is_from_gateway(seen);
    if !routed || seen.operation?.method != seen.method() {
        return None;
    }
    let is = |own: Option<usize>| own == Some(number);
    let made = || seen.exchange.status() == Some(201);
    let act = if is(resource.create) && (!resource.create_is_put || made()) {
        Act::Create
    } else if is(resource.read) {
        Act::Read
    } else if is(resource.replace) || is(resource.create) {
        Act::Replace
    } else if is(resource.update) {
        Act::Update
    } else if is(resource.delete) {
        Act::Delete
    } else if is(resource.list) {
        Act::List
    } else {
        Act::Other
    };
    Some(Deed { index, seen, act, resource })
}

/// The last call before a place in the history that made a thing.
pub(super) fn maker<'d, 'v, 'a>(
    deeds: &'d [Deed<'v, 'a>],
    thing: &Thing,
    before: usize,
) -> Option<&'d Deed<'v, 'a>> {
    let makes = |deed: &&Deed<'v, 'a>| deed.index < before && deed.made().as_ref() == Some(thing);
    deeds.iter().rev().find(makes)
}

/// The case up to a call of it, which becomes its last one.
pub(super) fn until(view: &View<'_>, seen: &Seen<'_>) -> Option<Case> {
    let case = &view.history.case;
    let at = case.step_of(&seen.exchange.call)?;
    let steps = case.steps.get(..=at)?.to_vec();
    // What is released together has no order.
    let alone = steps.iter().all(|step| matches!(step, Step::Call(_)));
    alone.then(|| Case { steps, ..(**case).clone() })
}

impl Deed<'_, '_> {
    /// Whether it is done: 202 says that it is yet to come, 207 that something of it was.
    pub(super) fn is_done(&self) -> bool {
        self.seen.is_success()
            && !matches!(self.seen.exchange.status(), Some(202 | 207))
            && !disguise::is_refusal(self.seen.json())
    }

    /// Whether its answer says that it made something (RFC 9110, section 15.3.2). Another 2xx may be about
    /// what was there already.
    pub(super) fn says_made(&self) -> bool {
        let says = |answer: &Answer| answer.status == 201 || answer.header("location").is_some();
        self.is_done() && self.seen.answer().is_some_and(says)
    }

    /// The thing it was done to; of what it made, the one that its answer names. `None` where that
    /// cannot be told.
    pub(super) fn thing(&self) -> Option<Thing> {
        let mut path = self.path()?;
        let whole = segments(&self.resource.item).count();
        match self.act {
            Act::List => return None,
            Act::Create if !self.resource.create_is_put => {
                let collection = segments(&self.resource.collection).count();
                path.truncate(collection);
                path.push(text_of(&self.told_id()?)?);
            }
            _ => path.truncate(whole),
        }
        (path.len() == whole).then_some(Thing(path))
    }

    /// The thing that it made; `None` where it made none, or its answer does not tell which.
    pub(super) fn made(&self) -> Option<Thing> {
        (self.act == Act::Create && self.seen.is_success()).then(|| self.thing()).flatten()
    }

    /// Whether it took the thing away; 202 says that this is yet to come.
    pub(super) fn deletes(&self) -> bool {
        self.act == Act::Delete && matches!(self.seen.exchange.status(), Some(200 | 204))
    }

    /// The path of the collection that the thing is in, or that is listed.
    pub(super) fn collection(&self) -> Option<Thing> {
        let count = segments(&self.resource.collection).count();
        let mut path = self.path()?;
        path.truncate(count);
        (path.len() == count).then_some(Thing(path))
    }

    /// The decoded segments of the path that was asked for, without the base.
    fn path(&self) -> Option<Vec<String>> {
        let own = segments(&self.seen.operation?.path).count();
        let target = self.seen.exchange.sent.target.split(['?', '#']).next()?;
        let decode = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let all: Vec<String> = segments(target).map(decode).collect();
        let base = all.len().checked_sub(own)?;
        Some(all.into_iter().skip(base).collect())
    }

    /// What the thing that it made is called, as its answer tells.
    pub(super) fn told_id(&self) -> Option<Value> {
        match self.resource.id.as_ref()? {
            Given::Answer { source, matching } => {
                self.seen.exchange.part(source, matching.as_deref(), self.seen.json())
            }
            Given::Input(place) => case::value_at(self.seen.call, place).cloned(),
        }
    }

    /// The case up to this call, which becomes its last one.
    pub(super) fn until(&self, view: &View<'_>) -> Option<Case> {
        until(view, self.seen)
    }

    /// The call of an operation on the thing of this deed, sent by the same caller; `None` where the
    /// contract wants more of it than is known.
    ///
    /// What this deed made is named by reference to its answer, so that the call belongs behind it.
    pub(super) fn then(&self, view: &View<'_>, operation: usize, id: &str) -> Option<Call> {
        let promised = view.service.operations.get(operation)?;
        let mut call = (**view.surroundings.usual.call(operation)?).clone();
        id.clone_into(&mut call.id);
        call.auth = self.seen.call.auth.clone();
        call.path.clear();
        for (at, segment) in segments(&promised.path).enumerate() {
            if let Some(name) = parameter(segment) {
                case::set_value_at(&mut call, &promised.place_of(name), Some(self.value_at(at)?));
            } else if is_parameter(segment) {
                return None;
            }
        }
        Some(call)
    }

    /// The call that shows the thing.
    pub(super) fn read(&self, view: &View<'_>, id: &str) -> Option<Call> {
        self.then(view, self.resource.read?, id)
    }

    /// What stands at a segment of the thing's path.
    fn value_at(&self, at: usize) -> Option<Value> {
        let named = segments(&self.seen.operation?.path).nth(at).and_then(parameter);
        if let Some(name) = named {
            let place = self.seen.operation?.place_of(name);
            return case::value_at(self.seen.call, &place).cloned();
        }
        let last = segments(&self.resource.item).count().checked_sub(1)?;
        if self.act != Act::Create || at != last {
            return None;
        }
        Some(match self.resource.id.as_ref()? {
            Given::Answer { source, matching } => Reference {
                call: self.seen.exchange.call.clone(),
                source: source.clone(),
                matching: matching.clone(),
            }
            .symbol(),
            Given::Input(place) => case::value_at(self.seen.call, place)?.clone(),
        })
    }
}

/// The parameter that a segment of a template is, where it is nothing but one.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// A value as it stands in a path.
pub(super) fn text_of(value: &Value) -> Option<String> {
    value.written().filter(|text| !text.is_empty())
}
