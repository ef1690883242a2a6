//! How much a service is called.

use phi_fuzz::campaign::Conclusion;
use phi_fuzz::transport::Policy;

use super::*;

#[tokio::test]
async fn a_service_that_asks_to_be_called_less_often_is_left_alone_so_long() {
    let recorder = Recorder::open(|request| {
        if request.target.contains("phi-fuzz-asks") || request.target == "/" {
            return ("404 Not Found", Vec::new(), String::new());
        }
        ("429 Too Many Requests", vec!["retry-after: 2".to_owned()], String::new())
    })
    .await;
    let transport = transport::Settings {
        timeout: Duration::from_secs(2),
        ..transport::Settings::usual(false)
    };
    let began = std::time::Instant::now();
    let run = Run { transport, time: Some(Duration::from_secs(5)), ..Run::default() };
    campaign(&recorder, run).await;
    // 20 a second would be a hundred; those that were under way when it asked go out all the same.
    let seconds = began.elapsed().as_secs_f64();
    let most = 2.0 + (seconds / 2.0 + 1.0) * 4.0;
    let received = recorder.received().len();
    assert!((received as f64) <= most, "{received} of at most {most} in {seconds} s");
}

#[tokio::test]
async fn rate_and_connections_are_bounded_and_everything_counts() {
    let recorder = Recorder::open(answer).await;
    let transport = transport::Settings {
        rate: Some(40.0),
        max_connections: 2,
        timeout: Duration::from_secs(2),
        ..transport::Settings::default()
    };
    let time = Some(Duration::from_secs(2));
    let began = std::time::Instant::now();
    let summary = campaign(&recorder, Run { transport, time, ..Run::default() }).await;
    let most = began.elapsed().as_secs_f64() * 40.0 + 2.0;
    let received = recorder.received().len();
    assert!(received > 10 && received as f64 <= most, "{received} of at most {most}");
    // What waits for its turn when the time is over counts, and is not sent.
    assert!(summary.requests as usize <= received + WORKERS, "{} of {received}", summary.requests);
    assert!(recorder.most_open() <= 2, "{}", recorder.most_open());
}

#[tokio::test]
async fn a_service_that_breaks_down_is_spared_and_the_run_untested() {
    let recorder = Recorder::open(|request| {
        // The first looks pass; then it is overloaded for good.
        if request.target.contains("phi-fuzz-asks") || request.target == "/" {
            return ("404 Not Found", Vec::new(), String::new());
        }
        ("503 Service Unavailable", Vec::new(), String::new())
    })
    .await;
    let policy = Policy { window: 20, pause: Duration::from_millis(10), ..Policy::default() };
    let transport = transport::Settings {
        rate: Some(200.0),
        breaker: Some(policy),
        timeout: Duration::from_secs(2),
        ..transport::Settings::default()
    };
    let run = Run { transport, time: Some(Duration::from_secs(20)), ..Run::default() };
    let summary = campaign(&recorder, run).await;
    assert!(matches!(summary.conclusion, Conclusion::Untested(_)), "{:?}", summary.conclusion);
    assert!(summary.stopped.is_some() && summary.took < Duration::from_secs(15), "{summary:?}");
}
