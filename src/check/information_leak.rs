//! `information_leak`: refusals and errors do not show the inside of the service.

use std::sync::Arc;

use super::frame;
use super::normalise::{normalise, sent_texts};
use super::{Check, DECIDED, Failure, Seen, Severity, View, wording};
use crate::case::{History, Label};

/// Refusals and errors do not show the inside of the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct InformationLeak;

const NAME: &str = "information_leak";

impl Check for InformationLeak {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        DECIDED
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

An answer of 400 or more holds no stack frame (Java, .NET, Python, Go, JavaScript, Rust, PHP, Ruby) and
no database error with the statement that caused it. Both tell an attacker what to aim at.

## When it is silent

- The line does not have the exact syntax of a frame: a word like `Exception`, a file name or a class
  name is no leak. A message that merely mentions SQL is none, either.
- The service repeats what it was sent: that is taken out first.
- Successes: a service may store and show logs or traces.

## How to mend the service

Turn off debug pages; let the handler of last resort log the trace under an id, and answer with the id
only.
"
    }

    fn judge(&self, view: &View<'_>, _further: &[Arc<History>]) -> Vec<Failure> {
        view.labelled(self.labels()).filter_map(judge).collect()
    }
}

fn judge(seen: &Seen<'_>) -> Option<Failure> {
    let answer = seen.answer().filter(|answer| answer.status >= 400 && !answer.body.is_empty())?;
    let text = frame::readable(&answer.body);
    let leak = frame::telling(&text)
        .map(|frame| (frame.language, frame.line, frame.place))
        .or_else(|| {
            let statement = frame::statement(&text)?;
            Some(("SQL", statement.to_owned(), statement.to_owned()))
        });
    let (language, line, place) = leak?;
    let (language, line, place) = if was_sent(seen, &line) {
        // What we sent looks like a frame: look on for one that is the service's own.
        let own = frame::all(&text).find(|frame| !was_sent(seen, &frame.line))?;
        (own.language, own.line, own.place)
    } else {
        (language, line, place)
    };
    let what = if language == "SQL" { "a database statement" } else { "a stack frame" };
    let shown: String = line.chars().take(120).collect();
    let why = format!(
        "{} answers {} with {what} ({language}): {shown}",
        seen.title(),
        wording::status(answer)
    );
    Some(
        Failure::new(NAME, seen, Severity::Error, format!("{} {language}", answer.status), why)
            .saying(normalise(&place, &sent_texts(seen.call, seen.exchange)))
            .wanting([answer.status.to_string()]),
    )
}

/// Whether the request held this line, or the line lies within one of its texts.
fn was_sent(seen: &Seen<'_>, line: &str) -> bool {
    sent_texts(seen.call, seen.exchange)
        .iter()
        .any(|text| text.contains(line) || frame::all(text).any(|sent| line.contains(&sent.line)))
        || frame::readable(&seen.exchange.sent.body).contains(line)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Said, fails, operation, silent};
    use super::*;
    use crate::spec::Operation;

    const TRACE: &str =
        r#"{"error":"boom","trace":"  File \"/srv/orders.py\", line 42, in create\n"}"#;

    fn create() -> Operation {
        operation("POST /orders")
    }

    fn said(status: u16, body: &str) -> Said {
        Said::answer("POST /orders", status).json(body)
    }

    #[test]
    fn a_stack_frame_in_a_refusal_or_error_fails() {
        for status in [400, 404, 500] {
            let failure = fails(&InformationLeak, &create(), said(status, TRACE));
            assert_eq!(
                (failure.severity, failure.message.as_str()),
                (Severity::Error, "create orders.py")
            );
        }
        let failure = fails(&InformationLeak, &create(), said(400, TRACE));
        insta::assert_snapshot!(failure.why, @r#"POST /orders answers 400 with a stack frame (Python): File "/srv/orders.py", line 42, in create"#);
    }

    #[test]
    fn a_database_statement_fails() {
        let body = r#"{"error":"(sqlite3.OperationalError) too big [SQL: INSERT INTO orders (qty) VALUES (?)]"}"#;
        assert_eq!(fails(&InformationLeak, &create(), said(500, body)).outcome, "500 SQL");
    }

    #[test]
    fn silent_for_messages_that_only_speak_of_errors() {
        for body in [
            r#"{"error":"NullPointerException"}"#,
            r#"{"error":"Traceback is disabled"}"#,
            r#"{"error":"syntax error at line 3, column 5"}"#,
            r#"{"error":"please select a plan from the list"}"#,
            r#"{"error":"see /docs/errors.html:42"}"#,
        ] {
            silent(&InformationLeak, &create(), said(400, body));
        }
    }

    #[test]
    fn silent_for_successes() {
        silent(&InformationLeak, &create(), said(200, TRACE));
    }

    #[test]
    fn silent_for_what_we_sent_but_not_for_a_frame_beside_it() {
        let ours = r"at com.evil.Probe.run(Probe.java:1)";
        let sent = |body: &str| said(400, body).sending_json(&format!(r#"{{"name":"{ours}"}}"#));
        silent(&InformationLeak, &create(), sent(&format!(r#"{{"error":"bad name\n{ours}"}}"#)));
        let both =
            format!(r#"{{"error":"{ours}\n  File \"/srv/orders.py\", line 42, in create"}}"#);
        assert_eq!(fails(&InformationLeak, &create(), sent(&both)).message, "create orders.py");
    }

    #[test]
    fn silent_for_unspecified_calls() {
        silent(&InformationLeak, &create(), said(500, TRACE).label(Label::Unspecified));
    }
}
