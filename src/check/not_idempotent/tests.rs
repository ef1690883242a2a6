//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::json;
use super::super::stage::{Asked, Serve, Trial, answer, notes, surroundings};
use super::*;
use crate::case::Answer;
use crate::value::Value;

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
        let at: usize = asked.path[1].parse().unwrap();
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
            match (&*asked.method, asked.path.len()) {
                ("PUT", _) => shelf.puts += 1,
                ("DELETE", _) => shelf.deletes += 1,
                ("GET", 2) => shelf.reads += 1,
                _ => {}
            }
            if let Some(answer) = act(&mut shelf, asked) {
                return answer;
            }
            match (&*asked.method, asked.path.len()) {
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

fn trial<T>(act: impl Acts, with: impl FnOnce(Trial<'_>) -> T) -> T {
    let service = notes();
    let surroundings = surroundings(&service);
    let serve = serve(act);
    with(Trial { check: &NotIdempotent, service: &service, surroundings, serve: &serve })
}

fn judge(call: &str, act: impl Acts) -> Vec<Failure> {
    trial(act, |trial| trial.judge(&format!("[{CREATE},{call}]")))
}

fn outcomes(found: &[Failure]) -> Vec<(&str, &str)> {
    found.iter().map(|failure| (&*failure.outcome, &*failure.message)).collect()
}

/// What a PUT gives is added to the list that is there.
fn appends(shelf: &mut Shelf, asked: &Asked) -> Option<Answer> {
    let new = asked.body.get("tags").filter(|_| asked.method == "PUT")?.as_array()?.to_vec();
    let old = shelf.note(asked).as_ref()?.get("tags")?.as_array()?.to_vec();
    shelf.set(asked, "tags", Value::Array([old, new].concat()));
    Some(shelf.show(asked))
}

#[test]
fn a_put_that_adds_to_a_list_fails() {
    let found = judge(&put(r#"{"tags":[""]}"#), appends);
    assert_eq!(outcomes(&found), [("changed the second time", "json/tags")]);
    assert_eq!((&*found[0].at, found[0].severity), ("s2", Severity::Error));
    insta::assert_snapshot!(found[0].why, @r#"PUT /notes/{id} twice with json/tags [""] leaves ["",""], where once left [""]; PUT is to be idempotent"#);
    let twice =
        format!("{},{}", put(r#"{"tags":["a"]}"#).replace("s2", "s0"), put(r#"{"tags":["b"]}"#));
    assert_eq!(judge(&twice, appends).len(), 1);
}

#[test]
fn a_put_that_adds_to_a_number_or_a_text_fails() {
    let found = judge(&put(r#"{"size":2,"title":"x"}"#), |shelf, asked| {
        if asked.method != "PUT" {
            return None;
        }
        let title = format!("a{}", "x".repeat(shelf.puts));
        shelf.set(asked, "title", Value::text(title));
        let size = 1 + 2 * shelf.puts as i64;
        shelf.set(asked, "size", Value::int(size));
        Some(answer(200, "{}"))
    });
    let changed = "changed the second time";
    assert_eq!(outcomes(&found), [(changed, "json/size"), (changed, "json/title")]);
}

#[test]
fn a_put_that_loses_what_it_gave_fails() {
    let found = judge(&put(r#"{"title":"x"}"#), |shelf, asked| {
        let second = asked.method == "PUT" && shelf.puts > 1;
        second.then(|| {
            shelf.set(asked, "title", Value::Null);
            answer(200, "{}")
        })
    });
    insta::assert_snapshot!(found[0].why, @r#"PUT /notes/{id} twice with json/title "x" leaves null, where once left "x"; PUT is to be idempotent"#);
}

#[test]
fn a_put_that_is_not_found_the_second_time_fails() {
    let found = judge(&put(r#"{"title":"x"}"#), |shelf, asked| {
        (asked.method == "PUT" && shelf.puts > 1).then(|| answer(404, "{}"))
    });
    assert_eq!(outcomes(&found), [("404 the second time", "")]);
    insta::assert_snapshot!(found[0].why, @"PUT /notes/{id} answers 200, and 404 the second time, while what it put there is shown; PUT is to be idempotent");
}

#[test]
fn silent_when_the_second_put_leaves_what_the_first_did() {
    assert_eq!(judge(&put(r#"{"title":"x","tags":["b","a"]}"#), |_, _| None), []);
    // In another order, with new ids, and what the PUT does not give.
    let found = judge(&put(r#"{"tags":["b","a"],"place":{"city":"a"}}"#), |shelf, asked| {
        if asked.method != "PUT" {
            return None;
        }
        let tags = if shelf.puts > 1 { r#"["a","b"]"# } else { r#"["b","a"]"# };
        shelf.set(asked, "tags", json(tags));
        let puts = shelf.puts;
        shelf.set(asked, "place", json(&format!(r#"{{"city":"a","id":{puts}}}"#)));
        shelf.set(asked, "version", Value::int(puts as i64));
        shelf.set(asked, "updated_at", Value::text(format!("2024-01-01T00:00:0{puts}Z")));
        Some(answer(200, "{}"))
    });
    assert_eq!(found, []);
}

#[test]
fn silent_for_members_that_the_service_owns_though_the_put_gives_them() {
    let given = r#"{"size":1,"due":"2020-01-01T00:00:00Z","title":"x"}"#;
    let found = judge(&put(given), |shelf, asked| {
        if asked.method != "PUT" {
            return None;
        }
        let puts = shelf.puts;
        shelf.set(asked, "size", Value::int(puts as i64 + 1));
        shelf.set(asked, "due", Value::text(format!("2024-01-01T00:00:0{puts}Z")));
        shelf.set(asked, "title", Value::text(format!("revision {puts}")));
        Some(answer(200, "{}"))
    });
    assert_eq!(found, []);
}

#[test]
fn silent_for_members_that_change_by_themselves() {
    let found = judge(&put(r#"{"title":"x"}"#), |shelf, asked| {
        if asked.method == "GET" && asked.path.len() == 2 {
            let title = if shelf.reads == 1 { "x" } else { "y" };
            shelf.set(asked, "title", title.into());
        }
        None
    });
    assert_eq!(found, []);
}

#[test]
fn silent_when_the_put_is_not_done_or_refused_the_second_time() {
    let judge = |first: (u16, &'static str), second: u16| {
        judge(&put(r#"{"tags":["a"]}"#), move |shelf, asked| {
            appends(shelf, asked)?;
            let (status, body) = if shelf.puts > 1 { (second, "{}") } else { first };
            Some(answer(status, body))
        })
    };
    assert_eq!(judge((200, "{}"), 200).len(), 1);
    for first in [(202, "{}"), (207, "{}"), (400, "{}"), (200, r#"{"ok":false}"#)] {
        assert_eq!(judge(first, 200), [], "{first:?}");
    }
    for second in [400, 409, 412, 428, 429, 500, 503] {
        assert_eq!(judge((200, "{}"), second), [], "{second}");
    }
}

#[test]
fn silent_when_a_look_is_refused() {
    let refuses: Act = |shelf, asked| match (&*asked.method, shelf.reads) {
        ("GET", 2 | 5) => Some(answer(429, "{}")),
        _ => appends(shelf, asked),
    };
    assert_eq!(judge(&put(r#"{"tags":["a"]}"#), refuses), []);
}

/// A DELETE takes the last of all things away.
fn pops(shelf: &mut Shelf, asked: &Asked) -> Option<Answer> {
    (asked.method == "DELETE").then(|| {
        let last = shelf.notes.iter_mut().rev().find(|note| note.is_some());
        last.map_or(answer(404, ""), |last| {
            *last = None;
            answer(204, "")
        })
    })
}

#[test]
fn a_second_delete_that_takes_another_thing_away_fails() {
    let found = judge(&on_it("DELETE /notes/{id}", ""), pops);
    assert_eq!(outcomes(&found), [("another vanished", "")]);
    insta::assert_snapshot!(found[0].why, @"DELETE /notes/{id} the second time takes another thing away, which was made meanwhile; DELETE is to be idempotent");
}

#[test]
fn silent_when_the_second_delete_does_nothing_however_it_is_answered() {
    let statuses: [Act; 6] = [
        |_, _| None,
        |shelf, asked| (asked.method == "DELETE" && shelf.deletes > 1).then(|| answer(204, "")),
        |shelf, asked| (asked.method == "DELETE" && shelf.deletes > 1).then(|| answer(200, "{}")),
        |shelf, asked| (asked.method == "DELETE" && shelf.deletes > 1).then(|| answer(410, "{}")),
        |shelf, asked| (asked.method == "DELETE" && shelf.deletes > 1).then(|| answer(409, "{}")),
        |shelf, asked| (asked.method == "DELETE" && shelf.deletes > 1).then(|| answer(500, "{}")),
    ];
    for act in statuses {
        assert_eq!(judge(&on_it("DELETE /notes/{id}", ""), act), []);
    }
}

#[test]
fn silent_when_nothing_can_be_told_of_another_thing() {
    let acts: [Act; 4] = [
        // It is there at a look.
        |shelf, asked| match &*asked.method {
            "GET" if shelf.reads == 6 => Some(answer(200, "{}")),
            _ => pops(shelf, asked),
        },
        // It was not there before.
        |shelf, asked| match &*asked.method {
            "GET" if shelf.reads == 2 => Some(answer(404, "{}")),
            _ => pops(shelf, asked),
        },
        // It cannot be read.
        |shelf, asked| match &*asked.method {
            "GET" => Some(answer(403, "{}")),
            _ => pops(shelf, asked),
        },
        // It cannot be made.
        |shelf, asked| match &*asked.method {
            "POST" if shelf.deletes > 0 => Some(answer(409, "{}")),
            _ => pops(shelf, asked),
        },
    ];
    for act in acts {
        assert_eq!(judge(&on_it("DELETE /notes/{id}", ""), act), []);
    }
}

#[test]
fn another_thing_has_names_of_its_own() {
    let create = r#"{"id":"s1","call":"POST /notes","json":{"title":{"$fresh":"n1"}}}"#;
    let unique: Act = |shelf, asked| {
        let title = asked.body.get("title").filter(|_| asked.method == "POST")?.to_string();
        let is_taken = shelf.titles.contains(&title);
        shelf.titles.push(title);
        is_taken.then(|| answer(409, "{}"))
    };
    let act =
        move |shelf: &mut Shelf, asked: &Asked| unique(shelf, asked).or_else(|| pops(shelf, asked));
    let steps = format!("[{create},{}]", on_it("DELETE /notes/{id}", ""));
    assert_eq!(trial(act, |trial| trial.judge(&steps)).len(), 1);
}

const HISTORY: &str = "GET /notes/{id}/history";

#[test]
fn a_get_that_changes_the_thing_is_a_warning() {
    let publishes: Act = |shelf, asked| {
        if asked.path.len() == 3 {
            shelf.set(asked, "state", "sent".into());
        }
        None
    };
    let found = judge(&on_it(HISTORY, ""), publishes);
    assert_eq!(outcomes(&found), [("changed by GET", "/state")]);
    assert_eq!((&*found[0].at, found[0].severity), ("s2", Severity::Warning));
    insta::assert_snapshot!(found[0].why, @r#"GET /notes/{id}/history changes /state of what it shows from "draft" to "sent"; GET is to be safe"#);
    let list = r#"{"id":"s2","call":"GET /notes"}"#;
    let found = judge(list, |shelf, asked| {
        if asked.path.len() == 1 && asked.method == "GET" {
            for note in shelf.notes.iter_mut().flatten() {
                if let Value::Object(note) = note {
                    note.set("state", "sent".into());
                }
            }
        }
        None
    });
    assert_eq!(found.len(), 1);
}

#[test]
fn a_get_that_makes_the_thing_vanish_is_a_warning() {
    let found = judge(&on_it(HISTORY, ""), |shelf, asked| {
        (asked.path.len() == 3).then(|| {
            *shelf.note(asked) = None;
            answer(200, "{}")
        })
    });
    assert_eq!((outcomes(&found), found[0].severity), (vec![("gone", "")], Severity::Warning));
    insta::assert_snapshot!(found[0].why, @"GET /notes/{id}/history makes the thing vanish that it shows; GET is to be safe");
}

#[test]
fn silent_for_traces_of_being_looked_at() {
    let found = judge(&on_it(HISTORY, ""), |shelf, asked| {
        if asked.path.len() == 3 {
            shelf.set(asked, "size", Value::int(2));
            shelf.set(asked, "is_read", true.into());
            shelf.set(asked, "opened_at", "2024-01-01T00:00:00Z".into());
            shelf.set(asked, "tags", json(r#"["looked"]"#));
        }
        None
    });
    assert_eq!(found, []);
}

#[test]
fn silent_for_what_changes_by_itself_or_does_not_last() {
    let acts: [Act; 3] = [
        // Before the call.
        |shelf, asked| {
            if asked.method == "GET" {
                let state = if shelf.reads < 2 { "draft" } else { "sent" };
                shelf.set(asked, "state", state.into());
            }
            None
        },
        // Later than at once.
        |shelf, asked| {
            if shelf.reads > 4 {
                shelf.set(asked, "state", "sent".into());
            }
            None
        },
        // For a moment.
        |shelf, asked| {
            if asked.method == "GET" {
                let state = if shelf.reads == 4 { "busy" } else { "draft" };
                shelf.set(asked, "state", state.into());
            }
            None
        },
    ];
    for act in acts {
        assert_eq!(judge(&on_it(HISTORY, ""), act), []);
    }
}

#[test]
fn silent_for_things_of_others() {
    for call in [put(r#"{"tags":["a"]}"#), on_it(HISTORY, ""), on_it("DELETE /notes/{id}", "")] {
        let foreign = call.replace(r#"{"$from":"s1/body/id"}"#, "0");
        trial(appends, |trial| {
            assert_eq!(trial.occasion(&format!("[{CREATE},{foreign}]")), Occasion::Never);
            assert_eq!(trial.judge(&format!("[{CREATE},{foreign}]")), []);
        });
    }
}

#[test]
fn it_is_tried_once_for_each_operation_and_for_the_lists_that_a_put_gives() {
    trial(
        |_, _| None,
        |trial| {
            let occasion = |call: &str| trial.occasion(&format!("[{CREATE},{call}]"));
            assert_eq!(
                occasion(&put(r#"{"title":"a","tags":["a"]}"#)),
                Occasion::once("PUT /notes/{id} /tags")
            );
            assert_eq!(occasion(&put(r#"{"tags":[]}"#)), Occasion::once("PUT /notes/{id} "));
            assert_eq!(occasion(&on_it(HISTORY, "")), Occasion::once(HISTORY));
            let delete = on_it("DELETE /notes/{id}", "");
            assert_eq!(occasion(&delete), Occasion::once("DELETE /notes/{id}"));
            assert_eq!(occasion(&on_it("GET /notes/{id}", "")), Occasion::Never);
            let unspecified = put("{}").replace("\"s2\",", "\"s2\",\"label\":\"unspecified\",");
            assert_eq!(occasion(&unspecified), Occasion::Never);
        },
    );
}
