//! `phi-fuzz accept`

use super::super::args::{Accept, Flags};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit};
use super::cases;
use crate::case::Known;
use crate::corpus;
use crate::execute::today;

pub(in crate::cli) fn run(session: &Session, accept: &Accept) -> Result<Exit, Error> {
    let flags = Flags { folders: accept.folders.clone(), ..Flags::default() };
    let resolved = Resolved::new(session, flags)?;
    let known = accept.known.clone().zip(accept.until.clone());
    let known = known.map(|(issue, until)| Known { issue, until });
    if let Some(Known { until, .. }) = known.as_ref().filter(|known| known.until < today()) {
        return Err(Error::usage(format!(
            "{until} (--until) is past: the fault would break every run at once; name today or a \
             later day, or accept it without --known"
        )));
    }
    let root = resolved.corpus();
    for stored in cases::named(&resolved, &accept.findings)? {
        let path = corpus::accept(&stored, &root, known.clone())?;
        let until = match &known {
            Some(known) => format!(" (known as {} until {})", known.issue, known.until),
            None => String::new(),
        };
        session.console.result(&format!("accepted {}{until}", path.display()))?;
    }
    Ok(Exit::WHOLE)
}
