//! Every fault shows in the faulty shop, nowhere beside it, and not in the healthy one.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{PATIENCE, Seen, exchange, post, render};
use super::conformance::Promises;
use super::{bent, history, races, shop};
use crate::demo::{Planted, Running, Shop, faults};

const SEEDS: [u64; 6] = [0, 1, 2, 3, 7, 42];

fn table(seed: u64) -> Vec<Planted> {
    faults(&Shop { seed, healthy: false })
}

/// The checks that a case fails.
fn run(shop: &Running, promises: &Promises, planted: &Planted, case: &Value) -> Vec<&'static str> {
    let steps = case["steps"].as_array().unwrap();
    if races::is_race(steps) {
        return races::failures(shop, promises, steps);
    }
    if bent::is_bent(steps) {
        return bent::failures(shop, promises, steps);
    }
    let resolved = planted.check == "serial_equivalence" || history::judges(planted.check);
    if steps.len() > 1 || resolved {
        return history::failures(shop, promises, steps);
    }
    let step = steps[0].clone();
    let credentials = step["auth"] != "none";
    // Silence is only waited for where it is sure to come.
    let brief = planted.check == "hang" && *case == planted.case;
    let patience = if brief { Duration::from_millis(300) } else { PATIENCE };
    let seen = exchange(shop.addr, render(&step).as_bytes(), patience);
    let mut failures = promises.failures(&planted.operation, &seen);
    let invalid = step["label"] == "invalid";
    match &seen {
        Seen::Answer(answer) if answer.status < 300 && !credentials => {
            failures.push("ignored_auth");
        }
        Seen::Answer(answer) if answer.status < 300 && invalid => {
            failures.push("negative_data_rejection");
        }
        Seen::Answer(answer) if [400, 415, 422].contains(&answer.status) && !invalid => {
            failures.push("positive_data_acceptance");
        }
        _ => {}
    }
    failures
}

#[test]
fn every_fault_shows_by_its_shortest_case() {
    for seed in SEEDS {
        let (shop, promises) = (shop(seed, false), Promises::of(seed));
        for planted in table(seed) {
            let failures = run(&shop, &promises, &planted, &planted.case);
            let found = failures.contains(&planted.check);
            assert!(found, "seed {seed}, {planted:#?}: {failures:?}");
        }
    }
}

#[test]
fn no_fault_shows_in_the_healthy_shop() {
    for seed in SEEDS {
        let (shop, promises) = (shop(seed, true), Promises::of(seed));
        for mut planted in table(seed) {
            let case = std::mem::take(&mut planted.case);
            let failures = run(&shop, &promises, &planted, &case);
            assert!(failures.is_empty(), "seed {seed}, {planted:#?}: {failures:?}");
        }
    }
}

#[test]
fn no_neighbour_of_a_shortest_case_shows_anything() {
    for seed in SEEDS {
        let promises = Promises::of(seed);
        for healthy in [false, true] {
            let shop = shop(seed, healthy);
            for planted in table(seed) {
                for neighbour in &planted.neighbours {
                    let failures = run(&shop, &promises, &planted, neighbour);
                    assert!(failures.is_empty(), "seed {seed}, {neighbour}: {failures:?}");
                }
            }
        }
    }
}

#[test]
fn a_fault_shows_every_time() {
    let (shop, promises) = (shop(5, false), Promises::of(5));
    for planted in table(5).iter().filter(|planted| planted.check != "hang") {
        for _ in 0..3 {
            let failures = run(&shop, &promises, planted, &planted.case);
            assert!(failures.contains(&planted.check), "{planted:#?}: {failures:?}");
        }
    }
}

#[test]
fn faults_are_spread_over_checks_and_operations() {
    let table = table(0);
    let distinct = |mut of: Vec<String>| {
        of.sort();
        of.dedup();
        of.len()
    };
    assert_eq!(table.len(), 43);
    assert_eq!(distinct(table.iter().map(|planted| planted.name.into()).collect()), 43);
    assert_eq!(distinct(table.iter().map(|planted| planted.operation.clone()).collect()), 42);
    assert_eq!(distinct(table.iter().map(|planted| planted.check.into()).collect()), 23);
}

#[test]
fn seeds_hang_the_same_faults_on_other_things() {
    let cases = |seed| table(seed).into_iter().map(|planted| planted.case).collect::<Vec<_>>();
    let (first, second) = (cases(1), cases(2));
    let changed = first.iter().zip(&second).filter(|(a, b)| a != b).count();
    assert!(changed > 20, "only {changed} cases differ");
    assert_eq!(first, cases(1));
}

/// All valid numbers beside a threshold agree with the table: below all pass, from it on all fail.
#[test]
fn thresholds_are_where_the_table_says() {
    for seed in SEEDS {
        let shop = shop(seed, false);
        let planted = table(seed).into_iter().find(|planted| planted.name == "quantity").unwrap();
        let body = planted.case["steps"][0]["json"].as_object().unwrap();
        let (field, threshold) = body.iter().next().unwrap();
        let threshold = threshold.as_i64().unwrap();
        for quantity in (1..2000).step_by(37).chain(threshold - 3..threshold + 3) {
            let status = post(shop.addr, "/orders", &json!({ field: quantity })).status;
            assert_eq!(status == 500, quantity >= threshold, "seed {seed}, {quantity}");
        }
    }
}

/// Both faults of one operation answer alike, so that only their causes tell them apart.
#[test]
fn two_faults_hide_behind_one_answer() {
    let shop = shop(3, false);
    let hidden = table(3).into_iter().filter(|planted| planted.operation == "POST /customers");
    for planted in hidden {
        let answer = post(shop.addr, "/customers", &planted.case["steps"][0]["json"]);
        assert_eq!((answer.status, answer.text()), (500, "{\"error\":\"internal\"}".to_owned()));
    }
}
