//! What the reader makes of answers, whole and in pieces.

use proptest::prelude::*;

use super::{Decoder, End, Ended, Limits, Progress};
use crate::case::Outcome;

const SMALL: Limits = Limits { head: 400, fields: 8, body: 40, interim: 3 };

fn read(method: &str, octets: &[u8], how: End) -> Ended {
    let mut decoder = Decoder::new(method, Limits::default());
    decoder.feed(octets);
    decoder.end(how)
}

/// The outcome in one line.
fn told(ended: &Ended) -> String {
    let what = match &ended.outcome {
        Outcome::Answered(a) => {
            let body = String::from_utf8_lossy(&a.body);
            let trailers: Vec<_> = a.trailers.iter().map(|h| (&*h.name, h.text())).collect();
            format!("{} {:?} {body:?} {trailers:?} after {:?}", a.status, a.ending, a.interim)
        }
        other => format!("{other:?}"),
    };
    format!("{what} reusable={} surplus={:?}", ended.reusable, ended.surplus)
}

fn get(octets: &str) -> String {
    told(&read("GET", octets.as_bytes(), End::Closed))
}

#[test]
fn a_length_ends_the_body_and_keeps_the_connection() {
    assert_eq!(
        get("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        r#"200 Complete "hi" [] after [] reusable=true surplus=b"""#
    );
}

#[test]
fn octets_after_the_answer_are_kept_and_end_the_connection() {
    assert_eq!(
        get("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there"),
        r#"200 Complete "hi" [] after [] reusable=false surplus=b" there""#
    );
}

#[test]
fn an_answer_shorter_than_its_length_is_truncated() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi";
    assert!(get(half).starts_with(r#"200 Truncated "hi""#));
    let late = told(&read("GET", half.as_bytes(), End::TimedOut));
    assert!(late.starts_with(r#"200 TimedOut "hi""#), "{late}");
}

#[test]
fn without_a_length_the_body_ends_with_the_connection() {
    let text = "HTTP/1.1 200 OK\r\n\r\nhi";
    assert_eq!(get(text), r#"200 Complete "hi" [] after [] reusable=false surplus=b"""#);
    let reset = told(&read("GET", text.as_bytes(), End::Reset));
    assert!(reset.starts_with(r#"200 Truncated "hi""#), "{reset}");
}

#[test]
fn chunks_with_extensions_and_trailers_are_put_together() {
    assert_eq!(
        get("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n\
             2;x=\"y\"\r\nhi\r\n1 \n!\n0\r\nX-Sum: 7\r\n\r\n"),
        r#"200 Complete "hi!" [("X-Sum", Some("7"))] after [] reusable=true surplus=b"""#
    );
}

#[test]
fn broken_chunks_say_how() {
    let chunked =
        |rest| get(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{rest}"));
    assert!(chunked("xyz\r\n").contains("the chunk size `xyz` is not hexadecimal"));
    assert!(chunked("1ffffffffffffffff\r\n").contains("too large"));
    assert!(chunked("2\r\nhiho\r\n").contains("no line end after a chunk"));
    assert!(chunked("2\r\nhi\r\n0\r\n").starts_with("200 Truncated \"hi\""));
    assert!(chunked("0\r\nno colon\r\n\r\n").contains("its trailers are broken"));
}

#[test]
fn interim_answers_come_first() {
    assert_eq!(
        get("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n\
             HTTP/1.1 204 No Content\r\n\r\n"),
        r#"204 Complete "" [] after [100, 103] reusable=true surplus=b"""#
    );
}

#[test]
fn answers_to_head_and_without_a_body_end_with_their_head() {
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    assert!(told(&read("HEAD", text, End::TimedOut)).starts_with("200 Complete"));
    let text = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n";
    assert!(told(&read("GET", text, End::TimedOut)).starts_with("304 Complete"));
}

#[test]
fn a_body_announced_where_none_may_be_ends_the_connection() {
    for (fields, reusable) in [
        ("Content-Length: 0\r\n", true),
        ("Content-Length: 2\r\n", false),
        ("Transfer-Encoding: chunked\r\n", false),
    ] {
        let text = format!("HTTP/1.1 204 No Content\r\n{fields}\r\n");
        let ended = read("GET", text.as_bytes(), End::TimedOut);
        assert!(told(&ended).starts_with("204 Complete"), "{ended:?}");
        assert_eq!(ended.reusable, reusable, "{fields}");
    }
}

#[test]
fn an_interim_head_without_a_final_one_is_kept() {
    for rest in ["", "HTTP/1.1 2"] {
        let text = format!("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n{rest}");
        let ended = read("GET", text.as_bytes(), End::Closed);
        let Outcome::Dropped { received, interim, reset: false, .. } = ended.outcome else {
            panic!("{ended:?}");
        };
        assert_eq!((&*received, &*interim), (text.as_bytes(), &[103][..]));
        let ended = read("GET", text.as_bytes(), End::TimedOut);
        assert!(matches!(ended.outcome, Outcome::TimedOut { received } if received == text));
    }
}

#[test]
fn chunks_win_over_a_length_and_both_end_the_connection() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n\
                2\r\nhi\r\n0\r\n\r\n";
    assert_eq!(get(text), r#"200 Complete "hi" [] after [] reusable=false surplus=b"""#);
}

#[test]
fn no_whole_head_is_a_dropped_connection_or_a_timeout() {
    for text in ["", "HTT", "HTTP/1.1 200 OK\r\nServer: x\r\n"] {
        let ended = read("GET", text.as_bytes(), End::Reset);
        assert!(
            matches!(&ended.outcome, Outcome::Dropped { received, reset: true, .. } if received == text),
            "{ended:?}"
        );
        let ended = read("GET", text.as_bytes(), End::TimedOut);
        assert!(matches!(ended.outcome, Outcome::TimedOut { .. }), "{ended:?}");
    }
}

#[test]
fn garbage_is_kept_with_its_reason() {
    let empty = "\n".repeat(65);
    for (text, reason) in [
        ("SSH-2.0-OpenSSH\r\n", "does not begin"),
        ("HTTP/2 200\r\n\r\n", "does not begin"),
        (&*empty, "nothing but empty lines"),
        ("HTTP/1.1 abc\r\n\r\n", "invalid"),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "invalid header name"),
        ("HTTP/1.1 200 OK\r\na: \0\r\n\r\n", "invalid header value"),
    ] {
        let Outcome::Garbage { received, reason: told } =
            read("GET", text.as_bytes(), End::Closed).outcome
        else {
            panic!("{text:?} is no garbage");
        };
        assert!(told.contains(reason), "{text:?}: {told}");
        assert_eq!(received, text.as_bytes());
    }
}

#[test]
fn lengths_that_contradict_each_other_are_broken_and_equal_ones_are_not() {
    let two = |a, b| {
        get(&format!("HTTP/1.1 200 OK\r\nContent-Length: {a}\r\nContent-Length: {b}\r\n\r\nhi"))
    };
    assert!(two("2", "2").contains("Complete"));
    assert!(two("2", "3").contains("two different content-lengths"));
    assert!(two("+2", "+2").contains("is no number"));
}

#[test]
fn what_clients_in_the_field_accept_is_accepted() {
    let text = "\r\nHTTP/1.0 200\nServer : x\nX-Long: a\n b\nContent-Length:2\n\nhi";
    assert_eq!(get(text), r#"200 Complete "hi" [] after [] reusable=false surplus=b"""#);
    assert!(
        get("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n")
            .contains("reusable=true")
    );
    assert!(
        get("HTTP/1.1 200 OK\r\nConnection: a, Close\r\nContent-Length: 0\r\n\r\n")
            .contains("reusable=false")
    );
}

#[test]
fn limits_end_the_reading() {
    let small = |text: &str| {
        let mut decoder = Decoder::new("GET", SMALL);
        assert_eq!(decoder.feed(text.as_bytes()), Progress::Done, "{text}");
        told(&decoder.end(End::Closed))
    };
    let long = "x".repeat(500);
    assert!(small(&format!("HTTP/1.1 200 OK\r\nA: {long}")).contains("longer than 400 octets"));
    assert!(
        small(&format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(9)))
            .contains("more than 8 header fields")
    );
    assert!(small(&format!("HTTP/1.1 200 OK\r\n\r\n{long}")).contains("TooLarge"));
    assert!(small(&"HTTP/1.1 100 Continue\r\n\r\n".repeat(4)).contains("more than 3 interim"));
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{}",
        "a: b\r\n".repeat(99)
    );
    assert!(small(&endless).contains("its trailers are longer"));
}

/// Octets that look like answers often enough to reach every state.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "HTTP/1.1 200 OK\r\n", "HTTP/1.0 500 \n", "HTTP/1.1 100 Continue\r\n\r\n", "\r\n", "\n", "\r",
            "Content-Length: 5\r\n", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "a : b\r\n c\r\n",
            "Connection: close\r\n", "\r\n\r\n", "5\r\n", "hello\r\n", "0\r\n\r\n", "0\r\nX: y\r\n\r\n", "a;b=c\r\n",
            "hello", "ffffffffffffffff\r\n", "0123456789",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn pieces_never_change_the_result(
        octets in answers(),
        cuts in prop::collection::vec(1_usize..9, 1..20),
        method in prop::sample::select(vec!["GET", "HEAD", "CONNECT"]),
        how in prop::sample::select(vec![End::Closed, End::Reset, End::TimedOut]),
    ) {
        let mut whole = Decoder::new(method, SMALL);
        whole.feed(&octets);
        let mut pieces = Decoder::new(method, SMALL);
        let (mut rest, mut sizes) = (&octets[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (piece, left) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            pieces.feed(piece);
            rest = left;
        }
        prop_assert_eq!(whole.progress(), pieces.progress());
        prop_assert_eq!(told(&whole.end(how)), told(&pieces.end(how)));
    }
}
