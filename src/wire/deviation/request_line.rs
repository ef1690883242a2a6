//! The request line: version, form of the target, and nonsense (RFC 9112, section 3).

use bytes::Bytes;

use super::{Danger, Domain, Parameter, Rule, whole};
use crate::case::Label;
use crate::wire::TargetForm;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "http_version",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter { name: "version", domain: Domain::Text(&["1.0", "1.2", "1.9"]) }],
        explain: "another version of HTTP/1, which a server reads as the highest it knows (RFC 9110, \
                  section 2.5); HTTP/1.0 ends the connection after the answer",
        places: whole,
        apply: |s| {
            s.request.head.version = match &*s.text("version")? {
                "1.0" => "HTTP/1.0",
                "1.2" => "HTTP/1.2",
                "1.9" => "HTTP/1.9",
                other => return Err(format!("`version` is `{other}`; write 1.0, 1.2 or 1.9")),
            };
            Ok(())
        },
    },
    Rule {
        name: "bad_http_version",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "version",
            domain: Domain::Text(&["9.9", "0.9", "2.0", "1", "x", "lower", "none"]),
        }],
        explain: "a version that no server speaks over such a connection, or none; 505 or 400 is the \
                  answer (RFC 9110, section 15.6.6)",
        places: whole,
        apply: |s| {
            s.request.head.version = match &*s.text("version")? {
                "9.9" => "HTTP/9.9",
                "0.9" => "HTTP/0.9",
                "2.0" => "HTTP/2.0",
                "1" => "HTTP/1",
                "x" => "HTTP/1.1x",
                "lower" => "http/1.1",
                "none" => "",
                other => {
                    return Err(format!(
                        "`version` is `{other}`; write 9.9, 0.9, 2.0, 1, x, lower or none"
                    ));
                }
            };
            Ok(())
        },
    },
    Rule {
        name: "absolute_form",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[],
        explain: "the target is a whole URI, as to a proxy; a server MUST take it (RFC 9112, section \
                  3.2.2), what stands in front of it may not",
        places: whole,
        apply: |s| {
            s.request.head.form = TargetForm::Absolute;
            Ok(())
        },
    },
    Rule {
        name: "garbage_request_line",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&[
                "x",
                "",
                "GET",
                "GET /",
                "GET  / HTTP/1.1",
                "GET\t/ HTTP/1.1",
                " GET / HTTP/1.1",
                "G\u{0}T / HTTP/1.1",
                "GET / / HTTP/1.1",
                "GET x HTTP/1.1",
                "GET * HTTP/1.1",
                "\u{16}\u{3}\u{1}",
            ]),
        }],
        explain: "the first line is no request line; 400 is the answer (RFC 9112, section 3)",
        places: whole,
        apply: |s| {
            let text = s.text("text")?;
            s.request.head.line = Some(Bytes::from(text));
            Ok(())
        },
    },
    Rule {
        name: "leading_empty_line",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "count",
            domain: Domain::Int { simplest: 1, min: 1, max: 1000 },
        }],
        explain: "empty lines stand before the request line; a server SHOULD ignore at least one \
                  (RFC 9112, section 2.2)",
        places: whole,
        apply: |s| {
            let count = s.size("count")?;
            s.request.head.before = Bytes::from("\r\n".repeat(count));
            Ok(())
        },
    },
];
