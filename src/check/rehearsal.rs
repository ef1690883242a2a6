//! A service in memory for the tests of checks over histories: cases are played against it, with the
//! follow-ups that a check asks for.
//!
//! It keeps whatever is put into its collections, to any depth, and belongs to no check: what a test
//! wants otherwise it answers itself.

use std::cell::RefCell;
use std::sync::Arc;

use super::fixture::{Said, json};
use super::{Caller, Check, Failure, Occasion, Surroundings, View};
use crate::case::{Auth, Body, Call, Case, Exchange, History, Step, Unfinished};
use crate::generate::catalogue;
use crate::spec::template::segments;
use crate::spec::{Service, load};
use crate::value::{Number, Pointer, Reference, Source, Symbol, Value, read};
use crate::wire::render;

/// A service with what it keeps.
pub(super) struct Stage {
    pub(super) service: Service,
    pub(super) surroundings: Surroundings,
    store: RefCell<Store>,
    act: fn(&mut Store, &Asked) -> Reply,
}

/// A request as the service sees it.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    /// The decoded path.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
    /// The name of the caller; empty for nobody.
    pub(super) who: String,
}

impl Asked {
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// Whether this is the method and, but for ids, the path: `GET /boards/1`.
    pub(super) fn is(&self, method: &str, template: &str) -> bool {
        let fits = |(own, asked): (&str, &str)| own == "*" || own == asked;
        self.method == method
            && segments(template).count() == segments(&self.path).count()
            && segments(template).zip(segments(&self.path)).all(fits)
    }
}

/// An answer of the service.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Reply {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None }
    }

    pub(super) fn of(status: u16, body: Value) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A thing that the service keeps.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) path: String,
    pub(super) owner: String,
    pub(super) version: usize,
    pub(super) body: Value,
}

/// Everything that the service keeps.
#[derive(Default)]
pub(super) struct Store {
    pub(super) things: Vec<Kept>,
    last: usize,
    /// Requests so far.
    pub(super) asked: usize,
}

impl Store {
    pub(super) fn find(&mut self, path: &str) -> Option<&mut Kept> {
        self.things.iter_mut().find(|thing| thing.path == path)
    }

    /// What is directly in a collection, in order.
    pub(super) fn within(&self, collection: &str) -> Vec<Value> {
        let parent = |path: &str| path.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        let own = |thing: &&Kept| parent(&thing.path).as_deref() == Some(collection);
        self.things.iter().filter(own).map(|thing| thing.body.clone()).collect()
    }

    /// What a service answers that is right: everyone may do everything.
    pub(super) fn answer(&mut self, asked: &Asked) -> Reply {
        let path = &asked.path;
        let in_collection = segments(path).count() % 2 == 1;
        match (&*asked.method, in_collection) {
            ("POST", true) => {
                self.last += 1;
                let (id, mut body) = (self.last, asked.body.clone());
                if let Value::Object(members) = &mut body {
                    members.set("id", Value::int(id as i128));
                }
                let path = format!("{path}/{id}");
                let owner = asked.who.clone();
                self.things.push(Kept {
                    path: path.clone(),
                    owner,
                    version: 1,
                    body: body.clone(),
                });
                Reply::of(201, body).header("Location", path)
            }
            ("GET", true) => {
                let from = asked.number("offset").unwrap_or(0);
                let most = asked.number("limit").unwrap_or(usize::MAX);
                let shown = self.within(path).into_iter().skip(from).take(most);
                Reply::of(200, Value::Array(shown.collect()))
            }
            (method, _) => {
                let Some(at) = self.things.iter().position(|thing| thing.path == *path) else {
                    return Reply::of(404, json(r#"{"error":"not found"}"#));
                };
                let thing = &mut self.things[at];
                let tag = format!("\"{}\"", thing.version);
                if asked.header("if-match").is_some_and(|wanted| wanted != tag) {
                    return Reply::empty(412);
                }
                if asked.header("if-none-match") == Some(&*tag) && method == "GET" {
                    return Reply::empty(304).header("ETag", tag);
                }
                match method {
                    "GET" => return Reply::of(200, thing.body.clone()).header("ETag", tag),
                    "DELETE" => {
                        self.things.remove(at);
                        return Reply::empty(204);
                    }
                    "PUT" | "PATCH" => {
                        for (key, value) in asked.body.as_object().into_iter().flatten() {
                            if let Value::Object(members) = &mut thing.body {
                                members.set(key.clone(), value.clone());
                            }
                        }
                        thing.version += 1;
                    }
                    _ => return Reply::empty(405),
                }
                Reply::of(200, thing.body.clone()).header("ETag", format!("\"{}\"", thing.version))
            }
        }
    }
}

impl Stage {
    /// A service of this document (YAML), which answers so; `alice` and `bob` call it.
    pub(super) fn new(document: &str, act: fn(&mut Store, &Asked) -> Reply) -> Self {
        let service = load::alone("t.yaml", document.as_bytes()).unwrap().service;
        let usual =
            service.operations.iter().enumerate().map(|(number, operation)| {
                (number, Arc::new(catalogue::baseline(operation).unwrap()))
            });
        let caller = |name: &str| Caller { name: name.to_owned(), isolated: true };
        let surroundings = Surroundings {
            usual: Arc::new(usual.collect()),
            callers: [caller("alice"), caller("bob")].into(),
            address: "http://shop.example".into(),
            ..Surroundings::default()
        };
        Self { service, surroundings, store: RefCell::default(), act }
    }

    /// What a check finds in the history of a case, its follow-ups sent.
    pub(super) fn judge(&self, check: &dyn Check, steps: &[&str]) -> Vec<Failure> {
        let history = self.play(&case(steps));
        let view = View::new(&self.service, &history, &self.surroundings);
        let follow_ups = check.follow_ups(&view);
        let further: Vec<_> =
            follow_ups.into_iter().map(|follow_up| Arc::new(self.play(&follow_up.case))).collect();
        check.judge(&view, &further)
    }

    /// The one failure of a case.
    #[track_caller]
    pub(super) fn fails(&self, check: &dyn Check, steps: &[&str]) -> Failure {
        let mut found = self.judge(check, steps);
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    }

    #[track_caller]
    pub(super) fn silent(&self, check: &dyn Check, steps: &[&str]) {
        assert_eq!(self.judge(check, steps), []);
    }

    /// The follow-ups of a check after a case: for each the ids of its calls and what they are.
    pub(super) fn follow_ups(&self, check: &dyn Check, steps: &[&str]) -> Vec<Case> {
        let history = self.play(&case(steps));
        let view = View::new(&self.service, &history, &self.surroundings);
        check.follow_ups(&view).into_iter().map(|follow_up| follow_up.case).collect()
    }

    /// When a check wants its follow-ups sent after a case: `never`, `always`, or the key.
    pub(super) fn occasion(&self, check: &dyn Check, steps: &[&str]) -> String {
        let history = self.play(&case(steps));
        let view = View::new(&self.service, &history, &self.surroundings);
        let occasion = match check.occasion(&view) {
            Occasion::Never => "never".to_owned(),
            Occasion::Always => "always".to_owned(),
            Occasion::Once(key) => key.into_owned(),
        };
        assert!(occasion != "never" || check.judge(&view, &[]).is_empty());
        occasion
    }

    /// Executes a case, as far as its references have values.
    pub(super) fn play(&self, case: &Case) -> History {
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut unfinished = None;
        for step in &case.steps {
            let Step::Call(call) = step else { continue };
            match concrete(call, &exchanges) {
                Some(concrete) => exchanges.push(self.exchange(call, &concrete)),
                None => {
                    let why = "it refers to nothing".to_owned();
                    unfinished = Some(Unfinished { call: call.id.clone(), why });
                    break;
                }
            }
        }
        History { case: Arc::new(case.clone()), exchanges, unfinished }
    }

    fn exchange(&self, call: &Call, concrete: &Call) -> Exchange {
        let request = render::request(concrete, "").unwrap();
        let text = |octets: &[u8]| {
            percent_encoding::percent_decode(octets).decode_utf8_lossy().into_owned()
        };
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let who = self.surroundings.caller(&call.auth).map(|caller| caller.name.clone());
        let asked = Asked {
            method: request.method.clone(),
            path: text(path.as_bytes()),
            query: pairs.map(|(k, v)| (text(k.as_bytes()), text(v.as_bytes()))).collect(),
            headers: request
                .headers
                .iter()
                .map(|header| (header.name.clone(), header.text().unwrap().to_owned()))
                .collect(),
            body: read::json(&request.body).unwrap_or(Value::Null),
            who: who.unwrap_or_default(),
        };
        let store = &mut *self.store.borrow_mut();
        store.asked += 1;
        let reply = (self.act)(store, &asked);
        let mut said = Said::answer(&call.operation, reply.status).target(&request.target);
        for (name, value) in &reply.headers {
            said = said.header(name, value);
        }
        if let Some(body) = &reply.body {
            said = match body {
                Value::String(text) => {
                    said.header("content-type", "text/plain").body(&text.lossy())
                }
                body => said.json(&body.to_string()),
            };
        }
        let exchange = said.exchange;
        Exchange { call: call.id.clone(), label: call.label, auth: call.auth.clone(), ..exchange }
    }
}

/// The call with its references replaced.
fn concrete(call: &Call, exchanges: &[Exchange]) -> Option<Call> {
    let resolve = |value: &Value| match value {
        Value::Symbol(symbol) => {
            let Symbol::From(reference) = &**symbol else { return None };
            let exchange = exchanges.iter().find(|exchange| exchange.call == reference.call)?;
            let body = read::json(&exchange.answer()?.body).ok();
            exchange.part(&reference.source, reference.matching.as_deref(), body.as_ref())
        }
        value => Some(value.clone()),
    };
    let list = |values: &[(String, Value)]| -> Option<Vec<(String, Value)>> {
        values.iter().map(|(name, value)| Some((name.clone(), resolve(value)?))).collect()
    };
    Some(Call {
        path: list(&call.path)?,
        query: list(&call.query)?,
        headers: list(&call.headers)?,
        cookies: list(&call.cookies)?,
        ..call.clone()
    })
}

/// A case of steps as one writes them down, called `s1`, `s2`, …:
/// `bob: PATCH /boards/{board=s1}/cards?limit=1 {"title":"x"}`.
pub(super) fn case(steps: &[&str]) -> Case {
    let calls = steps.iter().zip(1..).map(|(step, number)| Step::Call(call(step, number)));
    Case { service: "shop".to_owned(), connections: Vec::new(), steps: calls.collect() }
}

fn call(step: &str, number: usize) -> Call {
    let (who, rest) =
        step.split_once(": ").filter(|(who, _)| !who.contains(' ')).unwrap_or(("", step));
    let (rest, body) = rest.split_once(" {").map_or((rest, None), |(r, body)| (r, Some(body)));
    let (method, target) = rest.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut call = Call { id: format!("s{number}"), ..Call::default() };
    let template = segments(path).map(|segment| {
        let Some(inner) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) else {
            return segment.to_owned();
        };
        let (name, value) = inner.split_once('=').unwrap();
        let value = if value.starts_with('s') && value.len() < 4 {
            Value::Symbol(Box::new(Symbol::From(Reference {
                call: value.to_owned(),
                source: Source::Body(Pointer::root().child("id")),
                matching: None,
            })))
        } else {
            scalar(value)
        };
        call.path.push((name.to_owned(), value));
        format!("{{{name}}}")
    });
    let template: Vec<String> = template.collect();
    call.operation = format!("{method} /{}", template.join("/"));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    call.query = pairs.map(|(name, value)| (name.to_owned(), scalar(value))).collect();
    call.body = body.map(|body| Body::Json(json(&format!("{{{body}"))));
    call.auth = match who {
        "" => Auth::Default,
        "nobody" => Auth::None,
        who => Auth::Identity(who.to_owned()),
    };
    call
}

fn scalar(text: &str) -> Value {
    Number::parse(text).map_or_else(|| Value::text(text), Value::Number)
}

/// Boards with cards.
pub(super) const BOARDS: &str = include_str!("rehearsal/boards.yaml");
