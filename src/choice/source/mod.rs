//! Where choices come from, and the one interface generators draw through.

mod list;
mod name;
mod octets;
mod random;
mod scalar;

use std::sync::Arc;

use arbitrary::Unstructured;

use super::{Choice, Domain, Item, Label, Node, Rng, Span, Trace};

/// More choices than this make no case that anyone would read; the draw is given up, unless that many
/// are given.
const MOST_CHOICES: usize = 20_000;

/// Spans nest at most this deep: what nests deeper cannot be drawn again on the stack of a worker.
const DEEPEST: usize = 1_200;

/// The same for the stack of a test's thread, of which some is left to the test.
const SHALLOW: usize = 500;

/// A draw was given up: too many choices, too deep, or what was drawn cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overrun;

/// What drawing gives.
pub type Draw<T> = Result<T, Overrun>;

/// A source of choices: records what is drawn from it.
#[derive(Debug)]
pub struct Source<'a> {
    mode: Mode<'a>,
    trace: Trace,
    open: Vec<usize>,
    /// The names given so far, in order.
    names: Vec<Arc<str>>,
    /// The depth of the span inside which everything is the simplest.
    trivial: Option<usize>,
    /// Whether what an attempt does not accept is searched for at random.
    searches: bool,
    /// Spans nest at most this deep.
    deepest: usize,
    /// So many choices are drawn at most.
    most: usize,
}

#[derive(Debug)]
enum Mode<'a> {
    Random(Rng),
    Bytes(Unstructured<'a>),
    Replay { items: &'a [Item], at: usize },
}

/// A place in a trace to go back to.
#[derive(Debug)]
struct Mark {
    nodes: usize,
    spans: usize,
    children: usize,
    names: usize,
}

impl<'a> Source<'a> {
    /// Choices from a seeded generator.
    pub fn random(rng: Rng) -> Self {
        Self::new(Mode::Random(rng))
    }

    /// Choices from octets, as `cargo fuzz` gives them; the simplest ones where they run out.
    pub fn bytes(bytes: &'a [u8]) -> Self {
        Self::new(Mode::Bytes(Unstructured::new(bytes)))
    }

    /// Recorded choices; the simplest ones where they run out or do not fit.
    pub fn replay(items: &'a [Item]) -> Self {
        let most = MOST_CHOICES + items.len();
        Self { most, ..Self::new(Mode::Replay { items, at: 0 }) }
    }

    /// The simplest choices after the given ones; where an [attempt](Self::attempt) does not accept
    /// what they give, others are tried there, always the same.
    pub fn simplest(items: &'a [Item]) -> Self {
        Self { searches: true, ..Self::replay(items) }
    }

    fn new(mode: Mode<'a>) -> Self {
        let trace = Trace { nodes: Vec::with_capacity(64), spans: Vec::with_capacity(64) };
        Self {
            mode,
            trace,
            open: Vec::with_capacity(16),
            names: Vec::new(),
            trivial: None,
            searches: false,
            deepest: DEEPEST,
            most: MOST_CHOICES,
        }
    }

    /// Gives up what nests deeper than a test's thread can hold, whose stack is 2 MiB.
    #[must_use]
    pub fn shallow(self) -> Self {
        Self { deepest: SHALLOW, ..self }
    }

    /// Draws with `generate` inside the root span; gives its result and what it drew.
    pub fn run<T>(mut self, generate: impl FnOnce(&mut Self) -> Draw<T>) -> Draw<(T, Trace)> {
        let value = self.span(Label::Root, generate)?;
        Ok((value, self.trace))
    }

    /// Draws inside a span.
    pub fn span<T>(&mut self, label: Label, draw: impl FnOnce(&mut Self) -> Draw<T>) -> Draw<T> {
        let depth = self.open.len();
        if depth >= self.deepest {
            return Err(Overrun);
        }
        let parent = self.open.last().copied().unwrap_or(0);
        let place = self.trace.spans.get_mut(parent).map_or(0, |parent| {
            parent.children += 1;
            parent.children - 1
        });
        let span = self.trace.spans.len();
        let start = self.trace.nodes.len();
        self.trace.spans.push(Span { label, start, end: start, depth, parent, place, children: 0 });
        self.open.push(span);
        let opened_trivial = self.trivial.is_none() && self.takes_trivial(depth);
        if opened_trivial {
            self.trivial = Some(depth);
        }
        let drawn = draw(self);
        if opened_trivial {
            self.trivial = None;
        }
        self.open.pop();
        self.trace.spans[span].end = self.trace.nodes.len();
        drawn
    }

    fn takes_trivial(&mut self, depth: usize) -> bool {
        let Mode::Replay { items, at } = &mut self.mode else { return false };
        let here = items.get(*at) == Some(&Item::Trivial(depth));
        *at += usize::from(here);
        here
    }

    /// What decides at random, for what only makes later choices more or less likely and is no choice
    /// itself; `None` where choices are given.
    pub fn dice(&mut self) -> Option<&mut Rng> {
        if let Mode::Random(rng) = &mut self.mode { Some(rng) } else { None }
    }

    /// The number of the span that is opened next.
    pub fn next_span(&self) -> usize {
        self.trace.spans.len()
    }

    /// Draws once more what was drawn in a span that is closed, a sibling of what is drawn here. What
    /// it gave is given again; whoever asks has it still.
    ///
    /// # Errors
    /// There is no such span, or too many choices were drawn.
    pub fn repeat(&mut self, span: usize) -> Draw<()> {
        let first = self.trace.spans.get(span).cloned().ok_or(Overrun)?;
        let inside = |inner: &Span| inner.depth > first.depth;
        let count = 1 + self.trace.spans[span + 1..].iter().take_while(|s| inside(s)).count();
        let (nodes, spans) = (self.trace.nodes.len(), self.trace.spans.len());
        let parent = self.open.last().copied().ok_or(Overrun)?;
        if first.depth != self.open.len() || nodes + first.end - first.start > self.most {
            return Err(Overrun);
        }
        self.trace.nodes.extend_from_within(first.start..first.end);
        for index in span..span + count {
            let mut copy = self.trace.spans[index].clone();
            copy.start = copy.start - first.start + nodes;
            copy.end = copy.end - first.start + nodes;
            if index == span {
                (copy.parent, copy.place) = (parent, self.trace.spans[parent].children);
                self.trace.spans[parent].children += 1;
            } else {
                copy.parent = copy.parent - span + spans;
            }
            self.trace.spans.push(copy);
        }
        Ok(())
    }

    /// How many spans are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// How many choices were drawn so far.
    pub fn drawn(&self) -> usize {
        self.trace.nodes.len()
    }

    /// Whether the choices are recorded ones: then what they give is taken as it is, since whoever
    /// replays judges the result.
    pub fn is_replay(&self) -> bool {
        matches!(self.mode, Mode::Replay { .. }) && !self.searches
    }

    /// Draws until `draw` gives something, at most `times`; forgets what it drew in vain.
    ///
    /// A replay draws once and takes what comes, by `draw`'s second argument.
    pub fn attempt<T>(
        &mut self,
        times: usize,
        mut draw: impl FnMut(&mut Self, bool) -> Draw<Option<T>>,
    ) -> Draw<T> {
        let last = if self.is_replay() { 1 } else { times.max(1) };
        let searches = matches!(self.mode, Mode::Replay { .. });
        for attempt in 1..=last {
            // The first attempt is the simplest, the others are random.
            let random = Mode::Random(Rng::new(attempt as u64));
            let calm = (searches && attempt > 1).then(|| std::mem::replace(&mut self.mode, random));
            let mark = Mark {
                nodes: self.trace.nodes.len(),
                spans: self.trace.spans.len(),
                children: self.open.last().map_or(0, |span| self.trace.spans[*span].children),
                names: self.names.len(),
            };
            let drawn = draw(self, attempt == last);
            if let Some(calm) = calm {
                self.mode = calm;
            }
            if let Some(drawn) = drawn? {
                return Ok(drawn);
            }
            self.trace.nodes.truncate(mark.nodes);
            self.trace.spans.truncate(mark.spans);
            self.names.truncate(mark.names);
            if let Some(span) = self.open.last() {
                self.trace.spans[*span].children = mark.children;
            }
        }
        Err(Overrun)
    }

    /// Takes a mark ([`Choice::Raw`] and its like), where it stands here. Only a replay has
    /// them.
    pub fn mark(&mut self, mark: &Choice) -> bool {
        if self.trivial.is_some() {
            return false;
        }
        let Mode::Replay { items, at } = &mut self.mode else { return false };
        let here = matches!(items.get(*at), Some(Item::Choice(choice)) if choice == mark);
        *at += usize::from(here);
        if here {
            self.trace.nodes.push(Node { choice: mark.clone(), domain: Domain::Mark });
        }
        here
    }

    /// The next recorded choice, where there is one and it is to be used.
    fn recorded(&mut self) -> Option<Choice> {
        if self.trivial.is_some() {
            return None;
        }
        let Mode::Replay { items, at } = &mut self.mode else { return None };
        let Some(Item::Choice(choice)) = items.get(*at) else { return None };
        *at += 1;
        Some(choice.clone())
    }

    fn record(&mut self, choice: Choice, domain: Domain) -> Draw<()> {
        if self.trace.nodes.len() >= self.most {
            return Err(Overrun);
        }
        self.trace.nodes.push(Node { choice, domain });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
