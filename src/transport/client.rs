//! A client: connections to one target and what bounds them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::bends::Appointments;
use super::connect::Connector;
use super::http1::{Exchanged, Http1};
use super::http2::{self, Http2};
use super::pool::{Grant, Need, Pool};
use super::settings::Version;
use super::strain::Strain;
use super::tls::Offer;
use super::{Error, Limiter, Over, Pressure, Reply, Settings, Target, coding};
use crate::case::{HttpVersion, Outcome, Times};
use crate::wire::Request;
use crate::wire::http1::{Encoded, encode, encode_for_proxy};

/// Sends requests to one target. Shared by all who send there: rate, connections and breaker count
/// everything.
#[derive(Debug)]
pub struct Client {
    target: Target,
    pub(super) settings: Settings,
    pub(super) connector: Connector,
    pub(super) pool: Arc<Pool>,
    /// Who needs several connections at one time takes as many of these before.
    seats: Semaphore,
    pub(super) limiter: Arc<Limiter>,
    strain: Option<Arc<Strain>>,
    epoch: Instant,
    /// What ALPN agreed on, once it has.
    pub(super) agreed: OnceLock<HttpVersion>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.pool.close();
    }
}

/// A request in the forms it can be sent in.
pub(super) struct Outgoing<'r> {
    pub(super) request: &'r Request,
    /// For HTTP/1.1, once that is needed.
    encoded: Option<Encoded>,
    /// For HTTP/2, where that may be needed and can carry it.
    message: Option<http::Request<()>>,
    /// The version it is to be sent in, where that is known.
    pub(super) version: Option<HttpVersion>,
    pub(super) timeout: Duration,
    pub(super) appointments: Appointments,
}

impl Client {
    /// A client for a target; connects to nothing yet.
    ///
    /// # Errors
    /// The settings name files or proxies that cannot be used.
    pub fn new(target: Target, mut settings: Settings) -> Result<Self, Error> {
        if target.is_rpc {
            settings.http = Version::Http2;
        }
        Ok(Self {
            connector: Connector::new(&target, &settings)?,
            pool: Pool::new(settings.max_connections, settings.max_streams),
            seats: Semaphore::new(settings.max_connections),
            limiter: Arc::new(Limiter::new(settings.rate)),
            strain: settings.breaker.map(|policy| Arc::new(Strain::new(policy))),
            epoch: Instant::now(),
            agreed: OnceLock::new(),
            target,
            settings,
        })
    }

    /// Counts [`Times::begin`] from this moment, in the place of the client's making.
    #[must_use]
    pub fn since(mut self, epoch: Instant) -> Self {
        self.epoch = epoch;
        self
    }

    /// Counts what it sends together with what another client does: what bounds the one bounds both.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        self.limiter = Arc::clone(&other.limiter);
        self.strain.clone_from(&other.strain);
        self
    }

    /// Where it sends.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The limiter: whoever reaches the service by another way passes it too.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// How long an exchange may take where nothing else is said.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// Whether requests go over HTTP/2, as far as that is known.
    pub fn speaks_http2(&self) -> bool {
        match self.connector.offer(None) {
            Offer::Http1 => false,
            Offer::Http2 => true,
            Offer::Either => self.agreed.get() == Some(&HttpVersion::Http2),
        }
    }

    /// Whether requests go through a proxy that takes each in and sends it on (RFC 9110, section 3.7), so
    /// that the service need not see when its octets were written.
    pub fn is_forwarded(&self) -> bool {
        self.connector.forwarder().is_some()
    }

    /// So many connections may be open at once.
    pub fn most_connections(&self) -> usize {
        self.settings.max_connections
    }

    /// So many of these for one user, all at one time, from others who want several: until it is dropped.
    pub async fn seats(&self, count: usize) -> Option<SemaphorePermit<'_>> {
        let count = count.min(self.settings.max_connections);
        self.seats.acquire_many(u32::try_from(count).ok()?).await.ok()
    }

    /// Open connections.
    pub fn open_connections(&self) -> usize {
        self.pool.open()
    }

    /// The last step that the breaker took.
    pub fn pressure(&self) -> Pressure {
        self.strain.as_ref().map(|strain| strain.pressure()).unwrap_or_default()
    }

    /// Sends a request and reads its answer; `timeout` in the place of the settings', counted from
    /// the moment the connection stands.
    ///
    /// Nothing is followed, remembered or rewritten. Where a pooled connection was given up by the
    /// server meanwhile (it closed it, or closes it with 408, which it may say to an idle one), the
    /// request is sent once more on a new one, and that is said; nothing else is retried.
    ///
    /// Bends of timing in the request are executed, but for one in frames of its own, which cannot be bent; the
    /// time they take does not count.
    pub async fn send(
        &self,
        request: &Request,
        over: Over<'_>,
        timeout: Option<Duration>,
    ) -> Reply {
        self.send_by(request, over, timeout, Appointments::default()).await
    }

    /// The same for a request that waits in its middle for others.
    pub async fn send_by(
        &self,
        request: &Request,
        over: Over<'_>,
        timeout: Option<Duration>,
        appointments: Appointments,
    ) -> Reply {
        let patience = timeout.unwrap_or(self.settings.timeout);
        let Some(crowd) = &request.crowd else {
            return self.send_alone(request, over, patience, appointments).await;
        };
        let call = self.send_alone(request, over, patience, appointments);
        Box::pin(self.among(crowd, request, patience, call)).await
    }

    /// Sends a request without those who may be beside it.
    async fn send_alone(
        &self,
        request: &Request,
        over: Over<'_>,
        patience: Duration,
        appointments: Appointments,
    ) -> Reply {
        // Who writes its own frames keeps no one waiting.
        let appointments =
            if request.frames.is_empty() { appointments } else { Appointments::default() };
        let mut outgoing = Outgoing { appointments, ..self.outgoing(request, patience) };
        let is_bent = !request.perturb.is_empty() || outgoing.appointments.release.is_some();
        let mut reply = match over {
            over if !request.frames.is_empty() => Box::pin(self.in_frames(over, &outgoing)).await,
            Over::Named(named) => self.over_named(named, &mut outgoing).await,
            Over::Fresh => self.over_new(None, &mut outgoing).await,
            // What is bent is sent once, and leaves no one else's connection behind.
            Over::Pooled if is_bent => self.over_new(None, &mut outgoing).await,
            Over::Pooled => self.over_pooled(&mut outgoing).await,
        };
        self.finish(&mut reply);
        reply
    }

    /// Removes the content coding of an answer, and tells the breaker of it.
    pub(super) fn finish(&self, reply: &mut Reply) {
        if let Outcome::Answered(answer) = &mut reply.outcome {
            coding::decode(answer, &self.settings.limits);
        }
        if let Some(strain) = &self.strain {
            strain.observe(reply, &self.limiter);
        }
    }

    async fn over_pooled(&self, outgoing: &mut Outgoing<'_>) -> Reply {
        let Some(version) = outgoing.version else { return self.over_new(None, outgoing).await };
        loop {
            let exchanged = match self.pool.take(Need::Any(version)).await {
                Grant::Room(slot) => return self.over_new(Some(slot), outgoing).await,
                Grant::Http1(mut line) => {
                    self.limiter.pass().await;
                    if !line.is_quiet() {
                        continue;
                    }
                    let begin = Instant::now();
                    let done = self.exchange1(&mut line, outgoing).await;
                    if done.reusable {
                        self.pool.give(line);
                    }
                    (begin, done, true)
                }
                Grant::Http2(lease) => {
                    self.limiter.pass().await;
                    if !lease.link().is_alive() {
                        lease.retire();
                        continue;
                    }
                    let begin = Instant::now();
                    let used = lease.link().is_used();
                    let done = self.exchange2(lease.link(), outgoing).await;
                    if !done.reusable {
                        lease.retire();
                    }
                    (begin, done, used)
                }
            };
            let (begin, done, used) = exchanged;
            if used && done.was_given_up() {
                let reply = self.over_new(None, outgoing).await;
                // Where there is no connection any more, the service has not let go of an idle one: it is gone.
                if !matches!(reply.outcome, Outcome::Unreachable { .. }) {
                    return Reply { retried: true, ..reply };
                }
            }
            return self.reply(begin, None, version, done);
        }
    }

    /// Which version a request is sent in depends on the request and the target, never on which
    /// connections happen to be open.
    pub(super) fn outgoing<'r>(&self, request: &'r Request, timeout: Duration) -> Outgoing<'r> {
        let offer = self.connector.offer(None);
        let message =
            if offer == Offer::Http1 { None } else { http2::message(request, &self.target) };
        let version = match (offer, &message) {
            (Offer::Http2, _) => Some(HttpVersion::Http2),
            (Offer::Http1, _) | (Offer::Either, None) => Some(HttpVersion::Http1),
            (Offer::Either, Some(_)) => self.agreed.get().copied(),
        };
        let appointments = Appointments::default();
        Outgoing { request, encoded: None, message, version, timeout, appointments }
    }

    pub(super) async fn exchange1(
        &self,
        line: &mut Http1,
        outgoing: &mut Outgoing<'_>,
    ) -> Exchanged {
        let request = outgoing.request;
        let encoded = outgoing.encoded.get_or_insert_with(|| self.encode(request));
        let until = Instant::now() + outgoing.timeout;
        let appointments = std::mem::take(&mut outgoing.appointments);
        line.exchange(request, encoded, self.settings.limits.answer, until, appointments).await
    }

    pub(super) fn encode(&self, request: &Request) -> Encoded {
        let authority = &self.target.authority;
        match self.connector.forwarder() {
            None => encode(request, authority),
            Some(proxy) => {
                let scheme = self.target.scheme.name();
                match &proxy.authorization {
                    None => encode_for_proxy(request, scheme, authority),
                    Some(value) => {
                        let mut request = request.clone();
                        request.push_header("Proxy-Authorization", value.clone());
                        encode_for_proxy(&request, scheme, authority)
                    }
                }
            }
        }
    }

    pub(super) async fn exchange2(&self, link: &Http2, outgoing: &mut Outgoing<'_>) -> Exchanged {
        let until = Instant::now() + outgoing.timeout;
        let message = outgoing.message.take();
        match message.or_else(|| http2::message(outgoing.request, &self.target)) {
            Some(message) => {
                let appointments = std::mem::take(&mut outgoing.appointments);
                let limits = &self.settings.limits;
                link.exchange(message, outgoing.request, limits, until, appointments).await
            }
            None => Exchanged::nothing(
                "http/2 cannot carry this request: its head can only be written in http/1.1",
            ),
        }
    }

    pub(super) fn unreachable(&self, begin: Instant, reason: String) -> Reply {
        let end = Instant::now();
        Reply {
            outcome: Outcome::Unreachable { reason },
            times: Times { begin: begin - self.epoch, end: end - begin, ..Times::default() },
            http: HttpVersion::Http1,
            fresh_connection: true,
            retried: false,
            written: 0,
            surplus: Bytes::new(),
            besides: 0,
        }
    }

    pub(super) fn reply(
        &self,
        begin: Instant,
        connected: Option<Instant>,
        http: HttpVersion,
        done: Exchanged,
    ) -> Reply {
        let since = |at: Instant| at - begin;
        Reply {
            times: Times {
                begin: begin - self.epoch,
                connected: connected.map(since).unwrap_or_default(),
                sent: done.sent.map(since),
                first_byte: done.first_byte.map(since),
                end: since(done.end),
                injected: done.injected,
            },
            outcome: done.outcome,
            http,
            fresh_connection: connected.is_some(),
            retried: false,
            written: done.written,
            surplus: done.surplus,
            besides: 0,
        }
    }
}
