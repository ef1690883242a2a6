//! Arrays.

use super::Place;
use super::draw::draw_within;
use super::lift::Lifter;
use crate::choice::{Choice, Draw, Item, Source};
use crate::schema::Shapes;
use crate::schema::shape::{ArrayShape, NodeId};
use crate::value::Value;

/// Longer arrays than this are not drawn, whatever the schema allows.
const LONGEST: usize = 1 << 16;

/// How often an element is the same as one before it, where it may be.
const TWINS: f64 = 0.12;

/// How often an element is drawn anew until it differs from the others.
const ATTEMPTS: usize = 10;

impl ArrayShape {
    /// How few and how many elements are drawn: what `contains` asks for counts.
    fn bounds(&self) -> (usize, usize) {
        let max = self.max.unwrap_or(LONGEST);
        let wanted: usize = self.contains.iter().map(|(_, least, _)| least).sum();
        let open = if self.rest.is_some() { max } else { max.min(self.prefix.len()) };
        (self.min.max(if wanted > 0 { self.prefix.len() + wanted } else { 0 }).min(open), open)
    }

    fn node(&self, index: usize) -> NodeId {
        self.prefix.get(index).copied().or(self.rest).unwrap_or(Shapes::ANY)
    }

    /// Which `contains` an element after the prefix serves in the simplest array; 0 for none.
    fn serves(&self, index: usize) -> usize {
        let mut left = index.saturating_sub(self.prefix.len());
        for (which, (_, least, _)) in self.contains.iter().enumerate() {
            if left < *least {
                return which + 1;
            }
            left -= least;
        }
        0
    }
}

/// Draws an array of a shape.
pub(super) fn draw(
    place: Place<'_>,
    shape: &ArrayShape,
    source: &mut Source<'_>,
    room: u32,
) -> Draw<Value> {
    let (min, max) = shape.bounds();
    let usual = if room == 0 || source.drawn() > 200 { 0.0 } else { 0.5 + 5.0 * place.fullness };
    let mut list: Vec<Value> = Vec::new();
    // The spans of the elements after the prefix, each of which may be given once more.
    let mut spans: Vec<usize> = Vec::new();
    let repeats = !shape.unique && shape.contains.is_empty();
    source.list(min, max, usual, |source, index| {
        let mut node = shape.node(index);
        if !shape.contains.is_empty() && index >= shape.prefix.len() {
            let ways = shape.contains.len() + 1;
            let which = source.branch_among(ways, &[shape.serves(index)])?;
            node = which.checked_sub(1).map_or(node, |which| shape.contains[which].0);
        }
        let element = if shape.unique && !source.is_replay() {
            source.attempt(ATTEMPTS, |source, last| {
                let element = draw_within(place.at(node), source, room)?;
                let new = !list.iter().any(|known| known.same(&element));
                Ok((last || new).then_some(element))
            })?
        } else {
            let dice = source.dice().filter(|_| repeats && !spans.is_empty());
            let twin = dice.and_then(|dice| dice.chance(TWINS).then(|| dice.index(spans.len())));
            let span = source.next_span();
            let element = match twin {
                Some(twin) => {
                    source.repeat(spans[twin])?;
                    list[shape.prefix.len() + twin].clone()
                }
                None => draw_within(place.at(node), source, room)?,
            };
            if index >= shape.prefix.len() {
                spans.push(span);
            }
            element
        };
        list.push(element);
        Ok(())
    })?;
    Ok(Value::Array(list))
}

/// Lifts an array; the number of raw leaves it took, `None` where the shape cannot give it.
pub(super) fn lift(
    lifter: &mut Lifter,
    place: Place<'_>,
    shape: &ArrayShape,
    list: &[Value],
    items: &mut Vec<Item>,
) -> Option<usize> {
    let (min, max) = shape.bounds();
    if !(min..=max).contains(&list.len()) {
        return None;
    }
    let mut raws = 0;
    for (index, element) in list.iter().enumerate() {
        items.push(Item::Choice(Choice::Bool(true)));
        let mut node = shape.node(index);
        if !shape.contains.is_empty() && index >= shape.prefix.len() {
            // What the element was drawn for is forgotten; the first way that gives it will do.
            let start = items.len();
            let ways = std::iter::once(node).chain(shape.contains.iter().map(|(node, _, _)| *node));
            let mut best = (usize::MAX, 0, node);
            for (which, way) in ways.enumerate() {
                let cost = lifter.value(place.at(way), element, items);
                items.truncate(start);
                if cost < best.0 {
                    best = (cost, which, way);
                }
            }
            items.push(Item::Choice(Choice::Branch(best.1 as u32)));
            node = best.2;
        }
        raws += lifter.value(place.at(node), element, items);
    }
    items.push(Item::Choice(Choice::Bool(false)));
    Some(raws)
}
