//! The embedded service with a campaign pointed at it, and its table of faults as cases.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use phi_fuzz::campaign::{self, Event, Found, Phase, Settings, Summary, Verdict};
use phi_fuzz::case::{self, Finding};
use phi_fuzz::check::{self, Severity};
use phi_fuzz::choice::grid;
use phi_fuzz::config::{Credential, Filter, Identity, Permissions};
use phi_fuzz::corpus::Stored;
use phi_fuzz::demo::{self, Planted, Running, Shop};
use phi_fuzz::execute::{Executor, Identities, Permission};
use phi_fuzz::shrink::case::lifted;
use phi_fuzz::spec::{self, Service};
use phi_fuzz::transport::{self, Client, Target};
use phi_fuzz::value::{Value, duration};

/// How long a call may take: what hangs costs this much each time.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(1);

/// By what a shop is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Rest,
    /// Its desk, by gRPC, and what the two have in common.
    Rpc,
}

impl Face {
    /// Opens a shop of its own, with all that it takes to call it.
    pub(crate) async fn open(self, shop: Shop) -> Rig {
        match self {
            Self::Rest => Rig::open(shop).await,
            Self::Rpc => Rig::desk(shop).await,
        }
    }

    /// The faults that are planted there.
    pub(crate) fn faults(self, shop: &Shop) -> Vec<Planted> {
        match self {
            Self::Rest => demo::faults(shop),
            Self::Rpc => demo::rpc_faults(shop),
        }
    }
}

/// A shop that is served, and all that it takes to call it.
#[derive(Debug)]
pub(crate) struct Rig {
    pub(crate) executor: Arc<Executor>,
    shop: Running,
}

impl Rig {
    /// Opens a shop of its own, and shows it every credential it knows.
    pub(crate) async fn open(shop: Shop) -> Self {
        let service = service(&shop).await;
        let running = demo::start(shop).expect("the shop opens");
        let url = running.url();
        Self::at(running, &url, service)
    }

    /// Opens a shop of its own, of which the desk is called by gRPC, which tells itself, and what it has in
    /// common with the desk as well.
    pub(crate) async fn desk(shop: Shop) -> Self {
        let mut rest = service(&shop).await;
        rest.operations.retain(|operation| operation.path.starts_with(COMMON));
        let running = demo::start(shop).expect("the shop opens");
        let (url, rpc) = (running.url(), running.url().replacen("http", "grpc", 1));
        let loaded = spec::load::load(&rpc, &spec::load::Options::default()).await;
        let desk = loaded.expect("the desk tells itself").service;
        let mut rig = Self::at(running, &url, spec::merge(rest, vec![desk]));
        let executor = Arc::get_mut(&mut rig.executor).expect("nobody else has it yet");
        executor.rpc = Some(client(&rpc));
        rig
    }

    fn at(running: Running, url: &str, service: Service) -> Self {
        let client = client(url);
        let identity = |name: &str, credentials: Vec<Credential>| Identity {
            name: name.to_owned(),
            credentials,
            isolated: true,
        };
        let bearer = |token: &str| Credential::Bearer(token.to_owned());
        let key = Credential::ApiKey { scheme: String::new(), key: demo::API_KEY.to_owned() };
        let all = vec![
            identity("shopkeeper", vec![bearer(demo::BEARER), key]),
            identity("guest", vec![bearer(demo::GUEST)]),
        ];
        let identities = Identities { all, schemes: service.schemes.clone() };
        let permission = Permission::new(Permissions::default(), true);
        let executor =
            Executor::new(Arc::new(service), client, String::new(), identities, permission);
        Self { executor: Arc::new(executor), shop: running }
    }

    /// Runs a campaign to its end.
    pub(crate) async fn run(&self, settings: Settings) -> Run {
        let began = Instant::now();
        let mut found = Vec::new();
        let mut phases = Vec::new();
        let mut emit = |event: Event| match event {
            Event::Found(finding) => found.push(Timed { after: began.elapsed(), finding }),
            Event::PhaseEnded(ended) => {
                phases.push(format!(
                    "{} {} in {:.1?}",
                    ended.phase.name(),
                    ended.cases,
                    ended.took
                ));
            }
            _ => {}
        };
        let summary =
            campaign::run(Arc::clone(&self.executor), Arc::new(settings), &mut emit).await;
        // A finding may be taken back for a stronger one.
        let stands = |timed: &Timed| summary.found.iter().any(|one| one.id == timed.finding.id);
        found.retain(stands);
        Run { summary, found, phases }
    }

    /// What replaying a finding from its file says.
    pub(crate) async fn replay(&self, finding: &Finding) -> Verdict {
        let stored = Stored { path: "finding.json".into(), finding: through_file(finding) };
        let settings = Arc::new(settings(0));
        let executor = Arc::clone(&self.executor);
        let summary = campaign::replay(executor, settings, vec![stored], &mut |_| ()).await;
        summary.replays[0].verdict
    }

    /// Ends the shop, which must not have failed before.
    pub(crate) fn close(self) {
        self.shop.stop().expect("the shop served to its end");
    }
}

/// What is kept of both faces.
const COMMON: &str = "/badges";

fn client(url: &str) -> Client {
    let target = Target::parse(url).expect("its address can be read");
    let settings = transport::Settings { timeout: TIMEOUT, ..transport::Settings::default() };
    Client::new(target, settings).expect("a client without TLS")
}

/// What came of a campaign.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) summary: Arc<Summary>,
    /// The findings that stand at its end.
    pub(crate) found: Vec<Timed>,
    /// Each phase with its cases and its time, for people.
    pub(crate) phases: Vec<String>,
}

/// A finding, and when it stood.
#[derive(Clone, Debug)]
pub(crate) struct Timed {
    pub(crate) after: Duration,
    pub(crate) finding: Arc<Found>,
}

/// What the document of a shop says.
async fn service(shop: &Shop) -> Service {
    let mut file = tempfile::NamedTempFile::with_suffix(".yaml").expect("a place for the document");
    file.write_all(demo::document(shop).as_bytes()).expect("the document is written");
    let path = file.path().to_string_lossy().into_owned();
    let loaded = spec::load::load(&path, &spec::load::Options::default()).await;
    let mut service = loaded.expect("the shop's document loads").service;
    assert_eq!(service.problems, []);
    "shop".clone_into(&mut service.name);
    service
}

/// The phases that bend no timing.
pub(crate) fn untimed() -> Vec<Phase> {
    Phase::ALL.into_iter().filter(|phase| !phase.is_timed()).collect()
}

/// A campaign over everything but timing, 60 s.
pub(crate) fn settings(seed: u64) -> Settings {
    Settings {
        seed,
        max_time: Duration::from_secs(60),
        max_cases: None,
        max_findings: None,
        workers: 16,
        phases: untimed(),
        checks: check::all().to_vec(),
        include: Vec::new(),
        exclude: Vec::new(),
        overrides: Vec::new(),
        recorded: Vec::new(),
        out: None,
        committed: Vec::new(),
        fail_on: Some(Severity::Warning),
        require_reached: 0.0,
        shrink_time: Duration::from_secs(20),
        shrink_share: 0.3,
        wait_for_service: Duration::from_secs(5),
        health: Some("GET /health".to_owned()),
        cleanup: true,
        stack: None,
        settle: Duration::ZERO,
        redactor: Arc::default(),
    }
}

/// The usual phases, and those about timing.
pub(crate) fn all_phases() -> Vec<Phase> {
    Phase::ALL.into_iter().collect()
}

/// The filter that picks one operation.
pub(crate) fn only(operation: &str) -> Vec<Filter> {
    vec![Filter::parse(operation).expect("a filter")]
}

/// Whether a row of the table takes calls at once or after a while.
pub(crate) fn is_timed(planted: &Planted) -> bool {
    let mut steps = planted.case["steps"].as_array().into_iter().flatten();
    steps.any(|step| ["together", "wait", "perturb"].iter().any(|key| step.get(key).is_some()))
}

/// Whether a row of the table takes a history of calls, or a check that looks at one.
pub(crate) fn is_history(planted: &Planted) -> bool {
    let steps = planted.case["steps"].as_array().map_or(0, Vec::len);
    !is_timed(planted) && (steps > 1 || planted.check == "location_conformance")
}

/// The filter that picks what a row of the table is about: its operation, or all that handle the kind
/// of thing whose history it takes.
pub(crate) fn about(planted: &Planted) -> Vec<Filter> {
    let of_kind = is_history(planted) || is_timed(planted);
    if planted.check == "cross_interface" {
        return [only("/badges*"), only("desk.v1.Badges/*")].concat();
    }
    let Some((_, path)) = planted.operation.split_once(' ') else {
        let service = planted.operation.split('/').next().unwrap_or_default();
        let all = format!("{service}/*");
        return only(if of_kind { &all } else { &planted.operation });
    };
    let kind = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if of_kind { only(&format!("/{kind}*")) } else { only(&planted.operation) }
}

/// A row of the table as a finding that a file can hold.
pub(crate) fn finding(planted: &Planted) -> Finding {
    let steps = planted.case["steps"].as_array().expect("steps");
    let calls = steps.iter().flat_map(|step| match step["together"].as_array() {
        Some(calls) => calls.iter().collect(),
        None => vec![step],
    });
    let mut at = calls.filter(|call| call["call"] == *planted.operation);
    let mut file = serde_json::json!({
        "phi_fuzz": 1,
        "check": planted.check,
        "at": at.next_back().expect("a step")["id"],
        "why": "planted",
        "service": "shop",
        "reproduced": { "failed": 1, "of": 1 },
        "replays": 1,
    });
    file["steps"] = planted.case["steps"].clone();
    case::file::read(file.to_string().as_bytes()).expect("the table holds cases")
}

fn through_file(finding: &Finding) -> Finding {
    let written = case::file::write(finding);
    let read = case::file::read(written.as_bytes()).expect("what is written can be read");
    assert_eq!(case::file::write(&read), written);
    read
}

/// How a found case compares with the shortest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// The same key: operation, labels, deviations, and every choice.
    Shortest,
    /// Smaller than the table's shortest: the table is wrong.
    Smaller,
    /// Not minimal.
    Larger,
    /// As small, but it does not tell from which wait on it fails.
    Unbracketed,
    /// It cannot be compared.
    Unknown,
}

/// Compares cases in the order that shrinking follows.
pub(crate) fn size(service: &Service, found: &Finding, table: &Finding) -> Size {
    let (Some(ours), Some(least)) = (lifted(service, &found.case), lifted(service, &table.case))
    else {
        return Size::Unknown;
    };
    let shape = |finding: &Finding| -> Vec<_> {
        let calls = finding.case.calls();
        calls.map(|c| (c.operation.clone(), c.label, c.deviations.clone())).collect()
    };
    match ours.compare(&least) {
        std::cmp::Ordering::Less => Size::Smaller,
        std::cmp::Ordering::Greater => Size::Larger,
        std::cmp::Ordering::Equal if shape(found) != shape(table) => Size::Unknown,
        std::cmp::Ordering::Equal if !is_bracketed(found) => Size::Unbracketed,
        std::cmp::Ordering::Equal => Size::Shortest,
    }
}

/// Whether a finding that waits tells the next shorter wait of the grid as the one that passes.
fn is_bracketed(found: &Finding) -> bool {
    let mut waiting = found.case.steps.iter().filter_map(|step| Some((step.id(), step.wait()?)));
    waiting.all(|(step, wait)| {
        let shorter = grid().take_while(|step| *step < wait).last().unwrap_or_default();
        let is_it = |text: &Value, time| text.as_str() == Some(&*duration::write(time));
        found.boundary.as_ref().is_some_and(|boundary| {
            boundary.at == format!("{step}/wait")
                && is_it(&boundary.fails, wait)
                && is_it(&boundary.passes, shorter)
        })
    })
}

/// The finding that shows a row of the table, and how its case compares with the row's.
pub(crate) type Row<'f> = Option<(&'f Timed, Size)>;

/// Which findings show which rows of the table, and those that show none.
///
/// Rows of one operation and check are told apart by their keys; where none is equal, by the order.
pub(crate) fn assign<'f>(
    service: &Service,
    table: &[Planted],
    found: &'f [Timed],
) -> (Vec<Row<'f>>, Vec<&'f Timed>) {
    let mut rest: Vec<&Timed> = found.iter().collect();
    let mut rows: Vec<Row<'f>> = vec![None; table.len()];
    for exactly in [true, false] {
        for (row, planted) in rows.iter_mut().zip(table) {
            let table = finding(planted);
            let fits = |timed: &&Timed| {
                let found = &timed.finding;
                found.finding.check == planted.check
                    && found.operation == planted.operation
                    && (!exactly || size(service, &found.finding, &table) == Size::Shortest)
            };
            if row.is_none()
                && let Some(at) = rest.iter().position(fits)
            {
                let timed = rest.remove(at);
                *row = Some((timed, size(service, &timed.finding.finding, &table)));
            }
        }
    }
    (rows, rest)
}

/// What a finding sends, for people.
pub(crate) fn shown(finding: &Finding) -> String {
    let file: serde_json::Value =
        serde_json::from_str(&case::file::write(finding)).unwrap_or_default();
    let mut steps = file["steps"].clone();
    for step in steps.as_array_mut().into_iter().flatten() {
        if let Some(step) = step.as_object_mut() {
            for name in ["id", "call", "want"] {
                step.remove(name);
            }
        }
    }
    let text = steps.to_string();
    let cut = text.char_indices().nth(400).map_or(text.len(), |(at, _)| at);
    text[..cut].to_owned()
}
