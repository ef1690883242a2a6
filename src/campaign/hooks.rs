//! When hooks are due: before the first case, before each probe, when the service is gone, at the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Campaign, Event, prepare};
use crate::case::{Case, Exchange, History, Outcome, Unfinished};
use crate::execute::hook::{Build, HookError};
use crate::execute::{Connections, Executor};

impl Campaign<'_> {
    /// Waits for the service and prepares it.
    ///
    /// # Errors
    /// Why nothing can be sent.
    pub(super) async fn begin(&mut self) -> Result<(), String> {
        let executor = Arc::clone(&self.executor);
        prepare::wait_for(&executor, &self.settings)
            .await
            .map_err(|why| format!("{} is not there: {why}", executor.client.target().authority))?;
        tokio::select! {
            biased;
            () = executor.stop.asked() => return Err("interrupted".to_owned()),
            done = executor.set_up() => done.map_err(|error| self.redacted(&error.to_string()))?,
        }
        self.learn_build().await;
        Ok(())
    }

    /// Cleans up, whatever came before; tells how often the service was brought back.
    pub(super) async fn tear_down(&mut self) {
        let often = match self.executor.restarts() {
            0 => None,
            1 => Some("once".to_owned()),
            count => Some(format!("{count} times")),
        };
        if let Some(often) = often {
            let told = format!("the service was gone and was restarted {often}");
            (self.emit)(Event::Notice(told));
        }
        if let Err(error) = self.torn_down().await {
            let told = self.redacted(&error.to_string());
            (self.emit)(Event::Notice(told));
        }
    }

    /// Runs `teardown` to its end, and says so to whoever waits for ours.
    async fn torn_down(&mut self) -> Result<(), HookError> {
        let (executor, began) = (Arc::clone(&self.executor), Instant::now());
        let done = executor.tear_down();
        tokio::pin!(done);
        tokio::select! {
            biased;
            done = &mut done => return done,
            () = executor.stop.asked() => {}
        }
        let left = executor.hooks.limit.saturating_sub(began.elapsed()).as_secs();
        let told = format!("waiting for `teardown` (up to {left} s); once more ends at once");
        (self.emit)(Event::Notice(told));
        done.await
    }

    /// Sees whether the build is named in a way that can be compared.
    async fn learn_build(&mut self) {
        if self.executor.hooks.version.is_none() {
            return;
        }
        let (first, second) = (self.executor.build().await, self.executor.build().await);
        self.names_build = first.is_some() && first == second;
        if !self.names_build && !self.executor.stop.is_asked() {
            let why = match first {
                None => "it is not answered 2xx",
                Some(_) => "its answer is another one each time",
            };
            let told = format!("`version` in phi-fuzz.toml says nothing of the build: {why}");
            (self.emit)(Event::Notice(told));
        }
    }

    /// The build that answers now, where that can be told.
    pub(super) async fn build(&self) -> Option<Build> {
        if self.names_build { self.executor.build().await } else { None }
    }

    /// Brings back a service that takes no connections.
    pub(super) async fn revive(&mut self) {
        match self.executor.restart().await {
            Ok(false) => {}
            Ok(true) => {
                (self.emit)(Event::Notice("the service was gone and is back".to_owned()));
            }
            Err(error) => {
                let told = self.redacted(&error.to_string());
                (self.emit)(Event::Notice(told));
            }
        }
    }

    fn redacted(&self, text: &str) -> String {
        self.settings.redactor.text(text).into_owned()
    }
}

/// Executes a case on a service that was set back, where that is configured. Where one that is gone is
/// brought back, or comes back, the case is executed once more. `within` bounds the wait for each answer.
pub(super) async fn execute(
    executor: &Executor,
    case: &Arc<Case>,
    connections: Connections,
    within: Option<Duration>,
) -> Arc<History> {
    let unfinished = |why: String| {
        let call = case.calls().next().map(|call| call.id.clone()).unwrap_or_default();
        let unfinished = Some(Unfinished { call, why });
        Arc::new(History { case: Arc::clone(case), exchanges: Vec::new(), unfinished })
    };
    let mut restarted = false;
    loop {
        if executor.stop.is_asked() {
            return unfinished("the run ended before it was sent".to_owned());
        }
        let mut unset = false;
        let history = match executor.reset().await {
            Ok(()) => Arc::new(executor.run_within(case, connections, within).await),
            Err(error) if restarted || !is_gone(executor).await => {
                return unfinished(error.to_string());
            }
            Err(error) => {
                unset = true;
                unfinished(error.to_string())
            }
        };
        let gone = |exchange: &Exchange| matches!(exchange.outcome, Outcome::Unreachable { .. });
        let lost = unset || history.exchanges.iter().any(gone);
        if restarted || !lost {
            return history;
        }
        match executor.restart().await {
            Ok(true) => restarted = true,
            Ok(false) => return history,
            Err(error) => return unfinished(error.to_string()),
        }
    }
}

/// Whether the service takes no connections.
pub(super) async fn is_gone(executor: &Executor) -> bool {
    let exchange = executor.look().await;
    matches!(exchange.outcome, Outcome::Unreachable { .. })
}
