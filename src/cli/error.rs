//! What keeps a command from being done. A finding is never one of these.

use std::io;

use super::Exit;
use crate::{config, corpus, report, spec, transport};

/// Why a command cannot be done. Each names the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was typed makes no sense together, or with what is there.
    #[error("{0}")]
    Usage(String),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] config::file::Error),
    /// A document.
    #[error(transparent)]
    Spec(#[from] spec::load::Error),
    /// Case files and folders.
    #[error(transparent)]
    Corpus(#[from] corpus::Error),
    /// The settings of connections.
    #[error(transparent)]
    Transport(#[from] transport::Error),
    /// A report.
    #[error(transparent)]
    Report(#[from] report::Error),
    /// The terminal, or what stands behind a pipe.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// A signal came before anything was sent.
    #[error("interrupted; nothing was sent")]
    Interrupted(i32),
    /// The operating system refused what every run needs.
    #[error("cannot {doing}: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    /// An error about what was typed.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(super) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { doing, source }
    }

    /// Whether it says only that whoever read the output has seen enough.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What the process ends with. None of these errors comes once a campaign has begun.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Spec(spec::load::Error::Absent { .. }) => Exit::UNTESTED,
            Self::Usage(_)
            | Self::Config(_)
            | Self::Spec(_)
            | Self::Corpus(_)
            | Self::Transport(_)
            | Self::Report(_) => Exit::USAGE,
            Self::Interrupted(signal) => Exit::of_signal(*signal),
            Self::Output(_) | Self::System { .. } => Exit::UNTESTED,
        }
    }
}
