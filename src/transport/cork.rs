//! A cork: what is written meanwhile goes out in one piece.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

/// The cork of one connection.
#[derive(Debug, Default)]
pub(super) struct Cork {
    state: Mutex<State>,
    hold: Mutex<Weak<Hold>>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Open,
    /// Who waits for it to open, where anyone does.
    Closed(Option<Waker>),
    /// Open again, and nothing was written since.
    Opened,
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

    /// Ready while it is open. Whoever comes first once it has opened is sent away once, and woken: what it
    /// is about to write may have been put together before the last let go.
    pub(super) fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        match &mut *state {
            State::Open => Poll::Ready(()),
            State::Closed(waiting) => {
                *waiting = Some(cx.waker().clone());
                Poll::Pending
            }
            State::Opened => {
                *state = State::Open;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    /// Lets nothing out until all have let go.
    pub(super) fn close(&self) {
        let mut state = self.0.state();
        if !matches!(*state, State::Closed(_)) {
            *state = State::Closed(None);
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut state = self.0.state();
        // One that never was closed stays as it is.
        if let State::Closed(waiting) = &mut *state {
            let waiting = waiting.take();
            *state = State::Opened;
            drop(state);
            waiting.into_iter().for_each(Waker::wake);
        }
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
        assert!(cork.poll_open(&mut cx).is_pending(), "it may have been put together before");
        assert!(cork.poll_open(&mut cx).is_ready());
    }

    #[test]
    fn one_that_was_never_closed_keeps_no_one_waiting() {
        let cork = Arc::new(Cork::default());
        drop(cork.hold());
        assert!(cork.poll_open(&mut Context::from_waker(Waker::noop())).is_ready());
    }
}
