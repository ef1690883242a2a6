//! Standard output and standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::{Error, args};

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// What a command writes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    /// Whether colours are let through.
    pub(super) color: ColorChoice,
}

impl Console {
    /// A console that colours when it is told to.
    pub(super) fn new(color: Option<args::Color>) -> Self {
        let color = match color {
            None | Some(args::Color::Auto) => ColorChoice::Auto,
            Some(args::Color::Always) => ColorChoice::Always,
            Some(args::Color::Never) => ColorChoice::Never,
        };
        Self { color }
    }

    /// Writes a result to standard output.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn result(self, text: &str) -> Result<(), Error> {
        let mut out = AutoStream::new(io::stdout().lock(), self.color);
        out.write_all(text.as_bytes())
            .and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") })
            .and_then(|()| out.flush())
            .map_err(Error::Output)
    }

    /// Writes something worth knowing to standard error.
    pub(super) fn note(self, text: &str) {
        let _ = writeln!(AutoStream::new(io::stderr(), self.color), "note: {text}");
    }
}

/// Tells an error.
pub(super) fn complain(error: &dyn Display) {
    let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {error}");
}

/// Whether a line on standard error may be drawn again and again.
pub(super) fn is_live(env: &dyn Fn(&str) -> Option<String>) -> bool {
    let ci = env("CI").is_some_and(|value| !value.is_empty() && value != "false");
    let dumb = env("TERM").is_some_and(|term| term == "dumb");
    !ci && !dumb && io::stderr().is_terminal()
}
