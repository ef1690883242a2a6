//! Parameters by name, read and written.

use super::place::{Members, Place, Read};
use crate::value::{Object, Value};

/// Reads values by name: an object, or a list of pairs where a name may stand more than once.
pub(super) fn read(place: &Place<'_>) -> Read<Vec<(String, Value)>> {
    if place.value.as_array().is_none() {
        return place.any_object()?.all().map(|(_, place)| named(&place)).collect();
    }
    let pair = |pair: &Place<'_>| match pair.list()?.as_slice() {
        [name, value] => Ok((name.text()?, value.value()?)),
        _ => pair.wrong("a pair is a name and a value"),
    };
    place.list()?.iter().map(pair).collect()
}

fn named(place: &Place<'_>) -> Read<(String, Value)> {
    Ok((key(place)?, place.value()?))
}

/// The key of a member.
pub(super) fn key(place: &Place<'_>) -> Read<String> {
    let name = place.at.tokens().last().map(|text| Value::String(text.clone()));
    Place { value: name.as_ref().unwrap_or(&Value::Null), at: place.at.clone() }.text()
}

/// Reads texts by name.
pub(super) fn texts(members: &Members<'_>) -> Read<Vec<(String, String)>> {
    members.all().map(|(_, place)| Ok((key(&place)?, place.text()?))).collect()
}

/// Writes values by name: an object, or a list of pairs where a name stands more than once.
pub(super) fn write(members: &[(String, Value)]) -> Value {
    let repeated = members
        .iter()
        .enumerate()
        .any(|(index, (name, _))| members.iter().take(index).any(|(other, _)| other == name));
    let spelt = members.iter().map(|(name, value)| (name.as_str(), value.to_file()));
    if repeated {
        Value::Array(spelt.map(|(name, v)| Value::Array(vec![Value::text(name), v])).collect())
    } else {
        Value::object(spelt)
    }
}

/// Adds a member where there is one to add.
pub(super) fn put(object: &mut Object, key: &str, value: impl Into<Option<Value>>) {
    if let Some(value) = value.into() {
        object.push(key, value);
    }
}
