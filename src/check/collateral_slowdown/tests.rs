use super::super::stage::beside::{self, Served, stalled};
use super::*;

fn judge(served: Served) -> Option<Failure> {
    beside::judge(&CollateralSlowdown, stalled(500), served)
}

#[test]
fn others_that_are_slower_in_both_tests_warn() {
    let failure = judge(|_, is_slow, _| Some(if is_slow { 9 } else { 4 })).unwrap();
    assert_eq!((&*failure.at, failure.severity), ("s1", Severity::Warning));
    insta::assert_snapshot!(failure.why);
}

#[test]
fn silent_where_it_makes_little_difference() {
    assert_eq!(judge(|_, is_slow, _| Some(if is_slow { 7 } else { 4 })), None);
    assert_eq!(judge(|_, _, _| Some(4)), None);
}

#[test]
fn silent_where_one_of_the_tests_or_too_few_pairs_say_so() {
    // The second test begins with the 21st group.
    assert_eq!(judge(|_, is_slow, group| Some(if is_slow && group < 20 { 9 } else { 4 })), None);
    // One group of each test is served at once.
    let but_one =
        |_: &str, is_slow: bool, group: u32| Some(if is_slow && group % 20 > 1 { 9 } else { 4 });
    assert_eq!(judge(but_one), None);
}

#[test]
fn no_more_is_sent_once_a_pair_says_that_others_are_no_slower() {
    let slower: Served = |_, is_slow, group| Some(if is_slow && group < 8 { 9 } else { 4 });
    assert_eq!(beside::asked(&CollateralSlowdown, stalled(500), slower), 10);
    assert_eq!(beside::asked(&CollateralSlowdown, stalled(500), |_, _, _| None), 2);
    let always: Served = |_, is_slow, _| Some(if is_slow { 9 } else { 4 });
    assert_eq!(beside::asked(&CollateralSlowdown, stalled(500), always), 40);
}

#[test]
fn silent_where_others_are_not_answered() {
    assert_eq!(judge(|_, is_slow, _| (!is_slow).then_some(4)), None);
}
