//! How close together calls arrive that are released together: the spread of the arrival of their last
//! octets at a server, by last-byte synchronisation, next to plain concurrency: requests of a widely used client
//! that are spawned at once, and calls that our own engine begins at once; for bodies of a few octets and long
//! ones, without TLS and with it. The server answers when all are there, so that it reads as fast as it can. One
//! that sleeps has to be woken first; one that is kept awake keeps a core busy, which whoever calls lacks then.
//! Handshakes, long bodies and what a client does for each request are what plain concurrency is spread by: where our
//! own engine begins calls with a few octets and no TLS, there is nothing of that.
//!
//! `cargo bench --bench release`, with a number of rounds behind `--` for more of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use phi_fuzz::case::{Body, Call, Case, Exchange, Release, Step, Together};
use phi_fuzz::config::Permissions;
use phi_fuzz::execute::{Connections, Executor, Identities, Permission};
use phi_fuzz::spec::load;
use phi_fuzz::transport;
use phi_fuzz::value::Value;
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Barrier, oneshot};
use tokio_rustls::TlsAcceptor;

/// Calls of a group.
const CALLS: usize = 8;

/// The median spread that is to be reached, and how many times tighter than without it.
const BAR: (Duration, f64) = (Duration::from_micros(200), 5.0);

/// Octets of a body.
const SIZES: [usize; 3] = [16, 4 << 10, 64 << 10];

/// A body without anything in it.
const EMPTY: &str = r#"{"name":""}"#;

/// What every request ends with.
const END: &[u8] = b"}";

/// Octets that are read at once.
const READ: usize = 256 << 10;

const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

type Failure = Box<dyn std::error::Error>;

/// How calls come at once.
const KINDS: [(&str, Option<Release>); 3] = [
    ("requests", None),
    ("begun at once", Some(Release::Plain)),
    ("last byte together", Some(Release::LastByte)),
];

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() -> Result<(), Failure> {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(200);
    let runtime = tokio::runtime::Runtime::new()?;
    println!(
        "spread of {CALLS} calls, {rounds} rounds                  p10      median         p90"
    );
    let open = [Server::plain, Server::with_tls];
    for server in open.iter().flat_map(|open| [false, true].map(open)) {
        let server = server?;
        for size in SIZES {
            let mut spreads = [Vec::new(), Vec::new(), Vec::new()];
            for _ in 0..rounds {
                for ((_, release), spreads) in KINDS.iter().zip(&mut spreads) {
                    match release {
                        Some(release) => {
                            runtime.block_on(together(&server.executor, *release, size))?;
                        }
                        None => runtime.block_on(requests(&server, size))?,
                    }
                    spreads.push(spread(&server.arrivals.each)?);
                }
            }
            tell(server.name, size, spreads);
        }
    }
    Ok(())
}

/// The lines of one size of body: each kind, then how they compare.
#[expect(clippy::print_stdout, reason = "a bench prints")]
fn tell(server: &str, size: usize, spreads: [Vec<Duration>; 3]) {
    let parts = spreads.map(|mut spreads| {
        spreads.sort_unstable();
        [10, 50, 90].map(|part| spreads[(spreads.len() - 1) * part / 100])
    });
    for ((name, _), [low, median, high]) in KINDS.iter().zip(parts) {
        println!(
            "{server:12} {name:18} {size:>6} octets {low:>12.1?} {median:>11.1?} {high:>11.1?}"
        );
    }
    let [requests, plain, median] = parts.map(|[_, median, _]| median);
    let times = |other: Duration| other.as_secs_f64() / median.as_secs_f64();
    println!(
        "median {median:.1?}, bar {:?}; {:.1} times tighter than requests, bar {}; than begun at once {:.1}",
        BAR.0,
        times(requests),
        BAR.1,
        times(plain)
    );
}

/// A group by the engine.
async fn together(executor: &Executor, release: Release, size: usize) -> Result<(), Failure> {
    let history = executor.run(&Arc::new(group(release, size)), Connections::Fresh).await;
    let answered = history.exchanges.iter().filter_map(Exchange::answer);
    if answered.count() < CALLS {
        return Err("a call was not answered".into());
    }
    Ok(())
}

/// The same by requests that are spawned at once, as whoever has no releases would write it.
async fn requests(server: &Server, size: usize) -> Result<(), Failure> {
    let begin = |_| {
        let request =
            server.client.post(&server.url).body(format!(r#"{{"name":"{}"}}"#, name(size)));
        tokio::spawn(request.send())
    };
    for request in (0..CALLS).map(begin).collect::<Vec<_>>() {
        request.await??.error_for_status()?;
    }
    Ok(())
}

/// A client of HTTP that has a new connection for each request.
fn client() -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(transport::client_config(&tls())?)
        .http1_only()
        .pool_max_idle_per_host(0)
        .no_proxy();
    Ok(builder.build()?)
}

/// The name in a body of so many octets.
fn name(size: usize) -> String {
    "x".repeat(size.saturating_sub(EMPTY.len()))
}

/// Calls of one group with bodies of so many octets.
fn group(release: Release, size: usize) -> Case {
    let name = name(size);
    let calls = (0..CALLS).map(|number| Call {
        id: format!("c{number}"),
        operation: "POST /things".to_owned(),
        body: Some(Body::Json(Value::object([("name", Value::text(name.as_str()))]))),
        ..Call::default()
    });
    let calls = calls.collect();
    let group = Together { id: "s1".to_owned(), wait: None, release, calls };
    Case { steps: vec![Step::Together(group)], ..Case::default() }
}

/// Who trusts anyone.
fn tls() -> transport::Tls {
    transport::Tls { insecure: true, ..transport::Tls::default() }
}

fn executor(url: &str) -> Result<Executor, Failure> {
    let document = r#"{"openapi":"3.1.0","info":{"title":"things","version":"1"},"paths":{}}"#;
    let service = load::alone("things.json", document.as_bytes())?.service;
    let target = transport::Target::parse(url)?;
    let settings = transport::Settings { tls: tls(), ..transport::Settings::default() };
    let client = transport::Client::new(target, settings)?;
    let identities = Identities { all: Vec::new(), schemes: service.schemes.clone() };
    let permission = Permission::new(Permissions::default(), true);
    Ok(Executor::new(Arc::new(service), client, String::new(), identities, permission))
}

/// How far apart the calls of a round came in.
fn spread(arrivals: &Receiver<Instant>) -> Result<Duration, Failure> {
    let patience = Duration::from_secs(10);
    let round = (0..CALLS).map(|_| arrivals.recv_timeout(patience));
    let round = round.collect::<Result<Vec<_>, _>>()?;
    let (first, last) = (round.iter().min(), round.iter().max());
    Ok(last.zip(first).map(|(last, first)| *last - *first).unwrap_or_default())
}

/// What is spoken over.
type Stream = Box<dyn Octets>;

trait Octets: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Octets for S {}

/// A server on a thread of its own that tells when each request was there.
struct Server {
    name: &'static str,
    url: String,
    arrivals: Arrivals,
    client: reqwest::Client,
    executor: Executor,
}

impl Server {
    fn plain(awake: bool) -> Result<Self, Failure> {
        let (address, arrivals) = serve(None, awake)?;
        Self::new(
            if awake { "plain, awake" } else { "plain" },
            &format!("http://{address}"),
            arrivals,
        )
    }

    fn with_tls(awake: bool) -> Result<Self, Failure> {
        let key = rcgen::KeyPair::generate()?;
        let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
        let certificate = params.self_signed(&key)?.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        let (address, arrivals) = serve(Some(TlsAcceptor::from(Arc::new(config))), awake)?;
        Self::new(if awake { "TLS, awake" } else { "TLS" }, &format!("https://{address}"), arrivals)
    }

    fn new(name: &'static str, origin: &str, arrivals: Arrivals) -> Result<Self, Failure> {
        let (executor, url) = (executor(origin)?, format!("{origin}/things"));
        Ok(Self { name, url, arrivals, client: client()?, executor })
    }
}

/// When requests came in at a server, which ends with this.
struct Arrivals {
    each: Receiver<Instant>,
    _open: oneshot::Sender<()>,
}

fn serve(acceptor: Option<TlsAcceptor>, awake: bool) -> Result<(SocketAddr, Arrivals), Failure> {
    let (tell, each) = channel();
    let (open, closed) = oneshot::channel::<()>();
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().event_interval(1).build()?;
    std::thread::spawn(move || {
        let serve = async move {
            let Ok(listener) = TcpListener::from_std(listener) else { return };
            let all = Arc::new(Barrier::new(CALLS));
            if awake {
                tokio::spawn(async {
                    loop {
                        tokio::task::yield_now().await;
                    }
                });
            }
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, tell, all) = (acceptor.clone(), tell.clone(), Arc::clone(&all));
                tokio::spawn(async move {
                    let stream: Stream = match acceptor {
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => Box::new(stream),
                            Err(_) => return,
                        },
                        None => Box::new(stream),
                    };
                    answer(stream, tell, all).await;
                });
            }
        };
        runtime.block_on(async {
            tokio::select! {
                _ = closed => {}
                () = serve => {}
            }
        });
    });
    Ok((address, Arrivals { each, _open: open }))
}

/// Reads a request up to its end, tells when that was, and answers once all are there.
async fn answer(mut stream: Stream, tell: Sender<Instant>, all: Arc<Barrier>) {
    let mut read = Vec::with_capacity(READ);
    while let Ok(1..) = stream.read_buf(&mut read).await {
        if read.ends_with(END) {
            let arrived = Instant::now();
            all.wait().await;
            let told = tell.send(arrived).is_ok();
            if !told || stream.write_all(ANSWER).await.is_err() || stream.flush().await.is_err() {
                return;
            }
            read.clear();
        }
    }
}
