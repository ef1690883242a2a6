//! Cases in which a call's timing is bent, and what the checks of them mean, said once more without the
//! checks.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::{Seen, render, send};
use super::conformance::Promises;
use super::history::{Stage, fresh};
use crate::demo::Running;

/// Whether any step of a case is bent.
pub(super) fn is_bent(steps: &[Value]) -> bool {
    steps.iter().any(|step| step.get("perturb").is_some())
}

/// The checks that these steps fail.
pub(super) fn failures(shop: &Running, promises: &Promises, steps: &[Value]) -> Vec<&'static str> {
    let at = steps.iter().position(|step| step.get("perturb").is_some()).unwrap();
    let (before, bent, after) = (&steps[..at], &steps[at], &steps[at + 1..]);
    let stage = Stage::play(shop, before);
    let step = stage.resolve(bent, fresh());
    let (kind, how) = step["perturb"][0].as_object().unwrap().iter().next().unwrap();
    let mut failures = Vec::new();
    if kind == "stall" {
        let pause = how["for"].as_str().unwrap().trim_end_matches("ms").parse().unwrap();
        let pause = Duration::from_millis(pause);
        // A shorter silence says nothing.
        if pause >= Duration::from_millis(500) && is_blocked(shop.addr, &render(&step), pause) {
            failures.push("blocked_by_slow_client");
        }
        return failures;
    }
    // A look may be what a broken-off call spoils.
    let look = || step.get("json").and_then(|_| stage.thing());
    let old = look();
    break_off(shop.addr, &render(&step), how["at"].as_str().unwrap());
    std::thread::sleep(Duration::from_millis(60));
    if let (Some(old), Some(new), Some(given)) = (old, look(), step["json"].as_object()) {
        let done = |(name, value): (&String, &Value)| new[name] == *value && old[name] != *value;
        let count = given.iter().filter(|member| done(*member)).count();
        if count > 0 && count < given.len() {
            failures.push("partial_write_visible");
        }
    }
    for step in after {
        let step = stage.resolve(step, fresh());
        let answer = stage.send(&step);
        failures.extend(promises.failures(step["call"].as_str().unwrap(), &Seen::Answer(answer)));
    }
    failures
}

/// What of a request has gone out at a position.
fn until<'r>(request: &'r str, at: &str) -> &'r str {
    let head = request.find("\r\n\r\n").unwrap() + 4;
    match at {
        "headers" => &request[..head],
        "before_last_byte" => &request[..request.len() - 1],
        other => panic!("no such position: {other}"),
    }
}

/// Sends a request up to there, and goes away a moment later.
fn break_off(addr: SocketAddr, request: &str, at: &str) {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(until(request, at).as_bytes()).unwrap();
    // A call that needs a while is under way by then.
    std::thread::sleep(Duration::from_millis(5));
}

/// Whether the same request, sent beside a slow one, is answered only when that is out.
fn is_blocked(addr: SocketAddr, request: &str, pause: Duration) -> bool {
    let mut stream = TcpStream::connect(addr).unwrap();
    let out = until(request, "headers");
    stream.write_all(out.as_bytes()).unwrap();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            std::thread::sleep(pause / 4);
            send(addr, request);
            Instant::now()
        });
        std::thread::sleep(pause);
        let over = Instant::now();
        stream.write_all(&request.as_bytes()[out.len()..]).unwrap();
        other.join().unwrap() > over
    })
}
