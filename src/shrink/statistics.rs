//! What can be said of a failure that does not always show.

/// How often a candidate that does not have the failure fails all the same: other load, spurious
/// errors.
const SPURIOUS: f64 = 0.05;
/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// How often a regression run may miss a fault that is there.
const MISS: f64 = 1e-4;
/// A candidate that is undecided after so many samples does not fail.
const MOST_SAMPLES: u32 = 40;

/// Wald's sequential probability ratio test (1945): does a candidate fail as often as the original,
/// or only spuriously?
///
/// Accepts at ln(.99/.01), rejects at ln(.05/.99).
#[derive(Clone, Copy, Debug)]
pub struct SequentialTest {
    hit: f64,
    miss: f64,
    ratio: f64,
    samples: u32,
}

impl SequentialTest {
    /// A test against this rate of failure, clamped to 0.1..=0.99.
    pub fn new(rate: f64) -> Self {
        let rate = rate.clamp(0.1, 0.99);
        let hit = (rate / SPURIOUS).ln();
        let miss = ((1.0 - rate) / (1.0 - SPURIOUS)).ln();
        Self { hit, miss, ratio: 0.0, samples: 0 }
    }

    /// Takes one sample.
    pub fn sample(&mut self, fails: bool) {
        self.ratio += if fails { self.hit } else { self.miss };
        self.samples += 1;
    }

    /// Whether the candidate has the failure, once that is decided.
    pub fn decision(&self) -> Option<bool> {
        if self.ratio >= Self::accept() {
            Some(true)
        } else if self.ratio <= Self::reject() || self.samples >= MOST_SAMPLES {
            Some(false)
        } else {
            None
        }
    }

    /// How many more samples it needs at least: so many can be taken at once, none in vain.
    pub fn needed(&self) -> u32 {
        if self.decision().is_some() {
            return 0;
        }
        let accept = ((Self::accept() - self.ratio) / self.hit).ceil();
        let reject = ((Self::reject() - self.ratio) / self.miss).ceil();
        (accept.min(reject).max(1.0) as u32).min(MOST_SAMPLES - self.samples)
    }

    /// Whether so many samples show that it fails only spuriously.
    pub fn is_spurious(mut self, failed: u32, of: u32) -> bool {
        self.ratio +=
            f64::from(failed) * self.hit + f64::from(of.saturating_sub(failed)) * self.miss;
        self.ratio <= Self::reject()
    }

    fn accept() -> f64 {
        (0.99_f64 / 0.01).ln()
    }

    fn reject() -> f64 {
        (0.05_f64 / 0.99).ln()
    }
}

/// The rate of failure to test against, from replays of the original: never quite 0 or 1.
pub fn estimated_rate(failed: u32, of: u32) -> f64 {
    (f64::from(failed) + 0.5) / (f64::from(of) + 1.0)
}

/// The lower end of the 95 % interval of a rate (Wilson, 1927); 0 for no trials.
pub fn wilson_lower_bound(failed: u32, of: u32) -> f64 {
    if of == 0 {
        return 0.0;
    }
    let (n, rate) = (f64::from(of), f64::from(failed) / f64::from(of));
    let square = Z * Z;
    let middle = rate + square / (2.0 * n);
    let spread = Z * (rate * (1.0 - rate) / n + square / (4.0 * n * n)).sqrt();
    ((middle - spread) / (1.0 + square / n)).max(0.0)
}

/// How often a regression run repeats a case so that it misses the fault at most once in 10,000
/// runs; `None` where it was never seen to fail.
pub fn replays_needed(failed: u32, of: u32) -> Option<u32> {
    let rate = wilson_lower_bound(failed, of);
    (failed > 0 && rate > 0.0).then(|| (MISS.ln() / (1.0 - rate).ln()).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Rng;

    #[test]
    fn a_miss_rate_of_one_in_ten_thousand_needs_so_many_replays() {
        let needed = [(10, 10), (9, 10), (7, 10), (0, 10)].map(|(f, n)| replays_needed(f, n));
        assert_eq!(needed, [Some(8), Some(11), Some(19), None]);
    }

    #[test]
    fn the_test_seldom_errs() {
        for rate in [0.5, 0.7, 0.9] {
            let mut rng = Rng::new(3);
            let mut accepted = |real: f64| {
                let decided = (0..2000).filter(|_| {
                    let mut test = SequentialTest::new(rate);
                    while test.decision().is_none() {
                        test.sample(rng.chance(real));
                    }
                    test.decision() == Some(true)
                });
                decided.count()
            };
            assert!(accepted(rate) > 1880, "misses at {rate}");
            assert!(accepted(0.02) < 20, "is fooled at {rate}");
        }
    }

    #[test]
    fn what_is_needed_at_least_never_decides_too_early() {
        let mut rng = Rng::new(5);
        for _ in 0..500 {
            let mut test = SequentialTest::new(0.6);
            while test.decision().is_none() {
                for left in (0..test.needed()).rev() {
                    assert_eq!(test.decision(), None);
                    test.sample(rng.chance(0.4));
                    assert!(left == 0 || test.decision().is_none());
                }
            }
        }
    }
}
