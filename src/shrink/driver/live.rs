//! Probes one after the other, each a future.

use std::sync::Arc;

use super::Probing;
use crate::shrink::{Candidate, Verdict};

/// Shrinks to the end; each probe is awaited before the next begins. One that gives nothing ends it: it
/// was given up, and says neither that the candidate fails nor that it passes.
pub async fn live<P: Probing, F: Future<Output = Option<Verdict>>>(
    probing: &mut P,
    mut probe: impl FnMut(Arc<Candidate<P::Value>>) -> F,
) {
    loop {
        let candidates = probing.ask(1);
        if candidates.is_empty() {
            return;
        }
        let mut verdicts = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let Some(verdict) = probe(candidate.clone()).await else { return };
            verdicts.push((candidate, verdict));
        }
        probing.tell(verdicts);
    }
}
