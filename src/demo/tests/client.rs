//! A client that sends what it is told and says what came.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::demo::{API_KEY, BEARER, GUEST};

/// Longer than any answer takes, on any machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// What came of a request.
#[derive(Debug)]
pub(super) enum Seen {
    Answer(Answer),
    Dropped,
    TimedOut,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Seen {
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::Answer(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }
}

/// A request that closes its connection, with all credentials.
pub(super) fn request(method: &str, target: &str, headers: &str, body: &str) -> String {
    let token = format!("Authorization: Bearer {BEARER}\r\nX-Api-Key: {API_KEY}\r\n");
    anonymous(method, target, &format!("{token}{headers}"), body)
}

/// The same without credentials.
pub(super) fn anonymous(method: &str, target: &str, headers: &str, body: &str) -> String {
    let length = if body.is_empty() && method == "GET" {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    format!(
        "{method} {target} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n{headers}{length}\r\n{body}"
    )
}

/// A JSON body, sent to where it belongs.
pub(super) fn post(addr: SocketAddr, target: &str, body: &Value) -> Answer {
    let headers = "Content-Type: application/json\r\n";
    send(addr, &request("POST", target, headers, &body.to_string())).answer()
}

pub(super) fn get(addr: SocketAddr, target: &str) -> Answer {
    send(addr, &request("GET", target, "", "")).answer()
}

pub(super) fn send(addr: SocketAddr, request: &str) -> Seen {
    exchange(addr, request.as_bytes(), PATIENCE)
}

/// Sends octets and reads to the end of the connection.
pub(super) fn exchange(addr: SocketAddr, request: &[u8], patience: Duration) -> Seen {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(patience)).unwrap();
    // A server may answer and close before it has all.
    let _ = stream.write_all(request);
    let head = request.starts_with(b"HEAD ");
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => received.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                let _ = stream.shutdown(Shutdown::Both);
                return Seen::TimedOut;
            }
            // A signal ends a read that has a time limit.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    parse(&received, head).map_or(Seen::Dropped, Seen::Answer)
}

fn parse(received: &[u8], head: bool) -> Option<Answer> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let split = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(split).collect();
    let mut answer = Answer { status, headers, body: received[end + 4..].to_vec() };
    if answer.header("transfer-encoding") == Some("chunked") && !head {
        answer.body = dechunk(&answer.body)?;
    }
    Some(answer)
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

/// A step of a case as a request: as the shopkeeper, as the guest, or as no one.
pub(super) fn render(step: &Value) -> String {
    let (method, path) = step["call"].as_str().unwrap().split_once(' ').unwrap();
    let mut target = path.to_owned();
    for (name, value) in members(&step["path"]) {
        target = target.replace(&format!("{{{name}}}"), &encode(value));
    }
    let pair = |(name, value): (&String, &Value)| format!("{name}={}", encode(value));
    let pairs = |part: &str| members(&step[part]).map(pair).collect::<Vec<_>>();
    if !pairs("query").is_empty() {
        target = format!("{target}?{}", pairs("query").join("&"));
    }
    let field = |(name, value): (&String, &Value)| format!("{name}: {}\r\n", plain(value));
    let mut headers: String = members(&step["headers"]).map(field).collect();
    if !pairs("cookies").is_empty() {
        headers.extend(["Cookie: ", &pairs("cookies").join("; "), "\r\n"]);
    }
    let mut body = String::new();
    if let Some(json) = step.get("json") {
        headers.push_str("Content-Type: application/json\r\n");
        body = json.to_string();
    } else if step.get("form").is_some() {
        headers.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
        body = pairs("form").join("&");
    }
    match step["auth"].as_str() {
        None => request(method, &target, &headers, &body),
        Some("guest") => {
            headers.push_str(&format!("Authorization: Bearer {GUEST}\r\n"));
            anonymous(method, &target, &headers, &body)
        }
        Some(_) => anonymous(method, &target, &headers, &body),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(symbol) => symbol["$number"].as_str().unwrap().to_owned(),
        other => other.to_string(),
    }
}

fn encode(value: &Value) -> String {
    utf8_percent_encode(&plain(value), NON_ALPHANUMERIC).to_string()
}
