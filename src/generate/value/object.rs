//! Objects.

use super::draw::draw_within;
use super::lift::Lifter;
use super::{Place, any, string};
use crate::choice::{Alphabet, Choice, Draw, Item, Label, Overrun, Source};
use crate::generate::pattern::Texts;
use crate::schema::shape::{Branch, Member, NodeId, ObjectShape, Patterned};
use crate::value::{Object, Text, Value};

/// More members than this are not drawn, whatever the schema allows.
const MOST: usize = 1 << 12;

/// How often a name is drawn anew until no other member has it.
const ATTEMPTS: usize = 10;

/// Where the name and value of a member that the schema does not name come from.
#[derive(Clone, Copy)]
enum Extra<'s> {
    /// The name matches a pattern.
    Pattern(&'s Patterned),
    /// Any other name.
    Additional(NodeId),
}

impl ObjectShape {
    fn extras(&self) -> Vec<Extra<'_>> {
        let patterns = self.patterns.iter().map(Extra::Pattern);
        patterns.chain(self.additional.map(Extra::Additional)).collect()
    }

    /// How few and how many further members are drawn where `present` are there already. `None`
    /// where the schema gives no reason to draw any.
    fn extra_bounds(&self, present: usize) -> Option<(usize, usize)> {
        let min = self.min.saturating_sub(present);
        let max = self.max.unwrap_or(MOST).saturating_sub(present);
        let reason = self.open || !self.patterns.is_empty() || min > 0;
        let possible = self.additional.is_some() || !self.patterns.is_empty();
        (reason && possible && min <= max).then_some((min, max))
    }

    /// Whether an optional member has to be there because others that are there ask for it, or
    /// because the object would stay too small.
    fn forces(&self, index: usize, object: &Object) -> bool {
        let name = &self.members[index].name;
        let asked = self.dependent.iter().any(|(present, others)| {
            others.contains(name) && object.keys().any(|key| key == present)
        });
        let still_required = self.members[index..].iter().filter(|m| m.required).count();
        let can_grow = self.additional.is_some() || !self.patterns.is_empty();
        let left = self.members.len() - index;
        let lacking = self.min.saturating_sub(object.len() + still_required);
        asked || !can_grow && lacking > 0 && lacking + still_required >= left
    }
}

/// Draws an object of a shape.
pub(super) fn draw(
    place: Place<'_>,
    shape: &ObjectShape,
    source: &mut Source<'_>,
    room: u32,
) -> Draw<Value> {
    // Marked before the members, where nothing else can take the mark, though they stand last.
    let last = if source.mark(&Choice::Extra(place.node.0)) {
        any::draw_members(source)?
    } else {
        Object::new()
    };
    let mut object = Object::new();
    for (index, member) in shape.members.iter().enumerate() {
        source.span(Label::Field, |source| {
            if presence(place, shape, member, index, &object, source, room)? {
                object.push(member.name.clone(), draw_within(place.at(member.node), source, room)?);
            }
            Ok(())
        })?;
    }
    if let Some((min, max)) = shape.extra_bounds(object.len()) {
        let extras = shape.extras();
        let usual = if room == 0 { 0.0 } else { 1.4 * place.fullness };
        source.list(min, max, usual, |source, _| {
            let extra = extras[source.branch(extras.len())?];
            let name = extra_name(place, shape, extra, &object, source)?;
            let node = match extra {
                Extra::Pattern(patterned) => patterned.node,
                Extra::Additional(node) => node,
            };
            let value = draw_within(place.at(node), source, room)?;
            object.push(name, value);
            Ok(())
        })?;
    }
    for (name, value) in last {
        object.push(name, value);
    }
    Ok(Value::Object(object))
}

fn presence(
    place: Place<'_>,
    shape: &ObjectShape,
    member: &Member,
    index: usize,
    object: &Object,
    source: &mut Source<'_>,
    room: u32,
) -> Draw<bool> {
    if member.required {
        return Ok(true);
    }
    if shape.forces(index, object) {
        return source.bool_toward(true, 1.0);
    }
    let full = shape.max.is_some_and(|max| {
        object.len() + shape.members[index..].iter().filter(|m| m.required).count() >= max
    });
    let height = place.shapes.node(member.node).map_or(0, |node| node.height);
    let wanted = if member.read_only || full || height > room { 0.0 } else { place.fullness };
    source.bool(wanted)
}

/// The names that match a pattern.
pub fn names(patterned: &Patterned) -> Option<&Texts> {
    let texts = || Texts::new(std::slice::from_ref(&patterned.pattern), 0, string::LONGEST);
    patterned.prepared.get_or_init(texts)?.as_ref()
}

fn extra_name(
    place: Place<'_>,
    shape: &ObjectShape,
    extra: Extra<'_>,
    object: &Object,
    source: &mut Source<'_>,
) -> Draw<Text> {
    source.attempt(ATTEMPTS, |source, last| {
        let name = match extra {
            Extra::Pattern(patterned) => names(patterned).ok_or(Overrun)?.draw(source)?,
            Extra::Additional(_) => match shape.names {
                Some(names) => match draw_within(place.at(names), source, 0)? {
                    Value::String(name) => name,
                    _ => return Err(Overrun),
                },
                None => source.text(1, string::LONGEST, Alphabet::Alphanumeric)?,
            },
        };
        let taken =
            object.keys().chain(shape.members.iter().map(|m| &m.name)).any(|key| *key == name);
        if taken && last { Err(Overrun) } else { Ok((!taken).then_some(name)) }
    })
}

/// Lifts an object; the number of raw leaves it took, `None` where the shape cannot give it.
pub(super) fn lift(
    lifter: &mut Lifter,
    place: Place<'_>,
    shape: &ObjectShape,
    object: &Object,
    items: &mut Vec<Item>,
) -> Option<usize> {
    let start = items.len();
    let mut raws = 0;
    let mut left = object.iter().peekable();
    let mut built = Object::new();
    for member in &shape.members {
        let here = left.peek().is_some_and(|(name, _)| *name == member.name);
        if member.required && !here {
            return None;
        }
        if !member.required {
            items.push(Item::Choice(Choice::Bool(here)));
        }
        if let Some((name, value)) = here.then(|| left.next()).flatten() {
            raws += lifter.value(place.at(member.node), value, items);
            built.push(name.clone(), Value::Null);
        }
    }
    let extras = shape.extras();
    if let Some((min, max)) = shape.extra_bounds(built.len()) {
        let mut count = 0;
        while let Some((name, value)) = left.peek().filter(|_| count < max) {
            let start = items.len();
            items.push(Item::Choice(Choice::Bool(true)));
            let taken =
                built.keys().chain(shape.members.iter().map(|m| &m.name)).any(|k| k == name);
            match lift_extra(lifter, place, shape, &extras, name, value, items) {
                Some(cost) if !taken => raws += cost,
                _ => {
                    items.truncate(start);
                    break;
                }
            }
            built.push(name.clone(), Value::Null);
            count += 1;
            left.next();
        }
        if count < min {
            return None;
        }
        items.push(Item::Choice(Choice::Bool(false)));
    }
    let rest: Vec<(Text, Value)> = left.cloned().collect();
    if !rest.is_empty() {
        let mut mark = vec![Item::Choice(Choice::Extra(place.node.0))];
        any::lift_members(&rest, &mut mark);
        items.splice(start..start, mark);
        raws += 1;
    }
    Some(raws)
}

fn lift_extra(
    lifter: &mut Lifter,
    place: Place<'_>,
    shape: &ObjectShape,
    extras: &[Extra<'_>],
    name: &Text,
    value: &Value,
    items: &mut Vec<Item>,
) -> Option<usize> {
    let start = items.len();
    for (which, extra) in extras.iter().enumerate() {
        if extras.len() > 1 {
            items.push(Item::Choice(Choice::Branch(which as u32)));
        }
        let (fits, node) = match extra {
            Extra::Pattern(patterned) => {
                let fits = names(patterned).is_some_and(|names| names.lift(name, items));
                (fits, patterned.node)
            }
            Extra::Additional(node) => (lift_name(lifter, place, shape, name, items), *node),
        };
        if fits {
            return Some(lifter.value(place.at(node), value, items));
        }
        items.truncate(start);
    }
    None
}

fn lift_name(
    lifter: &mut Lifter,
    place: Place<'_>,
    shape: &ObjectShape,
    name: &Text,
    items: &mut Vec<Item>,
) -> bool {
    match shape.names {
        Some(names) => {
            let node = place.shapes.node(names);
            let strings = node.is_some_and(|node| {
                node.branches.iter().any(|b| matches!(b, Branch::String(_) | Branch::Constants(_)))
            });
            strings && lifter.value(place.at(names), &Value::String(name.clone()), items) == 0
        }
        None => {
            let fits = !name.is_empty() && name.len() <= string::LONGEST;
            if fits {
                items.push(Item::Choice(Choice::Text(name.clone())));
            }
            fits
        }
    }
}
