//! `not_a_server_error`: the service does not answer 5xx, whatever it is sent.

use std::sync::Arc;

use super::frame;
use super::normalise::{normalise, sent_texts};
use super::{Check, Failure, Seen, Severity, View, wording};
use crate::case::{History, Label};
use crate::spec::{Responses, StatusPattern};
use crate::wire::deviation::is_crowded;
use crate::wire::grpc;

/// The service does not answer 5xx, whatever it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotAServerError;

const NAME: &str = "not_a_server_error";

impl Check for NotAServerError {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &Label::ALL
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

No answer has a status of 500 to 599. A 5xx says that the service failed, not that the input was
wrong, so it is a fault for valid, invalid and malformed input alike, and also where the document
lists 500 among its answers: a documented crash is still a crash.

## When it is silent

- 501 (not implemented), and 505 (version not supported).
- 503 with `Retry-After`: the service says that it will be back.
- 503 to one of several calls released together, or while others are there on purpose: the service
  says that it is busy.
- 501, 502, 503 and 504 that the document names for the operation.
- A gateway's own error page, known by how it answers a path that no service has: the environment is
  broken, not the service.
- A status that the call itself asks for by a parameter (`GET /status/503`), where the document names
  that status, or another 5xx.
- While control calls fail.

## How to mend the service

Find the frame or the message in the log, and decide which side is wrong. Input that the document
allows must work; input that it forbids must be refused with 4xx before it reaches the code that
fails. Catching everything and answering 400 hides the fault.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.labelled(self.labels()).filter_map(|seen| judge(view, seen)).collect()
    }
}

fn judge(view: &View<'_>, seen: &Seen<'_>) -> Option<Failure> {
    let answer = seen.answer()?;
    let status = answer.status;
    // What gRPC says, `grpc_status` reads.
    let is_said = seen.is_rpc() && grpc::status(answer).is_some();
    if is_said || !(500..600).contains(&status) || matches!(status, 501 | 505) {
        return None;
    }
    let is_busy = || view.is_at_once(seen) || is_crowded(seen.call);
    if status == 503 && (answer.header("retry-after").is_some() || is_busy()) {
        return None;
    }
    if let Some(operation) = seen.operation {
        let promises = &operation.responses;
        let is_named = matches!(status, 502..=504) && names(promises, |own| own == status);
        if is_named || names(promises, |own| own >= 500) && seen.asks_for(status) {
            return None;
        }
    }
    if matches!(status, 502..=504) && view.is_from_gateway(seen) {
        return None;
    }
    let want = seen.operation.map(wording::statuses).unwrap_or_default();
    let want: Vec<String> = want.into_iter().filter(|s| !s.starts_with('5')).collect();
    let promise = if want.is_empty() {
        "no input should make a service fail".to_owned()
    } else {
        format!("the document promises {}", wording::list(&want))
    };
    let why = format!("{} answers {status}{}; {promise}", seen.title(), wording::quoted(seen));
    let want = if want.is_empty() { vec!["2XX".to_owned(), "4XX".to_owned()] } else { want };
    Some(
        Failure::new(NAME, seen, Severity::Error, status.to_string(), why)
            .saying(message(seen))
            .wanting(want),
    )
}

/// The stack frame where the answer shows one, else its message.
fn message(seen: &Seen<'_>) -> String {
    let Some(answer) = seen.answer() else { return String::new() };
    match frame::telling(&frame::readable(&answer.body)) {
        Some(frame) => normalise(&frame.place, &sent_texts(seen.call, seen.exchange)),
        None => wording::normal(seen),
    }
}

/// Whether the document names a status that is one of these.
fn names(responses: &Responses, is_one: impl Fn(u16) -> bool) -> bool {
    let is_named =
        |pattern: &StatusPattern| matches!(pattern, StatusPattern::Code(code) if is_one(*code));
    responses.by_status.iter().any(|(pattern, _)| is_named(pattern))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        Promises, Said, fails, failures, history, operation, service, silent,
    };
    use super::super::{Fingerprint, Surroundings};
    use super::*;
    use crate::case::{Deviation, Release, Step, Together};
    use crate::spec::Operation;

    fn create() -> Operation {
        operation("POST /orders").answers("201", &[]).answers("500", &[])
    }

    #[test]
    fn a_500_fails_under_every_label_even_where_it_is_documented() {
        for label in Label::ALL {
            let said = Said::answer("POST /orders", 500).label(label);
            let failure = fails(&NotAServerError, &create(), said);
            assert_eq!((failure.severity, failure.outcome.as_str()), (Severity::Error, "500"));
        }
    }

    #[test]
    fn silent_for_503_while_others_are_there_on_purpose() {
        for (rule, status, is_silent) in
            [("burst", 503, true), ("burst", 500, false), ("ping_in_request", 503, false)]
        {
            let said = Said::answer("POST /orders", status)
                .call(|call| call.deviations = vec![Deviation::wire(rule)]);
            if is_silent {
                silent(&NotAServerError, &create(), said);
            } else {
                fails(&NotAServerError, &create(), said);
            }
        }
    }

    #[test]
    fn an_operation_that_the_document_does_not_know_may_not_crash_either() {
        fails(&NotAServerError, &create(), Said::answer("TRACE /orders", 500));
    }

    #[test]
    fn it_says_what_came_and_what_is_promised() {
        let said =
            Said::answer("POST /orders", 500).json(r#"{"error":"quantity table exhausted"}"#);
        let failure = fails(&NotAServerError, &create(), said);
        insta::assert_snapshot!(failure.why, @r#"POST /orders answers 500 "quantity table exhausted"; the document promises 201"#);
        assert_eq!(failure.want, ["201"]);
        assert_eq!(failure.message, "quantity table exhausted");
    }

    #[test]
    fn the_same_fault_reads_the_same_for_other_ids_times_and_input() {
        let message = |name: &str, body: &str| {
            let said = Said::answer("POST /orders", 500)
                .sending_json(&format!(r#"{{"name":"{name}"}}"#))
                .json(body);
            fails(&NotAServerError, &create(), said).message
        };
        assert_eq!(
            message("b-1", r#"{"error":"cannot store 'b-1' as 17 at 2025-01-01T10:00:00Z"}"#),
            message("zz9", r#"{"error":"cannot store 'zz9' as 934 at 2026-12-31T23:59:59Z"}"#),
        );
    }

    #[test]
    fn a_stack_frame_speaks_before_a_uniform_message() {
        let trace = |file: &str| {
            let said = Said::answer("POST /orders", 500).json(&format!(
                r#"{{"error":"internal","trace":"  File \"/srv/{file}\", line 3, in run\n"}}"#
            ));
            fails(&NotAServerError, &create(), said).message
        };
        assert_eq!(trace("a.py"), "run a.py");
        assert_ne!(trace("a.py"), trace("b.py"));
    }

    #[test]
    fn silent_for_what_is_no_server_error() {
        for status in [200, 204, 302, 400, 404, 422, 499] {
            silent(&NotAServerError, &create(), Said::answer("POST /orders", status));
        }
    }

    #[test]
    fn silent_for_501_and_505() {
        for status in [501, 505] {
            silent(&NotAServerError, &create(), Said::answer("POST /orders", status));
        }
    }

    #[test]
    fn silent_for_503_with_retry_after_but_not_without() {
        let said = Said::answer("POST /orders", 503);
        silent(&NotAServerError, &create(), said.clone().header("Retry-After", "1"));
        fails(&NotAServerError, &create(), said);
    }

    #[test]
    fn silent_for_503_but_not_for_500_where_calls_were_released_together() {
        let judge = |status: u16| {
            let mut history = history(&[Said::answer("POST /orders", status)]);
            let case = Arc::make_mut(&mut history.case);
            case.steps = vec![Step::Together(Together {
                id: "g".to_owned(),
                wait: None,
                release: Release::LastByte,
                calls: case.calls().cloned().collect(),
            })];
            let (service, surroundings) = (service(vec![create()]), Surroundings::default());
            NotAServerError.judge(&View::new(&service, &history, &surroundings), &[]).len()
        };
        assert_eq!((judge(503), judge(500)), (0, 1));
    }

    #[test]
    fn silent_for_a_documented_503() {
        let operation = create().answers("503", &[]);
        silent(&NotAServerError, &operation, Said::answer("POST /orders", 503));
    }

    #[test]
    fn silent_for_a_gateways_502_but_not_for_the_services_own() {
        let page = |status: u16| {
            let page = format!("<html><h1>{status} Bad Gateway</h1><i>edge</i></html>");
            Said::answer("POST /orders", status).header("content-type", "text/html").body(&page)
        };
        let print = super::super::fixture::seen_with(page(404), |s| Fingerprint::learn(s.exchange));
        let surroundings = Surroundings { gateway: print, ..Surroundings::default() };
        let service = service(vec![create()]);
        let judge = |said| failures(&NotAServerError, &service, &surroundings, &[said], &[]);
        assert_eq!(judge(page(502)), []);
        assert_eq!(judge(page(504)), []);
        assert_eq!(judge(page(500)).len(), 1, "a 500 is never a gateway's");
        let own = Said::answer("POST /orders", 502).json(r#"{"error":"card processor down"}"#);
        assert_eq!(judge(own).len(), 1);
    }

    #[test]
    fn silent_where_the_call_asks_for_the_status_and_the_document_names_it() {
        let status = operation("GET /status/{code}").answers("500", &[]);
        let said = |code: i64, came: u16| {
            Said::answer("GET /status/{code}", came)
                .call(|call| call.path.push(("code".to_owned(), code.into())))
        };
        silent(&NotAServerError, &status, said(500, 500));
        silent(&NotAServerError, &status, said(520, 520));
        fails(&NotAServerError, &status, said(99, 500));
        fails(&NotAServerError, &operation("GET /status/{code}"), said(500, 500));
    }
}
