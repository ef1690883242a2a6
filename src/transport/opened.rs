//! Requests over a connection that is opened for them.

use tokio::time::Instant;

use super::Reply;
use super::client::{Client, Outgoing};
use super::http1::Http1;
use super::http2::Http2;
use super::pool::{Grant, Need, Slot};
use super::reply::Line;
use super::tls::Offer;
use crate::case::{HttpVersion, Perturbation};
use crate::wire::Request;

impl Client {
    /// Sends over a connection opened for it; others may use it afterwards.
    pub(super) async fn over_new(&self, slot: Option<Slot>, outgoing: &mut Outgoing<'_>) -> Reply {
        let slot = match slot {
            Some(slot) => slot,
            None => match self.pool.take(Need::Fresh).await {
                Grant::Room(slot) => slot,
                Grant::Http1(_) | Grant::Http2(_) => {
                    return self.unreachable(Instant::now(), "no connection is free".to_owned());
                }
            },
        };
        self.limiter.pass().await;
        let begin = Instant::now();
        let offer = self.connector.offer(outgoing.version);
        let room = room(outgoing.request);
        let line = match self.open(offer, slot, room, room).await {
            Ok(line) => line,
            Err(reason) => return self.unreachable(begin, reason),
        };
        let connected = Some(Instant::now());
        match line {
            Line::Http1(mut line) => {
                let done = self.exchange1(&mut line, outgoing).await;
                if done.reusable && room.is_none() {
                    self.pool.give(line);
                }
                self.reply(begin, connected, HttpVersion::Http1, done)
            }
            Line::Http2(link) => {
                let lease = self.pool.share(link);
                let done = self.exchange2(lease.link(), outgoing).await;
                // What has little room is no one else's.
                if !done.reusable || room.is_some() {
                    lease.retire();
                }
                self.reply(begin, connected, HttpVersion::Http2, done)
            }
        }
    }

    /// Opens a connection; `window` is that of its streams, over HTTP/2, and `room` what its socket holds.
    pub(super) async fn open(
        &self,
        offer: Offer,
        slot: Slot,
        window: Option<u32>,
        room: Option<u32>,
    ) -> Result<Line, String> {
        let (stream, version) = self.connector.open(offer, room).await?;
        if offer == Offer::Either {
            self.agreed.get_or_init(|| version);
        }
        Ok(match version {
            HttpVersion::Http1 => {
                let until = Instant::now() + self.settings.timeout;
                Line::Http1(Http1::new(stream, slot, until))
            }
            HttpVersion::Http2 => {
                Line::Http2(Http2::begin(stream, slot, window, &self.settings.limits).await?)
            }
        })
    }
}

/// How much of an answer may come before it is read: little, where it is read slowly.
pub(super) fn room(request: &Request) -> Option<u32> {
    request.perturb.iter().find_map(|bend| match bend {
        Perturbation::Read { size, .. } => Some((*size).max(1)),
        _ => None,
    })
}
