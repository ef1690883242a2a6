//! Probes one after the other, each a future.

use std::sync::Arc;

use super::Probing;
use crate::shrink::{Candidate, Verdict};

/// Shrinks to the end; each probe is awaited before the next begins.
pub async fn live<P: Probing, F: Future<Output = Verdict>>(
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
            let verdict = probe(candidate.clone()).await;
            verdicts.push((candidate, verdict));
        }
        probing.tell(verdicts);
    }
}
