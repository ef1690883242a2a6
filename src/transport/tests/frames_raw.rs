//! What is told of peers that speak HTTP/2 badly, or not at all, to frames of our own.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::frames::{doing, http2};
use super::server::Server;
use super::*;
use crate::case::Ending;
use crate::transport::Version;
use crate::wire::FrameOperation;

const MS: Duration = Duration::from_millis(1);

/// An empty SETTINGS frame (RFC 9113, section 6.5).
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// HEADERS of stream 1 with `:status: 200` alone, and the same at its end.
const HEAD: &[u8] = &[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88];
const WHOLE: &[u8] = &[0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88];

/// How a peer ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Fin,
    Rst,
    /// It reads on and says nothing.
    Silence,
}

/// A peer that reads what comes for a moment, says something and ends.
async fn peer(says: Vec<u8>, end: End) -> Server {
    Server::doing(move |mut tcp, _| {
        let says = says.clone();
        async move {
            let mut seen = [0; 4_096];
            let _ = tcp.read(&mut seen).await;
            let (first, rest) = says.split_at(says.len().min(SETTINGS.len()));
            tcp.write_all(first).await.unwrap();
            while let Ok(read) = tokio::time::timeout(40 * MS, tcp.read(&mut seen)).await {
                if read.is_ok_and(|count| count == 0) {
                    return;
                }
            }
            tcp.write_all(rest).await.unwrap();
            match end {
                End::Fin => {}
                End::Rst => tcp.set_zero_linger().unwrap(),
                End::Silence => while tcp.read(&mut seen).await.is_ok_and(|count| count > 0) {},
            }
        }
    })
    .await
}

async fn outcome(says: &[&[u8]], end: End) -> Outcome {
    let server = peer(says.concat(), end).await;
    let settings = Settings { timeout: 300 * MS, http: Version::Http2, ..Settings::default() };
    let begin = Instant::now();
    let reply = fresh(&client_with(&server, settings), &doing(FrameOperation::Pieces(2), "")).await;
    assert!(begin.elapsed() < 2_000 * MS, "{reply:?}");
    reply.outcome
}

#[tokio::test]
async fn silence_times_out_wherever_it_begins() {
    for says in [&[][..], &[SETTINGS], &[SETTINGS, &HEAD[..5]], &[&SETTINGS[..4]]] {
        let outcome = outcome(says, End::Silence).await;
        assert!(matches!(outcome, Outcome::TimedOut { .. }), "{says:?} {outcome:?}");
    }
    let outcome = outcome(&[SETTINGS, HEAD], End::Silence).await;
    let Outcome::Answered(answer) = outcome else { panic!("{outcome:?}") };
    assert_eq!((answer.status, answer.ending), (200, Ending::TimedOut));
}

#[tokio::test]
async fn an_end_is_told_by_how_it_came() {
    for (end, hard) in [(End::Fin, false), (End::Rst, true)] {
        let outcome = outcome(&[SETTINGS], end).await;
        let Outcome::Dropped { received, reset, code: None, .. } = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((reset, received.len()), (hard, 0));
    }
    let outcome = outcome(&[SETTINGS, &HEAD[..9]], End::Fin).await;
    let Outcome::Dropped { received, .. } = outcome else { panic!("{outcome:?}") };
    assert!(!received.is_empty(), "half a frame is some of an answer");
}

#[tokio::test]
async fn go_away_and_reset_are_told_with_their_codes() {
    let go_away = |last: u8| vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 2];
    let reset = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8];
    for (says, end, expected) in [
        (go_away(0), End::Silence, 2),
        (go_away(1), End::Fin, 2),
        (reset.to_vec(), End::Silence, 8),
    ] {
        let outcome = outcome(&[SETTINGS, &says], end).await;
        let Outcome::Dropped { reset: true, code, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(code, Some(expected), "{says:?}");
    }
    // What is under way is served to its end.
    let outcome_of = outcome(&[SETTINGS, &go_away(1), WHOLE], End::Fin).await;
    assert!(matches!(outcome_of, Outcome::Answered(_)), "{outcome_of:?}");
    let outcome = outcome(&[SETTINGS, HEAD, &reset], End::Silence).await;
    let Outcome::Answered(answer) = outcome else { panic!("{outcome:?}") };
    assert_eq!(answer.ending, Ending::Truncated);
}

#[tokio::test]
async fn what_breaks_the_protocol_is_garbage_and_says_why() {
    for (says, why) in [
        (&[&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]][..], "does not speak http/2"),
        (&[&[0x15, 3, 1, 0, 2, 2, 40, 0, 0]], "speaks tls"),
        (&[&[0xff; 40]], "a frame of 16777215 octets"),
        (&[&[0, 0, 0, 6, 0, 0, 0, 0, 0]], "no SETTINGS"),
        (&[&[0, 0, 1, 4, 0, 0, 0, 0, 0], &[0]], "a broken SETTINGS"),
        (&[SETTINGS, &[0, 0, 1, 0, 0, 0, 0, 0, 1, 0]], "before its head"),
        (&[SETTINGS, &[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x80]], "cannot be read"),
        (&[SETTINGS, &[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x88], SETTINGS], "in the middle of a head"),
        (&[SETTINGS, &[0, 0, 0, 9, 0, 0, 0, 0, 1]], "without a head"),
        (&[SETTINGS, &[0, 0, 0, 5, 0, 0, 0, 0, 1]], "PUSH_PROMISE"),
        (&[SETTINGS, &[0, 0, 0, 3, 0, 0, 0, 0, 1]], "a broken RST_STREAM"),
        (&[SETTINGS, &[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x84]], "no status"),
    ] {
        let outcome = outcome(says, End::Silence).await;
        let Outcome::Garbage { reason, received } = outcome else { panic!("{why}: {outcome:?}") };
        assert!(reason.contains(why) && !received.is_empty(), "{reason}: {why}");
    }
}

#[tokio::test]
async fn frames_that_mean_nothing_are_passed_over_and_pings_acknowledged() {
    let unknown = [0, 0, 1, 0xfa, 0xff, 0, 0, 0, 7, 1];
    let ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let outcome = outcome(&[SETTINGS, &unknown, &ping, WHOLE], End::Silence).await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_whose_ping_is_not_acknowledged_is_not_whole() {
    for (acknowledged, data) in [(true, *b"phi-fuzz"), (false, *b"another!")] {
        let ping = [&[0, 0, 8, 6, 1, 0, 0, 0, 0][..], &data].concat();
        let server = peer([SETTINGS, WHOLE, &ping].concat(), End::Silence).await;
        let settings = Settings { timeout: 300 * MS, http: Version::Http2, ..Settings::default() };
        let client = client_with(&server, settings);
        let outcome = fresh(&client, &doing(FrameOperation::Ping, "")).await.outcome;
        assert_eq!(matches!(outcome, Outcome::Answered(_)), acknowledged, "{outcome:?}");
        assert_eq!(matches!(outcome, Outcome::TimedOut { .. }), !acknowledged);
    }
}

#[tokio::test]
async fn what_is_never_taken_times_out() {
    // A window of nothing (section 6.9.2).
    let closed = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    let server = peer(closed.to_vec(), End::Silence).await;
    let settings = Settings { timeout: 200 * MS, http: Version::Http2, ..Settings::default() };
    for body in ["", "some"] {
        let request = doing(FrameOperation::Padding(9), body);
        let reply = fresh(&client_with(&server, settings.clone()), &request).await;
        assert!(matches!(reply.outcome, Outcome::TimedOut { .. }), "{reply:?}");
        assert_eq!(reply.times.sent.is_some(), body.is_empty());
    }
    // Where nobody listens nothing hangs either.
    let reply = fresh(&http2(&server), &doing(FrameOperation::Resets(1), "")).await;
    assert!(!matches!(reply.outcome, Outcome::Answered(_)), "{reply:?}");
}
