//! Things that calls made, for whoever cleans up.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use percent_encoding::percent_decode_str;

use super::{lookup, things};
use crate::case::{Auth, Body, Call, Case, Exchange, Label, Outcome, set_value_at};
use crate::spec::Service;
use crate::spec::graph::Given;
use crate::spec::template::segments;
use crate::value::{Object, Value, read};

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
    /// How many calls were broken off or not answered that may have made something.
    pub unseen: u64,
}

/// So many names of things are remembered, hashed.
const NAMES: usize = 500_000;

/// What was made so far, shared by workers.
#[derive(Debug, Default)]
pub(super) struct Register {
    makings: Mutex<Makings>,
    /// The paths of everything that was ever made, as their segments are decoded, and what else it is looked up
    /// by; hashed.
    names: RwLock<HashSet<u64>>,
}

impl Register {
    fn open(&self) -> MutexGuard<'_, Makings> {
        self.makings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives what was made, and begins anew; what it is called is still known.
    pub(super) fn take(&self) -> Makings {
        std::mem::take(&mut *self.open())
    }

    /// How many things can be taken away.
    pub(super) fn count(&self) -> usize {
        self.open().things.len()
    }

    /// Gives the things that can be taken away, the latest first.
    pub(super) fn take_things(&self) -> Vec<Made> {
        std::mem::take(&mut self.open().things).into_iter().rev().collect()
    }

    /// Takes back things, the last of which were made first.
    pub(super) fn give_back(&self, things: Vec<Made>) {
        let mut makings = self.open();
        for made in things {
            makings.things.push_front(made);
        }
    }

    /// The call of a case that names a thing which a call of another case made: its id. What the caller
    /// names itself is made by the call that says so, unless it is known that this one did not (`makes`,
    /// by its id).
    pub(super) fn borrowed<'c>(
        &self,
        service: &Service,
        case: &'c Case,
        makes: impl Fn(&str) -> bool,
    ) -> Option<&'c str> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        if names.is_empty() {
            return None;
        }
        let mut own = Vec::new();
        for call in case.own_calls() {
            let Some(number) = service.number(&call.operation) else { continue };
            let things = named(service, number, call);
            let graph = service.graph();
            let resource = graph.resource(number);
            let is_maker = resource.is_some_and(|it| it.create_is_put && it.create == Some(number));
            if is_maker && makes(&call.id) {
                own.extend(things.last().map(hash));
            }
            let is_borrowed = |name: u64| names.contains(&name) && !own.contains(&name);
            if things.iter().map(hash).any(is_borrowed) {
                return Some(&call.id);
            }
            let made_here = |maker: usize| {
                let mut before = case.own_calls().take_while(|before| before.id != call.id);
                before.any(|own| service.number(&own.operation) == Some(maker) && makes(&own.id))
            };
            if lookup::asked(service, number, call)
                .any(|(maker, name)| names.contains(&hash(&name)) && !made_here(maker))
            {
                return Some(&call.id);
            }
        }
        None
    }

    /// Notes what a call made, where it made something.
    pub(super) fn note(&self, service: &Service, exchange: &Exchange) {
        let says_so = exchange.status() == Some(201);
        let may_have =
            exchange.sent.method == "POST" && matches!(exchange.status(), Some(200 | 202));
        let is_unseen = exchange.status().is_none()
            && exchange.label <= Label::Unspecified
            && !matches!(exchange.outcome, Outcome::Unreachable { .. });
        if !says_so && !may_have && !is_unseen {
            return;
        }
        let Some(number) = service.number(&exchange.operation) else { return };
        let graph = service.graph();
        let resource = graph.resource(number);
        let Some(resource) = resource.filter(|resource| resource.create == Some(number)) else {
            return;
        };
        if is_unseen {
            self.open().unseen += 1;
            return;
        }
        let by = exchange.operation.clone();
        let path = thing(service, number, resource.create_is_put, resource.id.as_ref(), exchange);
        let others = lookup::given(service, number, exchange);
        if path.is_some() || !others.is_empty() {
            let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
            if names.len() < NAMES {
                names.extend(path.iter().map(hash));
                names.extend(others.iter().map(hash));
            }
        }
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

fn hash(name: &impl Hash) -> u64 {
    foldhash::fast::FixedState::default().hash_one(name)
}

/// The decoded segments of the paths of all things that the path of a call names by values that stand
/// in it, those that are in others behind them.
fn named(service: &Service, operation: usize, call: &Call) -> Vec<Vec<String>> {
    let (mut things, mut path) = (Vec::new(), Vec::new());
    let promised = service.operations.get(operation);
    for segment in promised.into_iter().flat_map(|promised| segments(&promised.path)) {
        let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            path.push(segment.to_owned());
            continue;
        };
        let value = things::value_of(promised, call, name);
        let Some(written) = value.and_then(lookup::written) else { break };
        path.push(written);
        things.push(path.clone());
    }
    things
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
        path.push(id.written()?);
    }
    Some(path)
}

/// The call of an operation on the thing at a path; `None` where it wants more than that.
fn call(service: &Service, operation: usize, path: &[String], auth: &Auth) -> Option<Call> {
    let promised = service.operations.get(operation)?;
    if promised.parameters.iter().any(|p| p.required && p.location.part() != "path") {
        return None;
    }
    let message = promised.rpc.is_some().then(|| Body::Proto(Value::Object(Object::default())));
    let mut call = Call {
        id: "s1".to_owned(),
        operation: promised.name.clone(),
        auth: auth.clone(),
        body: message,
        ..Call::default()
    };
    if segments(&promised.path).count() != path.len() {
        return None;
    }
    for (segment, value) in segments(&promised.path).zip(path) {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            let value = Value::text(value.as_str());
            set_value_at(&mut call, &promised.place_of(name), Some(value));
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
    use crate::case::{Answer, Outcome, Sent};
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
        let auth = Auth::Identity("bob".to_owned());
        let call = Call { operation: operation.to_owned(), auth, ..Call::default() };
        let answer = Answer { status, body: body.to_owned().into(), ..Answer::default() };
        Exchange { sent, ..Exchange::of(&call, Outcome::Answered(answer)) }
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
    fn what_may_have_been_made_unseen_is_counted() {
        let (service, register) = (service(), Register::default());
        for (operation, outcome) in [
            ("POST /notes", Outcome::Abandoned),
            ("POST /notes", Outcome::Unreachable { reason: "refused".to_owned() }),
            ("DELETE /shelves/{shelf}/books/{id}", Outcome::Abandoned),
        ] {
            let sent = exchange(operation, "/notes", 201, "");
            register.note(&service, &Exchange { outcome, ..sent });
        }
        assert_eq!(register.take().unseen, 1);
    }

    #[test]
    fn a_case_borrows_what_another_one_made() {
        let (service, register) = (service(), Register::default());
        let book = |id: &str| Call {
            id: "s1".to_owned(),
            operation: "DELETE /shelves/{shelf}/books/{id}".to_owned(),
            path: [("shelf", "a b"), ("id", id)]
                .map(|(name, value)| (name.to_owned(), Value::text(value)))
                .into(),
            ..Call::default()
        };
        let case = |id: &str| Case::of("t", book(id));
        assert_eq!(register.borrowed(&service, &case("7"), |_| true), None);
        let make = "POST /shelves/{shelf}/books";
        register.note(&service, &exchange(make, "/base/shelves/a%20b/books", 201, r#"{"id":7}"#));
        register.take();
        assert_eq!(register.borrowed(&service, &case("7"), |_| true), Some("s1"));
        assert_eq!(register.borrowed(&service, &case("8"), |_| true), None);
    }

    #[test]
    fn what_a_case_names_and_makes_itself_is_its_own() {
        let document = r#"{"openapi":"3.1.0","info":{},"paths":{"/notes/{name}":{
            "put":{"responses":{"201":{"description":""}}},
            "get":{"responses":{"200":{"description":""}}}}}}"#;
        let (documents, root) = Documents::single(read::json(document.as_bytes()).unwrap());
        let service = openapi::read(&Arc::new(documents), &root).unwrap();
        let register = Register::default();
        register.note(&service, &exchange("PUT /notes/{name}", "/notes/0", 201, ""));
        let call = |id: &str, operation: &str| {
            let path = vec![("name".to_owned(), Value::text("0"))];
            let (id, operation) = (id.to_owned(), operation.to_owned());
            crate::case::Step::Call(Call { id, operation, path, ..Call::default() })
        };
        let (make, show) = (call("s1", "PUT /notes/{name}"), call("s2", "GET /notes/{name}"));
        let case = |steps| Case { steps, ..Case::default() };
        assert_eq!(register.borrowed(&service, &case(vec![show.clone()]), |_| true), Some("s2"));
        let both = case(vec![make, show]);
        assert_eq!(register.borrowed(&service, &both, |_| true), None);
        // Where it was refused, somebody else had made it.
        assert_eq!(register.borrowed(&service, &both, |_| false), Some("s1"));
    }

    #[test]
    fn what_is_looked_up_by_another_name_is_borrowed_too() {
        let document = r#"{"openapi":"3.1.0","info":{},"paths":{
            "/users":{"post":{"responses":{"201":{"description":"","content":{
                "application/json":{"schema":{"title":"User","type":"object","properties":{
                    "id":{"type":"integer"},"slug":{"type":"string"}}}}}}}}},
            "/users/{id}":{"get":{"responses":{"200":{"description":""}}}},
            "/users/slug/{slug}":{"get":{"parameters":[{"name":"slug","in":"path","required":true,
                "schema":{"type":"string"}}],"responses":{"200":{"description":""}}}}}}"#;
        let (documents, root) = Documents::single(read::json(document.as_bytes()).unwrap());
        let service = openapi::read(&Arc::new(documents), &root).unwrap();
        let register = Register::default();
        let call = |id: &str, operation: &str, path: &[(&str, &str)]| {
            let path = path.iter().map(|(name, value)| ((*name).to_owned(), Value::text(*value)));
            let (id, operation) = (id.to_owned(), operation.to_owned());
            crate::case::Step::Call(Call { id, operation, path: path.collect(), ..Call::default() })
        };
        let show = |slug: &str| call("s2", "GET /users/slug/{slug}", &[("slug", slug)]);
        let case = |steps| Case { steps, ..Case::default() };
        assert_eq!(register.borrowed(&service, &case(vec![show("a")]), |_| true), None);
        register.note(&service, &exchange("POST /users", "/users", 201, r#"{"id":7,"slug":"a"}"#));
        assert_eq!(register.borrowed(&service, &case(vec![show("a")]), |_| true), Some("s2"));
        assert_eq!(register.borrowed(&service, &case(vec![show("b")]), |_| true), None);
        let own = case(vec![call("s1", "POST /users", &[]), show("a")]);
        assert_eq!(register.borrowed(&service, &own, |_| true), None);
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
