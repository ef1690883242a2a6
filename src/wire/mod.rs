//! Pure encoding and decoding: a call becomes the request that goes out, to the byte, and octets
//! that come back become an answer.
//!
//! Responsible for parameters and styles, bodies, HTTP/1.1 bytes, and the operations that damage
//! them on purpose. Does no I/O and knows no secrets: they stay symbolic until they are sent.

pub mod http1;
mod percent;
mod request;

pub use request::{Framing, Head, Host, Request, TargetForm};
