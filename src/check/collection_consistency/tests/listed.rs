//! What is listed, and what is not.

use super::*;

/// A list that leaves out the thing that was made first in a case of one board.
fn without_first(store: &mut Store, asked: &Asked) -> Reply {
    listing(store, asked, |items, _| {
        let odd = |item: &Value| item.get("id").and_then(Value::as_i64).unwrap() % 2 == 1;
        items.retain(|item| !odd(item));
    })
}

/// A service that shows everything it ever had.
fn undying(store: &mut Store, asked: &Asked) -> Reply {
    if asked.method != "DELETE" {
        return listing(store, asked, |items, store| {
            items.extend(store.within("/gone"));
        });
    }
    let mut thing = store.find(&asked.path).cloned().unwrap();
    thing.path = format!("/gone/{}", thing.version);
    let reply = store.answer(asked);
    store.things.push(thing);
    reply
}

#[test]
fn what_was_made_and_is_not_listed_with_another_that_is_fails() {
    let stage = Stage::new(BOARDS, without_first);
    assert_eq!(stage.occasion(&CHECK, &TWO), "always");
    let failure = stage.fails(&CHECK, &TWO);
    assert_eq!((&*failure.at, failure.severity, failure.further), ("s3", Severity::Error, None));
    insta::assert_snapshot!(failure.why, @"GET /boards answers 200 and shows one thing, but not another, that POST /boards made");
}

#[test]
fn what_was_made_and_is_not_listed_is_a_warning_where_no_other_is() {
    let empty = |s: &mut Store, a: &Asked| listing(s, a, |items, _| items.clear());
    let stage = Stage::new(BOARDS, empty);
    assert_eq!(stage.occasion(&CHECK, &[BOARD, LIST]), "GET /boards made");
    let failure = stage.fails(&CHECK, &[BOARD, LIST]);
    assert_eq!((&*failure.at, failure.severity), ("s2", Severity::Warning));
    insta::assert_snapshot!(failure.why, @"GET /boards answers 200 and does not show what POST /boards made");
    // Others of other content are no others.
    let other = r#"POST /boards {"title":"b"}"#;
    let failure = Stage::new(BOARDS, without_first).fails(&CHECK, &[BOARD, other, LIST]);
    assert_eq!(failure.severity, Severity::Warning);
}

#[test]
fn what_was_deleted_and_is_listed_fails() {
    let stage = Stage::new(BOARDS, undying);
    assert_eq!(stage.occasion(&CHECK, &DELETED), "always");
    let failure = stage.fails(&CHECK, &DELETED);
    assert_eq!((&*failure.at, failure.severity), ("s3", Severity::Error));
    insta::assert_snapshot!(failure.why, @"GET /boards answers 200 and still shows what DELETE /boards/{board} deleted");
}

#[test]
fn silent_where_the_list_may_not_be_all() {
    let parameters = |text: &str| {
        BOARDS.replacen("    get:\n", &format!("    get:\n      parameters: [{text}]\n"), 1)
    };
    let size = "{name: limit, in: query, schema: {type: integer, minimum: 1, default: 1}}";
    for (document, list) in [
        // A full page, and one of a size that nobody tells.
        (parameters(size), LIST),
        (parameters(size), "GET /boards?limit=1"),
        (parameters("{name: page, in: query, schema: {type: integer}}"), LIST),
        // A filter, and a later page.
        (parameters("{name: title, in: query, schema: {type: string}}"), "GET /boards?title=b"),
        (parameters("{name: page, in: query, schema: {type: integer}}"), "GET /boards?page=2"),
    ] {
        Stage::new(&document, without_first).silent(&CHECK, &[BOARD, BOARD, list]);
    }
    let document = parameters(size);
    Stage::new(&document, without_first).fails(&CHECK, &[BOARD, BOARD, "GET /boards?limit=50"]);
}

fn wrapped(store: &mut Store, asked: &Asked, rest: &str) -> Reply {
    let mut reply = without_first(store, asked);
    if let Some(items @ Value::Array(_)) = reply.body.take_if(|body| body.as_array().is_some()) {
        let mut whole = json(rest);
        if let Value::Object(members) = &mut whole {
            members.push("items", items);
        }
        reply.body = Some(whole);
    }
    reply
}

#[test]
fn silent_where_the_answer_tells_of_more() {
    let document = BOARDS.replacen(
        "{type: array, items: {$ref: '#/components/schemas/Board'}}",
        "{type: object, properties: {items: {type: array, items: {$ref: '#/components/schemas/Board'}}}}",
        1,
    );
    let more: [fn(&mut Store, &Asked) -> Reply; 6] = [
        |s, a| wrapped(s, a, r#"{"next":"/boards?page=2"}"#),
        |s, a| wrapped(s, a, r#"{"meta":{"next_cursor":"x"}}"#),
        |s, a| wrapped(s, a, r#"{"hasMore":true}"#),
        |s, a| wrapped(s, a, r#"{"total_count":1000}"#),
        |s, a| wrapped(s, a, r#"{"page":{"totalPages":2}}"#),
        |s, a| wrapped(s, a, r#"{"_links":{"next":{"href":"/boards"}}}"#),
    ];
    for act in more {
        Stage::new(&document, act).silent(&CHECK, &TWO);
    }
    let all: [fn(&mut Store, &Asked) -> Reply; 3] = [
        |s, a| wrapped(s, a, "{}"),
        |s, a| wrapped(s, a, r#"{"next":null,"prev_cursor":"y","has_more":false}"#),
        |s, a| wrapped(s, a, r#"{"count":1,"total_pages":1}"#),
    ];
    for act in all {
        Stage::new(&document, act).fails(&CHECK, &TWO);
    }
    let linked = |s: &mut Store, a: &Asked| {
        without_first(s, a).header("Link", "</boards?page=2>; rel=\"next last\"")
    };
    Stage::new(BOARDS, linked).silent(&CHECK, &TWO);
}

#[test]
fn silent_where_a_filter_may_be_at_work_by_default() {
    let empty = |s: &mut Store, a: &Asked| listing(s, a, |items, _| items.clear());
    let filter =
        "    get:\n      parameters: [{name: archived, in: query, schema: {type: boolean}}]\n";
    let document = BOARDS.replacen("    get:\n", filter, 1);
    Stage::new(&document, empty).silent(&CHECK, &[BOARD, LIST]);
    for state in [r#""status":"new""#, r#""active":false"#, r#""published_at":null"#] {
        let made = format!(r#"POST /boards {{"title":"a",{state}}}"#);
        Stage::new(BOARDS, empty).silent(&CHECK, &[&made, LIST]);
    }
}

fn of(store: &mut Store, asked: &Asked, count: usize) -> Reply {
    listing(store, asked, |items, _| {
        items.clear();
        items.extend((0..count).map(|id| json(&format!(r#"{{"id":{}}}"#, 1000 + id))));
    })
}

#[test]
fn silent_for_a_list_as_long_as_a_limit_may_be() {
    Stage::new(BOARDS, |s, a| of(s, a, 20)).silent(&CHECK, &[BOARD, LIST]);
    Stage::new(BOARDS, |s, a| of(s, a, 64)).silent(&CHECK, &[BOARD, LIST]);
    Stage::new(BOARDS, |s, a| of(s, a, 21)).fails(&CHECK, &[BOARD, LIST]);
}

#[test]
fn silent_for_what_was_changed_or_made_by_another_or_is_not_served() {
    let stage = Stage::new(BOARDS, without_first);
    let changed = r#"PATCH /boards/{board=s1} {"title":"a"}"#;
    stage.silent(&CHECK, &[BOARD, BOARD, changed, LIST]);
    Stage::new(BOARDS, without_first).silent(&CHECK, &[BOARD, BOARD, "bob: GET /boards"]);
    let lost = |s: &mut Store, a: &Asked| {
        if a.is("GET", "/boards/*") { Reply::empty(404) } else { without_first(s, a) }
    };
    Stage::new(BOARDS, lost).silent(&CHECK, &TWO);
}

#[test]
fn silent_where_it_is_listed_at_the_last_look() {
    // The first history ends with the third request; the looks at the list are the ninth to eleventh.
    let late = |s: &mut Store, a: &Asked| {
        if s.asked < 11 { without_first(s, a) } else { s.answer(a) }
    };
    Stage::new(BOARDS, late).silent(&CHECK, &TWO);
}

#[test]
fn silent_for_deletions_that_come_later_and_things_that_say_they_are_deleted() {
    let later = |s: &mut Store, a: &Asked| {
        let reply = undying(s, a);
        Reply { status: if reply.status == 204 { 202 } else { reply.status }, ..reply }
    };
    Stage::new(BOARDS, later).silent(&CHECK, &DELETED);
    let marked = |s: &mut Store, a: &Asked| {
        let mut reply = undying(s, a);
        if let Some(Value::Array(items)) = &mut reply.body {
            for item in items {
                let Value::Object(members) = item else { continue };
                members.set("deletedAt", Value::text("2024-01-01"));
            }
        }
        reply
    };
    Stage::new(BOARDS, marked).silent(&CHECK, &DELETED);
    let gone_later = |s: &mut Store, a: &Asked| {
        if s.asked < 9 { undying(s, a) } else { listing(s, a, |items, _| items.clear()) }
    };
    Stage::new(BOARDS, gone_later).silent(&CHECK, &DELETED);
}
