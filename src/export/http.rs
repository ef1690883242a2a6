//! `.http` files, as the HTTP clients of editors read them.

use super::lines::{head, one_line};
use super::script::beyond_words;
use super::{Blank, Script};

/// A finding as an `.http` file. What only an execution knows is a variable: `{{S1_BODY_ID}}`.
pub fn http(script: &Script, base: &str) -> String {
    let base = base.trim_end_matches('/');
    let mut out = head(script);
    for (index, call) in script.calls.iter().enumerate() {
        let request = &call.request;
        out.push_str(&format!("\n### {}: {}\n", call.id, one_line(&call.operation)));
        for blank in script.blanks_of(index) {
            out.push_str(&format!("# {{{{{}}}}} is {}\n", blank.name, one_line(&blank.means)));
        }
        if let Some(note) = beyond_words(request) {
            out.push_str(&format!("# {note}\n"));
        }
        let target = with_blanks(&request.target, &script.blanks);
        out.push_str(&format!("{} {base}{target}\n", one_line(&request.method)));
        for header in &request.headers {
            let value = String::from_utf8_lossy(&header.value);
            let value = with_blanks(&one_line(&value), &script.blanks);
            out.push_str(&format!("{}: {value}\n", one_line(&header.name)));
        }
        match std::str::from_utf8(&request.body) {
            Ok("") => {}
            // A line of `###` would begin the next request.
            Ok(text) if !text.lines().any(|line| line.starts_with("###")) => {
                out.push_str(&format!("\n{}\n", with_blanks(text, &script.blanks)));
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
        match names.iter().find(|name| rest.starts_with(**name)) {
            Some(name) => {
                out.push_str("{{");
                out.push_str(name);
                out.push_str("}}");
                rest = &rest[name.len()..];
            }
            None => {
                out.push(char);
                rest = &rest[char.len_utf8()..];
            }
        }
    }
    out
}
