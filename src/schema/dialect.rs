//! The dialects of JSON Schema that documents use.

/// A dialect of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Draft 4, as published.
    Draft4,
    /// Swagger 2.0's subset and extension of draft 4.
    Swagger2,
    /// OpenAPI 3.0's subset and extension of draft Wright-00 (5): `nullable`, `discriminator`, …
    OpenApi30,
    /// Draft 2020-12; OpenAPI 3.1 and 3.2 use it as it is.
    Draft2020,
}

/// Which way a value travels: `readOnly` properties are not sent, `writeOnly` ones not received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A request: `readOnly` properties are not required.
    Request,
    /// An answer: `writeOnly` properties are not required.
    Response,
    /// Neither.
    Neither,
}
