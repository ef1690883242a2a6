//! `hang`: the service answers in a time like its usual one.

use std::sync::Arc;
use std::time::Duration;

use super::control::{self, Health};
use super::latency::waited;
use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, framing, media};
use crate::case::{Ending, Exchange, History, Label, Outcome};
use crate::value::{Text, Value};
use crate::wire::deviation::is_hurried;
use crate::wire::grpc;

/// The service answers in a time like its usual one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hang;

const NAME: &str = "hang";

/// How many times the usual time must have passed.
const FACTOR: u32 = 5;

/// Words in the names of parameters by which a caller asks the service to wait.
const WAITING: [&str; 18] = [
    "wait",
    "waiting",
    "timeout",
    "delay",
    "duration",
    "sleep",
    "poll",
    "polling",
    "watch",
    "follow",
    "tail",
    "blocking",
    "stream",
    "hold",
    "seconds",
    "interval",
    "keepalive",
    "deadline",
];

impl Check for Hang {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &Label::ALL
    }

    fn needs(&self) -> &'static str {
        "three control calls on fresh connections, and how long answers usually take"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

The service answers within the timeout, when the same operation usually does so at least five times
faster and three control calls, each on a fresh connection, are answered at once. So it is this input,
not a slow network or a busy service. An answer that announces its length and stops in mid-body counts
as well.

## When it is silent

- One of the controls is not answered, or none is known: then nothing can be said.
- The operation was never answered in this run, or its answers usually take a fifth of the timeout or
  more: slow is not stuck. Delays injected on purpose are subtracted.
- Event streams and other answers without an end, declared or observed.
- Calls that ask the service to wait, by a parameter, a header or a path (`wait`, `timeout`, `delay`,
  `watch`, `Prefer: wait`, …).
- The framing was broken or the request was cut on purpose: the service may wait for the rest.

## How to mend the service

Take a thread dump or a profile while it hangs. Typical causes: a regular expression that backtracks, a
loop over a range that the input gives, a lock that a failed path never releases, a query without a
bound. Bound the input, or the work.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        if suspects(view).next().is_some() { Occasion::Always } else { Occasion::Never }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        if suspects(view).next().is_some() { control::ask(view) } else { Vec::new() }
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        if control::health(further) != Health::Served {
            return Vec::new();
        }
        let slowest = control::exchanges(further).map(waited).max().unwrap_or_default();
        suspects(view)
            .filter(|seen| waited(seen.exchange) >= slowest * FACTOR)
            .map(|seen| {
                let stuck = seen.answer().is_some_and(|answer| grpc::status(answer).is_none());
                let (outcome, what) = if stuck {
                    ("body_timeout", "stops in the middle of its answer for")
                } else {
                    ("timeout", "gives no answer for")
                };
                let why = format!(
                    "{} {what} {:.1} s while control calls are answered within {} ms",
                    seen.title(),
                    waited(seen.exchange).as_secs_f64(),
                    // Rounded up: "within" is never a lie.
                    slowest.as_nanos().div_ceil(1_000_000).max(1),
                );
                Failure::new(NAME, seen, Severity::Error, outcome, why).wanting(["2XX", "4XX"])
            })
            .collect()
    }
}

/// Exchanges that ended by our timeout for no reason that the call or the document gives.
fn suspects<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Seen<'v>> {
    view.seen().iter().filter(move |seen| {
        is_overdue(seen.exchange)
            && !is_hurried(seen.call)
            && !streams(seen)
            && framing::is_sound(seen)
            && !is_stream(seen)
            && !asks_to_wait(seen)
            && is_unusual(view, seen)
    })
}

/// Whether it is a call of gRPC that takes a stream, which `stream_deadlock` looks at, or gives one, which may
/// go on for ever.
fn streams(seen: &Seen<'_>) -> bool {
    let rpc = seen.operation.and_then(|operation| operation.rpc.as_ref());
    rpc.is_some_and(|rpc| rpc.streams_in || rpc.streams_out)
}

/// Whether an exchange ended by our timeout, or by the deadline that we told a service of gRPC.
pub(super) fn is_overdue(exchange: &Exchange) -> bool {
    match &exchange.outcome {
        // 102 and 103 say that the service is at work (RFC 2518, section 10.1; RFC 8297).
        Outcome::TimedOut { received } => {
            exchange.times.sent.is_some() && !received.starts_with(b"HTTP/1.1 10")
        }
        Outcome::Answered(answer) => {
            let is_late = grpc::status(answer).zip(grpc::deadline(exchange)).is_some_and(
                |(status, deadline)| {
                    matches!(status.code.name(), Some("DEADLINE_EXCEEDED" | "CANCELLED"))
                        && waited(exchange) >= deadline
                },
            );
            let is_rpc = grpc::is_method(&exchange.operation);
            is_late
                || answer.ending == Ending::TimedOut
                    && (is_rpc || answer.header("content-length").is_some())
        }
        _ => false,
    }
}

fn is_unusual(view: &View<'_>, seen: &Seen<'_>) -> bool {
    let latency = &view.surroundings.latency;
    match latency.p99(seen.name()) {
        Some(usual) => waited(seen.exchange) >= usual.max(Duration::from_millis(1)) * FACTOR,
        // A replay has learned nothing: the controls alone decide.
        None => latency.is_empty(),
    }
}

fn is_stream(seen: &Seen<'_>) -> bool {
    let observed = seen.answer().and_then(|a| a.header("content-type")).map(media::essence);
    let asked = seen.exchange.sent.headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("accept")
            && header
                .text()
                .is_some_and(|text| text.split(',').any(|m| media::is_stream(media::essence(m))))
    });
    asked
        || observed.is_some_and(media::is_stream)
        || seen.operation.is_some_and(|operation| {
            let contents = operation.responses.by_status.iter().flat_map(|(_, r)| &r.contents);
            contents
                .map(|content| content.media_type.as_str())
                .chain(operation.produces.iter().map(String::as_str))
                .any(|media| media::is_stream(media::essence(media)))
        })
}

fn asks_to_wait(seen: &Seen<'_>) -> bool {
    let call = seen.call;
    let named = |name: &str| words(name).any(|word| WAITING.contains(&&*word));
    let path = call.operation.split(' ').nth(1).unwrap_or_default();
    path.split('/').any(named)
        || [&call.path, &call.query, &call.headers]
            .iter()
            .flat_map(|values| values.iter())
            .any(|(name, _)| named(name))
        || call.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("prefer")
                && value.as_text().map(Text::lossy).is_some_and(|text| text.contains("wait"))
        })
        || call
            .body
            .as_ref()
            .and_then(|b| b.value())
            .and_then(Value::as_object)
            .is_some_and(|object| object.keys().any(|key| key.as_str().is_some_and(named)))
}

/// The words of a name in lower case: `waitFor_ms` is `wait`, `for`, `ms`.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut before_small = false;
    for character in name.chars() {
        let hump = character.is_uppercase() && before_small;
        if hump || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && character.is_alphanumeric()
        {
            word.extend(character.to_lowercase());
        }
        before_small = character.is_lowercase();
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, Said, failures, operation, service};
    use super::super::{Latency, Surroundings};
    use super::*;
    use crate::case::{Deviation, Perturbation, Position};
    use crate::spec::{Location, Operation};

    fn search() -> Operation {
        operation("GET /search").takes(Location::Query, "q", false, "{}").answers("200", &[])
    }

    fn stuck() -> Said {
        Said::timed_out("GET /search", 1000)
    }

    fn control(millis: u64) -> Said {
        Said::answer("GET /health", 200).taking(millis)
    }

    fn judge(
        operation: &Operation,
        latency: Latency,
        said: Said,
        controls: &[Said],
    ) -> Vec<Failure> {
        let surroundings = Surroundings { latency: Arc::new(latency), ..Surroundings::default() };
        failures(&Hang, &service(vec![operation.clone()]), &surroundings, &[said], controls)
    }

    fn plainly(operation: &Operation, said: Said) -> Vec<Failure> {
        judge(operation, Latency::default(), said, &[control(2), control(3), control(4)])
    }

    fn learned(name: &str, millis: u64) -> Latency {
        let mut latency = Latency::default();
        for _ in 0..20 {
            let said = Said::answer(name, 200).taking(millis);
            if let Some(took) = Latency::sample(&said.exchange) {
                latency.record(name, took);
            }
        }
        latency
    }

    #[test]
    fn no_answer_while_controls_are_answered_fails_under_every_label() {
        for label in Label::ALL {
            let found = plainly(&search(), stuck().label(label));
            assert_eq!(found.len(), 1, "{label:?}");
            assert_eq!(
                found[0].why,
                "GET /search gives no answer for 1.0 s while control calls are answered within 4 ms"
            );
        }
    }

    #[test]
    fn controls_faster_than_a_millisecond_are_not_told_as_none() {
        let fast = control(0).exchange(|e| e.times.end = Duration::from_micros(90));
        let found = judge(&search(), Latency::default(), stuck(), &vec![fast; 3]);
        assert!(found[0].why.ends_with(" within 1 ms"), "{}", found[0].why);
    }

    #[test]
    fn it_asks_for_three_controls_on_fresh_connections() {
        let case = crate::case::Case::of("shop", control(0).call);
        let surroundings =
            Surroundings { control: Some(Arc::new(case)), ..Surroundings::default() };
        let service = service(vec![search()]);
        let asked = |said: Said| {
            let history = super::super::fixture::history(&[said]);
            let view = View::new(&service, &history, &surroundings);
            Hang.follow_ups(&view)
        };
        let further = asked(stuck());
        assert!(further.len() == 3 && further.iter().all(|f| f.fresh_connection));
        assert!(asked(Said::answer("GET /search", 200)).is_empty());
    }

    #[test]
    fn silent_without_three_answered_controls() {
        let dead = Said::timed_out("GET /health", 1000);
        for controls in [vec![], vec![control(2); 2], vec![control(2), control(2), dead]] {
            assert_eq!(judge(&search(), Latency::default(), stuck(), &controls), []);
        }
    }

    #[test]
    fn silent_when_the_controls_are_slow_too() {
        let found = judge(&search(), Latency::default(), stuck(), &vec![control(250); 3]);
        assert_eq!(found, []);
    }

    #[test]
    fn silent_where_the_operation_is_usually_slow_or_never_answered() {
        let controls = vec![control(2); 3];
        assert_eq!(judge(&search(), learned("GET /search", 10), stuck(), &controls).len(), 1);
        assert_eq!(judge(&search(), learned("GET /search", 300), stuck(), &controls), []);
        assert_eq!(judge(&search(), learned("GET /other", 10), stuck(), &controls), []);
    }

    #[test]
    fn injected_delay_before_the_last_byte_is_subtracted() {
        let said = stuck().exchange(|e| e.times.sent = Some(Duration::from_millis(990)));
        assert_eq!(plainly(&search(), said), []);
    }

    #[test]
    fn silent_for_event_streams_declared_asked_for_or_observed() {
        let declared = search().answers("200", &[("text/event-stream", None)]);
        assert_eq!(plainly(&declared, stuck()), []);
        assert_eq!(plainly(&search(), stuck().sending("Accept", "text/event-stream")), []);
        let observed = Said::answer("GET /search", 200)
            .header("content-type", "text/event-stream; charset=utf-8")
            .header("content-length", "10")
            .ending(Ending::TimedOut)
            .taking(1000);
        assert_eq!(plainly(&search(), observed), []);
    }

    #[test]
    fn a_body_of_announced_length_that_stops_fails_and_one_without_end_does_not() {
        let endless = Said::answer("GET /search", 200).ending(Ending::TimedOut).taking(1000);
        assert_eq!(plainly(&search(), endless.clone()), []);
        let found = plainly(&search(), endless.header("content-length", "10"));
        assert_eq!(found[0].outcome, "body_timeout");
    }

    #[test]
    fn silent_for_calls_that_ask_to_wait() {
        let waits = stuck().call(|c| c.query.push(("waitSeconds".to_owned(), 60.into())));
        assert_eq!(plainly(&search(), waits), []);
        let prefers = stuck().call(|c| c.headers.push(("Prefer".to_owned(), "wait=60".into())));
        assert_eq!(plainly(&search(), prefers), []);
        let said = Said::timed_out("GET /delay/{n}", 1000);
        assert_eq!(plainly(&operation("GET /delay/{n}"), said), []);
        assert_eq!(plainly(&search(), stuck().sending_json(r#"{"timeout":60}"#)), []);
    }

    #[test]
    fn names_that_only_sound_like_waiting_ask_for_nothing() {
        for name in ["block", "details", "threshold", "pollution_index"] {
            let said = stuck().call(|c| c.query.push((name.to_owned(), 60.into())));
            assert_eq!(plainly(&search(), said).len(), 1, "{name}");
        }
    }

    #[test]
    fn silent_where_the_service_may_wait_for_the_rest_of_the_request() {
        let cut = Perturbation::HalfClose(Position::Headers);
        assert_eq!(plainly(&search(), stuck().call(|c| c.perturb.push(cut))), []);
        let framed = stuck().label(Label::Malformed).call(|call| {
            call.deviations = vec![Deviation::wire("content_length")];
        });
        assert_eq!(plainly(&search(), framed), []);
        assert_eq!(plainly(&search(), stuck().exchange(|e| e.times.sent = None)), []);
    }

    #[test]
    fn silent_while_the_service_says_that_it_is_at_work() {
        let received = bytes::Bytes::from_static(b"HTTP/1.1 102 Processing\r\n\r\n");
        let said = stuck().outcome(Outcome::TimedOut { received });
        assert_eq!(plainly(&search(), said), []);
    }
}
