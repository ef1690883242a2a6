//! Probes that take their time, several at once where the service keeps them apart.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

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
        let running = candidates.iter().map(|candidate| probe(candidate.clone())).collect();
        let verdicts: Option<Vec<Verdict>> = all(running).await.into_iter().collect();
        let Some(verdicts) = verdicts else { return };
        probing.tell(candidates.into_iter().zip(verdicts).collect());
    }
}

/// Awaits all futures at once; their results in order.
async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (future, result) in running.iter_mut().zip(&mut results) {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *result = Some(output),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    results.into_iter().flatten().collect()
}
