//! How fast cases are made: candidates drawn again, random calls drawn and confirmed, and the
//! catalogues of the largest operations of the shared documents planned. Prints medians.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use phi_fuzz::case::{Body, Call, Case};
use phi_fuzz::choice::{Item, Rng};
use phi_fuzz::generate::ideas::Ideas;
use phi_fuzz::generate::{case, catalogue, confirm};
use phi_fuzz::schema::Documents;
use phi_fuzz::spec::load::{Options, load};
use phi_fuzz::spec::{Service, openapi};
use phi_fuzz::value::read;

/// One operation with a body of ten fields.
const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"shop","version":"1"},"paths":{"/orders":{"post":{
    "requestBody":{"required":true,"content":{"application/json":{"schema":{
        "type":"object","additionalProperties":false,
        "required":["id","customer","status","lines","total","currency","paid","due","note","ship"],
        "properties":{
            "id":{"type":"integer","format":"int64"},
            "customer":{"type":"string","minLength":1,"maxLength":64},
            "status":{"enum":["new","paid","sent"]},
            "lines":{"type":"array","maxItems":5,"items":{"type":"object","required":["sku","qty"],
                "properties":{"sku":{"type":"string","maxLength":12},
                    "qty":{"type":"integer","minimum":1,"maximum":1000}}}},
            "total":{"type":"number","minimum":0},
            "currency":{"type":"string","minLength":3,"maxLength":3},
            "paid":{"type":"boolean"},
            "due":{"type":"string","format":"date"},
            "note":{"type":["string","null"],"maxLength":200},
            "ship":{"type":"object","required":["zip"],"properties":{
                "zip":{"type":"string","maxLength":10},"city":{"type":"string","maxLength":40}}}}}}}},
    "responses":{}}}}}"#;

fn main() {
    one_operation();
    largest();
}

/// The median of what each run took.
fn median(mut runs: Vec<Duration>) -> Duration {
    runs.sort_unstable();
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn told(name: &str, bar: &str, time: Duration) {
    println!("{name:<58} {time:>10.2?}   bar {bar}");
}

fn one_operation() {
    let value = read::json(DOCUMENT.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let (documents, root) = Documents::single(value);
    let service =
        openapi::read(&Arc::new(documents), &root).unwrap_or_else(|error| panic!("{error}"));
    let operation = &service.operations[0];
    let calls: Vec<Call> =
        (0..2_000).filter_map(|seed| catalogue::random(operation, Rng::new(seed)).ok()).collect();
    let octets = calls.iter().filter_map(|call| call.body.as_ref()).map(|body| match body {
        Body::Json(value) => value.to_string().len(),
        _ => 0,
    });
    let mean = octets.sum::<usize>() / calls.len().max(1);
    let cases: Vec<(Case, Vec<Item>)> = calls
        .into_iter()
        .map(|call| Case::of("shop", call))
        .filter_map(|like| case::lift(&service, &like).map(|items| (like, items)))
        .collect();
    let each = |run: &dyn Fn(usize)| {
        // Once to warm up: the shrinker draws one case again and again.
        let time = |index| {
            run(index);
            let begin = Instant::now();
            run(index);
            begin.elapsed()
        };
        median((0..cases.len()).map(time).collect())
    };
    let again = each(&|index| {
        let (like, items) = &cases[index];
        drop(black_box(case::redraw(&service, like, items)));
    });
    told(&format!("candidate drawn again and confirmed ({mean} octets)"), "10 µs", again);
    let random = each(&|index| {
        drop(black_box(catalogue::random(operation, Rng::new(index as u64))));
    });
    told("random call drawn and confirmed", "20 µs", random);
    let confirmed = each(&|index| {
        let (like, _) = &cases[index];
        black_box(like.calls().all(|call| confirm::confirms(operation, call)));
    });
    told("call confirmed", "", confirmed);
    let lifted = each(&|index| {
        drop(black_box(case::lift(&service, &cases[index].0)));
    });
    told("call lifted", "", lifted);
    let invalid = each(&|index| {
        drop(black_box(catalogue::random_invalid(operation, Rng::new(index as u64))));
    });
    told("random broken call", "", invalid);
    if let Some(base) = catalogue::baseline(operation).ok().map(Arc::new) {
        let planned = catalogue::boundary(operation, &base, &Ideas::default());
        let begin = Instant::now();
        let made = planned.iter().filter_map(|planned| planned.call(operation)).count();
        let mean = begin.elapsed() / u32::try_from(planned.len()).unwrap_or(1).max(1);
        told(&format!("planned call worked out ({made} of {}), mean", planned.len()), "", mean);
    }
}

fn largest() {
    let given = std::env::var_os("PHI_SHARED").map(PathBuf::from);
    let shared =
        given.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let Ok(folder) = std::fs::read_dir(shared.join("specs/openapi")) else { return };
    let mut slowest: Vec<(Duration, usize, String)> = Vec::new();
    let begin = Instant::now();
    for path in folder.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let Some(service) = read_service(&path) else { continue };
        let document = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for operation in &service.operations {
            let begin = Instant::now();
            let Some(base) = catalogue::baseline(operation).ok().map(Arc::new) else { continue };
            let planned = catalogue::boundary(operation, &base, &Ideas::default()).len()
                + catalogue::invalid(operation, &base, &Ideas::default()).len();
            slowest.push((begin.elapsed(), planned, format!("{document} {}", operation.name)));
        }
    }
    slowest.sort_unstable_by(|a, b| b.cmp(a));
    for (time, planned, name) in slowest.iter().take(8) {
        told(&format!("planned {planned:>6} {}", &name[..name.len().min(44)]), "200 ms", *time);
    }
    told(&format!("planned all {} operations", slowest.len()), "", begin.elapsed());
}

fn read_service(path: &std::path::Path) -> Option<Service> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().ok()?;
    Some(runtime.block_on(load(path.to_str()?, &Options::default())).ok()?.service)
}
