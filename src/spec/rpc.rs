//! What an operation has besides, where it is a method of gRPC.

use super::Layout;
use crate::value::Pointer;

/// A method of gRPC.
#[derive(Clone, Debug)]
pub struct Rpc {
    /// The message that is sent.
    pub input: Layout,
    /// The message that is answered.
    pub output: Layout,
    /// Whether any number of messages is sent.
    pub streams_in: bool,
    /// Whether any number of messages is answered.
    pub streams_out: bool,
    /// The parameters in the path, each with the field of the input that it is.
    pub bound: Vec<(String, Pointer)>,
    /// The fields of what is sent that have rules.
    pub ruled: Vec<String>,
    /// Whether it makes a thing, as its name says: then that it is well means 201.
    pub makes: bool,
    /// What it says of calling it again.
    pub level: Idempotency,
}

/// What a method says of calling it again (`google.protobuf.MethodOptions.IdempotencyLevel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Idempotency {
    /// Nothing.
    Unknown,
    /// It changes nothing.
    NoSideEffects,
    /// To call it twice is as to call it once.
    Idempotent,
}

impl Rpc {
    /// Whether it says that to call it twice is as to call it once.
    pub fn is_idempotent(&self) -> bool {
        self.level > Idempotency::Unknown
    }
}
