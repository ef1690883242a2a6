//! What a generator drew.

use super::{Choice, Domain};

/// A choice with what it could have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What was chosen.
    pub choice: Choice,
    /// What could have been.
    pub domain: Domain,
}

/// What a span of choices makes. Passes of the shrinker go by these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// The whole.
    Root,
    /// One step of a case.
    Step,
    /// An element of a list with the bit that says it is there: can be deleted whole.
    Element,
    /// A member with the bit that says it is there.
    Field,
    /// What follows the choice of a branch, which stands directly before it.
    Alternative,
    /// A value drawn for the schema node of this number; one inside another of the same number can
    /// take its place.
    Value(u32),
    /// Anything else that belongs together.
    Group,
}

/// A run of choices that belong together. Spans nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it makes.
    pub label: Label,
    /// Index of its first choice.
    pub start: usize,
    /// Index after its last choice.
    pub end: usize,
    /// How many spans it lies in.
    pub depth: usize,
    /// Index of the span it lies in directly; its own for the root.
    pub parent: usize,
    /// Its place among its parent's children, from 0.
    pub place: usize,
    /// How many spans lie in it directly.
    pub children: usize,
}

/// Everything a generator drew, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The choices.
    pub nodes: Vec<Node>,
    /// The spans, each before those inside it; the first is the root.
    pub spans: Vec<Span>,
}

/// One item of a sequence to replay.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// This choice, where it fits its domain; else the simplest.
    Choice(Choice),
    /// The simplest choices until the span that opens here at this depth closes.
    Trivial(usize),
}

impl Trace {
    /// The items that replay it.
    pub fn items(&self) -> Vec<Item> {
        Self::to_items(&self.nodes)
    }

    /// The items that replay these choices.
    pub fn to_items(nodes: &[Node]) -> Vec<Item> {
        nodes.iter().map(|node| Item::Choice(node.choice.clone())).collect()
    }

    /// The spans directly inside the span with this index, in order.
    pub fn children(&self, span: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.spans.get(span).map_or(0, |span| span.end);
        (span + 1..self.spans.len())
            .take_while(move |inner| self.spans[*inner].start <= end)
            .filter(move |inner| self.spans[*inner].parent == span)
    }

    /// The choices directly inside a span, those of inner spans left out, in order.
    pub fn own(&self, span: usize) -> impl Iterator<Item = usize> + '_ {
        let (mut at, end) = self.spans.get(span).map_or((0, 0), |span| (span.start, span.end));
        let mut inner = self.children(span).peekable();
        std::iter::from_fn(move || {
            while let Some(child) = inner.next_if(|child| self.spans[*child].start <= at) {
                at = at.max(self.spans[child].end);
            }
            (at < end).then(|| {
                at += 1;
                at - 1
            })
        })
    }

    /// The way from the root to a span: its place at each level. It survives changes elsewhere.
    pub fn path(&self, mut span: usize) -> Vec<usize> {
        let mut path = Vec::new();
        while span != 0 {
            path.push(self.spans[span].place);
            span = self.spans[span].parent;
        }
        path.reverse();
        path
    }

    /// The span at the end of a way from the root; by bisection, since lists may be long.
    pub fn find(&self, path: &[usize]) -> Option<usize> {
        let (mut span, mut end) = (0, self.spans.len());
        for place in path {
            let begin = span + 1;
            let inside = self.spans.get(begin..end)?;
            // Whatever lies in an earlier child stands before whatever lies in a later one.
            let place_of = |inner: &Span| {
                let mut inner = inner;
                while inner.parent != span {
                    inner = &self.spans[inner.parent];
                }
                inner.place
            };
            let first = inside.partition_point(|inner| place_of(inner) < *place);
            let after = inside.partition_point(|inner| place_of(inner) <= *place);
            if first == after {
                return None;
            }
            (span, end) = (begin + first, begin + after);
        }
        (span < end).then_some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::{Draw, Rng, Source};

    fn tree(source: &mut Source<'_>, depth: usize) -> Draw<()> {
        source.int(0, 9, 0)?;
        let most = 4 * usize::from(depth < 4);
        source.list(0, most, 2.0, |source, _| {
            source.span(Label::Group, |source| tree(source, depth + 1))
        })?;
        source.bool(0.5).map(drop)
    }

    #[test]
    fn every_span_is_found_by_its_path_and_every_choice_has_one_owner() {
        for seed in 0..50 {
            let ((), trace) = Source::random(Rng::new(seed)).run(|source| tree(source, 0)).unwrap();
            let mut owned = vec![0; trace.nodes.len()];
            for span in 0..trace.spans.len() {
                assert_eq!(trace.find(&trace.path(span)), Some(span));
                trace.own(span).for_each(|node| owned[node] += 1);
            }
            assert!(owned.iter().all(|count| *count == 1));
            assert_eq!(trace.find(&[0, 99]), None);
            assert_eq!(trace.find(&[99]), None);
        }
    }
}
