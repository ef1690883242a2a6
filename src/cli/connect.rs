//! From named services to executors: documents are loaded, the base address is found.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Error;
use super::memory::Remembered;
use super::resolve::{Named, Resolved};
use crate::campaign::{self, Settings};
use crate::case::Outcome;
use crate::config::ServiceConfig;
use crate::corpus::{Out, Stored, Traffic};
use crate::execute::{Executor, Identities, Permission};
use crate::report::words;
use crate::schema::address;
use crate::spec::load::Loaded;
use crate::spec::{self, Service, base};
use crate::transport::{Client, Target};

/// Pauses between looks at a service that is not there yet.
const PAUSE: Duration = Duration::from_millis(250);

/// A service whose documents are loaded.
#[derive(Debug)]
pub(super) struct Document {
    /// What the documents promise.
    pub(super) service: Service,
    /// Where the first one was read from.
    pub(super) address: String,
    /// What is configured of it.
    pub(super) config: ServiceConfig,
}

/// A service that can be called.
#[derive(Debug)]
pub(super) struct Connected {
    pub(super) executor: Arc<Executor>,
    pub(super) settings: Arc<Settings>,
    /// What the person should know.
    pub(super) notes: Vec<String>,
    /// What to remember of it.
    pub(super) remembered: Remembered,
}

/// Loads the documents of a service. Where one is to come from what is not there, that is waited for
/// so long.
///
/// # Errors
/// One that cannot be read, or holds no operations.
pub(super) async fn load(
    resolved: &Resolved<'_>,
    named: &Named,
    wait: Duration,
) -> Result<Document, Error> {
    let config = named.config.clone();
    let options = |spec: &str| resolved.load_options(spec, config.url.as_deref());
    let all = config.specs.iter().map(|spec| Ok((spec.clone(), options(spec)?)));
    let all = all.collect::<Result<Vec<_>, Error>>()?;
    let until = Instant::now() + wait;
    let stop = &resolved.stop;
    // A task of its own: a large document is read without looking up, and Ctrl-C must not wait.
    let loading = tokio::spawn(async move {
        let mut loaded = Vec::new();
        for (spec, options) in all {
            loaded.push(awaited(&spec, &options, until).await?);
        }
        Ok::<_, spec::load::Error>(loaded)
    });
    let loaded = tokio::select! {
        biased;
        () = stop.asked() => return Err(Error::Interrupted(stop.signal().unwrap_or_default())),
        loaded = loading => loaded,
    };
    let mut all = match loaded {
        Ok(loaded) => loaded?.into_iter(),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => return Err(Error::Interrupted(stop.signal().unwrap_or_default())),
        },
    };
    let first = all.next().ok_or_else(|| Error::usage("no document is named"))?;
    let mut service = spec::merge(first.service, all.map(|loaded| loaded.service).collect());
    if let Some(name) = &config.name {
        service.name.clone_from(name);
    }
    let edges = resolved.edges(&service)?;
    service.configure_edges(edges);
    Ok(Document { service, address: first.address, config })
}

/// Loads a document, which may come from what is not there yet.
async fn awaited(
    spec: &str,
    options: &spec::load::Options,
    until: Instant,
) -> Result<Loaded, spec::load::Error> {
    loop {
        match spec::load::load(spec, options).await {
            Err(spec::load::Error::Absent { .. }) if Instant::now() < until => {
                tokio::time::sleep(PAUSE).await;
            }
            loaded => return loaded,
        }
    }
}

/// The address of what a service is first of all: of its methods of gRPC, where it has nothing else.
pub(super) fn address(config: &ServiceConfig, service: &Service) -> Option<String> {
    if !service.is_rpc() {
        return config.url.clone();
    }
    let plain = || config.url.as_ref().map(|url| url.replacen("http", "grpc", 1));
    config.rpc.clone().or_else(plain)
}

/// Where the methods of gRPC are of a service that has other operations, too.
fn rpc_target(config: &ServiceConfig, service: &Service) -> Result<Option<Target>, Error> {
    let has_methods = service.operations.iter().any(|operation| operation.rpc.is_some());
    if service.is_rpc() || !has_methods {
        return Ok(None);
    }
    let address = config.rpc.as_deref().ok_or_else(|| {
        Error::usage("where the methods of gRPC are, is not known: add --url grpc://HOST:PORT")
    })?;
    Ok(Some(Target::parse(address)?))
}

/// A service of which all is settled that can be without asking it.
#[derive(Debug)]
pub(super) struct Prepared {
    executor: Executor,
    settings: Settings,
    notes: Vec<String>,
    specs: Vec<String>,
    /// The address of its methods of gRPC, where one is known.
    rpc: Option<String>,
    /// What may be the base address, the likeliest first; all of one origin.
    bases: Vec<String>,
    /// What may be it elsewhere on this machine: another client, and its bases.
    others: Vec<(Client, Vec<String>)>,
}

/// Settles how a service is called, without a request and without a trace on the disk.
///
/// # Errors
/// No address is known, or its settings cannot be used.
pub(super) fn prepare(resolved: &Resolved<'_>, document: Document) -> Result<Prepared, Error> {
    let Document { service, address, config } = document;
    let url = self::address(&config, &service);
    let rpc = rpc_target(&config, &service)?;
    if let Some(url) = &url {
        // Judged as it was named: candidates are made of parts of it.
        Target::parse(url)?;
    }
    let candidates = base::candidates(&service, &address, url.as_deref());
    let mut notes = Vec::new();
    let Some(first) = candidates.bases.first() else {
        return Err(Error::usage(no_address(&candidates.foreign)));
    };
    let target = Target::parse(first)?;
    let here = resolved.is_here(&target) && rpc.iter().all(|rpc| resolved.is_here(rpc));
    let permission = Permission::new(resolved.permissions(Some(&target))?, here);
    let mut settings = resolved.settings(here, &config)?;
    let mut transport = resolved.transport(here)?;
    if rpc.is_some() && !here {
        // Two clients share what one may have.
        transport.max_connections = transport.max_connections.div_ceil(2);
    }
    notes.extend(transport.proxies.passed_over(&target).map(|variable| {
        format!("{variable} is not used for what is on this machine; --proxy URL would be")
    }));
    let mut origins = by_origin(&candidates.bases).into_iter();
    let bases = origins.next().unwrap_or_default();
    let mut others = Vec::new();
    for bases in origins {
        let Some(target) = bases.first().and_then(|base| Target::parse(base).ok()) else {
            continue;
        };
        others.push((Client::new(target, transport.clone())?, bases));
    }
    let paths: Vec<&str> = bases.iter().map(|base| campaign::path_of(base)).collect();
    for file in resolved.seed_from() {
        let redactor = &settings.redactor;
        let traffic = Traffic::read(file, &service, &target.authority, &paths, redactor)?;
        notes.push(told(file, &traffic));
        settings.recorded.extend(traffic.cases.into_iter().map(Arc::new));
    }
    let client = Client::new(target, transport.clone())?;
    let rpc = rpc.map(|rpc| Client::new(rpc, transport)).transpose()?;
    let rpc = rpc.map(|rpc| rpc.beside(&client));
    let identities =
        Identities { all: resolved.identities.clone(), schemes: service.schemes.clone() };
    let usual = campaign::path_of(first).to_owned();
    notes.extend(problems(&service));
    notes.extend(no_end(&settings));
    let timeouts = timeouts(&service, &settings);
    let mut executor = Executor::new(Arc::new(service), client, usual, identities, permission);
    executor.rpc = rpc;
    executor.error_at.clone_from(&config.error_at);
    executor.secrets.extend(resolved.secrets().iter().cloned());
    executor.traces = resolved.traces();
    executor.timeouts = timeouts;
    executor.stop = resolved.stop.clone();
    executor.hooks = resolved.hooks(&config, settings.wait_for_service)?;
    let (specs, rpc) = (config.specs, config.rpc);
    Ok(Prepared { executor, settings, notes, specs, rpc, bases, others })
}

/// Addresses by their origins, both in the order they stand in.
fn by_origin(bases: &[String]) -> Vec<Vec<String>> {
    let mut origins: Vec<(Option<String>, Vec<String>)> = Vec::new();
    for base in bases {
        let origin = address::origin(base);
        match origins.iter_mut().find(|(known, _)| *known == origin) {
            Some((_, bases)) => bases.push(base.clone()),
            None => origins.push((origin, vec![base.clone()])),
        }
    }
    origins.into_iter().map(|(_, bases)| bases).collect()
}

/// Makes a service callable: finds its base address, as far as that can be told. What is found goes
/// to `out`, unless it is `committed`.
pub(super) async fn connect(
    prepared: Prepared,
    out: Option<Arc<Out>>,
    committed: Vec<Stored>,
) -> Connected {
    let Prepared { mut executor, mut settings, mut notes, specs, rpc, mut bases, others } =
        prepared;
    settings.out = out;
    settings.committed = committed;
    if !others.is_empty() {
        let (taken, note) = first_there(&mut executor, bases, others).await;
        bases = taken;
        notes.push(note);
    }
    let mut url = bases.first().cloned().unwrap_or_default();
    if bases.len() > 1 {
        let there = Box::pin(executor.comes_back(settings.wait_for_service)).await;
        if there.is_ok() {
            if let Some(choice) = campaign::find_base(&executor, &bases).await {
                if !choice.sure || choice.base != url {
                    notes.push(format!("operations stand under {}: {}", choice.base, choice.why));
                }
                campaign::path_of(&choice.base).clone_into(&mut executor.base);
                url = choice.base;
            }
        } else {
            // It was waited for already.
            settings.wait_for_service = Duration::ZERO;
        }
    }
    let name = executor.service.name.clone();
    let remembered = Remembered { name, specs, url, rpc };
    Connected { executor: Arc::new(executor), settings: Arc::new(settings), notes, remembered }
}

/// What was taken from recorded traffic, and what was not.
fn told(file: &Path, traffic: &Traffic) -> String {
    let taken = words::counted(traffic.cases.len() as u64, "recorded request");
    let left: Vec<String> =
        traffic.left_out.iter().map(|(why, count)| format!("{count} {why}")).collect();
    let left = match &left[..] {
        [] => String::new(),
        left => format!("; left out: {}", words::listed(left, 6)),
    };
    format!("{}: {taken} to start from{left}", file.display())
}

/// Of several addresses on this machine that a document names, the first where something answers, else
/// the first: its bases, and what the person should know.
async fn first_there(
    executor: &mut Executor,
    bases: Vec<String>,
    others: Vec<(Client, Vec<String>)>,
) -> (Vec<String>, String) {
    let named: Vec<String> = others.iter().flat_map(|(_, bases)| bases.clone()).collect();
    let address = bases.first().cloned().unwrap_or_default();
    if !is_up(executor).await {
        for (client, taken) in others {
            let first = std::mem::replace(&mut executor.client, client);
            if is_up(executor).await {
                let base = taken.first().cloned().unwrap_or_default();
                campaign::path_of(&base).clone_into(&mut executor.base);
                let note =
                    format!("{address} is not there; {base}, which the document names, too, is");
                return (taken, note);
            }
            executor.client = first;
        }
    }
    let named = words::listed(&named, 3);
    (bases, format!("{address} is taken; the document also names {named}: --url URL takes that"))
}

/// Whether something takes connections.
async fn is_up(executor: &Executor) -> bool {
    let exchange = Box::pin(executor.look()).await;
    !matches!(exchange.outcome, Outcome::Unreachable { .. })
}

fn no_address(foreign: &[String]) -> String {
    let named = if foreign.is_empty() {
        String::new()
    } else {
        format!(
            "; the document names {}, which is not contacted unasked",
            words::listed(foreign, 3)
        )
    };
    format!("where the service is, is not known{named}: add --url URL")
}

/// How long each operation may take, where that is configured.
fn timeouts(service: &Service, settings: &Settings) -> Vec<(String, Duration)> {
    let set = settings.overrides.iter().filter_map(|own| Some((&own.matching, own.timeout?)));
    set.flat_map(|(matching, timeout)| {
        let meant = service.operations.iter().filter(|operation| matching.matches(operation));
        meant.map(move |operation| (operation.name.clone(), timeout))
    })
    .collect()
}

/// What to say where a run is to end after findings of which none counts.
fn no_end(settings: &Settings) -> Option<String> {
    (settings.max_findings.is_some() && settings.fail_on.is_none()).then(|| {
        "--fail-fast and --max-findings end nothing here: no finding counts with --fail-on never"
            .to_owned()
    })
}

fn problems(service: &Service) -> Option<String> {
    let count = service.problems.len() as u64;
    let lost = service.problems.iter().filter(|problem| problem.lost).count();
    (count > 0).then(|| {
        format!(
            "the document has {}, {} of which cost an operation; `phi-fuzz list` shows them",
            words::counted(count, "problem"),
            words::number(lost as u64)
        )
    })
}
