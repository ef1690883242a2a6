//! A service that keeps whatever is put into its collections, to any depth, and belongs to no check:
//! what a test wants otherwise it answers itself.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Asked, Stage, json};
use crate::case::{Answer, Header};
use crate::spec::load;
use crate::spec::template::segments;
use crate::value::Value;

/// Boards with cards.
pub(in crate::check) const BOARDS: &str = include_str!("boards.yaml");

impl Stage {
    /// A service of this document (YAML), which answers so, from one case to the next.
    pub(in crate::check) fn new(document: &str, act: fn(&mut Store, &Asked) -> Reply) -> Self {
        let service = load::alone("t.yaml", document.as_bytes()).unwrap().service;
        let store = Rc::new(RefCell::new(Store::default()));
        Self::of(service, move || {
            let store = Rc::clone(&store);
            Box::new(move |asked| {
                let mut store = store.borrow_mut();
                store.asked += 1;
                act(&mut store, asked).into()
            })
        })
    }
}

/// An answer of the service.
#[derive(Clone)]
pub(in crate::check) struct Reply {
    pub(in crate::check) status: u16,
    pub(in crate::check) headers: Vec<(&'static str, String)>,
    pub(in crate::check) body: Option<Value>,
}

impl Reply {
    pub(in crate::check) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None }
    }

    pub(in crate::check) fn of(status: u16, body: Value) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }

    pub(in crate::check) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        let mut headers = reply.headers;
        let body = match reply.body {
            None => String::new(),
            Some(Value::String(text)) => {
                headers.push(("content-type", "text/plain".to_owned()));
                text.lossy().into_owned()
            }
            Some(body) => {
                headers.push(("content-type", "application/json".to_owned()));
                body.to_string()
            }
        };
        let header =
            |(name, value): (&str, String)| Header { name: name.to_owned(), value: value.into() };
        let headers = headers.into_iter().map(header).collect();
        Self { status: reply.status, headers, body: body.into(), ..Self::default() }
    }
}

/// A thing that the service keeps.
#[derive(Clone)]
pub(in crate::check) struct Kept {
    pub(in crate::check) path: String,
    pub(in crate::check) owner: String,
    pub(in crate::check) version: usize,
    pub(in crate::check) body: Value,
}

/// Everything that the service keeps.
#[derive(Default)]
pub(in crate::check) struct Store {
    pub(in crate::check) things: Vec<Kept>,
    last: usize,
    /// Requests so far.
    pub(in crate::check) asked: usize,
}

impl Store {
    pub(in crate::check) fn find(&mut self, path: &str) -> Option<&mut Kept> {
        self.things.iter_mut().find(|thing| thing.path == path)
    }

    /// What is directly in a collection, in order.
    pub(in crate::check) fn within(&self, collection: &str) -> Vec<Value> {
        let parent = |path: &str| path.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        let own = |thing: &&Kept| parent(&thing.path).as_deref() == Some(collection);
        self.things.iter().filter(own).map(|thing| thing.body.clone()).collect()
    }

    /// What a service answers that is right: everyone may do everything.
    pub(in crate::check) fn answer(&mut self, asked: &Asked) -> Reply {
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
