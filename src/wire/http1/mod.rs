//! HTTP/1.1 to the octet: our own writer and our own tolerant reader (RFC 9112).
//!
//! Valid and malformed requests go through the same writer, so that what is sent is what the case
//! says. Both are pure: a transport feeds the reader with what came and asks how far it is.

mod decode;
mod encode;
mod framing;
mod limits;
#[cfg(test)]
mod tests;

pub use decode::{Decoder, End, Ended, Progress};
pub(super) use encode::chunked;
pub use encode::{Encoded, encode, encode_for_proxy};
pub use limits::Limits;
