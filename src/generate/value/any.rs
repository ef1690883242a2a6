//! Any value at all: what raw leaves and places without a schema are made of.
//!
//! Its choices can give every value that [`Value`] can hold, so every value can be lifted.

use crate::choice::{Alphabet, Choice, Draw, Item, Label, Overrun, Source};
use crate::schema::Shapes;
use crate::value::{Number, Object, Reference, Symbol, Text, Value, read};

/// The kinds of values, simplest first.
const KINDS: usize = 11;

/// Kinds that are drawn at random; the others are only lifted.
pub(super) const ALL: &[usize] = &[0, 1, 2, 3, 5, 6, 7];

/// Texts alone are drawn at random.
pub(super) const TEXT: &[usize] = &[5];

/// No text or array drawn is longer.
const LONGEST: usize = 1 << 28;

/// Stands for whatever call is referred to, where that is told beside it.
const ANY_CALL: &str = "s";

/// Integers beyond this are held by their lexeme.
const WIDEST: i128 = 1 << 100;

/// Draws any value.
pub fn draw(source: &mut Source<'_>) -> Draw<Value> {
    source.span(Label::Value(Shapes::ANY.0), |source| draw_inside(source, 3, ALL))
}

/// The value that a case file spells so.
fn spelt(text: &Text) -> Option<Value> {
    Value::from_file(&read::json(text.as_bytes()).ok()?).ok()
}

/// Appends the choices that make [`draw`] give exactly `value`.
pub fn lift(value: &Value, items: &mut Vec<Item>) {
    lift_inside(value, items);
}

/// Draws any value inside a span that stands already; a random one of one of the given kinds.
pub(super) fn draw_inside(source: &mut Source<'_>, room: u32, usual: &[usize]) -> Draw<Value> {
    let usual = if room == 0 { &usual[..usual.len().min(5)] } else { usual };
    let kind = source.branch_among(KINDS, usual)?;
    source.span(Label::Alternative, |source| {
        let inner = |source: &mut Source<'_>| {
            source.span(Label::Value(Shapes::ANY.0), |source| {
                draw_inside(source, room.saturating_sub(1), ALL)
            })
        };
        Ok(match kind {
            0 => Value::Null,
            1 => Value::Bool(source.bool(0.5)?),
            2 => Value::int(source.int(-WIDEST, WIDEST, 0)?),
            3 => Value::Number(
                Number::from_f64(source.float(f64::MIN, f64::MAX, 0.0)?).ok_or(Overrun)?,
            ),
            4 => {
                let lexeme = source.text(1, LONGEST, Alphabet::Alphanumeric)?;
                Value::Number(lexeme.as_str().and_then(Number::parse).ok_or(Overrun)?)
            }
            5 => Value::String(source.text(0, LONGEST, Alphabet::Any)?),
            6 => Value::Array(source.list(0, LONGEST, 2.0, |source, _| inner(source))?),
            7 => Value::Object(draw_members(source)?),
            8 => {
                // Octets and most symbols: held by the text a case file would spell them with.
                let text = source.text(0, LONGEST, Alphabet::Any)?;
                spelt(&text).ok_or(Overrun)?
            }
            9 => {
                let call = source.earlier()?;
                let text = source.text(0, LONGEST, Alphabet::Any)?;
                let Some(Value::Symbol(symbol)) = spelt(&text) else { return Err(Overrun) };
                let Symbol::From(reference) = *symbol else { return Err(Overrun) };
                let call = call.to_string();
                Value::Symbol(Box::new(Symbol::From(Reference { call, ..reference })))
            }
            _ => {
                let parts = source.list(0, LONGEST, 2.0, |source, _| inner(source))?;
                Value::Symbol(Box::new(Symbol::Join(parts)))
            }
        })
    })
}

/// Draws any members.
pub(super) fn draw_members(source: &mut Source<'_>) -> Draw<Object> {
    let members = source.list(0, LONGEST, 2.0, |source, _| {
        let name = source.text(0, LONGEST, Alphabet::Alphanumeric)?;
        let value =
            source.span(Label::Value(Shapes::ANY.0), |source| draw_inside(source, 1, ALL))?;
        Ok((name, value))
    })?;
    Ok(members.into_iter().collect())
}

/// Lifts a value inside a span that stands already.
pub(super) fn lift_inside(value: &Value, items: &mut Vec<Item>) {
    let mut push = |kind: u32, choice: Option<Choice>| {
        items.push(Item::Choice(Choice::Branch(kind)));
        items.extend(choice.map(Item::Choice));
    };
    match value {
        Value::Null => push(0, None),
        Value::Bool(bool) => push(1, Some(Choice::Bool(*bool))),
        Value::Number(number) => match number.as_i128().filter(|int| int.abs() <= WIDEST) {
            Some(int) if Number::from(int) == *number => push(2, Some(Choice::Int(int))),
            _ if Number::from_f64(number.as_f64()).as_ref() == Some(number) => {
                push(3, Some(Choice::Float(number.as_f64())));
            }
            _ => push(4, Some(Choice::Text(number.lexeme().as_ref().into()))),
        },
        Value::String(text) => push(5, Some(Choice::Text(text.clone()))),
        Value::Array(list) => {
            push(6, None);
            for element in list {
                items.push(Item::Choice(Choice::Bool(true)));
                lift_inside(element, items);
            }
            items.push(Item::Choice(Choice::Bool(false)));
        }
        Value::Object(object) => {
            push(7, None);
            let members: Vec<(Text, Value)> = object.iter().cloned().collect();
            lift_members(&members, items);
        }
        Value::Symbol(symbol) => match &**symbol {
            // What is referred to stands as a choice of its own, so that it is seen who needs whom.
            Symbol::From(reference) => {
                push(9, Some(Choice::Reference(reference.call.as_str().into())));
                let anywhere = Reference { call: ANY_CALL.to_owned(), ..reference.clone() };
                let text = Value::Symbol(Box::new(Symbol::From(anywhere))).to_string();
                items.push(Item::Choice(Choice::Text(text.into())));
            }
            Symbol::Join(parts) => {
                push(10, None);
                for part in parts {
                    items.push(Item::Choice(Choice::Bool(true)));
                    lift_inside(part, items);
                }
                items.push(Item::Choice(Choice::Bool(false)));
            }
            _ => push(8, Some(Choice::Text(value.to_string().into()))),
        },
        Value::Bytes(_) => push(8, Some(Choice::Text(value.to_string().into()))),
    }
}

/// Lifts members.
pub(super) fn lift_members(members: &[(Text, Value)], items: &mut Vec<Item>) {
    for (name, value) in members {
        items.push(Item::Choice(Choice::Bool(true)));
        items.push(Item::Choice(Choice::Text(name.clone())));
        lift_inside(value, items);
    }
    items.push(Item::Choice(Choice::Bool(false)));
}
