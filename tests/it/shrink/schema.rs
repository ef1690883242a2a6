//! A small schema language over the choice engine, with the documents and the sequences that the
//! predicates speak of, and the way back from a value to its choices.

use std::sync::Arc;
use std::time::Duration;

use phi_fuzz::choice::{Alphabet, Choice, Draw, Item, Label, Source, Trace};
use phi_fuzz::shrink::{Candidate, Cost};
use serde_json::{Map, Value, json};

/// What a document may hold.
pub(crate) enum Schema {
    Int(i128, i128),
    Bool,
    Text(usize, usize),
    Date,
    Enum(&'static [&'static str]),
    Array(Box<Self>, usize, usize),
    Object(Vec<Member>),
    OneOf(Vec<Self>),
    Null,
    /// `{x?, label?, child?: itself}`
    Node,
}

pub(crate) struct Member(&'static str, Schema, bool);

/// The document of the predicates.
pub(crate) fn order() -> Schema {
    let flag = |name| Member(name, Schema::Bool, false);
    Schema::Object(vec![
        Member("id", Schema::Int(0, 1 << 53), true),
        Member("name", Schema::Text(0, 40), true),
        Member("created", Schema::Date, true),
        Member("tags", Schema::Array(Box::new(Schema::Text(0, 10)), 0, 8), true),
        Member("qty", Schema::Array(Box::new(Schema::Int(-(1 << 31), (1 << 31) - 1)), 0, 12), true),
        Member("meta", Schema::Node, true),
        Member("status", Schema::Enum(&["new", "paid", "sent", "done"]), true),
        Member("price", Schema::Int(0, 1_000_000), false),
        Member("flags", Schema::Object(vec![flag("a"), flag("b"), flag("c")]), false),
        Member(
            "addr",
            Schema::OneOf(vec![
                Schema::Null,
                Schema::Object(vec![
                    Member("street", Schema::Text(0, 30), true),
                    Member("zip", Schema::Text(5, 5), true),
                ]),
            ]),
            false,
        ),
    ])
}

const NODE: Label = Label::Value(0);
const DEEPEST: usize = 6;
const LONGEST_WAIT: Duration = Duration::from_millis(500);

pub(crate) fn generate(schema: &Schema, source: &mut Source<'_>) -> Draw<Value> {
    Ok(match schema {
        Schema::Int(min, max) => source.span(Label::Group, |source| {
            let int = source.int(*min, *max, 0.max(*min))?;
            Ok(json!(int as i64))
        })?,
        Schema::Bool => source.span(Label::Group, |source| Ok(json!(source.bool(0.5)?)))?,
        Schema::Text(min, max) => source.span(Label::Group, |source| text(source, *min, *max))?,
        Schema::Date => source.span(Label::Group, |source| {
            let year = source.int(1, 9999, 2000)?;
            let month = source.int(1, 12, 1)?;
            let day = source.int(1, days(year, month), 1)?;
            Ok(json!(format!("{year:04}-{month:02}-{day:02}")))
        })?,
        Schema::Enum(names) => {
            source.span(Label::Group, |source| Ok(json!(names[source.branch(names.len())?])))?
        }
        Schema::Null => Value::Null,
        Schema::Array(element, min, max) => source.span(Label::Group, |source| {
            source.list(*min, *max, 4.0, |source, _| generate(element, source)).map(Value::Array)
        })?,
        Schema::Object(members) => {
            let mut object = Map::new();
            for Member(name, schema, required) in members {
                source.span(Label::Field, |source| {
                    if *required || source.bool(0.5)? {
                        object.insert((*name).to_owned(), generate(schema, source)?);
                    }
                    Ok(())
                })?;
            }
            Value::Object(object)
        }
        Schema::OneOf(schemas) => source.span(Label::Group, |source| {
            let branch = source.branch(schemas.len())?;
            source.span(Label::Alternative, |source| generate(&schemas[branch], source))
        })?,
        Schema::Node => source.span(NODE, |source| node(source, 0))?,
    })
}

fn text(source: &mut Source<'_>, min: usize, max: usize) -> Draw<Value> {
    Ok(json!(source.text(min, max, Alphabet::Any)?.lossy()))
}

fn node(source: &mut Source<'_>, depth: usize) -> Draw<Value> {
    let mut object = Map::new();
    source.span(Label::Field, |source| {
        if source.bool(0.5)? {
            object.insert("x".into(), json!(source.int(-1000, 1000, 0)? as i64));
        }
        Ok(())
    })?;
    source.span(Label::Field, |source| {
        if source.bool(0.5)? {
            object.insert("label".into(), text(source, 0, 12)?);
        }
        Ok(())
    })?;
    source.span(Label::Field, |source| {
        if depth < DEEPEST && source.bool(0.6)? {
            let child = source.span(NODE, |source| node(source, depth + 1))?;
            object.insert("child".into(), child);
        }
        Ok(())
    })?;
    Ok(Value::Object(object))
}

pub(crate) fn days(year: i128, month: i128) -> i128 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A sequence of calls on one resource; ids of created ones are references to the step.
pub(crate) fn sequence(source: &mut Source<'_>) -> Draw<Value> {
    let mut created: Vec<Arc<str>> = Vec::new();
    let mut names: Vec<Arc<str>> = Vec::new();
    let steps = source.list(0, 20, 10.0, |source, _| {
        source.span(Label::Step, |source| {
            let name = source.name("s")?;
            let wait = source.duration(LONGEST_WAIT)?;
            let kind = source.branch(5)?;
            let mut step =
                source.span(Label::Alternative, |source| call(source, kind, &created))?;
            if kind == 1 {
                created.push(name.clone());
            }
            names.push(name);
            step.insert("delay".into(), json!(wait.as_micros() as f64 / 1000.0));
            Ok(step)
        })
    })?;
    let place = |name: &str| names.iter().position(|other| **other == *name);
    Ok(steps
        .into_iter()
        .map(|mut step| {
            if let Some(name) = step.get("id").and_then(|id| id.get("ref")).and_then(Value::as_str)
            {
                step["id"] = json!({ "ref": place(name) });
            }
            Value::Object(step)
        })
        .collect())
}

fn call(source: &mut Source<'_>, kind: usize, created: &[Arc<str>]) -> Draw<Map<String, Value>> {
    let mut call = Map::new();
    let kinds = ["list", "create", "get", "update", "delete"];
    call.insert("op".into(), json!(kinds[kind]));
    if kind == 1 {
        call.insert("qty".into(), json!(source.int(0, 10_000, 0)? as i64));
        call.insert("name".into(), text(source, 0, 10)?);
    }
    if kind >= 2 {
        let id = if created.is_empty() {
            json!(source.int(0, 1000, 0)? as i64)
        } else {
            json!({ "ref": &*source.reference(&created.into())? })
        };
        call.insert("id".into(), id);
    }
    if kind == 3 {
        call.insert("qty".into(), json!(source.int(0, 10_000, 0)? as i64));
        call.insert("flag".into(), json!(source.bool(0.5)?));
    }
    Ok(call)
}

/// The candidate that a generator makes of items.
pub(crate) fn candidate(
    items: &[Item],
    generate: impl FnOnce(&mut Source<'_>) -> Draw<Value>,
) -> Option<Candidate<Value>> {
    let (value, trace) = Source::replay(items).run(generate).ok()?;
    Some(of(value, trace))
}

/// A candidate of a value and its choices; what has steps counts them and its waits.
pub(crate) fn of(value: Value, trace: Trace) -> Candidate<Value> {
    let steps = trace.spans.iter().filter(|span| span.label == Label::Step).count();
    let waits = |node: &&phi_fuzz::choice::Node| matches!(node.choice, Choice::Duration(wait) if !wait.is_zero());
    let perturbations = trace.nodes.iter().filter(waits).count();
    let key = value.to_string();
    Candidate::new(value, trace, key, Cost { steps, perturbations, ..Cost::default() })
}

fn push(items: &mut Vec<Item>, choice: Choice) {
    items.push(Item::Choice(choice));
}

/// The items that make `generate` give the value; `None` where it is outside the schema.
pub(crate) fn lift(schema: &Schema, value: &Value, items: &mut Vec<Item>) -> Option<()> {
    match schema {
        Schema::Int(min, max) => {
            let int = i128::from(value.as_i64()?);
            (min..=max).contains(&&int).then(|| push(items, Choice::Int(int)))?;
        }
        Schema::Bool => push(items, Choice::Bool(value.as_bool()?)),
        Schema::Text(min, max) => {
            let text = value.as_str()?;
            let fits = (*min..=*max).contains(&text.chars().count());
            fits.then(|| push(items, Choice::Text(text.into())))?;
        }
        Schema::Date => {
            let parts: Vec<i128> =
                value.as_str()?.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            items.extend(parts.into_iter().map(|part| Item::Choice(Choice::Int(part))));
        }
        Schema::Enum(names) => {
            let at = names.iter().position(|name| Some(*name) == value.as_str())?;
            push(items, Choice::Branch(at as u32));
        }
        Schema::Null => value.as_null()?,
        Schema::Array(element, ..) => {
            for value in value.as_array()? {
                push(items, Choice::Bool(true));
                lift(element, value, items)?;
            }
            push(items, Choice::Bool(false));
        }
        Schema::Object(members) => {
            let object = value.as_object()?;
            for Member(name, schema, required) in members {
                let member = object.get(*name);
                if !required {
                    push(items, Choice::Bool(member.is_some()));
                }
                match member {
                    Some(value) => lift(schema, value, items)?,
                    None => (!required).then_some(())?,
                }
            }
        }
        Schema::OneOf(schemas) => {
            let begin = items.len();
            return schemas.iter().enumerate().find_map(|(branch, schema)| {
                items.truncate(begin);
                push(items, Choice::Branch(branch as u32));
                lift(schema, value, items)
            });
        }
        Schema::Node => lift_node(value, 0, items)?,
    }
    Some(())
}

fn lift_node(value: &Value, depth: usize, items: &mut Vec<Item>) -> Option<()> {
    let object = value.as_object()?;
    let members = [object.get("x"), object.get("label"), object.get("child")];
    push(items, Choice::Bool(members[0].is_some()));
    if let Some(x) = members[0] {
        push(items, Choice::Int(x.as_i64()?.into()));
    }
    push(items, Choice::Bool(members[1].is_some()));
    if let Some(label) = members[1] {
        push(items, Choice::Text(label.as_str()?.into()));
    }
    if depth < DEEPEST {
        push(items, Choice::Bool(members[2].is_some()));
        if let Some(child) = members[2] {
            lift_node(child, depth + 1, items)?;
        }
    }
    Some(())
}

/// The items that make [`sequence`] give the value.
pub(crate) fn lift_sequence(value: &Value) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let name = |step: u64| -> Arc<str> { format!("s{}", step + 1).into() };
    let int = |value: &Value| Some(Choice::Int(value.as_i64()?.into()));
    for (at, step) in value.as_array()?.iter().enumerate() {
        push(&mut items, Choice::Bool(true));
        push(&mut items, Choice::Name(name(at as u64)));
        push(
            &mut items,
            Choice::Duration(Duration::from_secs_f64(step["delay"].as_f64()? / 1000.0)),
        );
        let kinds = ["list", "create", "get", "update", "delete"];
        let kind = kinds.iter().position(|kind| step["op"] == *kind)?;
        push(&mut items, Choice::Branch(kind as u32));
        if kind == 1 {
            push(&mut items, int(&step["qty"])?);
            push(&mut items, Choice::Text(step["name"].as_str()?.into()));
        }
        if kind >= 2 {
            match step["id"].get("ref").and_then(Value::as_u64) {
                Some(step) => push(&mut items, Choice::Reference(name(step))),
                None => push(&mut items, int(&step["id"])?),
            }
        }
        if kind == 3 {
            push(&mut items, int(&step["qty"])?);
            push(&mut items, Choice::Bool(step["flag"].as_bool()?));
        }
    }
    push(&mut items, Choice::Bool(false));
    Some(items)
}
