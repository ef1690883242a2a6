//! A folder of committed cases, replayed from a `#[test]`.
//!
//! Responsible for the face alone: cases are read by [`corpus`], executed and judged by [`campaign`].
//! Does what `phi-fuzz replay` does, without a terminal and without `phi-fuzz.toml`.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::campaign::{self, Event, Phase, Replay, Settings, Verdict};
use crate::config::{Identity, Permissions};
use crate::corpus::{self, Broken};
use crate::execute::{Executor, Identities, Permission};
use crate::spec::{base, load};
use crate::transport::{self, Client, Target};

/// Replays the committed cases of a folder against a running service whose document is at one of the
/// usual places (`/openapi.json`, …). [`Regressions`] is the same with more to say.
///
/// Blocks, needs no runtime and may be called inside one. Replays each case as often as it asks for,
/// on new connections. A service that is not on loopback is spared as by `phi-fuzz replay`: 20 requests
/// a second, 4 connections, nothing written to what the cases did not create. `Ok` means that nothing failed and everything could be told; known faults
/// within their date do not count, nor do cases whose operation is gone from the document, unless
/// all are.
///
/// # Errors
/// What failed, a line for each file; or why nothing could be replayed.
///
/// ```
/// # use phi_fuzz::demo::{self, Shop};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let corpus = folder.path();
/// # let finding = "not_a_server_error-1f3a9c20.json";
/// # let planted = &demo::faults(&Shop::default())[0];
/// # let file = serde_json::json!({
/// #     "phi_fuzz": 1, "check": planted.check, "at": "s1", "why": "it broke", "service": "shop",
/// #     "steps": planted.case["steps"], "reproduced": { "failed": 1, "of": 1 }, "replays": 1,
/// # });
/// # std::fs::write(corpus.join(finding), file.to_string())?;
/// // In a test of the service: `corpus` is `corpus/regressions`, the shop is what you start.
/// let shop = demo::start(Shop { healthy: true, ..Shop::default() })?;
/// let replayed = phi_fuzz::replay_corpus(corpus, &shop.url())?;
/// assert_eq!(replayed.len(), 1);
///
/// // While the fault is there, the error names the file.
/// let broken = demo::start(Shop::default())?;
/// let error = phi_fuzz::replay_corpus(corpus, &broken.url()).err().ok_or("nothing failed")?;
/// assert!(error.to_string().contains(finding), "{error}");
/// # Ok(())
/// # }
/// ```
pub fn replay_corpus(
    folder: impl Into<PathBuf>,
    url: impl Into<String>,
) -> Result<Vec<Replay>, Failed> {
    Regressions::new(folder, url).replay()
}

/// Committed cases, and what it takes to replay them.
#[derive(Clone, Debug)]
pub struct Regressions {
    folder: PathBuf,
    url: String,
    spec: Option<String>,
    identities: Vec<Identity>,
    timeout: Duration,
    foreign_writes: bool,
}

impl Regressions {
    /// The cases at or below a folder, against the service at an address.
    pub fn new(folder: impl Into<PathBuf>, url: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            url: url.into(),
            spec: None,
            identities: Vec::new(),
            timeout: transport::Settings::default().timeout,
            foreign_writes: false,
        }
    }

    /// Reads the document from a file or an address, not from the service's usual places.
    #[must_use]
    pub fn spec(mut self, spec: impl Into<String>) -> Self {
        self.spec = Some(spec.into());
        self
    }

    /// Adds someone to send calls as; the first one is whom calls are sent as that name no one.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identities.push(identity);
        self
    }

    /// How long each exchange may take; 10 s where this is not called.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Lets the cases write to whatever they name on a service that is not on loopback. Otherwise they
    /// write only to what they created, or what cannot exist, and one that does not is inconclusive.
    #[must_use]
    pub fn allow_foreign_writes(mut self) -> Self {
        self.foreign_writes = true;
        self
    }

    /// Replays them, as [`replay_corpus`] says; gives what became of each.
    ///
    /// # Errors
    /// What failed, a line for each file; or why nothing could be replayed.
    pub fn replay(&self) -> Result<Vec<Replay>, Failed> {
        // A thread of its own, because a runtime cannot be blocked on inside another, and because a
        // test's stack is small.
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("phi-fuzz".to_owned());
            let thread = thread.stack_size(campaign::STACK);
            let replaying = thread
                .spawn_scoped(scope, || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .map_err(|error| Failed::unable(format!("no runtime: {error}")))?;
                    runtime.block_on(self.replay_all())
                })
                .map_err(|error| Failed::unable(format!("no thread: {error}")))?;
            replaying.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    async fn replay_all(&self) -> Result<Vec<Replay>, Failed> {
        let folder = corpus::read(&self.folder).map_err(Failed::unable)?;
        let executor = self.executor().await?;
        let settings = Settings {
            phases: vec![Phase::Regressions],
            wait_for_service: Duration::ZERO,
            ..Settings::default()
        };
        let mut ignore = |_: Event| {};
        let (executor, settings) = (Arc::new(executor), Arc::new(settings));
        let summary = campaign::replay(executor, settings, folder.cases, &mut ignore).await;
        let fails = |replay: &Replay| {
            matches!(replay.verdict, Verdict::Failed | Verdict::Flaky | Verdict::Inconclusive)
        };
        let stale = summary.replays.iter().all(|replay| replay.verdict == Verdict::Stale);
        let failed: Vec<Replay> =
            summary.replays.iter().filter(|replay| stale || fails(replay)).cloned().collect();
        if failed.is_empty() && folder.broken.is_empty() {
            Ok(summary.replays.clone())
        } else {
            Err(Failed {
                replayed: summary.replays.len(),
                failed,
                broken: folder.broken,
                why: None,
            })
        }
    }

    /// How the service is spoken to, on loopback (`here`) or elsewhere, and what may be sent to it.
    fn manners(&self, here: bool) -> (transport::Settings, Permission) {
        let settings =
            transport::Settings { timeout: self.timeout, ..transport::Settings::usual(here) };
        let permissions =
            Permissions { foreign_writes: self.foreign_writes, ..Permissions::default() };
        (settings, Permission::new(permissions, here))
    }

    async fn executor(&self) -> Result<Executor, Failed> {
        let source = self.spec.as_deref().unwrap_or(&self.url);
        let options = load::Options { hosts: vec![self.url.clone()], ..load::Options::default() };
        let loaded = load::load(source, &options).await.map_err(Failed::unable)?;
        let target = Target::parse(&self.url).map_err(Failed::unable)?;
        let (settings, permission) = self.manners(target.is_loopback());
        let client = Client::new(target, settings).map_err(Failed::unable)?;
        let candidates = base::candidates(&loaded.service, &loaded.address, Some(&self.url));
        let identities =
            Identities { all: self.identities.clone(), schemes: loaded.service.schemes.clone() };
        let usual = campaign::path_of(&self.url).to_owned();
        let mut executor =
            Executor::new(Arc::new(loaded.service), client, usual, identities, permission);
        if let Some(choice) = campaign::find_base(&executor, &candidates.bases).await {
            campaign::path_of(&choice.base).clone_into(&mut executor.base);
        }
        Ok(executor)
    }
}

/// Why a corpus did not pass.
#[derive(Clone, Debug, Default)]
pub struct Failed {
    /// How many cases were replayed.
    pub replayed: usize,
    /// Those that failed, or told nothing.
    pub failed: Vec<Replay>,
    /// Files that should be cases and are none.
    pub broken: Vec<Broken>,
    /// Why nothing could be replayed at all.
    pub why: Option<String>,
}

impl Failed {
    fn unable(error: impl fmt::Display) -> Self {
        Self { why: Some(error.to_string()), ..Self::default() }
    }
}

impl std::error::Error for Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.why {
            return write!(f, "no case could be replayed: {why}");
        }
        let bad = self.failed.len() + self.broken.len();
        write!(f, "{bad} of {} cases did not pass", self.replayed + self.broken.len())?;
        for Replay { path, operation, check, verdict, counts: (failed, of), why } in &self.failed {
            let verdict = verdict.word();
            write!(f, "\n{verdict} {} {operation} {check} {failed}/{of}: {why}", path.display())?;
        }
        for Broken { path, reason } in &self.broken {
            write!(f, "\nunreadable {}: {reason}", path.display())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Credential;
    use crate::demo::{self, Planted, Shop};

    fn write(root: &std::path::Path, planted: &Planted) -> PathBuf {
        let path = root.join(format!("{}.json", planted.name.replace(' ', "-")));
        let file = serde_json::json!({
            "phi_fuzz": 1, "check": planted.check, "at": "s1", "why": "it broke", "service": "shop",
            "steps": planted.case["steps"], "reproduced": { "failed": 1, "of": 1 }, "replays": 1,
        });
        std::fs::write(&path, file.to_string()).unwrap();
        path
    }

    fn shopkeeper() -> Identity {
        Identity {
            name: "shopkeeper".to_owned(),
            credentials: vec![Credential::Bearer(demo::BEARER.to_owned())],
            isolated: false,
        }
    }

    #[test]
    fn every_failing_and_every_unreadable_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let faults = demo::faults(&Shop::default());
        let quick = |name: &str| faults.iter().find(|fault| fault.name == name).unwrap();
        let paths = ["quantity", "calendar"].map(|name| write(folder.path(), quick(name)));
        let shop = demo::start(Shop::default()).unwrap();
        let regressions = Regressions::new(folder.path(), shop.url()).identity(shopkeeper());

        let failed = regressions.replay().unwrap_err();
        assert_eq!((failed.replayed, failed.failed.len(), failed.broken.len()), (2, 2, 0));
        let said = failed.to_string();
        assert!(said.starts_with("2 of 2 cases did not pass\nFAILED "), "{said}");
        assert!(paths.iter().all(|path| said.contains(&path.display().to_string())), "{said}");

        let healthy = demo::start(Shop { healthy: true, ..Shop::default() }).unwrap();
        let mended = Regressions::new(folder.path(), healthy.url()).identity(shopkeeper());
        assert_eq!(mended.replay().unwrap().len(), 2);

        let broken = folder.path().join("broken.json");
        std::fs::write(&broken, "{").unwrap();
        let said = mended.replay().unwrap_err().to_string();
        assert!(said.starts_with("1 of 3 cases did not pass\nunreadable "), "{said}");
        assert!(said.contains(&broken.display().to_string()), "{said}");
    }

    #[test]
    fn a_service_that_others_use_is_spared() {
        let cases = Regressions::new("corpus", "https://shop.example");
        let (here, _) = cases.manners(true);
        assert_eq!((here.rate, here.max_connections), (None, 64));
        let (there, permission) = cases.manners(false);
        assert_eq!((there.rate, there.max_connections), (Some(20.0), 4));
        assert!(there.breaker.is_some() && !permission.is_unbounded());
        assert!(cases.allow_foreign_writes().manners(false).1.is_unbounded());
    }

    #[test]
    fn what_nests_deep_is_replayed_from_the_thread_of_a_test() {
        let folder = tempfile::tempdir().unwrap();
        let faults = demo::faults(&Shop::default());
        let mut planted = faults.into_iter().find(|fault| fault.name == "quantity").unwrap();
        let deep = (0..450).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
        planted.case["steps"][0]["label"] = "unspecified".into();
        planted.case["steps"][0]["json"] = serde_json::json!({ "qty": deep });
        write(folder.path(), &planted);
        let shop = demo::start(Shop { healthy: true, ..Shop::default() }).unwrap();
        let regressions = Regressions::new(folder.path(), shop.url()).identity(shopkeeper());
        let test = std::thread::Builder::new().stack_size(2 << 20);
        let replayed = test.spawn(move || regressions.replay()).unwrap().join().unwrap();
        let replayed = replayed.unwrap();
        assert_eq!((replayed.len(), replayed[0].verdict), (1, Verdict::Ok), "{replayed:?}");
    }

    #[tokio::test]
    async fn a_corpus_is_replayed_inside_a_runtime_too() {
        let folder = tempfile::tempdir().unwrap();
        let shop = demo::start(Shop { healthy: true, ..Shop::default() }).unwrap();
        assert!(replay_corpus(folder.path(), shop.url()).unwrap().is_empty());
    }

    #[test]
    fn what_is_not_there_is_said_without_a_panic() {
        let said = replay_corpus("no/such/folder", "http://127.0.0.1:1").unwrap_err().to_string();
        assert!(
            said.starts_with("no case could be replayed: cannot read no/such/folder"),
            "{said}"
        );
        let folder = tempfile::tempdir().unwrap();
        let said = replay_corpus(folder.path(), "http://127.0.0.1:1").unwrap_err().to_string();
        assert!(said.starts_with("no case could be replayed: "), "{said}");
    }
}
