//! JSON that loses nothing: exact numbers, lone surrogates, repeated keys.
//!
//! Responsible for the one value model that the whole house shares, its reader and writer, JSON
//! Pointers and redaction. Knows nothing of schemas, services or the wire.
//!
//! A [`Value`] may also hold a [`Symbol`]: a value that only an execution can know (an id that an
//! earlier answer will carry, a fresh name, a secret). What is sent has no symbols left.

pub(crate) mod arbitrary;
pub mod calendar;
pub mod duration;
pub mod hex;
pub mod locate;
pub mod nearest;
mod number;
mod object;
mod pointer;
pub mod read;
pub mod redact;
mod spelling;
mod symbol;
mod text;
pub mod write;

pub use number::{Decimal, Number};
pub use object::Object;
pub use pointer::Pointer;
pub(crate) use pointer::array_index;
pub use redact::Redactor;
pub use symbol::{Fresh, Reference, Source, Symbol};
pub use text::Text;

/// A JSON value, octets, or a symbol that stands for one.
///
/// `==` is identity of representation: `1` and `1.0` differ, and so do objects whose keys stand in
/// another order. [`Value::same`] is equality as JSON Schema defines it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, exactly as written.
    Number(Number),
    /// Text; may hold lone surrogates.
    String(Text),
    /// Octets that are not text: a file part, a binary body, a protobuf `bytes` field.
    Bytes(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// An object; keeps the order of its keys and repeated keys.
    Object(Object),
    /// A value that only an execution knows.
    Symbol(Box<Symbol>),
}

impl Value {
    /// A string value.
    pub fn text(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }

    /// An integer value.
    pub fn int(int: impl Into<i128>) -> Self {
        Self::Number(Number::from(int.into()))
    }

    /// An object of the given members, in their order.
    pub fn object<K: Into<Text>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The member `key` of an object; the last one where the key is repeated.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The text, if it is a string.
    pub fn as_text(&self) -> Option<&Text> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The text, if it is a string of Unicode scalar values.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text()?.as_str()
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(*bool) } else { None }
    }

    /// The integer, if it is a number written as an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i128().and_then(|int| i64::try_from(int).ok())
    }

    /// Whether no symbol is left in it, so that it can be sent as it stands.
    pub fn is_concrete(&self) -> bool {
        match self {
            Self::Symbol(_) => false,
            Self::Array(items) => items.iter().all(Self::is_concrete),
            Self::Object(object) => object.iter().all(|(_, value)| value.is_concrete()),
            _ => true,
        }
    }

    /// A text or a number as it is written where there are no quotes, as in a path; `None` for others, and
    /// for a text with a lone surrogate.
    pub fn written(&self) -> Option<String> {
        match self {
            Self::String(text) => text.as_str().map(str::to_owned),
            Self::Number(number) => Some(number.lexeme().into_owned()),
            _ => None,
        }
    }

    /// Visits every symbol in it, those that are parts of another one, too.
    pub fn symbols<'v>(&'v self, visit: &mut dyn FnMut(&'v Symbol)) {
        match self {
            Self::Array(items) => items.iter().for_each(|item| item.symbols(visit)),
            Self::Object(object) => object.iter().for_each(|(_, value)| value.symbols(visit)),
            Self::Symbol(symbol) => {
                visit(symbol);
                if let Symbol::Join(parts) = &**symbol {
                    for part in parts {
                        part.symbols(visit);
                    }
                }
            }
            _ => {}
        }
    }

    /// Equality as JSON Schema defines it (2020-12 core, section 4.2.2): numbers by mathematical
    /// value, objects regardless of order.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.same(b),
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
            }
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, value)| {
                        b.iter().any(|(other, twin)| key == other && value.same(twin))
                    })
            }
            (a, b) => a == b,
        }
    }

    /// The JSON type's name (`integer` is never returned: JSON knows only `number`).
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Symbol(_) => "symbol",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::int(int)
    }
}

impl std::fmt::Display for Value {
    /// Compact JSON; symbols as in a case file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write::compact(self))
    }
}
