//! Documents that are none, or only in part: a message with the place, soon, and nothing is sent.

use std::io::Write as _;
use std::time::{Duration, Instant};

use super::Desk;

#[test]
fn what_is_no_document_is_told_with_its_place() {
    let desk = Desk::new();
    desk.write("empty.yaml", "");
    desk.write("cut.yaml", "openapi: 3.1.0\npaths: {\"/a\": {\"ge");
    desk.write("cut.json", "{\"openapi\": \"3.1.0\",\n \"paths\": {");
    desk.write("other.json", "{\"hello\": 1}");
    desk.write(
        "twice.yaml",
        "openapi: 3.1.0\ninfo: {title: t, version: \"1\"}\ninfo: {title: u, version: \"1\"}\npaths: {}\n",
    );
    desk.write("bytes.yaml", "openapi: 3.1.0\u{0}");
    std::fs::write(desk.path().join("latin.json"), b"{\"openapi\": \"3.1.0\xff\"}")
        .expect("a file");
    for (name, message) in [
        ("empty.yaml", "`empty.yaml` is empty"),
        ("cut.yaml", "`cut.yaml` is no YAML"),
        ("cut.json", "`cut.json` is no JSON"),
        ("other.json", "`other.json` is no OpenAPI document"),
        ("twice.yaml", "the key `info` stands at line 2 already at line 3"),
        ("bytes.yaml", "`bytes.yaml` is no YAML"),
        ("latin.json", "`latin.json` is not UTF-8 at byte 18"),
        (".", "`.` holds no .proto files"),
        ("none/at/all.yaml", "cannot read `none/at/all.yaml`"),
    ] {
        for command in ["list", "run", "generate"] {
            let mut line = vec![command, name];
            if command == "run" {
                line.extend(["--url", "http://127.0.0.1:1"]);
            }
            desk.run(&line).failed(2, message);
        }
    }
    assert!(!desk.path().join(".phi-fuzz").exists(), "nothing was begun");
}

#[test]
fn a_huge_document_is_refused_before_it_is_read_whole() {
    let desk = Desk::new();
    let mut file = std::fs::File::create(desk.path().join("huge.json")).expect("a file");
    file.write_all(b"{\"openapi\":\"3.1.0\",\"x\":\"").expect("a beginning");
    // A hole: it takes no room on the disk.
    file.set_len(200 << 20).expect("a long file");
    let began = Instant::now();
    desk.run(&["list", "huge.json"]).failed(2, "`huge.json` is larger than 100 MiB; split it");
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn what_is_broken_in_one_operation_costs_only_that_one() {
    let desk = Desk::new();
    desk.write(
        "odd.yaml",
        r##"openapi: 3.1.0
info: { title: Odd, version: "1" }
paths:
  /nowhere:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/none" } } } }
      responses: { "200": { description: one } }
  /impossible:
    post:
      requestBody: { required: true, content: { application/json: { schema: { type: integer, minimum: 5, maximum: 4 } } } }
      responses: { "200": { description: one } }
  /behind:
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [a], properties: { a: { type: string, pattern: "^(?<!a)b+$" } } } } }
      responses: { "200": { description: one } }
"##,
    );
    let list = desk.run(&["list", "odd.yaml", "--json"]).well();
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let problem = &list["problems"][0];
    assert_eq!(problem["operation"], "POST /nowhere", "{list}");
    let text = desk.run(&["list", "odd.yaml"]).well();
    assert!(text.contains("odd.yaml:6 #/paths/~1nowhere/post/requestBody"), "{text}");
    assert!(text.contains("`#/components/schemas/none` leads nowhere"), "{text}");
    assert!(text.contains("cannot be tested: "), "the impossible one: {text}");
    let line = ["generate", "odd.yaml", "--include", "/behind", "-n", "5", "--label", "valid"];
    let cases = desk.run(&line).well();
    assert!(cases.contains(r#""json":{"a":"b"#), "{cases}");
}
