//! `cross_interface`: what one face of a service takes, the other takes, too.

use std::sync::Arc;

use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, variant, wording};
use crate::case::{Body, Call, History, Label};
use crate::spec::graph::words::{key, words};
use crate::spec::{BodyKind, Operation};
use crate::value::{Object, Value};
use crate::wire::grpc;

/// What one face of a service takes, the other takes, too.
#[derive(Clone, Copy, Debug)]
pub(super) struct CrossInterface;

const NAME: &str = "cross_interface";

/// Statuses that refuse what was given, as it is.
const REFUSALS: [u16; 2] = [400, 422];

impl Check for CrossInterface {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn needs(&self) -> &'static str {
        "a kind of thing that is made by REST and by gRPC; while exploring, ever more seldom for the same \
         operations, the same values by the other"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A thing that can be made by REST and by gRPC is one thing: values that one of the two takes, the other takes as
well. The call that made one is sent again by the other face, with the same values under the names they have
there. It fails where that is refused as wrong, by 400, 422 or INVALID_ARGUMENT.

## When it is silent

- The contract of the other face forbids the values, or has no place for one of them: then each keeps its own.
- Refusals for another reason: who calls, what is there already, how much there is.
- Things whose kinds are not called the same.

## How to mend the service

Check values in one place behind both faces, not in each of them.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        match twin(view) {
            Some((seen, twin)) => {
                Occasion::Suspicious(format!("{} {}", seen.name(), twin.operation).into())
            }
            None => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some((_, twin)) = twin(view) else { return Vec::new() };
        let case = variant(&view.history.case, |call| {
            *call = Call { id: call.id.clone(), auth: call.auth.clone(), ..twin };
        });
        // What is there by now may be why it is refused: then its own face refuses it, too.
        let again = view.history.case.as_ref().clone();
        let cases = case.into_iter().flat_map(|case| [case, again.clone()]);
        cases.map(|case| FollowUp { case, fresh_connection: false }).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let [other, again] = &view.of_all(further)[..] else { return Vec::new() };
        let (Some((seen, _)), Some(other)) = (twin(view), other.last()) else { return Vec::new() };
        let is_taken = again.last().is_some_and(Seen::is_success);
        if !is_taken
            || !is_refused(other)
            || other.exchange.label != Label::Valid
            || view.is_from_gateway(other)
        {
            return Vec::new();
        }
        let why = format!(
            "{} takes what {} refuses{}; both make the same thing",
            seen.title(),
            other.title(),
            wording::quoted(other)
        );
        let failure = Failure::new(NAME, seen, Severity::Error, "refused", why);
        vec![failure.saying(wording::normal(other)).wanting(["4XX"])]
    }
}

/// Whether what a call gives is refused as wrong in itself.
fn is_refused(seen: &Seen<'_>) -> bool {
    let Some(answer) = seen.answer() else { return false };
    match grpc::status(answer).filter(|_| seen.is_rpc()) {
        Some(status) => status.code.name() == Some("INVALID_ARGUMENT"),
        None => REFUSALS.contains(&answer.status),
    }
}

/// The last call, which made something, and the call that makes the same by the other face.
fn twin<'v>(view: &'v View<'_>) -> Option<(&'v Seen<'v>, Call)> {
    let seen = view.last()?;
    let own = seen.operation?;
    let fits = seen.exchange.label == Label::Valid && seen.is_success() && !seen.is_disturbed();
    let given = seen.call.body.as_ref().and_then(Body::value).filter(|_| fits)?.as_object()?;
    if !seen.call.path.is_empty() || !seen.call.query.is_empty() {
        return None;
    }
    let graph = view.service.graph();
    let number = view.service.number(seen.name())?;
    let resource = graph.resource(number).filter(|it| it.create == Some(number))?;
    let others = graph.resources().iter().filter(|other| {
        other.kind == resource.kind && !other.kind.is_empty() && !other.create_is_put
    });
    others.filter_map(|other| other.create).find_map(|number| {
        let operation = view.service.operations.get(number)?;
        if operation.rpc.is_some() == own.rpc.is_some() || operation.path.contains('{') {
            return None;
        }
        let body = translated(given, operation)?;
        let usual = view.surroundings.usual.call(number)?;
        Some((seen, Call { body: Some(body), ..(**usual).clone() }))
    })
}

/// The same values as the body of another operation, under the names they have there; `None` where it has no
/// place for one of them, or forbids what comes of it.
fn translated(given: &Object, operation: &Operation) -> Option<Body> {
    let content = operation.body.as_ref()?.contents.first()?;
    let schema = content.schema.as_ref()?;
    let places = schema.source()?.get("properties")?.as_object()?;
    let mut body = Object::new();
    for (name, value) in given {
        let wanted = key(&words(name.as_str()?));
        let mut names = places.keys().filter_map(|name| name.as_str());
        let place = names.find(|name| key(&words(name)) == wanted)?;
        body.push(place, value.clone());
    }
    let body = Value::Object(body);
    let is_lawful = !body.is_concrete() || schema.accepts(&body);
    match content.kind {
        BodyKind::Json => Some(Body::Json(body)),
        BodyKind::Proto => Some(Body::Proto(body)),
        _ => None,
    }
    .filter(|_| is_lawful)
}
