//! Exchanges over HTTP/2, through `h2` on a connection of ours.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::Limits;
use super::Target;
use super::http1::Exchanged;
use super::pool::Slot;
use super::stream::{ReadEnd, Stream, Tap};
use super::tls;
use crate::case::{Answer, Ending, Header, Outcome};
use crate::wire::{Framing, Request};

/// Octets of DATA handed over at once.
const PIECE: usize = 64 << 10;
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
    /// Told when the last user has gone.
    left: Arc<Notify>,
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
        let left = Arc::new(Notify::new());
        let (ended, fate) = watch::channel(None);
        tokio::spawn({
            let left = left.clone();
            async move {
                let _slot = slot;
                let mut connection = pin!(connection);
                tokio::select! {
                    end = &mut connection => {
                        let error = end.err().filter(h2::Error::is_remote);
                        let code = error.and_then(|error| error.reason()).map(u32::from);
                        ended.send_replace(Some(Fate { code }));
                    }
                    () = left.notified() => drop(timeout(GRACE, connection).await),
                }
            }
        });
        let link = Link { tap, left, fate, used: AtomicBool::new(false) };
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

    /// Sends a request on a new stream and reads its answer.
    pub(super) async fn exchange(
        &self,
        message: http::Request<()>,
        body: &Bytes,
        limits: &Limits,
        until: Instant,
    ) -> Exchanged {
        let mut timer = pin!(sleep_until(until));
        let head = head_size(&message);
        let mut sender = self.sender.clone();
        let begun = poll_fn(|cx| match sender.poll_ready(cx) {
            Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
            ready => ready.map(Some),
        })
        .await;
        let begun =
            begun.map(|ready| ready.and_then(|()| sender.send_request(message, body.is_empty())));
        let (outcome, gone, mut run) = match begun {
            None => (Outcome::TimedOut { received: Bytes::new() }, false, None),
            Some(Err(error)) => (self.failed(&error), went_away(&error), None),
            Some(Ok((response, stream))) => {
                let mut run = Run::new(response, stream, body.clone(), limits);
                let stop = poll_fn(|cx| run.poll(cx, timer.as_mut())).await;
                let gone = matches!(&stop, Stop::Failed(error) if went_away(error));
                (run.outcome(stop, |error| self.failed(error)), gone, Some(run))
            }
        };
        let end = Instant::now();
        let outcome = self.with_code(outcome).await;
        if let (Some(run), Outcome::Answered(answer)) = (&mut run, &outcome) {
            if answer.status < 400 && answer.ending == Ending::Complete {
                timer.as_mut().reset(until.min(end + GRACE));
                poll_fn(|cx| run.finish(cx, timer.as_mut())).await;
            }
        }
        self.link.used.store(true, Ordering::Relaxed);
        let answered = matches!(outcome, Outcome::Answered(_));
        let first_byte = run.as_ref().and_then(|run| run.first_byte);
        Exchanged {
            // A connection that let a call time out is not trusted with another.
            reusable: self.is_alive() && answered,
            unanswered: first_byte.is_none() && gone,
            outcome,
            written: run.as_ref().map_or(0, |run| (head + body.len() - run.body.len()) as u64),
            sent: run.as_ref().and_then(|run| run.sent),
            first_byte,
            end,
            surplus: Bytes::new(),
        }
    }

    /// A stream that the server had begun is only told that its connection ended; the code of the
    /// `GOAWAY` that announced it is known to the connection, in the same moment or the next.
    async fn with_code(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Dropped { received, reset, code: None } => {
                let mut fate = self.link.fate.clone();
                let known = timeout(GRACE, fate.wait_for(Option::is_some)).await;
                let code = known.ok().and_then(|fate| (*fate.ok()?)?.code);
                Outcome::Dropped { received, reset: reset || code.is_some(), code }
            }
            other => other,
        }
    }

    /// What a failure before the head of an answer means.
    fn failed(&self, error: &h2::Error) -> Outcome {
        if error.is_remote() {
            let code = error.reason().map(u32::from);
            return Outcome::Dropped { received: Bytes::new(), reset: true, code };
        }
        if let Some(io) = error.get_io() {
            if let Some(reason) = tls::refused(io) {
                return Outcome::Unreachable { reason };
            }
            let reset = self.link.tap.end() == Some(ReadEnd::Reset);
            return Outcome::Dropped { received: Bytes::new(), reset, code: None };
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

/// Whether the connection went away, or the stream was refused unread (RFC 9113, section 8.7), so
/// that a reused connection may just have been stale.
fn went_away(error: &h2::Error) -> bool {
    let refused = error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_go_away() && error.is_remote() || error.is_io() || refused
}

/// Why a stream stopped.
enum Stop {
    Done,
    TimedOut,
    Failed(h2::Error),
}

/// An exchange under way.
struct Run<'l> {
    response: ResponseFuture,
    stream: SendStream<Bytes>,
    /// What is still to send.
    body: Bytes,
    sent: Option<Instant>,
    /// The server takes no more; its answer is still awaited.
    failed: bool,
    answer: Option<(Answer, RecvStream)>,
    interim: Vec<u16>,
    read: Vec<u8>,
    ended: bool,
    first_byte: Option<Instant>,
    limits: &'l Limits,
}

impl<'l> Run<'l> {
    fn new(
        response: ResponseFuture,
        stream: SendStream<Bytes>,
        body: Bytes,
        limits: &'l Limits,
    ) -> Self {
        Self {
            response,
            stream,
            sent: body.is_empty().then(Instant::now),
            body,
            failed: false,
            answer: None,
            interim: Vec::new(),
            read: Vec::new(),
            ended: false,
            first_byte: None,
            limits,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, timer: Pin<&mut Sleep>) -> Poll<Stop> {
        self.write(cx);
        match self.read(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(Stop::Done),
            Poll::Ready(Err(error)) => Poll::Ready(Stop::Failed(error)),
            Poll::Pending => timer.poll(cx).map(|()| Stop::TimedOut),
        }
    }

    /// Writes on once the whole answer is there.
    fn finish(&mut self, cx: &mut Context<'_>, timer: Pin<&mut Sleep>) -> Poll<()> {
        self.write(cx);
        if self.sent.is_some() || self.failed { Poll::Ready(()) } else { timer.poll(cx) }
    }

    /// Hands over as much of the body as the windows allow. A failure is no end: the server may
    /// have answered and closed its side.
    fn write(&mut self, cx: &mut Context<'_>) {
        while self.sent.is_none() && !self.failed {
            self.stream.reserve_capacity(self.body.len().min(PIECE));
            let capacity = match self.stream.capacity() {
                0 => match self.stream.poll_capacity(cx) {
                    Poll::Pending => return,
                    Poll::Ready(Some(Ok(capacity))) => capacity,
                    Poll::Ready(_) => 0,
                },
                capacity => capacity,
            };
            let piece = self.body.slice(..capacity.min(self.body.len()));
            let last = piece.len() == self.body.len();
            let taken = piece.len();
            if taken == 0 || self.stream.send_data(piece, last).is_err() {
                self.failed = true;
                return;
            }
            self.body = self.body.slice(taken..);
            self.sent = last.then(Instant::now);
        }
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), h2::Error>> {
        if self.answer.is_none() {
            while let Poll::Ready(Some(Ok(interim))) = self.response.poll_informational(cx) {
                self.first_byte.get_or_insert_with(Instant::now);
                if self.interim.len() < self.limits.answer.interim {
                    self.interim.push(interim.status().as_u16());
                }
            }
            let response = match Pin::new(&mut self.response).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(response) => response?,
            };
            self.first_byte.get_or_insert_with(Instant::now);
            let (parts, body) = response.into_parts();
            let answer = Answer {
                status: parts.status.as_u16(),
                headers: fields(&parts.headers),
                interim: std::mem::take(&mut self.interim),
                early: self.sent.is_none(),
                ..Answer::default()
            };
            self.answer = Some((answer, body));
        }
        let Some((answer, body)) = &mut self.answer else { return Poll::Pending };
        while !self.ended {
            match body.poll_data(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.ended = true,
                Poll::Ready(Some(data)) => {
                    let data = data?;
                    body.flow_control().release_capacity(data.len())?;
                    let room = self.limits.answer.body - self.read.len();
                    self.read.extend_from_slice(&data[..data.len().min(room)]);
                    if data.len() > room {
                        answer.ending = Ending::TooLarge;
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
        match body.poll_trailers(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(trailers) => {
                answer.trailers = trailers?.as_ref().map(fields).unwrap_or_default();
                Poll::Ready(Ok(()))
            }
        }
    }

    fn outcome(&mut self, stop: Stop, failed: impl Fn(&h2::Error) -> Outcome) -> Outcome {
        let Some((mut answer, _)) = self.answer.take() else {
            return match stop {
                Stop::Failed(error) => failed(&error),
                Stop::Done | Stop::TimedOut => Outcome::TimedOut { received: Bytes::new() },
            };
        };
        answer.body = Bytes::from(std::mem::take(&mut self.read));
        match stop {
            Stop::Done => {}
            Stop::TimedOut => answer.ending = Ending::TimedOut,
            Stop::Failed(error) => {
                answer.ending = if error.is_remote() || error.is_io() {
                    Ending::Truncated
                } else {
                    Ending::Broken(error.to_string())
                };
            }
        }
        if answer.headers.len() > self.limits.answer.fields {
            let most = self.limits.answer.fields;
            let reason = format!("it has more than {most} header fields");
            return Outcome::Garbage { received: Bytes::new(), reason };
        }
        Outcome::Answered(answer)
    }
}

fn fields(map: &HeaderMap) -> Vec<Header> {
    map.iter()
        .map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: Bytes::copy_from_slice(value.as_bytes()),
        })
        .collect()
}

/// Octets of a field section, uncompressed (RFC 9113, section 6.5.2, without its overhead).
fn head_size(message: &http::Request<()>) -> usize {
    let fields = message.headers().iter().map(|(n, v)| n.as_str().len() + v.len()).sum::<usize>();
    let target = message.uri().path_and_query().map_or(0, |target| target.as_str().len());
    message.method().as_str().len() + target + fields
}

/// The request as HTTP/2 carries it; `None` where only HTTP/1.1 can say it.
pub(super) fn message(request: &Request, target: &Target) -> Option<http::Request<()>> {
    if request.needs_http1() {
        return None;
    }
    let method = http::Method::from_bytes(request.method.as_bytes()).ok()?;
    let mut hosts = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host"));
    let authority = match (hosts.next(), hosts.next()) {
        (None, _) => &target.authority,
        (Some(host), None) => host.text()?,
        (Some(_), Some(_)) => return None,
    };
    let uri = http::Uri::builder()
        .scheme(target.scheme.name())
        .authority(authority)
        .path_and_query(&*request.target)
        .build()
        .ok()
        .filter(|uri| uri.path_and_query().is_some_and(|t| t.as_str() == request.target))?;
    let mut message = http::Request::builder().method(method).uri(uri).body(()).ok()?;
    *message.version_mut() = http::Version::HTTP_2;
    let fields = message.headers_mut();
    for Header { name, value } in &request.headers {
        if name.eq_ignore_ascii_case("host") {
            continue;
        }
        if name.eq_ignore_ascii_case("te") && &value[..] != b"trailers" {
            return None;
        }
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_maybe_shared(value.clone()).ok()?;
        fields.try_append(name, value).ok()?;
    }
    let usual = matches!(&*request.method, "POST" | "PUT" | "PATCH");
    let announced = fields.contains_key(http::header::CONTENT_LENGTH);
    if request.framing == Framing::Length && !announced && (usual || !request.body.is_empty()) {
        fields.insert(http::header::CONTENT_LENGTH, request.body.len().into());
    }
    Some(message)
}
