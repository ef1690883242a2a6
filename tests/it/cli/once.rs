//! What is one is told once: one request, one cause.

use super::services::{answer, receive, service};
use super::{Desk, Ran};

/// The first lines of the findings that a run tells.
fn heads(ran: &Ran) -> Vec<&str> {
    let is_head = |line: &&str| line.starts_with("error ") || line.starts_with("warning ");
    ran.out.lines().filter(is_head).collect()
}

#[test]
fn one_call_that_shows_two_faults_is_told_once() {
    // From 23 on an answer that is not declared; with a stack trace in it up to 24. What is met first
    // shows one fault, and shrinks to a call that shows both.
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let path = request.split(' ').nth(1).unwrap_or_default();
        match path.strip_prefix("/things?size=").and_then(|size| size.parse::<i64>().ok()) {
            Some(size @ 23..=1000) => {
                let trace = r#"Traceback (most recent call last):\n  File \"/srv/app.py\", line 7, in get\n    raise KeyError(1)\nKeyError: 1"#;
                let trace =
                    if size < 25 { format!(r#","trace":"{trace}""#) } else { String::new() };
                answer(&mut stream, "418 Odd", &format!(r#"{{"error":"no such size"{trace}}}"#));
            }
            Some(0..=22) => answer(&mut stream, "200 OK", "{}"),
            _ if path.starts_with("/things") => answer(&mut stream, "400 Bad Request", "{}"),
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    });
    let desk = Desk::new();
    desk.write(
        "sizes.yaml",
        r#"openapi: 3.1.0
info: { title: Sizes, version: "1" }
paths:
  /things:
    get:
      parameters: [{ name: size, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 1000 } }]
      responses: { "200": { description: fine }, "400": { description: bad } }
"#,
    );
    let line = ["run", "sizes.yaml", "--url", &url, "--seed", "1", "--max-cases", "40"];
    let ran = desk.run(
        &[&line[..], &["--phase", "boundary", "--exclude-check", "unsupported_method"]].concat(),
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    let heads = heads(&ran);
    let at_23 = ran.out.matches("size = 23 ").count();
    assert_eq!((heads.len(), at_23), (1, 1), "{}", ran.out);
    assert!(heads[0].contains("information_leak"), "{heads:?}");
    assert!(ran.out.contains("also: status_code_conformance"), "{}", ran.out);
}

/// A document of one operation that takes any text in its path.
const TAGS: &str = r#"openapi: 3.1.0
info: { title: Tags, version: "1" }
paths:
  /tags/{tag}:
    get:
      parameters: [{ name: tag, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: fine }, "404": { description: none } }
"#;

#[test]
fn one_request_that_is_written_down_in_two_ways_is_told_once() {
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        match request.split(' ').nth(1) {
            Some("/tags/%00") => {
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
            }
            Some(path) if path.starts_with("/tags/") => answer(&mut stream, "200 OK", "{}"),
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    });
    let desk = Desk::new();
    desk.write("tags.yaml", TAGS);
    let line = ["run", "tags.yaml", "--url", &url, "--seed", "1", "--max-cases", "400"];
    let more = ["--phase", "boundary,malformed", "--check", "not_a_server_error"];
    let ran = desk.run(&[&line[..], &more].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(heads(&ran).len(), 1, "{}", ran.out);
    assert!(!ran.out.contains("path_traversal"), "the value is simpler: {}", ran.out);
}

#[test]
fn what_is_sent_further_is_told_beside_the_call_itself() {
    // An answer that is not declared, and a method that is not either.
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        match request.split(' ').nth(1) {
            Some(path) if path.starts_with("/tags/") => answer(&mut stream, "202 Accepted", "[]"),
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    });
    let desk = Desk::new();
    desk.write("tags.yaml", TAGS);
    let line = ["run", "tags.yaml", "--url", &url, "--seed", "1", "--max-cases", "10"];
    let more = ["--phase", "boundary", "--check", "status_code_conformance,unsupported_method"];
    let ran = desk.run(&[&line[..], &more].concat());
    let heads = heads(&ran);
    let told = |check| heads.iter().any(|head| head.contains(check));
    assert!(told("status_code_conformance") && told("unsupported_method"), "{}", ran.out);
}

#[test]
fn one_cause_that_shows_worse_elsewhere_is_told_once_as_bad_as_it_gets() {
    // Every operation breaks by the same header. One never accepts anything, so that nothing is known
    // beside which a refusal would be an error; the other one does.
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let (line, rest) = request.split_once("\r\n").unwrap_or_default();
        let path = line.split(' ').nth(1).unwrap_or_default();
        if !matches!(path, "/never" | "/often") {
            answer(&mut stream, "404 Not Found", r#"{"error":"nowhere"}"#);
        } else if rest.to_ascii_lowercase().contains("x-version:") {
            answer(&mut stream, "400 Bad Request", r#"{"error":"no version of the form x.y.z"}"#);
        } else if path == "/never" {
            answer(&mut stream, "404 Not Found", r#"{"error":"none"}"#);
        } else {
            answer(&mut stream, "200 OK", "[]");
        }
    });
    let desk = Desk::new();
    let operation = |path: &str| {
        format!(
            "  /{path}:\n    get:\n      parameters: [{{ name: X-Version, in: header, schema: {{ \
             type: string }} }}]\n      responses: {{ \"200\": {{ description: fine }} }}\n"
        )
    };
    let paths = operation("never") + &operation("often");
    let head = "openapi: 3.1.0\ninfo: { title: Versions, version: \"1\" }\npaths:\n";
    desk.write("versions.yaml", &format!("{head}{paths}"));
    let line = ["run", "versions.yaml", "--url", &url, "--seed", "1", "--max-cases", "60"];
    let more = ["--check", "status_code_conformance,positive_data_acceptance"];
    let ran = desk.run(&[&line[..], &more, &["--report", "ndjson=e.ndjson"]].concat());
    let events = desk.read("e.ndjson");
    let first =
        events.lines().find(|line| line.contains("\"event\":\"found\"")).expect("a finding");
    assert!(first.contains("GET /never") && first.contains("\"severity\":\"warning\""), "{first}");
    assert_eq!(ran.code, 1, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("broken: 1 new, "), "{last}");
    assert!(ran.out.contains("1 new finding: 1 error, 0 warnings"), "{}", ran.out);
    assert!(ran.out.contains("shows at GET /never, too"), "{}", ran.out);
    let files =
        std::fs::read_dir(desk.path().join(".phi-fuzz/findings/versions")).expect("findings");
    let files: Vec<_> = files.map(|file| file.expect("a folder").file_name()).collect();
    assert!(files.contains(&"get-often".into()), "{files:?}");
    let left = std::fs::read_dir(desk.path().join(".phi-fuzz/findings/versions/get-never"));
    assert!(left.map_or(0, Iterator::count) == 0, "the weaker one is gone");
}

#[test]
fn one_refusal_that_two_checks_speak_of_is_told_once() {
    // What the document admits is refused, in an answer that is not declared.
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let path = request.split(' ').nth(1).unwrap_or_default();
        match path.strip_prefix("/things?size=").and_then(|size| size.parse::<i64>().ok()) {
            Some(size) if size > 0 => answer(&mut stream, "200 OK", "{}"),
            _ if path.starts_with("/things") => {
                answer(&mut stream, "400 Bad Request", r#"{"error":"size must be positive"}"#);
            }
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    });
    let desk = Desk::new();
    desk.write(
        "sizes.yaml",
        r#"openapi: 3.1.0
info: { title: Sizes, version: "1" }
paths:
  /things:
    get:
      parameters: [{ name: size, in: query, required: true, schema: { type: integer } }]
      responses: { "200": { description: fine } }
"#,
    );
    let line = ["run", "sizes.yaml", "--url", &url, "--seed", "1", "--max-cases", "100"];
    let ran = desk.run(
        &[&line[..], &["--phase", "examples,boundary", "--exclude-check", "unsupported_method"]]
            .concat(),
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("1 new finding: 1 error, 0 warnings\n"), "{}", ran.out);
    assert!(ran.out.contains("also: status_code_conformance"), "{}", ran.out);
}

#[test]
fn what_failed_only_at_first_is_no_finding_however_often_that_was() {
    for times in 1..12 {
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let url = service(move |mut stream| {
            let Some(request) = receive(&mut stream) else { return };
            let is_tag = request.split(' ').nth(1).is_some_and(|path| path.starts_with("/tags/"));
            let count = || asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let status = if is_tag && count() < times { "500 Broken" } else { "200 OK" };
            answer(&mut stream, status, "{}");
        });
        let desk = Desk::new();
        desk.write("tags.yaml", TAGS);
        let line = ["run", "tags.yaml", "--url", &url, "--seed", "1", "--max-cases", "30"];
        let ran = desk.run(&[&line[..], &["--phase", "examples,boundary", "-w", "1"]].concat());
        assert!(!ran.out.contains("  0/"), "{times}: {}", ran.out);
    }
}
