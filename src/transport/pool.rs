//! Which connections are open, idle, shared, and who waits for one.
//!
//! One list for all users of a client, under a lock that is held for a few instructions and never
//! across an await: with tens of users it costs less than lists per user would, whose connections
//! a fresh one would have to be stolen from when the cap is reached.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::http1::Http1;
use super::http2::Http2;
use crate::case::HttpVersion;

/// The connections of a client.
#[derive(Debug)]
pub(super) struct Pool {
    connections: usize,
    streams: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Open connections: idle, in use, shared, or held by name.
    open: usize,
    idle: Vec<Http1>,
    shared: Vec<Shared>,
    waiting: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Shared {
    link: Http2,
    used: usize,
}

#[derive(Debug)]
struct Waiter {
    need: Need,
    grant: oneshot::Sender<Grant>,
}

/// What a user needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// One opened now.
    Fresh,
    /// One that speaks this version, open already or not.
    Any(HttpVersion),
}

/// What a user gets.
#[derive(Debug)]
pub(super) enum Grant {
    /// Leave to open a connection.
    Room(Slot),
    /// An idle HTTP/1.1 connection.
    Http1(Http1),
    /// A stream of an HTTP/2 connection.
    Http2(Lease),
}

/// The right to one open connection; given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    pool: Arc<Pool>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.pool.closed();
    }
}

/// The right to one stream of a shared HTTP/2 connection; given back when dropped.
#[derive(Debug)]
pub(super) struct Lease {
    pool: Arc<Pool>,
    link: Http2,
}

impl Lease {
    pub(super) fn link(&self) -> &Http2 {
        &self.link
    }

    /// Lets no one else onto the connection.
    pub(super) fn retire(&self) {
        let mut state = self.pool.state();
        let retired = state.place(&self.link).map(|place| state.shared.swap_remove(place));
        drop(state);
        drop(retired);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.pool.returned(&self.link);
    }
}

impl State {
    fn place(&self, link: &Http2) -> Option<usize> {
        self.shared.iter().position(|shared| shared.link.is(link))
    }

    /// The next waiter that still waits.
    fn next(&mut self) -> Option<Waiter> {
        self.waiting.retain(|waiter| !waiter.grant.is_closed());
        self.waiting.pop_front()
    }
}

impl Pool {
    pub(super) fn new(connections: usize, streams: usize) -> Arc<Self> {
        let (connections, streams) = (connections.max(1), streams.max(1));
        Arc::new(Self { connections, streams, state: Mutex::default() })
    }

    /// Open connections.
    pub(super) fn open(&self) -> usize {
        self.state().open
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is needed, or waits for it; those who wait are served in their order.
    pub(super) async fn take(self: &Arc<Self>, need: Need) -> Grant {
        loop {
            match self.try_take(need) {
                Taken::Now(grant) => return grant,
                // Its slot comes free as it is dropped.
                Taken::Evicted(idle) => drop(idle),
                Taken::Later(grant) => {
                    if let Ok(grant) = grant.await {
                        return grant;
                    }
                }
            }
        }
    }

    fn try_take(self: &Arc<Self>, need: Need) -> Taken {
        let mut state = self.state();
        state.shared.retain(|shared| shared.used > 0 || shared.link.is_alive());
        let lease = |shared: &mut Shared| {
            shared.used += 1;
            Taken::Now(Grant::Http2(Lease { pool: self.clone(), link: shared.link.clone() }))
        };
        match need {
            Need::Any(HttpVersion::Http1) => {
                if let Some(idle) = state.idle.pop() {
                    return Taken::Now(Grant::Http1(idle));
                }
            }
            Need::Any(HttpVersion::Http2) => {
                if let Some(free) = state.shared.iter_mut().find(|shared| shared.used == 0) {
                    return lease(free);
                }
            }
            Need::Fresh => {}
        }
        if state.open < self.connections {
            state.open += 1;
            return Taken::Now(Grant::Room(Slot { pool: self.clone() }));
        }
        if need == Need::Any(HttpVersion::Http2) {
            let least = state.shared.iter_mut().filter(|shared| shared.link.is_alive());
            if let Some(shared) = least.min_by_key(|shared| shared.used)
                && shared.used < self.streams.min(shared.link.streams())
            {
                return lease(shared);
            }
        }
        if !state.idle.is_empty() {
            return Taken::Evicted(state.idle.swap_remove(0));
        }
        // Its slot comes free once it is closed, and goes to those who wait.
        let unused = state.shared.iter().position(|shared| shared.used == 0);
        let closing = unused.map(|place| state.shared.swap_remove(place));
        let (grant, granted) = oneshot::channel();
        state.waiting.push_back(Waiter { need, grant });
        drop(state);
        drop(closing);
        Taken::Later(granted)
    }

    /// Makes a connection that was opened one that others may share.
    pub(super) fn share(self: &Arc<Self>, link: Http2) -> Lease {
        self.state().shared.push(Shared { link: link.clone(), used: 1 });
        Lease { pool: self.clone(), link }
    }

    /// Gives back a connection that another exchange may use.
    pub(super) fn give(&self, idle: Http1) {
        let mut state = self.state();
        let Some(waiter) = state.next() else {
            state.idle.push(idle);
            return;
        };
        if waiter.need == Need::Any(HttpVersion::Http1) {
            drop(state);
            if let Err(Grant::Http1(idle)) = waiter.grant.send(Grant::Http1(idle)) {
                self.give(idle);
            }
        } else {
            // Closing it makes room for the one who waits.
            state.waiting.push_front(waiter);
            drop(state);
            drop(idle);
        }
    }

    /// Closes what no one uses: each connection has a right to its place here, and would keep all this for ever.
    pub(super) fn close(&self) {
        let mut state = self.state();
        let unused = (std::mem::take(&mut state.idle), std::mem::take(&mut state.shared));
        drop(state);
        // Their places come free as they are dropped.
        drop(unused);
    }

    /// A stream of a shared connection has ended.
    fn returned(self: &Arc<Self>, link: &Http2) {
        let mut state = self.state();
        let Some(place) = state.place(link) else { return };
        state.shared[place].used -= 1;
        let unused = state.shared[place].used == 0;
        let Some(waiter) = state.next() else { return };
        if waiter.need == Need::Any(HttpVersion::Http2) && link.is_alive() {
            state.shared[place].used += 1;
            drop(state);
            // Where the waiter has gone, the lease comes back here as it is dropped.
            let lease = Lease { pool: self.clone(), link: link.clone() };
            drop(waiter.grant.send(Grant::Http2(lease)));
            return;
        }
        state.waiting.push_front(waiter);
        let closing = unused.then(|| state.shared.swap_remove(place));
        drop(state);
        drop(closing);
    }

    /// A connection has been closed.
    fn closed(self: &Arc<Self>) {
        let mut state = self.state();
        match state.next() {
            None => state.open -= 1,
            Some(waiter) => {
                drop(state);
                // Where the waiter has gone, the slot comes back here as it is dropped.
                drop(waiter.grant.send(Grant::Room(Slot { pool: self.clone() })));
            }
        }
    }
}

enum Taken {
    Now(Grant),
    Evicted(Http1),
    Later(oneshot::Receiver<Grant>),
}
