//! Where campaigns are started and their reports kept.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anstream::AutoStream;

use super::connect::{self, Connected, Document};
use super::resolve::{Named, Resolved};
use super::session::{Session, env};
use super::{Error, Exit, committed, console, memory, signal};
use crate::campaign::{self, Conclusion, Event, Summary};
use crate::corpus::{Out, Stored};
use crate::report::{Progress, Reports, Style, Wanted};

/// A runtime for everything that waits.
///
/// # Errors
/// The system gives no threads.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(campaign::STACK)
        .enable_all()
        .build()
        .map_err(Error::system("start threads"))
}

/// Runs a command that waits. What still goes on when it is done is not waited for.
///
/// # Errors
/// The system gives no threads; what the command fails with.
pub(super) fn block_on<T>(command: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = runtime()?;
    let done = runtime.block_on(command);
    runtime.shutdown_background();
    done
}

/// What a campaign does with each service.
pub(super) enum Task {
    /// Fuzz it; these cases are committed, each replayed against the service it is about.
    Fuzz(Vec<Stored>),
    /// Replay cases: those of its name, all where it is the only one.
    Replay(Vec<Stored>),
}

/// Runs a task against services, one after the other, with reports; remembers them where they are to
/// be found again. Documents are loaded and reports opened before anything is sent.
///
/// # Errors
/// Nothing was sent: a document, a setting or a report cannot be used.
pub(super) async fn campaigns(
    session: &Session,
    resolved: &Resolved<'_>,
    services: &[Named],
    task: &Task,
    strict: bool,
) -> Result<Exit, Error> {
    signal::listen(resolved.stop.clone());
    let mut documents = Vec::new();
    for service in services {
        documents.push(connect::load(resolved, service, resolved.wait_for_service()).await?);
    }
    let only = documents.len() == 1;
    if let Task::Replay(cases) = task {
        all_have_a_service(cases, &documents, only)?;
    }
    let names: Vec<String> =
        documents.iter().map(|document| document.service.name.clone()).collect();
    let configured: Vec<String> =
        session.config.services.iter().filter_map(|service| service.name.clone()).collect();
    let (committed, note) = match task {
        Task::Fuzz(cases) => committed::share(cases, &names, &configured),
        Task::Replay(_) => (vec![Vec::new(); names.len()], None),
    };
    let wanted = resolved.reports()?;
    let prepared: Result<Vec<_>, Error> =
        documents.into_iter().map(|document| connect::prepare(resolved, document)).collect();
    let prepared = prepared?;
    // Taken before the first request, and held to the end.
    let out = match task {
        Task::Fuzz(_) => Some(Arc::new(Out::open(&resolved.out())?)),
        Task::Replay(_) => None,
    };
    let mut reports = open(session, resolved, wanted, matches!(task, Task::Replay(_)))?;
    let mut exit = Exit::WHOLE;
    let mut remembered = Vec::new();
    if let Some(note) = note {
        reports.event(&Event::Notice(note));
    }
    for (prepared, committed) in prepared.into_iter().zip(committed) {
        let connected = connect::connect(prepared, out.clone(), committed).await;
        for note in &connected.notes {
            reports.event(&Event::Notice(note.clone()));
        }
        let summary = match task {
            Task::Fuzz(_) => fuzz(&connected, &mut reports).await,
            Task::Replay(cases) => {
                let name = &connected.executor.service.name;
                let own = |stored: &&Stored| only || stored.finding.service() == name;
                let cases: Vec<Stored> = cases.iter().filter(own).cloned().collect();
                if cases.is_empty() {
                    continue;
                }
                replay(&connected, cases, &mut reports).await
            }
        };
        remembered.push(connected.remembered);
        exit = exit.and(Exit::of(&summary, strict));
        if matches!(summary.conclusion, Conclusion::Interrupted(_)) {
            break;
        }
    }
    if matches!(task, Task::Fuzz(_)) {
        memory::remember(&resolved.out(), &remembered);
    }
    for (name, error) in reports.finish() {
        console::complain(&format!("the report {name} could not be written: {error}"));
        exit = exit.and(Exit::UNTESTED);
    }
    Ok(exit)
}

/// Runs a campaign.
async fn fuzz(connected: &Connected, reports: &mut Reports) -> Arc<Summary> {
    let (executor, settings) = (Arc::clone(&connected.executor), Arc::clone(&connected.settings));
    campaign::run(executor, settings, &mut |event| reports.event(&event)).await
}

/// Replays cases.
async fn replay(connected: &Connected, cases: Vec<Stored>, reports: &mut Reports) -> Arc<Summary> {
    let (executor, settings) = (Arc::clone(&connected.executor), Arc::clone(&connected.settings));
    campaign::replay(executor, settings, cases, &mut |event| reports.event(&event)).await
}

/// Shrinks stored cases further; gives each file's new content, where it still fails.
pub(super) async fn shrink(
    connected: &Connected,
    cases: Vec<Stored>,
    emit: &mut (dyn FnMut(Event) + Send),
) -> Vec<(PathBuf, Result<crate::case::Finding, String>)> {
    let (executor, settings) = (Arc::clone(&connected.executor), Arc::clone(&connected.settings));
    campaign::shrink(executor, settings, cases, emit).await
}

/// Refuses cases of services that are not there: they would be passed over without a word.
fn all_have_a_service(cases: &[Stored], documents: &[Document], only: bool) -> Result<(), Error> {
    let known = |name: &str| documents.iter().any(|document| document.service.name == name);
    match cases.iter().find(|stored| !only && !known(stored.finding.service())) {
        None => Ok(()),
        Some(stored) => Err(Error::usage(format!(
            "{} is about the service `{}`, which phi-fuzz.toml does not know",
            stored.path.display(),
            stored.finding.service()
        ))),
    }
}

/// Opens every report that is wanted.
fn open(
    session: &Session,
    resolved: &Resolved<'_>,
    wanted: Vec<Wanted>,
    every_replay: bool,
) -> Result<Reports, Error> {
    let verbosity = session.verbosity;
    let ways = resolved.ways.clone();
    let style = Style { verbosity, fail_on: resolved.fail_on(), every_replay, ways };
    let color = session.console.color;
    let progress = if console::is_live(&env) {
        Progress::live(verbosity)
    } else {
        Progress::plain(Box::new(io::stderr()), verbosity)
    };
    let mut reports = Reports::new(Some(progress));
    if wanted.iter().all(|report| report.path.is_some()) {
        reports.add("text", style.clone().report(AutoStream::new(io::stdout(), color)));
    } else if wanted.iter().all(|report| report.format != crate::report::Format::Text) {
        // Standard output is a machine's; people read on.
        reports.add("text", style.clone().report(AutoStream::new(io::stderr(), color)));
    }
    for report in wanted {
        let opened = report.open(color, style.clone())?;
        reports.add(report.to_string(), opened);
    }
    Ok(reports)
}
