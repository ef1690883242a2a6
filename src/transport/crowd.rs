//! Calls among others who send the same request: before them, or while they are there.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout, timeout_at};

use super::bends::Appointments;
use super::client::Client;
use super::latch::{Key, Latch};
use super::opened::room;
use super::pool::{Grant, Need, Slot};
use super::reply::Line;
use super::{Release, Reply};
use crate::wire::{Crowd, Request};

/// So long connections are waited for, all together.
const GATHERING: Duration = Duration::from_secs(2);

/// So much sooner the others begin who are there beside a call.
const HEAD_START: Duration = Duration::from_millis(100);

impl Client {
    /// Sends a call among others who send the same request.
    ///
    /// They have no more than half of the connections, so that the call has one; and each counts for the
    /// rate.
    pub(super) async fn among(
        &self,
        crowd: &Crowd,
        request: &Request,
        patience: Duration,
        call: impl Future<Output = Reply>,
    ) -> Reply {
        let perturb = crowd.perturb.clone();
        let same = Request { perturb, frames: Vec::new(), crowd: None, ..request.clone() };
        let begin = Instant::now();
        let lines = self.gather(crowd.count, &same).await;
        if lines.is_empty() {
            return self.unreachable(begin, "no connection is free for those beside it".to_owned());
        }
        let besides = lines.len() as u32;
        let (latch, keys) = Latch::new(lines.len());
        let others = lines.into_iter().zip(keys).map(|(line, key)| {
            let release = (!crowd.stays).then(|| release(key, &latch));
            self.one_of_them(line, &same, patience, release)
        });
        let mut others = pin!(join_all(others));
        let mut call = pin!(call);
        let ahead = if crowd.stays { HEAD_START } else { patience };
        let are_done = timeout(ahead, &mut others).await.is_ok();
        let reply = if are_done || !crowd.stays {
            call.await
        } else {
            tokio::select! {
                reply = &mut call => reply,
                _ = &mut others => call.await,
            }
        };
        Reply { besides: reply.besides + besides, ..reply }
    }

    /// Connections for so many, or for as many as there is room for.
    async fn gather(&self, count: usize, request: &Request) -> Vec<Line> {
        let until = Instant::now() + GATHERING;
        let most = (self.settings.max_connections / 2).max(1);
        let mut slots: Vec<Slot> = Vec::new();
        while slots.len() < count.min(most) {
            let Ok(Grant::Room(slot)) = timeout_at(until, self.pool.take(Need::Fresh)).await else {
                break;
            };
            slots.push(slot);
            self.limiter.pass().await;
        }
        let offer = self.connector.offer(self.outgoing(request, GATHERING).version);
        let room = room(request);
        let lines = slots.into_iter().map(|slot| self.open(offer, slot, room, room));
        join_all(lines).await.into_iter().flatten().collect()
    }

    /// What one of the others does; nobody asks what comes of it.
    async fn one_of_them(
        &self,
        line: Line,
        request: &Request,
        patience: Duration,
        release: Option<Release>,
    ) {
        let mut outgoing = self.outgoing(request, patience);
        outgoing.appointments = Appointments { release, ..Appointments::default() };
        match line {
            Line::Http1(mut line) => drop(self.exchange1(&mut line, &mut outgoing).await),
            Line::Http2(link) => drop(self.exchange2(&link, &mut outgoing).await),
        }
    }
}

/// What holds one back until all are as far.
fn release(key: Key, latch: &Latch) -> Release {
    Release { key, latch: latch.clone(), skew: Duration::ZERO, in_one: false }
}
