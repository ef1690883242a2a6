//! `list`, `generate` and `run --dry-run`: what a document means, without sending anything.

use phi_fuzz::value::{Value, read};

use super::Desk;

/// A line of JSON; lone surrogates and long numbers stand as they are.
fn json(line: &str) -> Value {
    read::json(line.as_bytes()).expect("JSON")
}

#[test]
fn a_list_tells_what_is_tried_what_is_not_and_what_destroys() {
    let text = Desk::new().run(&["list", "shop.yaml"]).well();
    insta::assert_snapshot!(text);
}

#[test]
fn a_list_for_programs_holds_the_same() {
    let text = Desk::new().run(&["list", "shop.yaml", "--json"]).well();
    let list: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(list["service"], "small-shop");
    let post = &list["operations"][0];
    assert_eq!((&post["name"], &post["effect"]), (&"POST /orders".into(), &"creates".into()));
    assert_eq!(post["body"]["media_types"][0], "application/json");
    assert!(post["boundary_cases"].as_u64() > Some(5), "{post}");
    assert_eq!(post["place"]["line"], 7);
    assert_eq!(list["problems"][0]["operation"], "GET /orders/{id}");
}

#[test]
fn filters_pick_what_is_listed() {
    let text = Desk::new().run(&["list", "shop.yaml", "--exclude", "POST"]).well();
    assert!(!text.contains("POST /orders") && text.contains("DELETE /orders/{id}"), "{text}");
}

#[test]
fn generated_cases_are_lines_with_their_label_and_their_request() {
    let desk = Desk::new();
    for label in ["valid", "invalid", "malformed", "unspecified"] {
        let args = ["generate", "shop.yaml", "-n", "12", "--label", label, "--include", "POST"];
        let text = desk.run(&args).well();
        assert_eq!(text, desk.run(&args).well(), "the same each time");
        assert!((1..=12).contains(&text.lines().count()), "{label}");
        for line in text.lines() {
            let line = json(line);
            assert_eq!(line.get("label").and_then(Value::as_str), Some(label));
            let first = |key: &str| line.get(key)?.as_array()?.first().cloned();
            let (step, request) =
                (first("steps").expect("a step"), first("requests").expect("one"));
            assert_eq!(step.get("call").and_then(Value::as_str), Some("POST /orders"));
            assert!(request.get("method").is_some() && request.get("target").is_some());
        }
    }
}

#[test]
fn a_generated_case_can_be_read_as_a_case_file() {
    let text = Desk::new().run(&["generate", "shop.yaml", "-n", "300"]).well();
    assert_eq!(text.lines().count(), 300);
    for line in text.lines() {
        let line = json(line);
        let part = |key: &str| line.get(key).cloned().expect("a part");
        let counts = |keys: [&'static str; 2]| Value::object(keys.map(|key| (key, Value::int(1))));
        let file = Value::object([
            ("phi_fuzz", Value::int(1)),
            ("check", "hang".into()),
            ("at", "s1".into()),
            ("why", "x".into()),
            ("service", part("service")),
            ("steps", part("steps")),
            ("reproduced", counts(["failed", "of"])),
            ("replays", Value::int(1)),
        ]);
        let read = phi_fuzz::case::file::read(file.to_string().as_bytes());
        assert!(read.is_ok(), "{line}: {read:?}");
    }
}

#[test]
fn a_dry_run_shows_the_bill_and_the_requests_and_sends_nothing() {
    let desk = Desk::new();
    // Nothing listens on port 1: whoever sent something would be told.
    let args = ["run", "shop.yaml", "--url", "http://127.0.0.1:1/v1", "--dry-run", "--seed", "7"];
    let ran = desk.run(&[&args[..], &["--max-cases", "20"]].concat());
    assert!(
        ran.err.contains("operations · ") && ran.err.contains("writes: 1 create"),
        "{}",
        ran.err
    );
    let out = ran.well();
    assert_eq!(out.lines().count(), 20);
    assert!(out.contains("POST /v1/orders"), "{out}");
    assert!(!desk.path().join(".phi-fuzz").exists(), "nothing is written either");
}

#[test]
fn a_dry_run_shows_only_what_may_be_sent_and_as_it_is_sent() {
    let desk = Desk::new();
    let config = "[[operation]]\nmatch = 'POST /orders'\nvalues = { 'json/qty' = 777 }\n";
    desk.write("phi-fuzz.toml", config);
    // A host that no one has; nothing is asked.
    let url = ["--url", "http://shop.invalid/v1"];
    let run = |more: &[&str]| {
        let line = ["run", "shop.yaml", "--dry-run", "--seed", "7", "--max-cases", "3000"];
        desk.run(&[&line[..], &url, &["--phase", "boundary,malformed"], more].concat())
    };
    let careful = run(&[]);
    let told = "writes: 1 create, 0 foreign, 1 only to what does not exist";
    assert!(careful.err.contains(told), "{}", careful.err);
    let out = careful.well();
    let deleted = out.lines().filter(|line| line.contains("DELETE /v1/orders/"));
    assert!(deleted.clone().count() > 0 && deleted.clone().all(|line| line.contains("/9000000")));
    assert!(out.contains(r#"{"qty":777}"#) && !out.contains("two_hosts"), "{out}");
    let free = run(&["--allow-foreign-writes", "--allow-disruptive"]);
    assert!(free.err.contains("writes: 1 create, 1 foreign\n"), "{}", free.err);
    let out = free.well();
    assert!(out.contains("two_hosts") && out.contains("DELETE /v1/orders/0 "), "{out}");
}

#[test]
fn whoever_has_seen_enough_may_close_the_pipe() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["generate", "shop.yaml", "-n", "5000"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
