//! A number that says how many things follow goes down by one together with one of them.

use super::leaf::Int;
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Trace};
use crate::shrink::Edit;
use crate::shrink::place::leaves;

pub(super) const PASS: Pass = Pass { name: "bind", structural: true, targets, run };

/// Greater numbers count nothing.
const MOST: i128 = 1000;

/// Numbers with the spans directly after them that have as many children.
fn targets(trace: &Trace) -> Vec<Target> {
    let places = leaves(trace);
    let mut targets = Vec::new();
    for (at, span) in trace.spans.iter().enumerate().filter(|(_, span)| span.start > 0) {
        let count = Int::of(&trace.nodes[span.start - 1])
            .filter(|_| matches!(trace.nodes[span.start - 1].choice, Choice::Int(_)));
        let is_count = count.is_some_and(|count| {
            count.value > count.toward
                && count.value <= MOST
                && trace.children(at).count() as i128 == count.value
        });
        if is_count {
            targets.push(vec![places[span.start - 1].clone(), Place::of_span(trace, at)]);
        }
    }
    targets
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let children = |trace: &Trace| -> Option<Vec<usize>> {
        Some(trace.children(target[1].find_span(trace)?).collect())
    };
    let mut nth = children(&trial.best()).map_or(0, |children| children.len());
    while nth > 0 {
        nth -= 1;
        trial.attempt(|trace| {
            let count = target[0].find_choice(trace)?;
            let int = Int::of(&trace.nodes[count])?;
            let child = *children(trace)?.get(nth)?;
            (int.value > int.min)
                .then(|| Edit::new().set(count, Choice::Int(int.value - 1)).delete(child))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::choice::Label;
    use crate::shrink::example::plain;

    #[test]
    fn a_count_goes_down_with_what_it_counts() {
        let list = plain(
            |source| {
                let count = source.int(1, 50, 1)?;
                source.span(Label::Group, |source| {
                    let one = |_| source.span(Label::Group, |source| source.int(0, 1000, 0));
                    (0..count).map(one).collect::<Result<Vec<_>, _>>()
                })
            },
            |list| list.iter().any(|int| *int >= 900),
        );
        assert_eq!(list, [900]);
    }
}
