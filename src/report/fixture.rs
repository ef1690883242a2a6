//! Events made by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::campaign::{
    Bill, Cleaned, Conclusion, Event, Found, OperationSummary, Phase, PhaseSummary, Progress,
    Replay, Summary, Verdict, Writes,
};
use crate::case::{
    Answer, Body, Boundary, Call, Case, Deviation, Exchange, Finding, Header, History, Label,
    Outcome, Perturbation, Position, Release, Reproduced, Saw, Sent, Step, Times, Together,
};
use crate::check::Severity;
use crate::value::Value;

pub(super) fn bill() -> Bill {
    Bill {
        service: "shop".to_owned(),
        url: "http://127.0.0.1:8080".to_owned(),
        seed: 7,
        operations: 41,
        boundary_cases: 6_240,
        rate: Some(20.0),
        budget: Some(Duration::from_secs(60)),
        max_cases: None,
        writes: Writes { create: 14, ..Writes::default() },
        auth: vec![("alice".to_owned(), "ok (GET /me 200)".to_owned())],
    }
}

fn exchange(call: &Call, status: u16) -> Exchange {
    let secret = Header { name: "Authorization".to_owned(), value: "[secret:alice.bearer]".into() };
    Exchange {
        sent: Sent { headers: vec![secret], ..Sent::default() },
        ..Exchange::of(call, Outcome::Answered(Answer { status, ..Answer::default() }))
    }
}

fn call(id: &str, operation: &str, status: u16, message: Option<&str>) -> Call {
    Call {
        id: id.to_owned(),
        operation: operation.to_owned(),
        saw: Some(Saw {
            status: Some(status),
            message: message.map(str::to_owned),
            ..Saw::default()
        }),
        ..Call::default()
    }
}

fn found_of(check: &str, why: &str, calls: Vec<Call>) -> Found {
    let at = calls.last().unwrap().clone();
    let exchanges = calls
        .iter()
        .map(|call| exchange(call, call.saw.as_ref().and_then(|saw| saw.status).unwrap_or(200)));
    let exchanges = exchanges.collect();
    let case = Arc::new(Case {
        service: "shop".to_owned(),
        connections: Vec::new(),
        steps: calls.into_iter().map(Step::Call).collect(),
    });
    Found {
        id: "shop-1f3a9c20".to_owned(),
        operation: at.operation,
        severity: Severity::Error,
        finding: Finding {
            check: check.to_owned(),
            at: at.id,
            why: why.to_owned(),
            known: None,
            case: (*case).clone(),
            boundary: None,
            irrelevant: Vec::new(),
            reproduced: Reproduced { failed: 5, of: 5 },
            replays: 1,
            minimal: true,
            also: Vec::new(),
        },
        path: Some(".phi-fuzz/findings/shop/post-orders/not_a_server_error-1f3a9c20.json".into()),
        history: Arc::new(History { case: Arc::clone(&case), exchanges, unfinished: None }),
        concrete: case,
        control: None,
        neighbour: None,
        further: None,
        supersedes: None,
        probes: 23,
    }
}

/// `POST /orders` breaks from 1000 on.
pub(super) fn found() -> Found {
    let mut call = call("s1", "POST /orders", 500, Some("quantity table exhausted"));
    call.body = Some(Body::Json(Value::object([("qty", Value::int(1000))])));
    let why = "POST /orders answers 500 for qty 1000; the document allows 1 to 1000";
    let mut found = found_of("not_a_server_error", why, vec![call]);
    found.finding.boundary = Some(Boundary {
        at: "s1/json/qty".to_owned(),
        passes: Value::int(999),
        fails: Value::int(1000),
    });
    found.neighbour = Some(201);
    found
}

/// A user is served after it was deleted.
pub(super) fn history_found() -> Found {
    let mut calls = vec![
        call("s1", "POST /users", 201, None),
        call("s2", "DELETE /users/{id}", 204, None),
        call("s3", "GET /users/{id}", 200, None),
    ];
    for call in &mut calls[1..] {
        call.path = vec![("id".to_owned(), Value::text("u1"))];
    }
    let why = "a user is still served after DELETE answered 204";
    let mut found = found_of("use_after_free", why, calls);
    found.id = "shop-00c0ffee".to_owned();
    found.finding.irrelevant = vec!["s1/json/name".to_owned()];
    found.finding.minimal = false;
    found
}

/// Two withdrawals at once.
pub(super) fn race_found() -> Found {
    let mut calls = vec![
        call("s1", "POST /accounts", 201, None),
        call("a", "POST /accounts/{id}/withdraw", 200, None),
        call("b", "", 200, None),
    ];
    calls[1].body = Some(Body::Json(Value::object([("amount", Value::int(51))])));
    calls[2].same = Some("a".to_owned());
    let why = "two calls at once both succeed; one after the other, the second is refused";
    let mut found = found_of("serial_equivalence", why, calls);
    let at = [(0, 60, 900, 1_000), (1_100, 1_800, 4_900, 5_000), (1_150, 1_800, 4_000, 4_100)];
    set_times(&mut found, &at);
    found.control = Some(Reproduced { failed: 0, of: 10 });
    let steps = &mut found.finding.case.steps;
    let calls = steps.split_off(1).iter().flat_map(Step::calls).cloned().collect();
    let release = Release::LastByte;
    steps.push(Step::Together(Together { id: "s2".to_owned(), wait: None, release, calls }));
    found
}

/// A body that is cut, and what is seen after a while.
pub(super) fn slow_found() -> Found {
    let mut calls = vec![
        call("s1", "PUT /leaflets/{id}", 0, None),
        call("s2", "GET /leaflets/{id}", 200, None),
    ];
    let pause = Duration::from_millis(500);
    calls[0].saw = None;
    calls[0].perturb = vec![
        Perturbation::Stall { at: Position::Body(1), pause },
        Perturbation::Cut(Position::BeforeLastByte),
    ];
    calls[1].wait = Some(Duration::from_secs(1));
    let mut found = found_of("partial_write_visible", "half of it is seen", calls);
    set_times(
        &mut found,
        &[(0, 500_000, 500_000, 500_000), (1_500_000, 1_500_020, 1_501_000, 1_501_100)],
    );
    let mut history = (*found.history).clone();
    history.exchanges[0].outcome = Outcome::Abandoned;
    history.exchanges[0].times.first_byte = None;
    found.history = Arc::new(history);
    found
}

/// Sets when the exchanges of a history began, were sent, answered and over, in µs.
fn set_times(found: &mut Found, times: &[(u64, u64, u64, u64)]) {
    let mut history = (*found.history).clone();
    for (exchange, (begin, sent, first_byte, end)) in history.exchanges.iter_mut().zip(times) {
        let after = |at: &u64| Duration::from_micros(at - begin);
        exchange.times = Times {
            begin: Duration::from_micros(*begin),
            sent: Some(after(sent)),
            first_byte: Some(after(first_byte)),
            end: after(end),
            ..Times::default()
        };
    }
    found.history = Arc::new(history);
}

/// Many calls, long texts, and an answer that would like to own the terminal.
pub(super) fn long_found() -> Found {
    let mut calls: Vec<Call> = (1..=9)
        .map(|n| call(&format!("s{n}"), "POST /orders", 500, Some("\x1b[2J created")))
        .collect();
    let last = calls.last_mut().unwrap();
    last.label = Label::Invalid;
    last.deviations = vec![Deviation::schema("maximum", "json/qty")];
    let mut found = found_of("negative_data_rejection", &"long ".repeat(200), calls);
    found.severity = Severity::Warning;
    found.finding.also = vec!["status_code_conformance".to_owned()];
    found.finding.irrelevant = (1..9).map(|n| format!("s{n}/json/name")).collect();
    found
}

pub(super) fn replay(verdict: Verdict, failed: u32, why: &str) -> Replay {
    Replay {
        path: "corpus/regressions/shop/post-orders/hang-0a0b0c0d.json".into(),
        operation: "POST /orders".to_owned(),
        check: "hang".to_owned(),
        verdict,
        counts: (failed, 10),
        why: why.to_owned(),
    }
}

pub(super) fn progress() -> Progress {
    Progress {
        phase: Phase::Boundary,
        cases: 1_243,
        phase_cases: 1_240,
        requests: 1_312,
        reached: 29,
        operations: 41,
        findings: (1, 1),
        elapsed: Duration::from_secs(19),
        left: Some(Duration::from_secs(41)),
    }
}

fn operation(name: &str, statuses: &[(u16, u64)], untested: Option<&str>) -> OperationSummary {
    OperationSummary {
        name: name.to_owned(),
        cases: statuses.iter().map(|(_, count)| count).sum(),
        statuses: statuses.to_vec(),
        reached: untested.is_none(),
        untested: untested.map(str::to_owned),
    }
}

/// A run that found what [`found`] and [`long_found`] are.
pub(super) fn broken() -> Summary {
    Summary {
        service: "shop".to_owned(),
        url: "http://127.0.0.1:8080".to_owned(),
        seed: 7,
        cases: 12_340,
        requests: 13_001,
        took: Duration::from_secs(60),
        phases: phases().to_vec(),
        operations: vec![
            operation("POST /orders", &[(201, 900), (400, 80), (500, 3)], None),
            operation("GET /orders", &[(200, 500)], None),
            operation("GET /admin", &[(403, 40)], Some("every answer was 403")),
            operation("GET /users/{id}", &[(404, 40)], Some("needs data: every answer was 404")),
            operation("GET /keys", &[(403, 40)], Some("every answer was 403")),
        ],
        found: vec![Arc::new(found()), Arc::new(long_found())],
        spread: vec![(
            "shop-1f3a9c20".to_owned(),
            vec!["PUT /orders/{id}".to_owned(), "POST /baskets".to_owned()],
        )],
        replays: vec![
            replay(Verdict::Ok, 0, "passes"),
            replay(Verdict::Failed, 10, "POST /orders does not answer within 10 s"),
            replay(Verdict::Known, 10, "known as LED-412 until 2027-01-31"),
        ],
        inconclusive: vec!["GET /orders: 500 came once in 10 replays".to_owned()],
        cleaned: Some(Cleaned {
            gone: 340,
            left: vec![("what POST /baskets made, no operation takes away".to_owned(), 12)],
            unseen: 57,
        }),
        stopped: Some("the budget of 60 s is used up".to_owned()),
        conclusion: Conclusion::Broken,
    }
}

/// A run that found nothing.
pub(super) fn whole() -> Summary {
    Summary {
        phases: Vec::new(),
        operations: broken().operations[..2].to_vec(),
        found: Vec::new(),
        spread: Vec::new(),
        replays: Vec::new(),
        inconclusive: Vec::new(),
        cleaned: None,
        stopped: None,
        conclusion: Conclusion::Whole,
        ..broken()
    }
}

fn phases() -> [PhaseSummary; 2] {
    let regressions = PhaseSummary {
        planned: Some(3),
        cases: 3,
        took: Duration::from_millis(340),
        ..PhaseSummary::of(Phase::Regressions)
    };
    let boundary = PhaseSummary {
        planned: Some(6_240),
        cases: 5_940,
        unconfirmed: 100,
        took: Duration::from_secs(59),
        ..PhaseSummary::of(Phase::Boundary)
    };
    [regressions, boundary]
}

/// All events of the run [`broken`] tells of.
pub(super) fn events() -> Vec<Event> {
    let summary = broken();
    let [regressions, boundary] = phases();
    let mut events = vec![
        Event::Began(bill()),
        Event::Notice("the base is http://127.0.0.1:8080/api".to_owned()),
        Event::PhaseBegan { phase: Phase::Regressions, planned: Some(3) },
    ];
    events.extend(summary.replays.iter().cloned().map(Event::Replayed));
    events.extend([
        Event::PhaseEnded(regressions),
        Event::PhaseBegan { phase: Phase::Boundary, planned: Some(6_240) },
        Event::Progress(progress()),
    ]);
    events.extend(summary.found.iter().cloned().map(Event::Found));
    for (id, operations) in &summary.spread {
        let spread =
            |operation: &String| Event::Spread { id: id.clone(), operation: operation.clone() };
        events.extend(operations.iter().map(spread));
    }
    let (id, why) = ("shop-0dd0dd00".to_owned(), "it did not come back".to_owned());
    events.push(Event::Withdrawn { id, why });
    events.push(Event::PhaseEnded(boundary));
    events.push(Event::Ended(Arc::new(summary)));
    events
}

/// A text without colours, and the same for every version of the tool.
pub(super) fn plain(text: &str) -> String {
    let tool = concat!("phi-fuzz/", env!("CARGO_PKG_VERSION"));
    anstream::adapter::strip_str(text).to_string().replace(tool, "phi-fuzz/VERSION")
}

/// Something to write to that can be read afterwards.
#[derive(Clone, Debug, Default)]
pub(super) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Page {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
