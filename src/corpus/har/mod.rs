//! Traffic that was recorded from real use (HAR 1.2), as cases to start from.
//!
//! Responsible for reading the file of a browser or a proxy, taking from each request what the document
//! knows, and putting references where a value came from an earlier answer, so that what was recorded
//! runs on another service, too. Credentials are left behind; configured secrets become symbols.

mod entry;
mod lift;
mod link;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use entry::Entry;

use super::Error;
use crate::case::Case;
use crate::generate::confirm;
use crate::spec::Service;
use crate::value::redact::Redactor;
use crate::value::{Value, read};

/// A larger file is not read, in octets.
const LARGEST: u64 = 256 << 20;

/// Recorded traffic as cases.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// One case for each request that the document knows, behind those whose answers it uses.
    pub cases: Vec<Case>,
    /// How many requests were left out, by why.
    pub left_out: BTreeMap<String, usize>,
}

impl Traffic {
    /// Reads a file. Requests to `host` (with its port) are taken; where there are none, those to the
    /// host that most of them went to. `bases` are the paths that the operations may stand under.
    ///
    /// # Errors
    /// The file cannot be read, or is no HAR.
    pub fn read(
        path: &Path,
        service: &Service,
        host: &str,
        bases: &[&str],
        redactor: &Redactor,
    ) -> Result<Self, Error> {
        let size = std::fs::metadata(path).map_err(Error::io("read", path))?.len();
        if size > LARGEST {
            return Err(Error::traffic(path, "it is larger than 256 MiB; record less"));
        }
        let octets = std::fs::read(path).map_err(Error::io("read", path))?;
        let whole = read::json(&octets).map_err(|error| Error::traffic(path, error.to_string()))?;
        let entries = whole.get("log").and_then(|log| log.get("entries")).and_then(Value::as_array);
        let entries = entries.ok_or_else(|| {
            Error::traffic(path, "it has no `log.entries`; save what was recorded as HAR")
        })?;
        Ok(Self::of(entries, service, host, bases, redactor))
    }

    fn of(
        entries: &[Value],
        service: &Service,
        host: &str,
        bases: &[&str],
        redactor: &Redactor,
    ) -> Self {
        let mut traffic = Self::default();
        let read: Vec<Entry> = entries.iter().filter_map(Entry::of).collect();
        traffic.leave_out("no request can be read there", entries.len() - read.len());
        let host = most_common(&read, host);
        let own = read.into_iter().filter(|entry| entry.host == host);
        let mut calls = Vec::new();
        let mut others = entries.len() - traffic.left_out.values().sum::<usize>();
        for entry in own {
            others -= 1;
            match lift::call(service, &entry, bases) {
                Ok(call) => calls.push((entry, call)),
                Err(why) => traffic.leave_out(&why, 1),
            }
        }
        traffic.leave_out("went to other hosts", others);
        let mut seen = HashSet::new();
        for mut case in link::cases(service, calls) {
            for call in case.calls_mut() {
                lift::redact(call, redactor);
            }
            if !confirmed(service, &mut case) {
                traffic.leave_out("what was sent is not what the document describes", 1);
            } else if seen.insert(case.clone()) {
                traffic.cases.push(case);
            }
        }
        traffic
    }

    fn leave_out(&mut self, why: &str, count: usize) {
        if count > 0 {
            *self.left_out.entry(why.to_owned()).or_default() += count;
        }
    }
}

/// The host whose traffic is meant.
fn most_common(entries: &[Entry], own: &str) -> String {
    if entries.iter().any(|entry| entry.host == own) {
        return own.to_owned();
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        *counts.entry(&entry.host).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or_else(String::new, |(host, _)| host.to_owned())
}

/// Gives each call the label that the contract gives it; whether there is one for all.
fn confirmed(service: &Service, case: &mut Case) -> bool {
    case.calls_mut().all(|call| {
        let Some(operation) = service.operation(&call.operation) else { return false };
        let lawful = confirm::lawful(operation, call.clone(), crate::case::Label::Valid);
        let labelled = lawful.or_else(|| confirm::named(operation, call.clone()));
        labelled.map(|labelled| *call = labelled).is_some()
    })
}

#[cfg(test)]
mod tests;
