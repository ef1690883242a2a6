//! Other names of things: `/users/name/{name}` shows what `POST /users` answered that name for.

use crate::case::{Call, Exchange, value_at};
use crate::spec::Service;
use crate::spec::graph::{Edge, Given};
use crate::value::{Value, read};

/// Edges that are believed less are guesses.
const BELIEVED: f64 = 0.5;

/// A name of a thing: the operation that takes it, the place where it does, and the name.
pub(super) type Name = (usize, String, String);

/// What the thing that an exchange made is called elsewhere than in its own path.
pub(super) fn given(service: &Service, create: usize, exchange: &Exchange) -> Vec<Name> {
    let edges = service.graph().consumers(create).map(|(_, edge)| edge);
    let mut edges = edges.filter(|edge| is_lookup(service, edge)).peekable();
    if edges.peek().is_none() {
        return Vec::new();
    }
    let body = exchange.answer().and_then(|answer| read::json(&answer.body).ok());
    let name = |edge: &Edge| {
        let Given::Answer { source, matching } = &edge.given else { return None };
        let value = exchange.part(source, matching.as_deref(), body.as_ref())?;
        Some((edge.to, edge.place.clone(), written(&value)?))
    };
    edges.filter_map(name).collect()
}

/// The names by which a call looks things up, each with the operation that makes them.
pub(super) fn asked<'s>(
    service: &'s Service,
    number: usize,
    call: &'s Call,
) -> impl Iterator<Item = (usize, Name)> + 's {
    let edges = service.graph().producers(number).map(|(_, edge)| edge);
    edges.filter(|edge| is_lookup(service, edge)).filter_map(move |edge| {
        let name = written(value_at(call, &edge.place)?)?;
        Some((edge.from, (edge.to, edge.place.clone(), name)))
    })
}

/// Whether by an edge a thing is looked up by what it was called when it was made, where no operation makes
/// it in that path.
fn is_lookup(service: &Service, edge: &Edge) -> bool {
    let graph = service.graph();
    let create = |number| graph.resource(number).and_then(|it| it.create);
    service.operations.get(edge.to).is_some_and(|operation| operation.is_in_path(&edge.place))
        && edge.belief >= BELIEVED
        && create(edge.from) == Some(edge.from)
        && create(edge.to).is_none()
}

/// A text or number as it stands in a path, what is no Unicode replaced, as where a path is decoded.
pub(super) fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.lossy().into_owned()),
        Value::Number(number) => Some(number.lexeme().into_owned()),
        _ => None,
    }
}
