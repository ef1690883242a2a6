//! Things on a service, known by where they are: the path of all like them, and what each is called.
//!
//! What `POST /items` calls 7 is not what stands at `/users/7`.

use percent_encoding::percent_decode_str;

use crate::case::{Answer, Call, value_at};
use crate::spec::Operation;
use crate::spec::graph::{Given, Resource};
use crate::spec::template::segments;
use crate::value::{Source, Value};

/// A thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Thing {
    /// The path of all like it, below the base address: `/items`.
    pub(super) collection: String,
    /// What it is called.
    pub(super) id: String,
}

/// The things that a call names in its path, from the outside in, each by its parameter; and the whole
/// path. `None` where a parameter holds no text and no number.
pub(super) fn named(
    template: &str,
    operation: Option<&Operation>,
    call: &Call,
) -> Option<(Vec<(String, Thing)>, String)> {
    let mut things = Vec::new();
    let mut path = String::new();
    for segment in segments(template) {
        let (mut rest, mut finished) = (segment, String::from("/"));
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, behind)) = behind.split_once('}') else { break };
            let id = value_of(operation, call, name)?.written()?;
            finished.push_str(before);
            finished.push_str(&id);
            things.push((name.to_owned(), Thing { collection: path.clone(), id }));
            rest = behind;
        }
        path.push_str(&finished);
        path.push_str(rest);
    }
    Some((things, path))
}

/// What a call gives to a parameter of its path.
pub(super) fn value_of<'c>(
    operation: Option<&Operation>,
    call: &'c Call,
    parameter: &str,
) -> Option<&'c Value> {
    match operation.filter(|operation| operation.rpc.is_some()) {
        Some(method) => value_at(call, &method.place_of(parameter)),
        None => call.path.iter().find(|(name, _)| name == parameter).map(|(_, value)| value),
    }
}

/// The things that an answer says a call made: by the members that tell what a thing of these
/// resources is called, and by `Location`. `path` is the call's own, below `base`.
pub(super) fn made<'r>(
    resources: impl Iterator<Item = &'r Resource>,
    path: &str,
    base: &str,
    answer: &Answer,
    body: Option<&Value>,
) -> Vec<Thing> {
    let located = answer.header("location").and_then(|location| at(location, base, path));
    let mut made = Vec::from_iter(located);
    let mut add = |collection: &str, parameter: &str, told: Option<&Value>| {
        let ids = told.into_iter().chain(body.into_iter().flat_map(|body| called(body, parameter)));
        for id in ids.filter_map(Value::written).filter(|id| !id.is_empty()) {
            let thing = Thing { collection: collection.to_owned(), id };
            if !made.contains(&thing) {
                made.push(thing);
            }
        }
    };
    let mut known = false;
    for resource in resources {
        known = true;
        let told = match &resource.id {
            Some(Given::Answer { source: Source::Body(pointer), matching: None }) => {
                body.and_then(|body| pointer.find(body))
            }
            _ => None,
        };
        // `POST /users/register` makes what is at `/users`.
        let most = segments(&resource.collection).count();
        let parts: Vec<&str> = segments(path).take(most).collect();
        let collection = format!("/{}", parts.join("/"));
        add(&collection, &resource.parameter, told);
    }
    if !known {
        add(path, "id", None);
    }
    made
}

/// The thing at an address that an answer names; relative ones start at the call's own path.
fn at(location: &str, base: &str, own: &str) -> Option<Thing> {
    let location = location.split(['?', '#']).next()?.trim_end_matches('/');
    let path = match location.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => location,
    };
    let path = if path.starts_with('/') {
        path.strip_prefix(base).filter(|below| below.starts_with('/')).unwrap_or(path).to_owned()
    } else {
        let (folder, _) = own.rsplit_once('/')?;
        format!("{folder}/{}", path.trim_start_matches("./"))
    };
    at_path(&percent_decode_str(&path).decode_utf8().ok()?)
}

/// The thing at a path.
pub(super) fn at_path(path: &str) -> Option<Thing> {
    let (collection, id) = path.rsplit_once('/')?;
    let fits = !id.is_empty() && !segments(path).any(|segment| segment == "..");
    fits.then(|| Thing { collection: collection.to_owned(), id: id.to_owned() })
}

/// The members of an answer that tell what goes into a parameter of this name: those of its name, and
/// `id` where the parameter is one.
fn called<'b>(body: &'b Value, parameter: &str) -> impl Iterator<Item = &'b Value> {
    let wanted: String = plain(parameter).collect();
    let members = body.as_object().into_iter().flat_map(crate::value::Object::iter);
    let tells = move |name: &str| {
        plain(name).eq(wanted.chars()) || plain(name).eq("id".chars()) && wanted.ends_with("id")
    };
    members.filter(move |(name, _)| tells(&name.lossy())).map(|(_, value)| value)
}

/// `item_id` and `itemId` alike.
fn plain(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|char| char.is_alphanumeric());
    letters.flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Header;
    use crate::spec::load;
    use crate::value::read;

    fn thing(collection: &str, id: &str) -> Thing {
        Thing { collection: collection.to_owned(), id: id.to_owned() }
    }

    #[test]
    fn things_are_named_from_the_outside_in() {
        let call = Call {
            path: vec![("uid".to_owned(), Value::int(7)), ("oid".to_owned(), "a b".into())],
            ..Call::default()
        };
        let (things, path) = named("/users/{uid}/orders/{oid}.json", None, &call).unwrap();
        let things: Vec<Thing> = things.into_iter().map(|(_, thing)| thing).collect();
        assert_eq!(things, [thing("/users", "7"), thing("/users/7/orders", "a b")]);
        assert_eq!(path, "/users/7/orders/a b.json");
        assert!(named("/users/{other}", None, &call).is_none());
    }

    /// What an answer to a call of the shop's `POST /items` makes.
    fn made_by(path: &str, location: Option<&str>, body: &str) -> Vec<Thing> {
        let document = r#"{"openapi":"3.1.0","info":{},"paths":{
            "/items":{"post":{"responses":{}}},"/items/new":{"post":{"responses":{}}},
            "/items/{itemId}":{"get":{"responses":{}}},
            "/items/{itemId}/notes":{"post":{"responses":{}}},
            "/items/{itemId}/notes/{slug}":{"get":{"responses":{}}}}}"#;
        let service = load::alone("t.json", document.as_bytes()).unwrap().service;
        let template = match path {
            "/items/7/notes" => "/items/{itemId}/notes",
            path => path,
        };
        let operation = service.operations.iter().position(|o| o.path == template);
        let resources = service.graph().resources().iter();
        let own = resources.filter(|resource| resource.create == operation);
        let headers = location.map(|location| Header {
            name: "Location".to_owned(),
            value: location.to_owned().into(),
        });
        let answer = Answer { headers: headers.into_iter().collect(), ..Answer::default() };
        let body = read::json(body.as_bytes()).ok();
        let mut made = made(own, path, "/api", &answer, body.as_ref());
        made.sort_by(|a, b| (&a.collection, &a.id).cmp(&(&b.collection, &b.id)));
        made
    }

    #[test]
    fn a_thing_is_called_by_the_member_that_its_path_takes() {
        let body = r#"{"id":7,"name":"admin","slug":"x"}"#;
        assert_eq!(made_by("/items", None, body), [thing("/items", "7")]);
        assert_eq!(made_by("/items", None, r#"{"item_id":"a"}"#), [thing("/items", "a")]);
        assert_eq!(made_by("/items/7/notes", None, body), [thing("/items/7/notes", "x")]);
        assert_eq!(made_by("/items", None, r#"{"name":"admin"}"#), []);
    }

    #[test]
    fn a_location_tells_where_a_thing_is() {
        let item = [thing("/items", "a b")];
        for location in [
            "/api/items/a%20b",
            "/items/a%20b/?x=1",
            "https://h.example/api/items/a%20b#y",
            "items/a%20b",
        ] {
            assert_eq!(made_by("/items", Some(location), ""), item, "{location}");
        }
        for location in ["", "/", "https://h.example", "/items/../users/1", "/items/.."] {
            assert_eq!(made_by("/items", Some(location), ""), [], "{location}");
        }
    }
}
