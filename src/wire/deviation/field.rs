//! Header fields that are too large, too many, or not well formed (RFC 9112, section 5).

use bytes::Bytes;

use super::{Danger, Domain, Parameter, Rule, Subject, whole};
use crate::case::Label;
use crate::wire::request::is_token_octet;

/// The name of fields that are added only to carry the damage.
const CARRIER: &str = "X-Phi-Fuzz";

const OCTETS: Parameter =
    Parameter { name: "octets", domain: Domain::Int { simplest: 8192, min: 1, max: 1 << 20 } };

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "huge_header",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[OCTETS],
        explain: "one more field, with a value of that many octets; a server may answer 431 or 400",
        places: whole,
        apply: |s| {
            let octets = s.size("octets")?;
            s.request.push_header(CARRIER, "a".repeat(octets));
            Ok(())
        },
    },
    Rule {
        name: "huge_header_name",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[OCTETS],
        explain: "one more field, with a name of that many octets",
        places: whole,
        apply: |s| {
            let octets = s.size("octets")?;
            s.request.push_header("a".repeat(octets), "x");
            Ok(())
        },
    },
    Rule {
        name: "many_headers",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "count",
            domain: Domain::Int { simplest: 101, min: 1, max: 10_000 },
        }],
        explain: "that many more fields; a server may answer 431 or 400",
        places: whole,
        apply: |s| {
            for index in 0..s.size("count")? {
                s.request.push_header(format!("{CARRIER}-{index}"), "x");
            }
            Ok(())
        },
    },
    Rule {
        name: "huge_cookie",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[OCTETS],
        explain: "one more cookie of that many octets",
        places: whole,
        apply: |s| {
            let octets = s.size("octets")?;
            s.request.push_cookie("phi", &"a".repeat(octets));
            Ok(())
        },
    },
    Rule {
        name: "header_injection",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&[
                "\r\nX-Injected: 1",
                "\nX-Injected: 1",
                "\r\n\r\nGET / HTTP/1.1",
            ]),
        }],
        explain: "a header value is followed by a line end and another field: what a careless client \
                  makes of data. The octets are a well-formed head with one field more, or two \
                  requests",
        places: headers,
        apply: |s| {
            let text = s.text("text")?;
            append(s, text.as_bytes())
        },
    },
    Rule {
        name: "control_in_header",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&["\u{0}", "\r", "\u{1}", "\u{7f}", "\u{b}"]),
        }],
        explain: "a header value ends in NUL, a lone CR or another control character; CR and NUL \
                  MUST be refused or replaced (RFC 9110, section 5.5)",
        places: headers,
        apply: |s| {
            let mut text = s.text("text")?;
            // A CR at the very end would join the line end.
            text.push('x');
            append(s, text.as_bytes())
        },
    },
    Rule {
        name: "header_name",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "name",
            domain: Domain::Text(&["X Y", "", "X\u{0}", "X(", "é", "X\tY", "X/Y", "\"X\""]),
        }],
        explain: "one more field whose name is no token (RFC 9110, section 5.1); servers refuse it or \
                  drop it",
        places: whole,
        apply: |s| {
            let name = s.text("name")?;
            if !name.is_empty() && name.bytes().all(is_token_octet) {
                return Err("`name` is a token".to_owned());
            }
            s.request.push_header(name, "x");
            Ok(())
        },
    },
    Rule {
        name: "space_before_colon",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter { name: "text", domain: Domain::Text(&[" ", "\t"]) }],
        explain: "a blank stands between a field's name and its colon; the server MUST answer 400 \
                  (RFC 9112, section 5.1)",
        places: whole,
        apply: |s| {
            let text = s.text("text")?;
            s.request.push_header(format!("{CARRIER}{text}"), "x");
            Ok(())
        },
    },
    Rule {
        name: "line_without_colon",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter { name: "text", domain: Domain::Text(&["x", "x y", "\u{0}"]) }],
        explain: "a line of the head is no field; servers refuse it or drop it",
        places: whole,
        apply: |s| {
            let text = s.text("text")?;
            s.request.push_header(CARRIER, format!("x\r\n{text}"));
            Ok(())
        },
    },
    Rule {
        name: "folded_header",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter { name: "text", domain: Domain::Text(&[" ", "\t"]) }],
        explain: "a field goes on in a second line; the server MUST answer 400 or read a blank \
                  (RFC 9112, section 5.2)",
        places: whole,
        apply: |s| {
            let text = s.text("text")?;
            s.request.push_header(CARRIER, format!("x\r\n{text}x"));
            Ok(())
        },
    },
    Rule {
        name: "bare_line_feed",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[],
        explain: "lines of the head end in LF alone; a server MAY take it (RFC 9112, section 2.2)",
        places: whole,
        apply: |s| {
            s.request.head.line_end = "\n";
            Ok(())
        },
    },
    Rule {
        name: "bare_carriage_return",
        label: Label::Malformed,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[],
        explain: "lines of the head end in CR alone; a CR without LF MUST be refused or replaced \
                  (RFC 9112, section 2.2), so the head never ends",
        places: whole,
        apply: |s| {
            s.request.head.line_end = "\r";
            Ok(())
        },
    },
];

/// The call as a whole (a field of its own carries the damage), or any of its header parameters.
fn headers(_: &Rule, call: &crate::case::Call, _: &crate::wire::Request) -> Vec<Option<String>> {
    let named = call
        .headers
        .iter()
        .map(|(name, _)| Some(format!("headers/{}", crate::wire::facts::token(name))));
    std::iter::once(None).chain(named).collect()
}

/// Adds octets to the value of the header field the deviation is about.
fn append(subject: &mut Subject<'_>, octets: &[u8]) -> Result<(), String> {
    let Some(at) = subject.deviation.at.as_deref() else {
        subject.request.push_header(CARRIER, [b"x", octets].concat());
        return Ok(());
    };
    let name = at
        .strip_prefix("headers/")
        .map(|name| name.replace("~1", "/").replace("~0", "~"))
        .ok_or_else(|| format!("`{at}` is no header"))?;
    let header = subject.request.headers.iter_mut().find(|h| h.name.eq_ignore_ascii_case(&name));
    let header = header.ok_or_else(|| format!("there is no header `{name}`"))?;
    header.value = Bytes::from([&header.value[..], octets].concat());
    Ok(())
}
