//! What a person can act on when a run is over, and its last line.

use std::collections::BTreeMap;

use super::Verbosity;
use super::phase::{judged, missing};
use super::style::{BAD, GOOD, ODD, STRONG, styled};
use super::words::{counted, listed, number, shortened, shown, time};
use crate::campaign::{Conclusion, PhaseSummary, Summary, Verdict};
use crate::check::Severity;

/// Names in one list, and lists of one kind, that are shown.
const MOST: usize = 6;

/// The lines of a summary, the last one the verdict. `fail_on` is the severity from which a finding
/// counts.
pub fn summary(summary: &Summary, fail_on: Option<Severity>, verbosity: Verbosity) -> Vec<String> {
    let mut lines = Vec::new();
    if verbosity > Verbosity::Quiet {
        lines.extend(findings(summary));
        lines.extend(replays(summary));
        // Where nothing could be sent at all, the verdict says why.
        if summary.cases > 0 || summary.stopped.is_none() && !only_replays(summary) {
            lines.extend(untested(summary));
            lines.extend(hollow(summary));
            lines.extend(unfinished(summary));
        }
        lines.extend(inconclusive(summary));
        lines.extend(cleaned(summary));
        if verbosity > Verbosity::Normal {
            lines.extend(operations(summary));
        }
        let told = matches!(&summary.conclusion, Conclusion::Untested(why) if Some(why) == summary.stopped.as_ref());
        if let Some(why) = summary.stopped.as_ref().filter(|_| !told) {
            lines.push(format!("ended early: {}", shown(why)));
        }
        if summary.cases > 0 || only_replays(summary) {
            let (requests, took) = (counted(summary.requests, "request"), time(summary.took));
            lines.push(format!("{requests} in {took}"));
        }
    }
    lines.push(last_line(summary, fail_on));
    lines
}

/// New findings by check.
fn findings(summary: &Summary) -> Vec<String> {
    if summary.found.is_empty() {
        return Vec::new();
    }
    let of = |severity| summary.found.iter().filter(|f| f.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let total = counted(errors + warnings, "new finding");
    let mut lines = vec![styled(
        STRONG,
        &format!("{total}: {}, {}", counted(errors, "error"), counted(warnings, "warning")),
    )];
    let mut by_check: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for found in &summary.found {
        let operations = by_check
            .entry((std::cmp::Reverse(found.severity), found.finding.check.as_str()))
            .or_default();
        let name = shown(&found.operation);
        if !operations.contains(&name) {
            operations.push(name);
        }
    }
    for ((severity, check), operations) in by_check {
        lines.push(format!("  {} {check}: {}", severity.0.name(), listed(&operations, MOST)));
    }
    for (id, operations) in &summary.spread {
        let names: Vec<String> = operations.iter().map(|name| shown(name)).collect();
        lines.push(format!("  {} shows at {}, too", shown(id), listed(&names, MOST)));
    }
    let folder = summary.found.iter().find_map(|found| {
        let path = found.path.as_ref()?;
        // <findings>/<service>/<operation>/<file>
        path.ancestors().nth(3).filter(|folder| !folder.as_os_str().is_empty())
    });
    if let Some(folder) = folder {
        lines.push(format!("  they are in {}", folder.display()));
    }
    lines
}

/// Committed cases by verdict.
fn replays(summary: &Summary) -> Vec<String> {
    if summary.replays.is_empty() {
        return Vec::new();
    }
    let count = |verdict: Verdict| {
        summary.replays.iter().filter(|replay| replay.verdict == verdict).count() as u64
    };
    let told: Vec<String> = [
        (Verdict::Ok, "ok"),
        (Verdict::Failed, "failed"),
        (Verdict::Flaky, "flaky"),
        (Verdict::Known, "known"),
        (Verdict::Fixed, "fixed"),
        (Verdict::Stale, "stale"),
        (Verdict::Inconclusive, "inconclusive"),
    ]
    .into_iter()
    .filter(|(verdict, _)| count(*verdict) > 0)
    .map(|(verdict, word)| format!("{} {word}", number(count(verdict))))
    .collect();
    let mut lines = vec![format!(
        "{}: {}",
        counted(summary.replays.len() as u64, "replayed case"),
        told.join(", ")
    )];
    if count(Verdict::Fixed) > 0 {
        lines.push("  fixed ones: take their `known` out, so that they stay fixed".to_owned());
    }
    if count(Verdict::Stale) > 0 {
        lines.push(
            "  stale ones: their operation is gone from the document; delete or mend them"
                .to_owned(),
        );
    }
    lines
}

/// What became of what the run made.
fn cleaned(summary: &Summary) -> Vec<String> {
    let Some(cleaned) = &summary.cleaned else { return Vec::new() };
    let left: u64 = cleaned.left.iter().map(|(_, count)| count).sum();
    let mut lines = Vec::new();
    if cleaned.gone > 0 || left > 0 {
        let gone = counted(cleaned.gone, "thing");
        lines.push(format!("cleaned up: {gone} deleted, {} left", number(left)));
    }
    let told = cleaned.left.iter().take(MOST);
    lines.extend(told.map(|(why, count)| format!("  {} × {}", number(*count), shown(why))));
    let more = cleaned.left.iter().skip(MOST).map(|(_, count)| count).sum::<u64>();
    if more > 0 {
        lines.push(format!("  {} for other reasons", number(more)));
    }
    if cleaned.unseen > 0 {
        lines.push(format!(
            "{} had no answer, most of them broken off on purpose: what they may have made is left",
            counted(cleaned.unseen, "call")
        ));
    }
    lines
}

/// Operations that nothing can be said about, by reason, the commonest first.
fn untested(summary: &Summary) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in &summary.operations {
        if let Some(why) = &operation.untested {
            reasons.entry(why).or_default().push(shown(&operation.name));
        }
    }
    let untested: usize = reasons.values().map(Vec::len).sum();
    if untested == 0 {
        return Vec::new();
    }
    let all = summary.operations.len();
    let mut lines = vec![styled(
        ODD,
        &format!("{} of {} untested", number(untested as u64), counted(all as u64, "operation")),
    )];
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, operations)| std::cmp::Reverse(operations.len()));
    for (why, operations) in &reasons {
        lines.push(format!(
            "  {} × {}: {}",
            number(operations.len() as u64),
            shown(why),
            listed(operations, MOST)
        ));
    }
    lines
}

/// Operations that look tested and hardly are: nearly all of their answers refuse.
fn hollow(summary: &Summary) -> Vec<String> {
    let refused = |(status, _): &&(u16, u64)| matches!(status, 0 | 401 | 403 | 404 | 405 | 429);
    let mut told = Vec::new();
    for operation in summary.operations.iter().filter(|operation| operation.untested.is_none()) {
        let all: u64 = operation.statuses.iter().map(|(_, count)| count).sum();
        let hollow: u64 = operation.statuses.iter().filter(refused).map(|(_, count)| count).sum();
        if all >= 10 && hollow * 10 >= all * 9 {
            let worst = operation.statuses.iter().filter(refused).max_by_key(|(_, count)| *count);
            let worst = match worst.map_or(0, |(status, _)| *status) {
                0 => "no answer".to_owned(),
                status => status.to_string(),
            };
            told.push(format!("{} (mostly {worst})", shown(&operation.name)));
        }
    }
    if told.is_empty() {
        return Vec::new();
    }
    vec![format!("{}: {}", styled(ODD, "hardly tested"), listed(&told, MOST))]
}

/// Phases that did not judge all they had planned, and where the other cases went.
fn unfinished(summary: &Summary) -> Vec<String> {
    let line = |phase: &PhaseSummary| {
        let (name, cases) = (phase.phase.name(), judged(phase.cases, phase.planned));
        missing(phase).map(|why| format!("{name}: {cases} judged; {why}"))
    };
    summary.phases.iter().filter_map(line).collect()
}

fn inconclusive(summary: &Summary) -> Vec<String> {
    if summary.inconclusive.is_empty() {
        return Vec::new();
    }
    let count = counted(summary.inconclusive.len() as u64, "suspicion");
    let mut lines = vec![format!("{count} could not be confirmed")];
    let shown = summary.inconclusive.iter().take(MOST);
    lines.extend(shown.map(|why| format!("  {}", shortened(&super::words::shown(why), 200))));
    if let Some(more) = summary.inconclusive.len().checked_sub(MOST).filter(|more| *more > 0) {
        lines.push(format!("  and {} more", number(more as u64)));
    }
    lines
}

/// Every operation with its answers.
fn operations(summary: &Summary) -> Vec<String> {
    let line = |operation: &crate::campaign::OperationSummary| {
        let answers: Vec<String> = operation
            .statuses
            .iter()
            .map(|(status, count)| match status {
                0 => format!("{} × no answer", number(*count)),
                status => format!("{} × {status}", number(*count)),
            })
            .collect();
        let cases = counted(operation.cases, "case");
        format!("  {}: {cases}, {}", shown(&operation.name), answers.join(", "))
    };
    summary.operations.iter().map(line).collect()
}

/// Whether committed cases were replayed and nothing else: whoever asks that asks about cases, not
/// about operations.
fn only_replays(summary: &Summary) -> bool {
    summary.cases == 0 && !summary.replays.is_empty()
}

fn has_errors(summary: &Summary) -> bool {
    summary.found.iter().any(|found| found.severity == Severity::Error)
}

/// The verdict, for people and for `grep`.
pub fn last_line(summary: &Summary, fail_on: Option<Severity>) -> String {
    let reached = summary.operations.iter().filter(|operation| operation.reached).count() as u64;
    let operations = summary.operations.len() as u64;
    let of_all = format!("{} of {}", number(reached), number(operations));
    let replays = |verdicts: &[Verdict]| {
        summary.replays.iter().filter(|replay| verdicts.contains(&replay.verdict)).count() as u64
    };
    let regressed = replays(&[Verdict::Failed, Verdict::Flaky]);
    let known = replays(&[Verdict::Known]);
    let only_replays = only_replays(summary);
    let replayed = counted(summary.replays.len() as u64, "case");
    match &summary.conclusion {
        Conclusion::Whole if only_replays => {
            format!("{}: {replayed} replayed, {} known", styled(GOOD, "whole"), number(known))
        }
        // What counts for nothing is there all the same.
        Conclusion::Whole if has_errors(summary) => format!(
            "{}, none counts under --fail-on never · {of_all} reached · seed {}",
            styled(ODD, &counted(summary.found.len() as u64, "new finding")),
            summary.seed
        ),
        Conclusion::Whole => format!(
            "{}: {of_all} operations, {}, seed {}",
            styled(GOOD, "whole"),
            counted(summary.cases, "case"),
            summary.seed
        ),
        Conclusion::Broken if only_replays => format!(
            "{}: {} of {replayed} regressed, {} known",
            styled(BAD, "broken"),
            number(regressed),
            number(known)
        ),
        Conclusion::Broken => {
            let least = fail_on.unwrap_or(Severity::Error);
            let new = summary.found.iter().filter(|found| found.severity >= least).count() as u64;
            format!(
                "{}: {} new, {} regressed, {} known · {of_all} reached · seed {}",
                styled(BAD, "broken"),
                number(new),
                number(regressed),
                number(known),
                summary.seed
            )
        }
        Conclusion::Untested(why) => format!("{}: {}", styled(ODD, "untested"), shown(why)),
        Conclusion::Interrupted(_) => format!(
            "{}: {of_all} operations, {}, seed {}",
            styled(ODD, "interrupted"),
            counted(summary.cases, "case"),
            summary.seed
        ),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture;

    fn text(of: &Summary, fail_on: Option<Severity>, verbosity: Verbosity) -> String {
        fixture::plain(&summary(of, fail_on, verbosity).join("\n"))
    }

    #[test]
    fn a_broken_run_tells_what_to_do() {
        assert_snapshot!(text(&fixture::broken(), Some(Severity::Error), Verbosity::Normal));
    }

    #[test]
    fn the_last_line_is_the_verdict() {
        let last = |of: &Summary, fail_on| text(of, fail_on, Verbosity::Quiet);
        let broken = fixture::broken();
        assert_snapshot!(last(&broken, Some(Severity::Error)), @"broken: 1 new, 1 regressed, 1 known · 2 of 5 reached · seed 7");
        assert_snapshot!(last(&broken, Some(Severity::Warning)), @"broken: 2 new, 1 regressed, 1 known · 2 of 5 reached · seed 7");
        let tolerated = Summary { conclusion: Conclusion::Whole, ..broken };
        assert_snapshot!(last(&tolerated, None), @"2 new findings, none counts under --fail-on never · 2 of 5 reached · seed 7");
        assert_snapshot!(last(&fixture::whole(), None), @"whole: 2 of 2 operations, 12,340 cases, seed 7");
        let untested = Summary {
            conclusion: Conclusion::Untested("every answer was 401".to_owned()),
            ..fixture::whole()
        };
        assert_snapshot!(last(&untested, None), @"untested: every answer was 401");
        let interrupted = Summary { conclusion: Conclusion::Interrupted(2), ..fixture::whole() };
        assert_snapshot!(last(&interrupted, None), @"interrupted: 2 of 2 operations, 12,340 cases, seed 7");
    }

    #[test]
    fn a_replay_counts_cases() {
        let mut replayed = Summary { cases: 0, found: Vec::new(), ..fixture::broken() };
        assert_snapshot!(text(&replayed, None, Verbosity::Quiet), @"broken: 1 of 3 cases regressed, 1 known");
        replayed.replays.remove(1);
        replayed.conclusion = Conclusion::Whole;
        assert_snapshot!(text(&replayed, None, Verbosity::Quiet), @"whole: 2 cases replayed, 1 known");
    }

    #[test]
    fn an_operation_that_only_ever_refuses_is_told() {
        let mut summary = fixture::whole();
        summary.operations[1].statuses = vec![(200, 1), (404, 99)];
        let text = text(&summary, None, Verbosity::Normal);
        assert!(text.contains("hardly tested: GET /orders (mostly 404)"), "{text}");
    }

    #[test]
    fn every_operation_is_listed_on_demand() {
        assert_snapshot!(text(&fixture::whole(), None, Verbosity::Verbose), @r"
          POST /orders: 983 cases, 900 × 201, 80 × 400, 3 × 500
          GET /orders: 500 cases, 500 × 200
        13,001 requests in 60 s
        whole: 2 of 2 operations, 12,340 cases, seed 7
        ");
    }
}
