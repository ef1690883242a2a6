//! A store with a handful of faults, and what becomes of them at a desk.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use super::services::{answer, receive, service};
use super::{Desk, Ran};

/// A document of three operations.
pub(super) const STORE: &str = r#"openapi: 3.1.0
info: { title: Store, version: "1" }
paths:
  /sizes:
    get:
      parameters: [{ name: size, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 1000 } }]
      responses: { "200": { description: fine }, "400": { description: bad } }
  /notes:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [text]
              properties:
                text: { type: string, maxLength: 40 }
                count: { type: integer, minimum: 0, maximum: 500 }
      responses: { "201": { description: made }, "400": { description: bad } }
  /always: { get: { responses: { "200": { description: fine } } } }
"#;

const CRASH: &str = "500 Internal Server Error";

/// A service with a handful of faults; sizes from `least` on fail.
pub(super) struct Store {
    pub(super) url: String,
    pub(super) least: Arc<AtomicI64>,
    pub(super) requests: Arc<AtomicUsize>,
}

impl Store {
    pub(super) fn open() -> Self {
        let least = Arc::new(AtomicI64::new(23));
        let requests = Arc::new(AtomicUsize::new(0));
        let (from, seen) = (Arc::clone(&least), Arc::clone(&requests));
        let url = service(move |mut stream| {
            let Some(request) = receive(&mut stream) else { return };
            seen.fetch_add(1, Ordering::SeqCst);
            let least = from.load(Ordering::SeqCst);
            let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
            let line = head.lines().next().unwrap_or_default();
            let (status, said) = match line.rsplit_once(' ').map(|(line, _)| line) {
                Some("GET /always") => (CRASH, r#"{"error":"no such table: always"}"#.to_owned()),
                Some("POST /notes") => note(body),
                Some(line) => match line.strip_prefix("GET /sizes?size=").map(str::parse::<i64>) {
                    Some(Ok(size)) if size >= least => {
                        (CRASH, r#"{"error":"size table exhausted"}"#.to_owned())
                    }
                    Some(Ok(0..)) => ("200 OK", "{}".to_owned()),
                    Some(_) => ("400 Bad Request", "{}".to_owned()),
                    None => ("404 Not Found", "{}".to_owned()),
                },
                None => ("404 Not Found", "{}".to_owned()),
            };
            answer(&mut stream, status, &said);
        });
        Self { url, least, requests }
    }

    /// A run of the document at the desk, with these further arguments.
    pub(super) fn run(&self, desk: &Desk, more: &[&str]) -> Ran {
        let line = ["run", "store.yaml", "--url", &self.url, "--max-cases", "400"];
        let checks = ["--phase", "regressions,examples,boundary,random"];
        desk.run(&[&line[..], &checks, more].concat())
    }
}

/// What `POST /notes` answers: two faults that crash, and one that is not declared.
fn note(body: &str) -> (&'static str, String) {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(body) else {
        return ("400 Bad Request", "{}".to_owned());
    };
    let text = json["text"].as_str().unwrap_or_default();
    let large = json["count"].as_f64().is_some_and(|count| count > 77.0);
    if large || !text.is_ascii() {
        (CRASH, r#"{"error":"internal"}"#.to_owned())
    } else if text.len() > 30 {
        ("418 Odd", r#"{"error":"longer than the teapot"}"#.to_owned())
    } else if json["text"].is_string() {
        ("201 Created", "{}".to_owned())
    } else {
        ("400 Bad Request", "{}".to_owned())
    }
}

/// A folder with the document, and the ids of what the first run finds.
pub(super) fn found(store: &Store, more: &[&str]) -> (Desk, Vec<String>) {
    let desk = Desk::new();
    desk.write("store.yaml", STORE);
    let ran = store.run(&desk, &[&["--seed", "1", "--check", CHECKS][..], more].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let ids = ran.out.split("phi-fuzz accept ").skip(1).map(|rest| rest[..8].to_owned());
    let ids: Vec<String> = ids.collect();
    assert!(!ids.is_empty(), "{ran:?}");
    (desk, ids)
}

/// The checks of its runs.
pub(super) const CHECKS: &str = "not_a_server_error,status_code_conformance";

/// Accepts findings, for good or as known for long.
pub(super) fn accept(desk: &Desk, ids: &[String], known: bool) {
    let mut line = vec!["accept"];
    line.extend(ids.iter().map(String::as_str));
    if known {
        line.extend(["--known", "K-1", "--until", "2099-01-01"]);
    }
    desk.run(&line).well();
}

/// The files at or below a folder of the desk.
pub(super) fn files(desk: &Desk, folder: &str) -> Vec<std::path::PathBuf> {
    let mut left = vec![desk.path().join(folder)];
    let mut files = Vec::new();
    while let Some(path) = left.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => left.extend(entries.map(|entry| entry.expect("an entry").path())),
            Err(_) if path.exists() => files.push(path),
            Err(_) => {}
        }
    }
    files
}

/// The verdict.
pub(super) fn last(ran: &Ran) -> &str {
    ran.out.lines().last().unwrap_or_default()
}
