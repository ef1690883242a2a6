//! Part of the public shrinking challenge (github.com/jlink/shrinking-challenge): each comes to the
//! published optimum from every seed.

use phi_fuzz::choice::{Draw, Label, Rng, Source};
use phi_fuzz::shrink::driver::simple;
use phi_fuzz::shrink::{Shrinker, Verdict};
use serde_json::{Value, json};

use super::schema::{candidate, of};

const WIDE: i128 = 1 << 62;

fn ints(source: &mut Source<'_>, min: i128, max: i128) -> Draw<Value> {
    let int = |source: &mut Source<'_>, _| Ok(json!(source.int(min, max, 0)? as i64));
    source.list(0, 60, 6.0, int).map(Value::Array)
}

fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn distinct(mut numbers: Vec<i64>) -> usize {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

/// Shrinks the first failure of each of 100 seeds; all must come to `optimum` within so many probes
/// in the mean.
fn all_come_to(
    optimum: &Value,
    most: f64,
    draw: impl Fn(&mut Source<'_>) -> Draw<Value>,
    fails: impl Fn(&Value) -> bool,
) {
    let mut probes = 0;
    for seed in 0..100 {
        let first = (0..1_000_000)
            .filter_map(|n| Source::random(Rng::derive(seed, &[n])).run(&draw).ok())
            .find(|(value, _)| fails(value));
        let (value, trace) = first.expect("a failing value is found");
        let mut shrinker =
            Shrinker::new(of(value, trace), None, |items: &_| candidate(items, &draw));
        simple(&mut shrinker, |value| if fails(value) { Verdict::FAILS } else { Verdict::Passes });
        assert_eq!(shrinker.best().value, *optimum, "seed {seed}");
        probes += shrinker.probes();
    }
    let mean = f64::from(probes as u32) / 100.0;
    assert!(mean <= most, "{mean} probes in the mean");
}

#[test]
fn reverse() {
    all_come_to(
        &json!([0, 1]),
        14.0,
        |source| ints(source, -WIDE, WIDE),
        |value| {
            let numbers = numbers(value);
            !numbers.iter().eq(numbers.iter().rev())
        },
    );
}

#[test]
fn distinct_numbers() {
    let draw = |source: &mut Source<'_>| ints(source, -WIDE, WIDE);
    all_come_to(&json!([0, 1, -1]), 33.0, draw, |value| distinct(numbers(value)) >= 3);
}

#[test]
fn large_union_list() {
    let draw = |source: &mut Source<'_>| {
        let list = |source: &mut Source<'_>, _| ints(source, -WIDE, WIDE);
        source.list(0, 30, 4.0, list).map(Value::Array)
    };
    all_come_to(&json!([[0, 1, -1, 2, -2]]), 92.0, draw, |value| {
        distinct(value.as_array().into_iter().flatten().flat_map(numbers).collect()) > 4
    });
}

#[test]
fn length_list() {
    let draw = |source: &mut Source<'_>| {
        let count = source.int(1, 100, 1)?;
        source.span(Label::Group, |source| {
            let one = |_| source.span(Label::Group, |s| Ok(json!(s.int(0, 1000, 0)? as i64)));
            (0..count).map(one).collect()
        })
    };
    all_come_to(&json!([900]), 47.0, draw, |value| numbers(value).into_iter().max() >= Some(900));
}

#[test]
fn deletion() {
    let draw = |source: &mut Source<'_>| {
        Ok(json!([ints(source, -(1 << 40), 1 << 40)?, source.int(0, 60, 0)? as i64]))
    };
    all_come_to(&json!([[0, 0], 0]), 21.0, draw, |value| {
        let mut numbers = numbers(&value[0]);
        let at = value[1].as_u64().unwrap_or_default() as usize;
        at < numbers.len() && {
            let gone = numbers.remove(at);
            numbers.contains(&gone)
        }
    });
}

fn expression(source: &mut Source<'_>, depth: usize) -> Draw<Value> {
    source.span(Label::Value(0), |source| {
        let kind = if depth > 5 { 0 } else { source.branch(3)? };
        source.span(Label::Alternative, |source| {
            if kind == 0 {
                return Ok(json!(source.int(-(1 << 31), 1 << 31, 0)? as i64));
            }
            let sign = ["+", "/"][kind - 1];
            Ok(json!([sign, expression(source, depth + 1)?, expression(source, depth + 1)?]))
        })
    })
}

fn evaluate(expression: &Value) -> Option<i128> {
    if let Some(int) = expression.as_i64() {
        return Some(int.into());
    }
    let (a, b) = (evaluate(&expression[1])?, evaluate(&expression[2])?);
    if expression[0] == "+" { Some(a + b) } else { a.checked_div_euclid(b) }
}

fn divides_by_literal_zero(expression: &Value) -> bool {
    expression.is_array()
        && ((expression[0] == "/" && expression[2] == 0)
            || divides_by_literal_zero(&expression[1])
            || divides_by_literal_zero(&expression[2]))
}

#[test]
fn calculator() {
    let draw = |source: &mut Source<'_>| expression(source, 0);
    all_come_to(&json!(["/", 0, ["+", 0, 0]]), 26.0, draw, |value| {
        !divides_by_literal_zero(value) && evaluate(value).is_none()
    });
}
