use super::super::stage::{Asked, BOARDS, Reply, Stage, Store};
use super::*;
use crate::case::{Body, Case, Perturbation, Position};
use crate::value::{Reference, Source, Value, read};

fn json(text: &str) -> Value {
    read::json(text.as_bytes()).unwrap()
}

/// Boards with two members that writes set.
fn document() -> String {
    BOARDS.replace(
        "title: {type: string}}}",
        "title: {type: string, minLength: 1}, text: {type: string}}}",
    )
}

fn stage(act: fn(&mut Store, &Asked) -> Reply) -> Stage {
    Stage::new(&document(), act)
}

fn call(id: &str, operation: &str, body: &str) -> Call {
    let body = Some(Body::Json(json(body)));
    Call { id: id.to_owned(), operation: operation.to_owned(), body, ..Call::default() }
}

/// A board is made, and the making is broken off so.
fn made(bend: Perturbation) -> Case {
    let making = call("s1", "POST /boards", r#"{"title":"a","text":"b"}"#);
    Case::of("t", Call { perturb: vec![bend], ..making })
}

/// A board is made, and then its replacement is broken off.
fn replaced() -> Case {
    let making = call("s1", "POST /boards", r#"{"title":"a","text":"b"}"#);
    let id = Reference {
        call: "s1".to_owned(),
        source: Source::Body(crate::value::Pointer::parse("/id").unwrap()),
        matching: None,
    };
    let replacing = Call {
        path: vec![("board".to_owned(), id.symbol())],
        perturb: vec![Perturbation::Cut(Position::Body(9))],
        ..call("s2", "PUT /boards/{board}", r#"{"title":"c","text":"d"}"#)
    };
    Case {
        steps: vec![Step::Call(making), Step::Call(replacing)],
        ..Case::of("t", Call::default())
    }
}

/// What of a broken-off write such a service keeps.
fn keeps(store: &mut Store, asked: &Asked, part: impl Fn(&Value) -> Value) -> Reply {
    let body = if asked.broken_off { part(&asked.body) } else { asked.body.clone() };
    store.answer(&Asked { body, ..asked.clone() })
}

fn without_text(body: &Value) -> Value {
    Value::object(body.as_object().unwrap().iter().map(|(key, value)| {
        let value = if *key == "title" { Value::Null } else { value.clone() };
        (key.lossy().into_owned(), value)
    }))
}

const CUT: Perturbation = Perturbation::Cut(Position::Body(1));

#[test]
fn a_record_that_is_half_there_fails() {
    let stage = stage(|store, asked| keeps(store, asked, without_text));
    let failure = stage.fails(&PartialWriteVisible, &made(CUT));
    assert_eq!((&*failure.at, &*failure.outcome), ("s1", "partial"));
    assert_eq!(
        failure.why,
        "POST /boards is cut at body+1, and yet GET /boards shows what its schema forbids \
         afterwards; what is broken off must be done in whole or not at all"
    );
}

#[test]
fn a_thing_that_is_half_changed_fails() {
    let half = |store: &mut Store, asked: &Asked| {
        if !asked.broken_off {
            return store.answer(asked);
        }
        let title = asked.body.get("title").cloned().unwrap();
        let kept = store.find(&asked.path).unwrap();
        if let Value::Object(members) = &mut kept.body {
            members.set("title", title);
        }
        Reply::empty(200)
    };
    let failure = stage(half).fails(&PartialWriteVisible, &replaced());
    assert_eq!(
        failure.why,
        "PUT /boards/{board} is cut at body+9, and yet json/title is \"c\" as it gave it, but \
         json/text still \"b\" afterwards; what is broken off must be done in whole or not at all"
    );
}

#[test]
fn silent_where_it_is_done_in_whole_or_not_at_all() {
    for case in [made(CUT), replaced(), made(Perturbation::Cancel(Duration::ZERO))] {
        stage(Store::answer).silent(&PartialWriteVisible, &case);
        let nothing = |store: &mut Store, asked: &Asked| {
            if asked.broken_off { Reply::empty(400) } else { store.answer(asked) }
        };
        stage(nothing).silent(&PartialWriteVisible, &case);
    }
}

#[test]
fn silent_where_the_list_breaks_its_schema_anyway() {
    let always = |store: &mut Store, asked: &Asked| {
        let body = if asked.method == "POST" { without_text(&asked.body) } else { Value::Null };
        store.answer(&Asked { body, ..asked.clone() })
    };
    stage(always).silent(&PartialWriteVisible, &made(CUT));
}

#[test]
fn silent_about_members_that_no_write_sets() {
    let ignores = |store: &mut Store, asked: &Asked| {
        if asked.method != "PUT" {
            return store.answer(asked);
        }
        let title = asked.body.get("title").cloned().unwrap();
        let kept = store.find(&asked.path).unwrap();
        if let Value::Object(members) = &mut kept.body {
            members.set("title", title);
        }
        Reply::empty(200)
    };
    stage(ignores).silent(&PartialWriteVisible, &replaced());
}

#[test]
fn silent_where_the_write_in_whole_is_refused() {
    let refuses = |store: &mut Store, asked: &Asked| match (&*asked.method, asked.broken_off) {
        ("POST", false) => Reply::empty(409),
        _ => keeps(store, asked, without_text),
    };
    stage(refuses).silent(&PartialWriteVisible, &made(CUT));
}

#[test]
fn it_is_tried_once_for_each_way_and_place() {
    let stage = stage(Store::answer);
    let occasion = |case: &Case| stage.occasion(&PartialWriteVisible, case);
    assert_eq!(occasion(&made(CUT)), "POST /boards cut at body+1");
    assert_eq!(occasion(&made(Perturbation::Reset(Position::Sent))), "POST /boards reset at sent");
    assert_eq!(occasion(&replaced()), "PUT /boards/{board} cut at body+9");
    let stall = Perturbation::Stall { at: Position::Headers, pause: Duration::ZERO };
    assert_eq!(occasion(&made(stall)), "never");
}

/// A board is made in chunks, or by a rule that makes no valid request of it.
fn framed(rule: &str) -> Case {
    let mut case = made(CUT);
    let Some(Step::Call(call)) = case.steps.last_mut() else { unreachable!("one call") };
    call.label = Label::Unspecified;
    call.deviations = vec![Deviation::wire(rule)];
    case
}

#[test]
fn what_is_framed_in_another_valid_way_counts_and_is_tried_besides() {
    let half = || stage(|store, asked| keeps(store, asked, without_text));
    assert_eq!(half().fails(&PartialWriteVisible, &framed("chunked")).outcome, "partial");
    assert_eq!(
        half().occasion(&PartialWriteVisible, &framed("chunked")),
        "POST /boards cut at body+1 chunked"
    );
    half().silent(&PartialWriteVisible, &framed("content_length"));
}
