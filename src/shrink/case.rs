//! Cases as candidates: what the shrinker makes smaller when a case is what fails.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::{Candidate, Cost};
use crate::case::{Case, Step};
use crate::choice::Item;
use crate::generate::case::{lift, redraw};
use crate::spec::Service;

/// The candidate of these choices, as `like` in everything that is not a value; `None` where a call
/// in it would not be what its label says.
pub fn candidate(service: &Service, like: &Case, items: &[Item]) -> Option<Candidate<Arc<Case>>> {
    let (case, trace) = redraw(service, like, items)?;
    let cost = cost(&case);
    let mut key = Vec::with_capacity(16);
    for salt in 0_u8..2 {
        let mut hasher = DefaultHasher::new();
        (salt, &case).hash(&mut hasher);
        key.extend(hasher.finish().to_le_bytes());
    }
    Some(Candidate::new(Arc::new(case), trace, key, cost))
}

/// A case as a candidate; `None` where it cannot be made of choices, or is not what its labels say.
pub fn lifted(service: &Service, case: &Case) -> Option<Candidate<Arc<Case>>> {
    candidate(service, case, &lift(service, case)?)
}

/// What counts before the choices do.
fn cost(case: &Case) -> Cost {
    let together = case.steps.iter().map(|step| match step {
        Step::Call(_) => 0,
        Step::Together(group) => group.calls.len(),
    });
    let waits = case.steps.iter().filter(|step| step.wait().is_some()).count();
    Cost {
        steps: case.steps.len(),
        together: together.sum(),
        perturbations: waits + case.calls().map(|call| call.perturb.len()).sum::<usize>(),
        deviations: case.calls().map(|call| call.deviations.len()).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Body, Call, Deviation, Label};
    use crate::schema::Documents;
    use crate::shrink::driver::simple;
    use crate::shrink::{Shrinker, Verdict};
    use crate::spec::openapi;
    use crate::value::{Value, read};

    fn json(text: &str) -> Value {
        read::json(text.as_bytes()).unwrap()
    }

    fn shop() -> Service {
        let (documents, root) = Documents::single(json(
            r#"{"openapi":"3.1.0","info":{"title":"shop","version":"1"},"paths":{"/orders":{"post":{
            "requestBody":{"required":true,"content":{"application/json":{"schema":{
                "type":"object","required":["lines"],"properties":{
                    "note":{"type":"string"},
                    "lines":{"type":"array","items":{"type":"object","required":["sku"],
                        "additionalProperties":false,
                        "properties":{"sku":{"type":"string"},"qty":{"type":"integer"},
                            "tags":{"type":"array","items":{"type":"string"}}}}}}}}}},
            "responses":{}}}}}"#,
        ));
        openapi::read(&Arc::new(documents), &root).unwrap()
    }

    /// The body and the place that a case shrinks to which breaks a rule at a place, where everything
    /// that is broken in some line fails.
    fn shrunk(body: &str, rule: &str, at: &str, fails: fn(&Value) -> bool) -> (String, String) {
        let call = Call {
            id: "s1".to_owned(),
            operation: "POST /orders".to_owned(),
            label: Label::Invalid,
            body: Some(Body::Json(json(body))),
            deviations: vec![Deviation::schema(rule, at)],
            ..Call::default()
        };
        let (service, case) = (shop(), Case::of("shop", call));
        let first = lifted(&service, &case).expect("it is what it says");
        let mut shrinker =
            Shrinker::new(first, None, |items: &[Item]| candidate(&service, &case, items));
        simple(&mut shrinker, |case: &Arc<Case>| {
            let body = case.calls().next().and_then(|call| call.body.as_ref()?.value());
            let lines = body.and_then(|body| body.get("lines")?.as_array()).unwrap_or_default();
            if lines.iter().any(fails) { Verdict::FAILS } else { Verdict::Passes }
        });
        let best = &shrinker.best().value;
        let call = best.calls().next().unwrap();
        let at = call.deviations[0].at.clone().unwrap_or_default();
        (call.body.as_ref().and_then(|body| body.value()).unwrap().to_string(), at)
    }

    const SOUND: &str = r#"{"sku":"x","qty":7,"tags":["p","q"]}"#;

    #[test]
    fn a_broken_place_follows_its_element_when_those_before_it_go() {
        let with =
            |line: &str| format!(r#"{{"note":"n","lines":[{SOUND},{SOUND},{line},{SOUND}]}}"#);
        let told = |body: &str, at: &str| (body.to_owned(), at.to_owned());
        assert_eq!(
            shrunk(&with(r#"{"qty":3}"#), "required", "json/lines/2/sku", |line| {
                line.get("sku").is_none()
            }),
            told(r#"{"lines":[{}]}"#, "json/lines/0/sku")
        );
        assert_eq!(
            shrunk(
                &with(r#"{"sku":"a","more":true}"#),
                "additionalProperties",
                "json/lines/2/more",
                |line| line.get("more").is_some()
            ),
            told(r#"{"lines":[{"sku":"","more":null}]}"#, "json/lines/0/more")
        );
        assert_eq!(
            shrunk(&with(r#"{"sku":"a","qty":"many"}"#), "type", "json/lines/2/qty", |line| {
                line.get("qty").is_some_and(|qty| qty.as_text().is_some())
            }),
            told(r#"{"lines":[{"sku":"","qty":""}]}"#, "json/lines/0/qty")
        );
        assert_eq!(
            shrunk(
                &with(r#"{"sku":"a","tags":["u","v",5]}"#),
                "type",
                "json/lines/2/tags/2",
                |line| line
                    .get("tags")
                    .and_then(Value::as_array)
                    .is_some_and(|tags| { tags.iter().any(|tag| tag.as_text().is_none()) })
            ),
            told(r#"{"lines":[{"sku":"","tags":[null]}]}"#, "json/lines/0/tags/0")
        );
    }

    #[test]
    fn a_place_that_is_broken_as_a_whole_is_told_as_a_whole() {
        // The element itself is of another type, in a list and in the whole.
        let body = format!(r#"{{"lines":[{SOUND},7,{SOUND}]}}"#);
        let (body, at) = shrunk(&body, "type", "json/lines/1", |line| line.as_object().is_none());
        assert_eq!((&*body, &*at), (r#"{"lines":[null]}"#, "json/lines/0"));
    }

    #[test]
    fn a_case_of_very_many_elements_gets_as_small_as_any() {
        let (documents, root) = Documents::single(json(
            r#"{"openapi":"3.1.0","info":{"title":"shop","version":"1"},"paths":{"/lists":{"post":{
            "requestBody":{"required":true,"content":{"application/json":{"schema":{
                "type":"array","items":{"type":"integer"},"maxItems":4}}}},"responses":{}}}}}"#,
        ));
        let service = openapi::read(&Arc::new(documents), &root).unwrap();
        let body = |count| Value::Array(vec![Value::int(7); count]);
        let call = Call {
            id: "s1".to_owned(),
            operation: "POST /lists".to_owned(),
            label: Label::Invalid,
            body: Some(Body::Json(body(3_000))),
            deviations: vec![Deviation::schema("maxItems", "json")],
            ..Call::default()
        };
        let case = Case::of("shop", call);
        let first = lifted(&service, &case).expect("it is what it says");
        let mut shrinker =
            Shrinker::new(first, None, |items: &[Item]| candidate(&service, &case, items));
        simple(&mut shrinker, |case: &Arc<Case>| {
            let body = case.calls().next().and_then(|call| call.body.as_ref()?.value()).unwrap();
            if body.as_array().unwrap().len() > 20 { Verdict::FAILS } else { Verdict::Passes }
        });
        let best = shrinker.best().value.calls().next().unwrap().body.clone();
        assert_eq!(best, Some(Body::Json(Value::Array(vec![Value::int(0); 21]))));
        assert!(shrinker.probes() < 100, "{}", shrinker.probes());
    }
}
