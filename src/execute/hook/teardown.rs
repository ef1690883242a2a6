//! `teardown`: runs at the end, whatever came before.

use super::super::Executor;
use super::HookError;

impl Executor {
    /// Runs `teardown`, where there is one.
    ///
    /// # Errors
    /// It fails or hangs.
    pub async fn tear_down(&self) -> Result<(), HookError> {
        let Some(line) = &self.hooks.teardown else { return Ok(()) };
        let done = self.shell(line).await;
        done.map(drop).map_err(|why| HookError { hook: "teardown", why })
    }
}
