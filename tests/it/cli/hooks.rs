//! Hooks of `phi-fuzz.toml`, and settings per operation, as the service sees them.

use std::sync::{Arc, Mutex};

use super::Desk;
use super::services::{answer, receive, service};

const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Kept, version: "1" }
paths:
  /things:
    get: { responses: { "200": { description: fine } } }
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [tenant, size]
              properties: { tenant: { type: string }, size: { type: integer, minimum: 0, maximum: 50 } }
      responses: { "201": { description: made } }
"#;

/// A service that writes down the first line and the body of each request; `POST /things` fails.
fn recorder() -> (String, Arc<Mutex<Vec<String>>>) {
    let all = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&all);
    let url = service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let first = head.lines().next().unwrap_or_default().to_owned();
        kept.lock().expect("a list").push(format!("{first} {body}"));
        match &*first {
            line if line.starts_with("POST /things") => {
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
            }
            line if line.starts_with("GET /version") => answer(&mut stream, "200 OK", "\"b1\""),
            _ => answer(&mut stream, "200 OK", "{}"),
        }
    });
    (url, all)
}

fn desk(url: &str, service: &str, more: &str) -> Desk {
    let desk = Desk::new();
    desk.write("kept.yaml", DOCUMENT);
    desk.write(
        "phi-fuzz.toml",
        &format!("[services.kept]\nspec = 'kept.yaml'\nurl = '{url}'\n{service}\n{more}"),
    );
    desk
}

/// A bounded run.
const RUN: [&str; 9] = [
    "run",
    "--seed",
    "1",
    "--max-cases",
    "12",
    "--phase",
    "boundary",
    "--check",
    "not_a_server_error",
];

#[test]
fn hooks_run_when_they_are_due() {
    let (url, all) = recorder();
    let desk = desk(
        &url,
        "setup = 'echo setup >> hooks; echo {}'\nteardown = 'echo teardown >> hooks'\n\
         reset = 'POST /__reset'\nversion = 'GET /version'",
        "",
    );
    let ran = desk.run(&RUN);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(desk.read("hooks"), "setup\nteardown\n");
    let all = all.lock().expect("a list");
    let count = |start: &str| all.iter().filter(|line| line.starts_with(start)).count();
    assert!(count("GET /version ") >= 4, "twice at the begin, twice for a finding");
    // The first of a finding's probes: whatever was sent before, the service was set back.
    assert!(count("POST /__reset ") >= 10, "{}", count("POST /__reset "));
    let probed = all.iter().rposition(|line| line.starts_with("POST /things")).expect("a probe");
    assert!(all[probed - 1].starts_with("POST /__reset "), "{:?}", &all[probed - 1]);
}

#[test]
fn a_setup_that_fails_leaves_the_service_untested_and_teardown_runs() {
    let (url, all) = recorder();
    let desk =
        desk(&url, "setup = 'echo no database >&2; exit 7'\nteardown = 'echo done > hooks'", "");
    let ran = desk.run(&RUN);
    assert_eq!(ran.code, 3, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert_eq!(last, "untested: `setup` in phi-fuzz.toml: ended with exit code 7: no database");
    assert_eq!(desk.read("hooks"), "done\n");
    let all = all.lock().expect("a list");
    assert!(all.iter().all(|line| line.starts_with("GET ")), "only looked at: {all:?}");
}

#[test]
fn a_reset_that_fails_makes_findings_inconclusive() {
    let (url, _) = recorder();
    let desk = desk(&url, "reset = 'echo no such table >&2; exit 1'", "");
    let ran = desk.run(&RUN);
    // It answered nothing but errors, and none of them counts.
    assert_eq!(ran.code, 3, "{ran:?}");
    let told = "`reset` in phi-fuzz.toml: ended with exit code 1: no such table";
    assert_eq!(ran.out.matches(told).count(), 1, "told once: {}", ran.out);
}

#[test]
fn a_build_that_changes_makes_findings_inconclusive() {
    let count = Arc::new(Mutex::new(0));
    let url = service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        if request.starts_with("GET /version") {
            let mut count = count.lock().expect("a number");
            *count += 1;
            // Always the same until a finding is looked at.
            answer(&mut stream, "200 OK", &format!("\"b{}\"", *count / 4));
        } else if request.starts_with("POST /things") {
            answer(&mut stream, "500 Internal Server Error", "{}");
        } else {
            answer(&mut stream, "200 OK", "{}");
        }
    });
    let desk = desk(&url, "version = 'GET /version'", "");
    let ran = desk.run(&[&RUN[..], &["--include", "POST /things"]].concat());
    let told = "another build came while it was looked at (\"b0\", then \"b1\")";
    assert!(ran.out.contains(told), "{ran:?}");
}

#[test]
fn a_version_that_is_no_call_is_a_wrong_setting() {
    let desk = desk("http://127.0.0.1:9", "version = 'cat VERSION'", "");
    desk.run(&RUN).failed(2, "services.kept.version: `cat VERSION` is no call");
}

#[test]
fn a_service_that_is_down_is_brought_back() {
    // A port that no one listens at until `restart` makes someone do so.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let url = format!("http://{address}");
    let desk = desk(&url, "restart = 'touch wanted'", "");
    let wanted = desk.path().join("wanted");
    std::thread::spawn(move || {
        while !wanted.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let listener = std::net::TcpListener::bind(address).expect("the port");
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                if receive(&mut stream).is_some() {
                    answer(&mut stream, "200 OK", "{}");
                }
            });
        }
    });
    let line = ["--wait-for-service", "1s", "--include", "GET", "--phase", "random"];
    let ran = desk.run(&[&RUN[..], &line].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn values_that_are_set_are_in_every_call_and_every_probe() {
    let (url, all) = recorder();
    let more = "[[operation]]\nmatch = 'POST /things'\nvalues = { 'json/tenant' = 'acme' }\n";
    let ran = desk(&url, "", more).run(&RUN);
    assert_eq!(ran.code, 1, "{ran:?}");
    let all = all.lock().expect("a list");
    let bodies: Vec<&str> =
        all.iter().filter_map(|line| line.strip_prefix("POST /things HTTP/1.1 ")).collect();
    assert!(bodies.len() > 10, "{bodies:?}");
    assert!(bodies.iter().all(|body| body.contains(r#""tenant":"acme""#)), "{bodies:?}");
}

#[test]
fn a_timeout_that_is_set_for_an_operation_holds_for_it() {
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        if request.starts_with("POST /things") {
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        answer(&mut stream, "200 OK", "{}");
    });
    let more = "[[operation]]\nmatch = 'POST /things'\ntimeout = '200ms'\n";
    let line = ["run", "--max-cases", "3", "--phase", "boundary", "--include", "POST", "--timeout"];
    let began = std::time::Instant::now();
    let ran = desk(&url, "", more).run(&[&line[..], &["59s"]].concat());
    assert!(began.elapsed() < std::time::Duration::from_secs(50), "{ran:?}");
    assert!(ran.out.contains("1 × no answer: POST /things"), "{ran:?}");
}
