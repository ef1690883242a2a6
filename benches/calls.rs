//! How many unary calls of gRPC are judged each second, valid ones and each that breaks a rule, with every check on,
//! against a service that always answers the same; and what `h2load` reaches on as many connections, one stream
//! each. Both take turns, and each round is compared with `h2load` right before and after it: what a machine gives
//! changes from one second to the next.
//!
//! The service is this program again, in a process of its own with one thread, and speaks gRPC by `tonic`: methods
//! that always answer OK with one message, and methods that always refuse.
//!
//! `cargo bench --bench calls`, with the seconds of each turn of `h2load` behind `--` for longer runs.

mod shared;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use phi_fuzz::campaign::{self, Event, Phase, Settings, Summary};
use phi_fuzz::config::{Filter, Permissions};
use phi_fuzz::demo::Octets;
use phi_fuzz::execute::{Executor, Identities, Permission};
use phi_fuzz::spec::protobuf;
use phi_fuzz::transport;
use shared::{Failure, SERVE, Service, per_second};
use tonic::Status;
use tonic::server::Grpc;

/// Methods of each kind.
const METHODS: usize = 24;

/// Rounds, of which the median counts.
const ROUNDS: usize = 7;

/// Valid cases of a round for each second of `h2load`.
const CASES_PER_SECOND: u64 = 20_000;

/// Calls under way at once, and connections of `h2load`.
const WORKERS: usize = 16;

/// The share of `h2load`'s requests per second that is to be reached.
const BAR: f64 = 0.25;

/// `{id: 42, name: "a thing", state: OPEN}`
const ANSWER: &[u8] = b"\x08\x2a\x12\x07a thing\x18\x01";

/// `{name: "a thing", quantity: 1}`
const ASKED: &[u8] = b"\x0a\x07a thing\x10\x01";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == SERVE) {
        return shared::serve(serve());
    }
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(2);
    let service = Service::start()?;
    report(service.address, seconds)
}

/// What one round gave.
struct Round {
    valid: Arc<Summary>,
    invalid: Arc<Summary>,
}

impl Round {
    fn run(address: SocketAddr, seed: u64, most: u64) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Runtime::new()?;
        let valid = runtime.block_on(measure(address, "Open", &VALID, seed, most))?;
        let invalid = runtime.block_on(measure(address, "Shut", &[Phase::Invalid], seed, most))?;
        Ok(Self { valid, invalid })
    }

    /// Judged calls per second. What breaks rules comes to an end; what does not goes on until it has had its share.
    fn speed(&self) -> f64 {
        let Self { valid, invalid } = self;
        per_second(valid.cases + invalid.cases, valid.took + invalid.took)
    }

    /// The checks that found something, which takes its time.
    fn checks(&self) -> impl Iterator<Item = &str> {
        let found = self.valid.found.iter().chain(&self.invalid.found);
        found.map(|found| &*found.finding.check)
    }
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn report(address: SocketAddr, seconds: u64) -> Result<(), Failure> {
    println!("valid/s  invalid/s  both/s  h2load before  after  ratio");
    let mut ratios = Vec::new();
    let mut checks = BTreeSet::new();
    let mut before = h2load(address, seconds)?;
    for seed in 1..=ROUNDS as u64 {
        let round = Round::run(address, seed, seconds * CASES_PER_SECOND)?;
        let after = h2load(address, seconds)?;
        let each = |summary: &Summary| per_second(summary.cases, summary.took);
        print!("{:7.0}  {:9.0}  ", each(&round.valid), each(&round.invalid));
        match (before, after) {
            (Some(before), Some(after)) => {
                let ratio = round.speed() / f64::midpoint(before, after);
                println!("{:6.0}  {before:13.0}  {after:5.0}  {ratio:.3}", round.speed());
                ratios.push(ratio);
            }
            _ => println!("{:6.0}  no h2load on the PATH", round.speed()),
        }
        checks.extend(round.checks().map(str::to_owned));
        before = after;
    }
    if !checks.is_empty() {
        println!("findings, which take their time: {checks:?}");
    }
    ratios.sort_by(f64::total_cmp);
    if let Some(median) = ratios.get(ratios.len() / 2) {
        println!("judged calls with {WORKERS} workers next to h2load -t1 -c{WORKERS} -m1:");
        println!("ratio {median:.3}, bar {BAR}");
    }
    Ok(())
}

/// Runs a campaign on one kind of method.
async fn measure(
    address: SocketAddr,
    kind: &str,
    phases: &[Phase],
    seed: u64,
    most: u64,
) -> Result<Arc<Summary>, Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("constant.proto");
    std::fs::write(&file, document())?;
    let (pool, names) = protobuf::compile(&[file], &[])?;
    let service = protobuf::service(&pool, Some(&names))?;
    let target = transport::Target::parse(&format!("grpc://{address}"))?;
    let client = transport::Client::new(target, transport::Settings::default())?;
    let identities = Identities { all: Vec::new(), schemes: Vec::new() };
    let permission = Permission::new(Permissions::default(), true);
    let executor = Executor::new(Arc::new(service), client, String::new(), identities, permission);
    let settings = Settings {
        seed,
        max_cases: Some(most),
        workers: WORKERS,
        phases: phases.to_vec(),
        include: vec![Filter::parse(&format!("constant.{kind}*/*"))?],
        ..Settings::default()
    };
    let mut ignore = |_: Event| {};
    Ok(campaign::run(Arc::new(executor), Arc::new(settings), &mut ignore).await)
}

const VALID: [Phase; 3] = [Phase::Examples, Phase::Boundary, Phase::Random];

/// Requests per second of `h2load` on one thread; `None` where there is none.
fn h2load(address: SocketAddr, seconds: u64) -> Result<Option<f64>, Failure> {
    let mut body = tempfile::NamedTempFile::new()?;
    body.write_all(&protobuf::frame(ASKED))?;
    let output = Command::new("h2load")
        .args(["-t1", &format!("-c{WORKERS}"), "-m1", &format!("-D{seconds}")])
        .args(["-H", "content-type: application/grpc", "-H", "te: trailers"])
        .args(["-H", ":method: POST", "-d"])
        .arg(body.path())
        .arg(format!("http://{address}/constant.Open1/Make"))
        .output();
    let Ok(output) = output else { return Ok(None) };
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("finished in "));
    let speed = line.and_then(|line| line.split(", ").nth(1)?.strip_suffix(" req/s")?.parse().ok());
    Ok(Some(speed.ok_or_else(|| format!("h2load tells no speed: {text}"))?))
}

#[expect(clippy::print_stdout, reason = "the address goes to whoever started this")]
async fn serve() -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), hyper::service::service_fn(answer));
        // Whoever has gone away hears nothing.
        tokio::spawn(connection);
    }
}

/// Answers a call.
async fn answer(request: Request<Incoming>) -> Result<Response<tonic::body::Body>, Infallible> {
    let path = request.uri().path();
    let answer = if path.starts_with("/constant.Open") {
        Ok(Bytes::from_static(ANSWER))
    } else if path.starts_with("/constant.Shut") {
        Err(Status::invalid_argument("not like this"))
    } else {
        Err(Status::unimplemented("there is no such method"))
    };
    let method = tower::service_fn(|_: tonic::Request<Bytes>| {
        std::future::ready(answer.clone().map(tonic::Response::new))
    });
    Ok(Grpc::new(Octets).unary(method, request).await)
}

/// Services of both kinds, each with a method to make a thing and one to get it.
fn document() -> String {
    let service = |kind: &str, number: usize| {
        format!(
            "service {kind}{number} {{ rpc Make(New) returns (Thing); rpc Find(Query) returns (Thing); }}\n"
        )
    };
    let services: String = (0..METHODS)
        .flat_map(|number| ["Open", "Shut"].map(|kind| service(kind, number)))
        .collect();
    format!(
        "syntax = \"proto3\";
         package constant;
         import \"buf/validate/validate.proto\";
         enum State {{ STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_SHUT = 2; }}
         message Place {{ string city = 1; string code = 2 [(buf.validate.field).string.max_len = 8]; }}
         message New {{
           string name = 1 [(buf.validate.field).string = {{min_len: 1, max_len: 40}}];
           int32 quantity = 2 [(buf.validate.field).int32 = {{gte: 1, lte: 1000}}];
           double price = 3 [(buf.validate.field).double.gte = 0];
           State state = 4;
           repeated string tags = 5 [(buf.validate.field).repeated.max_items = 5];
           bool fast = 6;
           Place place = 7;
           map<string, int64> counts = 8;
         }}
         message Query {{ int32 limit = 1 [(buf.validate.field).int32 = {{gte: 1, lte: 100}}]; State state = 2; }}
         message Thing {{ int64 id = 1; string name = 2; State state = 3; repeated string tags = 4; double price = 5; }}
         {services}"
    )
}
