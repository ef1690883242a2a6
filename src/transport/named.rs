//! Requests over a connection that some calls share by name.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::client::{Client, Outgoing};
use super::pool::{Grant, Need};
use super::reply::Line;
use super::{Named, Reply};
use crate::case::HttpVersion;
use crate::wire::Request;

impl Client {
    pub(super) async fn over_named(&self, named: &Named, outgoing: &mut Outgoing<'_>) -> Reply {
        let mut held = named.line.lock().await;
        self.limiter.pass().await;
        let (begin, connected) = match self.stand(named, &mut held, outgoing.version).await {
            Ok(stands) => stands,
            Err(reply) => return reply,
        };
        match held.take() {
            Some(Line::Http1(mut line)) => {
                let done = self.exchange1(&mut line, outgoing).await;
                *held = done.reusable.then_some(Line::Http1(line));
                self.reply(begin, connected, HttpVersion::Http1, done)
            }
            Some(Line::Http2(link)) => {
                // Its streams run side by side.
                *held = Some(Line::Http2(link.clone()));
                drop(held);
                let done = self.exchange2(&link, outgoing).await;
                self.reply(begin, connected, HttpVersion::Http2, done)
            }
            None => self.unreachable(begin, "the connection is gone".to_owned()),
        }
    }

    /// Sends requests one behind the other over a connection of HTTP/1.1, before any of them is answered;
    /// `timeout` is for each answer, from the moment that the connection stands.
    pub async fn pipeline(
        &self,
        requests: &[&Request],
        named: &Named,
        timeout: Duration,
    ) -> Vec<Reply> {
        let mut held = named.line.lock().await;
        for _ in requests {
            self.limiter.pass().await;
        }
        let stands = self.stand(named, &mut held, Some(HttpVersion::Http1)).await;
        let mut replies: Vec<Reply> = match (stands, held.take()) {
            (Ok((begin, connected)), Some(Line::Http1(mut line))) => {
                let encoded: Vec<_> =
                    requests.iter().map(|request| (*request, self.encode(request))).collect();
                let until = Instant::now() + timeout;
                let done = line.pipeline(&encoded, self.settings.limits.answer, until).await;
                let is_reusable = done.last().is_some_and(|last| last.reusable);
                *held = is_reusable.then_some(Line::Http1(line));
                // The first one opens the connection, the others find it open.
                let connected = std::iter::once(connected).chain(std::iter::repeat(None));
                let reply =
                    |(done, connected)| self.reply(begin, connected, HttpVersion::Http1, done);
                done.into_iter().zip(connected).map(reply).collect()
            }
            (Err(reply), _) => vec![reply; requests.len()],
            (Ok((begin, _)), _) => {
                let reason = "the connection speaks http/2, which has no pipelines".to_owned();
                vec![self.unreachable(begin, reason); requests.len()]
            }
        };
        for reply in &mut replies {
            self.finish(reply);
        }
        replies
    }

    /// Sees to it that a named connection stands: when the exchange over it began, and since when the
    /// connection stands where it was opened for that.
    async fn stand(
        &self,
        named: &Named,
        held: &mut Option<Line>,
        wanted: Option<HttpVersion>,
    ) -> Result<(Instant, Option<Instant>), Reply> {
        let begin = Instant::now();
        let usable = match held {
            Some(Line::Http1(line)) => line.is_quiet(),
            Some(Line::Http2(link)) => link.is_alive(),
            None => false,
        };
        if usable {
            return Ok((begin, None));
        }
        *held = None;
        let version = match named.shape.http {
            Some(1) => Some(HttpVersion::Http1),
            Some(_) => Some(HttpVersion::Http2),
            None => wanted,
        };
        // Cases that hold connections by name and want one more could wait for each other.
        let patience = self.settings.connect_timeout;
        let Ok(Grant::Room(slot)) = timeout(patience, self.pool.take(Need::Fresh)).await else {
            let most = self.settings.max_connections;
            let reason = format!("none of the {most} connections came free in {patience:?}");
            return Err(self.unreachable(begin, reason));
        };
        let begin = Instant::now();
        let offer = self.connector.offer(version);
        match self.open(offer, slot, named.shape.initial_window, None).await {
            Ok(line) => *held = Some(line),
            Err(reason) => return Err(self.unreachable(begin, reason)),
        }
        Ok((begin, Some(Instant::now())))
    }
}
