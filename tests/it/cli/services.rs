//! Services that are down, hostile or silent; each ends in a message with a place and a way out.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::Desk;

/// A service in this process that does as it is told with each connection; gives its address. It lasts
/// as long as the process.
pub(super) fn service(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let serve = std::sync::Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = std::sync::Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    url
}

/// Reads one request's head and body.
pub(super) fn receive(stream: &mut TcpStream) -> Option<String> {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => all.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}

/// Answers and closes.
pub(super) fn answer(stream: &mut TcpStream, status: &str, body: &str) {
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Whoever asked may have gone away.
    let _ = stream.write_all(reply.as_bytes());
}

#[test]
fn a_service_that_cannot_be_used_is_untested_and_told_why() {
    let closes = service(drop);
    let never = service(|stream| {
        std::thread::sleep(Duration::from_secs(120));
        drop(stream);
    });
    let garbage = service(|mut stream| {
        let _ = receive(&mut stream);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n\r\n");
    });
    for (url, why) in [
        (&closes, "it closes the connection without an answer"),
        (&never, "it takes connections and never answers"),
        (&garbage, "what it answers is no HTTP"),
    ] {
        let line = ["run", "shop.yaml", "--url", url, "--wait-for-service", "0s"];
        let desk = Desk::new();
        let began = Instant::now();
        let ran =
            desk.run(&[&line[..], &["--timeout", "300ms", "--report", "junit=j.xml"]].concat());
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
        assert!(ran.err.contains(why) || ran.out.contains(why), "{why}: {ran:?}");
        let authority = url.trim_start_matches("http://");
        assert!(ran.out.contains(authority), "the place is named: {ran:?}");
        let junit = desk.read("j.xml");
        assert!(junit.contains(r#"<testsuite name="small-shop""#), "{junit}");
    }
}

#[test]
fn a_service_that_comes_up_late_is_waited_for_where_it_tells_its_own_document() {
    let document = r#"{"openapi":"3.1.0","info":{"title":"late","version":"1"},"paths":{"/now":{"get":
        {"responses":{"200":{"description":"now"},"405":{"description":"no other way"}}}}}}"#;
    let address = TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr());
    let address = address.expect("a port, free again");
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(700));
        let listener = TcpListener::bind(address).expect("the port is still free");
        for mut stream in listener.incoming().map_while(Result::ok) {
            let request = receive(&mut stream).unwrap_or_default();
            let told = if request.contains("/openapi.json") { document } else { "\"now\"" };
            let is_get = request.starts_with("GET ");
            answer(&mut stream, if is_get { "200 OK" } else { "405 Method Not Allowed" }, told);
        }
    });
    let url = format!("http://{address}/openapi.json");
    let late = Desk::new().run(&["run", &url, "--wait-for-service", "60s", "--max-cases", "9"]);
    assert!(late.out.contains("1 of 1"), "{late:?}");
}

#[test]
fn a_service_that_stays_away_is_untested_where_it_should_tell_its_own_document() {
    for url in ["http://127.0.0.1:1/openapi.json", "http://127.0.0.1:1", "grpc://127.0.0.1:1"] {
        let line = ["run", url, "--wait-for-service", "300ms"];
        Desk::new().run(&line).failed(3, &format!("`{url}` cannot be reached: "));
    }
}

#[test]
fn a_service_that_answers_only_garbage_later_is_untested_too() {
    let url = service(|mut stream| {
        if let Some(request) = receive(&mut stream) {
            // It looks alive until it is called.
            if request.starts_with("GET ") {
                answer(&mut stream, "404 Not Found", "{}");
            } else {
                let _ = stream.write_all(b"\x00\x01\x02 nonsense\r\n\r\n");
            }
        }
    });
    let line = ["run", "shop.yaml", "--url", &url, "--timeout", "500ms", "--max-cases", "20"];
    let ran = Desk::new().run(&[&line[..], &["--check", "status_code_conformance"]].concat());
    assert_eq!(ran.code, 3, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("untested: "), "{last}");
}

#[test]
fn a_service_that_refuses_every_call_is_untested() {
    let refuses = |status: &'static str| {
        service(move |mut stream| {
            if receive(&mut stream).is_some() {
                answer(&mut stream, status, "{}");
            }
        })
    };
    let run = |url: &str, phase: &str| {
        let line = ["run", "shop.yaml", "--url", url, "--max-cases", "20", "--phase", phase];
        let ran = Desk::new().run(&[&line[..], &["--check", "not_a_server_error"]].concat());
        (ran.code, ran.out.lines().last().unwrap_or_default().to_owned())
    };
    let (code, last) = run(&refuses("413 Too Large"), "examples,boundary");
    assert!(code == 3 && last.starts_with("untested: every answer was 413: "), "{code} {last}");
    // Whoever sends broken calls alone wants them refused, but not by someone at the door.
    let (code, last) = run(&refuses("400 Bad Request"), "invalid");
    assert!(code == 0 && last.starts_with("whole: "), "{code} {last}");
    let (code, last) = run(&refuses("401 Unauthorized"), "invalid,malformed");
    assert!(code == 3 && last.starts_with("untested: every answer was 401: "), "{code} {last}");
}

#[test]
fn of_several_addresses_on_this_machine_the_one_that_is_there_is_taken() {
    let up = service(|mut stream| {
        if let Some(request) = receive(&mut stream) {
            let there = request.starts_with("GET /v7/a ");
            answer(&mut stream, if there { "200 OK" } else { "404 Not Found" }, "{}");
        }
    });
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let down = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let desk = Desk::new();
    let document = |first: &str, second: &str| {
        format!(
            r#"{{"openapi":"3.1.0","info":{{"title":"Two","version":"1"}},
            "servers":[{{"url":"{first}"}},{{"url":"{second}"}}],
            "paths":{{"/a":{{"get":{{"responses":{{"200":{{"description":"fine"}}}}}}}}}}}}"#
        )
    };
    desk.write("two.json", &document(&down, &format!("{up}/v7")));
    let line = ["run", "two.json", "--max-cases", "5", "--check", "not_a_server_error"];
    let ran = desk.run(&line);
    assert_eq!(ran.code, 0, "{ran:?}");
    let note = format!("{down} is not there; {up}/v7, which the document names, too, is");
    assert!(ran.err.contains(&note), "{note}: {}", ran.err);
    desk.write("two.json", &document(&format!("{up}/v7"), &down));
    let note = format!("{up}/v7 is taken; the document also names {down}: --url URL");
    let ran = desk.run(&line);
    assert!(ran.code == 0 && ran.err.contains(&note), "{ran:?}");
}

#[test]
fn a_proxy_that_is_passed_over_for_this_machine_is_told() {
    let url = service(|mut stream| {
        if receive(&mut stream).is_some() {
            answer(&mut stream, "400 Bad Request", "{}");
        }
    });
    let line = ["run", "shop.yaml", "--url", &url, "--max-cases", "1"];
    let desk = Desk::new();
    let mut command = desk.command(&line);
    let ran: super::Ran =
        command.env("HTTP_PROXY", "http://127.0.0.1:9").output().expect("the binary runs").into();
    assert!(ran.err.contains("HTTP_PROXY is not used for what is on this machine"), "{ran:?}");
    assert!(!desk.run(&line).err.contains("HTTP_PROXY"));
}

#[test]
fn what_can_have_no_value_is_told_with_its_place() {
    let url = service(|mut stream| {
        if receive(&mut stream).is_some() {
            answer(&mut stream, "200 OK", "{}");
        }
    });
    let desk = Desk::new();
    desk.write(
        "none.yaml",
        r#"openapi: 3.1.0
info: { title: None, version: "1" }
paths:
  /a:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [n]
              properties:
                n: { type: integer, minimum: 5, maximum: 4 }
      responses: { "200": { description: one } }
"#,
    );
    let told = "`json/n` can have no value: nothing satisfies its `type`, `minimum` and `maximum` at once; \
                mend none.yaml:14 #/paths/~1a/post/requestBody/content/application~1json/schema/properties/n";
    let list = desk.run(&["list", "none.yaml"]).well();
    assert!(list.contains(&format!("cannot be tested: {told}")), "{list}");
    let ran = desk.run(&["generate", "none.yaml"]);
    assert!(ran.err.contains(&format!("note: POST /a cannot be tested: {told}")), "{ran:?}");
    let ran = desk.run(&["run", "none.yaml", "--url", &url, "--max-time", "5s"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[test]
fn a_service_that_answers_every_path_is_tested_where_the_url_says() {
    let url = service(|mut stream| {
        if let Some(request) = receive(&mut stream) {
            if request.starts_with("GET /b ") {
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
            } else {
                answer(&mut stream, "200 OK", "{}");
            }
        }
    });
    let desk = Desk::new();
    desk.write(
        "any.yaml",
        r#"openapi: 3.1.0
info: { title: Any, version: "1" }
paths:
  /a: { get: { responses: { "200": { description: fine } } } }
  /b: { get: { responses: { "200": { description: fine } } } }
"#,
    );
    let line = ["run", "any.yaml", "--url", &url, "--max-cases", "30", "--check"];
    let ran = desk.run(&[&line[..], &["not_a_server_error"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("GET /b"), "{}", ran.out);
    // Any other address would do as well.
    let stands = format!("operations stand under {url}: the likeliest");
    assert!(format!("{}{}", ran.out, ran.err).contains(&stands), "{ran:?}");
}

#[test]
fn where_operations_stand_is_told_where_it_was_in_doubt() {
    // The paths that the service knows, and where the document's one operation then stands.
    for (known, told) in [("/a", None), ("/v1/a", Some("/v1: it answers as the document says"))] {
        let url = service(move |mut stream| {
            let Some(request) = receive(&mut stream) else { return };
            let path = request.split(' ').nth(1).unwrap_or_default();
            let status = if path == known { "200 OK" } else { "404 Not Found" };
            answer(&mut stream, status, "{}");
        });
        let desk = Desk::new();
        desk.write(
            "a.yaml",
            "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { responses: { \
             '200': { description: fine } } } } }\n",
        );
        let ran = desk.run(&["run", "a.yaml", "--url", &url, "--max-cases", "5"]);
        let expected = told.map(|told| format!("operations stand under {url}{told}"));
        match &expected {
            Some(expected) => assert!(ran.err.contains(expected), "{ran:?}"),
            None => assert!(!ran.err.contains("operations stand under"), "{ran:?}"),
        }
    }
}
