//! Methods (RFC 9110, section 9).

use std::borrow::Cow;

use super::{Danger, Domain, Parameter, Rule, whole};
use crate::case::Label;
use crate::wire::Request;

const METHODS: Domain =
    Domain::Text(&["PATCH", "PUT", "POST", "GET", "OPTIONS", "HEAD", "TRACE", "QUERY", "DELETE"]);

/// Header fields that some frameworks take for the method.
const OVERRIDES: &[&str] = &["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

/// The methods that a service may take a request for: its own, and those that header fields name.
pub fn methods(request: &Request) -> impl Iterator<Item = Cow<'_, str>> {
    let overrides = request
        .headers
        .iter()
        .filter(|header| OVERRIDES.iter().any(|name| header.name.eq_ignore_ascii_case(name)));
    let named = overrides.map(|header| String::from_utf8_lossy(header.value.trim_ascii()));
    std::iter::once(Cow::Borrowed(&*request.method)).chain(named)
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "undocumented_method",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "method", domain: METHODS }],
        explain: "a known method that the document does not have at this path; 405 with Allow is the \
                  answer. Whoever sends it has to choose one that is not documented, and treat it as \
                  that method: DELETE deletes",
        places: whole,
        apply: |s| {
            let method = s.text("method")?;
            if method == s.request.method {
                return Err(format!("`method` is {method}, the documented one"));
            }
            s.request.method = method;
            Ok(())
        },
    },
    Rule {
        name: "unknown_method",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "method",
            domain: Domain::Text(&["PHI", "PROPFIND", "M-SEARCH", "!"]),
        }],
        explain: "a method that HTTP does not have, or another protocol on it; 501 or 405 is the \
                  answer (RFC 9110, section 9.1)",
        places: whole,
        apply: |s| {
            s.request.method = s.text("method")?;
            Ok(())
        },
    },
    Rule {
        name: "lowercase_method",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the method in lower case, which is another method (RFC 9110, section 9.1)",
        places: whole,
        apply: |s| {
            s.request.method.make_ascii_lowercase();
            Ok(())
        },
    },
    Rule {
        name: "method_override",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: true,
        parameters: &[
            Parameter { name: "header", domain: Domain::Text(OVERRIDES) },
            Parameter { name: "method", domain: METHODS },
        ],
        explain: "a header that some frameworks take for the method; a service that honours it acts \
                  on what the document does not say, so what it may change is not known",
        places: whole,
        apply: |s| {
            let (header, method) = (s.text("header")?, s.text("method")?);
            s.request.push_header(header, method);
            Ok(())
        },
    },
];
