//! A client against in-process servers that behave as servers should not.

mod bends;
mod bends2;
mod crowd;
mod frames;
mod frames_raw;
mod http1;
mod http2;
mod pipeline;
mod pool;
mod proxy;
mod server;
mod tls;

use std::time::Duration;

use super::{Client, Over, Reply, Scheme, Settings, Target};
use crate::case::{Answer, Outcome};
use crate::wire::Request;
use server::Server;

fn get() -> Request {
    Request { method: "GET".to_owned(), target: "/things?a=1".to_owned(), ..Request::default() }
}

fn post(body: impl Into<bytes::Bytes>) -> Request {
    Request { method: "POST".to_owned(), body: body.into(), ..get() }
}

/// A client of a server.
fn client_with(server: &Server, settings: Settings) -> Client {
    Client::new(Target::new(Scheme::Http, "127.0.0.1", server.port()), settings).unwrap()
}

fn client(server: &Server) -> Client {
    client_with(server, Settings::default())
}

fn impatient(timeout: u64) -> Settings {
    Settings { timeout: Duration::from_millis(timeout), ..Settings::default() }
}

async fn fresh(client: &Client, request: &Request) -> Reply {
    client.send(request, Over::Fresh, None).await
}

async fn pooled(client: &Client, request: &Request) -> Reply {
    client.send(request, Over::Pooled, None).await
}

fn answer(reply: &Reply) -> &Answer {
    match &reply.outcome {
        Outcome::Answered(answer) => answer,
        other => panic!("no answer: {other:?}"),
    }
}

fn unreachable(reply: &Reply) -> &str {
    match &reply.outcome {
        Outcome::Unreachable { reason } => reason,
        other => panic!("reached: {other:?}"),
    }
}
