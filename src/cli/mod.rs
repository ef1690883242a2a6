//! The command line: arguments, terminal, signals, exit codes.
//!
//! Responsible for turning what was typed, the environment and `phi-fuzz.toml` into settings, for
//! starting what was asked for, and for the exit code. Two levels, as in ripgrep: [`args`] is what
//! was typed, `resolve` fills in the rest. Does not know how anything is judged.

pub mod args;
mod command;
mod committed;
mod connect;
mod console;
mod date;
mod error;
mod exit;
mod launch;
mod memory;
mod resolve;
mod session;
mod signal;

pub use error::Error;
pub use exit::Exit;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use session::Session;

/// Runs the command line of `args`, the name of the program first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    exit::tell_faults_of_ours();
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // There is no one else to tell that the terminal is gone.
            let _ = error.print();
            return if error.use_stderr() { Exit::USAGE } else { Exit::WHOLE }.into();
        }
    };
    let exit = Session::open(&args.global).and_then(|session| {
        let done = dispatch(&session, args.command);
        done.or_else(|error| if error.is_broken_pipe() { Ok(Exit::WHOLE) } else { Err(error) })
    });
    exit.unwrap_or_else(|error| {
        console::complain(&error);
        error.exit()
    })
    .into()
}

fn dispatch(session: &Session, command: Command) -> Result<Exit, Error> {
    match command {
        Command::Run(run) => command::run::run(session, &run),
        Command::Replay(replay) => command::replay::run(session, &replay),
        Command::Shrink(shrink) => command::shrink::run(session, &shrink),
        Command::Accept(accept) => command::accept::run(session, &accept),
        Command::Export(export) => command::export::run(session, &export),
        Command::List(list) => command::list::run(session, &list),
        Command::Generate(generate) => command::generate::run(session, &generate),
        Command::Explain(explain) => command::explain::run(session, &explain),
        Command::Demo(demo) => command::demo::run(session, &demo),
    }
}
