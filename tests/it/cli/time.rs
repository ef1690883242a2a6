//! `--max-time`: a run ends at its time, whatever is under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Desk;
use super::services::{answer, receive, service};

const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Stuck, version: "1" }
paths:
  /health: { get: { responses: { "200": { description: fine } } } }
  /stuck: { get: { responses: { "200": { description: fine } } } }
  /things:
    get:
      parameters: [{ name: size, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 50 } }]
      responses: { "200": { description: fine }, "400": { description: bad } }
"#;

/// A service that never answers `GET /stuck`, nor `GET /things` with a size of 50.
fn stuck() -> Desk {
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let path = request.split(' ').nth(1).unwrap_or_default();
        match path {
            "/stuck" | "/things?size=50" => std::thread::sleep(Duration::from_secs(300)),
            "/health" => answer(&mut stream, "200 OK", "{}"),
            _ if path.starts_with("/things?size=") => answer(&mut stream, "200 OK", "[]"),
            _ => answer(&mut stream, "404 Not Found", r#"{"error":"none"}"#),
        }
    });
    let desk = Desk::new();
    desk.write("stuck.yaml", DOCUMENT);
    desk.write("phi-fuzz.toml", &format!("[services.stuck]\nspec = 'stuck.yaml'\nurl = '{url}'\n"));
    desk
}

#[test]
fn a_call_under_way_is_not_waited_for_when_the_time_is_over() {
    let line = ["run", "--phase", "boundary", "--max-time", "3s", "--timeout", "120s"];
    let began = Instant::now();
    let ran = stuck().run(&[&line[..], &["--check", "hang"]].concat());
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}: {ran:?}", began.elapsed());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.out.contains("no answer"), "what was given up is not counted: {}", ran.out);
}

#[test]
fn what_is_cut_off_while_it_is_looked_at_again_proves_nothing() {
    // It is not answered in 6 s, and would not be again: but only 6 s are left, less what came first.
    let line = ["run", "--phase", "boundary", "--max-time", "12s", "--timeout", "6s"];
    let began = Instant::now();
    let ran = stuck().run(&[&line[..], &["--check", "hang"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let told = "GET /things hang: the run ended before it was seen again";
    assert!(ran.out.contains(told), "{}", ran.out);
    assert!(began.elapsed() >= Duration::from_secs(11), "{:?}", began.elapsed());
}

#[test]
fn what_is_answered_late_does_not_keep_the_rest_waiting() {
    let slow = Arc::new(AtomicUsize::new(0));
    // How many slow calls came before the last fast one, and how many fast ones there were.
    let before = Arc::new(AtomicUsize::new(0));
    let fast = Arc::new(AtomicUsize::new(0));
    let counts = [&slow, &before, &fast].map(Arc::clone);
    let url = service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let [slow, before, fast] = &counts;
        if request.starts_with("GET /slow") {
            slow.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_secs(1));
        } else if request.starts_with("GET /fast") {
            fast.fetch_add(1, Ordering::SeqCst);
            before.store(slow.load(Ordering::SeqCst), Ordering::SeqCst);
        }
        answer(&mut stream, "200 OK", "{}");
    });
    let operation = r#"get:
      parameters:
        - { name: size, in: query, schema: { type: integer } }
        - { name: name, in: query, schema: { type: string } }
      responses: { "200": { description: fine } }"#;
    let desk = Desk::new();
    desk.write(
        "late.yaml",
        &format!(
            "openapi: 3.1.0\ninfo: {{ title: Late, version: \"1\" }}\npaths:\n  \
             /fast:\n    {operation}\n  /slow:\n    {operation}\n"
        ),
    );
    let line = ["run", "late.yaml", "--url", &url, "--phase", "boundary", "--max-time", "12s"];
    let ran = desk.run(&[&line[..], &["--check", "hang", "--workers", "2"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let [slow, before, fast] = [slow, before, fast].map(|count| count.load(Ordering::SeqCst));
    // In turns, as many slow calls as fast ones would come before the last fast one.
    assert!(slow > 0 && fast > 100 && before < 20, "{slow} {before} {fast}");
}
