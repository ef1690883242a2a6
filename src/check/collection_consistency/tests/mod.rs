//! Each test is named by the rule of silence, or of failure, that it shows.

mod cursors;
mod listed;
mod pages;

use super::super::fixture::json;
use super::super::stage::{Asked, BOARDS, Reply, Stage, Store};
use super::*;

const CHECK: CollectionConsistency = CollectionConsistency;

const BOARD: &str = r#"POST /boards {"title":"a"}"#;
const LIST: &str = "GET /boards";
const CARD: &str = r#"POST /boards/{board=s1}/cards {"title":"a"}"#;
const TWO: [&str; 3] = [BOARD, BOARD, LIST];
const DELETED: [&str; 3] = [BOARD, "DELETE /boards/{board=s1}", LIST];
const PAGES: [&str; 4] = [BOARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=1"];
const THREE: [&str; 5] = [BOARD, CARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=2"];

/// Answers as ever, but for what a list shows.
fn listing(store: &mut Store, asked: &Asked, change: impl Fn(&mut Vec<Value>, &Store)) -> Reply {
    let mut reply = store.answer(asked);
    if let (Some(Value::Array(items)), "GET") = (&mut reply.body, &*asked.method) {
        change(items, store);
    }
    reply
}

#[test]
fn silent_where_the_list_is_right() {
    let stage = Stage::new(BOARDS, Store::answer);
    for steps in [&TWO[..], &DELETED, &PAGES, &THREE, &[BOARD, LIST]] {
        stage.silent(&CHECK, steps);
    }
    assert_eq!(stage.occasion(&CHECK, &TWO), "never");
    assert_eq!(stage.occasion(&CHECK, &DELETED), "never");
}
