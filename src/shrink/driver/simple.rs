//! Probes at once, by a closure.

use super::Probing;
use crate::shrink::Verdict;

/// Shrinks to the end; each probe is a call of `probe`.
pub fn simple<P: Probing>(probing: &mut P, mut probe: impl FnMut(&P::Value) -> Verdict) {
    loop {
        let candidates = probing.ask(1);
        if candidates.is_empty() {
            return;
        }
        let verdicts = candidates.into_iter().map(|candidate| {
            let verdict = probe(&candidate.value);
            (candidate, verdict)
        });
        probing.tell(verdicts.collect());
    }
}
