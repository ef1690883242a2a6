//! Integers of a width as texts, simplest `0`.

use super::{Lifted, int};
use crate::choice::{Draw, Overrun, Source};
use crate::schema::format::Format;
use crate::value::Number;

pub(super) fn draw(format: Format, source: &mut Source<'_>) -> Draw<String> {
    let (min, max) = format.int_range().ok_or(Overrun)?;
    Ok(source.int(min, max, 0)?.to_string())
}

pub(super) fn lift(format: Format, text: &str) -> Lifted {
    let number = Number::parse(text)?.as_i128()?;
    let (min, max) = format.int_range()?;
    ((min..=max).contains(&number) && number.to_string() == text).then(|| vec![int(number)])
}
