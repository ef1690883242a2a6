//! Hooks: what a person has configured to prepare a service, to clean up, to set it back, to bring it
//! back, and to tell its build.
//!
//! Responsible for running them under limits of time and size. Their calls go over the service's own
//! client, so that they count against its rate; commands run in a shell. Does not know when they are
//! due: campaigns do. Hooks never stand in case files.

mod command;
mod reset;
mod restart;
mod setup;
mod teardown;
mod version;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

pub use version::Build;

/// The longest that a command may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How long a service may take to be there after a restart.
const WAIT: Duration = Duration::from_secs(5);

/// What is configured of a service's hooks.
#[derive(Clone, Debug)]
pub struct Hooks {
    /// A command that prepares the service and prints a JSON object: `{"$var": …}` in cases.
    pub setup: Option<String>,
    /// A command that always runs at the end.
    pub teardown: Option<String>,
    /// Before each execution of a case that is confirmed, shrunk or replayed.
    pub reset: Option<Action>,
    /// A command that brings the service back when it has died.
    pub restart: Option<String>,
    /// A call whose answer names the build.
    pub version: Option<(String, String)>,
    /// The folder commands run in; the current one where it is absent.
    pub folder: Option<PathBuf>,
    /// How long the service may take to be there after a restart, or to come back by itself.
    pub wait: Duration,
    /// The longest that a command may take; then it is killed with all it started.
    pub limit: Duration,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            setup: None,
            teardown: None,
            reset: None,
            restart: None,
            version: None,
            folder: None,
            wait: WAIT,
            limit: LIMIT,
        }
    }
}

/// A call or a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A method and a path below the base.
    Call(String, String),
    /// Words for a shell.
    Command(String),
}

impl Action {
    /// Reads `POST /reset` as a call, all else as a command.
    pub fn of(text: &str) -> Self {
        match call(text) {
            Some((method, path)) => Self::Call(method, path),
            None => Self::Command(text.to_owned()),
        }
    }
}

/// Reads `GET /version`: a method in capitals and a path.
pub fn call(text: &str) -> Option<(String, String)> {
    let (method, path) = text.trim().split_once(' ')?;
    let path = path.trim();
    let is_call = !method.is_empty()
        && method.bytes().all(|octet| octet.is_ascii_uppercase())
        && path.starts_with('/')
        && !path.contains(char::is_whitespace);
    is_call.then(|| (method.to_owned(), path.to_owned()))
}

/// A hook that did not do what it is for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{hook}` in phi-fuzz.toml: {why}")]
pub struct HookError {
    /// Its key.
    pub hook: &'static str,
    /// Why, with what it said.
    pub why: String,
}
