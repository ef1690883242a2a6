//! Calls among others who send the same.

use std::time::{Duration, Instant};

use super::http2::echo;
use super::server::{Act, OK, Server, say};
use super::*;
use crate::case::Perturbation;
use crate::transport::Version;
use crate::wire::Crowd;

const MS: Duration = Duration::from_millis(1);

fn among(count: usize, perturb: Vec<Perturbation>, stays: bool, request: Request) -> Request {
    Request { crowd: Some(Box::new(Crowd { count, perturb, stays })), ..request }
}

fn held() -> Vec<Perturbation> {
    vec![Perturbation::Slice { size: 1, gap: 600_000 * MS }]
}

async fn serving() -> Server {
    Server::new([Act::Read, say(OK), Act::Again]).await
}

#[tokio::test]
async fn a_burst_comes_at_once_and_the_call_after_it() {
    let server = serving().await;
    let client = client(&server);
    let reply = fresh(&client, &among(5, Vec::new(), false, get())).await;
    assert_eq!((answer(&reply).status, reply.besides), (200, 5));
    assert_eq!((server.connections(), server.requests().len()), (6, 6));
    assert!(server.requests().iter().all(|request| *request == server.requests()[0]));
}

#[tokio::test]
async fn those_who_hold_connections_are_there_while_the_call_is_served() {
    let server = serving().await;
    let client = client(&server);
    let begin = Instant::now();
    let reply = fresh(&client, &among(5, held(), true, post("body"))).await;
    assert_eq!((answer(&reply).status, reply.besides), (200, 5));
    assert_eq!((server.connections(), server.requests().len()), (6, 1));
    assert!(begin.elapsed() < 2_000 * MS && reply.times.injected.is_zero(), "{reply:?}");
    // They have let go of their connections.
    assert!(client.open_connections() <= 1, "{}", client.open_connections());
}

#[tokio::test]
async fn a_call_that_nobody_serves_meanwhile_times_out() {
    // One worker: each connection waits for the one before it.
    let lock = std::sync::Arc::new(tokio::sync::Mutex::new(()));
    let server = Server::doing(move |mut tcp, _| {
        let lock = lock.clone();
        async move {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
            let _worker = lock.lock().await;
            let mut octets = Vec::new();
            while !octets.ends_with(b"\r\n\r\n") {
                let Ok(octet) = tcp.read_u8().await else { return };
                octets.push(octet);
            }
            let _ = tcp.write_all(OK.as_bytes()).await;
        }
    })
    .await;
    let client = client_with(&server, impatient(300));
    let reply = fresh(&client, &among(2, held(), true, get())).await;
    assert!(matches!(reply.outcome, Outcome::TimedOut { .. }), "{reply:?}");
    assert_eq!(answer(&fresh(&client, &get()).await).status, 200);
}

#[tokio::test]
async fn they_have_half_of_the_connections_at_most() {
    let server = serving().await;
    let settings = Settings { max_connections: 4, ..Settings::default() };
    let client = client_with(&server, settings);
    let reply = fresh(&client, &among(50, held(), true, get())).await;
    assert_eq!((answer(&reply).status, reply.besides), (200, 2));
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn each_of_them_counts_for_the_rate() {
    let server = serving().await;
    let settings = Settings { rate: Some(50.0), ..Settings::default() };
    let begin = Instant::now();
    let reply = fresh(&client_with(&server, settings), &among(5, Vec::new(), false, get())).await;
    assert_eq!(answer(&reply).status, 200);
    assert!(begin.elapsed() >= 95 * MS, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn they_speak_http_2_where_the_call_does() {
    let server = echo().await;
    let settings = Settings { http: Version::Http2, ..Settings::default() };
    let client = client_with(&server, settings);
    let read = vec![Perturbation::Read { size: 1, gap: 50 * MS }];
    for (perturb, stays) in [(Vec::new(), false), (held(), true), (read, true)] {
        let reply = fresh(&client, &among(3, perturb, stays, post("body"))).await;
        assert_eq!((&answer(&reply).body[..], reply.besides), (&b"body"[..], 3));
    }
}

#[tokio::test]
async fn where_none_can_be_there_the_call_is_not_sent() {
    let server = serving().await;
    let port = server.port();
    drop(server);
    let target = Target::new(Scheme::Http, "127.0.0.1", port);
    let client = Client::new(target, Settings::default()).unwrap();
    let reply = fresh(&client, &among(3, Vec::new(), false, get())).await;
    assert!(!unreachable(&reply).is_empty());
}
