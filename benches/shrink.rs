//! How many probes shrinking costs: the ten predicates, each from 200 first failures.

#[path = "../tests/it/shrink/predicates.rs"]
mod predicates;
#[path = "../tests/it/shrink/schema.rs"]
mod schema;

use std::collections::HashMap;
use std::time::Instant;

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() {
    println!("predicate                            bar   mean  median  max  optimal  candidate  passes");
    for predicate in &predicates::ALL {
        let mut probes = Vec::new();
        let mut optimal = 0;
        let mut by_pass: HashMap<&str, usize> = HashMap::new();
        let mut others: HashMap<String, usize> = HashMap::new();
        let begin = Instant::now();
        let failures = predicates::first_failures(predicate, 200);
        for failure in &failures {
            let shrinker = predicate.shrink(failure);
            probes.push(shrinker.probes());
            let result = shrinker.best().value.to_string();
            optimal += usize::from(result == predicate.optimum);
            if result != predicate.optimum { *others.entry(result).or_default() += 1; }
            for (pass, count) in shrinker.probes_by_pass() {
                *by_pass.entry(pass).or_default() += count;
            }
        }
        let spent = begin.elapsed() / failures.len() as u32;
        probes.sort_unstable();
        let mean = probes.iter().sum::<usize>() as f64 / probes.len() as f64;
        let mut by_pass: Vec<_> = by_pass.into_iter().filter(|(_, n)| *n > 0).collect();
        by_pass.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
        let by_pass: Vec<String> = by_pass.iter().take(6).map(|(name, n)| format!("{name} {:.1}", *n as f64 / probes.len() as f64)).collect();
        println!("{:3} {:30} {:5.1} {:6.1} {:5} {:5} {:4}/{} {:8.0?} {}", predicate.name, predicate.about, predicate.bar, mean, probes[probes.len()/2], probes[probes.len()-1], optimal, probes.len(), spent, by_pass.join(", "));
        let mut others: Vec<_> = others.into_iter().collect(); others.sort_by_key(|x| std::cmp::Reverse(x.1));
        for (o, n) in others.iter().take(3) { println!("     {n} {o}"); }
    }
}
