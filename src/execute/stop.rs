//! Whether, and by which signal, everything is to end.

use std::sync::Arc;

use tokio::sync::watch;

/// Whether, and by which signal, everything is to end. Copies share what they know.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<i32>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Stop {
    /// Asks for the end, because of this signal.
    pub fn by_signal(&self, signal: i32) {
        self.0.send_replace(signal);
    }

    /// The signal that asked for the end.
    pub fn signal(&self) -> Option<i32> {
        Some(*self.0.borrow()).filter(|signal| *signal != 0)
    }

    /// Comes back once the end is asked for.
    pub async fn asked(&self) {
        // The sender lives as long as `self`: waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|signal| *signal != 0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_wakes_who_waits_and_is_known_from_then_on() {
        let stop = Stop::default();
        assert_eq!(stop.signal(), None);
        let waiting = tokio::spawn({
            let stop = stop.clone();
            async move { stop.asked().await }
        });
        stop.by_signal(15);
        waiting.await.unwrap();
        stop.asked().await;
        assert_eq!(stop.signal(), Some(15));
    }
}
