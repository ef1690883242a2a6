//! How much a shrink may cost.

use std::fmt;
use std::sync::Arc;

/// The most probes, and a clock that is passed in.
#[derive(Clone)]
pub struct Budget {
    probes: usize,
    out_of_time: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl Budget {
    /// No limit.
    pub fn unlimited() -> Self {
        Self::probes(usize::MAX)
    }

    /// At most so many probes.
    pub fn probes(probes: usize) -> Self {
        Self { probes, out_of_time: Arc::new(|| false) }
    }

    /// Ends also when `out_of_time` says so; it is asked before each probe.
    #[must_use]
    pub fn until(mut self, out_of_time: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.out_of_time = Arc::new(out_of_time);
        self
    }

    /// How many probes are left after so many.
    pub fn left(&self, spent: usize) -> usize {
        if (self.out_of_time)() { 0 } else { self.probes.saturating_sub(spent) }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::unlimited()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("probes", &self.probes).finish_non_exhaustive()
    }
}
