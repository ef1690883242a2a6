//! `connection_dropped`: a sound request gets an answer.

use std::sync::Arc;

use super::{Check, Failure, FollowUp, Occasion, Seen, Severity, View, framing, wording};
use crate::case::{Ending, History, Label, Outcome};

/// A sound request gets an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectionDropped;

const NAME: &str = "connection_dropped";

/// A larger request may be refused, and the refusal lost to a reset while it is still going out.
const MAX_BODY: usize = 64 << 10;
const MAX_HEAD: usize = 8 << 10;

impl Check for ConnectionDropped {
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
        "the same case on a fresh connection, where the connection was a reused one"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A request that is framed as HTTP asks is answered. Closing the connection without one byte is what a
crashed worker, a panic without a handler or a failed assertion looks like from outside. It counts for
valid, invalid and malformed bodies alike, and only if it happens again on a fresh connection. An
interim answer (1xx, RFC 9110, section 15.2) and then the end is no answer either: a final one has to
follow.

An answer to a valid call that ends before its own framing says so, or that is no HTTP, is a warning.

## When it is silent

- The connection was a reused one, and a fresh one gets an answer: services may close idle connections.
- The framing itself was broken (wrong lengths, bad chunks, forbidden octets in headers; metadata
  and frames that gRPC makes no sense of): closing, or a reset, is a legal answer to that.
- The request was cut, reset or abandoned on purpose, or did not go out in whole.
- A head of more than 8 KiB, which a server need not read; a body of more than 64 KiB that ends in a
  reset: the service may have refused it early, and the refusal was lost.
- Some octets of a final answer came.

## How to mend the service

Look for a panic, a killed worker or a fatal signal at that moment. Give the worker a handler of last
resort that answers 500, then mend the fault behind it.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        if suspects(view).any(|seen| !seen.exchange.fresh_connection) {
            Occasion::Always
        } else {
            Occasion::Never
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        if self.occasion(view) == Occasion::Never {
            return Vec::new();
        }
        vec![FollowUp { case: (*view.history.case).clone(), fresh_connection: true }]
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let repeated = |seen: &Seen<'_>| {
            seen.exchange.fresh_connection
                || further
                    .first()
                    .and_then(|again| again.exchange(&seen.exchange.call))
                    .is_some_and(|again| {
                        matches!(again.outcome, Outcome::Dropped { .. }) && again.fresh_connection
                    })
        };
        let dropped = suspects(view).filter(|seen| repeated(seen)).map(|seen| {
            let how = if matches!(seen.exchange.outcome, Outcome::Dropped { reset: true, .. }) {
                "resets"
            } else {
                "closes"
            };
            let (outcome, why) = match interim(&seen.exchange.outcome) {
                [] => {
                    let why = "without a byte of an answer; any answer is better than none";
                    ("dropped", format!("{}: the service {how} the connection {why}", seen.title()))
                }
                statuses => {
                    let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
                    let why = format!(
                        "{} answers only with an interim {} and {how} the connection; RFC 9110, \
                         section 15.2 asks for a final answer",
                        seen.title(),
                        wording::list(&statuses)
                    );
                    ("interim", why)
                }
            };
            Failure::new(NAME, seen, Severity::Error, outcome, why).wanting(["2XX", "4XX"])
        });
        dropped.chain(view.seen().iter().filter_map(broken)).collect()
    }
}

/// The interim answers before the end of the connection.
fn interim(outcome: &Outcome) -> &[u16] {
    if let Outcome::Dropped { interim, .. } = outcome { interim } else { &[] }
}

/// Whether nothing of a final answer came: not a byte, or interim heads that are whole.
fn is_silent(received: &[u8], interim: &[u16]) -> bool {
    let whole = received.ends_with(b"\n\r\n") || received.ends_with(b"\n\n");
    received.is_empty() || !interim.is_empty() && whole
}

/// Sound requests whose connection ended without a byte of a final answer.
fn suspects<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Seen<'v>> {
    view.seen().iter().filter(|seen| {
        let Outcome::Dropped { received, interim, reset, .. } = &seen.exchange.outcome else {
            return false;
        };
        is_silent(received, interim)
            && seen.exchange.times.sent.is_some()
            && !is_head_large(seen)
            && !(*reset && seen.exchange.sent.body.len() > MAX_BODY)
            && framing::is_sound(seen)
            && !seen.is_slow()
    })
}

/// Whether the head is longer than a server needs to read (RFC 9112, section 3 asks for 8000 octets of
/// a request line): many close without a word then.
fn is_head_large(seen: &Seen<'_>) -> bool {
    let sent = &seen.exchange.sent;
    let head: usize = sent.headers.iter().map(|h| h.name.len() + h.value.len() + 4).sum();
    sent.target.len() + head > MAX_HEAD
}

/// An answer to a valid call that breaks its own framing, or is none.
fn broken(seen: &Seen<'_>) -> Option<Failure> {
    let exchange = seen.exchange;
    if exchange.label != Label::Valid
        || !exchange.fresh_connection
        || !framing::is_sound(seen)
        || seen.is_slow()
    {
        return None;
    }
    let (outcome, why) = match &exchange.outcome {
        Outcome::Garbage { reason, .. } => {
            ("garbage", format!("{}: what comes back is no HTTP: {reason}", seen.title()))
        }
        Outcome::Answered(answer)
            if answer.ending == Ending::Truncated
                && answer.status < 400
                && !answer.early
                && seen.may_have_body() =>
        {
            let why = format!(
                "{} answers {} and ends the connection in the middle of the body",
                seen.title(),
                answer.status
            );
            ("cut_short", why)
        }
        _ => return None,
    };
    Some(Failure::new(NAME, seen, Severity::Warning, outcome, why).wanting(["2XX", "4XX"]))
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Said, fails, failures, operation, service, silent};
    use super::*;
    use crate::case::{Deviation, Perturbation, Position};
    use crate::spec::Operation;

    fn alerts() -> Operation {
        operation("POST /alerts")
    }

    fn dropped() -> Said {
        Said::dropped("POST /alerts")
    }

    fn reset() -> Said {
        let received = bytes::Bytes::new();
        let interim = Vec::new();
        dropped().outcome(Outcome::Dropped { received, interim, reset: true, code: None })
    }

    #[test]
    fn no_byte_on_a_fresh_connection_fails_under_every_label() {
        for label in Label::ALL {
            let failure = fails(&ConnectionDropped, &alerts(), dropped().label(label));
            assert_eq!((failure.severity, failure.outcome.as_str()), (Severity::Error, "dropped"));
        }
        fails(&ConnectionDropped, &alerts(), reset());
    }

    #[test]
    fn a_malformed_body_in_sound_framing_must_be_answered() {
        let said = dropped().label(Label::Malformed).call(|call| {
            call.deviations = vec![Deviation::wire("trailing_comma")];
        });
        fails(&ConnectionDropped, &alerts(), said);
    }

    #[test]
    fn a_reused_connection_asks_for_a_fresh_one_and_is_silent_without() {
        let pooled = dropped().exchange(|e| e.fresh_connection = false);
        silent(&ConnectionDropped, &alerts(), pooled.clone());
        let service = service(vec![alerts()]);
        let surroundings = Surroundings::default();
        let history = super::super::fixture::history(std::slice::from_ref(&pooled));
        let view = View::new(&service, &history, &surroundings);
        assert_eq!(ConnectionDropped.occasion(&view), Occasion::Always);
        let asked = ConnectionDropped.follow_ups(&view);
        assert!(asked.len() == 1 && asked[0].fresh_connection);
        let judge = |again| {
            failures(
                &ConnectionDropped,
                &service,
                &surroundings,
                std::slice::from_ref(&pooled),
                &[again],
            )
        };
        assert_eq!(judge(dropped()).len(), 1);
        assert_eq!(judge(Said::answer("POST /alerts", 400)), []);
        assert_eq!(judge(pooled.clone()), []);
    }

    #[test]
    fn silent_when_octets_of_an_answer_came() {
        let received = bytes::Bytes::from_static(b"HTTP/1.1 2");
        let interim = Vec::new();
        let said =
            dropped().outcome(Outcome::Dropped { received, interim, reset: false, code: None });
        silent(&ConnectionDropped, &alerts(), said);
        silent(&ConnectionDropped, &alerts(), after_103("HTTP/1.1 103 \r\n\r\nHTTP/1.1 2"));
    }

    fn after_103(received: &'static str) -> Said {
        let received = bytes::Bytes::from_static(received.as_bytes());
        let interim = vec![103];
        dropped().outcome(Outcome::Dropped { received, interim, reset: false, code: None })
    }

    #[test]
    fn an_interim_answer_and_no_other_fails_as_what_it_is() {
        // HTTP/2 gives the status alone.
        for received in ["", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"] {
            let failure = fails(&ConnectionDropped, &alerts(), after_103(received));
            let told = (failure.severity, failure.outcome.as_str());
            assert_eq!(told, (Severity::Error, "interim"));
            insta::allow_duplicates! {
                insta::assert_snapshot!(failure.why, @"POST /alerts answers only with an interim 103 and closes the connection; RFC 9110, section 15.2 asks for a final answer");
            }
        }
    }

    #[test]
    fn silent_for_broken_framing() {
        for rule in ["content_length", "transfer_encoding", "chunk_extension"] {
            let said = dropped().label(Label::Malformed).call(|call| {
                call.deviations = vec![Deviation::wire(rule)];
            });
            silent(&ConnectionDropped, &alerts(), said);
        }
        silent(&ConnectionDropped, &alerts(), dropped().sending("content-length", "9"));
    }

    #[test]
    fn silent_for_a_request_that_was_cut_on_purpose() {
        let cut = Perturbation::Cut(Position::Body(1));
        silent(&ConnectionDropped, &alerts(), dropped().call(|call| call.perturb.push(cut)));
    }

    #[test]
    fn silent_when_the_request_did_not_go_out_in_whole() {
        silent(&ConnectionDropped, &alerts(), dropped().exchange(|e| e.times.sent = None));
    }

    #[test]
    fn silent_for_a_large_request_that_is_reset_but_not_for_one_that_is_closed() {
        let large = vec![b'a'; MAX_BODY + 1];
        silent(&ConnectionDropped, &alerts(), reset().sending_body(&large));
        fails(&ConnectionDropped, &alerts(), dropped().sending_body(&large));
        silent(&ConnectionDropped, &alerts(), reset().sending("x", &"a".repeat(MAX_HEAD)));
    }

    #[test]
    fn silent_for_every_other_outcome() {
        for said in [
            Said::answer("POST /alerts", 400),
            Said::timed_out("POST /alerts", 1000),
            dropped().outcome(Outcome::Abandoned),
            dropped().outcome(Outcome::Unreachable { reason: "refused".to_owned() }),
        ] {
            silent(&ConnectionDropped, &alerts(), said);
        }
    }

    #[test]
    fn an_answer_to_a_valid_call_that_breaks_its_framing_is_a_warning() {
        let cut = Said::answer("POST /alerts", 200).body("{\"a").ending(Ending::Truncated);
        let failure = fails(&ConnectionDropped, &alerts(), cut.clone());
        assert_eq!((failure.severity, failure.outcome.as_str()), (Severity::Warning, "cut_short"));
        silent(&ConnectionDropped, &alerts(), cut.clone().early());
        silent(&ConnectionDropped, &alerts(), cut.label(Label::Invalid));
        let refusal = Said::answer("POST /alerts", 413).ending(Ending::Truncated);
        silent(&ConnectionDropped, &alerts(), refusal);
        let garbage = Outcome::Garbage {
            received: bytes::Bytes::from_static(b"?"),
            reason: "no status line".to_owned(),
        };
        let failure = fails(&ConnectionDropped, &alerts(), dropped().outcome(garbage));
        assert_eq!(failure.severity, Severity::Warning);
    }
}
