//! What is accepted is known: it is told by its committed case, and not found anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Desk;
use super::services::{answer, receive, service};
use super::store::{CHECKS, STORE, Store, accept, files, found, last};

#[test]
fn what_is_accepted_as_known_is_not_found_anew() {
    let store = Store::open();
    let (desk, ids) = found(&store, &[]);
    assert!(ids.len() >= 4, "{ids:?}");
    accept(&desk, &ids, true);
    let count = ids.len();
    for seed in ["1", "2", "3"] {
        let ran = store.run(&desk, &["--seed", seed, "--check", CHECKS]);
        assert_eq!(ran.code, 0, "{seed}: {ran:?}");
        assert!(last(&ran).starts_with("whole: "), "{}", ran.out);
        let told = format!("{count} replayed cases: {count} known");
        assert!(ran.out.contains(&told) && !ran.out.contains("new finding"), "{}", ran.out);
        assert_eq!(files(&desk, ".phi-fuzz/findings"), Vec::<PathBuf>::new());
    }
}

#[test]
fn what_is_accepted_and_still_fails_counts_once_as_regressed() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    assert_eq!(ids.len(), 1, "{ids:?}");
    accept(&desk, &ids, false);
    for seed in ["1", "2"] {
        let more = ["--seed", seed, "--check", CHECKS, "--include", "GET /sizes"];
        let ran = store.run(&desk, &more);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(last(&ran).starts_with("broken: 0 new, 1 regressed, 0 known"), "{}", ran.out);
        assert_eq!(files(&desk, ".phi-fuzz/findings"), Vec::<PathBuf>::new());
    }
}

#[test]
fn another_fault_beside_known_ones_is_new() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    accept(&desk, &ids, true);
    let ran = store.run(&desk, &["--seed", "1", "--check", CHECKS, "--exclude", "POST /notes"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(last(&ran).starts_with("broken: 1 new, 0 regressed, 1 known"), "{}", ran.out);
}

#[test]
fn what_is_committed_is_known_where_it_is_not_replayed_too() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    accept(&desk, &ids, true);
    let line = ["run", "store.yaml", "--url", &store.url, "--max-cases", "60", "--seed", "2"];
    let line = [&line[..], &["--include", "GET /sizes", "--check", CHECKS]].concat();
    let run = |more: &[&str]| desk.run(&[&line[..], more].concat());
    let ran = run(&["--phase", "boundary"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("1 replayed case: 1 known"), "{}", ran.out);
    assert_eq!(run(&["--phase", "boundary", "--no-corpus"]).code, 1, "nothing is known");
    std::fs::remove_dir_all(desk.path().join(".phi-fuzz")).expect("a folder");
    // The same without a date for it.
    let known = files(&desk, "corpus").remove(0);
    let text = std::fs::read_to_string(&known).expect("a case");
    let mut case: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    case.as_object_mut().expect("an object").remove("known");
    std::fs::write(&known, case.to_string()).expect("a file");
    let ran = run(&["--phase", "boundary"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(last(&ran).starts_with("broken: 0 new, 1 regressed"), "{}", ran.out);
}

#[test]
fn what_shows_where_its_committed_case_passes_is_told() {
    for known in [false, true] {
        let store = Store::open();
        let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
        accept(&desk, &ids, known);
        store.least.store(500, Ordering::SeqCst);
        let more = ["--seed", "1", "--check", CHECKS, "--include", "GET /sizes"];
        let ran = store.run(&desk, &more);
        if known {
            // It may fail until its day, in whatever guise.
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(ran.out.contains("1 replayed case: 1 known"), "{}", ran.out);
        } else {
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(last(&ran).starts_with("broken: 1 new, 0 regressed"), "{}", ran.out);
        }
        store.least.store(5_000, Ordering::SeqCst);
        let ran = store.run(&desk, &more);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(ran.out.contains("FIXED"), known, "{}", ran.out);
    }
}

#[test]
fn what_is_known_past_its_day_is_broken() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    accept(&desk, &ids, true);
    let known = files(&desk, "corpus").remove(0);
    let text = std::fs::read_to_string(&known).expect("a case").replace("2099-01-01", "2020-02-29");
    std::fs::write(&known, text).expect("a file");
    let ran = store.run(&desk, &["--seed", "1", "--check", CHECKS, "--include", "GET /sizes"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(last(&ran).starts_with("broken: 0 new, 1 regressed, 0 known"), "{}", ran.out);
    assert!(ran.out.contains("known as K-1 until 2020-02-29, which is past"), "{}", ran.out);
}

#[test]
fn a_day_that_is_past_is_refused() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    let line = ["accept", &ids[0], "--known", "K-1", "--until", "2020-02-29"];
    desk.run(&line).failed(2, "2020-02-29 (--until) is past");
    assert_eq!(files(&desk, "corpus"), Vec::<PathBuf>::new(), "nothing is moved");
}

#[test]
fn a_run_judges_committed_cases_as_a_replay_does() {
    // What was accepted beside it was known when it was found, and is not before a run begins.
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let path = request.split(' ').nth(1).unwrap_or_default();
        match path.strip_prefix("/things?size=").and_then(|size| size.parse::<i64>().ok()) {
            Some(23..=1000) => {
                answer(&mut stream, "400 Bad Request", r#"{"error":"no size of ours"}"#);
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
      responses: { "200": { description: fine }, "404": { description: none } }
"#,
    );
    let line = ["run", "sizes.yaml", "--url", &url, "--seed", "1", "--max-cases", "40"];
    let line = [&line[..], &["--check", "positive_data_acceptance"]].concat();
    let ran = desk.run(&line);
    assert_eq!(ran.code, 1, "{ran:?}");
    let id = ran.out.split("phi-fuzz accept ").nth(1).expect("a finding")[..8].to_owned();
    accept(&desk, &[id], false);
    assert_eq!(desk.run(&["replay"]).code, 1);
    let ran = desk.run(&line);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(last(&ran).starts_with("broken: 0 new, 1 regressed"), "{}", ran.out);
}

#[test]
fn what_is_worse_at_a_known_request_is_new_and_leaves_the_committed_file() {
    // An answer that is not declared; later one with a stack trace in it.
    let leaks = Arc::new(AtomicBool::new(false));
    let leaking = Arc::clone(&leaks);
    let url = service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let trace = if leaking.load(Ordering::SeqCst) {
            r#","trace":"Traceback (most recent call last):\n  File \"/srv/app.py\", line 7, in get\n    raise KeyError(1)\nKeyError: 1""#
        } else {
            ""
        };
        match request.split(' ').nth(1) {
            Some("/always") => {
                answer(&mut stream, "418 Odd", &format!(r#"{{"error":"no tea"{trace}}}"#));
            }
            Some(path) if path.starts_with("/sizes?") => answer(&mut stream, "200 OK", "{}"),
            _ => answer(&mut stream, "404 Not Found", "{}"),
        }
    });
    let desk = Desk::new();
    desk.write("store.yaml", STORE);
    let line = ["run", "store.yaml", "--url", &url, "--seed", "1", "--max-cases", "40"];
    let more = ["--exclude", "POST /notes", "--check", "information_leak,status_code_conformance"];
    let run = || desk.run(&[&line[..], &more, &["--fail-on", "warning"]].concat());
    let ran = run();
    assert_eq!(ran.code, 1, "{ran:?}");
    let id = ran.out.split("phi-fuzz accept ").nth(1).expect("a finding")[..8].to_owned();
    accept(&desk, &[id], true);
    assert_eq!(run().code, 0);
    let committed = files(&desk, "corpus");
    leaks.store(true, Ordering::SeqCst);
    let ran = run();
    assert!(last(&ran).starts_with("broken: 1 new, 0 regressed, 1 known"), "{}", ran.out);
    assert!(ran.out.contains("GET /always  information_leak"), "{}", ran.out);
    assert_eq!(files(&desk, "corpus"), committed);
}
