//! When control calls fail: the service is waited for, brought back, and what made it fail is looked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Campaign, Event, death, hooks, round};
use crate::case::{Case, History};
use crate::check;
use crate::execute::Connections;

/// So long a service takes no connections before it is restarted, where that is configured: it may
/// come back by itself.
const GONE: Duration = Duration::from_secs(1);

/// How long a service that does not answer its control calls is waited for, where nothing longer is said.
const RECOVERY: Duration = Duration::from_secs(10);

impl Campaign<'_> {
    /// A control call failed, or where there is none, connections: waits for the service to come back, and
    /// looks for the case that made it fail, one by one. Where it does not come back, what was `under_way`
    /// when it went is what can be said.
    pub(super) async fn convalesce(
        &mut self,
        suspects: Vec<Arc<Case>>,
        under_way: Vec<Arc<History>>,
    ) {
        let control = self.surroundings.control.clone();
        let began = Instant::now();
        let patience = RECOVERY.max(self.settings.wait_for_service);
        let until = began + patience;
        let mut restarted = false;
        if hooks::is_gone(&self.executor).await {
            let told = "the service takes no connections any more; it is waited for";
            (self.emit)(Event::Notice(format!("{told}, up to {} s", patience.as_secs())));
        }
        while !round::is_well(&self.executor, control.as_ref()).await {
            if self.executor.stop.is_asked() {
                return;
            }
            if !restarted && began.elapsed() >= GONE && hooks::is_gone(&self.executor).await {
                restarted = true;
                self.revive().await;
                continue;
            }
            if Instant::now() >= until {
                if hooks::is_gone(&self.executor).await {
                    return self.end_with_death(&under_way);
                }
                self.stopped.get_or_insert_with(|| {
                    "the service stopped answering its control calls".to_owned()
                });
                return;
            }
            self.executor.sleep(Duration::from_millis(200)).await;
        }
        let mut checks = self.settings.checks.iter().copied();
        // Without a control call, only what ends without an answer can be told.
        let name = if control.is_some() { "unhealthy_after" } else { "connection_dropped" };
        let Some(check) = checks.find(|check| check.name() == name) else { return };
        for suspect in suspects.into_iter().rev().take(64) {
            if self.is_over() {
                return;
            }
            let history = hooks::execute(&self.executor, &suspect, Connections::Pooled, None).await;
            let judged = self.executor.judge_fully(check, &history, &self.surroundings).await;
            if self.executor.stop.is_asked() {
                return;
            }
            let died = death::was_under_way(&history) && hooks::is_gone(&self.executor).await;
            if died && !matches!(self.executor.restart().await, Ok(true)) {
                return self.end_with_death(&[history]);
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
