//! `[[operation]]`

use super::Names;
use super::section::{Place, Read, Section};
use crate::config::{Filter, Override};
use crate::value::{Value, nearest};

const KEYS: [&str; 5] = ["match", "timeout", "exclude-checks", "values", "skip"];

/// What the first token of a place can be.
const PARTS: [&str; 11] = [
    "path",
    "query",
    "headers",
    "cookies",
    "json",
    "form",
    "multipart",
    "xml",
    "text",
    "bytes",
    "proto",
];

pub(super) fn read(section: &Section<'_>, names: Names<'_>) -> Read<Override> {
    section.only(&KEYS)?;
    let Some(matching) = section.map("match", |place| place.parsed(Filter::parse))? else {
        return section.wrong("has no `match`; say which operations it is about: 'POST /orders*'");
    };
    let checks = section
        .map("exclude-checks", |place| place.one_or_more(|place| place.one_of(names.checks)))?;
    Ok(Override {
        matching,
        timeout: section.map("timeout", Place::duration)?,
        exclude_checks: checks.unwrap_or_default(),
        values: section.map("values", values)?.unwrap_or_default(),
        skip: section.map("skip", Place::boolean)?.unwrap_or_default(),
    })
}

/// `values = { "json/tenant" = "a" }`
fn values(place: &Place<'_>) -> Read<Vec<(String, Value)>> {
    place
        .section()?
        .entries()
        .map(|(at, place)| {
            let part = at.split('/').next().unwrap_or_default();
            if !PARTS.contains(&part) {
                let advice = nearest::advice(part, &PARTS);
                return place.wrong(format!("`{part}` is no part of a call; {advice}"));
            }
            Ok((at.to_owned(), place.value()?))
        })
        .collect()
}
