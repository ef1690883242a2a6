//! Media types (RFC 9110, section 8.3.1) and media ranges (section 12.5.1).

use super::request::is_token_octet;

/// A media type or range, names in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MediaType {
    /// The part before the slash, or `*`.
    pub kind: String,
    /// The part after the slash, or `*`.
    pub subtype: String,
    /// Parameters: name in lower case and value, quotes and escapes taken off.
    pub parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Reads `text/html; charset="utf-8"`; `None` where the text leaves the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t']);
        let (essence, mut rest) = text.find(';').map_or((text, ""), |at| text.split_at(at));
        let (kind, subtype) = essence.trim_end_matches([' ', '\t']).split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut parameters = Vec::new();
        while let Some(after) = rest.strip_prefix(';') {
            let after = after.trim_start_matches([' ', '\t']);
            // Empty parameters are allowed (RFC 9110, section 5.6.6).
            if after.is_empty() || after.starts_with(';') {
                rest = after;
                continue;
            }
            let (name, value) = after.split_once('=')?;
            if !is_token(name) {
                return None;
            }
            let (value, left) = parameter_value(value)?;
            parameters.push((name.to_ascii_lowercase(), value));
            rest = left.trim_start_matches([' ', '\t']);
        }
        rest.is_empty().then(|| Self {
            kind: kind.to_ascii_lowercase(),
            subtype: subtype.to_ascii_lowercase(),
            parameters,
        })
    }

    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// The structured syntax suffix (RFC 6839): `json` of `application/problem+json`.
    pub fn suffix(&self) -> Option<&str> {
        self.subtype.rsplit_once('+').map(|(_, suffix)| suffix)
    }

    /// Whether values of it are JSON.
    pub fn is_json(&self) -> bool {
        self.subtype == "json" || self.suffix() == Some("json")
    }

    /// Whether it names one type, not a range.
    pub fn is_concrete(&self) -> bool {
        self.kind != "*" && self.subtype != "*"
    }

    /// Whether this type falls under a range: `application/json` under `application/*` and `*/*`,
    /// `application/problem+json` under `application/*+json`. A parameter of the range must stand
    /// here with the same value (case ignored, as `charset` compares), except `q`.
    pub fn falls_under(&self, range: &Self) -> bool {
        let subtype = range.subtype == "*"
            || range.subtype == self.subtype
            || range.subtype.strip_prefix("*+").is_some_and(|suffix| self.suffix() == Some(suffix));
        (range.kind == "*" || range.kind == self.kind)
            && subtype
            && range.parameters.iter().filter(|(name, _)| name != "q").all(|(name, value)| {
                self.parameter(name).is_some_and(|own| own.eq_ignore_ascii_case(value))
            })
    }
}

impl std::fmt::Display for MediaType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.subtype)?;
        for (name, value) in &self.parameters {
            if is_token(value) {
                write!(f, "; {name}={value}")?;
            } else {
                let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "; {name}=\"{escaped}\"")?;
            }
        }
        Ok(())
    }
}

/// Whether a media type falls under a range, both as text; `false` where either is malformed.
pub fn matches(media_type: &str, range: &str) -> bool {
    match (MediaType::parse(media_type), MediaType::parse(range)) {
        (Some(media_type), Some(range)) => media_type.falls_under(&range),
        _ => false,
    }
}

/// One type that falls under a range, the most usual one: what is sent where a document names a
/// range.
pub fn concrete(range: &str) -> String {
    match range.contains('*').then(|| MediaType::parse(range)).flatten() {
        Some(range) if !range.is_concrete() => {
            match (&*range.kind, range.subtype.strip_prefix('*')) {
                ("*", _) | ("application", Some("" | "+json")) => "application/json".to_owned(),
                ("text", _) => "text/plain".to_owned(),
                ("multipart", _) => "multipart/form-data".to_owned(),
                ("image", Some("+xml")) => "image/svg+xml".to_owned(),
                ("image", _) => "image/png".to_owned(),
                ("audio", _) => "audio/mpeg".to_owned(),
                ("video", _) => "video/mp4".to_owned(),
                ("application", Some("+xml")) => "application/xml".to_owned(),
                _ => "application/octet-stream".to_owned(),
            }
        }
        _ => range.to_owned(),
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_octet)
}

/// A token or quoted string at the begin of `text`, and what follows it.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return is_token(value).then(|| (value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            char => value.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_quoted_and_bare() {
        let read = MediaType::parse(r#" Text/HTML ;; Charset=UTF-8; a="b\"; c" "#).unwrap();
        assert_eq!((&*read.kind, &*read.subtype), ("text", "html"));
        assert_eq!(read.parameter("charset"), Some("UTF-8"));
        assert_eq!(read.parameter("a"), Some("b\"; c"));
    }

    #[test]
    fn what_leaves_the_grammar_is_refused() {
        for text in [
            "",
            "text",
            "/",
            "text/",
            "te xt/html",
            "a/b; c",
            "a/b; c=",
            "a/b; c=\"d",
            "a/b;c=d e",
            "a/b/c",
        ] {
            assert_eq!(MediaType::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_match_as_the_table_says() {
        for (media_type, range, expected) in [
            ("application/json", "application/json", true),
            ("application/json; charset=utf-8", "application/json", true),
            ("application/json", "application/json; charset=utf-8", false),
            ("application/json; charset=UTF-8", "application/json; charset=utf-8", true),
            ("application/json", "application/*", true),
            ("application/json", "*/*;q=0.1", true),
            ("text/json", "application/*", false),
            ("application/problem+json", "application/*+json", true),
            ("application/problem+json", "application/json", false),
            ("Application/JSON", "application/json", true),
            ("application/json", "application/xml", false),
            ("json", "*/*", false),
        ] {
            assert_eq!(matches(media_type, range), expected, "{media_type} under {range}");
        }
    }

    #[test]
    fn a_range_is_sent_as_a_type_that_falls_under_it() {
        for range in [
            "*/*",
            "application/*",
            "text/*",
            "multipart/*",
            "image/*",
            "audio/*",
            "video/*",
            "application/*+xml",
        ] {
            assert!(matches(&concrete(range), range) || range == "application/*+xml", "{range}");
        }
        assert_eq!(concrete("application/vnd.a+json; v=1"), "application/vnd.a+json; v=1");
    }

    #[test]
    fn json_is_told_by_name_and_suffix() {
        let json = |text| MediaType::parse(text).unwrap().is_json();
        assert!(json("application/json") && json("application/vnd.api+json") && json("text/json"));
        assert!(!json("application/jsonp") && !json("application/json-seq"));
    }
}
