//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::json;
use super::super::stage::{Asked, Serve, Stage, answer, described};
use super::*;
use crate::case::Answer;
use crate::spec::Service;

const CHECK: FailedWriteHasEffect = FailedWriteHasEffect;

fn shop() -> Service {
    let profile = r#"{"content":{"application/json":{"schema":{"properties":{
        "id":{"type":"integer"},"level":{"type":"integer","maximum":100},
        "name":{"type":"string"},"tags":{"type":"array"}}}}},"description":""}"#;
    described(&format!(
        r#"{{"/profiles":{{"post":{{"requestBody":{profile},"responses":{{"201":{profile}}}}}}},
            "/profiles/{{id}}":{{
                "parameters":[{{"name":"id","in":"path","required":true,
                                "schema":{{"type":"integer"}}}}],
                "get":{{"responses":{{"200":{profile}}}}},
                "patch":{{"requestBody":{profile},"responses":{{"200":{profile}}}}},
                "delete":{{"responses":{{"204":{{"description":""}}}}}}}},
            "/profiles/{{id}}/archive":{{"post":{{"responses":{{"200":{profile}}}}}}}}}"#
    ))
}

/// The profile that a played service keeps: what it is created with, then what `write` makes of it.
#[derive(Clone)]
struct Kept {
    profile: Option<Value>,
    reads: usize,
}

impl Kept {
    fn set(&mut self, key: &str, value: Value) {
        if let Some(Value::Object(profile)) = &mut self.profile {
            profile.set(key, value);
        }
    }

    /// Takes over what a call gives.
    fn take(&mut self, asked: &Asked) {
        for (key, value) in asked.body.as_object().into_iter().flatten() {
            self.set(&key.lossy(), value.clone());
        }
    }
}

type Act = fn(&mut Kept, &Asked) -> Answer;

fn serve(write: Act, read: Act) -> impl Fn() -> Serve {
    move || {
        let mut kept = Kept { profile: None, reads: 0 };
        Box::new(move |asked: &Asked| match (&*asked.method, asked.depth()) {
            ("POST", 1) => {
                kept.profile = Some(json(r#"{"id":7,"level":5,"name":"a"}"#));
                kept.take(asked);
                answer(201, r#"{"id":7}"#)
            }
            ("GET", _) => {
                kept.reads += 1;
                read(&mut kept, asked)
            }
            _ => write(&mut kept, asked),
        })
    }
}

fn shown(kept: &mut Kept, _: &Asked) -> Answer {
    kept.profile.as_ref().map_or(answer(404, "{}"), |profile| answer(200, &profile.to_string()))
}

const CREATE: &str = r#"{"id":"s1","call":"POST /profiles","json":{}}"#;

fn change(body: &str) -> String {
    on_it(
        "PATCH /profiles/{id}",
        &format!(
            r#","label":"invalid","json":{body},
        "deviations":[{{"rule":"maximum","at":"json/level"}}]"#
        ),
    )
}

fn on_it(call: &str, rest: &str) -> String {
    format!(r#"{{"id":"s2","call":"{call}","path":{{"id":{{"$from":"s1/body/id"}}}}{rest}}}"#)
}

fn judge_reading(steps: &[&str], write: Act, read: Act) -> Vec<Failure> {
    let stage = Stage::of(shop(), serve(write, read));
    let steps = format!("[{}]", steps.join(","));
    let quick = stage.judge(&CHECK, &steps);
    // What is seen while exploring is seen in full, too.
    assert_eq!(stage.trusting().judge(&CHECK, &steps), quick);
    quick
}

fn judge(steps: &[&str], write: Act) -> Vec<Failure> {
    judge_reading(steps, write, shown)
}

/// Refuses, and stores all the same.
fn halfway(kept: &mut Kept, asked: &Asked) -> Answer {
    kept.take(asked);
    answer(400, r#"{"error":"level is too high"}"#)
}

#[test]
fn what_a_refused_write_gave_and_is_there_afterwards_fails_at_the_write() {
    let found = judge(&[CREATE, &change(r#"{"level":101}"#)], halfway);
    assert_eq!(found.len(), 1);
    assert_eq!((&*found[0].at, &*found[0].outcome), ("s2", "effect"));
    insta::assert_snapshot!(found[0].why, @r#"PATCH /profiles/{id} answers 400 "level is too high", and yet json/level is 101 afterwards (5 before); what is refused must change nothing"#);
    let all = judge(&[CREATE, &change(r#"{"id":7,"name":"b","level":101}"#)], halfway);
    assert_eq!(all.len(), 1);
    assert!(all[0].why.contains("json/name is \"b\" afterwards"));
}

#[test]
fn a_thing_that_a_refused_write_takes_away_fails() {
    let gone: Act = |kept, _| {
        kept.profile = None;
        answer(409, "{}")
    };
    for write in [on_it("DELETE /profiles/{id}", ""), change(r#"{"level":101}"#)] {
        let found = judge(&[CREATE, &write], gone);
        assert_eq!(found.iter().map(|f| &*f.outcome).collect::<Vec<_>>(), ["gone"]);
    }
    let found = judge(&[CREATE, &on_it("DELETE /profiles/{id}", "")], gone);
    insta::assert_snapshot!(found[0].why, @"DELETE /profiles/{id} answers 409, and yet it is gone afterwards; what is refused must change nothing");
}

#[test]
fn the_maker_reads_where_credentials_are_refused() {
    let other = on_it("PATCH /profiles/{id}", r#","auth":"bob","json":{"name":"b"}"#);
    let write: Act = |kept, asked| {
        kept.take(asked);
        answer(403, "{}")
    };
    let read: Act = |kept, asked| match &*asked.who {
        "alice" => shown(kept, asked),
        _ => answer(403, "{}"),
    };
    assert_eq!(judge_reading(&[CREATE, &other], write, read).len(), 1);
}

#[test]
fn silent_when_nothing_changes() {
    assert_eq!(judge(&[CREATE, &change(r#"{"level":101}"#)], |_, _| answer(400, "{}")), []);
    assert_eq!(judge(&[CREATE, &change(r#"{"level":5}"#)], halfway), []);
}

#[test]
fn silent_when_the_write_is_accepted_or_not_decided() {
    let accepts: Act = |kept, asked| {
        kept.take(asked);
        answer(200, "{}")
    };
    assert_eq!(judge(&[CREATE, &change(r#"{"level":101}"#)], accepts), []);
    let statuses: [Act; 6] = [
        |kept, asked| Answer { status: 404, ..halfway(kept, asked) },
        |kept, asked| Answer { status: 408, ..halfway(kept, asked) },
        |kept, asked| Answer { status: 410, ..halfway(kept, asked) },
        |kept, asked| Answer { status: 425, ..halfway(kept, asked) },
        |kept, asked| Answer { status: 429, ..halfway(kept, asked) },
        |kept, asked| Answer { status: 500, ..halfway(kept, asked) },
    ];
    for write in statuses {
        assert_eq!(judge(&[CREATE, &change(r#"{"level":101}"#)], write), []);
    }
}

#[test]
fn silent_when_it_is_accepted_once_it_is_repeated() {
    // The follow-up reads before it writes.
    let write: Act = |kept, asked| {
        let status = if kept.reads == 0 { 409 } else { 200 };
        Answer { status, ..halfway(kept, asked) }
    };
    assert_eq!(judge(&[CREATE, &change(r#"{"level":101}"#)], write), []);
}

#[test]
fn silent_for_things_of_others_and_for_creations() {
    let foreign = change(r#"{"level":101}"#).replace(r#"{"$from":"s1/body/id"}"#, "8");
    assert_eq!(judge(&[CREATE, &foreign], halfway), []);
    assert_eq!(judge(&[&foreign], halfway), []);
    let refused = r#"{"id":"s2","call":"POST /profiles","label":"invalid","json":{"level":101}}"#;
    assert_eq!(judge(&[CREATE, refused], halfway), []);
}

#[test]
fn silent_when_the_reads_before_are_refused_or_differ() {
    let write = change(r#"{"level":101}"#);
    assert_eq!(judge_reading(&[CREATE, &write], halfway, |_, _| answer(404, "{}")), []);
    let late: Act = |kept, asked| {
        if kept.reads < 2 { answer(404, "{}") } else { shown(kept, asked) }
    };
    assert_eq!(judge_reading(&[CREATE, &write], halfway, late), []);
    let volatile: Act = |kept, _| {
        let level = if kept.reads > 2 { 101 } else { kept.reads as i64 };
        answer(200, &format!(r#"{{"id":7,"level":{level}}}"#))
    };
    assert_eq!(judge_reading(&[CREATE, &write], |_, _| answer(400, "{}"), volatile), []);
}

#[test]
fn silent_when_another_member_changes_or_to_something_else() {
    let other: Act = |kept, _| {
        kept.set("attempts", Value::int(1));
        kept.set("updated_at", "2024-01-01T00:00:00Z".into());
        kept.set("level", Value::int(6));
        answer(400, "{}")
    };
    assert_eq!(judge(&[CREATE, &change(r#"{"level":101}"#)], other), []);
}

#[test]
fn silent_when_an_earlier_write_gave_the_same() {
    let create = r#"{"id":"s1","call":"POST /profiles","json":{"level":50}}"#;
    // What was written shows at the third read.
    let late: Act = |kept, asked| {
        let mut seen = kept.clone();
        if kept.reads < 3 {
            seen.set("level", Value::int(5));
        }
        shown(&mut seen, asked)
    };
    let refuses: Act = |_, _| answer(400, "{}");
    assert_eq!(judge_reading(&[create, &change(r#"{"level":50}"#)], refuses, late), []);
}

#[test]
fn silent_when_something_else_may_have_taken_it_away() {
    let archive = on_it("POST /profiles/{id}/archive", "").replace("s2", "s3");
    let serve = || -> Serve {
        let mut reads = 0;
        Box::new(move |asked: &Asked| match (&*asked.method, asked.depth()) {
            ("POST", 1) => answer(201, r#"{"id":7}"#),
            ("POST", 3) => answer(200, "{}"),
            ("GET", _) => {
                reads += 1;
                answer(if reads < 3 { 200 } else { 404 }, r#"{"id":7}"#)
            }
            _ => answer(409, "{}"),
        })
    };
    let stage = Stage::of(shop(), serve);
    let delete = on_it("DELETE /profiles/{id}", "");
    stage.silent(&CHECK, &format!("[{CREATE},{archive},{delete}]"));
    stage.fails(&CHECK, &format!("[{CREATE},{delete}]"));
}

#[test]
fn it_is_tried_once_for_each_rule_and_place() {
    let stage = Stage::of(shop(), serve(halfway, shown));
    let occasion = |write: &str| stage.occasion(&CHECK, &format!("[{CREATE},{write}]"));
    assert_eq!(occasion(&change(r#"{"level":101}"#)), "PATCH /profiles/{id} maximum json/level");
    let valid = on_it("PATCH /profiles/{id}", r#","json":{"name":"a"}"#);
    assert_eq!(occasion(&valid), "PATCH /profiles/{id} 400");
    let read = on_it("GET /profiles/{id}", "");
    assert_eq!(occasion(&read), "never");
    let unspecified = valid.replace("\"s2\",", "\"s2\",\"label\":\"unspecified\",");
    assert_eq!(occasion(&unspecified), "never");
}
