//! One timer per connection, for all its exchanges.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline that can be moved cheaply.
///
/// Moving it later does not touch the runtime's timer wheel: the timer fires at the old time, finds
/// that it is too early and is set again, so that a connection registers about one timer per length
/// of a timeout instead of one per exchange.
#[derive(Debug)]
pub(super) struct Deadline {
    timer: Pin<Box<Sleep>>,
    at: Instant,
}

impl Deadline {
    pub(super) fn new(at: Instant) -> Self {
        Self { timer: Box::pin(sleep_until(at)), at }
    }

    /// Moves it.
    pub(super) fn set(&mut self, at: Instant) {
        self.at = at;
        if at < self.timer.deadline() {
            self.timer.as_mut().reset(at);
        }
    }

    /// Whether it has passed by the clock.
    pub(super) fn passed(&self) -> bool {
        Instant::now() >= self.at
    }

    /// Ready once it has passed.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.timer.as_mut().poll(cx).is_ready() {
            if self.passed() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.at);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn it_passes_when_it_was_last_set_to_pass() {
        let begin = Instant::now();
        let mut deadline = Deadline::new(begin + 5 * SECOND);
        for (from_now, expected) in [(10, 10), (2, 12), (7, 19)] {
            deadline.set(Instant::now() + from_now * SECOND);
            assert!(!deadline.passed());
            poll_fn(|cx| deadline.poll(cx)).await;
            assert_eq!(begin.elapsed().as_secs(), expected);
        }
    }
}
