//! Through proxies.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use super::server::{Act, OK, Server, say};
use super::*;
use crate::transport::{Proxies, Version};

fn through(proxy: &Server, target: Target, http: Version) -> Client {
    let url = format!("http://me:p%40ss@127.0.0.1:{}", proxy.port());
    let proxies = Proxies { explicit: Some(url), ..Proxies::default() };
    Client::new(target, Settings { http, proxies, ..Settings::default() }).unwrap()
}

/// A proxy that tunnels anywhere.
pub(super) async fn tunneling() -> Server {
    Server::doing(|tcp, _| tunnel(tcp)).await
}

/// What such a proxy does on a connection.
pub(super) async fn tunnel(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let place = head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap().to_owned();
    assert!(head.contains(&format!("\r\nHost: {place}\r\n")), "{head}");
    assert!(head.contains("\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n"), "{head}");
    let mut onward = TcpStream::connect(&place).await.unwrap();
    stream.write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n").await.unwrap();
    let _ = copy_bidirectional(&mut stream, &mut onward).await;
}

#[tokio::test]
async fn a_plain_proxy_gets_the_absolute_form_and_our_credentials() {
    let proxy = Server::new([Act::Read, say(OK), Act::Again]).await;
    let target = Target::new(Scheme::Http, "shop.test", 8080);
    let client = through(&proxy, target, Version::Auto);
    for _ in 0..2 {
        assert_eq!(answer(&pooled(&client, &get()).await).status, 200);
    }
    assert_eq!(
        proxy.requests()[1],
        "GET http://shop.test:8080/things?a=1 HTTP/1.1\r\nHost: shop.test:8080\r\n\
         Proxy-Authorization: Basic bWU6cEBzcw==\r\n\r\n"
    );
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn http_2_goes_through_a_tunnel() {
    let service = super::http2::echo().await;
    let proxy = tunneling().await;
    let target = Target::new(Scheme::Http, "127.0.0.1", service.port());
    let client = through(&proxy, target, Version::Http2);
    assert_eq!(&answer(&pooled(&client, &post("hello")).await).body[..], b"hello");
}

#[tokio::test]
async fn a_proxy_that_refuses_makes_the_service_unreachable() {
    for (text, reason) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "wants credentials (407)"),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno!", "with 502"),
        ("SSH-2.0-x\r\n", "no HTTP/1.1"),
        ("", "without an answer"),
        ("HTTP/1.1 200 OK\r\n\r\nSSH-2.0-x\r\n", "spoke before TLS"),
    ] {
        let proxy = Server::new([Act::Read, say(text)]).await;
        let target = Target::new(Scheme::Http, "shop.test", 80);
        let reply = fresh(&through(&proxy, target, Version::Http2), &get()).await;
        let why = unreachable(&reply);
        assert!(why.contains(reason) && !why.contains("p%40ss"), "{why}");
    }
}
