//! Who drives a connection: the exchange that has it to itself, else a task of its own.
//!
//! A connection is driven by whoever polled it last: that one is woken when octets come. Were it always a task of
//! its own, each call would wake it twice, and it the call again, mostly on another thread.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use h2::client::Connection;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::outgoing::Followed;

/// What comes while no exchange is under way (a ping, a good-bye) is looked at within this time.
const LOOKS: Duration = Duration::from_millis(25);

/// How a connection ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    /// The code of a `GOAWAY` that the server sent.
    pub(super) code: Option<u32>,
}

/// A connection, and who drives it.
#[derive(Debug)]
pub(super) struct Driver {
    state: Mutex<State>,
    /// Exchanges under way.
    exchanges: AtomicUsize,
    /// Whether an exchange drives it.
    is_led: AtomicBool,
    /// Told when the task is to drive it.
    wanted: Notify,
    fate: watch::Sender<Option<Fate>>,
}

#[derive(Debug)]
struct State {
    /// None once it has ended.
    connection: Option<Connection<Followed, Bytes>>,
    last: By,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Task,
    Exchange,
}

/// The part of an exchange in driving its connection.
#[derive(Debug)]
pub(super) struct Driving<'d> {
    driver: &'d Driver,
    leads: bool,
}

impl Driver {
    pub(super) fn new(connection: Connection<Followed, Bytes>) -> Self {
        let state = State { connection: Some(connection), last: By::Task };
        Self {
            state: Mutex::new(state),
            exchanges: AtomicUsize::new(0),
            is_led: AtomicBool::new(false),
            wanted: Notify::new(),
            fate: watch::Sender::new(None),
        }
    }

    pub(super) fn fate(&self) -> watch::Receiver<Option<Fate>> {
        self.fate.subscribe()
    }

    /// Drives the connection where no exchange does, until it has ended.
    pub(super) async fn run(&self) {
        let mut looks = interval(LOOKS);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = poll_fn(|cx| self.poll(cx, By::Task)) => return,
                _ = looks.tick() => {}
                () = self.wanted.notified() => {}
            }
        }
    }

    /// Ends the connection at once.
    pub(super) fn cut(&self) {
        let connection = self.state().connection.take();
        self.end(None);
        drop(connection);
    }

    /// Takes part as an exchange. The only one drives the connection, unless it is not `to_lead`.
    pub(super) fn join(&self, to_lead: bool) -> Driving<'_> {
        let is_alone = self.exchanges.fetch_add(1, Ordering::SeqCst) == 0;
        let leads = is_alone && to_lead;
        if leads {
            self.is_led.store(true, Ordering::SeqCst);
        }
        Driving { driver: self, leads }
    }

    fn poll(&self, cx: &mut Context<'_>, by: By) -> Poll<()> {
        let mut state = self.state();
        // Who leads and polled last is woken when something comes.
        let is_led = state.last == By::Exchange && self.is_led.load(Ordering::SeqCst);
        if by == By::Task && is_led {
            return Poll::Pending;
        }
        state.last = by;
        let Some(connection) = &mut state.connection else { return Poll::Ready(()) };
        let end = ready!(Pin::new(connection).poll(cx));
        let error = end.err().filter(h2::Error::is_remote);
        let connection = state.connection.take();
        drop(state);
        drop(connection);
        self.end(error.and_then(|error| error.reason()).map(u32::from));
        Poll::Ready(())
    }

    fn end(&self, code: Option<u32>) {
        self.fate.send_replace(Some(Fate { code }));
        self.wanted.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Driving<'_> {
    /// Drives the connection, where it is this exchange that does; whether it is. How it ended is told by its fate.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> bool {
        if self.leads {
            let _ = self.driver.poll(cx, By::Exchange);
        }
        self.leads
    }

    /// Has the task drive the connection from here on: something may still have to go out.
    pub(super) fn hand_over(&mut self) {
        if std::mem::take(&mut self.leads) {
            self.driver.is_led.store(false, Ordering::SeqCst);
            self.driver.wanted.notify_one();
        }
    }
}

impl Drop for Driving<'_> {
    fn drop(&mut self) {
        let others = self.driver.exchanges.fetch_sub(1, Ordering::SeqCst) > 1;
        if others {
            self.hand_over();
        } else if self.leads {
            // Nothing is to come before the next exchange; what does all the same is looked at now and then.
            self.driver.is_led.store(false, Ordering::SeqCst);
        }
    }
}
