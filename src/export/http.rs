//! `.http` files, as the HTTP clients of editors read them.

use std::fmt::Write as _;

use super::lines::{head, one_line};
use super::script::beyond_words;
use super::{Blank, Script};

/// A finding as an `.http` file. What only an execution knows is a variable: `{{S1_BODY_ID}}`.
pub fn http(script: &Script, base: &str) -> String {
    let base = base.trim_end_matches('/');
    let mut out = head(script);
    for (index, call) in script.calls.iter().enumerate() {
        let request = &call.request;
        let _ = writeln!(out, "\n### {}: {}", call.id, one_line(&call.operation));
        for blank in script.blanks_of(index) {
            let _ = writeln!(out, "# {{{{{}}}}} is {}", blank.name, one_line(&blank.means));
        }
        if let Some(note) = beyond_words(request) {
            let _ = writeln!(out, "# {note}");
        }
        let target = with_blanks(&request.target, &script.blanks);
        let _ = writeln!(out, "{} {base}{target}", one_line(&request.method));
        for header in &request.headers {
            let value = String::from_utf8_lossy(&header.value);
            let value = with_blanks(&one_line(&value), &script.blanks);
            let _ = writeln!(out, "{}: {value}", one_line(&header.name));
        }
        match std::str::from_utf8(&request.body) {
            Ok("") => {}
            // A line of `###` would begin the next request.
            Ok(text) if !text.lines().any(|line| line.starts_with("###")) => {
                let _ = writeln!(out, "\n{}", with_blanks(text, &script.blanks));
            }
            _ => out.push_str("\n# the body cannot be written here; use --to curl\n"),
        }
    }
    out
}

/// Text with each blank as a variable.
pub(super) fn with_blanks(text: &str, blanks: &[Blank]) -> String {
    // One name may begin another.
    let mut names: Vec<&str> = blanks.iter().map(|blank| blank.name.as_str()).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if let Some(name) = names.iter().find(|name| rest.starts_with(**name)) {
            out.push_str("{{");
            out.push_str(name);
            out.push_str("}}");
            rest = &rest[name.len()..];
        } else {
            out.push(char);
            rest = &rest[char.len_utf8()..];
        }
    }
    out
}
