//! A request as the octets of an HTTP/1.1 message.

use bytes::Bytes;

use super::super::{Framing, Host, Request, TargetForm};
use crate::case::Position;

/// The octets of one request: the head, then the body as framed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The request line and the header fields, with the empty line.
    pub head: Vec<u8>,
    /// The body as framed: chunk sizes and line ends are in it.
    pub body: Bytes,
    /// Octets of the body before framing, and of one chunk where it is chunked.
    content: (usize, Option<usize>),
}

impl Encoded {
    /// The octets of several requests, one behind the other; positions are those of the whole.
    pub fn joined<'e>(all: impl IntoIterator<Item = &'e Self>) -> Self {
        let pieces = all.into_iter().flat_map(|one| [&*one.head, &*one.body]);
        Self { head: pieces.collect::<Vec<_>>().concat(), body: Bytes::new(), content: (0, None) }
    }

    /// Octets in all.
    pub fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many octets have gone out when a position of the request is reached.
    ///
    /// `body+N` counts octets of the body before framing; beyond its end it is the end of the
    /// request. `None` for positions in the answer and in messages of a stream.
    pub fn offset(&self, at: Position) -> Option<usize> {
        Some(match at {
            Position::Headers => self.head.len(),
            Position::Body(octets) => {
                let octets = usize::try_from(octets).unwrap_or(usize::MAX);
                self.head.len() + self.framed(octets)
            }
            Position::BeforeLastByte => self.len().saturating_sub(1),
            Position::Sent => self.len(),
            Position::Message(..) | Position::ResponseFirstByte | Position::Response(_) => {
                return None;
            }
        })
    }

    /// Octets of the framed body up to and with the first `octets` of its content.
    fn framed(&self, octets: usize) -> usize {
        let (length, chunk) = self.content;
        let Some(size) = chunk else { return octets.min(self.body.len()) };
        if octets == 0 || octets > length {
            return if octets == 0 { 0 } else { self.body.len() };
        }
        let whole = (octets - 1) / size;
        let before = whole * (hex_digits(size) + 2 + size + 2);
        let this = size.min(length - whole * size);
        before + hex_digits(this) + 2 + (octets - whole * size)
    }
}

fn hex_digits(number: usize) -> usize {
    number.checked_ilog(16).unwrap_or(0) as usize + 1
}

/// The octets of a request to the server itself. `authority` is its host, with the port where it is
/// not the scheme's own.
pub fn encode(request: &Request, authority: &str) -> Encoded {
    write(request, "http", authority, request.head.form)
}

/// The octets of a request to a plain proxy: the target in absolute form (RFC 9112, section 3.2.2).
pub fn encode_for_proxy(request: &Request, scheme: &str, authority: &str) -> Encoded {
    write(request, scheme, authority, TargetForm::Absolute)
}

fn write(request: &Request, scheme: &str, authority: &str, form: TargetForm) -> Encoded {
    let head = &request.head;
    let end = head.line_end.as_bytes();
    let mut out = Vec::with_capacity(
        128 + request.target.len()
            + request.headers.iter().map(|h| h.name.len() + h.value.len() + 4).sum::<usize>(),
    );
    out.extend_from_slice(&head.before);
    if let Some(line) = &head.line {
        out.extend_from_slice(line);
    } else {
        out.extend_from_slice(request.method.as_bytes());
        out.push(b' ');
        if form == TargetForm::Absolute {
            for part in [scheme, "://", authority] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        out.extend_from_slice(request.target.as_bytes());
        out.push(b' ');
        out.extend_from_slice(head.version.as_bytes());
    }
    out.extend_from_slice(end);

    let mut field = |name: &str, value: &[u8]| {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(end);
    };
    let named = |name: &str| request.header(name).is_some();
    let hosts = match head.host {
        Host::Missing => 0,
        Host::Once => usize::from(!named("host")),
        Host::Twice => 2 - usize::from(named("host")),
    };
    for _ in 0..hosts {
        field("Host", authority.as_bytes());
    }
    for header in &request.headers {
        field(&header.name, &header.value);
    }
    let mut chunk = None;
    match request.framing {
        Framing::Length if !named("content-length") && !named("transfer-encoding") => {
            let usual = matches!(&*request.method, "POST" | "PUT" | "PATCH");
            if usual || !request.body.is_empty() {
                field("Content-Length", request.body.len().to_string().as_bytes());
            }
        }
        Framing::Chunked(size) => {
            if !named("transfer-encoding") {
                field("Transfer-Encoding", b"chunked");
            }
            chunk = Some(size.max(1));
        }
        Framing::Length | Framing::Announced => {}
    }
    out.extend_from_slice(end);

    let body = match chunk {
        Some(size) => Bytes::from(chunked(&request.body, size)),
        None => request.body.clone(),
    };
    Encoded { head: out, body, content: (request.body.len(), chunk) }
}

/// A body in chunks of `size` octets, with the last chunk and no trailers (RFC 9112, section 7.1).
pub(in crate::wire) fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + body.len() / size * 8 + 16);
    for chunk in body.chunks(size) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn post(body: &'static str, framing: Framing) -> Request {
        let mut request = Request {
            method: "POST".to_owned(),
            target: "/orders?a=1".to_owned(),
            body: Bytes::from_static(body.as_bytes()),
            framing,
            ..Request::default()
        };
        request.push_header("Accept", "*/*");
        request
    }

    fn text(encoded: &Encoded) -> String {
        String::from_utf8([&encoded.head[..], &encoded.body[..]].concat()).unwrap()
    }

    #[test]
    fn a_body_is_announced_by_its_length() {
        assert_eq!(
            text(&encode(&post("{}", Framing::Length), "shop:8080")),
            "POST /orders?a=1 HTTP/1.1\r\nHost: shop:8080\r\nAccept: */*\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn a_length_given_by_the_request_is_not_added_again() {
        let mut request = post("{}", Framing::Length);
        request.push_header("content-length", "7");
        let text = text(&encode(&request, "a"));
        assert_eq!(text.to_lowercase().matches("content-length").count(), 1, "{text}");
    }

    #[test]
    fn a_get_without_a_body_announces_nothing_and_a_post_announces_zero() {
        let mut request = post("", Framing::Length);
        assert!(text(&encode(&request, "a")).contains("Content-Length: 0\r\n"));
        request.method = "GET".to_owned();
        assert!(!text(&encode(&request, "a")).contains("Content-Length"));
    }

    #[test]
    fn a_plain_proxy_gets_the_absolute_form() {
        let encoded = encode_for_proxy(&post("", Framing::Length), "http", "shop");
        assert!(
            encoded.head.starts_with(b"POST http://shop/orders?a=1 HTTP/1.1\r\nHost: shop\r\n")
        );
    }

    #[test]
    fn a_host_of_the_request_takes_the_place_of_the_authority() {
        let mut request = post("", Framing::Length);
        request.push_header("Host", "other");
        let once = text(&encode(&request, "shop"));
        assert!(once.contains("Host: other\r\n") && !once.contains("shop"), "{once}");
        request.head.host = Host::Twice;
        assert_eq!(text(&encode(&request, "shop")).matches("Host: ").count(), 2);
        request.headers.clear();
        request.head.host = Host::Missing;
        assert!(!text(&encode(&request, "shop")).contains("Host"));
    }

    #[test]
    fn positions_in_a_chunked_body_count_its_content() {
        let encoded = encode(&post("abcde", Framing::Chunked(2)), "a");
        assert_eq!(&encoded.body[..], b"2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n");
        let sent = |at| &encoded.body[..encoded.offset(at).unwrap() - encoded.head.len()];
        assert_eq!(sent(Position::Headers), b"");
        assert_eq!(sent(Position::Body(0)), b"");
        assert_eq!(sent(Position::Body(1)), b"2\r\na");
        assert_eq!(sent(Position::Body(2)), b"2\r\nab");
        assert_eq!(sent(Position::Body(3)), b"2\r\nab\r\n2\r\nc");
        assert_eq!(sent(Position::Body(5)), b"2\r\nab\r\n2\r\ncd\r\n1\r\ne");
        assert_eq!(encoded.offset(Position::Body(6)), Some(encoded.len()));
        assert_eq!(encoded.offset(Position::BeforeLastByte), Some(encoded.len() - 1));
        assert_eq!(encoded.offset(Position::Response(1)), None);
    }

    proptest! {
        #[test]
        fn httparse_reads_back_what_was_written(
            method in "[A-Z]{1,8}",
            target in "/[!-~]{0,40}",
            headers in prop::collection::vec(("[A-Za-z-]{1,12}", "[!-~]([ -~]{0,20}[!-~])?"), 0..8),
            body in prop::collection::vec(any::<u8>(), 0..50),
            chunk in prop::option::of(1_usize..60),
        ) {
            let mut request = Request { method, target, body: body.clone().into(), ..Request::default() };
            for (name, value) in &headers {
                request.push_header(format!("x-{name}"), value.clone());
            }
            request.framing = chunk.map_or(Framing::Length, Framing::Chunked);
            let encoded = encode(&request, "h");
            let mut fields = [httparse::EMPTY_HEADER; 16];
            let mut parsed = httparse::Request::new(&mut fields);
            let length = parsed.parse(&encoded.head).unwrap();
            prop_assert_eq!(length, httparse::Status::Complete(encoded.head.len()));
            prop_assert_eq!(parsed.method, Some(&*request.method));
            prop_assert_eq!(parsed.path, Some(&*request.target));
            let read: Vec<_> = parsed.headers.iter().map(|h| (h.name, h.value)).collect();
            for header in &request.headers {
                prop_assert!(read.contains(&(&*header.name, &header.value[..])));
            }
            for n in 0..=body.len() {
                let offset = encoded.offset(Position::Body(n as u64)).unwrap() - encoded.head.len();
                prop_assert!(offset <= encoded.body.len());
                if n > 0 {
                    prop_assert_eq!(encoded.body[offset - 1], body[n - 1]);
                }
            }
        }
    }
}
