//! `--fail-fast` and `--max-findings`: what counts ends a run, what does not does not.

use super::services::{answer, receive, service};
use super::store::{CHECKS, Store, accept, found, last};
use super::{Desk, Ran};

/// A document of two operations.
const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Words, version: "1" }
paths:
  /words:
    get:
      parameters: [{ name: size, in: query, schema: { type: integer, minimum: 0, maximum: 9 } }]
      responses: { "200": { description: fine } }
  /odd:
    get:
      parameters: [{ name: size, in: query, schema: { type: integer, minimum: 0, maximum: 9 } }]
      responses: { "200": { description: fine } }
"#;

/// A folder with the document, and the address of a service that shows a warning from its first cases
/// on and, where it is `broken`, an error.
fn desk(broken: bool) -> (Desk, String) {
    let url = service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        match request.split(' ').nth(1).unwrap_or_default() {
            "/words?size=9" if broken => {
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"it broke"}"#);
            }
            path if path.starts_with("/words") => answer(&mut stream, "200 OK", "{}"),
            path if path.starts_with("/odd?") => {
                answer(&mut stream, "400 Bad Request", r#"{"error":"no such number"}"#);
            }
            "/odd" => answer(&mut stream, "200 OK", "{}"),
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    });
    let desk = Desk::new();
    desk.write("words.yaml", DOCUMENT);
    (desk, url)
}

/// A bounded run of the document, with these further arguments.
fn run(desk: &Desk, url: &str, more: &[&str]) -> Ran {
    let line = ["run", "words.yaml", "--url", url, "--seed", "1", "--max-cases", "100"];
    desk.run(&[&line[..], more].concat())
}

#[test]
fn a_warning_ends_no_run_where_only_errors_count() {
    for limit in ["--fail-fast", "--max-findings=1"] {
        let (desk, url) = desk(false);
        let ran = run(&desk, &url, &[limit]);
        assert!(ran.out.contains("\nwarning "), "{}", ran.out);
        let out = ran.well();
        assert!(out.ends_with("whole: 2 of 2 operations, 100 cases, seed 1\n"), "{out}");
    }
}

#[test]
fn what_counts_ends_a_run_and_breaks_it() {
    let least = |fail_on: &str| ["--fail-fast".to_owned(), format!("--fail-on={fail_on}")];
    for (broken, fail_on, kind) in [(false, "warning", "warning"), (true, "error", "error")] {
        let (desk, url) = desk(broken);
        let [fast, fail_on] = least(fail_on);
        let ran = run(&desk, &url, &[&fast, &fail_on, "--report", "ndjson=e.ndjson"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains(&format!("{kind} words-")), "{}", ran.out);
        assert!(ran.out.lines().last().is_some_and(|l| l.starts_with("broken: 1 new")), "{ran:?}");
        let events = desk.read("e.ndjson");
        let ended = events.lines().last().expect("a last event");
        let ended: serde_json::Value = serde_json::from_str(ended).expect("JSON");
        assert!(ended["cases"].as_u64().is_some_and(|cases| cases < 50), "{ended}");
    }
}

#[test]
fn where_nothing_counts_a_limit_ends_nothing_and_that_is_told() {
    let (desk, url) = desk(true);
    let ran = run(&desk, &url, &["--max-findings", "1", "--fail-on", "never"]);
    let told =
        "--fail-fast and --max-findings end nothing here: no finding counts with --fail-on never";
    assert!(ran.err.contains(told), "{}", ran.err);
    let out = ran.well();
    assert!(out.contains("error words-"), "{out}");
    let last = out.lines().last().expect("a verdict");
    assert!(last.contains("none counts under --fail-on never · 2 of 2 reached"), "{last}");
}

#[test]
fn a_committed_case_that_fails_ends_a_run_that_is_to_fail_fast() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    accept(&desk, &ids, false);
    let ran = store.run(&desk, &["--seed", "1", "--check", CHECKS, "--fail-fast"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let told = last(&ran);
    assert!(told.starts_with("broken: 1 of 1 case regressed, 0 known"), "{told}");
    assert!(!ran.out.contains("boundary"), "nothing else was tried: {}", ran.out);
}
