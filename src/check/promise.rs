//! Where in the document the promise about a place of a call stands.

use crate::case::Call;
use crate::schema::Schema;
use crate::spec::{Content, Location, Operation, Parameter};
use crate::value::{Pointer, Value};

/// What the document says about a place of a call.
pub(super) struct Promise<'a> {
    /// The schema of the parameter or the body.
    pub(super) schema: Option<&'a Schema>,
    /// The whole value of the parameter or the body; `None` where it is missing.
    pub(super) value: Option<&'a Value>,
    /// The place in it.
    pub(super) at: Pointer,
    /// The parameter, where it is one.
    pub(super) parameter: Option<&'a Parameter>,
}

/// The parts of a call that are bodies.
pub(super) const BODIES: [&str; 7] = ["json", "form", "multipart", "xml", "text", "bytes", "proto"];

/// What is promised at a place: `json/qty`, `query/limit`. `None` where the document does not know it.
pub(super) fn at<'a>(operation: &'a Operation, call: &'a Call, place: &str) -> Option<Promise<'a>> {
    let (part, rest) =
        place.split_once('/').map_or((place, None), |(part, rest)| (part, Some(rest)));
    let tail = rest.map_or(Ok(Pointer::root()), |rest| Pointer::parse(&format!("/{rest}"))).ok()?;
    if BODIES.contains(&part) {
        let schema = body_content(operation, call, part)?.schema.as_ref();
        let value = call.body.as_ref().and_then(|body| body.value());
        return Some(Promise { schema, value, at: tail, parameter: None });
    }
    let (location, values) = match part {
        "path" => (Location::Path, &call.path),
        "query" => (Location::Query, &call.query),
        "headers" => (Location::Header, &call.headers),
        "cookies" => (Location::Cookie, &call.cookies),
        _ => return None,
    };
    let (name, inner) = tail.tokens().split_first()?;
    let name = name.as_str()?;
    let parameter = operation.parameter(location, name)?;
    let value = values.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    Some(Promise {
        schema: Some(&parameter.schema),
        value,
        at: inner.iter().cloned().collect(),
        parameter: Some(parameter),
    })
}

/// The content that a body of this part was written by.
fn body_content<'a>(operation: &'a Operation, call: &Call, part: &str) -> Option<&'a Content> {
    let contents = &operation.body.as_ref()?.contents;
    let named = call.render.iter().find(|(place, _)| place == part).map(|(_, media)| media);
    named
        .and_then(|media| contents.iter().find(|content| content.media_type == *media))
        .or_else(|| contents.iter().find(|content| content.kind.part() == part))
}

/// Whether the schema of a place gives a default: a service may fill it in where nothing was sent.
pub(super) fn has_default(schema: &Schema, at: &Pointer) -> bool {
    says(schema, at, "default").is_some()
}

/// What the schema of a place says by a keyword; the first of all that apply to it.
pub(super) fn says<'a>(schema: &'a Schema, at: &Pointer, keyword: &str) -> Option<&'a Value> {
    let bundle = schema.bundle().ok()?;
    let mut here: Vec<&Value> = Vec::new();
    open(bundle, bundle, 8, &mut here);
    for token in at.tokens() {
        let mut next = Vec::new();
        for schema in here {
            let member = token.as_str().and_then(|key| schema.get("properties")?.get(key));
            let index = token.as_str().and_then(|index| index.parse::<usize>().ok());
            let item = index.and_then(|index| {
                let prefix = schema.get("prefixItems").and_then(Value::as_array);
                prefix.and_then(|items| items.get(index)).or_else(|| schema.get("items"))
            });
            for found in [member, item].into_iter().flatten() {
                open(bundle, found, 8, &mut next);
            }
        }
        here = next;
    }
    here.iter().find_map(|schema| schema.get(keyword))
}

/// `schema` and all that apply to the same place: references and branches.
fn open<'a>(root: &'a Value, schema: &'a Value, depth: usize, out: &mut Vec<&'a Value>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if out.len() > 64 {
        return;
    }
    out.push(schema);
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
    if let Some(found) = target.and_then(|target| Pointer::parse(target).ok()?.find(root)) {
        open(root, found, depth, out);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for branch in schema.get(keyword).and_then(Value::as_array).unwrap_or_default() {
            open(root, branch, depth, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    #[test]
    fn defaults_are_found_through_references_and_branches() {
        let schema = Schema::of(
            read::json(
                br##"{"allOf":[{"$ref":"#/$defs/A"}],"properties":{"list":{"items":{"default":1}}},
                "$defs":{"A":{"properties":{"a":{"anyOf":[{"default":0},{"type":"null"}]},"b":{}}}}}"##,
            )
            .unwrap(),
        );
        let has = |at: &str| has_default(&schema, &Pointer::parse(at).unwrap());
        assert!(has("/a"));
        assert!(has("/list/3"));
        assert!(!has("/b"));
        assert!(!has("/c"));
    }
}
