//! What is configured of hooks.

use std::path::Path;
use std::time::Duration;

use super::super::Error;
use super::Resolved;
use crate::config::ServiceConfig;
use crate::execute::Hooks;
use crate::execute::hook::{Action, call};

impl Resolved<'_> {
    /// The hooks of a service; commands run in the folder of the configuration.
    ///
    /// # Errors
    /// `version` is no call.
    pub(in crate::cli) fn hooks(
        &self,
        config: &ServiceConfig,
        wait: Duration,
    ) -> Result<Hooks, Error> {
        let version = config.version.as_deref().map(|text| {
            call(text).ok_or_else(|| {
                Error::usage(format!(
                    "`version` in phi-fuzz.toml is no call: `{text}`; write 'GET /version'"
                ))
            })
        });
        let folder = self.session.config.path.as_deref().and_then(Path::parent);
        Ok(Hooks {
            setup: config.setup.clone(),
            teardown: config.teardown.clone(),
            reset: config.reset.as_deref().map(Action::of),
            restart: config.restart.clone(),
            version: version.transpose()?,
            folder: folder.filter(|path| !path.as_os_str().is_empty()).map(Path::to_owned),
            wait,
            ..Hooks::default()
        })
    }
}
