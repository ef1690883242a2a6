//! Why a call cannot be rendered.

/// Why a call cannot be rendered as a request. Each names the place and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The operation is not `METHOD /path`.
    #[error("`{0}` is no REST operation; write METHOD /path")]
    Operation(String),
    /// A symbol is left.
    #[error("{0} still holds a symbol; only an execution can fill it in")]
    Symbolic(String),
    /// A path template names a parameter that the call does not give.
    #[error("path/{0} is missing, but the path needs it")]
    MissingPath(String),
    /// A value cannot stand in its place.
    #[error("{place}: {source}")]
    Unsendable {
        /// The place.
        place: String,
        /// Why.
        source: super::parameter::Unsendable,
    },
    /// A header name that is no token.
    #[error("headers/{0}: the name is no token; send it by the deviation `header_name`")]
    HeaderName(String),
    /// A rendering fact that says nothing.
    #[error("as/{place}: {message}")]
    Fact {
        /// The place.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A body that HTTP requests of this kind do not have.
    #[error("a `{0}` body belongs to an RPC, not to METHOD /path")]
    Body(&'static str),
    /// A deviation that cannot be applied.
    #[error("deviation `{rule}`: {message}")]
    Deviation {
        /// Its rule.
        rule: String,
        /// Why not.
        message: String,
    },
}
