//! Markdown: a finding as the text of an issue.

use std::fmt::Write as _;

use super::lines::one_line;
use super::{Script, shell_lines};
use crate::case::{Finding, Saw, Want};

/// A finding as the text of an issue: what is wrong, what was sent and came, how to see it again.
pub fn markdown(finding: &Finding, script: &Script, base: &str, id: &str) -> String {
    let mut out = format!("## {}\n\n", text(&finding.why));
    let at = finding.call();
    let operation = at.map(|call| call.operation.as_str()).unwrap_or_default();
    let _ = writeln!(
        out,
        "`{}` failed at `{operation}`, {} of {} times.",
        finding.check, finding.reproduced.failed, finding.reproduced.of
    );
    if let Some(boundary) = &finding.boundary {
        let _ = writeln!(
            out,
            "\nAt `{}`, {} passes and {} fails.",
            boundary.at,
            code(&boundary.passes.to_file().to_string()),
            code(&boundary.fails.to_file().to_string())
        );
    }
    if !finding.irrelevant.is_empty() {
        let places: Vec<String> = finding.irrelevant.iter().map(|place| code(place)).collect();
        let _ = writeln!(out, "\nDoes not matter: {}.", places.join(", "));
    }
    out.push_str("\n| | call | expected | came |\n|---|---|---|---|\n");
    for call in &script.calls {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            call.id,
            code(&call.operation),
            call.want.as_ref().map(wanted).unwrap_or_default(),
            call.saw.as_ref().map(seen).unwrap_or_default(),
        );
    }
    let commands = shell_lines(script, base);
    let fence = fence(&commands);
    let _ = writeln!(out, "\n{fence}sh\n{commands}{fence}");
    let _ = writeln!(out, "\nReplay: `phi-fuzz replay {id}`");
    out
}

fn wanted(want: &Want) -> String {
    let all: Vec<&str> = want.status.iter().chain(&want.grpc_status).map(String::as_str).collect();
    all.join(" or ")
}

fn seen(saw: &Saw) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(saw.status.map(|status| status.to_string()));
    parts.extend(saw.grpc_status.clone());
    parts.extend(saw.outcome.as_deref().map(text));
    parts.extend(saw.message.as_deref().map(code));
    parts.join(" ")
}

/// Text that Markdown shows as it stands, in a table, too.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in one_line(text).chars() {
        if r"\`*_[]<>|#".contains(char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// Code within a line (CommonMark 0.31, section 6.1): a fence longer than any in it.
fn code(code: &str) -> String {
    let code = one_line(code).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&code) + 1);
    let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{code}{pad}{ticks}")
}

/// A fence for a block of code that the block does not hold.
fn fence(block: &str) -> String {
    "`".repeat(longest_run(block).max(2) + 1)
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or_default()
}
