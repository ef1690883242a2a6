//! `phi-fuzz demo`: the embedded service, and a campaign against it.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use super::super::args::Demo;
use super::super::launch::{self, Task};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit};
use super::cases;
use crate::config::{Config, Credential, Identity, ServiceConfig};
use crate::demo::{self, Shop};

/// The name that the demo's cases are filed under.
const NAME: &str = "shop";

/// Who calls the shop. The credentials are no secrets: lines of curl work as they are copied.
const IDENTITY: &str = "shopkeeper";

/// Someone else who calls it: what one of the two keeps is not there for the other.
const GUEST: &str = "guest";

/// Where the demo's findings go: beside those of the project, not among them.
const OUT: &str = ".phi-fuzz/demo";

/// How long a call of the demo's service may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(1);

pub(in crate::cli) fn run(session: &Session, demo: &Demo) -> Result<Exit, Error> {
    let shop = Shop { seed: demo.shop_seed.unwrap_or_default(), healthy: demo.healthy };
    if demo.serve {
        return serve(session, shop, demo.port.unwrap_or_default());
    }
    let running = demo::start(shop).map_err(Error::system("serve the demo"))?;
    // A project's own services, identities and cases are not the demo's.
    let session = Session {
        config: config(&running.url()),
        console: session.console,
        verbosity: session.verbosity,
    };
    let mut flags = demo.flags.clone();
    flags.folders.out.get_or_insert_with(|| PathBuf::from(OUT));
    if flags.folders.corpus.is_none() {
        flags.folders.no_corpus = Some(true);
    }
    // It is in process: what takes longer hangs.
    flags.connect.timeout.get_or_insert(TIMEOUT);
    let mut resolved = Resolved::new(&session, flags)?;
    resolved.ways.replay = replay(shop);
    resolved.ways.open = vec![
        (format!("{IDENTITY}.bearer"), format!("Bearer {}", demo::BEARER)),
        (format!("{IDENTITY}.key"), demo::API_KEY.to_owned()),
        (format!("{GUEST}.bearer"), format!("Bearer {}", demo::GUEST)),
    ];
    let services = resolved.services(&[], &[])?;
    let task = match &demo.replay[..] {
        [] => Task::Fuzz(cases::regressions(&resolved)?),
        names => Task::Replay(cases::named(&resolved, names)?),
    };
    let exit = launch::block_on(launch::campaigns(&session, &resolved, &services, &task, false))?;
    let port = running.port();
    running.stop().map_err(Error::system("serve the demo to its end"))?;
    if exit == Exit::BROKEN && matches!(task, Task::Fuzz(_)) {
        let (program, seed) = (&resolved.ways.program, of_seed(shop));
        session.console.note(&format!(
            "the shop has closed; for the lines of curl it opens again by `{program} demo --serve \
             --port {port}{seed}`"
        ));
    }
    Ok(exit)
}

/// What replays a finding of the demo: its shop is opened for it.
fn replay(shop: Shop) -> String {
    format!("demo{} --replay", of_seed(shop))
}

fn of_seed(shop: Shop) -> String {
    let healthy = if shop.healthy { " --healthy" } else { "" };
    match shop.seed {
        0 => healthy.to_owned(),
        seed => format!("{healthy} --shop-seed {seed}"),
    }
}

/// What a project with the demo's service would configure.
fn config(url: &str) -> Config {
    let bearer = |token: &str| Credential::Bearer(token.to_owned());
    let key = Credential::ApiKey { scheme: String::new(), key: demo::API_KEY.to_owned() };
    let guest = identity(GUEST, vec![bearer(demo::GUEST)]);
    Config {
        services: vec![ServiceConfig {
            name: Some(NAME.to_owned()),
            specs: vec![format!("{url}/openapi.json")],
            url: Some(url.to_owned()),
            health: Some("GET /health".to_owned()),
            ..ServiceConfig::default()
        }],
        identities: vec![identity(IDENTITY, vec![bearer(demo::BEARER), key]), guest],
        ..Config::default()
    }
}

/// Who shares nothing with anyone else.
fn identity(name: &str, credentials: Vec<Credential>) -> Identity {
    Identity { name: name.to_owned(), credentials, isolated: true }
}

/// Serves the demo until a signal comes.
fn serve(session: &Session, shop: Shop, port: u16) -> Result<Exit, Error> {
    launch::block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(Error::system("take the port; choose another with --port"))?;
        let address = listener.local_addr().map_err(Error::system("tell the port"))?;
        session.console.result(&format!(
            "serving at http://{address}, its document at http://{address}/openapi.json\n\
             phi-fuzz run http://{address}/openapi.json --auth bearer:{}\n\
             phi-fuzz run grpc://{address} --timeout 1s",
            demo::BEARER
        ))?;
        tokio::select! {
            served = demo::serve(listener, shop) => {
                served.map_err(Error::system("serve the demo"))?;
                Ok(Exit::WHOLE)
            }
            signal = super::super::signal::next() => Ok(Exit::of_signal(signal)),
        }
    })
}
