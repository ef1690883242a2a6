//! A latch: some wait until all have come.
//!
//! By it calls are released together, and a call waits in its middle for the end of another.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

/// What opens once every key of it was turned.
#[derive(Clone, Debug)]
pub struct Latch(watch::Receiver<Missing>);

/// How many keys are not turned yet, and when the last one that is was.
#[derive(Debug)]
struct Missing {
    keys: usize,
    since: Instant,
}

/// One of those that a latch waits for. It is turned when it is dropped, too: whoever gives up keeps no
/// one waiting.
#[derive(Debug)]
pub struct Key(Arc<watch::Sender<Missing>>);

impl Latch {
    /// A latch with so many keys.
    pub fn new(keys: usize) -> (Self, Vec<Key>) {
        let (sender, receiver) = watch::channel(Missing { keys, since: Instant::now() });
        let sender = Arc::new(sender);
        (Self(receiver), (0..keys).map(|_| Key(Arc::clone(&sender))).collect())
    }

    /// Ready once it is open; gives since when, the same to all who wait.
    pub async fn opened(mut self) -> Instant {
        // Where all keys are gone they were turned.
        let _ = self.0.wait_for(|missing| missing.keys == 0).await;
        self.0.borrow().since
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.send_modify(|missing| {
            *missing = Missing { keys: missing.keys.saturating_sub(1), since: Instant::now() };
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_when_the_last_key_is_turned_or_dropped() {
        let (latch, mut keys) = Latch::new(2);
        drop(keys.pop());
        let second = Duration::from_secs(1);
        assert!(timeout(second, latch.clone().opened()).await.is_err());
        let begin = tokio::time::Instant::now();
        tokio::spawn(async move {
            sleep(second).await;
            drop(keys);
        });
        let since = latch.clone().opened().await;
        assert_eq!((begin.elapsed(), since), (second, begin + second));
        // Once open it stays so.
        sleep(second).await;
        assert_eq!(latch.opened().await, since);
    }

    #[tokio::test]
    async fn one_without_keys_is_open() {
        let (latch, _) = Latch::new(0);
        latch.opened().await;
    }
}
