//! `setup`: prepares the service, and tells cases what it prepared.

use super::super::Executor;
use super::{HookError, command};
use crate::value::{Value, read};

impl Executor {
    /// Runs `setup`, where there is one; the members it prints become variables.
    ///
    /// # Errors
    /// It fails, hangs, or prints what is no JSON object.
    pub async fn set_up(&self) -> Result<(), HookError> {
        let Some(line) = &self.hooks.setup else { return Ok(()) };
        let failed = |why: String| HookError { hook: "setup", why };
        let printed = self.shell(line).await.map_err(failed)?;
        let variables = if printed.trim_ascii().is_empty() {
            Value::object::<&str>([])
        } else {
            read::json(&printed).map_err(|error| {
                failed(format!(
                    "what it prints is no JSON: {error}; print one object to standard output, and \
                     everything else to standard error"
                ))
            })?
        };
        if variables.as_object().is_none() {
            return Err(failed("what it prints is JSON, but no object".to_owned()));
        }
        // Only the first one counts: cases of one run see the same.
        let _ = self.variables.set(variables);
        Ok(())
    }

    /// Runs a command of a hook in a shell, unless nothing is to be waited for any more.
    pub(super) async fn shell(&self, line: &str) -> Result<Vec<u8>, String> {
        let url = self.url();
        let env = [("PHI_FUZZ_URL", url.as_str())];
        tokio::select! {
            biased;
            () = self.stop.hurried() => Err("was ended by a second signal".to_owned()),
            done = command::run(line, self.hooks.folder.as_deref(), &env, self.hooks.limit) => done,
        }
    }
}
