use super::super::Surroundings;
use super::super::fixture::{Said, history, operation, service};
use super::*;
use crate::case::{Exchange, Times};

const MS: Duration = Duration::from_millis(1);

/// When a call is answered: how long after it is sent, where it is.
type Served = fn(id: &str, is_slow: bool) -> Option<u32>;

fn stalled(pause: u32) -> Said {
    let stall = Perturbation::Stall { at: Position::Headers, pause: pause * MS };
    Said::answer("PUT /notes", 200).sending_json("{}").call(|call| call.perturb.push(stall))
}

/// A follow-up as a service that serves so would answer it.
fn played(case: &Case, slow: &str, served: Served) -> History {
    let silence = |call: &Call| {
        let stall = call.perturb.iter().find_map(|bend| match bend {
            Perturbation::Stall { pause, .. } => Some(*pause),
            _ => None,
        });
        stall.unwrap_or_default()
    };
    let is_slow = case.calls().any(|call| !silence(call).is_zero());
    let exchange = |call: &Call| -> Exchange {
        let begin = call.skew.unwrap_or_default();
        let sent = silence(call);
        let said = Said::answer(&call.operation, 200).exchange(|exchange| {
            exchange.call.clone_from(&call.id);
            let times = |end| Times {
                begin,
                sent: Some(sent),
                first_byte: Some(end),
                end,
                ..Times::default()
            };
            let own = if call.id == slow { Some(1) } else { served(&call.id, is_slow) };
            match own {
                Some(millis) => exchange.times = times(sent + millis * MS),
                None => {
                    exchange.outcome = Outcome::TimedOut { received: bytes::Bytes::new() };
                    exchange.times = Times { first_byte: None, ..times(5_000 * MS) };
                }
            }
        });
        said.exchange
    };
    let exchanges = case.calls().map(exchange).collect();
    History { case: Arc::new(case.clone()), exchanges, unfinished: None }
}

fn judge(said: Said, served: Served) -> Option<Failure> {
    let service = service(vec![operation("PUT /notes"), operation("GET /health")]);
    let call = Call { operation: "GET /health".to_owned(), ..Call::default() };
    let control = Some(Arc::new(Case::of("shop", call)));
    let surroundings = Surroundings { control, ..Surroundings::default() };
    let history = history(&[said]);
    let view = View::new(&service, &history, &surroundings);
    let further = BlockedBySlowClient.follow_ups(&view).into_iter();
    let further: Vec<_> =
        further.map(|follow_up| Arc::new(played(&follow_up.case, "s1", served))).collect();
    BlockedBySlowClient.judge(&view, &further).pop()
}

/// Who else is served only when the slow one is done.
const ALIKE: Served = |id, is_slow| Some(if is_slow && id == SAME { 400 } else { 3 });

#[test]
fn a_call_that_waits_for_the_slow_client_fails() {
    let failure = judge(stalled(500), ALIKE).unwrap();
    assert_eq!((&*failure.at, &*failure.outcome), ("s1", "same"));
    insta::assert_snapshot!(failure.why);
}

#[test]
fn a_control_call_that_waits_says_more() {
    let all = |_: &str, is_slow: bool| Some(if is_slow { 400 } else { 3 });
    assert_eq!(judge(stalled(500), all).unwrap().outcome, "everyone");
    let never = |_: &str, is_slow: bool| (!is_slow).then_some(3);
    assert_eq!(judge(stalled(500), never).unwrap().outcome, "everyone");
}

#[test]
fn silent_where_others_are_served_meanwhile() {
    let busy = |_: &str, is_slow: bool| Some(if is_slow { 300 } else { 3 });
    assert!(judge(stalled(500), busy).is_none());
    let at_once = |_: &str, _: bool| Some(3);
    assert!(judge(stalled(500), at_once).is_none());
}

#[test]
fn silent_where_they_are_slow_anyhow() {
    let slow = |_: &str, _: bool| Some(400);
    assert!(judge(stalled(500), slow).is_none());
    let never = |_: &str, _: bool| None;
    assert!(judge(stalled(500), never).is_none());
}

#[test]
fn silent_for_short_silences_calls_without_a_body_and_calls_that_are_not_slow() {
    assert!(judge(stalled(200), ALIKE).is_none());
    assert!(judge(stalled(500).call(|call| call.body = None), ALIKE).is_none());
    assert!(judge(Said::answer("PUT /notes", 200).sending_json("{}"), ALIKE).is_none());
}
