//! `status_code_conformance`: a valid call is answered with a status the document promises.

use std::sync::Arc;

use super::{Check, Failure, Promised, Severity, View, wording};
use crate::case::{History, Label};
use crate::spec::StatusPattern;

/// A valid call is answered with a status the document promises.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatusCodeConformance;

const NAME: &str = "status_code_conformance";

/// Statuses that come from what stands around an operation (credentials, limits, routing, load), which
/// documents rarely repeat for each.
const SURROUNDING: [u16; 17] =
    [401, 402, 403, 404, 406, 407, 408, 410, 411, 413, 414, 417, 421, 425, 426, 429, 431];

impl Check for StatusCodeConformance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid, Label::Malformed]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A valid call is answered with a status that the document lists for the operation: the code, its range
(`2XX`) or `default`. A success status that is not listed is an error, because generated clients treat
it as a failure. A refusal that is not listed (400, 409, 422, …) and a redirect are warnings, one per
operation and status. A status outside of 100 to 599 is an error for any call (RFC 9110, section 15).

## When it is silent

- Invalid and malformed calls: which 4xx refuses them is the service's choice, and documents seldom
  list them all. People drown in such reports, and nobody's client breaks.
- 5xx: `not_a_server_error` speaks.
- What stands around an operation: 401, 402, 403, 404, 406, 407, 408, 410, 411, 413, 414, 417, 421, 425,
  426, 429, 431 and 451, and whatever a gateway answers by itself.
- A status that the call itself asks for by a parameter (`GET /status/418`).
- 304 to a conditional request, 206 and 416 to a range request, 100 to 199.
- Redirects to the same path with or without a slash, and to another scheme or host.
- A refusal that does not come back once the run has deleted what it made.
- The document lists no answers, or a path parameter may have led to another operation.

## How to mend the service

List the status in the document if it is meant, else answer with one that is listed. `default` covers
all refusals at once.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    let status = answer.status;
    if !(100..600).contains(&status) {
        let why = format!("{} answers {status}, which is no status of HTTP", seen.title());
        return Some(
            Failure::new(NAME, seen, Severity::Error, status.to_string(), why)
                .wanting(wording::statuses(operation)),
        );
    }
    let promises = &operation.responses;
    if seen.exchange.label != Label::Valid
        || seen.is_rpc()
        || promises.by_status.is_empty()
        || promises.of(status).is_some()
        || matches!(status, 100..200 | 451 | 500..600)
        || SURROUNDING.contains(&status)
        || seen.asks_for(status)
        || is_answer_to_condition(promised)
        || matches!(status, 300..400) && is_harmless_redirect(promised)
        || !view.is_surely_routed(seen)
        || view.is_from_gateway(seen)
    {
        return None;
    }
    let lists_success = promises.by_status.iter().any(|(pattern, _)| match pattern {
        StatusPattern::Code(code) => (200..300).contains(code),
        StatusPattern::Range(first) => *first == 2,
        StatusPattern::Default => false,
    });
    // A document that lists no success at all is not finished: it cannot be broken by one.
    let severity = if (200..300).contains(&status) && lists_success {
        Severity::Error
    } else {
        Severity::Warning
    };
    let want = wording::statuses(operation);
    let why = format!(
        "{} answers {status}{} to a valid call; the document promises {}",
        seen.title(),
        wording::quoted(seen),
        wording::list(&want)
    );
    Some(Failure::new(NAME, seen, severity, status.to_string(), why).wanting(want))
}

/// 304, 412 and 428 belong to conditions, 206 and 416 to ranges (RFC 9110, sections 13 and 14).
fn is_answer_to_condition(promised: Promised<'_, '_>) -> bool {
    let sent = |name: &str| {
        promised.seen.exchange.sent.headers.iter().any(|h| {
            h.name.len() >= name.len()
                && h.name.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        })
    };
    match promised.answer.status {
        304 | 412 => sent("if-"),
        206 | 416 => sent("range"),
        _ => false,
    }
}

/// A redirect to the same place: with or without a slash, over TLS, on the canonical host.
fn is_harmless_redirect(promised: Promised<'_, '_>) -> bool {
    let Some(location) = promised.answer.header("location") else { return false };
    let sent = promised.seen.exchange.sent.target.as_str();
    let path = |address: &str| {
        let rest = match address.find("://") {
            Some(at) => address[at + 3..].find('/').map_or("/", |slash| &address[at + 3 + slash..]),
            None => address,
        };
        rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned()
    };
    path(location) == path(sent)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, Said, fails, failures, operation, service, silent};
    use super::super::{Fingerprint, Surroundings};
    use super::*;
    use crate::spec::Operation;

    fn create() -> Operation {
        operation("POST /orders").answers("201", &[]).answers("400", &[])
    }

    fn answer(status: u16) -> Said {
        Said::answer("POST /orders", status)
    }

    #[test]
    fn an_unlisted_success_of_a_valid_call_is_an_error() {
        for status in [200, 202, 204] {
            let failure = fails(&StatusCodeConformance, &create(), answer(status));
            assert_eq!(failure.severity, Severity::Error);
        }
        let failure = fails(&StatusCodeConformance, &create(), answer(200));
        insta::assert_snapshot!(failure.why, @"POST /orders answers 200 to a valid call; the document promises 201 and 400");
    }

    #[test]
    fn an_unlisted_refusal_of_a_valid_call_is_one_warning_per_status() {
        let refused = |message: &str| {
            fails(
                &StatusCodeConformance,
                &create(),
                answer(422).json(&format!("{{\"error\":\"{message}\"}}")),
            )
        };
        assert_eq!(refused("a").severity, Severity::Warning);
        assert_eq!(refused("a").message, refused("b").message);
    }

    #[test]
    fn a_status_that_http_does_not_have_is_an_error_for_any_call() {
        for label in [Label::Valid, Label::Invalid, Label::Malformed] {
            for status in [0, 99, 600, 999] {
                fails(&StatusCodeConformance, &create(), answer(status).label(label));
            }
        }
    }

    #[test]
    fn silent_where_the_call_asks_for_the_status() {
        let status = operation("GET /status/{code}").answers("200", &[]);
        let said = |code: &str, came: u16| {
            Said::answer("GET /status/{code}", came)
                .call(|call| call.path.push(("code".to_owned(), code.into())))
        };
        silent(&StatusCodeConformance, &status, said("418", 418));
        fails(&StatusCodeConformance, &status, said("417", 418));
    }

    #[test]
    fn silent_for_listed_statuses_ranges_and_default() {
        silent(&StatusCodeConformance, &create(), answer(201));
        silent(&StatusCodeConformance, &create(), answer(400));
        let ranged = operation("POST /orders").answers("2XX", &[]);
        silent(&StatusCodeConformance, &ranged, answer(207));
        let default = operation("POST /orders").answers("201", &[]).answers("default", &[]);
        silent(&StatusCodeConformance, &default, answer(418));
    }

    #[test]
    fn silent_for_refusals_of_invalid_and_malformed_calls() {
        for status in [400, 401, 404, 405, 415, 418, 422, 200] {
            for label in [Label::Invalid, Label::Malformed, Label::Unspecified] {
                silent(
                    &StatusCodeConformance,
                    &operation("POST /orders").answers("201", &[]),
                    answer(status).label(label),
                );
            }
        }
    }

    #[test]
    fn silent_for_what_stands_around_an_operation_and_for_5xx() {
        for status in SURROUNDING.into_iter().chain([451, 500, 502, 503]) {
            silent(&StatusCodeConformance, &create(), answer(status));
        }
    }

    #[test]
    fn silent_for_conditions_and_ranges_that_were_sent() {
        let get = operation("GET /orders").answers("200", &[]);
        let said = |status| Said::answer("GET /orders", status);
        silent(&StatusCodeConformance, &get, said(304).sending("If-None-Match", "\"a\""));
        silent(&StatusCodeConformance, &get, said(206).sending("Range", "bytes=0-1"));
        fails(&StatusCodeConformance, &get, said(304));
        fails(&StatusCodeConformance, &get, said(206));
    }

    #[test]
    fn silent_for_a_redirect_to_the_same_place() {
        for location in ["/orders/", "https://shop.example/orders", "http://x/orders/?a=1"] {
            silent(&StatusCodeConformance, &create(), answer(308).header("Location", location));
        }
        let failure =
            fails(&StatusCodeConformance, &create(), answer(302).header("Location", "/login"));
        assert_eq!(failure.severity, Severity::Warning);
    }

    #[test]
    fn silent_where_the_document_lists_nothing() {
        silent(&StatusCodeConformance, &operation("POST /orders"), answer(200));
        let unfinished = operation("POST /orders").answers("404", &[]);
        let failure = fails(&StatusCodeConformance, &unfinished, answer(200));
        assert_eq!(failure.severity, Severity::Warning);
    }

    #[test]
    fn silent_where_a_path_parameter_may_lead_elsewhere() {
        let get = operation("GET /orders/{id}").answers("201", &[]);
        let said = |id: &str| {
            Said::answer("GET /orders/{id}", 200)
                .call(|call| call.path.push(("id".to_owned(), id.into())))
        };
        silent(&StatusCodeConformance, &get, said("../x"));
        fails(&StatusCodeConformance, &get, said("7"));
    }

    #[test]
    fn silent_for_a_gateways_own_answer() {
        let page = |status: u16, text: &str| {
            let page = format!("<html><h1>{status} {text}</h1></html>");
            answer(status).header("content-type", "text/html").header("server", "edge").body(&page)
        };
        let print = super::super::fixture::seen_with(page(404, "Not Found"), |s| {
            Fingerprint::learn(s.exchange)
        });
        let surroundings = Surroundings { gateway: print, ..Surroundings::default() };
        let service = service(vec![operation("POST /orders").answers("201", &[])]);
        let said = page(400, "Bad Request");
        let judge = |surroundings: &Surroundings, said: Said| {
            failures(&StatusCodeConformance, &service, surroundings, &[said], &[]).len()
        };
        assert_eq!(judge(&surroundings, said.clone()), 0);
        assert_eq!(judge(&Surroundings::default(), said), 1);
    }
}
