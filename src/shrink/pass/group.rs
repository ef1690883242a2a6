//! Group testing: which of several places can be made simple, by few probes.
//!
//! Halves are tried from right to left. What is implied is not tried again: where the right half
//! could go and the whole could not, the left half holds a culprit. Complements are never tried
//! (that is where the gain of probabilistic delta debugging comes from; arXiv 2408.04735).

use super::{Flow, Place, Trial};
use crate::choice::{Label, Trace};
use crate::shrink::Edit;

/// Makes simple what can be; gives each culprit that has to stay to `culprit`.
///
/// With `implied` it is known already that not all of them can go.
pub(super) fn simplify(
    trial: &mut Trial<'_>,
    places: &[Place],
    implied: bool,
    culprit: &mut dyn FnMut(&mut Trial<'_>, &Place) -> Flow,
) -> Flow {
    let best = trial.best();
    let places: Vec<Place> =
        places.iter().filter(|place| !place.is_simple(&best)).cloned().collect();
    if places.is_empty() || (!implied && clear(trial, &places)?) {
        return Ok(());
    }
    if let [place] = &places[..] {
        return culprit(trial, place);
    }
    let (left, right) = places.split_at(places.len() / 2);
    let right_gone = clear(trial, right)?;
    if !right_gone {
        simplify(trial, right, true, culprit)?;
    }
    simplify(trial, left, right_gone, culprit)
}

/// Tries to make all these places simple at once: elements go, all else becomes trivial.
pub(super) fn clear(trial: &mut Trial<'_>, places: &[Place]) -> Flow<bool> {
    trial.attempt(|trace| Some(cleared(trace, places)))
}

/// The edit that makes these places simple; those that are gone are passed over.
pub(super) fn cleared(trace: &Trace, places: &[Place]) -> Edit {
    places.iter().fold(Edit::new(), |edit, place| {
        let Some(span) = place.find_span(trace) else { return edit };
        if place.choice.is_some() {
            let node = place.find_choice(trace).map(|node| (node, &trace.nodes[node].domain));
            let simplest = node.and_then(|(node, domain)| Some((node, domain.simplest()?)));
            return match simplest {
                Some((node, choice)) => edit.set(node, choice),
                None => edit,
            };
        }
        if trace.spans[span].label == Label::Element {
            edit.delete(span)
        } else {
            edit.trivial(span)
        }
    })
}
