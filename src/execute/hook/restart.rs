//! `restart`: brings a dead service back.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::Executor;
use super::HookError;
use crate::case::Outcome;

/// Pauses between looks at a service that is coming back.
const PAUSE: Duration = Duration::from_millis(100);

/// More often than this a service is not brought back in one run: a person has to look at it.
const MOST: u32 = 100;

impl Executor {
    /// How often the service had to be brought back so far.
    pub fn restarts(&self) -> u32 {
        self.counters.restarts.load(Ordering::Relaxed)
    }

    /// Brings the service back, where that is configured, and waits until it takes connections; without a
    /// way to, it may come back by itself. One that does not is not waited for again until it is there. Whether
    /// it is back.
    ///
    /// # Errors
    /// The command fails or hangs, was needed too often, or the service is still not there.
    pub async fn restart(&self) -> Result<bool, HookError> {
        let Some(line) = &self.hooks.restart else {
            let is_lost = self.counters.is_lost.load(Ordering::Relaxed);
            let wait = if is_lost { Duration::ZERO } else { self.hooks.wait };
            let is_back = self.comes_back(wait).await.is_ok();
            self.counters.is_lost.store(!is_back, Ordering::Relaxed);
            return Ok(is_back);
        };
        let failed = |why: String| HookError { hook: "restart", why };
        if self.counters.restarts.fetch_add(1, Ordering::Relaxed) >= MOST {
            return Err(failed(format!("it was needed more than {MOST} times")));
        }
        self.shell(line).await.map_err(failed)?;
        let time = self.hooks.wait;
        let late = |reason| failed(format!("the service is not there {time:?} after it: {reason}"));
        self.comes_back(time).await.map_err(late).map(|()| true)
    }

    /// Waits so long until the service takes connections.
    ///
    /// # Errors
    /// It still takes none: why.
    pub async fn comes_back(&self, wait: Duration) -> Result<(), String> {
        let until = Instant::now() + wait;
        loop {
            let exchange = self.look().await;
            let Outcome::Unreachable { reason } = exchange.outcome else { return Ok(()) };
            if Instant::now() >= until || self.stop.is_asked() {
                return Err(reason);
            }
            self.sleep(PAUSE).await;
        }
    }
}
