//! Whether a request was framed as HTTP asks: only then does silence of the service mean something.

use super::Seen;
use crate::case::Header;
use crate::wire::deviation;

/// Whether the request is one that a service must answer: nothing in its framing is broken, nothing
/// was cut off (RFC 9112, sections 3, 5 and 6).
///
/// A service may close the connection, or wait for the rest, when it is not.
pub(super) fn is_sound(seen: &Seen<'_>) -> bool {
    let sent = &seen.exchange.sent;
    !seen.is_disturbed()
        && deviation::well_framed(seen.call)
        && is_token(&sent.method)
        && sent.target.bytes().all(|byte| byte.is_ascii_graphic())
        && sent.headers.iter().all(is_sound_header)
        && is_length_right(&sent.headers, sent.body.len())
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_sound_header(header: &Header) -> bool {
    // Pseudo fields of HTTP/2 may be listed; they are no concern of framing.
    is_token(header.name.strip_prefix(':').unwrap_or(&header.name))
        && !header.value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n'))
}

fn is_length_right(headers: &[Header], body: usize) -> bool {
    let mut lengths = headers.iter().filter(|h| h.name.eq_ignore_ascii_case("content-length"));
    let mut codings = headers.iter().filter(|h| h.name.eq_ignore_ascii_case("transfer-encoding"));
    match (lengths.next(), codings.next()) {
        (None, None) => true,
        (Some(length), None) => {
            lengths.next().is_none() && length.text() == Some(body.to_string().as_str())
        }
        (None, Some(coding)) => {
            codings.next().is_none()
                && coding.text().is_some_and(|text| text.eq_ignore_ascii_case("chunked"))
        }
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Said, seen_with};
    use super::*;
    use crate::case::{Deviation, Perturbation, Position};

    #[test]
    fn a_plain_request_is_sound() {
        seen_with(Said::dropped("GET /a"), |seen| assert!(is_sound(seen)));
        let sized = Said::dropped("POST /a").sending("content-length", "2").sending_body(b"{}");
        seen_with(sized, |seen| assert!(is_sound(seen)));
    }

    #[test]
    fn broken_framing_is_told_from_the_bytes_and_from_the_case() {
        for said in [
            Said::dropped("POST /a").sending("content-length", "3").sending_body(b"{}"),
            Said::dropped("POST /a").sending("content-length", "x"),
            Said::dropped("POST /a")
                .sending("content-length", "0")
                .sending("transfer-encoding", "chunked"),
            Said::dropped("POST /a").sending("x\ny", "1"),
            Said::dropped("POST /a").sending("x", "1\r\ny: 2"),
            Said::dropped("POST /a").call(|c| c.deviations = vec![Deviation::wire("chunk_size")]),
            Said::dropped("POST /a")
                .call(|c| c.perturb = vec![Perturbation::Cut(Position::Body(1))]),
        ] {
            seen_with(said, |seen| assert!(!is_sound(seen), "{:?}", seen.exchange.sent));
        }
    }
}
