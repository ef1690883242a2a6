use super::*;
use crate::spec::load;

const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{},"paths":{
    "/a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}},
        "responses":{"201":{"content":{"application/json":{"schema":{"type":"object",
            "properties":{"id":{"type":"string"}}}}}}}}},
    "/a/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
        "get":{"responses":{}},"put":{"responses":{}},"delete":{"responses":{}},
        "patch":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","minProperties":1,
            "additionalProperties":false,
            "properties":{"b":{"type":"string"},"c":{"type":"string"}}}}}},"responses":{}}}}}"#;

fn service() -> Service {
    load::alone("t.json", DOCUMENT.as_bytes()).unwrap().service
}

/// The numbers of the operations that make a thing, look at it, put it and take it away.
fn operations(service: &Service) -> [usize; 4] {
    ["POST /a", "GET /a/{id}", "PUT /a/{id}", "DELETE /a/{id}"]
        .map(|name| service.number(name).unwrap())
}

fn built(service: &Service, moves: &[Move], usual: bool, seed: u64) -> Case {
    let known = Known { awhile: Duration::from_secs(1), ..Known::default() };
    let program = Program::of(moves.iter().copied());
    build(service, &known, &program, usual, Rng::new(seed)).unwrap()
}

#[test]
fn what_is_held_goes_on_once_the_next_one_has_ended() {
    let service = service();
    let [make, _, put, delete] = operations(&service);
    let moves = [Move::Do(make), Move::Held(put), Move::Do(delete)];
    let case = built(&service, &moves, true, 1);
    let calls: Vec<&Call> = case.calls().collect();
    let hold = Perturbation::Hold { at: Position::BeforeLastByte, until: "s3".to_owned() };
    assert_eq!((&*calls[1].operation, &calls[1].perturb), ("PUT /a/{id}", &vec![hold]));
    assert_eq!((&*calls[2].operation, calls[2].perturb.len()), ("DELETE /a/{id}", 0));
    // What takes something from the answer to a call cannot end before it.
    let moves = [Move::Held(make), Move::Do(delete)];
    let program = Program::of(moves);
    assert!(build(&service, &Known::default(), &program, true, Rng::new(1)).is_err());
}

#[test]
fn what_comes_back_to_an_idle_connection_shares_it_with_the_one_before() {
    let service = service();
    let [make, get, ..] = operations(&service);
    let moves = [Move::Do(make), Move::Do(get), Move::Idle(get)];
    let case = built(&service, &moves, true, 1);
    let on: Vec<_> = case.calls().map(|call| (call.on.is_some(), call.wait.is_some())).collect();
    assert_eq!(on, [(false, false), (true, false), (true, true)]);
    assert_eq!(case.connections.len(), 1);
}

#[test]
fn two_usual_writes_at_once_say_different_things() {
    let service = service();
    let [make, patch] = ["POST /a", "PATCH /a/{id}"].map(|name| service.number(name).unwrap());
    let mut bases = vec![None; service.operations.len()];
    bases[patch] = catalogue::baseline(&service.operations[patch]).ok().map(std::sync::Arc::new);
    let known = Known { bases, ..Known::default() };
    let program = Program::of([Move::Do(make), Move::Do(patch), Move::Beside(patch)]);
    let case = build(&service, &known, &program, true, Rng::new(1)).unwrap();
    let Some(Step::Together(group)) = case.steps.last() else { panic!() };
    let names = |call: &Call| {
        let Some(Value::Object(body)) = call.body.as_ref().and_then(|body| body.value()) else {
            panic!("no object")
        };
        body.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>()
    };
    let [first, second] = &group.calls[..] else { panic!("two calls") };
    assert_eq!((names(first).len(), names(second).len()), (1, 1));
    assert_ne!(names(first), names(second));
}

#[test]
fn crowds_are_of_two_to_eight_and_some_of_them_late() {
    let service = service();
    let [make, _, put, _] = operations(&service);
    let moves = [Move::Do(make), Move::Do(put), Move::Twins(3)];
    let of = |usual, seed| {
        let case = built(&service, &moves, usual, seed);
        let Some(Step::Together(group)) = case.steps.last().cloned() else { panic!() };
        (group.calls.len(), group.calls.iter().filter(|call| call.skew.is_some()).count())
    };
    assert_eq!(of(true, 0), (4, 0));
    let drawn: Vec<_> = (0..200).map(|seed| of(false, seed)).collect();
    for count in 3..=8 {
        assert!(drawn.iter().any(|(calls, _)| *calls == count), "{count}");
    }
    assert!(drawn.iter().any(|(_, late)| *late > 0) && drawn.iter().any(|(_, late)| *late == 0));
    assert!(drawn.iter().all(|(calls, late)| (2..=8).contains(calls) && late < calls));
}

#[test]
fn what_is_made_on_the_way_is_the_usual_call_where_that_is_known_to_work() {
    const NESTED: &str = r#"{"openapi":"3.1.0","info":{},"paths":{
        "/f/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
            "put":{"requestBody":{"content":{"application/json":{"schema":{"type":"object",
                "properties":{"t":{"type":"string"},"u":{"type":"string"}}}}}},"responses":{}},
            "get":{"responses":{}},"delete":{"responses":{}}}}}"#;
    let service = load::alone("t.json", NESTED.as_bytes()).unwrap().service;
    let [put, delete] = ["PUT /f/{id}", "DELETE /f/{id}"].map(|name| service.number(name).unwrap());
    let content = |call: &Call| call.body.as_ref().and_then(|body| body.value().cloned());
    let mut source = Source::random(Rng::new(5));
    let usual = input::draw_hearing(&service.operations[put], "s1", &[], &mut source).unwrap();
    let mut bases = vec![None; service.operations.len()];
    bases[put] = Some(std::sync::Arc::new(usual.clone()));
    let made = |proved: &[usize], seed| {
        let proved = proved.iter().copied().collect();
        let known = Known { bases: bases.clone(), proved, ..Known::default() };
        let program = Program::of([Move::Do(delete)]);
        let case = build(&service, &known, &program, false, Rng::new(seed)).unwrap();
        let [first, _] = case.calls().collect::<Vec<_>>()[..] else { panic!("two calls") };
        content(first)
    };
    let usually =
        |proved: &[usize]| (0..40).filter(|seed| made(proved, *seed) == content(&usual)).count();
    assert_eq!(usually(&[put]), 40);
    assert!((5..35).contains(&usually(&[])));
}
