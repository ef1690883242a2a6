//! Ten failures shaped like those of services, the first documents that showed each, and what they
//! shrink to.

use std::path::Path;

use phi_fuzz::choice::{Item, Source};
use phi_fuzz::shrink::driver::simple;
use phi_fuzz::shrink::{Candidate, Shrinker, Verdict};
use serde_json::Value;

use super::schema;

/// One of the ten.
pub(crate) struct Predicate {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Mean probes it may take, within a tenth.
    pub(crate) bar: f64,
    /// What every one of its failures shrinks to.
    pub(crate) optimum: &'static str,
    /// Whether it is about a sequence; else about a document.
    pub(crate) sequence: bool,
    /// Where it fails: at which step for a sequence.
    pub(crate) fails: fn(&Value) -> Option<usize>,
}

macro_rules! document {
    ($id:expr, $name:expr, $created:expr, $qty:expr, $meta:expr) => {
        concat!(
            r#"{"id":"#,
            $id,
            r#","name":""#,
            $name,
            r#"","created":""#,
            $created,
            r#"","tags":[],"qty":"#,
            $qty,
            r#","meta":"#,
            $meta,
            r#","status":"new"}"#
        )
    };
}

pub(crate) const ALL: [Predicate; 10] = [
    Predicate {
        name: "P1",
        about: "two equal elements",
        bar: 17.4,
        optimum: document!("0", "", "2000-01-01", "[0,0]", "{}"),
        sequence: false,
        fails: |value| {
            let mut quantities = quantities(value);
            quantities.sort_unstable();
            quantities.windows(2).any(|pair| pair[0] == pair[1]).then_some(0)
        },
    },
    Predicate {
        name: "P2",
        about: "text has NUL",
        bar: 14.4,
        optimum: document!("0", r"\u0000", "2000-01-01", "[]", "{}"),
        sequence: false,
        fails: |value| value["name"].as_str()?.contains('\0').then_some(0),
    },
    Predicate {
        name: "P3",
        about: "int > 1000003",
        bar: 27.8,
        optimum: document!("1000004", "", "2000-01-01", "[]", "{}"),
        sequence: false,
        fails: |value| (value["id"].as_i64()? > 1_000_003).then_some(0),
    },
    Predicate {
        name: "P4",
        about: "depth >= 3 with x",
        bar: 24.7,
        optimum: document!("0", "", "2000-01-01", "[]", r#"{"child":{"child":{"x":0}}}"#),
        sequence: false,
        fails: |value| has_deep_x(&value["meta"], 1).then_some(0),
    },
    Predicate {
        name: "P6",
        about: "sum of ints > 2^31",
        bar: 79.5,
        optimum: document!("0", "", "2000-01-01", "[2,2147483647]", "{}"),
        sequence: false,
        fails: |value| (quantities(value).iter().sum::<i64>() > 1 << 31).then_some(0),
    },
    Predicate {
        name: "P7",
        about: "date is 29 February",
        bar: 15.9,
        optimum: document!("0", "", "2000-02-29", "[]", "{}"),
        sequence: false,
        fails: |value| value["created"].as_str()?.ends_with("02-29").then_some(0),
    },
    Predicate {
        name: "P5",
        about: "create then delete same id",
        bar: 16.2,
        optimum: r#"[{"op":"create","qty":0,"name":"","delay":0.0},{"op":"delete","id":{"ref":0},"delay":0.0}]"#,
        sequence: true,
        fails: |value| {
            let steps = value.as_array()?;
            steps.iter().position(|step| step["op"] == "delete" && referred(steps, step).is_some())
        },
    },
    Predicate {
        name: "P8",
        about: "2 of ~10 steps, id ref",
        bar: 53.4,
        optimum: r#"[{"op":"create","qty":101,"name":"","delay":0.0},{"op":"update","id":{"ref":0},"qty":501,"flag":true,"delay":0.0}]"#,
        sequence: true,
        fails: |value| {
            let steps = value.as_array()?;
            steps.iter().position(|step| {
                step["op"] == "update"
                    && step["flag"] == true
                    && step["qty"].as_i64() > Some(500)
                    && referred(steps, step).is_some_and(|at| steps[at]["qty"].as_i64() > Some(100))
            })
        },
    },
    Predicate {
        name: "P9",
        about: "id used >= 250 ms later",
        bar: 45.0,
        optimum: r#"[{"op":"create","qty":0,"name":"","delay":0.0},{"op":"get","id":{"ref":0},"delay":500.0}]"#,
        sequence: true,
        fails: |value| {
            let steps = value.as_array()?;
            (0..steps.len()).find(|at| {
                let waited = |from: usize| -> f64 {
                    steps[from + 1..=*at].iter().filter_map(|step| step["delay"].as_f64()).sum()
                };
                steps[*at]["op"] == "get"
                    && referred(steps, &steps[*at]).is_some_and(|from| waited(from) >= 250.0)
            })
        },
    },
    Predicate {
        name: "P10",
        about: "hidden state: 3 creates, list",
        bar: 41.4,
        optimum: r#"[{"op":"create","qty":0,"name":"","delay":0.0},{"op":"create","qty":0,"name":"","delay":0.0},{"op":"create","qty":0,"name":"","delay":0.0},{"op":"list","delay":0.0}]"#,
        sequence: true,
        fails: |value| {
            let mut created = 0;
            value.as_array()?.iter().position(|step| {
                created += usize::from(step["op"] == "create");
                step["op"] == "list" && created >= 3
            })
        },
    },
];

fn quantities(value: &Value) -> Vec<i64> {
    value["qty"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn has_deep_x(node: &Value, depth: usize) -> bool {
    (depth >= 3 && node.get("x").is_some())
        || node.get("child").is_some_and(|child| has_deep_x(child, depth + 1))
}

fn referred(steps: &[Value], step: &Value) -> Option<usize> {
    let at = step["id"].get("ref")?.as_u64()? as usize;
    (at < steps.len()).then_some(at)
}

impl Predicate {
    /// The verdict on a value.
    pub(crate) fn verdict(&self, value: &Value) -> Verdict {
        match (self.fails)(value) {
            Some(step) => Verdict::Fails { at_step: self.sequence.then_some(step) },
            None => Verdict::Passes,
        }
    }

    /// Whether a value is what every failure shrinks to.
    pub(crate) fn is_optimum(&self, value: &Value) -> bool {
        format!("{value}") == self.optimum
    }

    /// The candidate of these items.
    pub(crate) fn candidate(&self, items: &[Item]) -> Option<Candidate<Value>> {
        if self.sequence {
            schema::candidate(items, schema::sequence)
        } else {
            thread_local!(static ORDER: schema::Schema = schema::order());
            ORDER.with(|order| {
                schema::candidate(items, |source: &mut Source<'_>| schema::generate(order, source))
            })
        }
    }

    /// The items that give this value back.
    pub(crate) fn lift(&self, value: &Value) -> Option<Vec<Item>> {
        if self.sequence {
            return schema::lift_sequence(value);
        }
        let mut items = Vec::new();
        schema::lift(&schema::order(), value, &mut items)?;
        Some(items)
    }

    /// A shrinker of a failing value.
    pub(crate) fn shrinker(
        &'static self,
        value: &Value,
    ) -> Shrinker<Value, impl Fn(&[Item]) -> Option<Candidate<Value>> + Clone + use<>> {
        let items = self.lift(value).expect("a first failure lies in the schema");
        let first = self.candidate(&items).expect("what was lifted can be replayed");
        let at_step = (self.fails)(&first.value).filter(|_| self.sequence);
        Shrinker::new(first, at_step, |items: &[Item]| self.candidate(items))
    }

    /// Shrinks a failing value to the end, each probe telling the truth.
    pub(crate) fn shrink(
        &'static self,
        value: &Value,
    ) -> Shrinker<Value, impl Fn(&[Item]) -> Option<Candidate<Value>> + Clone + use<>> {
        let mut shrinker = self.shrinker(value);
        simple(&mut shrinker, |value| self.verdict(value));
        shrinker
    }
}

/// The first failures of a predicate, by seed: of 200 the first `most`.
pub(crate) fn first_failures(predicate: &Predicate, most: usize) -> Vec<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shrink/first-failures.ndjson");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["predicate"] == predicate.name)
        .take(most)
        .map(|mut line| line["value"].take())
        .collect()
}
