//! Pure encoding and decoding: a call becomes the request that goes out, to the byte, and octets
//! that come back become an answer.
//!
//! Responsible for parameters and styles, bodies, HTTP/1.1 bytes, messages of protobuf on the wire, and
//! the operations that damage them on purpose. Does no I/O and knows no secrets: they stay symbolic
//! until they are sent.

pub mod body;
mod crowd;
pub mod danger;
pub mod deviation;
mod error;
pub mod facts;
mod frames;
pub mod grpc;
pub mod http1;
pub mod media;
pub mod parameter;
mod percent;
pub mod protobuf;
pub mod render;
mod request;
mod script;

pub use crowd::Crowd;
pub use error::Error;
pub use facts::facts;
pub use frames::FrameOperation;
pub use request::{Framing, Head, Host, Request, TargetForm};
pub use script::{Beat, Script};
