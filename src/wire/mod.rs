//! Pure encoding and decoding: a call becomes the request that goes out, to the byte.
//!
//! Responsible for parameters and styles, bodies, HTTP/1.1 bytes, and the operations that damage
//! them on purpose. Does no I/O and knows no secrets: they stay symbolic until they are sent.

mod request;

pub use request::{Framing, Request};
