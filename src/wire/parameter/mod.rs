//! Parameters: one value becomes the octets that stand in a path, query, header or cookie.
//!
//! One file per style of OpenAPI 3.2.0, section 4.12.2.2 (which follows RFC 6570, as its Appendix C
//! says). Where the specification is silent, this is how values are written:
//!
//! - Scalars are their JSON text, strings without quotes; `null` is `null`.
//! - A value nested in an array or object is its JSON text.
//! - Text is UTF-8; a lone surrogate is its three octets of generalised UTF-8; octets are octets.
//! - In paths, queries and percent-encoding cookies every octet outside the unreserved set of RFC 3986
//!   is percent-encoded. In headers and `cookie` style nothing is: what cannot stand there is an
//!   error, never changed.
//! - A style in a place it was not made for is written all the same (`cookie` elsewhere as `form`).
//!
//! Not every value can be told from every other on the wire: an empty array in `form` style is
//! simply absent. What goes out is then still well defined, and [`Encoded::loss`] says what is lost,
//! so that nobody calls such a request valid or invalid. Scalars lose their JSON type everywhere;
//! [`readings`] gives what a receiver may take a value for.

mod cookie;
mod deep_object;
mod form;
mod label;
mod matrix;
mod notation;
mod pen;
mod pipe_delimited;
mod reading;
mod simple;
mod space_delimited;
mod tab_delimited;

pub use notation::Notation;
pub use reading::{readings, readings_as_text, without_blanks};

use pen::Pen;

use crate::spec::{Location, Style};
use crate::value::Value;

/// A value as it stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The octets; `None` where nothing is written at all. A path segment or its part; `name=value`
    /// pairs joined by `&` (query) or `; ` (cookies); the value of a header field.
    pub octets: Option<Vec<u8>>,
    /// Why a receiver who knows the contract cannot read this very value back.
    pub loss: Option<Loss>,
}

/// Why a value cannot be read back from what goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Loss {
    /// An empty array or object.
    #[error("an empty array or object looks as if it were absent, or as an empty text")]
    Empty,
    /// A value within an array or object that is an array or object itself.
    #[error("a nested value has no form of its own")]
    Nested,
    /// `null`
    #[error("null has no form of its own")]
    Null,
    /// Data that holds the delimiter of the style.
    #[error("the data holds a delimiter that cannot be escaped there")]
    Delimiter,
    /// An empty name.
    #[error("a pair without a name is dropped by most readers")]
    Name,
    /// Octets that are not UTF-8.
    #[error("the octets are no text")]
    NotText,
    /// A shape the style has no form for.
    #[error("the style has no form for such a value")]
    Style,
    /// A percent-encoded octet in data that may hold reserved characters.
    #[error("what looks percent-encoded is sent as it stands")]
    Triple,
    /// An empty path segment.
    #[error("an empty path segment leads to another route")]
    EmptySegment,
    /// `.` or `..` as a path segment.
    #[error("a dot segment is removed by what normalises paths")]
    DotSegment,
    /// A slash or backslash in a path.
    #[error("an encoded slash in a path is decoded or refused by many servers")]
    Slash,
    /// A percent sign or a semicolon in a path: data by RFC 3986, section 2.4, but decoded twice, or
    /// taken for the parameter of a segment (section 3.3), by much that stands between.
    #[error("a percent sign or semicolon in a path is decoded twice or cut off by many servers")]
    Ambiguous,
    /// NUL in a target, or another control character in its path (RFC 3986, section 7.3; Jakarta
    /// Servlet 6.0, section 3.5.2).
    #[error("control characters in a path and NUL anywhere are refused by many servers")]
    Control,
    /// A percent-encoded octet in a cookie: RFC 6265 knows no escapes (OpenAPI 3.2.0, appendix D).
    #[error("whether a cookie is percent-decoded is up to its reader")]
    Escaped,
    /// A target or head that is longer than a server has to take (RFC 9110, sections 4.1 and 5.4).
    #[error("so long a request head may be refused by any server")]
    Long,
    /// Blanks at the ends of a header value, or an empty element of its list.
    #[error("blanks around a header value and empty elements are dropped")]
    Trimmed,
    /// A member that goes as a parameter of its own and has the name of another one.
    #[error("a member has the name of another parameter")]
    Collision,
    /// Characters beyond ASCII, or control characters, in a header or plain cookie.
    #[error("the octets have no defined meaning in a header field")]
    Charset,
}

/// A value that cannot stand in its place at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error(
    "CR, LF and NUL cannot stand in a header field; send them by the deviation `header_injection`"
)]
pub struct Unsendable;

/// Writes a value, which must be concrete, as a parameter.
///
/// # Errors
/// The value holds CR, LF or NUL and goes into a header, or a cookie that is not percent-encoded.
pub fn encode(
    location: Location,
    name: &str,
    value: &Value,
    notation: &Notation,
) -> Result<Encoded, Unsendable> {
    let mut pen = Pen::new(location, notation);
    if let Some(media_type) = &notation.content {
        let octets = super::body::plain(media_type, value);
        if notation.whole {
            pen.whole(media_type, &octets);
        } else if matches!(location, Location::Query | Location::QueryString | Location::Cookie) {
            pen.name(name.as_bytes());
            pen.mark("=");
            pen.data(&octets, &[]);
        } else {
            pen.present();
            pen.data(&octets, &[]);
        }
    } else {
        let explode = notation.explode;
        match notation.style {
            Style::Simple => simple::write(&mut pen, value, explode),
            Style::Label => label::write(&mut pen, value, explode),
            Style::Matrix => matrix::write(&mut pen, name, value, explode),
            Style::Cookie if location == Location::Cookie => {
                cookie::write(&mut pen, name, value, explode);
            }
            Style::Form | Style::Cookie => form::write(&mut pen, name, value, explode),
            Style::SpaceDelimited => space_delimited::write(&mut pen, name, value, explode),
            Style::PipeDelimited => pipe_delimited::write(&mut pen, name, value, explode),
            Style::TabDelimited => tab_delimited::write(&mut pen, name, value, explode),
            Style::DeepObject => deep_object::write(&mut pen, name, value, notation.nested),
        }
    }
    pen.finish()
}

/// Whether a receiver who knows the contract can read this very value back.
///
/// # Errors
/// Why it cannot, a lower-case fragment.
pub fn representable(
    location: Location,
    name: &str,
    value: &Value,
    notation: &Notation,
) -> Result<(), String> {
    match encode(location, name, value, notation) {
        Ok(Encoded { loss: None, .. }) => Ok(()),
        Ok(Encoded { loss: Some(loss), .. }) => Err(loss.to_string()),
        Err(unsendable) => Err(unsendable.to_string()),
    }
}

/// The text of a scalar as parameters and parts write it; JSON text of anything else.
pub(super) fn scalar_text(value: &Value) -> std::borrow::Cow<'_, [u8]> {
    match value {
        Value::String(text) => text.as_bytes().into(),
        Value::Bytes(octets) => octets.as_slice().into(),
        Value::Bool(true) => b"true".as_slice().into(),
        Value::Bool(false) => b"false".as_slice().into(),
        Value::Null => b"null".as_slice().into(),
        Value::Number(number) => number.lexeme().into_owned().into_bytes().into(),
        value => super::body::json::encode(value).into(),
    }
}

#[cfg(test)]
mod tests;
