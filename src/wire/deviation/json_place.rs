//! JSON texts damaged at one value: its text is replaced where it stands.

use std::ops::Range;

use super::json_text::malformed;
use super::{Danger, Domain, Parameter, Rule, Subject, json_of, span};
use crate::case::{Call, Label};
use crate::value::{Pointer, Value};
use crate::wire::Request;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "duplicate_key",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "value", domain: Domain::Text(&["same", "null"]) }],
        explain: "the first member of the object stands again at its end, with the same value or \
                  null; names SHOULD be unique (RFC 8259, section 4), readers differ in which counts",
        places: |_, call, _| places(call, |v| v.as_object().is_some_and(|o| !o.is_empty())),
        apply: duplicate_key,
    },
    Rule {
        name: "unquoted_key",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the first key of the object stands without quotes",
        places: |_, call, _| places(call, |v| v.as_object().is_some_and(|o| !o.is_empty())),
        apply: unquoted_key,
    },
    Rule {
        name: "bad_token",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "token",
            domain: Domain::Text(&[
                "NaN",
                "Infinity",
                "-Infinity",
                "undefined",
                "True",
                "None",
                "nul",
                "",
            ]),
        }],
        explain: "a scalar is replaced by a word that other languages know and JSON does not \
                  (RFC 8259, section 3)",
        places: |_, call, _| places(call, is_scalar),
        apply: |s| {
            let token = s.text("token")?;
            replace(s, |_| Ok(token.into_bytes()))?;
            malformed(s)
        },
    },
    Rule {
        name: "leading_zero",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "a number begins with a zero too many: 01 (RFC 8259, section 6)",
        places: |_, call, _| places(call, is_number),
        apply: |s| {
            replace(s, |number| {
                let (sign, digits) =
                    number.strip_prefix("-").map_or(("", number), |digits| ("-", digits));
                Ok(format!("{sign}0{digits}").into_bytes())
            })?;
            malformed(s)
        },
    },
    Rule {
        name: "leading_plus",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "a number begins with a plus sign (RFC 8259, section 6)",
        places: |_, call, _| places(call, is_number),
        apply: |s| {
            replace(s, |number| Ok(format!("+{}", number.trim_start_matches('-')).into_bytes()))?;
            malformed(s)
        },
    },
    Rule {
        name: "number_syntax",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&[".5", "5.", "0x10", "1_000", "1e", "-", "--1", "1,5", "１"]),
        }],
        explain: "a number is written as other languages write it, not as JSON does",
        places: |_, call, _| places(call, is_number),
        apply: |s| {
            let text = s.text("text")?;
            replace(s, |_| Ok(text.into_bytes()))?;
            malformed(s)
        },
    },
    Rule {
        name: "huge_number",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[
            Parameter {
                name: "digits",
                domain: Domain::Int { simplest: 400, min: 20, max: 100_000 },
            },
            Parameter { name: "form", domain: Domain::Text(&["digits", "exponent"]) },
        ],
        explain: "a number is replaced by one of that many digits, or by 1e followed by that number; \
                  readers may limit range and precision (RFC 8259, section 6), but must not fall over",
        places: |_, call, _| places(call, is_number),
        apply: |s| {
            let digits = s.size("digits")?;
            let number = match &*s.text("form")? {
                "digits" => "9".repeat(digits),
                "exponent" => format!("1e{digits}"),
                other => return Err(format!("`form` is `{other}`; write digits or exponent")),
            };
            replace(s, |_| Ok(number.into_bytes()))
        },
    },
    Rule {
        name: "lone_surrogate",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "escape",
            domain: Domain::Text(&["\\ud800", "\\udfff", "\\udc00\\ud800"]),
        }],
        explain: "the escape of half a surrogate pair stands at the end of a string; the grammar \
                  allows it, readers differ (RFC 8259, section 8.2)",
        places: |_, call, _| places(call, is_string),
        apply: |s| {
            let escape = s.text("escape")?;
            insert(s, escape.as_bytes())
        },
    },
    Rule {
        name: "bad_escape",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "escape",
            domain: Domain::Text(&["\\x", "\\u12", "\\u00g0", "\\'", "\\0", "\\U0001F600"]),
        }],
        explain: "an escape that JSON does not know stands at the end of a string (RFC 8259, \
                  section 7)",
        places: |_, call, _| places(call, is_string),
        apply: |s| {
            let escape = s.text("escape")?;
            insert(s, escape.as_bytes())?;
            malformed(s)
        },
    },
    Rule {
        name: "raw_control",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&["\n", "\t", "\u{0}", "\r", "\u{1f}"]),
        }],
        explain: "a control character stands unescaped at the end of a string (RFC 8259, section 7)",
        places: |_, call, _| places(call, is_string),
        apply: |s| {
            let text = s.text("text")?;
            insert(s, text.as_bytes())?;
            malformed(s)
        },
    },
    Rule {
        name: "invalid_utf8",
        label: Label::Malformed,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "octets",
            domain: Domain::Text(&["ff", "c3", "c0af", "eda080", "f5808080", "80"]),
        }],
        explain: "octets that are not UTF-8 (in hexadecimal) stand at the end of a string; JSON MUST \
                  be UTF-8 (RFC 8259, section 8.1)",
        places: |_, call, _| places(call, is_string),
        apply: |s| {
            let octets = hexadecimal(&s.text("octets")?)?;
            if std::str::from_utf8(&octets).is_ok() {
                return Err("`octets` are UTF-8".to_owned());
            }
            insert(s, &octets)
        },
    },
];

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Number(_))
}

fn is_string(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Bytes(_))
}

/// The places of a JSON body whose value is as asked, outermost first within each branch.
fn places(call: &Call, asked: fn(&Value) -> bool) -> Vec<Option<String>> {
    fn walk(
        value: &Value,
        at: &mut Pointer,
        asked: fn(&Value) -> bool,
        out: &mut Vec<Option<String>>,
    ) {
        if out.len() >= 64 {
            return;
        }
        if asked(value) {
            out.push(Some(crate::case::place("json", at)));
        }
        let mut below = |token: String, value: &Value| {
            at.push(token);
            walk(value, at, asked, out);
            at.pop();
        };
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    below(index.to_string(), item);
                }
            }
            Value::Object(object) => {
                // A name with a lone surrogate cannot be spelt as a place.
                for (name, value) in object {
                    if let Some(name) = name.as_str() {
                        below(name.to_owned(), value);
                    }
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Some(value) = json_of(call) {
        walk(value, &mut Pointer::root(), asked, &mut out);
    }
    out
}

/// Where the value stands that the deviation is about.
fn located(subject: &Subject<'_>) -> Result<Range<usize>, String> {
    let at = subject.at()?;
    let rest = at.strip_prefix("json").ok_or_else(|| format!("`{at}` is not in a JSON body"))?;
    let pointer = Pointer::parse(rest)?;
    span::find(&subject.request.body, &pointer)
        .ok_or_else(|| format!("nothing stands at `{at}`, or the text is already damaged there"))
}

fn put(request: &mut Request, range: Range<usize>, with: &[u8]) {
    let body = &request.body;
    request.body = [&body[..range.start], with, &body[range.end..]].concat().into();
}

/// Replaces the text of the value.
fn replace(
    subject: &mut Subject<'_>,
    with: impl FnOnce(&str) -> Result<Vec<u8>, String>,
) -> Result<(), String> {
    let range = located(subject)?;
    let old = String::from_utf8_lossy(&subject.request.body[range.clone()]).into_owned();
    put(subject.request, range, &with(&old)?);
    Ok(())
}

/// Adds octets at the end of the string.
fn insert(subject: &mut Subject<'_>, octets: &[u8]) -> Result<(), String> {
    let range = located(subject)?;
    if subject.request.body.get(range.end - 1) != Some(&b'"') {
        return Err("the value there is not a string".to_owned());
    }
    put(subject.request, range.end - 1..range.end - 1, octets);
    Ok(())
}

fn duplicate_key(subject: &mut Subject<'_>) -> Result<(), String> {
    let range = located(subject)?;
    let body = &subject.request.body;
    let (key, member) = span::first_member(body, range.start)
        .ok_or_else(|| "the value there is no object with members".to_owned())?;
    let twin = match &*subject.text("value")? {
        "same" => body[member].to_vec(),
        "null" => [&body[key], b":null"].concat(),
        other => return Err(format!("`value` is `{other}`; write same or null")),
    };
    put(subject.request, range.end - 1..range.end - 1, &[b",", &twin[..]].concat());
    Ok(())
}

fn unquoted_key(subject: &mut Subject<'_>) -> Result<(), String> {
    let range = located(subject)?;
    let (key, _) = span::first_member(&subject.request.body, range.start)
        .ok_or_else(|| "the value there is no object with members".to_owned())?;
    let bare = subject.request.body.slice(key.start + 1..key.end - 1);
    put(subject.request, key, &bare);
    malformed(subject)
}

fn hexadecimal(text: &str) -> Result<Vec<u8>, String> {
    let bad = || format!("`{text}` is not hexadecimal");
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return Err(bad());
    }
    digits
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            u8::from_str_radix(pair, 16).map_err(|_| bad())
        })
        .collect()
}
