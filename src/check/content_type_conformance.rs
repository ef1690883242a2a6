//! `content_type_conformance`: an answer is in a media type the document promises.

use std::sync::Arc;

use super::{Check, Failure, Promised, Severity, View, media, wording};
use crate::case::{History, Label};

/// An answer is in a media type the document promises.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContentTypeConformance;

const NAME: &str = "content_type_conformance";

impl Check for ContentTypeConformance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid, Label::Invalid]
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A body comes with a `Content-Type` that the document lists for this status. A success to a valid call in
another syntax is an error: no client can read it. A missing or malformed `Content-Type`, and a refusal
in another syntax than the document names for that very status, are warnings, one per operation.

## When it is silent

- There is no body: an empty one, `HEAD`, 1xx, 204, 205, 304.
- Parameters (`charset`), case, ranges (`*/*`, `text/*`), and members of one family:
  `application/problem+json` where `application/json` is promised, `text/xml` for `application/xml`.
  `application/octet-stream` promises octets, which everything is.
- The document lists no content for the status, or covers a refusal by `default` only.
- A success to an invalid call; refusals of malformed calls, which parsers below the service write.
- A gateway's own page, a 5xx, a path parameter that may have led to another operation.

## How to mend the service

Set `Content-Type` where the body is written, error handlers of the framework included, or list the
type in the document.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    if answer.body.is_empty() || !seen.may_have_body() {
        return None;
    }
    let success = (200..300).contains(&answer.status);
    let applies = if success {
        seen.exchange.label == Label::Valid && !is_covered_by_error_default(promised)
    } else {
        (400..500).contains(&answer.status) && wording::names_status(operation, answer.status)
    };
    if !applies {
        return None;
    }
    let contents = &operation.responses.of(answer.status)?.contents;
    if contents.is_empty() {
        return None;
    }
    let (severity, outcome, what) = match answer.header("content-type").map(media::essence) {
        Some(actual)
            if contents.iter().any(|content| media::covers(&content.media_type, actual)) =>
        {
            return None;
        }
        Some(actual) if media::is_well_formed(actual) => {
            let severity = if success { Severity::Error } else { Severity::Warning };
            (severity, actual.to_ascii_lowercase(), format!("in {actual}"))
        }
        Some(actual) => (
            Severity::Warning,
            "malformed".to_owned(),
            format!("with the Content-Type \"{actual}\""),
        ),
        None => (Severity::Warning, "missing".to_owned(), "without a Content-Type".to_owned()),
    };
    if !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    let want: Vec<String> = contents.iter().map(|content| content.media_type.clone()).collect();
    let why = format!(
        "{} answers {} {what}; the document promises {}",
        seen.title(),
        answer.status,
        wording::list(&want)
    );
    let outcome = format!("{} {outcome}", answer.status);
    Some(Failure::new(NAME, seen, severity, outcome, why).wanting([answer.status.to_string()]))
}

/// Whether a success is promised by `default` only while other successes are listed: then `default`
/// describes errors, and says nothing of this body.
pub(super) fn is_covered_by_error_default(promised: Promised<'_, '_>) -> bool {
    let Promised { operation, answer, .. } = promised;
    !wording::names_status(operation, answer.status)
        && (200..300).any(|status| wording::names_status(operation, status))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, Said, fails, operation, silent};
    use super::*;
    use crate::spec::Operation;

    fn get() -> Operation {
        operation("GET /orders")
            .answers("200", &[("application/json", None)])
            .answers("404", &[("application/json", None)])
            .answers("default", &[("application/json", None)])
    }

    fn said(status: u16, media: &str) -> Said {
        Said::answer("GET /orders", status).header("Content-Type", media).body("x")
    }

    #[test]
    fn a_success_in_another_syntax_is_an_error() {
        let failure = fails(&ContentTypeConformance, &get(), said(200, "text/html; charset=utf-8"));
        assert_eq!(failure.severity, Severity::Error);
        insta::assert_snapshot!(failure.why, @"GET /orders answers 200 in text/html; the document promises application/json");
    }

    #[test]
    fn a_refusal_in_another_syntax_is_a_warning_where_its_status_is_named() {
        for label in [Label::Valid, Label::Invalid] {
            let failure =
                fails(&ContentTypeConformance, &get(), said(404, "text/html").label(label));
            assert_eq!(failure.severity, Severity::Warning);
        }
        silent(&ContentTypeConformance, &get(), said(400, "text/html"));
        silent(&ContentTypeConformance, &get(), said(404, "text/html").label(Label::Malformed));
    }

    #[test]
    fn a_missing_or_malformed_type_is_a_warning() {
        let bare = Said::answer("GET /orders", 200).body("x");
        assert_eq!(fails(&ContentTypeConformance, &get(), bare).severity, Severity::Warning);
        let failure = fails(&ContentTypeConformance, &get(), said(200, "json"));
        assert_eq!(failure.severity, Severity::Warning);
    }

    #[test]
    fn silent_without_a_body() {
        silent(&ContentTypeConformance, &get(), Said::answer("GET /orders", 200));
        silent(
            &ContentTypeConformance,
            &get(),
            Said::answer("GET /orders", 200).header("Content-Type", "text/html"),
        );
        let head = said(200, "text/html").exchange(|e| e.sent.method = "HEAD".to_owned());
        silent(&ContentTypeConformance, &get(), head);
        let none = operation("GET /orders").answers("204", &[("application/json", None)]);
        silent(&ContentTypeConformance, &none, said(204, "text/html"));
    }

    #[test]
    fn silent_for_parameters_case_families_and_ranges() {
        for media in ["application/json; charset=utf-8", "Application/JSON", "application/hal+json"]
        {
            silent(&ContentTypeConformance, &get(), said(200, media));
        }
        silent(&ContentTypeConformance, &get(), said(404, "application/problem+json"));
        for (range, media) in [("*/*", "image/png"), ("text/*", "text/csv")] {
            let operation = operation("GET /orders").answers("200", &[(range, None)]);
            silent(&ContentTypeConformance, &operation, said(200, media));
        }
    }

    #[test]
    fn silent_where_the_document_lists_no_content() {
        let operation = operation("GET /orders").answers("200", &[]);
        silent(&ContentTypeConformance, &operation, said(200, "text/html"));
    }

    #[test]
    fn silent_for_a_success_to_an_invalid_call_and_for_a_5xx() {
        silent(&ContentTypeConformance, &get(), said(200, "text/html").label(Label::Invalid));
        silent(&ContentTypeConformance, &get(), said(500, "text/html"));
    }

    #[test]
    fn silent_for_a_success_that_only_the_error_default_covers() {
        silent(&ContentTypeConformance, &get(), said(202, "text/plain"));
        let only = operation("GET /orders").answers("default", &[("application/json", None)]);
        fails(&ContentTypeConformance, &only, said(202, "text/plain"));
    }

    #[test]
    fn silent_for_a_known_gateways_page() {
        let page = said(404, "text/html").body("<html><center>nginx/1.25</center></html>");
        silent(&ContentTypeConformance, &get(), page);
    }
}
