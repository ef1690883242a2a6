//! `missing_required_header`: a call without a header that the document requires is refused.

use std::sync::Arc;

use super::{
    Check, Failure, FollowUp, Occasion, Seen, Severity, View, promise, shown_by_each, variant,
    wording,
};
use crate::case::{Deviation, History, Label};
use crate::spec::{ApiKeyPlace, Location, Operation, Parameter, SchemeKind, Service};
use crate::value::Pointer;

/// A call without a header that the document requires is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct MissingRequiredHeader;

const NAME: &str = "missing_required_header";

/// Fields that clients and gateways add by themselves, or that belong to other parts of a document.
const OTHERS: [&str; 16] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "proxy-authorization",
    "traceparent",
    "user-agent",
    "x-forwarded-for",
    "x-request-id",
];

impl Check for MissingRequiredHeader {
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
        "once per operation, an accepted call again without each of its required headers"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A call that was accepted is not answered 2xx when a header that the document requires is left out. It is
a warning: the service is more lenient than its document, and clients may come to depend on that.

## When it is silent

- The header has a `default`.
- `Accept`, `Content-Type` and `Authorization`, which the specification excludes here; headers that
  security schemes name (`ignored_auth` speaks); and those that clients and gateways add by themselves,
  such as `User-Agent`, `Host` or `X-Request-Id`.
- The header went out after all, because it was configured for every request.
- `HEAD` and `OPTIONS`; an answer that is no 2xx.

## How to mend the service

Check for the header before the work begins and answer 400 (428 for a missing `If-Match`), or mark the
header as optional.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        match accepted(view) {
            Some((seen, operation)) if required(view.service, operation, seen).next().is_some() => {
                Occasion::once(&operation.name)
            }
            _ => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some((seen, operation)) = accepted(view) else { return Vec::new() };
        required(view.service, operation, seen)
            .filter_map(|header| {
                let case = variant(&view.history.case, |call| {
                    call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(&header.name));
                    call.label = Label::Invalid;
                    call.deviations.push(Deviation::schema("required", place(header)));
                })?;
                Some(FollowUp { case, fresh_connection: false })
            })
            .collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let own = view.labelled(&[Label::Invalid]).filter_map(|seen| judge(view, seen));
        own.chain(shown_by_each(view, further, judge)).collect()
    }
}

/// The last call, where it is valid and was accepted.
fn accepted<'v>(view: &'v View<'_>) -> Option<(&'v Seen<'v>, &'v Operation)> {
    let seen = view.last()?;
    let fits = seen.exchange.label == Label::Valid
        && seen.is_success()
        && !seen.is_disturbed()
        && !matches!(seen.method(), "HEAD" | "OPTIONS");
    Some((seen, seen.operation.filter(|_| fits)?))
}

/// The required headers that a call carries and that can be left out.
fn required<'v>(
    service: &'v Service,
    operation: &'v Operation,
    seen: &'v Seen<'v>,
) -> impl Iterator<Item = &'v Parameter> {
    operation.parameters.iter().filter(move |parameter| {
        parameter.location == Location::Header
            && parameter.required
            && seen.call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&parameter.name))
            && !is_anothers(service, &parameter.name)
            && !promise::has_default(&parameter.schema, &Pointer::root())
    })
}

fn is_anothers(service: &Service, name: &str) -> bool {
    OTHERS.iter().any(|other| name.eq_ignore_ascii_case(other))
        || service.schemes.iter().any(|scheme| {
            matches!(&scheme.kind, SchemeKind::ApiKey { place: ApiKeyPlace::Header, name: key }
                if key.eq_ignore_ascii_case(name))
        })
}

fn place(header: &Parameter) -> String {
    format!("headers{}", Pointer::root().child(header.name.as_str()))
}

/// Judges a call from which a required header was left out.
fn judge(view: &View<'_>, seen: &Seen<'_>) -> Option<Failure> {
    let operation = seen.operation?;
    let answer = seen.answer()?;
    if !seen.is_success() || matches!(seen.method(), "HEAD" | "OPTIONS") {
        return None;
    }
    let missing = operation.parameters.iter().find(|parameter| {
        parameter.location == Location::Header
            && parameter.required
            && seen.call.deviations.iter().any(|deviation| {
                matches!(deviation.rule.as_str(), Some("required" | "missing_parameter"))
                    && deviation.at.as_deref() == Some(&place(parameter))
            })
    })?;
    let went_out =
        seen.exchange.sent.headers.iter().any(|h| h.name.eq_ignore_ascii_case(&missing.name));
    if went_out
        || is_anothers(view.service, &missing.name)
        || promise::has_default(&missing.schema, &Pointer::root())
        || !view.is_surely_routed(seen)
    {
        return None;
    }
    let why = format!(
        "{} answers {} without the header {}, which the document requires",
        seen.title(),
        answer.status,
        missing.name
    );
    let want: Vec<String> =
        wording::statuses(operation).into_iter().filter(|s| s.starts_with('4')).collect();
    Some(
        Failure::new(NAME, seen, Severity::Warning, "accepted", why)
            .saying(missing.name.to_ascii_lowercase())
            .wanting(if want.is_empty() { vec!["4XX".to_owned()] } else { want }),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Surroundings;
    use super::super::fixture::{Promises, Said, failures, history, operation, service};
    use super::*;
    use crate::spec::Scheme;

    fn shop(name: &str, schema: &str) -> Service {
        service(vec![
            operation("POST /orders")
                .takes(Location::Header, name, true, schema)
                .answers("201", &[]),
        ])
    }

    fn said(name: &str) -> Said {
        Said::answer("POST /orders", 201)
            .call(|call| call.headers.push((name.to_owned(), "x".into())))
    }

    /// The follow-ups, each answered with this status.
    fn ask(service: &Service, said: Said, status: u16) -> (usize, Vec<Failure>) {
        let surroundings = Surroundings::default();
        let history = history(std::slice::from_ref(&said));
        let view = View::new(service, &history, &surroundings);
        let asked = MissingRequiredHeader.follow_ups(&view);
        let occasion = MissingRequiredHeader.occasion(&view);
        assert_eq!(occasion == Occasion::Never, asked.is_empty());
        let further: Vec<Said> = asked
            .iter()
            .map(|further| {
                let mut answered = Said::answer("POST /orders", status).label(Label::Invalid);
                answered.call = further.case.calls().last().unwrap().clone();
                answered
            })
            .collect();
        (further.len(), failures(&MissingRequiredHeader, service, &surroundings, &[said], &further))
    }

    #[test]
    fn a_call_without_the_header_that_is_accepted_fails() {
        let service = shop("Tenant", "{}");
        let (asked, found) = ask(&service, said("Tenant"), 201);
        assert_eq!((asked, found.len()), (1, 1));
        assert_eq!((found[0].severity, found[0].further), (Severity::Warning, Some(0)));
        insta::assert_snapshot!(found[0].why, @"POST /orders answers 201 without the header Tenant, which the document requires");
    }

    #[test]
    fn silent_when_it_is_refused_or_fails_otherwise() {
        let service = shop("Tenant", "{}");
        for status in [400, 401, 404, 428, 302, 500] {
            assert_eq!(ask(&service, said("Tenant"), status).1, []);
        }
    }

    #[test]
    fn a_case_that_leaves_the_header_out_itself_is_judged_as_well() {
        let service = shop("Tenant", "{}");
        let own = Said::answer("POST /orders", 201).breaking("required", "headers/Tenant");
        let found =
            failures(&MissingRequiredHeader, &service, &Surroundings::default(), &[own], &[]);
        assert_eq!(found[0].further, None);
    }

    #[test]
    fn not_asked_for_headers_of_others_defaults_and_credentials() {
        for name in ["User-Agent", "Authorization", "Content-Type", "X-Request-ID"] {
            assert_eq!(ask(&shop(name, "{}"), said(name), 201).0, 0, "{name}");
        }
        assert_eq!(ask(&shop("Tenant", r#"{"default":"main"}"#), said("Tenant"), 201).0, 0);
        let mut keyed = shop("X-Key", "{}");
        let kind = SchemeKind::ApiKey { place: ApiKeyPlace::Header, name: "x-key".to_owned() };
        keyed.schemes.push(Scheme { name: "key".to_owned(), kind });
        assert_eq!(ask(&keyed, said("X-Key"), 201).0, 0);
    }

    #[test]
    fn asked_only_after_a_valid_call_that_was_accepted() {
        let service = shop("Tenant", "{}");
        let refused = Said::answer("POST /orders", 400)
            .call(|call| call.headers.push(("Tenant".to_owned(), "x".into())));
        assert_eq!(ask(&service, refused, 201).0, 0);
        assert_eq!(ask(&service, said("Tenant").label(Label::Invalid), 201).0, 0);
    }

    #[test]
    fn silent_where_the_header_went_out_after_all() {
        let service = shop("Tenant", "{}");
        let own = Said::answer("POST /orders", 201)
            .breaking("required", "headers/Tenant")
            .sending("tenant", "main");
        let found =
            failures(&MissingRequiredHeader, &service, &Surroundings::default(), &[own], &[]);
        assert_eq!(found, []);
    }
}
