//! `unsupported_method`: a method that the document does not declare is refused.

use std::sync::Arc;

use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, media, route, shown_by_each, variant,
    wording,
};
use crate::case::{Deviation, History, Label};

/// A method that the document does not declare is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnsupportedMethod;

const NAME: &str = "unsupported_method";

/// The rule on the wire by which a call goes out with another method than its operation's.
const UNDOCUMENTED: &str = "undocumented_method";

impl Check for UnsupportedMethod {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Warning
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid]
    }

    fn needs(&self) -> &'static str {
        "once per path, an accepted call again with a method that the document does not declare"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A path answers no method that the document does not declare for it: 405, 404 and 501 are right, and so
is every other refusal. 2xx means that the document is not complete, or that a handler does not look at
the method. Once per path an accepted call is sent again without its body: as `GET` where that is not
declared, else as `PATCH` or `POST`. The malformed phase tries the other methods, too, `DELETE` among
them; off loopback none that writes, unless that is allowed. A path is told once, whichever method it
takes.

## When it is silent

- `HEAD` and `OPTIONS`, which servers add by themselves, and `TRACE`.
- `PUT` where `PATCH` is declared and the other way round: routers often serve both.
- The method is declared for another template that the path fits (`/users/{id}` and `/users/search`).
- A catch-all: a path that no service has is served as well, or a page comes back where the document
  promises none.
- Redirects and all refusals, whatever their status.

## How to mend the service

Bind handlers to their methods, and answer others with 405 and an `Allow` header; or declare the method.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        accepted(view)
            .and_then(|seen| seen.operation)
            .map_or(Occasion::Never, |operation| Occasion::once(&operation.path))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some(seen) = accepted(view) else { return Vec::new() };
        let Some(method) = candidate(view, seen) else { return Vec::new() };
        let case = variant(&view.history.case, |call| {
            call.label = Label::Invalid;
            call.body = None;
            call.render.retain(|(place, _)| place.contains('/'));
            call.deviations = vec![undocumented(method)];
        });
        case.map(|case| FollowUp { case, fresh_connection: false }).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let own = view.labelled(&[Label::Invalid]).filter_map(|seen| judge(view, seen));
        own.chain(shown_by_each(view, further, judge)).collect()
    }
}

/// The last call, where it is valid, was accepted, and surely reached its path.
fn accepted<'v>(view: &'v View<'_>) -> Option<&'v Seen<'v>> {
    let seen = view.last()?;
    let fits = seen.exchange.label == Label::Valid
        && seen.is_success()
        && seen.operation.is_some_and(|operation| operation.rpc.is_none())
        && !seen.is_disturbed()
        && !matches!(seen.method(), "HEAD" | "OPTIONS");
    fits.then_some(seen)
}

/// The method to try: the least harmful that is not declared.
fn candidate(view: &View<'_>, seen: &Seen<'_>) -> Option<&'static str> {
    let declared = route::methods(view.service, seen.call);
    ["GET", "PATCH", "POST"].into_iter().find(|method| {
        let twin = if *method == "PATCH" { "PUT" } else { method };
        !declared.contains(method) && !declared.contains(&twin)
    })
}

/// The operation on the wire that sends another method.
pub(super) fn undocumented(method: &str) -> Deviation {
    let with = vec![("method".to_owned(), method.into())];
    Deviation { rule: UNDOCUMENTED.into(), at: None, with }
}

/// Judges a call whose method the document does not declare.
fn judge(view: &View<'_>, seen: &Seen<'_>) -> Option<Failure> {
    let answer = seen.answer()?;
    if !seen.is_success()
        || !seen.call.deviations.iter().any(|deviation| deviation.rule == UNDOCUMENTED)
        || matches!(seen.method(), "HEAD" | "OPTIONS" | "TRACE" | "CONNECT")
    {
        return None;
    }
    let declared = route::methods(view.service, seen.call);
    if declared.is_empty() || declared.contains(&seen.method()) {
        return None;
    }
    let catch_all = view
        .surroundings
        .gateway
        .as_ref()
        .is_some_and(super::fingerprint::Fingerprint::is_catch_all);
    let page = answer
        .header("content-type")
        .is_some_and(|value| media::essence(value).eq_ignore_ascii_case("text/html"));
    if catch_all || page && !promises_pages(view, seen) || !view.is_surely_routed(seen) {
        return None;
    }
    let declared: Vec<String> = declared.into_iter().map(str::to_owned).collect();
    let why = format!(
        "{} answers {}; the document declares only {} for this path",
        seen.title(),
        answer.status,
        wording::list(&declared)
    );
    // A handler that does not look at the method takes them all: one fault.
    let failure = Failure::new(NAME, seen, Severity::Warning, "accepted", why);
    Some(failure.wanting(["405", "404", "501"]))
}

fn promises_pages(view: &View<'_>, seen: &Seen<'_>) -> bool {
    let path = seen.call.operation.split_once(' ').map_or("", |(_, path)| path);
    view.service
        .operations
        .iter()
        .filter(|operation| operation.path == path)
        .flat_map(|operation| &operation.responses.by_status)
        .flat_map(|(_, response)| &response.contents)
        .any(|content| media::covers(&content.media_type, "text/html"))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Said, failures, history, operation, service};
    use super::super::{Fingerprint, Surroundings};
    use super::*;
    use crate::spec::Service;

    fn ask(service: &Service, said: &Said) -> Option<String> {
        let surroundings = Surroundings::default();
        let history = history(std::slice::from_ref(said));
        let view = View::new(service, &history, &surroundings);
        let asked = UnsupportedMethod.follow_ups(&view);
        assert!(asked.len() <= 1);
        let call = asked.first()?.case.calls().last()?;
        assert!(call.body.is_none());
        let (_, method) = call.deviations.first()?.with.first()?;
        Some(method.as_str()?.to_owned())
    }

    fn shop(names: &[&str]) -> Service {
        service(names.iter().map(|name| operation(name)).collect())
    }

    #[test]
    fn the_least_harmful_undeclared_method_is_tried() {
        for (names, first, tried) in [
            (&["POST /orders"][..], "POST /orders", Some("GET")),
            (&["GET /orders"], "GET /orders", Some("PATCH")),
            (&["GET /o", "PUT /o"], "GET /o", Some("POST")),
            (&["GET /o", "POST /o", "PATCH /o"], "GET /o", None),
        ] {
            let said = Said::answer(first, 200);
            assert_eq!(ask(&shop(names), &said).as_deref(), tried, "{names:?}");
        }
    }

    #[test]
    fn it_is_asked_once_per_path_and_only_after_an_accepted_valid_call() {
        let service = shop(&["POST /orders"]);
        let surroundings = Surroundings::default();
        let occasion = |said: Said| {
            let history = history(&[said]);
            let view = View::new(&service, &history, &surroundings);
            UnsupportedMethod.occasion(&view) == Occasion::once("/orders")
        };
        assert!(occasion(Said::answer("POST /orders", 201)));
        assert!(!occasion(Said::answer("POST /orders", 400)));
        assert!(!occasion(Said::answer("POST /orders", 201).label(Label::Invalid)));
    }

    fn tried(service: &Service, surroundings: &Surroundings, said: Said) -> Vec<Failure> {
        let said = said.tried_on("POST /orders");
        let first = Said::answer("POST /orders", 201);
        failures(&UnsupportedMethod, service, surroundings, &[first], &[said])
    }

    #[test]
    fn a_method_that_is_served_fails() {
        let plain = Surroundings::default();
        let found =
            tried(&shop(&["POST /orders"]), &plain, Said::answer("GET /orders", 200).json("{}"));
        assert_eq!((found[0].severity, found[0].further), (Severity::Warning, Some(0)));
        insta::assert_snapshot!(found[0].why, @"GET /orders answers 200; the document declares only POST for this path");
    }

    #[test]
    fn all_methods_that_a_path_takes_look_the_same() {
        let plain = Surroundings::default();
        let service = shop(&["POST /orders"]);
        let found = ["PUT", "DELETE", "QUERY"].map(|method| {
            tried(&service, &plain, Said::answer(&format!("{method} /orders"), 200)).remove(0)
        });
        assert!(found.iter().all(|failure| {
            (&failure.outcome, &failure.message) == (&found[0].outcome, &found[0].message)
        }));
    }

    #[test]
    fn silent_for_all_refusals_redirects_and_crashes() {
        let plain = Surroundings::default();
        for status in [301, 400, 401, 403, 404, 405, 415, 500, 501] {
            assert_eq!(
                tried(&shop(&["POST /orders"]), &plain, Said::answer("GET /orders", status)),
                []
            );
        }
    }

    #[test]
    fn silent_for_a_method_that_another_template_declares() {
        let plain = Surroundings::default();
        let service = shop(&["POST /orders", "GET /{anything}"]);
        assert_eq!(tried(&service, &plain, Said::answer("GET /orders", 200)), []);
    }

    #[test]
    fn silent_behind_a_catch_all() {
        let service = shop(&["POST /orders"]);
        let gateway = Some(Fingerprint { status: 200, ..Fingerprint::default() });
        let surroundings = Surroundings { gateway, ..Surroundings::default() };
        assert_eq!(tried(&service, &surroundings, Said::answer("GET /orders", 200)), []);
        let page = Said::answer("GET /orders", 200).header("content-type", "text/html").body("<p>");
        assert_eq!(tried(&service, &Surroundings::default(), page), []);
    }

    #[test]
    fn silent_for_implicit_head_options_and_trace() {
        let plain = Surroundings::default();
        for method in ["HEAD", "OPTIONS", "TRACE"] {
            let said = Said::answer(&format!("{method} /orders"), 200);
            assert_eq!(tried(&shop(&["POST /orders"]), &plain, said), []);
        }
    }
}
