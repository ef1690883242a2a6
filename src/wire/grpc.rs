//! Messages in the frames of gRPC, and what an answer says (gRPC over HTTP/2, PROTOCOL-HTTP2.md).

use crate::case::{Answer, Header};

/// The media type of messages, which are protobuf where nothing else is said.
pub const MEDIA_TYPE: &str = "application/grpc";

/// Octets before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// Whether the name of an operation is that of a method: `shop.v1.Orders/Create`.
pub fn is_method(operation: &str) -> bool {
    let is_name = |text: &str| {
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "_.".contains(char);
        !text.is_empty() && text.chars().all(is_plain)
    };
    operation.split_once('/').is_some_and(|(service, method)| is_name(service) && is_name(method))
}

/// A message that is not compressed, in a frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// The messages in a body, none of them compressed.
///
/// # Errors
/// Why it holds no such messages: a lower-case fragment.
pub fn messages(mut body: &[u8]) -> Result<Vec<&[u8]>, &'static str> {
    let mut all = Vec::new();
    while !body.is_empty() {
        let (prefix, rest) =
            body.split_at_checked(PREFIX).ok_or("it ends within the head of a message")?;
        let [flag, length @ ..] = prefix else { break };
        if *flag != 0 {
            return Err("a message is compressed, which was not asked for");
        }
        let length = length.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
        let (message, rest) = rest.split_at_checked(length).ok_or("it ends within a message")?;
        all.push(message);
        body = rest;
    }
    Ok(all)
}

/// A status of gRPC (statuscodes.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub u32);

/// Their names, and the statuses of HTTP that say the same (`google/rpc/code.proto`).
const CODES: [(&str, u16); 17] = [
    ("OK", 200),
    ("CANCELLED", 499),
    ("UNKNOWN", 500),
    ("INVALID_ARGUMENT", 400),
    ("DEADLINE_EXCEEDED", 504),
    ("NOT_FOUND", 404),
    ("ALREADY_EXISTS", 409),
    ("PERMISSION_DENIED", 403),
    ("RESOURCE_EXHAUSTED", 429),
    ("FAILED_PRECONDITION", 400),
    ("ABORTED", 409),
    ("OUT_OF_RANGE", 400),
    ("UNIMPLEMENTED", 501),
    ("INTERNAL", 500),
    ("UNAVAILABLE", 503),
    ("DATA_LOSS", 500),
    ("UNAUTHENTICATED", 401),
];

impl Code {
    /// Everything is well.
    pub const OK: Self = Self(0);

    /// The name; `None` for a number that is no status.
    pub fn name(self) -> Option<&'static str> {
        self.known().map(|(name, _)| name)
    }

    /// The status of HTTP that says the same.
    pub fn http(self) -> Option<u16> {
        self.known().map(|(_, status)| status)
    }

    /// The code of this name.
    pub fn named(name: &str) -> Option<Self> {
        let at = CODES.iter().position(|(known, _)| *known == name)?;
        u32::try_from(at).ok().map(Self)
    }

    fn known(self) -> Option<(&'static str, u16)> {
        usize::try_from(self.0).ok().and_then(|at| CODES.get(at)).copied()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> Header {
        Header { name: name.to_owned(), value: value.to_owned().into() }
    }

    #[test]
    fn messages_come_out_of_frames_as_they_went_in() {
        let body = [frame(b"one"), frame(b""), frame(&[7; 300])].concat();
        assert_eq!(messages(&body), Ok(vec![&b"one"[..], &b""[..], &[7; 300][..]]));
        assert_eq!(messages(&[]), Ok(Vec::new()));
        for end in [1, 4, 5, 7] {
            assert!(messages(&body[..end]).is_err(), "{end}");
        }
        assert!(messages(&[1, 0, 0, 0, 0]).is_err());
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

    #[test]
    fn every_code_is_known_by_its_name() {
        for (at, (name, _)) in CODES.iter().enumerate() {
            assert_eq!(Code::named(name), Some(Code(at as u32)));
        }
        assert_eq!((Code(17).name(), Code::named("FINE")), (None, None));
    }
}
