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

impl Dialect {
    /// The dialect that a published meta-schema stands for, or the nearest one we read.
    pub fn of_meta_schema(address: &str) -> Option<Self> {
        let address = address.trim_end_matches('#');
        let path = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://"))?;
        match path {
            "json-schema.org/draft-04/schema" => Some(Self::Draft4),
            "spec.openapis.org/oas/3.0/schema" => Some(Self::OpenApi30),
            "json-schema.org/schema"
            | "json-schema.org/draft-06/schema"
            | "json-schema.org/draft-07/schema"
            | "json-schema.org/draft/2019-09/schema"
            | "json-schema.org/draft/2020-12/schema" => Some(Self::Draft2020),
            path if path.starts_with("spec.openapis.org/oas/3.") => Some(Self::Draft2020),
            _ => None,
        }
    }
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
