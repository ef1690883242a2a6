//! When the calls of a case go out.

use std::time::Duration;

use http::Response;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use super::*;
use crate::case::{Body, Perturbation, Position, Release as Released, Together};

use crate::config::Permissions;
use crate::execute::{Identities, Permission};
use crate::spec::load;
use crate::transport::{Client, Settings, Target};

const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{},"paths":{
    "/a":{"get":{"responses":{}},"post":{"requestBody":{"content":{"application/json":{}}},"responses":{}}}}}"#;

/// An executor for a service that answers everything with 200.
async fn executor() -> Executor {
    executor_of(true, Settings::default()).await
}

/// The same; where it is not local, for a service that others use, too.
async fn executor_of(is_local: bool, settings: Settings) -> Executor {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = service_fn(async |request: hyper::Request<hyper::body::Incoming>| {
                let mut body = std::pin::pin!(request.into_body());
                while let Some(Ok(_)) =
                    poll_fn(|cx| hyper::body::Body::poll_frame(body.as_mut(), cx)).await
                {
                }
                Response::builder().body(String::new())
            });
            let http1 = hyper::server::conn::http1::Builder::new();
            tokio::spawn(http1.serve_connection(TokioIo::new(stream), answer));
        }
    });
    let service = load::alone("t.json", DOCUMENT.as_bytes()).unwrap().service;
    let target = Target::parse(&format!("http://{address}")).unwrap();
    let client = Client::new(target, settings).unwrap();
    let identities = Identities { all: Vec::new(), schemes: service.schemes.clone() };
    let permission = Permission::new(Permissions::default(), is_local);
    Executor::new(Arc::new(service), client, String::new(), identities, permission)
}

fn call(id: &str, operation: &str) -> Call {
    let body = operation.starts_with("POST").then(|| Body::Json(Value::text("0123456789")));
    Call { id: id.to_owned(), operation: operation.to_owned(), body, ..Call::default() }
}

async fn history(executor: &Executor, steps: Vec<Step>) -> History {
    let case = Case { steps, ..Case::default() };
    let history = executor.run(&Arc::new(case), Connections::Fresh).await;
    assert_eq!(history.unfinished, None);
    assert!(history.exchanges.iter().all(|exchange| exchange.status() == Some(200)));
    history
}

/// When something of an exchange happened, from the begin of the campaign.
fn at(exchange: &Exchange, since: Duration) -> Duration {
    exchange.times.begin + since
}

#[tokio::test]
async fn last_bytes_go_out_once_all_calls_are_as_far() {
    let executor = executor().await;
    for _ in 0..5 {
        let calls: Vec<Call> = ["a", "b", "c"].map(|id| call(id, "POST /a")).into();
        let group =
            Together { id: "s1".to_owned(), wait: None, release: Released::LastByte, calls };
        let history = history(&executor, vec![Step::Together(group)]).await;
        let ids: Vec<&str> = history.exchanges.iter().map(|exchange| &*exchange.call).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        let sent = history.exchanges.iter().map(|e| at(e, e.times.sent.unwrap())).min();
        let stood = history.exchanges.iter().map(|e| at(e, e.times.connected)).max();
        assert!(stood <= sent, "{stood:?} {sent:?}");
    }
}

#[tokio::test]
async fn a_skew_counts_from_the_release() {
    let executor = executor().await;
    let mut calls: Vec<Call> = ["a", "b"].map(|id| call(id, "POST /a")).into();
    calls[1].skew = Some(Duration::from_millis(60));
    for release in [Released::Plain, Released::LastByte] {
        let calls = calls.clone();
        let group = Together { id: "s1".to_owned(), wait: None, release, calls };
        let history = history(&executor, vec![Step::Together(group)]).await;
        let [first, second] = &*history.exchanges else { panic!("two calls") };
        let sent = |exchange: &Exchange| at(exchange, exchange.times.sent.unwrap());
        assert!(sent(second) >= sent(first) + Duration::from_millis(40), "{release:?}");
    }
}

/// Three calls of an operation over one connection of HTTP/1.1.
fn piped(operation: &str) -> Case {
    let first = Call { on: Some("c1".to_owned()), ..call("a", operation) };
    let same = |id: &str| Call {
        id: id.to_owned(),
        same: Some("a".to_owned()),
        operation: operation.to_owned(),
        ..Call::default()
    };
    let calls = vec![first, same("b"), same("c")];
    let group = Together { id: "s1".to_owned(), wait: None, release: Released::Plain, calls };
    let shape = crate::case::Connection { http: Some(1), initial_window: None };
    Case {
        connections: vec![("c1".to_owned(), shape)],
        steps: vec![Step::Together(group)],
        ..Case::default()
    }
}

#[tokio::test]
async fn nothing_that_is_bent_goes_through_a_proxy() {
    let explicit = Some("http://127.0.0.1:1".to_owned());
    let proxies = crate::transport::Proxies { explicit, ..Default::default() };
    let executor = executor_of(true, Settings { proxies, ..Settings::default() }).await;
    let perturb = vec![Perturbation::Reset(Position::Sent)];
    let bent = Case::of("t", Call { perturb, ..call("s1", "GET /a") });
    for case in [bent, piped("GET /a")] {
        let history = executor.run(&Arc::new(case), Connections::Fresh).await;
        let why = history.unfinished.unwrap().why;
        assert!(history.exchanges.is_empty() && why.contains("proxy"), "{why}");
    }
    let plain = Case::of("t", call("s1", "GET /a"));
    let history = executor.run(&Arc::new(plain), Connections::Fresh).await;
    assert_eq!((history.exchanges.len(), history.unfinished), (1, None));
}

#[tokio::test]
async fn pipelines_are_refused_where_others_use_the_service_too() {
    let executor = executor_of(false, Settings::default()).await;
    let history = executor.run(&Arc::new(piped("GET /a")), Connections::Fresh).await;
    assert!(history.exchanges.is_empty());
    let why = history.unfinished.unwrap().why;
    assert_eq!(why, "`pipelining` in GET /a may disturb others; allow it with --allow-disruptive");
}

#[tokio::test]
async fn calls_at_once_over_one_connection_of_http_1_go_out_one_behind_the_other() {
    let executor = executor().await;
    let case = piped("POST /a");
    let history = executor.run(&Arc::new(case), Connections::Fresh).await;
    let [first, rest @ ..] = &*history.exchanges else { panic!("no call") };
    assert!(first.fresh_connection && first.status() == Some(200));
    assert_eq!(rest.len(), 2);
    for other in rest {
        assert!(!other.fresh_connection && other.status() == Some(200));
        assert_eq!((other.times.begin, other.times.sent), (first.times.begin, first.times.sent));
    }
}

#[tokio::test]
async fn a_call_that_is_held_outlives_its_step() {
    let executor = executor().await;
    let mut first = call("s1", "POST /a");
    first.perturb = vec![Perturbation::Hold { at: Position::Body(3), until: "s3".to_owned() }];
    let mut last = call("s3", "GET /a");
    last.wait = Some(Duration::from_millis(30));
    let steps = vec![Step::Call(first), Step::Call(call("s2", "GET /a")), Step::Call(last)];
    let history = history(&executor, steps).await;
    let [first, second, third] = &*history.exchanges else { panic!("three calls") };
    assert_eq!([&*first.call, &*second.call, &*third.call], ["s1", "s2", "s3"]);
    assert!(at(first, first.times.sent.unwrap()) >= at(third, third.times.end));
    assert!(first.times.begin <= at(second, second.times.end));
}

#[tokio::test]
async fn a_call_that_waits_for_a_step_that_never_comes_goes_on_at_the_end() {
    let executor = executor().await;
    let mut first = call("s1", "POST /a");
    first.perturb = vec![Perturbation::Hold { at: Position::Headers, until: "s9".to_owned() }];
    let steps = vec![Step::Call(first), Step::Call(call("s2", "GET /a"))];
    assert_eq!(history(&executor, steps).await.exchanges.len(), 2);
}

/// Why calls that are released together cannot be sent.
async fn unmet(executor: &Executor, mut case: Case, change: impl FnOnce(&mut Together)) -> String {
    let Some(Step::Together(group)) = case.steps.last_mut() else { panic!("no group") };
    change(group);
    let history = executor.run(&Arc::new(case), Connections::Fresh).await;
    assert!(history.exchanges.is_empty());
    history.unfinished.unwrap().why
}

#[tokio::test]
async fn what_a_group_cannot_do_is_said_and_nothing_is_sent() {
    let executor = executor().await;
    let stall = Perturbation::Stall { at: Position::Headers, pause: Duration::from_millis(1) };
    let hold = Perturbation::Hold { at: Position::Headers, until: "s1".to_owned() };
    let whys = [
        unmet(&executor, piped("POST /a"), |group| group.calls[0].perturb.push(stall)).await,
        unmet(&executor, piped("POST /a"), |group| group.calls[0].perturb.push(hold)).await,
        unmet(&executor, piped("POST /a"), |group| group.release = Released::LastByte).await,
    ];
    let begins = ["calls that share", "what is held", "calls that hold back"];
    assert!(whys.iter().zip(begins).all(|(why, begin)| why.starts_with(begin)), "{whys:#?}");
}

/// So many calls that are the same, released together.
fn crowd(count: usize) -> Case {
    let calls = (0..count).map(|number| call(&format!("c{number}"), "POST /a")).collect();
    let release = Released::LastByte;
    let group = Together { id: "s1".to_owned(), wait: None, release, calls };
    Case { steps: vec![Step::Together(group)], ..Case::default() }
}

#[tokio::test]
async fn a_group_that_needs_more_connections_than_there_may_be_is_not_sent() {
    let executor = executor_of(true, Settings { max_connections: 3, ..Settings::default() }).await;
    let why = unmet(&executor, crowd(4), |_| ()).await;
    assert!(why.contains("3 may be open") && why.contains("--workers"), "{why}");
    let history = executor.run(&Arc::new(crowd(3)), Connections::Fresh).await;
    assert_eq!((history.exchanges.len(), history.unfinished), (3, None));
}

#[tokio::test]
async fn groups_do_not_wait_for_the_connections_of_each_other() {
    let executor = executor_of(true, Settings { max_connections: 3, ..Settings::default() }).await;
    let begin = std::time::Instant::now();
    let group = Arc::new(crowd(2));
    let all = (0..12).map(|_| executor.run(&group, Connections::Fresh));
    for history in join_all(all).await {
        assert!(history.exchanges.iter().all(|exchange| exchange.status() == Some(200)));
    }
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_service_that_others_use_is_kept_waiting_by_one_call_at_a_time() {
    let executor = executor_of(false, Settings::default()).await;
    let pause = Duration::from_millis(40);
    let stall = Perturbation::Stall { at: Position::Body(1), pause };
    let stalled = |id: &str| Call { perturb: vec![stall.clone()], ..call(id, "POST /a") };
    let case = Arc::new(Case::of("t", stalled("s1")));
    let all = join_all((0..3).map(|_| executor.run(&case, Connections::Fresh))).await;
    let mut times: Vec<_> = all.iter().map(|history| &history.exchanges[0]).collect();
    times.sort_by_key(|exchange| exchange.times.begin);
    for pair in times.windows(2) {
        assert!(at(pair[0], pair[0].times.end) <= pair[1].times.begin);
    }
    let two = |group: &mut Together| {
        group.release = Released::Plain;
        group.calls = vec![stalled("a"), stalled("b")];
    };
    let why = unmet(&executor, crowd(2), two).await;
    assert!(why.contains("--allow-disruptive"), "{why}");
}

#[tokio::test]
async fn tiny_windows_are_refused_where_others_use_the_service_too() {
    let mut case = piped("GET /a");
    for (_, shape) in &mut case.connections {
        (shape.http, shape.initial_window) = (Some(2), Some(1));
    }
    let executor = executor_of(false, Settings::default()).await;
    let why = unmet(&executor, case, |_| ()).await;
    assert!(why.starts_with("`tiny_window` in GET /a"), "{why}");
}
