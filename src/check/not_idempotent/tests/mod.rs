//! Each test is named by the rule of silence, or of failure, that it shows.

mod looking;
mod removing;
mod replacing;

use super::super::fixture::json;
use super::super::stage::{Asked, Serve, Stage, answer, notes};
use super::*;
use crate::case::Answer;
use crate::value::Value;

const CHECK: NotIdempotent = NotIdempotent;

const HISTORY: &str = "GET /notes/{id}/history";

/// Notes that a played service keeps: each an object, or nothing any more.
#[derive(Clone, Default)]
struct Shelf {
    notes: Vec<Option<Value>>,
    puts: usize,
    deletes: usize,
    reads: usize,
    titles: Vec<String>,
}

impl Shelf {
    fn add(&mut self, note: &str) {
        let mut note = json(note);
        if let Value::Object(note) = &mut note {
            note.set("id", Value::int(self.notes.len() as i64));
        }
        self.notes.push(Some(note));
    }

    fn note(&mut self, asked: &Asked) -> &mut Option<Value> {
        let at: usize = asked.segment(1).parse().unwrap();
        &mut self.notes[at]
    }

    fn set(&mut self, asked: &Asked, key: &str, value: Value) {
        if let Some(Value::Object(note)) = self.note(asked) {
            note.set(key, value);
        }
    }

    fn show(&mut self, asked: &Asked) -> Answer {
        self.note(asked).as_ref().map_or(answer(404, "{}"), |note| answer(200, &note.to_string()))
    }

    fn all(&self) -> Answer {
        let there: Vec<Value> = self.notes.iter().flatten().cloned().collect();
        answer(200, &Value::Array(there).to_string())
    }

    /// Puts what is given, as it should be.
    fn put(&mut self, asked: &Asked) {
        for (key, value) in asked.body.as_object().into_iter().flatten() {
            self.set(asked, &key.lossy(), value.clone());
        }
    }
}

/// What a service does with PUT, DELETE and GETs; `None` where it is as it should be.
type Act = fn(&mut Shelf, &Asked) -> Option<Answer>;

/// The same, whatever it is made of.
trait Acts: Fn(&mut Shelf, &Asked) -> Option<Answer> + Copy + 'static {}

impl<A: Fn(&mut Shelf, &Asked) -> Option<Answer> + Copy + 'static> Acts for A {}

fn serve(act: impl Acts) -> impl Fn() -> Serve {
    move || {
        let mut shelf = Shelf::default();
        shelf.add(r#"{"title":"another"}"#);
        shelf.add(r#"{"title":"a third"}"#);
        Box::new(move |asked: &Asked| {
            match (&*asked.method, asked.depth()) {
                ("PUT", _) => shelf.puts += 1,
                ("DELETE", _) => shelf.deletes += 1,
                ("GET", 2) => shelf.reads += 1,
                _ => {}
            }
            if let Some(answer) = act(&mut shelf, asked) {
                return answer;
            }
            match (&*asked.method, asked.depth()) {
                ("POST", 1) => {
                    shelf.add(r#"{"title":"a","size":1,"tags":[],"state":"draft"}"#);
                    answer(201, &format!(r#"{{"id":{}}}"#, shelf.notes.len() - 1))
                }
                ("PUT", _) => {
                    shelf.put(asked);
                    shelf.show(asked)
                }
                ("DELETE", _) => match shelf.note(asked).take() {
                    Some(_) => answer(204, ""),
                    None => answer(404, "{}"),
                },
                ("GET", 1) => shelf.all(),
                ("GET", _) => shelf.show(asked),
                _ => answer(200, "{}"),
            }
        })
    }
}

const CREATE: &str = r#"{"id":"s1","call":"POST /notes","json":{}}"#;

fn on_it(call: &str, rest: &str) -> String {
    format!(r#"{{"id":"s2","call":"{call}","path":{{"id":{{"$from":"s1/body/id"}}}}{rest}}}"#)
}

fn put(body: &str) -> String {
    on_it("PUT /notes/{id}", &format!(r#","json":{body}"#))
}

fn stage(act: impl Acts) -> Stage {
    Stage::of(notes(), serve(act))
}

fn judge(call: &str, act: impl Acts) -> Vec<Failure> {
    stage(act).judge(&CHECK, &format!("[{CREATE},{call}]"))
}

fn outcomes(found: &[Failure]) -> Vec<(&str, &str)> {
    found.iter().map(|failure| (&*failure.outcome, &*failure.message)).collect()
}

#[test]
fn silent_for_things_of_others() {
    for call in [put(r#"{"tags":["a"]}"#), on_it(HISTORY, ""), on_it("DELETE /notes/{id}", "")] {
        let foreign = call.replace(r#"{"$from":"s1/body/id"}"#, "0");
        let steps = format!("[{CREATE},{foreign}]");
        assert_eq!(stage(appends).occasion(&CHECK, &steps), "never");
        stage(appends).silent(&CHECK, &steps);
    }
}

/// What a PUT gives is added to the list that is there.
fn appends(shelf: &mut Shelf, asked: &Asked) -> Option<Answer> {
    let new = asked.body.get("tags").filter(|_| asked.method == "PUT")?.as_array()?.to_vec();
    let old = shelf.note(asked).as_ref()?.get("tags")?.as_array()?.to_vec();
    shelf.set(asked, "tags", Value::Array([old, new].concat()));
    Some(shelf.show(asked))
}

#[test]
fn it_is_tried_once_for_each_operation_and_for_the_lists_that_a_put_gives() {
    let stage = stage(|_, _| None);
    let occasion = |call: &str| stage.occasion(&CHECK, &format!("[{CREATE},{call}]"));
    assert_eq!(occasion(&put(r#"{"title":"a","tags":["a"]}"#)), "PUT /notes/{id} /tags");
    assert_eq!(occasion(&put(r#"{"tags":[]}"#)), "PUT /notes/{id} ");
    assert_eq!(occasion(&on_it(HISTORY, "")), HISTORY);
    let delete = on_it("DELETE /notes/{id}", "");
    assert_eq!(occasion(&delete), "DELETE /notes/{id}");
    assert_eq!(occasion(&on_it("GET /notes/{id}", "")), "never");
    let unspecified = put("{}").replace("\"s2\",", "\"s2\",\"label\":\"unspecified\",");
    assert_eq!(occasion(&unspecified), "never");
}
