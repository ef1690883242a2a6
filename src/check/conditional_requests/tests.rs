//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::json;
use super::super::stage::{Asked, BOARDS, Reply, Stage, Store};
use super::*;
use crate::value::{Symbol, Value};

const CHECK: ConditionalRequests = ConditionalRequests;

const BOARD: &str = r#"POST /boards {"title":"a"}"#;
const PATCH: [&str; 2] = [BOARD, r#"PATCH /boards/{board=s1} {"title":"x"}"#];
const PUT: [&str; 2] = [BOARD, r#"PUT /boards/{board=s1} {"title":"x"}"#];
const DELETE: [&str; 3] = [BOARD, PATCH[1], "DELETE /boards/{board=s1}"];
const READ: [&str; 2] = [BOARD, "GET /boards/{board=s1}"];

/// Boards whose document knows conditions.
fn document() -> String {
    let known = "
      responses: {'200': {description: d}, '304': {description: d}, '412': {description: d}}";
    BOARDS
        .replace("'204': {description: d}", "'204': {description: d}, '412': {description: d}")
        .replace("\n      responses: {'200': {description: d}}\n", &format!("{known}\n"))
        .replace(
            "      responses: {'200': {description: d, content: {application/json: {schema: {$ref: \
             '#/components/schemas/Board'}}}}}",
            "      responses: {'304': {description: d}, '200': {description: d, content: \
             {application/json: {schema: {$ref: '#/components/schemas/Board'}}}}}",
        )
}

/// A service that looks at no condition.
fn blind(store: &mut Store, asked: &Asked) -> Reply {
    store.answer(&Asked { headers: Vec::new(), ..asked.clone() })
}

/// The same with another ETag.
fn tagged(store: &mut Store, asked: &Asked, tag: impl Fn(&str, &Store) -> Option<String>) -> Reply {
    let mut reply = blind(store, asked);
    let tags = reply.headers.iter_mut().filter(|(name, _)| *name == "ETag");
    let new: Vec<_> = tags.map(|(name, old)| Some((*name, tag(old, store)?))).collect();
    reply.headers.retain(|(name, _)| *name != "ETag");
    reply.headers.extend(new.into_iter().flatten());
    reply
}

#[test]
fn a_write_on_a_condition_that_does_not_hold_any_more_fails() {
    let stage = Stage::new(&document(), blind);
    for steps in [&PATCH[..], &PUT, &DELETE] {
        let failure = stage.fails(&CHECK, steps);
        let last = format!("s{}", steps.len());
        assert_eq!(
            (&failure.at, failure.severity, failure.further),
            (&last, Severity::Error, None)
        );
    }
    insta::assert_snapshot!(stage.fails(&CHECK, &PATCH).why, @"PATCH /boards/{board} answers 200 and is done, though one before it has replaced the ETag that its If-Match names; it should answer 412");
    insta::assert_snapshot!(stage.fails(&CHECK, &DELETE).why, @"DELETE /boards/{board} answers 204 and is done, though PATCH /boards/{board} has replaced the ETag that its If-Match names; it should answer 412");
}

#[test]
fn it_is_a_warning_where_the_document_knows_no_conditions() {
    let mut stage = Stage::new(BOARDS, blind);
    // Nothing tells of an ETag but the answer to the write.
    assert_eq!(stage.fails(&CHECK, &PATCH).severity, Severity::Warning);
    stage.surroundings.trusting = true;
    assert_eq!(stage.fails(&CHECK, &PATCH).severity, Severity::Warning);
}

#[test]
fn silent_where_it_is_refused() {
    let stage = Stage::new(&document(), Store::answer);
    for steps in [&PATCH[..], &PUT, &DELETE, &READ] {
        assert_eq!(stage.follow_ups(&CHECK, steps).len(), 1);
        stage.silent(&CHECK, steps);
    }
}

#[test]
fn silent_for_weak_tags_none_and_new_ones_each_time() {
    let tags: [fn(&mut Store, &Asked) -> Reply; 4] = [
        |s, a| tagged(s, a, |tag, _| Some(format!("W/{tag}"))),
        |s, a| tagged(s, a, |tag, _| Some(tag.trim_matches('"').to_owned())),
        |s, a| tagged(s, a, |_, _| None),
        |s, a| tagged(s, a, |_, store| Some(format!("\"{}\"", store.asked))),
    ];
    for act in tags {
        let stage = Stage::new(&document(), act);
        for steps in [&PATCH[..], &PUT, &DELETE, &READ] {
            stage.silent(&CHECK, steps);
        }
    }
}

#[test]
fn silent_where_the_first_write_leaves_the_tag_or_is_refused() {
    let same = |s: &mut Store, a: &Asked| tagged(s, a, |_, _| Some("\"1\"".to_owned()));
    let refused = |s: &mut Store, a: &Asked| {
        if a.header("if-match").is_some() { Reply::empty(412) } else { s.answer(a) }
    };
    for act in [same, refused] {
        let stage = Stage::new(&document(), act);
        for steps in [&PATCH[..], &PUT, &DELETE] {
            stage.silent(&CHECK, steps);
        }
    }
}

#[test]
fn silent_where_the_second_write_has_no_effect_or_comes_later() {
    let idle = |s: &mut Store, a: &Asked| {
        let stale = a.header("if-match") == Some("\"1\"") && s.things.iter().any(|t| t.version > 1);
        if stale { Reply::of(200, json("{}")) } else { s.answer(a) }
    };
    let later = |s: &mut Store, a: &Asked| {
        let reply = blind(s, a);
        if a.method == "PATCH" && s.things.iter().any(|thing| thing.version > 2) {
            return Reply { status: 202, ..reply };
        }
        reply
    };
    Stage::new(&document(), idle).silent(&CHECK, &PATCH);
    Stage::new(&document(), later).silent(&CHECK, &PATCH);
}

#[test]
fn silent_for_writes_of_the_same_content() {
    let stage = Stage::new(&document(), blind);
    let usual =
        stage.surroundings.usual.call(stage.service.number("PATCH /boards/{board}").unwrap());
    let body = usual.unwrap().body.as_ref().unwrap().value().unwrap().to_string();
    let steps = [BOARD, &format!("PATCH /boards/{{board=s1}} {body}")];
    stage.silent(&CHECK, &steps);
    assert_eq!(stage.occasion(&CHECK, &steps), "never");
}

#[test]
fn silent_for_things_that_the_history_did_not_make_and_for_refused_writes() {
    let stage = Stage::new(&document(), blind);
    stage.play(&[BOARD]);
    let foreign =
        [r#"PATCH /boards/{board=1} {"title":"x"}"#, r#"PATCH /boards/{board=1} {"title":"y"}"#];
    assert_eq!(stage.occasion(&CHECK, &foreign), "never");
    assert_eq!(
        stage.occasion(&CHECK, &[BOARD, r#"PATCH /boards/{board=99} {"title":"x"}"#]),
        "never"
    );
    assert_eq!(stage.occasion(&CHECK, &[BOARD, "DELETE /boards/{board=s1}"]), "never");
}

#[test]
fn silent_where_nothing_tells_of_a_tag() {
    let act = |s: &mut Store, a: &Asked| {
        let reply = blind(s, a);
        if a.method == "GET" { reply } else { Reply { headers: Vec::new(), ..reply } }
    };
    let mut stage = Stage::new(BOARDS, act);
    assert_eq!(stage.occasion(&CHECK, &PATCH), "never");
    let read = [BOARD, READ[1], PATCH[1]];
    assert_eq!(stage.occasion(&CHECK, &read), "PATCH /boards/{board} PATCH title");
    // Who has found it tries in any case.
    stage.surroundings.trusting = true;
    stage.fails(&CHECK, &PATCH);
}

#[test]
fn each_operation_is_tried_once_for_what_it_changes() {
    let stage = Stage::new(&document(), Store::answer);
    assert_eq!(stage.occasion(&CHECK, &PUT), "PUT /boards/{board} PUT title");
    assert_eq!(stage.occasion(&CHECK, &DELETE), "DELETE /boards/{board} PATCH title");
    assert_eq!(stage.occasion(&CHECK, &READ), "GET /boards/{board}");
    let more = [BOARD, r#"PATCH /boards/{board=s1} {"title":"x","colour":"red"}"#];
    assert_eq!(stage.occasion(&CHECK, &more), "PATCH /boards/{board} PATCH colour,title");
}

#[test]
fn both_writes_name_the_tag_before_the_first() {
    let stage = Stage::new(&document(), blind);
    let told = [&PATCH[..], &DELETE, &READ].map(|steps| {
        let case = stage.follow_ups(&CHECK, steps).remove(0);
        let calls = case.calls().map(|call| {
            let method = call.operation.split(' ').next().unwrap_or_default();
            let on = call.headers.iter().map(|(name, tag)| match tag {
                Value::Symbol(symbol) => match &**symbol {
                    Symbol::From(reference) => format!(" {name} {reference}"),
                    _ => String::new(),
                },
                _ => String::new(),
            });
            format!("{} {method}{}", call.id, on.collect::<String>())
        });
        calls.collect::<Vec<_>>().join(", ")
    });
    insta::assert_snapshot!(told.join("\n"), @"
    s1 POST, before1 GET, before2 GET, before3 GET, s2 PATCH If-Match before3/header/etag, between1 GET, between2 GET, between3 GET, stale PATCH If-Match before3/header/etag, after1 GET, after2 GET, after3 GET
    s1 POST, before1 GET, before2 GET, before3 GET, s2 PATCH If-Match before3/header/etag, between1 GET, between2 GET, between3 GET, stale DELETE If-Match before3/header/etag, after1 GET, after2 GET, after3 GET
    s1 POST, s2 GET, again1 GET If-None-Match s2/header/etag, again2 GET If-None-Match s2/header/etag, again3 GET If-None-Match s2/header/etag
    ");
}

#[test]
fn a_read_with_its_own_tag_that_is_served_again_is_a_warning() {
    let stage = Stage::new(&document(), blind);
    let failure = stage.fails(&CHECK, &READ);
    assert_eq!((&*failure.at, failure.severity), ("s2", Severity::Warning));
    insta::assert_snapshot!(failure.why, @"GET /boards/{board} answers 200 with the ETag that its If-None-Match names; it should answer 304");
}

#[test]
fn silent_for_reads_that_know_no_304_or_answer_it_once() {
    let stage = Stage::new(BOARDS, blind);
    assert_eq!(stage.occasion(&CHECK, &READ), "never");
    let once = |s: &mut Store, a: &Asked| {
        if s.asked.is_multiple_of(2) { blind(s, a) } else { s.answer(a) }
    };
    Stage::new(&document(), once).silent(&CHECK, &READ);
}
