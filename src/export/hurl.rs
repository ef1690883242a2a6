//! Hurl files: requests, what they must answer, and what later ones take from the answers.

use std::fmt::Write as _;

use base64::Engine as _;

use super::http::with_blanks;
use super::lines::{head, one_line};
use super::script::{beyond_words, json_path};
use super::{Script, Scripted};
use crate::case::Want;
use crate::value::{Reference, Source};

/// A finding as a Hurl file that fails while the fault is there.
pub fn hurl(script: &Script, base: &str) -> String {
    let base = base.trim_end_matches('/');
    let mut out = head(script);
    for (index, call) in script.calls.iter().enumerate() {
        let request = &call.request;
        let _ = writeln!(out, "\n# {}: {}", call.id, one_line(&call.operation));
        for blank in
            script.blanks_of(index).filter(|blank| capture(blank.reference.as_ref()).is_none())
        {
            let (name, means) = (&blank.name, one_line(&blank.means));
            let _ = writeln!(out, "# pass --variable {name}=… with {means}");
        }
        if let Some(note) = beyond_words(request) {
            let _ = writeln!(out, "# {note}");
        }
        let target = with_blanks(&escaped(&request.target), &script.blanks);
        let _ = writeln!(out, "{} {base}{target}", one_line(&request.method));
        for header in &request.headers {
            let value = escaped(&String::from_utf8_lossy(&header.value));
            let value = with_blanks(&value, &script.blanks);
            let _ = writeln!(out, "{}: {value}", one_line(&header.name));
        }
        out.push_str(&body(script, call));
        out.push_str(&expected(call.want.as_ref()));
        let captures: Vec<String> = script
            .captures(&call.id)
            .filter_map(|(blank, from)| Some(format!("{}: {}\n", blank.name, capture(Some(from))?)))
            .collect();
        if !captures.is_empty() {
            out.push_str("[Captures]\n");
            out.extend(captures);
        }
    }
    out
}

/// Octets as they are; text with variables only where there are any.
fn body(script: &Script, call: &Scripted) -> String {
    let octets = &call.request.body;
    if octets.is_empty() {
        return String::new();
    }
    let base64 =
        || format!("base64,{};\n", base64::engine::general_purpose::STANDARD.encode(octets));
    let Ok(text) = std::str::from_utf8(octets) else { return base64() };
    let filled = with_blanks(text, &script.blanks);
    let plain = !text.contains("{{") && !text.contains("```") && !text.contains('\r');
    if filled != *text && plain {
        // One line ends where it ends; several end with a line end of their own.
        return if filled.contains(['\n', '`', '\\']) {
            format!("```\n{filled}\n```\n")
        } else {
            format!("`{filled}`\n")
        };
    }
    let json = crate::value::read::json(octets).is_ok() && plain;
    // A line of JSON is sent as it stands.
    if json && text.starts_with(['{', '[']) { format!("{text}\n") } else { base64() }
}

/// What the answer must be.
fn expected(want: Option<&Want>) -> String {
    let status = want.map(|want| want.status.as_slice()).unwrap_or_default();
    let digits = |text: &String| text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
    match status {
        [] => "HTTP *\n[Asserts]\nstatus < 500\n".to_owned(),
        [only] if digits(only) => format!("HTTP {only}\n"),
        several => {
            let any: Vec<String> = several
                .iter()
                .map(|status| status.to_ascii_uppercase().replace('X', "[0-9]"))
                .collect();
            format!("HTTP *\n[Asserts]\nstatus toString matches /^({})$/\n", any.join("|"))
        }
    }
}

/// The query that captures a part of an answer.
fn capture(reference: Option<&Reference>) -> Option<String> {
    let reference = reference?;
    if let Some(path) = json_path(reference) {
        return Some(format!("jsonpath \"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"")));
    }
    match &reference.source {
        Source::Status => Some("status".to_owned()),
        Source::Header(name) => {
            let filter = match reference.matching.as_deref() {
                None => String::new(),
                Some(template) => {
                    let (before, rest) = template.split_once('{')?;
                    let (_, after) = rest.split_once('}')?;
                    let literal = |text: &str| regex_syntax::escape(text).replace('/', "\\/");
                    format!(" regex /{}([^\\/?#]+){}/", literal(before), literal(after))
                }
            };
            Some(format!("header \"{name}\"{filter}"))
        }
        _ => None,
    }
}

/// Text of a line: `#` would begin a comment, `{{` a variable.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#").replace("{{", "\\u{7b}\\u{7b}")
}
