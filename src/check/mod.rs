//! Checks: what a history proves about the service.
//!
//! A check is pure. It may ask for further cases ([`Check::follow_ups`]), which are executed by
//! others, and judges what came back ([`Check::judge`]). It knows no transport and no generator.
//!
//! One file per check. What several need stands beside them: stack frames, normalised messages,
//! lenient readings of values, the gateway's fingerprint, and what this run has learned so far.

mod accepted;
mod akin;
mod allow_header_conformance;
mod blocked_by_slow_client;
mod collateral_slowdown;
mod collection_consistency;
mod conditional_requests;
mod connection_dropped;
mod content;
mod content_type_conformance;
mod control;
mod cross_interface;
mod deadline_ignored;
mod deed;
mod disguise;
mod duplicate_effect;
mod echoes;
mod ensure_resource_availability;
mod failed_write_has_effect;
mod failure;
mod fingerprint;
#[cfg(test)]
mod fixture;
pub mod frame;
mod framing;
mod grpc_status;
mod hang;
mod ignored_auth;
mod information_leak;
mod key;
mod latency;
mod leaves;
mod lenient;
mod listing;
mod location_conformance;
mod look;
mod media;
pub mod message;
mod missing_required_header;
mod negative_data_rejection;
pub mod normalise;
mod not_a_server_error;
mod not_idempotent;
mod object_level_authorization;
mod own;
mod paging;
mod partial_write_visible;
mod positive_data_acceptance;
mod promise;
mod race;
mod read_your_write;
mod response_headers_conformance;
mod response_mix_up;
mod response_schema_conformance;
mod route;
mod schema_after_race;
mod serial_equivalence;
mod served;
mod slow;
mod stacks;
#[cfg(test)]
mod stage;
mod status_code_conformance;
mod stream_deadlock;
mod unhealthy_after;
mod unimplemented_method;
mod unsupported_method;
mod use_after_free;
mod usual;
mod view;
mod volatile;
mod wording;
mod write_only;
mod writes;

pub use accepted::{Accepted, Print};
pub use blocked_by_slow_client::EVERYONE;
pub use echoes::{Echo, Echoes};
pub use failure::{Failure, Ranked, Severity, strongest};
pub use fingerprint::Fingerprint;
pub use latency::Latency;
pub use stacks::Stack;
pub use usual::Usual;
pub use view::{Caller, Pace, Promised, Seen, Surroundings, View};

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use crate::case::{Call, Case, History, Label, Step};

/// A further case that a check needs sent before it can judge.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// The case.
    pub case: Case,
    /// Whether it goes over connections of its own.
    pub fresh_connection: bool,
}

/// When follow-ups are worth their requests while exploring. Shrinking and replay, which ask about one
/// check only, always send them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion<'v> {
    /// The history gives no reason.
    Never,
    /// Once in a run for each key: an operation, a path, or what of them is to be tried.
    Once(Cow<'v, str>),
    /// Each time at first, then ever more seldom for each key: something is suspicious, and may well be
    /// what it was before.
    Suspicious(Cow<'v, str>),
    /// Each time: something is suspicious already.
    Always,
}

impl<'v> Occasion<'v> {
    /// Once in a run for this key.
    fn once(key: impl Into<Cow<'v, str>>) -> Self {
        Self::Once(key.into())
    }
}

/// A check.
pub trait Check: Debug + Sync + Send {
    /// The name in files, reports and on the command line.
    fn name(&self) -> &'static str;

    /// The worst it reports.
    fn severity(&self) -> Severity;

    /// The labels of the calls it judges.
    fn labels(&self) -> &'static [Label];

    /// Whether it looks at what a history left behind: what was written may be seen a moment later.
    fn looks(&self) -> bool {
        false
    }

    /// Whether its follow-ups have nothing to do with each other, so that several may be sent at once.
    fn asks_apart(&self) -> bool {
        false
    }

    /// Whether the first of its follow-ups show already that nothing is wrong, whatever the others show: they are
    /// not sent then.
    fn is_clear(&self, _view: &View<'_>, _further: &[Arc<History>]) -> bool {
        false
    }

    /// What it must have beyond the exchange, a lower-case fragment.
    fn needs(&self) -> &'static str {
        "nothing but the exchange"
    }

    /// What it means for a person: Markdown of what it verifies, when it is silent, and how to mend
    /// the service.
    fn explanation(&self) -> &'static str;

    /// Whether its follow-ups are worth sending after this history while exploring.
    fn occasion<'v>(&self, _view: &'v View<'_>) -> Occasion<'v> {
        Occasion::Never
    }

    /// Further cases it needs before it can judge; none for most checks.
    fn follow_ups(&self, _view: &View<'_>) -> Vec<FollowUp> {
        Vec::new()
    }

    /// What is wrong; `further` holds the histories of its follow-ups, in their order, or nothing
    /// where they were not sent.
    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure>;

    /// What is missing for a judgement, a lower-case fragment with the way out: a replay that finds
    /// nothing wrong says nothing then. `None` where all is there.
    fn lacks(&self, _view: &View<'_>, _further: &[Arc<History>]) -> Option<String> {
        None
    }
}

/// All checks, the strongest first: of several that fail at one exchange with the same severity, the
/// first speaks.
pub fn all() -> &'static [&'static dyn Check] {
    &[
        &unhealthy_after::UnhealthyAfter,
        &connection_dropped::ConnectionDropped,
        &not_a_server_error::NotAServerError,
        &grpc_status::GrpcStatus,
        &unimplemented_method::UnimplementedMethod,
        &hang::Hang,
        &stream_deadlock::StreamDeadlock,
        &deadline_ignored::DeadlineIgnored,
        &ignored_auth::IgnoredAuth,
        &object_level_authorization::ObjectLevelAuthorization,
        &use_after_free::UseAfterFree,
        &ensure_resource_availability::EnsureResourceAvailability,
        &failed_write_has_effect::FailedWriteHasEffect,
        &blocked_by_slow_client::BlockedBySlowClient,
        &partial_write_visible::PartialWriteVisible,
        &duplicate_effect::DuplicateEffect,
        &response_mix_up::ResponseMixUp,
        &serial_equivalence::SerialEquivalence,
        &schema_after_race::SchemaAfterRace,
        &not_idempotent::NotIdempotent,
        &read_your_write::ReadYourWrite,
        &collection_consistency::CollectionConsistency,
        &conditional_requests::ConditionalRequests,
        &location_conformance::LocationConformance,
        &information_leak::InformationLeak,
        &negative_data_rejection::NegativeDataRejection,
        &cross_interface::CrossInterface,
        &response_schema_conformance::ResponseSchemaConformance,
        &status_code_conformance::StatusCodeConformance,
        &content_type_conformance::ContentTypeConformance,
        &response_headers_conformance::ResponseHeadersConformance,
        &positive_data_acceptance::PositiveDataAcceptance,
        &missing_required_header::MissingRequiredHeader,
        &unsupported_method::UnsupportedMethod,
        &allow_header_conformance::AllowHeaderConformance,
        &collateral_slowdown::CollateralSlowdown,
    ]
}

/// What these checks find in a history without follow-ups: one failure for each exchange.
pub fn judge(checks: &[&dyn Check], view: &View<'_>) -> Vec<Ranked> {
    strongest(checks.iter().flat_map(|check| check.judge(view, &[])).collect())
}

/// The check of this name.
pub fn named(name: &str) -> Option<&'static dyn Check> {
    all().iter().copied().find(|check| check.name() == name)
}

/// What a check means, for a person: its facts, then its explanation, in Markdown.
pub fn explain(check: &dyn Check) -> String {
    let labels: Vec<_> = check.labels().iter().map(|label| label.name()).collect();
    format!(
        "# {}\n\nat worst: {} · judges: {} calls · needs: {}\n\n{}",
        check.name(),
        check.severity().name(),
        labels.join(", "),
        check.needs(),
        check.explanation().trim(),
    )
}

/// Place in the order of strength, 0 the strongest.
pub fn rank(name: &str) -> usize {
    all().iter().position(|check| check.name() == name).unwrap_or(usize::MAX)
}

/// Labels of calls whose input the contract decides.
const DECIDED: &[Label] = &[Label::Valid, Label::Invalid, Label::Malformed];

/// What the last calls of follow-ups show by themselves, each judged as it is where it is the case in
/// question.
fn shown_by_each(
    view: &View<'_>,
    further: &[Arc<History>],
    judge: impl Fn(&View<'_>, &Seen<'_>) -> Option<Failure>,
) -> Vec<Failure> {
    let shown = |(index, history): (usize, &Arc<History>)| {
        let further = View::new(view.service, history, view.surroundings);
        Some(judge(&further, further.last()?)?.shown_by(index))
    };
    further.iter().enumerate().filter_map(shown).collect()
}

/// The case with its last call changed: set-up steps stay as they are.
fn variant(case: &Case, change: impl FnOnce(&mut Call)) -> Option<Case> {
    let mut case = case.clone();
    match case.steps.last_mut()? {
        Step::Call(call) => change(call),
        // What is released together has no last call.
        Step::Together(_) => return None,
    }
    Some(case)
}

#[cfg(test)]
mod tests {
    use super::fixture::{Said, failures, operation, service};
    use super::*;

    #[test]
    fn every_check_is_found_by_its_name_and_explains_itself() {
        for check in all() {
            let name = check.name();
            assert_eq!(named(name).map(Check::name), Some(name));
            let text = explain(*check);
            for part in ["## What it verifies", "## When it is silent", "## How to mend"] {
                assert!(text.contains(part), "{name} lacks {part}");
            }
            insta::assert_snapshot!(name, text);
        }
        assert!(named("no_such_check").is_none());
    }

    #[test]
    fn unspecified_calls_are_judged_for_crash_and_hang_only() {
        let judged: Vec<_> = all()
            .iter()
            .filter(|check| check.labels().contains(&Label::Unspecified))
            .map(|check| check.name())
            .collect();
        assert_eq!(judged, ["unhealthy_after", "connection_dropped", "not_a_server_error", "hang"]);
    }

    #[test]
    fn nothing_is_judged_while_the_environment_is_unwell() {
        let service = service(vec![operation("GET /a")]);
        let surroundings = Surroundings { unwell: true, ..Surroundings::default() };
        for check in all() {
            for said in [Said::answer("GET /a", 500), Said::dropped("GET /a")] {
                assert_eq!(failures(*check, &service, &surroundings, &[said], &[]), []);
            }
        }
    }

    #[test]
    fn one_exchange_gives_one_finding_the_strongest() {
        let failure = |check: &'static str, at: &str, severity, further| Failure {
            check,
            at: at.to_owned(),
            further,
            severity,
            why: String::new(),
            outcome: String::new(),
            message: String::new(),
            want: Vec::new(),
        };
        let ranked = strongest(vec![
            failure("status_code_conformance", "s1", Severity::Warning, None),
            failure("information_leak", "s1", Severity::Error, None),
            failure("not_a_server_error", "s1", Severity::Error, None),
            failure("not_a_server_error", "s2", Severity::Error, None),
            failure("ignored_auth", "s1", Severity::Error, Some(1)),
        ]);
        let told: Vec<_> = ranked
            .iter()
            .map(|r| (r.failure.check, r.failure.at.as_str(), r.also.clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("not_a_server_error", "s1", vec!["information_leak", "status_code_conformance"]),
                ("not_a_server_error", "s2", vec![]),
                ("ignored_auth", "s1", vec![]),
            ]
        );
    }
}
