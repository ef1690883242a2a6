//! What may take a service away from everybody is sent only where it was named, here too.

use phi_fuzz::case::{Call, Case, Deviation, Label};
use phi_fuzz::execute::Connections;
use phi_fuzz::transport::Version;

use super::frames::{CONTINUATION, Counter, PING, RST_STREAM};
use super::*;

/// A run of what is about timing, against a service on this machine, or one that is treated as elsewhere.
fn timing(dangerous: &[&str], elsewhere: bool) -> Run {
    let permissions = Permissions {
        dangerous: dangerous.iter().map(|name| (*name).to_owned()).collect(),
        loopback_is_remote: elsewhere,
        ..Permissions::default()
    };
    let transport = transport::Settings {
        http: Version::Http2,
        timeout: Duration::from_secs(2),
        ..transport::Settings::default()
    };
    Run { permissions, transport, phases: vec![Phase::Timing], ..Run::default() }
}

async fn run(counter: &Counter, run: Run) -> u64 {
    let (executor, mut settings) = prepared_at(&counter.url(), run).await;
    // One that is called for its own sake is enough.
    settings.include = vec![phi_fuzz::config::Filter::parse("GET /items").unwrap()];
    campaign::run(Arc::new(executor), Arc::new(settings), &mut |_| ()).await.cases
}

/// Whether a flood of frames of some type came: what is harmless has a few of each.
fn flooded(counter: &Counter) -> Vec<u8> {
    [RST_STREAM, PING, CONTINUATION].into_iter().filter(|kind| counter.most(*kind) > 20).collect()
}

#[tokio::test]
async fn nothing_dangerous_is_sent_unless_it_is_named() {
    for elsewhere in [false, true] {
        let counter = Counter::open().await;
        let cases = run(&counter, timing(&[], elsewhere)).await;
        assert!(cases > 5 && counter.most(PING) == 1, "{cases} {counter:?}");
        assert!(flooded(&counter).is_empty(), "{elsewhere} {counter:?}");
    }
}

#[tokio::test]
async fn what_is_named_is_sent_and_nothing_else() {
    for (name, kind) in
        [("rapid_reset", RST_STREAM), ("ping_flood", PING), ("continuation_flood", CONTINUATION)]
    {
        let counter = Counter::open().await;
        run(&counter, timing(&[name], false)).await;
        assert_eq!(flooded(&counter), [kind], "{name} {counter:?}");
    }
}

/// Why a call by a rule is not sent; `None` where it is.
async fn held_back(counter: &Counter, run: Run, rule: &str) -> Option<String> {
    let (executor, _) = prepared_at(&counter.url(), run).await;
    let call = Call {
        id: "s1".to_owned(),
        operation: "GET /items".to_owned(),
        label: Label::Unspecified,
        deviations: vec![Deviation::wire(rule)],
        ..Call::default()
    };
    let case = Arc::new(Case::of("items", call));
    let history = executor.run(&case, Connections::Fresh).await;
    assert_eq!(history.exchanges.is_empty(), history.unfinished.is_some());
    history.unfinished.map(|unfinished| unfinished.why)
}

#[tokio::test]
async fn a_committed_case_with_something_dangerous_is_held_back() {
    for rule in ["rapid_reset", "continuation_flood", "ping_flood", "held_connections"] {
        for elsewhere in [false, true] {
            let counter = Counter::open().await;
            let why = held_back(&counter, timing(&["another"], elsewhere), rule).await.unwrap();
            assert!(why.contains("--allow-dangerous") && why.contains(rule), "{why}");
            assert_eq!(counter.most_open(), 0, "{rule}");
        }
        let counter = Counter::open().await;
        assert_eq!(held_back(&counter, timing(&[rule], false), rule).await, None);
        assert!(counter.most_open() > 0);
    }
}

#[tokio::test]
async fn what_keeps_a_service_busy_is_sent_only_where_it_is_allowed_and_tiny_windows_here_too() {
    for rule in ["burst", "slow_connections", "long_slow_read", "tiny_window"] {
        for elsewhere in [false, true] {
            let counter = Counter::open().await;
            let asked = || timing(&[], elsewhere);
            if !elsewhere && rule == "tiny_window" {
                assert_eq!(held_back(&counter, asked(), rule).await, None);
                continue;
            }
            let why = held_back(&counter, asked(), rule).await.unwrap();
            assert!(why.contains("--allow-disruptive"), "{why}");
            assert_eq!(counter.most_open(), 0, "{rule}");
            let allowed = Permissions { disruptive: true, ..asked().permissions };
            let run = Run { permissions: allowed, ..asked() };
            assert_eq!(held_back(&counter, run, rule).await, None);
        }
    }
}
