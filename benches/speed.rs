//! How many cases are judged each second, half of them valid and half invalid, with every check on,
//! against a service that always answers the same; and what `wrk` reaches on as many connections.
//!
//! The service is this program again, in a process of its own with one thread. Valid calls go to
//! resources that always answer 200 with one document, invalid ones to resources that always refuse:
//! a service that took everything would be a broken one, and time would go into its findings.
//!
//! `cargo bench --bench speed`, with a number of seconds behind `--` for longer runs.

mod shared;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use http::{Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use phi_fuzz::campaign::{self, Event, Phase, Settings, Summary};
use phi_fuzz::config::{Filter, Permissions};
use phi_fuzz::execute::{Executor, Identities, Permission};
use phi_fuzz::spec::load;
use phi_fuzz::transport;
use shared::{Failure, SERVE, Service, per_second};

/// Resources of each kind, so that the catalogues last.
const RESOURCES: usize = 120;

/// Calls under way at once, and connections of `wrk`.
const WORKERS: usize = 16;

/// The share of `wrk`'s requests per second that is to be reached, and the one aimed at.
const BAR: (f64, f64) = (0.25, 0.5);

const ANSWER: &str =
    r#"{"id":42,"name":"a thing","state":"open","tags":["one","two"],"price":9.5}"#;
const ALLOW: &str = "GET, HEAD, OPTIONS, POST";
const REFUSAL: &str = r#"{"error":"not like this"}"#;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == SERVE) {
        return shared::serve(serve());
    }
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(5);
    let service = Service::start()?;
    report(&service, seconds)
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn report(service: &Service, seconds: u64) -> Result<(), Failure> {
    let before = wrk(service.address, seconds);
    let runtime = tokio::runtime::Runtime::new()?;
    let valid = runtime.block_on(measure(service.address, "/open/*", &VALID, seconds * 40_000))?;
    let invalid =
        runtime.block_on(measure(service.address, "/shut/*", &[Phase::Invalid], valid.cases))?;
    let after = wrk(service.address, seconds);
    println!("kind       cases  requests  findings     time   cases/s");
    for (kind, summary) in [("valid", &valid), ("invalid", &invalid)] {
        let Summary { cases, requests, found, took, .. } = &**summary;
        let speed = per_second(*cases, *took);
        println!("{kind:7} {cases:8}  {requests:8}  {:8} {took:8.2?} {speed:9.0}", found.len());
    }
    let found = valid.found.iter().chain(&invalid.found);
    let checks: BTreeSet<&str> = found.map(|found| &*found.finding.check).collect();
    if !checks.is_empty() {
        println!("findings, which take their time: {checks:?}");
    }
    // As many of each: the time of the one and the other for one case.
    let each = |summary: &Summary| 1.0 / per_second(summary.cases, summary.took);
    let both = 2.0 / (each(&valid) + each(&invalid));
    println!("half of each: {both:.0} judged cases/s with {WORKERS} workers");
    let (Some(before), Some(after)) = (before, after) else {
        println!("no wrk on the PATH: nothing to compare with");
        return Ok(());
    };
    let wrk = f64::midpoint(before, after);
    println!("wrk -t1 -c{WORKERS}: {before:.0} before, {after:.0} after");
    println!("ratio {:.3}, bar {}, aim {}", both / wrk, BAR.0, BAR.1);
    Ok(())
}

/// Runs a campaign on one kind of resource.
async fn measure(
    address: SocketAddr,
    resources: &str,
    phases: &[Phase],
    most: u64,
) -> Result<Arc<Summary>, Failure> {
    let service = load::alone("constant.json", document().as_bytes())?.service;
    let target = transport::Target::parse(&format!("http://{address}"))?;
    let client = transport::Client::new(target, transport::Settings::default())?;
    let identities = Identities { all: Vec::new(), schemes: service.schemes.clone() };
    let permission = Permission::new(Permissions::default(), true);
    let executor = Executor::new(Arc::new(service), client, String::new(), identities, permission);
    let settings = Settings {
        seed: 1,
        max_cases: Some(most),
        workers: WORKERS,
        phases: phases.to_vec(),
        include: vec![Filter::parse(resources)?, Filter::parse("GET /health")?],
        ..Settings::default()
    };
    let mut ignore = |_: Event| {};
    Ok(campaign::run(Arc::new(executor), Arc::new(settings), &mut ignore).await)
}

const VALID: [Phase; 3] = [Phase::Examples, Phase::Boundary, Phase::Random];

/// Requests per second of `wrk` on one thread.
fn wrk(address: SocketAddr, seconds: u64) -> Option<f64> {
    let output = Command::new("wrk")
        .args(["-t1", &format!("-c{WORKERS}"), &format!("-d{seconds}s")])
        .arg(format!("http://{address}/open/1/things"))
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:")?.trim().parse().ok())
}

#[expect(clippy::print_stdout, reason = "the address goes to whoever started this")]
async fn serve() -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = hyper::server::conn::http1::Builder::new()
            .pipeline_flush(true)
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

async fn answer(
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<Response<String>, http::Error> {
    let path = request.uri().path();
    let (allow, (status, body)) = match path {
        "/health" => ("GET, HEAD, OPTIONS", (StatusCode::OK, ANSWER)),
        path if path.starts_with("/open/") => (ALLOW, (StatusCode::OK, ANSWER)),
        path if path.starts_with("/shut/") => (ALLOW, (StatusCode::BAD_REQUEST, REFUSAL)),
        _ => (ALLOW, (StatusCode::NOT_FOUND, REFUSAL)),
    };
    let method = request.method().as_str();
    let response = Response::builder();
    if method == "OPTIONS" {
        return response.status(StatusCode::NO_CONTENT).header("allow", allow).body(String::new());
    }
    let response = response.header("content-type", "application/json");
    if allow.split(", ").any(|allowed| allowed == method) {
        response.status(status).body(body.to_owned())
    } else {
        let response = response.status(StatusCode::METHOD_NOT_ALLOWED).header("allow", allow);
        response.body(REFUSAL.to_owned())
    }
}

/// Resources of both kinds, each with a list to ask for and a thing to make.
fn document() -> String {
    let responses = r##""responses":{
        "200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},
        "400":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Refusal"}}}}}"##;
    let path = |kind: &str, number: usize| {
        format!(
            r##""/{kind}/{number}/things":{{
            "get":{{"parameters":[
                {{"name":"limit","in":"query","schema":{{"type":"integer","minimum":1,"maximum":100}}}},
                {{"name":"state","in":"query","required":true,"schema":{{"enum":["open","shut","lost"]}}}},
                {{"name":"since","in":"query","schema":{{"type":"string","format":"date"}}}}],
                {responses}}},
            "post":{{"requestBody":{{"required":true,"content":{{"application/json":{{
                "schema":{{"$ref":"#/components/schemas/New"}}}}}}}},
                {responses}}}}}"##
        )
    };
    let both = |number| [path("open", number), path("shut", number)];
    let mut paths: Vec<String> = (0..RESOURCES).flat_map(both).collect();
    paths.push(format!(r#""/health":{{"get":{{{responses}}}}}"#));
    format!(
        r#"{{"openapi":"3.1.0","info":{{"title":"constant","version":"1"}},
        "paths":{{{}}},
        "components":{{"schemas":{{
            "Thing":{{"type":"object","required":["id","name","state"],"properties":{{
                "id":{{"type":"integer"}},"name":{{"type":"string","maxLength":40}},
                "state":{{"enum":["open","shut","lost"]}},
                "tags":{{"type":"array","items":{{"type":"string"}}}},
                "price":{{"type":"number","minimum":0}}}}}},
            "Refusal":{{"type":"object","required":["error"],"properties":{{
                "error":{{"type":"string"}}}}}},
            "New":{{"type":"object","required":["name","quantity"],"additionalProperties":false,
                "properties":{{
                "name":{{"type":"string","minLength":1,"maxLength":40}},
                "quantity":{{"type":"integer","minimum":1,"maximum":1000}},
                "price":{{"type":"number","minimum":0,"exclusiveMaximum":1000000}},
                "code":{{"type":"string","pattern":"^[A-Z]{{3}}-[0-9]{{4}}$"}},
                "state":{{"enum":["open","shut","lost"]}},
                "tags":{{"type":"array","maxItems":5,"uniqueItems":true,
                    "items":{{"type":"string","maxLength":10}}}},
                "due":{{"type":"string","format":"date-time"}},
                "mail":{{"type":"string","format":"email"}},
                "fast":{{"type":"boolean"}},
                "place":{{"type":"object","required":["city"],"properties":{{
                    "city":{{"type":"string"}},"code":{{"type":"string","maxLength":8}}}}}}}}}}}}}}}}"#,
        paths.join(",")
    )
}
