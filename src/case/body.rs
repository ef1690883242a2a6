//! The body of a call: one value, or the messages of a stream.

use std::time::Duration;

use crate::value::Value;

/// The body of a call, in the form its values are held.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// `json`: a JSON value (`application/json` and `+json`).
    Json(Value),
    /// `form`: an object, sent as `application/x-www-form-urlencoded`.
    Form(Value),
    /// `multipart`: an object whose members are the parts.
    Multipart(Value),
    /// `xml`: a JSON value, sent as XML by the rendering facts.
    Xml(Value),
    /// `text`: text of any media type.
    Text(Value),
    /// `bytes`: octets of any media type.
    Bytes(Value),
    /// `proto`: one message in the JSON mapping.
    Proto(Value),
    /// `wire`: one message as protobuf octets.
    Wire(Vec<u8>),
    /// `messages`: a scripted stream.
    Messages(Vec<Message>),
}

impl Body {
    /// The key in files, and the first token of its places.
    pub fn part(&self) -> &'static str {
        match self {
            Self::Json(_) => "json",
            Self::Form(_) => "form",
            Self::Multipart(_) => "multipart",
            Self::Xml(_) => "xml",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Proto(_) => "proto",
            Self::Wire(_) => "wire",
            Self::Messages(_) => "messages",
        }
    }

    /// The value, where the body is one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Json(value)
            | Self::Form(value)
            | Self::Multipart(value)
            | Self::Xml(value)
            | Self::Text(value)
            | Self::Bytes(value)
            | Self::Proto(value) => Some(value),
            Self::Wire(_) | Self::Messages(_) => None,
        }
    }

    /// The value, or those of the messages of a stream.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let messages = if let Self::Messages(messages) = self { &messages[..] } else { &[] };
        let values = messages.iter().filter_map(|message| match message {
            Message::Proto(value) => Some(value),
            _ => None,
        });
        self.value().into_iter().chain(values)
    }

    /// The same for change.
    pub fn values_mut(&mut self) -> Vec<&mut Value> {
        match self {
            Self::Messages(messages) => {
                let values = messages.iter_mut().filter_map(|message| match message {
                    Message::Proto(value) => Some(value),
                    _ => None,
                });
                values.collect()
            }
            other => other.value_mut().into_iter().collect(),
        }
    }

    /// The value for change, where the body is one.
    pub fn value_mut(&mut self) -> Option<&mut Value> {
        match self {
            Self::Json(value)
            | Self::Form(value)
            | Self::Multipart(value)
            | Self::Xml(value)
            | Self::Text(value)
            | Self::Bytes(value)
            | Self::Proto(value) => Some(value),
            Self::Wire(_) | Self::Messages(_) => None,
        }
    }
}

/// One item of a scripted stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Send a message in the JSON mapping.
    Proto(Value),
    /// Send a message as protobuf octets.
    Wire(Vec<u8>),
    /// Pause.
    Wait(Duration),
    /// Wait until this many messages have come in all.
    Await(u32),
    /// End the sending side.
    HalfClose,
    /// Reset the stream with this HTTP/2 error code (RFC 9113, section 7).
    Cancel(u32),
}
