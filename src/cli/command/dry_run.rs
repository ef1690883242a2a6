//! `phi-fuzz run --dry-run`: the bill, and the requests as they would go out.

use super::super::resolve::{Named, Resolved};
use super::super::session::Session;
use super::super::{Error, Exit, connect};
use super::planned::{self, Source};
use crate::campaign::{self, Bill, Phase};
use crate::case::Call;
use crate::execute::Permission;
use crate::generate::catalogue;
use crate::report::{self, words};
use crate::spec::{Operation, Service, base};
use crate::wire;

/// Longest body that is shown, in characters.
const LONGEST_BODY: usize = 200;

/// Most requests that are shown where `--max-cases` does not say.
const MOST: u64 = 1000;

pub(super) async fn run(
    session: &Session,
    resolved: &Resolved<'_>,
    services: &[Named],
) -> Result<Exit, Error> {
    for named in services {
        let document = connect::load(resolved, named).await?;
        let (service, config) = (&document.service, &document.config);
        let bases = base::candidates(service, &document.address, config.url.as_deref()).bases;
        let prefix = bases.first().map_or("", |base| campaign::path_of(base));
        let here = bases
            .first()
            .and_then(|base| crate::transport::Target::parse(base).ok())
            .is_some_and(|target| target.is_loopback());
        let here = here && !resolved.permissions().loopback_is_remote;
        let settings = resolved.settings(here, None)?;
        let picked = || service.operations.iter().filter(|operation| resolved.picks(operation));
        let bill = bill(service, picked(), &settings, resolved.transport(here)?.rate);
        session.console.note(&format!("{}: {}", service.name, report::bill(&bill)));
        session.console.note("a dry run: nothing is sent");
        let most = settings.max_cases.unwrap_or(MOST);
        let sources: Vec<Source> = Source::ALL
            .into_iter()
            .filter(|source| settings.phases.contains(&source.phase()))
            .collect();
        let picks = |operation: &Operation| resolved.picks(operation);
        planned::impossible(service, &picks).for_each(|note| session.console.note(&note));
        let planned = planned::in_turn(service, &sources, None, resolved.seed, &picks);
        for tried in planned.take(usize::try_from(most).unwrap_or(usize::MAX)) {
            session.console.result(&line(tried.class, &tried.call, prefix))?;
        }
    }
    Ok(Exit::WHOLE)
}

fn bill<'o>(
    service: &Service,
    picked: impl Iterator<Item = &'o Operation> + Clone,
    settings: &campaign::Settings,
    rate: Option<f64>,
) -> Bill {
    let foreign = |operation: &&Operation| Permission::is_foreign_write(operation);
    let boundary_cases = |operation: &Operation| {
        catalogue::baseline(operation).map_or(0, |base| {
            catalogue::boundary(operation, &std::sync::Arc::new(base)).len() as u64
        })
    };
    let boundary = settings.phases.contains(&Phase::Boundary);
    Bill {
        service: service.name.clone(),
        url: String::new(),
        seed: settings.seed,
        operations: picked.clone().count(),
        boundary_cases: if boundary { picked.clone().map(boundary_cases).sum() } else { 0 },
        rate,
        budget: settings.max_cases.is_none().then_some(settings.max_time),
        max_cases: settings.max_cases,
        writes: (
            picked.clone().filter(|operation| !operation.is_safe() && !foreign(operation)).count(),
            picked.filter(foreign).count(),
        ),
        auth: Vec::new(),
    }
}

/// `invalid    maximum   POST /orders  {"qty":1001}`
fn line(class: &str, call: &Call, base: &str) -> String {
    let request = match wire::render::request(call, base) {
        Ok(request) => request,
        Err(error) => return format!("{:<11} {class}: {error}", call.label.name()),
    };
    let body = String::from_utf8_lossy(&request.body);
    let sent = format!("{} {}  {body}", request.method, request.target);
    let sent = words::shown(&words::shortened(sent.trim_end(), LONGEST_BODY));
    format!("{:<11} {class:<24} {sent}", call.label.name())
}
