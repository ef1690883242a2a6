//! Media types whose content is one JSON text after another (OpenAPI 3.2.0, "Sequential Media Types").

/// How the JSON texts of a sequence are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sequence {
    /// One on each line (JSON Lines): `application/jsonl`, `application/x-ndjson`.
    Lines,
    /// Each between U+001E and a line feed (RFC 7464): `application/json-seq`, `+json-seq`.
    Records,
}

const LINES: [&str; 5] = [
    "application/jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/ndjson",
    "application/x-ndjson",
];

impl Sequence {
    /// How they are told apart in a media type (essence only, ASCII case ignored); `None` for a type of
    /// other content.
    pub fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let is = |name: &str| essence.eq_ignore_ascii_case(name);
        let suffix = essence.rsplit_once('+').map(|(_, suffix)| suffix);
        if LINES.iter().any(|name| is(name)) {
            Some(Self::Lines)
        } else if is("application/json-seq")
            || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("json-seq"))
        {
            Some(Self::Records)
        } else {
            None
        }
    }
}
