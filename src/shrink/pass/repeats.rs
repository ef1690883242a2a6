//! Of steps that repeat each other one fewer, and a number elsewhere one lower with it: a limit that is
//! met by so many of them.

use super::leaf::{Int, leaves_where, with_ints};
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Node, Trace};
use crate::shrink::place;

pub(super) const PASS: Pass = Pass { name: "repeats", structural: true, targets, run };

/// A number that counts steps is no greater, whatever is simplest in its place.
const MOST: i128 = 16;

/// The last of steps that repeat each other, with each number that may count them.
fn targets(trace: &Trace) -> Vec<Target> {
    let steps = place::steps(trace);
    let Some(last) = steps
        .windows(2)
        .rev()
        .find(|pair| repeats(trace, pair[0], pair[1]) && Some(&pair[1]) != steps.last())
    else {
        return Vec::new();
    };
    let step = Place::of_span(trace, last[1]);
    let counts = |node: &Node| {
        matches!(node.choice, Choice::Int(_))
            && Int::of(node)
                .is_some_and(|int| (1..=MOST).contains(&int.value) && int.value > int.min)
    };
    let numbers = leaves_where(trace, counts).into_iter();
    numbers.map(|number| vec![step.clone(), number]).collect()
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let [step, number] = target else { return Ok(()) };
    trial
        .attempt(|trace| {
            let span = step.find_span(trace)?;
            let lower = Int::at(trace, number)?.value - 1;
            Some(with_ints(trace, [(number, lower)])?.delete(place::element_of(trace, span)?))
        })
        .map(drop)
}

/// Whether two steps make the same choices, whatever they are called.
fn repeats(trace: &Trace, one: usize, other: usize) -> bool {
    let choices = |span: usize| {
        let span = &trace.spans[span];
        let nodes = trace.nodes[span.start..span.end].iter();
        nodes.map(|node| &node.choice).filter(|choice| !matches!(choice, Choice::Name(_)))
    };
    choices(one).eq(choices(other))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::choice::{Draw, Label, Source};
    use crate::shrink::Cost;
    use crate::shrink::example::shrink;

    /// Steps that put so much each, and a page of so many.
    #[derive(Clone, Debug)]
    struct Paged {
        steps: Vec<(Arc<str>, i128)>,
        page: i128,
    }

    fn paged(source: &mut Source<'_>) -> Draw<Paged> {
        let mut page = 1;
        let steps = source.list(1, 8, 5.0, |source, _| {
            source.span(Label::Step, |source| {
                let step = (source.name("s")?, source.int(0, 3, 0)?);
                page = source.int(1, 90, 20)?;
                Ok(step)
            })
        })?;
        Ok(Paged { steps, page })
    }

    #[test]
    fn one_more_than_a_page_holds_comes_down_to_two_on_pages_of_one() {
        let cost = |paged: &Paged| Cost { steps: paged.steps.len(), ..Cost::default() };
        // The last step looks; all before it put something on the page.
        let fails = |paged: &Paged| paged.steps.len() as i128 == paged.page + 2;
        let large = |paged: &Paged| fails(paged) && (4..8).contains(&paged.page);
        let shrunk = shrink(paged, cost, large, fails);
        assert_eq!((shrunk.value.steps.len(), shrunk.value.page), (3, 1));
    }
}
