//! Choices that are equal are lowered together, where the failure needs them equal.

use super::leaf::{Chars, Int, leaves_where};
use super::{Flow, Pass, Place, Target, Trial, integers, texts};
use crate::choice::{Choice, Node, Trace};

pub(super) const PASS: Pass = Pass { name: "duplicates", structural: false, targets, run };

fn targets(trace: &Trace) -> Vec<Target> {
    let wanted = |node: &Node| match &node.choice {
        Choice::Int(_) => Int::of(node).is_some_and(|int| int.max - int.min > 1),
        choice => matches!(choice, Choice::Text(_) | Choice::Bytes(_)),
    };
    let mut groups: Vec<(Choice, Target)> = Vec::new();
    for place in leaves_where(trace, wanted) {
        let Some(node) = place.find_choice(trace) else { continue };
        let choice = &trace.nodes[node].choice;
        match groups.iter_mut().find(|(of, _)| of == choice) {
            Some((_, group)) => group.push(place),
            None => groups.push((choice.clone(), vec![place])),
        }
    }
    groups.into_iter().map(|(_, group)| group).filter(|group| group.len() > 1).collect()
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let best = trial.best();
    let same = |of: &dyn Fn(&Place) -> bool| target.iter().all(of);
    if let Some(int) = Int::at(&best, &target[0]) {
        if same(&|place| Int::at(&best, place).is_some_and(|twin| twin.value == int.value)) {
            return integers::lower(trial, target);
        }
    } else if let Some(chars) = Chars::at(&best, &target[0])
        && same(&|place| Chars::at(&best, place).is_some_and(|twin| twin == chars))
    {
        return texts::lower(trial, target);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::choice::Alphabet;
    use crate::shrink::example::plain;

    #[test]
    fn what_must_be_equal_goes_down_together() {
        let ints = plain(
            |source| Ok((source.int(0, 50, 0)?, source.int(0, 50, 0)?)),
            |(a, b)| a == b && *a > 10,
        );
        assert_eq!(ints, (11, 11));
        let texts = plain(
            |source| {
                let text = source.text(0, 2, Alphabet::Alphanumeric)?;
                Ok((text, source.text(0, 2, Alphabet::Alphanumeric)?))
            },
            |(a, b)| a == b && !a.is_empty(),
        );
        assert_eq!((texts.0.lossy(), texts.1.lossy()), ("0".into(), "0".into()));
    }
}
