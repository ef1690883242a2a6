use super::super::stage::beside::{self, Served, stalled};
use super::*;
use crate::check::fixture::Said;

fn judge(said: Said, served: Served) -> Option<Failure> {
    beside::judge(&BlockedBySlowClient, said, served)
}

/// Who else is served only when the slow one is done.
const ALIKE: Served = |id, is_slow, _| Some(if is_slow && id == SAME { 400 } else { 3 });

#[test]
fn a_call_that_waits_for_the_slow_client_fails() {
    let failure = judge(stalled(500), ALIKE).unwrap();
    assert_eq!((&*failure.at, &*failure.outcome), ("s1", "same"));
    insta::assert_snapshot!(failure.why);
}

#[test]
fn a_control_call_that_waits_says_more() {
    let all = |_: &str, is_slow: bool, _: u32| Some(if is_slow { 400 } else { 3 });
    assert_eq!(judge(stalled(500), all).unwrap().outcome, "everyone");
    let never = |_: &str, is_slow: bool, _: u32| (!is_slow).then_some(3);
    assert_eq!(judge(stalled(500), never).unwrap().outcome, "everyone");
}

#[test]
fn no_more_is_sent_once_one_is_served_meanwhile_or_slow_anyhow() {
    let asked = |served| beside::asked(&BlockedBySlowClient, stalled(500), served);
    assert_eq!(asked(ALIKE), 4);
    assert_eq!(asked(|_, _, _| Some(3)), 1);
    assert_eq!(asked(|_, _, _| Some(400)), 2);
    assert_eq!(
        asked(|id, is_slow, group| Some(if group < 2 { ALIKE(id, is_slow, group)? } else { 3 })),
        3
    );
}

#[test]
fn silent_where_others_are_served_meanwhile() {
    let busy = |_: &str, is_slow: bool, _: u32| Some(if is_slow { 300 } else { 3 });
    assert!(judge(stalled(500), busy).is_none());
    let at_once = |_: &str, _: bool, _: u32| Some(3);
    assert!(judge(stalled(500), at_once).is_none());
}

#[test]
fn silent_where_they_are_slow_anyhow() {
    let slow = |_: &str, _: bool, _: u32| Some(400);
    assert!(judge(stalled(500), slow).is_none());
    let never = |_: &str, _: bool, _: u32| None;
    assert!(judge(stalled(500), never).is_none());
}

#[test]
fn silent_for_short_silences_calls_without_a_body_and_calls_that_are_not_slow() {
    assert!(judge(stalled(200), ALIKE).is_none());
    assert!(judge(stalled(500).call(|call| call.body = None), ALIKE).is_none());
    assert!(judge(Said::answer("PUT /notes", 200).sending_json("{}"), ALIKE).is_none());
}
