//! `phi-fuzz run --dry-run`: the bill, and the requests as they would go out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use super::super::resolve::{Named, Resolved};
use super::super::session::Session;
use super::super::{Error, Exit, connect};
use super::planned::{self, Source, Tried};
use crate::campaign::{self, Bill, Reach};
use crate::case::{Body, Call, nowhere};
use crate::execute::{self, Permission};
use crate::generate::planned::Planned;
use crate::report::{self, words};
use crate::spec::{Operation, Service, base};
use crate::transport::Target;
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
        let document = connect::load(resolved, named, Duration::ZERO).await?;
        let service = &document.service;
        let url = connect::address(&document.config, service);
        let bases = base::candidates(service, &document.address, url.as_deref()).bases;
        let prefix = bases.first().map_or("", |base| campaign::path_of(base));
        let target = bases.first().and_then(|base| Target::parse(base).ok());
        let here = target.as_ref().is_some_and(|target| resolved.is_here(target));
        let settings = resolved.settings(here, &document.config)?;
        let permission = Permission::new(resolved.permissions(target.as_ref())?, here);
        let rate = resolved.transport(here)?.rate;
        let bill = Bill::of(service, &settings, &permission, rate);
        session.console.note(&format!("{}: {}", service.name, report::bill(&bill)));
        session.console.note("a dry run: nothing is sent");
        let run = DryRun { service, settings: &settings, permission: &permission, prefix };
        let most = settings.max_cases.unwrap_or(MOST);
        let picks = |operation: &Operation| resolved.picks(operation);
        planned::impossible(service, &picks).for_each(|note| session.console.note(&note));
        for line in run.lines(resolved.seed).take(usize::try_from(most).unwrap_or(usize::MAX)) {
            session.console.result(&line)?;
        }
    }
    Ok(Exit::WHOLE)
}

/// A run that sends nothing.
struct DryRun<'d> {
    service: &'d Service,
    settings: &'d campaign::Settings,
    permission: &'d Permission,
    /// The path that operations stand under.
    prefix: &'d str,
}

impl DryRun<'_> {
    /// The requests as they would go out, those that the permissions keep back left out.
    fn lines(&self, seed: u64) -> impl Iterator<Item = String> {
        let of = |operation: &Operation| Reach::of(self.permission, self.settings, operation);
        let reached: HashMap<&str, Reach> = (self.service.operations.iter())
            .filter(|operation| self.settings.picks(operation))
            .map(|operation| (operation.name.as_str(), of(operation)))
            .collect();
        let phases = &self.settings.phases;
        let sources: Vec<Source> =
            Source::ALL.into_iter().filter(|source| phases.contains(&source.phase())).collect();
        let picks = |operation: &Operation| {
            reached.get(&*operation.name).is_some_and(|reach| *reach != Reach::Withheld)
        };
        let admits = |operation: &Operation, planned: &Planned| {
            let reach = reached.get(&*operation.name);
            reach.is_some_and(|reach| reach.admits(operation, planned))
                && self.permission.admits(planned.class, planned.danger)
        };
        let tried = planned::in_turn(self.service, &sources, None, seed, &picks, &admits);
        tried.filter_map(move |tried| {
            let operation = self.service.operation(&tried.call.operation)?;
            self.line(operation, reached.get(&*operation.name).copied()?, tried)
        })
    }

    fn line(&self, operation: &Operation, reach: Reach, tried: Tried) -> Option<String> {
        let Tried { class, mut call } = tried;
        if reach == Reach::Nowhere {
            nowhere::put(operation, &mut call)?;
        }
        self.settings.fix(operation, &mut call);
        let concrete = nowhere::shown(&call);
        let written = execute::written(Some(operation), Cow::Borrowed(&concrete)).ok()?;
        self.permission.cleared(Some(operation), &call, (&concrete, &written), self.prefix).ok()?;
        Some(line(class, &concrete, self.prefix))
    }
}

/// `invalid    maximum   POST /orders  {"qty":1001}`
fn line(class: &str, call: &Call, base: &str) -> String {
    if let Some(Body::Proto(message)) = &call.body {
        let sent = format!("{}  {message}", call.operation);
        let sent = words::shown(&words::shortened(&sent, LONGEST_BODY));
        return format!("{:<11} {class:<24} {sent}", call.label.name());
    }
    let request = match wire::render::request(call, base) {
        Ok(request) => request,
        Err(error) => return format!("{:<11} {class}: {error}", call.label.name()),
    };
    let body = String::from_utf8_lossy(&request.body);
    let sent = format!("{} {}  {body}", request.method, request.target);
    let sent = words::shown(&words::shortened(sent.trim_end(), LONGEST_BODY));
    format!("{:<11} {class:<24} {sent}", call.label.name())
}
