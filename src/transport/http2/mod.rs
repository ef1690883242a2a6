//! Exchanges over HTTP/2, through `h2` on a connection of ours.

mod message;
mod outgoing;
mod run;

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};

use self::outgoing::{Followed, Outgoing};
use self::run::{Run, Stop};
use super::Limits;
use super::bends::{Appointments, Bends, Leave};
use super::cork::Cork;
use super::http1::Exchanged;
use super::pool::Slot;
use super::stream::{ReadEnd, Stream, Tap};
use super::tls;
use crate::case::{Ending, Outcome};
use crate::wire::Request;

pub(super) use self::message::{message, size};

/// Window that we grant, per stream and per connection, in octets (RFC 9113, section 6.9).
const WINDOW: u32 = 1 << 20;
/// How long a connection may take to say good-bye, and a request to go out once it is answered.
const GRACE: Duration = Duration::from_secs(1);

/// An HTTP/2 connection that exchanges share.
#[derive(Clone, Debug)]
pub(super) struct Http2 {
    sender: SendRequest<Bytes>,
    link: Arc<Link>,
}

#[derive(Debug)]
struct Link {
    tap: Arc<Tap>,
    cork: Arc<Cork>,
    outgoing: Arc<Outgoing>,
    /// Told when the last user has gone.
    left: Arc<Notify>,
    /// Told when the connection is to end at once.
    cut: Arc<Notify>,
    fate: watch::Receiver<Option<Fate>>,
    used: AtomicBool,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug)]
struct Fate {
    /// The code of a `GOAWAY` that the server sent.
    code: Option<u32>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.left.notify_one();
    }
}

impl Http2 {
    /// Begins HTTP/2 on a stream. One task per connection drives it and holds its slot.
    ///
    /// # Errors
    /// The preface cannot be written; a lower-case fragment.
    pub(super) async fn begin(
        stream: Stream,
        slot: Slot,
        initial_window: Option<u32>,
        limits: &Limits,
    ) -> Result<Self, String> {
        let (stream, tap) = stream.tapped();
        let (stream, cork) = stream.corked();
        let (stream, outgoing) = Followed::new(stream);
        let mut builder = h2::client::Builder::new();
        builder
            .enable_push(false)
            .initial_window_size(initial_window.unwrap_or(WINDOW))
            .initial_connection_window_size(WINDOW)
            .max_header_list_size(u32::try_from(limits.answer.head).unwrap_or(u32::MAX));
        let (sender, connection) = builder
            .handshake(stream)
            .await
            .map_err(|error| format!("http/2 could not begin: {error}"))?;
        let (left, cut) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (ended, fate) = watch::channel(None);
        tokio::spawn({
            let (left, cut) = (left.clone(), cut.clone());
            async move {
                let _slot = slot;
                let mut connection = pin!(connection);
                // An end that was asked for comes before one that its last user leaves to it.
                tokio::select! {
                    biased;
                    () = cut.notified() => drop(ended.send_replace(Some(Fate { code: None }))),
                    end = &mut connection => {
                        let error = end.err().filter(h2::Error::is_remote);
                        let code = error.and_then(|error| error.reason()).map(u32::from);
                        ended.send_replace(Some(Fate { code }));
                    }
                    () = left.notified() => drop(timeout(GRACE, connection).await),
                }
            }
        });
        let link = Link { tap, cork, outgoing, left, cut, fate, used: AtomicBool::new(false) };
        Ok(Self { sender, link: Arc::new(link) })
    }

    /// Whether both are the same connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.link, &other.link)
    }

    /// Whether another stream may be begun on it.
    pub(super) fn is_alive(&self) -> bool {
        self.link.fate.borrow().is_none()
    }

    /// Whether an exchange has ended on it.
    pub(super) fn is_used(&self) -> bool {
        self.link.used.load(Ordering::Relaxed)
    }

    /// Streams that the server lets us have at once.
    pub(super) fn streams(&self) -> usize {
        self.sender.current_max_send_streams()
    }

    /// Sends a request on a new stream and reads its answer, its timing bent as it says.
    pub(super) async fn exchange(
        &self,
        message: http::Request<()>,
        request: &Request,
        limits: &Limits,
        until: Instant,
        appointments: Appointments,
    ) -> Exchanged {
        let body = &request.body;
        let in_one = appointments.release.as_ref().is_some_and(|release| release.in_one);
        let bends = Bends::of(request, appointments, |at| run::offset(at, body.len()));
        let ends = body.is_empty() && bends.is_none();
        // The head of what is short leaves with the rest.
        let is_short = !ends && bends.is_none() && body.len() <= run::SHORT;
        let hold = (in_one || is_short).then(|| self.link.cork.hold());
        let mut timer = pin!(sleep_until(until));
        let head = message::size(&message);
        let mut sender = self.sender.clone();
        let begun = poll_fn(|cx| match sender.poll_ready(cx) {
            Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
            Poll::Ready(ready) => Poll::Ready(Some(ready)),
        })
        .await;
        if let Some(hold) = hold.as_ref().filter(|_| is_short) {
            hold.close();
        }
        let begun = begun.map(|ready| ready.and_then(|()| sender.send_request(message, ends)));
        let mut cut = false;
        let (outcome, gone, mut run) = match begun {
            None => {
                drop(hold);
                (Outcome::TimedOut { received: Bytes::new() }, false, None)
            }
            Some(Err(error)) => {
                drop(hold);
                (self.failed(&error), went_away(&error), None)
            }
            Some(Ok((response, stream))) => {
                let stream = (stream, &*self.link.outgoing);
                let mut run = Run::new(response, stream, body.clone(), limits, bends, hold);
                let stop = poll_fn(|cx| run.poll(cx, timer.as_mut(), until)).await;
                match stop {
                    Stop::Left(Leave::Reset) => run.reset(h2::Reason::CANCEL),
                    Stop::Left(Leave::Cancel(code)) => run.reset(code.into()),
                    Stop::Left(Leave::Close) => {
                        cut = true;
                        self.link.cut.notify_one();
                    }
                    _ => {}
                }
                let gone = matches!(&stop, Stop::Failed(error) if went_away(error));
                (run.outcome(stop, |error| self.failed(error)), gone, Some(run))
            }
        };
        let end = Instant::now();
        let outcome = self.with_code(outcome).await;
        if let (Some(run), Outcome::Answered(answer)) = (&mut run, &outcome)
            && answer.status < 400
            && answer.ending == Ending::Complete
            && !run.is_written()
        {
            timer.as_mut().reset(until.min(end + GRACE));
            poll_fn(|cx| run.finish(cx, timer.as_mut())).await;
        }
        self.link.used.store(true, Ordering::Relaxed);
        // A stream that we reset leaves the connection as it was.
        let kept = matches!(outcome, Outcome::Answered(_) | Outcome::Abandoned) && !cut;
        let injected = run.as_ref().map(Run::injected).unwrap_or_default();
        let first_byte = run.as_ref().and_then(|run| run.first_byte);
        Exchanged {
            // A connection that let a call time out is not trusted with another.
            reusable: self.is_alive() && kept,
            unanswered: first_byte.is_none() && gone,
            outcome,
            written: run.as_ref().map_or(0, |run| (head + body.len() - run.body.len()) as u64),
            sent: run.as_ref().and_then(|run| run.sent),
            first_byte,
            end,
            surplus: Bytes::new(),
            injected,
        }
    }

    /// A stream that the server had begun is only told that its connection ended; the code of the
    /// `GOAWAY` that announced it is known to the connection, in the same moment or the next.
    async fn with_code(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Dropped { received, interim, reset, code: None } => {
                let mut fate = self.link.fate.clone();
                let known = timeout(GRACE, fate.wait_for(Option::is_some)).await;
                let code = known.ok().and_then(|fate| (*fate.ok()?)?.code);
                Outcome::Dropped { received, interim, reset: reset || code.is_some(), code }
            }
            other => other,
        }
    }

    /// What a failure before the head of an answer means.
    fn failed(&self, error: &h2::Error) -> Outcome {
        if error.is_remote() {
            let code = error.reason().map(u32::from);
            return dropped(true, code);
        }
        if let Some(io) = error.get_io() {
            if let Some(reason) = tls::refused(io) {
                return Outcome::Unreachable { reason };
            }
            let reset = self.link.tap.end() == Some(ReadEnd::Reset);
            return dropped(reset, None);
        }
        let received = self.link.tap.first();
        if error.reason().is_none() {
            return Outcome::Unreachable { reason: format!("http/2 cannot carry it: {error}") };
        }
        let reason = if received.starts_with(b"HTTP/1.") {
            "an http/1.1 answer came: the port does not speak http/2".to_owned()
        } else {
            error.to_string()
        };
        Outcome::Garbage { received, reason }
    }
}

fn dropped(reset: bool, code: Option<u32>) -> Outcome {
    Outcome::Dropped { received: Bytes::new(), interim: Vec::new(), reset, code }
}

/// Whether the connection went away, or the stream was refused unread (RFC 9113, section 8.7), so
/// that a reused connection may just have been stale.
fn went_away(error: &h2::Error) -> bool {
    let refused = error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_go_away() && error.is_remote() || error.is_io() || refused
}
