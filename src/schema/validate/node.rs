//! Our values as the validator's crate reads them: no conversion, nothing lost.

use std::borrow::Cow;
use std::ops::ControlFlow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};

use crate::schema::pattern::{STAND_IN, stand_in};
use crate::value::{self, Number, Text, Value};

/// The representation of JSON that [`Value`] is.
///
/// Expects values without symbols, octets and repeated keys.
#[derive(Debug)]
pub(super) struct Ours;

/// A value, or the name of a member where the names themselves are judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instance<'a> {
    /// A value.
    Value(&'a Value),
    /// A member's name.
    Name(&'a Text),
}

impl<'a> Instance<'a> {
    /// The text, if it is one.
    pub(super) fn text(self) -> Option<&'a Text> {
        match self {
            Self::Value(value) => value.as_text(),
            Self::Name(name) => Some(name),
        }
    }

    /// The number, if it is one.
    pub(super) fn number(self) -> Option<&'a Number> {
        if let Self::Value(value) = self { value.as_number() } else { None }
    }
}

/// The name that the crate spells so: with a private-use character for each lone surrogate.
pub(super) fn named(key: &str) -> Text {
    let real = |point: u32| match point {
        STAND_IN..=0x10_F7FF => point - STAND_IN + 0xD800,
        _ => point,
    };
    Text::from_code_points(key.chars().map(|c| real(c.into())))
}

impl Json for Ours {
    type Node<'a> = Instance<'a>;
    type PreparedKey = Text;
    type StringBuffer = Text;

    const KEYS_PER_LOOKUP: usize = 2;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> Text {
        named(key)
    }

    fn with_string_node<T>(
        buffer: &mut Text,
        string: &str,
        judge: impl FnOnce(Instance<'_>) -> T,
    ) -> T {
        *buffer = string.into();
        judge(Instance::Name(buffer))
    }
}

impl<'a> Node<'a, Ours> for Instance<'a> {
    type Object = &'a value::Object;
    type Array = &'a [Value];
    type Number = &'a Number;

    fn as_object(&self) -> Option<&'a value::Object> {
        if let Self::Value(value) = self { value.as_object() } else { None }
    }

    fn as_array(&self) -> Option<&'a [Value]> {
        if let Self::Value(value) = self { value.as_array() } else { None }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.text().map(stand_in)
    }

    fn as_number(&self) -> Option<&'a Number> {
        self.number()
    }

    fn as_boolean(&self) -> Option<bool> {
        if let Self::Value(value) = self { value.as_bool() } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Value(Value::Null))
    }

    fn json_type(&self) -> JsonType {
        let Self::Value(value) = self else { return JsonType::String };
        match value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::String(_) | Value::Bytes(_) | Value::Symbol(_) => JsonType::String,
            Value::Array(_) => JsonType::Array,
            Value::Object(_) => JsonType::Object,
        }
    }

    fn string_length(&self) -> Option<u64> {
        self.text().map(|text| text.len() as u64)
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        let text = self.text()?;
        // A code point takes one to four octets.
        let octets = text.as_bytes().len() as u64;
        let fewest = octets.div_ceil(4);
        if octets < min || fewest > max {
            return Some(false);
        }
        Some(min <= fewest && octets <= max || (min..=max).contains(&(text.len() as u64)))
    }

    fn equals_value(&self, expected: &serde_json::Value) -> bool {
        match self {
            Self::Value(value) => super::raised(expected).same(value),
            Self::Name(name) => {
                expected.as_str().is_some_and(|expected| stand_in(name) == expected)
            }
        }
    }

    fn to_value(&self) -> Cow<'a, serde_json::Value> {
        // Only errors are told with it, and ours leave the value out; building it for each would be
        // quadratic.
        Cow::Owned(serde_json::Value::Null)
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(match self {
            Self::Value(value) => std::ptr::from_ref::<Value>(value) as usize,
            Self::Name(name) => std::ptr::from_ref::<Text>(name) as usize,
        }))
    }
}

impl JsonNumber for &Number {
    fn as_u64(&self) -> Option<u64> {
        self.as_i128().and_then(|int| u64::try_from(int).ok())
    }

    fn as_i64(&self) -> Option<i64> {
        self.as_i128().and_then(|int| i64::try_from(int).ok())
    }

    fn as_f64(&self) -> Option<f64> {
        Some(Number::as_f64(self))
    }

    fn as_str(&self) -> Cow<'_, str> {
        self.lexeme()
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(super::lower::number(self))
    }

    fn is_integer(&self) -> bool {
        Number::is_integer(self)
    }

    fn is_written_as_integer(&self) -> bool {
        self.as_i128().is_some() || !self.lexeme().contains(['.', 'e', 'E'])
    }
}

impl<'a> Object<'a, Ours> for &'a value::Object {
    type Node = Instance<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        value::Object::len(self)
    }

    fn get(&self, key: &Text) -> Option<Instance<'a>> {
        self.iter().find(|(name, _)| name == key).map(|(_, value)| Instance::Value(value))
    }

    fn members(&self) -> Members<'a> {
        Members(self.iter())
    }

    fn try_for_each_name_node<B>(
        &self,
        _: &mut Text,
        mut judge: impl FnMut(Instance<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.keys().try_for_each(|name| judge(Instance::Name(name)))
    }
}

/// The members of an object in order.
#[derive(Debug)]
pub(super) struct Members<'a>(std::slice::Iter<'a, (Text, Value)>);

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (stand_in(name), Instance::Value(value)))
    }
}

impl<'a> Array<'a, Ours> for &'a [Value] {
    type Node = Instance<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        <[Value]>::len(self)
    }

    fn elements(&self) -> Elements<'a> {
        Elements(self.iter())
    }

    fn is_unique(&self) -> bool {
        super::equality::are_unique(self)
    }
}

/// The elements of an array in order.
#[derive(Debug)]
pub(super) struct Elements<'a>(std::slice::Iter<'a, Value>);

impl<'a> Iterator for Elements<'a> {
    type Item = Instance<'a>;

    fn next(&mut self) -> Option<Instance<'a>> {
        self.0.next().map(Instance::Value)
    }
}
