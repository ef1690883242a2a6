//! Calls of gRPC on both sides of the wire: a message in its JSON mapping goes out as octets, and what comes back
//! is an answer as any other, with the status of HTTP that says the same and the message in its JSON mapping.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::in_band;
use crate::case::{Answer, Body, Call, Ending, Header, Message, Outcome, Sent, Times, value_at};
use crate::spec::template::segments;
use crate::spec::{Operation, Rpc};
use crate::value::{Pointer, Value, write};
use crate::wire::grpc::{self, Code, Status};
use crate::wire::protobuf::mapping;

/// What an answer is that is nothing of gRPC.
pub const NO_GRPC: &str = "no answer of gRPC";

/// The code of HTTP/2 for a stream that is not needed any more (RFC 9113, section 7).
const CANCEL: u32 = 8;

/// The field that the status stands in.
const STATUS: &str = "grpc-status";

/// A call whose message is written as octets, where it has one in its JSON mapping.
///
/// # Errors
/// It is no message of the method: a lower-case fragment.
pub fn written<'c>(
    operation: Option<&Operation>,
    call: Cow<'c, Call>,
) -> Result<Cow<'c, Call>, String> {
    let Some(rpc) = operation.and_then(|operation| operation.rpc.as_ref()) else { return Ok(call) };
    let octets = |value: &Value| {
        mapping::encode(value, &rpc.input)
            .map_err(|why| format!("it is no {}: {why}", rpc.input.name()))
    };
    let body = match &call.body {
        Some(Body::Proto(value)) => Body::Wire(octets(value)?),
        Some(Body::Messages(messages)) => {
            let written = messages.iter().map(|message| match message {
                Message::Proto(value) => Ok(Message::Wire(octets(value)?)),
                other => Ok(other.clone()),
            });
            Body::Messages(written.collect::<Result<_, String>>()?)
        }
        _ => return Ok(call),
    };
    Ok(Cow::Owned(call.with_body(body)))
}

/// What went out and what came of a call, as of any other.
pub(super) struct Told {
    pub(super) sent: Sent,
    pub(super) outcome: Outcome,
    /// The body of the answer, where it had to be read for this.
    pub(super) body: Option<Value>,
}

/// What went out and what came of a call, as of any other: the request as one of REST with its message in JSON.
///
/// `error_at` is where the body of an answer that is OK may hold an error.
pub(super) fn told(
    operation: Option<&Operation>,
    call: &Call,
    sent: Sent,
    (outcome, times): (Outcome, &Times),
    error_at: Option<&Pointer>,
) -> Told {
    let Some((operation, rpc)) = operation.and_then(|own| Some((own, own.rpc.as_ref()?))) else {
        return Told { sent, outcome, body: None };
    };
    let is_over = || grpc::is_over(&sent.headers, times);
    let outcome = match outcome {
        Outcome::Dropped { reset: true, code: Some(CANCEL), interim, .. } if is_over() => {
            Outcome::Answered(given_up(interim))
        }
        outcome => outcome,
    };
    let sent = shown(operation, call, sent);
    let (outcome, body) = match outcome {
        Outcome::Answered(answer) if is_unsaid(rpc, &answer) => {
            let Answer { body: received, interim, ending, .. } = answer;
            let outcome = match ending {
                Ending::TimedOut => Outcome::TimedOut { received },
                _ => Outcome::Dropped { received, interim, reset: false, code: None },
            };
            (outcome, None)
        }
        Outcome::Answered(answer) => translated(rpc, answer, error_at),
        other => (other, None),
    };
    Told { sent, outcome, body }
}

/// What clients make of a call that the service resets as its deadline is over (statuscodes.md).
fn given_up(interim: Vec<u16>) -> Answer {
    let field = |name: &str, value: &'static str| Header {
        name: name.to_owned(),
        value: Bytes::from_static(value.as_bytes()),
    };
    let headers = vec![field("content-type", grpc::MEDIA_TYPE), field(STATUS, "4")];
    Answer { status: 200, headers, interim, ..Answer::default() }
}

/// Whether an answer of gRPC ended before it said how the call went. A stream may go on for as long as there is news.
fn is_unsaid(rpc: &Rpc, answer: &Answer) -> bool {
    let ended = match answer.ending {
        Ending::Truncated | Ending::Broken(_) => true,
        Ending::TimedOut => !rpc.streams_out || answer.body.is_empty(),
        Ending::Complete | Ending::TooLarge => false,
    };
    ended && is_grpc(answer) && grpc::status(answer).is_none()
}

fn is_grpc(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.starts_with(grpc::MEDIA_TYPE))
}

/// A request as one of REST; without a path where its message is no value.
fn shown(operation: &Operation, call: &Call, sent: Sent) -> Sent {
    let method = operation.method.clone();
    let Some(Body::Proto(value)) = &call.body else {
        return Sent { method, target: String::new(), ..sent };
    };
    let mut target = String::new();
    for segment in segments(&operation.path) {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let value = name.and_then(|name| value_at(call, &operation.place_of(name)));
        let written = name.map(|_| value.and_then(Value::written).unwrap_or_default());
        target.push('/');
        match written {
            Some(text) => target.extend(utf8_percent_encode(&text, NON_ALPHANUMERIC)),
            None => target.push_str(segment),
        }
    }
    let mut headers = sent.headers;
    tell_json(&mut headers);
    Sent { method, target, headers, body: write::compact(value).into(), ..sent }
}

fn tell_json(headers: &mut Vec<Header>) {
    Header::set(headers, "content-type", Bytes::from_static(b"application/json"));
}

/// An answer of gRPC as one in JSON, with its body; garbage where it is none.
fn translated(
    rpc: &Rpc,
    mut answer: Answer,
    error_at: Option<&Pointer>,
) -> (Outcome, Option<Value>) {
    match read(rpc, &answer, error_at) {
        Ok(None) => (Outcome::Answered(answer), None),
        Ok(Some(Read { status, body, own_code })) => {
            if let Some(own) = own_code {
                // From here on it is what it says that it is.
                answer.trailers.retain(|field| !field.name.eq_ignore_ascii_case(STATUS));
                answer.headers.retain(|field| !field.name.eq_ignore_ascii_case(STATUS));
                let value = own.0.to_string().into();
                answer.trailers.push(Header { name: STATUS.to_owned(), value });
            }
            tell_json(&mut answer.headers);
            let text = write::compact(&body).into();
            (Outcome::Answered(Answer { status, body: text, ..answer }), Some(body))
        }
        Err(reason) => (Outcome::Garbage { received: answer.body, reason }, None),
    }
}

/// What an answer of gRPC says.
struct Read {
    /// The status of HTTP that says the same.
    status: u16,
    /// Its message or messages; what went wrong.
    body: Value,
    /// The code that its body holds, where that counts.
    own_code: Option<Code>,
}

/// Reads an answer of gRPC; `None` for what stays as it is.
fn read(rpc: &Rpc, answer: &Answer, error_at: Option<&Pointer>) -> Result<Option<Read>, String> {
    // Who stands between, or is no gRPC service, answers as it would anyone.
    if !is_grpc(answer) && answer.status != 200 {
        return Ok(None);
    }
    let Some(Status { code, message }) = grpc::status(answer) else {
        return match answer.ending {
            Ending::Complete if is_grpc(answer) => {
                Err("an answer of gRPC without a status".to_owned())
            }
            Ending::Complete => {
                let kind = answer.header("content-type").unwrap_or("no content type");
                Err(format!("{NO_GRPC}: {} with {kind}", answer.status))
            }
            _ => Ok(None),
        };
    };
    let mut own_code = None;
    let body = if code == Code::OK {
        let body = messages(rpc, &answer.body)?;
        own_code = error_at.and_then(|at| in_band::code(&body, at));
        body
    } else {
        let name = code.name().unwrap_or_default();
        let mut members = vec![("code", Value::text(name)), ("message", Value::text(message))];
        // What came before the end.
        let before = if rpc.streams_out { messages(rpc, &answer.body)? } else { Value::Null };
        members.extend(
            before
                .as_array()
                .filter(|all| !all.is_empty())
                .map(|all| ("messages", Value::Array(all.to_vec()))),
        );
        Value::object(members)
    };
    let code = own_code.unwrap_or(code);
    let status =
        code.http().ok_or_else(|| format!("an answer of gRPC with the status {}", code.0))?;
    let status = if code == Code::OK && rpc.makes { 201 } else { status };
    Ok(Some(Read { status, body, own_code }))
}

/// The message of an answer, or all of them where there may be any number.
fn messages(rpc: &Rpc, body: &[u8]) -> Result<Value, String> {
    let name = rpc.output.name();
    let read = |octets: &[u8]| {
        mapping::decode(octets, &rpc.output)
            .map_err(|why| format!("a message that is no {name}: {why}"))
    };
    let all = grpc::messages(body)?;
    if rpc.streams_out {
        return all.into_iter().map(read).collect::<Result<_, _>>().map(Value::Array);
    }
    match &*all {
        [message] => read(message),
        all => Err(format!("{} messages in the place of one", all.len())),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::spec::Service;
    use crate::spec::protobuf::fixture;

    fn service() -> Service {
        fixture::service(
            "syntax = \"proto3\"; package s.v1; import \"google/protobuf/timestamp.proto\";
             message Tick { google.protobuf.Timestamp at = 1; }
             service Clock { rpc Get(Tick) returns (Tick); }",
        )
    }

    /// What is told of a call that may take 100 ms and took so many.
    fn told_of(service: &Service, outcome: Outcome, took: u64) -> Told {
        let timeout = Header { name: grpc::TIMEOUT.to_owned(), value: "100m".into() };
        let sent = Sent { headers: vec![timeout], ..Sent::default() };
        let times = Times { end: Duration::from_millis(took), ..Times::default() };
        told(service.operations.first(), &Call::default(), sent, (outcome, &times), None)
    }

    #[test]
    fn a_stream_that_is_reset_as_its_deadline_is_over_says_so() {
        let service = service();
        let reset = |code| Outcome::Dropped {
            received: Bytes::new(),
            interim: Vec::new(),
            reset: true,
            code: Some(code),
        };
        let Outcome::Answered(answer) = told_of(&service, reset(CANCEL), 99).outcome else {
            panic!("it is over");
        };
        assert_eq!(grpc::status(&answer).map(|status| status.code), Some(Code(4)));
        for (code, took) in [(CANCEL, 50), (2, 99)] {
            let told = told_of(&service, reset(code), took);
            assert!(matches!(told.outcome, Outcome::Dropped { .. }), "{code} after {took} ms");
        }
    }

    #[test]
    fn a_time_that_json_cannot_write_is_given_by_its_fields() {
        let service = service();
        let octets = b"\x0a\x0b\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01";
        let field = |name: &str, value: &'static str| Header {
            name: name.to_owned(),
            value: value.as_bytes().into(),
        };
        let answer = Answer {
            status: 200,
            headers: vec![field("content-type", "application/grpc")],
            trailers: vec![field("grpc-status", "0")],
            body: grpc::frame(octets).into(),
            ..Answer::default()
        };
        let body = told_of(&service, Outcome::Answered(answer), 1).body.expect("a message");
        assert_eq!(body.to_string(), r#"{"at":{"seconds":-9223372036854775808,"nanos":0}}"#);
        let promised = service.operations[0].responses.of(200).expect("an answer");
        let schema = promised.contents[0].schema.as_ref().expect("a schema");
        assert!(schema.accepts(&body));
    }
}
