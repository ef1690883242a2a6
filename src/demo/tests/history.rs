//! Cases of several steps over the raw client, and what each check over histories means, said once
//! more without the checks.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Answer, Seen, render, send};
use super::conformance::Promises;
use crate::demo::Running;

/// What was sent, with nothing left to resolve, and what came.
pub(super) struct Done {
    pub(super) step: Value,
    pub(super) answer: Answer,
}

/// A shop, and what was done there so far.
pub(super) struct Stage<'s> {
    shop: &'s Running,
    pub(super) done: Vec<Done>,
}

/// Says whether the last of these steps fails a check; each stage begins anew.
type Oracle = fn(&Running, &[Value]) -> bool;

const ORACLES: [(&str, Oracle); 9] = [
    ("use_after_free", use_after_free),
    ("ensure_resource_availability", ensure_resource_availability),
    ("failed_write_has_effect", failed_write_has_effect),
    ("not_idempotent", not_idempotent),
    ("object_level_authorization", object_level_authorization),
    ("collection_consistency", collection_consistency),
    ("conditional_requests", conditional_requests),
    ("location_conformance", location_conformance),
    ("read_your_write", read_your_write),
];

/// How long a step is waited with.
fn wait(step: &Value) -> Duration {
    let text = step["wait"].as_str().unwrap_or("0ms");
    let (number, unit) =
        text.strip_suffix("ms").map_or_else(|| (text.trim_end_matches('s'), 1_000), |ms| (ms, 1));
    Duration::from_millis(number.parse::<u64>().unwrap() * unit)
}

/// Whether a check looks at histories.
pub(super) fn judges(check: &str) -> bool {
    ORACLES.iter().any(|(name, _)| *name == check)
}

/// The checks that these steps fail: any of them what one call shows, the last one the rest.
pub(super) fn failures(shop: &Running, promises: &Promises, steps: &[Value]) -> Vec<&'static str> {
    let mut failures = by_one_call(shop, promises, steps);
    failures.extend(ORACLES.iter().filter(|(_, oracle)| oracle(shop, steps)).map(|(name, _)| name));
    failures
}

/// The checks that any of these steps fails by itself.
pub(super) fn by_one_call(
    shop: &Running,
    promises: &Promises,
    steps: &[Value],
) -> Vec<&'static str> {
    let mut failures = Vec::new();
    for Done { step, answer } in Stage::play(shop, steps).done {
        let status = answer.status;
        failures.extend(promises.failures(step["call"].as_str().unwrap(), &Seen::Answer(answer)));
        let invalid = step["label"] == "invalid";
        if status < 300 && step["auth"] == "none" {
            failures.push("ignored_auth");
        } else if status < 300 && invalid {
            failures.push("negative_data_rejection");
        } else if [400, 415, 422].contains(&status) && !invalid {
            failures.push("positive_data_acceptance");
        }
    }
    failures
}

impl<'s> Stage<'s> {
    pub(super) fn play(shop: &'s Running, steps: &[Value]) -> Self {
        let mut stage = Self { shop, done: Vec::new() };
        let fresh = fresh();
        for step in steps {
            let step = stage.resolve(step, fresh);
            std::thread::sleep(wait(&step));
            let answer = stage.send(&step);
            stage.done.push(Done { step, answer });
        }
        stage
    }

    /// The same with every symbol replaced.
    pub(super) fn resolve(&self, value: &Value, fresh: u32) -> Value {
        match value {
            Value::Object(members) => {
                if let Some(name) = members.get("$fresh") {
                    return json!(format!("{}{fresh}", name.as_str().unwrap()));
                }
                if let Some(source) = members.get("$from") {
                    let (step, place) = source.as_str().unwrap().split_once("/body").unwrap();
                    let done = self.done.iter().find(|done| done.step["id"] == step).unwrap();
                    return done.answer.json().pointer(place).unwrap().clone();
                }
                let resolved =
                    |(name, value): (&String, _)| (name.clone(), self.resolve(value, fresh));
                members.iter().map(resolved).collect()
            }
            Value::Array(list) => list.iter().map(|value| self.resolve(value, fresh)).collect(),
            other => other.clone(),
        }
    }

    pub(super) fn send(&self, step: &Value) -> Answer {
        send(self.shop.addr, &render(step)).answer()
    }

    /// What the first step made, as it is shown now, without its id.
    pub(super) fn thing(&self) -> Option<Value> {
        let made = self.done.first()?;
        let path = made.step["call"].as_str().unwrap().strip_prefix("POST ").unwrap();
        let id = json!({ "id": made.answer.json()["id"] });
        let read = json!({ "call": format!("GET {path}/{{id}}"), "path": id });
        let mut thing = self.send(&read).json();
        thing.as_object_mut().unwrap().remove("id");
        Some(thing)
    }

    fn last(&self) -> &Done {
        self.done.last().unwrap()
    }

    /// Reads what the last step is about, as whoever made it: where it was made, the id is added.
    fn read(&self) -> Option<Value> {
        let (step, answer) = (&self.last().step, &self.last().answer);
        let (method, path) = step["call"].as_str().unwrap().split_once(' ').unwrap();
        let mut read = json!({ "path": step["path"] });
        if method == "POST" {
            read["call"] = json!(format!("GET {path}/{{new}}"));
            read["path"]["new"] = answer.json()["id"].clone();
        } else {
            read["call"] = json!(format!("GET {path}"));
        }
        if let Some(auth) = self.done[0].step.get("auth") {
            read["auth"] = auth.clone();
        }
        let answer = self.send(&read);
        (answer.status == 200).then(|| answer.json())
    }
}

/// A number that no stage had before.
pub(super) fn fresh() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn method(step: &Value) -> &str {
    step["call"].as_str().unwrap().split_once(' ').unwrap().0
}

fn is_well(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

/// Deleted, and still there.
fn use_after_free(shop: &Running, steps: &[Value]) -> bool {
    let stage = Stage::play(shop, steps);
    let last = stage.last();
    let deleted = |done: &Done| {
        method(&done.step) == "DELETE"
            && done.answer.status == 204
            && done.step["path"] == last.step["path"]
    };
    method(&last.step) == "GET" && is_well(&last.answer) && stage.done.iter().any(deleted)
}

/// Made, and not there.
fn ensure_resource_availability(shop: &Running, steps: &[Value]) -> bool {
    let stage = Stage::play(shop, steps);
    let own = |done: &Done| done.step.get("auth") == stage.done[0].step.get("auth");
    let deleted = stage.done.iter().any(|done| method(&done.step) == "DELETE");
    let last = stage.last();
    let made = stage.done[0].answer.status == 201 && !deleted;
    made && method(&last.step) == "GET" && last.answer.status == 404 && own(last)
}

/// Refused, and done all the same.
fn failed_write_has_effect(shop: &Running, steps: &[Value]) -> bool {
    if steps.len() < 2 || method(steps.last().unwrap()) == "GET" {
        return false;
    }
    let mut stage = Stage::play(shop, &steps[..steps.len() - 1]);
    let step = stage.resolve(steps.last().unwrap(), fresh());
    let probe = Done { step, answer: Answer { status: 0, headers: Vec::new(), body: Vec::new() } };
    stage.done.push(probe);
    let before = stage.read();
    let answer = stage.send(&stage.last().step);
    answer.status >= 400 && before != stage.read()
}

/// Put twice, and not what it is when put once.
fn not_idempotent(shop: &Running, steps: &[Value]) -> bool {
    if method(steps.last().unwrap()) != "PUT" {
        return false;
    }
    let stage = Stage::play(shop, steps);
    let once = stage.read();
    is_well(&stage.last().answer)
        && is_well(&stage.send(&stage.last().step))
        && once != stage.read()
}

/// Someone's own, and open to another.
fn object_level_authorization(shop: &Running, steps: &[Value]) -> bool {
    let stage = Stage::play(shop, steps);
    let (first, last) = (&stage.done[0].step, stage.last());
    first.get("auth") != last.step.get("auth") && is_well(&last.answer)
}

/// In the collection, and on none of its pages, or on two; where no size is asked for, on the one page
/// where it has to be.
fn collection_consistency(shop: &Running, steps: &[Value]) -> bool {
    let stage = Stage::play(shop, steps);
    let last = &stage.last().step;
    let Some(path) = last["call"].as_str().unwrap().strip_prefix("GET ") else { return false };
    let born = format!("POST {path}");
    let made = stage.done.iter().filter(|done| done.step["call"] == born);
    let made: Vec<Value> = made.map(|done| done.answer.json()["id"].clone()).collect();
    let page = |more: &[(&str, usize)]| -> Vec<Value> {
        let mut page = last.clone();
        for (name, value) in more {
            page["query"][*name] = json!(value);
        }
        let answer = stage.send(&page).json();
        let items = answer.get("items").unwrap_or(&answer).as_array().cloned();
        items.unwrap_or_default().into_iter().map(|item| item["id"].clone()).collect()
    };
    let asked = |name: &str| last["query"][name].as_u64().map(|number| number as usize);
    let numbers = 0..made.len() + 2;
    if let Some(size) = asked("limit") {
        let seen: Vec<Value> =
            numbers.flat_map(|number| page(&[("offset", number * size)])).collect();
        return seen != made;
    }
    if asked("per_page").or(asked("size")).is_some() {
        let seen: Vec<Value> = numbers.flat_map(|number| page(&[("page", number + 1)])).collect();
        return seen != made;
    }
    let before = asked("offset").or(asked("page").map(|page| (page - 1) * 10)).unwrap_or_default();
    let seen = page(&[]);
    made.iter().skip(before).any(|id| !seen.contains(id))
}

/// Changed meanwhile, and overwritten all the same; or not changed, and refused.
fn conditional_requests(shop: &Running, steps: &[Value]) -> bool {
    if method(steps.last().unwrap()) != "PUT" {
        return false;
    }
    let tag = |stage: &Stage<'_>| {
        let (_, path) = stage.last().step["call"].as_str().unwrap().split_once(' ').unwrap();
        let read = json!({ "call": format!("GET {path}"), "path": stage.last().step["path"] });
        stage.send(&read).header("etag").map(str::to_owned)
    };
    let mut stage = Stage::play(shop, &steps[..steps.len() - 1]);
    let step = stage.resolve(steps.last().unwrap(), fresh());
    let answer = stage.send(&step);
    stage.done.push(Done { step, answer });
    let Some(now) = tag(&stage) else { return false };
    let put = |tag: &str| {
        let mut put = stage.last().step.clone();
        put["headers"] = json!({ "If-Match": tag });
        stage.send(&put).status
    };
    let (current, stale, unknown) = (put(&now), put(&now), put("\"none\""));
    (current, stale, unknown) != (200, 412, 412)
}

/// Made, and elsewhere than it is said to be.
fn location_conformance(shop: &Running, steps: &[Value]) -> bool {
    let stage = Stage::play(shop, steps);
    let made = &stage.last().answer;
    let Some(location) = made.header("location").filter(|_| made.status == 201) else {
        return false;
    };
    let there = stage.send(&json!({ "call": format!("GET {location}") }));
    there.status != 200 || there.json()["id"] != made.json()["id"]
}

/// Accepted, and not what is read.
fn read_your_write(shop: &Running, steps: &[Value]) -> bool {
    let stage = Stage::play(shop, steps);
    let last = stage.last();
    let Some(sent) = last.step["json"].as_object() else { return false };
    let read = stage.read().filter(|_| is_well(&last.answer));
    read.is_some_and(|read| sent.iter().any(|(name, value)| read[name] != *value))
}
