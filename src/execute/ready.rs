//! Calls made ready to go out: every symbol replaced, allowed, rendered, with credentials.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use super::bindings::Bindings;
use super::{Executor, Unresolved, rpc};
use crate::case::{Auth, Body, Call, Header, Label, Sent, Unfinished};
use crate::generate::confirm::confirms;
use crate::spec::Operation;
use crate::value::Value;
use crate::wire::{Request, grpc};

/// The field by which a request is found in traces.
const TRACE: &str = "traceparent";

/// What part of the time that an exchange may take a service of gRPC is told of.
const DEADLINE: f64 = 0.9;

/// A call made ready to go out.
pub(super) struct Ready {
    pub(super) request: Request,
    /// What it is, now that all its values are known.
    pub(super) label: Label,
    /// The target and the header fields to show in the place of the request's, where that holds
    /// credentials.
    shown: Option<(String, Vec<Header>)>,
    /// The call with every symbol replaced, where it has any.
    pub(super) concrete: Option<Call>,
}

impl Ready {
    /// What to keep of the request.
    pub(super) fn sent(self, written: u64) -> Sent {
        let Request { method, target, headers, body, .. } = self.request;
        let (target, headers) = self.shown.unwrap_or((target, headers));
        Sent { method, target, headers, body, written }
    }
}

impl Executor {
    /// A call made ready to go out.
    pub(super) fn prepare(
        &self,
        call: &Call,
        bindings: &Bindings<'_>,
    ) -> Result<Ready, Unfinished> {
        let unfinished = |why: String| Unfinished { call: call.id.clone(), why };
        let concrete =
            Self::concrete(call, bindings).map_err(|error| unfinished(error.to_string()))?;
        let operation = self.service.operation(&concrete.operation);
        let written = rpc::written(operation, Cow::Borrowed(&*concrete)).map_err(unfinished)?;
        let base = self.base_of(&concrete.operation);
        let mut request = self
            .permission
            .cleared(operation, call, (&concrete, &written), base)
            .map_err(unfinished)?;
        if operation.is_some_and(|operation| operation.rpc.is_some())
            && request.header(grpc::TIMEOUT).is_none()
        {
            // The service says so in time for its answer to be heard.
            let deadline = self.timeout(&call.operation).mul_f64(DEADLINE).as_millis();
            let deadline = deadline.clamp(1, 99_999_999) as u32;
            request.push_header(grpc::TIMEOUT, format!("{deadline}m"));
        }
        let shown = self.sign(&concrete.auth, operation, &mut request).map_err(unfinished)?;
        let label = match (operation, &concrete) {
            // What an answer gave need not be what the contract asks for where it is put.
            (Some(operation), Cow::Owned(concrete)) if !confirms(operation, concrete) => {
                Label::Unspecified
            }
            _ => call.label,
        };
        let concrete = match concrete {
            Cow::Owned(concrete) => Some(concrete),
            Cow::Borrowed(_) => None,
        };
        Ok(Ready { request, label, shown, concrete })
    }

    /// Puts on a request what tells who sends it, and gives what to show of it where that holds secrets:
    /// its target and header fields.
    pub(super) fn sign(
        &self,
        auth: &Auth,
        operation: Option<&Operation>,
        request: &mut Request,
    ) -> Result<Option<(String, Vec<Header>)>, String> {
        if self.traces && request.header(TRACE).is_none() {
            request.push_header(TRACE, self.trace());
        }
        if self.identities.leaves_alone(auth) {
            return Ok(None);
        }
        let (target, headers) = (request.target.clone(), request.headers.clone());
        let mut shown = Request { target, headers, ..Request::default() };
        for field in self.identities.apply(auth, operation, request)? {
            shown.set_header(&field.name, field.value);
        }
        Ok(Some((shown.target, shown.headers)))
    }

    /// A `traceparent` that no other request has.
    fn trace(&self) -> String {
        let number = self.counters.traced.fetch_add(1, Ordering::Relaxed) + 1;
        format!("00-{:016x}{number:016x}-{number:016x}-01", self.nonce)
    }

    /// The call with every symbol replaced.
    fn concrete<'c>(call: &'c Call, bindings: &Bindings<'_>) -> Result<Cow<'c, Call>, Unresolved> {
        if call.values().all(Value::is_concrete) {
            return Ok(Cow::Borrowed(call));
        }
        let list = |values: &[(String, Value)]| {
            values
                .iter()
                .map(|(name, value)| Ok((name.clone(), bindings.resolve(value)?)))
                .collect::<Result<Vec<_>, Unresolved>>()
        };
        let mut concrete = call.clone();
        concrete.path = list(&call.path)?;
        concrete.query = list(&call.query)?;
        concrete.headers = list(&call.headers)?;
        concrete.cookies = list(&call.cookies)?;
        for value in concrete.body.iter_mut().flat_map(Body::values_mut) {
            if !value.is_concrete() {
                *value = bindings.resolve(value)?;
            }
        }
        Ok(Cow::Owned(concrete))
    }
}
