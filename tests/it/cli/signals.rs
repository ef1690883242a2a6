//! Signals in mid-run.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::services::{answer, receive, service};
use super::{Desk, Ran};

const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Slow, version: "1" }
paths:
  /things:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [size, notes]
              properties:
                size: { type: integer, minimum: 500, maximum: 1000000 }
                notes: { type: array, minItems: 4, items: { type: string, minLength: 8 } }
      responses: { "201": { description: made }, "400": { description: bad } }
"#;

/// A service that fails at every call of the operation, and slowly from the first call on that is repeated; keeps
/// what it got.
fn slow() -> (String, Arc<Mutex<Vec<String>>>) {
    let all = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&all);
    let slow = AtomicBool::new(false);
    let url = service(move |mut stream| {
        if let Some(request) = receive(&mut stream) {
            if request.starts_with("POST /things ") {
                let body = request.split_once("\r\n\r\n").expect("a head").1.to_owned();
                let repeated = {
                    let mut all = seen.lock().expect("a list");
                    all.push(body);
                    all.iter().filter(|other| *other == &all[all.len() - 1]).count() > 1
                };
                // Fast until it is looked at more closely.
                if repeated || slow.load(Ordering::SeqCst) {
                    slow.store(true, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(100));
                }
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
            } else {
                answer(&mut stream, "404 Not Found", "{}");
            }
        }
    });
    (url, all)
}

/// Whether others follow what was repeated to see whether it comes back.
fn is_being_made_smaller(bodies: &[String]) -> bool {
    let Some((before, last)) = bodies.len().checked_sub(3).map(|last| bodies.split_at(last)) else {
        return false;
    };
    before.windows(5).any(|run| run.iter().all(|body| *body == run[0]) && !last.contains(&run[0]))
}

#[test]
fn a_finding_that_is_being_made_smaller_is_kept_as_small_as_it_got() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (url, all) = slow();
        let desk = Desk::new();
        desk.write("slow.yaml", DOCUMENT);
        let line = ["run", "slow.yaml", "--url", &url, "--seed", "1"];
        let more = ["--phase", "random", "--check", "not_a_server_error", "--max-time", "120s"];
        let reports = ["--report", "junit=j.xml", "--report", "ndjson=e.ndjson"];
        let child = desk
            .command(&[&line[..], &more, &reports].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let began = Instant::now();
        while !is_being_made_smaller(&all.lock().expect("a list")) {
            assert!(began.elapsed() < Duration::from_secs(60), "it is never made smaller");
            std::thread::sleep(Duration::from_millis(5));
        }
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        let signalled = Instant::now();
        let ran = Ran::from(child.wait_with_output().expect("it ends"));
        assert!(signalled.elapsed() < Duration::from_secs(10), "{:?}", signalled.elapsed());
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.out.lines().last().is_some_and(|l| l.starts_with("interrupted: ")), "{ran:?}");
        let folder = desk.path().join(".phi-fuzz/findings/slow/post-things");
        let files = std::fs::read_dir(folder).expect("a folder of findings");
        let names: Vec<String> = files
            .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
            .filter(|name| !name.ends_with(".evidence.json"))
            .collect();
        let [name] = &names[..] else { panic!("{names:?}") };
        let finding = desk.read(&format!(".phi-fuzz/findings/slow/post-things/{name}"));
        assert!(finding.contains("\"minimal\": false"), "{finding}");
        assert!(desk.read("j.xml").contains("<failure type=\"not_a_server_error\""));
        let events = desk.read("e.ndjson");
        assert!(events.contains("\"event\":\"found\"") && events.contains("\"interrupted\""));
    }
}

#[test]
fn an_interrupted_run_cleans_up_once() {
    let (url, all) = slow();
    let desk = Desk::new();
    desk.write("slow.yaml", DOCUMENT);
    let hooks = "setup = 'echo setup >> hooks; echo {}'\nteardown = 'echo teardown >> hooks'";
    let service = format!("[services.slow]\nspec = 'slow.yaml'\nurl = '{url}'\n{hooks}\n");
    desk.write("phi-fuzz.toml", &service);
    let child = desk
        .command(&["run", "--phase", "boundary", "--max-time", "120s"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let began = Instant::now();
    while all.lock().expect("a list").len() < 20 {
        assert!(began.elapsed() < Duration::from_secs(60), "it never begins");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(desk.read("hooks"), "setup\n", "it is in the middle");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()));
    let ran = Ran::from(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, 130, "{ran:?}");
    assert_eq!(desk.read("hooks"), "setup\nteardown\n");
}

#[test]
fn a_teardown_that_hangs_is_told_and_a_second_signal_ends_it_at_once() {
    let (url, _) = slow();
    let desk = Desk::new();
    desk.write("slow.yaml", DOCUMENT);
    let teardown = "teardown = 'while :; do echo >> beats; sleep 0.1; done'";
    let service = format!("[services.slow]\nspec = 'slow.yaml'\nurl = '{url}'\n{teardown}\n");
    desk.write("phi-fuzz.toml", &service);
    let beats = || std::fs::metadata(desk.path().join("beats")).map_or(0, |file| file.len());
    let mut child = desk
        .command(&["run", "--phase", "examples", "--max-cases", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let began = Instant::now();
    while beats() == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "teardown never begins");
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    let terminate = || {
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    };
    terminate();
    let mut told = BufReader::new(child.stderr.take().expect("standard error")).lines();
    let waiting = told.by_ref().map_while(Result::ok).find(|line| line.contains("`teardown`"));
    let waiting = waiting.expect("what is waited for is told");
    let (start, end) = ("note: waiting for `teardown` (up to ", " s); once more ends at once");
    assert!(waiting.starts_with(start) && waiting.ends_with(end), "{waiting}");
    let signalled = Instant::now();
    terminate();
    told.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
    assert!(signalled.elapsed() < Duration::from_secs(10), "{:?}", signalled.elapsed());
    // What it started is gone, too.
    let mut before = None;
    while before.replace(beats()) != Some(beats()) {
        assert!(signalled.elapsed() < Duration::from_secs(60), "teardown goes on");
        std::thread::sleep(Duration::from_secs(1));
    }
}
