//! Bent timing over HTTP/1.1 on real sockets: what a server sees of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::{Act, OK, Server, say};
use super::*;
use crate::case::Perturbation;
use crate::case::Perturbation::{Cancel, Cut, HalfClose, Hold, Read, Reset, Slice, Stall};
use crate::case::Position::{BeforeLastByte, Body, Headers, Response, ResponseFirstByte, Sent};
use crate::transport::{Appointments, Latch, Release};

const MS: Duration = Duration::from_millis(1);

const BODY: &str = "0123456789";

/// What a server read of a connection until it ended, and how it did.
type Watched = Arc<Mutex<Vec<(Vec<(Instant, u8)>, bool)>>>;

/// A server that notes each octet with its time, and whether the end was a FIN; where it answers, it does
/// so once it has read the whole request.
async fn watching(answers: bool) -> (Server, Watched) {
    let seen = Watched::default();
    let all = Arc::clone(&seen);
    let server = Server::doing(move |tcp, _| watch(tcp, answers, Arc::clone(&all))).await;
    (server, seen)
}

async fn watch(mut tcp: TcpStream, answers: bool, all: Watched) {
    let mut octets = Vec::new();
    let mut piece = [0; 1024];
    let closed = loop {
        let Ok(count) = tcp.read(&mut piece).await else { break false };
        if count == 0 {
            break true;
        }
        let now = Instant::now();
        octets.extend(piece[..count].iter().map(|octet| (now, *octet)));
        let whole = octets.iter().rev().map(|(_, octet)| *octet).take(BODY.len());
        if answers && whole.eq(BODY.bytes().rev()) {
            let _ = tcp.write_all(OK.as_bytes()).await;
            break false;
        }
    };
    all.lock().unwrap().push((octets, closed));
}

fn bent(perturb: Vec<Perturbation>) -> Request {
    Request { perturb, ..post(BODY) }
}

/// The octets of the request that are sent, those of the head among them.
fn sizes(server: &Server) -> (usize, usize) {
    let head = format!(
        "POST /things?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 10\r\n\r\n",
        server.port()
    );
    (head.len() + 10, head.len())
}

/// What a server saw of the only connection.
async fn seen(all: &Watched) -> (Vec<(Instant, u8)>, bool) {
    for _ in 0..500 {
        if let Some(seen) = all.lock().unwrap().pop() {
            return seen;
        }
        tokio::time::sleep(10 * MS).await;
    }
    panic!("the connection did not end");
}

#[tokio::test]
async fn a_request_is_left_where_the_case_says() {
    for (at, body) in [(Headers, 0), (Body(3), 3), (BeforeLastByte, 9), (Sent, 10)] {
        for reset in [false, true] {
            let (server, all) = watching(false).await;
            let perturb = vec![if reset { Reset(at) } else { Cut(at) }];
            let reply = pooled(&client(&server), &bent(perturb)).await;
            assert!(matches!(reply.outcome, Outcome::Abandoned), "{at} {reply:?}");
            let (octets, closed) = seen(&all).await;
            let (_, head) = sizes(&server);
            assert_eq!((octets.len(), closed), (head + body, !reset), "{at} {reset}");
            assert_eq!(reply.written, (head + body) as u64);
        }
    }
}

#[tokio::test]
async fn an_answer_is_left_where_the_case_says() {
    for (at, reset) in [(ResponseFirstByte, true), (Response(5), false), (Response(5), true)] {
        let (server, all) = watching(true).await;
        let perturb = vec![if reset { Reset(at) } else { Cut(at) }];
        let reply = fresh(&client(&server), &bent(perturb)).await;
        assert!(matches!(reply.outcome, Outcome::Abandoned), "{at} {reply:?}");
        assert!(reply.times.first_byte.is_some());
        seen(&all).await;
    }
    // Past its end there is nothing to leave.
    let (server, _all) = watching(true).await;
    let reply = fresh(&client(&server), &bent(vec![Cut(Response(100_000))])).await;
    assert_eq!(answer(&reply).status, 200);
}

#[tokio::test]
async fn a_client_goes_away_after_a_while() {
    let (server, all) = watching(false).await;
    let begin = Instant::now();
    let reply = fresh(&client(&server), &bent(vec![Cancel(50 * MS)])).await;
    assert!(matches!(reply.outcome, Outcome::Abandoned) && begin.elapsed() >= 50 * MS);
    assert!(seen(&all).await.1);
}

#[tokio::test]
async fn who_goes_away_at_once_has_begun_all_the_same() {
    let (server, all) = watching(false).await;
    let reply = fresh(&client(&server), &bent(vec![Cancel(Duration::ZERO)])).await;
    assert!(matches!(reply.outcome, Outcome::Abandoned), "{reply:?}");
    let (octets, closed) = seen(&all).await;
    assert_eq!((octets.len(), closed), (sizes(&server).0, true));
}

#[tokio::test]
async fn after_a_half_close_the_answer_is_read() {
    let script = [Act::ReadAll, say(OK)];
    let server = Server::new(script).await;
    let reply = fresh(&client(&server), &bent(vec![HalfClose(Sent)])).await;
    assert_eq!(answer(&reply).status, 200);
    let (all, _) = sizes(&server);
    assert_eq!(server.requests(), [format!("{all} octets")]);
}

#[tokio::test]
async fn silences_stand_where_the_case_says_and_are_not_the_servers() {
    for (at, body) in [(Headers, 0), (Body(4), 4), (BeforeLastByte, 9)] {
        let (server, all) = watching(true).await;
        let client = client_with(&server, impatient(150));
        let perturb = vec![Stall { at, pause: 250 * MS }, Cut(Response(1_000))];
        let reply = fresh(&client, &bent(perturb)).await;
        let (length, head) = sizes(&server);
        // The timeout is shorter than the silence, and does not count it.
        assert!(!matches!(reply.outcome, Outcome::TimedOut { .. }), "{at}: {reply:?}");
        let (octets, _) = seen(&all).await;
        assert_eq!(octets.len(), length, "{at}");
        let place = head + body;
        let gap = octets[place].0 - octets[place - 1].0;
        assert!(gap >= 200 * MS, "{at}: {gap:?}");
        assert!(octets[place - 1].0 - octets[0].0 < gap, "{at}");
    }
}

#[tokio::test]
async fn a_request_goes_out_in_pieces() {
    let (server, all) = watching(true).await;
    let client = client(&server);
    let reply = fresh(&client, &bent(vec![Slice { size: 20, gap: 10 * MS }])).await;
    assert_eq!(answer(&reply).status, 200);
    let (length, _) = sizes(&server);
    let (octets, _) = seen(&all).await;
    assert_eq!(octets.len(), length);
    let gaps = u32::try_from((length - 1) / 20).unwrap();
    assert!(octets[length - 1].0 - octets[0].0 >= (gaps - 1) * 10 * MS, "{gaps}");
}

#[tokio::test]
async fn an_answer_is_read_in_pieces_and_the_time_is_ours() {
    let server = Server::new([Act::Read, say(OK)]).await;
    let request = Request { perturb: vec![Read { size: 10, gap: 20 * MS }], ..get() };
    let reply = fresh(&client_with(&server, impatient(60)), &request).await;
    assert_eq!(answer(&reply).body, "ok");
    let pieces = u32::try_from(OK.len() / 10 - 1).unwrap();
    assert!(reply.times.injected >= pieces * 20 * MS, "{:?}", reply.times);
    assert!(reply.times.end >= reply.times.sent.unwrap() + reply.times.injected);
}

#[tokio::test]
async fn calls_are_released_once_all_lack_only_their_last_two_octets() {
    const CALLS: usize = 8;
    let (server, all) = watching(false).await;
    let client = client(&server);
    let (latch, keys) = Latch::new(CALLS);
    let request = bent(vec![]);
    let (length, _) = sizes(&server);
    let calls = keys.into_iter().enumerate().map(|(number, key)| {
        let latch = latch.clone();
        let (client, request) = (&client, &request);
        async move {
            // Some are late.
            tokio::time::sleep(u32::try_from(number).unwrap() * 5 * MS).await;
            let release = Some(Release { key, latch, skew: Duration::ZERO, in_one: false });
            let appointments = Appointments { release, ..Appointments::default() };
            let patience = Some(100 * MS);
            client.send_by(request, Over::Fresh, patience, appointments).await
        }
    });
    futures_util::future::join_all(calls).await;
    let mut seen = Vec::new();
    while seen.len() < CALLS {
        seen.push(self::seen(&all).await.0);
    }
    assert!(seen.iter().all(|octets| octets.len() == length));
    let before = seen.iter().map(|octets| octets[length - 3].0).max();
    let released = seen.iter().map(|octets| octets[length - 2].0).min();
    assert!(before <= released, "{before:?} {released:?}");
}

#[tokio::test]
async fn a_call_is_held_until_another_has_ended() {
    let (server, all) = watching(true).await;
    let client = client(&server);
    let (latch, keys) = Latch::new(1);
    let request = bent(vec![Hold { at: Body(2), until: "s2".to_owned() }]);
    let appointments =
        Appointments { ends: vec![("s2".to_owned(), latch)], ..Appointments::default() };
    let begin = Instant::now();
    let other = async {
        tokio::time::sleep(80 * MS).await;
        drop(keys);
    };
    let held = client.send_by(&request, Over::Fresh, Some(50 * MS), appointments);
    let (reply, ()) = futures_util::future::join(held, other).await;
    assert!(begin.elapsed() >= 80 * MS && !matches!(reply.outcome, Outcome::TimedOut { .. }));
    let (octets, _) = seen(&all).await;
    let (_, head) = sizes(&server);
    assert!(octets[head + 2].0 - octets[head + 1].0 >= 50 * MS);
}

#[tokio::test]
async fn an_unbent_request_after_a_slow_one_goes_over_the_same_connection() {
    let server = Server::new([Act::Read, say(OK), Act::Again]).await;
    let client = client(&server);
    let perturb = vec![Stall { at: Headers, pause: MS }];
    assert_eq!(answer(&fresh(&client, &bent(perturb)).await).status, 200);
    assert_eq!(answer(&pooled(&client, &get()).await).status, 200);
    assert_eq!(server.connections(), 1);
}
