//! `google/protobuf/struct.proto`: JSON as messages, its members in their order.

use super::numbers::wrong;
use super::octets::Octets;
use crate::value::{Object, Text, Value};
use crate::wire::protobuf::{Scalar, Varint, Wire};

/// Adds the fields of a `Struct`, a `ListValue` or a `Value`.
pub(super) fn write(value: &Value, message: &str, out: &mut Octets) -> Result<(), String> {
    match (message, value) {
        ("Struct", Value::Object(members)) => object(members, out),
        ("Struct", other) => Err(wrong("an object", other)),
        ("ListValue", Value::Array(items)) => array(items, out),
        ("ListValue", other) => Err(wrong("an array", other)),
        _ => any(value, out),
    }
}

fn any(value: &Value, out: &mut Octets) -> Result<(), String> {
    match value {
        Value::Null => varint(1, 0, out),
        Value::Number(number) => {
            let real = number.as_f64();
            if !real.is_finite() {
                return Err(format!("{value} is out of range"));
            }
            out.tag(2, Wire::Fixed64);
            out.scalar(Scalar::Fixed64(real.to_bits()));
        }
        Value::String(text) => written(3, text, out)?,
        Value::Bool(yes) => varint(4, u8::from(*yes), out),
        Value::Object(members) => within(5, out, |out| object(members, out))?,
        Value::Array(items) => within(6, out, |out| array(items, out))?,
        other => return Err(wrong("JSON", other)),
    }
    Ok(())
}

fn object(members: &Object, out: &mut Octets) -> Result<(), String> {
    members.iter().try_for_each(|(key, value)| {
        within(1, out, |out| {
            written(1, key, out)?;
            within(2, out, |out| any(value, out))
        })
    })
}

fn array(items: &[Value], out: &mut Octets) -> Result<(), String> {
    items.iter().try_for_each(|item| within(1, out, |out| any(item, out)))
}

fn varint(number: u32, value: u8, out: &mut Octets) {
    out.tag(number, Wire::Varint);
    out.scalar(Scalar::Varint(Varint::new(value)));
}

fn written(number: u32, text: &Text, out: &mut Octets) -> Result<(), String> {
    let text = text.as_str().ok_or("half of a surrogate pair")?;
    out.delimited(number, text.as_bytes());
    Ok(())
}

fn within(
    number: u32,
    out: &mut Octets,
    content: impl FnOnce(&mut Octets) -> Result<(), String>,
) -> Result<(), String> {
    let begin = out.begin(number);
    content(out)?;
    out.end(begin);
    Ok(())
}
