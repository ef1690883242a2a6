use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

fn request(method: &str, target: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Request {
    let header = |(name, value): &(&str, &[u8])| Header {
        name: (*name).to_owned(),
        value: value.to_vec().into(),
    };
    Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers.iter().map(header).collect(),
        body: body.to_vec().into(),
        ..Request::default()
    }
}

/// Whether there is a curl to try lines with; says so where there is none.
fn is_here() -> bool {
    let here = Command::new("curl").arg("--version").output().is_ok_and(|o| o.status.success());
    if !here {
        println!("skipped: no curl on the PATH");
    }
    here
}

/// What a server reads when the line is run by a shell.
fn received(request: &Request, path: &str) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}{path}", listener.local_addr().unwrap());
    let exported = curl(&base, request, HttpVersion::Http1);
    let body = request.body.clone();
    let chunked = exported.line.contains("Transfer-Encoding");
    let server = std::thread::spawn(move || {
        listener.set_nonblocking(true).unwrap();
        let begin = Instant::now();
        let mut stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(_) if begin.elapsed() < Duration::from_secs(20) => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(_) => return Vec::new(),
            }
        };
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut octets = Vec::new();
        let mut buffer = [0; 16384];
        loop {
            let head = octets.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4);
            let whole = head.is_some_and(|head| {
                if chunked {
                    octets.ends_with(b"0\r\n\r\n")
                } else {
                    octets.len() >= head + body.len()
                }
            });
            match if whole { Ok(0) } else { stream.read(&mut buffer) } {
                // A signal ends a read that has a time limit.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(count) => octets.extend_from_slice(&buffer[..count]),
            }
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        octets
    });
    let line = exported.line.replacen("curl -i", "curl -i -q -s --noproxy '*' --max-time 20", 1);
    // A long line is no argument of the shell either, so it is read.
    let mut shell = Command::new("sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let status = shell.wait().unwrap();
    let octets = server.join().unwrap();
    assert!(status.success(), "{status}: {line}");
    octets
}

/// What is sent of a request that curl can send: the head without `Host`, and the body.
fn expected(request: &Request, path: &str) -> (Vec<Vec<u8>>, Vec<u8>) {
    let first = format!("{} {path}{} HTTP/1.1", request.method, request.target);
    let mut lines = vec![first.into_bytes()];
    for header in &request.headers {
        let line = [header.name.as_bytes(), b": ", &header.value].concat();
        lines.push(line.trim_ascii_end().to_vec());
    }
    (lines, request.body.to_vec())
}

#[track_caller]
fn survives(request: &Request) {
    survives_below(request, "");
}

#[track_caller]
fn survives_below(request: &Request, path: &str) {
    let octets = received(request, path);
    let end = octets.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut rest = &octets[..end];
    while let Some(at) = rest.windows(2).position(|end| end == b"\r\n") {
        lines.push(rest[..at].to_vec());
        rest = &rest[at + 2..];
    }
    lines.push(rest.to_vec());
    lines.retain(|line| !line.starts_with(b"Host:") && !line.starts_with(b"Content-Length:"));
    let (head, body) = expected(request, path);
    let show = |lines: &[Vec<u8>]| -> Vec<String> {
        lines.iter().map(|line| line.escape_ascii().to_string()).collect()
    };
    assert_eq!(show(&lines), show(&head));
    assert!(octets[end + 4..] == body, "{}", octets[end + 4..].escape_ascii());
}

#[test]
fn lines_are_short_and_readable() {
    let json = b"{\"name\":\"it's\"}";
    let request = request(
        "POST",
        "/orders?a=1",
        &[("User-Agent", b"phi-fuzz"), ("Accept", b"*/*"), ("Content-Type", b"application/json")],
        json,
    );
    let exported = curl("http://127.0.0.1:8080/api/", &request, HttpVersion::Http1);
    insta::assert_snapshot!(exported.line, @r#"curl -i -X POST -H 'User-Agent: phi-fuzz' -H 'Accept: */*' -H 'Content-Type: application/json' --data-raw '{"name":"it'\''s"}' 'http://127.0.0.1:8080/api/orders?a=1'"#);
    assert_eq!(exported.notes, [""; 0]);
}

#[test]
fn any_octets_survive_a_real_shell_and_curl() {
    if !is_here() {
        return;
    }
    let all: Vec<u8> = (0..=255).collect();
    let value: Vec<u8> = (1..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    let value = [b"x", &value[..], b"x"].concat();
    survives(&request("POST", "/", &[("X-All", &value), ("X-All", b"'\"$(id)`")], &all));
    survives(&request("PUT", "/a", &[("X-Empty", b"")], b"@/etc/hostname"));
    survives(&request("POST", "/", &[], b"line\r\nline\n\n"));
    survives(&request("POST", "/", &[], "'; echo é \u{202E} $HOME \\n %s\n".as_bytes()));
    survives(&request("POST", "/", &[], &b"a\0b".repeat(100_000)));
    survives(&request("POST", "/", &[], &b"text 'long' ".repeat(20_000)));
}

#[test]
fn any_target_survives_a_real_shell_and_curl() {
    if !is_here() {
        return;
    }
    for target in [
        "/",
        "/a/../b/./c",
        "/%2e%2E/%",
        "/[1-3]{a,b}?x[y]=1&z=#f",
        "/a b",
        "/é\u{202E}",
        "/'\"$(id)`\\",
        "*",
        "//x//",
        "/?",
    ] {
        survives(&request("GET", target, &[], b""));
    }
    survives_below(&request("GET", "/a", &[], b""), "/base");
    survives_below(&request("GET", "/a b", &[], b""), "/base");
}

#[test]
fn any_method_survives_a_real_shell_and_curl() {
    if !is_here() {
        return;
    }
    for method in ["HEAD", "OPTIONS", "get", "DELETE", "M'X", "TRACE"] {
        survives(&request(method, "/", &[], b""));
    }
    survives(&request("GET", "/", &[], b"body"));
    survives(&request("DELETE", "/", &[], b"{}"));
}

#[test]
fn an_empty_body_is_announced_where_it_usually_is() {
    if !is_here() {
        return;
    }
    let octets = received(&request("POST", "/", &[], b""), "");
    let head = String::from_utf8(octets).unwrap();
    assert!(head.contains("\r\nContent-Length: 0\r\n"), "{head}");
    assert!(!head.contains("Content-Type"), "{head}");
    let octets = received(&request("DELETE", "/", &[], b""), "");
    assert!(!String::from_utf8(octets).unwrap().contains("Content-Length"));
}

#[test]
fn a_chunked_body_is_chunked() {
    if !is_here() {
        return;
    }
    let chunked = Request { framing: Framing::Chunked(100), ..request("POST", "/", &[], b"abc") };
    let octets = received(&chunked, "");
    assert!(octets.ends_with(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), "{}", octets.escape_ascii());
}

#[test]
fn other_forms_of_the_head_survive() {
    if !is_here() {
        return;
    }
    let headed = |head: Head| Request { head, ..request("GET", "/a", &[], b"") };
    let sent = |head: Head| String::from_utf8(received(&headed(head), "")).unwrap();
    let absolute = sent(Head { form: TargetForm::Absolute, ..Head::default() });
    assert!(absolute.starts_with("GET http://127.0.0.1:"), "{absolute}");
    let old = sent(Head { version: "HTTP/1.0", ..Head::default() });
    assert!(old.starts_with("GET /a HTTP/1.0\r\n"), "{old}");
    let nowhere = sent(Head { host: Host::Missing, ..Head::default() });
    assert!(!nowhere.contains("Host"), "{nowhere}");
}

#[test]
fn what_curl_cannot_send_is_said() {
    let note = |request: &Request| curl("http://h", request, HttpVersion::Http1).notes.join("; ");
    let plain = request("GET", "/", &[], b"");
    assert_eq!(note(&plain), "");
    let announced = |headers: &[(&str, &[u8])], body: &[u8]| Request {
        framing: Framing::Announced,
        ..request("POST", "/", headers, body)
    };
    assert_eq!(note(&announced(&[("Content-Length", b"3")], b"abc")), "");
    let headed = |head: Head| Request { head, ..request("GET", "/", &[], b"") };
    let bent = crate::case::Perturbation::Cancel(Duration::ZERO);
    let notes = [
        note(&announced(&[("Content-Length", b"5")], b"abc")),
        note(&announced(&[("Transfer-Encoding", b"chunked")], b"abc")),
        note(&announced(&[], b"abc")),
        note(&Request { framing: Framing::Chunked(1), ..request("POST", "/", &[], b"abc") }),
        note(&request("GET", "/", &[("a b", b"")], b"")),
        note(&request("GET", "/", &[("a", b"\0")], b"")),
        note(&request("GET", "/", &[("a", b"b\r\nc: d")], b"")),
        note(&request("", "/", &[], b"")),
        note(&Request { perturb: vec![bent], ..plain }),
        note(&request("GET", "/", &[("Authorization", b"Bearer [secret:bob]")], b"")),
        note(&headed(Head { line_end: "\n", ..Head::default() })),
        note(&headed(Head { host: Host::Twice, ..Head::default() })),
    ];
    insta::assert_snapshot!(notes.join("\n"), @r#"
    the announced length is wrong on purpose; curl may wait, mend it or refuse: use `phi-fuzz replay` to be sure
    curl frames the body by itself where Transfer-Encoding stands: what it sends differs
    the body is not announced on purpose; curl may announce it
    curl cuts chunks of its own length
    curl cannot send the header name "a b": the field is left out
    curl cannot send NUL in the head: it is left out
    curl may not send the line end in the value of a
    curl cannot send an empty method: it sends its own
    curl cannot bend timing: the perturbations are left out; use `phi-fuzz replay`
    put the secrets in the places of [secret:NAME]
    curl cannot write the head as it is damaged on purpose: what it sends differs; use `phi-fuzz replay`
    curl sends Host once, not twice
    "#);
}

#[test]
fn the_version_is_asked_for_where_curl_would_choose_another() {
    let line = |base, http| curl(base, &request("GET", "/", &[], b""), http).line;
    assert!(line("https://h", HttpVersion::Http1).contains(" --http1.1 "));
    assert!(line("https://h", HttpVersion::Http2).contains(" --http2 "));
    assert!(line("http://h", HttpVersion::Http2).contains(" --http2-prior-knowledge "));
    assert!(line("http://[::1]:80", HttpVersion::Http1).contains(" -g 'http://[::1]:80/'"));
}
