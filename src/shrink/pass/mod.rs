//! The passes: ways to make the best candidate smaller, one per file.
//!
//! A pass names its targets when its turn comes, by places that survive changes elsewhere, and works
//! on one after the other. Each is plain code over a [`Trial`]; a target that is gone by then is
//! passed over. None iterates to its own fixpoint: the engine goes round until nothing helps.

mod bind;
mod branch;
mod descend;
mod duplicates;
mod durations;
mod floats;
mod group;
mod integers;
mod join;
mod leaf;
mod pairs;
mod permute;
mod perturbations;
mod polish;
mod raw;
mod redistribute;
mod reduce;
mod references;
mod repeats;
mod slice;
mod sort;
mod steps;
mod texts;
mod waits;

use super::{Flow, Place, Trial};
use crate::choice::Trace;

/// What a pass works on at once: one place or several.
pub type Target = Vec<Place>;

/// A way to make the best candidate smaller.
#[derive(Debug)]
pub struct Pass {
    /// Its name in statistics.
    pub name: &'static str,
    /// Whether it takes away structure, not just lowers values.
    pub structural: bool,
    /// What it would work on.
    pub targets: fn(&Trace) -> Vec<Target>,
    /// Works on one target.
    pub run: fn(&mut Trial<'_>, &[Place]) -> Flow,
}

/// All passes, in the sequence that has proved cheapest.
pub static PASSES: [Pass; 22] = [
    waits::PASS,
    slice::PASS,
    steps::PASS,
    references::PASS,
    perturbations::PASS,
    raw::PASS,
    reduce::PASS,
    descend::PASS,
    join::PASS,
    duplicates::PASS,
    texts::PASS,
    redistribute::PASS,
    integers::PASS,
    floats::PASS,
    durations::PASS,
    branch::PASS,
    pairs::PASS,
    repeats::PASS,
    bind::PASS,
    sort::PASS,
    permute::PASS,
    polish::PASS,
];

/// The target of a pass that looks at the whole.
fn whole(_: &Trace) -> Vec<Target> {
    vec![Vec::new()]
}
