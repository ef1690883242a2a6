//! Cases of boards that end with calls at once.

use super::super::fixture::json;
use super::{Asked, BOARDS, Reply, Stage, Store};
use crate::case::{Body, Call, Case, Release, Step, Together};
use crate::spec::load;
use crate::value::{Pointer, Reference, Source};

/// A service that begins anew with each case.
pub(in crate::check) fn anew(act: fn(&mut Store, &Asked) -> Reply) -> Stage {
    let service = load::alone("t.yaml", BOARDS.as_bytes()).unwrap().service;
    Stage::of(service, move || {
        let mut store = Store::default();
        Box::new(move |asked| {
            store.asked += 1;
            act(&mut store, asked).into()
        })
    })
}

fn call(id: &str, operation: &str, body: &str) -> Call {
    let body = (!body.is_empty()).then(|| Body::Json(json(body)));
    Call { id: id.to_owned(), operation: operation.to_owned(), body, ..Call::default() }
}

/// A case that ends with calls at once.
pub(in crate::check) fn together(before: Vec<Call>, calls: Vec<Call>) -> Case {
    let group = Together { id: "g".to_owned(), wait: None, release: Release::LastByte, calls };
    let steps = before.into_iter().map(Step::Call).chain([Step::Together(group)]).collect();
    Case { steps, ..Case::of("t", Call::default()) }
}

/// A call of the board that `s1` makes.
pub(in crate::check) fn of_board(id: &str, operation: &str, body: &str) -> Call {
    let made = Reference {
        call: "s1".to_owned(),
        source: Source::Body(Pointer::parse("/id").unwrap()),
        matching: None,
    };
    Call { path: vec![("board".to_owned(), made.symbol())], ..call(id, operation, body) }
}

/// A board is made.
pub(in crate::check) fn made() -> Vec<Call> {
    vec![call("s1", "POST /boards", r#"{"title":"a"}"#)]
}

/// Two changes of one board at once.
pub(in crate::check) fn changes() -> Case {
    together(
        made(),
        vec![
            of_board("c1", "PUT /boards/{board}", r#"{"title":"b"}"#),
            of_board("c2", "PUT /boards/{board}", r#"{"text":"c"}"#),
        ],
    )
}

/// The same board twice at once.
pub(in crate::check) fn twins() -> Case {
    let twin = Call { id: "c2".to_owned(), same: Some("c1".to_owned()), ..Call::default() };
    together(Vec::new(), vec![call("c1", "POST /boards", r#"{"title":"b"}"#), twin])
}
