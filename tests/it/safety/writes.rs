//! What is not the run's own is not changed.

use phi_fuzz::corpus::Journal;

use super::*;

/// Writes to what is not the run's own: neither `POST /items` nor something that it made.
fn foreign(recorder: &Recorder) -> Vec<(String, String)> {
    let writes = |r: &Received| {
        matches!(&*r.method.to_ascii_uppercase(), "POST" | "PUT" | "PATCH" | "DELETE")
    };
    let path = |r: &Received| r.target.split('?').next().unwrap_or_default().to_owned();
    let all = recorder.received().into_iter().filter(writes).map(|r| (r.method.clone(), path(&r)));
    all.filter(|(method, path)| {
        !(method.eq_ignore_ascii_case("POST") && path == "/items") && path != "/items/made-7"
    })
    .collect()
}

/// Whether nothing can be at a path: it names a UUID, or a number that nobody counts to.
fn is_nowhere(path: &str) -> bool {
    let uuid = |id: &str| id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let number = |id: &str| id.parse::<u64>().is_ok_and(|id| id >= 9_000_000_000_000_000);
    path.strip_prefix("/items/").is_some_and(uuid)
        || path.strip_prefix("/users/").is_some_and(number)
}

#[tokio::test]
async fn nothing_is_written_to_what_the_run_did_not_create() {
    let recorder = Recorder::open(answer).await;
    let out = tempfile::tempdir().unwrap();
    let summary =
        campaign(&recorder, Run { out: Some(out.path().join("out")), ..Run::default() }).await;
    let foreign = foreign(&recorder);
    let (nowhere, somewhere): (Vec<_>, Vec<_>) =
        foreign.into_iter().partition(|(_, path)| is_nowhere(path));
    assert_eq!(somewhere, []);
    // What changes things is tried all the same, each time where nothing is.
    for method in ["PUT", "PATCH", "DELETE", "POST"] {
        assert!(nowhere.iter().any(|(own, _)| own == method), "{method}: {nowhere:?}");
    }
    assert!(nowhere.iter().any(|(_, path)| path.starts_with("/users/")), "{nowhere:?}");
    // New in each execution; what is broken off comes once more in the same one.
    let times = |path: &String| nowhere.iter().filter(|(_, other)| other == path).count();
    assert!(nowhere.iter().all(|(_, path)| times(path) <= 2), "{nowhere:?}");
    assert!(summary.cases > 50, "{summary:?}");
    let untested = |name: &str| {
        let row = summary.operations.iter().find(|row| row.name == name).unwrap();
        row.untested.clone().unwrap_or_default()
    };
    assert!(untested("PUT /settings").contains("--allow-foreign-writes"));
    // What was created is written down.
    let created = Journal::read(&out.path().join("out/created.ndjson")).unwrap();
    assert_eq!(created[0].operation, "POST /items");
    assert_eq!(created[0].location.as_deref(), Some("/items/made-7"));
}

#[tokio::test]
async fn foreign_writes_are_sent_where_they_are_allowed() {
    let recorder = Recorder::open(answer).await;
    let permissions =
        Permissions { loopback_is_remote: true, foreign_writes: true, ..Permissions::default() };
    campaign(&recorder, Run { permissions, ..Run::default() }).await;
    assert!(recorder.received().iter().any(|request| request.method == "DELETE"));
}

#[tokio::test]
async fn a_header_that_is_taken_for_the_method_writes_nothing() {
    let recorder = Recorder::open(answer).await;
    campaign(&recorder, Run::malformed(true)).await;
    // The method that a header names, where that writes.
    let named = |request: &Received| {
        let lines = request.head.lines().filter(|line| line.contains("-Method"));
        let mut named = lines.filter_map(|line| Some(line.split_once(": ")?.1.to_owned()));
        named.find(|method| matches!(&**method, "POST" | "PUT" | "PATCH" | "DELETE"))
    };
    let received = recorder.received();
    // Others are taken for reads at worst.
    assert!(received.iter().any(|request| request.head.contains("X-HTTP-Method-Override: HEAD")));
    for request in &received {
        if let Some(method) = named(request) {
            assert_eq!(method, request.method, "{request:?}");
            let path = request.target.split('?').next().unwrap_or_default();
            assert!(path == "/items" || is_nowhere(path), "{request:?}");
        }
    }
}
