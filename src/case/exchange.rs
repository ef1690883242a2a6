//! What went over the wire for one call, with times.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Auth, Call, Case, Label, Renaming};
use crate::value::{Source, Value};

/// The exchanges of one executed case, in the order of its calls.
#[derive(Clone, Debug)]
pub struct History {
    /// The case that was executed.
    pub case: Arc<Case>,
    /// One exchange per call that was begun.
    pub exchanges: Vec<Exchange>,
    /// Why it ended before its last step, where it did.
    pub unfinished: Option<Unfinished>,
}

/// Why a case could not be executed to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The call that could not be sent.
    pub call: String,
    /// Why, a lower-case fragment with the way out.
    pub why: String,
}

impl History {
    /// The exchange of the call with this id.
    pub fn exchange(&self, call: &str) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.call == call)
    }

    /// The status that a call was answered with.
    pub fn status(&self, id: &str) -> Option<u16> {
        self.exchange(id)?.status()
    }

    /// The status of the last answer.
    pub fn last_status(&self) -> Option<u16> {
        self.exchanges.last().and_then(Exchange::status)
    }

    /// The history with its steps numbered in order, and what was called how.
    pub fn numbered(&self) -> (Self, Renaming) {
        let (case, renaming) = self.case.numbered();
        let mut history = Self { case: Arc::new(case), ..self.clone() };
        for exchange in &mut history.exchanges {
            exchange.call = renaming.of(&exchange.call).to_owned();
        }
        if let Some(unfinished) = &mut history.unfinished {
            unfinished.call = renaming.of(&unfinished.call).to_owned();
        }
        (history, renaming)
    }
}

/// What went over the wire for one call.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The id of the call.
    pub call: String,
    /// The call's operation, as in [`super::Call::operation`].
    pub operation: String,
    /// The call's label.
    pub label: Label,
    /// The identity it was sent as.
    pub auth: Auth,
    /// What was sent, secrets redacted.
    pub sent: Sent,
    /// What came of it.
    pub outcome: Outcome,
    /// When.
    pub times: Times,
    /// The HTTP version spoken.
    pub http: HttpVersion,
    /// Whether the connection was opened for this call.
    pub fresh_connection: bool,
}

impl Exchange {
    /// What came of a call over a connection opened for it, where nothing else is known of it.
    pub fn of(call: &Call, outcome: Outcome) -> Self {
        Self {
            call: call.id.clone(),
            operation: call.operation.clone(),
            label: call.label,
            auth: call.auth.clone(),
            sent: Sent::default(),
            outcome,
            times: Times::default(),
            http: HttpVersion::Http1,
            fresh_connection: true,
        }
    }

    /// The answer, where a whole head came.
    pub fn answer(&self) -> Option<&Answer> {
        if let Outcome::Answered(answer) = &self.outcome { Some(answer) } else { None }
    }

    /// The status, where a whole head came.
    pub fn status(&self) -> Option<u16> {
        self.answer().map(|answer| answer.status)
    }

    /// The value of a part of the answer: what a reference to it stands for. `body` is the answer's
    /// body, read; `matching` a template with one `{name}` whose place gives the value.
    pub fn part(
        &self,
        source: &Source,
        matching: Option<&str>,
        body: Option<&Value>,
    ) -> Option<Value> {
        let answer = self.answer()?;
        let named = |fields: &[Header], name: &str| {
            let field = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
            field.text().map(Value::text)
        };
        let value = match source {
            Source::Status => Value::int(i64::from(answer.status)),
            Source::Header(name) => named(&answer.headers, name)?,
            Source::Trailer(name) => named(&answer.trailers, name)?,
            Source::Body(pointer) => pointer.find(body?)?.clone(),
            Source::Message(..) => return None,
        };
        match matching {
            None => Some(value),
            Some(template) => matched(template, value.as_str()?),
        }
    }
}

/// The text in the place of the template's one `{name}`.
fn matched(template: &str, text: &str) -> Option<Value> {
    let (before, rest) = template.split_once('{')?;
    let (_, after) = rest.split_once('}')?;
    let start = text.find(before)? + before.len();
    let tail = &text[start..];
    let end = if after.is_empty() {
        tail.find(['/', '?', '#']).unwrap_or(tail.len())
    } else {
        tail.find(after)?
    };
    Some(Value::text(&tail[..end]))
}

/// The HTTP version spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// HTTP/1.1 (or an HTTP/1.0 answer).
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
}

/// What was sent: the request as rendered, before any perturbation.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// The request target: path and query, percent-encoded.
    pub target: String,
    /// The header fields in order.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Bytes,
    /// Octets of the request that the transport accepted.
    pub written: u64,
}

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The name as written.
    pub name: String,
    /// The value; octets, since RFC 9110, section 5.5 allows more than text.
    pub value: Bytes,
}

impl Header {
    /// The value as text, where it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.value).ok()
    }

    /// Replaces every field of this name (ASCII case ignored) by one, in the first one's place, or adds it at the
    /// end.
    pub fn set(fields: &mut Vec<Self>, name: &str, value: Bytes) {
        let mut told = false;
        fields.retain_mut(|field| {
            if !field.name.eq_ignore_ascii_case(name) {
                return true;
            }
            field.value.clone_from(&value);
            !std::mem::replace(&mut told, true)
        });
        if !told {
            fields.push(Self { name: name.to_owned(), value });
        }
    }
}

/// What came of an exchange. None of these is a finding by itself.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A whole answer head came (the body may have ended early: [`Answer::ending`]).
    Answered(Answer),
    /// The connection ended before a whole final head came.
    Dropped {
        /// Octets of the answer that did come, capped; those of interim answers, too, where they
        /// came over HTTP/1.1.
        received: Bytes,
        /// The interim answers (RFC 9110, section 15.2) that did come.
        interim: Vec<u16>,
        /// Whether it ended by RST instead of FIN (HTTP/2: `RST_STREAM` or `GOAWAY`).
        reset: bool,
        /// HTTP/2 error code, where one was given.
        code: Option<u32>,
    },
    /// Octets came that are no answer of the protocol.
    Garbage {
        /// The octets, capped.
        received: Bytes,
        /// What was wrong with them, a lower-case fragment.
        reason: String,
    },
    /// No answer within the time allowed.
    TimedOut {
        /// Octets of the answer that did come, capped.
        received: Bytes,
    },
    /// No connection, or TLS failed: nothing was sent.
    Unreachable {
        /// Why, a lower-case fragment.
        reason: String,
    },
    /// We ended it ourselves, as a perturbation asked.
    Abandoned,
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields in order.
    pub headers: Vec<Header>,
    /// The body, content coding removed, capped.
    pub body: Bytes,
    /// The trailer fields in order.
    pub trailers: Vec<Header>,
    /// How the body ended.
    pub ending: Ending,
    /// Interim answers (1xx) that came first.
    pub interim: Vec<u16>,
    /// Whether the head came before the request was written.
    pub early: bool,
}

impl Answer {
    /// The header field of this name (ASCII case ignored); the first where it is repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).and_then(Header::text)
    }

    /// The media type of `Content-Type` in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let essence = value.split(';').next().unwrap_or_default().trim();
        Some(essence.to_ascii_lowercase()).filter(|essence| !essence.is_empty())
    }
}

/// How a body ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// As its framing said.
    #[default]
    Complete,
    /// The connection ended before its framing said so.
    Truncated,
    /// It went on beyond our limit; the rest was not read.
    TooLarge,
    /// Its content coding or chunked framing was broken; a lower-case fragment says how.
    Broken(String),
    /// It did not end within the time allowed.
    TimedOut,
}

/// When things happened, each counted from the begin of the exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// From the begin of the campaign to the begin of the exchange.
    pub begin: Duration,
    /// The connection stood (zero for a pooled one).
    pub connected: Duration,
    /// The last byte of the request was written.
    pub sent: Option<Duration>,
    /// The first byte of the answer was read.
    pub first_byte: Option<Duration>,
    /// The exchange ended.
    pub end: Duration,
    /// How long we kept the service waiting on purpose since the request was out; since the begin where
    /// it never was.
    pub injected: Duration,
}
