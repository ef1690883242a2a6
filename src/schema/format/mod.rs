//! The formats of strings and numbers that JSON Schema and OpenAPI name: which texts have them, and
//! the texts at their edges.
//!
//! One file per format, each with `valid`, `EDGES` (texts that have the format and that programs trip
//! over) and `NEAR_MISSES` (texts that nearly have it). Knows nothing of generation.

mod byte;
mod date;
mod date_time;
mod double;
mod duration;
mod email;
mod float;
mod hostname;
mod integer;
mod ipv4;
mod ipv6;
mod iri;
mod iri_reference;
mod json_pointer;
mod plain;
mod regex;
mod relative_json_pointer;
mod time;
mod uri;
mod uri_reference;
mod uuid;

pub(super) use date_time::instant;

use crate::value::{Decimal, Text, Value};

/// A text at an edge: the class of the edge, and the text.
pub type Edge = (&'static str, &'static str);

/// A format that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `binary`: octets in no encoding; any text.
    Binary,
    /// `byte`: base64, RFC 4648 section 4.
    Byte,
    /// `date`: full-date of RFC 3339.
    Date,
    /// `date-time` of RFC 3339.
    DateTime,
    /// `double`: a number within the range of an IEEE 754 binary64.
    Double,
    /// `duration` of RFC 3339, appendix A (ISO 8601).
    Duration,
    /// `email`: Mailbox of RFC 5321, section 4.1.2.
    Email,
    /// `float`: a number within the range of an IEEE 754 binary32.
    Float,
    /// `hostname` of RFC 1123, section 2.1.
    Hostname,
    /// `int8`
    Int8,
    /// `int16`
    Int16,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `ipv4`: dotted quad of RFC 2673, section 3.2.
    Ipv4,
    /// `ipv6` of RFC 4291, section 2.2.
    Ipv6,
    /// `iri` of RFC 3987.
    Iri,
    /// `iri-reference` of RFC 3987.
    IriReference,
    /// `json-pointer` of RFC 6901, section 5.
    JsonPointer,
    /// `password`: a hint for display; any text.
    Password,
    /// `regex`: a regular expression of ECMA-262.
    Regex,
    /// `relative-json-pointer` of draft-bhutton-relative-json-pointer-00.
    RelativeJsonPointer,
    /// `time`: full-time of RFC 3339.
    Time,
    /// `uint8`
    Uint8,
    /// `uint16`
    Uint16,
    /// `uint32`
    Uint32,
    /// `uint64`
    Uint64,
    /// `uri` of RFC 3986: absolute.
    Uri,
    /// `uri-reference` of RFC 3986: absolute or relative.
    UriReference,
    /// `uuid` of RFC 9562, section 4.
    Uuid,
}

/// All formats, by the names documents use.
const NAMES: [(&str, Format); 29] = [
    ("binary", Format::Binary),
    ("byte", Format::Byte),
    ("date", Format::Date),
    ("date-time", Format::DateTime),
    ("double", Format::Double),
    ("duration", Format::Duration),
    ("email", Format::Email),
    ("float", Format::Float),
    ("hostname", Format::Hostname),
    ("int8", Format::Int8),
    ("int16", Format::Int16),
    ("int32", Format::Int32),
    ("int64", Format::Int64),
    ("ipv4", Format::Ipv4),
    ("ipv6", Format::Ipv6),
    ("iri", Format::Iri),
    ("iri-reference", Format::IriReference),
    ("json-pointer", Format::JsonPointer),
    ("password", Format::Password),
    ("regex", Format::Regex),
    ("relative-json-pointer", Format::RelativeJsonPointer),
    ("time", Format::Time),
    ("uint8", Format::Uint8),
    ("uint16", Format::Uint16),
    ("uint32", Format::Uint32),
    ("uint64", Format::Uint64),
    ("uri", Format::Uri),
    ("uri-reference", Format::UriReference),
    ("uuid", Format::Uuid),
];

impl Format {
    /// The format of this name, where we know it.
    pub fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Its name in documents.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(_, format)| *format)
    }

    /// Whether `text` has the format; numbers as texts are those of JSON.
    pub fn valid(self, text: &str) -> bool {
        match self {
            Self::Binary | Self::Password => plain::valid(text),
            Self::Byte => byte::valid(text),
            Self::Date => date::valid(text),
            Self::DateTime => date_time::valid(text),
            Self::Double => double::valid(text),
            Self::Duration => duration::valid(text),
            Self::Email => email::valid(text),
            Self::Float => float::valid(text),
            Self::Hostname => hostname::valid(text),
            Self::Ipv4 => ipv4::valid(text),
            Self::Ipv6 => ipv6::valid(text),
            Self::Iri => iri::valid(text),
            Self::IriReference => iri_reference::valid(text),
            Self::JsonPointer => json_pointer::valid(text),
            Self::Regex => regex::valid(text),
            Self::RelativeJsonPointer => relative_json_pointer::valid(text),
            Self::Time => time::valid(text),
            Self::Uri => uri::valid(text),
            Self::UriReference => uri_reference::valid(text),
            Self::Uuid => uuid::valid(text),
            _ => integer::valid(self, text),
        }
    }

    /// Texts that have the format, at its edges.
    pub fn edges(self) -> &'static [Edge] {
        match self {
            Self::Binary | Self::Password => plain::EDGES,
            Self::Byte => byte::EDGES,
            Self::Date => date::EDGES,
            Self::DateTime => date_time::EDGES,
            Self::Double => double::EDGES,
            Self::Duration => duration::EDGES,
            Self::Email => email::EDGES,
            Self::Float => float::EDGES,
            Self::Hostname => hostname::EDGES,
            Self::Ipv4 => ipv4::EDGES,
            Self::Ipv6 => ipv6::EDGES,
            Self::Iri => iri::EDGES,
            Self::IriReference => iri_reference::EDGES,
            Self::JsonPointer => json_pointer::EDGES,
            Self::Regex => regex::EDGES,
            Self::RelativeJsonPointer => relative_json_pointer::EDGES,
            Self::Time => time::EDGES,
            Self::Uri => uri::EDGES,
            Self::UriReference => uri_reference::EDGES,
            Self::Uuid => uuid::EDGES,
            _ => integer::edges(self),
        }
    }

    /// Texts that nearly have the format.
    pub fn near_misses(self) -> &'static [Edge] {
        match self {
            Self::Binary | Self::Password => &[],
            Self::Byte => byte::NEAR_MISSES,
            Self::Date => date::NEAR_MISSES,
            Self::DateTime => date_time::NEAR_MISSES,
            Self::Double => double::NEAR_MISSES,
            Self::Duration => duration::NEAR_MISSES,
            Self::Email => email::NEAR_MISSES,
            Self::Float => float::NEAR_MISSES,
            Self::Hostname => hostname::NEAR_MISSES,
            Self::Ipv4 => ipv4::NEAR_MISSES,
            Self::Ipv6 => ipv6::NEAR_MISSES,
            Self::Iri => iri::NEAR_MISSES,
            Self::IriReference => iri_reference::NEAR_MISSES,
            Self::JsonPointer => json_pointer::NEAR_MISSES,
            Self::Regex => regex::NEAR_MISSES,
            Self::RelativeJsonPointer => relative_json_pointer::NEAR_MISSES,
            Self::Time => time::NEAR_MISSES,
            Self::Uri => uri::NEAR_MISSES,
            Self::UriReference => uri_reference::NEAR_MISSES,
            Self::Uuid => uuid::NEAR_MISSES,
            _ => integer::near_misses(self),
        }
    }

    /// The least and the greatest number of the format, where it is one of numbers; of integers only
    /// the whole ones between them count.
    pub fn range(self) -> Option<(Decimal, Decimal)> {
        match self {
            Self::Float => float::range(),
            Self::Double => double::range(),
            _ => integer::range(self).map(|(min, max)| (Decimal::from(min), Decimal::from(max))),
        }
    }

    /// The least and the greatest number of the format, where it is one of integers.
    pub fn int_range(self) -> Option<(i128, i128)> {
        integer::range(self)
    }

    /// Whether `value` has the format. A format of strings says nothing of other values, one of
    /// numbers judges numbers, and strings that spell one (as protobuf's JSON mapping does).
    pub fn accepts(self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.accepts_text(text),
            Value::Number(number) => self.range().is_none_or(|(min, max)| {
                let whole = self.int_range().is_none() || number.is_integer();
                whole && number.decimal().is_some_and(|number| (min..=max).contains(&number))
            }),
            _ => true,
        }
    }

    /// Whether a text has the format; a lone surrogate is a character that no grammar names.
    pub fn accepts_text(self, text: &Text) -> bool {
        text.as_str().map_or(matches!(self, Self::Binary | Self::Password), |text| self.valid(text))
    }
}

/// Whether a text is a time or a date with a time whose second is the 60th. RFC 3339 admits it at the
/// end of a day in UTC; most libraries for dates do not.
pub fn is_leap_second(text: &Text) -> bool {
    // Nothing of the format with a fraction that makes sense is longer.
    let text = text.as_str().filter(|text| text.len() <= 64 && text.contains(":60"));
    text.is_some_and(|text| {
        let clock = text.find(['T', 't']).map_or(text, |at| &text[at + 1..]);
        let leaps = clock.get(5..8) == Some(":60");
        leaps && (time::valid(text) || date_time::valid(text))
    })
}

#[cfg(test)]
mod tests;
