//! How long answers take, learned in this run.

use foldhash::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::case::{Exchange, Times};

/// Four buckets per doubling, from 1 µs to about an hour.
const BUCKETS: usize = 4 * 32;

/// Times to the end of successful answers, by operation, in buckets of ±9 %.
/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Latency {
    by_operation: HashMap<Arc<str>, Arc<Histogram>>,
}

#[derive(Clone, Debug)]
struct Histogram {
    count: u32,
    buckets: [u32; BUCKETS],
}

impl Latency {
    /// How long an answer took, where that is worth remembering: refusals are quick, so only answers
    /// below 400 count.
    pub fn sample(exchange: &Exchange) -> Option<Duration> {
        exchange.status().filter(|status| *status < 400).map(|_| waited(exchange))
    }

    /// Remembers how long an answer of an operation took.
    pub fn record(&mut self, operation: &str, took: Duration) {
        let histogram = match self.by_operation.get_mut(operation) {
            Some(histogram) => histogram,
            None => self
                .by_operation
                .entry(operation.into())
                .or_insert_with(|| Arc::new(Histogram { count: 0, buckets: [0; BUCKETS] })),
        };
        let histogram = Arc::make_mut(histogram);
        histogram.count = histogram.count.saturating_add(1);
        histogram.buckets[bucket(took)] += 1;
    }

    /// Whether an answer of an operation came.
    pub fn knows(&self, operation: &str) -> bool {
        self.by_operation.contains_key(operation)
    }

    /// The time within which 99 of 100 answers of an operation ended; `None` before one came.
    pub fn p99(&self, operation: &str) -> Option<Duration> {
        let histogram = self.by_operation.get(operation)?;
        let mut beyond = histogram.count / 100;
        let index = (0..BUCKETS).rev().find(|index| {
            let here = histogram.buckets[*index];
            if here > beyond {
                return true;
            }
            beyond -= here;
            false
        })?;
        // The upper end of the bucket.
        Some(Duration::from_secs_f64(2f64.powf((index + 1) as f64 / 4.0) / 1e6))
    }

    /// Whether nothing was learned yet, as in a replay.
    pub fn is_empty(&self) -> bool {
        self.by_operation.is_empty()
    }
}

/// How long the service took: from the last byte of the request, where that is known, to the end.
/// Delays that we injected before it are not the service's.
pub(super) fn waited(exchange: &Exchange) -> Duration {
    let Times { sent, connected, end, injected, .. } = exchange.times;
    end.saturating_sub(sent.unwrap_or(connected)).saturating_sub(injected)
}

fn bucket(duration: Duration) -> usize {
    let micros = duration.as_secs_f64() * 1e6;
    ((micros.max(1.0).log2() * 4.0) as usize).min(BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Said, seen_with};
    use super::*;

    fn record(latency: &mut Latency, status: u16, millis: u64) {
        seen_with(Said::answer("GET /a", status).taking(millis), |seen| {
            if let Some(took) = Latency::sample(seen.exchange) {
                latency.record(&seen.exchange.operation, took);
            }
        });
    }

    #[test]
    fn the_percentile_is_near_and_never_below() {
        let mut latency = Latency::default();
        for _ in 0..990 {
            record(&mut latency, 200, 10);
        }
        for _ in 0..10 {
            record(&mut latency, 200, 500);
        }
        let p99 = latency.p99("GET /a").unwrap();
        assert!((10..=13).contains(&p99.as_millis()), "{p99:?}");
    }

    #[test]
    fn refusals_teach_nothing() {
        let mut latency = Latency::default();
        for _ in 0..100 {
            record(&mut latency, 400, 1);
        }
        assert!(latency.is_empty() && latency.p99("GET /a").is_none());
    }
}
