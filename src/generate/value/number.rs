//! Numbers.

use super::Place;
use crate::choice::{Choice, Draw, Item, Overrun, Source};
use crate::schema::shape::{Grid, NumberShape};
use crate::value::{Number, Value};

/// Draws a number of a shape.
pub(super) fn draw(place: Place<'_>, shape: &NumberShape, source: &mut Source<'_>) -> Draw<Value> {
    let number = match shape.grid().ok_or(Overrun)? {
        Grid::Multiples { step, min, max, toward } => {
            let constants = place.some_constants(source).filter(|_| step.is_none());
            let often = constants.map_or(&[][..], |constants| &constants.ints);
            Grid::number(step.as_ref(), source.int_from(*min, *max, *toward, often)?)
        }
        Grid::Floats { min, max, toward } => {
            Number::from_f64(source.float(*min, *max, *toward)?).ok_or(Overrun)?
        }
    };
    Ok(Value::Number(number))
}

/// Lifts a number; whether the shape could give it.
pub(super) fn lift(shape: &NumberShape, number: &Number, items: &mut Vec<Item>) -> bool {
    let choice = match shape.grid() {
        Some(Grid::Multiples { step: None, min, max, .. }) => number
            .as_i128()
            .filter(|int| (min..=max).contains(&int) && Number::from(*int) == *number)
            .map(Choice::Int),
        Some(Grid::Multiples { step: Some(step), min, max, .. }) => number
            .decimal()
            .and_then(|decimal| decimal.quotient_floor(step))
            .filter(|factor| {
                (min..=max).contains(&factor) && Grid::number(Some(step), *factor) == *number
            })
            .map(Choice::Int),
        Some(Grid::Floats { min, max, .. }) => Some(number.as_f64())
            .filter(|float| {
                (min..=max).contains(&float) && Number::from_f64(*float).as_ref() == Some(number)
            })
            .map(Choice::Float),
        None => None,
    };
    let fits = choice.is_some();
    items.extend(choice.map(Item::Choice));
    fits
}
