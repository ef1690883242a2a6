//! A value of a recursive schema is replaced by a value of the same schema inside it.

use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Label, Trace};
use crate::shrink::Edit;

pub(super) const PASS: Pass = Pass { name: "descend", structural: true, targets, run };

fn targets(trace: &Trace) -> Vec<Target> {
    let recursive = |span: &usize| inner(trace, *span).next().is_some();
    let spans = (0..trace.spans.len()).filter(recursive);
    spans.map(|span| vec![Place::of_span(trace, span)]).collect()
}

/// The spans inside a value that are values of the same schema, and shorter.
fn inner(trace: &Trace, span: usize) -> impl Iterator<Item = usize> + '_ {
    let outer = &trace.spans[span];
    let is_value = matches!(outer.label, Label::Value(_));
    let below = (span + 1..trace.spans.len()).take_while(|at| trace.spans[*at].depth > outer.depth);
    below.filter(move |at| {
        let inner = &trace.spans[*at];
        is_value && inner.label == outer.label && inner.end - inner.start < outer.end - outer.start
    })
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let best = trial.best();
    let Some(outer) = target[0].find_span(&best) else { return Ok(()) };
    let range = best.spans[outer].start..best.spans[outer].end;
    for inner in inner(&best, outer) {
        let inner = &best.spans[inner];
        let body = Trace::to_items(&best.nodes[inner.start..inner.end]);
        if trial.attempt(|_| Some(Edit::new().replace(range.clone(), body)))? {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::choice::{Draw, Label, Source};
    use crate::shrink::example::plain;

    #[derive(Clone, Debug)]
    struct Tree(bool, Vec<Tree>);

    fn tree(source: &mut Source<'_>, depth: usize) -> Draw<Tree> {
        source.span(Label::Value(1), |source| {
            let marked = source.bool(0.2)?;
            let most = if depth < 4 { 3 } else { 0 };
            Ok(Tree(marked, source.list(0, most, 1.0, |source, _| tree(source, depth + 1))?))
        })
    }

    fn any(Tree(marked, inner): &Tree) -> bool {
        *marked || inner.iter().any(any)
    }

    fn count(Tree(_, inner): &Tree) -> usize {
        1 + inner.iter().map(count).sum::<usize>()
    }

    #[test]
    fn what_is_deep_inside_comes_to_the_top() {
        let deep = |at: &Tree| !at.0 && at.1.iter().all(|at| !at.0) && any(at);
        let shrunk = crate::shrink::example::shrink(
            |source| tree(source, 0),
            |_| crate::shrink::Cost::default(),
            deep,
            any,
        );
        assert_eq!(count(&shrunk.value), 1);
        assert!(count(&plain(|source| tree(source, 0), |tree| count(tree) > 3)) == 4);
    }
}
