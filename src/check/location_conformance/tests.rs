//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::{Said, history, json};
use super::super::stage::{Asked, BOARDS, Reply, Stage, Store};
use super::*;

const CHECK: LocationConformance = LocationConformance;
const BOARD: &str = r#"POST /boards {"title":"a"}"#;
const CARD: &str = r#"POST /boards/{board=s1}/cards {"title":"a"}"#;

/// Answers as ever, but for the location of what is made.
fn at(store: &mut Store, asked: &Asked, location: impl Fn(&str) -> String) -> Reply {
    let mut reply = store.answer(asked);
    for (name, value) in &mut reply.headers {
        if *name == "Location" {
            *value = location(value);
        }
    }
    reply
}

fn next(path: &str, step: i64) -> String {
    let (collection, id) = path.rsplit_once('/').unwrap();
    format!("{collection}/{}", id.parse::<i64>().unwrap() + step)
}

#[test]
fn a_location_that_leads_nowhere_fails() {
    let stage = Stage::new(BOARDS, |s, a| at(s, a, |path| next(path, 1000)));
    assert_eq!(stage.occasion(&CHECK, &[BOARD]), "always");
    let failure = stage.fails(&CHECK, &[BOARD]);
    assert_eq!((&*failure.at, &*failure.outcome), ("s1", "leads nowhere"));
    insta::assert_snapshot!(failure.why, @"POST /boards answers 201 with a Location that leads nowhere: GET /boards/{board} answers 404 there, and serves it by the id that was told");
}

#[test]
fn a_location_that_leads_to_another_thing_fails() {
    let stage = Stage::new(BOARDS, |s, a| at(s, a, |path| next(path, -1)));
    stage.silent(&CHECK, &["GET /boards"]);
    let failure = stage.fails(&CHECK, &[BOARD, BOARD]);
    assert_eq!((&*failure.at, &*failure.outcome), ("s2", "leads elsewhere"));
    insta::assert_snapshot!(failure.why, @"POST /boards answers 201 with a Location that leads to another thing: GET /boards/{board} shows another id there");
}

#[test]
fn a_location_at_another_kind_of_thing_that_is_not_there_fails() {
    let stage = Stage::new(BOARDS, |s, a| {
        at(s, a, |path| format!("/boards/{}", path.rsplit('/').next().unwrap()))
    });
    assert_eq!(stage.occasion(&CHECK, &[BOARD, CARD]), "POST /boards/{board}/cards 201");
    let failure = stage.fails(&CHECK, &[BOARD, CARD]);
    assert_eq!((&*failure.at, &*failure.outcome), ("s2", "leads nowhere"));
    assert!(failure.why.contains("GET /boards/{board} answers 404"), "{}", failure.why);
}

#[test]
fn what_is_no_reference_is_a_warning() {
    let broken: [fn(&mut Store, &Asked) -> Reply; 3] = [
        |s, a| at(s, a, |path| format!("{path} of mine")),
        |s, a| at(s, a, |path| format!("{path}/ü")),
        |s, a| at(s, a, |path| format!("{path}%zz")),
    ];
    for act in broken {
        let failure = Stage::new(BOARDS, act).fails(&CHECK, &[BOARD]);
        assert_eq!((failure.severity, &*failure.outcome), (Severity::Warning, "no reference"));
    }
}

#[test]
fn silent_where_it_leads_to_what_was_made_however_it_is_written() {
    let right: [fn(&mut Store, &Asked) -> Reply; 7] = [
        Store::answer,
        |s, a| at(s, a, |path| format!("http://shop.example{path}")),
        |s, a| at(s, a, |path| format!("https://SHOP.example:443{path}#top")),
        |s, a| at(s, a, |path| format!("//shop.example{path}?fields=all")),
        |s, a| at(s, a, |path| format!("/x/..{path}")),
        |s, a| at(s, a, |path| path.replace("/boards/", "boards/")),
        |s, a| at(s, a, |path| path.replace("/boards/", "./boards/")),
    ];
    for act in right {
        let stage = Stage::new(BOARDS, act);
        assert_eq!(stage.occasion(&CHECK, &[BOARD]), "POST /boards 201");
        stage.silent(&CHECK, &[BOARD]);
        assert_eq!(stage.follow_ups(&CHECK, &[BOARD])[0].steps.len(), 7);
    }
    Stage::new(BOARDS, Store::answer).silent(&CHECK, &[BOARD, CARD]);
}

#[test]
fn silent_where_it_leads_to_what_the_document_does_not_know() {
    let elsewhere: [fn(&mut Store, &Asked) -> Reply; 7] = [
        |s, a| at(s, a, |path| format!("http://other.example{}", next(path, 9))),
        |s, a| at(s, a, |path| format!("http://shop.example:81{}", next(path, 9))),
        |s, a| at(s, a, |path| format!("/ui{}", next(path, 9))),
        |s, a| at(s, a, |_| "/boards".to_owned()),
        |s, a| at(s, a, |_| "/boards/mine".to_owned()),
        |s, a| at(s, a, |_| "urn:uuid:6f9619ff-8b86-d011-b42d-00cf4fc964ff".to_owned()),
        |s, a| at(s, a, |path| path.replace("/boards/", "/boards/%39")),
    ];
    let mine =
        "  /boards/mine: {get: {responses: {'200': {description: d}}}}\n  /boards/{board}/close:";
    let document = BOARDS.replace("  /boards/{board}/close:", mine);
    for act in elsewhere {
        let stage = Stage::new(&document, act);
        stage.silent(&CHECK, &[BOARD]);
        assert_eq!(stage.occasion(&CHECK, &[BOARD]), "never");
    }
}

#[test]
fn silent_for_jobs_and_for_what_is_made_later() {
    let document = BOARDS.replace(
        "  /boards/{board}/close:",
        "  /jobs/{job}:\n    parameters: [{name: job, in: path, required: true, schema: {type: \
         integer}}]\n    get: {responses: {'200': {description: d}}}\n  /boards/{board}/close:",
    );
    let job = |s: &mut Store, a: &Asked| at(s, a, |_| "/jobs/7".to_owned());
    Stage::new(&document, job).silent(&CHECK, &[BOARD]);
    let later = |s: &mut Store, a: &Asked| {
        let reply = at(s, a, |path| next(path, 1000));
        Reply { status: if reply.status == 201 { 202 } else { reply.status }, ..reply }
    };
    Stage::new(BOARDS, later).silent(&CHECK, &[BOARD]);
}

#[test]
fn silent_where_the_thing_is_not_served_by_its_id_either() {
    let lost = |s: &mut Store, a: &Asked| match &*a.method {
        "GET" => Reply::empty(404),
        _ => at(s, a, |path| next(path, 1000)),
    };
    Stage::new(BOARDS, lost).silent(&CHECK, &[BOARD]);
}

#[test]
fn silent_where_no_id_is_told() {
    let mute = |s: &mut Store, a: &Asked| {
        let reply = at(s, a, |path| next(path, 1000));
        if a.method == "POST" { Reply { body: Some(json("{}")), ..reply } } else { reply }
    };
    Stage::new(BOARDS, mute).silent(&CHECK, &[BOARD]);
}

#[test]
fn silent_for_a_name_that_leads_to_the_same_thing() {
    // The thing has a number and a short name.
    let document = BOARDS.replace("schema: {type: integer}", "schema: {}");
    let named = |s: &mut Store, a: &Asked| {
        let asked = Asked { path: a.path.replace("/n", "/"), ..a.clone() };
        at(s, &asked, |path| path.replace("/boards/", "/boards/n"))
    };
    let stage = Stage::new(&document, named);
    assert_eq!(stage.occasion(&CHECK, &[BOARD]), "always");
    stage.silent(&CHECK, &[BOARD]);
    // One that the answer tells is no reason to look each time.
    let telling = |s: &mut Store, a: &Asked| {
        let mut reply = at(s, a, |_| "/boards/one".to_owned());
        if let Some(Value::Object(members)) = &mut reply.body {
            members.set("slug", Value::text("one"));
        }
        reply
    };
    assert_eq!(Stage::new(&document, telling).occasion(&CHECK, &[BOARD]), "POST /boards 201");
}

#[test]
fn silent_where_it_is_there_at_the_last_look() {
    let document = BOARDS.replace("schema: {type: integer}", "schema: {}");
    // Two requests make things, three are looks by the id, three by the name.
    let late = |s: &mut Store, a: &Asked| {
        let asked = Asked { path: a.path.replace("/n", "/"), ..a.clone() };
        if asked.path != a.path && s.asked < 8 {
            return Reply::empty(404);
        }
        at(s, &asked, |path| path.replace("/boards/", "/boards/n"))
    };
    Stage::new(&document, late).silent(&CHECK, &[BOARD]);
}

#[test]
fn silent_for_refusals_and_without_the_header() {
    let refused = |_: &mut Store, _: &Asked| Reply::empty(409).header("Location", "/boards/9");
    Stage::new(BOARDS, refused).silent(&CHECK, &[BOARD]);
    let without = |s: &mut Store, a: &Asked| Reply { headers: Vec::new(), ..s.answer(a) };
    let stage = Stage::new(BOARDS, without);
    stage.silent(&CHECK, &[BOARD]);
    assert_eq!(stage.occasion(&CHECK, &[BOARD]), "never");
}

#[test]
fn the_path_that_the_service_stands_under_belongs_to_the_location() {
    let stage = Stage::new(BOARDS, Store::answer);
    for (location, leads) in [
        ("/api/boards/7", true),
        ("boards/7", true),
        ("http://shop.example/api/boards/7", true),
        ("/boards/7", false),
        ("7", false),
        ("/apix/boards/7", false),
    ] {
        let said = Said::answer("POST /boards", 201).target("/api/boards").json(r#"{"id":7}"#);
        let history = history(&[said.header("location", location)]);
        let view = stage.view(&history);
        assert_eq!(lead(&view).is_some(), leads, "{location}");
    }
}
