//! Media types: what counts as the same (RFC 9110, section 8.3; RFC 6838, section 4.2.8).

/// The type and subtype, without parameters.
pub(super) fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

/// Whether an essence is `type/subtype` of tokens.
pub(super) fn is_well_formed(essence: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    essence.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub))
}

/// Whether an essence is written in JSON: one text, not a sequence of them.
pub(super) fn is_json(essence: &str) -> bool {
    ["application/json", "text/json", "application/x-json"]
        .iter()
        .any(|name| essence.eq_ignore_ascii_case(name))
        || has_suffix(essence, "+json")
}

/// Whether an answer of this type is meant to go on: it is no hang that it does not end.
pub(super) fn is_stream(essence: &str) -> bool {
    const STREAMS: [&str; 9] = [
        "text/event-stream",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json-seq",
        "application/stream+json",
        "application/vnd.apple.mpegurl",
        "multipart/x-mixed-replace",
        "application/grpc",
    ];
    STREAMS.iter().any(|name| essence.eq_ignore_ascii_case(name))
}

/// Whether a declared media type or range allows an actual one. Members of one family of syntax
/// (`application/json` and `application/problem+json`) count as the same: a client that reads the one
/// can read the other. `application/octet-stream` promises octets, which everything is.
pub(super) fn covers(declared: &str, actual: &str) -> bool {
    let declared = essence(declared);
    if declared.eq_ignore_ascii_case(actual)
        || matches!(declared, "*/*" | "*")
        || declared.eq_ignore_ascii_case("application/octet-stream")
    {
        return true;
    }
    if let Some(kind) = declared.strip_suffix("/*") {
        let actual = actual.split('/').next().unwrap_or_default();
        return actual.eq_ignore_ascii_case(kind);
    }
    FAMILIES.iter().any(|family| family(declared) && family(actual))
}

const FAMILIES: [fn(&str) -> bool; 4] = [is_json, is_xml, is_yaml, is_script];

fn is_xml(essence: &str) -> bool {
    ["application/xml", "text/xml"].iter().any(|name| essence.eq_ignore_ascii_case(name))
        || has_suffix(essence, "+xml")
}

fn is_yaml(essence: &str) -> bool {
    ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"]
        .iter()
        .any(|name| essence.eq_ignore_ascii_case(name))
        || has_suffix(essence, "+yaml")
}

fn is_script(essence: &str) -> bool {
    ["application/javascript", "text/javascript", "application/x-javascript"]
        .iter()
        .any(|name| essence.eq_ignore_ascii_case(name))
}

fn has_suffix(essence: &str, suffix: &str) -> bool {
    essence
        .len()
        .checked_sub(suffix.len())
        .and_then(|at| essence.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_can_read_counts_as_the_same() {
        for (declared, actual) in [
            ("application/json", "application/json"),
            ("application/json; charset=utf-8", "Application/JSON"),
            ("application/json", "application/problem+json"),
            ("application/vnd.api+json", "application/json"),
            ("*/*", "image/png"),
            ("text/*", "text/csv"),
            ("application/xml", "text/xml"),
            ("application/octet-stream", "image/png"),
        ] {
            assert!(covers(declared, actual), "{declared} covers {actual}");
        }
        for (declared, actual) in [
            ("application/json", "text/html"),
            ("text/plain", "text/html"),
            ("text/*", "application/json"),
            ("application/json", "application/x-ndjson"),
            ("application/json", "application/xml"),
        ] {
            assert!(!covers(declared, actual), "{declared} does not cover {actual}");
        }
    }

    #[test]
    fn malformed_types_are_told() {
        for good in ["text/plain", "application/vnd.x+json"] {
            assert!(is_well_formed(good));
        }
        for bad in ["", "json", "text/", "/plain", "text plain", "a/b/c"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
