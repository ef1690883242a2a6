//! Bent timing over HTTP/2: what a server sees of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::server::Server;
use super::*;
use crate::case::Perturbation::{Cancel, Cut, HalfClose, Read, Reset, Slice, Stall};
use crate::case::Position::{BeforeLastByte, Body, Headers, ResponseFirstByte, Sent};
use crate::case::{HttpVersion, Perturbation};
use crate::transport::{Appointments, Latch, Named, Release, Version};

const MS: Duration = Duration::from_millis(1);

const BODY: &str = "0123456789";

/// What a server saw of a stream.
#[derive(Clone, Debug)]
struct Stream {
    /// When its head came.
    begun: Instant,
    /// The frames of its body, each with its time.
    pieces: Vec<(Instant, usize)>,
    /// When its end came, where it did.
    ended: Option<Instant>,
    /// The code that it was reset by, where it was.
    reset: Option<u32>,
}

impl Stream {
    fn octets(&self) -> usize {
        self.pieces.iter().map(|(_, octets)| octets).sum()
    }
}

/// A server that notes what comes on each stream and answers it with 20 kB once it has ended.
async fn watching() -> (Server, Arc<Mutex<Vec<Stream>>>) {
    let all = Arc::<Mutex<Vec<Stream>>>::default();
    let seen = Arc::clone(&all);
    let server = Server::doing(move |tcp, _| {
        let seen = Arc::clone(&seen);
        async move {
            let mut h2 = h2::server::handshake(tcp).await.unwrap();
            while let Some(Ok((mut request, mut respond))) = h2.accept().await {
                let begun = Instant::now();
                let seen = Arc::clone(&seen);
                tokio::spawn(async move {
                    let mut stream = Stream { begun, pieces: vec![], ended: None, reset: None };
                    let body = request.body_mut();
                    loop {
                        match body.data().await {
                            Some(Ok(data)) => {
                                body.flow_control().release_capacity(data.len()).unwrap();
                                if !data.is_empty() {
                                    stream.pieces.push((Instant::now(), data.len()));
                                }
                            }
                            Some(Err(error)) => {
                                stream.reset = error.reason().map(u32::from);
                                break;
                            }
                            None => {
                                stream.ended = Some(Instant::now());
                                break;
                            }
                        }
                    }
                    let answers = stream.ended.is_some();
                    seen.lock().unwrap().push(stream);
                    if answers && let Ok(mut out) = respond.send_response(Response::new(()), false)
                    {
                        let _ = out.send_data(Bytes::from(vec![b'x'; 20_000]), true);
                    }
                });
            }
        }
    })
    .await;
    (server, all)
}

fn client(server: &Server, timeout: u64) -> Client {
    client_with(server, Settings { http: Version::Http2, ..impatient(timeout) })
}

fn bent(perturb: Vec<Perturbation>) -> Request {
    Request { perturb, ..post(BODY) }
}

async fn seen(all: &Mutex<Vec<Stream>>) -> Stream {
    for _ in 0..500 {
        if let Some(seen) = all.lock().unwrap().pop() {
            return seen;
        }
        tokio::time::sleep(10 * MS).await;
    }
    panic!("no stream was seen to its end");
}

#[tokio::test]
async fn a_stream_is_reset_where_the_case_says_and_its_connection_lives_on() {
    for (at, octets) in [(Headers, 0), (Body(3), 3), (BeforeLastByte, 9), (Sent, 10)] {
        let (server, all) = watching().await;
        let client = client(&server, 1_000);
        let named = Named::default();
        let send = async |request: &Request| client.send(request, Over::Named(&named), None).await;
        let reply = send(&bent(vec![Reset(at)])).await;
        assert!(matches!(reply.outcome, Outcome::Abandoned), "{at} {reply:?}");
        let stream = seen(&all).await;
        assert_eq!(stream.octets(), octets, "{at} {stream:?}");
        if at == Sent {
            assert!(stream.ended.is_some(), "{stream:?}");
        } else {
            assert_eq!((stream.ended, stream.reset), (None, Some(8)), "CANCEL");
        }
        assert_eq!((answer(&send(&get()).await).status, server.connections()), (200, 1));
    }
}

#[tokio::test]
async fn a_connection_is_cut_where_the_case_says() {
    let (server, all) = watching().await;
    let client = client(&server, 1_000);
    let named = Named::default();
    let reply = client.send(&bent(vec![Cut(Body(3))]), Over::Named(&named), None).await;
    assert!(matches!(reply.outcome, Outcome::Abandoned), "{reply:?}");
    let stream = seen(&all).await;
    assert_eq!((stream.octets(), stream.ended), (3, None));
    let reply = client.send(&get(), Over::Named(&named), None).await;
    assert_eq!((answer(&reply).status, reply.fresh_connection), (200, true));
}

#[tokio::test]
async fn who_goes_away_at_once_has_begun_all_the_same() {
    let (server, all) = watching().await;
    let reply = fresh(&client(&server, 1_000), &bent(vec![Cancel(Duration::ZERO)])).await;
    assert!(matches!(reply.outcome, Outcome::Abandoned), "{reply:?}");
    assert_eq!(seen(&all).await.ended, None);
}

#[tokio::test]
async fn an_answer_is_left_where_the_case_says() {
    let (server, _all) = watching().await;
    let client = client(&server, 1_000);
    for perturb in [Reset(ResponseFirstByte), Cut(ResponseFirstByte), Cancel(Duration::ZERO)] {
        let reply = fresh(&client, &bent(vec![perturb])).await;
        assert!(matches!(reply.outcome, Outcome::Abandoned), "{reply:?}");
    }
    assert_eq!(
        answer(&fresh(&client, &bent(vec![Cancel(Duration::from_secs(9))])).await).status,
        200
    );
}

#[tokio::test]
async fn silences_stand_where_the_case_says_and_are_not_the_servers() {
    for (at, before) in [(Headers, 0), (Body(4), 4), (BeforeLastByte, 9)] {
        let (server, all) = watching().await;
        let perturb = vec![Stall { at, pause: 200 * MS }];
        let reply = fresh(&client(&server, 150), &bent(perturb)).await;
        assert_eq!((answer(&reply).status, reply.http), (200, HttpVersion::Http2), "{at}");
        let stream = seen(&all).await;
        assert_eq!(stream.octets(), BODY.len());
        let early = stream.pieces.iter().filter(|(time, _)| *time - stream.begun < 150 * MS);
        assert_eq!(early.map(|(_, octets)| octets).sum::<usize>(), before, "{at}: {stream:?}");
    }
}

#[tokio::test]
async fn a_request_goes_out_in_pieces_and_an_answer_comes_in_with_silences() {
    let (server, all) = watching().await;
    let client = client(&server, 1_000);
    let reply = fresh(&client, &bent(vec![Slice { size: 2, gap: 10 * MS }])).await;
    assert_eq!(answer(&reply).status, 200);
    let stream = seen(&all).await;
    assert!(stream.ended.unwrap() - stream.begun >= 30 * MS, "{stream:?}");
    assert!(stream.pieces.len() >= 3, "{stream:?}");
    let read = Read { size: 1_000, gap: 5 * MS };
    let reply = fresh(&client, &Request { perturb: vec![read], ..get() }).await;
    assert_eq!(answer(&reply).body.len(), 20_000);
    assert!(reply.times.injected >= 50 * MS, "{:?}", reply.times);
}

#[tokio::test]
async fn a_server_may_only_send_what_is_about_to_be_read() {
    let window = Arc::<Mutex<Option<usize>>>::default();
    let seen = Arc::clone(&window);
    let server = Server::doing(move |tcp, _| {
        let seen = Arc::clone(&seen);
        async move {
            let mut h2 = h2::server::handshake(tcp).await.unwrap();
            while let Some(Ok((_, mut respond))) = h2.accept().await {
                let mut out = respond.send_response(Response::new(()), false).unwrap();
                out.reserve_capacity(20_000);
                let capacity = std::future::poll_fn(|cx| out.poll_capacity(cx)).await;
                *seen.lock().unwrap() = capacity.and_then(Result::ok);
                out.send_data(Bytes::from(vec![b'x'; 20_000]), true).unwrap();
            }
        }
    })
    .await;
    let read = Read { size: 1_000, gap: MS };
    let client = client(&server, 5_000);
    let reply = fresh(&client, &Request { perturb: vec![read], ..get() }).await;
    assert_eq!(answer(&reply).body.len(), 20_000);
    assert_eq!(*window.lock().unwrap(), Some(1_000));
    let reply = fresh(&client, &get()).await;
    assert_eq!((answer(&reply).body.len(), *window.lock().unwrap()), (20_000, Some(20_000)));
}

#[tokio::test]
async fn an_early_end_of_the_request_is_one() {
    let (server, all) = watching().await;
    let request = Request { headers: Vec::new(), ..bent(vec![HalfClose(Body(4))]) };
    let reply = fresh(&client(&server, 1_000), &request).await;
    // The length that was announced is not kept: the server says so, or sees the stream end.
    assert!(!matches!(reply.outcome, Outcome::TimedOut { .. } | Outcome::Abandoned), "{reply:?}");
    assert!(all.lock().unwrap().iter().all(|stream| stream.octets() <= 4));
    let reply = fresh(&client(&server, 1_000), &bent(vec![HalfClose(Sent)])).await;
    assert_eq!(answer(&reply).status, 200);
}

#[tokio::test]
async fn calls_are_released_once_all_lack_only_their_end() {
    const CALLS: usize = 6;
    for request in [post(BODY), get()] {
        let (server, all) = watching().await;
        let client = client(&server, 200);
        let named = Named::default();
        let (latch, keys) = Latch::new(CALLS);
        let calls = keys.into_iter().enumerate().map(|(number, key)| {
            let release =
                Some(Release { key, latch: latch.clone(), skew: Duration::ZERO, in_one: false });
            let (client, request, named) = (&client, &request, &named);
            async move {
                tokio::time::sleep(u32::try_from(number).unwrap() * 5 * MS).await;
                let appointments = Appointments { release, ..Appointments::default() };
                client.send_by(request, Over::Named(named), None, appointments).await
            }
        });
        let replies = futures_util::future::join_all(calls).await;
        assert!(replies.iter().all(|reply| answer(reply).status == 200));
        let streams = all.lock().unwrap().clone();
        let begun = streams.iter().map(|stream| stream.begun).max();
        let ended = streams.iter().map(|stream| stream.ended.unwrap()).min();
        assert!(streams.len() == CALLS && begun <= ended, "{begun:?} {ended:?}");
        assert_eq!(server.connections(), 1);
    }
}

/// A relay that notes each piece that goes from a client to a server.
async fn relay(port: u16, pieces: Arc<Mutex<Vec<Vec<u8>>>>) -> Server {
    Server::doing(move |tcp, _| {
        let pieces = Arc::clone(&pieces);
        async move {
            let server = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (mut from_client, mut to_client) = tcp.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            let there = async {
                let mut piece = vec![0; 1 << 16];
                while let Ok(count @ 1..) = from_client.read(&mut piece).await {
                    pieces.lock().unwrap().push(piece[..count].to_vec());
                    if to_server.write_all(&piece[..count]).await.is_err() {
                        break;
                    }
                }
            };
            let back = tokio::io::copy(&mut from_server, &mut to_client);
            let _ = futures_util::future::join(there, back).await;
        }
    })
    .await
}

/// The DATA frames with END_STREAM in a piece that begins at a frame (RFC 9113, section 4.1).
fn ends(mut piece: &[u8]) -> usize {
    let mut ends = 0;
    // What a client begins with (section 3.4) is no frame.
    piece = piece.strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap_or(piece);
    while let [a, b, c, kind, flags, _, _, _, _, rest @ ..] = piece {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        ends += usize::from(*kind == 0 && flags & 1 == 1);
        piece = rest.get(length..).unwrap_or_default();
    }
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_ends_of_all_leave_in_one_piece() {
    const CALLS: usize = 8;
    let (server, _all) = watching().await;
    let pieces = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let relay = relay(server.port(), Arc::clone(&pieces)).await;
    let client = Arc::new(client(&relay, 2_000));
    for request in [post(BODY), get()] {
        pieces.lock().unwrap().clear();
        let named = Arc::new(Named::default());
        let (latch, keys) = Latch::new(CALLS);
        let calls = keys.into_iter().map(|key| {
            let skew = Duration::ZERO;
            let release = Some(Release { key, latch: latch.clone(), skew, in_one: true });
            let (client, request, named) = (client.clone(), request.clone(), named.clone());
            tokio::spawn(async move {
                let appointments = Appointments { release, ..Appointments::default() };
                client.send_by(&request, Over::Named(&named), None, appointments).await
            })
        });
        for reply in futures_util::future::join_all(calls).await {
            assert_eq!(answer(&reply.unwrap()).status, 200);
        }
        let most = pieces.lock().unwrap().iter().map(|piece| ends(piece)).max();
        assert_eq!(most, Some(CALLS));
    }
}
