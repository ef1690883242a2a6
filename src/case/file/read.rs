//! Reading a case file.

use super::place::{Members, Place, Read, Wrong};
use super::{Error, FORMAT, GROUP, call, members, references};
use crate::case::{
    Boundary, Case, Connection, Finding, Known, Release, Reproduced, Step, Together,
};
use crate::value::{locate, read as json};

/// Reads a case file.
///
/// Beside the form of each part it verifies what ties them together: every id stands once, every
/// reference names a call whose answer has come before it is needed, what a call repeats is in its
/// group, connections are declared.
///
/// `reproduced` and `replays` may be missing, as in a case written by hand; it is then taken as not
/// reproduced yet, and a regression run sends it once.
///
/// # Errors
/// The first thing that is not of the format: its place, and the nearest known name where one is
/// unknown.
pub fn read(file: &[u8]) -> Result<Finding, Error> {
    let value = json::json(file)?;
    let finding = finding(&Place::root(&value)).and_then(|finding| {
        references::verify(&finding)?;
        Ok(finding)
    });
    finding.map_err(|Wrong { at, message }| {
        let line = locate::line(file, &at);
        Error::Content { at, line, message }
    })
}

const FINDING: [&str; 14] = [
    "phi_fuzz",
    "check",
    "at",
    "why",
    "service",
    "known",
    "connections",
    "steps",
    "boundary",
    "irrelevant",
    "reproduced",
    "replays",
    "minimal",
    "also",
];

fn finding(place: &Place<'_>) -> Read<Finding> {
    let members = place.any_object()?;
    version(&members)?;
    members.only(&FINDING)?;
    Ok(Finding {
        check: members.need("check")?.text()?,
        at: members.need("at")?.text()?,
        why: members.need("why")?.text()?,
        known: members.map("known", known)?,
        case: Case {
            service: members.need("service")?.text()?,
            connections: members.map("connections", connections)?.unwrap_or_default(),
            steps: steps(&members.need("steps")?)?,
        },
        boundary: members.map("boundary", boundary)?,
        irrelevant: members.map("irrelevant", Place::texts)?.unwrap_or_default(),
        reproduced: members.map("reproduced", reproduced)?.unwrap_or_default(),
        replays: members.map("replays", |p| p.whole(1, u32::MAX.into()))?.unwrap_or(1),
        minimal: members.map("minimal", Place::bool)?.unwrap_or(true),
        also: members.map("also", Place::texts)?.unwrap_or_default(),
    })
}

/// The version comes first: a file of a later one may hold what this program cannot judge.
fn version(members: &Members<'_>) -> Read<()> {
    let Some(place) = members.find("phi_fuzz") else {
        return Err(Wrong {
            at: members.at.clone(),
            message: format!("is no case file: it has no `phi_fuzz`; add \"phi_fuzz\": {FORMAT}"),
        });
    };
    if place.value.as_i64() == Some(FORMAT.into()) {
        return Ok(());
    }
    place.wrong(format!(
        "format {} is not known; this program reads format {FORMAT}: use a newer one, or write {FORMAT}",
        place.value
    ))
}

fn known(place: &Place<'_>) -> Read<Known> {
    let members = place.object(&["issue", "until"])?;
    let until = members.need("until")?;
    let day = until.text()?;
    if !is_day(&day) {
        return until.wrong(format!("`{day}` is no day of the calendar; write \"2027-01-31\""));
    }
    Ok(Known { issue: members.need("issue")?.text()?, until: day })
}

/// Whether this is a day as RFC 3339 writes it (`full-date`, section 5.6).
fn is_day(text: &str) -> bool {
    let part = |range: std::ops::Range<usize>| {
        text.get(range)
            .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse::<u32>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return false,
    };
    text.len() == 10 && &text[4..5] == "-" && &text[7..8] == "-" && (1..=days).contains(&day)
}

fn connections(place: &Place<'_>) -> Read<Vec<(String, Connection)>> {
    let connection = |place: Place<'_>| {
        let inner = place.object(&["http", "initial_window"])?;
        let connection = Connection {
            http: inner.map("http", |place| place.whole(1, 2))?,
            // RFC 9113, section 6.5.2: windows end at 2^31-1.
            initial_window: inner.map("initial_window", |p| p.whole(0, i32::MAX.into()))?,
        };
        Ok((members::key(&place)?, connection))
    };
    place.any_object()?.all().map(|(_, place)| connection(place)).collect()
}

fn steps(place: &Place<'_>) -> Read<Vec<Step>> {
    let steps = place.list()?;
    if steps.is_empty() {
        return place.wrong("a case has at least one step");
    }
    steps.iter().map(step).collect()
}

fn step(place: &Place<'_>) -> Read<Step> {
    let members = place.any_object()?;
    if !members.has("together") && !members.has("release") {
        if let Some(same) = members.find("same") {
            return same.wrong("only a call of a group can repeat another of its group");
        }
        return call::read(place).map(Step::Call);
    }
    members.only(&["id", "wait", "release", "together"])?;
    let together = members.need("together")?;
    let calls = together.list()?;
    if !GROUP.contains(&calls.len()) {
        let (least, most) = (GROUP.start(), GROUP.end());
        return together.wrong(format!("a group has {least} to {most} calls, not {}", calls.len()));
    }
    Ok(Step::Together(Together {
        id: call::id(&members.need("id")?)?,
        wait: members.map("wait", Place::duration)?,
        release: members.need("release")?.one_of(&Release::ALL.map(|r| (r.name(), r)))?,
        calls: calls.iter().map(call::read).collect::<Read<_>>()?,
    }))
}

fn boundary(place: &Place<'_>) -> Read<Boundary> {
    let members = place.object(&["at", "passes", "fails"])?;
    Ok(Boundary {
        at: members.need("at")?.text()?,
        passes: members.need("passes")?.value()?,
        fails: members.need("fails")?.value()?,
    })
}

fn reproduced(place: &Place<'_>) -> Read<Reproduced> {
    let members = place.object(&["failed", "of"])?;
    let of = members.need("of")?.count()?;
    Ok(Reproduced { failed: members.need("failed")?.whole(0, of.into())?, of })
}

#[cfg(test)]
mod tests;
