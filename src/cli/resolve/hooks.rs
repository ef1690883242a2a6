//! What is configured of hooks, and what has no effect yet.

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

    /// What is configured and has no effect.
    pub(in crate::cli) fn passed_over(&self, config: &ServiceConfig) -> Option<String> {
        let set: Vec<&str> = [
            ("`settle` (no check reads back yet)", !config.settle.is_zero()),
            (
                "`[[edge]]` (no calls are put in sequence yet)",
                !self.session.config.edges.is_empty(),
            ),
        ]
        .into_iter()
        .filter_map(|(key, is_set)| is_set.then_some(key))
        .collect();
        let keys = set.join(" and ");
        (!set.is_empty())
            .then(|| format!("without effect in this version: {keys} in phi-fuzz.toml"))
    }
}
