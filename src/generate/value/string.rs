//! Strings: free, by what they measure, by pattern, by format, and octets.

use std::sync::Arc;

use super::{Place, Setting, measured};
use crate::choice::{Choice, Draw, Item, Overrun, Source};
use crate::generate::format;
use crate::generate::pattern::Texts;
use crate::schema::shape::StringShape;
use crate::value::Value;

/// Longer texts than this are not drawn by patterns or formats, whatever the schema allows.
pub(super) const LONGEST: usize = 1 << 24;

/// How often a text is drawn anew that is to have a pattern and a format, or a format and a length.
const ATTEMPTS: usize = 8;

/// Draws a string of a shape.
pub(super) fn draw(place: Place<'_>, shape: &StringShape, source: &mut Source<'_>) -> Draw<Value> {
    let setting = place.setting;
    let (min, max) = bounds(shape, setting);
    if shape.binary && setting.octets {
        return Ok(Value::Bytes(source.octets(min, max)?));
    }
    let text = if let Some(measured) = &shape.measured {
        measured::draw(measured, source)?
    } else if !shape.patterns.is_empty() {
        let texts = texts(shape, min, max).ok_or(Overrun)?;
        match shape.textual_format() {
            None => texts.draw(source)?,
            Some(format) if source.branch(2)? == 0 => {
                source.attempt(ATTEMPTS, |source, last| {
                    let text = texts.draw(source)?;
                    Ok((last || format.accepts_text(&text)).then_some(text))
                })?
            }
            Some(format) => source.attempt(ATTEMPTS, |source, last| {
                let text = format::draw(format, source)?;
                let matches = || shape.patterns.iter().all(|pattern| pattern.matches(&text));
                Ok((last || matches()).then_some(text))
            })?,
        }
    } else if let Some(format) = shape.textual_format() {
        source.attempt(ATTEMPTS, |source, last| {
            let text = format::draw(format, source)?;
            Ok((last || (min..=max).contains(&text.len())).then_some(text))
        })?
    } else {
        let often = place.some_constants(source).map_or(&[][..], |constants| &constants.texts);
        source.text_from(min, max, setting.alphabet, often)?
    };
    Ok(Value::String(text))
}

/// Lifts a string; whether the shape could give it.
pub(super) fn lift(
    shape: &StringShape,
    setting: Setting,
    value: &Value,
    items: &mut Vec<Item>,
) -> bool {
    let (min, max) = bounds(shape, setting);
    match value {
        Value::Bytes(octets) => {
            let fits = shape.binary && setting.octets && (min..=max).contains(&octets.len());
            if fits {
                items.push(Item::Choice(Choice::Bytes(octets.clone())));
            }
            fits
        }
        Value::String(text) => {
            if shape.binary && setting.octets || !(min..=max).contains(&text.len()) {
                return false;
            }
            let start = items.len();
            let fits = if let Some(measured) = &shape.measured {
                measured::lift(measured, text, items)
            } else if !shape.patterns.is_empty() {
                let texts = texts(shape, min, max);
                match shape.textual_format() {
                    None => texts.is_some_and(|texts| texts.lift(text, items)),
                    Some(format) => {
                        items.push(Item::Choice(Choice::Branch(0)));
                        texts.is_some_and(|texts| texts.lift(text, items)) || {
                            items.truncate(start);
                            items.push(Item::Choice(Choice::Branch(1)));
                            format::lift(format, text, items)
                        }
                    }
                }
            } else if let Some(format) = shape.textual_format() {
                format::lift(format, text, items)
            } else {
                items.push(Item::Choice(Choice::Text(text.clone())));
                true
            };
            if !fits {
                items.truncate(start);
            }
            fits
        }
        _ => false,
    }
}

fn bounds(shape: &StringShape, setting: Setting) -> (usize, usize) {
    let max = shape.max.unwrap_or(LONGEST);
    (shape.min.max(setting.least_text).min(max), max)
}

/// The texts that match the shape's patterns. Its bounds are the same each time it is asked.
fn texts(shape: &StringShape, min: usize, max: usize) -> Option<&Arc<Texts>> {
    let init = || Texts::new(&shape.patterns, min, max).map(Arc::new);
    shape.prepared.get_or_init(init)?.as_ref()
}

/// The texts that a shape's patterns allow at a place; `None` where it has none, or they allow none.
pub fn matches(shape: &StringShape, setting: Setting) -> Option<&Arc<Texts>> {
    let (min, max) = bounds(shape, setting);
    if shape.patterns.is_empty() { None } else { texts(shape, min, max) }
}
