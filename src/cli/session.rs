//! What every command needs: the configuration, the environment, the console.

use std::path::{Path, PathBuf};

use super::Error;
use super::args::{Color, Global};
use super::console::Console;
use crate::config::{self, Config, file::Names};
use crate::report::{Format, Verbosity};
use crate::{campaign::Phase, check};

/// What every command needs.
#[derive(Debug)]
pub(super) struct Session {
    /// What `phi-fuzz.toml` says; nothing where there is none.
    pub(super) config: Config,
    /// Where results and notes go.
    pub(super) console: Console,
    /// How much is told.
    pub(super) verbosity: Verbosity,
}

impl Session {
    /// Finds and reads the configuration; says where it is.
    ///
    /// # Errors
    /// The configuration cannot be used.
    pub(super) fn open(global: &Global) -> Result<Self, Error> {
        let config = match &global.config {
            Some(path) => load(path)?,
            None => match nearest()? {
                Some(path) => load(&path)?,
                None => Config::default(),
            },
        };
        let color = global.color.or(match config.defaults.color.as_deref() {
            Some("always") => Some(Color::Always),
            Some("never") => Some(Color::Never),
            _ => None,
        });
        let verbosity = match (global.quiet, global.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Ok(Self { config, console: Console::new(color), verbosity })
    }

    /// Says where the configuration is, where a command depends on it.
    pub(super) fn tell_config(&self) {
        if let (Some(path), true) = (&self.config.path, self.verbosity > Verbosity::Quiet) {
            self.console.note(&format!("configured by {}", path.display()));
        }
    }

    /// A path as seen from the folder of the configuration.
    pub(super) fn beside_config(&self, path: &str) -> PathBuf {
        let folder = self.config.path.as_deref().and_then(Path::parent);
        match folder.filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => folder.join(path),
            None => PathBuf::from(path),
        }
    }
}

/// A variable of the environment.
pub(super) fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn load(path: &Path) -> Result<Config, Error> {
    let checks: Vec<_> = check::all().iter().map(|check| check.name()).collect();
    let names = Names {
        checks: &checks,
        phases: &Phase::ALL.map(Phase::name),
        reports: &Format::ALL.map(Format::name),
    };
    Ok(config::file::load(path, names, &env)?)
}

/// The nearest configuration, as seen from here.
fn nearest() -> Result<Option<PathBuf>, Error> {
    let here = std::env::current_dir().map_err(Error::system("tell the current folder"))?;
    let near = |path: PathBuf| path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path);
    Ok(config::find(&here).map(near))
}
