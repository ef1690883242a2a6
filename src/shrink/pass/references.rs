//! What is referred to goes to an earlier thing of the same name: of two that were made one will do, and
//! the other can go in the next round.

use super::{Flow, Pass, Place, Target, Trial, leaf};
use crate::choice::{Choice, Domain, Trace};
use crate::shrink::Edit;

pub(super) const PASS: Pass = Pass { name: "references", structural: true, targets, run };

/// Every reference, then all at once that go to one thing.
fn targets(trace: &Trace) -> Vec<Target> {
    let is_reference = |node: &crate::choice::Node| matches!(node.choice, Choice::Reference(_));
    let all = leaf::leaves_where(trace, is_reference);
    let mut targets: Vec<Target> = Vec::new();
    for place in &all {
        let to = |place: &Place| place.find_choice(trace).map(|node| &trace.nodes[node].choice);
        let same = |target: &&mut Target| target.first().and_then(to) == to(place);
        match targets.iter_mut().find(same) {
            Some(target) => target.push(place.clone()),
            None => targets.push(vec![place.clone()]),
        }
    }
    targets
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let names = |trace: &Trace| {
        let node = trace.nodes.get(target.first()?.find_choice(trace)?)?;
        match (&node.choice, &node.domain) {
            (Choice::Reference(name), Domain::Reference(names)) => {
                let own = names.iter().position(|other| other == name).unwrap_or(names.len());
                Some(names.iter().take(own).cloned().collect::<Vec<_>>())
            }
            _ => None,
        }
    };
    for earlier in names(&trial.best()).unwrap_or_default() {
        let taken = trial.attempt(|trace| {
            target.iter().try_fold(Edit::new(), |edit, place| {
                let node = place.find_choice(trace)?;
                Some(edit.set(node, Choice::Reference(earlier.clone())))
            })
        })?;
        if taken {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::choice::{Draw, Label, Source};
    use crate::shrink::Cost;
    use crate::shrink::example::shrink;

    /// The name of a step, and of the one that it refers to.
    type Named = (Arc<str>, Option<Arc<str>>);

    /// Steps that make a thing each, with the thing that each but the first refers to.
    fn steps(source: &mut Source<'_>) -> Draw<Vec<Named>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        source.list(1, 8, 5.0, |source, _| {
            source.span(Label::Step, |source| {
                let name = source.name("s")?;
                let of = (!names.is_empty())
                    .then(|| source.reference(&names.as_slice().into()))
                    .transpose()?;
                names.push(name.clone());
                Ok((name, of))
            })
        })
    }

    #[test]
    fn one_of_two_things_alike_is_enough() {
        let cost = |steps: &Vec<(Arc<str>, Option<Arc<str>>)>| Cost {
            steps: steps.len(),
            ..Cost::default()
        };
        // The last two steps both refer to something, to two different things.
        let apart = |steps: &Vec<(Arc<str>, Option<Arc<str>>)>| {
            let [.., (_, one), (_, other)] = &steps[..] else { return false };
            steps.len() > 5 && one.is_some() && other.is_some() && one != other
        };
        let both = |steps: &Vec<(Arc<str>, Option<Arc<str>>)>| {
            let [.., (_, one), (_, other)] = &steps[..] else { return false };
            one.is_some() && other.is_some()
        };
        let shrunk = shrink(steps, |steps| cost(steps), apart, both);
        assert_eq!(shrunk.value.len(), 3);
        let first = shrunk.value[0].0.clone();
        assert!(shrunk.value[1..].iter().all(|(_, of)| of.as_ref() == Some(&first)));
    }
}
