//! For CI: JUnit's XML.
//!
//! A service is a `testsuite`, an operation with a group of checks a `testcase`, a committed case
//! one of its own. New errors and regressions are a `failure`; what could not be tested is an
//! `error` (the run as a whole, an inconclusive replay) or `skipped` (one operation). Warnings and
//! known faults pass, and are told in `system-out`. The seed is a property of the suite.

use std::io::{self, Write};

use super::groups::{GROUPS, OTHERS};
use super::xml::escape;
use super::{Report, Ways, finding};
use crate::campaign::{Conclusion, Event, Found, OperationSummary, Replay, Summary, Verdict};
use crate::check::Severity;

/// JUnit's XML, written when the run is over.
#[derive(Debug)]
pub struct Junit<W> {
    out: W,
    /// The service whose run is under way, once its name is known.
    service: Option<String>,
    /// How the tool is called again.
    ways: Ways,
    suites: Vec<Suite>,
    finished: bool,
}

#[derive(Debug, Default)]
struct Suite {
    name: String,
    seconds: f64,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Test>,
}

#[derive(Debug)]
struct Test {
    class: String,
    name: String,
    outcome: Outcome,
    out: String,
}

#[derive(Debug)]
enum Outcome {
    Passed,
    Failed { kind: String, message: String, text: String },
    Error { kind: &'static str, message: String },
    Skipped(String),
}

impl<W: Write> Junit<W> {
    /// Writes to `out`; `ways` are how the tool is called again.
    pub fn new(out: W, ways: Ways) -> Self {
        Self { out, service: None, ways, suites: Vec::new(), finished: false }
    }

    fn write(&mut self) -> io::Result<()> {
        let all = self.suites.iter().flat_map(|suite| &suite.cases).count();
        let count = |suites: &[Suite], of: fn(&Outcome) -> bool| {
            suites.iter().flat_map(|suite| &suite.cases).filter(|test| of(&test.outcome)).count()
        };
        let failures = count(&self.suites, Outcome::is_failure);
        let errors = count(&self.suites, Outcome::is_error);
        let out = &mut self.out;
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<testsuites name="phi-fuzz" tests="{all}" failures="{failures}" errors="{errors}">"#
        )?;
        for suite in &self.suites {
            suite.write(out)?;
        }
        writeln!(out, "</testsuites>")?;
        out.flush()
    }
}

impl<W: Write + Send> Report for Junit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Began(bill) => self.service = Some(bill.service.clone()),
            Event::Ended(summary) => {
                self.service = None;
                self.suites.push(suite(summary, &self.ways));
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.finished, true) {
            return Ok(());
        }
        if let Some(name) = self.service.take() {
            let message = "the run ended before its summary".to_owned();
            let cases = vec![run_error("unfinished", message)];
            self.suites.push(Suite { name, cases, ..Suite::default() });
        }
        self.write()
    }
}

fn suite(summary: &Summary, ways: &Ways) -> Suite {
    let mut cases = Vec::new();
    match &summary.conclusion {
        Conclusion::Untested(why) => cases.push(run_error("untested", why.clone())),
        Conclusion::Interrupted(signal) => {
            cases.push(run_error("interrupted", format!("ended by signal {signal}")));
        }
        Conclusion::Whole | Conclusion::Broken => {}
    }
    cases.extend(summary.replays.iter().map(|one| replay(one, ways)));
    for operation in &summary.operations {
        cases.extend(tests(operation, summary, ways));
    }
    Suite {
        name: summary.service.clone(),
        seconds: summary.took.as_secs_f64(),
        properties: vec![
            ("seed", summary.seed.to_string()),
            ("url", summary.url.clone()),
            ("cases", summary.cases.to_string()),
            ("requests", summary.requests.to_string()),
        ],
        cases,
    }
}

fn run_error(kind: &'static str, message: String) -> Test {
    Test {
        class: "run".to_owned(),
        name: "the service can be tested".to_owned(),
        outcome: Outcome::Error { kind, message },
        out: String::new(),
    }
}

fn replay(replay: &Replay, ways: &Ways) -> Test {
    let (failed, of) = replay.counts;
    let why = || format!("{} ({failed} of {of} replays failed)", replay.why);
    let (outcome, out) = match replay.verdict {
        Verdict::Ok => (Outcome::Passed, String::new()),
        Verdict::Failed | Verdict::Flaky => {
            let text =
                format!("{}\nreplay: {} replay {}", why(), ways.program, replay.path.display());
            (Outcome::Failed { kind: replay.check.clone(), message: why(), text }, String::new())
        }
        Verdict::Known => (Outcome::Passed, format!("known fault: {}", why())),
        Verdict::Fixed => (Outcome::Passed, format!("fixed: {}", replay.why)),
        Verdict::Stale => (Outcome::Skipped(replay.why.clone()), String::new()),
        Verdict::Inconclusive => {
            (Outcome::Error { kind: "inconclusive", message: replay.why.clone() }, String::new())
        }
    };
    let file = replay.path.file_stem().unwrap_or_default().to_string_lossy();
    Test {
        class: format!("regressions.{}", replay.operation),
        name: file.into_owned(),
        outcome,
        out,
    }
}

/// One test for each group of checks; only one, skipped, where nothing can be said.
fn tests(operation: &OperationSummary, summary: &Summary, ways: &Ways) -> Vec<Test> {
    let own: Vec<&Found> = summary
        .found
        .iter()
        .map(|found| &**found)
        .filter(|f| f.operation == operation.name)
        .collect();
    if let (Some(why), true) = (&operation.untested, own.is_empty()) {
        return vec![Test {
            class: operation.name.clone(),
            name: "tested".to_owned(),
            outcome: Outcome::Skipped(why.clone()),
            out: String::new(),
        }];
    }
    let texts = |found: &[&Found]| texts(found, &summary.url, ways);
    let group_of = |found: &Found| {
        let check = found.finding.check.as_str();
        GROUPS.iter().find(|(_, checks)| checks.contains(&check)).map_or(OTHERS, |(name, _)| name)
    };
    GROUPS
        .iter()
        .map(|(name, _)| *name)
        .chain([OTHERS])
        .map(|group| {
            let own: Vec<&Found> =
                own.iter().copied().filter(|found| group_of(found) == group).collect();
            (group, own)
        })
        // Most services never show anything outside the groups.
        .filter(|(group, own)| *group != OTHERS || !own.is_empty())
        .map(|(group, own)| {
            let (errors, warnings): (Vec<&Found>, Vec<&Found>) =
                own.into_iter().partition(|found| found.severity == Severity::Error);
            Test {
                class: operation.name.clone(),
                name: group.to_owned(),
                outcome: failure(&errors, &texts),
                out: texts(&warnings),
            }
        })
        .collect()
}

fn failure(errors: &[&Found], texts: &dyn Fn(&[&Found]) -> String) -> Outcome {
    let Some(first) = errors.first() else { return Outcome::Passed };
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Outcome::Failed {
        kind: first.finding.check.clone(),
        message: format!("{}{more}", first.finding.why),
        text: texts(errors),
    }
}

fn texts(found: &[&Found], url: &str, ways: &Ways) -> String {
    let text = |found: &&Found| {
        let lines = finding(found, url, ways).join("\n");
        anstream::adapter::strip_str(&lines).to_string()
    };
    found.iter().map(text).collect::<Vec<_>>().join("\n\n")
}

impl Outcome {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    fn is_error(&self) -> bool {
        matches!(self, Self::Error { .. })
    }

    fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped(_))
    }
}

impl Suite {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let count = |of: fn(&Outcome) -> bool| self.cases.iter().filter(|t| of(&t.outcome)).count();
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3}">"#,
            escape(&self.name),
            self.cases.len(),
            count(Outcome::is_failure),
            count(Outcome::is_error),
            count(Outcome::is_skipped),
            self.seconds,
        )?;
        if !self.properties.is_empty() {
            writeln!(out, "    <properties>")?;
            for (name, value) in &self.properties {
                writeln!(out, r#"      <property name="{name}" value="{}"/>"#, escape(value))?;
            }
            writeln!(out, "    </properties>")?;
        }
        self.cases.iter().try_for_each(|test| test.write(out))?;
        writeln!(out, "  </testsuite>")
    }
}

impl Test {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(
            out,
            r#"    <testcase classname="{}" name="{}""#,
            escape(&self.class),
            escape(&self.name)
        )?;
        if matches!(self.outcome, Outcome::Passed) && self.out.is_empty() {
            return writeln!(out, "/>");
        }
        writeln!(out, ">")?;
        match &self.outcome {
            Outcome::Passed => {}
            Outcome::Failed { kind, message, text } => writeln!(
                out,
                r#"      <failure type="{}" message="{}">{}</failure>"#,
                escape(kind),
                escape(message),
                lines(text)
            )?,
            Outcome::Error { kind, message } => {
                writeln!(out, r#"      <error type="{kind}" message="{}"/>"#, escape(message))?;
            }
            Outcome::Skipped(why) => {
                writeln!(out, r#"      <skipped message="{}"/>"#, escape(why))?;
            }
        }
        if !self.out.is_empty() {
            writeln!(out, "      <system-out>{}</system-out>", lines(&self.out))?;
        }
        writeln!(out, "    </testcase>")
    }
}

/// Text of an element: line ends stand as they are.
fn lines(text: &str) -> String {
    text.split('\n').map(escape).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture;

    fn xml(events: &[Event]) -> String {
        let mut report = Junit::new(Vec::new(), Ways::default());
        for event in events {
            report.event(event).unwrap();
        }
        report.finish().unwrap();
        report.finish().unwrap();
        String::from_utf8(report.out).unwrap()
    }

    #[test]
    fn a_broken_run_fails_where_it_is_broken() {
        assert_snapshot!(fixture::plain(&xml(&fixture::events())));
    }

    #[test]
    fn what_could_not_be_tested_is_an_error_and_not_a_failure() {
        let summary = Summary {
            conclusion: Conclusion::Untested("every answer was 401".to_owned()),
            operations: Vec::new(),
            ..fixture::whole()
        };
        let text = xml(&[Event::Began(fixture::bill()), Event::Ended(Arc::new(summary))]);
        assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="phi-fuzz" tests="1" failures="0" errors="1">
          <testsuite name="shop" tests="1" failures="0" errors="1" skipped="0" time="60.000">
            <properties>
              <property name="seed" value="7"/>
              <property name="url" value="http://127.0.0.1:8080"/>
              <property name="cases" value="12340"/>
              <property name="requests" value="13001"/>
            </properties>
            <testcase classname="run" name="the service can be tested">
              <error type="untested" message="every answer was 401"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn a_run_that_is_cut_off_is_an_error() {
        let text = xml(&[Event::Began(fixture::bill())]);
        assert!(text.contains(r#"<error type="unfinished""#), "{text}");
    }
}
