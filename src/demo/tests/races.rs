//! Cases that end with calls at once, and what the checks of them mean, said once more without the checks.

use serde_json::Value;

use super::client::{Answer, Seen};
use super::conformance::Promises;
use super::history::{Stage, fresh};
use crate::demo::Running;

/// How calls end: their statuses, and the thing that they are about.
type End = (Vec<u16>, Option<Value>);

/// Whether a case ends with calls at once.
pub(super) fn is_race(steps: &[Value]) -> bool {
    steps.last().is_some_and(|step| step.get("together").is_some())
}

/// The checks that these steps fail.
pub(super) fn failures(shop: &Running, promises: &Promises, steps: &[Value]) -> Vec<&'static str> {
    let (group, before) = steps.split_last().unwrap();
    let members = group["together"].as_array().unwrap();
    let whole = |member: &Value| match member.get("same") {
        Some(same) => members.iter().find(|other| other["id"] == *same).unwrap().clone(),
        None => member.clone(),
    };
    let calls: Vec<Value> = members.iter().map(whole).collect();
    let stage = Stage::play(shop, before);
    let (answers, end) = play(&stage, &calls, None);
    let mut failures = Vec::new();
    for (call, answer) in calls.iter().zip(answers) {
        let operation = call["call"].as_str().unwrap();
        failures.extend(promises.failures(operation, &Seen::Answer(answer)));
    }
    let key = |call: &Value| call.pointer("/headers/Idempotency-Key").cloned();
    if key(&calls[0]).is_some() && key(&calls[0]) == key(&calls[1]) {
        let once = &calls[..1];
        if play(&Stage::play(shop, before), once, Some(&[0])).1.1 != end.1 {
            failures.push("duplicate_effect");
        }
        return failures;
    }
    let orders = [[0, 1], [1, 0]];
    let ends = orders.map(|order| play(&Stage::play(shop, before), &calls, Some(&order)).1);
    if !ends.contains(&end) {
        failures.push("serial_equivalence");
    }
    failures
}

/// Sends calls in this order, or at once.
fn play(stage: &Stage<'_>, calls: &[Value], order: Option<&[usize]>) -> (Vec<Answer>, End) {
    let fresh = fresh();
    let requests: Vec<Value> = calls.iter().map(|call| stage.resolve(call, fresh)).collect();
    let answers: Vec<Answer> = match order {
        Some(order) => {
            let mut answers: Vec<(usize, Answer)> =
                order.iter().map(|at| (*at, stage.send(&requests[*at]))).collect();
            answers.sort_by_key(|(at, _)| *at);
            answers.into_iter().map(|(_, answer)| answer).collect()
        }
        None => std::thread::scope(|scope| {
            let sent: Vec<_> =
                requests.iter().map(|request| scope.spawn(|| stage.send(request))).collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        }),
    };
    let statuses = answers.iter().map(|answer| answer.status).collect();
    (answers, (statuses, stage.thing()))
}
