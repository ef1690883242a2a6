//! A day and a time of it, simplest at 2000-01-01T00:00:00Z.

use super::{Lifted, date, time};
use crate::choice::{Draw, Source};

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    Ok(format!("{}T{}", date::draw(source)?, time::draw(source)?))
}

pub(super) fn lift(text: &str) -> Lifted {
    let (day, clock) = text.split_once('T')?;
    let mut choices = date::lift(day)?;
    choices.extend(time::lift(clock)?);
    Some(choices)
}
