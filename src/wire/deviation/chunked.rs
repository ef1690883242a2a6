//! Chunked bodies, proper and broken (RFC 9112, section 7.1).

use super::{Danger, Domain, Parameter, Rule, Subject, with_body};
use crate::case::Label;
use crate::wire::Framing;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "chunked",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "size",
            domain: Domain::Int { simplest: 1, min: 1, max: 1_000_000 },
        }],
        explain: "the body comes in proper chunks of that many octets; every HTTP/1.1 server takes \
                  them, but a service may insist on a length (411)",
        places: with_body,
        apply: |s| {
            let size = s.size("size")?;
            s.request.framing = Framing::Chunked(size);
            Ok(())
        },
    },
    Rule {
        name: "chunk_extension",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&[";a", ";a=1", ";a=\"b;c\"", ";", " ;a"]),
        }],
        explain: "the size of the chunk has an extension, which MUST be ignored where it is unknown, \
                  and may be refused where it is too long (RFC 9112, section 7.1.1)",
        places: with_body,
        apply: |s| {
            let text = s.text("text")?;
            written(s, |size| format!("{size:x}{text}\r\n"), "\r\n", "0\r\n\r\n");
            Ok(())
        },
    },
    Rule {
        name: "chunk_trailer",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "field",
            domain: Domain::Text(&["X-Phi: 1", "Content-Length: 1", "Authorization: x", "x"]),
        }],
        explain: "a field follows the last chunk; it MAY be dropped and must not be merged blindly \
                  (RFC 9112, section 7.1.2)",
        places: with_body,
        apply: |s| {
            let end = format!("0\r\n{}\r\n\r\n", s.text("field")?);
            written(s, |size| format!("{size:x}\r\n"), "\r\n", &end);
            Ok(())
        },
    },
    Rule {
        name: "chunk_size",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&[
                "g",
                "",
                "-1",
                "0x1",
                "+1",
                "ffffffffffffffff",
                "10000000000000000",
                "1_0",
            ]),
        }],
        explain: "the size of the chunk is not the hexadecimal number of its octets",
        places: with_body,
        apply: |s| {
            let text = s.text("text")?;
            written(s, |_| format!("{text}\r\n"), "\r\n", "0\r\n\r\n");
            Ok(())
        },
    },
    Rule {
        name: "chunk_size_off",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "by",
            domain: Domain::Int { simplest: 1, min: -1_000_000, max: 1_000_000 },
        }],
        explain: "the size of the chunk is off by this many octets",
        places: with_body,
        apply: |s| {
            let by = s.int("by")?;
            let size = s.request.body.len() as i64 + by;
            if by == 0 || size < 1 {
                return Err(format!("`by` is {by}, but the size has to be wrong and positive"));
            }
            written(s, |_| format!("{size:x}\r\n"), "\r\n", "0\r\n\r\n");
            Ok(())
        },
    },
    Rule {
        name: "chunk_unterminated",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter { name: "end", domain: Domain::Text(&["", "0", "0\r\n"]) }],
        explain: "the last chunk does not come, or not whole; the service waits for it",
        places: with_body,
        apply: |s| {
            let end = s.text("end")?;
            written(s, |size| format!("{size:x}\r\n"), "\r\n", &end);
            Ok(())
        },
    },
    Rule {
        name: "chunk_line_end",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter { name: "text", domain: Domain::Text(&["\n", "", "\r", "xx"]) }],
        explain: "something else than CR LF stands after the octets of the chunk",
        places: with_body,
        apply: |s| {
            let text = s.text("text")?;
            written(s, |size| format!("{size:x}\r\n"), &text, "0\r\n\r\n");
            Ok(())
        },
    },
];

/// The body as one chunk: the line before it, what follows its octets, and the end.
fn written(subject: &mut Subject<'_>, line: impl Fn(usize) -> String, after: &str, end: &str) {
    let body = &subject.request.body;
    let body = [line(body.len()).as_bytes(), body, after.as_bytes(), end.as_bytes()].concat();
    subject.set_body(body);
    subject.request.remove_header("content-length");
    subject.request.set_header("Transfer-Encoding", "chunked");
    subject.request.framing = Framing::Announced;
}
