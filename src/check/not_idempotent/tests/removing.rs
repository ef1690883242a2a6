//! `DELETE` once more.

use super::*;

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
fn silent_where_another_thing_has_the_name_that_the_first_one_had() {
    let named: Act = |shelf, asked| {
        let is_free = shelf.notes.first().is_some_and(Option::is_none);
        (asked.method == "POST" && is_free).then(|| {
            let note = json(r#"{"id":0}"#);
            shelf.notes[0] = Some(note.clone());
            answer(201, &note.to_string())
        })
    };
    assert_eq!(judge(&on_it("DELETE /notes/{id}", ""), named), []);
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
    stage(act).fails(&CHECK, &steps);
}
