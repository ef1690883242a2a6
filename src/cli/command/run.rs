//! `phi-fuzz run`

use super::super::args::Run;
use super::super::launch::{self, Task};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit};
use super::{cases, dry_run};

pub(in crate::cli) fn run(session: &Session, run: &Run) -> Result<Exit, Error> {
    session.tell_config();
    let resolved = Resolved::new(session, run.flags.clone())?;
    let services = resolved.services(&run.specs, &[])?;
    let task = Task::Fuzz(cases::regressions(&resolved)?);
    launch::block_on(async {
        if run.dry_run {
            return dry_run::run(session, &resolved, &services).await;
        }
        Box::pin(launch::campaigns(session, &resolved, &services, &task, false)).await
    })
}
