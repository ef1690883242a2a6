//! Drawing a value of a shape.

use super::{Place, any, array, number, object, string};
use crate::choice::{Choice, Draw, Label, Overrun, Source};
use crate::schema::shape::{Branch, Node};
use crate::value::Value;

/// Random values nest at most this deep where the schema leaves a way.
pub(super) const ROOM: u32 = 6;

/// Past this many choices a random value takes the shortest way to its end.
const ENOUGH: usize = 300;

/// How often a guarded place is drawn anew until its guard agrees.
const ATTEMPTS: usize = 12;

/// Draws a value for a place.
///
/// # Errors
/// Nothing satisfies the schema there, or the value grows out of all bounds.
pub fn draw(place: Place<'_>, source: &mut Source<'_>) -> Draw<Value> {
    draw_within(place, source, ROOM)
}

/// Draws a value that nests at most `room` deep where the schema leaves a way.
pub(super) fn draw_within(place: Place<'_>, source: &mut Source<'_>, room: u32) -> Draw<Value> {
    source.span(Label::Value(place.node.0), |source| {
        let raw = Choice::Raw(place.node.0);
        let Some(node) = place.shapes.node(place.node).filter(|_| !source.mark(&raw)) else {
            let textual = place.setting.textual;
            return any::draw_inside(
                source,
                room.min(3),
                if textual { any::TEXT } else { any::ALL },
            );
        };
        if node.guard.is_none() || source.is_replay() {
            return alternative(place, node, source, room);
        }
        source.attempt(ATTEMPTS, |source, last| {
            let value = alternative(place, node, source, room)?;
            Ok((last || place.shapes.confirms(node, &value)).then_some(value))
        })
    })
}

/// Draws by one of the node's branches. A value that leaves nothing to choose draws a bit all the
/// same, so that the mark of a raw value is never taken for an earlier one.
fn alternative(place: Place<'_>, node: &Node, source: &mut Source<'_>, room: u32) -> Draw<Value> {
    let before = source.drawn();
    let value = by_branch(place, node, source, room)?;
    if source.drawn() == before {
        source.bool_toward(true, 1.0)?;
    }
    Ok(value)
}

fn by_branch(place: Place<'_>, node: &Node, source: &mut Source<'_>, room: u32) -> Draw<Value> {
    let room = if source.drawn() > ENOUGH { 0 } else { room };
    match &*node.branches {
        [] => Err(Overrun),
        [only] => branch(place, only, source, room),
        several => {
            let height = |b: &Branch| place.shapes.branch_height(b);
            let least = several.iter().map(height).min().unwrap_or(0);
            let bound = room.max(least);
            let allowed: Vec<usize> =
                (0..several.len()).filter(|b| height(&several[*b]) <= bound).collect();
            let chosen = source.branch_among(several.len(), &allowed)?;
            source.span(Label::Alternative, |source| branch(place, &several[chosen], source, room))
        }
    }
}

fn branch(place: Place<'_>, branch: &Branch, source: &mut Source<'_>, room: u32) -> Draw<Value> {
    match branch {
        Branch::Null => Ok(Value::Null),
        Branch::Bool => Ok(Value::Bool(source.bool(0.5)?)),
        Branch::Constants(values) => {
            let chosen = source.branch(values.len())?;
            values.get(chosen).cloned().ok_or(Overrun)
        }
        Branch::Number(shape) => number::draw(place, shape, source),
        Branch::String(shape) => string::draw(place, shape, source),
        Branch::Array(shape) => array::draw(place, shape, source, room.saturating_sub(1)),
        Branch::Object(shape) => object::draw(place, shape, source, room.saturating_sub(1)),
    }
}
