//! A cork: what is written meanwhile goes out in one piece.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

/// The cork of one connection.
#[derive(Debug, Default)]
pub(super) struct Cork {
    closed: AtomicBool,
    waiting: Mutex<Option<Waker>>,
    hold: Mutex<Weak<Hold>>,
}

/// The right to close a cork, shared by those whose writes are to go out together. Once all of them have
/// let go of it, it opens.
#[derive(Debug)]
pub(super) struct Hold(Arc<Cork>);

impl Cork {
    /// The hold that all share who want one now.
    pub(super) fn hold(self: &Arc<Self>) -> Arc<Hold> {
        let mut known = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        known.upgrade().unwrap_or_else(|| {
            let hold = Arc::new(Hold(Arc::clone(self)));
            *known = Arc::downgrade(&hold);
            hold
        })
    }

    /// Ready while it is open.
    pub(super) fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.closed.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
        // It may have opened meanwhile.
        if self.closed.load(Ordering::Acquire) { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Hold {
    /// Lets nothing out until all have let go.
    pub(super) fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.closed.store(false, Ordering::Release);
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_when_the_last_hold_is_let_go_of() {
        let cork = Arc::new(Cork::default());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(cork.poll_open(&mut cx).is_ready());
        let (first, second) = (cork.hold(), cork.hold());
        assert!(cork.poll_open(&mut cx).is_ready(), "not before it is closed");
        first.close();
        drop(first);
        assert!(cork.poll_open(&mut cx).is_pending());
        drop(second);
        assert!(cork.poll_open(&mut cx).is_ready());
    }
}
