//! The deviation catalogue: what breaks exactly one rule at one place.
//!
//! One file per family. Rules are named by the JSON Schema keyword that is broken, so that reports
//! and checks speak the document's language; each way of breaking it is a class. Whatever is emitted
//! here is confirmed before it is sent: a value that breaks nothing, or more than its rule, is not.

mod bound;
mod combination;
mod constant;
mod kind;
mod member;
mod size;
mod text;

use super::walk::{Leaf, Spot};
use crate::schema::Shapes;
use crate::value::{Object, Value};

/// A family of deviations.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name.
    pub name: &'static str,
    /// Says how to break a rule at a place.
    breaks: fn(&Spot<'_>, &mut Emit<'_>),
}

/// The catalogue, in the order it is tried.
pub const FAMILIES: [Family; 7] = [
    Family { name: "member", breaks: member::breaks },
    Family { name: "kind", breaks: kind::breaks },
    Family { name: "bound", breaks: bound::breaks },
    Family { name: "size", breaks: size::breaks },
    Family { name: "constant", breaks: constant::breaks },
    Family { name: "text", breaks: text::breaks },
    Family { name: "combination", breaks: combination::breaks },
];

/// Where families put their deviations.
pub struct Emit<'e> {
    sink: &'e mut dyn FnMut(Option<&'static str>, &'static str, Leaf),
}

impl std::fmt::Debug for Emit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emit").finish_non_exhaustive()
    }
}

impl Emit<'_> {
    /// A value that breaks a rule.
    fn value(&mut self, rule: &'static str, class: &'static str, value: Value) {
        (self.sink)(Some(rule), class, Leaf::Value(value));
    }

    /// A value that breaks rules which are to be found out.
    fn found(&mut self, class: &'static str, value: Value) {
        (self.sink)(None, class, Leaf::Value(value));
    }

    /// A long text that breaks a rule.
    fn repeat(
        &mut self,
        rule: &'static str,
        class: &'static str,
        unit: &'static str,
        times: usize,
    ) {
        (self.sink)(Some(rule), class, Leaf::Repeat(unit, times));
    }

    /// A member that is left out.
    fn absent(&mut self, rule: &'static str, class: &'static str) {
        (self.sink)(Some(rule), class, Leaf::Absent);
    }
}

/// Every way to break a rule at a place: the rule, where it is known before, the class, and what to
/// put there.
pub fn breaks(spot: &Spot<'_>, sink: &mut dyn FnMut(Option<&'static str>, &'static str, Leaf)) {
    if spot.place.node == Shapes::ANY {
        // All that can be wrong is that it is not there.
        return member::left_out(spot, &mut Emit { sink });
    }
    for family in FAMILIES {
        (family.breaks)(spot, &mut Emit { sink });
    }
}

/// An object with one more member.
fn with(object: &Object, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object.set(name, value);
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::value::{Place, Setting};
    use crate::generate::walk::{Edit, walk};
    use crate::value::read;

    /// Every rule broken for a schema, with the whole value.
    fn broken(schema: &str) -> Vec<(&'static str, String)> {
        let shapes = Shapes::new(&read::json(schema.as_bytes()).unwrap());
        let judge = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let mut broken = Vec::new();
        walk(Place::root(&shapes, Setting::default()), None, &mut |spot| {
            breaks(spot, &mut |rule, class, leaf| {
                let value = Edit { class, site: spot.site.clone(), leaf }.apply().to_string();
                if !judge.is_valid(&serde_json::from_str(&value).unwrap()) {
                    broken.push((rule.unwrap_or("found"), value));
                }
            });
        });
        broken
    }

    fn has(broken: &[(&str, String)], rule: &str, json: &str) -> bool {
        broken.iter().any(|(known, value)| *known == rule && value == json)
    }

    #[test]
    fn each_bound_is_missed_by_one_and_by_much() {
        let broken = broken(r#"{"type":"integer","minimum":1,"maximum":1000,"multipleOf":1}"#);
        for (rule, json) in [
            ("minimum", "0"),
            ("minimum", "-999999"),
            ("maximum", "1001"),
            ("maximum", "1001000"),
            ("type", "\"1\""),
            ("type", "null"),
            ("type", "1.5"),
        ] {
            assert!(has(&broken, rule, json), "{rule} {json}: {broken:?}");
        }
    }

    #[test]
    fn sizes_of_texts_arrays_and_objects_are_missed() {
        let text = broken(r#"{"type":"string","minLength":2,"maxLength":3}"#);
        assert!(has(&text, "minLength", r#""0""#) && has(&text, "maxLength", r#""0000""#));
        let array = broken(
            r#"{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2,"uniqueItems":true}"#,
        );
        assert!(has(&array, "minItems", "[]") && has(&array, "maxItems", "[0,1,-1]"));
        assert!(has(&array, "uniqueItems", "[0,0]"));
        let object =
            broken(r#"{"type":"object","maxProperties":1,"additionalProperties":{"type":"null"}}"#);
        assert!(object.iter().any(|(rule, _)| *rule == "maxProperties"));
    }

    #[test]
    fn members_and_arms_are_missed() {
        let broken = broken(
            r#"{"type":"object","required":["a"],"additionalProperties":false,
                "properties":{"a":{"enum":["Red","Green"]},"b":{"const":1}}}"#,
        );
        assert!(has(&broken, "required", "{}"));
        assert!(has(&broken, "enum", r#"{"a":"red"}"#));
        assert!(has(&broken, "const", r#"{"a":"Red","b":2}"#));
        assert!(broken.iter().any(|(rule, _)| *rule == "additionalProperties"));
    }

    #[test]
    fn combinations_are_missed() {
        let overlap = broken(
            r#"{"oneOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}"#,
        );
        assert!(overlap.iter().any(|(rule, _)| *rule == "oneOf"), "{overlap:?}");
        let denied = broken(r#"{"type":"integer","not":{"minimum":10}}"#);
        assert!(denied.iter().any(|(_, value)| value == "10"), "{denied:?}");
    }
}
