//! Bent timing: what only shows when a request is broken off, found, made small and replayed.

use std::io::Read as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::services::{answer, service};
use super::store::files;
use super::{Desk, Ran};

const ARCHIVE: &str = r#"openapi: 3.1.0
info: { title: Archive, version: "1" }
paths:
  /documents:
    get:
      responses:
        "200":
          description: all
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Document' } } } }
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/New' } } }
      responses: { "201": { description: made }, "400": { description: bad } }
  /documents/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { "200": { description: one }, "404": { description: none } }
components:
  schemas:
    New: { type: object, required: [title], properties: { title: { type: string, minLength: 1 }, text: { type: string } } }
    Document:
      type: object
      required: [id, title]
      properties: { id: { type: integer }, title: { type: string } }
"#;

/// The head and the body of a request, and whether the body is as long as was announced.
fn receive(stream: &mut TcpStream) -> Option<(String, String, bool)> {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        let split = text.split_once("\r\n\r\n");
        let whole = split.is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
            });
            body.len() >= length.unwrap_or(0)
        });
        match split.filter(|_| whole) {
            Some((head, body)) => return Some((head.to_owned(), body.to_owned(), true)),
            None => match stream.read(&mut piece) {
                Ok(count @ 1..) => all.extend_from_slice(&piece[..count]),
                _ => return split.map(|(head, body)| (head.to_owned(), body.to_owned(), false)),
            },
        }
    }
}

/// An archive. The broken one keeps a record of what was only begun.
fn archive(broken: bool) -> String {
    let kept: Arc<Mutex<Vec<String>>> = Arc::default();
    let last = AtomicUsize::new(0);
    service(move |mut stream| {
        let Some((head, body, whole)) = receive(&mut stream) else { return };
        let line = head.lines().next().unwrap_or_default();
        let read = || serde_json::from_str::<serde_json::Value>(&body).ok();
        let title = read().and_then(|new| new["title"].as_str().map(str::to_owned));
        let title = title.filter(|title| whole && !title.is_empty());
        match line.split(' ').next().unwrap_or_default() {
            "POST" if title.is_some() || broken && !whole && !body.is_empty() => {
                let id = last.fetch_add(1, Ordering::SeqCst);
                let record = serde_json::json!({ "id": id, "title": title }).to_string();
                kept.lock().unwrap().push(record.clone());
                answer(&mut stream, "201 Created", &record);
            }
            "POST" => answer(&mut stream, "400 Bad Request", "{}"),
            _ if line.starts_with("GET /documents ") => {
                let all = kept.lock().unwrap().join(",");
                answer(&mut stream, "200 OK", &format!("[{all}]"));
            }
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    })
}

fn run(desk: &Desk, url: &str) -> Ran {
    let line = ["run", "archive.yaml", "--url", url, "--seed", "1", "--phase", "examples,timing"];
    desk.run(&[&line[..], &["--max-cases", "80", "--include", "POST /documents"]].concat())
}

#[test]
fn a_record_of_a_request_that_was_cut_off_is_found_made_small_and_replayed() {
    let desk = Desk::new();
    desk.write("archive.yaml", ARCHIVE);
    let ran = run(&desk, &archive(true));
    assert_eq!(ran.code, 1, "{ran:?}");
    let found = files(&desk, ".phi-fuzz/findings");
    let cases: Vec<_> = found
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a file"))
        .map(|text| serde_json::from_str::<serde_json::Value>(&text).expect("JSON"))
        .filter(|case| case["check"] == "partial_write_visible")
        .collect();
    let [case] = &*cases else { panic!("{cases:?} {}", ran.out) };
    let [step] = &**case["steps"].as_array().expect("steps") else { panic!("{case}") };
    assert_eq!(step["json"].to_string(), r#"{"title":"0"}"#, "{case}");
    let bends = step["perturb"].to_string();
    assert!(
        [r#"[{"cut":{"at":"before_last_byte"}}]"#, r#"[{"reset":{"at":"before_last_byte"}}]"#]
            .contains(&&*bends),
        "{bends}"
    );
    let id = case["why"].as_str().expect("why");
    assert!(id.contains("GET /documents shows what its schema forbids"), "{id}");
    for (broken, code) in [(true, 1), (false, 0)] {
        let url = archive(broken);
        let line = ["replay", ".phi-fuzz/findings", "--spec", "archive.yaml", "--url", &url];
        let ran = desk.run(&line);
        assert_eq!(ran.code, code, "{ran:?}");
    }
}

#[test]
fn an_archive_that_keeps_nothing_half_done_is_whole() {
    let desk = Desk::new();
    desk.write("archive.yaml", ARCHIVE);
    let ran = run(&desk, &archive(false));
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn what_a_proxy_may_hold_back_is_untested_and_that_is_said() {
    let desk = Desk::new();
    desk.write("archive.yaml", ARCHIVE);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // It answers for the service, whatever it is asked to send on.
    let proxy = service(move |mut stream| {
        let Some((head, ..)) = receive(&mut stream) else { return };
        count.fetch_add(1, Ordering::SeqCst);
        assert!(
            head.split(' ').nth(1).is_some_and(|target| target.starts_with("http://")),
            "{head}"
        );
        answer(&mut stream, "200 OK", "[]");
    });
    let line = ["run", "archive.yaml", "--url", "http://archive.invalid", "--proxy", &proxy];
    let more =
        ["--seed", "1", "--max-cases", "10", "--phase", "examples,timing", "--rate", "1000/s"];
    let ran = desk.run(&[&line[..], &more[..]].concat());
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("timing and races are untested: requests go through a proxy"), "{said}");
    assert!(asked.load(Ordering::SeqCst) > 0);
}

/// An archive behind a gateway that says so, and what it was asked that was not whole.
fn edge() -> (String, Arc<AtomicUsize>) {
    let parts = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&parts);
    let url = service(move |mut stream| {
        let Some((head, _, whole)) = receive(&mut stream) else { return };
        count.fetch_add(usize::from(!whole), Ordering::SeqCst);
        let status = if head.starts_with("POST") { "201 Created" } else { "200 OK" };
        answer(&mut stream, &format!("{status}\r\nvia: 1.1 edge"), "[]");
    });
    (url, parts)
}

#[test]
fn the_timing_of_calls_behind_a_gateway_is_untested_and_that_is_said() {
    let desk = Desk::new();
    desk.write("archive.yaml", ARCHIVE);
    assert_eq!(run(&desk, &archive(true)).code, 1);
    let found = files(&desk, ".phi-fuzz/findings").len();
    let (url, parts) = edge();
    let why =
        "untested: answers bear `via: 1.1 edge`, and such a gateway may hold each request back";
    let ran = run(&desk, &url);
    assert!(format!("{}{}", ran.out, ran.err).contains(why), "{ran:?}");
    assert_eq!(parts.load(Ordering::SeqCst), 0);
    assert_eq!(files(&desk, ".phi-fuzz/findings").len(), found, "{ran:?}");
    let ran = desk.run(&["replay", ".phi-fuzz/findings", "--spec", "archive.yaml", "--url", &url]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains("answers bear `via: 1.1 edge`"), "{ran:?}");
}
