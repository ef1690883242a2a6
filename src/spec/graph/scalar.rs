//! The types of places, as far as they tell which value can stand where.

use crate::value::Value;

/// The type of a place that can hold an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scalar<'s> {
    text: bool,
    number: bool,
    format: Option<&'s str>,
}

/// Formats of what is never the identity of a thing.
const NEVER: [&str; 9] =
    ["date", "date-time", "time", "duration", "binary", "byte", "password", "float", "double"];

/// Formats of texts that no text without them has by chance.
const SPECIAL: [&str; 9] =
    ["uuid", "email", "uri", "url", "ipv4", "ipv6", "hostname", "idn-email", "iri"];

/// How much less a number is believed where text is asked for: `{id}` is often said to be text.
const NUMBER_AS_TEXT: f64 = 0.75;

impl<'s> Scalar<'s> {
    /// The type a schema gives; `None` for what identifies nothing: objects, arrays, booleans,
    /// enumerations, dates.
    pub(super) fn of(schema: &'s Value) -> Option<Self> {
        if schema.get("enum").is_some() || schema.get("const").is_some() {
            return None;
        }
        let format = schema.get("format").and_then(Value::as_str);
        if format.is_some_and(|format| NEVER.contains(&format)) {
            return None;
        }
        let is = |name: &str| match schema.get("type") {
            Some(Value::Array(names)) => names.iter().any(|n| n.as_str() == Some(name)),
            Some(named) => named.as_str() == Some(name),
            None => false,
        };
        let composed = ["allOf", "anyOf", "oneOf", "not", "properties", "items"];
        let untyped =
            schema.get("type").is_none() && composed.iter().all(|word| schema.get(word).is_none());
        let text = untyped || is("string");
        let number = untyped || is("integer") || is("number");
        (text || number).then(|| Self {
            text,
            number,
            format: format.filter(|format| SPECIAL.contains(format)),
        })
    }

    /// A text without a format.
    pub(super) const TEXT: Self = Self { text: true, number: false, format: None };

    /// Whether anything about it says that it holds an identity: a number, or a UUID.
    pub(super) fn is_telling(self) -> bool {
        !self.text || self.format == Some("uuid")
    }

    /// How far a value of this type can stand at a place, 0 to 1; `None` where it cannot. `written`
    /// says that the place holds text whatever its type: paths, queries, headers.
    pub(super) fn fits(self, place: Self, written: bool) -> Option<f64> {
        let formats = match (self.format, place.format) {
            (Some(own), Some(wanted)) => own == wanted,
            _ => true,
        };
        if self.number && place.number || self.text && place.text {
            return formats.then_some(1.0);
        }
        let as_text = written && self.number && place.text && place.format.is_none();
        as_text.then_some(NUMBER_AS_TEXT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn fits(given: &str, place: &str) -> Option<f64> {
        let (given, place) = [given, place].map(|text| read::json(text.as_bytes()).unwrap()).into();
        Scalar::of(&given)?.fits(Scalar::of(&place)?, true)
    }

    #[test]
    fn types_and_formats_have_to_agree() {
        let integer = r#"{"type":"integer","format":"int64"}"#;
        let text = r#"{"type":["string","null"]}"#;
        let uuid = r#"{"type":"string","format":"uuid"}"#;
        let mail = r#"{"type":"string","format":"email"}"#;
        for (given, place, agree) in [
            (integer, integer, Some(1.0)),
            (integer, text, Some(0.75)),
            (text, integer, None),
            (uuid, text, Some(1.0)),
            (text, uuid, Some(1.0)),
            (uuid, mail, None),
            (integer, uuid, None),
            (integer, "{}", Some(1.0)),
            (r#"{"type":"boolean"}"#, text, None),
            (r#"{"enum":["a"]}"#, text, None),
            (r#"{"type":"string","format":"date"}"#, text, None),
        ] {
            assert_eq!(fits(given, place), agree, "{given} {place}");
        }
    }
}
