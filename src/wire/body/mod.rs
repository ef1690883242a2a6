//! Bodies: one value becomes the octets of a media type. One file per kind.
//!
//! What a body's value does not say by itself (the media type, names of XML elements, part types and
//! file names) are *rendering facts*. A case stores those that are not usual, under the place they
//! are about, so that its file renders alone:
//!
//! | place | says | usual |
//! |---|---|---|
//! | `json`, `form`, `text`, `bytes` | the media type; for `json` also one of a [`sequence`] | `application/json`, `application/x-www-form-urlencoded`, `text/plain`, `application/octet-stream` |
//! | `form/NAME` | how a property is written, in the words of [`super::parameter::Notation`] | objects `application/json`, all else as in a query |
//! | `multipart` | the media type; a boundary in it is used | `multipart/form-data`, boundary from the content |
//! | `multipart/NAME` | a part's media type, and `; filename="…"` | see [`multipart`] |
//! | `multipart/NAME/headers/FIELD` | a further field of a part | none |
//! | `xml`, `xml/PLACE` | the media type (root only), and the words of [`xml`] | `application/xml`, elements named as their members |
//!
//! `NAME` and `PLACE` are escaped as in a JSON Pointer.

pub mod form;
pub mod json;
pub mod multipart;
pub mod sequence;
pub mod xml;

use super::error::Error;
use super::facts::Facts;
use super::parameter::{Loss, scalar_text};
use super::{Script, grpc};
use crate::case::Body;
use crate::spec::{BodyKind, Sequence};
use crate::value::Value;

/// A body as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its octets.
    pub octets: Vec<u8>,
    /// Its media type.
    pub media_type: String,
    /// Why a receiver who knows the contract cannot read this very value back.
    pub loss: Option<Loss>,
}

/// The media type of a body where no fact says another.
pub fn usual_media_type(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "application/json",
        BodyKind::Form => "application/x-www-form-urlencoded",
        BodyKind::Multipart => "multipart/form-data",
        BodyKind::Xml => "application/xml",
        BodyKind::Text => "text/plain",
        BodyKind::Bytes => "application/octet-stream",
        BodyKind::Proto => grpc::MEDIA_TYPE,
    }
}

/// Renders a body, whose values must be concrete.
///
/// # Errors
/// The body belongs to an RPC, or a fact says nothing.
pub fn render(body: &Body, facts: Facts<'_>) -> Result<Rendered, Error> {
    let kind = match body {
        Body::Json(_) => BodyKind::Json,
        Body::Form(_) => BodyKind::Form,
        Body::Multipart(_) => BodyKind::Multipart,
        Body::Xml(_) => BodyKind::Xml,
        Body::Text(_) => BodyKind::Text,
        Body::Bytes(_) => BodyKind::Bytes,
        Body::Wire(message) => {
            let (octets, media_type) = (grpc::frame(message), grpc::MEDIA_TYPE.to_owned());
            return Ok(Rendered { octets, media_type, loss: None });
        }
        Body::Messages(messages) => {
            let (_, octets) = Script::of(messages).ok_or(Error::Body(body.part()))?;
            return Ok(Rendered { octets, media_type: grpc::MEDIA_TYPE.to_owned(), loss: None });
        }
        // What its message is called says how it is written: that is known to whoever knows the contract.
        Body::Proto(_) => return Err(Error::Body(body.part())),
    };
    let value = body.value().ok_or(Error::Body(body.part()))?;
    let media_type = || facts.get(kind.part()).unwrap_or(usual_media_type(kind)).to_owned();
    let whole = |octets, loss| Rendered { octets, media_type: media_type(), loss };
    Ok(match kind {
        BodyKind::Json => match sequence_of(facts) {
            Some(sequence) => {
                let (octets, loss) = sequence::encode(sequence, value);
                whole(octets, loss)
            }
            None => whole(json::encode(value), None),
        },
        BodyKind::Form => {
            let (octets, loss) = form::encode(value, facts)?;
            whole(octets, loss)
        }
        BodyKind::Multipart => multipart::encode(value, &media_type(), facts),
        BodyKind::Xml => xml::encode(value, facts)?,
        BodyKind::Text | BodyKind::Bytes | BodyKind::Proto => {
            whole(scalar_text(value).into_owned(), scalar_loss(value))
        }
    })
}

/// How the texts of a JSON body with these facts are told apart, where it is a sequence.
pub fn sequence_of(facts: Facts<'_>) -> Option<Sequence> {
    facts.get(BodyKind::Json.part()).and_then(Sequence::of)
}

/// A value in a media type without any facts: `content` parameters and parts.
pub(super) fn plain(media_type: &str, value: &Value) -> Vec<u8> {
    let none = Facts::default();
    match BodyKind::of(media_type) {
        BodyKind::Json => json::encode(value),
        BodyKind::Form => form::encode(value, none).map(|(octets, _)| octets).unwrap_or_default(),
        BodyKind::Xml => xml::encode(value, none).map(|xml| xml.octets).unwrap_or_default(),
        BodyKind::Multipart | BodyKind::Text | BodyKind::Bytes | BodyKind::Proto => {
            scalar_text(value).into_owned()
        }
    }
}

/// What is lost where a value goes as text.
fn scalar_loss(value: &Value) -> Option<Loss> {
    match value {
        Value::Null => Some(Loss::Null),
        Value::Array(_) | Value::Object(_) => Some(Loss::Nested),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts() -> impl Strategy<Value = Value> {
        "[a<&;=\" \r\n\\]%é\u{0}-]{0,4}".prop_map(|text| Value::text(text.as_str()))
    }

    /// Objects whose keys say the shape of their values, as a contract would.
    fn objects() -> impl Strategy<Value = Value> {
        let list = prop::collection::vec(texts(), 0..3).prop_map(Value::Array);
        let inner = prop::collection::btree_map("[ab]", texts(), 0..3);
        let inner =
            inner.prop_map(|members| Value::object(members.iter().map(|(k, v)| (&**k, v.clone()))));
        let member = |value| prop::option::of(value);
        (member(texts().boxed()), member(list.boxed()), member(inner.boxed())).prop_map(
            |(t, l, o)| {
                let members = [("t", t), ("l", l), ("o", o)];
                Value::object(members.into_iter().filter_map(|(key, value)| Some((key, value?))))
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn bodies_that_can_be_told_apart_are_written_apart(a in objects(), b in objects(), twin in any::<bool>()) {
            let b = if twin { a.clone() } else { b };
            for kind in [Body::Json, Body::Form, Body::Multipart, Body::Xml] {
                let one = render(&kind(a.clone()), Facts::default()).unwrap();
                let other = render(&kind(b.clone()), Facts::default()).unwrap();
                if one.loss.is_none() && other.loss.is_none() {
                    prop_assert_eq!(one.octets == other.octets, a == b, "{:?}", kind(Value::Null));
                }
            }
        }
    }

    #[test]
    fn a_fact_says_the_media_type() {
        let facts = [("text".to_owned(), "text/csv".to_owned())];
        let rendered = render(&Body::Text(Value::text("a,b")), Facts::new(&facts)).unwrap();
        assert_eq!((&*rendered.media_type, &rendered.octets[..]), ("text/csv", &b"a,b"[..]));
        let error = render(&Body::Proto(Value::Null), Facts::default()).unwrap_err();
        assert!(error.to_string().contains("`proto`"), "{error}");
    }
}
