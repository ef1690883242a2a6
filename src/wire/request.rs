//! A request as it goes out.

use bytes::Bytes;

use crate::case::{Header, Perturbation};

/// A request as it goes out, before HTTP/1.1 or HTTP/2 frame it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target in origin form: path and query, percent-encoded.
    pub target: String,
    /// Header fields in order, without those that [`Framing`] adds.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Bytes,
    /// How the body is framed.
    pub framing: Framing,
    /// Bends of timing, in order.
    pub perturb: Vec<Perturbation>,
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
    /// The header fields alone decide: nothing is added.
    Announced,
}
