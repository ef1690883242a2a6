//! The JSON Schema Test Suite, where it is at hand.

use std::path::PathBuf;

use super::*;
use crate::schema::format::Format;
use crate::value::read;

fn folder(name: &str) -> Option<PathBuf> {
    let shared = std::env::var("PHI_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned());
    let folder =
        PathBuf::from(shared).join("specs/json-schema-suite/tests/draft2020-12").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no test suite at {}", folder.display());
    None
}

/// A schema, and values with the suite's verdicts.
struct Group {
    name: String,
    schema: Value,
    cases: Vec<(String, Value, bool)>,
}

fn groups(folder: &std::path::Path, file: &str) -> Vec<Group> {
    let text = std::fs::read(folder.join(file)).unwrap();
    let description =
        |value: &Value| value.get("description").unwrap().as_str().unwrap().to_owned();
    let group = |group: &Value| Group {
        name: format!("{file}: {}", description(group)),
        schema: group.get("schema").unwrap().clone(),
        cases: group
            .get("tests")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|case| {
                let verdict = case.get("valid").unwrap().as_bool().unwrap();
                (description(case), case.get("data").unwrap().clone(), verdict)
            })
            .collect(),
    };
    read::json(&text).unwrap().as_array().unwrap().iter().map(group).collect()
}

fn files(folder: &std::path::Path) -> Vec<String> {
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    files.sort();
    files
}

#[test]
fn the_suite_agrees_on_every_keyword() {
    let Some(folder) = folder("") else { return };
    let (mut compared, mut left_out, mut wrong) = (0, Vec::new(), Vec::new());
    for file in files(&folder) {
        for group in groups(&folder, &file) {
            let validator = Validator::new(Ok(&group.schema));
            let dialect = group.schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
            if validator.broken().is_some() || dialect.contains("localhost") {
                left_out.push(group.name);
                continue;
            }
            for (case, value, verdict) in &group.cases {
                compared += 1;
                let accepted = validator.accepts(value);
                let listed = validator.violations(value).is_empty();
                if accepted != *verdict || listed != *verdict {
                    wrong.push(format!("{} / {case}", group.name));
                }
            }
        }
    }
    println!("compared {compared}, left out {} schemas: {left_out:#?}", left_out.len());
    assert_eq!(wrong, Vec::<String>::new());
    assert!(compared > 1000);
    // Only what refers to other documents.
    assert!(left_out.len() < 40, "{left_out:#?}");
}

#[test]
fn the_suite_agrees_on_great_numbers_and_patterns() {
    let Some(folder) = folder("optional") else { return };
    let mut wrong = Vec::new();
    for file in
        ["bignum.json", "float-overflow.json", "ecmascript-regex.json", "non-bmp-regex.json"]
    {
        for group in groups(&folder, file) {
            let validator = Validator::new(Ok(&group.schema));
            assert_eq!(validator.broken(), None, "{}", group.name);
            for (case, value, verdict) in &group.cases {
                if validator.accepts_formats(value) != *verdict {
                    wrong.push(format!("{} / {case}", group.name));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_suite_agrees_on_formats() {
    let Some(folder) = folder("optional/format") else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    for file in files(&folder) {
        for group in groups(&folder, &file) {
            let format = group.schema.get("format").and_then(Value::as_str).and_then(Format::of);
            // What internationalised labels decode to is not judged.
            if format.is_none() || group.name.contains("A-label") {
                continue;
            }
            let validator = Validator::new(Ok(&group.schema));
            for (case, value, verdict) in &group.cases {
                compared += 1;
                if validator.accepts_formats(value) != *verdict {
                    wrong.push(format!("{} / {case}", group.name));
                }
            }
        }
    }
    println!("compared {compared}");
    assert_eq!(wrong, Vec::<String>::new());
}
