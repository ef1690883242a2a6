//! Constants that a schema names, or an answer: values someone thought of, and so may a program.

use std::collections::BTreeMap;

use super::{Branch, Node, NumberShape};
use crate::value::{Decimal, Text, Value};

/// So many of either kind are kept.
const MOST: usize = 256;

/// Longer texts are kept out.
const LONGEST: usize = 256;

/// Arms of enumerations, bounds, defaults and examples, each once, in the order of the schema.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    /// The integers.
    pub ints: Vec<i128>,
    /// The texts.
    pub texts: Vec<Text>,
    /// The integer that was first the value of a member, by its name.
    pub named: BTreeMap<Text, i128>,
}

impl Constants {
    /// Those of the nodes of a graph.
    pub(super) fn of(nodes: &[Node]) -> Self {
        let mut all = Self::default();
        for node in nodes {
            node.examples.iter().for_each(|example| all.hear(example));
            for branch in &node.branches {
                match branch {
                    Branch::Constants(values) => values.iter().for_each(|value| all.hear(value)),
                    Branch::Number(shape) => all.bounds(shape),
                    _ => {}
                }
            }
        }
        all
    }

    /// Whether there is room for more.
    pub fn is_full(&self) -> bool {
        self.ints.len() >= MOST && self.texts.len() >= MOST
    }

    /// Takes in the integers and texts of a value.
    pub fn hear(&mut self, value: &Value) {
        match value {
            Value::Number(number) => self.int(number.as_i128()),
            Value::String(text)
                if self.texts.len() < MOST
                    && text.len() <= LONGEST
                    && !self.texts.contains(text) =>
            {
                self.texts.push(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.hear(item)),
            Value::Object(object) => {
                for (name, value) in object {
                    self.name(name, value);
                    self.hear(value);
                }
            }
            _ => {}
        }
    }

    fn bounds(&mut self, shape: &NumberShape) {
        let bounds = [&shape.min, &shape.max].into_iter().flatten().map(|(bound, _)| bound);
        for bound in bounds.chain(&shape.default) {
            self.int(Decimal::as_i128(bound));
        }
    }

    fn name(&mut self, name: &Text, value: &Value) {
        let Value::Number(number) = value else { return };
        if let Some(int) = number.as_i128().filter(|_| self.named.len() < MOST) {
            self.named.entry(name.clone()).or_insert(int);
        }
    }

    fn int(&mut self, int: Option<i128>) {
        // Beyond what a choice can be, there is no use for it.
        let int = int.filter(|int| int.abs() < 1 << 100 && !self.ints.contains(int));
        self.ints.extend(int.filter(|_| self.ints.len() < MOST));
    }
}
