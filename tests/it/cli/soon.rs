//! What fails only soon after what came before says so, and is replayed as often as what hangs on timing.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Desk;
use super::alone::{filed, heads};
use super::services::{answer, receive, service};

const DOCUMENT: &str = r##"openapi: 3.1.0
info: { title: Desk, version: "1" }
paths:
  /jobs:
    post:
      responses:
        "201": { description: made, content: { application/json: { schema: { $ref: "#/components/schemas/Job" } } } }
  /jobs/{id}:
    parameters: [ { name: id, in: path, required: true, schema: { type: integer } } ]
    delete:
      responses: { "204": { description: gone }, "404": { description: not there } }
  /jobs/{id}/start:
    parameters: [ { name: id, in: path, required: true, schema: { type: integer } } ]
    post:
      responses: { "202": { description: begun }, "404": { description: not there } }
components:
  schemas:
    Job: { title: Job, type: object, required: [id], properties: { id: { type: integer } } }
"##;

/// So long a job goes on.
const GOES_ON: Duration = Duration::from_millis(700);

/// A service in which a job that goes on cannot be taken away.
fn busy() -> String {
    let jobs: Mutex<HashMap<u64, Option<Instant>>> = Mutex::default();
    let next = AtomicU64::new(1);
    service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let mut words = request.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut jobs = jobs.lock().unwrap();
        if (method, path) == ("POST", "/jobs") {
            let id = next.fetch_add(1, Ordering::SeqCst);
            jobs.insert(id, None);
            return answer(&mut stream, "201 Created", &format!(r#"{{"id":{id}}}"#));
        }
        let mut parts = path.split('/').skip(2);
        let id = parts.next().and_then(|id| id.parse().ok()).unwrap_or_default();
        let status = match (method, parts.next(), jobs.get_mut(&id)) {
            (_, _, None) => "404 Not Found",
            ("POST", Some("start"), Some(begun)) => {
                *begun = Some(Instant::now());
                "202 Accepted"
            }
            ("DELETE", None, Some(Some(begun))) if begun.elapsed() < GOES_ON => {
                "500 Internal Server Error"
            }
            ("DELETE", None, Some(_)) => {
                jobs.remove(&id);
                "204 No Content"
            }
            _ => "405 Method Not Allowed",
        };
        answer(&mut stream, status, if status.starts_with("204") { "" } else { "{}" });
    })
}

#[test]
fn a_failure_that_comes_only_soon_after_another_call_says_so() {
    let url = busy();
    let desk = Desk::new();
    desk.write("desk.yaml", DOCUMENT);
    let line = ["run", "desk.yaml", "--url", &url, "--seed", "1", "--max-cases", "300", "--check"];
    let ran = desk.run(
        &[&line[..], &["not_a_server_error", "--phase", "examples,sequences", "--no-cleanup"]]
            .concat(),
    );
    assert_eq!((ran.code, heads(&ran.out).len()), (1, 1), "{}", ran.out);
    assert!(ran.out.contains("fails where s3 comes at once   (1s later → 204)"), "{}", ran.out);
    let (id, file) = filed(&desk, "delete-jobs-id", "not_a_server_error");
    let boundary = serde_json::json!({"at": "s3/wait", "passes": "1s", "fails": "0ms"});
    assert_eq!(file["boundary"], boundary, "{file}");
    assert!(file["replays"].as_u64() > Some(5), "{file}");
    let replayed = desk.run(&["replay", &id, "--spec", "desk.yaml", "--url", &busy()]);
    assert_eq!(replayed.code, 1, "{replayed:?}");
}
