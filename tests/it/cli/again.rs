//! What fails only since the very same was sent before is told with that, or not at all.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::Desk;
use super::alone::{filed, heads};
use super::services::{answer, receive, service};

const DOCUMENT: &str = r##"openapi: 3.1.0
info: { title: Desk, version: "1" }
paths:
  /badges:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Tag" } } } }
      responses: { "201": { description: made }, "400": { description: bad or there } }
  /colours:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Colour" } } } }
      responses: { "201": { description: made }, "400": { description: bad }, "409": { description: there } }
  /lamps:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
      responses: { "201": { description: made }, "400": { description: bad } }
  /limits:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Limit" } } } }
      responses: { "201": { description: made }, "400": { description: bad }, "409": { description: there } }
  /limits/{id}:
    get:
      parameters: [ { name: id, in: path, required: true, schema: { type: string } } ]
      responses: { "200": { description: there }, "404": { description: not there } }
  /shapes:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Shape" } } } }
      responses: { "201": { description: made }, "400": { description: bad }, "409": { description: there } }
  /shapes/{id}:
    get:
      parameters: [ { name: id, in: path, required: true, schema: { type: string } } ]
      responses: { "200": { description: there }, "404": { description: not there } }
  /switch:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Switch" } } } }
      responses: { "204": { description: done }, "400": { description: bad } }
  /tags:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Tag" } } } }
      responses: { "201": { description: made }, "400": { description: bad }, "409": { description: there } }
components:
  schemas:
    Colour: { type: object, required: [colour], properties: { colour: { enum: [red, green, blue] } } }
    Lamp: { type: object, required: [watt], properties: { watt: { type: integer, minimum: 1, maximum: 99 } } }
    Limit: { type: object, required: [tag, most], properties: { tag: { type: string, minLength: 1 }, most: { type: integer } } }
    Shape: { type: object, properties: { corners: { type: integer, minimum: 3, default: 3 }, name: { type: string, maxLength: 1 } } }
    Switch: { type: object, required: [level], properties: { level: { type: integer, minimum: 0, maximum: 5 } } }
    Tag: { type: object, required: [name], properties: { name: { type: string, minLength: 1 } } }
"##;

/// A service that knows what it was told, and breaks at what it knows, until it is mended, but for badges: limits by
/// their tag, shapes by their corners, three where nothing is said. At the highest level of its switch all lamps go
/// out for good.
fn forgetful(mended: Arc<AtomicBool>) -> String {
    let known = Mutex::new(HashSet::new());
    service(move |mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        let line = request.lines().next().unwrap_or_default().to_owned();
        let body = request.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned();
        let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let told = match line.split(' ').nth(1) {
            Some("/limits") => json["tag"].to_string(),
            Some("/shapes") => json["corners"].as_i64().unwrap_or(3).to_string(),
            _ => body.clone(),
        };
        let new = known.lock().unwrap().insert((line.clone(), told));
        let dark = known.lock().unwrap().iter().any(|(_, body)| body == r#"{"level":5}"#);
        let there = if mended.load(Ordering::SeqCst) { Some("409 Conflict") } else { None };
        let status = match line.split(' ').nth(1).unwrap_or_default() {
            "/colours" | "/shapes" if !new => there.unwrap_or("200 OK"),
            "/badges" if !new => "400 Bad Request",
            "/limits" | "/tags" if !new => there.unwrap_or("500 Internal Server Error"),
            "/lamps" if dark => "500 Internal Server Error",
            "/switch" => "204 No Content",
            "/badges" | "/colours" | "/lamps" | "/limits" | "/shapes" | "/tags" => "201 Created",
            _ => "404 Not Found",
        };
        answer(&mut stream, status, if status.starts_with("204") { "" } else { "{}" });
    })
}

#[test]
fn what_fails_once_the_same_was_sent_before_is_told_with_both_calls_and_replays_alone() {
    let mended = Arc::new(AtomicBool::new(false));
    let url = forgetful(Arc::clone(&mended));
    let desk = Desk::new();
    desk.write("desk.yaml", DOCUMENT);
    let checks = "not_a_server_error,positive_data_acceptance,status_code_conformance";
    let line = ["run", "desk.yaml", "--url", &url, "--seed", "1", "--max-cases", "400", "--check"];
    let ran = desk.run(&[&line[..], &[checks, "--phase", "examples,boundary,random"]].concat());
    assert_eq!((ran.code, heads(&ran.out).len()), (1, 4), "{}", ran.out);
    let lamps = "POST /lamps not_a_server_error: ";
    assert!(ran.out.contains(lamps), "{}", ran.out);
    for (operation, check) in [
        ("post-colours", "status_code_conformance"),
        ("post-limits", "not_a_server_error"),
        ("post-shapes", "status_code_conformance"),
        ("post-tags", "not_a_server_error"),
    ] {
        let (id, file) = filed(&desk, operation, check);
        let steps = file["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 2, "{file}");
        let smallest = match operation {
            "post-colours" => vec![json!({"colour": "red"})],
            "post-limits" => vec![json!({"tag": {"$fresh": "n1"}, "most": 0})],
            // Three corners were maybe told in other words when nothing was said the first time.
            "post-shapes" => vec![json!({}), json!({"corners": 4})],
            _ => vec![json!({"name": {"$fresh": "n1"}})],
        };
        assert_eq!(steps[0]["json"], steps[1]["json"], "{file}");
        assert!(smallest.contains(&steps[0]["json"]), "{file}");
        mended.store(false, Ordering::SeqCst);
        // Made smaller once more where it is there already, it is what it was.
        let shrunk = desk.run(&["shrink", &id, "--spec", "desk.yaml", "--url", &url]);
        assert_eq!(shrunk.code, 0, "{shrunk:?}");
        assert_eq!(filed(&desk, operation, check).1["steps"], file["steps"], "{shrunk:?}");
        let replay = |url: &str| {
            let ran = desk.run(&["replay", &id, "--spec", "desk.yaml", "--url", url]);
            (ran.code, ran.out)
        };
        let there = replay(&url);
        assert_eq!(there.0, 1, "where it is there already: {there:?}");
        let fresh = replay(&forgetful(Arc::clone(&mended)));
        assert_eq!(fresh.0, 1, "on a fresh service: {fresh:?}");
        mended.store(true, Ordering::SeqCst);
        let healed = replay(&forgetful(Arc::clone(&mended)));
        assert_eq!(healed.0, 0, "{healed:?}");
    }
}
