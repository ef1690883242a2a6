//! Group testing over the tree of spans, from the outside in: elements go, all else becomes trivial.
//!
//! Where there are steps it begins inside them, since whole steps were tried before.

use super::{Flow, Pass, Place, Target, Trial, group, leaf};
use crate::choice::{Choice, Label, Trace};
use crate::shrink::place;

pub(super) const PASS: Pass = Pass { name: "reduce", structural: true, targets, run };

fn targets(trace: &Trace) -> Vec<Target> {
    let steps = place::steps(trace);
    let units: Target = if steps.is_empty() {
        vec![Place { span: Vec::new(), choice: None }]
    } else {
        let outside = units(trace, 0).into_iter().filter(|unit| {
            let span = unit.find_span(trace);
            !steps.iter().any(|step| span.is_some_and(|span| holds(trace, span, *step)))
        });
        outside.chain(steps.iter().flat_map(|step| units(trace, *step))).collect()
    };
    vec![units]
}

fn holds(trace: &Trace, outer: usize, inner: usize) -> bool {
    outer != 0 && trace.path(inner).starts_with(&trace.path(outer))
}

fn run(trial: &mut Trial<'_>, places: &[Place]) -> Flow {
    group::simplify(trial, places, false, &mut descend)
}

/// A span that has to stay: on with what is in it.
fn descend(trial: &mut Trial<'_>, culprit: &Place) -> Flow {
    let best = trial.best();
    match culprit.find_span(&best) {
        Some(span) if culprit.choice.is_none() => {
            group::simplify(trial, &units(&best, span), false, &mut descend)
        }
        _ => Ok(()),
    }
}

/// The spans directly inside a span, and its own choices that can change by themselves.
fn units(trace: &Trace, span: usize) -> Vec<Place> {
    let structural = leaf::structural(trace);
    let path = trace.path(span);
    let own = trace.own(span).enumerate().filter(|(_, node)| {
        let fixed = matches!(
            trace.nodes[*node].choice,
            Choice::Name(_) | Choice::Raw(_) | Choice::Extra(_) | Choice::Missing
        );
        !structural[*node] && !fixed
    });
    let own = own.map(|(nth, node)| (node, Place { span: path.clone(), choice: Some(nth) }));
    let inner = trace.children(span).filter(|inner| trace.spans[*inner].label != Label::Root);
    let inner = inner.map(|inner| (trace.spans[inner].start, Place::of_span(trace, inner)));
    let mut units: Vec<(usize, Place)> = own.chain(inner).collect();
    units.sort_by_key(|(start, _)| *start);
    units.into_iter().map(|(_, unit)| unit).collect()
}
