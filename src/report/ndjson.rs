//! For machines: every event as a line of JSON, the complete record of a run.
//!
//! The first line is `{"event":"stream","version":1,"tool":"phi-fuzz/0.1.0"}`; each further line is
//! one event, named by `event`. `specs/events.schema.json` describes them all. Lengths of time are in
//! whole milliseconds under keys that end in `_ms`; a key is left out where its value is absent; a
//! reader passes over keys and events that it does not know. The version is raised when what is there
//! changes its meaning.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use super::Report;
use super::timeline::Timeline;
use crate::campaign::{
    Bill, Conclusion, Event, Found, OperationSummary, Progress, Replay, Summary, Verdict, Writes,
};
use crate::case::{Reproduced, file};
use crate::value::{Number, Object, Value, read, write};

/// The version of the format.
pub const VERSION: u32 = 1;

/// Lines of JSON.
#[derive(Debug)]
pub struct Ndjson<W> {
    out: W,
    begun: bool,
}

impl<W: Write> Ndjson<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    fn line(&mut self, line: Members) -> io::Result<()> {
        writeln!(self.out, "{}", write::compact(&Value::Object(line.0)))?;
        self.out.flush()
    }

    fn begin(&mut self) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        let tool = concat!("phi-fuzz/", env!("CARGO_PKG_VERSION"));
        self.line(Members::of("stream").int("version", u64::from(VERSION)).text("tool", tool))
    }
}

impl<W: Write + Send> Report for Ndjson<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.begin()?;
        self.line(match event {
            Event::Began(bill) => began(bill),
            Event::Notice(text) => Members::of("notice").text("text", text),
            Event::PhaseBegan { phase, planned } => {
                Members::of("phase_began").text("phase", phase.name()).some_int("planned", *planned)
            }
            Event::Progress(progress) => moved(progress),
            Event::Replayed(replay) => replayed(Members::of("replayed"), replay),
            Event::Found(found) => self::found(found),
            Event::Spread { id, operation } => {
                Members::of("spread").text("id", id).text("operation", operation)
            }
            Event::Withdrawn { id, why } => {
                Members::of("withdrawn").text("id", id).text("why", why)
            }
            Event::PhaseEnded(ended) => Members::of("phase_ended")
                .text("phase", ended.phase.name())
                .some_int("planned", ended.planned)
                .int("cases", ended.cases)
                .int("unconfirmed", ended.unconfirmed)
                .int("unsent", ended.unsent)
                .time("took_ms", ended.took),
            Event::Ended(summary) => ended(summary),
        })
    }

    fn finish(&mut self) -> io::Result<()> {
        self.begin()?;
        self.out.flush()
    }
}

/// The members of one object, in order.
struct Members(Object);

impl Members {
    fn new() -> Self {
        Self(Object::new())
    }

    fn of(event: &str) -> Self {
        Self::new().text("event", event)
    }

    fn put(mut self, key: &str, value: Value) -> Self {
        self.0.push(key, value);
        self
    }

    fn text(self, key: &str, text: &str) -> Self {
        self.put(key, Value::text(text))
    }

    fn int(self, key: &str, int: u64) -> Self {
        self.put(key, Value::int(int))
    }

    fn time(self, key: &str, time: Duration) -> Self {
        self.put(key, Value::int(time.as_millis() as u64))
    }

    fn path(self, key: &str, path: &Path) -> Self {
        self.text(key, &path.display().to_string())
    }

    fn some_int(self, key: &str, int: Option<u64>) -> Self {
        match int {
            Some(int) => self.int(key, int),
            None => self,
        }
    }

    fn some_text(self, key: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    fn list(self, key: &str, items: impl Iterator<Item = Self>) -> Self {
        self.put(key, Value::Array(items.map(|item| Value::Object(item.0)).collect()))
    }
}

fn began(bill: &Bill) -> Members {
    let mut members = Members::of("began")
        .text("service", &bill.service)
        .text("url", &bill.url)
        .int("seed", bill.seed)
        .int("operations", bill.operations as u64)
        .int("boundary_cases", bill.boundary_cases);
    if let Some(rate) = bill.rate.and_then(Number::from_f64) {
        members = members.put("rate", Value::Number(rate));
    }
    if let Some(budget) = bill.budget {
        members = members.time("budget_ms", budget);
    }
    let Writes { create, foreign, nowhere, withheld } = bill.writes;
    let writes = Members::new()
        .int("create", create as u64)
        .int("foreign", foreign as u64)
        .int("nowhere", nowhere as u64)
        .int("withheld", withheld as u64);
    let auth = bill.auth.iter();
    members.some_int("max_cases", bill.max_cases).put("writes", Value::Object(writes.0)).list(
        "auth",
        auth.map(|(name, gave)| Members::new().text("identity", name).text("gave", gave)),
    )
}

fn moved(progress: &Progress) -> Members {
    let (errors, warnings) = progress.findings;
    let members = Members::of("progress")
        .text("phase", progress.phase.name())
        .int("cases", progress.cases)
        .int("phase_cases", progress.phase_cases)
        .int("requests", progress.requests)
        .int("reached", progress.reached as u64)
        .int("operations", progress.operations as u64)
        .int("errors", errors as u64)
        .int("warnings", warnings as u64)
        .time("elapsed_ms", progress.elapsed);
    match progress.left {
        Some(left) => members.time("left_ms", left),
        None => members,
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Failed => "failed",
        Verdict::Flaky => "flaky",
        Verdict::Known => "known",
        Verdict::Fixed => "fixed",
        Verdict::Stale => "stale",
        Verdict::Inconclusive => "inconclusive",
    }
}

fn replayed(members: Members, replay: &Replay) -> Members {
    members
        .path("path", &replay.path)
        .text("operation", &replay.operation)
        .text("check", &replay.check)
        .text("verdict", verdict(replay.verdict))
        .int("failed", u64::from(replay.counts.0))
        .int("of", u64::from(replay.counts.1))
        .text("why", &replay.why)
}

fn found(found: &Found) -> Members {
    let members = Members::of("found")
        .text("id", &found.id)
        .text("operation", &found.operation)
        .text("severity", found.severity.name())
        .text("check", &found.finding.check)
        .text("why", &found.finding.why);
    let members = match &found.path {
        Some(path) => members.path("path", path),
        None => members,
    };
    // The file's own form, so that one description serves both.
    let case = read::json(file::write(&found.finding).as_bytes()).unwrap_or(Value::Null);
    let members = members
        .some_int("neighbour_status", found.neighbour.map(u64::from))
        .some_text("supersedes", found.supersedes.as_deref());
    let members = match found.control {
        Some(Reproduced { failed, of }) => {
            let counts = [("failed", Value::int(failed)), ("of", Value::int(of))];
            members.put("control", Value::object(counts))
        }
        None => members,
    };
    let is_timed = found.finding.case.is_timed();
    let members = match Timeline::of(&found.history).filter(|_| is_timed) {
        Some(timeline) => {
            let lines = timeline.lines().iter().map(|line| Value::text(line.as_str())).collect();
            members.put("timeline", Value::Array(lines))
        }
        None => members,
    };
    members.int("probes", found.probes).put("finding", case)
}

fn ended(summary: &Summary) -> Members {
    let (conclusion, why, signal) = match &summary.conclusion {
        Conclusion::Whole => ("whole", None, None),
        Conclusion::Broken => ("broken", None, None),
        Conclusion::Untested(why) => ("untested", Some(why.as_str()), None),
        Conclusion::Interrupted(signal) => ("interrupted", None, u64::try_from(*signal).ok()),
    };
    let ended = Members::of("ended")
        .text("conclusion", conclusion)
        .text("service", &summary.service)
        .text("url", &summary.url)
        .some_text("why", why)
        .some_int("signal", signal)
        .some_text("stopped", summary.stopped.as_deref())
        .int("seed", summary.seed)
        .int("cases", summary.cases)
        .int("requests", summary.requests)
        .time("took_ms", summary.took)
        .list("operations", summary.operations.iter().map(operation))
        .list(
            "found",
            summary.found.iter().map(|found| {
                let members = Members::new().text("id", &found.id);
                members.text("severity", found.severity.name())
            }),
        )
        .list(
            "spread",
            summary.spread.iter().map(|(id, operations)| {
                let names = operations.iter().map(|name| Value::text(name.as_str())).collect();
                Members::new().text("id", id).put("operations", Value::Array(names))
            }),
        )
        .list("replays", summary.replays.iter().map(|replay| replayed(Members::new(), replay)))
        .put(
            "inconclusive",
            Value::Array(
                summary.inconclusive.iter().map(|why| Value::text(why.as_str())).collect(),
            ),
        );
    match &summary.cleaned {
        Some(cleaned) => ended
            .int("cleaned", cleaned.gone)
            .list(
                "left",
                cleaned
                    .left
                    .iter()
                    .map(|(why, count)| Members::new().text("why", why).int("count", *count)),
            )
            .int("unseen", cleaned.unseen),
        None => ended,
    }
}

fn operation(operation: &OperationSummary) -> Members {
    let statuses = operation.statuses.iter();
    Members::new()
        .text("name", &operation.name)
        .int("cases", operation.cases)
        .put("reached", Value::Bool(operation.reached))
        .some_text("untested", operation.untested.as_deref())
        .list(
            "statuses",
            statuses.map(|(status, count)| {
                Members::new().int("status", u64::from(*status)).int("count", *count)
            }),
        )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture;

    fn lines(events: &[Event]) -> String {
        let mut report = Ndjson::new(Vec::new());
        for event in events {
            report.event(event).unwrap();
        }
        report.finish().unwrap();
        String::from_utf8(report.out).unwrap()
    }

    #[test]
    fn every_event_is_a_line() {
        assert_snapshot!(fixture::plain(&lines(&fixture::events())));
    }

    #[test]
    fn a_run_without_events_still_tells_its_version() {
        assert_eq!(
            lines(&[]),
            concat!(
                r#"{"event":"stream","version":1,"tool":"phi-fuzz/"#,
                env!("CARGO_PKG_VERSION"),
                "\"}\n"
            )
        );
    }

    #[test]
    fn every_line_is_as_the_schema_says() {
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/specs/events.schema.json");
        let schema: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut events = fixture::events();
        for conclusion in [
            Conclusion::Whole,
            Conclusion::Untested("refused".to_owned()),
            Conclusion::Interrupted(15),
        ] {
            let summary = Summary { conclusion, ..fixture::whole() };
            events.push(Event::Ended(std::sync::Arc::new(summary)));
        }
        for line in lines(&events).lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let wrong: Vec<String> = validator.iter_errors(&line).map(|e| e.to_string()).collect();
            assert!(wrong.is_empty(), "{line}: {wrong:?}");
        }
        assert!(!validator.is_valid(&serde_json::json!({ "event": "progress" })));
    }
}
