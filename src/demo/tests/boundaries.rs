//! What is valid is taken, what is not is refused, and nothing breaks.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::client::{post, request, send};
use super::conformance::Promises;
use super::shop;

const JSON: &str = "Content-Type: application/json\r\n";

/// The id of a thing for this path: the first one, or one that is made for it.
fn id(addr: SocketAddr, path: &str, number: usize) -> String {
    let Some((collection, _)) = path.split_once("/{id}") else { return String::new() };
    if collection == "/orders" {
        return "1".to_owned();
    }
    let made = post(addr, collection, &json!({ "handle": format!("of {number}") })).json();
    let id = made.get("id").unwrap_or_else(|| panic!("nothing is made for {path}: {made}"));
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// Any value in any member of any body gets an answer that the document promises: a 2xx where it is
/// valid, and only there.
#[test]
fn no_boundary_value_breaks_the_healthy_shop() {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.0),
        json!(0.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e308),
        json!(""),
        json!(" "),
        json!("\0"),
        json!("0".repeat(300)),
        json!("\u{130}\u{df}\u{10000}"),
        json!("2000-02-29"),
        json!("9999-12-31"),
        json!("0000-12-31"),
        json!("2016-12-31T23:59:60Z"),
        json!([]),
        json!([1, 1, 1]),
        json!(["a", {}]),
        json!({}),
        json!({ "": [[]] }),
        json!("a@b"),
    ];
    let (shop, promises) = (shop(9, true), Promises::of(9));
    let simplest = |schema: &Value| match schema["type"].as_str() {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("array") => json!([schema["items"]["enum"].get(0).cloned().unwrap_or(json!(1))]),
        _ if schema["format"] == "date" => json!("2000-01-01"),
        _ if schema["format"] == "date-time" => json!("2000-01-01T00:00:00Z"),
        _ if schema["format"] == "uri" => json!("a:b"),
        _ => schema["enum"].get(0).cloned().unwrap_or(json!("0")),
    };
    let (mut accepted, mut refused) = (0, 0);
    for (name, operation) in promises.operations() {
        let content = &operation["requestBody"]["content"]["application/json"];
        let schema = promises.resolve(&content["schema"]);
        let Some(properties) = schema["properties"].as_object() else { continue };
        let mut body = json!({});
        for required in schema["required"].as_array().into_iter().flatten() {
            let required = required.as_str().unwrap();
            body[required] = simplest(promises.resolve(&properties[required]));
        }
        for property in properties.keys() {
            for value in &values {
                let mut body = body.clone();
                let number = accepted + refused;
                // A handle that no contact has yet.
                if body.get("handle").is_some() {
                    body["handle"] = json!(number.to_string());
                }
                body[property] = value.clone();
                let (method, path) = name.split_once(' ').unwrap();
                let id = id(shop.addr, path, number);
                let path = path.replace("{id}", &id).replace("{name}", "0");
                let request = request(method, &path, JSON, &body.to_string());
                let seen = send(shop.addr, &request);
                let failures = promises.failures(&name, &seen);
                assert!(failures.is_empty(), "{name} {body}: {failures:?} {seen:?}");
                let read_only = properties[property]["readOnly"] == true;
                let valid = read_only || promises.accepts(&content["schema"], &body);
                let taken = seen.answer().status < 300;
                assert_eq!(taken, valid, "{name} {body}");
                accepted += usize::from(taken);
                refused += usize::from(!taken);
            }
        }
    }
    assert!(accepted > 150 && refused > 500, "{accepted} accepted, {refused} refused");
}
