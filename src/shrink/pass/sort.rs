//! Siblings of one kind are put in order, simplest first: all at once, then neighbour by neighbour.

use std::cmp::Ordering;

use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Label, Trace, cmp_choices};
use crate::shrink::Edit;

pub(super) const PASS: Pass = Pass { name: "sort", structural: false, targets, run };

/// More neighbours are not compared one by one.
const MOST: usize = 12;

/// The spans that have siblings of one kind inside.
pub(super) fn targets(trace: &Trace) -> Vec<Target> {
    let spans = (0..trace.spans.len()).filter(|span| siblings(trace, *span).len() > 1);
    spans.map(|span| vec![Place::of_span(trace, span)]).collect()
}

/// The spans directly inside a span that are of one kind, the most frequent one, and not empty. The
/// ends of lists do not count.
pub(super) fn siblings(trace: &Trace, span: usize) -> Vec<usize> {
    let movable: Vec<usize> = trace
        .children(span)
        .filter(|child| {
            let child = &trace.spans[*child];
            let nodes = &trace.nodes[child.start..child.end];
            let kind = matches!(child.label, Label::Element | Label::Group | Label::Value(_));
            let ends = child.label == Label::Element
                && nodes.first().is_some_and(|bit| bit.choice == Choice::Bool(false));
            kind && !nodes.is_empty() && !ends
        })
        .collect();
    let of = |label: Label| movable.iter().filter(move |at| trace.spans[**at].label == label);
    let kinds = movable.iter().map(|at| trace.spans[*at].label);
    let most = kinds.max_by_key(|label| of(*label).count());
    most.map(|label| of(label).copied().collect()).unwrap_or_default()
}

/// How two spans compare by their choices.
pub(super) fn compare(trace: &Trace, a: usize, b: usize) -> Ordering {
    let nodes = |at: usize| &trace.nodes[trace.spans[at].start..trace.spans[at].end];
    cmp_choices(nodes(a), nodes(b))
}

/// Puts the siblings into the order given by their numbers.
pub(super) fn arranged(trace: &Trace, siblings: &[usize], order: &[usize]) -> Edit {
    let range = |at: usize| trace.spans[at].start..trace.spans[at].end;
    siblings.iter().zip(order).filter(|(slot, from)| **slot != siblings[**from]).fold(
        Edit::new(),
        |edit, (slot, from)| {
            edit.replace(range(*slot), Trace::to_items(&trace.nodes[range(siblings[*from])]))
        },
    )
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let group = |trace: &Trace| target[0].find_span(trace).map(|span| siblings(trace, span));
    let best = trial.best();
    let Some(before) = group(&best) else { return Ok(()) };
    let mut order: Vec<usize> = (0..before.len()).collect();
    order.sort_by(|a, b| compare(&best, before[*a], before[*b]));
    if order.is_sorted() || trial.attempt(|trace| Some(arranged(trace, &before, &order)))? {
        return Ok(());
    }
    let mut at = 0;
    while at + 1 < before.len().min(MOST) {
        let swapped = trial.attempt(|trace| {
            let siblings = group(trace).filter(|now| now.len() == before.len())?;
            let mut order: Vec<usize> = (0..siblings.len()).collect();
            order.swap(at, at + 1);
            compare(trace, siblings[at + 1], siblings[at])
                .is_lt()
                .then(|| arranged(trace, &siblings, &order))
        })?;
        at = if swapped { at.saturating_sub(1) } else { at + 1 };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::shrink::example::plain;

    #[test]
    fn siblings_are_put_in_order() {
        let list = plain(
            |source| source.list(0, 9, 4.0, |source, _| source.int(0, 9, 0)),
            |list| [3, 5, 7].iter().all(|int| list.contains(int)),
        );
        assert_eq!(list, [3, 5, 7]);
    }
}
