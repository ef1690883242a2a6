//! What a check sends further shows by itself: file, line of curl, Hurl and replay speak of the very
//! request that is answered wrongly, and of what should have come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::Desk;
use super::services::{answer, receive, service};

const DOCUMENT: &str = r#"openapi: 3.1.0
info: { title: Desk, version: "1" }
paths:
  /me:
    get:
      security: [{ token: [] }]
      responses: { "200": { description: me }, "401": { description: who } }
  /notes:
    get:
      parameters: [{ name: Tenant, in: header, required: true, schema: { type: string, minLength: 1 } }]
      responses: { "200": { description: all }, "400": { description: bad } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
"#;

/// The first lines of the findings that a run tells.
pub(super) fn heads(out: &str) -> Vec<&str> {
    let is_head = |line: &&str| line.starts_with("error ") || line.starts_with("warning ");
    out.lines().filter(is_head).collect()
}

#[test]
fn a_path_that_takes_any_method_and_a_parameter_that_no_one_looks_for_are_told_once_each() {
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let path = request.split(' ').nth(1).unwrap_or_default();
        let known = path.split('?').next() == Some("/a");
        answer(&mut stream, if known { "200 OK" } else { "404 Not Found" }, "{}");
    });
    let desk = Desk::new();
    let parameter = "{ name: n, in: query, required: true, schema: { type: integer }, example: 7 }";
    let get =
        format!("{{ parameters: [{parameter}], responses: {{ '200': {{ description: a }} }} }}");
    let paths = format!("paths:\n  /a:\n    get: {get}\n    head: {get}\n");
    desk.write("a.yaml", &format!("openapi: 3.1.0\ninfo: {{ title: A, version: '1' }}\n{paths}"));
    let line = ["run", "a.yaml", "--url", &url, "--seed", "1", "--max-cases", "400", "--check"];
    for (check, phases) in [
        ("unsupported_method", "examples,malformed"),
        ("negative_data_rejection", "invalid,malformed"),
        ("negative_data_rejection", "malformed"),
    ] {
        let ran = desk.run(&[&line[..], &[check, "--phase", phases]].concat());
        assert_eq!(heads(&ran.out).len(), 1, "{check}: {}", ran.out);
        assert!(!ran.out.contains("breaks `misplaced"), "{}", ran.out);
    }
}

/// A service that looks at nothing until it is mended.
fn careless(mended: Arc<AtomicBool>) -> String {
    service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let head = request.to_ascii_lowercase();
        let mended = mended.load(Ordering::SeqCst);
        let line = request.lines().next().unwrap_or_default();
        let path = line.split(' ').nth(1).unwrap_or_default();
        let (status, body) = match path {
            "/me" if mended && !head.contains("authorization: bearer hush-hush") => {
                ("401 Unauthorized", "{}")
            }
            "/notes" if mended && !head.contains("\r\ntenant:") => ("400 Bad Request", "{}"),
            "/me" | "/notes" if mended && !line.starts_with("GET ") => {
                ("405 Method Not Allowed", "{}")
            }
            "/me" => ("200 OK", r#"{"name":"alice"}"#),
            "/notes" => ("200 OK", "[1]"),
            _ => ("404 Not Found", "{}"),
        };
        answer(&mut stream, status, body);
    })
}

/// The case that a check is filed with at an operation.
pub(super) fn filed(desk: &Desk, operation: &str, check: &str) -> (String, Value) {
    let folder = desk.path().join(".phi-fuzz/findings/desk").join(operation);
    let files = std::fs::read_dir(&folder).expect("findings").flatten().map(|entry| entry.path());
    let is_it = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(check) && !name.ends_with(".evidence.json")
    };
    let found: Vec<_> = files.filter(is_it).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    let text = std::fs::read_to_string(&found[0]).expect("a file");
    let name = found[0].file_stem().expect("a name").to_string_lossy().into_owned();
    let id = name.rsplit('-').next().expect("an id").to_owned();
    (id, serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn what_is_written_is_the_request_that_is_answered_wrongly() {
    let mended = Arc::new(AtomicBool::new(false));
    let url = careless(Arc::clone(&mended));
    let desk = Desk::new();
    desk.write("desk.yaml", DOCUMENT);
    let checks = "ignored_auth,unsupported_method,missing_required_header";
    let auth = ["--auth", "bearer:hush-hush"];
    let line = ["run", "desk.yaml", "--url", &url, "--seed", "1", "--max-cases", "60", "--check"];
    let ran = desk.run(&[&line[..], &[checks, "--fail-on", "warning"], &auth].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let rows = [
        ("get-me", "ignored_auth", "GET /me, without credentials → 200", "HTTP *", "(401|403)"),
        ("get-me", "unsupported_method", "PATCH /me, undocumented_method → 200", "PATCH ", "405"),
        ("get-notes", "missing_required_header", "GET /notes, required at", "GET ", "HTTP 400"),
    ];
    for (operation, check, told, request, expected) in rows {
        let (id, file) = filed(&desk, operation, check);
        let step = &file["steps"][0];
        assert_eq!((&file["at"], &step["saw"]["status"]), (&step["id"], &200.into()), "{file}");
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
        let hurl = desk.run(&["export", &id, "--to", "hurl"]).well();
        assert!(hurl.contains(request) && hurl.contains(expected), "{hurl}");
        assert!(!hurl.contains("[secret:") || check != "ignored_auth", "{hurl}");
        let replay = |code: i32, word: &str| {
            let ran = desk.run(&[&["replay", &id], &auth[..]].concat());
            assert!(ran.code == code && ran.out.starts_with(word), "{check}: {ran:?}");
        };
        replay(1, "FAILED");
        mended.store(true, Ordering::SeqCst);
        replay(0, "ok");
        mended.store(false, Ordering::SeqCst);
    }
    let (id, file) = filed(&desk, "get-me", "ignored_auth");
    assert_eq!(file["steps"][0]["auth"], "none");
    let curl = ran.out.lines().filter(|line| line.trim_start().starts_with("curl "));
    let bare = curl.filter(|line| line.contains("/me") && !line.contains("Authorization"));
    assert_eq!(bare.count(), 1, "{}", ran.out);
    // Without anyone to compare with nothing can be said.
    let alone = desk.run(&["replay", &id]);
    assert!(alone.code == 3 && alone.out.contains("INCONCLUSIVE"), "{alone:?}");
    let (_, file) = filed(&desk, "get-me", "unsupported_method");
    assert_eq!(file["steps"][0]["deviations"][0]["method"], "PATCH");
    let (_, file) = filed(&desk, "get-notes", "missing_required_header");
    assert!(file["steps"][0].get("headers").is_none(), "{file}");
}
