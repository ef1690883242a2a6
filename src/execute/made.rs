//! Things that calls made, for whoever cleans up.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;

use crate::case::{Auth, Call, Exchange};
use crate::spec::Service;
use crate::spec::graph::Given;
use crate::spec::template::segments;
use crate::value::{Value, read};

/// So many things are remembered, the latest; memory must stay flat.
const MOST: usize = 20_000;

/// Something that a call made and another can take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The operation that made it.
    pub by: String,
    /// The call that takes it away.
    pub delete: Call,
}

/// What was made so far.
#[derive(Clone, Debug, Default)]
pub struct Makings {
    /// What can be taken away again, in the order in which it was made.
    pub things: VecDeque<Made>,
    /// How much more was made than is remembered, by operation.
    pub forgotten: BTreeMap<String, u64>,
    /// How much was made that no operation takes away, by operation.
    pub lasting: BTreeMap<String, u64>,
}

/// What was made so far, shared by workers.
#[derive(Debug, Default)]
pub(super) struct Register(Mutex<Makings>);

impl Register {
    fn open(&self) -> MutexGuard<'_, Makings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives what was made, and begins anew.
    pub(super) fn take(&self) -> Makings {
        std::mem::take(&mut *self.open())
    }

    /// Notes what a call made, where it made something.
    pub(super) fn note(&self, service: &Service, exchange: &Exchange) {
        let says_so = exchange.status() == Some(201);
        let may_have =
            exchange.sent.method == "POST" && matches!(exchange.status(), Some(200 | 202));
        if !says_so && !may_have {
            return;
        }
        let Some(number) = service.number(&exchange.operation) else { return };
        let graph = service.graph();
        let resource = graph.resource_of(number).and_then(|at| graph.resources().get(at));
        let Some(resource) = resource.filter(|resource| resource.create == Some(number)) else {
            return;
        };
        let by = exchange.operation.clone();
        let path = thing(service, number, resource.create_is_put, resource.id.as_ref(), exchange);
        // An answer that neither says that something was made nor what it is called is no thing.
        if path.is_none() && !says_so {
            return;
        }
        let delete = resource.delete.zip(path);
        let delete = delete.and_then(|(delete, path)| call(service, delete, &path, &exchange.auth));
        let Some(delete) = delete else {
            *self.open().lasting.entry(by).or_default() += 1;
            return;
        };
        let mut makings = self.open();
        if makings.things.len() == MOST
            && let Some(first) = makings.things.pop_front()
        {
            *makings.forgotten.entry(first.by).or_default() += 1;
        }
        makings.things.push_back(Made { by, delete });
    }
}

/// The decoded segments of the path of what an exchange made, without the base.
fn thing(
    service: &Service,
    create: usize,
    is_put: bool,
    id: Option<&Given>,
    exchange: &Exchange,
) -> Option<Vec<String>> {
    let own = segments(&service.operations.get(create)?.path).count();
    let target = exchange.sent.target.split(['?', '#']).next()?;
    let decode = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    let all: Vec<String> = segments(target).map(decode).collect();
    let mut path: Vec<String> = all.get(all.len().checked_sub(own)?..)?.to_vec();
    if !is_put {
        let Given::Answer { source, matching } = id? else { return None };
        let body = exchange.answer().and_then(|answer| read::json(&answer.body).ok());
        let id = exchange.part(source, matching.as_deref(), body.as_ref())?;
        path.push(match id {
            Value::String(text) => text.as_str()?.to_owned(),
            Value::Number(number) => number.lexeme().into_owned(),
            _ => return None,
        });
    }
    Some(path)
}

/// The call of an operation on the thing at a path; `None` where it wants more than that.
fn call(service: &Service, operation: usize, path: &[String], auth: &Auth) -> Option<Call> {
    let promised = service.operations.get(operation)?;
    if promised.parameters.iter().any(|p| p.required && p.location.part() != "path") {
        return None;
    }
    let mut call = Call {
        id: "s1".to_owned(),
        operation: promised.name.clone(),
        auth: auth.clone(),
        ..Call::default()
    };
    if segments(&promised.path).count() != path.len() {
        return None;
    }
    for (segment, value) in segments(&promised.path).zip(path) {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            call.path.push((name.to_owned(), Value::text(value.as_str())));
        } else if segment != value {
            return None;
        }
    }
    Some(call)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::case::{Answer, HttpVersion, Label, Outcome, Sent, Times};
    use crate::schema::Documents;
    use crate::spec::openapi;

    fn service() -> Service {
        let document = r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{
            "/shelves/{shelf}/books":{"post":{"responses":{"201":{"description":"","content":{
                "application/json":{"schema":{"type":"object","properties":{
                    "id":{"type":"integer"}}}}}}}}},
            "/shelves/{shelf}/books/{id}":{"delete":{"responses":{"204":{"description":""}}}},
            "/notes":{"post":{"responses":{"201":{"description":"","content":{
                "application/json":{"schema":{"type":"object","properties":{
                    "id":{"type":"integer"}}}}}}}}},
            "/notes/{id}":{"get":{"responses":{"200":{"description":""}}}}}}"#;
        let (documents, root) = Documents::single(read::json(document.as_bytes()).unwrap());
        openapi::read(&Arc::new(documents), &root).unwrap()
    }

    fn exchange(operation: &str, target: &str, status: u16, body: &str) -> Exchange {
        let sent = Sent {
            method: operation.split(' ').next().unwrap().to_owned(),
            target: target.to_owned(),
            ..Sent::default()
        };
        Exchange {
            call: "s1".to_owned(),
            operation: operation.to_owned(),
            label: Label::Valid,
            auth: Auth::Identity("bob".to_owned()),
            sent,
            outcome: Outcome::Answered(Answer {
                status,
                body: body.to_owned().into(),
                ..Answer::default()
            }),
            times: Times::default(),
            http: HttpVersion::Http1,
            fresh_connection: true,
        }
    }

    #[test]
    fn what_was_made_is_taken_away_by_who_made_it() {
        let (service, register) = (service(), Register::default());
        let make = "POST /shelves/{shelf}/books";
        register.note(&service, &exchange(make, "/base/shelves/a%20b/books", 201, r#"{"id":7}"#));
        register.note(&service, &exchange(make, "/base/shelves/a/books", 409, r#"{"id":8}"#));
        register.note(&service, &exchange("POST /notes", "/notes", 201, r#"{"id":1}"#));
        let makings = register.take();
        assert_eq!(makings.things.len(), 1);
        let delete = &makings.things[0].delete;
        assert_eq!(delete.operation, "DELETE /shelves/{shelf}/books/{id}");
        let text = |name: &str, value: &str| (name.to_owned(), Value::text(value));
        assert_eq!(delete.path, [text("shelf", "a b"), text("id", "7")]);
        assert_eq!(delete.auth, Auth::Identity("bob".to_owned()));
        assert_eq!(makings.lasting, BTreeMap::from([("POST /notes".to_owned(), 1)]));
        assert!(register.take().things.is_empty());
    }

    #[test]
    fn only_so_much_is_remembered() {
        let (service, register) = (service(), Register::default());
        let make = "POST /shelves/{shelf}/books";
        for _ in 0..=MOST {
            register.note(&service, &exchange(make, "/shelves/a/books", 201, r#"{"id":7}"#));
        }
        let makings = register.take();
        assert_eq!((makings.things.len(), makings.forgotten[make]), (MOST, 1));
    }
}
