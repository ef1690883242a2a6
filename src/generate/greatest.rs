//! The usual call with as much as may be, or as there is: what is short shows where several take a lot of it at once.

use std::sync::Arc;

use super::catalogue::{given, slots};
use super::confirm;
use super::ideas::Ideas;
use super::planned::set;
use crate::case::{Body, Call, Label};
use crate::schema::shape::Constants;
use crate::spec::Operation;
use crate::value::Value;

/// The class of the catalogue that a number's upper bound is: the declared one, or that of its format.
const GREATEST: &str = "maximum";

/// The call with every number as great as its bound admits; `None` where there is none, or the contract does not
/// allow them at once.
pub fn greatest(operation: &Operation, base: &Arc<Call>, ideas: &Ideas) -> Option<Arc<Call>> {
    let mut call = (**base).clone();
    for (slot, place) in slots(operation) {
        let Some(own) = given(operation, base, slot) else { continue };
        let edges = ideas.edges(place, Some(own.clone()));
        let greatest = edges.alone.iter().filter(|(_, edit, label)| {
            let is_there = edit.site.pointer.find(&own).is_some();
            edit.class == GREATEST && *label == Label::Valid && is_there
        });
        let value = greatest.fold(own.clone(), |value, (_, edit, _)| edit.apply_to(value));
        if value != own {
            set(operation, &mut call, slot, Some(value))?;
        }
    }
    if call == **base {
        return None;
    }
    confirm::lawful(operation, call, base.label).map(Arc::new)
}

/// The call with as much of everything as an answer first told under the same name; `None` where that is what it has,
/// or the contract does not allow it.
pub fn told(operation: &Operation, base: &Arc<Call>, heard: &Constants) -> Option<Arc<Call>> {
    let mut call = (**base).clone();
    let Some(Value::Object(members)) = call.body.as_mut().and_then(Body::value_mut) else {
        return None;
    };
    for (name, value) in members.iter_mut() {
        if let (Value::Number(_), Some(int)) = (&*value, heard.named.get(name)) {
            *value = Value::int(*int);
        }
    }
    if call == **base {
        return None;
    }
    confirm::lawful(operation, call, base.label).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::baseline;
    use super::*;
    use crate::generate::fixture::taking;
    use crate::value::read;

    fn body(schema: &str) -> Option<String> {
        let operation = taking(schema, "");
        let base = Arc::new(baseline(&operation).unwrap());
        let call = greatest(&operation, &base, &Ideas::default())?;
        Some(call.body.as_ref()?.value()?.to_string())
    }

    #[test]
    fn every_number_that_is_there_is_as_great_as_it_may_be() {
        let schema = r#"{"type":"object","required":["a","b","c","d"],"properties":{
            "a":{"type":"integer","minimum":1,"maximum":70},"b":{"type":"number","maximum":2.5},
            "c":{"type":"string"},"d":{"type":"boolean"},"e":{"type":"integer","maximum":9}}}"#;
        assert_eq!(body(schema).unwrap(), r#"{"a":70,"b":2.5,"c":"","d":false}"#);
    }

    #[test]
    fn there_is_none_without_a_number() {
        let schema = r#"{"type":"object","required":["c"],"properties":{"c":{"type":"string"}}}"#;
        assert_eq!(body(schema), None);
    }

    #[test]
    fn as_much_is_taken_as_there_was_under_the_same_name() {
        let schema = r#"{"type":"object","required":["a","b"],"properties":{
            "a":{"type":"integer","maximum":70},"b":{"type":"integer"}}}"#;
        let operation = taking(schema, "");
        let base = Arc::new(baseline(&operation).unwrap());
        let body = |text: &str| {
            let mut heard = Constants::default();
            heard.hear(&read::json(text.as_bytes()).unwrap());
            let call = told(&operation, &base, &heard)?;
            Some(call.body.as_ref()?.value()?.to_string())
        };
        assert_eq!(body(r#"[{"a":7,"c":{"b":3}},{"a":1}]"#).unwrap(), r#"{"a":7,"b":3}"#);
        assert_eq!(body(r#"{"a":71}"#), None, "more than may be");
        assert_eq!(body(r#"{"a":"7","d":7}"#), None);
    }
}
