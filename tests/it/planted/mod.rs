//! The planted faults of the embedded service: found, shrunk to the table's shortest, replayed; and
//! the healthy twin stays silent. Every run is bounded by cases, never by time.

mod rig;

use std::path::Path;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use phi_fuzz::campaign::{self, Phase, Settings, Verdict};
use phi_fuzz::case::Finding;
use phi_fuzz::config::Filter;
use phi_fuzz::corpus::{Out, Stored};
use phi_fuzz::demo::{Planted, Shop, faults};
use rig::{Face, Rig, Size, Timed, about, assign, finding, only, settings, shown, size};

/// So many shops are looked at side by side.
const AT_ONCE: usize = 3;

/// Cases for one operation: enough for the whole catalogue and some hundred random ones.
const CASES: u64 = 1_000;

fn faulty(seed: u64) -> Shop {
    Shop { seed, healthy: false }
}

fn healthy(seed: u64) -> Shop {
    Shop { seed, healthy: true }
}

/// A run over what these filters pick.
fn bounded(seed: u64, include: Vec<Filter>, phases: Vec<Phase>) -> Settings {
    Settings { max_cases: Some(CASES), include, phases, ..settings(seed) }
}

/// The rows of the table by what they are about.
fn parts(table: &[Planted]) -> Vec<(Vec<Filter>, Vec<Planted>)> {
    let mut parts: Vec<(Vec<Filter>, Vec<Planted>)> = Vec::new();
    for planted in table {
        let about = about(planted);
        match parts.iter_mut().find(|(filters, _)| *filters == about) {
            Some((_, rows)) => rows.push(planted.clone()),
            None => parts.push((about, vec![planted.clone()])),
        }
    }
    parts
}

fn told(found: &[&Timed]) -> String {
    let lines = found.iter().map(|timed| {
        let found = &timed.finding;
        let (check, sent) = (&found.finding.check, shown(&found.finding));
        format!("{} {check} after {:?}: {sent}\n", found.operation, timed.after)
    });
    lines.collect()
}

/// What shrinking a case of the table live gives.
async fn further(rig: &Rig, finding: &Finding) -> Result<Finding, String> {
    let stored = Stored { path: "table.json".into(), finding: finding.clone() };
    let (executor, settings) = (Arc::clone(&rig.executor), Arc::new(settings(0)));
    campaign::shrink(executor, settings, vec![stored], &mut |_| ()).await.remove(0).1
}

/// The finding files in a folder by name, each with its content; not the evidence, which holds times.
pub(crate) fn files(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with(".evidence.json") {
                all.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_found_as_the_shortest_case_and_replays_both_ways() {
    each_is_found(Face::Rest).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_the_desk_is_found_as_the_shortest_case_and_replays_both_ways() {
    each_is_found(Face::Rpc).await;
}

async fn each_is_found(face: Face) {
    let mut table = face.faults(&faulty(0));
    // When what hangs on timing is met is a matter of luck: the scoreboard looks for that.
    table.retain(|planted| !rig::is_timed(planted));
    let find = async |(about, rows): (Vec<Filter>, Vec<Planted>)| {
        let rig = face.open(faulty(0)).await;
        let run = rig.run(bounded(0, about.clone(), rig::untimed())).await;
        let (assigned, rest) = assign(&rig.executor.service, &rows, &run.found);
        assert!(rest.is_empty(), "{about:?} shows more than is planted:\n{}", told(&rest));
        for (planted, row) in rows.iter().zip(assigned) {
            let Some((timed, size)) = row else {
                let (phases, lost) = (&run.phases, &run.summary.inconclusive);
                panic!("{} was not found: {phases:?}, {lost:?}", planted.name);
            };
            let case = &timed.finding.finding;
            assert_eq!(size, Size::Shortest, "{}: {}", planted.name, shown(case));
            assert!(case.minimal && case.reproduced.failed == case.reproduced.of);
            replays_both_ways(face, planted, case).await;
        }
        rig.close();
    };
    // Most of it is waiting: each has a shop of its own.
    stream::iter(parts(&table)).map(find).buffered(AT_ONCE).collect::<Vec<()>>().await;
}

/// It fails on a fresh faulty service, and passes on a fresh healthy one.
async fn replays_both_ways(face: Face, planted: &Planted, case: &Finding) {
    for (shop, verdict) in [(faulty(0), Verdict::Failed), (healthy(0), Verdict::Ok)] {
        let fresh = face.open(shop).await;
        assert_eq!(fresh.replay(case).await, verdict, "{}", planted.name);
        fresh.close();
    }
}

/// So often a regression run repeats a case that hangs on timing and failed each time.
const REPLAYS: u32 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hangs_on_timing_replays_both_ways() {
    let table = faults(&faulty(0));
    let timed: Vec<&Planted> = table.iter().filter(|planted| rig::is_timed(planted)).collect();
    assert!(timed.len() >= 10, "{}", timed.len());
    for planted in timed {
        let case = Finding { replays: REPLAYS, ..finding(planted) };
        replays_both_ways(Face::Rest, planted, &case).await;
    }
}

/// The first finding ends the run: what is reached was reached before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_answered_before_a_finding_is_looked_at() {
    let rig = Rig::open(faulty(0)).await;
    let first = Settings { max_cases: Some(10_000), max_findings: Some(1), ..settings(0) };
    let run = rig.run(first).await;
    assert_eq!(run.found.len(), 1);
    for operation in &run.summary.operations {
        assert!(operation.reached, "{}: {:?}", operation.name, operation.untested);
    }
    rig.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_healthy_twin_shows_nothing() {
    let rig = Rig::open(healthy(0)).await;
    let mut kinds: Vec<String> = Vec::new();
    for operation in &rig.executor.service.operations {
        let kind = operation.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
    }
    rig.close();
    let look = async |kind: String| {
        let rig = Rig::open(healthy(0)).await;
        let run = rig.run(bounded(0, only(&format!("/{kind}*")), rig::all_phases())).await;
        assert!(run.found.is_empty(), "{}", told(&run.found.iter().collect::<Vec<_>>()));
        assert!(run.summary.operations.iter().all(|operation| operation.cases > 0), "{kind}");
        rig.close();
    };
    stream::iter(kinds).map(look).buffered(AT_ONCE).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_healthy_desk_shows_nothing() {
    let rig = Face::Rpc.open(healthy(0)).await;
    let settings =
        Settings { max_cases: Some(8 * CASES), phases: rig::all_phases(), ..settings(0) };
    let run = rig.run(settings).await;
    assert!(run.found.is_empty(), "{}", told(&run.found.iter().collect::<Vec<_>>()));
    for operation in &run.summary.operations {
        assert!(operation.reached, "{}: {:?}", operation.name, operation.untested);
    }
    rig.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_neighbour_of_a_shortest_case_at_the_desk_shows_anything() {
    for planted in Face::Rpc.faults(&faulty(0)) {
        let is_about = |case: &serde_json::Value| {
            let mut steps = case["steps"].as_array().into_iter().flatten();
            // Where the call is left out there is nothing to judge.
            steps.any(|step| step["call"] == *planted.operation)
        };
        for case in planted.neighbours.iter().filter(|case| is_about(case)).cloned() {
            let neighbour = finding(&Planted { case, ..planted.clone() });
            let rig = Face::Rpc.open(faulty(0)).await;
            assert_eq!(rig.replay(&neighbour).await, Verdict::Ok, "{}", shown(&neighbour));
            rig.close();
        }
    }
}

/// Everything the passes propose from the table's case is tried live, and passes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_case_of_the_table_can_be_made_smaller() {
    for (face, seed) in
        [0, 1, 2].into_iter().flat_map(|seed| [(Face::Rest, seed), (Face::Rpc, seed)])
    {
        let rig = face.open(faulty(seed)).await;
        for planted in face.faults(&faulty(seed)) {
            let table = finding(&planted);
            let shrunk = further(&rig, &table).await.unwrap_or_else(|why| {
                panic!("seed {seed}, {}: {why}", planted.name);
            });
            let same = size(&rig.executor.service, &shrunk, &table);
            assert_eq!(same, Size::Shortest, "seed {seed}, {}: {}", planted.name, shown(&shrunk));
            assert!(shrunk.minimal);
        }
        rig.close();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_worker_and_eight_write_the_same_files() {
    let written = async |workers: usize, out: &Path| {
        let rig = Rig::open(faulty(0)).await;
        let settings = Settings {
            workers,
            max_cases: Some(3_000),
            out: Some(Arc::new(Out::open(out).expect("a folder"))),
            // What hangs costs a second each time, and shows nothing more here.
            exclude: only("POST /exports"),
            ..settings(7)
        };
        let run = rig.run(settings).await;
        rig.close();
        let files = files(&out.join("findings"));
        assert_eq!(files.len(), run.summary.found.len());
        files
    };
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let one = written(1, folders[0].path()).await;
    let eight = written(8, folders[1].path()).await;
    assert!(one.len() > 10, "only {} findings", one.len());
    let names = |files: &[(String, String)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&one), names(&eight));
    assert_eq!(one, eight);
}
