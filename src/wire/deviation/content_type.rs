//! `Content-Type` that says nothing, something else, or nonsense (RFC 9110, section 8.3).

use super::{Danger, Domain, Parameter, Rule, Subject, with_body};
use crate::case::Label;
use crate::wire::media::MediaType;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "no_content_type",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the body comes without a content type; the receiver MAY guess (RFC 9110, section \
                  8.3)",
        places: with_body,
        apply: |s| {
            s.request.remove_header("Content-Type");
            Ok(())
        },
    },
    Rule {
        name: "wrong_content_type",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "type",
            domain: Domain::Text(&[
                "text/plain",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json",
                "application/octet-stream",
            ]),
        }],
        explain: "the body is said to be of a usual media type that it is not; invalid where the \
                  operation does not take that type",
        places: with_body,
        apply: |s| set(s, "type"),
    },
    Rule {
        name: "unsupported_content_type",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "type",
            domain: Domain::Text(&["application/x-phi-fuzz", "image/x-phi-fuzz"]),
        }],
        explain: "the body is said to be of a media type that nobody knows; 415 is the answer \
                  (RFC 9110, section 15.5.16)",
        places: with_body,
        apply: |s| set(s, "type"),
    },
    Rule {
        name: "malformed_content_type",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "value",
            domain: Domain::Text(&[
                "application",
                "",
                "/",
                ";",
                "application/",
                "/json",
                "application/json; charset",
                "application/json; charset=\"",
                "application json",
            ]),
        }],
        explain: "the content type is none (RFC 9110, section 8.3.1)",
        places: with_body,
        apply: |s| {
            if MediaType::parse(&s.text("value")?).is_some() {
                return Err("`value` is a well-formed media type".to_owned());
            }
            set(s, "value")
        },
    },
    Rule {
        name: "unknown_charset",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "charset",
            domain: Domain::Text(&["x-phi-fuzz", "utf-16", "iso-8859-1", "utf-7"]),
        }],
        explain: "the content type names another character set; JSON has no such parameter, so it \
                  may be ignored or refused",
        places: with_body,
        apply: |s| {
            let charset = s.text("charset")?;
            let old =
                s.request.header("content-type").map(|v| String::from_utf8_lossy(v).into_owned());
            let old = old.ok_or_else(|| "there is no content type".to_owned())?;
            s.request.set_header("Content-Type", format!("{old}; charset={charset}"));
            Ok(())
        },
    },
    Rule {
        name: "content_type_spelling",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "form",
            domain: Domain::Text(&["charset", "case", "parameter", "blanks"]),
        }],
        explain: "the content type is spelt in another way that means the same: with the usual character \
                  set, in other letters, with a parameter that nobody knows, with blanks (RFC 9110, \
                  section 8.3.1); not every receiver reads it so",
        places: with_body,
        apply: |s| {
            let old =
                s.request.header("content-type").map(|v| String::from_utf8_lossy(v).into_owned());
            let old = old.ok_or_else(|| "there is no content type".to_owned())?;
            let new = spelt(&old, &s.text("form")?)?;
            s.request.set_header("Content-Type", new);
            Ok(())
        },
    },
    Rule {
        name: "two_content_types",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "type",
            domain: Domain::Text(&["text/plain", "application/json"]),
        }],
        explain: "the content type stands twice; it is a singleton (RFC 9110, section 8.3)",
        places: with_body,
        apply: |s| {
            let value = s.text("type")?;
            s.request.push_header("Content-Type", value);
            Ok(())
        },
    },
];

fn set(subject: &mut Subject<'_>, parameter: &str) -> Result<(), String> {
    let value = subject.text(parameter)?;
    subject.request.set_header("Content-Type", value);
    Ok(())
}

/// A content type in another form.
fn spelt(old: &str, form: &str) -> Result<String, String> {
    let (essence, parameters) = old.find(';').map_or((old, ""), |at| old.split_at(at));
    Ok(match form {
        "charset" => format!("{old}; charset=utf-8"),
        "case" => {
            let (kind, subtype) = essence.split_once('/').unwrap_or((essence, ""));
            let (first, rest) = kind.split_at_checked(1).unwrap_or((kind, ""));
            let kind = first.to_ascii_uppercase() + rest;
            format!("{kind}/{}{parameters}", subtype.to_ascii_uppercase())
        }
        "parameter" => format!("{old}; phi=fuzz"),
        "blanks" => format!("{essence} {parameters} ;"),
        other => {
            let known = "write charset, case, parameter or blanks";
            return Err(format!("`form` is `{other}`; {known}"));
        }
    })
}
