//! Two values at their boundaries at once: what fails only together (a range that ends before it
//! begins, a page beyond the last, two limits that multiply).

use std::sync::Arc;

use super::boundary;
use super::edit::Edit;
use super::planned::{Planned, Slot};
use super::walk::Spot;
use crate::case::{Call, Label};
use crate::schema::shape::Branch;

/// So many places are paired, those that come first in the contract.
pub(super) const MOST_PLACES: usize = 24;

/// The boundaries of the places that can be paired.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    places: Vec<(Slot, Vec<Edit>)>,
}

/// The boundaries of a place that can be paired: of one that holds one plain value.
pub(super) fn edges(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let plain = |branch: &Branch| !matches!(branch, Branch::Array(_) | Branch::Object(_));
    if !spot.node.branches.iter().all(plain) {
        return None;
    }
    let mut edits: Vec<Edit> = Vec::new();
    boundary::edges(spot, &mut |class, leaf, label| {
        let known = edits.iter().any(|edit| edit.leaf == leaf);
        if label == Label::Valid && edits.len() < 2 && !known {
            edits.push(Edit { class, site: Arc::clone(&spot.site), leaf });
        }
    });
    Some(edits).filter(|edits| !edits.is_empty())
}

impl Pairs {
    /// Takes in the boundaries of a place in a part.
    pub(super) fn add(&mut self, slot: Slot, edits: &[Edit]) {
        if self.places.len() < MOST_PLACES {
            self.places.push((slot, edits.to_vec()));
        }
    }

    /// Every two places, both at their first boundary, both at their second, and crosswise.
    pub(super) fn planned(self, base: &Arc<Call>) -> impl Iterator<Item = Planned> {
        let mut planned = Vec::new();
        for (first, second) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
            for (index, (one, ours)) in self.places.iter().enumerate() {
                for (other, theirs) in &self.places[index + 1..] {
                    if let (Some(a), Some(b)) = (ours.get(first), theirs.get(second)) {
                        let pair = [(*one, a.clone()), (*other, b.clone())];
                        planned.push(Planned::pair(base, pair));
                    }
                }
            }
        }
        planned.into_iter()
    }
}
