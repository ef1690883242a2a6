//! Committed cases are replayed before all else, and none is passed over without a word.

use std::sync::atomic::Ordering;

use super::Desk;
use super::services::{answer, receive, service};
use super::store::{CHECKS, STORE, Store, accept, files, found, last};

#[test]
fn a_committed_file_that_is_no_case_fails_before_anything_is_sent() {
    let store = Store::open();
    let desk = Desk::new();
    desk.write("store.yaml", STORE);
    desk.write("corpus/regressions/store/get-sizes/hang-0a0b0c0d.json", "{\n  \"phi_fuzz\": 1,\n");
    let told = "corpus/regressions/store/get-sizes/hang-0a0b0c0d.json is no case file: not JSON";
    for more in [&["--max-cases", "5"][..], &["-q"], &["--phase", "boundary"], &["--dry-run"]] {
        let ran = desk.run(&[&["run", "store.yaml", "--url", &store.url][..], more].concat());
        ran.failed(2, told);
        assert!(ran.err.contains("line 3"), "{}", ran.err);
    }
    assert_eq!(store.requests.load(Ordering::SeqCst), 0);
    let line = ["run", "store.yaml", "--url", &store.url, "--max-cases", "9", "--no-corpus"];
    assert_eq!(desk.run(&line).code, 1, "it is not asked for");
}

#[test]
fn a_service_of_another_name_is_the_one_of_the_corpus_where_that_knows_only_one() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    accept(&desk, &ids, false);
    desk.write("store.yaml", &STORE.replace("title: Store", "title: Warehouse"));
    let more = ["--seed", "1", "--check", CHECKS, "--include", "GET /sizes"];
    let ran = store.run(&desk, &more);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(last(&ran).starts_with("broken: 0 new, 1 regressed"), "{}", ran.out);
    let told = "about `store` and no other service: they are replayed against `warehouse`";
    assert!(ran.err.contains(told), "{}", ran.err);

    // Where there are several, no one can tell which it is.
    let path = files(&desk, "corpus").remove(0);
    let case = std::fs::read_to_string(path).expect("a case");
    let other = case.replace("\"service\": \"store\"", "\"service\": \"billing\"");
    assert_ne!(case, other);
    desk.write("corpus/regressions/billing/get-sizes/other.json", &other);
    let ran = store.run(&desk, &more);
    assert!(last(&ran).starts_with("broken: 1 new, 0 regressed"), "{}", ran.out);
    let told = "2 of 2 committed cases are about other services, and not replayed: billing, store";
    assert!(ran.err.contains(told), "{}", ran.err);
}

#[test]
fn the_cases_of_another_configured_service_are_not_taken_for_those_of_one() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--include", "GET /sizes"]);
    accept(&desk, &ids, false);
    let config = format!(
        "[services.store]\nspec = 'store.yaml'\nurl = '{0}'\n[services.other]\nspec = \
         'store.yaml'\nurl = '{0}'\n",
        store.url
    );
    desk.write("phi-fuzz.toml", &config);
    let line = ["run", "other", "--max-cases", "9", "--include", "GET /sizes", "--check", "hang"];
    let ran = desk.run(&line);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told = "1 of 1 committed cases are about other services, and not replayed: store";
    assert!(ran.err.contains(told), "{}", ran.err);
}

/// A case of one call of `GET /sizes` after another one, as a person writes it down.
fn after(want: u16) -> String {
    serde_json::json!({
        "phi_fuzz": 1, "check": "not_a_server_error", "at": "s2", "why": "it broke",
        "service": "store",
        "steps": [
            { "id": "s1", "call": "GET /sizes", "query": { "size": 1 }, "want": { "status": [want] } },
            { "id": "s2", "call": "GET /sizes", "query": { "size": 2 } },
        ],
        "reproduced": { "failed": 1, "of": 1 }, "replays": 1,
    })
    .to_string()
}

#[test]
fn a_committed_case_that_cannot_be_judged_makes_a_run_untested() {
    let store = Store::open();
    store.least.store(5_000, Ordering::SeqCst);
    let desk = Desk::new();
    desk.write("store.yaml", STORE);
    let run = || {
        let more = ["--seed", "1", "--check", "not_a_server_error", "--include", "GET /sizes"];
        store.run(&desk, &more)
    };
    let path = "corpus/regressions/store/get-sizes/set-up.json";
    desk.write(path, &after(200));
    assert!(run().well().contains("1 replayed case: 1 ok"));
    desk.write(path, &after(204));
    let ran = run();
    assert_eq!(ran.code, 3, "{ran:?}");
    let told = format!(
        "untested: 1 of 1 replayed cases could not be judged; {path}: set-up s1 gave 200, not 204"
    );
    assert_eq!(last(&ran), told);
    // What is worse stands.
    store.least.store(23, Ordering::SeqCst);
    let ran = run();
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn a_committed_case_that_filters_leave_out_is_not_replayed_and_told() {
    let store = Store::open();
    let (desk, ids) = found(&store, &["--exclude", "POST /notes"]);
    assert_eq!(ids.len(), 2, "{ids:?}");
    accept(&desk, &ids, false);
    store.least.store(5_000, Ordering::SeqCst);
    let told = "1 of 2 committed cases are not replayed: --include, --exclude or `skip`";
    for filter in [["--include", "GET /sizes"], ["--exclude", "GET /always"]] {
        let line = ["--seed", "1", "--check", "not_a_server_error", "--exclude", "POST /notes"];
        let ran = store.run(&desk, &[&line[..], &filter].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.err.contains(told), "{}", ran.err);
        assert!(ran.out.contains("1 replayed case: 1 ok"), "{}", ran.out);
    }
}

#[test]
fn a_run_without_the_time_for_its_committed_cases_is_untested() {
    let url = service(|mut stream| {
        let Some(request) = receive(&mut stream) else { return };
        if request.starts_with("GET /sizes?size=2 ") {
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        answer(&mut stream, "200 OK", "{}");
    });
    let desk = Desk::new();
    desk.write("store.yaml", STORE);
    desk.write("corpus/regressions/store/get-sizes/slow.json", &after(200));
    let ran = desk.run(&["run", "store.yaml", "--url", &url, "--max-time", "1s"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let told = "untested: the time was over with 1 of 1 committed cases not replayed; give it more \
                with --max-time";
    assert_eq!(last(&ran), told);
}
