//! The input of an operation: drawing a call and lifting it.

use super::value::{self, Place, Setting, any};
use crate::case::{Body, Call};
use crate::choice::{Alphabet, Choice, Draw, Item, Label, Overrun, Source};
use crate::schema::Shapes;
use crate::spec::{BodyKind, Content, Location, Operation, Parameter};
use crate::value::{Text, Value};

/// How often an optional parameter is drawn.
const OPTIONAL: f64 = 0.5;

/// How often an optional body is drawn.
const OPTIONAL_BODY: f64 = 0.8;

/// Header parameters that OpenAPI says are described elsewhere (OpenAPI 3.2.0, section 4.12.2.1).
const DESCRIBED_ELSEWHERE: [&str; 3] = ["accept", "content-type", "authorization"];

/// The parameters that are a call's to set.
pub fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|parameter| {
        parameter.location != Location::Header
            || !DESCRIBED_ELSEWHERE.contains(&&*parameter.name.to_ascii_lowercase())
    })
}

/// Where the value of a parameter stands.
pub fn parameter_place(parameter: &Parameter) -> Place<'_> {
    let (alphabet, least_text) = match parameter.location {
        Location::Path => (Alphabet::Visible, 1),
        Location::Header => (Alphabet::Visible, 0),
        Location::Cookie => (Alphabet::Alphanumeric, 0),
        Location::Query | Location::QueryString => (Alphabet::Any, 0),
    };
    Place::root(parameter.schema.shapes(), Setting { alphabet, least_text, octets: false })
}

/// Where the value of a body stands; `None` for one without a schema.
pub fn body_place(content: &Content) -> Option<Place<'_>> {
    let octets = matches!(content.kind, BodyKind::Multipart | BodyKind::Bytes);
    let setting = Setting { octets, ..Setting::default() };
    content.schema.as_ref().map(|schema| Place::root(schema.shapes(), setting))
}

/// A body of this kind with this value.
pub fn body(kind: BodyKind, value: Value) -> Body {
    match kind {
        BodyKind::Json => Body::Json(value),
        BodyKind::Form => Body::Form(value),
        BodyKind::Multipart => Body::Multipart(value),
        BodyKind::Xml => Body::Xml(value),
        BodyKind::Text => Body::Text(value),
        BodyKind::Bytes => Body::Bytes(value),
    }
}

/// Draws a call of an operation.
///
/// # Errors
/// A required part of the input can have no value.
pub fn draw(operation: &Operation, id: &str, source: &mut Source<'_>) -> Draw<Call> {
    let mut call = Call { id: id.to_owned(), operation: operation.name.clone(), ..Call::default() };
    let more =
        if source.mark(&Choice::Extra(Shapes::ANY.0)) { draw_extra(source)? } else { vec![] };
    for parameter in parameters(operation) {
        source.span(Label::Field, |source| {
            if parameter.required || source.bool(OPTIONAL)? {
                let value = value::draw(parameter_place(parameter), source)?;
                list(&mut call, parameter.location).push((parameter.name.clone(), value));
            }
            Ok(())
        })?;
    }
    for (location, name, value) in more {
        list(&mut call, location).push((name, value));
    }
    if let Some(promised) = operation.body.as_ref().filter(|body| !body.contents.is_empty()) {
        call.body = source.span(Label::Field, |source| {
            if !promised.required && !source.bool(OPTIONAL_BODY)? {
                return Ok(None);
            }
            let chosen = source.branch(promised.contents.len())?;
            let content = &promised.contents[chosen];
            source.span(Label::Alternative, |source| draw_body(content, source)).map(Some)
        })?;
    }
    Ok(call)
}

fn draw_body(content: &Content, source: &mut Source<'_>) -> Draw<Body> {
    let value = match body_place(content) {
        Some(place) => value::draw(place, source)?,
        None => match content.kind {
            BodyKind::Text => Value::String(source.text(0, 1 << 24, Alphabet::Any)?),
            BodyKind::Bytes => Value::Bytes(source.octets(0, 1 << 24)?),
            _ => any::draw(source)?,
        },
    };
    Ok(body(content.kind, value))
}

/// The values of a location in a call.
pub fn list(call: &mut Call, location: Location) -> &mut Vec<(String, Value)> {
    match location {
        Location::Path => &mut call.path,
        Location::Query | Location::QueryString => &mut call.query,
        Location::Header => &mut call.headers,
        Location::Cookie => &mut call.cookies,
    }
}

/// The locations of parameters that a contract need not name.
const OPEN: [Location; 3] = [Location::Query, Location::Header, Location::Cookie];

fn draw_extra(source: &mut Source<'_>) -> Draw<Vec<(Location, String, Value)>> {
    source.list(0, 256, 1.0, |source, _| {
        let location = OPEN[source.branch(OPEN.len())?];
        let name = source.text(0, 1 << 20, Alphabet::Alphanumeric)?;
        let name = name.as_str().ok_or(Overrun)?.to_owned();
        Ok((location, name, any::draw(source)?))
    })
}

/// Appends the choices that make [`draw`] give exactly this input; `false` where its body is of a
/// media type that the operation does not have, or its parameters stand in an order that cannot be
/// drawn.
pub fn lift(operation: &Operation, call: &Call, items: &mut Vec<Item>) -> bool {
    let start = items.len();
    let mut left = call.clone();
    let mut known: Vec<Item> = Vec::new();
    for parameter in parameters(operation) {
        let values = list(&mut left, parameter.location);
        let at = values.iter().position(|(name, _)| *name == parameter.name);
        if !parameter.required {
            known.push(Item::Choice(Choice::Bool(at.is_some())));
        }
        match at {
            Some(at) => value::lift(parameter_place(parameter), &values.remove(at).1, &mut known),
            None if parameter.required => return false,
            None => {}
        }
    }
    let extra: Vec<(usize, (String, Value))> = OPEN
        .into_iter()
        .enumerate()
        .flat_map(|(index, location)| {
            std::mem::take(list(&mut left, location)).into_iter().map(move |member| (index, member))
        })
        .collect();
    if !left.path.is_empty() {
        return false;
    }
    if !extra.is_empty() {
        items.push(Item::Choice(Choice::Extra(Shapes::ANY.0)));
        for (location, (name, value)) in extra {
            items.push(Item::Choice(Choice::Bool(true)));
            items.push(Item::Choice(Choice::Branch(location as u32)));
            items.push(Item::Choice(Choice::Text(Text::from(name))));
            any::lift(&value, items);
        }
        items.push(Item::Choice(Choice::Bool(false)));
    }
    items.extend(known);
    let fits = lift_body(operation, call.body.as_ref(), items);
    if !fits {
        items.truncate(start);
    }
    fits
}

fn lift_body(operation: &Operation, given: Option<&Body>, items: &mut Vec<Item>) -> bool {
    let Some(promised) = operation.body.as_ref().filter(|body| !body.contents.is_empty()) else {
        return given.is_none();
    };
    if !promised.required {
        items.push(Item::Choice(Choice::Bool(given.is_some())));
    }
    let Some(given) = given else { return !promised.required };
    let chosen = promised.contents.iter().position(|content| content.kind.part() == given.part());
    let (Some(chosen), Some(value)) = (chosen, given.value()) else { return false };
    let content = &promised.contents[chosen];
    if promised.contents.len() > 1 {
        items.push(Item::Choice(Choice::Branch(chosen as u32)));
    }
    match (body_place(content), content.kind, value) {
        (Some(place), ..) => value::lift(place, value, items),
        (None, BodyKind::Text, Value::String(text)) => {
            items.push(Item::Choice(Choice::Text(text.clone())))
        }
        (None, BodyKind::Bytes, Value::Bytes(octets)) => {
            items.push(Item::Choice(Choice::Bytes(octets.clone())));
        }
        (None, BodyKind::Text | BodyKind::Bytes, _) => return false,
        (None, ..) => any::lift(value, items),
    }
    true
}
