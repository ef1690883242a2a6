//! Whether, and why, everything is to end: a signal came, or the time is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Whether, and why, everything is to end. Copies share what they know.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    end: watch::Sender<End>,
    /// Whether the end is asked for, to be read without a lock: every case asks.
    asked: AtomicBool,
}

impl Shared {
    fn modify(&self, change: impl FnOnce(&mut End)) {
        self.end.send_modify(|end| {
            change(end);
            self.asked.store(end.is_asked(), Ordering::Relaxed);
        });
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// The signal that came first; 0 for none.
    signal: i32,
    /// Whether another one came after it.
    hurried: bool,
    /// When the time is over, where that is known.
    time: Option<Instant>,
    /// Whether it is over.
    over: bool,
}

impl End {
    fn is_asked(self) -> bool {
        self.signal != 0 || self.over
    }
}

/// Keeps a time at which the end is asked for. Once it is dropped, nothing ends because of the time.
#[must_use]
#[derive(Debug)]
pub struct Clock {
    stop: Stop,
    waiting: JoinHandle<()>,
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.waiting.abort();
        self.stop.0.modify(|end| (end.time, end.over) = (None, false));
    }
}

impl Stop {
    /// Asks for the end, because of this signal. The second one also ends what the first one lets
    /// come to its end.
    pub fn by_signal(&self, signal: i32) {
        self.0.modify(|end| match end.signal {
            0 => end.signal = signal,
            _ => end.hurried = true,
        });
    }

    /// Asks for the end at this time. Must be called inside a runtime.
    pub fn at(&self, time: Instant) -> Clock {
        self.0.modify(|end| end.time = Some(time));
        let stop = self.clone();
        let waiting = tokio::spawn(async move {
            tokio::time::sleep_until(time.into()).await;
            stop.0.modify(|end| end.over = true);
        });
        Clock { stop: self.clone(), waiting }
    }

    /// When the end is asked for, where a time is set.
    pub fn time(&self) -> Option<Instant> {
        self.0.end.borrow().time
    }

    /// The signal that asked for the end.
    pub fn signal(&self) -> Option<i32> {
        Some(self.0.end.borrow().signal).filter(|signal| *signal != 0)
    }

    /// Whether the end was asked for. What comes of anything from then on proves nothing: it may have
    /// been given up in the middle.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Comes back once the end is asked for.
    pub async fn asked(&self) {
        // The sender lives as long as `self`: waiting cannot fail.
        let _ = self.0.end.subscribe().wait_for(|end| end.is_asked()).await;
    }

    /// Comes back once nothing at all is to be waited for.
    pub async fn hurried(&self) {
        let _ = self.0.end.subscribe().wait_for(|end| end.hurried).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        assert_eq!((stop.signal(), stop.is_asked()), (Some(15), true));
    }

    #[tokio::test]
    async fn the_second_signal_hurries_and_the_first_one_is_remembered() {
        let stop = Stop::default();
        stop.by_signal(15);
        let soon = Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, stop.hurried()).await.is_err());
        stop.by_signal(2);
        stop.hurried().await;
        assert_eq!(stop.signal(), Some(15));
    }

    #[tokio::test]
    async fn a_time_wakes_who_waits_and_is_forgotten_with_its_clock() {
        let stop = Stop::default();
        let time = Instant::now() + Duration::from_millis(20);
        let clock = stop.at(time);
        assert_eq!((stop.time(), stop.is_asked()), (Some(time), false));
        stop.asked().await;
        assert!(Instant::now() >= time && stop.is_asked() && stop.signal().is_none());
        drop(clock);
        assert_eq!((stop.time(), stop.is_asked()), (None, false));
    }
}
