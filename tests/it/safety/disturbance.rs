//! What may disturb others is not sent unasked, whoever sends it.

use phi_fuzz::campaign::{Replay, Verdict};
use phi_fuzz::config::Filter;
use phi_fuzz::corpus::Stored;

use super::*;

#[tokio::test]
async fn what_may_disturb_others_is_not_sent_off_loopback() {
    let disturbs = |request: &Received| {
        let head = request.head.to_ascii_lowercase();
        let lengths = head.matches("\r\ncontent-length:").count();
        head.contains("\r\ntransfer-encoding:") && lengths > 0
            || lengths > 1
            || head.matches("\r\nhost:").count() != 1
            || !head.lines().next().is_some_and(|line| line.ends_with(" http/1.1"))
    };
    let recorder = Recorder::open(answer).await;
    campaign(&recorder, Run::malformed(false)).await;
    let sent: Vec<Received> = recorder.received().into_iter().filter(disturbs).collect();
    assert!(sent.is_empty(), "{sent:?}");

    let recorder = Recorder::open(answer).await;
    campaign(&recorder, Run::malformed(true)).await;
    assert!(recorder.received().iter().any(disturbs));
}

/// What replaying a file says, off loopback.
async fn replayed(recorder: &Recorder, step: serde_json::Value, exclude: &[&str]) -> Replay {
    let file = serde_json::json!({
        "phi_fuzz": 1, "check": "not_a_server_error", "at": "s1", "why": "it broke",
        "service": "items", "steps": [step], "reproduced": { "failed": 1, "of": 1 }, "replays": 1,
    });
    let finding = phi_fuzz::case::file::read(file.to_string().as_bytes()).unwrap();
    let stored = Stored { path: "case.json".into(), finding };
    let (executor, mut settings) = prepared(recorder, Run::default()).await;
    settings.exclude = exclude.iter().map(|filter| Filter::parse(filter).unwrap()).collect();
    let (executor, settings) = (Arc::new(executor), Arc::new(settings));
    let summary = campaign::replay(executor, settings, vec![stored], &mut |_| ()).await;
    summary.replays[0].clone()
}

#[tokio::test]
async fn a_committed_case_is_held_back_like_any_other() {
    let two_hosts = serde_json::json!({
        "id": "s1", "call": "GET /items", "label": "malformed", "deviations": [{ "rule": "two_hosts" }],
    });
    let write =
        serde_json::json!({ "id": "s1", "call": "DELETE /users/{id}", "path": { "id": 7 } });
    let read = serde_json::json!({ "id": "s1", "call": "GET /items/{id}", "path": { "id": "q" } });
    for (step, exclude, why) in [
        (two_hosts, &[][..], "--allow-disruptive"),
        (write, &[], "--allow-foreign-writes"),
        (read, &["GET /items/*"], "is excluded"),
    ] {
        let recorder = Recorder::open(answer).await;
        let replay = replayed(&recorder, step, exclude).await;
        assert_eq!(replay.verdict, Verdict::Inconclusive, "{replay:?}");
        assert!(replay.why.contains(why), "{replay:?}");
        let sent = |r: &Received| {
            r.method == "DELETE" || r.target == "/items/q" || r.head.matches("Host:").count() > 1
        };
        assert!(!recorder.received().iter().any(sent), "{why}");
    }
}
