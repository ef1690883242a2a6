//! Calls that go out together: released at one moment, or one behind the other over one connection.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::super::Executor;
use super::super::bindings::Bindings;
use super::super::ready::Ready;
use super::{Came, Means};
use crate::case::{Call, Release as Released, Together, Unfinished};
use crate::transport::{Appointments, Client, Key, Latch, Named, Over, Release};
use crate::wire::deviation::Danger;
use crate::wire::grpc;

const HELD: &str = "what is held ends after a later step: it cannot be released together with others; make it \
                    a step of its own";
const PIPED: &str = "calls that share a connection of http/1.1 go out in one piece; leave out `perturb` and \
                     `skew`, or `on`";
const SHARED: &str = "calls that hold back their last octet cannot share a connection of http/1.1; leave out \
                      `on`, or release them `plain`";

impl Executor {
    /// Whether the calls of a group can go out as it says, and may.
    ///
    /// # Errors
    /// Which of them cannot, why, and the way out.
    pub(super) fn may_meet(&self, group: &Together, means: &Means<'_>) -> Result<(), Unfinished> {
        let client = self.client_of_group(group);
        let refused = |call: &Call, why: String| Err(Unfinished { call: call.id.clone(), why });
        let bent = |call: &Call| !group.whole(call).perturb.is_empty() || call.skew.is_some();
        if let Some(held) = group.calls.iter().find(|call| group.whole(call).is_held()) {
            return refused(held, HELD.to_owned());
        }
        let mut waiting = group.calls.iter().filter(|call| group.whole(call).keeps_waiting());
        if let Some(second) = waiting.nth(1) {
            let operation = &group.whole(second).operation;
            let borne = self.permission.bears("timing", Danger::Remote, operation);
            borne.or_else(|why| refused(second, why))?;
        }
        if let Some(first) = group.calls.first().filter(|_| means.pipe(group, client).is_some()) {
            if let Some(bent) = group.calls.iter().find(|call| bent(call)) {
                return refused(bent, PIPED.to_owned());
            }
            // What stands between may mix them up.
            return self
                .permission
                .bears("pipelining", Danger::Remote, &first.operation)
                .or_else(|why| refused(first, why));
        }
        if !is_released_apart(group, client) {
            return Ok(());
        }
        if let Some(shares) = group.calls.iter().find(|call| means.is_shared(call, group, client)) {
            return refused(shares, SHARED.to_owned());
        }
        let own = |name: &str| {
            group.calls.iter().any(|call| group.whole(call).on.as_deref() == Some(name))
        };
        let others = means.named.iter().filter(|(name, _)| !own(name)).count();
        let (count, most) = (group.calls.len() + others, client.most_connections());
        match group.calls.last().filter(|_| count > most) {
            None => Ok(()),
            Some(last) => refused(
                last,
                format!(
                    "what is released together needs {count} connections, and {most} may be open; allow more \
                     by --workers"
                ),
            ),
        }
    }

    /// The connections that the first call of a group goes over.
    fn client_of_group(&self, group: &Together) -> &Client {
        let first = group.calls.first().map(|call| group.whole(call));
        first.map_or(&self.client, |call| self.client_of(&call.operation))
    }

    /// Whether a group has calls of REST and of gRPC, each over connections of their own.
    fn is_mixed(&self, group: &Together) -> bool {
        let own = |call: &Call| grpc::is_method(&group.whole(call).operation);
        self.rpc.is_some() && group.calls.iter().any(own) && !group.calls.iter().all(own)
    }

    /// The calls of a group, each with what it sends, made ready to go out.
    pub(super) fn prepare_all<'a>(
        &self,
        group: &'a Together,
        bindings: &Bindings<'_>,
    ) -> Result<Vec<(Cow<'a, Call>, Ready)>, Unfinished> {
        let whole = group.calls.iter().map(|call| group.whole(call));
        whole.map(|call| self.prepare(&call, bindings).map(|ready| (call, ready))).collect()
    }

    /// Executes calls that are released together.
    pub(super) async fn together<'a>(
        &'a self,
        group: &'a Together,
        ready: Vec<(Cow<'a, Call>, Ready)>,
        means: &'a Means<'a>,
        first: usize,
    ) -> Vec<Came> {
        let client = self.client_of_group(group);
        if let Some(named) = means.pipe(group, client) {
            return self.piped(ready, named, means, first).await;
        }
        // Two groups that have half of their connections each would wait for each other.
        let _seats = if is_released_apart(group, client) {
            Some(client.seats(group.calls.len()).await)
        } else {
            None
        };
        let mut releases = releases(group).into_iter();
        // One packet holds what goes over one connection.
        let in_one =
            group.release == Released::OnePacket && client.speaks_http2() && !self.is_mixed(group);
        let shared = &in_one.then(Named::default);
        let all = group.calls.iter().zip(ready).enumerate().map(|(index, (call, ready))| {
            let release = releases.next().flatten();
            let (whole, ready) = ready;
            async move {
                if let Some(skew) = call.skew.filter(|_| release.is_none()) {
                    sleep(skew).await;
                }
                let appointments = Appointments { release, ..Appointments::default() };
                let over = shared.as_ref().map_or_else(|| means.over(&whole), Over::Named);
                let exchange = self.exchange(&whole, ready, over, means.most, appointments).await;
                (first + index, exchange)
            }
        });
        join_all(all).await
    }

    /// Sends calls one behind the other over one connection.
    async fn piped(
        &self,
        ready: Vec<(Cow<'_, Call>, Ready)>,
        named: &Named,
        means: &Means<'_>,
        first: usize,
    ) -> Vec<Came> {
        let own = ready.first().map(|(call, _)| self.client_of(&call.operation));
        let client = own.unwrap_or(&self.client);
        let timeout = ready.iter().map(|(call, _)| self.patience(call, means.most)).max();
        let requests: Vec<_> = ready.iter().map(|(_, ready)| &ready.request).collect();
        self.counters.requests.fetch_add(requests.len() as u64, Ordering::Relaxed);
        let replies = client.pipeline(&requests, named, timeout.unwrap_or_default()).await;
        let came = ready.into_iter().zip(replies).zip(first..);
        came.map(|(((call, ready), reply), at)| (at, self.came(&call, ready, reply))).collect()
    }
}

impl Means<'_> {
    /// The connection of HTTP/1.1 that the calls of a group come over one behind the other: what is begun
    /// at once on one connection is pipelined, where its version has no streams.
    fn pipe(&self, group: &Together, client: &Client) -> Option<&Named> {
        let (first, rest) = group.calls.split_first()?;
        let on = |call: &Call| group.whole(call).on.clone();
        let is_shared = rest.iter().all(|call| on(call) == first.on);
        let named = self.named(first)?;
        let is_piped = group.release == Released::Plain && is_shared && !has_streams(named, client);
        is_piped.then_some(named)
    }

    /// Whether another call of a group comes over the same connection of HTTP/1.1, which carries one at a time.
    fn is_shared(&self, call: &Call, group: &Together, client: &Client) -> bool {
        let on = |call: &Call| group.whole(call).on.clone();
        let own = on(call);
        let named = self.named(&group.whole(call));
        named.is_some_and(|named| !has_streams(named, client))
            && group.calls.iter().filter(|other| on(other) == own).count() > 1
    }
}

/// Whether calls go side by side over a connection.
fn has_streams(named: &Named, client: &Client) -> bool {
    named.http().map_or_else(|| client.speaks_http2(), |version| version > 1)
}

/// Whether each call of a group needs a connection, and all of them at one time.
fn is_released_apart(group: &Together, client: &Client) -> bool {
    match group.release {
        Released::Plain => false,
        Released::LastByte => true,
        Released::OnePacket => !client.speaks_http2(),
    }
}

/// How each call of a group waits for the others; nothing where they are only begun at once.
fn releases(group: &Together) -> Vec<Option<Release>> {
    if group.release == Released::Plain {
        return group.calls.iter().map(|_| None).collect();
    }
    let (latch, keys) = Latch::new(group.calls.len());
    let release = |(call, key): (&Call, Key)| {
        let skew = call.skew.unwrap_or_default();
        let in_one = group.release == Released::OnePacket;
        Some(Release { key, latch: latch.clone(), skew, in_one })
    };
    group.calls.iter().zip(keys).map(release).collect()
}
