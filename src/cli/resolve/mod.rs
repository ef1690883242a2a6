//! From what was typed, the environment and the configuration to what the engine is told.
//!
//! Precedence: flag, `PHI_FUZZ_*`, `phi-fuzz.toml`, default. The first two arrive as one in
//! [`Flags`]. What is decided here is decided for good: nothing below looks anything up.

mod hooks;
mod identities;
mod services;
mod transport;

pub(super) use services::Named;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Error;
use super::args::Flags;
use super::session::Session;
use crate::campaign::{self, Phase, Stop};
use crate::check::{self, Check, Severity, Stack};
use crate::config::{Filter, Identity, Permissions, ServiceConfig};
use crate::report::{Wanted, Ways, words};
use crate::spec::Operation;
use crate::transport::Target;
use crate::value::Redactor;

/// How long a run may take.
const MAX_TIME: Duration = Duration::from_secs(60);
/// Cases executed at once on this machine, and elsewhere.
const WORKERS: (usize, usize) = (16, 4);
/// How long to wait for a service that is not there.
const WAIT_FOR_SERVICE: Duration = Duration::from_secs(5);
/// The longest that shrinking one finding takes, and its share of the time in all.
const SHRINK: (Duration, f64) = (Duration::from_secs(20), 0.3);
/// The folder for what is found, and that of committed cases.
const FOLDERS: (&str, &str) = (".phi-fuzz", "corpus");
/// Committed cases, below their folder.
const REGRESSIONS: &str = "regressions";

/// What was typed and configured, ready to be asked.
#[derive(Debug)]
pub(super) struct Resolved<'s> {
    flags: Flags,
    session: &'s Session,
    /// The seed, drawn where none was given.
    pub(super) seed: u64,
    /// Who requests can be sent as, the default one first.
    pub(super) identities: Vec<Identity>,
    /// Takes their secrets out of what is written.
    pub(super) redactor: Arc<Redactor>,
    /// How the tool is called again about what is found.
    pub(super) ways: Ways,
    /// Says when a signal has come.
    pub(super) stop: Stop,
}

impl<'s> Resolved<'s> {
    /// Resolves flags against the configuration.
    ///
    /// # Errors
    /// What was typed, and what is configured, make no sense together.
    pub(super) fn new(session: &'s Session, flags: Flags) -> Result<Self, Error> {
        let seed = flags.budget.seed.or(session.config.defaults.seed).unwrap_or_else(random);
        let identities = identities::resolve(&flags, &session.config)?;
        let secrets = identities.iter().flat_map(Identity::secrets);
        let secrets = secrets.chain(session.config.secrets.iter().cloned());
        let redactor = Arc::new(Redactor::new(secrets));
        let ways = ways(&flags);
        Ok(Self { flags, session, seed, identities, redactor, ways, stop: Stop::default() })
    }

    /// What a campaign against a service is told to do; `here` says that it is on this machine. No
    /// folder is taken yet, and no committed case is read.
    pub(super) fn settings(
        &self,
        here: bool,
        config: &ServiceConfig,
    ) -> Result<campaign::Settings, Error> {
        let Flags { budget, select, outcome, .. } = &self.flags;
        let defaults = &self.session.config.defaults;
        let fail_fast = budget.fail_fast.or(defaults.fail_fast).unwrap_or_default();
        Ok(campaign::Settings {
            seed: self.seed,
            max_time: budget.max_time.or(defaults.max_time).unwrap_or(MAX_TIME),
            max_cases: budget.max_cases.or(defaults.max_cases),
            max_findings: if fail_fast {
                Some(1)
            } else {
                budget.max_findings.or(defaults.max_findings)
            },
            workers: self.workers(here),
            phases: self.phases(),
            checks: self.checks()?,
            include: first(&select.include, &defaults.include).to_vec(),
            exclude: first(&select.exclude, &defaults.exclude).to_vec(),
            overrides: self.session.config.operations.clone(),
            recorded: Vec::new(),
            out: None,
            committed: Vec::new(),
            fail_on: self.fail_on(),
            require_reached: outcome
                .require_reached
                .or(defaults.require_reached)
                .unwrap_or_default(),
            shrink_time: SHRINK.0,
            shrink_share: SHRINK.1,
            wait_for_service: self.wait_for_service(),
            health: config.health.clone(),
            cleanup: !budget.no_cleanup.or(defaults.no_cleanup).unwrap_or_default(),
            stack: config.stack.as_deref().map(Stack::named).transpose().map_err(Error::usage)?,
            settle: config.settle,
            redactor: Arc::clone(&self.redactor),
        })
    }

    /// How long a service that is not there is waited for.
    pub(super) fn wait_for_service(&self) -> Duration {
        let typed = self.flags.connect.wait_for_service;
        typed.or(self.session.config.defaults.wait_for_service).unwrap_or(WAIT_FOR_SERVICE)
    }

    /// Files of recorded traffic.
    pub(super) fn seed_from(&self) -> &[PathBuf] {
        first(&self.flags.folders.seed_from, &self.session.config.defaults.seed_from)
    }

    fn workers(&self, here: bool) -> usize {
        let usual = if here { WORKERS.0 } else { WORKERS.1 };
        self.flags.connect.workers.or(self.session.config.defaults.workers).unwrap_or(usual)
    }

    fn phases(&self) -> Vec<Phase> {
        let wanted = first(&self.flags.budget.phase, &self.session.config.defaults.phase);
        if wanted.is_empty() {
            return Phase::ALL.to_vec();
        }
        let picked = |phase: &Phase| wanted.iter().any(|w| w == phase.name());
        Phase::ALL.into_iter().filter(picked).collect()
    }

    fn checks(&self) -> Result<Vec<&'static dyn Check>, Error> {
        let defaults = &self.session.config.defaults;
        let only = first(&self.flags.judge.check, &defaults.check);
        let not = first(&self.flags.judge.exclude_check, &defaults.exclude_check);
        let named = |list: &[String], check: &&'static dyn Check| {
            list.iter().any(|name| name == check.name())
        };
        let checks: Vec<_> = check::all()
            .iter()
            .copied()
            .filter(|check| only.is_empty() || named(only, check))
            .filter(|check| !named(not, check))
            .collect();
        if checks.is_empty() {
            return Err(Error::usage("no check is left; take some out of --exclude-check"));
        }
        Ok(checks)
    }

    /// The severity from which a finding breaks the build.
    pub(super) fn fail_on(&self) -> Option<Severity> {
        let typed = self.flags.outcome.fail_on.as_ref();
        match typed.or(self.session.config.defaults.fail_on.as_ref()).map(String::as_str) {
            Some("never") => None,
            Some("warning") => Some(Severity::Warning),
            _ => Some(Severity::Error),
        }
    }

    /// The folder for what is found.
    pub(super) fn out(&self) -> PathBuf {
        let typed = self.flags.folders.out.clone();
        typed
            .or_else(|| self.session.config.defaults.out.clone())
            .unwrap_or_else(|| self.session.beside_config(FOLDERS.0))
    }

    /// The folder of committed cases.
    pub(super) fn corpus(&self) -> PathBuf {
        let typed = self.flags.folders.corpus.clone();
        let corpus = typed
            .or_else(|| self.session.config.defaults.corpus.clone())
            .unwrap_or_else(|| self.session.beside_config(FOLDERS.1));
        corpus.join(REGRESSIONS)
    }

    /// The folder of committed cases, where they are replayed.
    pub(super) fn regressions(&self) -> Option<PathBuf> {
        let none = self.flags.folders.no_corpus.or(self.session.config.defaults.no_corpus);
        (!none.unwrap_or_default()).then(|| self.corpus())
    }

    /// The secrets of the configuration that are no identity's.
    pub(super) fn secrets(&self) -> &[(String, String)] {
        &self.session.config.secrets
    }

    /// Whether requests carry a `traceparent`.
    pub(super) fn traces(&self) -> bool {
        let typed = self.flags.connect.traceparent;
        typed.or(self.session.config.defaults.traceparent).unwrap_or_default()
    }

    /// Whether a service is on this machine, and treated so.
    pub(super) fn is_here(&self, target: &Target) -> bool {
        target.is_loopback() && !self.flags.safety.treat_loopback_as_remote
    }

    /// What may be done to a service that is not ours alone.
    ///
    /// # Errors
    /// The host that is said to be the person's own is another one.
    pub(super) fn permissions(&self, target: Option<&Target>) -> Result<Permissions, Error> {
        let safety = &self.flags.safety;
        let defaults = &self.session.config.defaults;
        let writes = safety.allow_foreign_writes.or(defaults.allow_foreign_writes);
        let disruptive = safety.allow_disruptive.or(defaults.allow_disruptive);
        let own = safety.i_own_this_host.as_ref();
        if let (Some(own), Some(target)) = (own, target)
            && !own.eq_ignore_ascii_case(&target.host)
        {
            let host = &target.host;
            return Err(Error::usage(format!(
                "--i-own-this-host names {own}, but the service is at {host}"
            )));
        }
        Ok(Permissions {
            foreign_writes: writes.unwrap_or_default(),
            disruptive: disruptive.unwrap_or_default(),
            dangerous: if own.is_some() || target.is_some_and(|target| self.is_here(target)) {
                safety.allow_dangerous.clone()
            } else {
                Vec::new()
            },
            loopback_is_remote: safety.treat_loopback_as_remote,
        })
    }

    /// The reports that are wanted; the one for people where none is named for standard output.
    ///
    /// # Errors
    /// Two of them would write to one place.
    pub(super) fn reports(&self) -> Result<Vec<Wanted>, Error> {
        let mut wanted = self.flags.outcome.report.clone();
        if wanted.is_empty() {
            let parsed: Result<_, String> =
                self.session.config.defaults.report.iter().map(|text| text.parse()).collect();
            wanted = parsed.map_err(Error::Usage)?;
        }
        for (index, report) in wanted.iter().enumerate() {
            if wanted[..index].iter().any(|other| other.path == report.path) {
                let place = report
                    .path
                    .as_ref()
                    .map_or("standard output".to_owned(), |path| path.display().to_string());
                return Err(Error::usage(format!(
                    "two reports go to {place}; give one of them a file: --report {}=PATH",
                    report.format.name()
                )));
            }
        }
        Ok(wanted)
    }

    /// Whether an operation takes part.
    pub(super) fn picks(&self, operation: &Operation) -> bool {
        let (select, config) = (&self.flags.select, &self.session.config);
        let any = |filters: &[Filter]| filters.iter().any(|filter| filter.matches(operation));
        let include = first(&select.include, &config.defaults.include);
        let exclude = first(&select.exclude, &config.defaults.exclude);
        let skipped = config.operations.iter().any(|o| o.skip && o.matching.matches(operation));
        (include.is_empty() || any(include)) && !any(exclude) && !skipped
    }
}

/// How the tool is called again about what a run with these flags finds.
fn ways(flags: &Flags) -> Ways {
    let folder = flags.folders.out.as_ref().map(|out| words::quoted(&out.display().to_string()));
    Ways {
        program: program(),
        folder: folder.map(|folder| format!(" --out {folder}")).unwrap_or_default(),
        ..Ways::default()
    }
}

/// The program as it was called, where that names a file: then it need not be installed.
fn program() -> String {
    let typed = std::env::args_os().next().map(|name| name.to_string_lossy().into_owned());
    let typed = typed.filter(|name| name.contains(['/', '\\']));
    typed.map_or_else(|| "phi-fuzz".to_owned(), |name| words::quoted(&name))
}

/// The first list that says anything.
fn first<'l, T>(typed: &'l [T], configured: &'l [T]) -> &'l [T] {
    if typed.is_empty() { configured } else { typed }
}

/// A seed that no one can foresee, short enough to be typed.
fn random() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::hash::RandomState::new().build_hasher().finish() >> 32
}

#[cfg(test)]
mod tests;
