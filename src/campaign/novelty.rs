//! What a history shows for the first time.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::case::History;
use crate::spec::Service;
use crate::value::{Value, read};

/// So many different things are told apart; memory must stay flat.
const MOST: usize = 200_000;

/// What histories have shown so far.
#[derive(Debug, Default)]
pub(super) struct Novelty(HashSet<u64>);

impl Novelty {
    /// Takes in what a history shows; whether any of it is new.
    pub(super) fn note(&mut self, service: &Service, history: &History) -> bool {
        let mut is_new = false;
        for feature in features(service, history) {
            is_new |= self.0.len() < MOST && self.0.insert(feature);
        }
        is_new
    }
}

/// What a history shows: each operation with its status and the shape of its answer, and which outcome
/// followed which.
fn features(service: &Service, history: &History) -> Vec<u64> {
    let mut all = Vec::new();
    let mut before: Option<(usize, u16)> = None;
    for exchange in &history.exchanges {
        let Some(number) = service.number(&exchange.operation) else { continue };
        let status = exchange.status().unwrap_or_default();
        let body = exchange.answer().and_then(|answer| read::json(&answer.body).ok());
        let mut hasher = DefaultHasher::new();
        (number, status).hash(&mut hasher);
        if let Some(body) = &body {
            shape(body, 3, &mut hasher);
        }
        all.push(hasher.finish());
        let mut hasher = DefaultHasher::new();
        (before, number, status).hash(&mut hasher);
        all.push(hasher.finish());
        before = Some((number, status));
    }
    all
}

/// What kind of answer it is: its members and their kinds, down to a depth.
fn shape(value: &Value, depth: u8, hasher: &mut DefaultHasher) {
    value.kind().hash(hasher);
    match value {
        Value::Object(members) if depth > 0 => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            // A map from ids says no more by having more of them.
            for (key, value) in members.into_iter().take(64) {
                key.hash(hasher);
                shape(value, depth - 1, hasher);
            }
        }
        Value::Array(items) => {
            items.len().min(2).hash(hasher);
            if let Some(first) = items.first().filter(|_| depth > 0) {
                shape(first, depth - 1, hasher);
            }
        }
        _ => {}
    }
}
