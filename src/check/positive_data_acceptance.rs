//! `positive_data_acceptance`: input that the document allows is not refused.

use std::sync::Arc;

use super::{Check, Failure, Promised, Severity, View, message, wording};
use crate::case::{History, Label};

/// Input that the document allows is not refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct PositiveDataAcceptance;

const NAME: &str = "positive_data_acceptance";

/// Words by which a service says that a rule of its own was broken: state, rights, uniqueness, quotas.
const BUSINESS: &[&str] = &[
    "not found",
    "no such",
    "does not exist",
    "doesn't exist",
    "do not exist",
    "unknown",
    "already",
    "exists",
    "duplicate",
    "unique",
    "in use",
    "taken",
    "reserved",
    "conflict",
    "quota",
    "limit reached",
    "rate limit",
    "too many",
    "permission",
    "forbidden",
    "not allowed",
    "denied",
    "authori",
    "expired",
    "locked",
    "closed",
    "disabled",
    "inactive",
    "unavailable",
    "insufficient",
    "balance",
    "must be logged",
    "credential",
    "password",
    "token",
    "not supported",
];

impl Check for PositiveDataAcceptance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn needs(&self) -> &'static str {
        "calls of the same operation that were accepted in this run"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

A valid call is not refused with 400, 415 or 422. It is an error where a call that differs from it in
exactly one place was accepted in this run, and the document does not list the status: then this one
value is refused although the document allows it. Where the document lists the status, it is a warning,
as a rule of the business may speak; where no such neighbour is known, and nothing but `default` covers
the status, it is a warning, too, one per operation and status.

## When it is silent

- Other refusals: 401, 403, 404, 409, 410, 412, 413, 423, 429 and so on depend on state, rights, limits.
- The document lists the status, and no neighbour was accepted.
- The document lists both 400 and 422, and 422 came: rules between values that a schema cannot tell
  (RFC 9110, section 15.5.21).
- The very same call was accepted before: the state changed, not the input.
- The message speaks of existence, uniqueness, rights, quotas or state, or the one place that differs
  is an identifier: foreign keys cannot be told by a schema.
- The status is not listed at all and no neighbour was accepted: `status_code_conformance` speaks.
- A gateway's own answer, a path parameter that may have led to another operation, a call that came at once
  with others.

## How to mend the service

Accept the value, or tell the rule in the document: tighter bounds, a `pattern`, an `enum`, a required
member.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.promised(self.labels()).filter_map(|promised| judge(view, promised)).collect()
    }
}

fn judge(view: &View<'_>, promised: Promised<'_, '_>) -> Option<Failure> {
    let Promised { seen, operation, answer } = promised;
    // A descriptor without rules promises little of values.
    if seen.is_rpc()
        || !matches!(answer.status, 400 | 415 | 422)
        || operation.responses.by_status.is_empty()
    {
        return None;
    }
    let listed = wording::names_status(operation, answer.status);
    let accepted = &view.surroundings.accepted;
    let neighbour = accepted.neighbour(seen.call);
    let told = message::message(answer, seen.json()).unwrap_or_default();
    // A document that tells 422 from 400 tells of rules between values, beyond its schemas.
    let declared = answer.status == 422 && listed && wording::names_status(operation, 400);
    let severity = match (&neighbour, listed) {
        _ if declared => return None,
        (Some(place), _) if is_identifier(place) => return None,
        (Some(_), false) => Severity::Error,
        (Some(_), true) => Severity::Warning,
        // The neighbour was shown when the case was found.
        (None, listed) if view.surroundings.trusting => {
            if listed {
                Severity::Warning
            } else {
                Severity::Error
            }
        }
        (None, false) if operation.responses.of(answer.status).is_some() => Severity::Warning,
        (None, _) => return None,
    };
    if is_business(&told) || !view.is_surely_routed(seen) || view.is_from_gateway(seen) {
        return None;
    }
    if view.is_at_once(seen) {
        return None;
    }
    let quoted = wording::quoted(seen);
    let status = answer.status;
    let title = seen.title();
    let want: Vec<String> = (200..300)
        .filter(|success| wording::names_status(operation, *success))
        .map(|success| success.to_string())
        .take(3)
        .collect();
    let failure = if let Some(place) = neighbour {
        let place = if place.is_empty() { "one place".to_owned() } else { place };
        let why = format!(
            "{title} answers {status}{quoted} to a valid call; one that differs in {place} alone was \
             accepted"
        );
        Failure::new(NAME, seen, severity, status.to_string(), why)
    } else {
        let why = format!("{title} answers {status}{quoted} to a call that the document allows");
        Failure::new(NAME, seen, severity, status.to_string(), why)
    };
    Some(failure.wanting(if want.is_empty() { vec!["2XX".to_owned()] } else { want }))
}

fn is_business(message: &str) -> bool {
    let lower = message.to_lowercase();
    BUSINESS.iter().any(|word| lower.contains(word))
}

/// Whether a place holds an identifier by its name: a service knows which exist, a schema does not.
fn is_identifier(place: &str) -> bool {
    let name = place.rsplit('/').find(|token| !token.bytes().all(|b| b.is_ascii_digit()));
    let Some(name) = name else { return false };
    let camel = ["Id", "ID", "Ids", "Key", "Ref", "Uuid"].iter().any(|end| name.ends_with(end));
    let lower = name.to_ascii_lowercase();
    let words =
        ["id", "ids", "uuid", "guid", "key", "ref", "slug", "name", "email", "token", "code"];
    camel
        || words.iter().any(|word| {
            lower == *word
                || lower.strip_suffix(word).is_some_and(|rest| rest.ends_with(['_', '-', '.']))
        })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, Said, failures, operation, service};
    use super::super::{Accepted, Surroundings};
    use super::*;
    use crate::spec::Operation;

    fn unlisted() -> Operation {
        operation("POST /orders").answers("201", &[])
    }

    fn listed() -> Operation {
        unlisted().answers("400", &[])
    }

    fn defaulted() -> Operation {
        unlisted().answers("default", &[])
    }

    fn judge(
        operation: &Operation,
        accepted: &[&str],
        status: u16,
        body: &str,
        told: &str,
    ) -> Vec<Failure> {
        let mut known = Accepted::default();
        for body in accepted {
            let call = Said::answer("POST /orders", 201).sending_json(body).call;
            let print = known.print(&call);
            known.record(&call.operation, print);
        }
        let surroundings = Surroundings { accepted: Arc::new(known), ..Surroundings::default() };
        let said = Said::answer("POST /orders", status)
            .sending_json(body)
            .json(&format!(r#"{{"error":"{told}"}}"#));
        failures(
            &PositiveDataAcceptance,
            &service(vec![operation.clone()]),
            &surroundings,
            &[said],
            &[],
        )
    }

    const NEAR: &[&str] = &[r#"{"qty":999,"user_id":1}"#];

    #[test]
    fn an_unlisted_refusal_beside_an_accepted_neighbour_is_an_error() {
        for operation in [unlisted(), defaulted()] {
            let found =
                judge(&operation, NEAR, 400, r#"{"qty":1000,"user_id":1}"#, "qty is too big");
            assert_eq!(found[0].severity, Severity::Error);
            insta::allow_duplicates! {
                insta::assert_snapshot!(found[0].why, @r#"POST /orders answers 400 "qty is too big" to a valid call; one that differs in json/qty alone was accepted"#);
            }
        }
    }

    #[test]
    fn a_listed_refusal_beside_an_accepted_neighbour_is_a_warning() {
        let found = judge(&listed(), NEAR, 400, r#"{"qty":1000,"user_id":1}"#, "qty is too big");
        assert_eq!(found[0].severity, Severity::Warning);
    }

    #[test]
    fn a_refusal_that_only_default_covers_is_one_warning_without_a_neighbour() {
        let message = |told| {
            let found = judge(&defaulted(), &[], 422, "{}", told);
            assert_eq!(found[0].severity, Severity::Warning);
            found[0].message.clone()
        };
        assert_eq!(message("a is wrong"), message("b is wrong"));
    }

    #[test]
    fn silent_for_a_listed_refusal_without_a_neighbour() {
        assert_eq!(judge(&listed(), &[], 400, "{}", "bad"), []);
        assert_eq!(judge(&listed(), NEAR, 400, r#"{"qty":1,"user_id":2}"#, "bad"), []);
    }

    #[test]
    fn silent_for_a_422_that_the_document_tells_from_400() {
        let body = r#"{"qty":1000,"user_id":1}"#;
        let told_apart = listed().answers("422", &[]);
        assert_eq!(judge(&told_apart, NEAR, 422, body, "ends before it begins"), []);
        assert_eq!(judge(&unlisted().answers("422", &[]), NEAR, 422, body, "qty").len(), 1);
    }

    #[test]
    fn silent_for_an_unlisted_status_without_a_neighbour() {
        assert_eq!(judge(&unlisted(), &[], 400, "{}", "bad"), []);
    }

    #[test]
    fn silent_for_refusals_that_depend_on_state_rights_and_limits() {
        for status in [401, 403, 404, 405, 409, 410, 412, 413, 423, 428, 429, 431, 451, 500] {
            assert_eq!(judge(&unlisted(), NEAR, status, r#"{"qty":1000,"user_id":1}"#, "bad"), []);
        }
    }

    #[test]
    fn silent_where_the_message_speaks_of_state() {
        for told in
            ["name already taken", "no such customer", "monthly quota reached", "Permission denied"]
        {
            assert_eq!(judge(&unlisted(), NEAR, 400, r#"{"qty":1000,"user_id":1}"#, told), []);
        }
    }

    #[test]
    fn silent_where_an_identifier_differs() {
        assert_eq!(judge(&unlisted(), NEAR, 400, r#"{"qty":999,"user_id":2}"#, "bad"), []);
        for place in ["json/id", "json/userId", "json/user-id", "path/slug", "json/ids/0"] {
            assert!(is_identifier(place), "{place}");
        }
        for place in ["json/qty", "json/paid", "json/width", "query/valid", ""] {
            assert!(!is_identifier(place), "{place}");
        }
    }

    #[test]
    fn silent_where_the_same_call_was_accepted_before() {
        assert_eq!(judge(&unlisted(), NEAR, 400, NEAR[0], "bad"), []);
    }
}
