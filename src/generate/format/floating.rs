//! Numbers of a width as texts, in their shortest form; simplest `0`.

use super::Lifted;
use crate::choice::{Choice, Draw, Overrun, Source};
use crate::schema::format::Format;
use crate::value::Number;

pub(super) fn draw(format: Format, source: &mut Source<'_>) -> Draw<String> {
    let most = most(format);
    let float = source.float(-most, most, 0.0)?;
    Ok(Number::from_f64(float).ok_or(Overrun)?.to_string())
}

pub(super) fn lift(format: Format, text: &str) -> Lifted {
    let float = Number::parse(text)?.as_f64();
    let spelt = Number::from_f64(float)?.to_string();
    (float.abs() <= most(format) && spelt == text).then(|| vec![Choice::Float(float)])
}

fn most(format: Format) -> f64 {
    if format == Format::Float { f64::from(f32::MAX) } else { f64::MAX }
}
