//! From a value to the choices that draw it.

use super::{Place, any, array, number, object, string};
use crate::choice::{Choice, Item};
use crate::schema::shape::Branch;
use crate::value::Value;

/// How many branches one lift may try in all; beyond, the first of the right type is taken.
const MOST_TRIES: usize = 20_000;

/// Appends the choices that make [`super::draw`] give exactly `value` at a place.
pub fn lift(place: Place<'_>, value: &Value, items: &mut Vec<Item>) {
    let mut lifter = Lifter { tries: 0 };
    lifter.value(place, value, items);
}

/// A lift on its way.
#[derive(Debug)]
pub(super) struct Lifter {
    tries: usize,
}

impl Lifter {
    /// Lifts one value; gives the number of raw leaves it took.
    pub(super) fn value(
        &mut self,
        place: Place<'_>,
        value: &Value,
        items: &mut Vec<Item>,
    ) -> usize {
        let Some(node) = place.shapes.node(place.node) else {
            any::lift_inside(value, items);
            return 0;
        };
        let start = items.len();
        let mut best: Option<(usize, Vec<Item>)> = None;
        for (index, branch) in node.branches.iter().enumerate() {
            self.tries += 1;
            if node.branches.len() > 1 {
                items.push(Item::Choice(Choice::Branch(index as u32)));
            }
            let raws = self.branch(place, branch, value, items);
            if items.len() == start {
                items.push(Item::Choice(Choice::Bool(true)));
            }
            match raws {
                Some(0) => return 0,
                Some(raws) if best.as_ref().is_none_or(|(least, _)| raws < *least) => {
                    best = Some((raws, items[start..].to_vec()));
                }
                _ => {}
            }
            items.truncate(start);
            if best.is_some() && self.tries > MOST_TRIES {
                break;
            }
        }
        if let Some((raws, best)) = best {
            items.extend(best);
            return raws;
        }
        items.push(Item::Choice(Choice::Raw(place.node.0)));
        any::lift_inside(value, items);
        1
    }

    /// Lifts a value by one branch; `None` where the branch cannot give it.
    fn branch(
        &mut self,
        place: Place<'_>,
        branch: &Branch,
        value: &Value,
        items: &mut Vec<Item>,
    ) -> Option<usize> {
        let fits = |fits: bool| fits.then_some(0);
        match (branch, value) {
            (Branch::Null, Value::Null) => Some(0),
            (Branch::Bool, Value::Bool(bool)) => {
                items.push(Item::Choice(Choice::Bool(*bool)));
                Some(0)
            }
            (Branch::Constants(values), value) => {
                let chosen = values.iter().position(|constant| constant == value)?;
                if values.len() > 1 {
                    items.push(Item::Choice(Choice::Branch(chosen as u32)));
                }
                Some(0)
            }
            (Branch::Number(shape), Value::Number(number)) => {
                fits(number::lift(shape, number, items))
            }
            (Branch::String(shape), value @ (Value::String(_) | Value::Bytes(_))) => {
                fits(string::lift(shape, place.setting, value, items))
            }
            (Branch::Array(shape), Value::Array(list)) => {
                array::lift(self, place, shape, list, items)
            }
            (Branch::Object(shape), Value::Object(object)) => {
                object::lift(self, place, shape, object, items)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Source;
    use crate::generate::value::{Setting, draw};
    use crate::schema::Shapes;
    use crate::value::read;

    #[test]
    fn values_of_any_size_are_drawn_again() {
        let long = "ab".repeat(20_000);
        for (schema, value) in [
            (
                r#"{"type":"array","items":{"type":"integer"}}"#,
                Value::Array(vec![Value::int(7); 30_000]),
            ),
            (r#"{"type":"string","pattern":"^[a-z]*$"}"#, Value::text(&*long)),
            (r#"{"type":"string","maxLength":9}"#, Value::text(&*long)),
        ] {
            let shapes = Shapes::new(&read::json(schema.as_bytes()).unwrap());
            let place = Place::root(&shapes, Setting::default());
            let mut items = Vec::new();
            lift(place, &value, &mut items);
            let again = Source::replay(&items).run(|source| draw(place, source));
            assert!(again.is_ok_and(|(again, _)| again == value), "{schema}");
        }
    }
}
