//! Places in a trace that survive changes elsewhere in it.

use crate::choice::{Label, Trace};

/// A span, or a choice directly inside it, by the way from the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The way from the root to the span: its place among its siblings at each level.
    pub span: Vec<usize>,
    /// Which of the span's own choices, from 0; `None` for the span itself.
    pub choice: Option<usize>,
}

impl Place {
    /// The place of the span with this index.
    pub fn of_span(trace: &Trace, span: usize) -> Self {
        Self { span: trace.path(span), choice: None }
    }

    /// The index of its span, where it still exists.
    pub fn find_span(&self, trace: &Trace) -> Option<usize> {
        trace.find(&self.span)
    }

    /// The index of its choice, where it is one and still exists.
    pub fn find_choice(&self, trace: &Trace) -> Option<usize> {
        trace.own(self.find_span(trace)?).nth(self.choice?)
    }

    /// Whether nothing is left to simplify there. A place that is gone is simple.
    pub fn is_simple(&self, trace: &Trace) -> bool {
        let Some(span) = self.find_span(trace) else { return true };
        if self.choice.is_some() {
            return self.find_choice(trace).is_none_or(|node| trace.nodes[node].is_simplest());
        }
        let span = &trace.spans[span];
        let nodes = &trace.nodes[span.start..span.end];
        let is_end_of_list = span.label != Label::Element || nodes.len() <= 1;
        is_end_of_list && nodes.iter().all(crate::choice::Node::is_simplest)
    }
}

/// The places of all choices, in their order.
pub(super) fn leaves(trace: &Trace) -> Vec<Place> {
    let owners = owners(trace);
    let paths: Vec<Vec<usize>> = (0..trace.spans.len()).map(|span| trace.path(span)).collect();
    let mut counts = vec![0; trace.spans.len()];
    owners
        .into_iter()
        .map(|owner| {
            counts[owner] += 1;
            Place { span: paths[owner].clone(), choice: Some(counts[owner] - 1) }
        })
        .collect()
}

/// The innermost span of each choice.
pub(super) fn owners(trace: &Trace) -> Vec<usize> {
    let mut owners = vec![0; trace.nodes.len()];
    for (index, span) in trace.spans.iter().enumerate() {
        owners[span.start..span.end].fill(index);
    }
    owners
}

/// The innermost span that is a list element and holds this span or is it.
pub(super) fn element_of(trace: &Trace, mut span: usize) -> Option<usize> {
    while trace.spans[span].label != Label::Element {
        if span == 0 {
            return None;
        }
        span = trace.spans[span].parent;
    }
    Some(span)
}

/// The spans of all steps, in order.
pub(super) fn steps(trace: &Trace) -> Vec<usize> {
    (0..trace.spans.len()).filter(|span| trace.spans[*span].label == Label::Step).collect()
}
