//! What a check found wrong, and which of several failures speaks.

use super::Seen;

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; does not break a build by default.
    Warning,
    /// The service is broken.
    Error,
}

impl Severity {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a check found wrong. Not yet a finding: it has to happen again first.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The check's name.
    pub check: &'static str,
    /// The id of the call whose answer shows it.
    pub at: String,
    /// The follow-up (counted from 0) whose case shows it by itself: what is found is about that case,
    /// and `at` names a call of it. `None` where it is about the case that was judged.
    pub further: Option<usize>,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence for a person: what was sent, what came, what the contract says.
    pub why: String,
    /// The class of the outcome, for the signature: `500`, `dropped`, `accepted`, …
    pub outcome: String,
    /// What the answer says, normalised (ids, numbers, times and what we sent taken out), or the
    /// stack frame, or the keyword path with indices taken out; for the signature.
    pub message: String,
    /// What the contract allows there, as statuses or ranges.
    pub want: Vec<String>,
}

impl Failure {
    /// A failure at an exchange, without a message.
    pub fn new(
        check: &'static str,
        seen: &Seen<'_>,
        severity: Severity,
        outcome: impl Into<String>,
        why: String,
    ) -> Self {
        Self {
            check,
            at: seen.exchange.call.clone(),
            further: None,
            severity,
            why,
            outcome: outcome.into(),
            message: String::new(),
            want: Vec::new(),
        }
    }

    /// With what the answer says, for the signature.
    #[must_use]
    pub fn saying(mut self, message: String) -> Self {
        self.message = message;
        self
    }

    /// With what the contract allows.
    #[must_use]
    pub fn wanting<W: Into<String>>(mut self, want: impl IntoIterator<Item = W>) -> Self {
        self.want = want.into_iter().map(Into::into).collect();
        self
    }

    /// Shown by a follow-up alone: its case says the whole of it, and the check judges it the same
    /// where it is the case in question.
    #[must_use]
    pub fn shown_by(mut self, further: usize) -> Self {
        self.further = Some(further);
        self
    }
}

/// The failure that speaks for an exchange, and the checks that failed there as well.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The strongest failure.
    pub failure: Failure,
    /// Names of the weaker checks, strongest first.
    pub also: Vec<&'static str>,
}

/// One failure for each exchange: the worst severity, then the strongest check (the order of
/// [`super::all`]). A failure that a follow-up shows is about another exchange and stands alone.
pub fn strongest(failures: Vec<Failure>) -> Vec<Ranked> {
    let mut groups: Vec<Vec<Failure>> = Vec::new();
    for failure in failures {
        let home = groups.iter_mut().find(|group| {
            failure.further.is_none()
                && group.iter().all(|other| other.further.is_none() && other.at == failure.at)
        });
        match home {
            Some(group) => group.push(failure),
            None => groups.push(vec![failure]),
        }
    }
    groups
        .into_iter()
        .filter_map(|mut group| {
            group.sort_by_key(|failure| {
                (std::cmp::Reverse(failure.severity), super::rank(failure.check))
            });
            let mut group = group.into_iter();
            let failure = group.next()?;
            let mut also: Vec<&'static str> = Vec::new();
            for check in group.map(|weaker| weaker.check) {
                if check != failure.check && !also.contains(&check) {
                    also.push(check);
                }
            }
            Some(Ranked { failure, also })
        })
        .collect()
}
