//! What a client makes of servers that speak HTTP/1.1, more or less.

use std::io::Write as _;
use std::time::Duration;

use super::server::{Act, OK, Server, say};
use super::*;
use crate::case::{Ending, HttpVersion};
use crate::transport::Limits;
use crate::wire::{Framing, http1};

const MS: Duration = Duration::from_millis(1);

async fn get_from(script: impl Into<Vec<Act>>) -> Reply {
    let server = Server::new(script).await;
    fresh(&client_with(&server, impatient(400)), &get()).await
}

async fn get_text(text: &str) -> Reply {
    get_from([Act::Read, say(text)]).await
}

/// The outcome in one line.
fn told(reply: &Reply) -> String {
    match &reply.outcome {
        Outcome::Answered(a) => {
            format!("{} {:?} {:?}", a.status, a.ending, String::from_utf8_lossy(&a.body))
        }
        Outcome::Dropped { received, reset, .. } => format!("dropped {reset} {received:?}"),
        Outcome::TimedOut { received } => format!("timed out {received:?}"),
        Outcome::Garbage { received, .. } => format!("garbage {received:?}"),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_comes_with_its_times() {
    let server = Server::new([Act::Read, Act::Wait(30 * MS), say(OK)]).await;
    let reply = fresh(&client(&server), &post("{}")).await;
    assert_eq!(told(&reply), r#"200 Complete "ok""#);
    assert_eq!((reply.http, reply.fresh_connection), (HttpVersion::Http1, true));
    let times = reply.times;
    let (sent, first) = (times.sent.unwrap(), times.first_byte.unwrap());
    assert!(Duration::ZERO < times.connected && times.connected <= sent, "{times:?}");
    assert!(sent <= first && first <= times.end && times.end >= 30 * MS, "{times:?}");
    let request = &server.requests()[0];
    let expected = format!(
        "POST /things?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 2\r\n\r\n{{}}",
        server.port()
    );
    assert_eq!((&**request, reply.written), (&*expected, expected.len() as u64));
}

#[tokio::test]
async fn no_answer_is_told_apart_by_how_the_connection_ended() {
    assert_eq!(told(&get_from([Act::Read]).await), r#"dropped false b"""#);
    assert_eq!(told(&get_from([Act::Read, Act::Reset]).await), r#"dropped true b"""#);
    assert!(told(&get_from([]).await).starts_with("dropped"));
    assert_eq!(told(&get_from([Act::Read, Act::Silence]).await), r#"timed out b"""#);
    assert_eq!(told(&get_text("HTTP/1.1 2").await), r#"dropped false b"HTTP/1.1 2""#);
    let half = [Act::Read, say("HTTP/1.1 200 OK\r\n"), Act::Wait(20 * MS), Act::Reset];
    assert_eq!(told(&get_from(half).await), r#"dropped true b"HTTP/1.1 200 OK\r\n""#);
    let slow = [Act::Read, say("HTTP/1.1 200 OK\r\n"), Act::Silence];
    assert_eq!(told(&get_from(slow).await), r#"timed out b"HTTP/1.1 200 OK\r\n""#);
}

#[tokio::test]
async fn a_timeout_tells_how_far_it_came() {
    let server = Server::new([Act::Read, Act::Silence]).await;
    let reply = fresh(&client_with(&server, impatient(100)), &get()).await;
    assert!(matches!(reply.outcome, Outcome::TimedOut { .. }));
    assert!(reply.times.sent.is_some() && reply.times.first_byte.is_none(), "{:?}", reply.times);
    assert!(reply.times.end >= 100 * MS);

    let server = Server::new([Act::Silence]).await;
    let reply = fresh(&client_with(&server, impatient(200)), &post(vec![b'x'; 32 << 20])).await;
    assert!(matches!(reply.outcome, Outcome::TimedOut { .. }));
    assert!(reply.times.sent.is_none() && 0 < reply.written && reply.written < 32 << 20);
}

#[tokio::test]
async fn nothing_listens() {
    let server = Server::new([]).await;
    let port = server.port();
    drop(server);
    tokio::time::sleep(20 * MS).await;
    let target = Target::new(Scheme::Http, "127.0.0.1", port);
    let reply = fresh(&Client::new(target, Settings::default()).unwrap(), &get()).await;
    assert!(unreachable(&reply).contains("refused the connection"), "{reply:?}");
}

#[tokio::test]
async fn what_is_no_http_is_garbage_with_its_octets() {
    let reply = get_text("SSH-2.0-OpenSSH_9.2\r\n").await;
    assert_eq!(told(&reply), r#"garbage b"SSH-2.0-OpenSSH_9.2\r\n""#);
    let reply = get_text("HTTP/1.1 200 OK\r\nno colon\r\n\r\n").await;
    assert!(told(&reply).starts_with("garbage"), "{reply:?}");
}

#[tokio::test]
async fn an_early_answer_is_not_lost_while_the_body_goes_out() {
    const TEXT: &str =
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge";
    let server = Server::new([Act::ReadHead, say(TEXT)]).await;
    let client = client(&server);
    let request = post(vec![b'x'; 16 << 20]);
    for _ in 0..20 {
        let reply = fresh(&client, &request).await;
        assert_eq!(told(&reply), r#"413 Complete "large""#);
        assert!(answer(&reply).early && reply.written < 16 << 20);
    }
}

#[tokio::test]
async fn an_early_answer_before_a_reset_is_not_lost() {
    let text = say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let server = Server::new([Act::ReadHead, text, Act::Wait(10 * MS), Act::Reset]).await;
    let reply = fresh(&client(&server), &post(vec![b'x'; 16 << 20])).await;
    assert_eq!(told(&reply), r#"400 Complete """#);
}

#[tokio::test]
async fn a_server_that_answers_early_and_reads_on_gets_the_whole_body() {
    let server = Server::new([Act::ReadHead, say(OK), Act::Wait(50 * MS), Act::ReadAll]).await;
    let client = client(&server);
    let reply = pooled(&client, &post(vec![b'x'; 12 << 20])).await;
    assert_eq!(told(&reply), r#"200 Complete "ok""#);
    assert!(answer(&reply).early && reply.times.sent.is_some());
    for _ in 0..200 {
        if server.requests().len() == 2 {
            break;
        }
        tokio::time::sleep(10 * MS).await;
    }
    assert_eq!(server.requests()[1], format!("{} octets", 12 << 20));
    assert_eq!(client.open_connections(), 0, "an early answer ends the connection");
}

#[tokio::test]
async fn interim_answers_come_first() {
    let text =
        format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{OK}");
    let reply = get_text(&text).await;
    assert_eq!(told(&reply), r#"200 Complete "ok""#);
    assert_eq!(answer(&reply).interim, [100, 103]);
}

#[tokio::test]
async fn bodies_end_as_their_framing_says_or_the_ending_tells() {
    let head = "HTTP/1.1 200 OK\r\n";
    for (rest, expected) in [
        ("\r\nno length", r#"200 Complete "no length""#),
        ("Content-Length: 9\r\n\r\nshort", r#"200 Truncated "short""#),
        ("Content-Length: 4\r\n\r\nlonger", r#"200 Complete "long""#),
        ("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", r#"200 Complete "hi""#),
        ("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", r#"200 Truncated "hi""#),
    ] {
        assert_eq!(told(&get_text(&format!("{head}{rest}")).await), expected, "{rest:?}");
    }
    let broken = get_text(&format!("{head}Transfer-Encoding: chunked\r\n\r\nhi\r\n")).await;
    assert!(matches!(&answer(&broken).ending, Ending::Broken(how) if how.contains("hexadecimal")));
    let reset = [Act::Read, say(&format!("{head}\r\nno length")), Act::Wait(30 * MS), Act::Reset];
    assert_eq!(told(&get_from(reset).await), r#"200 Truncated "no length""#);
    let stalled = [Act::Read, say(&format!("{head}Content-Length: 9\r\n\r\nhi")), Act::Silence];
    assert_eq!(told(&get_from(stalled).await), r#"200 TimedOut "hi""#);
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let endless = [Act::Read, say("HTTP/1.1 200 OK\r\n\r\n"), Act::SayOn(vec![b'x'; 64 << 10])];
    let server = Server::new(endless).await;
    let reply = fresh(&client(&server), &get()).await;
    assert_eq!((&answer(&reply).ending, answer(&reply).body.len()), (&Ending::TooLarge, 8 << 20));
}

#[tokio::test]
async fn an_endless_body_is_cut_by_the_clock_even_where_it_never_pauses() {
    let endless = [Act::Read, say("HTTP/1.1 200 OK\r\n\r\n"), Act::SayOn(vec![b'x'; 64 << 10])];
    let server = Server::new(endless).await;
    let answer_limits = http1::Limits { body: usize::MAX, ..http1::Limits::default() };
    let limits = Limits { answer: answer_limits, ..Limits::default() };
    let reply = fresh(&client_with(&server, Settings { limits, ..impatient(60) }), &get()).await;
    assert_eq!(answer(&reply).ending, Ending::TimedOut);
    assert!(reply.times.end < Duration::from_secs(5), "{:?}", reply.times);
}

#[tokio::test]
async fn heads_beyond_the_limits_are_garbage() {
    let limits = Limits {
        answer: http1::Limits { head: 1000, fields: 20, ..http1::Limits::default() },
        ..Limits::default()
    };
    for (field, reason) in [("a: 1\r\n".repeat(21), "20 header fields"), ("b".repeat(2000), "1000")]
    {
        let server =
            Server::new([Act::Read, say(&format!("HTTP/1.1 200 OK\r\n{field}\r\n"))]).await;
        let client = client_with(&server, Settings { limits, ..Settings::default() });
        let reply = fresh(&client, &get()).await;
        let Outcome::Garbage { reason: why, .. } = &reply.outcome else { panic!("{reply:?}") };
        assert!(why.contains(reason), "{why}");
    }
}

#[tokio::test]
async fn a_slow_drip_within_the_time_is_an_answer() {
    let drip = Act::Drip(OK.as_bytes().to_vec(), MS);
    let server = Server::new([Act::Read, drip]).await;
    let reply = fresh(&client(&server), &get()).await;
    assert_eq!(told(&reply), r#"200 Complete "ok""#);
    let slower = Act::Drip(OK.as_bytes().to_vec(), 40 * MS);
    assert!(told(&get_from([Act::Read, slower]).await).starts_with("timed out b\"HTTP"));
}

#[tokio::test]
async fn http_1_0_ends_with_its_connection() {
    let server = Server::new([Act::Read, say("HTTP/1.0 200 OK\r\n\r\nold")]).await;
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(told(&pooled(&client, &get()).await), r#"200 Complete "old""#);
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn content_codings_are_removed_under_limits() {
    let gzip = |octets: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    };
    for (body, expected) in [
        (gzip(b"hello"), Ending::Complete),
        (gzip(&vec![0; 64 << 20]), Ending::TooLarge),
        (b"no gzip".to_vec(), Ending::Broken(String::new())),
    ] {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let reply = get_from([Act::Read, Act::Say([head.into_bytes(), body].concat())]).await;
        let same =
            std::mem::discriminant(&answer(&reply).ending) == std::mem::discriminant(&expected);
        assert!(same, "{:?} instead of {expected:?}", answer(&reply).ending);
    }
}

#[tokio::test]
async fn a_head_request_and_a_204_have_no_body() {
    let server =
        Server::new([Act::Read, say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), Act::Again])
            .await;
    let client = client(&server);
    for _ in 0..2 {
        let reply = pooled(&client, &Request { method: "HEAD".into(), ..get() }).await;
        assert_eq!(told(&reply), r#"200 Complete """#);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_malformed_request_goes_out_as_it_stands() {
    let server = Server::new([Act::ReadHead, say(OK), Act::Again]).await;
    let client = client(&server);
    let mut request = Request { framing: Framing::Announced, ..post("{}") };
    request.push_header("Content-Length", "5");
    request.push_header("x", "a\r\nb: c");
    assert_eq!(answer(&pooled(&client, &request).await).status, 200);
    assert!(server.requests()[0].contains("Content-Length: 5\r\nx: a\r\nb: c\r\n\r\n"));
    assert_eq!(client.open_connections(), 0, "the server may still wait for octets of it");
}
