//! Relative JSON Pointers, simplest `0`.

use super::{Lifted, int, json_pointer};
use crate::choice::{Choice, Draw, Source};

const MOST_LEVELS: i128 = 99;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let levels = source.int(0, MOST_LEVELS, 0)?;
    if source.bool(0.2)? {
        return Ok(format!("{levels}#"));
    }
    Ok(format!("{levels}{}", json_pointer::draw(source)?))
}

pub(super) fn lift(text: &str) -> Lifted {
    let width = text.bytes().take_while(u8::is_ascii_digit).count();
    let (levels, rest) = text.split_at(width);
    let number = levels.parse::<i128>().ok().filter(|number| *number <= MOST_LEVELS)?;
    if number.to_string() != levels {
        return None;
    }
    let mut choices = vec![int(number), Choice::Bool(rest == "#")];
    if rest != "#" {
        choices.extend(json_pointer::lift(rest)?);
    }
    Some(choices)
}
