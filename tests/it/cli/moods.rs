//! Services with moods that are no faults: with timing bent and calls released together, none of them is a
//! finding, and none makes the run hang.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::Desk;
use super::services::service;

const NOTES: &str = r"openapi: 3.1.0
info: { title: Notes, version: '1' }
paths:
  /notes:
    post:
      requestBody: &note
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/New' } } }
      responses:
        '201': { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
        '400': { description: bad }
        '413': { description: too large }
        '429': { description: later }
  /notes/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get:
      responses: &shown
        '200': { description: one, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
        '400': { description: bad }
        '404': { description: none }
        '413': { description: too large }
        '429': { description: later }
    put: { requestBody: *note, responses: *shown }
components:
  schemas:
    New: { type: object, required: [text], properties: { text: { type: string } } }
    Note:
      type: object
      required: [id, text]
      properties: { id: { type: integer }, text: { type: string } }
";

/// What is peculiar about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// It takes its time for some calls in a row.
    Slow,
    /// It ends connections on which nothing comes for a moment.
    Impatient,
    /// It refuses some calls for now.
    Limiting,
    /// It speaks HTTP/1.0, and no connection serves two calls.
    Old,
    /// It refuses large bodies before it has read them, and ends the connection.
    Early,
}

/// So long a body is taken.
const LARGE: usize = 40;

/// A request as far as it is read: its line, its body; nothing where it does not come to its end.
enum Read {
    Whole(String, String),
    /// Its head says that it is too large.
    TooLarge,
    Gone,
}

fn read(stream: &mut TcpStream, kept: &mut Vec<u8>, mood: Mood) -> Read {
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(kept).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
            });
            let length: usize = length.unwrap_or(0);
            if mood == Mood::Early && length > LARGE {
                return Read::TooLarge;
            }
            let begin = head.len() + 4;
            if kept.len() >= begin + length {
                let body = String::from_utf8_lossy(&kept[begin..begin + length]).into_owned();
                let line = head.lines().next().unwrap_or_default().to_owned();
                kept.drain(..begin + length);
                return Read::Whole(line, body);
            }
        }
        match stream.read(&mut piece) {
            Ok(count @ 1..) => kept.extend_from_slice(&piece[..count]),
            _ => return Read::Gone,
        }
    }
}

/// A service that keeps notes, and is right.
fn notes(mood: Mood) -> String {
    let notes: Arc<Mutex<BTreeMap<i64, String>>> = Arc::default();
    let calls = AtomicUsize::new(0);
    service(move |mut stream| {
        let patience = (mood == Mood::Impatient).then_some(Duration::from_millis(50));
        stream.set_read_timeout(patience).expect("a timeout");
        let mut kept = Vec::new();
        loop {
            let (line, body) = match read(&mut stream, &mut kept, mood) {
                Read::Whole(line, body) => (line, body),
                Read::TooLarge => {
                    say(&mut stream, mood, "413 Content Too Large", "connection: close\r\n", "{}");
                    return;
                }
                Read::Gone => return,
            };
            let call = calls.fetch_add(1, Ordering::SeqCst);
            if mood == Mood::Slow && call % 40 < 8 {
                std::thread::sleep(Duration::from_millis(60));
            }
            if mood == Mood::Limiting && call % 7 == 6 {
                say(&mut stream, mood, "429 Too Many Requests", "retry-after: 1\r\n", "{}");
                continue;
            }
            let (status, answer) = serve(&mut notes.lock().expect("notes"), &line, &body);
            say(&mut stream, mood, status, "", &answer);
            if mood == Mood::Old {
                return;
            }
        }
    })
}

fn serve(notes: &mut BTreeMap<i64, String>, line: &str, body: &str) -> (&'static str, String) {
    let shown = |id: i64, text: &str| serde_json::json!({ "id": id, "text": text }).to_string();
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let given = serde_json::from_str::<serde_json::Value>(body).ok();
    let text = given.and_then(|given| given["text"].as_str().map(str::to_owned));
    let id = path.strip_prefix("/notes/").and_then(|id| id.parse::<i64>().ok());
    let refused = ("400 Bad Request", "{}".to_owned());
    match (method, id) {
        ("POST", None) if path == "/notes" => {
            let Some(text) = text else { return refused };
            let id = notes.len() as i64 + 1;
            let answer = shown(id, &text);
            notes.insert(id, text);
            ("201 Created", answer)
        }
        ("GET" | "PUT", Some(id)) => {
            let Some(note) = notes.get_mut(&id) else { return ("404 Not Found", "{}".to_owned()) };
            if method == "PUT" {
                let Some(text) = text else { return refused };
                *note = text;
            }
            ("200 OK", shown(id, note))
        }
        _ => ("404 Not Found", "{}".to_owned()),
    }
}

fn say(stream: &mut TcpStream, mood: Mood, status: &str, fields: &str, body: &str) {
    let version = if mood == Mood::Old { "1.0" } else { "1.1" };
    let reply = format!(
        "HTTP/{version} {status}\r\ncontent-type: application/json\r\n{fields}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Whoever asked may have gone away.
    let _ = stream.write_all(reply.as_bytes());
}

fn is_whole(mood: Mood) {
    let desk = Desk::new();
    desk.write("notes.yaml", NOTES);
    let url = notes(mood);
    let line = ["run", "notes.yaml", "--url", &url, "--seed", "1", "--max-time", "30s"];
    let phases = ["--phase", "examples,timing,races", "--max-cases", "150"];
    let began = Instant::now();
    let ran = desk.run(&[&line[..], &phases].concat());
    assert_eq!(ran.code, 0, "{mood:?} {ran:?}");
    assert!(began.elapsed() < Duration::from_secs(60), "{mood:?} {:?}", began.elapsed());
}

#[test]
fn a_service_that_slows_down_on_its_own_is_whole() {
    is_whole(Mood::Slow);
}

#[test]
fn a_service_that_drops_idle_connections_is_whole() {
    is_whole(Mood::Impatient);
}

#[test]
fn a_service_that_limits_the_rate_is_whole() {
    is_whole(Mood::Limiting);
}

#[test]
fn a_service_that_speaks_http_1_0_is_whole() {
    is_whole(Mood::Old);
}

#[test]
fn a_service_that_answers_early_and_closes_is_whole() {
    is_whole(Mood::Early);
}
