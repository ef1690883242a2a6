//! Messages in the frames of gRPC, and what an answer says (gRPC over HTTP/2, PROTOCOL-HTTP2.md).

use std::time::Duration;

use crate::case::{Answer, Exchange, Header, Times};

pub use crate::case::Code;
pub use crate::spec::protobuf::{frame, messages, whole};

/// The media type of messages, which are protobuf where nothing else is said.
pub const MEDIA_TYPE: &str = "application/grpc";

/// Whether the name of an operation is that of a method: `shop.v1.Orders/Create`.
pub fn is_method(operation: &str) -> bool {
    let is_name = |text: &str| {
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'.');
        !text.is_empty() && text.bytes().all(is_plain)
    };
    operation.split_once('/').is_some_and(|(service, method)| is_name(service) && is_name(method))
}

/// What an answer says of its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code.
    pub code: Code,
    /// What is said in words, percent-decoded.
    pub message: String,
}

/// The status of an answer: in its trailers, or in its head where it has nothing else ("Trailers-Only").
pub fn status(answer: &Answer) -> Option<Status> {
    let field = |name: &str| {
        let own = |header: &&Header| header.name.eq_ignore_ascii_case(name);
        answer.trailers.iter().find(own).or_else(|| answer.headers.iter().find(own))
    };
    let code = field("grpc-status")?.text()?.parse().ok()?;
    let message = field("grpc-message").and_then(Header::text).unwrap_or_default();
    let message = percent_encoding::percent_decode_str(message).decode_utf8_lossy().into_owned();
    Some(Status { code: Code(code), message })
}

/// The field that says how long a call may take.
pub const TIMEOUT: &str = "grpc-timeout";

/// How long a call may take, as its request says (PROTOCOL-HTTP2.md, "Timeout").
pub fn deadline(exchange: &Exchange) -> Option<Duration> {
    deadline_in(&exchange.sent.headers)
}

fn deadline_in(headers: &[Header]) -> Option<Duration> {
    let own = |field: &&Header| field.name.eq_ignore_ascii_case(TIMEOUT);
    timeout(headers.iter().find(own)?.text()?)
}

/// Whether a call took about as long as its request says that it may take, from its begin on, however slow we were.
pub fn is_over(headers: &[Header], times: &Times) -> bool {
    let took = times.end.saturating_sub(times.connected);
    deadline_in(headers).is_some_and(|deadline| took * 10 >= deadline * 9)
}

/// A time as it is written there: up to eight digits, and a unit.
pub fn timeout(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_plain =
        (1..=8).contains(&number.len()) && number.bytes().all(|own| own.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_plain)?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> Header {
        Header { name: name.to_owned(), value: value.to_owned().into() }
    }

    #[test]
    fn a_deadline_is_up_to_eight_digits_with_a_unit() {
        assert_eq!(timeout("10S"), Some(Duration::from_secs(10)));
        assert_eq!(timeout("00000250m"), Some(Duration::from_millis(250)));
        for bad in ["", "S", "1", "1X", "-1S", "123456789S", "1.5S", "é"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_status_is_read_from_trailers_or_from_a_head_alone() {
        let trailers =
            vec![header("grpc-status", "5"), header("Grpc-Message", "no%20such%20board")];
        let whole = Answer { trailers, ..Answer::default() };
        let told = status(&whole).unwrap();
        assert_eq!((told.code.name(), &*told.message), (Some("NOT_FOUND"), "no such board"));
        let alone = Answer { headers: vec![header("grpc-status", "13")], ..Answer::default() };
        assert_eq!(status(&alone).unwrap().code.http(), Some(500));
        assert_eq!(status(&Answer::default()), None);
    }
}
