//! Calls.

use super::members::{self, put};
use super::place::{Members, Place, Read, Wrong};
use super::{body, identity, perturbation, saw};
use crate::case::{Call, Deviation, Label};
use crate::value::{Object, Value, duration, nearest};

/// The keys of a call beside those of bodies, in the order they are written.
const BEFORE_BODY: [&str; 11] =
    ["id", "wait", "call", "service", "label", "auth", "on", "path", "query", "headers", "cookies"];
const AFTER_BODY: [&str; 6] = ["as", "deviations", "perturb", "skew", "want", "saw"];

/// The keys of a call that repeats another.
const SAME: [&str; 5] = ["id", "same", "skew", "want", "saw"];

pub(super) fn read(place: &Place<'_>) -> Read<Call> {
    let members = place.any_object()?;
    if let Some(same) = members.find("same") {
        return repeated(&members, same.text()?);
    }
    members.only(&[&BEFORE_BODY[..], &body::KEYS, &AFTER_BODY].concat())?;
    let named = |key: &str| Ok(members.map(key, members::read)?.unwrap_or_default());
    Ok(Call {
        id: id(&members.need("id")?)?,
        same: None,
        wait: members.map("wait", Place::duration)?,
        operation: operation(&members.need("call")?)?,
        service: members.map("service", Place::text)?,
        label: members.map("label", label)?.unwrap_or_default(),
        auth: members.map("auth", Place::text)?.map(identity::read).unwrap_or_default(),
        on: members.map("on", Place::text)?,
        path: named("path")?,
        query: named("query")?,
        headers: named("headers")?,
        cookies: named("cookies")?,
        body: body::read(&members)?,
        render: members
            .map("as", |place| members::texts(&place.any_object()?))?
            .unwrap_or_default(),
        deviations: members.map("deviations", |p| each(p, deviation))?.unwrap_or_default(),
        perturb: members.map("perturb", |p| each(p, perturbation::read))?.unwrap_or_default(),
        skew: members.map("skew", Place::duration)?,
        want: members.map("want", saw::read_want)?,
        saw: members.map("saw", saw::read_saw)?,
    })
}

fn repeated(members: &Members<'_>, same: String) -> Read<Call> {
    members.only(&SAME).map_err(|wrong| Wrong {
        message: format!(
            "does not belong here: a call that repeats another has {} and nothing else",
            SAME.join(", ")
        ),
        ..wrong
    })?;
    Ok(Call {
        id: id(&members.need("id")?)?,
        same: Some(same),
        skew: members.map("skew", Place::duration)?,
        want: members.map("want", saw::read_want)?,
        saw: members.map("saw", saw::read_saw)?,
        ..Call::default()
    })
}

fn each<T>(place: &Place<'_>, read: impl Fn(&Place<'_>) -> Read<T>) -> Read<Vec<T>> {
    place.list()?.iter().map(read).collect()
}

/// An id of a call or group: references separate it from what follows by `/`.
pub(super) fn id(place: &Place<'_>) -> Read<String> {
    let id = place.text()?;
    let fits = |char: char| char.is_ascii_alphanumeric() || "_-.".contains(char);
    if id.is_empty() || !id.chars().all(fits) {
        return place.wrong(format!("`{id}` is no id; use letters, digits, `_`, `-` and `.`"));
    }
    Ok(id)
}

fn operation(place: &Place<'_>) -> Read<String> {
    let operation = place.text()?;
    let rest = operation
        .split_once(' ')
        .is_some_and(|(method, path)| !method.is_empty() && path.starts_with('/'));
    let rpc = || {
        !operation.contains(' ')
            && operation
                .rsplit_once('/')
                .is_some_and(|(service, method)| !service.is_empty() && !method.is_empty())
    };
    if rest || rpc() {
        return Ok(operation);
    }
    place.wrong(format!(
        "`{operation}` names no operation; write \"POST /orders/{{id}}\" or \"shop.v1.Orders/Create\""
    ))
}

fn label(place: &Place<'_>) -> Read<Label> {
    place.one_of(&Label::ALL.map(|label| (label.name(), label)))
}

fn deviation(place: &Place<'_>) -> Read<Deviation> {
    let members = place.any_object()?;
    if !members.has("rule") {
        // A misspelt `rule` would pass as a parameter.
        let keys: Vec<String> = members.all().map(|(key, _)| key.to_string()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let meant = nearest::nearest("rule", &keys)
            .map(|key| format!("; is it what `{key}` should be?"))
            .unwrap_or_default();
        return place.wrong(format!("has no `rule`, which must be there{meant}"));
    }
    Ok(Deviation {
        rule: members.need("rule")?.any_text()?,
        at: members.map("at", Place::text)?,
        with: members
            .all()
            .filter(|(key, _)| *key != "rule" && *key != "at")
            .map(|(_, place)| Ok((members::key(&place)?, place.value()?)))
            .collect::<Read<_>>()?,
    })
}

pub(super) fn write(call: &Call) -> Value {
    let mut out = Object::new();
    let text = |text: &str| Value::text(text);
    let pause = |pause: std::time::Duration| Value::String(duration::write(pause).into());
    let named = |list: &[(String, Value)]| (!list.is_empty()).then(|| members::write(list));
    put(&mut out, "id", text(&call.id));
    if let Some(same) = &call.same {
        put(&mut out, "same", text(same));
    } else {
        put(&mut out, "wait", call.wait.map(pause));
        put(&mut out, "call", text(&call.operation));
        put(&mut out, "service", call.service.as_deref().map(text));
        let label = Some(call.label).filter(|label| *label != Label::default());
        put(&mut out, "label", label.map(|label| text(label.name())));
        put(&mut out, "auth", identity::write(&call.auth).map(text));
        put(&mut out, "on", call.on.as_deref().map(text));
        put(&mut out, "path", named(&call.path));
        put(&mut out, "query", named(&call.query));
        put(&mut out, "headers", named(&call.headers));
        put(&mut out, "cookies", named(&call.cookies));
        if let Some(body) = &call.body {
            put(&mut out, body.part(), body::write(body));
        }
        let render = call.render.iter().map(|(at, style)| (at.as_str(), text(style)));
        put(&mut out, "as", (!call.render.is_empty()).then(|| Value::object(render)));
        put(&mut out, "deviations", list(&call.deviations, write_deviation));
        put(&mut out, "perturb", list(&call.perturb, perturbation::write));
    }
    put(&mut out, "skew", call.skew.map(pause));
    put(&mut out, "want", call.want.as_ref().map(saw::write_want));
    put(&mut out, "saw", call.saw.as_ref().map(saw::write_saw));
    Value::Object(out)
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Value) -> Option<Value> {
    (!items.is_empty()).then(|| Value::Array(items.iter().map(write).collect()))
}

fn write_deviation(deviation: &Deviation) -> Value {
    let mut out = Object::new();
    put(&mut out, "rule", Value::String(deviation.rule.clone()));
    put(&mut out, "at", deviation.at.as_deref().map(Value::text));
    for (name, value) in &deviation.with {
        put(&mut out, name, value.to_file());
    }
    Value::Object(out)
}
