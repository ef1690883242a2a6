//! What is tried in a part of an input: worked out once for all operations in which a part of the same
//! schema has the same usual value. Documents refer to one schema again and again.

use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;

use super::edit::{Edit, Leaf};
use super::value::{Place, Setting};
use super::walk::{Spot, walk};
use super::{boundary, deviation, pairs};
use crate::case::Label;
use crate::value::Value;

/// What is tried in the parts of inputs, as far as it was asked for.
#[derive(Debug, Default)]
pub struct Ideas {
    edges: Known<Edges>,
    breaks: Known<Vec<Break>>,
}

/// The boundaries of a part.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// Each with its number among those of its place.
    pub(super) alone: Vec<(usize, Edit, Label)>,
    /// For each place that can be paired, the ones to pair.
    pub(super) paired: Vec<Vec<Edit>>,
}

/// A way to break a rule: its number among those of its place, and the rule, where it is known before.
pub(super) type Break = (usize, Option<&'static str>, Edit);

/// What was worked out of parts.
#[derive(Debug)]
struct Known<T>(Mutex<HashMap<Part, Found<T>>>);

/// What was worked out of a part, and its schema, which lives as long as it is known by its address.
#[derive(Debug)]
struct Found<T> {
    _schema: Arc<Value>,
    found: Arc<T>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// A part of an input, by all that decides what is tried there.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Part {
    /// The address of its schema.
    schema: usize,
    setting: Setting,
    usual: Option<Value>,
}

impl<T: Default> Known<T> {
    /// What is known of a part; worked out place by place where nothing is.
    fn of(
        &self,
        place: Place<'_>,
        usual: Option<Value>,
        work: impl Fn(&mut T, &Spot<'_>),
    ) -> Arc<T> {
        let schema = place.shapes.bundle();
        let address = Arc::as_ptr(schema).addr();
        let part = Part { schema: address, setting: place.setting, usual };
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&part) {
            return Arc::clone(&known.found);
        }
        let mut found = T::default();
        walk(place, part.usual.as_ref(), &mut |spot| work(&mut found, spot));
        let found = Arc::new(found);
        let kept = Found { _schema: Arc::clone(schema), found: Arc::clone(&found) };
        known().insert(part, kept);
        found
    }
}

impl Ideas {
    /// The boundaries of the part at `place`, all else as in the usual value.
    pub(super) fn edges(&self, place: Place<'_>, usual: Option<Value>) -> Arc<Edges> {
        self.edges.of(place, usual, |found, spot| {
            let in_turn = boundary::in_turn(spot).into_iter().enumerate();
            let alone = in_turn
                .map(|(ordinal, (class, leaf, label))| (ordinal, edit(spot, class, leaf), label));
            found.alone.extend(alone);
            if found.paired.len() < pairs::MOST_PLACES {
                found.paired.extend(pairs::edges(spot));
            }
        })
    }

    /// The ways to break a rule in the part at `place`, all else as in the usual value; but those that
    /// only go there by a value that is lawful after all.
    pub(super) fn breaks(
        &self,
        place: Place<'_>,
        usual: Option<Value>,
        is_lawful: &dyn Fn(&Value) -> bool,
    ) -> Arc<Vec<Break>> {
        self.breaks.of(place, usual, |found, spot| {
            let mut ordinal = 0;
            deviation::breaks(spot, &mut |rule, class, leaf| {
                let edit = edit(spot, class, leaf);
                let whole = matches!(edit.leaf, Leaf::Value(_)).then(|| edit.apply()).flatten();
                if !whole.is_some_and(|whole| is_lawful(&whole)) {
                    found.push((ordinal, rule, edit));
                    ordinal += 1;
                }
            });
        })
    }
}

fn edit(spot: &Spot<'_>, class: &'static str, leaf: Leaf) -> Edit {
    Edit { class, site: Arc::clone(&spot.site), leaf }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::catalogue::{baseline, invalid, slots};
    use crate::generate::fixture::taking;

    #[test]
    fn what_is_tried_in_a_part_is_worked_out_once_for_its_schema_and_usual_value() {
        let operation = taking(r#"{"type":"integer","minimum":1,"maximum":9}"#, "");
        let (_, place) = slots(&operation).pop().unwrap();
        let ideas = Ideas::default();
        let of = |usual: i64| ideas.breaks(place, Some(usual.into()), &|_| false);
        assert!(!of(3).is_empty());
        assert!(Arc::ptr_eq(&of(3), &of(3)));
        assert!(!Arc::ptr_eq(&of(3), &of(4)));
        let textual = Place { setting: Setting { textual: true, ..place.setting }, ..place };
        assert!(!Arc::ptr_eq(&of(3), &ideas.breaks(textual, Some(3.into()), &|_| false)));
    }

    #[test]
    fn what_was_worked_out_for_one_operation_is_planned_for_another_as_if_it_were_the_first() {
        let document = r#"{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}"#;
        let operation = taking(document, "");
        let base = Arc::new(baseline(&operation).unwrap());
        let ideas = Ideas::default();
        let classes = |ideas: &Ideas| -> Vec<_> {
            invalid(&operation, &base, ideas)
                .into_iter()
                .map(|planned| planned.call(&operation))
                .collect()
        };
        assert_eq!(classes(&ideas), classes(&ideas));
        assert_eq!(classes(&ideas), classes(&Ideas::default()));
    }
}
