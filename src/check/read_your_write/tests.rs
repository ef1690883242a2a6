//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::Echoes;
use super::super::stage::{Asked, Serve, Stage, answer, notes};
use super::*;
use crate::case::Answer;

const CHECK: ReadYourWrite = ReadYourWrite;

/// What a played service shows of a note, given what was written to it and how often it was read.
type Show = fn(&Value, usize) -> Answer;

/// What it answers to writes, but for creations that are no rehearsals.
type Take = fn(&Asked) -> Answer;

fn serve(take: Take, show: Show) -> impl Fn() -> Serve {
    move || {
        let (mut kept, mut reads) = (Value::Null, 0);
        Box::new(move |asked: &Asked| {
            if asked.method == "GET" {
                reads += 1;
                return show(&kept, reads);
            }
            if asked.body.as_object().is_some() {
                let old = std::mem::replace(&mut kept, asked.body.clone());
                for (key, value) in old.as_object().into_iter().flatten() {
                    if let Value::Object(note) = &mut kept
                        && !note.contains(&key.lossy())
                    {
                        note.push(key.clone(), value.clone());
                    }
                }
            }
            match (&*asked.method, asked.depth()) {
                ("POST", 1) if asked.query.is_empty() => answer(201, r#"{"id":7}"#),
                _ => take(asked),
            }
        })
    }
}

/// What is known once a service that keeps everything was looked at.
fn echoes() -> Echoes {
    let stage = Stage::of(notes(), serve(accepts, all));
    let mut echoes = Echoes::default();
    for body in [
        r#"{"title":"a","text":"a","size":1,"done":true,"due":"2024-01-01T00:00:00Z","link":"a:b",
            "tags":["a"],"place":{"city":"a"},"state":"a","secret":"a"}"#,
        r#"{"title":"b","text":"b","size":2,"done":false,"due":"2024-01-02T00:00:00Z","link":"a:c",
            "tags":["b"],"place":{"city":"b"},"state":"b","secret":"b"}"#,
    ] {
        let history = stage.play(&format!("[{},{READ}]", create(body)));
        let new = echoes.learn(&stage.view(&history));
        echoes.record(new);
    }
    echoes
}

fn accepts(_: &Asked) -> Answer {
    answer(200, "{}")
}

fn all(note: &Value, _: usize) -> Answer {
    answer(200, &note.to_string())
}

const READ: &str = r#"{"id":"s9","call":"GET /notes/{id}","path":{"id":{"$from":"s1/body/id"}}}"#;

fn create(body: &str) -> String {
    format!(r#"{{"id":"s1","call":"POST /notes","json":{body}}}"#)
}

fn change(body: &str) -> String {
    format!(
        r#"{{"id":"s2","call":"PATCH /notes/{{id}}","path":{{"id":{{"$from":"s1/body/id"}}}},
            "json":{body}}}"#
    )
}

/// A service of notes all of whose members are known to come back.
fn known(serve: impl Fn() -> Serve + 'static) -> Stage {
    let mut stage = Stage::of(notes(), serve);
    stage.surroundings.echoes = Arc::new(echoes());
    stage
}

/// What is found while exploring, when all members are known.
fn judge(steps: &[&str], take: Take, show: Show) -> Vec<Failure> {
    let stage = known(serve(take, show));
    let steps = format!("[{}]", steps.join(","));
    let found = stage.judge(&CHECK, &steps);
    assert!(found.is_empty() || stage.occasion(&CHECK, &steps) == "always");
    found
}

/// What is found in a case that was found before.
fn judge_again(steps: &[&str], show: Show) -> Vec<Failure> {
    let stage = Stage::of(notes(), serve(accepts, show)).trusting();
    stage.judge(&CHECK, &format!("[{}]", steps.join(",")))
}

fn places(found: &[Failure]) -> Vec<&str> {
    found.iter().map(|failure| failure.message.as_str()).collect()
}

/// Forgets the text.
fn forgets(note: &Value, _: usize) -> Answer {
    let mut note = note.clone();
    if let Value::Object(members) = &mut note {
        members.set("text", Value::Null);
    }
    answer(200, &note.to_string())
}

#[test]
fn what_was_given_and_is_never_shown_fails_at_the_write() {
    let steps = [&create("{}"), &change(r#"{"text":"0","title":"a"}"#), READ];
    let found = judge(&steps, accepts, forgets);
    assert_eq!(places(&found), ["json/text"]);
    assert_eq!((&*found[0].at, &*found[0].outcome, found[0].further), ("s2", "lost", None));
    insta::assert_snapshot!(found[0].why, @r#"PATCH /notes/{id} answers 200 for json/text "0", but a read shows null; what is accepted should come back"#);
    let found = judge(&[&create(r#"{"text":"0"}"#), READ], accepts, forgets);
    assert_eq!((&*found[0].at, places(&found)), ("s1", vec!["json/text"]));
}

#[test]
fn another_value_and_a_member_that_is_not_there_fail() {
    let other: Show = |_, _| answer(200, r#"{"title":"b","place":{}}"#);
    let steps = [&create(r#"{"title":"a","place":{"city":"a"}}"#), READ];
    let found = judge(&steps, accepts, other);
    assert_eq!(places(&found), ["json/title", "json/place/city"]);
    insta::assert_snapshot!(found[1].why, @r#"POST /notes answers 201 for json/place/city "a", but a read shows no such member; what is accepted should come back"#);
}

#[test]
fn what_was_found_before_needs_no_read_of_its_own_and_no_knowledge() {
    let found = judge_again(&[&create("{}"), &change(r#"{"text":"0"}"#)], forgets);
    assert_eq!((&*found[0].at, places(&found)), ("s2", vec!["json/text"]));
    assert_eq!(judge_again(&[&create(r#"{"text":"0"}"#)], forgets).len(), 1);
    assert_eq!(judge_again(&[&create("{}"), &change(r#"{"title":"0"}"#)], forgets), []);
}

#[test]
fn what_was_found_before_is_about_the_member_it_was_found_for() {
    let slugs: Show = |_, _| answer(200, r#"{"title":"slug","text":"slug"}"#);
    let steps = create(r#"{"title":"a b","text":"a b"}"#);
    assert_eq!(places(&judge_again(&[&steps], slugs)), ["json/title", "json/text"]);
    let saw = r#","saw":{"status":201,"message":"json/text"}}"#;
    let steps = format!("{}{saw}", steps.strip_suffix('}').unwrap());
    assert_eq!(places(&judge_again(&[&steps], slugs)), ["json/text"]);
}

#[test]
fn silent_for_members_that_are_not_known_to_come_back() {
    let stage = Stage::of(notes(), serve(accepts, forgets));
    let steps = format!("[{},{READ}]", create(r#"{"text":"0"}"#));
    stage.silent(&CHECK, &steps);
    assert_eq!(stage.occasion(&CHECK, &steps), "never");
}

#[test]
fn silent_when_it_is_shown_at_any_look() {
    for late in [2, 3, 4] {
        let show: Show = match late {
            2 => |note, reads| if reads < 2 { forgets(note, 0) } else { all(note, 0) },
            3 => |note, reads| if reads < 3 { forgets(note, 0) } else { all(note, 0) },
            _ => |note, reads| if reads == 2 { all(note, 0) } else { forgets(note, 0) },
        };
        assert_eq!(judge(&[&create(r#"{"text":"0"}"#), READ], accepts, show), [], "{late}");
    }
}

#[test]
fn silent_when_the_write_is_not_done() {
    let steps = [&create("{}"), &change(r#"{"text":"0"}"#), READ];
    let answers: [Take; 6] = [
        |_| answer(202, "{}"),
        |_| answer(207, "{}"),
        |_| answer(400, "{}"),
        |_| answer(500, "{}"),
        |_| answer(304, ""),
        |_| answer(200, r#"{"success":false}"#),
    ];
    for take in answers {
        assert_eq!(judge(&steps, take, forgets), []);
    }
}

#[test]
fn silent_for_rehearsals_and_for_calls_that_break_rules() {
    let rehearsal =
        create(r#"{"text":"0"}"#).replace("\"json\"", "\"query\":{\"dry_run\":true},\"json\"");
    let made: Take = |_| answer(201, r#"{"id":7}"#);
    assert_eq!(judge(&[&rehearsal, READ], made, forgets), []);
    let broken =
        create(r#"{"text":"0"}"#).replace("\"json\"", "\"label\":\"unspecified\",\"json\"");
    assert_eq!(judge(&[&broken, READ], accepts, forgets), []);
}

#[test]
fn silent_when_another_call_may_have_changed_it() {
    let on_it = r#""path":{"id":{"$from":"s1/body/id"}}"#;
    for call in [
        format!(r#"{{"id":"s3","call":"POST /notes/{{id}}/archive",{on_it}}}"#),
        format!(r#"{{"id":"s3","call":"PUT /notes/{{id}}",{on_it},"json":{{"title":"a"}}}}"#),
        r#"{"id":"s3","call":"POST /reset"}"#.to_owned(),
    ] {
        assert_eq!(
            judge(&[&create(r#"{"text":"0"}"#), &call, READ], accepts, forgets),
            [],
            "{call}"
        );
    }
}

#[test]
fn silent_for_things_of_others_and_for_what_may_have_been_there_before() {
    let foreign = change(r#"{"text":"0"}"#).replace(r#"{"$from":"s1/body/id"}"#, "8");
    let read = READ.replace(r#"{"$from":"s1/body/id"}"#, "8");
    assert_eq!(judge(&[&foreign, &read], accepts, forgets), []);
    assert_eq!(judge_again(&[&foreign], forgets), []);
    let serve = || -> Serve {
        Box::new(|asked: &Asked| match &*asked.method {
            "GET" => answer(200, "{}"),
            _ => answer(200, r#"{"id":7}"#),
        })
    };
    known(serve).silent(&CHECK, &format!("[{},{READ}]", create(r#"{"text":"0"}"#)));
}

#[test]
fn silent_when_someone_else_reads() {
    let read = READ.replace("\"s9\",", "\"s9\",\"auth\":\"bob\",");
    assert_eq!(judge(&[&create(r#"{"text":"0"}"#), &read], accepts, forgets), []);
}

#[test]
fn the_writer_reads() {
    let steps = create(r#"{"text":"0"}"#).replace("\"s1\",", "\"s1\",\"auth\":\"bob\",");
    let serve = || -> Serve {
        Box::new(|asked: &Asked| match (&*asked.method, &*asked.who) {
            ("GET", "bob") => answer(200, "{}"),
            ("GET", _) => answer(403, "{}"),
            _ => answer(201, r#"{"id":7}"#),
        })
    };
    Stage::of(notes(), serve).trusting().fails(&CHECK, &format!("[{steps}]"));
}

#[test]
fn silent_for_what_is_normalised() {
    let shown: Show = |_, _| {
        answer(
            200,
            r#"{"data":{"title":"ada","size":1.33,"due":"2024-02-29T09:00:00Z","tags":["b","a"],
                "place":{"city":"x","country":"y"},"link":"http://a/"}}"#,
        )
    };
    let given = r#"{"title":" Ada ","size":1.333,"due":"2024-02-29T10:00:00+01:00","tags":["a","b"],
        "place":{"city":"X"},"text":"","done":false,"link":"HTTP://A:80/%61/.."}"#;
    assert_eq!(judge(&[&create(given), READ], accepts, shown), []);
}

#[test]
fn a_member_of_a_format_fails_where_nothing_is_shown() {
    let nothing: Show = |_, _| answer(200, "{}");
    let found = judge(&[&create(r#"{"link":"http://a"}"#), READ], accepts, nothing);
    assert_eq!(places(&found), ["json/link"]);
}

#[test]
fn silent_for_what_the_document_says_does_not_travel() {
    let nothing: Show = |_, _| answer(200, "{}");
    let given = create(r#"{"state":"sent","secret":"hush"}"#);
    assert_eq!(judge(&[&given, READ], accepts, nothing), []);
    assert_eq!(judge_again(&[&given], nothing), []);
}

#[test]
fn silent_when_the_thing_is_not_shown() {
    let gone: Show = |note, reads| if reads == 1 { forgets(note, 1) } else { answer(404, "{}") };
    assert_eq!(judge(&[&create(r#"{"text":"0"}"#), READ], accepts, gone), []);
    let page: Show = |_, _| answer(200, "");
    assert_eq!(judge(&[&create(r#"{"text":"0"}"#), READ], accepts, page), []);
}
