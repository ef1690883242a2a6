//! How fast requests go out: a token bucket of one token, shared by all users of a client.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Lets requests pass at a bounded rate, one at a time (burst 1), in the order they came.
///
/// Each passer books the next free moment and sleeps until it comes (the generic cell rate
/// algorithm, ITU-T I.371): no lock, and no cost without a limit but two loads.
#[derive(Debug)]
pub struct Limiter {
    begin: Instant,
    /// Nanoseconds between two requests; 0 without a limit.
    interval: AtomicU64,
    /// The next free moment, in nanoseconds from the begin.
    next: AtomicU64,
    /// Nothing passes before this moment, in nanoseconds from the begin.
    resume: AtomicU64,
}

impl Limiter {
    /// A limiter of `rate` requests per second; `None` without a limit.
    pub fn new(rate: Option<f64>) -> Self {
        let limiter = Self {
            begin: Instant::now(),
            interval: AtomicU64::new(0),
            next: AtomicU64::new(0),
            resume: AtomicU64::new(0),
        };
        if let Some(rate) = rate {
            limiter.set_rate(rate);
        }
        limiter
    }

    /// Requests per second that pass; `None` without a limit.
    pub fn rate(&self) -> Option<f64> {
        let interval = self.interval.load(Ordering::Relaxed);
        (interval > 0).then(|| 1e9 / interval as f64)
    }

    /// Changes the rate, in requests per second, for all that have not booked yet. Rates below one
    /// in an hour count as that.
    pub fn set_rate(&self, rate: f64) {
        let interval = (1e9 / rate.max(1.0 / 3600.0)).max(1.0);
        self.interval.store(interval as u64, Ordering::Relaxed);
    }

    /// Lets nothing pass for a while from now on; never shortens a pause.
    pub fn pause(&self, pause: Duration) {
        self.resume.fetch_max(self.nanos(Instant::now() + pause), Ordering::Relaxed);
    }

    /// Waits for leave to send one request.
    pub async fn pass(&self) {
        loop {
            let interval = self.interval.load(Ordering::Relaxed);
            let resume = self.resume.load(Ordering::Relaxed);
            if interval == 0 && resume == 0 {
                return;
            }
            let now = self.nanos(Instant::now());
            let booked = self.book(now.max(resume), interval);
            if booked > now {
                sleep_until(self.begin + Duration::from_nanos(booked)).await;
            }
            // A pause that began meanwhile holds for those who had booked before.
            if self.resume.load(Ordering::Relaxed) <= booked {
                return;
            }
        }
    }

    /// Takes the first free moment at or after `earliest`.
    fn book(&self, earliest: u64, interval: u64) -> u64 {
        let mut next = self.next.load(Ordering::Relaxed);
        loop {
            let mine = next.max(earliest);
            let then = mine.saturating_add(interval);
            match self.next.compare_exchange_weak(next, then, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return mine,
                Err(changed) => next = changed,
            }
        }
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.begin).as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    async fn passed(limiter: &Limiter, count: u32) -> Duration {
        let begin = Instant::now();
        for _ in 0..count {
            limiter.pass().await;
        }
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nothing_waits() {
        assert_eq!(passed(&Limiter::new(None), 1000).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_holds_from_the_second_request_on() {
        let took = passed(&Limiter::new(Some(20.0)), 41).await;
        assert!((1990..=2100).contains(&took.as_millis()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_saves_up_no_burst() {
        let limiter = Limiter::new(Some(10.0));
        limiter.pass().await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let took = passed(&limiter, 11).await;
        assert!((990..=1100).contains(&took.as_millis()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn all_users_together_keep_the_rate() {
        let limiter = Arc::new(Limiter::new(Some(100.0)));
        let begin = Instant::now();
        let users: Vec<_> = (0..8)
            .map(|_| {
                let limiter = limiter.clone();
                tokio::spawn(async move { passed(&limiter, 25).await })
            })
            .collect();
        for user in users {
            user.await.unwrap();
        }
        assert!((1980..=2200).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_those_who_wait_already() {
        let limiter = Arc::new(Limiter::new(Some(1.0)));
        limiter.pass().await;
        let waiting = tokio::spawn({
            let limiter = limiter.clone();
            async move { passed(&limiter, 1).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        limiter.pause(Duration::from_secs(30));
        let took = waiting.await.unwrap();
        assert!(took >= Duration::from_millis(30_400), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_rate_holds_at_once_and_without_one_before() {
        let limiter = Limiter::new(None);
        limiter.set_rate(4.0);
        assert_eq!(limiter.rate(), Some(4.0));
        let took = passed(&limiter, 9).await;
        assert!((1990..=2100).contains(&took.as_millis()), "{took:?}");
    }
}
