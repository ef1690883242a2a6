//! `phi-fuzz shrink`

use std::path::Path;

use super::super::args::Shrink;
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit, connect, launch, memory, signal};
use super::cases;
use crate::campaign::Event;
use crate::case::{Finding, file};
use crate::corpus::{self, Stored};
use crate::report::words;

pub(in crate::cli) fn run(session: &Session, shrink: &Shrink) -> Result<Exit, Error> {
    session.tell_config();
    let resolved = Resolved::new(session, shrink.flags())?;
    let cases = cases::named(&resolved, &shrink.cases)?;
    let services = resolved.services(&shrink.specs, &memory::recall(&resolved.out()))?;
    launch::block_on(async {
        signal::listen(resolved.stop.clone());
        let mut exit = Exit::WHOLE;
        let only = services.len() == 1;
        let mut told = 0;
        for named in &services {
            let document = connect::load(&resolved, named, resolved.wait_for_service()).await?;
            let name = document.service.name.clone();
            let own = |stored: &&Stored| only || stored.finding.service() == name;
            let cases: Vec<Stored> = cases.iter().filter(own).cloned().collect();
            if cases.is_empty() {
                continue;
            }
            told += cases.len();
            let prepared = connect::prepare(&resolved, document)?;
            let connected = connect::connect(prepared, None, Vec::new()).await;
            let console = session.console;
            let mut emit = |event: Event| {
                if let Event::Notice(text) = event {
                    console.note(&words::shown(&text));
                }
            };
            for note in &connected.notes {
                console.note(&words::shown(note));
            }
            let before = cases.clone();
            for (path, shrunk) in launch::shrink(&connected, cases, &mut emit).await {
                let old = before.iter().find(|stored| stored.path == path);
                exit = exit.and(write(session, &path, old, shrunk)?);
            }
        }
        if told < cases.len() {
            return Err(Error::usage(
                "some cases are about services that phi-fuzz.toml does not know",
            ));
        }
        Ok(resolved.stop.signal().map_or(exit, Exit::of_signal))
    })
}

/// Writes a case that became smaller over its file.
fn write(
    session: &Session,
    path: &Path,
    old: Option<&Stored>,
    shrunk: Result<Finding, String>,
) -> Result<Exit, Error> {
    match shrunk {
        Err(why) => {
            session.console.result(&format!(
                "{}: left as it is: {}",
                path.display(),
                words::shown(&why)
            ))?;
            Ok(Exit::UNTESTED)
        }
        Ok(finding) => {
            let text = file::write(&finding);
            let same = old.is_some_and(|old| file::write(&old.finding) == text);
            let told = if same {
                "as small as before".to_owned()
            } else {
                corpus::write_whole(path, text.as_bytes())?;
                let calls = words::counted(finding.case.calls().count() as u64, "call");
                format!("now {calls}; {}", words::shown(&finding.why))
            };
            session.console.result(&format!("{}: {told}", path.display()))?;
            Ok(Exit::WHOLE)
        }
    }
}
