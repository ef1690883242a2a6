//! Secrets taken out of findings and cases before they are kept.

use std::borrow::Cow;

use super::{Body, Call, Case, Finding, Message, Saw, Step};
use crate::value::{Redactor, Symbol, Text, Value};

impl Finding {
    /// The finding without secrets: in values they become symbols, so that it can still be
    /// replayed; in texts for people, marks.
    #[must_use]
    pub fn redacted(&self, redactor: &Redactor) -> Self {
        if redactor.is_empty() {
            return self.clone();
        }
        let mut finding = self.clone();
        finding.why = redactor.text(&self.why).into_owned();
        finding.case = self.case.redacted(redactor);
        if let Some(boundary) = &mut finding.boundary {
            hide(&mut boundary.passes, redactor);
            hide(&mut boundary.fails, redactor);
        }
        finding
    }
}

impl Case {
    /// The case without secrets in its values.
    #[must_use]
    pub fn redacted(&self, redactor: &Redactor) -> Self {
        let mut case = self.clone();
        if redactor.is_empty() {
            return case;
        }
        for step in &mut case.steps {
            match step {
                Step::Call(call) => redact(call, redactor),
                Step::Together(group) => {
                    group.calls.iter_mut().for_each(|call| redact(call, redactor));
                }
            }
        }
        case
    }
}

impl Case {
    /// The case without secrets, to be shown and not to be sent: marks stand in their places, so that it
    /// can be written down as requests.
    #[must_use]
    pub fn marked(&self, redactor: &Redactor) -> Self {
        let mut case = self.redacted(redactor);
        for call in case.calls_mut() {
            let named = [&mut call.path, &mut call.query, &mut call.headers, &mut call.cookies];
            let parameters = named.into_iter().flatten().map(|(_, value)| value);
            let body = call.body.as_mut().and_then(Body::value_mut);
            parameters.chain(body).for_each(mark);
        }
        case
    }
}

/// Puts `[secret:NAME]` into the places of secrets.
fn mark(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| mark(value)),
        Value::Symbol(symbol) => match &mut **symbol {
            Symbol::Secret(name) => *value = Value::text(format!("[secret:{name}]")),
            Symbol::Join(parts) => {
                parts.iter_mut().for_each(mark);
                let texts: Option<Vec<&Text>> = parts.iter().map(Value::as_text).collect();
                if let Some(texts) = texts {
                    let points = texts.into_iter().flat_map(Text::code_points);
                    *value = Value::String(Text::from_code_points(points));
                }
            }
            _ => {}
        },
        _ => {}
    }
}

fn redact(call: &mut Call, redactor: &Redactor) {
    let named = [&mut call.path, &mut call.query, &mut call.headers, &mut call.cookies];
    for (_, value) in named.into_iter().flatten() {
        hide(value, redactor);
    }
    for (_, value) in call.deviations.iter_mut().flat_map(|deviation| &mut deviation.with) {
        hide(value, redactor);
    }
    match &mut call.body {
        Some(Body::Wire(octets)) => *octets = redactor.octets(octets).into_owned(),
        Some(Body::Messages(messages)) => {
            for message in messages {
                match message {
                    Message::Proto(value) => hide(value, redactor),
                    Message::Wire(octets) => *octets = redactor.octets(octets).into_owned(),
                    _ => {}
                }
            }
        }
        Some(body) => body.value_mut().into_iter().for_each(|value| hide(value, redactor)),
        None => {}
    }
    if let Some(Saw { message, value, .. }) = &mut call.saw {
        if let Some(message) = message {
            *message = redactor.text(message).into_owned();
        }
        if let Some(value) = value {
            hide(value, redactor);
        }
    }
}

fn hide(value: &mut Value, redactor: &Redactor) {
    if let Cow::Owned(hidden) = redactor.value(value) {
        *value = hidden;
    }
}

#[cfg(test)]
mod tests {
    use crate::case::{Body, Call, Case, file};
    use crate::value::{Redactor, Value};

    #[test]
    fn what_is_shown_has_marks_in_the_places_of_secrets() {
        let call = Call {
            path: vec![("a".to_owned(), "x hunter22".into())],
            body: Some(Body::Json(Value::Array(vec!["hunter22".into(), "open".into()]))),
            ..Call::default()
        };
        let shown = Case::of("shop", call).marked(&Redactor::new([("pass", "hunter22")]));
        let call = shown.calls().next().unwrap();
        assert_eq!(call.path[0].1, Value::text("x [secret:pass]"));
        let body = call.body.as_ref().and_then(Body::value).unwrap().to_string();
        assert_eq!(body, r#"["[secret:pass]","open"]"#);
    }

    #[test]
    fn no_secret_reaches_a_file() {
        let text = r#"{"phi_fuzz": 1, "check": "hang", "at": "s1", "why": "hunter22 hangs",
            "service": "shop", "steps": [{"id": "s1", "call": "POST /hunter22",
            "path": {"a": "hunter22"}, "query": {"b": "x hunter22"}, "headers": {"c": "hunter22"},
            "cookies": {"d": "hunter22"}, "json": {"e": ["hunter22"]},
            "deviations": [{"rule": "x", "by": "hunter22"}],
            "saw": {"message": "hunter22", "value": "hunter22"}},
            {"id": "s2", "call": "a.B/C", "messages": [{"proto": "hunter22"}, {"wire": "68756e7465723232"}]},
            {"id": "s3", "call": "a.B/C", "wire": "0068756e7465723232"}],
            "boundary": {"at": "s1/path/a", "passes": "hunter2", "fails": "hunter22"}}"#;
        let finding = file::read(text.as_bytes()).unwrap();
        let redacted = finding.redacted(&Redactor::new([("pass", "hunter22")]));
        let written = file::write(&redacted);
        // The operation's name is the document's, not a value.
        assert_eq!(written.matches("hunter22").count(), 1, "{written}");
        assert!(!written.contains("68756e7465723232"), "{written}");
        assert_eq!(file::read(written.as_bytes()).unwrap(), redacted);
        assert_eq!(finding.redacted(&Redactor::default()), finding);
    }
}
