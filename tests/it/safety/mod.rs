//! What is never done to a service that others use, too. Loopback is declared remote here.

mod dangerous;
mod disturbance;
mod elsewhere;
mod frames;
mod load;
mod writes;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use phi_fuzz::campaign::{self, Phase, Settings, Summary};
use phi_fuzz::check;
use phi_fuzz::config::{Credential, Identity, Permissions};
use phi_fuzz::corpus::Out;
use phi_fuzz::execute::{Executor, Identities, Permission};
use phi_fuzz::spec;
use phi_fuzz::transport::{self, Client, Target};
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
    prepared_at(&recorder.url(), run).await
}

async fn prepared_at(url: &str, run: Run) -> (Executor, Settings) {
    let mut file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    file.write_all(DOCUMENT.as_bytes()).unwrap();
    let path = file.path().to_string_lossy().into_owned();
    let mut service =
        spec::load::load(&path, &spec::load::Options::default()).await.unwrap().service;
    "items".clone_into(&mut service.name);
    let client = Client::new(Target::parse(url).unwrap(), run.transport).unwrap();
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
        stack: None,
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
