//! Sequences of calls: what only a history shows.
//!
//! A [`Program`] says which operations follow each other, without a value; it is drawn by choices,
//! listed for each resource, or made of another one. A case is built of it: each call with the input
//! it needs, what it handles taken from the answers of earlier calls by reference, never by copy.
//! Knows nothing of what a service answered but what it is told as [`Known`].

mod bind;
mod build;
pub mod expiry;
mod fresh;
pub mod overlap;
pub mod program;
pub mod race;

pub use build::{build, used};
pub use fresh::{named, renewed};
pub use program::{Move, Program};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::case::{Call, Release};
use crate::schema::shape::Constants;
use crate::spec::graph::EdgeId;

/// What is known of a service when a sequence is built: the same for all cases of a round.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The usual call of each operation, by its number.
    pub bases: Vec<Option<Arc<Call>>>,
    /// Operations that are called as usual where what they make is needed by others: it is known to work.
    pub proved: BTreeSet<usize>,
    /// Operations that refuse what they took before, by 409: what they are given has to be new.
    pub conflicts: BTreeSet<usize>,
    /// How often calls that used an edge were answered 2xx, and how often they were not.
    pub tried: BTreeMap<EdgeId, (u32, u32)>,
    /// Operations that must not be called.
    pub denied: BTreeSet<usize>,
    /// Constants that answers have told.
    pub heard: Arc<Constants>,
    /// Someone who must not reach what belongs to whoever calls by default.
    pub stranger: Option<String>,
    /// How calls that come at once are released.
    pub release: Release,
    /// How long a while is.
    pub awhile: Duration,
}

impl Known {
    /// Notes what came of a call that used an edge.
    pub fn note(&mut self, id: EdgeId, worked: bool) {
        let (good, bad) = self.tried.entry(id).or_default();
        let count = if worked { good } else { bad };
        *count = count.saturating_add(1);
    }

    /// How far an edge is believed now: what leads to 2xx is kept, what never does fades.
    pub fn belief(&self, id: EdgeId, prior: f64) -> f64 {
        let (worked, failed) = self.tried.get(&id).copied().unwrap_or_default();
        // The prior counts as two observations.
        (prior * 2.0 + f64::from(worked)) / (2.0 + f64::from(worked) + f64::from(failed))
    }
}
