//! `phi-fuzz replay`

use super::super::args::Replay;
use super::super::launch::{self, Task};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit, memory};
use super::cases;

pub(in crate::cli) fn run(session: &Session, replay: &Replay) -> Result<Exit, Error> {
    session.tell_config();
    let resolved = Resolved::new(session, replay.flags())?;
    let cases = if replay.new {
        cases::findings(&resolved)?
    } else if replay.cases.is_empty() {
        cases::committed(&resolved)?
    } else {
        cases::named(&resolved, &replay.cases)?
    };
    let services = resolved.services(&replay.specs, &memory::recall(&resolved.out()))?;
    let task = Task::Replay(cases);
    launch::block_on(launch::campaigns(session, &resolved, &services, &task, replay.strict))
}
