//! `Content-Length` that lies or contradicts itself (RFC 9112, section 6).

use super::{Danger, Domain, Parameter, Rule, Subject, whole, with_body};
use crate::case::Label;
use crate::wire::Framing;
use crate::wire::http1::chunked;

const BY: Parameter =
    Parameter { name: "by", domain: Domain::Int { simplest: 1, min: -1_000_000, max: 1_000_000 } };

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "content_length",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[BY],
        explain: "the announced length is off by this many octets: too long leaves the service \
                  waiting, too short makes it take the rest for another request",
        places: |_, _, request| if request.body.is_empty() { Vec::new() } else { vec![None] },
        apply: |s| {
            let length = off(s)?;
            announce(s, &[("Content-Length", length)]);
            Ok(())
        },
    },
    Rule {
        name: "content_length_text",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&[
                "x",
                "",
                "-1",
                "+1",
                "1e1",
                "0x1",
                "1.0",
                "1 1",
                "18446744073709551616",
                "１",
            ]),
        }],
        explain: "the announced length is no number; 400 is the answer (RFC 9112, section 6.3)",
        places: with_body,
        apply: |s| {
            let value = s.text("value")?;
            if !value.is_empty()
                && value.bytes().all(|octet| octet.is_ascii_digit())
                && value.len() < 20
            {
                return Err("`value` is a length; use the rule `content_length`".to_owned());
            }
            announce(s, &[("Content-Length", value)]);
            Ok(())
        },
    },
    Rule {
        name: "no_length",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[],
        explain: "a body comes without length or chunks: by RFC 9112, section 6.3 the request has no \
                  body, and what follows is another, broken one; 411 or 400 is the answer",
        places: with_body,
        apply: |s| {
            announce(s, &[]);
            Ok(())
        },
    },
    Rule {
        name: "two_content_lengths",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[BY],
        explain: "two lengths that differ by this many octets, the right one first; 400 is the \
                  answer (RFC 9112, section 6.3)",
        places: with_body,
        apply: |s| {
            let right = s.request.body.len().to_string();
            let wrong = off(s)?;
            announce(s, &[("Content-Length", right), ("Content-Length", wrong)]);
            Ok(())
        },
    },
    Rule {
        name: "length_and_chunked",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[BY],
        explain: "a body in chunks that also announces a length, off by this many octets: the shape \
                  of request smuggling (RFC 9112, section 6.1)",
        places: with_body,
        apply: |s| {
            let length = off(s)?;
            let body = chunked(&s.request.body, s.request.body.len().max(1));
            announce(s, &[("Content-Length", length), ("Transfer-Encoding", "chunked".to_owned())]);
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "transfer_encoding",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&[
                "x-phi-fuzz",
                "chunked, identity",
                "chunked, chunked",
                "xchunked",
                "\u{b}chunked",
                "\"chunked\"",
                "",
            ]),
        }],
        explain: "a body in chunks under a transfer coding nobody knows, or that does not end in \
                  chunked; 400 or 501 is the answer (RFC 9112, sections 6.1 and 6.3)",
        places: with_body,
        apply: |s| {
            let value = s.text("value")?;
            let body = chunked(&s.request.body, s.request.body.len().max(1));
            announce(s, &[("Transfer-Encoding", value)]);
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "unexpected_body",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "text", domain: Domain::Text(&["{}", "x", "null"]) }],
        explain: "a call that takes no body has one; it has no meaning for GET, HEAD and DELETE \
                  (RFC 9110, section 9.3), and may be ignored or refused",
        places: |rule, call, request| {
            if call.body.is_none() { whole(rule, call, request) } else { Vec::new() }
        },
        apply: |s| {
            let text = s.text("text")?;
            s.set_body(text);
            s.request.set_header("Content-Type", "application/json");
            Ok(())
        },
    },
];

/// The length of the body, off by the parameter `by`.
fn off(subject: &Subject<'_>) -> Result<String, String> {
    let by = subject.int("by")?;
    let length = subject.request.body.len() as i64 + by;
    if by == 0 || length < 0 {
        return Err(format!("`by` is {by}, but the length has to be wrong and not negative"));
    }
    Ok(length.to_string())
}

/// Lets these fields alone frame the body.
fn announce(subject: &mut Subject<'_>, fields: &[(&str, String)]) {
    subject.request.remove_header("content-length");
    subject.request.remove_header("transfer-encoding");
    for (name, value) in fields {
        subject.request.push_header(*name, value.clone());
    }
    subject.request.framing = Framing::Announced;
}
