//! The JSON Schema test suite, where the shared folder is there: what is drawn is labelled right by
//! a second judge, and every instance can be lifted.

use std::path::PathBuf;

use phi_fuzz::choice::{Rng, Source};
use phi_fuzz::generate::value::{Place, Setting, draw, lift};
use phi_fuzz::schema::Shapes;
use phi_fuzz::value::{Value, read};

/// The folder of larger material, where it is there.
fn shared() -> Option<PathBuf> {
    let given = std::env::var_os("PHI_SHARED").map(PathBuf::from);
    let folder =
        given.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    folder.is_dir().then_some(folder)
}

fn serde(value: &Value) -> Option<serde_json::Value> {
    serde_json::from_str(&value.to_string()).ok()
}

#[test]
fn the_suite_is_drawn_and_lifted() {
    let Some(shared) = shared() else {
        println!("skipped: no shared folder");
        return;
    };
    let mut counts = [0_usize; 8];
    for draft in ["draft2020-12"] {
        let folder = shared.join("specs/json-schema-suite/tests").join(draft);
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "json")) {
            let groups = read::json(&std::fs::read(file).unwrap()).unwrap();
            for group in groups.as_array().unwrap() {
                check(file, group, &mut counts);
            }
        }
    }
    println!("{counts:?}");
}

fn check(file: &std::path::Path, group: &Value, counts: &mut [usize; 8]) {
    let name =
        format!("{} {}", file.file_name().unwrap().display(), group.get("description").unwrap());
    let schema = group.get("schema").unwrap();
    let shapes = Shapes::new(schema);
    let place = Place::root(&shapes, Setting::default());
    let tests = group.get("tests").unwrap().as_array().unwrap();
    for test in tests {
        let value = test.get("data").unwrap();
        let mut items = Vec::new();
        lift(place, value, &mut items);
        let again = Source::replay(&items).run(|source| draw(place, source));
        counts[0] += 1;
        if again.as_ref().map(|(value, _)| value) != Ok(value) {
            counts[1] += 1;
            println!("LIFT {name}: {value} -> {again:?}");
        }
    }
    let Ok(judge) = jsonschema::validator_for(&serde(schema).unwrap()) else { return };
    let shows =
        |valid: bool| tests.iter().any(|test| test.get("valid") == Some(&Value::Bool(valid)));
    let find = |place: Place<'_>, wanted: bool| {
        (0..60).any(|seed| {
            let drawn = Source::random(Rng::new(seed)).run(|source| draw(place, source));
            drawn
                .is_ok_and(|(value, _)| serde(&value).is_some_and(|v| judge.is_valid(&v) == wanted))
        })
    };
    if shows(true) {
        counts[2] += 1;
        if !find(place, true) {
            counts[3] += 1;
            println!("NO VALID {name}: {schema}");
        }
    }
    if shows(false) {
        counts[4] += 1;
        let opposite = match schema.as_object() {
            Some(object) => {
                let defs = object.iter().filter(|(key, _)| key == "$defs" || key == "definitions");
                let mut whole: phi_fuzz::value::Object = defs.cloned().collect();
                whole.push("not", schema.clone());
                Value::Object(whole)
            }
            None => Value::object([("not", schema.clone())]),
        };
        let negative = Shapes::new(&opposite);
        if !find(Place::root(&negative, Setting::default()), false) {
            counts[5] += 1;
            println!("NO INVALID {name}: {schema}");
        }
    }
}
