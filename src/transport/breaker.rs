//! When to go easy on a service, as a pure state machine: halve the rate, pause, then stop.

use std::time::Duration;

/// When it trips.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Exchanges that are looked at together.
    pub window: usize,
    /// It trips where the 95th percentile of latency is this many times that of the first calm
    /// window …
    pub factor: f64,
    /// … and at least this much longer: fast services triple their latency by chance.
    pub margin: Duration,
    /// It trips where this share of a window is 502, 503 or 504.
    pub busy: f64,
    /// How long it pauses.
    pub pause: Duration,
    /// The longest pause that a service may ask for.
    pub longest: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            window: 100,
            factor: 3.0,
            margin: Duration::from_millis(50),
            busy: 0.05,
            pause: Duration::from_secs(15),
            longest: Duration::from_secs(120),
        }
    }
}

/// What an exchange says of the load on a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pushback {
    /// Nothing.
    #[default]
    None,
    /// 502, 503 or 504, with the pause it asks for.
    Busy(Option<Duration>),
    /// Too many requests (429, gRPC `RESOURCE_EXHAUSTED`), with the pause it asks for.
    TooMany(Option<Duration>),
}

/// One exchange as the breaker sees it.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// When it began, from any fixed moment.
    pub begin: Duration,
    /// How long it took.
    pub took: Duration,
    /// What it said of the load.
    pub pushback: Pushback,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Send no more than this many requests per second from now on.
    SlowDown(f64),
    /// Send nothing for this long.
    Pause(Duration),
    /// Send nothing more; the service is untested for this reason, a lower-case fragment.
    Stop(String),
}

/// Watches exchanges and says when to go easy.
///
/// Each window that is bad takes the next step (halve, pause, stop), each calm one goes one step
/// back. What began before the last step is not counted, since it could not show its effect.
#[derive(Clone, Debug)]
pub struct Breaker {
    policy: Policy,
    /// 95th percentile of the first calm window.
    usual: Option<Duration>,
    /// Steps taken.
    level: u32,
    /// Only exchanges that began from here on count.
    since: Duration,
    took: Vec<Duration>,
    busy: usize,
    /// Begin of the first and the last exchange of the window.
    span: Option<(Duration, Duration)>,
    /// Refusals in a row that named no pause.
    refused: u32,
}

impl Breaker {
    /// A breaker at rest.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            usual: None,
            level: 0,
            since: Duration::ZERO,
            took: Vec::with_capacity(policy.window),
            busy: 0,
            span: None,
            refused: 0,
        }
    }

    /// Takes note of an exchange that has just ended.
    pub fn observe(&mut self, seen: Observation) -> Option<Action> {
        if seen.begin < self.since {
            return None;
        }
        let asked = self.asked(seen.pushback);
        self.took.push(seen.took);
        self.busy += usize::from(matches!(seen.pushback, Pushback::Busy(_)));
        let (first, last) = self.span.unwrap_or((seen.begin, seen.begin));
        self.span = Some((first.min(seen.begin), last.max(seen.begin)));
        let now = seen.begin + seen.took;
        let tripped = if self.took.len() >= self.policy.window { self.judge(now) } else { None };
        tripped.or_else(|| {
            let pause = asked?;
            self.since = now + pause;
            Some(Action::Pause(pause))
        })
    }

    /// The pause that an answer asks for: as it says, else a second, doubled with each in a row.
    fn asked(&mut self, pushback: Pushback) -> Option<Duration> {
        let pause = match pushback {
            Pushback::None => {
                self.refused = 0;
                return None;
            }
            Pushback::Busy(named) => named?,
            Pushback::TooMany(Some(named)) => named,
            Pushback::TooMany(None) => {
                self.refused += 1;
                Duration::from_secs(1 << (self.refused - 1).min(10))
            }
        };
        Some(pause.min(self.policy.longest)).filter(|pause| !pause.is_zero())
    }

    /// Judges a full window and begins the next.
    fn judge(&mut self, now: Duration) -> Option<Action> {
        let share = self.busy as f64 / self.took.len() as f64;
        let late = self.percentile();
        let rate = self.span.take().map_or(0.0, |(first, last)| {
            self.took.len() as f64 / last.saturating_sub(first).as_secs_f64().max(1e-3)
        });
        self.took.clear();
        self.busy = 0;

        let slow = self.usual.is_some_and(|usual| {
            late >= usual.mul_f64(self.policy.factor) && late >= usual + self.policy.margin
        });
        let busy = share >= self.policy.busy;
        if !slow && !busy {
            self.usual.get_or_insert(late);
            self.level = self.level.saturating_sub(1);
            return None;
        }
        self.since = now;
        self.level += 1;
        Some(match self.level {
            1 => Action::SlowDown(rate / 2.0),
            2 => {
                self.since += self.policy.pause;
                Action::Pause(self.policy.pause)
            }
            _ if busy => Action::Stop(format!(
                "{:.0} % of its last answers were 502, 503 or 504, even after a pause",
                share * 100.0
            )),
            _ => Action::Stop(format!(
                "95 % of its answers took up to {late:.1?} instead of {:.1?}, even after a pause",
                self.usual.unwrap_or_default()
            )),
        })
    }

    /// The 95th percentile of the window, by nearest rank.
    fn percentile(&mut self) -> Duration {
        let rank = (self.took.len() * 95).div_ceil(100).saturating_sub(1);
        let (_, late, _) = self.took.select_nth_unstable(rank);
        *late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A service with one request every 10 ms.
    struct Service {
        breaker: Breaker,
        now: Duration,
    }

    impl Service {
        fn new() -> Self {
            Self { breaker: Breaker::new(Policy::default()), now: Duration::ZERO }
        }

        fn one(&mut self, took: Duration, pushback: Pushback) -> Option<Action> {
            self.now += 10 * MS;
            let action = self.breaker.observe(Observation { begin: self.now, took, pushback });
            if let Some(Action::Pause(pause)) = action {
                self.now += pause + took;
            }
            action
        }

        fn window(&mut self, took: Duration, busy: usize) -> Vec<Action> {
            let mut actions = Vec::new();
            let window = self.breaker.policy.window;
            for index in 0..window {
                let pushback = if index < busy { Pushback::Busy(None) } else { Pushback::None };
                actions.extend(self.one(took, pushback));
            }
            self.now += took;
            actions
        }
    }

    #[test]
    fn a_steady_service_is_left_alone() {
        let mut service = Service::new();
        for _ in 0..20 {
            assert_eq!(service.window(20 * MS, 4), []);
        }
    }

    #[test]
    fn a_slow_service_is_halved_then_paused_then_stopped() {
        let mut service = Service::new();
        assert_eq!(service.window(50 * MS, 0), []);
        let [Action::SlowDown(rate)] = service.window(200 * MS, 0)[..] else { panic!() };
        assert!((49.0..53.0).contains(&rate), "half of the 100 a second that went: {rate}");
        assert_eq!(service.window(200 * MS, 0), [Action::Pause(Duration::from_secs(15))]);
        let [Action::Stop(why)] = &service.window(200 * MS, 0)[..] else { panic!() };
        assert_eq!(
            why,
            "95 % of its answers took up to 200.0ms instead of 50.0ms, even after a pause"
        );
    }

    #[test]
    fn five_percent_busy_answers_trip_it_even_in_the_first_window() {
        let mut service = Service::new();
        assert!(matches!(service.window(MS, 5)[..], [Action::SlowDown(_)]));
        assert!(matches!(service.window(MS, 5)[..], [Action::Pause(_)]));
        let [Action::Stop(why)] = &service.window(MS, 50)[..] else { panic!() };
        assert!(why.starts_with("50 % of its last answers"), "{why}");
    }

    #[test]
    fn a_calm_window_takes_a_step_back() {
        let mut service = Service::new();
        service.window(50 * MS, 0);
        for _ in 0..5 {
            assert!(matches!(service.window(200 * MS, 0)[..], [Action::SlowDown(_)]));
            assert_eq!(service.window(50 * MS, 0), []);
        }
    }

    #[test]
    fn latency_that_triples_within_the_margin_is_noise() {
        let mut service = Service::new();
        service.window(MS, 0);
        assert_eq!(service.window(40 * MS, 0), []);
        assert_eq!(service.window(60 * MS, 0).len(), 1);
    }

    #[test]
    fn a_few_slow_answers_do_not_move_the_percentile() {
        let mut service = Service::new();
        service.window(50 * MS, 0);
        for index in 0..100 {
            let took = if index < 5 { 9000 * MS } else { 50 * MS };
            assert_eq!(service.one(took, Pushback::None), None);
        }
    }

    #[test]
    fn a_refusal_is_honoured_at_once_and_within_reason() {
        let mut service = Service::new();
        let ask = |seconds| Pushback::TooMany(Some(Duration::from_secs(seconds)));
        assert_eq!(service.one(MS, ask(7)), Some(Action::Pause(Duration::from_secs(7))));
        assert_eq!(service.one(MS, ask(1 << 40)), Some(Action::Pause(Duration::from_secs(120))));
        assert_eq!(service.one(MS, ask(0)), None);
        let busy = Pushback::Busy(Some(Duration::from_secs(3)));
        assert_eq!(service.one(MS, busy), Some(Action::Pause(Duration::from_secs(3))));
    }

    #[test]
    fn refusals_that_name_no_pause_double_it_until_one_passes() {
        let mut service = Service::new();
        for seconds in [1, 2, 4, 8] {
            let action = service.one(MS, Pushback::TooMany(None));
            assert_eq!(action, Some(Action::Pause(Duration::from_secs(seconds))));
        }
        service.one(MS, Pushback::None);
        let action = service.one(MS, Pushback::TooMany(None));
        assert_eq!(action, Some(Action::Pause(Duration::from_secs(1))));
    }

    #[test]
    fn what_was_under_way_when_it_tripped_does_not_count() {
        let mut service = Service::new();
        service.window(50 * MS, 0);
        service.window(200 * MS, 0);
        let before = service.breaker.since.saturating_sub(MS);
        for _ in 0..500 {
            let late = Observation { begin: before, took: 9000 * MS, pushback: Pushback::None };
            assert_eq!(service.breaker.observe(late), None);
        }
    }
}
