//! What keeps an operation from having any valid call: a part that it needs and that can have no value.
//!
//! Found where a call could not be made: the part is taken apart along its schema, as it stands in the
//! document, as long as something in it has no value by itself.

use std::collections::HashSet;
use std::fmt;

use super::input;
use super::value::{Place, Setting};
use super::walk::simplest;
use crate::schema::{Location, Schema, Shapes};
use crate::spec::{self, Operation};
use crate::value::{Pointer, Value};

/// Deepest that a schema is taken apart.
const DEEPEST: usize = 32;

/// Keywords that ask for something of a value.
const BINDING: [&str; 37] = [
    "type",
    "const",
    "enum",
    "multipleOf",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "formatMinimum",
    "formatMaximum",
    "formatExclusiveMinimum",
    "formatExclusiveMaximum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "items",
    "prefixItems",
    "contains",
    "minContains",
    "required",
    "properties",
    "additionalProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
];

/// A part of an operation's input that must be there and can have no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Its place in a call: `json/qty`.
    pub part: String,
    /// The schema that nothing satisfies.
    pub place: spec::Place,
    /// Why, a lower-case fragment.
    pub why: String,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` can have no value: {}; mend {}", self.part, self.why, self.place)
    }
}

/// Why there is no valid call of an operation that has none, for a person.
pub fn told(operation: &Operation) -> String {
    of(operation).map_or_else(|| "no valid call was found".to_owned(), |found| found.to_string())
}

/// The first part that an operation needs and that can have no value.
pub fn of(operation: &Operation) -> Option<Obstacle> {
    let required = input::parameters(operation).filter(|parameter| parameter.required);
    let parameters = required.map(|parameter| {
        let place = input::parameter_place(parameter);
        (input::place_of(parameter), &parameter.schema, place)
    });
    if let Some((part, schema, place)) = parameters.into_iter().find(|(.., p)| !has_value(*p)) {
        return Some(obstacle(operation, &part, schema, place.setting));
    }
    let contents = &operation.body.as_ref().filter(|body| body.required)?.contents;
    let places = contents.iter().map(|content| Some((content, input::body_place(content)?)));
    let places = places.collect::<Option<Vec<_>>>()?;
    let (content, place) =
        *places.first().filter(|_| !places.iter().any(|(_, p)| has_value(*p)))?;
    let part = content.kind.part();
    Some(obstacle(operation, part, content.schema.as_ref()?, place.setting))
}

fn has_value(place: Place<'_>) -> bool {
    simplest(place).is_some()
}

fn obstacle(operation: &Operation, part: &str, schema: &Schema, setting: Setting) -> Obstacle {
    let documents = schema.documents();
    let mut search = Search { schema, setting, seen: HashSet::new(), part: Pointer::root() };
    let (at, why) = search.innermost(schema.location().clone());
    // What was put together here stands in no document: a form of Swagger 2.0.
    let known = !documents.address(&at).is_empty();
    Obstacle {
        part: format!("{part}{}", search.part),
        place: if known { spec::Place::of(documents, &at) } else { operation.place.clone() },
        why,
    }
}

/// The search for the innermost schema that has no value.
struct Search<'s> {
    schema: &'s Schema,
    setting: Setting,
    seen: HashSet<Location>,
    /// Where in the value it has come to.
    part: Pointer,
}

impl Search<'_> {
    /// The innermost schema without a value at or below one that has none, and why it has none.
    fn innermost(&mut self, mut at: Location) -> (Location, String) {
        let (documents, dialect) = (self.schema.documents(), self.schema.dialect());
        while let Some(source) = documents.find(&at) {
            if self.seen.len() >= DEEPEST || !self.seen.insert(at.clone()) {
                break;
            }
            if let Some(reference) = source.get("$ref").and_then(Value::as_str) {
                match documents.resolve(&at, reference, dialect) {
                    Ok(target) if self.seen.contains(&target) => {
                        let why = "it needs another one of itself, without an end";
                        return (at, why.to_owned());
                    }
                    Ok(target) if !self.has_value(&target) => {
                        at = target;
                        continue;
                    }
                    _ => break,
                }
            }
            let needed = needed(source);
            let child = needed.into_iter().map(|(way, step)| {
                let child = way.into_iter().fold(at.clone(), |at, token| at.child(token));
                (child, step)
            });
            let Some((child, step)) = child.into_iter().find(|(child, _)| !self.has_value(child))
            else {
                break;
            };
            self.part = step.into_iter().fold(self.part.clone(), |part, token| part.child(token));
            at = child;
        }
        let why = self.why(&at);
        (at, why)
    }

    fn has_value(&self, at: &Location) -> bool {
        let schema = self.schema.elsewhere(at.clone());
        has_value(Place::root(schema.shapes(), self.setting))
    }

    fn why(&self, at: &Location) -> String {
        let schema = self.schema.elsewhere(at.clone());
        let asked: Vec<String> = match schema.source() {
            Some(Value::Object(object)) => BINDING
                .into_iter()
                .filter(|keyword| object.get(keyword).is_some_and(binds(keyword)))
                .map(|keyword| format!("`{keyword}`"))
                .collect(),
            _ => Vec::new(),
        };
        let shapes = schema.shapes();
        let known = shapes.node(Shapes::ROOT).is_none_or(|node| node.branches.is_empty());
        let start = if known { "nothing satisfies" } else { "no value was found that satisfies" };
        match asked.split_last() {
            None => format!("{start} the schema"),
            Some((only, [])) => format!("{start} its {only}"),
            Some((last, others)) => format!("{start} its {} and {last} at once", others.join(", ")),
        }
    }
}

/// Whether a value of a keyword asks for something: on a parameter of Swagger 2.0, `required: true` asks
/// nothing of the value.
fn binds(keyword: &str) -> impl Fn(&Value) -> bool + use<'_> {
    move |value| keyword != "required" || value.as_array().is_some()
}

/// The schemas below one that a value of it cannot do without: the way there, and where that leads in
/// the value.
fn needed(source: &Value) -> Vec<(Vec<String>, Option<String>)> {
    let list = |key: &str| source.get(key).and_then(Value::as_array).unwrap_or_default();
    let mut all: Vec<(Vec<String>, Option<String>)> = Vec::new();
    let indexed = |key: &str, index: usize| vec![key.to_owned(), index.to_string()];
    all.extend((0..list("allOf").len()).map(|index| (indexed("allOf", index), None)));
    for choice in ["anyOf", "oneOf"] {
        if list(choice).len() == 1 {
            all.push((indexed(choice, 0), None));
        }
    }
    for name in list("required").iter().filter_map(Value::as_str) {
        if source.get("properties").is_some_and(|properties| properties.get(name).is_some()) {
            let way = vec!["properties".to_owned(), name.to_owned()];
            all.push((way, Some(name.to_owned())));
        }
    }
    let least = source.get("minItems").and_then(Value::as_i64).unwrap_or(0);
    let least = usize::try_from(least).unwrap_or(0);
    for key in ["prefixItems", "items"] {
        let places = 0..list(key).len().min(least);
        all.extend(places.map(|index| (indexed(key, index), Some(index.to_string()))));
    }
    if least > list("prefixItems").len() && list("items").is_empty() {
        all.push((vec!["items".to_owned()], Some("0".to_owned())));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load;

    /// What is told of an operation that takes such a body; `Pet` is another schema.
    fn of_body(schema: &str, pet: &str) -> String {
        let document = format!(
            r#"{{"openapi":"3.1.0","info":{{}},"paths":{{"/a":{{"post":{{"requestBody":{{"required":true,
            "content":{{"application/json":{{"schema":{schema}}}}}}}}}}}}},
            "components":{{"schemas":{{"Pet":{pet}}}}}}}"#
        );
        let service = load::alone("a.json", document.as_bytes()).unwrap().service;
        let told = told(&service.operations[0]);
        told.replace("/paths/~1a/post/requestBody/content/application~1json", "…")
    }

    #[test]
    fn the_innermost_part_that_has_no_value_is_told_with_its_place() {
        let pet = r##"{"type":"object","required":["tag","next"],"properties":{
            "tag":{"type":"integer","minimum":5,"maximum":4},"next":{"$ref":"#/components/schemas/Pet"}}}"##;
        let list = r##"{"type":"array","minItems":1,"items":{"allOf":[{},{"$ref":"#/components/schemas/Pet"}]}}"##;
        insta::assert_snapshot!(of_body(list, pet), @"`json/0/tag` can have no value: nothing satisfies its `type`, `minimum` and `maximum` at once; mend a.json:4 #/components/schemas/Pet/properties/tag");
        let endless = r##"{"type":"object","required":["next"],"properties":{"next":{"$ref":"#/components/schemas/Pet"}}}"##;
        insta::assert_snapshot!(of_body(r##"{"$ref":"#/components/schemas/Pet"}"##, endless), @"`json/next` can have no value: it needs another one of itself, without an end; mend a.json:3 #/components/schemas/Pet/properties/next");
        insta::assert_snapshot!(of_body("false", "{}"), @"`json` can have no value: nothing satisfies the schema; mend a.json:2 #…/schema");
        insta::assert_snapshot!(of_body(r#"{"type":"string","enum":[1]}"#, "{}"), @"`json` can have no value: nothing satisfies its `type` and `enum` at once; mend a.json:2 #…/schema");
        insta::assert_snapshot!(of_body(r#"{"type":"string","pattern":"^a$","minLength":9}"#, "{}"), @"`json` can have no value: no value was found that satisfies its `type`, `minLength` and `pattern` at once; mend a.json:2 #…/schema");
        insta::assert_snapshot!(of_body("{}", "{}"), @"no valid call was found");
    }

    #[test]
    fn a_parameter_is_told_by_its_name() {
        let document = r#"{"swagger":"2.0","info":{},"paths":{"/a":{"get":{"parameters":[
            {"name":"n","in":"query","type":"integer","minimum":2,"maximum":1},
            {"name":"m","in":"query","required":true,"type":"integer","minimum":2,"maximum":1}]}}}}"#;
        let service = load::alone("a.json", document.as_bytes()).unwrap().service;
        insta::assert_snapshot!(told(&service.operations[0]), @"`query/m` can have no value: nothing satisfies its `type`, `minimum` and `maximum` at once; mend a.json:3 #/paths/~1a/get/parameters/1");
    }
}
