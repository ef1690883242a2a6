//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::json;
use super::super::stage::{Asked, BOARDS, Reply, Stage, Store};
use super::*;
use crate::spec::template::segments;

const CHECK: ObjectLevelAuthorization = ObjectLevelAuthorization;

const READ: [&str; 2] = [r#"POST /boards {"title":"a"}"#, "bob: GET /boards/{board=s1}"];
const LIST: [&str; 2] = [r#"POST /boards {"title":"a"}"#, "bob: GET /boards"];
const DELETE: [&str; 2] = [r#"POST /boards {"title":"a"}"#, "bob: DELETE /boards/{board=s1}"];
const WRITE: [&str; 2] =
    [r#"POST /boards {"title":"a"}"#, r#"bob: PATCH /boards/{board=s1} {"title":"b"}"#];
const CLOSE: [&str; 2] = [r#"POST /boards {"title":"a"}"#, "bob: POST /boards/{board=s1}/close"];
const ALL: [[&str; 2]; 5] = [READ, LIST, DELETE, WRITE, CLOSE];

/// A board that is asked for, by its path.
fn board(asked: &Asked) -> String {
    segments(&asked.path).take(2).fold(String::new(), |path, part| path + "/" + part)
}

/// Nobody gets in; whoever does may do everything.
fn open(store: &mut Store, asked: &Asked) -> Reply {
    if asked.who.is_empty() { Reply::empty(401) } else { public(store, asked) }
}

/// Everybody may do everything.
fn public(store: &mut Store, asked: &Asked) -> Reply {
    if asked.is("POST", "/boards/*/close") {
        let Some(board) = store.find(&board(asked)) else { return Reply::empty(404) };
        if let Value::Object(members) = &mut board.body {
            members.set("column", Value::text("done"));
        }
        return Reply::empty(200);
    }
    store.answer(asked)
}

/// Only the owner gets at what it made.
fn guarded(store: &mut Store, asked: &Asked) -> Reply {
    let owner = store.find(&board(asked)).map(|thing| thing.owner.clone());
    if owner.is_some_and(|owner| owner != asked.who) {
        return Reply::of(404, json(r#"{"error":"not found"}"#));
    }
    if asked.is("GET", "/boards") {
        let own = store.things.iter().filter(|thing| thing.owner == asked.who);
        return Reply::of(200, Value::Array(own.map(|thing| thing.body.clone()).collect()));
    }
    open(store, asked)
}

/// Guarded, but for what the other asks that is no post of a board.
fn otherwise(
    store: &mut Store,
    asked: &Asked,
    answer: impl FnOnce(&mut Store, &Asked) -> Reply,
) -> Reply {
    if asked.who == "bob" { answer(store, asked) } else { guarded(store, asked) }
}

fn silent_with(steps: &[&str], act: fn(&mut Store, &Asked) -> Reply) {
    Stage::new(BOARDS, act).silent(&CHECK, steps);
}

#[test]
fn what_another_reads_lists_changes_or_deletes_fails() {
    let stage = Stage::new(BOARDS, open);
    let told = ALL.map(|steps| {
        let failure = stage.fails(&CHECK, &steps);
        assert_eq!((&*failure.at, failure.further), ("s2", None));
        format!("{}: {}", failure.outcome, failure.why)
    });
    insta::assert_snapshot!(told.join("\n"), @"
    read by another: GET /boards/{board} answers bob 200 and shows what alice made (POST /boards); they are isolated from each other
    listed for another: GET /boards answers bob 200 and lists what alice made (POST /boards); they are isolated from each other
    deleted by another: DELETE /boards/{board} answers bob 204 and deletes what alice made (POST /boards); they are isolated from each other
    changed by another: PATCH /boards/{board} answers bob 200 and changes what alice made (POST /boards); they are isolated from each other
    changed by another: POST /boards/{board}/close answers bob 200 and changes what alice made (POST /boards); they are isolated from each other
    ");
}

#[test]
fn what_the_default_identity_does_to_a_named_one_fails_as_well() {
    let steps = [r#"bob: POST /boards {"title":"a"}"#, "GET /boards/{board=s1}"];
    let failure = Stage::new(BOARDS, open).fails(&CHECK, &steps);
    assert!(failure.why.contains("answers alice 200 and shows what bob made"), "{}", failure.why);
}

#[test]
fn what_is_nested_in_the_thing_of_another_fails() {
    let steps = [
        r#"POST /boards {"title":"a"}"#,
        r#"POST /boards/{board=s1}/cards {"title":"c"}"#,
        "bob: GET /boards/{board=s1}/cards",
    ];
    let failure = Stage::new(BOARDS, open).fails(&CHECK, &steps);
    assert_eq!(failure.outcome, "listed for another");
}

#[test]
fn silent_where_the_owner_alone_gets_at_it() {
    for steps in ALL {
        silent_with(&steps, guarded);
    }
}

#[test]
fn silent_unless_both_are_isolated_and_two() {
    let mut stage = Stage::new(BOARDS, open);
    stage.silent(&CHECK, &[READ[0], "GET /boards/{board=s1}"]);
    stage.silent(&CHECK, &[READ[0], "alice: GET /boards/{board=s1}"]);
    stage.silent(&CHECK, &[READ[0], "nobody: GET /boards/{board=s1}"]);
    for index in [0, 1] {
        let mut callers = stage.surroundings.callers.to_vec();
        for caller in &mut callers {
            caller.isolated = true;
        }
        callers[index].isolated = false;
        stage.surroundings.callers = callers.into();
        for steps in &ALL {
            stage.silent(&CHECK, steps);
        }
    }
}

#[test]
fn silent_where_anybody_does_the_same() {
    for steps in ALL {
        silent_with(&steps, public);
    }
}

#[test]
fn anybody_who_deletes_without_effect_does_not_do_the_same() {
    let act = |store: &mut Store, asked: &Asked| {
        if asked.who.is_empty() { Reply::empty(204) } else { open(store, asked) }
    };
    Stage::new(BOARDS, act).fails(&CHECK, &DELETE);
}

#[test]
fn silent_for_what_says_that_it_is_for_others() {
    for said in [
        r#""public":true"#,
        r#""visibility":"everyone""#,
        r#""private":false"#,
        r#""shared_with":["carol"]"#,
    ] {
        let made = format!(r#"POST /boards {{"title":"a",{said}}}"#);
        Stage::new(BOARDS, open).silent(&CHECK, &[&made, READ[1]]);
    }
    for said in [r#""public":false"#, r#""visibility":"private""#, r#""shared_with":[]"#] {
        let made = format!(r#"POST /boards {{"title":"a",{said}}}"#);
        Stage::new(BOARDS, open).fails(&CHECK, &[&made, READ[1]]);
    }
}

#[test]
fn silent_for_what_the_other_was_given() {
    for given in [
        r#"POST /boards/{board=s1}/members {"user":"someone"}"#,
        r#"PATCH /boards/{board=s1} {"owner_id":7}"#,
        r#"PATCH /boards/{board=s1} {"title":"bob"}"#,
    ] {
        Stage::new(BOARDS, open).silent(&CHECK, &[READ[0], given, READ[1]]);
    }
    Stage::new(BOARDS, open)
        .silent(&CHECK, &[r#"POST /boards {"title":"a","for":"bob"}"#, READ[1]]);
    let other = r#"PATCH /boards/{board=s1} {"title":"b"}"#;
    Stage::new(BOARDS, open).fails(&CHECK, &[READ[0], other, READ[1]]);
}

#[test]
fn silent_for_what_the_other_made_itself() {
    let made = r#"bob: POST /boards {"title":"a"}"#;
    Stage::new(BOARDS, open).silent(&CHECK, &[READ[0], made, "bob: GET /boards/{board=s2}"]);
}

#[test]
fn silent_where_a_put_makes_another_thing_of_the_same_name() {
    let document = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /notes/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: d}}}
    put:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: d}, '200': {description: d}}
";
    // Everyone has names of their own; what is put there is made where it is not.
    let act = |store: &mut Store, asked: &Asked| {
        let path = format!("{}/{}", asked.who, asked.path);
        let known = store.find(&path).map(|thing| thing.body.clone());
        match (&*asked.method, known) {
            ("PUT", known) => {
                let (owner, body) = (asked.who.clone(), asked.body.clone());
                store.things.retain(|thing| thing.path != path);
                let kept =
                    super::super::stage::Kept { path, owner, version: 1, body: body.clone() };
                store.things.push(kept);
                Reply::of(if known.is_some() { 200 } else { 201 }, body)
            }
            (_, Some(body)) => Reply::of(200, body),
            _ => Reply::empty(404),
        }
    };
    let stage = Stage::new(document, act);
    let put = |who: &str| format!(r#"{who}PUT /notes/{{name=x}} {{"text":"a"}}"#);
    stage.silent(&CHECK, &[&put(""), &put("bob: ")]);
    stage.silent(&CHECK, &[&put("bob: "), &put(""), &put("bob: ")]);
}

#[test]
fn silent_for_the_others_own_view() {
    let views: [fn(&mut Store, &Asked) -> Reply; 5] = [
        |store, asked| otherwise(store, asked, |_, _| Reply::of(200, json("null"))),
        |store, asked| otherwise(store, asked, |_, _| Reply::of(200, json("{}"))),
        |store, asked| otherwise(store, asked, |_, _| Reply::of(200, json(r#"{"data":null}"#))),
        |store, asked| {
            otherwise(store, asked, |_, asked| {
                let id = segments(&asked.path).last().unwrap();
                Reply::of(200, json(&format!(r#"{{"id":{id},"title":"hidden"}}"#)))
            })
        },
        |store, asked| {
            otherwise(store, asked, |_, _| Reply::of(200, json(r#"{"id":0,"title":"a"}"#)))
        },
    ];
    for view in views {
        silent_with(&READ, view);
    }
}

#[test]
fn what_is_told_but_for_what_changes_by_itself_fails() {
    let act = |store: &mut Store, asked: &Asked| {
        let mut reply = open(store, asked);
        if let Some(Value::Object(members)) = &mut reply.body {
            members.set("seen", Value::int(store.asked as i128));
            members.set("editable", Value::Bool(asked.who == "alice"));
        }
        reply
    };
    Stage::new(BOARDS, act).fails(&CHECK, &READ);
}

#[test]
fn silent_for_a_list_that_shows_another_thing_of_the_same_number() {
    let act = |store: &mut Store, asked: &Asked| {
        otherwise(store, asked, |store, asked| {
            let mut reply = store.answer(asked);
            if let Some(Value::Array(items)) = &mut reply.body {
                for item in items {
                    let Value::Object(members) = item else { continue };
                    members.set("title", Value::text("mine"));
                }
            }
            reply
        })
    };
    silent_with(&LIST, act);
}

#[test]
fn silent_where_the_owner_sees_no_effect() {
    let act = |store: &mut Store, asked: &Asked| otherwise(store, asked, |_, _| Reply::empty(204));
    for steps in [DELETE, WRITE, CLOSE] {
        silent_with(&steps, act);
    }
}

#[test]
fn silent_for_refusals_and_calls_that_are_not_valid() {
    for status in [401, 403, 404, 302, 500] {
        let act: fn(&mut Store, &Asked) -> Reply = match status {
            401 => |s, a| otherwise(s, a, |_, _| Reply::empty(401)),
            403 => |s, a| otherwise(s, a, |_, _| Reply::empty(403)),
            404 => |s, a| otherwise(s, a, |_, _| Reply::empty(404)),
            302 => |s, a| otherwise(s, a, |_, _| Reply::empty(302)),
            _ => |s, a| otherwise(s, a, |_, _| Reply::empty(500)),
        };
        for steps in &ALL {
            silent_with(steps, act);
        }
    }
}

#[test]
fn reads_are_looked_into_once_and_writes_each_time() {
    let stage = Stage::new(BOARDS, open);
    assert_eq!(stage.occasion(&CHECK, &READ), "GET /boards/{board} as bob");
    assert_eq!(stage.occasion(&CHECK, &LIST), "GET /boards as bob");
    assert_eq!(stage.occasion(&CHECK, &DELETE), "always");
    assert_eq!(stage.occasion(&CHECK, &WRITE), "always");
    let guarded = Stage::new(BOARDS, guarded);
    assert!(ALL.iter().all(|steps| guarded.occasion(&CHECK, steps) == "never"));
}

#[test]
fn the_owner_looks_before_and_after() {
    let cases = Stage::new(BOARDS, open).follow_ups(&CHECK, &DELETE);
    let told = cases.iter().map(|case| {
        let ids: Vec<_> = case.calls().map(|call| format!("{} {:?}", call.id, call.auth)).collect();
        ids.join(", ")
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
    s1 Default, before1 Default, before2 Default, before3 Default, s2 Identity("bob"), after1 Default, after2 Default, after3 Default
    s1 Default, before1 Default, before2 Default, before3 Default, s2 None, after1 Default, after2 Default, after3 Default
    "#);
}
