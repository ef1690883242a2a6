//! Probes that take their time, several at once where the service keeps them apart.

use std::sync::Arc;

use futures_util::future::join_all;

use super::Probing;
use crate::shrink::{Candidate, Verdict};

/// Shrinks to the end with up to `width` probes at once, as if each before were going to pass. One that
/// gives nothing ends it: it was given up, and says neither that the candidate fails nor that it passes.
///
/// The first that fails, in order, is taken. Verdicts that are not needed then are kept until their
/// candidate's turn comes. So the result is the same for every width where verdicts depend on the
/// candidate alone.
pub async fn live<P: Probing, F: Future<Output = Option<Verdict>>>(
    probing: &mut P,
    width: usize,
    mut probe: impl FnMut(Arc<Candidate<P::Value>>) -> F,
) {
    loop {
        let candidates = probing.ask(width.max(1));
        if candidates.is_empty() {
            return;
        }
        let running = candidates.iter().map(|candidate| probe(candidate.clone()));
        let verdicts: Option<Vec<Verdict>> = join_all(running).await.into_iter().collect();
        let Some(verdicts) = verdicts else { return };
        probing.tell(candidates.into_iter().zip(verdicts).collect());
    }
}
