//! Where a call may be sent: how far what is done to it on purpose may disturb others.

use super::deviation::{Danger, Rule, find};
use crate::case::{Body, Call, Deviation, Message, Perturbation, Position};
use crate::spec::is_safe_method;

/// So many messages of a stream are none too many for a service that others use, too.
const MOST_MESSAGES: usize = 20;

/// What is done to a call on purpose, by name, each with its danger.
pub fn of_call(call: &Call) -> impl Iterator<Item = (&'static str, Danger)> {
    let deviations = call.deviations.iter().filter_map(|deviation| {
        let rule = deviation.rule.as_str().and_then(find)?;
        Some((rule.name, of_deviation(rule, deviation)))
    });
    deviations.chain([("timing", of_timing(call))])
}

/// The danger of a deviation by a rule: a method that changes things does so whatever it is called.
pub fn of_deviation(rule: &Rule, deviation: &Deviation) -> Danger {
    let changes = rule.name == "undocumented_method"
        && rule.text(deviation, "method").is_none_or(|method| !is_safe_method(&method));
    if changes { Danger::Remote } else { rule.danger }
}

/// What holds a connection for long: a slow head, slow writing or reading, several stalls.
fn of_timing(call: &Call) -> Danger {
    let perturb = &call.perturb;
    let messages =
        if let Some(Body::Messages(messages)) = &call.body { &messages[..] } else { &[] };
    let waits = messages.iter().filter(|message| matches!(message, Message::Wait(_))).count();
    let stalls = perturb.iter().filter(|bend| bend.is_silence()).count() + waits;
    // Without a body, what lacks its last octet is a head.
    let in_head = |at: &Position| match at {
        Position::Headers => true,
        Position::BeforeLastByte => call.body.is_none(),
        _ => false,
    };
    let slow = perturb.iter().any(|bend| match bend {
        Perturbation::Slice { .. } | Perturbation::Read { .. } => true,
        Perturbation::Stall { at, .. } | Perturbation::Hold { at, .. } => in_head(at),
        _ => false,
    });
    if slow || stalls > 1 || messages.len() > MOST_MESSAGES { Danger::Remote } else { Danger::Safe }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn of(deviations: Vec<Deviation>, perturb: Vec<Perturbation>) -> Danger {
        let call = Call { deviations, perturb, ..Call::default() };
        of_call(&call).map(|(_, danger)| danger).max().unwrap()
    }

    fn method(method: &str) -> Deviation {
        let with = vec![("method".to_owned(), method.into())];
        Deviation { with, ..Deviation::wire("undocumented_method") }
    }

    #[test]
    fn the_worst_deviation_counts() {
        let minimum = || Deviation::schema("minimum", "json/qty");
        assert_eq!(of(vec![minimum()], vec![]), Danger::Safe);
        assert_eq!(of(vec![minimum(), Deviation::wire("two_hosts")], vec![]), Danger::Remote);
        assert_eq!(of(vec![method("TRACE")], vec![]), Danger::Safe);
        // The simplest method is one that changes things.
        for changes in [method("DELETE"), Deviation::wire("undocumented_method")] {
            assert_eq!(of(vec![changes], vec![]), Danger::Remote);
        }
    }

    #[test]
    fn what_holds_connections_is_disruptive() {
        let stall = |at| Perturbation::Stall { at, pause: Duration::from_secs(1) };
        assert_eq!(of(vec![], vec![stall(Position::Body(1))]), Danger::Safe);
        assert_eq!(of(vec![], vec![stall(Position::BeforeLastByte)]), Danger::Remote);
        let until = "s2".to_owned();
        let hold = |at| Perturbation::Hold { at, until: until.clone() };
        assert_eq!(of(vec![], vec![hold(Position::Body(1))]), Danger::Safe);
        assert_eq!(of(vec![], vec![hold(Position::BeforeLastByte)]), Danger::Remote);
        assert_eq!(of(vec![], vec![stall(Position::Headers)]), Danger::Remote);
        let twice = vec![stall(Position::Body(1)), stall(Position::Body(2))];
        assert_eq!(of(vec![], twice), Danger::Remote);
        let stream = |messages| {
            let call = Call { body: Some(Body::Messages(messages)), ..Call::default() };
            of_call(&call).map(|(_, danger)| danger).max().unwrap()
        };
        let wait = || Message::Wait(Duration::from_millis(500));
        assert_eq!(stream(vec![wait(), Message::HalfClose]), Danger::Safe);
        assert_eq!(stream(vec![wait(), wait()]), Danger::Remote);
        assert_eq!(stream(vec![Message::HalfClose; 21]), Danger::Remote);
        let slow = Perturbation::Read { size: 1, gap: Duration::from_millis(10) };
        assert_eq!(of(vec![], vec![slow]), Danger::Remote);
    }
}
