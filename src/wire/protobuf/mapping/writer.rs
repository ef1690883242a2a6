//! The JSON mapping of a message into octets.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost_reflect::{Kind as Type, OneofDescriptor};

use super::numbers::{self, wrong};
use super::octets::Octets;
use super::{at, well_known};
use crate::spec::Layouts;
use crate::spec::layout::{Field, Form, Message, Times};
use crate::value::{Object, Text, Value};
use crate::wire::protobuf::{Scalar, Wire};

/// With padding or without it.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Either alphabet.
const BASE64: [GeneralPurpose; 2] = [
    GeneralPurpose::new(&alphabet::STANDARD, CONFIG),
    GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG),
];

/// Writes messages, and notes whether they come back as the very values that they were.
#[derive(Debug)]
pub(super) struct Writer<'l> {
    /// The kinds of messages there are.
    kinds: &'l Layouts,
    /// What is written.
    pub(super) out: Octets,
    /// Whether all that is written is read back as it was, apart from what is not there.
    pub(super) exact: bool,
}

impl<'l> Writer<'l> {
    pub(super) fn new(kinds: &'l Layouts) -> Self {
        Self { kinds, out: Octets::default(), exact: true }
    }

    /// Adds a message.
    pub(super) fn message(&mut self, value: &Value, message: &'l Message) -> Result<(), String> {
        match (message.form, message.fields.first()) {
            // What has a mapping of its own comes back in the usual one of several spellings.
            (Form::Own, _) => {
                self.exact = false;
                self.out.octets(&well_known::encode(value, &message.descriptor)?);
                Ok(())
            }
            (Form::Json, _) => {
                self.exact = false;
                self.json(value, message.descriptor.name())
            }
            (Form::Wrapper, Some(only)) => self.field(value, only),
            _ => self.members(value, message),
        }
    }

    /// Adds the fields of a message.
    fn members(&mut self, value: &Value, message: &'l Message) -> Result<(), String> {
        let members = value.as_object().ok_or_else(|| wrong("an object", value))?;
        let mut fields = self.fields(members, message)?;
        fields.sort_by_key(|(field, _)| field.number);
        for (index, (field, value)) in fields.iter().enumerate() {
            let next = fields.get(index + 1);
            // Of those with one name the last counts.
            if next.is_some_and(|(next, _)| next.number == field.number) {
                self.exact = false;
            } else {
                self.field(value, field).map_err(|why| at(&field.name, &why))?;
            }
        }
        Ok(())
    }

    /// The fields that the members of an object are, without those that are not there.
    fn fields<'v>(
        &mut self,
        members: &'v Object,
        message: &'l Message,
    ) -> Result<Vec<(&'l Field, &'v Value)>, String> {
        let mut fields: Vec<(&Field, &Value)> = Vec::with_capacity(members.len());
        for (key, value) in members {
            let name = key.as_str().unwrap_or_default();
            let known = message.field_of(name);
            let field = known.ok_or_else(|| format!("it has no field `{key}`"))?;
            self.exact &= field.name == *key;
            if matches!(value, Value::Null) && !field.may_be_null {
                self.exact = false;
                continue;
            }
            if let Some(choice) = field.choice
                && fields.iter().any(|(other, _)| other.choice == Some(choice))
            {
                let name = message.descriptor.oneofs().nth(choice);
                let name = name.as_ref().map(OneofDescriptor::name).unwrap_or_default();
                return Err(format!("more than one field of the oneof `{name}`"));
            }
            fields.push((field, value));
        }
        Ok(fields)
    }

    /// Adds a field as often as its value says.
    fn field(&mut self, value: &Value, field: &'l Field) -> Result<(), String> {
        let values = || value.as_array().ok_or_else(|| wrong("an array", value));
        match field.times {
            Times::Once => {
                let begin = self.out.len();
                self.one(value, field)?;
                // To be there as nothing is the same as not to be there.
                if !field.has_presence {
                    self.out.forget_nothing(begin);
                }
                Ok(())
            }
            Times::Many => values()?.iter().try_for_each(|value| self.one(value, field)),
            Times::Packed => {
                let values = values()?;
                if values.is_empty() {
                    return Ok(());
                }
                self.within(field.number, |writer| {
                    for value in values {
                        if let Some(scalar) = writer.number(value, &field.kind) {
                            writer.out.scalar(scalar?);
                        }
                    }
                    Ok(())
                })
            }
            Times::Map => {
                let pairs = value.as_object().ok_or_else(|| wrong("an object", value))?;
                pairs.iter().try_for_each(|(key, value)| {
                    self.within(field.number, |writer| writer.entry(key, value, field))
                })
            }
        }
    }

    /// Adds what `content` writes, with its length before it.
    pub(super) fn within(
        &mut self,
        number: u32,
        content: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let begin = self.out.begin(number);
        content(self)?;
        self.out.end(begin);
        Ok(())
    }

    /// Adds a field of text.
    pub(super) fn text(&mut self, number: u32, text: &Text) -> Result<(), String> {
        let text = text.as_str().ok_or("half of a surrogate pair")?;
        self.out.delimited(number, text.as_bytes());
        Ok(())
    }

    /// Adds an entry of a map: its key and its value.
    fn entry(&mut self, key: &Text, value: &Value, field: &Field) -> Result<(), String> {
        let entry = field.message.and_then(|own| self.kinds.message(own));
        let Some([first, second]) = entry.map(|entry| &entry.fields[..]) else {
            return Err("a map without keys".to_owned());
        };
        let key = match (&first.kind, key.as_str()) {
            (Type::Bool, Some("true")) => Value::Bool(true),
            (Type::Bool, Some("false")) => Value::Bool(false),
            (Type::String, _) | (_, None) => Value::String(key.clone()),
            (_, Some(text)) => match text.parse::<i128>() {
                // Written as it comes back.
                Ok(int) if int.to_string() == text => Value::int(int),
                _ => Value::String(key.clone()),
            },
        };
        self.one(&key, first)?;
        self.one(value, second)
    }

    /// A number of a kind; `None` for kinds that are no number.
    fn number(&mut self, value: &Value, kind: &Type) -> Option<Result<Scalar, String>> {
        let written = numbers::written(value, kind)?;
        if let Ok(scalar) = &written {
            self.exact &= numbers::is_exact(value, *scalar, kind);
        }
        Some(written)
    }

    /// Adds a field once.
    fn one(&mut self, value: &Value, field: &'l Field) -> Result<(), String> {
        let number = field.number;
        if let Some(scalar) = self.number(value, &field.kind) {
            let scalar = scalar?;
            self.out.tag(number, scalar.element().wire());
            self.out.scalar(scalar);
            return Ok(());
        }
        let message = field.message.and_then(|own| self.kinds.message(own));
        match (&field.kind, value) {
            (Type::String, Value::String(text)) => self.text(number, text)?,
            (Type::String, other) => return Err(wrong("a text", other)),
            (Type::Bytes, Value::Bytes(octets)) => self.out.delimited(number, octets),
            (Type::Bytes, Value::String(text)) => {
                let text = text.as_str().unwrap_or_default();
                let read = BASE64.iter().find_map(|engine| engine.decode(text).ok());
                let read = read.ok_or_else(|| format!("{value} is no base64"))?;
                self.exact &= STANDARD.encode(&read) == text;
                self.out.delimited(number, &read);
            }
            (_, value) => match message {
                Some(message) if field.is_group => {
                    self.out.tag(number, Wire::Start);
                    self.message(value, message)?;
                    self.out.tag(number, Wire::End);
                }
                Some(message) => {
                    self.within(number, |writer| writer.message(value, message))?;
                }
                None => return Err(wrong("octets in base64", value)),
            },
        }
        Ok(())
    }
}
