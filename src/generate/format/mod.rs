//! Texts that have a format, by construction; one file per format.
//!
//! Each draws through typed choices whose simplest values make the simplest text, and lifts what it
//! could have drawn. What has the format in another spelling (a UUID in capitals) is not lifted.

mod byte;
mod date;
mod date_time;
mod duration;
mod email;
mod floating;
mod hostname;
mod integer;
mod ipv4;
mod ipv6;
mod iri;
mod iri_reference;
mod json_pointer;
mod length;
mod plain;
mod regex;
mod relative_json_pointer;
mod time;
mod uri;
mod uri_reference;
mod uuid;

pub use length::of_length;

use crate::choice::{Choice, Draw, Item, Source};
use crate::schema::format::Format;
use crate::value::Text;

/// Draws a text of a format; of a format of numbers, one that spells such a number.
///
/// # Errors
/// Too many choices were drawn.
pub fn draw(format: Format, source: &mut Source<'_>) -> Draw<Text> {
    if format == Format::Binary || format == Format::Password {
        return plain::draw(source);
    }
    Ok(Text::from(match format {
        Format::Byte => byte::draw(source)?,
        Format::Date => date::draw(source)?,
        Format::DateTime => date_time::draw(source)?,
        Format::Duration => duration::draw(source)?,
        Format::Email => email::draw(source)?,
        Format::Hostname => hostname::draw(source)?,
        Format::Ipv4 => ipv4::draw(source)?,
        Format::Ipv6 => ipv6::draw(source)?,
        Format::Iri => iri::draw(source)?,
        Format::IriReference => iri_reference::draw(source)?,
        Format::JsonPointer => json_pointer::draw(source)?,
        Format::Regex => regex::draw(source)?,
        Format::RelativeJsonPointer => relative_json_pointer::draw(source)?,
        Format::Time => time::draw(source)?,
        Format::Uri => uri::draw(source)?,
        Format::UriReference => uri_reference::draw(source)?,
        Format::Uuid => uuid::draw(source)?,
        Format::Float | Format::Double => floating::draw(format, source)?,
        _ => integer::draw(format, source)?,
    }))
}

/// Appends the choices that draw exactly this text; `false`, and nothing appended, where there are
/// none.
pub fn lift(format: Format, text: &Text, items: &mut Vec<Item>) -> bool {
    if format == Format::Binary || format == Format::Password {
        return plain::lift(text, items);
    }
    let Some(text) = text.as_str() else { return false };
    let choices = match format {
        Format::Byte => byte::lift(text),
        Format::Date => date::lift(text),
        Format::DateTime => date_time::lift(text),
        Format::Duration => duration::lift(text),
        Format::Email => email::lift(text),
        Format::Hostname => hostname::lift(text),
        Format::Ipv4 => ipv4::lift(text),
        Format::Ipv6 => ipv6::lift(text),
        Format::Iri => iri::lift(text),
        Format::IriReference => iri_reference::lift(text),
        Format::JsonPointer => json_pointer::lift(text),
        Format::Regex => regex::lift(text),
        Format::RelativeJsonPointer => relative_json_pointer::lift(text),
        Format::Time => time::lift(text),
        Format::Uri => uri::lift(text),
        Format::UriReference => uri_reference::lift(text),
        Format::Uuid => uuid::lift(text),
        Format::Float | Format::Double => floating::lift(format, text),
        _ => integer::lift(format, text),
    };
    let Some(choices) = choices else { return false };
    items.extend(choices.into_iter().map(Item::Choice));
    true
}

/// The choices that draw a text, where there are any.
type Lifted = Option<Vec<Choice>>;

/// An integer choice.
fn int(int: impl Into<i128>) -> Choice {
    Choice::Int(int.into())
}

/// The choices of a list of at least `min` and at most `max` elements.
fn list(elements: Vec<Vec<Choice>>, min: usize, max: usize) -> Lifted {
    let count = elements.len();
    if !(min..=max).contains(&count) {
        return None;
    }
    let mut choices = Vec::new();
    for element in elements {
        choices.push(Choice::Bool(true));
        choices.extend(element);
    }
    choices.push(Choice::Bool(false));
    Some(choices)
}

#[cfg(test)]
mod tests;
