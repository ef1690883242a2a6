//! Media types whose content is one JSON text after another (OpenAPI 3.2.0, "Sequential Media Types").

/// How the JSON texts of a sequence are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sequence {
    /// One on each line (JSON Lines): `application/jsonl`, `application/x-ndjson`.
    Lines,
    /// Each between U+001E and a line feed (RFC 7464): `application/json-seq`, `+json-seq`.
    Records,
}

impl Sequence {
    /// How they are told apart in a media type (essence only, ASCII case ignored); `None` for a type of
    /// other content.
    pub fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match &*essence {
            "application/jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/ndjson"
            | "application/x-ndjson" => Some(Self::Lines),
            "application/json-seq" => Some(Self::Records),
            _ if essence.ends_with("+json-seq") => Some(Self::Records),
            _ => None,
        }
    }
}
