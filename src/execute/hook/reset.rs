//! `reset`: sets the service back before each execution that must not depend on others.

use super::super::Executor;
use super::{Action, HookError};
use crate::case::Outcome;

impl Executor {
    /// Whether executions of single cases may overlap: the service is neither set back before each nor
    /// brought back in the middle.
    pub fn may_overlap(&self) -> bool {
        self.hooks.reset.is_none() && self.hooks.restart.is_none()
    }

    /// Whether the service is set back before each execution that must not depend on others.
    pub fn is_set_back(&self) -> bool {
        self.hooks.reset.is_some()
    }

    /// Sets the service back, where that is configured.
    ///
    /// # Errors
    /// The command fails or hangs; the call is not answered 2xx.
    pub async fn reset(&self) -> Result<(), HookError> {
        let failed = |why: String| HookError { hook: "reset", why };
        match &self.hooks.reset {
            None => Ok(()),
            Some(Action::Command(line)) => self.shell(line).await.map(drop).map_err(failed),
            Some(Action::Call(method, path)) => {
                let exchange = self.ask(method, &format!("{}{path}", self.base)).await;
                match (exchange.status(), &exchange.outcome) {
                    (Some(200..=299), _) | (_, Outcome::Abandoned) => Ok(()),
                    (Some(status), _) => {
                        Err(failed(format!("`{method} {path}` is answered {status}, not 2xx")))
                    }
                    (None, _) => Err(failed(format!("`{method} {path}` is not answered"))),
                }
            }
        }
    }
}
