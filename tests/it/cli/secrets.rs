//! Secrets stay what they are in all that a run writes and says; what is none is in the lines to copy.

use std::path::PathBuf;

use super::Desk;
use super::services::{answer, receive, service};

const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Safe, version: "1" }
paths:
  /a:
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [key], properties: { key: { type: string } } } } }
      responses: { "200": { description: fine } }
"#;

const CONFIG: &str = r#"
header = ["X-Tenant: acme", "X-Region: ${REGION}"]
[services.safe]
spec = "safe.yaml"
[identities.alice]
headers = { X-Session = "${SESSION}" }
[[operation]]
match = "POST /a"
values = { "json/key" = "${KEY}" }
"#;

/// Every file below a folder, with its text.
fn texts(folder: PathBuf) -> Vec<(PathBuf, String)> {
    let mut left = vec![folder];
    let mut texts = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(path).expect("a folder").map(|e| e.expect("it").path()));
        } else {
            let octets = std::fs::read(&path).expect("a file");
            texts.push((path, String::from_utf8_lossy(&octets).into_owned()));
        }
    }
    texts
}

#[test]
fn what_is_typed_or_configured_as_a_secret_is_written_nowhere() {
    // It repeats all that it is told.
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let said = serde_json::json!({ "error": request }).to_string();
        let known = request.starts_with("POST /a ");
        let status = if known { "500 Internal Server Error" } else { "404 Not Found" };
        answer(&mut stream, status, if known { &said } else { "{}" });
    });
    let desk = Desk::new();
    desk.write("safe.yaml", DOCUMENT);
    desk.write("phi-fuzz.toml", CONFIG);
    let secrets = ["hvs.topsecret1", "pa55word99", "session-4711", "key-0815", "north-by-west"];
    let run = |line: &[&str]| {
        let mut command = desk.command(line);
        command.env("SESSION", secrets[2]).env("KEY", secrets[3]).env("REGION", secrets[4]);
        super::Ran::from(command.output().expect("the binary runs"))
    };
    let line = ["run", "safe.yaml", "--url", &url, "--seed", "1", "--max-cases", "20"];
    let check = ["--check", "not_a_server_error", "--report", "ndjson=out/e.ndjson"];
    let typed = ["-H", "X-Vault: hvs.topsecret1", "-H", "X-Password: pa55word99"];
    let fields = ["-H", "X-Tenant: acme", "-H", "X-Region: north-by-west"];
    for more in [&[][..], &[&typed[..], &fields[..]].concat()] {
        let ran = run(&[&line[..], &check[..], more].concat());
        assert_eq!(ran.code, 1, "{ran:?}");
        let mut all = texts(desk.path().join(".phi-fuzz"));
        all.extend(texts(desk.path().join("out")));
        assert!(all.len() > 3, "{all:?}");
        all.push(("the terminal".into(), format!("{}{}", ran.out, ran.err)));
        for (path, text) in &all {
            let leaked = secrets.iter().find(|secret| text.contains(*secret));
            assert_eq!(leaked, None, "{}: {text}", path.display());
        }
        // What is no secret is in the line to copy, and in the evidence.
        let tells = |part: &str| all.iter().filter(|(_, text)| text.contains(part)).count();
        assert!(tells("-H 'X-Tenant: acme'") >= 1 && tells("[secret:") >= 2, "{}", ran.out);
        let is_evidence =
            |(path, _): &&(PathBuf, String)| path.to_string_lossy().ends_with("evidence.json");
        assert!(all.iter().filter(is_evidence).all(|(_, text)| text.contains("\"acme\"")));
        // The secret of the case is found again by its name.
        let id = ran.out.split("phi-fuzz replay ").nth(1).expect("an id");
        let replayed = run(&["replay", &id[..8], "--url", &url]);
        assert!(replayed.code == 1 && replayed.out.starts_with("FAILED"), "{replayed:?}");
        let curl = run(&["export", &id[..8], "--to", "curl", "--url", &url]).well();
        assert!(curl.contains("-H 'X-Tenant: acme'"), "{curl}");
        assert!(curl.contains("[secret:alice.x-session]"), "{curl}");
        std::fs::remove_dir_all(desk.path().join(".phi-fuzz")).expect("a folder");
    }
}

#[test]
fn every_request_names_the_tool_and_can_be_found_in_traces() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&seen);
    let url = service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        kept.lock().expect("a list").push(request.to_ascii_lowercase());
        answer(&mut stream, "200 OK", "{}");
    });
    let desk = Desk::new();
    desk.write("safe.yaml", DOCUMENT);
    let config =
        "[services.safe]\nspec = \"safe.yaml\"\nversion = \"GET /v\"\nreset = \"POST /r\"\n";
    desk.write("phi-fuzz.toml", config);
    let line = ["run", "safe", "--url", &url, "--seed", "1", "--max-cases", "12", "--traceparent"];
    let ran = desk.run(&[&line[..], &["--phase", "examples,boundary"]].concat());
    assert!(ran.code < 2, "{ran:?}");
    let requests = std::mem::take(&mut *seen.lock().expect("a list"));
    let field = |request: &str, name: &str| {
        let line = request.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {name} in {request}"))
    };
    assert!(requests.iter().any(|request| request.starts_with("get / ")), "{requests:?}");
    let mut traces = std::collections::HashSet::new();
    for request in &requests {
        assert!(field(request, "user-agent: ").starts_with("phi-fuzz/"), "{request}");
        let trace = field(request, "traceparent: ");
        let lengths: Vec<usize> = trace.split('-').map(str::len).collect();
        assert_eq!(lengths, [2, 32, 16, 2], "{trace}");
        assert!(traces.insert(trace), "each has its own");
    }
}
