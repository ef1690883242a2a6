//! JSON texts damaged as a whole.

use super::{Danger, Domain, Parameter, Rule, Subject, with_body, with_json};
use crate::case::{Body, Call, Label};
use crate::value::read;
use crate::wire::Request;
use crate::wire::body::{sequence, sequence_of};
use crate::wire::facts::Facts;

/// Deepest nesting that is sent.
const MOST_LEVELS: i64 = 100_000;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "truncate",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "length", domain: Domain::Offset }],
        explain: "the body ends after this many octets, with the length to match: what is left is \
                  not JSON, XML or multipart",
        places: structured,
        apply: truncate,
    },
    Rule {
        name: "empty_body",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the content type is there, the body is empty; malformed where a body is required \
                  (empty is not JSON), else implementations may take it for an absent one",
        places: |rule, call, request| {
            // A sequence of nothing is one, too.
            let sequence = sequence_of(Facts::new(&call.render)).is_some();
            if sequence { Vec::new() } else { structured(rule, call, request) }
        },
        apply: |s| {
            s.set_body(Vec::new());
            Ok(())
        },
    },
    Rule {
        name: "blank_body",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the body is white space only, which is not JSON",
        places: with_json,
        apply: |s| {
            s.set_body(*b" \n");
            Ok(())
        },
    },
    Rule {
        name: "trailing_comma",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "a comma stands after the last member or element (RFC 8259, sections 4 and 5)",
        places: with_json,
        apply: trailing_comma,
    },
    Rule {
        name: "trailing_garbage",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&["x", "}", "]", ",", "{}", " null", "\u{0}"]),
        }],
        explain: "more text follows the JSON value (RFC 8259, section 2)",
        places: with_json,
        apply: |s| {
            let text = s.text("text")?;
            let body = [&s.request.body[..], text.as_bytes()].concat();
            s.set_body(body);
            malformed(s)
        },
    },
    Rule {
        name: "single_quotes",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "strings and keys stand in single quotes (RFC 8259, section 7)",
        places: |rule, call, request| {
            if request.body.contains(&b'"') { with_json(rule, call, request) } else { Vec::new() }
        },
        apply: single_quotes,
    },
    Rule {
        name: "comment",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&["/**/", "//\n", "#\n", "<!---->"]),
        }],
        explain: "a comment stands before the value; JSON has none",
        places: with_json,
        apply: |s| {
            let text = s.text("text")?;
            let body = [text.as_bytes(), &s.request.body[..]].concat();
            s.set_body(body);
            malformed(s)
        },
    },
    Rule {
        name: "deep_nesting",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[LEVELS, OF],
        explain: "the body is that many arrays or objects in each other, all closed; a reader may \
                  limit the depth (RFC 8259, section 9), but must not fall over",
        places: with_json,
        apply: |s| nest(s, true),
    },
    Rule {
        name: "unclosed_nesting",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[LEVELS, OF],
        explain: "the body opens that many arrays or objects and closes none",
        places: with_json,
        apply: |s| nest(s, false),
    },
];

const LEVELS: Parameter =
    Parameter { name: "levels", domain: Domain::Int { simplest: 1000, min: 1, max: MOST_LEVELS } };
const OF: Parameter = Parameter { name: "of", domain: Domain::Text(&["array", "object"]) };

/// Bodies that a cut makes malformed.
fn structured(rule: &Rule, call: &Call, request: &Request) -> Vec<Option<String>> {
    match call.body {
        Some(Body::Json(_) | Body::Multipart(_) | Body::Xml(_)) if request.body.len() > 1 => {
            with_body(rule, call, request)
        }
        _ => Vec::new(),
    }
}

/// Confirms that what is left is not JSON after all.
pub(super) fn malformed(subject: &Subject<'_>) -> Result<(), String> {
    let body = &subject.request.body;
    let still = matches!(subject.call.body, Some(Body::Json(_)))
        && match sequence_of(Facts::new(&subject.call.render)) {
            Some(sequence) => sequence::read(sequence, body).is_ok(),
            None => read::json(body).is_ok(),
        };
    if still {
        return Err("what comes out is still JSON, so it is not malformed".to_owned());
    }
    Ok(())
}

fn truncate(subject: &mut Subject<'_>) -> Result<(), String> {
    let length = subject.size("length")?;
    subject.request.body.truncate(length);
    malformed(subject)
}

fn trailing_comma(subject: &mut Subject<'_>) -> Result<(), String> {
    let body = &subject.request.body;
    let close = body.iter().rposition(|octet| matches!(octet, b'}' | b']')).unwrap_or(body.len());
    let body = [&body[..close], b",", &body[close..]].concat();
    subject.set_body(body);
    malformed(subject)
}

fn single_quotes(subject: &mut Subject<'_>) -> Result<(), String> {
    let mut out = Vec::with_capacity(subject.request.body.len());
    let mut escaped = false;
    for octet in &subject.request.body {
        out.push(if *octet == b'"' && !escaped { b'\'' } else { *octet });
        escaped = *octet == b'\\' && !escaped;
    }
    subject.set_body(out);
    malformed(subject)
}

fn nest(subject: &mut Subject<'_>, closed: bool) -> Result<(), String> {
    let levels = subject.size("levels")?;
    let (open, leaf, close) = match &*subject.text("of")? {
        "array" => ("[", "", "]"),
        "object" => ("{\"a\":", "1", "}"),
        other => return Err(format!("`of` is `{other}`; write array or object")),
    };
    let mut text = open.repeat(levels);
    if closed {
        text.push_str(leaf);
        text.push_str(&close.repeat(levels));
    }
    subject.set_body(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Deviation;
    use crate::value::Value;
    use crate::wire::deviation::{apply, find};

    #[test]
    fn a_sequence_is_damaged_only_where_it_is_none_any_more() {
        let call = Call {
            operation: "POST /lines".to_owned(),
            body: Some(Body::Json(read::json(br#"[{"a":1},{"a":2}]"#).unwrap())),
            render: vec![("json".to_owned(), "application/jsonl".to_owned())],
            ..Call::default()
        };
        let plain = crate::wire::render::plain(&call, "").unwrap();
        assert_eq!(&plain.request.body[..], b"{\"a\":1}\n{\"a\":2}\n");
        let applies = |name: &str| find(name).unwrap().applies(&call, &plain.request);
        for name in ["empty_body", "blank_body", "trailing_garbage", "raw_control", "utf16"] {
            assert!(!applies(name), "{name}");
        }
        assert!(applies("truncate") && applies("wrong_content_type"));
        let cut = |length: i64| {
            let mut call = call.clone();
            let rule = find("truncate").unwrap();
            let with = vec![("length".to_owned(), Value::int(length))];
            call.deviations = vec![Deviation { with, ..rule.deviation(None) }];
            apply(&call, &mut plain.request.clone())
        };
        assert!(cut(3).is_ok() && cut(8).is_err(), "half a line, and a whole one");
    }
}
