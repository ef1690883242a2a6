//! When control calls fail: the service is waited for, brought back, and what made it fail is looked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Campaign, hooks, round};
use crate::case::Case;
use crate::check;
use crate::execute::Connections;

/// So long a service takes no connections before it is restarted, where that is configured: it may
/// come back by itself.
const GONE: Duration = Duration::from_secs(1);

/// How long a service that does not answer its control calls is waited for, where nothing longer is said.
const RECOVERY: Duration = Duration::from_secs(10);

impl Campaign<'_> {
    /// A control call failed: waits for the service to come back, and looks for the case that made
    /// it fail, one by one.
    pub(super) async fn convalesce(&mut self, suspects: Vec<Arc<Case>>) {
        let Some(control) = self.surroundings.control.clone() else { return };
        let began = Instant::now();
        let until = began + RECOVERY.max(self.settings.wait_for_service);
        let mut restarted = false;
        while !round::is_well(&self.executor, &control).await {
            if self.executor.stop.is_asked() {
                return;
            }
            if !restarted && began.elapsed() >= GONE && hooks::is_gone(&self.executor).await {
                restarted = true;
                self.revive().await;
                continue;
            }
            if Instant::now() >= until {
                self.stopped.get_or_insert_with(|| {
                    "the service stopped answering its control calls".to_owned()
                });
                return;
            }
            self.executor.sleep(Duration::from_millis(200)).await;
        }
        let mut checks = self.settings.checks.iter().copied();
        let Some(check) = checks.find(|check| check.name() == "unhealthy_after") else { return };
        for suspect in suspects.into_iter().rev().take(64) {
            if self.is_over() {
                return;
            }
            let history = hooks::execute(&self.executor, &suspect, Connections::Pooled, None).await;
            let judged = self.executor.judge_fully(check, &history, &self.surroundings).await;
            if self.executor.stop.is_asked() {
                return;
            }
            if judged.failures.is_empty() {
                continue;
            }
            for ranked in check::strongest(judged.failures) {
                self.suspect(&history, ranked, "control", None).await;
            }
            return;
        }
        self.inconclusive
            .push("control calls failed for a while, and no case makes them fail again".to_owned());
    }
}
