//! Values from octets, for fuzz targets and property tests.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{Number, Object, Text, Value};

/// Deepest nesting of an arbitrary value.
const DEPTH: usize = 4;

impl<'a> Arbitrary<'a> for Text {
    /// Short texts of every kind of code point, lone surrogates included.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        if u.ratio(1u8, 16u8)? {
            let times = u.int_in_range(60..=70)?;
            return Ok("ab".repeat(times).into());
        }
        let length = u.int_in_range(0..=6usize)?;
        let mut points = Vec::with_capacity(length);
        for _ in 0..length {
            points.push(match u.int_in_range(0..=7u8)? {
                0..=3 => u.int_in_range(0x20..=0x7E)?,
                4 => u.int_in_range(0..=0x1F)?,
                5 => u.int_in_range(0xD800..=0xDFFF)?,
                6 => u.int_in_range(0x80..=0xFFFF)?,
                _ => u.int_in_range(0x1_0000..=0x10_FFFF)?,
            });
        }
        Ok(Self::from_code_points(points))
    }
}

impl<'a> Arbitrary<'a> for Number {
    /// Numbers of every form: small, at the edges of 64 bits, beyond, floats, and odd spellings.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let int = i128::from(u.arbitrary::<i64>()?);
        Ok(match u.int_in_range(0..=4u8)? {
            0 => Self::from(int % 1000),
            1 => Self::from(int),
            2 => Self::from(int << 40),
            3 => Self::from_f64(u.arbitrary()?).unwrap_or_else(|| Self::from(int)),
            _ => {
                let odd = ["-0", "1.0", "1e400", "1E+2", "0.10", "9007199254740993", "-1e-7"];
                Self::parse(u.choose(&odd)?).unwrap_or_else(|| Self::from(int))
            }
        })
    }
}

impl<'a> Arbitrary<'a> for Value {
    /// A value without symbols, nested at most four deep.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        value(u, DEPTH, &mut |_| Ok(None))
    }
}

/// An arbitrary value; `leaf` may give another one in place of any part of it.
pub(crate) fn value<'a>(
    u: &mut Unstructured<'a>,
    depth: usize,
    leaf: &mut dyn FnMut(&mut Unstructured<'a>) -> Result<Option<Value>>,
) -> Result<Value> {
    if let Some(value) = leaf(u)? {
        return Ok(value);
    }
    let kinds = if depth == 0 { 4 } else { 6u8 };
    Ok(match u.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => Value::Bool(u.arbitrary()?),
        2 => Value::Number(u.arbitrary()?),
        3 => Value::String(u.arbitrary()?),
        4 => {
            let length = u.int_in_range(0..=8usize)?;
            Value::Bytes(u.bytes(length.min(u.len()))?.to_vec())
        }
        5 => {
            let length = u.int_in_range(0..=3usize)?;
            Value::Array((0..length).map(|_| value(u, depth - 1, leaf)).collect::<Result<_>>()?)
        }
        _ => {
            let length = u.int_in_range(0..=3usize)?;
            let mut object = Object::new();
            for _ in 0..length {
                let key = match u.int_in_range(0..=3u8)? {
                    0 => u.arbitrary()?,
                    1 => Text::from("a"),
                    2 => Text::from("$from"),
                    _ => Text::from("$pairs"),
                };
                object.push(key, value(u, depth - 1, leaf)?);
            }
            Value::Object(object)
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn every_value_is_read_back_from_what_a_file_spells(
            octets in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let value = Value::arbitrary(&mut Unstructured::new(&octets)).unwrap();
            let text = super::super::write::pretty(&value.to_file());
            let file = super::super::read::json(text.as_bytes()).unwrap();
            prop_assert_eq!(Value::from_file(&file).unwrap(), value, "{}", text);
        }
    }
}
