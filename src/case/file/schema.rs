//! The JSON Schema of the format, held against the reader.

use std::sync::OnceLock;

use super::golden::files;
use super::read;
use crate::value::{Pointer, Value, read as json, write};

/// What the schema has against a file; `None` where it accepts it.
pub(super) fn verdict(file: &Value) -> Option<String> {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let text = include_str!("../../../specs/case.schema.json");
        jsonschema::draft202012::new(&serde_json::from_str(text).unwrap()).unwrap()
    });
    // Half surrogate pairs are beyond what the validator can hold; the schema says nothing of them.
    let text = write::compact(file).replace("\\ud", "\\\\ud");
    let value = serde_json::from_str(&text).unwrap();
    schema.iter_errors(&value).next().map(|error| format!("{}: {error}", error.instance_path()))
}

#[test]
fn the_schema_accepts_every_golden_file() {
    for (name, octets) in files() {
        assert_eq!(verdict(&json::json(&octets).unwrap()), None, "{name}");
    }
}

#[test]
fn the_schema_is_one_of_its_dialect() {
    let schema = serde_json::from_str(include_str!("../../../specs/case.schema.json")).unwrap();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn schema_and_reader_refuse_the_same_damage() {
    // A golden file, a place in it, and what is put there; `null` takes the member away.
    let damages = [
        ("call-at", "/phi_fuzz", "2"),
        ("call-at", "/phi_fuzz", "null"),
        ("call-at", "/steps", "[]"),
        ("call-at", "/steps", "{}"),
        ("call-at", "/check", "null"),
        ("call-at", "/why", "7"),
        ("call-at", "/chek", "\"x\""),
        ("call-at", "/steps/0/jsn", "{}"),
        ("call-at", "/steps/0/form", "{}"),
        ("call-at", "/steps/0/call", "\"orders\""),
        ("call-at", "/steps/0/id", "\"a/b\""),
        ("call-at", "/steps/0/label", "\"vaild\""),
        ("call-at", "/steps/0/json/qty", "{\"$frm\":\"s1/body\"}"),
        ("call-at", "/steps/0/json/qty", "{\"$bytes\":\"é\"}"),
        ("call-at", "/steps/0/json/qty", "{\"$number\":\"01\"}"),
        ("call-at", "/steps/0/json/qty", "{\"$repeat\":[\"a\"]}"),
        ("call-at", "/steps/0/json/qty", "{\"$fresh\":{\"nam\":\"x\"}}"),
        ("call-at", "/steps/0/saw/stat", "200"),
        ("call-at", "/steps/0/wait", "\"1.5s\""),
        ("call-at", "/steps/0/same", "\"s1\""),
        ("call-at", "/boundary/passes", "null"),
        ("call-at", "/reproduced/of", "-1"),
        ("call-at", "/replays", "0"),
        ("call-at", "/minimal", "\"no\""),
        ("history-used", "/known/until", "\"2027-13-31\""),
        ("history-used", "/steps/0/want/status", "[99]"),
        ("history-used", "/steps/0/want/status", "[\"20X\"]"),
        ("history-used", "/steps/1/path/id", "{\"$from\":\"s1/cookie/id\"}"),
        ("race-of", "/steps/1/together", "[{\"id\":\"a\",\"call\":\"GET /\"}]"),
        ("race-of", "/steps/1/release", "\"packet\""),
        ("race-of", "/steps/1/release", "null"),
        ("race-of", "/steps/1/together/1/json", "{}"),
        ("race-with", "/connections/c1/http", "3"),
        ("cut-body", "/steps/0/perturb/0", "{\"cat\":{\"at\":\"body+1\"}}"),
        ("cut-body", "/steps/0/perturb/0/cut/at", "\"body\""),
        ("cut-body", "/steps/0/perturb/0/stall", "{\"at\":\"sent\",\"for\":\"1s\"}"),
        ("invalid-call", "/steps/0/deviations/0/rule", "null"),
        ("invalid-call", "/steps/0/deviations/0/at", "1"),
        ("stream-with", "/steps/0/messages/0", "\"half_open\""),
        ("stream-with", "/steps/0/messages/3/wire", "\"0a0\""),
        ("call-with-parameters", "/steps/0/query/0", "[\"ids\"]"),
        ("call-with-parameters", "/steps/0/as/json", "1"),
    ];
    for (name, place, put) in damages {
        let (_, octets) = files().into_iter().find(|(file, _)| file.contains(name)).unwrap();
        let mut file = json::json(&octets).unwrap();
        damage(&mut file, place, json::json(put.as_bytes()).unwrap());
        let text = write::pretty(&file);
        assert!(read(text.as_bytes()).is_err(), "the reader accepts {place} = {put}");
        assert!(verdict(&file).is_some(), "the schema accepts {place} = {put}");
    }
}

/// Puts a value at a place, or takes the member away for `null`.
fn damage(file: &mut Value, place: &str, put: Value) {
    let mut at = Pointer::parse(place).unwrap();
    let key = at.pop().unwrap();
    let parent = at.find_mut(file).unwrap();
    match parent {
        Value::Array(items) => items[key.as_str().unwrap().parse::<usize>().unwrap()] = put,
        Value::Object(object) if put == Value::Null => {
            object.remove(key.as_str().unwrap()).unwrap();
        }
        Value::Object(object) => object.set(key, put),
        _ => panic!("{place} has no members"),
    }
}
