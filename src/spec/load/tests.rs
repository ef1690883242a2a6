use std::io::{Read, Write};
use std::net::TcpListener;

use super::*;

const DOCUMENT: &str =
    r#"{"openapi":"3.0.0","info":{"title":"t"},"paths":{"/a":{"get":{"responses":{}}}}}"#;

fn run(source: &str, options: &Options) -> Result<Loaded, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(load(source, options))
}

/// What loading a file of these bytes fails with; the folder is taken out.
fn error_of(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let error = run(path.to_str().unwrap(), &Options::default()).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

/// A server that answers each path by `answer`: status and body. Gives its origin.
fn serve(answer: fn(&str) -> (u16, &'static str)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n > 0) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let path = head.split(' ').nth(1).unwrap_or("/");
            let (status, body) = answer(path);
            let location =
                if status == 302 { format!("location: {body}\r\n") } else { String::new() };
            let _ = write!(
                stream,
                "HTTP/1.1 {status} x\r\nconnection: close\r\n{location}content-length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    origin
}

#[test]
fn what_is_no_document_is_told_with_its_place_and_the_way_out() {
    insta::assert_snapshot!(error_of("a.json", b""), @"`a.json` is empty; it should hold an OpenAPI document in JSON or YAML");
    insta::assert_snapshot!(error_of("a.yaml", b" \n"), @"`a.yaml` is empty; it should hold an OpenAPI document in JSON or YAML");
    insta::assert_snapshot!(error_of("a.json", br#"{"openapi":"3.0.0","paths":{"/a":{"ge"#), @"`a.json` is no JSON: string without an end: it ends too early; was it cut short? at line 1 column 38");
    insta::assert_snapshot!(error_of("a.json", b"{\"openapi\":\"3.0.0\",\n}"), @"`a.json` is no JSON: expected a key in quotes at line 2 column 1");
    insta::assert_snapshot!(error_of("a.yaml", b"openapi: 3.0.0\npaths:\n  /a: {}\n  /a: {}\n"), @"`a.yaml` is no YAML: the key `/a` stands at line 3 already at line 4 column 3");
    insta::assert_snapshot!(error_of("a.html", b"<!doctype html><html></html>"), @"`a.html` is a web page, not an OpenAPI document; name the document that the page shows (often `/openapi.json` or `/v3/api-docs`)");
    insta::assert_snapshot!(error_of("a.json", b"{\"a\":\"\xFF\"}"), @"`a.json` is not UTF-8 at byte 6; save it as UTF-8");
    insta::assert_snapshot!(error_of("a.yaml", b"just text"), @"`a.yaml` is no OpenAPI document: it is not even an object; name the file or URL of the OpenAPI document");
    insta::assert_snapshot!(error_of("a.json", b"[1]"), @"`a.json` is no OpenAPI document: it is not even an object; name the file or URL of the OpenAPI document");
    insta::assert_snapshot!(error_of("a.json", b"{\"paths\":{}}"), @r#"`a.json` is no OpenAPI document: it has `paths`, but neither `openapi: 3.x.y` nor `swagger: "2.0"`"#);
    insta::assert_snapshot!(error_of("a.yaml", b"asyncapi: 3.0.0"), @"`a.yaml` is no OpenAPI document: it is one of AsyncAPI, which is not read yet");
    insta::assert_snapshot!(error_of("a.yaml", b"swagger: 1.2"), @"`a.yaml` says `swagger: 1.2`; only 2.0 is known: convert it to OpenAPI 3 first");
    insta::assert_snapshot!(error_of("a.yaml", b"openapi: 4.0.0"), @r#"`a.yaml` says `openapi: 4.0.0`; known are 3.0, 3.1, 3.2 and `swagger: "2.0"`"#);
    insta::assert_snapshot!(error_of("a.txt", b"syntax = \"proto3\";"), @"`a.txt` is a protobuf file; give it a name that ends in `.proto`");
    insta::assert_snapshot!(error_of("a.json", "[".repeat(600).as_bytes()), @"`a.json` is no JSON: nested deeper than 512 levels at line 1 column 513");
    insta::assert_snapshot!(run("no/such.yaml", &Options::default()).unwrap_err(), @"cannot read `no/such.yaml`: there is no such file; name a file, a URL, or `-` for standard input");
    insta::assert_snapshot!(run("src", &Options::default()).unwrap_err(), @"`src` holds no .proto files");
}

#[test]
fn a_document_beyond_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.json");
    // Sparse: takes no space and is refused before anything of it is looked at.
    std::fs::File::create(&path).unwrap().set_len(MAX_BYTES as u64 + 1).unwrap();
    let error = run(path.to_str().unwrap(), &Options::default()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("100 MiB"));
}

#[test]
fn a_url_of_a_document_is_taken_as_it_stands() {
    let origin = serve(|path| if path == "/x" { (200, DOCUMENT) } else { (404, "") });
    let loaded = run(&format!("{origin}/x"), &Options::default()).unwrap();
    assert_eq!(loaded.service.operations.len(), 1);
    assert_eq!(loaded.attempts, []);
    assert_eq!(loaded.address, format!("{origin}/x"));
}

#[test]
fn a_bare_service_is_searched_and_every_attempt_told() {
    let origin = serve(|path| match path {
        "/" | "/openapi.json" => (200, "<html>"),
        "/openapi.yaml" => (200, "hello"),
        "/v3/api-docs" => (200, DOCUMENT),
        _ => (404, "no"),
    });
    let loaded = run(&origin, &Options::default()).unwrap();
    assert_eq!(loaded.address, format!("{origin}/v3/api-docs"));
    let told: Vec<String> = loaded
        .attempts
        .iter()
        .map(|attempt| format!("{} {}", attempt.url.replace(&origin, ""), attempt.outcome))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
 is a web page
/openapi.json is a web page
/openapi.yaml is no OpenAPI document: it is not even an object; name the file or URL of the OpenAPI document
/swagger.json answered 404
/swagger.yaml answered 404
"#);
}

#[test]
fn a_service_without_a_document_is_told_where_it_was_looked_for() {
    let origin = serve(|_| (404, ""));
    let error = run(&format!("{origin}/shop/"), &Options::default()).unwrap_err().to_string();
    assert!(error.contains("/shop/openapi.json answered 404"), "{error}");
    assert!(error.contains(&format!("{origin}/openapi.json answered 404")), "{error}");
    let error = run(&format!("{origin}/shop.json"), &Options::default()).unwrap_err().to_string();
    assert!(error.ends_with("shop.json`: it answered 404"), "{error}");
}

#[test]
fn a_service_that_is_down_is_told_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in [format!("http://{free}"), format!("grpc://{free}")] {
        let error = run(&url, &Options::default()).unwrap_err();
        assert!(matches!(error, Error::Absent { .. }), "{error}");
    }
    assert!(run("http:///x", &Options::default()).is_err());
}

#[test]
fn only_named_hosts_are_asked() {
    let origin = serve(|path| match path {
        "/a.json" => (
            200,
            r#"{"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{},"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"b.json"}}}}},
                "post":{"responses":{},"parameters":[{"$ref":"http://elsewhere.invalid/p.json"}]},
                "put":{"responses":{},"parameters":[{"$ref":"file:///etc/hostname"}]}}}}"#,
        ),
        "/b.json" => (200, r#"{"type":"string"}"#),
        "/away" => (302, "http://elsewhere.invalid/"),
        _ => (404, ""),
    });
    let loaded = run(&format!("{origin}/a.json"), &Options::default()).unwrap();
    let names: Vec<&str> = loaded.service.operations.iter().map(|o| &*o.name).collect();
    assert_eq!(names, ["GET /a"]);
    let told: Vec<&str> = loaded.service.problems.iter().map(|p| &*p.message).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
`http://elsewhere.invalid/p.json` leads to `http://elsewhere.invalid/p.json`, which is on a host that was not named; allow http://elsewhere.invalid, or keep a copy beside the document
`file:///etc/hostname` leads to `file:///etc/hostname`, which is a file, which a document from the network may not read
"#);
    let error = run(&format!("{origin}/away"), &Options::default()).unwrap_err().to_string();
    assert!(error.contains("a host that was not named"), "{error}");
}
