//! Everything odd and right, in both shops.

use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{anonymous, exchange, get, post, request, send};
use super::shop;
use crate::demo::{Planted, Shop, faults};

const JSON: &str = "Content-Type: application/json\r\n";

/// Does it in both shops.
pub(super) fn both(test: impl Fn(SocketAddr)) {
    for healthy in [false, true] {
        let shop = shop(0, healthy);
        test(shop.addr);
        shop.stop().unwrap();
    }
}

fn planted(name: &str) -> Planted {
    faults(&Shop::default()).into_iter().find(|planted| planted.name == name).unwrap()
}

/// A body that is just not the one that shows a fault.
fn harmless(name: &str) -> Value {
    planted(name).neighbours[0]["steps"][0]["json"].clone()
}

/// The name of the field that a fault hangs on.
fn field(name: &str, part: &str) -> String {
    let case = planted(name).case;
    case["steps"][0][part].as_object().unwrap().keys().next().unwrap().clone()
}

#[test]
fn queries_are_coerced() {
    both(|addr| {
        for yes in ["true", "1", "on", "YES"] {
            let answer = get(addr, &format!("/products?in_stock={yes}&size=%2B3"));
            assert_eq!((answer.status, &answer.json()["total"]), (200, &json!(9)), "{yes}");
        }
        assert_eq!(get(addr, "/products?in_stock=maybe").status, 400);
    });
}

#[test]
fn parameters_come_in_every_style() {
    both(|addr| {
        let total = |query: &str| get(addr, &format!("/products?{query}")).json()["total"].clone();
        assert_eq!(total("tags=light&tags=wood"), 8);
        assert_eq!(total("price%5Bmin%5D=5&price[max]=10.00"), 2);
        assert_eq!(total("sort=price|name&size=1"), 12);
        assert_eq!(get(addr, "/products?sort=price|price").status, 400);
        assert_eq!(get(addr, "/products?price=5").status, 400);
        assert_eq!(get(addr, "/orders?status=open%20paid").json().as_array().unwrap().len(), 3);
        assert_eq!(get(addr, "/orders?status=open+lost").status, 400);
    });
}

#[test]
fn text_is_trimmed_and_lowered_and_belongs_to_one() {
    both(|addr| {
        let mut body = harmless("internal number");
        body["email"] = json!(" Ada@Example.ORG ");
        let answer = post(addr, "/customers", &body);
        assert_eq!((answer.status, &answer.json()["email"]), (201, &json!("ada@example.org")));
        assert_eq!(post(addr, "/customers", &body).status, 409);
    });
}

#[test]
fn extra_and_server_owned_members_are_ignored() {
    both(|addr| {
        let body = json!({ "title": "a", "extra": 1, "id": "mine", "state": 7 });
        let answer = post(addr, "/notes", &body);
        let expected = json!({ "id": 1, "state": "draft", "title": "a" });
        assert_eq!((answer.status, answer.json()), (201, expected));
    });
}

#[test]
fn of_duplicate_keys_the_last_one_holds() {
    both(|addr| {
        let body = r#"{"title":"a","title":"b"}"#;
        let answer = send(addr, &request("POST", "/notes", JSON, body)).answer();
        assert_eq!(answer.json()["title"], "b");
    });
}

#[test]
fn what_was_created_is_seen_a_moment_later() {
    both(|addr| {
        let answer = post(addr, "/notes", &json!({ "title": "a" }));
        let location = answer.header("location").unwrap();
        let seen = (0..3).map(|_| get(addr, location).status).find(|status| *status == 200);
        assert_eq!(seen, Some(200));
        assert_eq!(send(addr, &request("DELETE", location, "", "")).answer().status, 204);
        assert_eq!(get(addr, location).status, 404);
    });
}

#[test]
fn business_rules_are_told_from_broken_requests() {
    both(|addr| {
        let report = |query: &str| {
            let target = format!("/reports/sales?{query}");
            send(addr, &request("GET", &target, "X-Client: tests\r\n", "")).answer().status
        };
        assert_eq!(report("from=2000-01-01&to=2000-01-01"), 200);
        assert_eq!(report("from=2000-01-02&to=2000-01-01"), 422);
        assert_eq!(report("from=2000-01-32&to=2000-01-01"), 400);
        assert_eq!(report("from=2000-01-01&to=2000-01-01&format=pdf"), 501);
        assert_eq!(get(addr, "/reports/sales?from=2000-01-01&to=2000-01-01").status, 400);
    });
}

#[test]
fn what_is_missing_comes_before_what_is_broken() {
    both(|addr| {
        let patch = |target: &str| request("PATCH", target, JSON, "{");
        assert_eq!(send(addr, &patch("/orders/999")).answer().status, 404);
        assert_eq!(send(addr, &patch("/orders/1")).answer().status, 400);
    });
}

#[test]
fn strangers_are_told_so_before_their_body_is_looked_at() {
    both(|addr| {
        let xml = "Content-Type: application/xml\r\n";
        for path in ["/webhooks", "/products"] {
            let stranger = send(addr, &anonymous("POST", path, xml, "<a/>")).answer();
            assert_eq!(stranger.status, 401);
            assert!(stranger.header("www-authenticate").is_some());
            assert_eq!(send(addr, &request("POST", path, xml, "<a/>")).answer().status, 415);
        }
        let wrong = "Authorization: Bearer shop-demo-tokem\r\n";
        assert_eq!(send(addr, &anonymous("POST", "/webhooks", wrong, "")).answer().status, 401);
    });
}

#[test]
fn a_long_body_is_refused_while_it_comes_in() {
    both(|addr| {
        let declared = "POST /files HTTP/1.1\r\nHost: shop\r\nContent-Length: 9999999\r\n\r\n--b";
        let answer = send(addr, declared).answer();
        assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
        let chunk = format!("{:x}\r\n{}\r\n", 40_000, "0".repeat(40_000));
        let chunked = format!(
            "POST /notes HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}"
        );
        assert_eq!(send(addr, &chunked).answer().status, 413);
    });
}

#[test]
fn a_deep_body_is_refused() {
    both(|addr| {
        let field = field("depth", "json");
        let body = (0..100).fold("{}".to_owned(), |inner, _| format!("{{\"{field}\":[{inner}]}}"));
        assert_eq!(send(addr, &request("POST", "/categories", JSON, &body)).answer().status, 413);
    });
}

#[test]
fn a_long_head_is_refused() {
    both(|addr| {
        let long = format!("X-Long: {}\r\n", "0".repeat(20_000));
        assert_eq!(send(addr, &request("GET", "/health", &long, "")).answer().status, 431);
    });
}

#[test]
fn what_is_no_http_is_refused_and_ends_the_connection() {
    both(|addr| {
        for garbage in ["GARBAGE\r\n\r\n", "GET /health HTTP/1.1\r\nHost : shop\r\n\r\n"] {
            assert_eq!(send(addr, garbage).answer().status, 400, "{garbage}");
        }
        let broken =
            "POST /notes HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n";
        assert_eq!(send(addr, broken).answer().status, 400);
    });
}

#[test]
fn only_a_slash_too_much_is_led_back() {
    both(|addr| {
        let answer = get(addr, "/products/?size=1");
        assert_eq!((answer.status, answer.header("location")), (308, Some("/products?size=1")));
        assert_eq!(get(addr, "/products/1/").header("location"), Some("/products/1"));
    });
}

#[test]
fn the_gateway_has_pages_of_its_own() {
    both(|addr| {
        for (path, status) in [("/nowhere", 404), ("/internal/x", 502), ("/nowhere/", 404)] {
            let answer = get(addr, path);
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("content-type"), Some("text/html"));
            assert!(answer.header("server").is_some() && answer.header("via").is_some());
            assert!(answer.text().contains("<center>"));
        }
        assert_eq!(get(addr, "/health").header("server"), None);
    });
}

#[test]
fn heads_and_options_are_implied_and_other_methods_refused() {
    both(|addr| {
        let full = get(addr, "/products/1");
        let head = send(addr, &request("HEAD", "/products/1", "", "")).answer();
        assert_eq!((head.status, &head.body[..]), (200, &b""[..]));
        assert_eq!(head.header("content-length"), full.header("content-length"));
        let options = send(addr, &request("OPTIONS", "/orders/1", "", "")).answer();
        assert_eq!(
            (options.status, options.header("allow")),
            (204, Some("GET, PATCH, HEAD, OPTIONS"))
        );
        let wrong = send(addr, &request("DELETE", "/orders/1", "", "")).answer();
        assert_eq!((wrong.status, wrong.header("allow")), (405, options.header("allow")));
        assert!(wrong.body.is_empty());
    });
}

#[test]
fn some_things_warm_up_first() {
    both(|addr| {
        for _ in 0..3 {
            let answer = get(addr, "/recommendations");
            assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
        }
        assert_eq!(get(addr, "/recommendations").status, 200);
        assert_eq!(send(addr, &anonymous("GET", "/recommendations", "", "")).answer().status, 200);
    });
}

#[test]
fn whoever_asks_too_often_is_told_when_to_come_back() {
    let shop = shop(0, true);
    let field = field("case_fold", "query");
    let one = format!("GET /search?{field}=0 HTTP/1.1\r\nHost: shop\r\n\r\n");
    let last = request("GET", &format!("/search?{field}=0"), "", "");
    let pipelined = one.repeat(1008) + &last;
    let mut stream = std::net::TcpStream::connect(shop.addr).unwrap();
    stream.set_read_timeout(Some(super::client::PATIENCE)).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let writing =
        std::thread::spawn(move || std::io::Write::write_all(&mut writer, pipelined.as_bytes()));
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    writing.join().unwrap().unwrap();
    assert_eq!(received.matches("HTTP/1.1 200 OK").count(), 1008);
    assert_eq!(received.matches("HTTP/1.1 429 Too Many Requests").count(), 1);
    assert!(received.contains("retry-after: 1"));
}

#[test]
fn unchanged_products_are_not_sent_again() {
    both(|addr| {
        let tag = get(addr, "/products/1").header("etag").unwrap().to_owned();
        let again = format!("If-None-Match: {tag}\r\n");
        let answer = send(addr, &request("GET", "/products/1", &again, "")).answer();
        assert_eq!((answer.status, answer.header("etag")), (304, Some(&*tag)));
    });
}

#[test]
fn lists_are_compressed_for_those_who_can_read_that() {
    both(|addr| {
        let answer =
            send(addr, &request("GET", "/products", "Accept-Encoding: gzip\r\n", "")).answer();
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), get(addr, "/products").json());
    });
}

#[test]
fn reports_and_events_come_in_chunks() {
    both(|addr| {
        let target = "/reports/sales?from=2000-01-01&to=2000-01-01&group=day,product";
        let report = send(addr, &request("GET", target, "X-Client: tests\r\n", "")).answer();
        assert_eq!(report.header("transfer-encoding"), Some("chunked"));
        assert_eq!(report.json()["group"], "day product");
        let events = get(addr, "/events?events=3");
        assert_eq!(events.text().matches("event: order.placed").count(), 3);
        let followed = "/events?follow=on&events=0";
        let brief = Duration::from_millis(100);
        let seen = exchange(addr, request("GET", followed, "", "").as_bytes(), brief);
        assert!(matches!(seen, super::client::Seen::TimedOut));
    });
}

#[test]
fn forms_and_parts_are_read() {
    both(|addr| {
        let part = |name: &str, more: &str, body: &str| {
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{body}\r\n"
            )
        };
        let body = part("file", "; filename=\"a.png\"", "12345")
            + &part("meta", "\r\nContent-Type: application/json", "{\"author\":\"a\"}")
            + "--b--\r\n";
        let media = "Content-Type: multipart/form-data; boundary=b\r\n";
        let answer = send(addr, &request("POST", "/files", media, &body)).answer();
        assert_eq!((answer.status, &answer.json()["octets"]), (201, &json!(5)));
        let file = format!("/files/{}", answer.json()["id"]);
        assert_eq!(get(addr, &file).body.len(), 5);
        let missing = part("caption", "", "a") + "--b--\r\n";
        assert_eq!(send(addr, &request("POST", "/files", media, &missing)).answer().status, 400);
        let text = "Content-Type: text/plain; charset=utf-8\r\n";
        let note = send(addr, &request("POST", "/notes", text, "first\nsecond")).answer();
        assert_eq!((note.status, &note.json()["title"]), (201, &json!("first")));
    });
}

#[test]
fn the_document_is_served_as_json_and_yaml() {
    both(|addr| {
        let json = get(addr, "/openapi.json").json();
        let yaml = get(addr, "/openapi.yaml").text();
        assert_eq!(yaml, crate::demo::document(&Shop::default()));
        assert_eq!(json, super::super::document::parse(&yaml).unwrap());
        assert_eq!(json["openapi"], "3.1.0");
    });
}

#[test]
fn http_2_is_spoken_and_dropped_calls_reset_their_stream() {
    let shop = shop(0, false);
    let body = planted("dropped").case["steps"][0]["json"].to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(shop.addr).await.unwrap();
        let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
        let connection = tokio::spawn(connection);
        let get = http::Request::get("http://shop/health").body(()).unwrap();
        let (response, _) = client.send_request(get, true).unwrap();
        assert_eq!(response.await.unwrap().status(), 200);
        let patch = http::Request::patch("http://shop/orders/1")
            .header("content-type", "application/json")
            .body(())
            .unwrap();
        let (response, mut out) = client.send_request(patch, false).unwrap();
        out.send_data(body.into(), true).unwrap();
        assert!(response.await.unwrap_err().is_reset());
        connection.abort();
    });
}
