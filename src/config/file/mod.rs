//! `phi-fuzz.toml`, read strictly: what is not known is an error that names the line.
//!
//! Responsible for turning the text of one file into a [`Config`]: keys, types, `${VARIABLES}`,
//! paths relative to the file. What floors above know (names of checks, phases and reports) is
//! passed in, and so is the environment.
//!
//! `${NAME}` in any text stands for that variable of the environment; `$${NAME}` for itself.

mod edge;
mod error;
mod flags;
mod identity;
mod interpolate;
mod operation;
mod section;
mod service;
#[cfg(test)]
mod tests;

pub use error::Error;

use std::path::Path;

pub use flags::KEYS as FLAGS;

use section::{Document, Read};

use super::Config;

/// Names that only floors above know.
#[derive(Clone, Copy, Debug)]
pub struct Names<'n> {
    /// Checks.
    pub checks: &'n [&'n str],
    /// Phases.
    pub phases: &'n [&'n str],
    /// Formats of reports.
    pub reports: &'n [&'n str],
}

/// Looks up a variable of the environment.
pub type Lookup<'l> = dyn Fn(&str) -> Option<String> + 'l;

/// Keys beside those of flags.
const SECTIONS: [&str; 4] = ["services", "identities", "operation", "edge"];

/// Loads a configuration file.
///
/// # Errors
/// It cannot be read, or does not say what a configuration can say.
pub fn load(path: &Path, names: Names<'_>, env: &Lookup<'_>) -> Result<Config, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    read(&text, path, names, env)
}

/// Reads the text of a configuration file; `path` is where it stands.
///
/// # Errors
/// It does not say what a configuration can say.
pub fn read(text: &str, path: &Path, names: Names<'_>, env: &Lookup<'_>) -> Result<Config, Error> {
    let document = Document::new(path, text, env);
    let table = document.parse()?;
    let top = document.top(&table);
    top.only(&[&flags::KEYS[..], &SECTIONS].concat())?;
    let config = Config {
        path: Some(path.to_owned()),
        defaults: flags::read(&top, names)?,
        services: each_named(&top, "services", service::read)?,
        identities: each_named(&top, "identities", identity::read)?,
        operations: top
            .get("operation")
            .map(|place| place.list(|item| operation::read(&item.section()?, names)))
            .transpose()?
            .unwrap_or_default(),
        edges: top
            .get("edge")
            .map(|place| place.list(|item| edge::read(&item.section()?)))
            .transpose()?
            .unwrap_or_default(),
        secrets: Vec::new(),
    };
    Ok(Config { secrets: document.secrets(may_be_secret), ..config })
}

/// Whether a variable in the text of a key may be a secret: what is sent, and what commands are told. The
/// secrets of identities are secrets as a whole.
fn may_be_secret(key: &str) -> bool {
    let (section, below) = key.split_once('.').unwrap_or((key, ""));
    match section {
        "header" | "proxy" => true,
        "operation" => below.starts_with("values."),
        "services" => {
            let hooks = [".setup", ".teardown", ".reset", ".restart"];
            hooks.iter().any(|hook| below.ends_with(hook))
        }
        _ => false,
    }
}

/// The sections below `[key.NAME]`, in the order of the file.
fn each_named<T>(
    top: &section::Section<'_>,
    key: &str,
    read: impl Fn(&str, &section::Section<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    let Some(place) = top.get(key) else { return Ok(Vec::new()) };
    place
        .section()?
        .entries()
        .map(|(name, place)| {
            let fits = |char: char| char.is_alphanumeric() || "_-.".contains(char);
            if name.is_empty() || !name.chars().all(fits) {
                return place.wrong("is no name; use letters, digits, `-`, `_` and `.`");
            }
            read(name, &place.section()?)
        })
        .collect()
}
