//! Requests that are no case: whether and how a service is there.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Executor;
use crate::case::{Auth, Exchange, Label, Outcome, Sent};
use crate::transport::{Client, Over, Reply};
use crate::wire::{self, Request, grpc};

/// What a service of gRPC is asked (health.md of gRPC). One that has no such method says so, and is there:
/// anything but a call of gRPC some reset without an answer.
const HEALTH: &str = "/grpc.health.v1.Health/Check";

impl Executor {
    /// Asks by a method and a target.
    pub async fn ask(&self, method: &str, target: &str) -> Exchange {
        self.ask_within(method, target, self.client.timeout()).await
    }

    /// The same as [`Executor::ask`], where the answer is not waited for longer than `most`.
    pub async fn ask_within(&self, method: &str, target: &str, most: Duration) -> Exchange {
        self.ask_by(&self.client, plain(method, target), most).await
    }

    /// Looks whether the service is there: the first of its faces that is not, else any.
    pub async fn look(&self) -> Exchange {
        let first = self.look_by(&self.client).await;
        match &self.rpc {
            Some(rpc) if !matches!(first.outcome, Outcome::Unreachable { .. }) => {
                self.look_by(rpc).await
            }
            _ => first,
        }
    }

    async fn look_by(&self, client: &Client) -> Exchange {
        let request = if client.target().is_rpc {
            let mut request = Request { body: grpc::frame(&[]).into(), ..plain("POST", HEALTH) };
            request.push_header("TE", "trailers");
            request.push_header("Content-Type", grpc::MEDIA_TYPE);
            request
        } else {
            plain("GET", &format!("{}/", self.base))
        };
        self.ask_by(client, request, client.timeout()).await
    }

    async fn ask_by(&self, client: &Client, mut request: Request, most: Duration) -> Exchange {
        let (method, name) =
            (request.method.clone(), format!("{} {}", request.method, request.target));
        // The default identity is always known.
        let shown = self.sign(&Auth::Default, None, &mut request).unwrap_or_default();
        let (target, headers) =
            shown.unwrap_or_else(|| (request.target.clone(), request.headers.clone()));
        let sent = Sent { method, target, headers, ..Sent::default() };
        let timeout = client.timeout().min(most);
        let reply = async {
            if self.stop.is_asked() {
                return Reply::abandoned();
            }
            self.counters.requests.fetch_add(1, Ordering::Relaxed);
            tokio::select! {
                biased;
                () = self.stop.asked() => Reply::abandoned(),
                reply = client.send(&request, Over::Fresh, Some(timeout)) => reply,
            }
        };
        let reply = reply.await;
        Exchange {
            call: "ask".to_owned(),
            operation: name,
            label: Label::Valid,
            auth: Auth::Default,
            sent,
            outcome: reply.outcome,
            times: reply.times,
            http: reply.http,
            fresh_connection: reply.fresh_connection,
        }
    }
}

/// A request without a body.
fn plain(method: &str, target: &str) -> Request {
    let mut request =
        Request { method: method.to_owned(), target: target.to_owned(), ..Request::default() };
    request.push_header("Accept", "*/*");
    request.push_header("User-Agent", wire::render::USER_AGENT);
    request
}
