//! What an exchange came to.

use bytes::Bytes;
use tokio::time::Instant;

use super::{KEPT, Run, Stop};
use crate::case::{Ending, Outcome};
use crate::transport::http1::Exchanged;

impl Run {
    /// What came of it.
    pub(in crate::transport::frames) fn finish(mut self, stop: Stop) -> Exchanged {
        let outcome = self.outcome(stop);
        Exchanged {
            outcome,
            written: self.written as u64,
            sent: self.sent,
            first_byte: self.first_byte,
            end: Instant::now(),
            surplus: Bytes::new(),
            reusable: false,
            unanswered: false,
            injected: self.injected,
        }
    }

    fn outcome(&mut self, stop: Stop) -> Outcome {
        // Octets of an answer that is not whole.
        let mut received = self.block.take().map(|(_, _, octets)| octets).unwrap_or_default();
        received.extend_from_slice(self.frames.rest());
        received.truncate(KEPT);
        let received = Bytes::from(received);
        let (ending, reset, code) = match stop {
            // What was waited for besides did not come: the answer is not all there is to it.
            Stop::TimedOut if self.reading.ended => return Outcome::TimedOut { received },
            Stop::TimedOut => {
                return match self.reading.finish(Ending::TimedOut) {
                    Some(answer) => Outcome::Answered(answer),
                    None => Outcome::TimedOut { received },
                };
            }
            Stop::Refused(reason) if self.first.is_empty() => {
                return Outcome::Unreachable { reason };
            }
            Stop::Garbage(reason) => {
                let received = Bytes::from(std::mem::take(&mut self.first));
                return Outcome::Garbage { reason: plainer(&received, reason), received };
            }
            Stop::TooLarge => (Ending::TooLarge, false, None),
            Stop::Done | Stop::Heard | Stop::Closed => (Ending::Truncated, false, self.go_away),
            Stop::Reset | Stop::Refused(_) => (Ending::Truncated, true, self.go_away),
            Stop::Ended(code) => (Ending::Truncated, true, Some(code)),
        };
        let interim = std::mem::take(&mut self.reading.interim);
        match self.reading.finish(ending) {
            Some(answer) => Outcome::Answered(answer),
            None => Outcome::Dropped { received, interim, reset: reset || code.is_some(), code },
        }
    }
}

/// What is wrong with octets that are no HTTP/2, where that can be told.
fn plainer(received: &[u8], reason: String) -> String {
    if received.starts_with(b"HTTP/1.") {
        "an http/1.1 answer came: the port does not speak http/2".to_owned()
    } else if received.starts_with(&[0x15, 3]) {
        "a tls alert came: the port speaks tls, use https://".to_owned()
    } else {
        reason
    }
}
