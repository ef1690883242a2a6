//! Whether a path leads where its call says.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::case::Call;
use crate::spec::Service;
use crate::spec::template::{is_parameter, segments};
use crate::value::Value;

/// Whether an answer to this call surely came from the operation it names.
///
/// It need not where a path parameter holds what routers and proxies read as structure: nothing, `.`
/// or `..` (RFC 3986, section 5.2.4), a slash however encoded, `;` (path parameters of servlets), or
/// where the finished path is also one of another operation with fewer parameters.
pub(super) fn is_certain(service: &Service, call: &Call) -> bool {
    if call.path.is_empty() {
        return true;
    }
    let bends = call.path.iter().any(|(_, value)| match value {
        Value::String(text) => text.as_str().is_none_or(bends_route),
        Value::Number(_) | Value::Bool(_) => false,
        Value::Symbol(_) => false,
        Value::Null | Value::Bytes(_) => true,
        // Lists and objects are joined by separators; only their texts can bend.
        Value::Array(_) | Value::Object(_) => value.to_string().contains(['/', '\\', ';']),
    });
    !bends && !is_claimed_by_another(service, call)
}

fn bends_route(text: &str) -> bool {
    matches!(text, "" | "." | "..")
        || text.contains(['/', '\\', ';', '\0'])
        || text.trim().is_empty()
        // What is decoded twice on its way may bend then.
        || text.contains('%')
            && percent_decode_str(text)
                .decode_utf8()
                .is_ok_and(|decoded| decoded != text && bends_route(&decoded))
}

/// Whether the call's finished path is also one of an operation whose template spells it with more
/// literal segments, so that a router prefers that one.
fn is_claimed_by_another(service: &Service, call: &Call) -> bool {
    let Some((method, template)) = call.operation.split_once(' ') else { return false };
    let path: Vec<Cow<'_, str>> = segments(template).map(|s| filled(s, call)).collect();
    service.meeting(template).any(|other| {
        other.method == method
            && other.path != template
            && fits_by_literal(&other.path, template, &path)
    })
}

/// Whether `template` fits the finished segments, and does so by a literal where `own` has a parameter.
fn fits_by_literal(template: &str, own: &str, path: &[Cow<'_, str>]) -> bool {
    let mut more_literal = false;
    let mut count = 0;
    for ((segment, own), finished) in segments(template).zip(segments(own)).zip(path) {
        count += 1;
        if is_parameter(segment) {
            continue;
        }
        if segment != finished {
            return false;
        }
        more_literal |= is_parameter(own);
    }
    more_literal && count == path.len() && segments(template).count() == count
}

/// The methods that the document declares for the paths that this call's finished path fits, in
/// capitals; templates that differ only in the names of their parameters count as one.
pub(super) fn methods<'s>(service: &'s Service, call: &Call) -> Vec<&'s str> {
    let template = call.operation.split_once(' ').map_or("", |(_, template)| template);
    let path: Vec<Cow<'_, str>> = segments(template).map(|s| filled(s, call)).collect();
    let mut methods: Vec<&str> = service
        .meeting(template)
        .filter(|other| other.path == template || fits(&other.path, &path))
        .map(|other| other.method.as_str())
        .collect();
    methods.sort_unstable();
    methods.dedup();
    methods
}

fn fits(template: &str, path: &[Cow<'_, str>]) -> bool {
    segments(template).count() == path.len()
        && segments(template).zip(path).all(|(segment, finished)| {
            is_parameter(segment) || segment == finished || is_parameter(finished)
        })
}

/// A segment with its parameter filled in, where it is nothing but one whose value is known.
fn filled<'c>(segment: &'c str, call: &'c Call) -> Cow<'c, str> {
    let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let value = name.and_then(|name| call.path.iter().find(|(key, _)| key == name));
    match value {
        Some((_, Value::String(text))) => text.lossy(),
        Some((_, Value::Number(number))) => number.to_string().into(),
        Some((_, Value::Bool(bool))) => bool.to_string().into(),
        _ => segment.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn call(template: &str, id: &str) -> Call {
        Call {
            operation: template.to_owned(),
            path: vec![("id".to_owned(), Value::text(id))],
            ..Call::default()
        }
    }

    #[test]
    fn structure_in_a_path_parameter_leads_elsewhere() {
        let service = fixture::service(vec![fixture::operation("GET /users/{id}")]);
        for bent in ["", ".", "..", "a/b", "a\\b", "%2F", "%252e%252e", " ", "a;b"] {
            assert!(!is_certain(&service, &call("GET /users/{id}", bent)), "{bent:?}");
        }
        for plain in ["a", "1", "...", "é", "100%", "a b"] {
            assert!(is_certain(&service, &call("GET /users/{id}", plain)), "{plain:?}");
        }
    }

    #[test]
    fn a_literal_path_of_another_operation_wins() {
        let service = fixture::service(vec![
            fixture::operation("GET /users/{id}"),
            fixture::operation("GET /users/search"),
            fixture::operation("POST /users/bulk"),
        ]);
        assert!(!is_certain(&service, &call("GET /users/{id}", "search")));
        assert!(is_certain(&service, &call("GET /users/{id}", "bulk")));
    }

    #[test]
    fn methods_of_a_path_are_those_of_all_templates_that_fit() {
        let service = fixture::service(vec![
            fixture::operation("GET /users/{id}"),
            fixture::operation("DELETE /users/{userId}"),
            fixture::operation("POST /users/search"),
            fixture::operation("PUT /users"),
        ]);
        assert_eq!(methods(&service, &call("GET /users/{id}", "7")), ["DELETE", "GET"]);
        assert_eq!(
            methods(&service, &call("GET /users/{id}", "search")),
            ["DELETE", "GET", "POST"]
        );
    }
}
