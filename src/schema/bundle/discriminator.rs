//! `discriminator`: from a hint to schemas that demand the right value for each branch
//! (OpenAPI 3.2.0, section 4.25; Swagger 2.0, Schema Object).

use super::rewrite::{Face, Rewriter, Rewritten};
use crate::schema::{Direction, Location};
use crate::value::{Object, Pointer, Text, Value};

/// One branch: where its schema stands, and the values that name it.
struct Branch {
    target: Location,
    /// Given in the document, or taken from the schema's name.
    names: Vec<Text>,
    explicit: bool,
}

/// The keyword under which `object`, which its heirs extend, chooses between these heirs: they must
/// not choose again, or they would go around in circles.
pub(super) fn choice_between_heirs<'d>(
    rewriter: &mut Rewriter<'d>,
    at: &Location,
    object: &'d Object,
) -> Rewritten<Option<&'static str>> {
    let Some(keyword) = choice(object) else { return Ok(None) };
    let dialect = rewriter.dialect(at);
    let heirs = rewriter.documents.heirs(at, dialect);
    let branches = branches_of(rewriter, at, object, keyword)?;
    let between = branches.iter().any(|(_, target)| heirs.iter().any(|(_, heir)| heir == target));
    Ok(between.then_some(keyword))
}

fn choice(object: &Object) -> Option<&'static str> {
    ["oneOf", "anyOf"].into_iter().find(|keyword| object.contains(keyword))
}

/// Adds to `out`, the rewritten form of `object` at `at`, what its discriminator demands.
pub(super) fn rewrite<'d>(
    rewriter: &mut Rewriter<'d>,
    at: &Location,
    object: &'d Object,
    out: &mut Object,
) -> Rewritten<()> {
    let (property, mapping) = match object.get("discriminator") {
        Some(Value::String(property)) => (property, None),
        Some(Value::Object(discriminator)) => match discriminator.get("propertyName") {
            Some(Value::String(property)) => {
                (property, discriminator.get("mapping").and_then(Value::as_object))
            }
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    let dialect = rewriter.dialect(at);
    let choice = choice(object);
    let mut mapped: Vec<(Text, Location)> = Vec::new();
    let mut first_lost = None;
    for (name, target) in mapping.into_iter().flat_map(Object::iter) {
        match target.as_str().map(|target| named(rewriter, at, target)) {
            Some(Ok(target)) => mapped.push((name.clone(), target)),
            Some(Err(error)) => {
                first_lost.get_or_insert(error);
            }
            None => {}
        }
    }
    let lost = first_lost.is_some();
    if let Some(error) = first_lost {
        rewriter.note(at.child("discriminator").child("mapping"), error.message);
    }
    let names_of = |target: &Location| {
        let names: Vec<Text> =
            mapped.iter().filter(|(_, to)| to == target).map(|(name, _)| name.clone()).collect();
        let explicit = !names.is_empty();
        // The name that an unreadable mapping gave to this branch is not known, and a schema that
        // stands among no others has none.
        let implicit = implicit_name(target).filter(|_| !lost);
        let names = if explicit { names } else { implicit.into_iter().collect() };
        Branch { target: target.clone(), names, explicit }
    };
    let mut mapping = Object::new();
    if let Some(keyword) = choice {
        for (index, target) in branches_of(rewriter, at, object, keyword)? {
            let branch = names_of(&target);
            let demand = demand(rewriter, property, &branch);
            if let Some(Value::Array(parts)) = out.get_mut(keyword)
                && let Some(Value::Object(part)) = parts.get_mut(index)
            {
                note(&mut mapping, &demand, part);
                extend(part, demand_object(property, &demand, rewriter.direction));
            }
        }
    } else {
        let heirs = rewriter.documents.heirs(at, dialect);
        let mut targets: Vec<Location> = mapped.iter().map(|(_, target)| target.clone()).collect();
        targets.extend(heirs.iter().map(|(_, heir)| heir.clone()));
        let mut branches: Vec<Branch> = Vec::new();
        for target in targets {
            if target != *at && !branches.iter().any(|branch| branch.target == target) {
                branches.push(names_of(&target));
            }
        }
        if branches.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        let mut taken = Vec::new();
        for branch in branches {
            let demand = demand(rewriter, property, &branch);
            let mut part = Object::new();
            let heir = heirs.iter().any(|(_, heir)| *heir == branch.target);
            part.push("$ref", rewriter.refer(branch.target, Face::Plain));
            if !heir {
                let base = rewriter.refer(at.clone(), Face::Base);
                part.push("allOf", Value::Array(vec![Value::object([("$ref", base)])]));
            }
            note(&mut mapping, &demand, &part);
            taken.extend(demand.iter().cloned());
            extend(&mut part, demand_object(property, &demand, Direction::Request));
            parts.push(Value::Object(part));
        }
        // Itself: any other name in an answer, its own name in a request.
        let own = names_of(at);
        if rewriter.direction != Direction::Request || own.explicit || mapped.is_empty() {
            let mut part = Object::new();
            part.push("$ref", rewriter.refer(at.clone(), Face::Base));
            if rewriter.direction == Direction::Request {
                let demand = demand(rewriter, property, &own);
                let demand: Vec<Value> =
                    demand.into_iter().filter(|value| !taken.contains(value)).collect();
                note(&mut mapping, &demand, &part);
                extend(&mut part, demand_object(property, &demand, Direction::Request));
                if !demand.is_empty() {
                    parts.push(Value::Object(part));
                }
            } else {
                let others =
                    Value::object([("not", Value::object([("enum", Value::Array(taken))]))]);
                part.push("properties", Value::object([(property.clone(), others)]));
                parts.push(Value::Object(part));
            }
        }
        // What it says of itself, its base says; its annotations stay.
        let annotations = ["default", "examples", "xml", "readOnly", "writeOnly"];
        let kept: Object = std::mem::take(out)
            .into_iter()
            .filter(|(key, _)| annotations.iter().any(|a| key == a))
            .collect();
        *out = kept;
        out.push("anyOf", Value::Array(parts));
    }
    if !mapping.is_empty() {
        let property = ("propertyName", Value::String(property.clone()));
        let mapping = ("mapping", Value::Object(mapping));
        out.push("x-discriminator", Value::object([property, mapping]));
    }
    Ok(())
}

/// The name of a schema that stands among others by name.
fn implicit_name(at: &Location) -> Option<Text> {
    let [.., group, name] = at.pointer.tokens() else { return None };
    let named = matches!(group.as_str(), Some("schemas" | "definitions" | "$defs"));
    named.then(|| name.clone())
}

/// The members of a choice that are references: their index and where they lead.
fn branches_of<'d>(
    rewriter: &mut Rewriter<'d>,
    at: &Location,
    object: &'d Object,
    keyword: &str,
) -> Rewritten<Vec<(usize, Location)>> {
    let parts = object.get(keyword).and_then(Value::as_array).unwrap_or_default();
    let mut branches = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
            branches.push((index, rewriter.resolve(at, reference)?));
        }
    }
    Ok(branches)
}

/// What a mapping's value means: the name of a schema, else a reference.
fn named<'d>(rewriter: &mut Rewriter<'d>, at: &Location, target: &'d str) -> Rewritten<Location> {
    if !target.contains(['/', '#']) {
        for group in ["/components/schemas", "/definitions"] {
            if let Ok(pointer) = Pointer::parse(group) {
                let place = Location { document: at.document, pointer: pointer.child(target) };
                if rewriter.documents.find(&place).is_some() {
                    return Ok(place);
                }
            }
        }
    }
    rewriter.resolve(at, target)
}

/// The values of the property that mean this branch. Where the branch itself says what it takes,
/// that counts more than a name the document does not spell out.
fn demand(rewriter: &mut Rewriter<'_>, property: &Text, branch: &Branch) -> Vec<Value> {
    let names: Vec<Value> = branch.names.iter().cloned().map(Value::String).collect();
    match declared(rewriter, &branch.target, property, 6) {
        None => names,
        Some(declared) => {
            let both: Vec<Value> =
                names.into_iter().filter(|name| declared.contains(name)).collect();
            if both.is_empty() { declared } else { both }
        }
    }
}

/// The values that the schema at `at` itself allows for a property, where it lists them.
fn declared(
    rewriter: &mut Rewriter<'_>,
    at: &Location,
    property: &Text,
    budget: usize,
) -> Option<Vec<Value>> {
    let documents = rewriter.documents;
    let schema = documents.find(at)?;
    if budget == 0 {
        return None;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = rewriter.resolve(at, reference).ok()?;
        return declared(rewriter, &target, property, budget - 1);
    }
    let listed = |schema: &Value| match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    };
    let own = schema
        .get("properties")
        .and_then(Value::as_object)
        .and_then(|properties| properties.iter().find(|(name, _)| name == property));
    if let Some((_, own)) = own {
        if let Some(values) = listed(own) {
            return Some(values);
        }
        if let Some(reference) = own.get("$ref").and_then(Value::as_str) {
            let target = rewriter.resolve(at, reference).ok()?;
            return documents.find(&target).and_then(listed);
        }
    }
    let parts = schema.get("allOf").and_then(Value::as_array).unwrap_or_default();
    (0..parts.len()).rev().find_map(|index| {
        declared(rewriter, &at.child("allOf").child(index.to_string()), property, budget - 1)
    })
}

/// The keywords beside a branch's reference that demand one of `values`.
fn demand_object(property: &Text, values: &[Value], direction: Direction) -> Object {
    let mut object = Object::new();
    let value = match values {
        [] => return object,
        [one] => Value::object([("const", one.clone())]),
        several => Value::object([("enum", Value::Array(several.to_vec()))]),
    };
    object.push("properties", Value::object([(property.clone(), value)]));
    // An answer without the property is for the branches themselves to judge.
    if direction != Direction::Response {
        object.push("required", Value::Array(vec![Value::String(property.clone())]));
    }
    object
}

/// Notes which branch each value leads to.
fn note(mapping: &mut Object, values: &[Value], part: &Object) {
    if let Some(reference) = part.get("$ref") {
        for value in values {
            if let Value::String(name) = value
                && !mapping.iter().any(|(known, _)| known == name)
            {
                mapping.push(name.clone(), reference.clone());
            }
        }
    }
}

fn extend(object: &mut Object, more: Object) {
    more.into_iter().for_each(|(key, value)| object.set(key, value));
}
