//! What the schema would not give is replaced by the simplest thing it would.

use super::{Flow, Pass, Place, Trial, group, whole};
use crate::choice::Choice;
use crate::shrink::place::owners;

pub(super) const PASS: Pass = Pass { name: "raw", structural: true, targets: whole, run };

fn run(trial: &mut Trial<'_>, _: &[Place]) -> Flow {
    let best = trial.best();
    let raw: Vec<Place> = owners(&best)
        .into_iter()
        .zip(&best.nodes)
        .filter(|(_, node)| matches!(node.choice, Choice::Raw(_) | Choice::Extra(_)))
        .map(|(owner, _)| Place::of_span(&best, owner))
        .collect();
    group::simplify(trial, &raw, false, &mut |_, _| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::{Draw, Item, Label, Source};
    use crate::shrink::Cost;
    use crate::shrink::example::{candidate, shrink_from};

    fn value(source: &mut Source<'_>) -> Draw<(bool, i128)> {
        source.span(Label::Group, |source| {
            if source.mark(&Choice::Raw(0)) {
                Ok((true, source.int(0, 9, 0)?))
            } else {
                Ok((false, source.int(0, 9, 0)?))
            }
        })
    }

    fn both(source: &mut Source<'_>) -> Draw<[(bool, i128); 2]> {
        Ok([value(source)?, value(source)?])
    }

    #[test]
    fn only_the_raw_value_that_matters_stays() {
        let items: Vec<Item> = [Choice::Raw(0), Choice::Int(3), Choice::Raw(0), Choice::Int(4)]
            .map(Item::Choice)
            .into();
        let first = candidate(Source::replay(&items), both, |_| Cost::default()).unwrap();
        let shrunk = shrink_from(first, both, |_| Cost::default(), |values| values[1].0);
        assert_eq!(shrunk.value, [(false, 0), (true, 0)]);
    }
}
