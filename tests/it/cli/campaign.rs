//! `run`, `replay`, `shrink`, `accept`, `export` against the embedded service.

use phi_fuzz::demo::{self, Shop};

use super::Desk;

/// The credentials that the embedded service knows.
fn bearer() -> String {
    format!("bearer:{}", demo::BEARER)
}

/// A bounded run at one operation of the embedded service.
fn args<'a>(spec: &'a str, auth: &'a str) -> Vec<&'a str> {
    vec![
        "run",
        spec,
        "--auth",
        auth,
        "--seed",
        "7",
        "--max-cases",
        "150",
        "--timeout",
        "2s",
        "--include",
        "POST /orders",
        "--phase",
        "examples,boundary",
        "--check",
        "not_a_server_error",
    ]
}

#[test]
fn filters_that_leave_no_operation_are_told() {
    let shop = demo::start(Shop::default()).expect("the shop opens");
    let spec = format!("{}/openapi.json", shop.url());
    let line = ["run", &spec, "--include", "GET /nowhere", "--max-cases", "10"];
    let ran = Desk::new().run(&line);
    assert_eq!(ran.code, 3, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("untested: --include and --exclude leave none of "), "{last}");
    shop.stop().expect("the shop closes");
}

#[test]
fn a_fault_is_found_accepted_replayed_exported_and_shrunk() {
    let shop = demo::start(Shop::default()).expect("the shop opens");
    let (spec, auth) = (format!("{}/openapi.json", shop.url()), bearer());
    let desk = Desk::new();
    let mut line = args(&spec, &auth);
    line.extend(["--report", "junit=out/junit.xml", "--report", "ndjson=out/events.ndjson"]);
    let ran = desk.run(&line);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("error shop-") && ran.out.contains("phi-fuzz replay "));
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("broken: ") && last.ends_with("seed 7"), "{last}");
    assert!(desk.read("out/junit.xml").contains("<failure type=\"not_a_server_error\""));
    let events = desk.read("out/events.ndjson");
    assert!(events.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert!(!ran.out.contains(demo::BEARER) && !events.contains(demo::BEARER), "secrets stay so");

    let id = ran.out.split("phi-fuzz replay ").nth(1).expect("an id");
    let id = &id[..8];
    // Documents and address are those of the last run.
    let again = desk.run(&["replay", id, "--auth", &auth, "--timeout", "2s"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.out.starts_with("FAILED .phi-fuzz/findings/shop/post-orders/"), "{}", again.out);

    for (to, part) in [
        ("curl", "curl -i -X POST"),
        ("http", "### s1: POST /orders"),
        ("hurl", "[Asserts]"),
        ("markdown", "## POST /orders"),
    ] {
        let text = desk.run(&["export", id, "--to", to]).well();
        assert!(text.contains(part) && text.contains(&shop.url()), "{text}");
    }
    desk.run(&["export", id, "--to", "grpcurl"]).failed(2, "choose curl");

    let shrunk = desk.run(&["shrink", id, "--auth", &auth, "--timeout", "2s"]);
    assert!(shrunk.well().contains("as small as before"));

    let known = ["accept", id, "--known", "SHOP-1", "--until", "2999-12-31"];
    let accepted = desk.run(&known).well();
    assert!(accepted.starts_with("accepted corpus/regressions/shop/post-orders/"), "{accepted}");
    let replayed = desk.run(&["replay", "--auth", &auth, "--timeout", "2s"]);
    assert_eq!(replayed.code, 0, "{replayed:?}");
    assert!(replayed.out.starts_with("known corpus/"), "{}", replayed.out);
    shop.stop().expect("the shop served to its end");
}

#[test]
fn the_healthy_service_is_whole() {
    let shop = demo::start(Shop { healthy: true, ..Shop::default() }).expect("the shop opens");
    let (spec, auth) = (format!("{}/openapi.json", shop.url()), bearer());
    let ran = Desk::new().run(&args(&spec, &auth));
    assert_eq!(ran.code, 0, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("whole: 1 of 1 operations, "), "{last}");
    shop.stop().expect("the shop served to its end");
}

#[test]
fn the_cases_of_all_phases_are_the_cases_of_the_run() {
    let shop = demo::start(Shop { healthy: true, ..Shop::default() }).expect("the shop opens");
    let (spec, auth) = (format!("{}/openapi.json", shop.url()), bearer());
    let desk = Desk::new();
    let line = ["run", &spec, "--auth", &auth, "--seed", "7", "--max-cases", "150"];
    let more = ["--include", "/orders*", "--report", "ndjson=e.ndjson"];
    let ran = desk.run(&[&line[..], &more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let (mut all, mut own) = (0, 0);
    for line in desk.read("e.ndjson").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let count = |key: &str| event[key].as_u64().expect("a number");
        match event["event"].as_str().expect("a name") {
            "phase_began" => own = 0,
            "progress" => {
                assert!(
                    count("phase_cases") >= own && count("cases") == all + count("phase_cases")
                );
                own = count("phase_cases");
            }
            "phase_ended" => {
                assert!(count("cases") >= own, "{line}");
                all += count("cases");
            }
            "ended" => assert_eq!((count("cases"), all), (150, 150)),
            _ => {}
        }
    }
    shop.stop().expect("the shop served to its end");
}

#[test]
fn a_service_that_is_not_there_is_untested() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let desk = Desk::new();
    let line = ["run", "shop.yaml", "--url", &url, "--wait-for-service", "0s", "--report"];
    let ran = desk.run(&[&line[..], &["junit=j.xml"]].concat());
    assert_eq!(ran.code, 3, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("untested: ") && last.contains("is not there"), "{last}");
    assert!(desk.read("j.xml").contains("<error type=\"untested\""));
}

#[test]
fn results_for_a_machine_have_standard_output_for_themselves() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let line =
        ["run", "shop.yaml", "--url", &url, "--wait-for-service", "0s", "--report", "ndjson"];
    let ran = Desk::new().run(&line);
    assert!(ran.out.lines().all(|line| line.starts_with("{\"event\":")), "{}", ran.out);
    assert!(ran.err.contains("untested: "), "people read on: {}", ran.err);
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_says_so_and_keeps_its_reports() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let shop = demo::start(Shop::default()).expect("the shop opens");
    let spec = format!("{}/openapi.json", shop.url());
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let desk = Desk::new();
        let line = [
            "run",
            &spec,
            "--seed",
            "7",
            "--max-time",
            "60s",
            "--check",
            "hang",
            "--include",
            "GET /products",
            "--report",
            "ndjson=e.ndjson",
        ];
        let mut child = desk
            .command(&line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        // It listens for signals long before it begins.
        let err = BufReader::new(child.stderr.take().expect("standard error"));
        let mut lines = err.lines();
        let began = lines.by_ref().map_while(Result::ok).any(|line| line.starts_with("boundary"));
        assert!(began, "the run begins");
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        lines.for_each(drop);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(code));
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(out.lines().last().is_some_and(|l| l.starts_with("interrupted: ")), "{out}");
        assert!(desk.read("e.ndjson").contains("\"conclusion\":\"interrupted\""));
    }
    shop.stop().expect("the shop served to its end");
}
