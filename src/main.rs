//! The `phi-fuzz` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    phi_fuzz::cli::run(std::env::args_os())
}
