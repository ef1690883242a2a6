//! The shrinker on failures shaped like those of services.

mod challenges;
mod flaky;
mod laws;
mod predicates;
mod schema;

use phi_fuzz::choice::Choice;
use phi_fuzz::shrink::driver::ShrinkTree;
use phi_fuzz::shrink::{Budget, Edit, Place};
use proptest::strategy::ValueTree;
use serde_json::Value;

use predicates::{ALL, Predicate, first_failures};

/// How many first failures of each predicate are shrunk here; the bench takes all.
const SEEDS: usize = 20;

fn by_name(name: &str) -> &'static Predicate {
    ALL.iter().find(|predicate| predicate.name == name).expect("there is such a predicate")
}

#[test]
fn first_failures_are_lifted_without_loss() {
    for predicate in &ALL {
        let failures = first_failures(predicate, 200);
        assert_eq!(failures.len(), 200, "{}", predicate.name);
        for failure in failures {
            let items = predicate.lift(&failure).expect("it lies in the schema");
            let mut again = predicate.candidate(&items).expect("it can be replayed").value;
            let mut failure = failure;
            for value in [&mut again, &mut failure] {
                let steps = value.as_array_mut().into_iter().flatten();
                steps.for_each(|step| step["delay"] = step["delay"].as_f64().into());
            }
            assert_eq!(again, failure);
        }
    }
}

#[test]
fn every_first_failure_shrinks_to_the_optimum_within_the_probes_allowed() {
    for predicate in &ALL {
        let mut probes = 0;
        for failure in first_failures(predicate, SEEDS) {
            let shrinker = predicate.shrink(&failure);
            assert_eq!(shrinker.best().value.to_string(), predicate.optimum, "{}", predicate.name);
            assert!(shrinker.is_minimal());
            probes += shrinker.probes();
        }
        let mean = probes as f64 / SEEDS as f64;
        let Predicate { name, about, bar, .. } = predicate;
        assert!(mean <= 1.1 * bar, "{name} ({about}) takes {mean} probes");
    }
}

#[test]
fn failures_that_show_in_half_of_the_runs_shrink_to_real_ones() {
    for name in ["P1", "P3", "P8"] {
        let predicate = by_name(name);
        let failures = first_failures(predicate, SEEDS);
        let simulated = failures
            .iter()
            .zip(1000..)
            .map(|(failure, seed)| flaky::simulate(predicate, failure, 0.5, 0.02, seed));
        let simulated: Vec<_> = simulated.collect();
        let real = simulated.iter().filter(|shrink| shrink.real).count();
        let optimal = simulated.iter().filter(|shrink| shrink.optimal).count();
        let mut calls: Vec<usize> = simulated.iter().map(|shrink| shrink.calls).collect();
        calls.sort_unstable();
        assert!(real >= 19 && optimal >= 17, "{name}: {real} real, {optimal} optimal of 20");
        assert!(calls[10] <= 550, "{name}: median of {} calls", calls[10]);
    }
}

#[test]
fn a_failure_that_always_shows_costs_the_replays_and_confirmations_on_top() {
    let predicate = by_name("P3");
    let failure = &first_failures(predicate, 1)[0];
    let simulated = flaky::simulate(predicate, failure, 1.0, 0.0, 1);
    assert!(simulated.optimal);
    assert_eq!(simulated.calls, predicate.shrink(failure).probes() + 15);
}

#[test]
fn the_passing_neighbour_comes_for_free() {
    let shrinker = by_name("P3").shrink(&first_failures(by_name("P3"), 1)[0]);
    let boundary = shrinker.boundary().expect("a bisection has a passing side");
    assert_eq!(boundary.passes.value["id"], 1_000_003);
    assert_eq!(boundary.fails.value["id"], 1_000_004);
    let changed = Edit::new().set(
        boundary.at.find_choice(&shrinker.best().trace).expect("the place is in the best"),
        Choice::Int(5),
    );
    assert_eq!(shrinker.variant(&changed).expect("it can be replayed").value["id"], 5);
}

#[test]
fn the_passing_neighbour_of_a_wait_is_the_step_of_the_grid_below() {
    let shrinker = by_name("P9").shrink(&first_failures(by_name("P9"), 1)[0]);
    let boundary = shrinker.boundary().expect("a bisection has a passing side");
    let waits = [&boundary.passes, &boundary.fails].map(|side| side.value[1]["delay"].clone());
    assert_eq!(waits, [Value::from(200.0), Value::from(500.0)]);
}

#[test]
fn what_was_made_trivial_without_effect_is_irrelevant() {
    let predicate = by_name("P8");
    let failure = first_failures(predicate, 20)
        .into_iter()
        .find(|failure| {
            failure.as_array().is_some_and(|steps| {
                steps.iter().all(|step| step["op"] != "create" || step["name"] != "")
            })
        })
        .expect("a failure in which every name is filled");
    let shrinker = predicate.shrink(&failure);
    let best = shrinker.best();
    let named: Vec<Choice> = shrinker
        .irrelevant()
        .iter()
        .filter_map(|place: &Place| place.find_choice(&best.trace))
        .map(|node| best.trace.nodes[node].choice.clone())
        .collect();
    assert!(named.contains(&Choice::Text("".into())), "the name did not matter: {named:?}");
    assert!(!named.contains(&Choice::Int(101)) && !named.contains(&Choice::Bool(true)));
}

#[test]
fn a_budget_ends_it_with_the_best_so_far() {
    let predicate = by_name("P3");
    let failure = &first_failures(predicate, 1)[0];
    let mut shrinker = predicate.shrinker(failure).with_budget(Budget::probes(10));
    phi_fuzz::shrink::driver::simple(&mut shrinker, |value| predicate.verdict(value));
    assert_eq!((shrinker.probes(), shrinker.is_minimal()), (10, false));
    assert!(predicate.verdict(&shrinker.best().value).is_failure());
    let mut none = predicate.shrinker(failure).with_budget(Budget::unlimited().until(|| true));
    assert!(none.propose().is_none() && !none.is_minimal());
}

#[test]
fn a_value_tree_comes_to_the_same_end() {
    for predicate in &ALL {
        let failure = &first_failures(predicate, 1)[0];
        let mut tree = ShrinkTree::new(predicate.shrinker(failure));
        // As proptest's runner does it.
        let mut going = tree.simplify();
        while going {
            let fails = predicate.verdict(&tree.current()).is_failure();
            going = if fails { tree.simplify() } else { tree.complicate() };
        }
        assert_eq!(tree.current().to_string(), predicate.optimum, "{}", predicate.name);
    }
}
