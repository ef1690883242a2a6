//! curl: the whole of a finding as lines for a shell.

use std::fmt::Write as _;

use super::{Script, curl};
use crate::case::{Header, HttpVersion};

/// What begins the name of a secret in its place.
const SECRET: &str = "[secret:";

/// A finding as lines for a shell, comments between them. `base` is what stands before each target.
pub fn lines(script: &Script, base: &str) -> String {
    let mut out = head(script);
    let several = script.calls.len() > 1;
    for (index, call) in script.calls.iter().enumerate() {
        if several {
            let _ = writeln!(out, "\n# {}: {}", call.id, one_line(&call.operation));
        }
        for blank in script.blanks_of(index) {
            let _ = writeln!(out, "# in the place of {}: {}", blank.name, one_line(&blank.means));
        }
        let exported = curl(base, &call.request, HttpVersion::Http1);
        // What is said of secrets stands at the top.
        for note in exported.notes.iter().filter(|note| !note.contains(SECRET)) {
            let _ = writeln!(out, "# {}", one_line(note));
        }
        out.push_str(&exported.line);
        out.push('\n');
    }
    out
}

/// What stands at the top: what is wrong, and what to fill in.
pub(super) fn head(script: &Script) -> String {
    let secret = |header: &Header| header.text().is_some_and(|text| text.contains(SECRET));
    let secrets = script.calls.iter().flat_map(|call| &call.request.headers).any(secret);
    let note = if secrets { "# put the secrets in the places of [secret:NAME]\n" } else { "" };
    format!("# {}\n{note}", one_line(&script.why))
}

/// A text that cannot leave its comment.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}
