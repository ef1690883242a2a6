//! Which connection a request goes over.

use std::sync::Arc;
use std::time::Duration;

use super::http2::echo;
use super::server::{Act, OK, Server, say};
use super::*;
use crate::case::Connection;
use crate::transport::{Limiter, Named, Policy, Pressure, Version};

const MS: Duration = Duration::from_millis(1);

fn steady() -> Vec<Act> {
    vec![Act::Read, say(OK), Act::Again]
}

#[tokio::test]
async fn a_pooled_connection_is_used_again_and_a_fresh_one_is_new() {
    let server = Server::new(steady()).await;
    let client = client(&server);
    let first = pooled(&client, &get()).await;
    let second = pooled(&client, &get()).await;
    assert_eq!((first.fresh_connection, second.fresh_connection), (true, false));
    assert_eq!((server.connections(), second.times.connected), (1, Duration::ZERO));
    assert!(fresh(&client, &get()).await.fresh_connection);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_client_that_is_gone_leaves_no_connection_open() {
    for (http, server) in
        [(Version::Http1, Server::new(steady()).await), (Version::Http2, echo().await)]
    {
        let client = client_with(&server, Settings { http, ..Settings::default() });
        answer(&pooled(&client, &get()).await);
        let pool = Arc::downgrade(&client.pool);
        drop(client);
        // What drives a connection of HTTP/2 says good-bye first.
        tokio::time::sleep(50 * MS).await;
        assert!(pool.upgrade().is_none(), "{http:?}");
    }
}

#[tokio::test]
async fn what_ends_a_connection_ends_it() {
    for (text, why) in [
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "close"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1", "octets after it"),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "another protocol"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0"),
    ] {
        let server = Server::new([Act::Read, say(text), Act::Again]).await;
        let client = client(&server);
        pooled(&client, &get()).await;
        let reply = pooled(&client, &get()).await;
        assert!(reply.fresh_connection && !reply.retried, "{why}");
        assert_eq!(server.connections(), 2, "{why}");
    }
}

#[tokio::test]
async fn octets_after_an_answer_are_shown() {
    let server = Server::new([Act::Read, say(&format!("{OK}HTTP/1.1 500 x"))]).await;
    let reply = fresh(&client(&server), &get()).await;
    assert_eq!((answer(&reply).status, &*reply.surplus), (200, &b"HTTP/1.1 500 x"[..]));
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_not_used() {
    let server = Server::each([vec![Act::Read, say(OK)], steady()]).await;
    let client = client(&server);
    pooled(&client, &get()).await;
    tokio::time::sleep(50 * MS).await;
    let reply = pooled(&client, &get()).await;
    assert!(answer(&reply).status == 200 && reply.fresh_connection && !reply.retried);
}

#[tokio::test]
async fn octets_that_no_one_asked_for_end_an_idle_connection() {
    let unasked = vec![Act::Read, say(OK), Act::Wait(20 * MS), say(OK), Act::Silence];
    let server = Server::each([unasked, steady()]).await;
    let client = client(&server);
    pooled(&client, &get()).await;
    tokio::time::sleep(80 * MS).await;
    assert!(pooled(&client, &get()).await.fresh_connection);
}

#[tokio::test]
async fn a_reused_connection_that_is_closed_unanswered_is_retried_once_and_said_so() {
    for end in [vec![], vec![Act::Reset]] {
        let stale = [vec![Act::Read, say(OK), Act::Read], end].concat();
        let server = Server::each([stale.clone(), steady()]).await;
        let client = client(&server);
        pooled(&client, &get()).await;
        let reply = pooled(&client, &get()).await;
        assert_eq!(answer(&reply).status, 200);
        assert!(reply.retried && reply.fresh_connection);
        assert_eq!((server.requests().len(), server.connections()), (3, 2));

        let server = Server::each([stale, vec![Act::Read]]).await;
        let client = super::client(&server);
        pooled(&client, &get()).await;
        let reply = pooled(&client, &get()).await;
        assert!(matches!(reply.outcome, Outcome::Dropped { .. }) && reply.retried);
        assert_eq!(server.requests().len(), 3, "once only");
    }
}

#[tokio::test]
async fn where_a_service_goes_away_with_a_reused_connection_that_is_said() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let last = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        drop(listener);
        let mut octets = [0; 4096];
        assert!(tcp.read(&mut octets).await.unwrap() > 0);
        tcp.write_all(OK.as_bytes()).await.unwrap();
        assert!(tcp.read(&mut octets).await.unwrap() > 0);
    });
    let target = Target::new(Scheme::Http, "127.0.0.1", port);
    let client = Client::new(target, Settings::default()).unwrap();
    assert_eq!(answer(&pooled(&client, &get()).await).status, 200);
    let reply = pooled(&client, &get()).await;
    assert!(matches!(reply.outcome, Outcome::Dropped { .. }), "{:?}", reply.outcome);
    assert!(!reply.retried && !reply.fresh_connection);
    last.await.unwrap();
    assert!(matches!(pooled(&client, &get()).await.outcome, Outcome::Unreachable { .. }));
}

#[tokio::test]
async fn what_is_said_to_an_idle_connection_as_it_is_closed_is_no_answer() {
    const LATE: &str =
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let idle = vec![Act::Read, say(OK), Act::Read, say(LATE)];
    let server = Server::each([idle, steady()]).await;
    let client = client(&server);
    pooled(&client, &get()).await;
    let reply = pooled(&client, &get()).await;
    assert_eq!((answer(&reply).status, reply.retried), (200, true));

    let server = Server::new([Act::Read, say(LATE)]).await;
    let reply = pooled(&super::client(&server), &get()).await;
    assert_eq!((answer(&reply).status, reply.retried), (408, false), "a fresh connection");
}

#[tokio::test]
async fn nothing_else_is_retried() {
    let server = Server::new([Act::Read]).await;
    let client = client(&server);
    for _ in 0..2 {
        let reply = pooled(&client, &get()).await;
        assert!(matches!(reply.outcome, Outcome::Dropped { .. }) && !reply.retried);
    }
    assert_eq!(server.requests().len(), 2, "a fresh connection");

    let begun = vec![Act::Read, say(OK), Act::Read, say("HTTP/1.1 2")];
    let server = Server::new(begun).await;
    let client = super::client(&server);
    pooled(&client, &get()).await;
    let reply = pooled(&client, &get()).await;
    assert!(matches!(reply.outcome, Outcome::Dropped { .. }) && !reply.retried);
    assert_eq!(server.requests().len(), 2, "an answer that had begun");

    let server = Server::new([Act::Read, say(OK), Act::Read, Act::Silence]).await;
    let client = client_with(&server, impatient(60));
    pooled(&client, &get()).await;
    let reply = pooled(&client, &get()).await;
    assert!(matches!(reply.outcome, Outcome::TimedOut { .. }) && !reply.retried);
    assert_eq!(server.requests().len(), 2, "a timeout");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cap_holds_and_all_are_served() {
    let server = Server::new([Act::Read, Act::Wait(MS), say(OK), Act::Again]).await;
    let settings = Settings { max_connections: 3, ..Settings::default() };
    let client = Arc::new(client_with(&server, settings));
    let users: Vec<_> = (0..12)
        .map(|user| {
            let client = client.clone();
            tokio::spawn(async move {
                for round in 0..10 {
                    let over = if (user + round) % 3 == 0 { Over::Fresh } else { Over::Pooled };
                    let reply = client.send(&get(), over, None).await;
                    assert_eq!(answer(&reply).status, 200);
                    assert!(client.open_connections() <= 3);
                }
            })
        })
        .collect();
    for user in users {
        user.await.unwrap();
    }
    assert_eq!(server.requests().len(), 120);
}

#[tokio::test]
async fn one_who_gives_up_waiting_takes_no_connection_along() {
    let server = Server::new([Act::Read, Act::Wait(20 * MS), say(OK), Act::Again]).await;
    let settings = Settings { max_connections: 1, ..Settings::default() };
    let client = client_with(&server, settings);
    for over in [Over::Fresh, Over::Pooled, Over::Fresh] {
        let request = get();
        let busy = client.send(&request, Over::Pooled, None);
        let hasty = tokio::time::timeout(5 * MS, client.send(&request, over, None));
        let (reply, given_up) = tokio::join!(busy, hasty);
        assert!(given_up.is_err());
        assert_eq!(answer(&reply).status, 200);
    }
    assert_eq!(answer(&pooled(&client, &get()).await).status, 200);
    assert_eq!(client.open_connections(), 1);
}

#[tokio::test]
async fn calls_over_a_named_connection_share_it_and_no_others_do() {
    let server = Server::new(steady()).await;
    let client = client(&server);
    let named = Named::new(Connection::default());
    let request = get();
    let send = || client.send(&request, Over::Named(&named), None);
    let (a, b, c) = tokio::join!(send(), send(), send());
    let fresh: Vec<_> = [a, b, c].iter().map(|reply| reply.fresh_connection).collect();
    assert_eq!(fresh.iter().filter(|fresh| **fresh).count(), 1, "{fresh:?}");
    assert!(pooled(&client, &get()).await.fresh_connection);
    assert_eq!(server.connections(), 2);
    drop(named);
    assert_eq!(client.open_connections(), 1);
}

#[tokio::test]
async fn a_named_connection_that_ended_is_opened_again_but_nothing_is_retried() {
    let server = Server::new([Act::Read, say(OK), Act::Read]).await;
    let client = client(&server);
    let named = Named::new(Connection::default());
    let mut seen = Vec::new();
    for _ in 0..3 {
        let reply = client.send(&get(), Over::Named(&named), None).await;
        seen.push((matches!(reply.outcome, Outcome::Answered(_)), reply.fresh_connection));
        assert!(!reply.retried);
    }
    assert_eq!(seen, [(true, true), (false, false), (true, true)]);
}

#[tokio::test]
async fn holders_of_named_connections_do_not_wait_for_each_other_for_ever() {
    let server = Server::new(steady()).await;
    let connect_timeout = 50 * MS;
    let settings = Settings { max_connections: 1, connect_timeout, ..Settings::default() };
    let client = client_with(&server, settings);
    let (a, b) = (Named::default(), Named::default());
    client.send(&get(), Over::Named(&a), None).await;
    let reply = client.send(&get(), Over::Named(&b), None).await;
    assert!(unreachable(&reply).contains("none of the 1 connections"), "{reply:?}");
}

#[tokio::test]
async fn the_rate_counts_every_request() {
    let server = Server::new(steady()).await;
    let client = client_with(&server, Settings { rate: Some(50.0), ..Settings::default() });
    let begin = std::time::Instant::now();
    let named = Named::default();
    for over in [Over::Pooled, Over::Fresh, Over::Named(&named), Over::Pooled, Over::Pooled] {
        client.send(&get(), over, None).await;
    }
    client.limiter().pass().await;
    assert!(begin.elapsed() >= 98 * MS, "{:?}", begin.elapsed());
    assert_eq!(client.limiter().rate().map(f64::round), Limiter::new(Some(50.0)).rate());
}

#[tokio::test]
async fn a_busy_service_is_spared() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let server = Server::new([Act::Read, say(busy), Act::Again]).await;
    let breaker = Policy { window: 4, pause: 10 * MS, ..Policy::default() };
    let client = client_with(&server, Settings { breaker: Some(breaker), ..Settings::default() });
    let mut steps = Vec::new();
    for _ in 0..12 {
        pooled(&client, &get()).await;
        let pressure = client.pressure();
        if steps.last() != Some(&pressure) {
            steps.push(pressure);
        }
    }
    assert!(
        matches!(
            &steps[..],
            [Pressure::Usual, Pressure::Slowed(_), Pressure::Paused(_), Pressure::Stopped(_)]
        ),
        "{steps:?}"
    );
}

#[tokio::test]
async fn a_service_that_asks_us_to_wait_is_left_alone_that_long() {
    let refusal = "HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    let server = Server::new([Act::Read, say(refusal), Act::Read, say(OK)]).await;
    let breaker = Some(Policy::default());
    let client = client_with(&server, Settings { breaker, ..Settings::default() });
    assert_eq!(answer(&pooled(&client, &get()).await).status, 429);
    let begin = std::time::Instant::now();
    assert_eq!(answer(&pooled(&client, &get()).await).status, 200);
    assert!(begin.elapsed() >= 950 * MS, "{:?}", begin.elapsed());
}
