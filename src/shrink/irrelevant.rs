//! Which choices turned out not to matter: what was made the simplest while the failure stayed.

use super::Edit;
use super::edit::Op;
use super::place::{Place, leaves};
use crate::choice::Trace;

/// Carries the places that do not matter over an accepted edit, and adds those it shows.
pub(super) fn carry(places: &[Place], old: &Trace, edit: &Edit, new: &Trace) -> Vec<Place> {
    let deleted: Vec<Vec<usize>> = edit
        .ops()
        .iter()
        .filter_map(|op| if let Op::Delete(span) = op { Some(old.path(*span)) } else { None })
        .collect();
    let replaced = |place: &Place| {
        let node = place.find_choice(old);
        edit.ops().iter().any(|op| match op {
            Op::Replace(range, _) => node.is_none_or(|node| range.contains(&node)),
            _ => false,
        })
    };
    let mut kept: Vec<Place> = places
        .iter()
        .filter(|place| !replaced(place))
        .filter_map(|place| {
            Some(Place { span: after_deletion(&place.span, &deleted)?, choice: place.choice })
        })
        .collect();
    let touched: Vec<Place> = edit.ops().iter().filter_map(|op| touched(op, old)).collect();
    if touched.is_empty() {
        return kept;
    }
    let was_simple =
        |place: &Place| place.find_choice(old).is_some_and(|node| old.nodes[node].is_simplest());
    for place in touched {
        let Some(span) = after_deletion(&place.span, &deleted) else { continue };
        let below = leaves(new).into_iter().enumerate().filter(|(node, leaf)| {
            new.nodes[*node].is_simplest()
                && match place.choice {
                    Some(choice) => leaf.span == span && leaf.choice == Some(choice),
                    None => leaf.span.starts_with(&span),
                }
        });
        kept.extend(below.map(|(_, leaf)| leaf).filter(|leaf| !was_simple(leaf)));
    }
    kept.sort();
    kept.dedup();
    kept
}

/// What an operation made simpler.
fn touched(op: &Op, old: &Trace) -> Option<Place> {
    match op {
        Op::Trivial(span) => Some(Place::of_span(old, *span)),
        Op::Set(node, _) => leaves(old).into_iter().nth(*node),
        Op::Delete(_) | Op::Replace(..) => None,
    }
}

/// The way to the same span when these are gone; `None` where it went with them.
fn after_deletion(path: &[usize], deleted: &[Vec<usize>]) -> Option<Vec<usize>> {
    path.iter()
        .enumerate()
        .map(|(level, place)| {
            let siblings = deleted
                .iter()
                .filter(|gone| gone.len() == level + 1 && gone[..level] == path[..level])
                .map(|gone| gone[level]);
            siblings
                .clone()
                .all(|gone| gone != *place)
                .then(|| place - siblings.filter(|gone| gone < place).count())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_siblings_move_up_and_the_deleted_ones_go() {
        let deleted = [vec![0, 1], vec![0, 2]];
        assert_eq!(after_deletion(&[0, 4, 2], &deleted), Some(vec![0, 2, 2]));
        assert_eq!(after_deletion(&[0, 1, 2], &deleted), None);
        assert_eq!(after_deletion(&[1, 1], &deleted), Some(vec![1, 1]));
    }
}
