//! How much of an answer is read: whoever answers is not trusted.

/// How much of an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of one head, and of the trailers.
    pub head: usize,
    /// Fields in one head, and in the trailers.
    pub fields: usize,
    /// Octets of the body.
    pub body: usize,
    /// Interim answers before the final one.
    pub interim: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 256 << 10, fields: 1024, body: 16 << 20, interim: 64 }
    }
}
