//! Deviations on the wire: operations that damage a rendered request on purpose.
//!
//! A schema deviation only annotates (the values already hold it) and is passed over here. A wire
//! deviation names a [`Rule`] of this registry and is applied after rendering, in the order the call
//! lists them. Its parameters stand in [`crate::case::Deviation::with`]; one that is left out has its
//! simplest value.
//!
//! A rule says which label it gives. `invalid` means that the contract refuses it, `malformed` that
//! the protocol or the media type does, `unspecified` that implementations may differ. Where the
//! label depends on the contract (a parameter may be missing unless it is required), the rule says
//! so, and who sends it has to look.

mod chunked;
mod content_coding;
mod content_type;
mod crowd;
mod field;
mod flood;
mod frames;
mod host;
mod json_octets;
mod json_place;
mod json_text;
mod length;
mod method;
mod negotiation;
mod parameter;
mod protobuf;
mod protobuf_field;
mod request_line;
mod rpc_frame;
mod rpc_head;
mod span;
mod target;

pub use method::methods;

use std::ops::RangeInclusive;

use super::body::sequence_of;
use super::error::Error;
use super::facts::Facts;
use super::grpc;
use super::request::Request;
use crate::case::{Body, Call, Deviation, Label};
use crate::value::Value;

/// One operation on rendered requests.
#[derive(Debug)]
pub struct Rule {
    /// The name in case files and reports.
    pub name: &'static str,
    /// The label of a call with this deviation, and no more harmful one.
    pub label: Label,
    /// Where it may be sent.
    pub danger: Danger,
    /// Whether what goes out is a well-formed HTTP message of a usual size, so that a connection that
    /// ends without an answer is a fault of the service.
    pub well_framed: bool,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// What it does and why it gives its label, for a person.
    pub explain: &'static str,
    places: fn(&Rule, &Call, &Request) -> Vec<Option<String>>,
    apply: fn(&mut Subject<'_>) -> Result<(), String>,
}

/// Where a deviation may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Danger {
    /// Anywhere.
    Safe,
    /// Off loopback only where it is allowed: it can desynchronise, stall or mislead what stands
    /// between, or act on what the run did not create.
    Remote,
    /// Only where it is allowed: it keeps a service so busy that others may notice.
    Disruptive,
    /// Only where a person has named it: it may take the service away from everybody.
    Dangerous,
}

/// One parameter of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// Its values.
    pub domain: Domain,
}

/// The values of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// An integer.
    Int {
        /// The simplest one.
        simplest: i64,
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// An offset within the body: from 1, the simplest, to one less than its length.
    Offset,
    /// Any of these texts, the simplest first; a file may hold another one.
    Text(&'static [&'static str]),
}

impl Domain {
    /// The simplest value.
    pub fn simplest(self) -> Value {
        match self {
            Self::Int { simplest, .. } => Value::int(simplest),
            Self::Offset => Value::int(1),
            Self::Text(texts) => Value::text(texts.first().copied().unwrap_or_default()),
        }
    }

    /// The integers it admits for a request; `None` for texts.
    pub fn range(self, request: &Request) -> Option<RangeInclusive<i64>> {
        match self {
            Self::Int { min, max, .. } => Some(min..=max),
            Self::Offset => Some(1..=request.body.len() as i64 - 1),
            Self::Text(_) => None,
        }
    }
}

impl Rule {
    /// The places of a call that it can be applied at, at most 64; `None` stands for the call as
    /// a whole. `request` is the call as rendered without deviations.
    pub fn places(&self, call: &Call, request: &Request) -> Vec<Option<String>> {
        let mut places = (self.places)(self, call, request);
        places.truncate(64);
        places
    }

    /// Whether it can be applied anywhere.
    pub fn applies(&self, call: &Call, request: &Request) -> bool {
        !self.places(call, request).is_empty()
    }

    /// The deviation by this rule at a place, with the simplest parameters.
    pub fn deviation(&self, at: Option<String>) -> Deviation {
        Deviation { rule: self.name.into(), at, with: Vec::new() }
    }

    /// Whether a text is one that a parameter of it is known to have.
    pub fn knows(&self, text: &str) -> bool {
        let mut domains = self.parameters.iter().map(|parameter| parameter.domain);
        domains.any(|domain| matches!(domain, Domain::Text(texts) if texts.contains(&text)))
    }

    /// A text parameter of a deviation by this rule, or its simplest value.
    pub fn text(&self, deviation: &Deviation, name: &str) -> Option<String> {
        let own = deviation.with.iter().find(|(key, _)| key == name);
        let parameter = self.parameters.iter().find(|parameter| parameter.name == name);
        let simplest = || parameter.map(|parameter| parameter.domain.simplest());
        let value = own.map(|(_, value)| value.clone()).or_else(simplest)?;
        value.as_str().map(str::to_owned)
    }
}

/// Every rule, family by family, in a fixed order.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    of_messages().chain(of_rpc()).chain(of_frames()).chain(of_crowds())
}

/// Those that damage the message of a call of gRPC, its frame or its metadata.
pub fn of_rpc() -> impl Iterator<Item = &'static Rule> {
    [protobuf::rules(), protobuf_field::rules(), rpc_frame::RULES, rpc_head::RULES]
        .into_iter()
        .flatten()
}

/// Those that damage the message itself.
pub fn of_messages() -> impl Iterator<Item = &'static Rule> {
    [
        json_text::RULES,
        json_place::RULES,
        json_octets::RULES,
        content_type::RULES,
        content_coding::RULES,
        length::RULES,
        chunked::RULES,
        method::RULES,
        parameter::RULES,
        negotiation::RULES,
        target::RULES,
        field::RULES,
        host::RULES,
        request_line::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Those that do something with frames, which HTTP/1.1 does not have.
pub fn of_frames() -> impl Iterator<Item = &'static Rule> {
    [frames::RULES, flood::RULES].into_iter().flatten()
}

/// Those that set others beside a call.
pub fn of_crowds() -> impl Iterator<Item = &'static Rule> {
    crowd::RULES.iter()
}

/// Whether only HTTP/2 can carry what a deviation does.
pub fn needs_http2(deviation: &Deviation) -> bool {
    of_frames().any(|rule| deviation.rule == *rule.name)
}

/// Whether others were beside a call on purpose: a service that is busy may say so.
pub fn is_crowded(call: &Call) -> bool {
    let mut rules = call.deviations.iter().filter_map(|d| d.rule.as_str());
    rules.any(|name| of_crowds().any(|rule| rule.name == name))
}

/// Whether a call tells a deadline that has nothing to do with how long it is waited for.
pub fn is_hurried(call: &Call) -> bool {
    call.deviations
        .iter()
        .any(|deviation| rpc_head::DEADLINES.iter().any(|own| deviation.rule == **own))
}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}

/// Whether a call goes out as a well-formed HTTP message of a usual size, for all its deviations.
pub fn well_framed(call: &Call) -> bool {
    let rules = call.deviations.iter().filter_map(|d| d.rule.as_str().and_then(find));
    rules.into_iter().all(|rule| rule.well_framed)
}

/// Applies the wire deviations of a call to its rendered request, in order.
///
/// # Errors
/// One that cannot be applied, or has a parameter its rule does not know.
pub fn apply(call: &Call, request: &mut Request) -> Result<(), Error> {
    for deviation in &call.deviations {
        let Some(rule) = deviation.rule.as_str().and_then(find) else { continue };
        let failed = |message: String| Error::Deviation { rule: rule.name.to_owned(), message };
        let known = |name: &str| rule.parameters.iter().any(|p| p.name == name);
        if let Some((name, _)) = deviation.with.iter().find(|(name, _)| !known(name)) {
            let names: Vec<_> = rule.parameters.iter().map(|p| p.name).collect();
            return Err(failed(format!("has no `{name}`; known are: {}", names.join(", "))));
        }
        let before = request.clone();
        let mut subject = Subject { rule, call, request, deviation };
        (rule.apply)(&mut subject).map_err(failed)?;
        // Its label would be a lie.
        if *request == before {
            return Err(failed("changes nothing".to_owned()));
        }
    }
    Ok(())
}

/// What a rule is applied to.
struct Subject<'s> {
    rule: &'static Rule,
    call: &'s Call,
    request: &'s mut Request,
    deviation: &'s Deviation,
}

impl Subject<'_> {
    fn value(&self, name: &str) -> Result<Value, String> {
        if let Some((_, value)) = self.deviation.with.iter().find(|(key, _)| key == name) {
            return Ok(value.clone());
        }
        let parameter = self.rule.parameters.iter().find(|parameter| parameter.name == name);
        parameter
            .map(|parameter| parameter.domain.simplest())
            .ok_or_else(|| format!("has no `{name}`"))
    }

    /// An integer parameter within its domain.
    fn int(&self, name: &str) -> Result<i64, String> {
        let value = self.value(name)?;
        let int = value.as_i64().ok_or_else(|| format!("`{name}` is {value}, not an integer"))?;
        let parameter = self.rule.parameters.iter().find(|parameter| parameter.name == name);
        match parameter.and_then(|parameter| parameter.domain.range(self.request)) {
            Some(range) if !range.contains(&int) => {
                Err(format!("`{name}` is {int}, not within {} and {}", range.start(), range.end()))
            }
            _ => Ok(int),
        }
    }

    /// A size, which its domain keeps positive.
    fn size(&self, name: &str) -> Result<usize, String> {
        self.int(name).map(|int| usize::try_from(int).unwrap_or_default())
    }

    /// A text parameter.
    fn text(&self, name: &str) -> Result<String, String> {
        let value = self.value(name)?;
        value.as_str().map(str::to_owned).ok_or_else(|| format!("`{name}` is {value}, not a text"))
    }

    /// The place it is applied at.
    fn at(&self) -> Result<&str, String> {
        self.deviation.at.as_deref().ok_or_else(|| "needs a place; give it as `at`".to_owned())
    }

    fn set_body(&mut self, octets: impl Into<Vec<u8>>) {
        self.request.body = octets.into().into();
    }
}

/// The call as a whole.
fn whole(_: &Rule, _: &Call, _: &Request) -> Vec<Option<String>> {
    vec![None]
}

/// The call as a whole, where it has a body that is not empty.
fn with_body(_: &Rule, _: &Call, request: &Request) -> Vec<Option<String>> {
    if request.body.is_empty() { Vec::new() } else { vec![None] }
}

/// The call as a whole, where it is one of gRPC.
fn of_method(_: &Rule, call: &Call, _: &Request) -> Vec<Option<String>> {
    if grpc::is_method(&call.operation) { vec![None] } else { Vec::new() }
}

/// The same, where it has a message.
fn of_message(rule: &Rule, call: &Call, request: &Request) -> Vec<Option<String>> {
    if grpc::is_method(&call.operation) { with_body(rule, call, request) } else { Vec::new() }
}

/// The call as a whole, where its body is JSON.
fn with_json(rule: &Rule, call: &Call, request: &Request) -> Vec<Option<String>> {
    if json_of(call).is_some() { with_body(rule, call, request) } else { Vec::new() }
}

/// The value of a body that is one JSON text.
fn json_of(call: &Call) -> Option<&Value> {
    match &call.body {
        Some(Body::Json(value)) if sequence_of(Facts::new(&call.render)).is_none() => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
