//! A service that dies in mid-run, and a hook that brings it back.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::services::{answer, receive};
use super::{Desk, Ran};

const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Mortal, version: "1" }
paths:
  /things:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [tenant, size]
              properties: { tenant: { type: string }, size: { type: integer, minimum: 0, maximum: 50 } }
      responses: { "200": { description: made } }
  /others:
    get:
      parameters: [{ name: q, in: query, schema: { type: string } }]
      responses: { "200": { description: fine } }
"#;

/// First lines of requests, each with the life of the service that it came in.
type Lives = Arc<Mutex<Vec<(usize, String)>>>;

/// A service that dies of a size of 50, and comes back where a file `wanted` asks for it; keeps what it
/// got.
fn mortal(wanted: PathBuf) -> (String, Lives) {
    let all = Lives::default();
    let kept = Arc::clone(&all);
    let first = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = first.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut listener = first;
        for life in 0.. {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = receive(&mut stream) else { continue };
                let line = request.lines().next().unwrap_or_default().to_owned();
                kept.lock().expect("a list").push((life, line));
                if request.contains("\"size\":50}") {
                    break;
                }
                answer(&mut stream, "200 OK", "{}");
            }
            drop(listener);
            while !wanted.exists() {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::fs::remove_file(&wanted).expect("it was wanted");
            listener = TcpListener::bind(address).expect("the port");
        }
    });
    (format!("http://{address}"), all)
}

/// Runs the boundary catalogue against such a service; gives what was said, and what the service got.
fn run(checks: &str, most: &[&str]) -> (Ran, Vec<(usize, String)>) {
    let desk = Desk::new();
    let (url, all) = mortal(desk.path().join("wanted"));
    desk.write("mortal.yaml", DOCUMENT);
    let service = "[services.mortal]\nspec = 'mortal.yaml'\nrestart = 'touch wanted'";
    desk.write("phi-fuzz.toml", &format!("{service}\nurl = '{url}'\n"));
    let line = ["run", "--seed", "1", "--phase", "boundary", "--check", checks];
    let ran = desk.run(&[&line[..], most].concat());
    let all = all.lock().expect("a list").clone();
    (ran, all)
}

/// Whether a request of an operation came in the last life of the service.
fn in_last_life(all: &[(usize, String)], operation: &str) -> bool {
    let last = all.iter().map(|(life, _)| *life).max();
    all.iter().any(|(life, line)| Some(*life) == last && line.starts_with(operation))
}

#[test]
fn what_a_service_dies_of_is_found_and_the_run_goes_on() {
    let (ran, all) = run("connection_dropped,unhealthy_after", &["--max-cases", "120"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("note: the service was gone and was restarted "), "{}", ran.err);
    assert!(ran.out.contains("unhealthy_after") && ran.out.contains("size = 50"), "{}", ran.out);
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("broken: 1 new, ") && last.contains("2 of 2 reached"), "{last}");
    assert!(in_last_life(&all, "GET /others") && in_last_life(&all, "POST /things"), "{all:?}");
}

#[test]
fn a_service_that_dies_for_good_ends_the_run_with_what_was_under_way() {
    let desk = Desk::new();
    let (url, _) = mortal(desk.path().join("never"));
    desk.write("mortal.yaml", DOCUMENT);
    let line = ["run", "mortal.yaml", "--url", &url, "--seed", "1", "--phase", "boundary"];
    let ran = desk.run(&line);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("note: the service takes no connections any more; "), "{}", ran.err);
    let told = ["connection_dropped", "\"size\":50", "takes no", "ended early: "];
    assert!(told.iter().all(|told| ran.out.contains(told)), "{}", ran.out);
    // On a fresh one it comes back.
    let (fresh, all) = mortal(desk.path().join("never"));
    let replayed = desk.run(&["replay", "--new", "--spec", "mortal.yaml", "--url", &fresh]);
    assert_eq!(replayed.code, 1, "{replayed:?}");
    assert!(in_last_life(&all.lock().expect("a list").clone(), "POST /things"));
}

#[test]
fn a_service_that_comes_back_by_itself_is_waited_for_and_what_it_dies_of_made_smaller() {
    let desk = Desk::new();
    let wanted = desk.path().join("wanted");
    std::thread::spawn({
        let wanted = wanted.clone();
        move || {
            while wanted.parent().is_some_and(std::path::Path::exists) {
                std::thread::sleep(Duration::from_millis(400));
                let _ = std::fs::write(&wanted, "");
            }
        }
    });
    let (url, all) = mortal(wanted);
    desk.write("mortal.yaml", DOCUMENT);
    let line = ["run", "mortal.yaml", "--url", &url, "--seed", "1", "--phase", "boundary"];
    let checks = ["--check", "connection_dropped,unhealthy_after", "--max-cases", "120"];
    let ran = desk.run(&[&line[..], &checks].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("size = 50"), "{}", ran.out);
    let all = all.lock().expect("a list").clone();
    assert!(in_last_life(&all, "GET /others") && in_last_life(&all, "POST /things"), "{all:?}");
}

#[test]
fn what_a_service_was_gone_for_is_sent_once_it_is_back() {
    // Nothing asks what it died of.
    let (ran, all) = run("not_a_server_error", &["--max-time", "120s"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("note: the service was gone and is back"), "{}", ran.err);
    let count = |start: &str| {
        let line = ran.err.lines().find_map(|line| line.strip_prefix(start)).expect("a phase");
        line.split(' ').next().map(str::to_owned)
    };
    assert_eq!(count("boundary: "), count("boundary done: "), "{}", ran.err);
    assert!(in_last_life(&all, "GET /others"), "{all:?}");
}
