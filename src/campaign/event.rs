//! What a campaign says while it runs. Reporters fold these; the campaign itself never prints.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Cleaned;
use crate::case::{Case, Finding, History, Reproduced};
use crate::check::Severity;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The campaign begins: what is planned, before the first request.
    Began(Bill),
    /// Something the person should know that is no finding.
    Notice(String),
    /// A phase begins.
    PhaseBegan {
        /// Which.
        phase: Phase,
        /// Cases it will run, where that is known.
        planned: Option<u64>,
    },
    /// How far it is; sent a few times a second.
    Progress(Progress),
    /// A committed case was replayed.
    Replayed(Replay),
    /// A failure that came back, is shrunk and is written.
    Found(Arc<Found>),
    /// A finding shows at another operation, too, for the same cause: it is not filed again.
    Spread {
        /// The finding's id.
        id: String,
        /// The other operation.
        operation: String,
    },
    /// A finding is none after all; its files are gone.
    Withdrawn {
        /// The finding's id.
        id: String,
        /// What was found out.
        why: String,
    },
    /// A phase is over.
    PhaseEnded(PhaseSummary),
    /// The campaign is over.
    Ended(Arc<Summary>),
}

/// A part of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Committed cases.
    Regressions,
    /// Examples of the document and recorded traffic.
    Examples,
    /// The boundary catalogue, one factor at a time.
    Boundary,
    /// Random valid cases.
    Random,
    /// One broken rule.
    Invalid,
    /// Broken below the schema.
    Malformed,
    /// Histories of calls.
    Sequences,
    /// Bent timing.
    Timing,
    /// Calls released together.
    Races,
}

impl Phase {
    /// All phases in the order they run.
    pub const ALL: [Self; 9] = [
        Self::Regressions,
        Self::Examples,
        Self::Boundary,
        Self::Invalid,
        Self::Sequences,
        Self::Malformed,
        Self::Timing,
        Self::Races,
        Self::Random,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressions => "regressions",
            Self::Examples => "examples",
            Self::Boundary => "boundary",
            Self::Random => "random",
            Self::Invalid => "invalid",
            Self::Malformed => "malformed",
            Self::Sequences => "sequences",
            Self::Timing => "timing",
            Self::Races => "races",
        }
    }

    /// Whether it bends timing.
    pub fn is_timed(self) -> bool {
        matches!(self, Self::Timing | Self::Races)
    }
}

/// What is planned, before the first request.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    /// The service's name.
    pub service: String,
    /// The base address.
    pub url: String,
    /// The seed.
    pub seed: u64,
    /// Operations that will be tried.
    pub operations: usize,
    /// Cases of the boundary catalogue.
    pub boundary_cases: u64,
    /// Requests per second allowed; `None` without a limit.
    pub rate: Option<f64>,
    /// The time budget; `None` where a number of cases bounds the run.
    pub budget: Option<Duration>,
    /// The number of cases, where that bounds the run.
    pub max_cases: Option<u64>,
    /// Operations that change things.
    pub writes: Writes,
    /// Identities and what a probe of each gave: `ok (GET /me 200)`.
    pub auth: Vec<(String, String)>,
}

/// Operations that change things, by what they are sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writes {
    /// They create.
    pub create: usize,
    /// They change whatever they name.
    pub foreign: usize,
    /// They change things, and are sent to none that exist, but to those that the run created.
    pub nowhere: usize,
    /// They are not sent.
    pub withheld: usize,
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The phase.
    pub phase: Phase,
    /// Cases judged so far, in all phases.
    pub cases: u64,
    /// Cases judged so far in this phase.
    pub phase_cases: u64,
    /// Requests sent so far, controls, probes and replays counted.
    pub requests: u64,
    /// Operations that answered 2xx so far.
    pub reached: usize,
    /// Operations in all.
    pub operations: usize,
    /// Findings so far: errors and warnings.
    pub findings: (usize, usize),
    /// Time since the begin.
    pub elapsed: Duration,
    /// Time left, where a budget bounds the run.
    pub left: Option<Duration>,
}

/// A finding with what is known of it beyond its file.
#[derive(Clone, Debug)]
pub struct Found {
    /// `shop-1f3a9c20`: the service and the signature's digits.
    pub id: String,
    /// The operation it is filed under.
    pub operation: String,
    /// How bad it is.
    pub severity: Severity,
    /// The file's content.
    pub finding: Finding,
    /// The follow-up (counted from 0) whose exchange shows it; `None` where the case itself does.
    pub further: Option<usize>,
    /// The file, once written.
    pub path: Option<PathBuf>,
    /// An execution that fails.
    pub history: Arc<History>,
    /// How often the case fails where nothing is bent; `None` where timing is no part of it.
    pub control: Option<Reproduced>,
    /// The case as its calls are sent, marks in the places of secrets, for export.
    pub concrete: Arc<Case>,
    /// The status that the nearest neighbour which passes was answered with.
    pub neighbour: Option<u16>,
    /// The id of an earlier finding whose place it takes: the same request shows more, or the same cause
    /// shows worse at this operation. That one's files are gone.
    pub supersedes: Option<String>,
    /// Live calls the shrinking took.
    pub probes: u64,
}

/// What replaying a committed case gave.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The file.
    pub path: PathBuf,
    /// The operation.
    pub operation: String,
    /// The check.
    pub check: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Replays that failed, and in all.
    pub counts: (u32, u32),
    /// One sentence: what came, or why nothing can be said.
    pub why: String,
}

/// What replaying a committed case says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Passes, as it should.
    Ok,
    /// Fails.
    Failed,
    /// Fails sometimes.
    Flaky,
    /// Fails, and is known to within its date.
    Known,
    /// Was known to fail and passes.
    Fixed,
    /// Its operation is gone from the document.
    Stale,
    /// The set-up did not give what it must, or the service is not there.
    Inconclusive,
}

impl Verdict {
    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "FAILED",
            Self::Flaky => "FLAKY",
            Self::Known => "known",
            Self::Fixed => "FIXED",
            Self::Stale => "STALE",
            Self::Inconclusive => "INCONCLUSIVE",
        }
    }
}

/// How a campaign ended.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The service's name.
    pub service: String,
    /// Its base address.
    pub url: String,
    /// The seed.
    pub seed: u64,
    /// Cases judged.
    pub cases: u64,
    /// Requests sent.
    pub requests: u64,
    /// How long it took.
    pub took: Duration,
    /// What became of each phase, in the order they ran; one without an end may have run twice.
    pub phases: Vec<PhaseSummary>,
    /// Each operation with what became of it.
    pub operations: Vec<OperationSummary>,
    /// New findings.
    pub found: Vec<Arc<Found>>,
    /// Other operations that show a finding for the same cause, by its id.
    pub spread: Vec<(String, Vec<String>)>,
    /// Replays of committed cases.
    pub replays: Vec<Replay>,
    /// Suspicions that could not be confirmed, with why.
    pub inconclusive: Vec<String>,
    /// What became of what the run made, where it made anything.
    pub cleaned: Option<Cleaned>,
    /// Why the run ended before its plan did, where it did.
    pub stopped: Option<String>,
    /// The verdict.
    pub conclusion: Conclusion,
}

/// What became of a phase.
#[derive(Clone, Copy, Debug)]
pub struct PhaseSummary {
    /// Which.
    pub phase: Phase,
    /// Cases it was to run, where that was known.
    pub planned: Option<u64>,
    /// Cases judged.
    pub cases: u64,
    /// Cases not sent, because they could not be confirmed to be what they were planned as.
    pub unconfirmed: u64,
    /// Cases that could not be sent, or were given up in the middle.
    pub unsent: u64,
    /// How long it took.
    pub took: Duration,
}

impl PhaseSummary {
    /// A phase in which nothing has happened.
    pub fn of(phase: Phase) -> Self {
        let took = Duration::ZERO;
        Self { phase, planned: None, cases: 0, unconfirmed: 0, unsent: 0, took }
    }

    /// Planned cases whose turn never came.
    pub fn unbegun(&self) -> u64 {
        let begun = self.cases + self.unconfirmed + self.unsent;
        self.planned.map_or(0, |planned| planned.saturating_sub(begun))
    }
}

/// What became of one operation.
#[derive(Clone, Debug, Default)]
pub struct OperationSummary {
    /// Its name.
    pub name: String,
    /// Cases judged.
    pub cases: u64,
    /// Answers by status, in order of status; 0 stands for no answer.
    pub statuses: Vec<(u16, u64)>,
    /// Whether any valid case was answered 2xx (or 3xx where the document promises that).
    pub reached: bool,
    /// Why it is untested, where it is.
    pub untested: Option<String>,
}

/// The binary answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Ran as planned, nothing new from the severity on that breaks the build.
    Whole,
    /// A new finding, a regression, an expired known fault.
    Broken,
    /// Nothing can be said, and why.
    Untested(String),
    /// Ended by a signal of this number.
    Interrupted(i32),
}
