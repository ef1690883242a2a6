//! `allow_header_conformance`: what `Allow` lists agrees with the document.

use std::sync::Arc;

use super::unsupported_method::undocumented;
use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, route, shown_by_each, variant,
    wording,
};
use crate::case::{History, Label};

/// What `Allow` lists agrees with the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct AllowHeaderConformance;

const NAME: &str = "allow_header_conformance";

/// Methods that servers list and serve by themselves.
const IMPLICIT: [&str; 4] = ["HEAD", "OPTIONS", "TRACE", "CONNECT"];

impl Check for AllowHeaderConformance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn needs(&self) -> &'static str {
        "once per path, an `OPTIONS` request after an accepted call"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

Where `OPTIONS` is answered 2xx with an `Allow` header, the header lists the methods that the document
declares for the path, no fewer and no more. The `Allow` of a 405 must not list the very method that was
refused, and must list at least one declared method. Always a warning.

## When it is silent

- No `Allow` at all: many frameworks leave it out, and no client breaks.
- Answers to preflights: `Access-Control-*` without `Allow`.
- `HEAD`, `OPTIONS`, `TRACE` and `CONNECT`, which servers add by themselves; `PUT` for `PATCH` and the
  other way round.
- A blanket list (`*`, or all of GET, POST, PUT, PATCH and DELETE), as proxies and filters give.
- A 405 that lists some of the declared methods: routers that keep one route per method do that.
- Methods of other templates that the path fits.

## How to mend the service

Let the router, not a constant, write `Allow` (RFC 9110, section 10.2.1), or complete the document.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        accepted(view)
            .and_then(|seen| seen.operation)
            .map_or(Occasion::Never, |operation| Occasion::once(&operation.path))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let is_own = |seen: &Seen<'_>| route::methods(view.service, seen.call).contains(&"OPTIONS");
        if accepted(view).is_none_or(is_own) {
            return Vec::new();
        }
        let case = variant(&view.history.case, |call| {
            call.deviations = vec![undocumented("OPTIONS")];
            // Servers may answer it as they like.
            call.label = Label::Unspecified;
            call.body = None;
            call.query.clear();
            call.render.retain(|(place, _)| place.starts_with("path/"));
        });
        case.map(|case| FollowUp { case, fresh_connection: false }).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let is_judged =
            |seen: &&Seen<'_>| seen.exchange.label == Label::Valid || asks_for_options(seen);
        let own = view.seen().iter().filter(is_judged).filter_map(|seen| judge(view, seen));
        own.chain(shown_by_each(view, further, judge)).collect()
    }
}

/// The last call, where it is valid and was accepted.
fn accepted<'v>(view: &'v View<'_>) -> Option<&'v Seen<'v>> {
    let seen = view.last()?;
    let fits = seen.exchange.label == Label::Valid
        && seen.is_success()
        && seen.operation.is_some_and(|operation| operation.rpc.is_none())
        && !seen.is_disturbed()
        && !IMPLICIT.contains(&seen.method());
    fits.then_some(seen)
}

/// Whether a call is one that the check itself asks for.
fn asks_for_options(seen: &Seen<'_>) -> bool {
    !seen.call.deviations.is_empty() && seen.call.deviations == [undocumented("OPTIONS")]
}

fn judge(view: &View<'_>, seen: &Seen<'_>) -> Option<Failure> {
    let answer = seen.answer()?;
    let options = seen.method() == "OPTIONS" && seen.is_success();
    if !options && answer.status != 405 {
        return None;
    }
    let lines: Vec<&str> = answer
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("allow"))
        .filter_map(|header| header.text())
        .collect();
    let listed: Vec<String> = lines
        .iter()
        .flat_map(|line| line.split(','))
        .map(|method| method.trim().to_ascii_uppercase())
        .filter(|method| !method.is_empty())
        .collect();
    let lists = |method: &str| listed.iter().any(|other| other == method);
    let blanket = lists("*") || ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().all(|m| lists(m));
    let declared = route::methods(view.service, seen.call);
    if listed.is_empty() || blanket || declared.is_empty() || !view.is_surely_routed(seen) {
        return None;
    }
    let (outcome, what) = if options {
        let twin = |method: &str| match method {
            "PUT" => declared.contains(&"PATCH"),
            "PATCH" => declared.contains(&"PUT"),
            _ => false,
        };
        let missing: Vec<String> = declared
            .iter()
            .filter(|method| !IMPLICIT.contains(method) && !lists(method))
            .map(|method| (*method).to_owned())
            .collect();
        let extra: Vec<String> = listed
            .iter()
            .filter(|m| {
                !IMPLICIT.contains(&m.as_str()) && !declared.contains(&m.as_str()) && !twin(m)
            })
            .cloned()
            .collect();
        match (missing.is_empty(), extra.is_empty()) {
            (true, true) => return None,
            (false, _) => (
                format!("missing {}", missing.join(" ")),
                format!("leaves out {}, which the document declares", wording::list(&missing)),
            ),
            (true, false) => (
                format!("extra {}", extra.join(" ")),
                format!("lists {}, which the document does not declare", wording::list(&extra)),
            ),
        }
    } else if lists(seen.method()) {
        ("contradiction".to_owned(), format!("lists {}, which it refuses", seen.method()))
    } else if !declared.iter().any(|method| lists(method)) {
        ("disjoint".to_owned(), "lists none of the methods that the document declares".to_owned())
    } else {
        return None;
    };
    let why = format!(
        "{} answers {} with Allow: {}; it {what}",
        seen.title(),
        answer.status,
        listed.join(", ")
    );
    Some(
        Failure::new(NAME, seen, Severity::Warning, answer.status.to_string(), why)
            .saying(outcome)
            .wanting([answer.status.to_string()]),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Said, failures, history, operation, service};
    use super::*;
    use crate::spec::Service;

    fn shop() -> Service {
        service(vec![operation("GET /orders"), operation("POST /orders")])
    }

    fn asked(said: Said) -> Option<Failure> {
        let first = Said::answer("GET /orders", 200);
        let said = said.tried_on("GET /orders").label(Label::Unspecified);
        failures(&AllowHeaderConformance, &shop(), &Surroundings::default(), &[first], &[said])
            .pop()
    }

    fn options(allow: &str) -> Option<Failure> {
        asked(Said::answer("OPTIONS /orders", 204).header("Allow", allow))
    }

    fn refused(method: &str, allow: &str) -> Option<Failure> {
        asked(Said::answer(&format!("{method} /orders"), 405).header("Allow", allow))
    }

    #[test]
    fn options_is_asked_once_per_path() {
        let service = shop();
        let surroundings = Surroundings::default();
        let history = history(&[Said::answer("GET /orders", 200)]);
        let view = View::new(&service, &history, &surroundings);
        assert_eq!(AllowHeaderConformance.occasion(&view), Occasion::once("/orders"));
        let asked = AllowHeaderConformance.follow_ups(&view);
        let call = asked[0].case.calls().last().unwrap();
        assert_eq!(call.deviations, [undocumented("OPTIONS")]);
    }

    #[test]
    fn an_options_request_is_judged_where_it_is_the_case_in_question() {
        let said = Said::answer("OPTIONS /orders", 204).header("Allow", "GET");
        let said = said.tried_on("GET /orders").label(Label::Unspecified);
        let surroundings = Surroundings::default();
        let own = failures(&AllowHeaderConformance, &shop(), &surroundings, &[said], &[]);
        assert_eq!((own.len(), own[0].further), (1, None));
    }

    #[test]
    fn a_list_that_disagrees_is_a_warning() {
        assert_eq!(options("GET, OPTIONS").unwrap().message, "missing POST");
        let failure = options("GET, POST, DELETE").unwrap();
        assert_eq!(
            (failure.severity, failure.message.as_str()),
            (Severity::Warning, "extra DELETE")
        );
        insta::assert_snapshot!(failure.why, @"OPTIONS /orders answers 204 with Allow: GET, POST, DELETE; it lists DELETE, which the document does not declare");
    }

    #[test]
    fn silent_for_lists_that_agree_and_for_implicit_methods() {
        for allow in ["GET, POST", "get,post,head,options", "POST, GET, HEAD, OPTIONS, TRACE"] {
            assert_eq!(options(allow), None, "{allow}");
        }
    }

    #[test]
    fn silent_without_a_list_and_for_blanket_lists() {
        for allow in ["", "*", "GET, POST, PUT, PATCH, DELETE, OPTIONS"] {
            assert_eq!(options(allow), None, "{allow}");
        }
        assert_eq!(
            asked(
                Said::answer("OPTIONS /orders", 204).header("Access-Control-Allow-Methods", "PUT")
            ),
            None
        );
        assert_eq!(asked(Said::answer("PATCH /orders", 405)), None);
    }

    #[test]
    fn silent_for_an_options_that_is_refused() {
        for status in [400, 401, 404, 405, 501] {
            let said = Said::answer("OPTIONS /orders", status).header("Allow", "GET");
            assert_eq!(asked(said), None, "{status}");
        }
    }

    #[test]
    fn a_405_may_list_some_but_not_the_refused_method_and_not_none() {
        assert_eq!(refused("PATCH", "GET"), None);
        assert_eq!(refused("PATCH", "GET, PATCH").unwrap().message, "contradiction");
        assert_eq!(refused("PATCH", "DELETE").unwrap().message, "disjoint");
    }
}
