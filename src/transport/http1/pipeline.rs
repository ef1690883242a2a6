//! Requests one behind the other, before any of them is answered (RFC 9112, section 9.3.2).

use tokio::time::Instant;

use super::{Begin, Exchanged, Http1};
use crate::case::Outcome;
use crate::wire::Request;
use crate::wire::http1::{Encoded, Limits};

impl Http1 {
    /// Sends these requests at once and reads their answers in the same order. What is not answered once
    /// the connection has ended was dropped.
    pub(in crate::transport) async fn pipeline(
        &mut self,
        requests: &[(&Request, Encoded)],
        limits: Limits,
        until: Instant,
    ) -> Vec<Exchanged> {
        let all = Encoded::joined(requests.iter().map(|(_, encoded)| encoded));
        let mut begin = Begin::default();
        let mut came = Vec::with_capacity(requests.len());
        let mut before = 0;
        for (request, encoded) in requests {
            let mut done = self.turn(request, &all, limits, until, None, begin).await;
            let written = usize::try_from(done.written).unwrap_or(usize::MAX);
            let given = std::mem::take(&mut done.surplus);
            begin = Begin { written, sent: done.sent, given };
            done.written = written.saturating_sub(before).min(encoded.len()) as u64;
            before += encoded.len();
            if let Outcome::Answered(answer) = &mut done.outcome {
                // Those behind it may well be on their way still.
                answer.early = false;
            }
            came.push(done);
        }
        came
    }
}
