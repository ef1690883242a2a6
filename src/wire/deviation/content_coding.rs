//! `Content-Encoding`, right and wrong (RFC 9110, section 8.4).

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::{Danger, Domain, Parameter, Rule, Subject, with_body, with_json};
use crate::case::Label;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "gzip",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the body is compressed and says so; a service may answer 415 (RFC 9110, section \
                  15.5.16)",
        places: with_body,
        apply: |s| {
            let body = compressed(&s.request.body)?;
            coded(s, body, "gzip");
            Ok(())
        },
    },
    Rule {
        name: "bad_gzip",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "how", domain: Domain::Text(&["truncated", "header"]) }],
        explain: "the body is said to be gzip and is cut in the middle, or has a wrong header (RFC \
                  1952); nothing that reads it as JSON, unpacked or not, can take it",
        places: with_json,
        apply: damage,
    },
    Rule {
        name: "careless_gzip",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "how", domain: Domain::Text(&["checksum", "trailing"]) }],
        explain: "the body is gzip with a wrong checksum, or with garbage behind it; readers that \
                  stop early do not see it",
        places: with_body,
        apply: damage,
    },
    Rule {
        name: "unknown_content_encoding",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "coding",
            domain: Domain::Text(&["x-phi-fuzz", "identity", "gzip, gzip", "br", ""]),
        }],
        explain: "the body is plain and said to be in a coding nobody knows, or that it is not in; a \
                  service may refuse with 415 or ignore it",
        places: with_body,
        apply: |s| {
            let (body, coding) = (s.request.body.to_vec(), s.text("coding")?);
            coded(s, body, &coding);
            Ok(())
        },
    },
];

fn compressed(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body).and_then(|()| gzip.finish()).map_err(|error| error.to_string())
}

fn coded(subject: &mut Subject<'_>, body: Vec<u8>, coding: &str) {
    subject.set_body(body);
    subject.request.set_header("Content-Encoding", coding.to_owned());
}

fn damage(subject: &mut Subject<'_>) -> Result<(), String> {
    let mut body = compressed(&subject.request.body)?;
    match &*subject.text("how")? {
        "truncated" => body.truncate(body.len() / 2),
        // The last eight octets are checksum and length.
        "checksum" => {
            let at = body.len() - 8;
            body[at] ^= 0xFF;
        }
        "header" => body[0] ^= 0xFF,
        "trailing" => body.extend_from_slice(b"garbage"),
        other => {
            return Err(format!(
                "`how` is `{other}`; write truncated, checksum, header or trailing"
            ));
        }
    }
    coded(subject, body, "gzip");
    Ok(())
}
