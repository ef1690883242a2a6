//! Looking at a thing.

use super::*;

#[test]
fn a_get_that_changes_the_thing_is_a_warning() {
    let publishes: Act = |shelf, asked| {
        if asked.depth() == 3 {
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
        if asked.depth() == 1 && asked.method == "GET" {
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
        (asked.depth() == 3).then(|| {
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
        if asked.depth() == 3 {
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
