//! Calls beside one that is slow to come in.

use std::sync::Arc;
use std::time::Duration;

use super::super::fixture::{Said, history, operation, service};
use super::super::{Check, Failure, Surroundings, View};
use crate::case::{Call, Case, Exchange, History, Outcome, Perturbation, Position, Times};

const MS: Duration = Duration::from_millis(1);

/// When a call of a group is answered: how many milliseconds after it is sent, where it is. The last
/// number is that of the group.
pub(in crate::check) type Served = fn(id: &str, is_slow: bool, group: u32) -> Option<u32>;

/// A call that is stalled before its body.
pub(in crate::check) fn stalled(pause: u32) -> Said {
    let stall = Perturbation::Stall { at: Position::Headers, pause: pause * MS };
    Said::answer("PUT /notes", 200).sending_json("{}").call(|call| call.perturb.push(stall))
}

/// A follow-up as a service that serves so would answer it.
fn played(case: &Case, slow: &str, served: Served, group: u32) -> History {
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
            let own = if call.id == slow { Some(1) } else { served(&call.id, is_slow, group) };
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

/// What a check finds after a stalled call, its follow-ups served so.
pub(in crate::check) fn judge(check: &dyn Check, said: Said, served: Served) -> Option<Failure> {
    after(said, |view| {
        let further = check.follow_ups(view).into_iter().zip(0..);
        let further = further.map(|(one, group)| Arc::new(played(&one.case, "s1", served, group)));
        check.judge(view, &further.collect::<Vec<_>>()).pop()
    })
}

/// How many follow-ups a check sends before it is clear that nothing is wrong, or in all.
pub(in crate::check) fn asked(check: &dyn Check, said: Said, served: Served) -> usize {
    after(said, |view| {
        let mut further = Vec::new();
        for (one, group) in check.follow_ups(view).into_iter().zip(0..) {
            further.push(Arc::new(played(&one.case, "s1", served, group)));
            if check.is_clear(view, &further) {
                assert!(check.judge(view, &further).is_empty());
                break;
            }
        }
        further.len()
    })
}

/// What is said of a call in a service that has a control call.
fn after<T>(said: Said, told: impl FnOnce(&View<'_>) -> T) -> T {
    let service = service(vec![operation("PUT /notes"), operation("GET /health")]);
    let call = Call { operation: "GET /health".to_owned(), ..Call::default() };
    let control = Some(Arc::new(Case::of("shop", call)));
    let surroundings = Surroundings { control, ..Surroundings::default() };
    let history = history(&[said]);
    told(&View::new(&service, &history, &surroundings))
}
