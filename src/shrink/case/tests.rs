//! Cases that are made smaller, by what fails of them.

use super::*;
use std::time::Duration;

use crate::case::{Body, Call, Deviation, Label, Perturbation, Position, Release, Together};
use crate::schema::Documents;
use crate::shrink::driver::simple;
use crate::shrink::{Shrinker, Verdict};
use crate::spec::openapi;
use crate::value::{Value, read};

fn json(text: &str) -> Value {
    read::json(text.as_bytes()).unwrap()
}

fn shop() -> Service {
    let (documents, root) = Documents::single(json(
        r#"{"openapi":"3.1.0","info":{"title":"shop","version":"1"},"paths":{"/orders":{"post":{
        "requestBody":{"required":true,"content":{"application/json":{"schema":{
            "type":"object","required":["lines"],"properties":{
                "note":{"type":"string"},
                "lines":{"type":"array","items":{"type":"object","required":["sku"],
                    "additionalProperties":false,
                    "properties":{"sku":{"type":"string"},"qty":{"type":"integer"},
                        "tags":{"type":"array","items":{"type":"string"}}}}}}}}}},
        "responses":{}}}}}"#,
    ));
    openapi::read(&Arc::new(documents), &root).unwrap()
}

/// The body and the place that a case shrinks to which breaks a rule at a place, where everything
/// that is broken in some line fails.
fn shrunk(body: &str, rule: &str, at: &str, fails: fn(&Value) -> bool) -> (String, String) {
    let call = Call {
        id: "s1".to_owned(),
        operation: "POST /orders".to_owned(),
        label: Label::Invalid,
        body: Some(Body::Json(json(body))),
        deviations: vec![Deviation::schema(rule, at)],
        ..Call::default()
    };
    let (service, case) = (shop(), Case::of("shop", call));
    let first = lifted(&service, &case).expect("it is what it says");
    let mut shrinker =
        Shrinker::new(first, None, |items: &[Item]| candidate(&service, &case, items));
    simple(&mut shrinker, |case: &Arc<Case>| {
        let body = case.calls().next().and_then(|call| call.body.as_ref()?.value());
        let lines = body.and_then(|body| body.get("lines")?.as_array()).unwrap_or_default();
        if lines.iter().any(fails) { Verdict::FAILS } else { Verdict::Passes }
    });
    let best = &shrinker.best().value;
    let call = best.calls().next().unwrap();
    let at = call.deviations[0].at.clone().unwrap_or_default();
    (call.body.as_ref().and_then(|body| body.value()).unwrap().to_string(), at)
}

const SOUND: &str = r#"{"sku":"x","qty":7,"tags":["p","q"]}"#;

#[test]
fn a_broken_place_follows_its_element_when_those_before_it_go() {
    let with = |line: &str| format!(r#"{{"note":"n","lines":[{SOUND},{SOUND},{line},{SOUND}]}}"#);
    let told = |body: &str, at: &str| (body.to_owned(), at.to_owned());
    assert_eq!(
        shrunk(&with(r#"{"qty":3}"#), "required", "json/lines/2/sku", |line| {
            line.get("sku").is_none()
        }),
        told(r#"{"lines":[{}]}"#, "json/lines/0/sku")
    );
    assert_eq!(
        shrunk(
            &with(r#"{"sku":"a","more":true}"#),
            "additionalProperties",
            "json/lines/2/more",
            |line| line.get("more").is_some()
        ),
        told(r#"{"lines":[{"sku":"","more":null}]}"#, "json/lines/0/more")
    );
    assert_eq!(
        shrunk(&with(r#"{"sku":"a","qty":"many"}"#), "type", "json/lines/2/qty", |line| {
            line.get("qty").is_some_and(|qty| qty.as_text().is_some())
        }),
        told(r#"{"lines":[{"sku":"","qty":""}]}"#, "json/lines/0/qty")
    );
    assert_eq!(
        shrunk(&with(r#"{"sku":"a","tags":["u","v",5]}"#), "type", "json/lines/2/tags/2", |line| {
            line.get("tags")
                .and_then(Value::as_array)
                .is_some_and(|tags| tags.iter().any(|tag| tag.as_text().is_none()))
        }),
        told(r#"{"lines":[{"sku":"","tags":[null]}]}"#, "json/lines/0/tags/0")
    );
}

#[test]
fn a_place_that_is_broken_as_a_whole_is_told_as_a_whole() {
    // The element itself is of another type, in a list and in the whole.
    let body = format!(r#"{{"lines":[{SOUND},7,{SOUND}]}}"#);
    let (body, at) = shrunk(&body, "type", "json/lines/1", |line| line.as_object().is_none());
    assert_eq!((&*body, &*at), (r#"{"lines":[null]}"#, "json/lines/0"));
}

#[test]
fn a_case_of_very_many_elements_gets_as_small_as_any() {
    let (documents, root) = Documents::single(json(
        r#"{"openapi":"3.1.0","info":{"title":"shop","version":"1"},"paths":{"/lists":{"post":{
        "requestBody":{"required":true,"content":{"application/json":{"schema":{
            "type":"array","items":{"type":"integer"},"maxItems":4}}}},"responses":{}}}}}"#,
    ));
    let service = openapi::read(&Arc::new(documents), &root).unwrap();
    let body = |count| Value::Array(vec![Value::int(7); count]);
    let call = Call {
        id: "s1".to_owned(),
        operation: "POST /lists".to_owned(),
        label: Label::Invalid,
        body: Some(Body::Json(body(3_000))),
        deviations: vec![Deviation::schema("maxItems", "json")],
        ..Call::default()
    };
    let case = Case::of("shop", call);
    let first = lifted(&service, &case).expect("it is what it says");
    let mut shrinker =
        Shrinker::new(first, None, |items: &[Item]| candidate(&service, &case, items));
    simple(&mut shrinker, |case: &Arc<Case>| {
        let body = case.calls().next().and_then(|call| call.body.as_ref()?.value()).unwrap();
        if body.as_array().unwrap().len() > 20 { Verdict::FAILS } else { Verdict::Passes }
    });
    let best = shrinker.best().value.calls().next().unwrap().body.clone();
    assert_eq!(best, Some(Body::Json(Value::Array(vec![Value::int(0); 21]))));
    assert!(shrinker.probes() < 100, "{}", shrinker.probes());
}

fn call(id: &str, body: &str) -> Call {
    let body = Some(Body::Json(json(body)));
    Call { id: id.to_owned(), operation: "POST /orders".to_owned(), body, ..Call::default() }
}

const MS: Duration = Duration::from_millis(1);

/// What a valid case shrinks to of which everything fails that is told by `fails`.
fn smallest(steps: Vec<Step>, fails: impl Fn(&Case) -> bool) -> Case {
    let (service, case) = (shop(), Case { service: "shop".to_owned(), steps, ..Case::default() });
    let first = lifted(&service, &case).expect("it is what it says");
    assert_eq!(*first.value, case, "it is drawn again as it was");
    let mut shrinker =
        Shrinker::new(first, None, |items: &[Item]| candidate(&service, &case, items));
    simple(
        &mut shrinker,
        |case: &Arc<Case>| {
            if fails(case) { Verdict::FAILS } else { Verdict::Passes }
        },
    );
    (*shrinker.best().value).clone()
}

fn lines(call: &Call) -> usize {
    let body = call.body.as_ref().and_then(|body| body.value());
    body.and_then(|body| body.get("lines")?.as_array()).map_or(0, <[Value]>::len)
}

#[test]
fn a_wait_gets_as_short_as_still_fails_on_the_grid() {
    let mut second = call("s2", r#"{"note":"n","lines":[]}"#);
    second.wait = Some(1_700 * MS);
    let first = Step::Call(call("s1", &format!(r#"{{"lines":[{SOUND}]}}"#)));
    let steps = vec![first.clone(), Step::Call(call("s0", r#"{"lines":[]}"#)), Step::Call(second)];
    let best = smallest(steps, |case| {
        let [first, .., last] = &*case.steps else { return false };
        let waited: Duration = case.steps.iter().filter_map(Step::wait).sum();
        first.id() == "s1" && last.id() == "s2" && waited >= 410 * MS
    });
    let ids: Vec<&str> = best.steps.iter().map(Step::id).collect();
    assert_eq!(ids, ["s1", "s2"]);
    assert_eq!(best.steps[1].wait(), Some(500 * MS));
    assert!(best.calls().all(|call| lines(call) == 0));
    // A wait that is not needed goes.
    let best = smallest(vec![first], |_| true);
    assert_eq!(best.steps[0].wait(), None);
}

#[test]
fn of_bends_only_those_stay_that_it_takes() {
    let mut bent = call("s1", &format!(r#"{{"note":"a longer one","lines":[{SOUND},{SOUND}]}}"#));
    bent.perturb = vec![
        Perturbation::Slice { size: 3, gap: MS },
        Perturbation::Stall { at: Position::Body(17), pause: 2_300 * MS },
        Perturbation::Cut(Position::Response(90)),
    ];
    let best = smallest(vec![Step::Call(bent)], |case| {
        case.calls().flat_map(|call| &call.perturb).any(|bend| {
            matches!(bend, Perturbation::Stall { at: Position::Body(_), pause } if *pause >= 150 * MS)
        })
    });
    let [Step::Call(only)] = &*best.steps else { panic!("{best:?}") };
    let pause = 200 * MS;
    assert_eq!(only.perturb, [Perturbation::Stall { at: Position::Body(1), pause }]);
    assert_eq!(lines(only), 0);
}

/// A group of four calls, one of which repeats another, released as tightly as can be.
fn group() -> Together {
    let mut calls: Vec<Call> = ["a", "b", "c"]
        .into_iter()
        .map(|id| call(id, &format!(r#"{{"note":"{id}","lines":[{SOUND}]}}"#)))
        .collect();
    calls[1].skew = Some(30 * MS);
    let again = Call { id: "d".to_owned(), same: Some("a".to_owned()), ..Call::default() };
    calls.push(again);
    Together { id: "s1".to_owned(), wait: None, release: Release::OnePacket, calls }
}

#[test]
fn of_calls_together_as_few_stay_as_it_takes_and_released_as_loosely() {
    let best = smallest(vec![Step::Together(group())], |case| {
        case.steps.iter().any(|step| step.calls().len() >= 2)
    });
    let [Step::Together(group)] = &*best.steps else { panic!("{best:?}") };
    assert_eq!((group.calls.len(), group.release), (2, Release::Plain));
    assert!(group.calls.iter().all(|call| call.skew.is_none() && lines(call) == 0));
    let best = smallest(vec![Step::Together(self::group())], |case| {
        case.steps.iter().any(|step| match step {
            Step::Together(group) => group.release != Release::Plain,
            Step::Call(_) => false,
        })
    });
    let [Step::Together(group)] = &*best.steps else { panic!("{best:?}") };
    assert_eq!((group.calls.len(), group.release), (2, Release::LastByte));
}

#[test]
fn what_fails_with_one_call_of_a_group_is_a_call_alone() {
    let best = smallest(vec![Step::Together(group())], |case| case.call("c").is_some());
    let [Step::Call(only)] = &*best.steps else { panic!("{best:?}") };
    assert_eq!((&*only.id, lines(only)), ("c", 0));
}

#[test]
fn a_call_that_others_repeat_stays_as_long_as_they_do() {
    let best = smallest(vec![Step::Together(group())], |case| case.call("d").is_some());
    let ids: Vec<&str> = best.calls().map(|call| &*call.id).collect();
    assert_eq!(ids, ["a", "d"]);
}

#[test]
fn a_held_call_stays_only_with_the_step_that_it_waits_for() {
    let mut held = call("s1", r#"{"lines":[]}"#);
    held.perturb = vec![Perturbation::Hold { at: Position::Body(9), until: "s3".to_owned() }];
    let others = ["s2", "s3", "s4"].map(|id| Step::Call(call(id, r#"{"lines":[]}"#)));
    let steps: Vec<Step> = [Step::Call(held)].into_iter().chain(others).collect();
    let best =
        smallest(steps, |case| case.calls().next().is_some_and(|call| !call.perturb.is_empty()));
    let ids: Vec<&str> = best.steps.iter().map(Step::id).collect();
    assert_eq!(ids, ["s1", "s3"]);
}
