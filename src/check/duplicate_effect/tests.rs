use std::sync::atomic::{AtomicU32, Ordering};

use super::super::stage::{Asked, Reply, Stage, Store};
use super::*;
use crate::case::{Body, Position, Release, Together};
use crate::spec::load;
use crate::value::{Fresh, Object, Reference, Source, Symbol};

const TILLS: &str = r"
openapi: 3.1.0
info: {title: tills, version: '1'}
paths:
  /tills:
    post:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {$ref: '#/components/responses/Till'}}
  /tills/{till}:
    parameters: [{name: till, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {$ref: '#/components/responses/Till'}}}
  /tills/{till}/charges:
    parameters: [{name: till, in: path, required: true, schema: {type: string}}]
    post:
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {$ref: '#/components/responses/Till'}}
components:
  responses:
    Till:
      description: a till
      content:
        application/json:
          schema: {type: object, properties: {id: {type: integer}, charged: {type: integer}}}
";

fn stage(act: fn(&mut Store, &Asked) -> Reply) -> Stage {
    let service = load::alone("t.yaml", TILLS.as_bytes()).unwrap().service;
    Stage::of(service, move || {
        let mut store = Store::default();
        Box::new(move |asked| {
            store.asked += 1;
            act(&mut store, asked).into()
        })
    })
}

fn made() -> Step {
    let operation = "POST /tills".to_owned();
    let body = Some(Body::Json(Value::Object(Object::new())));
    Step::Call(Call { id: "s1".to_owned(), operation, body, ..Call::default() })
}

fn charge(id: &str, key: &str) -> Call {
    let till = Reference {
        call: "s1".to_owned(),
        source: Source::Body(Pointer::parse("/id").unwrap()),
        matching: None,
    };
    let fresh = Fresh { name: key.to_owned(), like: None };
    let key = Value::Symbol(Box::new(Symbol::Fresh(fresh)));
    Call {
        id: id.to_owned(),
        operation: "POST /tills/{till}/charges".to_owned(),
        path: vec![("till".to_owned(), till.symbol())],
        headers: vec![("Idempotency-Key".to_owned(), key)],
        body: Some(Body::Json(Value::object([("cents".to_owned(), Value::int(1))]))),
        ..Call::default()
    }
}

fn case(steps: Vec<Step>) -> Case {
    Case { steps, ..Case::of("t", Call::default()) }
}

fn at_once() -> Case {
    let same = Call { id: "b".to_owned(), same: Some("a".to_owned()), ..Call::default() };
    let calls = vec![charge("a", "n1"), same];
    let group = Together { id: "g".to_owned(), wait: None, release: Release::LastByte, calls };
    case(vec![made(), Step::Together(group)])
}

fn in_turn(second: Call) -> Case {
    case(vec![made(), Step::Call(charge("a", "n1")), Step::Call(second)])
}

/// Each key is charged once; at once, or ever again, as `again` says.
fn charged(store: &mut Store, asked: &Asked, again: fn(&Asked) -> bool) -> Reply {
    if !asked.is("POST", "/tills/*/charges") {
        return store.answer(asked);
    }
    let key = asked.header("Idempotency-Key").unwrap_or_default().to_owned();
    let path = asked.path.trim_end_matches("/charges").to_owned();
    let till = &mut store.find(&path).unwrap().body;
    let Value::Object(members) = till else { panic!("no object") };
    let known = members.get("last").is_some_and(|last| *last == Value::text(key.as_str()));
    if !known || again(asked) {
        let count = members.get("charged").and_then(Value::as_i64).unwrap_or(0);
        members.set("charged", Value::int(count + 1));
        members.set("last", Value::text(key.as_str()));
    }
    Reply::of(201, till.clone())
}

#[test]
fn a_key_that_is_charged_twice_at_once_fails() {
    let stage = stage(|store, asked| charged(store, asked, |asked| asked.at_once));
    let failure = stage.fails(&DuplicateEffect, &at_once());
    assert_eq!((&*failure.at, &*failure.outcome), ("a", "done_twice"));
    assert_eq!(
        failure.why,
        "POST /tills/{till}/charges twice under one idempotency key leaves /charged 2, once 1; what comes \
         again under a key must not be done again"
    );
    stage.silent(&DuplicateEffect, &in_turn(charge("b", "n1")));
}

#[test]
fn a_key_that_is_charged_twice_in_turn_fails() {
    let stage = stage(|store, asked| charged(store, asked, |_| true));
    let failure = stage.fails(&DuplicateEffect, &in_turn(charge("b", "n1")));
    assert_eq!(&*failure.outcome, "done_twice");
}

/// The answer to the first call is lost, and it is sent again.
fn lost() -> Case {
    let mut case = in_turn(charge("b", "n1"));
    if let Step::Call(first) = &mut case.steps[1] {
        first.perturb = vec![Perturbation::Reset(Position::Sent)];
    }
    case
}

#[test]
fn a_call_that_is_done_again_after_its_answer_was_lost_fails() {
    let stage = stage(|store, asked| {
        let reply = charged(store, asked, |_| false);
        // Its key is kept with the answer, and there is nobody to answer.
        if asked.broken_off
            && let Some(Value::Object(till)) =
                store.find(asked.path.trim_end_matches("/charges")).map(|till| &mut till.body)
        {
            till.remove("last");
        }
        reply
    });
    let failure = stage.fails(&DuplicateEffect, &lost());
    assert_eq!((&*failure.at, &*failure.outcome), ("a", "done_twice"));
    self::stage(|store, asked| charged(store, asked, |_| false)).silent(&DuplicateEffect, &lost());
}

#[test]
fn silent_where_a_key_is_done_once_or_keys_differ() {
    let stage = stage(|store, asked| charged(store, asked, |_| false));
    stage.silent(&DuplicateEffect, &at_once());
    stage.silent(&DuplicateEffect, &in_turn(charge("b", "n1")));
    assert_eq!(stage.occasion(&DuplicateEffect, &in_turn(charge("b", "n2"))), "never");
}

#[test]
fn silent_where_the_calls_say_different_things() {
    let stage = stage(|store, asked| charged(store, asked, |_| true));
    let body = Some(Body::Json(Value::object([("cents".to_owned(), Value::int(2))])));
    let other = in_turn(Call { body, ..charge("b", "n1") });
    assert_eq!(stage.occasion(&DuplicateEffect, &other), "never");
}

#[test]
fn silent_where_what_is_shown_changes_by_itself_or_a_call_fails() {
    // No number comes twice.
    static TICKS: AtomicU32 = AtomicU32::new(0);
    let counting = stage(|store, asked| {
        let mut reply = charged(store, asked, |_| false);
        if let Some(Value::Object(members)) = &mut reply.body {
            members.set("tick", Value::int(i128::from(TICKS.fetch_add(1, Ordering::Relaxed))));
        }
        reply
    });
    counting.silent(&DuplicateEffect, &at_once());
    let failing = stage(|store, asked| {
        let reply = charged(store, asked, |asked| asked.at_once);
        if asked.at_once { Reply::empty(500) } else { reply }
    });
    failing.silent(&DuplicateEffect, &at_once());
}
