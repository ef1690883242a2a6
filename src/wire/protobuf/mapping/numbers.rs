//! Numbers of each kind, in JSON and on the wire.

use prost_reflect::Kind as Type;

use crate::value::{Number, Value};
use crate::wire::protobuf::{Scalar, Varint};

/// What is no finite number has these names.
const NOT_FINITE: [(&str, f64); 3] =
    [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];

/// A number of a kind on the wire; `None` for kinds that are no number.
///
/// # Errors
/// It is no such number, or out of range.
pub(super) fn written(value: &Value, kind: &Type) -> Option<Result<Scalar, String>> {
    let within = |least: i64, most: i128| {
        let int = integer(value)?;
        let fits = (i128::from(least)..=most).contains(&int);
        fits.then_some(int).ok_or_else(|| format!("{value} is out of range"))
    };
    // Whatever is negative has the two's complement of 64 bits, on the wire as well.
    let signed = |bits: u32| within(i64::MIN >> (64 - bits), i128::from(i64::MAX >> (64 - bits)));
    let unsigned = |bits: u32| within(0, i128::from(u64::MAX >> (64 - bits)));
    let varint = |int: i128| Scalar::Varint(Varint::new(int as u64));
    Some(match kind {
        Type::Int32 => signed(32).map(varint),
        Type::Int64 => signed(64).map(varint),
        Type::Uint32 => unsigned(32).map(varint),
        Type::Uint64 => unsigned(64).map(varint),
        Type::Sint32 => signed(32).map(|int| varint(zigzag(int))),
        Type::Sint64 => signed(64).map(|int| varint(zigzag(int))),
        Type::Fixed32 => unsigned(32).map(|int| Scalar::Fixed32(int as u32)),
        Type::Sfixed32 => signed(32).map(|int| Scalar::Fixed32(int as u32)),
        Type::Fixed64 => unsigned(64).map(|int| Scalar::Fixed64(int as u64)),
        Type::Sfixed64 => signed(64).map(|int| Scalar::Fixed64(int as u64)),
        Type::Double => real(value).map(|real| Scalar::Fixed64(real.to_bits())),
        Type::Float => real(value).and_then(|real| {
            let single = real as f32;
            let fits = single.is_finite() || !real.is_finite();
            let out = || format!("{value} is out of range");
            fits.then_some(Scalar::Fixed32(single.to_bits())).ok_or_else(out)
        }),
        Type::Bool => match value {
            Value::Bool(yes) => Ok(Scalar::Varint(Varint::new(u8::from(*yes)))),
            other => Err(wrong("true or false", other)),
        },
        Type::Enum(own) => match value {
            Value::Null if own.full_name() == "google.protobuf.NullValue" => Ok(varint(0)),
            Value::String(name) => {
                let known = name.as_str().and_then(|name| own.get_value_by_name(name));
                let known = known.map(|known| varint(known.number().into()));
                known.ok_or_else(|| format!("{value} is no value of {}", own.full_name()))
            }
            _ => signed(32).map(varint),
        },
        Type::String | Type::Bytes | Type::Message(_) => return None,
    })
}

/// A number of a kind as JSON has it; `None` where it is written in another way than its kind asks for.
pub(super) fn read(scalar: Scalar, kind: &Type) -> Option<Value> {
    Some(match (scalar, kind) {
        (Scalar::Varint(Varint { value, .. }), kind) => {
            let bits = value as u64;
            match kind {
                Type::Int32 => Value::int(bits as i32),
                Type::Int64 => Value::int(bits as i64),
                Type::Uint32 => Value::int(bits as u32),
                Type::Uint64 => Value::int(bits),
                Type::Sint32 => Value::int(unzigzag(u64::from(bits as u32)) as i32),
                Type::Sint64 => Value::int(unzigzag(bits)),
                Type::Bool => Value::Bool(bits != 0),
                Type::Enum(own) if own.full_name() == "google.protobuf.NullValue" => Value::Null,
                Type::Enum(own) => {
                    let number = bits as i32;
                    let known = own.get_value(number);
                    known.map_or_else(|| Value::int(number), |known| Value::text(known.name()))
                }
                _ => return None,
            }
        }
        (Scalar::Fixed32(bits), Type::Fixed32) => Value::int(bits),
        (Scalar::Fixed32(bits), Type::Sfixed32) => Value::int(bits as i32),
        (Scalar::Fixed32(bits), Type::Float) => single(f32::from_bits(bits)),
        (Scalar::Fixed64(bits), Type::Fixed64) => Value::int(bits),
        (Scalar::Fixed64(bits), Type::Sfixed64) => Value::int(bits as i64),
        (Scalar::Fixed64(bits), Type::Double) => double(f64::from_bits(bits)),
        _ => return None,
    })
}

/// Whether a number that was written so comes back as the value that it was.
pub(super) fn is_exact(value: &Value, scalar: Scalar, kind: &Type) -> bool {
    read(scalar, kind).is_some_and(|own| own.same(value))
}

/// "It is no …", of a value.
pub(super) fn wrong(expected: &str, value: &Value) -> String {
    format!("{} where {expected} is expected", value.kind())
}

/// An integer, as a number or as a text.
fn integer(value: &Value) -> Result<i128, String> {
    let int = match value {
        Value::Number(number) => {
            number.as_i128().or_else(|| number.decimal().and_then(|decimal| decimal.as_i128()))
        }
        Value::String(text) => text.as_str().and_then(|text| text.parse().ok()),
        _ => None,
    };
    int.ok_or_else(|| format!("{value} is no integer"))
}

/// A number, also as a text, or one of the names of what is none.
fn real(value: &Value) -> Result<f64, String> {
    let real = match value {
        Value::Number(number) => Some(number.as_f64()),
        Value::String(text) => text.as_str().and_then(|text| {
            let named = NOT_FINITE.iter().find(|(name, _)| *name == text).map(|(_, real)| *real);
            named.or_else(|| Some(Number::parse(text)?.as_f64()).filter(|real| real.is_finite()))
        }),
        _ => None,
    };
    // What JSON calls a number is finite.
    let lost = |real: &f64| matches!(value, Value::Number(_)) && !real.is_finite();
    real.filter(|real| !lost(real)).ok_or_else(|| format!("{value} is no number"))
}

fn double(real: f64) -> Value {
    let named = || {
        let is = |other: f64| {
            other.is_nan() == real.is_nan()
                && (real.is_nan() || other.is_sign_positive() == real.is_sign_positive())
        };
        let name = NOT_FINITE.iter().find(|(_, other)| is(*other)).map(|(name, _)| *name);
        Value::text(name.unwrap_or_default())
    };
    Number::from_f64(real).map_or_else(named, Value::Number)
}

/// The shortest number that is read back as the same, where that is not beyond the greatest there is.
fn single(real: f32) -> Value {
    let short: f64 = real.to_string().parse().unwrap_or(real.into());
    let beyond = short.abs() > f64::from(f32::MAX);
    double(if beyond { real.into() } else { short })
}

fn zigzag(int: i128) -> i128 {
    let int = int as i64;
    i128::from(((int << 1) ^ (int >> 63)) as u64)
}

fn unzigzag(bits: u64) -> i64 {
    (bits >> 1) as i64 ^ -((bits & 1) as i64)
}
