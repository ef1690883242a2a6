//! What servers that know HTTP/2 make of requests in frames of our own.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::http2::echo;
use super::server::{Server, say};
use super::*;
use crate::case::{Ending, HttpVersion, Perturbation};
use crate::transport::{Named, Version};
use crate::wire::FrameOperation;

const MS: Duration = Duration::from_millis(1);

/// Codes of RFC 9113, section 7.
const REFUSED_STREAM: u32 = 0x7;
const ENHANCE_YOUR_CALM: u32 = 0xb;

pub(super) fn http2(server: &Server) -> Client {
    client_with(server, Settings { http: Version::Http2, ..Settings::default() })
}

pub(super) fn doing(operation: FrameOperation, body: impl Into<Bytes>) -> Request {
    let body = body.into();
    let request = if body.is_empty() { get() } else { post(body) };
    Request { frames: vec![operation], ..request }
}

/// What a conforming server has to serve as usual.
fn harmless() -> [FrameOperation; 12] {
    use FrameOperation::{GoAway, Padding, Pieces, Ping, Setting, Streams, Trailers, Window};
    [
        Setting { identifier: 0x4, value: 1_024 },
        Setting { identifier: 0x5, value: 1 << 20 },
        Setting { identifier: 0x1, value: 0 },
        Padding(255),
        Padding(0),
        Pieces(5),
        Streams(3),
        GoAway,
        Ping,
        Trailers(1),
        Trailers(4_096),
        Window { size: 64, gap: MS },
    ]
}

#[tokio::test]
async fn what_is_unusual_and_legal_is_served_as_usual() {
    let server = echo().await;
    let client = http2(&server);
    for operation in harmless() {
        for length in [0, 1, 300, 4_000] {
            let body: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let reply = fresh(&client, &doing(operation, body.clone())).await;
            let answer = answer(&reply);
            assert_eq!((answer.status, &answer.ending), (200, &Ending::Complete), "{operation:?}");
            assert!(answer.body == body, "{operation:?} {length}");
            assert_eq!((reply.http, reply.fresh_connection), (HttpVersion::Http2, true));
            assert!(reply.times.sent.is_some() && reply.written > body.len() as u64, "{reply:?}");
            assert_eq!(reply.besides, if operation == FrameOperation::Streams(3) { 2 } else { 0 });
        }
    }
    assert_eq!(client.open_connections(), 0);
}

#[tokio::test]
async fn large_bodies_go_there_and_back_by_the_windows_of_both_sides() {
    let server = echo().await;
    let body: Bytes = (0..400_000_u32).map(|n| n as u8).collect::<Vec<_>>().into();
    for operation in [FrameOperation::Padding(255), FrameOperation::Streams(3)] {
        let reply = fresh(&http2(&server), &doing(operation, body.clone())).await;
        assert!(answer(&reply).body == body, "{operation:?}");
        assert_eq!(answer(&reply).ending, Ending::Complete);
    }
}

#[tokio::test]
async fn a_tiny_window_is_our_own_slowness() {
    let server = echo().await;
    let window = FrameOperation::Window { size: 10, gap: 20 * MS };
    let settings = Settings { timeout: 150 * MS, http: Version::Http2, ..Settings::default() };
    let reply = fresh(&client_with(&server, settings), &doing(window, vec![b'x'; 100])).await;
    assert_eq!(answer(&reply).body.len(), 100);
    assert!(reply.times.injected >= 150 * MS, "{:?}", reply.times);
}

/// A server that admits five streams, answers those that are whole, and waits with the others.
async fn narrow() -> Server {
    Server::doing(|tcp, _| async move {
        let mut builder = h2::server::Builder::new();
        let mut h2 = builder.max_concurrent_streams(5).handshake::<_, Bytes>(tcp).await.unwrap();
        let mut held = Vec::new();
        while let Some(Ok((request, mut respond))) = h2.accept().await {
            if request.body().is_end_stream() {
                let _ = respond.send_response(Response::new(()), true);
            } else {
                held.push((request, respond));
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_stream_beyond_what_is_admitted_is_refused_and_the_server_lives() {
    let server = narrow().await;
    let client = http2(&server);
    let reply = fresh(&client, &doing(FrameOperation::Surplus(1), "")).await;
    let Outcome::Dropped { code, reset: true, .. } = reply.outcome else { panic!("{reply:?}") };
    assert_eq!((code, reply.besides), (Some(REFUSED_STREAM), 5));
    assert_eq!(answer(&fresh(&client, &get()).await).status, 200);
    // As many as are admitted are served, however many are asked for.
    let reply = fresh(&client, &doing(FrameOperation::Streams(20), "")).await;
    assert_eq!((answer(&reply).status, reply.besides), (200, 4));
}

#[tokio::test]
async fn floods_are_ended_or_borne() {
    let server = echo().await;
    let client = http2(&server);
    for operation in [FrameOperation::Resets(200), FrameOperation::Continuations(3_000)] {
        let reply = fresh(&client, &doing(operation, "")).await;
        let Outcome::Dropped { code, .. } = reply.outcome else { panic!("{reply:?}") };
        assert_eq!(code, Some(ENHANCE_YOUR_CALM), "{operation:?}");
    }
    let reply = fresh(&client, &doing(FrameOperation::Pings(500), "")).await;
    assert_eq!(answer(&reply).status, 200);
    assert_eq!(answer(&fresh(&client, &get()).await).status, 200);
}

#[tokio::test]
async fn where_there_are_no_frames_that_is_said_and_nothing_is_sent() {
    let server = Server::new([say("HTTP/1.1 200 OK\r\n\r\n")]).await;
    let ping = doing(FrameOperation::Ping, "");
    let reply = fresh(&client(&server), &ping).await;
    assert!(unreachable(&reply).contains("--http 2"), "{reply:?}");
    let bent = Request { perturb: vec![Perturbation::Cancel(MS)], ..ping.clone() };
    assert!(unreachable(&fresh(&http2(&server), &bent).await).contains("`perturb`"));
    let mut chunked = ping;
    chunked.push_header("transfer-encoding", "chunked");
    assert!(unreachable(&fresh(&http2(&server), &chunked).await).contains("cannot carry"));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_connection_that_is_named_may_ask_for_frames() {
    let server = echo().await;
    let shape = crate::case::Connection { http: Some(2), ..crate::case::Connection::default() };
    let named = Named::new(shape);
    let ping = doing(FrameOperation::Ping, "x");
    let reply = client(&server).send(&ping, Over::Named(&named), None).await;
    assert_eq!(&answer(&reply).body[..], b"x");
}
