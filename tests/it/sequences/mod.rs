//! Histories of calls against a service in which nothing is there before it is made.

mod library;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use library::{DOCUMENT, Library, Mood, Odd};
use phi_fuzz::campaign::{self, Phase, Settings, Summary, Verdict};
use phi_fuzz::case::file;
use phi_fuzz::config::Permissions;
use phi_fuzz::corpus::{Out, Stored, Traffic};
use phi_fuzz::execute::{Executor, Identities, Permission};
use phi_fuzz::spec::{self, Service};
use phi_fuzz::transport::{self, Client, Target};
use phi_fuzz::value::redact::Redactor;

use crate::planted::files;

fn service() -> Service {
    let mut service = spec::load::alone("library.yaml", DOCUMENT.as_bytes()).unwrap().service;
    "library".clone_into(&mut service.name);
    service
}

fn executor(library: &Library) -> Arc<Executor> {
    let target = Target::parse(&library.url()).unwrap();
    let settings =
        transport::Settings { timeout: Duration::from_secs(5), ..transport::Settings::default() };
    let client = Client::new(target, settings).unwrap();
    let permission = Permission::new(Permissions::default(), true);
    let (base, identities) = (String::new(), Identities::default());
    Arc::new(Executor::new(Arc::new(service()), client, base, identities, permission))
}

async fn run(library: &Library, settings: Settings) -> Arc<Summary> {
    campaign::run(executor(library), Arc::new(settings), &mut |_| ()).await
}

/// So many cases, whatever time they take.
fn bounded(cases: u64) -> Settings {
    Settings { max_cases: Some(cases), seed: 3, ..Settings::default() }
}

fn told(summary: &Summary) -> String {
    let found = summary.found.iter().map(|found| format!("{}: {}\n", found.id, found.finding.why));
    found.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_reached_behind_what_makes_its_ids() {
    let library = Library::open(Mood::Well).await;
    let summary = run(&library, bounded(1_500)).await;
    for operation in &summary.operations {
        assert!(operation.reached, "{}: {:?}", operation.name, operation.untested);
    }
    assert!(summary.found.is_empty(), "{}", told(&summary));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_is_taken_away_what_is_nested_first() {
    // What a call makes that is broken off, no one is told.
    let phases = Phase::ALL.into_iter().filter(|phase| !phase.is_timed()).collect();
    let library = Library::open(Mood::Well).await;
    let summary = run(&library, Settings { phases, ..bounded(800) }).await;
    let cleaned = summary.cleaned.clone().unwrap();
    assert!(library.made() > 100 && cleaned.gone > 100, "{cleaned:?}");
    assert_eq!((library.count(), cleaned.left), (0, Vec::new()));

    let library = Library::open(Mood::Well).await;
    let summary = run(&library, Settings { cleanup: false, ..bounded(800) }).await;
    assert!(library.count() > 100 && summary.cleaned.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_the_runs_own_leavings_bring_about_is_withdrawn() {
    let library = Library::open(Mood::Narrow).await;
    let out = tempfile::tempdir().unwrap();
    let folder = Some(Arc::new(Out::open(out.path()).unwrap()));
    let settings = Arc::new(Settings { out: folder, ..bounded(1_500) });
    let (mut found, mut withdrawn) = (0, 0);
    let mut count = |event| match event {
        campaign::Event::Found(_) => found += 1,
        campaign::Event::Withdrawn { .. } => withdrawn += 1,
        _ => {}
    };
    let summary = campaign::run(executor(&library), settings, &mut count).await;
    assert_eq!((found, withdrawn), (1, 1));
    assert!(summary.found.is_empty(), "{}", told(&summary));
    assert!(files(&out.path().join("findings")).is_empty());
    assert!(summary.inconclusive.iter().any(|why| why.starts_with("GET /rooms/{room}")));

    let library = Library::open(Mood::Narrow).await;
    let summary = run(&library, Settings { cleanup: false, ..bounded(1_500) }).await;
    assert_eq!(summary.found.len(), 1, "nothing is known where nothing is taken away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_withdrawn_where_something_else_comes_in_its_place() {
    let library = Library::open(Mood::Moody).await;
    let mut withdrawn = 0;
    let mut count = |event| {
        withdrawn += i32::from(matches!(event, campaign::Event::Withdrawn { .. }));
    };
    let settings = Arc::new(bounded(1_500));
    let summary = campaign::run(executor(&library), settings, &mut count).await;
    assert_eq!(withdrawn, 1, "{}", told(&summary));
    let status = |found: &campaign::Found| found.history.status(&found.finding.at);
    assert!(summary.found.iter().all(|own| status(own) == Some(202)), "{}", told(&summary));
}

/// What is found in a library, by the operations that its file calls, and how often something was withdrawn.
async fn found_in(mood: Mood) -> (Vec<Vec<String>>, usize) {
    let library = Library::open(mood).await;
    let out = tempfile::tempdir().unwrap();
    let folder = Some(Arc::new(Out::open(out.path()).unwrap()));
    let mut withdrawn = 0;
    let mut count = |event| {
        withdrawn += usize::from(matches!(event, campaign::Event::Withdrawn { .. }));
    };
    let settings = Arc::new(Settings { out: folder, ..bounded(1_500) });
    let summary = campaign::run(executor(&library), settings, &mut count).await;
    let called = |found: &Arc<campaign::Found>| {
        found.finding.case.calls().map(|call| call.operation.clone()).collect()
    };
    let told: Vec<Vec<String>> = summary.found.iter().map(called).collect();
    assert_eq!(files(&out.path().join("findings")).len(), told.len(), "{told:?}");
    assert!(!told.is_empty(), "{:?}", summary.inconclusive);
    (told, withdrawn)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_takes_what_another_case_made_is_told_behind_a_call_that_makes_it() {
    for mood in [Mood::Brittle, Mood::Ailing] {
        let (told, withdrawn) = found_in(mood).await;
        assert_eq!(told, [["POST /shelves", "GET /rooms/{room}"]], "{mood:?}");
        assert_eq!(withdrawn, 0, "it is looked at before it is told");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_only_once_is_told_by_making_it_twice() {
    let (told, _) = found_in(Mood::Thrifty).await;
    assert!(told.iter().all(|calls| *calls == ["POST /shelves", "POST /shelves"]), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fail_any_more_in_the_end_is_told_again_behind_a_call_that_makes_it() {
    let (told, withdrawn) = found_in(Mood::Crowded).await;
    let makes =
        |calls: &Vec<String>| calls.iter().filter(|call| *call == "POST /shelves").count() == 2;
    assert!(told.iter().all(makes), "{told:?}");
    assert!(withdrawn > 0, "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_case_brought_about_is_told_with_calls_that_do_so_or_not_at_all() {
    let library = Library::open(Mood::Cramped).await;
    let summary = run(&library, bounded(1_500)).await;
    let brings_it_about = |found: &campaign::Found| {
        found.finding.case.calls().any(|call| call.operation == "POST /shelves")
    };
    assert!(summary.found.iter().all(|found| brings_it_about(found)), "{}", told(&summary));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_producer_that_stops_midway_is_no_finding() {
    let library = Library::open(Mood::Full(150)).await;
    let summary = run(&library, bounded(1_000)).await;
    assert!(summary.found.is_empty(), "{}", told(&summary));
    assert!(summary.cases >= 900, "{}", summary.cases);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_are_none_lead_nowhere_and_harm_nobody() {
    for odd in [Odd::Object, Odd::Null, Odd::Long] {
        let library = Library::open(Mood::Called(odd)).await;
        let summary = run(&library, bounded(400)).await;
        // That the answers are not what the document says is true.
        let is_true = |check: &str| check == "response_schema_conformance";
        let all_true = summary.found.iter().all(|found| is_true(&found.finding.check));
        assert!(all_true && !summary.found.is_empty(), "{odd:?}: {}", told(&summary));
        let below = summary.operations.iter().filter(|o| o.name.contains("{book}"));
        for operation in below {
            assert!(operation.untested.is_some(), "{odd:?}: {}", operation.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_worker_and_eight_find_the_same_histories() {
    let written = async |workers: usize, out: &Path| {
        let library = Library::open(Mood::Haunted).await;
        let out_folder = Some(Arc::new(Out::open(out).unwrap()));
        let summary = run(&library, Settings { workers, out: out_folder, ..bounded(1_500) }).await;
        assert!(!summary.found.is_empty());
        files(&out.join("findings"))
    };
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let one = written(1, folders[0].path()).await;
    let eight = written(8, folders[1].path()).await;
    assert_eq!(one, eight);
}

/// The history that shows a haunted library, as it is found and filed.
const HAUNTED: &str = r#"{
  "phi_fuzz": 1, "check": "use_after_free", "at": "s4", "why": "a book that was taken away is shown",
  "service": "library",
  "steps": [
    { "id": "s1", "call": "POST /shelves", "json": { "room": 1 }, "want": { "status": [201] } },
    { "id": "s2", "call": "POST /shelves/{shelf}/books", "path": { "shelf": { "$from": "s1/body/id" } },
      "json": {}, "want": { "status": [201] } },
    { "id": "s3", "call": "DELETE /shelves/{shelf}/books/{book}",
      "path": { "shelf": { "$from": "s1/body/id" }, "book": { "$from": "s2/body/id" } },
      "want": { "status": [204] } },
    { "id": "s4", "call": "GET /shelves/{shelf}/books/{book}",
      "path": { "shelf": { "$from": "s1/body/id" }, "book": { "$from": "s2/body/id" } },
      "want": { "status": [404, 410] } }
  ],
  "reproduced": { "failed": 5, "of": 5 }, "replays": 1
}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_found_as_short_as_it_can_be() {
    let library = Library::open(Mood::Haunted).await;
    let summary = run(&library, bounded(1_500)).await;
    let [found] = &summary.found[..] else {
        panic!("{}{:?}", told(&summary), summary.inconclusive)
    };
    assert_eq!(found.finding.check, "use_after_free");
    let steps =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["steps"].clone();
    let mut shown = steps(&file::write(&found.finding));
    shown[3].as_object_mut().unwrap().remove("saw");
    assert_eq!(shown, steps(HAUNTED));
    assert!(found.finding.minimal);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_says_nothing_where_its_set_up_does_not_work() {
    let stored = || {
        let finding = file::read(HAUNTED.as_bytes()).unwrap();
        vec![Stored { path: "haunted.json".into(), finding }]
    };
    for (mood, verdict) in [
        (Mood::Haunted, Verdict::Failed),
        (Mood::Well, Verdict::Ok),
        (Mood::Full(0), Verdict::Inconclusive),
        (Mood::Called(Odd::Null), Verdict::Inconclusive),
    ] {
        let library = Library::open(mood).await;
        let settings = Arc::new(Settings::default());
        let summary = campaign::replay(executor(&library), settings, stored(), &mut |_| ()).await;
        assert_eq!(summary.replays[0].verdict, verdict, "{mood:?}: {:?}", summary.replays[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_traffic_is_where_a_run_starts() {
    let entry = |method: &str, path: &str, body: &str, status: u16, answer: &str| {
        let text = |text: &str| serde_json::Value::from(text).to_string();
        format!(
            r#"{{"request":{{"method":"{method}","url":"https://library.example{path}","headers":[],
                "postData":{{"mimeType":"application/json","text":{}}}}},
                "response":{{"status":{status},"headers":[],"content":{{"text":{}}}}}}}"#,
            text(body),
            text(answer)
        )
    };
    let entries = [
        entry("POST", "/shelves", r#"{"room":7}"#, 201, r#"{"id":"old"}"#),
        entry("POST", "/shelves/old/books", r#"{"title":"Kim"}"#, 201, r#"{"id":"b1"}"#),
        entry("GET", "/shelves/old/books/b1", "", 200, r#"{"title":"Kim"}"#),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traffic.har");
    std::fs::write(&path, format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","))).unwrap();
    let traffic =
        Traffic::read(&path, &service(), "127.0.0.1:1", &[], &Redactor::default()).unwrap();
    assert_eq!(traffic.cases.len(), 3);
    let library = Library::open(Mood::Well).await;
    let recorded = traffic.cases.into_iter().map(Arc::new).collect();
    let phases = vec![campaign::Phase::Examples];
    let summary = run(&library, Settings { recorded, phases, ..bounded(60) }).await;
    let reached = |name: &str| summary.operations.iter().find(|o| o.name == name).unwrap().reached;
    assert!(reached("GET /shelves/{shelf}/books/{book}") && reached("POST /shelves/{shelf}/books"));
}
