//! How many probes shrinking costs: the ten predicates, each from 200 first failures; then three of
//! them as failures that show in half of the runs, amid 2 % of spurious ones.

#[path = "../tests/it/shrink/flaky.rs"]
mod flaky;
#[path = "../tests/it/shrink/predicates.rs"]
mod predicates;
#[path = "../tests/it/shrink/schema.rs"]
mod schema;

use std::collections::BTreeMap;
use std::time::Instant;

use predicates::{ALL, Predicate, first_failures};

fn main() {
    steady();
    unsteady();
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn steady() {
    println!(
        "predicate                            bar   mean  median   max  optimal   time  passes"
    );
    for predicate in &ALL {
        let mut probes = Vec::new();
        let mut optimal = 0;
        let mut by_pass: BTreeMap<&str, usize> = BTreeMap::new();
        let failures = first_failures(predicate, 200);
        let begin = Instant::now();
        for failure in &failures {
            let shrinker = predicate.shrink(failure);
            probes.push(shrinker.probes());
            optimal += usize::from(predicate.is_optimum(&shrinker.best().value));
            for (pass, count) in shrinker.probes_by_pass() {
                *by_pass.entry(pass).or_default() += count;
            }
        }
        let time = begin.elapsed() / failures.len() as u32;
        let mut by_pass: Vec<(&str, usize)> = by_pass.into_iter().collect();
        by_pass.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let passes: Vec<String> = by_pass
            .iter()
            .take_while(|(_, count)| *count > 0)
            .map(|(pass, count)| format!("{pass} {:.1}", *count as f64 / failures.len() as f64))
            .collect();
        let Predicate { name, about, bar, .. } = predicate;
        let (mean, median, most) = summary(&mut probes);
        println!(
            "{name:3} {about:31} {bar:6.1} {mean:6.1} {median:7} {most:5} {optimal:4}/{} {time:6.0?}  {}",
            failures.len(),
            passes.join(", ")
        );
    }
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn unsteady() {
    println!(
        "\nfailing in 50 % of runs, 2 % noise    real  optimal  median calls (bar: 95, 90, 500)"
    );
    for predicate in ALL.iter().filter(|predicate| ["P1", "P3", "P8"].contains(&predicate.name)) {
        let simulated: Vec<flaky::Simulated> = first_failures(predicate, 100)
            .iter()
            .zip(0..)
            .map(|(failure, seed)| flaky::simulate(predicate, failure, 0.5, 0.02, seed))
            .collect();
        let mut calls: Vec<usize> = simulated.iter().map(|shrink| shrink.calls).collect();
        let (_, median, _) = summary(&mut calls);
        println!(
            "{:3} {:31} {:6} {:8} {median:7}",
            predicate.name,
            predicate.about,
            simulated.iter().filter(|shrink| shrink.real).count(),
            simulated.iter().filter(|shrink| shrink.optimal).count(),
        );
    }
}

/// Mean, median and greatest.
fn summary(counts: &mut [usize]) -> (f64, usize, usize) {
    counts.sort_unstable();
    let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    (mean, counts[counts.len() / 2], counts[counts.len() - 1])
}
