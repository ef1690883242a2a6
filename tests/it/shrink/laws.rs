//! What holds for every shrink, whatever the oracle says.

use std::sync::Arc;

use phi_fuzz::choice::{Item, Label, Rng, Source};
use phi_fuzz::shrink::driver::{Flaky, Probing, live, simple};
use phi_fuzz::shrink::{Budget, Candidate, Recheck, Shrinker, Verdict};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

use super::predicates::{ALL, Predicate, first_failures};
use super::schema;

/// An oracle that says anything: failures at random, at random steps, and other faults.
fn moody(rng: &mut Rng, fails: f64, value: &Value) -> Verdict {
    let steps = value.as_array().map_or(1, Vec::len).max(1);
    match rng.unit() {
        unit if unit < fails / 2.0 => Verdict::FAILS,
        unit if unit < fails => Verdict::Fails { at_step: Some(rng.index(steps)) },
        unit if unit < 0.95 => Verdict::Passes,
        _ => Verdict::Other,
    }
}

type Regenerate = dyn Fn(&[Item]) -> Option<Candidate<Value>>;

/// A random document, sequence, or thing of shapes that change with their choices.
fn random_shrinker(kind: u8, seed: u64) -> Shrinker<Value, Box<Regenerate>> {
    let draw = move |source: &mut Source<'_>| match kind {
        0 => schema::generate(&schema::order(), source),
        1 => schema::sequence(source),
        _ => shapeless(source, 0),
    };
    let (value, trace) = Source::random(Rng::new(seed)).run(draw).expect("it is small");
    let regenerate = move |items: &[Item]| schema::candidate(items, draw);
    Shrinker::new(schema::of(value, trace), None, Box::new(regenerate))
}

/// Draws whose number, kind and nesting hang on earlier draws.
fn shapeless(source: &mut Source<'_>, depth: usize) -> phi_fuzz::choice::Draw<Value> {
    source.span(Label::Value(7), |source| {
        let count = source.int(0, 4, 1)?;
        let kind = source.branch(6)?;
        source.span(Label::Alternative, |source| {
            let alphabet = phi_fuzz::choice::Alphabet::Any;
            Ok(match kind {
                0 => Value::from(source.float(-10.0, 10.0, 1.0)?),
                1 => Value::from(&*source.text(count as usize, 9, alphabet)?.lossy()),
                2 => Value::from(source.octets(0, 5)?),
                3 if depth < 5 => {
                    let most = count as usize;
                    source
                        .list(most / 2, most, 1.0, |source, _| shapeless(source, depth + 1))?
                        .into()
                }
                4 if depth < 5 => {
                    let inner = |_| shapeless(source, depth + 1);
                    (0..count).map(inner).collect::<Result<Vec<_>, _>>()?.into()
                }
                _ => Value::from(source.bool(0.5)?),
            })
        })
    })
}

/// One shrink by a moody oracle; gives the bests in the order they came.
fn moods<P: Probing<Value = Value>>(
    probing: &mut P,
    best: impl Fn(&P) -> Arc<Candidate<Value>>,
    fails: f64,
    seed: u64,
    mut step: impl FnMut(&Candidate<Value>, &Candidate<Value>),
) {
    let mut rng = Rng::derive(seed, &[1]);
    loop {
        let before = best(probing);
        let candidates = probing.ask(3);
        if candidates.is_empty() {
            return;
        }
        let verdicts = candidates
            .into_iter()
            .map(|candidate| {
                let verdict = moody(&mut rng, fails, &candidate.value);
                (candidate, verdict)
            })
            .collect();
        probing.tell(verdicts);
        step(&before, &best(probing));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..ProptestConfig::default()
    })]

    #[test]
    fn it_only_ever_gets_smaller_and_ends_under_any_oracle(
        kind in 0..3_u8, seed in any::<u64>(), fails in 0.0..1.0_f64, recheck in any::<bool>(),
    ) {
        let mut shrinker = random_shrinker(kind, seed).with_budget(Budget::probes(200_000));
        if recheck {
            shrinker = shrinker.with_recheck(Recheck::Structure);
        }
        let mut grown = false;
        moods(&mut shrinker, |s| s.best().clone(), fails, seed, |before, after| {
            grown |= after.compare(before).is_gt();
        });
        prop_assert!(!grown);
        prop_assert!(shrinker.is_minimal(), "{} probes", shrinker.probes());
        // By-products hold for the best, whatever came.
        shrinker.boundary();
        for place in shrinker.irrelevant() {
            prop_assert!(place.is_simple(&shrinker.best().trace));
        }
    }

    #[test]
    fn statistics_end_under_any_oracle(
        kind in 0..3_u8, seed in any::<u64>(), fails in 0.1..1.0_f64,
    ) {
        let mut flaky = Flaky::new(random_shrinker(kind, seed), Budget::probes(20_000));
        moods(&mut flaky, |flaky| flaky.shrinker().best().clone(), fails, seed, |_, _| ());
        prop_assert!(flaky.calls() <= 20_000);
    }

    #[test]
    fn every_candidate_is_strictly_smaller_and_asked_for_once(kind in 0..3_u8, seed in any::<u64>()) {
        let mut shrinker = random_shrinker(kind, seed);
        let mut rng = Rng::new(seed);
        let mut seen = std::collections::HashSet::from([shrinker.best().key.clone()]);
        while let Some(candidate) = shrinker.propose() {
            prop_assert!(candidate.compare(shrinker.best()).is_lt());
            prop_assert!(seen.insert(candidate.key.clone()));
            shrinker.answer(moody(&mut rng, 0.2, &candidate.value));
        }
    }
}

/// Shrinks with so many probes at once; the result and what it cost.
fn at_width(
    predicate: &'static Predicate,
    failure: &Value,
    width: usize,
    most: usize,
) -> (String, usize) {
    let mut shrinker = predicate.shrinker(failure).with_budget(Budget::probes(most));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let probe = |candidate: Arc<Candidate<Value>>| async move {
        tokio::task::yield_now().await;
        Some(predicate.verdict(&candidate.value))
    };
    runtime.block_on(live(&mut shrinker, width, probe));
    (shrinker.best().value.to_string(), shrinker.probes())
}

#[test]
fn the_result_is_the_same_at_every_width() {
    for predicate in &ALL {
        for failure in first_failures(predicate, 3) {
            for most in [7, usize::MAX] {
                let alone = at_width(predicate, &failure, 1, most);
                for width in [2, 3, 8, 64] {
                    assert_eq!(at_width(predicate, &failure, width, most), alone);
                }
            }
        }
    }
}

#[test]
fn at_eight_at_once_far_fewer_round_trips_are_needed() {
    for predicate in &ALL {
        let failure = &first_failures(predicate, 1)[0];
        let mut shrinker = predicate.shrinker(failure);
        let mut rounds = 0;
        loop {
            let candidates = shrinker.ask(8);
            if candidates.is_empty() {
                break;
            }
            rounds += 1;
            let verdict = |c: Arc<Candidate<Value>>| (c.clone(), predicate.verdict(&c.value));
            shrinker.tell(candidates.into_iter().map(verdict).collect());
        }
        assert!(rounds * 10 <= shrinker.probes() * 8, "{}: {rounds} rounds", predicate.name);
    }
}

#[test]
fn a_live_driver_awaits_each_probe() {
    let predicate = &ALL[2];
    let failure = &first_failures(predicate, 1)[0];
    let mut shrinker = predicate.shrinker(failure);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(live(&mut shrinker, 1, |candidate| async move {
        tokio::task::yield_now().await;
        Some(predicate.verdict(&candidate.value))
    }));
    assert_eq!(shrinker.best().value.to_string(), predicate.optimum);
    assert_eq!(shrinker.probes(), predicate.shrink(failure).probes());
}

#[test]
fn a_probe_that_was_given_up_ends_it_and_counts_for_nothing() {
    let predicate = &ALL[2];
    let failure = &first_failures(predicate, 1)[0];
    let mut flaky = Flaky::new(predicate.shrinker(failure), Budget::unlimited());
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut left = 4;
    runtime.block_on(live(&mut flaky, 1, |candidate| {
        left -= 1;
        let verdict = (left > 0).then(|| predicate.verdict(&candidate.value));
        async move { verdict }
    }));
    let reproduced = flaky.reproduced();
    assert_eq!((reproduced.failed, reproduced.of), (3, 3), "the fourth was given up");
    assert!(!flaky.is_minimal());
}

#[test]
fn where_the_service_keeps_state_structure_is_tried_again() {
    // At first the service hides every second failure.
    let predicate = &ALL[9];
    let failure = &first_failures(predicate, 1)[0];
    let end = |recheck: Option<Recheck>| {
        let mut shrinker = predicate.shrinker(failure);
        if let Some(recheck) = recheck {
            shrinker = shrinker.with_recheck(recheck);
        }
        let mut probes = 0;
        simple(&mut shrinker, |value| {
            probes += 1;
            if probes < 60 && probes % 2 == 0 { Verdict::Passes } else { predicate.verdict(value) }
        });
        shrinker.best().value.to_string()
    };
    assert_eq!(end(Some(Recheck::Structure)), predicate.optimum);
    assert_ne!(end(None), predicate.optimum);
}

#[test]
fn a_shrinker_may_move_between_threads() {
    fn sent<T: Send>(_: &T) {}
    sent(&ALL[0].shrinker(&first_failures(&ALL[0], 1)[0]));
}
