//! A finding in about twelve lines: what was sent, what came, how to see it again.

mod boundary;

use super::Ways;
use super::style::{FAINT, STRONG, of_severity, styled};
use super::timeline::Timeline;
use super::words::{self, shortened, shown};
use crate::campaign::Found;
use crate::case::{
    Auth, Body, Call, Code, Ending, Exchange, HttpVersion, Message, Outcome, Saw, Step,
};
use crate::export;
use crate::value::Value;
use crate::wire::{self, grpc};

/// Longest value that is shown, in characters.
const LONGEST_VALUE: usize = 80;
/// Longest sentence that is shown, in characters.
const LONGEST_SENTENCE: usize = 300;
/// Longest line of curl that is shown; beyond it a file is easier to read.
const LONGEST_CURL: usize = 600;
/// Most steps, and most lines of curl, that are shown.
const MOST_STEPS: usize = 4;
const MOST_CURL: usize = 3;

/// The lines of a finding. `url` is the service's base address, for the lines of curl; `ways` are how
/// the tool is called again.
pub fn finding(found: &Found, url: &str, ways: &Ways) -> Vec<String> {
    let digits = found.id.rsplit('-').next().unwrap_or(&found.id);
    let mut lines = vec![head(found)];
    let boundary = boundary::told(found);
    if boundary.is_none() || found.finding.case.calls().nth(1).is_some() {
        lines.extend(steps(found));
    }
    lines.extend(boundary);
    lines.push(shortened(&shown(&found.finding.why), LONGEST_SENTENCE));
    lines.extend(remarks(found, &ways.shrink(digits)));
    // What hangs on timing does not show by curl.
    if !found.finding.case.is_timed() {
        let is_rpc = found.finding.case.own_calls().any(|call| grpc::is_method(&call.operation));
        let language = if is_rpc { "grpcurl" } else { "curl" };
        let export = format!("{language}: {}", ways.export(digits, language));
        lines.extend(command_lines(found, url, ways, &export));
    }
    lines.push(format!("replay: {}     accept: {}", ways.replay(digits), ways.accept(digits)));
    let indented = |(index, line): (usize, String)| match index {
        0 => line,
        _ => format!("  {line}"),
    };
    lines.into_iter().enumerate().map(indented).collect()
}

fn head(found: &Found) -> String {
    let reproduced = found.finding.reproduced;
    let control = found
        .control
        .map(|control| format!(" ({}: {}/{})", without(found), control.failed, control.of));
    format!(
        "{} {}  {}  {}  {}/{}{}",
        styled(of_severity(found.severity), found.severity.name()),
        styled(STRONG, &shown(&found.id)),
        shown(&found.operation),
        found.finding.check,
        reproduced.failed,
        reproduced.of,
        control.unwrap_or_default(),
    )
}

/// What the control of a finding is.
fn without(found: &Found) -> &'static str {
    let is_group = |step: &Step| matches!(step, Step::Together(_));
    let is_race = found.finding.case.steps.iter().any(is_group);
    if is_race { "one after the other" } else { "where nothing is bent" }
}

/// A value as in a file, but for a long text of one piece, `"0" × 256`, and great numbers.
fn value(value: &Value) -> String {
    let file = value.to_file();
    let spelt = |name: &str| file.as_object().and_then(|object| object.get(name));
    let text = match (spelt("$repeat"), spelt("$number")) {
        (Some(Value::Array(parts)), _) if parts.len() == 2 => {
            format!("{} × {}", parts[0], parts[1])
        }
        (_, Some(Value::String(number))) => number.lossy().into_owned(),
        _ => file.to_string(),
    };
    shown(&shortened(&text, LONGEST_VALUE))
}

/// One line for each call and what came of it, with its time line where timing is part of the case; the
/// last ones where there are many.
fn steps(found: &Found) -> Vec<String> {
    let case = &found.finding.case;
    let only = case.calls().count() == 1;
    let timeline = if case.is_timed() { Timeline::of(&found.history) } else { None };
    let width = case.calls().map(|call| call.id.chars().count()).max().unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for step in &case.steps {
        let mut after = step.wait().map(|wait| format!("{wait:?} later ")).unwrap_or_default();
        let together = matches!(step, Step::Together(_));
        for call in step.calls() {
            let name = if call.operation.is_empty() {
                format!("the same as {}", call.same.as_deref().unwrap_or_default())
            } else {
                shown(&title(found, call))
            };
            let id = match &timeline {
                Some(timeline) => {
                    format!("{:width$} |{}| ", shown(&call.id), timeline.line(&call.id))
                }
                None if only => String::new(),
                None => format!("{} ", shown(&call.id)),
            };
            let (given, with) = (given(call), with(call));
            let at_once = if together { "  (together)" } else { "" };
            let after = std::mem::take(&mut after);
            let came = came(found, &call.id);
            lines.push(format!("{id}{after}{name}{given}{with} → {came}{at_once}"));
        }
    }
    // What comes at once at the end is told in whole.
    let most = case.steps.last().map_or(0, |last| last.calls().len() + 1).max(MOST_STEPS);
    if lines.len() > most {
        let passed = lines.len() - most + 1;
        lines.drain(..passed);
        lines.insert(0, format!("… {} before", words::counted(passed as u64, "call")));
    }
    lines.extend(timeline.map(|timeline| styled(FAINT, &timeline.legend())));
    lines
}

/// A call by the method that was sent.
fn title(found: &Found, call: &Call) -> String {
    let sent = found.history.exchange(&call.id).map(|exchange| exchange.sent.method.as_str());
    let sent = sent.filter(|method| !method.is_empty());
    match call.operation.split_once(' ') {
        Some((method, path)) => format!("{} {path}", sent.unwrap_or(method)),
        None => call.operation.clone(),
    }
}

/// The values of a call, but for what its path names by an earlier answer: ` qty = 5`, ` {"qty":5}`.
fn given(call: &Call) -> String {
    let lists = [&call.path, &call.query, &call.headers, &call.cookies];
    let named = lists.into_iter().flatten().filter(|(_, value)| value.is_concrete());
    let named = named.map(|(name, given)| format!("{name} = {}", value(given)));
    let body = match &call.body {
        Some(Body::Messages(messages)) => Some(script(messages)),
        body => body.as_ref().and_then(Body::value).map(value),
    };
    let all: Vec<String> = named.chain(body).collect();
    let all = shown(&shortened(&all.join(", "), LONGEST_VALUE));
    if all.is_empty() { all } else { format!(" {all}") }
}

/// What is sent on a stream, and when: `{"id":1}, 500ms later {"id":2}, ended`.
fn script(messages: &[Message]) -> String {
    let told = messages.iter().map(|message| match message {
        Message::Proto(message) => value(message),
        Message::Wire(octets) => words::counted(octets.len() as u64, "octet"),
        Message::Wait(pause) => format!("silent for {pause:?}"),
        Message::Await(count) => {
            format!("once {} came", words::counted(u64::from(*count), "message"))
        }
        Message::HalfClose => "ended".to_owned(),
        Message::Cancel(_) => "given up".to_owned(),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What is done to a call on purpose: `, maximum at json/qty`; and who sends it, where that is no usual
/// one.
fn with(call: &Call) -> String {
    let by = match &call.auth {
        Auth::Default => None,
        Auth::None => Some("without credentials".to_owned()),
        Auth::Invalid => Some("with invalid credentials".to_owned()),
        Auth::Identity(name) => Some(format!("as {}", shown(name))),
    };
    let deviations = call.deviations.iter().map(|deviation| {
        let rule = shown(&deviation.rule.lossy());
        match &deviation.at {
            Some(at) => format!("{rule} at {}", shown(at)),
            None => rule,
        }
    });
    let bends = call.perturb.iter().map(|bend| shown(&bend.to_string()));
    let mut all: Vec<String> = by.into_iter().chain(deviations).chain(bends).collect();
    all.dedup();
    if all.is_empty() { String::new() } else { format!(", {}", words::listed(&all, 2)) }
}

/// What came of a call: `500 "quantity table exhausted"`, `no answer`.
fn came(found: &Found, id: &str) -> String {
    let call = found.finding.case.call(id);
    let saw = call.and_then(|call| call.saw.as_ref());
    let exchange = found.history.exchange(id);
    let what = saw.and_then(outcome_of_file).or_else(|| exchange.map(outcome));
    // What a fault is known by is what the service said only where it failed: else `why` tells it.
    let failed = |saw: &&Saw| {
        let code = saw.grpc_status.as_deref().and_then(Code::named).and_then(Code::http);
        saw.status.or(code).is_some_and(|status| status >= 500)
    };
    let message = saw.filter(failed).and_then(|saw| saw.message.as_deref());
    let message = message.filter(|message| !message.is_empty());
    let what = what.unwrap_or_else(|| "nothing known".to_owned());
    match message {
        Some(message) => {
            let message = words::unplaced(message);
            format!("{what} \"{}\"", shown(&shortened(&message, LONGEST_VALUE)))
        }
        None => what,
    }
}

fn outcome_of_file(saw: &Saw) -> Option<String> {
    let status = saw.status.map(|status| status.to_string());
    status.or_else(|| saw.grpc_status.clone()).or_else(|| saw.outcome.clone())
}

fn outcome(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Outcome::Answered(answer)
            if grpc::is_method(&exchange.operation) && answer.ending == Ending::TimedOut =>
        {
            format!("no end within {}", words::time(exchange.times.end))
        }
        Outcome::Answered(answer) => {
            let code = grpc::status(answer).and_then(|status| status.code.name());
            code.map_or_else(|| answer.status.to_string(), str::to_owned)
        }
        Outcome::Dropped { interim, .. } if !interim.is_empty() => {
            let interim: Vec<String> = interim.iter().map(u16::to_string).collect();
            format!("nothing after the interim {}", interim.join(", "))
        }
        Outcome::Dropped { .. } => "the connection ended without an answer".to_owned(),
        Outcome::Garbage { .. } => "no HTTP answer".to_owned(),
        Outcome::TimedOut { .. } => format!("no answer within {}", words::time(exchange.times.end)),
        Outcome::Unreachable { .. } => "no connection".to_owned(),
        Outcome::Abandoned => "ended by us".to_owned(),
    }
}

/// What else is worth knowing, on one line.
fn remarks(found: &Found, shrink: &str) -> Option<String> {
    let finding = &found.finding;
    let mut parts = Vec::new();
    if let Some(weaker) = &found.supersedes {
        parts.push(format!("takes the place of {}, which says less of the same", shown(weaker)));
    }
    if !finding.also.is_empty() {
        parts.push(format!("also: {}", finding.also.join(", ")));
    }
    if !finding.irrelevant.is_empty() {
        let only = match finding.case.calls().collect::<Vec<_>>()[..] {
            [call] => format!("{}/", call.id),
            _ => String::new(),
        };
        let place = |place: &String| shown(place.strip_prefix(&only).unwrap_or(place));
        let places: Vec<String> = finding.irrelevant.iter().map(place).collect();
        parts.push(format!("does not matter: {}", words::listed(&places, 4)));
    }
    if !finding.minimal {
        parts.push(format!("may be smaller: {shrink}"));
    }
    (!parts.is_empty()).then(|| styled(FAINT, &parts.join(" · ")))
}

/// Lines of curl or grpcurl; where they would be many or long, how to get them.
fn command_lines(found: &Found, url: &str, ways: &Ways, export: &str) -> Vec<String> {
    let export = || vec![export.to_owned()];
    let calls: Vec<_> = found.concrete.steps.iter().flat_map(export::calls).collect();
    if calls.len() > MOST_CURL {
        return export();
    }
    let mut lines = Vec::new();
    for call in calls {
        if grpc::is_method(&call.operation) {
            let line = export::grpcurl_line(url, &call.operation, &[], call.body.as_ref());
            if line.chars().count() > LONGEST_CURL || is_beyond_words(&call) {
                return export();
            }
            lines.push(ways.opened(line));
            continue;
        }
        let Ok(mut request) = wire::render::request(&call, "") else { return export() };
        let exchange = found.history.exchange(&call.id);
        // What tells who sends it; the trace of one request says nothing to another.
        let sent = exchange.iter().flat_map(|exchange| &exchange.sent.headers);
        for field in sent.filter(|field| !field.name.eq_ignore_ascii_case("traceparent")) {
            if !request.headers.contains(field) {
                request.set_header(&field.name, field.value.clone());
            }
        }
        let http = exchange.map_or(HttpVersion::Http1, |exchange| exchange.http);
        let exported = export::curl(url, &request, http);
        if exported.line.contains('\n') || exported.line.chars().count() > LONGEST_CURL {
            return export();
        }
        let note = exported.notes.iter().find(|note| !note.contains("[secret:"));
        let note = note.map(|note| format!("  # {}", shown(note))).unwrap_or_default();
        lines.push(ways.opened(exported.line) + &note);
    }
    lines
}

/// Whether a call of gRPC is sent in a way that no line says.
fn is_beyond_words(call: &Call) -> bool {
    let is_on_wire = |rule: &str| wire::deviation::find(rule).is_some();
    let mut rules = call.deviations.iter().filter_map(|own| own.rule.as_str());
    rules.any(is_on_wire) || matches!(call.body, Some(Body::Messages(_) | Body::Wire(_)))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture;

    fn text(found: &Found) -> String {
        let lines = finding(found, "http://127.0.0.1:8080", &Ways::default());
        assert!(lines.len() <= 12, "{} lines", lines.len());
        fixture::plain(&lines.join("\n"))
    }

    #[test]
    fn a_finding_at_a_boundary_shows_it() {
        assert_snapshot!(text(&fixture::found()), @r#"
        error shop-1f3a9c20  POST /orders  not_a_server_error  5/5
          qty = 1000 → 500 "quantity table exhausted"   (999 → 201)
          POST /orders answers 500 for qty 1000; the document allows 1 to 1000
          curl -i -X POST -H 'Accept: */*' -H 'User-Agent: phi-fuzz/VERSION' -H 'Content-Type: application/json' -H 'Authorization: [secret:alice.bearer]' --data-raw '{"qty":1000}' 'http://127.0.0.1:8080/orders'
          replay: phi-fuzz replay 1f3a9c20     accept: phi-fuzz accept 1f3a9c20
        "#);
    }

    #[test]
    fn long_texts_of_one_piece_are_told_by_their_length_great_numbers_as_they_are() {
        assert_eq!(value(&Value::text("ab".repeat(300))), r#""ab" × 300"#);
        assert_eq!(value(&Value::text("ab")), r#""ab""#);
        let great = crate::value::read::json(b"9223372036854775808").unwrap();
        assert_eq!(value(&great), "9223372036854775808");
    }

    #[test]
    fn a_history_shows_its_steps() {
        assert_snapshot!(text(&fixture::history_found()));
    }

    #[test]
    fn a_history_with_a_boundary_shows_both() {
        let mut found = fixture::history_found();
        let before = text(&found).lines().count();
        let at = format!("{}/json/qty", found.finding.at);
        let (passes, fails) = (Value::int(4), Value::int(5));
        found.finding.boundary = Some(crate::case::Boundary { at, passes, fails });
        found.neighbour = found.history.status(&found.finding.at);
        let told = text(&found);
        assert_eq!(told.lines().count(), before + 1, "{told}");
        assert!(told.contains("\n  qty = 5 → ") && told.contains("   (4 passes)\n"), "{told}");
    }

    #[test]
    fn what_hangs_on_timing_shows_its_time_line() {
        assert_snapshot!(text(&fixture::race_found()));
        assert_snapshot!(text(&fixture::slow_found()));
    }

    #[test]
    fn a_long_finding_stays_within_twelve_lines() {
        assert_snapshot!(text(&fixture::long_found()));
    }

    #[test]
    fn a_finding_that_takes_the_place_of_another_says_so() {
        let found = Found { supersedes: Some("shop-00c0ffee".to_owned()), ..fixture::found() };
        assert!(text(&found).contains("takes the place of shop-00c0ffee"), "{}", text(&found));
    }

    #[test]
    fn a_neighbour_whose_answer_is_not_known_passes() {
        let found = Found { neighbour: None, ..fixture::found() };
        assert!(text(&found).contains("(999 passes)"), "{}", text(&found));
    }
}
