//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::json;
use super::super::rehearsal::{Asked, BOARDS, Reply, Stage, Store};
use super::*;

const CHECK: CollectionConsistency = CollectionConsistency;

const BOARD: &str = r#"POST /boards {"title":"a"}"#;
const LIST: &str = "GET /boards";
const CARD: &str = r#"POST /boards/{board=s1}/cards {"title":"a"}"#;
const TWO: [&str; 3] = [BOARD, BOARD, LIST];
const DELETED: [&str; 3] = [BOARD, "DELETE /boards/{board=s1}", LIST];
const PAGES: [&str; 4] = [BOARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=1"];
const THREE: [&str; 5] = [BOARD, CARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=2"];

/// Answers as ever, but for what a list shows.
fn listing(store: &mut Store, asked: &Asked, change: impl Fn(&mut Vec<Value>, &Store)) -> Reply {
    let mut reply = store.answer(asked);
    if let (Some(Value::Array(items)), "GET") = (&mut reply.body, &*asked.method) {
        change(items, store);
    }
    reply
}

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
fn silent_where_the_list_is_right() {
    let stage = Stage::new(BOARDS, Store::answer);
    for steps in [&TWO[..], &DELETED, &PAGES, &THREE, &[BOARD, LIST]] {
        stage.silent(&CHECK, steps);
    }
    assert_eq!(stage.occasion(&CHECK, &TWO), "never");
    assert_eq!(stage.occasion(&CHECK, &DELETED), "never");
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

/// Cards of which each page shows only so many.
fn edge(store: &mut Store, asked: &Asked, lost: usize) -> Reply {
    listing(store, asked, |items, _| {
        let most = asked.number("limit").unwrap_or(usize::MAX);
        if most < 10 {
            items.truncate(most - lost);
        }
    })
}

#[test]
fn pages_that_lose_at_their_edge_fail() {
    for steps in [&PAGES[..], &THREE] {
        let stage = Stage::new(BOARDS, |s, a| edge(s, a, 1));
        let failure = stage.fails(&CHECK, steps);
        let last = format!("s{}", steps.len());
        assert_eq!((&failure.at, &*failure.outcome), (&last, "lost between pages"));
    }
    let stage = Stage::new(BOARDS, |s, a| edge(s, a, 1));
    assert_eq!(stage.occasion(&CHECK, &PAGES), "GET /boards/{board}/cards 1");
    insta::assert_snapshot!(stage.fails(&CHECK, &PAGES).why, @"GET /boards/{board}/cards shows 2 things in one page, and loses one of them in pages of 1");
}

#[test]
fn pages_that_repeat_fail() {
    let repeats = |s: &mut Store, a: &Asked| {
        let back = |(name, value): (String, String)| {
            let less =
                |offset: usize| if name == "offset" { offset.saturating_sub(1) } else { offset };
            let value = value.parse().map(less).map_or(value, |number: usize| number.to_string());
            (name, value)
        };
        let query = a.query.iter().cloned().map(back).collect();
        s.answer(&Asked { query, ..a.clone() })
    };
    let failure = Stage::new(BOARDS, repeats).fails(&CHECK, &THREE);
    assert_eq!(failure.outcome, "twice in pages");
    insta::assert_snapshot!(failure.why, @"GET /boards/{board}/cards shows 3 things in one page, and shows one of them twice in pages of 2");
}

#[test]
fn silent_for_pages_that_are_right_or_that_we_cannot_tell() {
    let others: [fn(&mut Store, &Asked) -> Reply; 6] = [
        Store::answer,
        // No page is smaller than five, none larger than one.
        |s, a| {
            let query = a.query.iter().map(|(name, value)| {
                (name.clone(), if name == "limit" { "5".to_owned() } else { value.clone() })
            });
            s.answer(&Asked { query: query.collect(), ..a.clone() })
        },
        |s, a| listing(s, a, |items, _| items.truncate(1)),
        // A new order each time, and things that come by themselves.
        |s, a| {
            listing(s, a, |items, store| {
                let turns = store.asked % items.len().max(1);
                items.rotate_left(turns);
            })
        },
        |s, a| {
            listing(s, a, |items, store| {
                items.push(json(&format!(r#"{{"id":{}}}"#, 1000 + store.asked)));
            })
        },
        // Behind the last page there is none, or the last one again.
        |s, a| {
            let reply = s.answer(a);
            let empty = reply.body.as_ref().and_then(Value::as_array).is_some_and(<[_]>::is_empty);
            if empty { Reply::empty(404) } else { reply }
        },
    ];
    for act in others {
        Stage::new(BOARDS, act).silent(&CHECK, &PAGES);
        Stage::new(BOARDS, act).silent(&CHECK, &THREE);
    }
}

#[test]
fn silent_for_collections_of_others_and_for_one_page() {
    let stage = Stage::new(BOARDS, |s, a| edge(s, a, 1));
    for steps in [
        &[BOARD, CARD, PAGES[3]][..],
        &[BOARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=3"],
        &[BOARD, CARD, CARD, "GET /boards/{board=s1}/cards"],
        &[BOARD, CARD, CARD, "DELETE /boards/{board=s1}/cards/{card=s2}", PAGES[3]],
    ] {
        assert_eq!(stage.occasion(&CHECK, steps), "never", "{steps:?}");
    }
    let foreign = r#"POST /boards/{board=1}/cards {"title":"a"}"#;
    let list = "GET /boards/{board=1}/cards?limit=1";
    assert_eq!(stage.occasion(&CHECK, &[foreign, foreign, list]), "never");
}

/// The page of a number, which begins so far from where it should.
fn numbered(store: &mut Store, asked: &Asked, from: usize, shift: usize) -> Reply {
    let size = asked.number("limit").unwrap_or(20);
    let number = asked.number("page").unwrap_or(from).saturating_sub(from);
    let offset = (number * size).saturating_sub(if number > 0 { shift } else { 0 });
    let query =
        vec![("limit".to_owned(), size.to_string()), ("offset".to_owned(), offset.to_string())];
    store.answer(&Asked { query, ..asked.clone() })
}

#[test]
fn pages_by_number_count_from_what_the_first_one_shows() {
    let document = |schema: &str| {
        let page = format!("{{name: page, in: query, schema: {{{schema}}}}}");
        BOARDS.replace("{name: offset, in: query, schema: {type: integer, minimum: 0}}", &page)
    };
    let right: [fn(&mut Store, &Asked) -> Reply; 2] =
        [|s, a| numbered(s, a, 1, 0), |s, a| numbered(s, a, 0, 0)];
    for act in right {
        Stage::new(&document("type: integer"), act).silent(&CHECK, &THREE);
    }
    let wrong: [fn(&mut Store, &Asked) -> Reply; 2] =
        [|s, a| numbered(s, a, 1, 1), |s, a| numbered(s, a, 0, 1)];
    for act in wrong {
        let failure = Stage::new(&document("type: integer"), act).fails(&CHECK, &THREE);
        assert_eq!(failure.outcome, "twice in pages");
    }
    let stage = Stage::new(&document("type: integer, minimum: 1"), right[0]);
    let case = stage.follow_ups(&CHECK, &PAGES).remove(0);
    let told = case.calls().skip(3).map(|call| {
        let query = call.query.iter().map(|(name, value)| format!(" {name}={value}"));
        format!("{}{}", call.id, query.collect::<String>())
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join(", "), @"whole1 limit=100, whole2 limit=100, whole3 limit=100, first limit=1, page1 limit=1 page=1, page2 limit=1 page=2, page3 limit=1 page=3, again limit=100");
}

/// A page that loses so many things at its end.
fn by_cursor(store: &mut Store, asked: &Asked, lost: usize) -> Reply {
    if asked.method != "GET" || !asked.path.ends_with("/cards") {
        return store.answer(asked);
    }
    let all = store.within(&asked.path);
    let from = asked.query("cursor").map_or(Some(0), |at| at.strip_prefix('c')?.parse().ok());
    let Some(from) = from else { return Reply::empty(400) };
    let size = asked.number("limit").unwrap_or(20);
    let next = (from + size < all.len()).then(|| format!("c{}", from + size));
    let lost = if size < 10 { lost } else { 0 };
    let items: Vec<_> = all.into_iter().skip(from).take(size - lost).collect();
    let next = next.map_or(Value::Null, Value::text);
    Reply::of(200, Value::object([("items", Value::Array(items)), ("next_cursor", next)]))
}

/// Boards whose cards are listed by a cursor.
fn cursors() -> String {
    BOARDS
        .replace(
            "{name: offset, in: query, schema: {type: integer, minimum: 0}}",
            "{name: cursor, in: query, schema: {type: string}}",
        )
        .replace(
            "{type: array, items: {$ref: '#/components/schemas/Card'}}",
            "{type: object, properties: {items: {type: array, items: {$ref: \
             '#/components/schemas/Card'}}}}",
        )
}

#[test]
fn pages_by_a_cursor_follow_what_the_answer_tells() {
    let document = cursors();
    Stage::new(&document, |s, a| by_cursor(s, a, 0)).silent(&CHECK, &PAGES);
    Stage::new(&document, |s, a| by_cursor(s, a, 0)).silent(&CHECK, &THREE);
    let stage = Stage::new(&document, |s, a| by_cursor(s, a, 1));
    assert_eq!(stage.fails(&CHECK, &PAGES).outcome, "lost between pages");
    assert_eq!(stage.fails(&CHECK, &THREE).outcome, "lost between pages");
    // A cursor that ends too early loses what is behind it.
    let ends = |s: &mut Store, a: &Asked| {
        let mut reply = by_cursor(s, a, 0);
        if let (Some(Value::Object(members)), Some("1")) = (&mut reply.body, a.query("limit"))
            && a.query("cursor").is_some()
        {
            members.set("next_cursor", Value::Null);
        }
        reply
    };
    let four = [BOARD, CARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=1"];
    assert_eq!(Stage::new(&document, ends).fails(&CHECK, &four).outcome, "lost between pages");
}

#[test]
fn silent_for_a_cursor_whose_pages_are_shorter_and_more() {
    let short = |s: &mut Store, a: &Asked| {
        let query = a.query.iter().map(|(name, value)| {
            let short = name == "limit" && value == "2";
            (name.clone(), if short { "1".to_owned() } else { value.clone() })
        });
        by_cursor(s, &Asked { query: query.collect(), ..a.clone() }, 0)
    };
    let four = [BOARD, CARD, CARD, CARD, CARD, THREE[4]];
    Stage::new(&cursors(), short).silent(&CHECK, &four);
}
