//! The keys at the top: defaults for flags.

use super::Names;
use super::section::{Place, Read, Section};
use crate::config::{Defaults, Filter, quantity};

/// The keys at the top that stand for flags, each with the name of its flag.
pub const KEYS: [&str; 35] = [
    "seed",
    "max-time",
    "max-cases",
    "max-findings",
    "fail-fast",
    "out",
    "corpus",
    "seed-from",
    "proto-path",
    "no-corpus",
    "header",
    "auth",
    "phase",
    "no-cleanup",
    "check",
    "exclude-check",
    "include",
    "exclude",
    "workers",
    "rate",
    "timeout",
    "wait-for-service",
    "cacert",
    "cert",
    "key",
    "insecure",
    "proxy",
    "traceparent",
    "http",
    "report",
    "fail-on",
    "require-reached",
    "allow-foreign-writes",
    "allow-disruptive",
    "color",
];

pub(super) fn read(top: &Section<'_>, names: Names<'_>) -> Read<Defaults> {
    let known = |key: &str, known: &[&str]| -> Read<Vec<String>> {
        Ok(top.map(key, |place| place.one_or_more(|p| p.one_of(known)))?.unwrap_or_default())
    };
    let filters = |key: &str| -> Read<Vec<Filter>> {
        let read = |place: &Place<'_>| place.one_or_more(|place| place.parsed(Filter::parse));
        Ok(top.map(key, read)?.unwrap_or_default())
    };
    Ok(Defaults {
        seed: top.map("seed", Place::integer)?,
        max_time: top.map("max-time", Place::duration)?,
        max_cases: top.map("max-cases", Place::positive)?,
        max_findings: top.map("max-findings", Place::positive)?,
        fail_fast: top.map("fail-fast", Place::boolean)?,
        out: top.map("out", Place::path)?,
        corpus: top.map("corpus", Place::path)?,
        proto_path: top
            .map("proto-path", |place| place.one_or_more(Place::path))?
            .unwrap_or_default(),
        seed_from: top
            .map("seed-from", |place| place.one_or_more(Place::path))?
            .unwrap_or_default(),
        no_corpus: top.map("no-corpus", Place::boolean)?,
        header: top.texts("header")?,
        auth: top.texts("auth")?,
        phase: known("phase", names.phases)?,
        no_cleanup: top.map("no-cleanup", Place::boolean)?,
        check: known("check", names.checks)?,
        exclude_check: known("exclude-check", names.checks)?,
        include: filters("include")?,
        exclude: filters("exclude")?,
        workers: top.map("workers", Place::positive)?,
        rate: top.map("rate", |place| place.parsed_number(quantity::rate))?,
        timeout: top.map("timeout", Place::duration)?,
        wait_for_service: top.map("wait-for-service", Place::duration)?,
        cacert: top.map("cacert", Place::path)?,
        cert: top.map("cert", Place::path)?,
        key: top.map("key", Place::path)?,
        insecure: top.map("insecure", Place::boolean)?,
        proxy: top.map("proxy", Place::text)?,
        traceparent: top.map("traceparent", Place::boolean)?,
        http: top.map("http", |place| match place.integer()? {
            version @ 1..=2_u8 => Ok(version),
            other => {
                place.wrong(format!("{other} is no HTTP version that is spoken here; write 1 or 2"))
            }
        })?,
        report: top
            .map("report", |place| place.one_or_more(|place| report(place, names)))?
            .unwrap_or_default(),
        fail_on: top.map("fail-on", |place| place.one_of(&["error", "warning", "never"]))?,
        require_reached: top
            .map("require-reached", |place| place.parsed_number(quantity::share))?,
        allow_foreign_writes: top.map("allow-foreign-writes", Place::boolean)?,
        allow_disruptive: top.map("allow-disruptive", Place::boolean)?,
        color: top.map("color", |place| place.one_of(&["auto", "always", "never"]))?,
    })
}

/// `FORMAT` or `FORMAT=PATH`, the path relative to the folder of the file.
fn report(place: &Place<'_>, names: Names<'_>) -> Read<String> {
    let text = place.text()?;
    let (format, path) = match text.split_once('=') {
        Some((format, path)) => (format, Some(path)),
        None => (&*text, None),
    };
    if !names.reports.contains(&format) {
        let advice = crate::value::nearest::advice(format, names.reports);
        return place.wrong(format!("`{format}` is no format of reports; {advice}"));
    }
    Ok(match path {
        None => text,
        Some(path) => format!("{format}={}", place.beside(path).display()),
    })
}
