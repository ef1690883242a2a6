//! The boundary catalogue: what is worth trying at one place because failures hide there.
//!
//! One file per family. Each class is a named thing, so that a report can say which were tried. What
//! the schema admits but implementations may well refuse (integers beyond 64 bits, NUL, lone
//! surrogates, texts of 64 KiB where no length is set) is emitted as unspecified: only crash, hang
//! and health checks apply to it.

mod array;
mod content;
mod depth;
mod format;
mod integer;
mod kind;
mod length;
mod number;
mod object;
mod pattern;

use super::walk::{Leaf, Spot};
use crate::case::Label;
use crate::value::Value;

/// A family of boundary classes.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name.
    pub name: &'static str,
    /// Says what to try at a place.
    edges: fn(&Spot<'_>, &mut Emit<'_>),
}

/// The catalogue, in the order it is tried.
pub const FAMILIES: [Family; 10] = [
    Family { name: "kind", edges: kind::edges },
    Family { name: "integer", edges: integer::edges },
    Family { name: "number", edges: number::edges },
    Family { name: "length", edges: length::edges },
    Family { name: "content", edges: content::edges },
    Family { name: "format", edges: format::edges },
    Family { name: "pattern", edges: pattern::edges },
    Family { name: "array", edges: array::edges },
    Family { name: "object", edges: object::edges },
    Family { name: "depth", edges: depth::edges },
];

/// Where families put what to try.
pub struct Emit<'e> {
    sink: &'e mut dyn FnMut(&'static str, Leaf, Label),
}

impl std::fmt::Debug for Emit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emit").finish_non_exhaustive()
    }
}

impl Emit<'_> {
    /// A value the schema admits (which is confirmed before it is sent).
    fn valid(&mut self, class: &'static str, value: Value) {
        (self.sink)(class, Leaf::Value(value), Label::Valid);
    }

    /// A value that implementations may refuse though the schema admits it.
    fn unspecified(&mut self, class: &'static str, value: Value) {
        (self.sink)(class, Leaf::Value(value), Label::Unspecified);
    }

    /// Anything else.
    fn leaf(&mut self, class: &'static str, leaf: Leaf, label: Label) {
        (self.sink)(class, leaf, label);
    }
}

/// Everything to try at a place: class, what to put there, and its label.
pub fn edges(spot: &Spot<'_>, sink: &mut dyn FnMut(&'static str, Leaf, Label)) {
    for family in FAMILIES {
        (family.edges)(spot, &mut Emit { sink });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::value::{Place, Setting};
    use crate::generate::walk::{Edit, walk};
    use crate::schema::Schema;
    use crate::value::read;

    /// Every class that is tried for a schema, with the whole value.
    pub(super) fn tried(schema: &str) -> Vec<(&'static str, Value, Label)> {
        let schema = Schema::of(read::json(schema.as_bytes()).unwrap());
        let mut tried = Vec::new();
        walk(Place::root(schema.shapes(), Setting::default()), None, &mut |spot| {
            edges(spot, &mut |class, leaf, label| {
                let value = Edit { class, site: spot.site.clone(), leaf }.apply();
                if label != Label::Valid || schema.accepts(&value) {
                    tried.push((class, value, label));
                }
            });
        });
        tried
    }

    fn has(tried: &[(&str, Value, Label)], json: &str) -> bool {
        let value = read::json(json.as_bytes()).unwrap();
        tried.iter().any(|(_, tried, _)| *tried == value)
    }

    #[test]
    fn both_edges_of_declared_bounds_are_reached() {
        let tried = tried(
            r#"{"type":"object","required":["n","s","a"],"properties":{
                "n":{"type":"integer","minimum":-5,"maximum":1000},
                "s":{"type":"string","minLength":2,"maxLength":4},
                "a":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"boolean"}}}}"#,
        );
        for json in [
            r#"{"n":-5,"s":"00","a":[false]}"#,
            r#"{"n":1000,"s":"00","a":[false]}"#,
            r#"{"n":999,"s":"00","a":[false]}"#,
            r#"{"n":0,"s":"0000","a":[false]}"#,
            r#"{"n":0,"s":"00","a":[false,false,false]}"#,
        ] {
            assert!(has(&tried, json), "{json}");
        }
    }

    #[test]
    fn edges_of_32_53_and_64_bits_are_tried_where_bounds_admit_them() {
        let open = tried(r#"{"type":"integer"}"#);
        for json in [
            "2147483647",
            "2147483648",
            "-2147483649",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
        ] {
            assert!(has(&open, json), "{json}");
        }
        let narrow = tried(r#"{"type":"integer","maximum":4294967296,"minimum":0}"#);
        assert!(has(&narrow, "4294967295") && !has(&narrow, "9007199254740993"));
    }

    #[test]
    fn what_implementations_may_refuse_is_unspecified() {
        let text = tried(r#"{"type":"string"}"#);
        let label = |wanted: &Value| text.iter().find(|(_, v, _)| v == wanted).map(|(_, _, l)| *l);
        assert_eq!(label(&Value::text("\0")), Some(Label::Unspecified));
        assert_eq!(label(&Value::text("é")), Some(Label::Valid));
        let surrogate = Value::String(crate::value::Text::from_code_points([0xD800]));
        assert_eq!(label(&surrogate), Some(Label::Unspecified));
        let number = tried(r#"{"type":"integer"}"#);
        let beyond = number.iter().find(|(_, v, _)| *v == Value::int(1_i128 << 63)).unwrap();
        assert_eq!(beyond.2, Label::Unspecified);
    }

    #[test]
    fn equal_elements_are_tried_where_uniqueness_is_not_asked_for() {
        let free = tried(r#"{"type":"array","items":{"type":"integer"}}"#);
        assert!(has(&free, "[0,0]"));
        let unique = tried(r#"{"type":"array","uniqueItems":true,"items":{"type":"integer"}}"#);
        assert!(!has(&unique, "[0,0]") && has(&unique, "[0,1]"));
    }

    #[test]
    fn every_arm_and_every_optional_member_is_tried() {
        let tried = tried(
            r#"{"type":"object","properties":{"a":{"enum":["x","y","z"]},"b":{"type":"boolean"},"c":{"oneOf":[{"type":"integer"},{"type":"string"}]}}}"#,
        );
        for json in
            [r#"{"a":"x"}"#, r#"{"a":"z"}"#, r#"{"b":true}"#, r#"{"c":0}"#, r#"{"c":""}"#, "{}"]
        {
            assert!(has(&tried, json), "{json}");
        }
    }
}
