//! Evidence: the full exchanges behind a finding, for people.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Error, layout, write_whole};
use crate::case::{
    Answer, Auth, Case, Ending, Exchange, Header, History, HttpVersion, Outcome, Reproduced, Step,
};
use crate::value::{Object, Redactor, Value, write};
use crate::wire::grpc;

/// Most octets of a body that are kept.
pub const BODY_LIMIT: usize = 64 << 10;

/// What stands beside a finding.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'e> {
    /// An execution that fails.
    pub history: &'e History,
    /// What the check sent further to judge it: controls, looks, serial orders.
    pub further: &'e [Arc<History>],
    /// How often it failed.
    pub reproduced: Option<Reproduced>,
    /// How often it failed where nothing was bent.
    pub control: Option<Reproduced>,
}

impl<'e> Evidence<'e> {
    /// What one execution says.
    pub fn of(history: &'e History) -> Self {
        Self { history, further: &[], reproduced: None, control: None }
    }
}

/// Writes the exchanges behind a finding beside it, secrets redacted, bodies capped at
/// [`BODY_LIMIT`]; times are in µs from the begin of each exchange (`begin_us`: of the campaign).
///
/// # Errors
/// The file cannot be written.
pub fn write_evidence(
    finding: &Path,
    evidence: &Evidence<'_>,
    redactor: &Redactor,
) -> Result<PathBuf, Error> {
    let path = layout::evidence_path(finding);
    write_whole(&path, Writer { redactor }.evidence(evidence).as_bytes())?;
    Ok(path)
}

/// The calls of a case by their ids, those at once joined: `s1, a + b, look`.
fn outline(case: &Case) -> String {
    let ids = |step: &Step| {
        let ids: Vec<&str> = step.calls().iter().map(|call| &*call.id).collect();
        ids.join(" + ")
    };
    case.steps.iter().map(ids).collect::<Vec<_>>().join(", ")
}

struct Writer<'r> {
    redactor: &'r Redactor,
}

impl Writer<'_> {
    fn evidence(&self, evidence: &Evidence<'_>) -> String {
        let Evidence { history, further, reproduced, control } = evidence;
        let mut out = Object::new();
        out.push("phi_fuzz_evidence", Value::int(1));
        for (name, counts) in [("reproduced", reproduced), ("control", control)] {
            if let Some(Reproduced { failed, of }) = *counts {
                let counts = [("failed", Value::int(failed)), ("of", Value::int(of))];
                out.push(name, Value::object(counts));
            }
        }
        self.history(history, &mut out);
        if !further.is_empty() {
            let further = further.iter().map(|history| {
                let mut out = Object::new();
                out.push("steps", self.text(&outline(&history.case)));
                self.history(history, &mut out);
                Value::Object(out)
            });
            out.push("further", Value::Array(further.collect()));
        }
        write::pretty(&Value::Object(out)) + "\n"
    }

    fn history(&self, history: &History, out: &mut Object) {
        let exchanges = history.exchanges.iter().map(|exchange| self.exchange(exchange)).collect();
        out.push("exchanges", Value::Array(exchanges));
        if let Some(unfinished) = &history.unfinished {
            let why = [("call", self.text(&unfinished.call)), ("why", self.text(&unfinished.why))];
            out.push("unfinished", Value::object(why));
        }
    }

    fn exchange(&self, exchange: &Exchange) -> Value {
        let http = match exchange.http {
            HttpVersion::Http1 => "1.1",
            HttpVersion::Http2 => "2",
        };
        let auth = match &exchange.auth {
            Auth::Default => None,
            Auth::None => Some("none"),
            Auth::Invalid => Some("invalid"),
            Auth::Identity(name) => Some(name.as_str()),
        };
        let times = &exchange.times;
        let mut out = Object::new();
        out.push("call", self.text(&exchange.call));
        out.push("operation", self.text(&exchange.operation));
        out.push("label", Value::text(exchange.label.name()));
        if let Some(auth) = auth {
            out.push("auth", Value::text(auth));
        }
        out.push("http", Value::text(http));
        let connection = if exchange.fresh_connection { "fresh" } else { "reused" };
        out.push("connection", Value::text(connection));
        out.push("sent", self.sent(exchange));
        let (name, outcome) = self.outcome(&exchange.outcome);
        out.push(name, outcome);
        let injected = (!times.injected.is_zero()).then(|| ("injected_us", micros(times.injected)));
        let told = [
            ("begin_us", micros(times.begin)),
            ("connected_us", micros(times.connected)),
            ("sent_us", times.sent.map_or(Value::Null, micros)),
            ("first_byte_us", times.first_byte.map_or(Value::Null, micros)),
            ("end_us", micros(times.end)),
        ];
        out.push("times", Value::object(told.into_iter().chain(injected)));
        Value::Object(out)
    }

    /// What was sent; of a call of gRPC its messages in their JSON mapping.
    fn sent(&self, exchange: &Exchange) -> Value {
        let sent = &exchange.sent;
        let (method, target) = if grpc::is_method(&exchange.operation) {
            ("POST", Cow::Owned(format!("/{}", exchange.operation)))
        } else {
            (&*sent.method, Cow::Borrowed(&*sent.target))
        };
        Value::object([
            ("method", self.text(method)),
            ("target", self.text(&target)),
            ("headers", self.headers(&sent.headers)),
            ("body", self.octets(&sent.body)),
            ("octets_written", Value::int(sent.written)),
        ])
    }

    fn outcome(&self, outcome: &Outcome) -> (&'static str, Value) {
        let received = |octets| ("received", self.octets(octets));
        match outcome {
            Outcome::Answered(answer) => ("answer", self.answer(answer)),
            Outcome::Dropped { received: octets, interim, reset, code } => {
                let mut out = Object::new();
                out.push("by", Value::text(if *reset { "reset" } else { "end" }));
                if let Some(code) = code {
                    out.push("code", Value::int(*code));
                }
                if !interim.is_empty() {
                    out.push("interim", statuses(interim));
                }
                out.push("received", self.octets(octets));
                ("dropped", Value::Object(out))
            }
            Outcome::Garbage { received: octets, reason } => {
                ("garbage", Value::object([("reason", self.text(reason)), received(octets)]))
            }
            Outcome::TimedOut { received: octets } => {
                ("timed_out", Value::object([received(octets)]))
            }
            Outcome::Unreachable { reason } => {
                ("unreachable", Value::object([("reason", self.text(reason))]))
            }
            Outcome::Abandoned => ("abandoned", Value::Bool(true)),
        }
    }

    fn answer(&self, answer: &Answer) -> Value {
        let mut out = Object::new();
        out.push("status", Value::int(answer.status));
        if !answer.interim.is_empty() {
            out.push("interim", statuses(&answer.interim));
        }
        if answer.early {
            out.push("early", Value::Bool(true));
        }
        out.push("headers", self.headers(&answer.headers));
        out.push("body", self.octets(&answer.body));
        if !answer.trailers.is_empty() {
            out.push("trailers", self.headers(&answer.trailers));
        }
        let ending = match &answer.ending {
            Ending::Complete => None,
            Ending::Truncated => Some("truncated".to_owned()),
            Ending::TooLarge => Some("too large".to_owned()),
            Ending::Broken(reason) => Some(format!("broken: {reason}")),
            Ending::TimedOut => Some("timed out".to_owned()),
        };
        if let Some(ending) = ending {
            out.push("ending", self.text(&ending));
        }
        Value::Object(out)
    }

    fn headers(&self, headers: &[Header]) -> Value {
        let pair = |header: &Header| {
            let value = match header.text() {
                Some(text) => self.text(text),
                None => Value::Bytes(self.redactor.octets(&header.value).into_owned()).to_file(),
            };
            Value::Array(vec![self.text(&header.name), value])
        };
        Value::Array(headers.iter().map(pair).collect())
    }

    fn text(&self, text: &str) -> Value {
        Value::text(&*self.redactor.text(text))
    }

    /// Text where they are text, else base64. Redacted before they are capped: half a secret at the
    /// cap would not be seen.
    fn octets(&self, octets: &[u8]) -> Value {
        let redacted = self.redactor.octets(octets);
        let capped = redacted.len() > BODY_LIMIT;
        let mut out = Object::new();
        if let Ok(text) = std::str::from_utf8(&redacted) {
            let fits = (0..=BODY_LIMIT.min(text.len())).rev().find_map(|end| text.get(..end));
            out.push("text", Value::text(fits.unwrap_or_default()));
        } else {
            let kept = redacted.get(..BODY_LIMIT).unwrap_or(&redacted);
            out.push("base64", Value::text(BASE64.encode(kept)));
        }
        if capped {
            out.push("octets", Value::int(octets.len() as u64));
        }
        Value::Object(out)
    }
}

fn micros(duration: Duration) -> Value {
    Value::int(duration.as_micros() as u64)
}

fn statuses(statuses: &[u16]) -> Value {
    Value::Array(statuses.iter().map(|status| Value::int(*status)).collect())
}

#[cfg(test)]
mod tests;
