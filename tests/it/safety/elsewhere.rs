//! Nothing goes to where it does not belong: secrets to the service alone, calls nowhere else.

use super::*;

#[tokio::test]
async fn secrets_reach_the_service_and_nothing_else() {
    let recorder = Recorder::open(|request| {
        // A service that repeats the credentials in an error.
        if request.target == "/items" && request.method == "GET" {
            let said = request.head.replace("\r\n", " ");
            return ("500 Internal Server Error", Vec::new(), said);
        }
        answer(request)
    })
    .await;
    let out = tempfile::tempdir().unwrap();
    let summary =
        campaign(&recorder, Run { out: Some(out.path().join("out")), ..Run::default() }).await;
    assert!(recorder.received().iter().any(|request| request.head.contains(TOKEN)));
    assert!(!summary.found.is_empty());
    let mut files = vec![out.path().to_owned()];
    let mut looked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains(TOKEN), "{}: {text}", path.display());
            looked += 1;
        }
    }
    assert!(looked >= 3, "{looked} files");
}

#[tokio::test]
async fn redirects_are_judged_and_not_followed() {
    let recorder = Recorder::open(answer).await;
    let summary = campaign(&recorder, Run::default()).await;
    let reached = summary.operations.iter().find(|row| row.name == "GET /elsewhere").unwrap();
    assert!(reached.statuses.iter().any(|(status, _)| *status == 302), "{reached:?}");
    // A call that followed would have gone to where nobody listens, and would have failed.
    assert!(reached.statuses.iter().all(|(status, _)| *status != 0), "{reached:?}");
}
