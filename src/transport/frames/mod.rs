//! HTTP/2 frame by frame, for what no engine says: one exchange on a connection of its own.
//!
//! Frames are written as a script asks (RFC 9113, section 4), fields as literals; the settings and the
//! windows of the other side hold for it as for anyone, but where the script is about breaking them.

mod answer;
mod exchange;
pub(super) mod frame;
mod hpack;
mod peer;
mod script;

use tokio::time::Instant;

use self::exchange::{Run, Stop};
use self::script::{Parts, Script};
use super::client::{Client, Outgoing};
use super::http1::Exchanged;
use super::http2;
use super::pool::{Grant, Need};
use super::stream::Stream;
use super::tls::Offer;
use super::{Over, Reply};
use crate::case::HttpVersion;

impl Client {
    /// Sends a request in frames of its own, over a connection that is opened for it.
    pub(super) async fn in_frames(&self, over: Over<'_>, outgoing: &Outgoing<'_>) -> Reply {
        let begin = Instant::now();
        let parts = match self.parts(over, outgoing) {
            Ok(parts) => parts,
            Err(reason) => return self.unreachable(begin, reason.to_owned()),
        };
        let Grant::Room(slot) = self.pool.take(Need::Fresh).await else {
            return self.unreachable(begin, "no connection is free".to_owned());
        };
        self.limiter.pass().await;
        let begin = Instant::now();
        let stream = match self.connector.open(Offer::Http2, None).await {
            Ok((stream, _)) => stream,
            Err(reason) => return self.unreachable(begin, reason),
        };
        let connected = Some(Instant::now());
        let (done, besides) = self.played(stream, &parts, outgoing).await;
        drop(slot);
        Reply { besides, ..self.reply(begin, connected, HttpVersion::Http2, done) }
    }

    /// A request in the form that frames carry.
    ///
    /// # Errors
    /// Why they cannot, and the way out.
    fn parts<'r>(
        &self,
        over: Over<'_>,
        outgoing: &Outgoing<'r>,
    ) -> Result<Parts<'r>, &'static str> {
        let request = outgoing.request;
        let named = matches!(over, Over::Named(named) if named.http().is_some_and(|http| http > 1));
        if !named && self.connector.offer(None) == Offer::Http1 {
            return Err("http/1.1 has no frames; ask for http/2 by --http 2");
        }
        if !request.perturb.is_empty() {
            return Err("what goes out frame by frame cannot be bent in time; leave out `perturb`");
        }
        let Some(message) = http2::message(request, self.target()) else {
            return Err(
                "http/2 cannot carry this request: its head can only be written in http/1.1",
            );
        };
        let uri = message.uri();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let pseudo = [
            (":method", message.method().as_str()),
            (":scheme", uri.scheme_str().unwrap_or("http")),
            (":authority", authority),
            (":path", target),
        ];
        let pseudo = pseudo.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let fields = message.headers().iter();
        let fields = fields.map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
        Ok(Parts {
            block: hpack::encode(pseudo.chain(fields)),
            head: http2::size(&message),
            body: request.body.clone(),
            operations: &request.frames,
        })
    }

    /// What comes of a request on this stream, and how many others were begun besides.
    async fn played(
        &self,
        stream: Stream,
        parts: &Parts<'_>,
        outgoing: &Outgoing<'_>,
    ) -> (Exchanged, u32) {
        let until = Instant::now() + outgoing.timeout;
        let mut run = Run::new(stream, parts.operations, self.settings.limits.answer, until);
        let stop: Result<(), Stop> = run.hear(until).await;
        if let Err(stop) = stop {
            return (run.finish(stop), 0);
        }
        let script = Script::of(parts, &run.peer);
        let besides = script.besides;
        // Each stream is a request, whatever becomes of it.
        for _ in 0..besides {
            self.limiter.pass().await;
        }
        let stop = run.play(script, Instant::now() + outgoing.timeout).await;
        (run.finish(stop), besides as u32)
    }
}
