//! Values that two branches admit at once.

use crate::choice::{Choice, Item, Source};
use crate::generate::value::{draw, matches};
use crate::generate::walk::Spot;
use crate::schema::shape::{Branch, Grid, NumberShape, StringShape};
use crate::value::{Object, Value};

/// So many later branches are laid over each.
const MOST_OTHERS: usize = 3;

/// Values that two branches of a place admit, where the place does not.
pub(super) fn values(spot: &Spot<'_>) -> Vec<Value> {
    let branches = &spot.node.branches;
    let mut values: Vec<Value> = Vec::new();
    if spot.node.guard.is_none() {
        return values;
    }
    for (index, first) in branches.iter().enumerate() {
        for second in branches.iter().skip(index + 1).take(MOST_OTHERS) {
            for value in of(spot, first, second) {
                if !values.contains(&value) && !spot.place.shapes.confirms(spot.node, &value) {
                    values.push(value);
                }
            }
        }
    }
    values
}

/// Values that two branches may both admit.
fn of(spot: &Spot<'_>, first: &Branch, second: &Branch) -> Vec<Value> {
    match (first, second) {
        (Branch::Constants(values), _) | (_, Branch::Constants(values)) => values.clone(),
        (Branch::Number(one), Branch::Number(other)) => number(one, other).into_iter().collect(),
        (Branch::String(one), Branch::String(other)) => {
            text(spot, one, other).into_iter().collect()
        }
        (Branch::Array(one), Branch::Array(other)) => {
            let longer = if one.min >= other.min { first } else { second };
            simplest(spot, longer).into_iter().collect()
        }
        (Branch::Object(_), Branch::Object(_)) => {
            let members = |branch| match simplest(spot, branch) {
                Some(Value::Object(object)) => object,
                _ => Object::new(),
            };
            let mut both = members(first);
            for (name, value) in members(second) {
                if !both.contains(&name.lossy()) {
                    both.push(name, value);
                }
            }
            vec![Value::Object(both)]
        }
        _ => Vec::new(),
    }
}

/// The simplest value of a branch, whatever the place says of it.
fn simplest(spot: &Spot<'_>, branch: &Branch) -> Option<Value> {
    let index = spot.node.branches.iter().position(|own| std::ptr::eq(own, branch))?;
    let items = [Item::Choice(Choice::Branch(index as u32))];
    let drawn = Source::replay(&items).run(|source| draw(spot.place, source));
    drawn.ok().map(|(value, _)| value)
}

/// The simplest number within the bounds of both that is a multiple of both steps.
fn number(one: &NumberShape, other: &NumberShape) -> Option<Value> {
    let both = one.met(other)?;
    match both.grid()? {
        Grid::Multiples { step, toward, .. } => {
            Some(Value::Number(Grid::number(step.as_ref(), *toward)))
        }
        Grid::Floats { toward, .. } => crate::value::Number::from_f64(*toward).map(Value::Number),
    }
}

/// The simplest text within the bounds of both that matches the patterns of both.
fn text(spot: &Spot<'_>, one: &StringShape, other: &StringShape) -> Option<Value> {
    let min = one.min.max(other.min).max(spot.place.setting.least_text);
    let max = [one.max, other.max].into_iter().flatten().min();
    let patterns = one.patterns.iter().chain(&other.patterns).cloned().collect();
    let both = StringShape { min, max, patterns, ..StringShape::default() };
    if max.is_some_and(|max| max < min) {
        return None;
    }
    if both.patterns.is_empty() {
        return Some(Value::text("0".repeat(min)));
    }
    let texts = matches(&both, spot.place.setting)?;
    texts.edges().into_iter().next().map(|(_, text)| Value::String(text))
}

#[cfg(test)]
mod tests {
    use super::super::tests::broken;

    #[test]
    fn branches_of_every_kind_overlap() {
        for (branches, json) in [
            (
                r#"{"type":"integer","multipleOf":4,"minimum":1},{"type":"integer","multipleOf":6}"#,
                "12",
            ),
            (r#"{"type":"number","minimum":2},{"type":"number","maximum":9}"#, "2"),
            (r#"{"type":"string","minLength":2},{"type":"string","maxLength":9}"#, r#""00""#),
            (
                r#"{"type":"string","pattern":"^[a-z]+$"},{"type":"string","pattern":"^.{3}$"}"#,
                r#""aaa""#,
            ),
            (
                r#"{"type":"array","items":{"type":"null"},"minItems":2},{"type":"array"}"#,
                "[null,null]",
            ),
            (r#"{"enum":["a","b"]},{"type":"string","minLength":1}"#, r#""a""#),
        ] {
            let broken = broken(&format!(r#"{{"oneOf":[{branches}]}}"#));
            assert!(broken.contains(&("oneOf", json.to_owned())), "{branches}: {broken:?}");
        }
    }
}
