//! `google/protobuf/struct.proto`: JSON as messages, its members in their order.

use super::numbers::wrong;
use super::writer::Writer;
use crate::value::{Object, Value};
use crate::wire::protobuf::{Scalar, Varint, Wire};

impl Writer<'_> {
    /// Adds the fields of a `Struct`, a `ListValue` or a `Value`.
    pub(super) fn json(&mut self, value: &Value, message: &str) -> Result<(), String> {
        match (message, value) {
            ("Struct", Value::Object(members)) => self.object(members),
            ("Struct", other) => Err(wrong("an object", other)),
            ("ListValue", Value::Array(items)) => self.array(items),
            ("ListValue", other) => Err(wrong("an array", other)),
            _ => self.any(value),
        }
    }

    fn any(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::Null => self.varint(1, 0),
            Value::Number(number) => {
                let real = number.as_f64();
                if !real.is_finite() {
                    return Err(format!("{value} is out of range"));
                }
                self.out.tag(2, Wire::Fixed64);
                self.out.scalar(Scalar::Fixed64(real.to_bits()));
            }
            Value::String(text) => self.text(3, text)?,
            Value::Bool(yes) => self.varint(4, u8::from(*yes)),
            Value::Object(members) => self.within(5, |writer| writer.object(members))?,
            Value::Array(items) => self.within(6, |writer| writer.array(items))?,
            other => return Err(wrong("JSON", other)),
        }
        Ok(())
    }

    fn object(&mut self, members: &Object) -> Result<(), String> {
        members.iter().try_for_each(|(key, value)| {
            self.within(1, |writer| {
                writer.text(1, key)?;
                writer.within(2, |writer| writer.any(value))
            })
        })
    }

    fn array(&mut self, items: &[Value]) -> Result<(), String> {
        items.iter().try_for_each(|item| self.within(1, |writer| writer.any(item)))
    }

    fn varint(&mut self, number: u32, value: u8) {
        self.out.tag(number, Wire::Varint);
        self.out.scalar(Scalar::Varint(Varint::new(value)));
    }
}
