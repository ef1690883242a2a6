use std::sync::atomic::{AtomicU32, Ordering};

use super::super::stage::races::{anew as stage, changes, made, of_board, together, twins};
use super::super::stage::{Asked, BOARDS, Reply, Stage, Store};
use super::*;
use crate::case::{Case, Exchange};
use crate::value::Value;

fn is_change(asked: &Asked) -> bool {
    asked.at_once && asked.method == "PUT"
}

/// Changes at once are written over what was there before either.
fn overwrites(store: &mut Store, asked: &Asked) -> Reply {
    if is_change(asked) {
        let board = store.find(&asked.path).unwrap();
        let id = board.body.get("id").cloned().unwrap();
        board.body = Value::object([("id".to_owned(), id), ("title".to_owned(), Value::text("a"))]);
    }
    store.answer(asked)
}

#[test]
fn a_change_that_is_lost_fails() {
    let failure = stage(overwrites).fails(&SerialEquivalence, &changes());
    assert_eq!((&*failure.at, &*failure.outcome), ("c2", "not_serial"));
    assert_eq!(
        failure.why,
        "2 calls of PUT /boards/{board} released together leave /title \"a\", not \"b\", as in no order; \
         what comes at once must end as if it had come one after the other"
    );
}

#[test]
fn changes_that_come_one_after_the_other_are_silent() {
    stage(Store::answer).silent(&SerialEquivalence, &changes());
    stage(Store::answer).silent(&SerialEquivalence, &twins());
}

/// Titles are unique.
fn once(store: &mut Store, asked: &Asked) -> Reply {
    let taken = |board: &Value| board.get("title") == asked.body.get("title");
    if asked.method == "POST" && store.within("/boards").iter().any(taken) {
        return Reply::empty(409);
    }
    store.answer(asked)
}

#[test]
fn two_that_both_win_fail() {
    let stage = stage(|store, asked| match &*asked.method {
        "POST" if asked.at_once => store.answer(asked),
        _ => once(store, asked),
    });
    let failure = stage.fails(&SerialEquivalence, &twins());
    assert_eq!(&*failure.at, "c1");
    assert!(
        failure.why.starts_with(
            "2 calls of POST /boards released together are answered 201 and 201, not 201 and 409,"
        ),
        "{}",
        failure.why
    );
    self::stage(once).silent(&SerialEquivalence, &twins());
}

#[test]
fn either_of_two_that_are_the_same_may_win() {
    // The second of two at once is the one that wins, and no id comes twice.
    static LAST: AtomicU32 = AtomicU32::new(0);
    let moody = |store: &mut Store, asked: &Asked| {
        if asked.method == "POST" && asked.at_once && store.asked == 1 {
            return Reply::empty(409);
        }
        let mut reply = once(store, asked);
        if let Some(Value::Object(members)) = &mut reply.body {
            members.set("id", Value::int(i128::from(LAST.fetch_add(1, Ordering::Relaxed))));
        }
        reply
    };
    let history = stage(moody).play(&twins());
    let statuses: Vec<_> = history.exchanges.iter().filter_map(Exchange::status).collect();
    assert_eq!(statuses, [409, 201]);
    stage(moody).silent(&SerialEquivalence, &twins());
}

#[test]
fn a_refusal_means_that_it_did_not_happen() {
    let stage = stage(|store, asked| {
        let refused = is_change(asked) && asked.body.get("text").is_some();
        if refused { Reply::empty(409) } else { store.answer(asked) }
    });
    stage.silent(&SerialEquivalence, &changes());
}

#[test]
fn a_refused_change_that_is_made_fails() {
    let stage = stage(|store, asked| {
        let reply = store.answer(asked);
        let refused = is_change(asked) && asked.body.get("text").is_some();
        if refused { Reply::empty(409) } else { reply }
    });
    let failure = stage.fails(&SerialEquivalence, &changes());
    assert!(failure.why.contains("released together"), "{}", failure.why);
}

#[test]
fn what_failed_or_differs_in_turn_says_nothing() {
    let fails = |store: &mut Store, asked: &Asked| {
        if is_change(asked) { Reply::empty(500) } else { overwrites(store, asked) }
    };
    stage(fails).silent(&SerialEquivalence, &changes());
    // The same order is answered otherwise the second time, when a while has gone by.
    let moody = |store: &mut Store, asked: &Asked| {
        let reply = overwrites(store, asked);
        let status = if store.asked > 43 { 202 } else { 200 };
        if asked.method == "PUT" { Reply { status, ..reply } } else { reply }
    };
    Stage::new(BOARDS, moody).silent(&SerialEquivalence, &changes());
}

#[test]
fn what_changes_by_itself_and_times_are_left_out() {
    let ticking = |store: &mut Store, asked: &Asked| {
        let mut reply = store.answer(asked);
        let at_once = u8::from(asked.at_once);
        if let Some(Value::Object(members)) = &mut reply.body {
            members.set("tick", Value::int(store.asked as i128));
            let time = format!("2025-01-01T00:00:0{at_once}Z");
            members.set("changed", Value::text(time));
        }
        reply
    };
    stage(ticking).silent(&SerialEquivalence, &changes());
}

#[test]
fn an_answer_to_a_write_may_tell_what_is_there_by_then() {
    let late = |store: &mut Store, asked: &Asked| {
        let mut reply = store.answer(asked);
        if is_change(asked)
            && let Some(Value::Object(members)) = &mut reply.body
        {
            members.set("title", Value::text("b"));
            members.set("text", Value::text("c"));
        }
        reply
    };
    stage(late).silent(&SerialEquivalence, &changes());
}

#[test]
fn what_the_history_did_not_make_is_left_alone() {
    let mut changed = changes();
    changed.steps.remove(0);
    for call in changed.calls_mut() {
        call.path = vec![("board".to_owned(), Value::text("1"))];
    }
    let stage = stage(Store::answer);
    assert_eq!(stage.occasion(&SerialEquivalence, &changed), "never");
    assert!(stage.follow_ups(&SerialEquivalence, &changed).is_empty());
    // Nor is there anything to see where nothing is written.
    let reads = ["c1", "c2"].map(|id| of_board(id, "GET /boards/{board}", ""));
    assert!(stage.follow_ups(&SerialEquivalence, &together(made(), reads.into())).is_empty());
}

#[test]
fn every_order_is_run_before_and_after_the_races() {
    let stage = stage(Store::answer);
    assert_eq!(stage.occasion(&SerialEquivalence, &changes()), "always");
    let cases = stage.follow_ups(&SerialEquivalence, &changes());
    let told: Vec<String> = cases
        .iter()
        .map(|case| {
            let steps = case.steps.iter().map(|step| {
                let calls: Vec<&str> = step.calls().iter().map(|call| &*call.id).collect();
                calls.join("+")
            });
            steps.filter(|step| step.contains('c')).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(told, ["c1 c2", "c2 c1", "c1", "c2", "c1+c2", "c1+c2", "c1+c2", "c1 c2", "c2 c1"]);
    assert!(cases.iter().all(|case| case.steps.last().unwrap().id() == "look3"));
}

/// Four changes of one board at once, of three members.
fn many(last: &str) -> Case {
    let change = |id, body| of_board(id, "PUT /boards/{board}", body);
    let calls = [
        change("c1", r#"{"title":"b"}"#),
        change("c2", r#"{"text":"c"}"#),
        change("c3", r#"{"mark":"d"}"#),
        change("c4", last),
    ];
    together(made(), calls.into())
}

/// A change sets the members that it has; at once it sets the title alone.
fn merges(store: &mut Store, asked: &Asked, all: bool) -> Reply {
    if asked.method != "PUT" {
        return store.answer(asked);
    }
    let board = store.find(&asked.path).unwrap();
    if let (Value::Object(own), Some(given)) = (&mut board.body, asked.body.as_object()) {
        for (name, value) in given.iter().filter(|(name, _)| all || *name == "title") {
            own.set(&*name.lossy(), (*value).clone());
        }
    }
    Reply::empty(200)
}

#[test]
fn what_all_of_a_sample_of_many_orders_leave_counts() {
    let stage = stage(|store, asked| merges(store, asked, !asked.at_once));
    let failure = stage.fails(&SerialEquivalence, &many(r#"{"note":"e"}"#));
    assert!(
        failure.why.contains("leave /mark nothing, not \"d\", as in no order"),
        "{}",
        failure.why
    );
}

#[test]
fn what_the_orders_of_many_calls_do_not_agree_on_is_silent() {
    let healthy = stage(|store, asked| merges(store, asked, true));
    healthy.silent(&SerialEquivalence, &many(r#"{"note":"e"}"#));
    // The last one wins: which that is, no sample of the orders says.
    let lossy = stage(|store, asked| {
        let wins = |title: &Value| *title == Value::text("z");
        let title = asked.body.get("title").filter(|_| asked.at_once && asked.method == "PUT");
        if title.is_some_and(|title| !wins(title)) {
            return Reply::empty(200);
        }
        merges(store, asked, true)
    });
    lossy.silent(&SerialEquivalence, &many(r#"{"title":"z"}"#));
}
