//! The case: what is sent, in which order, with which bends of timing; and what came back.
//!
//! Responsible for the model of `CASE-FORMAT` in memory, its file, the exchanges and histories that
//! executing a case gives, and the order in which one case is smaller than another. Does not know
//! where cases come from or what they prove.

mod arbitrary;
mod body;
mod call;
mod code;
mod exchange;
pub mod file;
mod finding;
pub mod nowhere;
mod number;
mod perturbation;
mod redact;

pub use body::{Body, Message};
pub use call::{Auth, Call, Deviation, Release, Saw, Step, Together, Want};
pub use code::Code;
pub use exchange::{
    Answer, Ending, Exchange, Header, History, HttpVersion, Outcome, Sent, Times, Unfinished,
};
pub use finding::{Boundary, Finding, Known, Reproduced};
pub use number::Renaming;
pub use perturbation::{Perturbation, Position};

use crate::value::Value;

/// What a call is by construction. The order is from harmless to harmful: a case has the label of
/// its most harmful call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Accepted by the schema and the declared rules, confirmed.
    #[default]
    Valid,
    /// Implementations may differ: only crash, hang and health checks apply.
    Unspecified,
    /// Exactly the named rules are broken, confirmed.
    Invalid,
    /// Broken below the schema.
    Malformed,
}

impl Label {
    /// All labels.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Unspecified, Self::Invalid, Self::Malformed];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Unspecified => "unspecified",
            Self::Invalid => "invalid",
            Self::Malformed => "malformed",
        }
    }
}

/// What is sent: steps with values and timing, on connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Case {
    /// The service that calls go to which name none of their own.
    pub service: String,
    /// Connections that calls share or shape, by name.
    pub connections: Vec<(String, Connection)>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A named connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Connection {
    /// The HTTP version, 1 or 2; the service's preferred one where absent.
    pub http: Option<u8>,
    /// HTTP/2 `SETTINGS_INITIAL_WINDOW_SIZE` in octets (RFC 9113, section 6.5.2).
    pub initial_window: Option<u32>,
}

impl Case {
    /// A case of one call.
    pub fn of(service: impl Into<String>, call: Call) -> Self {
        Self { service: service.into(), connections: Vec::new(), steps: vec![Step::Call(call)] }
    }

    /// All calls in order, the members of a group one after the other.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.steps.iter().flat_map(|step| match step {
            Step::Call(call) => std::slice::from_ref(call).iter(),
            Step::Together(group) => group.calls.iter(),
        })
    }

    /// All calls in order, for change.
    pub fn calls_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.steps.iter_mut().flat_map(|step| match step {
            Step::Call(call) => std::slice::from_mut(call).iter_mut(),
            Step::Together(group) => group.calls.iter_mut(),
        })
    }

    /// The calls that say themselves what they send: all but those that repeat another of their group.
    pub fn own_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls().filter(|call| call.same.is_none())
    }

    /// The same, for change.
    pub fn own_calls_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.calls_mut().filter(|call| call.same.is_none())
    }

    /// The call of this id.
    pub fn call(&self, id: &str) -> Option<&Call> {
        self.calls().find(|call| call.id == id)
    }

    /// Which step, counted from 0, makes the call of this id.
    pub fn step_of(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.calls().iter().any(|call| call.id == id))
    }

    /// An id that no step and no call of it has.
    pub fn free_id(&self) -> String {
        let is_free =
            |id: &String| self.call(id).is_none() && self.steps.iter().all(|s| s.id() != *id);
        let taken = self.steps.len() + self.calls().count();
        (1..=taken + 1).map(|number| format!("s{number}")).find(is_free).unwrap_or_default()
    }

    /// Whether time is part of it: a pause, a bend, calls released together.
    pub fn is_timed(&self) -> bool {
        self.is_bent() || self.steps.iter().any(|step| step.wait().is_some())
    }

    /// Whether it says when octets of a call are written: by a bend, or by calls released together.
    pub fn is_bent(&self) -> bool {
        let bent =
            |call: &Call| !call.perturb.is_empty() || call.skew.is_some() || call.has_silence();
        self.steps.iter().any(|step| step.calls().len() > 1 || step.calls().iter().any(bent))
    }

    /// The call of this id; the one that it repeats, where it does.
    pub fn original(&self, id: &str) -> Option<&Call> {
        let call = self.call(id)?;
        call.same.as_ref().map_or(Some(call), |same| self.call(same))
    }

    /// The most harmful label of its calls.
    pub fn label(&self) -> Label {
        self.calls().map(|call| call.label).max().unwrap_or_default()
    }
}

/// A place in a call's input: `path/id`, `query/ids/0`, `json/qty`, `json` (the whole body).
///
/// Written like a pointer without its leading slash; the first token names the part of the call.
pub fn place(part: &str, rest: &crate::value::Pointer) -> String {
    format!("{part}{rest}")
}

/// The value at a place of a call, where there is one.
pub fn value_at<'c>(call: &'c Call, place: &str) -> Option<&'c Value> {
    let (part, rest) = place.split_once('/').map_or((place, ""), |(part, rest)| (part, rest));
    let named = |list: &'c [(String, Value)]| {
        let pointer = crate::value::Pointer::parse(&format!("/{rest}")).ok()?;
        let (name, tail) = pointer.tokens().split_first()?;
        let name = name.as_str()?;
        let value = list.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)?;
        tail.iter().cloned().collect::<crate::value::Pointer>().find(value)
    };
    match part {
        "path" => named(&call.path),
        "query" => named(&call.query),
        "headers" => named(&call.headers),
        "cookies" => named(&call.cookies),
        part => {
            let body = call.body.as_ref().filter(|body| body.part() == part)?;
            let pointer = if rest.is_empty() && !place.ends_with('/') {
                crate::value::Pointer::root()
            } else {
                crate::value::Pointer::parse(&format!("/{rest}")).ok()?
            };
            pointer.find(body.value()?)
        }
    }
}

/// Puts a value at a place of a call, a new member where it must be one, or takes away what stands
/// there. A place whose surroundings are not there is left alone.
pub fn set_value_at(call: &mut Call, place: &str, value: Option<Value>) {
    let (part, rest) = place.split_once('/').map_or((place, ""), |(part, rest)| (part, rest));
    let Ok(pointer) = crate::value::Pointer::parse(&format!("/{rest}")) else { return };
    let list = match part {
        "path" => Some(&mut call.path),
        "query" => Some(&mut call.query),
        "headers" => Some(&mut call.headers),
        "cookies" => Some(&mut call.cookies),
        _ => None,
    };
    if let Some(list) = list {
        let Some((name, tail)) = pointer.tokens().split_first() else { return };
        let tail: crate::value::Pointer = tail.iter().cloned().collect();
        let known = list.iter().position(|(key, _)| *name == **key);
        match (known, value) {
            (Some(known), None) if tail.tokens().is_empty() => drop(list.remove(known)),
            (Some(known), value) => put(&mut list[known].1, &tail, value),
            (None, Some(value)) if tail.tokens().is_empty() => {
                list.push((name.lossy().into_owned(), value));
            }
            (None, _) => {}
        }
        return;
    }
    let pointer = if rest.is_empty() { crate::value::Pointer::root() } else { pointer };
    let Some(body) = call.body.as_mut().filter(|body| body.part() == part) else { return };
    if let Some(whole) = body.value_mut() {
        put(whole, &pointer, value);
    }
}

fn put(whole: &mut Value, pointer: &crate::value::Pointer, value: Option<Value>) {
    match value {
        Some(value) => {
            if let Some(place) = pointer.find_mut(whole) {
                *place = value;
                return;
            }
            let mut parent = pointer.clone();
            if let Some(name) = parent.pop()
                && let Some(Value::Object(object)) = parent.find_mut(whole)
            {
                object.push(name, value);
            }
        }
        None => {
            let mut parent = pointer.clone();
            let Some(last) = parent.pop() else { return };
            match parent.find_mut(whole) {
                Some(Value::Object(object)) => {
                    object.remove(&last.lossy());
                }
                Some(Value::Array(items)) => {
                    if let Ok(index) = last.lossy().parse::<usize>()
                        && index < items.len()
                    {
                        items.remove(index);
                    }
                }
                _ => {}
            }
        }
    }
}
