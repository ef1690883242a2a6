//! What a client makes of servers that speak HTTP/2, more or less.

use std::time::Duration;

use bytes::Bytes;
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderValue, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::{Act, Server, say};
use super::*;
use crate::case::{self, Ending, HttpVersion};
use crate::transport::{Named, Version};

const MS: Duration = Duration::from_millis(1);

type Call = (http::Request<RecvStream>, SendResponse<Bytes>);

/// A server that does something with each call while the connection is driven.
async fn serving<F>(each: impl Fn(Call, usize) -> F + Copy + Send + 'static) -> Server
where
    F: Future<Output = ()> + Send + 'static,
{
    Server::doing(move |tcp, connection| async move {
        let mut h2 = h2::server::handshake(tcp).await.unwrap();
        while let Some(Ok(call)) = h2.accept().await {
            tokio::spawn(each(call, connection));
        }
    })
    .await
}

/// A server that answers each call with its body.
pub(super) async fn echo() -> Server {
    serving(|(mut request, mut respond), _| async move {
        let mut body = Vec::new();
        while let Some(Ok(data)) = request.body_mut().data().await {
            request.body_mut().flow_control().release_capacity(data.len()).unwrap();
            body.extend_from_slice(&data);
        }
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data(body.into(), true).unwrap();
    })
    .await
}

fn settings() -> Settings {
    Settings { http: Version::Http2, ..Settings::default() }
}

fn client(server: &Server) -> Client {
    client_with(server, settings())
}

async fn code_of(server: &Server) -> Option<u32> {
    match fresh(&client(server), &get()).await.outcome {
        Outcome::Dropped { reset: true, code, .. } => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_large_body_goes_there_and_back_under_flow_control() {
    let server = echo().await;
    let client = client(&server);
    let body: Bytes = (0..3_000_000_u32).map(|n| n as u8).collect::<Vec<_>>().into();
    let reply = pooled(&client, &post(body.clone())).await;
    assert_eq!(answer(&reply).ending, Ending::Complete);
    assert!(answer(&reply).body == body);
    assert_eq!((reply.http, reply.fresh_connection), (HttpVersion::Http2, true));
    assert!(reply.written > body.len() as u64 && reply.times.sent.is_some());
    let again = pooled(&client, &get()).await;
    assert_eq!((answer(&again).status, again.fresh_connection), (200, false));
}

#[tokio::test]
async fn the_request_is_the_one_that_was_meant() {
    let server = serving(|(request, mut respond), _| async move {
        let seen = format!("{} {} {:?}", request.method(), request.uri(), request.headers());
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data(seen.into(), true).unwrap();
    })
    .await;
    let mut request = post("{}");
    request.push_header("X-Two", "a");
    request.push_header("x-two", "b");
    let reply = fresh(&client(&server), &request).await;
    let seen = String::from_utf8_lossy(&answer(&reply).body).into_owned();
    let port = server.port();
    assert_eq!(
        seen,
        format!(
            "POST http://127.0.0.1:{port}/things?a=1 \
             {{\"x-two\": \"a\", \"x-two\": \"b\", \"content-length\": \"2\"}}"
        )
    );
    request.push_header("Host", "other.test");
    let reply = fresh(&client(&server), &request).await;
    assert!(answer(&reply).body.starts_with(b"POST http://other.test/things?a=1 "));
}

#[tokio::test]
async fn trailers_and_interim_answers_are_kept() {
    let server = serving(|(_, mut respond), _| async move {
        let interim = Response::builder().status(103).body(()).unwrap();
        respond.send_informational(interim).unwrap();
        tokio::time::sleep(20 * MS).await;
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data("body".into(), false).unwrap();
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        stream.send_trailers(trailers).unwrap();
    })
    .await;
    let reply = fresh(&client(&server), &get()).await;
    let answer = answer(&reply);
    assert_eq!((&answer.body[..], &answer.trailers[0].value[..]), (&b"body"[..], &b"0"[..]));
    assert_eq!(answer.interim, [103]);
}

#[tokio::test]
async fn an_early_answer_that_is_all_trailers_is_not_lost() {
    let server = serving(|(request, mut respond), _| async move {
        let answer = Response::builder().header("grpc-status", "12").body(()).unwrap();
        respond.send_response(answer, true).unwrap();
        drop(request);
    })
    .await;
    let client = client(&server);
    let request = post(vec![0; 4 << 20]);
    for _ in 0..20 {
        let reply = fresh(&client, &request).await;
        assert_eq!(answer(&reply).header("grpc-status"), Some("12"));
        assert!(answer(&reply).early && reply.written < 4 << 20, "{}", reply.written);
    }
}

#[tokio::test]
async fn interim_answers_before_a_reset_are_kept() {
    let server = serving(|(_, mut respond), _| async move {
        let interim = Response::builder().status(103).body(()).unwrap();
        respond.send_informational(interim).unwrap();
        tokio::time::sleep(20 * MS).await;
        respond.send_reset(Reason::INTERNAL_ERROR);
    })
    .await;
    let outcome = fresh(&client(&server), &get()).await.outcome;
    let Outcome::Dropped { interim, code, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((&*interim, code), (&[103][..], Some(2)));
}

#[tokio::test]
async fn a_reset_stream_is_dropped_with_its_code() {
    let server = serving(|(_, mut respond), _| async move {
        respond.send_reset(Reason::ENHANCE_YOUR_CALM);
    })
    .await;
    assert_eq!(code_of(&server).await, Some(11));
    let reply = fresh(&client(&server), &post(vec![0; 4 << 20])).await;
    assert!(matches!(reply.outcome, Outcome::Dropped { code: Some(11), .. }), "{reply:?}");
}

#[tokio::test]
async fn a_stream_reset_within_its_body_is_truncated() {
    let server = serving(|(_, mut respond), _| async move {
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data("half".into(), false).unwrap();
        tokio::time::sleep(50 * MS).await;
        stream.send_reset(Reason::INTERNAL_ERROR);
    })
    .await;
    let reply = fresh(&client(&server), &get()).await;
    assert_eq!(answer(&reply).ending, Ending::Truncated);
    assert_eq!(&answer(&reply).body[..], b"half");
}

/// A server that ends the connection in some way as a call comes.
async fn ending(end: impl Fn(&mut Connection<TcpStream, Bytes>) + Copy + Send + 'static) -> Server {
    Server::doing(move |tcp, _| async move {
        let mut h2 = h2::server::handshake(tcp).await.unwrap();
        let call = h2.accept().await;
        end(&mut h2);
        let _ = tokio::time::timeout(200 * MS, h2.accept()).await;
        drop(call);
    })
    .await
}

#[tokio::test]
async fn a_go_away_is_dropped_with_its_code() {
    let server = ending(|h2| h2.abrupt_shutdown(Reason::INADEQUATE_SECURITY)).await;
    assert_eq!(code_of(&server).await, Some(12));
}

#[tokio::test]
async fn a_connection_that_ends_without_a_word_is_dropped_by_fin_or_rst() {
    for hard in [false, true] {
        let server = Server::doing(move |mut tcp, _| async move {
            // An empty SETTINGS frame (RFC 9113, section 6.5), then the end.
            tcp.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
            let mut seen = [0; 4096];
            while tokio::time::timeout(50 * MS, tcp.read(&mut seen)).await.is_ok() {}
            if hard {
                tcp.set_zero_linger().unwrap();
            }
        })
        .await;
        let reply = fresh(&client(&server), &get()).await;
        let Outcome::Dropped { reset, code: None, .. } = reply.outcome else { panic!("{reply:?}") };
        assert_eq!(reset, hard);
    }
}

#[tokio::test]
async fn what_is_no_http_2_is_garbage_with_its_octets() {
    let server = Server::new([Act::Wait(20 * MS), say("HTTP/1.1 400 Bad Request\r\n\r\n")]).await;
    let reply = fresh(&client(&server), &get()).await;
    let Outcome::Garbage { received, reason } = &reply.outcome else { panic!("{reply:?}") };
    assert!(received.starts_with(b"HTTP/1.1 400") && reason.contains("http/1.1"), "{reason}");

    // A DATA frame on stream 0 (RFC 9113, section 6.1 forbids it).
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let broken = [&settings[..], &[0, 0, 1, 0, 0, 0, 0, 0, 0, 0]].concat();
    let server = Server::new([Act::Say(broken), Act::ReadAll]).await;
    let reply = fresh(&client(&server), &get()).await;
    let Outcome::Garbage { reason, .. } = &reply.outcome else { panic!("{reply:?}") };
    assert!(reason.contains("PROTOCOL_ERROR") || reason.contains("protocol error"), "{reason}");
}

#[tokio::test]
async fn silence_times_out_and_ends_the_connection() {
    let server = serving(|(request, respond), _| async move {
        tokio::time::sleep(1000 * MS).await;
        drop((request, respond));
    })
    .await;
    let settings = Settings { timeout: 80 * MS, ..settings() };
    let client = client_with(&server, settings);
    let reply = pooled(&client, &get()).await;
    assert!(matches!(reply.outcome, Outcome::TimedOut { .. }), "{reply:?}");
    assert!(pooled(&client, &get()).await.fresh_connection);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_cut() {
    let server = serving(|(_, mut respond), _| async move {
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        loop {
            stream.reserve_capacity(1 << 16);
            match std::future::poll_fn(|cx| stream.poll_capacity(cx)).await {
                Some(Ok(room)) => drop(stream.send_data(vec![b'x'; room].into(), false)),
                _ => return,
            }
        }
    })
    .await;
    let reply = fresh(&client(&server), &get()).await;
    assert_eq!((&answer(&reply).ending, answer(&reply).body.len()), (&Ending::TooLarge, 8 << 20));
}

#[tokio::test]
async fn a_length_that_does_not_fit_is_broken() {
    let server = serving(|(_, mut respond), _| async move {
        let answer = Response::builder().header("content-length", "2").body(()).unwrap();
        let mut stream = respond.send_response(answer, false).unwrap();
        let _ = stream.send_data("too long".into(), true);
    })
    .await;
    let reply = fresh(&client(&server), &get()).await;
    assert!(matches!(answer(&reply).ending, Ending::Broken(_)), "{reply:?}");
}

#[tokio::test]
async fn a_reused_connection_that_went_away_is_retried_once_and_said_so() {
    let server = Server::doing(|tcp, _| async move {
        let mut h2 = h2::server::handshake(tcp).await.unwrap();
        let (_, mut respond) = h2.accept().await.unwrap().unwrap();
        respond.send_response(Response::new(()), true).unwrap();
        let _second = h2.accept().await;
        h2.abrupt_shutdown(Reason::NO_ERROR);
        let _ = h2.accept().await;
    })
    .await;
    let client = client(&server);
    assert!(!pooled(&client, &get()).await.retried);
    let reply = pooled(&client, &get()).await;
    assert_eq!(answer(&reply).status, 200);
    assert!(reply.retried && reply.fresh_connection);
}

#[tokio::test]
async fn a_connection_is_shared_only_at_the_cap_and_within_bounds() {
    let server = serving(|(_, mut respond), connection| async move {
        tokio::time::sleep(30 * MS).await;
        let answer = Response::builder().header("on", connection).body(()).unwrap();
        let _ = respond.send_response(answer, true);
    })
    .await;
    let settings = Settings { max_connections: 2, max_streams: 3, ..settings() };
    let client = client_with(&server, settings);
    let request = get();
    let send = || pooled(&client, &request);
    let (a, b) = tokio::join!(send(), send());
    assert_ne!(answer(&a).header("on"), answer(&b).header("on"));
    let begin = std::time::Instant::now();
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    assert!([a, b, c, d].iter().all(|reply| answer(reply).status == 200));
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    assert!([a, b, c, d].iter().all(|reply| answer(reply).status == 200));
    assert!(begin.elapsed() >= 60 * MS);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn streams_over_a_named_connection_run_side_by_side() {
    let server = echo().await;
    let client = client_with(&server, Settings::default());
    let shape = case::Connection { http: Some(2), initial_window: Some(10) };
    let named = Named::new(shape);
    let (first, second) = (post("1"), post(vec![7; 100_000]));
    let send = |request| client.send(request, Over::Named(&named), None);
    let (a, b) = tokio::join!(send(&first), send(&second));
    assert_eq!((a.http, b.http), (HttpVersion::Http2, HttpVersion::Http2));
    assert_eq!((answer(&a).body.len(), answer(&b).body.len()), (1, 100_000));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_http_2_cannot_carry_is_said_and_not_sent() {
    let server = echo().await;
    let mut request = get();
    request.push_header("transfer-encoding", "chunked");
    let reply = fresh(&client(&server), &request).await;
    assert!(unreachable(&reply).contains("http/2 cannot carry"), "{reply:?}");
    let odd = Request { target: "/a b".into(), ..get() };
    assert!(unreachable(&fresh(&client(&server), &odd).await).contains("cannot carry"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_users_share_few_connections() {
    let server = echo().await;
    let settings = Settings { max_connections: 3, max_streams: 2, ..settings() };
    let client = std::sync::Arc::new(client_with(&server, settings));
    let users: Vec<_> = (0..12_u8)
        .map(|user| {
            let client = client.clone();
            tokio::spawn(async move {
                for round in 0..10 {
                    let over = if (user + round) % 3 == 0 { Over::Fresh } else { Over::Pooled };
                    let reply = client.send(&post(vec![user; 100]), over, None).await;
                    assert_eq!(&answer(&reply).body[..], vec![user; 100]);
                }
            })
        })
        .collect();
    for user in users {
        user.await.unwrap();
    }
    assert!(client.open_connections() <= 3);
}
