//! One change of a choice sequence, spelled as the items that replay it.

use std::ops::Range;

use crate::choice::{Choice, Item, Trace};

/// A change of the trace it was made for. Indices in it hold for that trace only, so an edit is
/// made and applied at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit(Vec<Op>);

/// One part of an edit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Op {
    /// Leaves out the span's choices.
    Delete(usize),
    /// Makes everything in the span the simplest.
    Trivial(usize),
    /// Takes another choice.
    Set(usize, Choice),
    /// Puts these items in the place of a run of choices.
    Replace(Range<usize>, Vec<Item>),
}

impl Edit {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out a span.
    #[must_use]
    pub fn delete(self, span: usize) -> Self {
        self.and(Op::Delete(span))
    }

    /// Makes everything in a span the simplest.
    #[must_use]
    pub fn trivial(self, span: usize) -> Self {
        self.and(Op::Trivial(span))
    }

    /// Takes another choice at a node.
    #[must_use]
    pub fn set(self, node: usize, choice: Choice) -> Self {
        self.and(Op::Set(node, choice))
    }

    /// Puts items in the place of a run of choices.
    #[must_use]
    pub fn replace(self, nodes: Range<usize>, items: Vec<Item>) -> Self {
        self.and(Op::Replace(nodes, items))
    }

    fn and(mut self, op: Op) -> Self {
        self.0.push(op);
        self
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn ops(&self) -> &[Op] {
        &self.0
    }

    /// The items that replay the trace with the change. Of overlapping parts the outermost counts.
    pub fn items(&self, trace: &Trace) -> Vec<Item> {
        let mut ops: Vec<(Range<usize>, &Op)> =
            self.0.iter().map(|op| (op.range(trace), op)).collect();
        ops.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut items = Vec::with_capacity(trace.nodes.len() + ops.len());
        let keep = |items: &mut Vec<Item>, nodes: Range<usize>| {
            let kept = trace.nodes.get(nodes).unwrap_or_default();
            items.extend(kept.iter().map(|node| Item::Choice(node.choice.clone())));
        };
        let mut done = 0;
        for (range, op) in ops {
            if range.start < done {
                continue;
            }
            keep(&mut items, done..range.start);
            match op {
                Op::Delete(_) => {}
                Op::Trivial(span) => items.push(Item::Trivial(trace.spans[*span].depth)),
                Op::Set(_, choice) => items.push(Item::Choice(choice.clone())),
                Op::Replace(_, new) => items.extend(new.iter().cloned()),
            }
            done = range.end;
        }
        keep(&mut items, done..trace.nodes.len());
        items
    }
}

impl Op {
    fn range(&self, trace: &Trace) -> Range<usize> {
        match self {
            Self::Delete(span) | Self::Trivial(span) => {
                trace.spans.get(*span).map_or(0..0, |span| span.start..span.end)
            }
            Self::Set(node, _) => *node..node + 1,
            Self::Replace(range, _) => range.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::{Label, Rng, Source};

    #[test]
    fn the_outermost_of_overlapping_parts_counts() {
        let (_, trace) = Source::random(Rng::new(1))
            .run(|source| {
                source.span(Label::Group, |source| {
                    Ok((source.int(1, 9, 1)?, source.int(1, 9, 1)?))
                })?;
                source.int(7, 9, 7)
            })
            .unwrap();
        let edit = Edit::new().set(0, Choice::Int(5)).trivial(1);
        let last = Item::Choice(trace.nodes[2].choice.clone());
        assert_eq!(edit.items(&trace), [Item::Trivial(1), last]);
    }
}
