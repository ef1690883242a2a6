//! What is never done to a service that others use, too. Loopback is declared remote here.

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use phi_fuzz::campaign::{self, Conclusion, Phase, Replay, Settings, Summary, Verdict};
use phi_fuzz::check;
use phi_fuzz::config::{Credential, Filter, Identity, Permissions};
use phi_fuzz::corpus::{Journal, Out, Stored};
use phi_fuzz::execute::{Executor, Identities, Permission};
use phi_fuzz::spec;
use phi_fuzz::transport::{self, Client, Policy, Target};
use phi_fuzz::value::redact::Redactor;

use crate::recorder::{Answer, Received, Recorder};

const DOCUMENT: &str = r#"
openapi: 3.1.0
info: { title: Items, version: "1" }
paths:
  /items:
    get:
      responses: { "200": { description: all } }
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string } } } } }
      responses: { "201": { description: made }, "400": { description: bad } }
  /items/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      responses: { "200": { description: one }, "404": { description: none } }
    put:
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { "200": { description: changed } }
    patch:
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { "200": { description: changed } }
    delete:
      responses: { "204": { description: gone } }
    post:
      responses: { "200": { description: done } }
  /users/{id}:
    delete:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { "204": { description: gone } }
  /settings:
    put:
      responses: { "200": { description: changed } }
  /elsewhere:
    get:
      responses: { "302": { description: away } }
security: [{ token: [] }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
"#;

/// Cases executed at once.
const WORKERS: usize = 4;

const TOKEN: &str = "hush-hush-token";

fn answer(request: &Received) -> Answer {
    let json = || vec!["content-type: application/json".to_owned()];
    match (&*request.method, request.target.split('?').next().unwrap_or_default()) {
        ("POST", "/items") => (
            "201 Created",
            [json(), vec!["location: /items/made-7".to_owned()]].concat(),
            r#"{"id":"made-7","name":"admin","key":7}"#.to_owned(),
        ),
        ("GET", "/elsewhere") => {
            // Port 9 (discard) of another loopback address: no one may go there.
            ("302 Found", vec!["location: http://127.0.0.2:9/".to_owned()], String::new())
        }
        ("GET", "/items") => ("200 OK", json(), "[]".to_owned()),
        ("OPTIONS", _) => ("204 No Content", Vec::new(), String::new()),
        _ => ("404 Not Found", json(), "{}".to_owned()),
    }
}

/// How a campaign off loopback is set up.
struct Run {
    permissions: Permissions,
    transport: transport::Settings,
    out: Option<std::path::PathBuf>,
    /// The phases that run, to their end where there is one.
    phases: Vec<Phase>,
    /// Where it is bounded by time, not by a number of cases.
    time: Option<Duration>,
}

impl Run {
    /// Everything that is damaged on the wire, where that may be sent.
    fn malformed(disruptive: bool) -> Self {
        let permissions =
            Permissions { loopback_is_remote: true, disruptive, ..Permissions::default() };
        Self { permissions, phases: vec![Phase::Malformed], ..Self::default() }
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            permissions: Permissions { loopback_is_remote: true, ..Permissions::default() },
            transport: transport::Settings {
                timeout: Duration::from_secs(2),
                ..Default::default()
            },
            out: None,
            phases: Phase::ALL.to_vec(),
            time: None,
        }
    }
}

async fn campaign(recorder: &Recorder, run: Run) -> Arc<Summary> {
    let (executor, settings) = prepared(recorder, run).await;
    campaign::run(Arc::new(executor), Arc::new(settings), &mut |_| ()).await
}

async fn prepared(recorder: &Recorder, run: Run) -> (Executor, Settings) {
    let mut file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    file.write_all(DOCUMENT.as_bytes()).unwrap();
    let path = file.path().to_string_lossy().into_owned();
    let mut service =
        spec::load::load(&path, &spec::load::Options::default()).await.unwrap().service;
    "items".clone_into(&mut service.name);
    let client = Client::new(Target::parse(&recorder.url()).unwrap(), run.transport).unwrap();
    let alice = Identity {
        name: "alice".to_owned(),
        credentials: vec![Credential::Bearer(TOKEN.to_owned())],
        isolated: false,
    };
    let redactor = Redactor::new(alice.secrets());
    let identities = Identities { all: vec![alice], schemes: service.schemes.clone() };
    let permission = Permission::new(run.permissions, true);
    let executor = Executor::new(Arc::new(service), client, String::new(), identities, permission);
    let settings = Settings {
        seed: 1,
        max_time: run.time.unwrap_or_default(),
        max_cases: run.time.is_none().then_some(2_000),
        max_findings: None,
        workers: WORKERS,
        phases: run.phases,
        checks: check::all().to_vec(),
        include: Vec::new(),
        exclude: Vec::new(),
        overrides: Vec::new(),
        recorded: Vec::new(),
        out: run.out.map(|out| Arc::new(Out::open(&out).unwrap())),
        committed: Vec::new(),
        fail_on: None,
        require_reached: 0.0,
        shrink_time: Duration::from_secs(1),
        shrink_share: 0.3,
        wait_for_service: Duration::from_secs(2),
        health: None,
        cleanup: true,
        settle: Duration::ZERO,
        redactor: Arc::new(redactor),
    };
    (executor, settings)
}

/// Writes to what is not the run's own: neither `POST /items` nor something that it made.
fn foreign(recorder: &Recorder) -> Vec<(String, String)> {
    let writes = |r: &Received| {
        matches!(&*r.method.to_ascii_uppercase(), "POST" | "PUT" | "PATCH" | "DELETE")
    };
    let path = |r: &Received| r.target.split('?').next().unwrap_or_default().to_owned();
    let all = recorder.received().into_iter().filter(writes).map(|r| (r.method.clone(), path(&r)));
    all.filter(|(method, path)| {
        !(method.eq_ignore_ascii_case("POST") && path == "/items") && path != "/items/made-7"
    })
    .collect()
}

/// Whether nothing can be at a path: it names a UUID, or a number that nobody counts to.
fn is_nowhere(path: &str) -> bool {
    let uuid = |id: &str| id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let number = |id: &str| id.parse::<u64>().is_ok_and(|id| id >= 9_000_000_000_000_000);
    path.strip_prefix("/items/").is_some_and(uuid)
        || path.strip_prefix("/users/").is_some_and(number)
}

#[tokio::test]
async fn nothing_is_written_to_what_the_run_did_not_create() {
    let recorder = Recorder::open(answer).await;
    let out = tempfile::tempdir().unwrap();
    let summary =
        campaign(&recorder, Run { out: Some(out.path().join("out")), ..Run::default() }).await;
    let foreign = foreign(&recorder);
    let (nowhere, somewhere): (Vec<_>, Vec<_>) =
        foreign.into_iter().partition(|(_, path)| is_nowhere(path));
    assert_eq!(somewhere, []);
    // What changes things is tried all the same, each time where nothing is.
    for method in ["PUT", "PATCH", "DELETE", "POST"] {
        assert!(nowhere.iter().any(|(own, _)| own == method), "{method}: {nowhere:?}");
    }
    assert!(nowhere.iter().any(|(_, path)| path.starts_with("/users/")), "{nowhere:?}");
    let distinct: HashSet<&String> = nowhere.iter().map(|(_, path)| path).collect();
    assert_eq!(distinct.len(), nowhere.len(), "new in each execution");
    assert!(summary.cases > 50, "{summary:?}");
    let untested = |name: &str| {
        let row = summary.operations.iter().find(|row| row.name == name).unwrap();
        row.untested.clone().unwrap_or_default()
    };
    assert!(untested("PUT /settings").contains("--allow-foreign-writes"));
    // What was created is written down.
    let created = Journal::read(&out.path().join("out/created.ndjson")).unwrap();
    assert_eq!(created[0].operation, "POST /items");
    assert_eq!(created[0].location.as_deref(), Some("/items/made-7"));
}

#[tokio::test]
async fn foreign_writes_are_sent_where_they_are_allowed() {
    let recorder = Recorder::open(answer).await;
    let permissions =
        Permissions { loopback_is_remote: true, foreign_writes: true, ..Permissions::default() };
    campaign(&recorder, Run { permissions, ..Run::default() }).await;
    assert!(recorder.received().iter().any(|request| request.method == "DELETE"));
}

#[tokio::test]
async fn what_may_disturb_others_is_not_sent_off_loopback() {
    let disturbs = |request: &Received| {
        let head = request.head.to_ascii_lowercase();
        let lengths = head.matches("\r\ncontent-length:").count();
        head.contains("\r\ntransfer-encoding:") && lengths > 0
            || lengths > 1
            || head.matches("\r\nhost:").count() != 1
            || !head.lines().next().is_some_and(|line| line.ends_with(" http/1.1"))
    };
    let recorder = Recorder::open(answer).await;
    campaign(&recorder, Run::malformed(false)).await;
    let sent: Vec<Received> = recorder.received().into_iter().filter(disturbs).collect();
    assert!(sent.is_empty(), "{sent:?}");

    let recorder = Recorder::open(answer).await;
    campaign(&recorder, Run::malformed(true)).await;
    assert!(recorder.received().iter().any(disturbs));
}

#[tokio::test]
async fn a_header_that_is_taken_for_the_method_writes_nothing() {
    let recorder = Recorder::open(answer).await;
    campaign(&recorder, Run::malformed(true)).await;
    // The method that a header names, where that writes.
    let named = |request: &Received| {
        let lines = request.head.lines().filter(|line| line.contains("-Method"));
        let mut named = lines.filter_map(|line| Some(line.split_once(": ")?.1.to_owned()));
        named.find(|method| matches!(&**method, "POST" | "PUT" | "PATCH" | "DELETE"))
    };
    let received = recorder.received();
    // Others are taken for reads at worst.
    assert!(received.iter().any(|request| request.head.contains("X-HTTP-Method-Override: HEAD")));
    for request in &received {
        if let Some(method) = named(request) {
            assert_eq!(method, request.method, "{request:?}");
            let path = request.target.split('?').next().unwrap_or_default();
            assert!(path == "/items" || is_nowhere(path), "{request:?}");
        }
    }
}

/// What replaying a file says, off loopback.
async fn replayed(recorder: &Recorder, step: serde_json::Value, exclude: &[&str]) -> Replay {
    let file = serde_json::json!({
        "phi_fuzz": 1, "check": "not_a_server_error", "at": "s1", "why": "it broke",
        "service": "items", "steps": [step], "reproduced": { "failed": 1, "of": 1 }, "replays": 1,
    });
    let finding = phi_fuzz::case::file::read(file.to_string().as_bytes()).unwrap();
    let stored = Stored { path: "case.json".into(), finding };
    let (executor, mut settings) = prepared(recorder, Run::default()).await;
    settings.exclude = exclude.iter().map(|filter| Filter::parse(filter).unwrap()).collect();
    let (executor, settings) = (Arc::new(executor), Arc::new(settings));
    let summary = campaign::replay(executor, settings, vec![stored], &mut |_| ()).await;
    summary.replays[0].clone()
}

#[tokio::test]
async fn a_committed_case_is_held_back_like_any_other() {
    let two_hosts = serde_json::json!({
        "id": "s1", "call": "GET /items", "label": "malformed", "deviations": [{ "rule": "two_hosts" }],
    });
    let write =
        serde_json::json!({ "id": "s1", "call": "DELETE /users/{id}", "path": { "id": 7 } });
    let read = serde_json::json!({ "id": "s1", "call": "GET /items/{id}", "path": { "id": "q" } });
    for (step, exclude, why) in [
        (two_hosts, &[][..], "--allow-disruptive"),
        (write, &[], "--allow-foreign-writes"),
        (read, &["GET /items/*"], "is excluded"),
    ] {
        let recorder = Recorder::open(answer).await;
        let replay = replayed(&recorder, step, exclude).await;
        assert_eq!(replay.verdict, Verdict::Inconclusive, "{replay:?}");
        assert!(replay.why.contains(why), "{replay:?}");
        let sent = |r: &Received| {
            r.method == "DELETE" || r.target == "/items/q" || r.head.matches("Host:").count() > 1
        };
        assert!(!recorder.received().iter().any(sent), "{why}");
    }
}

#[tokio::test]
async fn a_service_that_asks_to_be_called_less_often_is_left_alone_so_long() {
    let recorder = Recorder::open(|request| {
        if request.target.contains("phi-fuzz-asks") || request.target == "/" {
            return ("404 Not Found", Vec::new(), String::new());
        }
        ("429 Too Many Requests", vec!["retry-after: 2".to_owned()], String::new())
    })
    .await;
    let transport = transport::Settings {
        timeout: Duration::from_secs(2),
        ..transport::Settings::usual(false)
    };
    let began = std::time::Instant::now();
    let run = Run { transport, time: Some(Duration::from_secs(5)), ..Run::default() };
    campaign(&recorder, run).await;
    // 20 a second would be a hundred; those that were under way when it asked go out all the same.
    let seconds = began.elapsed().as_secs_f64();
    let most = 2.0 + (seconds / 2.0 + 1.0) * 4.0;
    let received = recorder.received().len();
    assert!((received as f64) <= most, "{received} of at most {most} in {seconds} s");
}

#[tokio::test]
async fn rate_and_connections_are_bounded_and_everything_counts() {
    let recorder = Recorder::open(answer).await;
    let transport = transport::Settings {
        rate: Some(40.0),
        max_connections: 2,
        timeout: Duration::from_secs(2),
        ..transport::Settings::default()
    };
    let time = Some(Duration::from_secs(2));
    let began = std::time::Instant::now();
    let summary = campaign(&recorder, Run { transport, time, ..Run::default() }).await;
    let most = began.elapsed().as_secs_f64() * 40.0 + 2.0;
    let received = recorder.received().len();
    assert!(received > 10 && received as f64 <= most, "{received} of at most {most}");
    // What waits for its turn when the time is over counts, and is not sent.
    assert!(summary.requests as usize <= received + WORKERS, "{} of {received}", summary.requests);
    assert!(recorder.most_open() <= 2, "{}", recorder.most_open());
}

#[tokio::test]
async fn a_service_that_breaks_down_is_spared_and_the_run_untested() {
    let recorder = Recorder::open(|request| {
        // The first looks pass; then it is overloaded for good.
        if request.target.contains("phi-fuzz-asks") || request.target == "/" {
            return ("404 Not Found", Vec::new(), String::new());
        }
        ("503 Service Unavailable", Vec::new(), String::new())
    })
    .await;
    let policy = Policy { window: 20, pause: Duration::from_millis(10), ..Policy::default() };
    let transport = transport::Settings {
        rate: Some(200.0),
        breaker: Some(policy),
        timeout: Duration::from_secs(2),
        ..transport::Settings::default()
    };
    let run = Run { transport, time: Some(Duration::from_secs(20)), ..Run::default() };
    let summary = campaign(&recorder, run).await;
    assert!(matches!(summary.conclusion, Conclusion::Untested(_)), "{:?}", summary.conclusion);
    assert!(summary.stopped.is_some() && summary.took < Duration::from_secs(15), "{summary:?}");
}

#[tokio::test]
async fn secrets_reach_the_service_and_nothing_else() {
    let recorder = Recorder::open(|request| {
        // A service that repeats the credentials in an error.
        if request.target == "/items" && request.method == "GET" {
            let said = request.head.replace("\r\n", " ");
            return ("500 Internal Server Error", Vec::new(), said);
        }
        answer(request)
    })
    .await;
    let out = tempfile::tempdir().unwrap();
    let summary =
        campaign(&recorder, Run { out: Some(out.path().join("out")), ..Run::default() }).await;
    assert!(recorder.received().iter().any(|request| request.head.contains(TOKEN)));
    assert!(!summary.found.is_empty());
    let mut files = vec![out.path().to_owned()];
    let mut looked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains(TOKEN), "{}: {text}", path.display());
            looked += 1;
        }
    }
    assert!(looked >= 3, "{looked} files");
}

#[tokio::test]
async fn redirects_are_judged_and_not_followed() {
    let recorder = Recorder::open(answer).await;
    let summary = campaign(&recorder, Run::default()).await;
    let reached = summary.operations.iter().find(|row| row.name == "GET /elsewhere").unwrap();
    assert!(reached.statuses.iter().any(|(status, _)| *status == 302), "{reached:?}");
    // A call that followed would have gone to where nobody listens, and would have failed.
    assert!(reached.statuses.iter().all(|(status, _)| *status != 0), "{reached:?}");
}
