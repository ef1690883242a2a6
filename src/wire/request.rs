//! A request as it goes out.

use bytes::Bytes;
use prost_reflect::MessageDescriptor;

use super::{Crowd, FrameOperation, Script};
use crate::case::{Header, Perturbation};

/// A request as it goes out, before HTTP/1.1 or HTTP/2 frame it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target in origin form: path and query, percent-encoded.
    pub target: String,
    /// Header fields in order, without those that [`Framing`] and [`Host`] add. Written octet for
    /// octet: what cannot stand in a header is only here where a deviation put it.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Bytes,
    /// How the body is framed.
    pub framing: Framing,
    /// How the head is written; HTTP/1.1 only.
    pub head: Head,
    /// Bends of timing, in order.
    pub perturb: Vec<Perturbation>,
    /// What is done with frames besides, in order; HTTP/2 only.
    pub frames: Vec<FrameOperation>,
    /// What is done between the messages in its body, where it is a stream of them; HTTP/2 only.
    pub script: Option<Box<Script>>,
    /// What the message in its body is, where it is one of gRPC and the contract is known.
    pub message: Option<MessageDescriptor>,
    /// Others who send the same.
    pub crowd: Option<Box<Crowd>>,
}

impl Request {
    /// The value of the first header field of this name (ASCII case ignored).
    pub fn header(&self, name: &str) -> Option<&Bytes> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| &h.value)
    }

    /// Adds a header field at the end, even where one of that name stands already.
    pub fn push_header(&mut self, name: impl Into<String>, value: impl Into<Bytes>) {
        self.headers.push(Header { name: name.into(), value: value.into() });
    }

    /// Replaces every header field of this name (ASCII case ignored) by one, in the first one's
    /// place, or adds it at the end.
    pub fn set_header(&mut self, name: &str, value: impl Into<Bytes>) {
        Header::set(&mut self.headers, name, value.into());
    }

    /// Removes every header field of this name (ASCII case ignored).
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|h| !h.name.eq_ignore_ascii_case(name));
    }

    /// Adds `name=value` at the end of the query; both are percent-encoded here.
    pub fn push_query(&mut self, name: &str, value: &str) {
        self.push_raw_query(&format!(
            "{}={}",
            super::percent::text(name.as_bytes()),
            super::percent::text(value.as_bytes())
        ));
    }

    /// Adds text at the end of the query as it stands.
    pub(super) fn push_raw_query(&mut self, text: &str) {
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(text);
    }

    /// Adds `name=value` to the `Cookie` field, which is made where there is none.
    pub fn push_cookie(&mut self, name: &str, value: &str) {
        let mut cookie = self.header("cookie").map(|value| value.to_vec()).unwrap_or_default();
        if !cookie.is_empty() {
            cookie.extend_from_slice(b"; ");
        }
        cookie.extend_from_slice(format!("{name}={value}").as_bytes());
        self.set_header("Cookie", cookie);
    }

    /// Whether only HTTP/1.1 can say it: the head is written in a way of its own, or the framing is
    /// that of HTTP/1.1 (RFC 9113, section 8.2.2 forbids its fields).
    pub fn needs_http1(&self) -> bool {
        self.head != Head::default()
            || self.framing == Framing::Announced
            || self.headers.iter().any(|h| !is_http2_field(h))
    }
}

fn is_http2_field(header: &Header) -> bool {
    let connection_specific =
        ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];
    !header.name.is_empty()
        && header.name.bytes().all(is_token_octet)
        && !connection_specific.iter().any(|name| header.name.eq_ignore_ascii_case(name))
        && !header.value.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n'))
}

/// Whether an octet may stand in a token (RFC 9110, section 5.6.2).
pub(super) fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// How HTTP/1.1 frames a body (RFC 9112, section 6). HTTP/2 frames by itself and uses only
/// `Announced`, as the `content-length` field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length` of the body where there is one or the method usually has one.
    #[default]
    Length,
    /// `Transfer-Encoding: chunked`, in chunks of this many octets.
    Chunked(usize),
    /// The header fields alone decide: nothing is added, and the body goes out as it stands.
    Announced,
}

/// How HTTP/1.1 writes the head (RFC 9112, sections 3 and 5). The default is the right way; all
/// else is there because a deviation asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Octets before the request line.
    pub before: Bytes,
    /// The whole request line, without its line end, in the place of the one made of method, target
    /// and version.
    pub line: Option<Bytes>,
    /// The version in the request line.
    pub version: &'static str,
    /// The form of the request target.
    pub form: TargetForm,
    /// The `Host` field.
    pub host: Host,
    /// What ends each line.
    pub line_end: &'static str,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            before: Bytes::new(),
            line: None,
            version: "HTTP/1.1",
            form: TargetForm::Origin,
            host: Host::Once,
            line_end: "\r\n",
        }
    }
}

/// The form of a request target (RFC 9112, section 3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetForm {
    /// `/path?query`
    #[default]
    Origin,
    /// `http://host/path?query`, as to a proxy.
    Absolute,
}

/// The `Host` field. A `Host` among the header fields takes the place of the one made from the
/// authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// There once, first of all fields.
    #[default]
    Once,
    /// There twice, with the same value.
    Twice,
    /// Not there.
    Missing,
}
