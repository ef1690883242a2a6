//! Calls made ready to go out: every symbol replaced, allowed, rendered, with credentials.

use std::borrow::Cow;

use super::bindings::Bindings;
use super::{Executor, Unresolved};
use crate::case::{Body, Call, Header, Label, Sent, Unfinished};
use crate::generate::confirm::confirms;
use crate::value::Value;
use crate::wire::{self, Request};

/// A call made ready to go out.
pub(super) struct Ready {
    pub(super) request: Request,
    /// What it is, now that all its values are known.
    pub(super) label: Label,
    /// The target and the header fields to show in the place of the request's, where that holds
    /// credentials.
    shown: Option<(String, Vec<Header>)>,
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
    /// The calls of a group made ready to go out.
    pub(super) fn prepare_all(
        &self,
        calls: &[Call],
        bindings: &Bindings<'_>,
    ) -> Result<Vec<Ready>, Unfinished> {
        let meant =
            |call: &Call| call.same.as_ref().and_then(|s| calls.iter().find(|c| c.id == *s));
        let ready = |call| self.prepare(call, meant(call).unwrap_or(call), bindings);
        calls.iter().map(ready).collect()
    }

    /// A call made ready to go out.
    pub(super) fn prepare(
        &self,
        call: &Call,
        meant: &Call,
        bindings: &Bindings<'_>,
    ) -> Result<Ready, Unfinished> {
        let unfinished = |why: String| Unfinished { call: call.id.clone(), why };
        let concrete =
            Self::concrete(meant, bindings).map_err(|error| unfinished(error.to_string()))?;
        let operation = self.service.operation(&concrete.operation);
        self.permission.allows(operation, &concrete).map_err(unfinished)?;
        let mut request = wire::render::request(&concrete, &self.base)
            .map_err(|error| unfinished(error.to_string()))?;
        if !concrete.deviations.is_empty() && !self.permission.is_unbounded() {
            let plain = wire::render::plain(&concrete, &self.base)
                .map_err(|error| unfinished(error.to_string()))?;
            self.permission.allows_request(&plain.request, &request).map_err(unfinished)?;
        }
        let bare = (!self.identities.leaves_alone(&concrete.auth))
            .then(|| (request.target.clone(), request.headers.clone()));
        let shown =
            self.identities.apply(&concrete.auth, operation, &mut request).map_err(unfinished)?;
        let shown = bare.map(|(target, mut headers)| {
            headers.extend(shown);
            (target, headers)
        });
        let label = match (operation, &concrete) {
            // What an answer gave need not be what the contract asks for where it is put.
            (Some(operation), Cow::Owned(concrete)) if !confirms(operation, concrete) => {
                Label::Unspecified
            }
            _ => call.label,
        };
        Ok(Ready { request, label, shown })
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
        if let Some(value) = concrete.body.as_mut().and_then(Body::value_mut)
            && !value.is_concrete()
        {
            *value = bindings.resolve(value)?;
        }
        Ok(Cow::Owned(concrete))
    }
}
