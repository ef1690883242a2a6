//! Requests one behind the other on one connection.

use std::time::Duration;

use super::server::{Act, OK, Server, say};
use super::*;
use crate::case::Connection;
use crate::transport::Named;

const PATIENCE: Duration = Duration::from_secs(5);

/// Three requests, the second with a body.
async fn three(server: &Server) -> Vec<Reply> {
    let named = Named::new(Connection { http: Some(1), initial_window: None });
    let requests = [get(), post("abc"), get()];
    let requests: Vec<&Request> = requests.iter().collect();
    client(server).pipeline(&requests, &named, PATIENCE).await
}

fn body(reply: &Reply) -> &[u8] {
    &answer(reply).body
}

fn told(text: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len())
}

#[tokio::test]
async fn all_go_out_before_the_first_answer_and_each_gets_its_own() {
    let all = told("one") + &told("") + &told("three");
    let server = Server::new([Act::Read, Act::Read, Act::Read, say(&all)]).await;
    let replies = three(&server).await;
    let bodies: Vec<&[u8]> = replies.iter().map(body).collect();
    assert_eq!(bodies, [&b"one"[..], b"", b"three"]);
    assert!(replies.iter().all(|reply| !answer(reply).early));
    let fresh: Vec<bool> = replies.iter().map(|reply| reply.fresh_connection).collect();
    assert_eq!((fresh, server.connections()), (vec![true, false, false], 1));
    assert!(server.requests()[1].ends_with("abc"));
}

#[tokio::test]
async fn answers_that_come_in_pieces_are_told_apart() {
    let all = (told("one") + &told("two") + &told("three")).into_bytes();
    let pause = Duration::from_micros(100);
    let server = Server::new([Act::Read, Act::Read, Act::Read, Act::Drip(all, pause)]).await;
    let replies = three(&server).await;
    let bodies: Vec<&[u8]> = replies.iter().map(body).collect();
    assert_eq!(bodies, [&b"one"[..], b"two", b"three"]);
}

#[tokio::test]
async fn what_is_left_unanswered_as_the_connection_ends_was_dropped() {
    let server = Server::new([Act::Read, Act::Read, Act::Read, say(OK)]).await;
    let replies = three(&server).await;
    assert_eq!(answer(&replies[0]).status, 200);
    for reply in &replies[1..] {
        assert!(matches!(reply.outcome, Outcome::Dropped { .. }), "{:?}", reply.outcome);
    }
}

#[tokio::test]
async fn where_nobody_listens_none_is_reached() {
    let named = Named::default();
    let target = Target::new(Scheme::Http, "127.0.0.1", 1);
    let client = Client::new(target, Settings::default()).unwrap();
    let (one, two) = (get(), get());
    let replies = client.pipeline(&[&one, &two], &named, PATIENCE).await;
    assert!(replies.len() == 2 && !unreachable(&replies[1]).is_empty());
}
